"""Opening hours: what is open on a day, what is open now, and when that changes.

Pure: no database, no clock; ``now`` is an argument. Minutes are wall-clock minutes in
Europe/Bucharest. Where a wall-clock time happens twice or not at all (the two nights of the clock
change) the instant is chosen as in RFC 5545 section 3.3.5: the first of two, and for a missing time
the offset from before the gap; so the badge and the calendar feed always agree.

This is the module to import from: how hours are written is in ``intervals``, what a schedule is in
``schedules``, what can be wrong with one in ``hours_validation``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from cms.working_calendar import ONE_DAY, WorkingCalendar
from locations.hours_validation import validate_schedule
from locations.intervals import (
    DAY_MINUTES,
    LATEST_END,
    HoursError,
    Interval,
    combine,
    format_intervals,
    parse_intervals,
)
from locations.schedules import (
    DayHours,
    DaySource,
    ExceptionDays,
    HolidayBehaviour,
    Schedule,
    Season,
    Week,
    group_week,
    hours_on,
    merge_seasons,
)

__all__ = [
    "BUCHAREST",
    "DAY_MINUTES",
    "HORIZON_DAYS",
    "LATEST_END",
    "DayHours",
    "DaySource",
    "ExceptionDays",
    "HolidayBehaviour",
    "HoursError",
    "Interval",
    "OpenState",
    "Schedule",
    "Season",
    "Status",
    "Week",
    "combine",
    "format_intervals",
    "group_week",
    "hours_on",
    "instant",
    "merge_seasons",
    "parse_intervals",
    "status_at",
    "transitions",
    "validate_schedule",
]

BUCHAREST: Final = ZoneInfo("Europe/Bucharest")
HORIZON_DAYS: Final = 366
"""How far ahead the next opening is looked for."""


class OpenState(StrEnum):
    """The state that the badge shows."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Status:
    """The state at one moment, with the next change; times are in Europe/Bucharest.

    ``until`` is set when open: the end of the hours of the same kind (None if not within the
    horizon). ``next_opening`` is set when closed and known; ``next_by_appointment`` says whether
    those hours are by appointment.
    """

    state: OpenState
    by_appointment: bool = False
    until: datetime | None = None
    next_opening: datetime | None = None
    next_by_appointment: bool = False


def instant(day: date, minutes: int) -> datetime:
    """Return the instant, in UTC, of a wall-clock time given in minutes from a local midnight."""
    days, minutes = divmod(minutes, DAY_MINUTES)
    local = datetime.combine(day + timedelta(days=days), time(*divmod(minutes, 60)), BUCHAREST)
    return local.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of one state; ``start`` and ``end`` in UTC."""

    start: datetime
    end: datetime
    state: OpenState
    by_appointment: bool = False


def _pieces(
    schedule: Schedule, calendar: WorkingCalendar, first: date, last: date
) -> Iterator[_Segment]:
    """Segments from the midnight that begins ``first`` to the one that ends ``last``.

    They follow each other without gaps; neighbours may be of one state. Hours that run past
    midnight count on the next day whatever that day is: who is open at 23:59 on 31 December stays
    open until the end of that evening's hours.
    """
    spill: list[tuple[int, int, bool]] = []
    before = hours_on(schedule, calendar, first - ONE_DAY).intervals or ()
    for offset in range((last - first).days + 1):
        day = first + offset * ONE_DAY
        spill = [(0, i.end - DAY_MINUTES, i.by_appointment) for i in before if i.end > DAY_MINUTES]
        intervals = hours_on(schedule, calendar, day).intervals
        known = intervals is not None
        before = intervals or ()
        idle = OpenState.CLOSED if known else OpenState.UNKNOWN
        cursor = 0
        today = before
        if spill or any(i.end > DAY_MINUTES for i in before):
            today = combine(
                Interval(start, min(end, DAY_MINUTES), kind)
                for start, end, kind in [
                    *spill,
                    *((i.start, i.end, i.by_appointment) for i in before),
                ]
            )
        for interval in today:
            if interval.start > cursor:
                yield _Segment(instant(day, cursor), instant(day, interval.start), idle)
            start, end = instant(day, interval.start), instant(day, interval.end)
            yield _Segment(start, end, OpenState.OPEN, interval.by_appointment)
            cursor = interval.end
        if cursor < DAY_MINUTES:
            yield _Segment(instant(day, cursor), instant(day, DAY_MINUTES), idle)


def _segments(
    schedule: Schedule, calendar: WorkingCalendar, first: date, last: date
) -> Iterator[_Segment]:
    """As ``_pieces``, with neighbours of one state joined and empty ones dropped."""
    current: _Segment | None = None
    for piece in _pieces(schedule, calendar, first, last):
        # In the hour that the clock skips a piece may have no length, or run backwards.
        start = max(piece.start, current.end) if current else piece.start
        if piece.end <= start:
            continue
        if current and (current.state, current.by_appointment) == (
            piece.state,
            piece.by_appointment,
        ):
            current = _Segment(current.start, piece.end, current.state, current.by_appointment)
            continue
        if current:
            yield current
        current = _Segment(start, piece.end, piece.state, piece.by_appointment)
    if current:
        yield current


def _statuses(
    schedule: Schedule, calendar: WorkingCalendar, now: datetime, until: datetime
) -> Iterator[tuple[datetime, Status]]:
    """The segment that holds ``now`` and those that begin by ``until``, as (start, Status)."""
    today = now.astimezone(BUCHAREST).date()
    horizon = until.astimezone(BUCHAREST).date() + HORIZON_DAYS * ONE_DAY
    end_of_time = instant(horizon, DAY_MINUTES)
    segments = _segments(schedule, calendar, today - ONE_DAY, horizon)
    following: list[_Segment] = []
    for segment in segments:
        if segment.end <= now:
            continue
        following.append(segment)
        break
    while following and following[0].start <= until:
        segment = following.pop(0)
        if not following:
            following.extend(s for s in (next(segments, None),) if s)
        after = following[0] if following else None
        closes = next_opening = None
        if segment.state == OpenState.OPEN and segment.end < end_of_time:
            closes = segment.end.astimezone(BUCHAREST)
        opens = after if segment.state == OpenState.CLOSED else None
        if opens and opens.state == OpenState.OPEN:
            next_opening = opens.start.astimezone(BUCHAREST)
        yield (
            segment.start.astimezone(BUCHAREST),
            Status(
                segment.state,
                segment.by_appointment,
                closes,
                next_opening,
                bool(next_opening and opens and opens.by_appointment),
            ),
        )


def status_at(schedule: Schedule, calendar: WorkingCalendar, now: datetime) -> Status:
    """Return the state at ``now`` (aware, any zone) with the next change.

    At the minute of opening the state is open, at the minute of closing it is closed. Raises
    ValueError for a naive ``now``.
    """
    return next(_statuses(schedule, calendar, _aware(now), now))[1]


def transitions(
    schedule: Schedule, calendar: WorkingCalendar, now: datetime, days: int = 8
) -> list[tuple[datetime, Status]]:
    """Return every change of state after ``now`` and up to ``days`` times 24 hours later.

    Each is (moment in Europe/Bucharest, status from that moment on), in order of time. Walk-in
    hours that give way to hours by appointment are a change too. Raises ValueError for a naive
    ``now``.
    """
    until = _aware(now) + timedelta(days=days)
    found = _statuses(schedule, calendar, now, until)
    next(found)
    return list(found)


def _aware(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime.")
    return now.astimezone(UTC)
