"""Reads a calendar from the standard input as libical understands it (Evolution, KOrganizer, Cyrus).

Usage: /usr/bin/python3 libical_reader.py FIRST LAST < feed.ics
Prints, as JSON, [uid, original, start, end, status, summary] of every occurrence up to the day LAST that does not end
before the day FIRST; the original is the date of the series as the wall clock shows it, "" for what does not recur.
Runs on Debian's own Python, outside the project's environment: it needs the packages python3-gi and gir1.2-ical-3.0,
and nothing of this repository: no compiler, no headers. Zones come from the VTIMEZONE of the feed.

libical knows rules, zones and durations; which override belongs to which date is left to the program, as in Evolution.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402

Row = tuple[str, str, str, str, str, str]
EVENT = ICalGLib.ComponentKind.VEVENT_COMPONENT
KIND = ICalGLib.PropertyKind
FAR = 4_102_444_800  # 2100: where a series is no longer followed


def children(component: Any, kind: Any) -> Iterator[Any]:
    child = component.get_first_component(kind)
    while child is not None:
        yield child
        child = component.get_next_component(kind)


def properties(component: Any, kind: Any) -> Iterator[Any]:
    found = component.get_first_property(kind)
    while found is not None:
        yield found
        found = component.get_next_property(kind)


def stamp(time: Any) -> int:
    """Seconds since 1970 of a moment in its own zone; of a day, as if it began in UTC."""
    return int(time.as_timet_with_zone(time.get_timezone()))


def written(seconds: int, is_date: bool) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%d}" if is_date else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def row(event: Any, original: str, start: Any) -> Row:
    """What is told of one occurrence that begins at `start`, described by `event`."""
    is_date = start.is_date()
    if event.get_first_property(KIND.DURATION_PROPERTY) is not None:
        end = stamp(start.add(event.get_duration()))
    elif event.get_first_property(KIND.DTEND_PROPERTY) is not None:
        # RFC 5545 section 3.8.5.3: the same exact duration for every date.
        end = stamp(start) + stamp(event.get_dtend()) - stamp(event.get_dtstart())
    else:
        end = stamp(start) + (86_400 if is_date else 0)
    status = event.get_first_property(KIND.STATUS_PROPERTY)
    return (
        event.get_uid(),
        original,
        written(stamp(start), is_date),
        written(end, is_date),
        status.get_value_as_string() if status else "",
        event.get_summary() or "",
    )


def wall(time: Any) -> str:
    """A day or a time of the day as it stands in the feed, whatever the zone makes of it."""
    if time.is_date():
        return f"{time.get_year():04}-{time.get_month():02}-{time.get_day():02}"
    hours, minutes, seconds = time.get_hour(), time.get_minute(), time.get_second()
    day = f"{time.get_year():04}-{time.get_month():02}-{time.get_day():02}"
    return f"{day}T{hours:02}:{minutes:02}:{seconds:02}"


def dates(rule: Any, start: Any) -> Iterator[Any]:
    """The starts that a rule makes from `start` on.

    Where one falls into the hour that the clocks leave out in March, libical 3 puts it an hour later, and every date
    after it as well. Series in that hour are therefore walked by the wall clock, and the zone is given back after.
    """
    zone = start.get_timezone()
    by_wall_clock = zone is not None and not start.is_date() and start.get_hour() == 3
    if by_wall_clock:
        until = rule.get_until()
        if not until.is_null_time():
            rule.set_until(floating(until.convert_to_zone(zone)))
        start = floating(start)
    iterator = ICalGLib.RecurIterator.new(rule, start)
    while not (date := iterator.next()).is_null_time():
        if by_wall_clock:
            date.set_timezone(zone)
        yield date


def floating(time: Any) -> Any:
    """A copy without its zone."""
    return ICalGLib.Time.new_from_string(time.as_ical_string().removesuffix("Z"))


def occurrences(master: Any, overrides: dict[str, Any], last: str) -> Iterator[Row]:
    start = master.get_dtstart()
    rule = master.get_first_property(KIND.RRULE_PROPERTY)
    if rule is None:
        if overrides:
            raise ValueError(f"{master.get_uid()}: an override of something that does not recur")
        yield row(master, "", start)
        return
    excluded = {
        wall(found.get_datetime_with_component(master))
        for found in properties(master, KIND.EXDATE_PROPERTY)
    }
    waiting = dict(overrides)
    for date in dates(rule.get_rrule(), start):
        moment = stamp(date)
        # An override may lead back into the window, so the series is followed until all were met.
        if moment > FAR or (written(moment, False) > f"{last}U" and not waiting):
            break
        original = wall(date)
        if original in waiting:
            override = waiting.pop(original)
            yield row(override, original, override.get_dtstart())
        elif original not in excluded:
            yield row(master, original, date)
    if waiting:
        raise ValueError(f"{master.get_uid()}: no date for the overrides of {sorted(waiting)}")


def read(text: str, first: str, last: str) -> list[Row]:
    calendar = ICalGLib.Parser.parse_string(text)
    if calendar is None or not calendar.is_valid():
        raise ValueError("libical cannot parse this calendar.")
    masters: list[Any] = []
    overrides: dict[str, dict[str, Any]] = {}
    for event in children(calendar, EVENT):
        if any(True for _ in properties(event, KIND.XLICERROR_PROPERTY)):
            raise ValueError(f"libical refuses a property:\n{event.as_ical_string()}")
        original = event.get_first_property(KIND.RECURRENCEID_PROPERTY)
        if original is None:
            masters.append(event)
        else:
            moment = wall(original.get_datetime_with_component(event))
            overrides.setdefault(event.get_uid(), {})[moment] = event
    return [
        found
        for master in masters
        for found in occurrences(master, overrides.get(master.get_uid(), {}), last)
        if found[2] <= f"{last}U" and found[3] >= first
    ]


if __name__ == "__main__":
    json.dump(read(sys.stdin.buffer.read().decode(), sys.argv[1], sys.argv[2]), sys.stdout)
