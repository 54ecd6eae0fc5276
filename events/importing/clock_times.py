"""Dates and times of iCalendar files as the wall clock of Bucharest shows them (RFC 5545 section 3.3.4 to 3.3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from cms.quoting import shown
from events.importing.candidates import FIRST_YEAR, LAST_YEAR
from events.importing.components import Component, Property
from events.importing.problems import ImportProblem
from locations.hours import BUCHAREST

_MOMENT: Final = re.compile(r"([0-9]{8})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?", re.ASCII)
_DURATION: Final = re.compile(
    r"\+?P(?:([0-9]{1,4})W)?(?:([0-9]{1,4})D)?"
    r"(?:T(?:([0-9]{1,5})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,7})S)?)?",
    re.ASCII,
)
_ZONE_NAME: Final = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,2}")

ZoneNames = Mapping[str, str]
"""The name that the calendar's maker gives a zone → the zone's name in the time zone database."""


@dataclass(frozen=True, slots=True)
class Local:
    """A date, or a minute of one, on the wall clock of ``zone``; None is a floating time, that of wherever one is."""

    day: date
    clock: time | None = None
    zone: tzinfo | None = None

    def in_bucharest(self) -> Local:
        """The same moment on the clocks here; dates and floating times stay as they are."""
        if self.clock is None or self.zone is None or self.zone == BUCHAREST:
            return Local(self.day, self.clock)
        moment = datetime.combine(self.day, self.clock, self.zone).astimezone(BUCHAREST)
        return Local(moment.date(), moment.time().replace(fold=0))

    def plus(self, duration: timedelta) -> Local:
        """Later by whole days on the wall clock and by hours in real time, as section 3.3.6 asks."""
        if self.clock is None:
            return Local(self.day + duration)
        days = timedelta(days=duration.days)
        moment = datetime.combine(self.day, self.clock, self.zone) + days
        if self.zone is not None:
            rest = duration - days
            moment = (moment.astimezone(UTC) + rest).astimezone(self.zone)
        else:
            moment += duration - days
        return Local(moment.date(), moment.time().replace(fold=0, second=0), self.zone)

    @property
    def naive(self) -> datetime:
        """The reading of the wall clock; midnight for a date."""
        return datetime.combine(self.day, self.clock or time())


def zone_names(components: Iterable[Component]) -> ZoneNames:
    """The zones that a file declares with their usual names (X-LIC-LOCATION)."""
    found = {}
    for component in components:
        if component.name == "VTIMEZONE":
            name, usual = component.first("TZID"), component.first("X-LIC-LOCATION")
            if name and usual:
                found[name.text.strip()] = usual.text.strip()
    return found


def read_local(prop: Property, names: ZoneNames) -> Local:
    """Return the one date or time of a property. Raises ImportProblem."""
    return _local(prop, prop.value, names)


def read_locals(prop: Property, names: ZoneNames) -> list[Local]:
    """Return the dates or times of a list, as in EXDATE. Raises ImportProblem."""
    return [_local(prop, value, names) for value in prop.value.split(",")]


def read_duration(prop: Property) -> timedelta:
    """Return a DURATION, which must not be negative. Raises ImportProblem."""
    found = _DURATION.fullmatch(prop.value.strip().upper())
    if not found or not any(found.groups()):
        raise ImportProblem("bad_duration", text=shown(prop.value))
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def zone(name: str, names: ZoneNames) -> tzinfo:
    """Return the time zone of a TZID. Raises ImportProblem for one that is not known.

    Known are the names of the time zone database, with the prefix of some programs (``/mozilla.org/20050126_1/``),
    those of Windows, and whatever the file itself says to be one of them. The rules that a file declares are not
    followed: they are often wrong, and costly.
    """
    name = name.strip().strip('"')
    for known in (name, names.get(name, ""), WINDOWS_TO_OLSON.get(name, "")):
        parts = known.split("/")
        for start in range(max(0, len(parts) - 3), len(parts)) if known.startswith("/") else (0,):
            candidate = "/".join(parts[start:])
            if candidate.upper() in ("UTC", "ETC/UTC", "GMT", "Z"):
                return UTC
            if _ZONE_NAME.fullmatch(candidate):
                try:
                    return ZoneInfo(candidate)
                except (OSError, ValueError, LookupError):
                    continue
    raise ImportProblem("unknown_zone", zone=shown(name))


def _local(prop: Property, value: str, names: ZoneNames) -> Local:
    text = value.strip().upper()
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ImportProblem("bad_time", text=shown(value), property=prop.name)
    digits, hours, minutes, _seconds, zulu = found.groups()
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        # Seconds are left out: nobody's event begins on one, and 23:59:59 means the end of the day.
        clock = None if hours is None else time(int(hours), int(minutes))
    except ValueError:
        raise ImportProblem("bad_time", text=shown(value), property=prop.name) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ImportProblem(
            "year", text=shown(value), property=prop.name, first=FIRST_YEAR, last=LAST_YEAR
        )
    if clock is None:
        return Local(day)
    if zulu:
        return Local(day, clock, UTC)
    if prop.params.get("TZID"):
        return Local(day, clock, zone(prop.params["TZID"], names))
    return Local(day, clock)
