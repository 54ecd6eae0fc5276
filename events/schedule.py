"""When an event takes place: its schedule, and the dates that follow from it.

Pure: no database, no clock. The wall clock in Europe/Bucharest is the truth: what is stored are local dates and
times, and a zone is attached only to the finished occurrence, so that a weekly 18:00 stays 18:00 when the clocks
change. Where a wall-clock time happens twice the first is meant, where it does not happen the offset from before
the gap holds (RFC 5545 section 3.3.5): 03:30 in the March night is the moment at which clocks show 04:30.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Final

from events.enums import ChangeKind
from events.recurrence import Rule, dates
from locations.hours import BUCHAREST

Names = Mapping[str, str]
"""A text by language: {"ro": …, "en": …, "hu": …}."""

MAX_OCCURRENCES: Final = 1500
HORIZON_MONTHS: Final = 24
MAX_DAYS: Final = 366
"""How many days one date of an event may last."""
NIGHT_ENDS: Final = time(6)
"""Who goes home by six was out on the evening before: such an end belongs to the day before it."""
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199

MIDNIGHT: Final = time()
_ONE_DAY: Final = timedelta(days=1)
_NOTHING: Final = timedelta()
# The clocks of Bucharest have never been changed later in the day.
_CLOCKS_SETTLED: Final = time(5)
# Between these every moment can be turned into UTC and given one more day.
_EARLIEST: Final = date(1, 1, 3)
_LATEST: Final = date(9999, 12, 29)


@dataclass(frozen=True, slots=True)
class DateChange:
    """What differs on one date.

    ``day`` is the date on which it would have begun, or the new date itself (ADDED). ``new_day`` is where a
    MOVED date goes, None for another time on the same day. A time that is None is the schedule's own: with a new
    start and no new end the date lasts as long as the others. ``end_day`` None follows from the times.
    ``reason`` says why (CANCELLED, MOVED) or is a note (CHANGED, ADDED); ``title`` and ``place`` (free text) or
    ``place_id`` replace the event's own where they are not empty.
    """

    kind: ChangeKind
    day: date
    new_day: date | None = None
    start_time: time | None = None
    end_day: date | None = None
    end_time: time | None = None
    reason: Names = field(default_factory=dict, hash=False)
    title: Names = field(default_factory=dict, hash=False)
    place: str = ""
    place_id: int | None = None

    @property
    def starts_on(self) -> date:
        """The date on which it begins after the change."""
        return self.new_day if self.kind == ChangeKind.MOVED and self.new_day else self.day


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an event takes place, in local dates and times.

    ``start_time`` None lasts all day. ``end_day`` None is the same day, or the next where the end is not later
    than the start. ``end_time`` None on an event with a start is an end that is not stated; with a later
    ``end_day`` it lasts until the end of that day. ``skipped`` are dates of the rule that were never announced.
    """

    start_day: date
    start_time: time | None = None
    end_day: date | None = None
    end_time: time | None = None
    rule: Rule | None = None
    skipped: tuple[date, ...] = ()
    changes: tuple[DateChange, ...] = ()

    @property
    def all_day(self) -> bool:
        """Whether it has no times."""
        return self.start_time is None

    @property
    def last_end_day(self) -> date:
        """The local date on which the first date ends; for all-day events the last day itself."""
        return self.start_day + _nights(self) * _ONE_DAY


@dataclass(frozen=True, slots=True)
class Dated:
    """One date of an event; moments are aware, in Europe/Bucharest.

    ``original_start`` is what the date is known by: the start before any change, an all-day date's midnight; in
    the March gap it keeps the wall-clock time that does not happen. ``start`` and ``end`` do happen. An all-day
    date ends at the midnight after its last day; without a stated end ``end`` equals ``start``. ``first_day`` and
    ``last_day`` are both included; an end by 06:00 belongs to the evening before. ``change`` and ``date_change``
    say what differs.
    """

    original_start: datetime
    start: datetime
    end: datetime
    first_day: date
    last_day: date
    all_day: bool
    change: ChangeKind | None = None
    date_change: DateChange | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """When one date takes place, before it becomes moments. ``end_time`` None: not stated."""

    start_day: date
    start_time: time | None
    end_day: date
    end_time: time | None

    @property
    def length(self) -> timedelta:
        """By the wall clock; of an all-day date, without its last day."""
        end_time = self.end_time or self.start_time or MIDNIGHT
        return datetime.combine(self.end_day, end_time) - datetime.combine(
            self.start_day, self.start_time or MIDNIGHT
        )


# -- expansion -------------------------------------------------------------------------------------------------------


def expand(schedule: Schedule, first: date, last: date) -> list[Dated]:
    """The dates that touch the local days from ``first`` to ``last``, both included, by start.

    Cancelled dates are among them, marked. A moved date is found where it has gone. Of two changes for one day
    the first holds. Years 1 and 9999 are cut off where UTC does not reach.
    """
    first, last = max(first, _EARLIEST), min(last, _LATEST)
    if first > last:
        return []
    nights = _nights(schedule)
    changed = _changes_by_day(schedule)
    leave_out = {*schedule.skipped, *changed}
    start_time, end_time = schedule.start_time, schedule.end_time
    found = []
    for day in rule_dates(schedule, plus_days(first, -nights), last):
        if day not in leave_out:
            dated = _dated(Span(day, start_time, plus_days(day, nights), end_time))
            if dated.last_day >= first:
                found.append(dated)
    for change in [
        *(change for change in changed.values() if occurs_on(schedule, change.day)),
        *(change for change in schedule.changes if change.kind == ChangeKind.ADDED),
    ]:
        if _EARLIEST <= change.day <= _LATEST and _EARLIEST <= change.starts_on <= _LATEST:
            dated = _changed(schedule, change)
            if dated.first_day <= last and dated.last_day >= first:
                found.append(dated)
    found.sort(key=_by_start)
    return found


def occurs_on(schedule: Schedule, day: date) -> bool:
    """Whether the schedule has a date that begins on ``day``, before any change; added dates are not asked."""
    return day not in schedule.skipped and any(rule_dates(schedule, day, day))


def count_occurrences(schedule: Schedule, last: date, limit: int = MAX_OCCURRENCES + 1) -> int:
    """How many dates the event has that begin by ``last`` before any change, added ones too, up to ``limit``."""
    skipped = set(schedule.skipped)
    added = sum(c.kind == ChangeKind.ADDED and c.day <= last for c in schedule.changes)
    own = (day for day in rule_dates(schedule, schedule.start_day, last) if day not in skipped)
    return min(limit, added + sum(1 for _day in islice(own, limit)))


def _by_start(dated: Dated) -> tuple[datetime, datetime]:
    # Moments of one zone are compared by wall clock, in which no two starts change places.
    return dated.start, dated.original_start


def rule_dates(schedule: Schedule, first: date, last: date) -> Iterator[date]:
    """The dates on which the schedule begins, skipped ones too."""
    if schedule.rule is not None:
        return dates(schedule.rule, schedule.start_day, first, last)
    return iter((schedule.start_day,) if first <= schedule.start_day <= last else ())


def _changes_by_day(schedule: Schedule) -> dict[date, DateChange]:
    found: dict[date, DateChange] = {}
    for change in schedule.changes:
        if change.kind != ChangeKind.ADDED:
            found.setdefault(change.day, change)
    return found


def _nights(schedule: Schedule) -> int:
    """How many days after its start a date ends.

    A draft may have a slip of the pen for its end; longer than is sound is not followed.
    """
    if schedule.end_day is not None:
        return min(max(0, (schedule.end_day - schedule.start_day).days), MAX_DAYS)
    return _night(schedule.start_time, schedule.end_time)


def _night(start: time | None, end: time | None) -> int:
    """1 if an end that names no day lies on the day after the start."""
    return int(start is not None and end is not None and end <= start)


def plus_days(day: date, days: int) -> date:
    """A day some days away, within what can be computed with."""
    ordinal = day.toordinal() + days
    return date.fromordinal(min(max(ordinal, _EARLIEST.toordinal()), _LATEST.toordinal()))


def _changed(schedule: Schedule, change: DateChange) -> Dated:
    if change.kind == ChangeKind.CANCELLED:
        span = own_span(schedule, change.day)
    else:
        span = changed_span(schedule, change)
    original_time = change.start_time if change.kind == ChangeKind.ADDED else None
    original = datetime.combine(
        change.day, original_time or schedule.start_time or MIDNIGHT, BUCHAREST
    )
    dated = _dated(span)
    return Dated(
        original,
        dated.start,
        dated.end,
        dated.first_day,
        dated.last_day,
        dated.all_day,
        change.kind,
        change,
    )


def own_span(schedule: Schedule, day: date) -> Span:
    """When the date of ``day`` takes place without a change."""
    return Span(day, schedule.start_time, plus_days(day, _nights(schedule)), schedule.end_time)


def changed_span(schedule: Schedule, change: DateChange) -> Span:
    """When a moved, changed or added date takes place."""
    day = change.starts_on
    own = own_span(schedule, day)
    start_time = change.start_time or own.start_time
    end_day = plus_days(change.end_day, 0) if change.end_day is not None else None
    if start_time is None:
        return Span(day, None, end_day or own.end_day, None)
    end_time = change.end_time
    if end_day is not None:
        return Span(day, start_time, end_day, end_time or own.end_time)
    if end_time is not None:
        if own.length > _ONE_DAY:
            return Span(day, start_time, own.end_day, end_time)
        return Span(day, start_time, plus_days(day, _night(start_time, end_time)), end_time)
    if own.start_time is None or own.end_time is None:
        return Span(day, start_time, own.end_day, None)
    # As long as the others.
    end = datetime.combine(day, start_time) + max(own.length, _NOTHING)
    return Span(day, start_time, end.date(), end.time())


def moment_at(day: date, clock: time) -> datetime:
    """The moment of a wall-clock time, as clocks really show it."""
    moment = datetime.combine(day, clock, BUCHAREST)
    if clock < _CLOCKS_SETTLED:
        return moment.astimezone(UTC).astimezone(BUCHAREST)
    return moment


def _dated(span: Span) -> Dated:
    day, end_day = span.start_day, span.end_day
    if span.start_time is None:
        start = datetime.combine(day, MIDNIGHT, BUCHAREST)
        last_day = max(day, end_day)
        end = datetime.combine(_after(last_day), MIDNIGHT, BUCHAREST)
        return Dated(start, start, end, day, last_day, True)
    original = datetime.combine(day, span.start_time, BUCHAREST)
    start = moment_at(day, span.start_time)
    if span.end_time is None:
        # An end without its time is the end of that day; on the first day it is not stated.
        end = moment_at(_after(end_day), MIDNIGHT) if end_day > day else start
        return Dated(original, start, end, day, max(day, end_day), False)
    end = moment_at(end_day, span.end_time)
    if end < start:
        # The start lies in the hour that is left out; the event keeps its length.
        naive = start.replace(tzinfo=None) + max(span.length, _NOTHING)
        end = moment_at(naive.date(), naive.time())
    last_day = end_day - _ONE_DAY if span.end_time <= NIGHT_ENDS and end_day > day else end_day
    return Dated(original, start, end, day, max(day, last_day), False)


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
