"""A schedule as JSON-ready data, so that one column of one row holds all that pages need of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from locations.intervals import Interval
from locations.schedules import ExceptionDays, HolidayBehaviour, Schedule, Season, Week


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _from_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _intervals(intervals: Iterable[Interval] | None) -> list[list[int]] | None:
    if intervals is None:
        return None
    return [[i.start, i.end, int(i.by_appointment)] for i in intervals]


def _from_intervals(data: Iterable[list[int]]) -> tuple[Interval, ...]:
    return tuple(Interval(start, end, bool(booked)) for start, end, booked in data)


def to_data(schedule: Schedule) -> dict[str, Any]:
    """The schedule as dicts, lists, texts and numbers; `from_data` gives an equal one back."""
    return {
        "seasons": [
            {
                "days": [_intervals(day) for day in season.week.days],
                "first": _day(season.first_day),
                "last": _day(season.last_day),
                "yearly": season.yearly,
                "names": dict(season.names),
            }
            for season in schedule.seasons
        ],
        "exceptions": [
            {
                "first": _day(item.first_day),
                "last": _day(item.last_day),
                "intervals": _intervals(item.intervals),
                "names": dict(item.names),
            }
            for item in schedule.exceptions
        ],
        "holidays": schedule.holiday_behaviour.value,
        "holiday_intervals": _intervals(schedule.holiday_intervals),
        "published": schedule.published,
        "place": schedule.place,
    }


def from_data(data: dict[str, Any]) -> Schedule:
    """The schedule that `to_data` wrote; empty data is a schedule that is not published."""
    if not data:
        return Schedule(seasons=(), published=False)
    return Schedule(
        seasons=tuple(
            Season(
                week=Week(tuple(_from_intervals(day) for day in item["days"])),
                first_day=_from_day(item["first"]),
                last_day=_from_day(item["last"]),
                yearly=item["yearly"],
                names=item["names"],
            )
            for item in data["seasons"]
        ),
        exceptions=tuple(
            ExceptionDays(
                first_day=date.fromisoformat(item["first"]),
                last_day=date.fromisoformat(item["last"]),
                intervals=None if item["intervals"] is None else _from_intervals(item["intervals"]),
                names=item["names"],
            )
            for item in data["exceptions"]
        ),
        holiday_behaviour=HolidayBehaviour(data["holidays"]),
        holiday_intervals=_from_intervals(data["holiday_intervals"]),
        published=data["published"],
        place=data["place"],
    )
