"""What editors do with whole events: duplicate, plan the next edition, divide a series, cancel.

Each verb checks the rights of its user (`PermissionDenied`), writes in one transaction and leaves an entry in
the history. What makes no sense for an event is an `ActionRefused` that says what to do instead. Nothing here
publishes what was a draft: copies and divided series wait for whoever may publish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from dateutil.relativedelta import relativedelta
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext
from wagtail.actions.copy_page import CopyPageAction
from wagtail.log_actions import log
from wagtail.models import Page

from cms.models import CalendarDay
from cms.multilingual import SOURCE_LANGUAGE, LocalizedText
from cms.romanian import comma_below
from cms.working_calendar import DayKind, WorkingCalendar
from events.enums import State
from events.fields import stored
from events.models import EventPage
from events.recurrence import Rule, RuleError, dates, first_on_rule
from events.schedule import Schedule, occurs_on

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

EDITION: Final = timedelta(weeks=52)
"""Keeps the weekday; a year is one day longer, or two."""
MAX_CHOICES: Final = 366
"""How many dates of a series are offered to divide it at."""
_FAR: Final = relativedelta(years=20)
_MAX_TITLE: Final = 255


class Shift(StrEnum):
    """How far the next edition lies: 52 weeks keep the weekday, a year keeps the day of the month."""

    WEEKS = "weeks"
    YEAR = "year"


class ActionRefused(Exception):
    """An action that makes no sense for this event. ``message`` says why and what to do."""

    def __init__(self, code: str, message: _StrPromise | str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


def _say_day(day: date) -> str:
    return date_format(day, pgettext("date with weekday and year", "l, j F Y"))


_day = lazy(_say_day, str)
_said = lazy(lambda message, **words: str(message) % words, str)


# -- rights ----------------------------------------------------------------------------------------------------------


def may_copy(page: EventPage, user: Any) -> bool:
    """Whether `user` may make drafts from this event: edit it, and add events beside it."""
    if not page.is_source or not page.permissions_for_user(user).can_copy():
        return False
    parent = page.get_parent()
    return bool(parent and parent.permissions_for_user(user).can_add_subpage())


def may_divide(page: EventPage, user: Any) -> bool:
    """Whether `user` may change this event's dates and add events beside it."""
    return may_copy(page, user) and not page.permissions_for_user(user).page_locked()


def may_cancel(page: EventPage, user: Any) -> bool:
    """Whether `user` may say to everybody that this event does not take place."""
    rights = page.permissions_for_user(user)
    return bool(page.is_source and rights.can_publish() and not rights.page_locked())


def _allow(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def _require_source(page: EventPage) -> None:
    if not page.is_source:
        raise ActionRefused(
            "translation",
            _("The dates of an event are kept on its Romanian page: choose that one."),
        )


# -- copies ----------------------------------------------------------------------------------------------------------


def latest(page: EventPage) -> EventPage:
    """The event as its editors see it: the newest draft, or what is published. A copy in memory."""
    current: EventPage = EventPage.objects.get(pk=page.pk)
    revision = current.get_latest_revision()
    newest: EventPage = revision.as_object() if revision else current
    return newest


@transaction.atomic
def duplicate(page: EventPage, user: Any) -> EventPage:
    """A draft beside `page` with its newest content and dates; no changes of single dates, and scheduled.

    Raises PermissionDenied, or ActionRefused for a translation.
    """
    _require_source(page)
    _allow(may_copy(page, user))
    draft = latest(page)
    with override(SOURCE_LANGUAGE):
        words = pgettext("title of a duplicated event", "Copy of %(title)s") % {
            "title": draft.title
        }
    draft.title = words
    _start_afresh(draft)
    return _copy(draft, page, user, "events.duplicate")


@transaction.atomic
def next_edition(page: EventPage, user: Any, shift: Shift = Shift.WEEKS) -> EventPage:
    """A draft of the same event a year later: the first edition after `page` that is not over by today.

    Start, end and last day of the series move alike, by 52 weeks or to the same day of the next year; a series
    begins on the first date of its rule from there, and not on a public holiday that it leaves out. The year in
    the title follows. Raises PermissionDenied, or ActionRefused when there are no dates to move or the series
    never ends.
    """
    _require_source(page)
    _allow(may_copy(page, user))
    draft = latest(page)
    schedule = _schedule(draft)
    if schedule.rule is not None and not schedule.rule.ends:
        raise ActionRefused(
            "endless",
            _("This series has no end, so there is no next edition. Give it a last date first."),
        )
    old_year = schedule.start_day.year
    moved = _shifted(draft, schedule, Shift(shift))
    _set_dates(draft, moved.start_day, moved.end_day, moved.rule)
    new_year = str(moved.start_day.year)
    draft.title = re.sub(rf"(?<!\d){old_year}(?!\d)", new_year, draft.title)
    draft.slug = re.sub(rf"(?<!\d){old_year}(?!\d)", new_year, draft.slug)
    _start_afresh(draft)
    return _copy(draft, page, user, "events.next_edition")


def _schedule(page: EventPage) -> Schedule:
    try:
        schedule = page.schedule()
    except RuleError as error:
        raise ActionRefused("rule", error.message) from error
    if schedule is None:
        raise ActionRefused("no_dates", _("This event has no first day yet: write it first."))
    return schedule


def _shifted(page: EventPage, schedule: Schedule, shift: Shift) -> Schedule:
    """`schedule` as many years later as it takes to begin today or later."""
    today = timezone.localdate()
    times = 1
    while (start := _later(schedule.start_day, shift, times)) < today:
        times += 1
    rule = schedule.rule
    if rule is not None:
        until = _later(rule.until, shift, times) if rule.until else None
        plain = replace(rule, until=None, count=None)
        calendar = CalendarDay.objects.working_calendar() if page.skip_public_holidays else None
        start = _first_working(plain, start, calendar)
        rule = replace(rule, until=max(until, start) if until else None)
    end = schedule.end_day
    if end is not None:
        end = start + (end - schedule.start_day)
    return replace(schedule, start_day=start, end_day=end, rule=rule)


def _later(day: date, shift: Shift, times: int) -> date:
    if shift == Shift.WEEKS:
        return day + times * EDITION
    return day + relativedelta(years=times)


def _first_working(rule: Rule, start: date, calendar: WorkingCalendar | None) -> date:
    """The first date of `rule` from `start` on; given a calendar, one that is no public holiday."""
    day = first_on_rule(rule, start) or start
    if calendar is None:
        return day
    for later in dates(rule, day, day, day + _FAR):
        special = calendar.special_day(later)
        if special is None or special.kind != DayKind.HOLIDAY:
            return later
    return day


def _set_dates(page: EventPage, start: date, end: date | None, rule: Rule | None) -> None:
    page.start_date, page.end_date = start, end
    page.recurrence = stored(rule)


def _start_afresh(page: EventPage) -> None:
    """A new event: nothing that happened to the old one holds for it."""
    page.date_changes.set([])
    page.state = State.SCHEDULED
    page.state_reason = LocalizedText()


def _copy(draft: EventPage, page: EventPage, user: Any, action: str) -> EventPage:
    """Save `draft`, a changed copy of `page` in memory, as a new draft beside it."""
    parent = page.get_parent()
    draft.title = comma_below(draft.title)[:_MAX_TITLE]
    with override(SOURCE_LANGUAGE):
        slug = _free_slug(parent, slugify(draft.slug) or slugify(draft.title) or "eveniment")
    copy: EventPage = CopyPageAction(
        page=draft,
        to=parent,
        update_attrs={
            "slug": slug,
            "draft_title": draft.title,
            "go_live_at": None,
            "expire_at": None,
            "expired": False,
            "locked": False,
            "locked_at": None,
            "locked_by_id": None,
        },
        copy_revisions=False,
        keep_live=False,
        user=user,
        log_action=None,
    ).execute(skip_permission_checks=True)
    log(
        instance=copy,
        action=action,
        user=user,
        revision=copy.latest_revision,
        content_changed=True,
        data={"source": {"id": page.pk, "title": page.get_admin_display_title()}},
    )
    return copy


def _free_slug(parent: Page, wanted: str) -> str:
    """`wanted`, or `wanted` with the first number that no other page below `parent` has."""
    taken = set(
        parent.get_children().filter(slug__startswith=wanted[:200]).values_list("slug", flat=True)
    )
    slug, number = wanted[:200], 1
    while slug in taken:
        number += 1
        slug = f"{wanted[:200]}-{number}"
    return slug


# -- this and all following --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Division:
    """A series divided: `ended` until the date before, `following` from the date on."""

    ended: EventPage
    following: EventPage


def dates_to_split(page: EventPage, first: date) -> list[date]:
    """The dates of the series from `first` (local) on at which it can be divided, at most MAX_CHOICES.

    Public holidays that it leaves out are not among them; none for an event that does not repeat.
    Raises ActionRefused for a draft without dates.
    """
    draft = latest(page)
    schedule = _with_holidays(draft, first + _FAR)
    if schedule.rule is None:
        return []
    found: list[date] = []
    begin = max(first, schedule.start_day + timedelta(days=1))
    for day in dates(schedule.rule, schedule.start_day, begin, first + _FAR):
        if day not in schedule.skipped:
            found.append(day)
        if len(found) == MAX_CHOICES:
            break
    return found


@transaction.atomic
def divide_series(page: EventPage, from_day: date, user: Any) -> Division:
    """“This and all following”: end the series before `from_day` (local) and begin a new one on that day.

    Both are drafts: what readers have does not change until both are published, and then at once. The old
    series ends on its last date before `from_day`; of N times the new one has those that are left. Changes of
    dates from that day on go over to the new series, added dates too. Raises PermissionDenied, or ActionRefused
    when `from_day` is no date of the series, or its first.
    """
    _require_source(page)
    _allow(may_divide(page, user))
    old, new = latest(page), latest(page)
    schedule = _with_holidays(old, from_day)
    rule = schedule.rule
    if rule is None:
        raise ActionRefused(
            "no_series", _("This event does not repeat: change its date itself, or duplicate it.")
        )
    if from_day == schedule.start_day:
        raise ActionRefused(
            "first_date", _("The series begins on that day: change the series itself.")
        )
    if not occurs_on(schedule, from_day):
        raise ActionRefused(
            "not_on_series",
            _said(
                _("%(date)s is not a date of this series: choose one of its dates."),
                date=_day(from_day),
            ),
        )
    before = list(dates(rule, schedule.start_day, schedule.start_day, from_day - timedelta(days=1)))
    left = rule.count - len(before) if rule.count else None
    length = schedule.end_day - schedule.start_day if schedule.end_day else None
    _set_dates(
        old, schedule.start_day, schedule.end_day, replace(rule, until=before[-1], count=None)
    )
    _set_dates(
        new, from_day, from_day + length if length is not None else None, replace(rule, count=left)
    )
    old.date_changes.set([change for change in old.date_changes.all() if change.day < from_day])
    new.date_changes.set([change for change in new.date_changes.all() if change.day >= from_day])
    following = _copy(new, page, user, "events.split")
    revision = old.save_revision(user=user, clean=False)
    log(
        instance=old,
        action="events.end",
        user=user,
        revision=revision,
        content_changed=True,
        data={"following": {"id": following.pk}, "from": from_day.isoformat()},
    )
    return Division(ended=old, following=following)


def split_series(page: EventPage, from_day: date, user: Any) -> EventPage:
    """The draft of the series that begins on `from_day`; see `divide_series`."""
    return divide_series(page, from_day, user).following


def _with_holidays(page: EventPage, until: date) -> Schedule:
    schedule = _schedule(page)
    if page.skip_public_holidays and schedule.rule is not None:
        calendar = CalendarDay.objects.working_calendar()
        return page.schedule(calendar, until) or schedule
    return schedule


# -- cancel ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cancelled:
    """How many events were cancelled: those that readers see, and drafts."""

    published: int
    drafts: int


@transaction.atomic
def cancel(pages: Iterable[EventPage], reason: LocalizedText, user: Any) -> Cancelled:
    """Cancel whole events with a reason, all or none.

    What is published is published anew as it was, but cancelled; changes that wait in a draft stay a draft, now
    cancelled too. Raises PermissionDenied when `user` may not publish one of them, or one is locked (as what is
    to be published at a set time always is: an older version would undo this), ActionRefused for a translation,
    ValueError without a Romanian reason.
    """
    if not reason.get(SOURCE_LANGUAGE):
        raise ValueError("a reason in Romanian is needed")
    chosen = [EventPage.objects.get(pk=page.pk) for page in pages]
    for page in chosen:
        _require_source(page)
        _allow(may_cancel(page, user))
    published = drafts = 0
    for page in chosen:
        waits = page.has_unpublished_changes or not page.live
        draft = latest(page)
        if page.live:
            _set_cancelled(page, reason)
            revision = page.save_revision(user=user, clean=False)
            revision.publish(user=user, log_action="events.cancel", skip_permission_checks=True)
            published += 1
        else:
            drafts += 1
        if waits:
            _set_cancelled(draft, reason)
            draft.save_revision(user=user, clean=False, log_action="events.cancel")
    return Cancelled(published, drafts)


def _set_cancelled(page: EventPage, reason: LocalizedText) -> None:
    page.state = State.CANCELLED
    page.state_reason = LocalizedText(reason)


__all__ = [
    "MAX_CHOICES",
    "ActionRefused",
    "Cancelled",
    "Division",
    "Shift",
    "cancel",
    "dates_to_split",
    "divide_series",
    "duplicate",
    "latest",
    "may_cancel",
    "may_copy",
    "may_divide",
    "next_edition",
    "split_series",
]
