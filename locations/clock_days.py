"""What the clock shows between two midnights: the hours of a day with what the evening before left.

OpenStreetMap evaluators disagree about hours past midnight when another rule holds on the next day
(opening-hours-py lets the next day's rule cut them off, opening_hours.js depends on its version), so
what is published for machines is cut at midnight and means the same to all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from cms.working_calendar import ONE_DAY, WorkingCalendar
from locations.intervals import DAY_MINUTES, Interval
from locations.schedules import Schedule, hours_on


class PieceKind(IntEnum):
    """What a stretch of the clock is; where two meet the lower one holds."""

    OPEN = 0
    BY_APPOINTMENT = 1
    UNKNOWN = 2


class Piece(NamedTuple):
    """A stretch between two midnights, in minutes: 0 <= start < end <= 1440."""

    start: int
    end: int
    kind: PieceKind


Pieces = tuple[Piece, ...]
UNKNOWN_DAY: Pieces = (Piece(0, DAY_MINUTES, PieceKind.UNKNOWN),)


def tidy(pieces: Iterable[tuple[int, int, PieceKind]]) -> Pieces:
    """Return pieces in order, without overlaps, cut to the day, neighbours of one kind joined."""
    given = [(max(a, 0), min(b, DAY_MINUTES), kind) for a, b, kind in pieces]
    cuts = sorted({minute for a, b, _kind in given for minute in (a, b)})
    result: list[Piece] = []
    for start, end in pairwise(cuts):
        kinds = [kind for a, b, kind in given if a <= start and end <= b]
        if not kinds:
            continue
        joins = bool(result) and result[-1].end == start and result[-1].kind == min(kinds)
        result.append(Piece(result.pop().start if joins else start, end, min(kinds)))
    return tuple(result)


def own_pieces(
    intervals: Iterable[Interval] | None, evening: bool = False
) -> list[tuple[int, int, PieceKind]]:
    """Intervals as pieces that may run past midnight; ``evening``: as seen from the day after."""
    shift = DAY_MINUTES if evening else 0
    if intervals is None:
        return [] if evening else list(UNKNOWN_DAY)
    return [
        (
            i.start - shift,
            i.end - shift,
            PieceKind.BY_APPOINTMENT if i.by_appointment else PieceKind.OPEN,
        )
        for i in intervals
        if i.end > shift
    ]


def clock_day(
    evening_before: Iterable[Interval] | None, intervals: Iterable[Interval] | None
) -> Pieces:
    """Return the pieces of a day from its own intervals and those of the day before.

    None stands for unknown hours; what runs over from a known evening counts all the same.
    """
    return tidy([*own_pieces(evening_before, evening=True), *own_pieces(intervals)])


def clock_day_of(schedule: Schedule, calendar: WorkingCalendar, day: date) -> Pieces:
    """Return the pieces of one day of a schedule."""
    return clock_day(
        hours_on(schedule, calendar, day - ONE_DAY).intervals,
        hours_on(schedule, calendar, day).intervals,
    )
