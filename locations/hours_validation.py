"""What can be wrong with a schedule, said to the editor who typed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import pgettext, pgettext_lazy

from cms.working_calendar import ONE_DAY, WorkingCalendar
from locations.intervals import (
    DAY_MINUTES,
    LATEST_END,
    HoursError,
    Interval,
    format_intervals,
    overlaps,
)
from locations.schedules import HolidayBehaviour, Schedule, Season, hours_on
from locations.weekdays import WEEKDAY_NAMES

_HOLIDAYS: Final = pgettext_lazy("days whose hours are wrong", "Public holidays")
_ANY_YEAR: Final = range(2020, 2028)  # holds two leap years, so every day of a year is seen


def _day_text(day: date | None) -> str:
    return date_format(day, pgettext("date", "j F Y")) if day else "…"


_day = lazy(_day_text, str)
"""A day for a message, written in the language in which the message is read."""


def _day_errors(day: Any, intervals: Iterable[Interval]) -> Iterator[HoursError]:
    intervals = tuple(intervals)
    for interval in intervals:
        if interval.end > LATEST_END:
            yield HoursError("ends_late", interval=format_intervals([interval]))
    for first, second in overlaps(intervals):
        yield HoursError(
            "day_overlap",
            day=day,
            first=format_intervals([first]),
            second=format_intervals([second]),
        )


def _spills(
    day: Any, evening: Iterable[Interval] | None, morning: Iterable[Interval] | None
) -> Iterator[HoursError]:
    for late in evening or ():
        for early in morning or ():
            if late.end - DAY_MINUTES > early.start:
                yield HoursError(
                    "spill",
                    day=day,
                    first=format_intervals([late]),
                    second=format_intervals([early]),
                )
                return


def _season_errors(schedule: Schedule) -> Iterator[HoursError]:
    for season in schedule.seasons:
        if season.yearly:
            if season.first_day is None or season.last_day is None:
                yield HoursError("yearly_without_days")
        elif season.first_day and season.last_day and season.last_day < season.first_day:
            yield HoursError(
                "reversed_range", first=_day(season.first_day), last=_day(season.last_day)
            )
    groups: dict[tuple[object, ...], list[Season]] = {}
    for season in schedule.seasons:
        groups.setdefault(season.validity, []).append(season)
    for group in groups.values():
        for weekday in range(7):
            yield from _day_errors(
                WEEKDAY_NAMES[weekday], [i for season in group for i in season.week.days[weekday]]
            )
    for season in schedule.merged:
        for weekday, intervals in enumerate(season.week.days):
            yield from _spills(
                WEEKDAY_NAMES[weekday], intervals, season.week.days[(weekday + 1) % 7]
            )
    for one, other in combinations(schedule.merged, 2):
        if one.rank == other.rank and _overlap(one, other):
            yield HoursError(
                "seasons_overlap",
                first=_day(one.first_day),
                last=_day(one.last_day),
                other_first=_day(other.first_day),
                other_last=_day(other.last_day),
            )


def _overlap(one: Season, other: Season) -> bool:
    """Whether two seasons of one rank share a day; each starts or ends one of the shared stretches."""
    if not one.yearly:
        return max(one.first_day or date.min, other.first_day or date.min) <= min(
            one.last_day or date.max, other.last_day or date.max
        )
    starts = [
        (season.first_day.replace(year=2024), against)
        for season, against in ((one, other), (other, one))
        if season.first_day
    ]
    return any(against.holds_on(day) for day, against in starts)


def _exception_errors(schedule: Schedule) -> Iterator[HoursError]:
    for exception in schedule.exceptions:
        if exception.last_day < exception.first_day:
            yield HoursError(
                "reversed_range", first=_day(exception.first_day), last=_day(exception.last_day)
            )
        yield from _day_errors(_day(exception.first_day), exception.intervals or ())
        if exception.last_day > exception.first_day:
            yield from _spills(_day(exception.first_day), exception.intervals, exception.intervals)
    for one, other in combinations(schedule.exceptions, 2):
        if one.first_day <= other.last_day and other.first_day <= one.last_day:
            yield HoursError(
                "exceptions_overlap",
                first=_day(one.first_day),
                last=_day(one.last_day),
                other_first=_day(other.first_day),
                other_last=_day(other.last_day),
            )


def _edges(schedule: Schedule) -> Iterator[date]:
    """Days after which another rule may begin to hold."""
    for exception in schedule.exceptions:
        yield from (exception.first_day - ONE_DAY, exception.last_day)
    for season in schedule.seasons:
        first, last = season.first_day, season.last_day
        if season.yearly and first and last:
            for year in _ANY_YEAR:
                yield _in_year(first, year) - ONE_DAY
                yield _in_year(last, year)
        else:
            yield from (day for day in (first - ONE_DAY if first else None, last) if day)


def _in_year(day: date, year: int) -> date:
    """The day of a yearly season in a year; 29 February is 28 February where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _edge_errors(schedule: Schedule) -> Iterator[HoursError]:
    """Hours past midnight that run into the first hours of another season or exception."""
    calendar = WorkingCalendar()
    for day in sorted(set(_edges(schedule))):
        evening = hours_on(schedule, calendar, day).intervals
        morning = hours_on(schedule, calendar, day + ONE_DAY).intervals
        yield from _spills(_day(day), evening, morning)


def validate_schedule(schedule: Schedule) -> list[HoursError]:
    """Return what is wrong with a schedule, in the order in which an editor reads it.

    Checked: ranges whose last day lies before the first, yearly seasons without days, hours that
    overlap within a day (walk-in and by appointment together) or run into the next day's, hours
    that end after 06:00 of the next day, seasons of one kind and exceptions that share days, and
    holiday hours that are asked for and missing. An empty list means that it is sound.
    """
    errors = [*_season_errors(schedule), *_exception_errors(schedule)]
    if schedule.holiday_behaviour == HolidayBehaviour.SPECIAL:
        if not schedule.holiday_intervals:
            errors.append(HoursError("holiday_hours_missing"))
        errors.extend(_day_errors(_HOLIDAYS, schedule.holiday_intervals))
    if not errors:
        errors.extend(_edge_errors(schedule))
    return errors
