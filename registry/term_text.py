"""The calculation of a term, and what is left of it, in the active language.

Each step is a message with a colon before the date, so that no language has to inflect one. No database.
"""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cms.multilingual import content_language
from cms.working_calendar import name_in
from registry.deadlines import Step, StepKind, Term, days_left


def explain(term: Term, title: str) -> list[str]:
    """Say how a term was computed, a sentence for each step; the last one is its `title` and its day."""
    result = pgettext("name of a term and its day", "%(title)s: %(date)s") % {
        "title": title,
        "date": _day_text(term.day),
    }
    return [*(_step_text(step) for step in term.steps), result]


def days_left_text(due: date, today: date) -> str:
    """Say "12 days left", "today is the last day" or "3 days late"; both are local dates."""
    days = days_left(due, today)
    if days > 0:
        return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    if days == 0:
        return _("today is the last day")
    return ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}


def _day_text(day: date) -> str:
    return date_format(day, pgettext("date with weekday and year", "l, j F Y"))


def _step_text(step: Step) -> str:
    days = abs(step.days)
    words = {"date": _day_text(step.day), "days": days}
    match step.kind:
        case StepKind.START:
            text = _("Counted from: %(date)s")
        case StepKind.ADDED if step.days < 0:
            text = ngettext("%(days)s day before: %(date)s", "%(days)s days before: %(date)s", days)
        case StepKind.ADDED:
            text = ngettext("%(days)s day later: %(date)s", "%(days)s days later: %(date)s", days)
        case StepKind.EXTENDED:
            text = ngettext(
                "Extended by %(days)s day: %(date)s", "Extended by %(days)s days: %(date)s", days
            )
        case StepKind.LAST_NOT_COUNTED:
            text = _("The first and the last day do not count: %(date)s")
        case StepKind.NOT_WORKING if step.names:
            words["reason"] = name_in(step.names, content_language())
            text = _("Not a working day: %(date)s (%(reason)s)")
        case StepKind.NOT_WORKING:
            text = _("Not a working day: %(date)s")
        case StepKind.MOVED_FORWARD:
            text = _("Moved to the next working day: %(date)s")
        case StepKind.MOVED_BACK:
            text = _("Moved to the working day before: %(date)s")
        case StepKind.WORKING_DAYS if step.days < 0:
            text = ngettext(
                "%(days)s working day before: %(date)s",
                "%(days)s working days before: %(date)s",
                days,
            )
        case StepKind.WORKING_DAYS:
            text = ngettext(
                "%(days)s working day later: %(date)s",
                "%(days)s working days later: %(date)s",
                days,
            )
    return text % words
