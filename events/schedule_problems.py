"""What can be wrong with a schedule, in words that say what to do. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING, Any, Final

from django.utils.formats import date_format, number_format
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from events.enums import ChangeKind
from events.recurrence import Rule, first_on_rule
from events.schedule import (
    FIRST_YEAR,
    LAST_YEAR,
    MAX_DAYS,
    MAX_OCCURRENCES,
    MIDNIGHT,
    DateChange,
    Schedule,
    changed_span,
    count_occurrences,
    moment_at,
    occurs_on,
    own_span,
    plus_days,
    rule_dates,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _day_text(day: date) -> str:
    return date_format(day, pgettext("date with weekday and year", "l, j F Y"))


def _number_text(number: int) -> str:
    return number_format(number, force_grouping=True)


_day = lazy(_day_text, str)
_number = lazy(_number_text, str)
# Days and numbers for a message, written in the language in which it is read.


def _say(message: _StrPromise, params: dict[str, Any]) -> str:
    return str(message) % params


_said = lazy(_say, str)

# code: (the field of the schedule or of the change that is wrong, what to do)
MESSAGES: Final[dict[str, tuple[str, _StrPromise]]] = {
    "year": (
        "start_day",
        _("Check the year: it must lie between %(first)s and %(last)s."),
    ),
    "end_before_start": (
        "end_day",
        _(
            "The event ends on %(end)s, before it starts on %(start)s. Choose a later end date, or leave it empty."
        ),
    ),
    "end_time_before_start": (
        "end_time",
        _(
            "The event ends at %(end)s, but starts at %(start)s on the same day. Write a later time; if it ends "
            "after midnight, leave the end date empty or choose the next day."
        ),
    ),
    "end_time_alone": (
        "end_time",
        _(
            "An end time needs a start time. Write when the event starts, or leave both empty if it lasts all day."
        ),
    ),
    "too_long": (
        "end_day",
        _(
            "One date of an event lasts at most %(limit)s days, this one %(days)s. Choose an earlier end date; if the "
            "event repeats, say so in its rule."
        ),
    ),
    "until_before_start": (
        "until",
        _("The series ends on %(until)s, before it starts on %(start)s. Choose a later last day."),
    ),
    "start_not_on_rule": (
        "start_day",
        _(
            "%(start)s is not a date of the rule. Start on %(first)s, the first date that is, or change the rule."
        ),
    ),
    "never_on_rule": (
        "start_day",
        _(
            "%(start)s is not a date of the rule, and no later date is before the series ends. Choose another start, "
            "another rule or a later last day."
        ),
    ),
    "too_many_dates": (
        "rule",
        _(
            "The event has more than %(limit)s dates until %(horizon)s. End the series earlier, or repeat it less "
            "often."
        ),
    ),
    "no_dates": (
        "rule",
        _("No date is left: all are skipped. Choose other dates, or do not skip public holidays."),
    ),
    "duplicate_change": (
        "day",
        _(
            "There is a change for %(day)s already. Put everything that differs on that date into one change."
        ),
    ),
    "duplicate_addition": (
        "day",
        _(
            "%(day)s is added already. One date can be added to a day; make the other one an event of its own."
        ),
    ),
    "not_on_schedule": (
        "day",
        _(
            "The event has no date on %(day)s. Choose one of its dates; to make a new one, choose “added date”."
        ),
    ),
    "not_on_schedule_near": (
        "day",
        _(
            "The event has no date on %(day)s. The nearest one is on %(nearest)s; to make a new date, choose "
            "“added date”."
        ),
    ),
    "skipped_already": (
        "day",
        _(
            "%(day)s is skipped already, for instance as a public holiday. Remove this change, or do not skip the date."
        ),
    ),
    "moved_nowhere": (
        "new_day",
        _(
            "The date stays where it was. Choose the day or the time that it moves to, or another kind of change."
        ),
    ),
    "nothing_changed": (
        "kind",
        _(
            "Nothing differs on this date. Write what does (a note, a title, a place or a time), or remove the change."
        ),
    ),
    "added_twice": (
        "day",
        _(
            "The event has a date at this time on %(day)s already. Choose another day or time, or remove the addition."
        ),
    ),
    "change_ends_before_start": (
        "end_day",
        _(
            "On this date the event ends on %(end)s, before it starts on %(start)s. Choose a later end date, or leave "
            "it empty."
        ),
    ),
    "change_end_time_before_start": (
        "end_time",
        _(
            "On this date the event ends at %(end)s, but starts at %(start)s on the same day. Write a later time; "
            "if it ends after midnight, leave the end date empty or choose the next day."
        ),
    ),
    "change_all_day": (
        "start_time",
        _(
            "The event lasts all day, so its dates have no times. Leave them empty, or give the event a start time."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a schedule.

    ``field`` is that of the schedule ("start_day", "end_day", "end_time", "until", "rule"), or of the change
    number ``index`` ("kind", "day", "new_day", "start_time", "end_day", "end_time"). ``message`` says what to
    do, in the language in which it is read.
    """

    field: str
    code: str
    message: str
    index: int | None = None


def _problem(code: str, index: int | None = None, field: str = "", **params: Any) -> Problem:
    own_field, message = MESSAGES[code]
    return Problem(field or own_field, code, _said(message, params), index)


def validate(schedule: Schedule, horizon: date) -> list[Problem]:
    """What is wrong with a schedule, in the order in which an editor reads it; empty if it is sound.

    ``horizon`` is the last day up to which dates are kept; they are counted up to it.
    """
    problems = list(_year_problems(schedule))
    if problems:
        # Nothing else can be said of a slip of the pen.
        return problems
    problems += _end_problems(schedule)
    if schedule.rule is not None:
        problems += _rule_problems(schedule, schedule.rule)
    if not problems:
        problems += _number_problems(schedule, horizon)
    problems += _change_problems(schedule)
    return problems


def _year_problems(schedule: Schedule) -> Iterator[Problem]:
    days: list[tuple[str, date | None, int | None]] = [
        ("start_day", schedule.start_day, None),
        ("end_day", schedule.end_day, None),
    ]
    for index, change in enumerate(schedule.changes):
        days += [
            ("day", change.day, index),
            ("new_day", change.new_day, index),
            ("end_day", change.end_day, index),
        ]
    for name, day, number in days:
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield _problem("year", number, name, first=FIRST_YEAR, last=LAST_YEAR)


def _end_problems(schedule: Schedule) -> Iterator[Problem]:
    start, end = schedule.start_day, schedule.end_day
    if schedule.start_time is None and schedule.end_time is not None:
        yield _problem("end_time_alone")
    yield from _span_problems(start, schedule.start_time, end, schedule.end_time, None)


def _span_problems(
    start: date, start_time: time | None, end: date | None, end_time: time | None, index: int | None
) -> Iterator[Problem]:
    """Ends that lie before the start, or too far after it."""
    prefix = "" if index is None else "change_"
    name = "end_before_start" if index is None else "change_ends_before_start"
    if end is None:
        return
    if end < start:
        yield _problem(name, index, start=_day(start), end=_day(end))
    elif end == start and start_time is not None and end_time is not None:
        if end_time <= start_time:
            yield _problem(
                f"{prefix}end_time_before_start",
                index,
                start=f"{start_time:%H:%M}",
                end=f"{end_time:%H:%M}",
            )
    elif (days := (end - start).days) > MAX_DAYS:
        yield _problem("too_long", index, limit=MAX_DAYS, days=days)


def _rule_problems(schedule: Schedule, rule: Rule) -> Iterator[Problem]:
    start = schedule.start_day
    if rule.until is not None and rule.until < start:
        yield _problem("until_before_start", until=_day(rule.until), start=_day(start))
        return
    first = first_on_rule(rule, start)
    if first is None or first.year > LAST_YEAR:
        yield _problem("never_on_rule", start=_day(start))
    elif first != start:
        yield _problem("start_not_on_rule", start=_day(start), first=_day(first))


def _number_problems(schedule: Schedule, horizon: date) -> Iterator[Problem]:
    if count_occurrences(schedule, horizon) > MAX_OCCURRENCES:
        yield _problem("too_many_dates", limit=_number(MAX_OCCURRENCES), horizon=_day(horizon))
    skipped = set(schedule.skipped)
    added = any(change.kind == ChangeKind.ADDED for change in schedule.changes)
    # Dates that are skipped are few, so the first that is not is near.
    own = rule_dates(schedule, schedule.start_day, date.max)
    if not added and all(day in skipped for day in own):
        yield _problem("no_dates")


def _change_problems(schedule: Schedule) -> Iterator[Problem]:
    seen: set[date] = set()
    added: set[date] = set()
    for index, change in enumerate(schedule.changes):
        if change.kind == ChangeKind.ADDED:
            if change.day in added:
                yield _problem("duplicate_addition", index, day=_day(change.day))
            elif _starts_already(schedule, change):
                yield _problem("added_twice", index, day=_day(change.day))
            added.add(change.day)
        else:
            if change.day in seen:
                yield _problem("duplicate_change", index, day=_day(change.day))
            elif not occurs_on(schedule, change.day):
                yield _missing(schedule, change.day, index)
            seen.add(change.day)
        yield from _one_change_problems(schedule, change, index)


def _starts_already(schedule: Schedule, change: DateChange) -> bool:
    """Whether an added date begins when one of the schedule does."""
    if not occurs_on(schedule, change.day):
        return False
    own, new = schedule.start_time or MIDNIGHT, change.start_time or schedule.start_time
    return moment_at(change.day, own) == moment_at(change.day, new or MIDNIGHT)


def _missing(schedule: Schedule, day: date, index: int) -> Problem:
    """Say that there is no date on this day, and which is near."""
    skipped = set(schedule.skipped)
    if day in skipped:
        return _problem("skipped_already", index, day=_day(day))
    around = rule_dates(schedule, plus_days(day, -MAX_DAYS), plus_days(day, MAX_DAYS))
    near = [found for found in around if found not in skipped]
    if not near:
        return _problem("not_on_schedule", index, day=_day(day))
    nearest = min(near, key=lambda found: abs((found - day).days))
    return _problem("not_on_schedule_near", index, day=_day(day), nearest=_day(nearest))


def _one_change_problems(schedule: Schedule, change: DateChange, index: int) -> Iterator[Problem]:
    kind = change.kind
    if kind == ChangeKind.CANCELLED:
        return
    if schedule.all_day and change.start_time is None and change.end_time is not None:
        yield _problem("end_time_alone", index)
        return
    if schedule.all_day and change.start_time is not None and kind != ChangeKind.ADDED:
        yield _problem("change_all_day", index)
        return
    span = changed_span(schedule, change)
    if change.end_day is not None:
        yield from _span_problems(
            span.start_day, span.start_time, change.end_day, span.end_time, index
        )
    same = span == own_span(schedule, change.day)
    if kind == ChangeKind.MOVED and same:
        yield _problem("moved_nowhere", index)
    says = any([*change.reason.values(), *change.title.values(), change.place.strip()])
    if kind == ChangeKind.CHANGED and same and not says and change.place_id is None:
        yield _problem("nothing_changed", index)
