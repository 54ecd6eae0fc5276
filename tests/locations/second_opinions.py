"""Independent evaluators of what is published about hours: opening-hours-py, and JSON-LD by hand."""

from __future__ import annotations

import calendar
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from opening_hours import OpeningHours, State

from cms.working_calendar import WorkingCalendar
from locations.hours import Schedule, hours_on

Stretch = tuple[int, int, str]
Day = list[Stretch]
"""A day as (start, end, "open" | "by appointment" | "unknown"), in minutes between two midnights."""


def add(days: dict[date, Day], day: date, start: int, end: int, word: str) -> None:
    """Add a stretch, cut at midnights and joined to the one before where it goes on."""
    while end > 1440:
        add(days, day, start, 1440, word)
        day, start, end = day + timedelta(days=1), 0, end - 1440
    pieces = days[day]
    if pieces and pieces[-1][1:] == (start, word):
        pieces[-1] = (pieces[-1][0], end, word)
    elif end > start:
        pieces.append((start, end, word))


@lru_cache(maxsize=1024)
def painted(evening: tuple[Stretch, ...], own: tuple[Stretch, ...] | None) -> Day:
    """A day painted minute by minute from its own hours and those of the evening before."""
    words = ["unknown" if own is None else ""] * 1440
    for shift, stretches in ((1440, evening), (0, own or ())):
        for start, end, word in stretches:
            for minute in range(max(start - shift, 0), min(end - shift, 1440)):
                words[minute] = word
    return runs(words)


def runs(words: list[str]) -> Day:
    """The minutes of a day, one word each, as stretches."""
    day: Day = []
    start = 0
    for minute in range(1, 1441):
        if minute == 1440 or words[minute] != words[start]:
            if words[start]:
                day.append((start, minute, words[start]))
            start = minute
    return day


def days_by_hours_on(
    schedule: Schedule, calendar: WorkingCalendar, first: date, last: date
) -> dict[date, Day]:
    """The days as the table on the page says them."""

    def own(day: date) -> tuple[Stretch, ...] | None:
        intervals = hours_on(schedule, calendar, day).intervals
        if intervals is None:
            return None
        return tuple(
            (i.start, i.end, "by appointment" if i.by_appointment else "open") for i in intervals
        )

    days = {}
    evening = own(first - timedelta(days=1))
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        today = own(day)
        days[day] = painted(evening or (), today)
        evening = today
    return days


def days_by_osm(text: str, first: date, last: date) -> dict[date, Day]:
    """The days as opening-hours-py reads an opening_hours text, with its own Romanian holidays."""
    days: dict[date, Day] = defaultdict(list)
    for offset in range((last - first).days + 1):
        days[first + timedelta(days=offset)] = []
    begin = datetime.combine(first, time())
    for start, end, state, comment in OpeningHours(text, country="RO").intervals(
        begin, datetime.combine(last + timedelta(days=1), time())
    ):
        if state == State.CLOSED:
            continue
        word = "unknown" if state == State.UNKNOWN else comment or "open"
        day = start.date()
        from_midnight = datetime.combine(day, time())
        add(
            days,
            day,
            int((start - from_midnight).total_seconds()) // 60,
            int((end - from_midnight).total_seconds()) // 60,
            word,
        )
    return dict(days)


def _spec_minutes(entry: dict[str, str]) -> tuple[int, int] | None:
    """Opens and closes in minutes by the conventions of Google and schema.org; None is closed."""
    opens, closes = entry["opens"], entry["closes"]
    if opens == closes == "00:00":
        return None
    start, end = (int(text[:2]) * 60 + int(text[3:]) for text in (opens, closes))
    if (opens, closes) == ("00:00", "23:59"):
        end = 1440
    return start, end if end > start else end + 1440


def days_by_json_ld(
    regular: list[dict[str, Any]], special: list[dict[str, Any]], first: date, last: date
) -> dict[date, Day]:
    """The days as JSON-LD says them: special entries override, what nothing covers is unknown."""

    def own(day: date) -> list[Stretch] | None:
        name = f"https://schema.org/{calendar.day_name[day.weekday()]}"
        here = [
            entry
            for entry in special
            if entry["validFrom"] <= day.isoformat() <= entry["validThrough"]
            and name in entry.get("dayOfWeek", [name])
        ]
        if not here and not regular:
            return None
        chosen = here or [entry for entry in regular if name in entry["dayOfWeek"]]
        return [
            (*minutes, "by appointment" if "description" in entry else "open")
            for entry in chosen
            if (minutes := _spec_minutes(entry))
        ]

    days: dict[date, Day] = {}
    before: list[Stretch] = own(first - timedelta(days=1)) or []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        today = own(day)
        days[day] = painted(tuple(before), None if today is None else tuple(today))
        before = today or []
    return days
