"""Schedules: weeks, seasons and exceptions, and the hours that they give a day.

A day is settled by the first of these that applies: a dated exception of the schedule; a closure;
a public holiday or bridging day (by the schedule's holiday behaviour); a recovery day (the hours of
the weekday that it works as); a dated season; a yearly season; the base season. Without a season in
force, or with hours that are not published, the day is unknown: a wrong "closed" is worse than none.
The holiday behaviour counts only in a schedule that has a season at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from cms.working_calendar import DayKind, WorkingCalendar
from locations.intervals import Interval, combine


@dataclass(frozen=True, slots=True)
class Week:
    """The intervals of seven days, Monday first."""

    days: tuple[tuple[Interval, ...], ...]

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError("A week has seven days.")


@dataclass(frozen=True, slots=True)
class Season:
    """A week of hours and the days on which it holds, both ends included.

    Without days it is the base; with one end open it holds from or until that day. ``yearly``
    reads only month and day and may wrap the new year (15 November to 15 March). Two seasons with
    the same validity (walk-in and by appointment) are read together.
    """

    week: Week
    first_day: date | None = None
    last_day: date | None = None
    yearly: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def validity(self) -> tuple[Any, ...]:
        """What two seasons share when they hold on the same days; yearly ones without a year."""
        if self.yearly and self.first_day and self.last_day:
            first, last = self.first_day, self.last_day
            return (True, (first.month, first.day), (last.month, last.day))
        return (self.yearly, self.first_day, self.last_day)

    @property
    def rank(self) -> int:
        """0 for dated, 1 for yearly, 2 for the base: the lower one wins."""
        if self.yearly:
            return 1
        return 2 if self.first_day is None and self.last_day is None else 0

    def holds_on(self, day: date) -> bool:
        """Whether the season is in force on ``day``; a yearly one without both days never is."""
        if self.yearly:
            if self.first_day is None or self.last_day is None:
                return False
            first = (self.first_day.month, self.first_day.day)
            last = (self.last_day.month, self.last_day.day)
            this = (day.month, day.day)
            return first <= this <= last if first <= last else this >= first or this <= last
        return (self.first_day or date.min) <= day <= (self.last_day or date.max)


@dataclass(frozen=True, slots=True)
class ExceptionDays:
    """Hours for a day or a range of days, both ends included.

    No intervals, (), means closed; None means that the hours of these days are not known.
    """

    first_day: date
    last_day: date
    intervals: tuple[Interval, ...] | None
    names: Mapping[str, str] = field(default_factory=dict)


class HolidayBehaviour(StrEnum):
    """What public holidays and bridging days do to the hours."""

    CLOSED = "closed"
    AS_USUAL = "as_usual"
    SPECIAL = "special"
    UNKNOWN = "unknown"


def merge_seasons(seasons: Iterable[Season]) -> tuple[Season, ...]:
    """Return one season per validity, in order of precedence, with the weeks merged day by day."""
    groups: dict[tuple[Any, ...], list[Season]] = {}
    for season in seasons:
        groups.setdefault(season.validity, []).append(season)
    merged = []
    for group in groups.values():
        first = group[0]
        days = tuple(combine([i for s in group for i in s.week.days[n]]) for n in range(7))
        names = next((s.names for s in group if s.names), {})
        merged.append(Season(Week(days), first.first_day, first.last_day, first.yearly, names))
    return tuple(sorted(merged, key=lambda season: season.rank))


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that is known about the hours of one channel (counter, phone) of one place.

    ``place`` is the place's key, by which closures are looked up in the calendar. ``merged`` is
    derived: the seasons by precedence, one per validity.
    """

    seasons: tuple[Season, ...]
    exceptions: tuple[ExceptionDays, ...] = ()
    holiday_behaviour: HolidayBehaviour = HolidayBehaviour.CLOSED
    holiday_intervals: tuple[Interval, ...] = ()
    published: bool = True
    place: str | None = None
    merged: tuple[Season, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "merged", merge_seasons(self.seasons))

    def season_on(self, day: date) -> Season | None:
        """Return the (merged) season in force on ``day``, or None."""
        return next((season for season in self.merged if season.holds_on(day)), None)


class DaySource(StrEnum):
    """Which rule settled a day."""

    EXCEPTION = "exception"
    CLOSURE = "closure"
    HOLIDAY = "holiday"
    BRIDGING = "bridging"
    RECOVERY = "recovery"
    SEASON = "season"
    YEARLY = "yearly"
    BASE = "base"
    NONE = "none"
    UNPUBLISHED = "unpublished"


@dataclass(frozen=True, slots=True)
class DayHours:
    """The hours of one day; ``intervals`` None means unknown, () closed.

    ``names`` gives the reason in ro, en and hu where a special day, an exception or a season has
    one.
    """

    day: date
    intervals: tuple[Interval, ...] | None
    source: DaySource
    names: Mapping[str, str] | None = None


_RANK_SOURCE: Final = (DaySource.SEASON, DaySource.YEARLY, DaySource.BASE)


def hours_on(schedule: Schedule, calendar: WorkingCalendar, day: date) -> DayHours:
    """Return the hours of one local day, by the order of rules at the top of this module."""
    if not schedule.published:
        return DayHours(day, None, DaySource.UNPUBLISHED)
    for exception in schedule.exceptions:
        if exception.first_day <= day <= exception.last_day:
            own = None if exception.intervals is None else combine(exception.intervals)
            return DayHours(day, own, DaySource.EXCEPTION, exception.names)
    special = calendar.special_day(day, schedule.place)
    weekday = day.weekday()
    source: DaySource | None = None
    if special:
        if special.kind == DayKind.CLOSURE:
            return DayHours(day, (), DaySource.CLOSURE, special.names)
        source = DaySource(special.kind.value)
        if special.kind == DayKind.RECOVERY:
            weekday = weekday if special.works_as is None else special.works_as
        elif not schedule.seasons:
            pass  # nothing is known of the hours: "closed on holidays" is only the field's default
        elif schedule.holiday_behaviour == HolidayBehaviour.CLOSED:
            return DayHours(day, (), source, special.names)
        elif schedule.holiday_behaviour == HolidayBehaviour.UNKNOWN:
            return DayHours(day, None, source, special.names)
        elif schedule.holiday_behaviour == HolidayBehaviour.SPECIAL:
            return DayHours(day, combine(schedule.holiday_intervals), source, special.names)
    season = schedule.season_on(day)
    if season is None:
        return DayHours(day, None, source or DaySource.NONE, special.names if special else None)
    names = special.names if special else season.names or None
    return DayHours(day, season.week.days[weekday], source or _RANK_SOURCE[season.rank], names)


def group_week(week: Week) -> list[tuple[int, int, tuple[Interval, ...]]]:
    """Return runs of consecutive days with equal hours as (first, last, intervals), 0 = Monday.

    Closed days are left out.
    """
    runs: list[tuple[int, int, tuple[Interval, ...]]] = []
    for weekday, intervals in enumerate(week.days):
        if intervals and runs and runs[-1][1] == weekday - 1 and runs[-1][2] == intervals:
            runs[-1] = (runs[-1][0], weekday, intervals)
        elif intervals:
            runs.append((weekday, weekday, intervals))
    return runs
