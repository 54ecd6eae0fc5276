"""Rules and schedules as one plain sentence, in the active language.

Each kind of rule is one message, so that each language can say it its own way: "Every month on the last Friday",
"În ultima vineri din fiecare lună", "Minden hónap utolsó péntekén". Weekdays come in the two forms that such
sentences need, dates in the form that stands before "until". Nothing is inflected in code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import TYPE_CHECKING, Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy, pgettext, pgettext_lazy

from events.enums import ChangeKind
from events.recurrence import LAST, Frequency, Rule
from events.schedule import Schedule, expand

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WEEK: Final = (0, 1, 2, 3, 4, 5, 6)
MONDAY_TO_FRIDAY: Final = (0, 1, 2, 3, 4)

# After "every" and "on": Hungarian has an ending for it (hétfőn), Romanian the bare name (luni).
_ON_WEEKDAY: Final[tuple[_StrPromise, ...]] = (
    pgettext_lazy("weekday after every or on", "Monday"),
    pgettext_lazy("weekday after every or on", "Tuesday"),
    pgettext_lazy("weekday after every or on", "Wednesday"),
    pgettext_lazy("weekday after every or on", "Thursday"),
    pgettext_lazy("weekday after every or on", "Friday"),
    pgettext_lazy("weekday after every or on", "Saturday"),
    pgettext_lazy("weekday after every or on", "Sunday"),
)
# After "the first", "the last": hétfőjén.
_WEEKDAY_OF_MONTH: Final[tuple[_StrPromise, ...]] = (
    pgettext_lazy("weekday of a month, after on the first or last", "Monday"),
    pgettext_lazy("weekday of a month, after on the first or last", "Tuesday"),
    pgettext_lazy("weekday of a month, after on the first or last", "Wednesday"),
    pgettext_lazy("weekday of a month, after on the first or last", "Thursday"),
    pgettext_lazy("weekday of a month, after on the first or last", "Friday"),
    pgettext_lazy("weekday of a month, after on the first or last", "Saturday"),
    pgettext_lazy("weekday of a month, after on the first or last", "Sunday"),
)
_NTH_WEEKDAY: Final[Mapping[int, Any]] = {
    1: ngettext_lazy(
        "Every month on the first %(weekday)s",
        "Every %(interval)s months on the first %(weekday)s",
        "interval",
    ),
    2: ngettext_lazy(
        "Every month on the second %(weekday)s",
        "Every %(interval)s months on the second %(weekday)s",
        "interval",
    ),
    3: ngettext_lazy(
        "Every month on the third %(weekday)s",
        "Every %(interval)s months on the third %(weekday)s",
        "interval",
    ),
    4: ngettext_lazy(
        "Every month on the fourth %(weekday)s",
        "Every %(interval)s months on the fourth %(weekday)s",
        "interval",
    ),
    5: ngettext_lazy(
        "Every month that has one on the fifth %(weekday)s",
        "Every %(interval)s months on the fifth %(weekday)s, if the month has one",
        "interval",
    ),
    LAST: ngettext_lazy(
        "Every month on the last %(weekday)s",
        "Every %(interval)s months on the last %(weekday)s",
        "interval",
    ),
}


def rule_sentence(rule: Rule, start: date, schedule: Schedule | None = None) -> str:
    """Say a rule that begins on the local date ``start``: "Every Thursday until 18 December 2026".

    With a ``schedule`` the times of its dates stand in the sentence: "Every Thursday, 18:00–20:00, until …".
    """
    words: dict[str, Any] = {"rule": _pattern(rule, start)}
    if schedule is not None:
        words["time"] = times_text(schedule)
    if rule.until is not None:
        words["date"] = date_format(
            rule.until, pgettext("date of the last day of a series, after until", "j F Y")
        )
        if schedule is None:
            return _("%(rule)s until %(date)s") % words
        return _("%(rule)s, %(time)s, until %(date)s") % words
    if rule.count is not None:
        words["count"] = rule.count
        if schedule is None:
            return ngettext("%(rule)s, once", "%(rule)s, %(count)s times", rule.count) % words
        return (
            ngettext("%(rule)s, %(time)s, once", "%(rule)s, %(time)s, %(count)s times", rule.count)
            % words
        )
    if schedule is None:
        return str(words["rule"])
    return _("%(rule)s, %(time)s") % words


def schedule_sentence(schedule: Schedule) -> str:
    """Say when an event takes place: "Every Thursday, 18:00–20:00, until 18 December 2026", "1–14 December 2026".

    Dates that were added are counted at the end; other changes are not in the sentence.
    """
    if schedule.rule is not None:
        sentence = rule_sentence(schedule.rule, schedule.start_day, schedule)
    else:
        sentence = _single(schedule)
    added = sum(change.kind == ChangeKind.ADDED for change in schedule.changes)
    if not added:
        return sentence
    return ngettext(
        "%(sentence)s, and %(count)s more date", "%(sentence)s, and %(count)s more dates", added
    ) % {"sentence": sentence, "count": added}


def times_text(schedule: Schedule) -> str:
    """Say the times of one date of a series: "18:00–20:00", "18:00", "all day", "18:00, for 3 days"."""
    days = _days(schedule)
    if schedule.start_time is None:
        if days == 1:
            return _("all day")
        return ngettext("for %(days)s day", "for %(days)s days", days) % {"days": days}
    if _within_a_day(schedule):
        return _clocks(schedule.start_time, schedule.end_time)
    words = {"time": f"{schedule.start_time:%H:%M}", "days": days}
    return ngettext("%(time)s, for %(days)s day", "%(time)s, for %(days)s days", days) % words


def day_text(day: date) -> str:
    """Return "18 December 2026"."""
    return date_format(day, pgettext("date", "j F Y"))


def days_text(first: date, last: date, *, year: bool = True) -> str:
    """Say some days: "1–14 December 2026", "28 November – 3 December 2026"; "1 December 2026" for one.

    Without ``year`` no year is said.
    """
    if first == last:
        return day_text(first) if year else _without_year(first)
    if (first.year, first.month) == (last.year, last.month):
        if year:
            first_style = pgettext("first day of a range within a month", "j")
            last_style = pgettext("last day of a range within a month", "j F Y")
        else:
            first_style = pgettext("first day of a range within a month, no year", "j")
            last_style = pgettext("last day of a range within a month, no year", "j F")
        return pgettext("range of days within a month", "%(first)s–%(last)s") % {
            "first": date_format(first, first_style),
            "last": date_format(last, last_style),
        }
    if not year:
        words = {"first": _without_year(first), "last": _without_year(last)}
    elif first.year == last.year:
        words = {
            "first": date_format(first, pgettext("first day of a range within a year", "j F")),
            "last": date_format(last, pgettext("last day of a range within a year", "j F Y")),
        }
    else:
        words = {"first": day_text(first), "last": day_text(last)}
    return _("%(first)s – %(last)s") % words


def weekdays_text(weekdays: Iterable[int]) -> str:
    """Say weekdays (0 = Monday) as they stand after "every" or "on": "Monday, Wednesday and Friday"."""
    names = [str(_ON_WEEKDAY[weekday]) for weekday in weekdays]
    if len(names) < 2:
        return "".join(names)
    comma = pgettext("between weekdays", ", ")
    return pgettext("weekdays in a sentence", "%(weekdays)s and %(last)s") % {
        "weekdays": comma.join(names[:-1]),
        "last": names[-1],
    }


def _without_year(day: date) -> str:
    return date_format(day, pgettext("date without year", "j F"))


def _pattern(rule: Rule, start: date) -> str:
    """How a rule repeats, without its end."""
    words: dict[str, Any] = {"interval": rule.interval}
    every = rule.interval
    match rule.frequency:
        case Frequency.DAILY:
            return _daily(every)
        case Frequency.WEEKLY:
            return _weekly(rule)
        case Frequency.MONTHLY:
            return _monthly(rule)
        case Frequency.YEARLY:
            words["date"] = _without_year(start)
            if (start.month, start.day) == (2, 29):
                return (
                    ngettext(
                        "Every leap year on %(date)s",
                        "Every %(interval)s years on %(date)s, if the year is a leap year",
                        every,
                    )
                    % words
                )
            return (
                ngettext("Every year on %(date)s", "Every %(interval)s years on %(date)s", every)
                % words
            )


def _daily(interval: int) -> str:
    return ngettext("Every day", "Every %(interval)s days", interval) % {"interval": interval}


def _weekly(rule: Rule) -> str:
    if rule.interval == 1 and rule.weekdays == WEEK:
        return _daily(1)
    words = {"interval": rule.interval, "weekdays": weekdays_text(rule.weekdays)}
    if rule.weekdays == MONDAY_TO_FRIDAY:
        sentence = ngettext(
            "Every week from Monday to Friday",
            "Every %(interval)s weeks, from Monday to Friday",
            rule.interval,
        )
    else:
        sentence = ngettext(
            "Every %(weekdays)s", "Every %(interval)s weeks, on %(weekdays)s", rule.interval
        )
    return sentence % words


def _monthly(rule: Rule) -> str:
    words: dict[str, Any] = {"interval": rule.interval}
    if rule.nth_weekday is not None:
        number, weekday = rule.nth_weekday
        words["weekday"] = _WEEKDAY_OF_MONTH[weekday]
        return str(_NTH_WEEKDAY[number] % words)
    if rule.month_day == LAST:
        sentence = ngettext(
            "Every month on the last day",
            "Every %(interval)s months on the last day of the month",
            rule.interval,
        )
    else:
        # Any month that has the day will do.
        day = date(2000, 1, rule.month_day or 1)
        words["day"] = date_format(day, pgettext("day of the month in a rule", "jS"))
        sentence = ngettext(
            "Every month on the %(day)s", "Every %(interval)s months on the %(day)s", rule.interval
        )
    return sentence % words


def _single(schedule: Schedule) -> str:
    """The sentence of an event that does not repeat."""
    first, last = schedule.start_day, schedule.last_end_day
    start, end = schedule.start_time, schedule.end_time
    if start is None:
        if first == last:
            return _("%(date)s, all day") % {"date": day_text(first)}
        return days_text(first, last)
    if _within_a_day(schedule):
        return _("%(date)s, %(time)s") % {"date": day_text(first), "time": _clocks(start, end)}
    words = {"first": day_text(first), "last": day_text(last), "time": f"{start:%H:%M}"}
    if end is None:
        return _("%(first)s, %(time)s – %(last)s") % words
    words["last_time"] = f"{end:%H:%M}"
    return _("%(first)s, %(time)s – %(last)s, %(last_time)s") % words


def _clocks(start: time, end: time | None) -> str:
    return f"{start:%H:%M}–{end:%H:%M}" if end is not None else f"{start:%H:%M}"


def _within_a_day(schedule: Schedule) -> bool:
    """Whether a date with times ends before the same time of the next day, so that two times say it all."""
    if schedule.last_end_day == schedule.start_day:
        return True
    if schedule.start_time is None or schedule.end_time is None:
        return False
    nights = (schedule.last_end_day - schedule.start_day).days
    return nights == 1 and schedule.end_time <= schedule.start_time


def _days(schedule: Schedule) -> int:
    """How many days one date of the schedule takes; a night belongs to the evening before."""
    alone = Schedule(schedule.start_day, schedule.start_time, schedule.end_day, schedule.end_time)
    found = expand(alone, schedule.start_day, schedule.start_day)
    return (found[0].last_day - found[0].first_day).days + 1 if found else 1
