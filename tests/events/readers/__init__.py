"""Three independent readers of calendar feeds: icalendar with recurring-ical-events, ical.js, libical.

Each takes the bytes of a feed and a window and tells every occurrence in the same words, so that their answers, and the
site's own, can be compared. ical.js and libical run in processes of their own, in a time zone far from Bucharest: they
see nothing but the bytes. `python -m scripts.readers` installs ical.js; libical comes with Debian.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import icalendar
import recurring_ical_events

from scripts.readers import FOLDER, SYSTEM_PYTHON, missing_ical_js, missing_libical

_FAR_AWAY: Final = "Pacific/Auckland"
_SECONDS: Final = 120
# The longest occurrence: recurring-ical-events is asked from this far before the window.
_LONGEST: Final = timedelta(days=367)


class Read(NamedTuple):
    """One occurrence as a reader tells it.

    ``original`` is the date of the series by the wall clock ("2026-11-26T18:00:00", or a day), "" for what
    does not recur. ``start`` and ``end`` are moments, "2026-11-26T16:00:00Z", or days (``end`` exclusive).
    """

    uid: str
    original: str
    start: str
    end: str
    status: str
    summary: str


def written(value: date | datetime) -> str:
    """A day as it is, a moment in UTC; raises ValueError for a floating time."""
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.tzinfo is None:
        raise ValueError(f"{value} floats")
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def read_with_icalendar(data: bytes, first: date, last: date) -> list[Read]:
    """Every occurrence that starts on the days (in UTC) from ``first`` to ``last``, by start."""
    calendar = icalendar.Calendar.from_ical(data)
    series = {str(event["UID"]) for event in calendar.walk("VEVENT") if "RRULE" in event}
    query = recurring_ical_events.of(calendar, keep_recurrence_attributes=True)
    found = []
    for event in query.between(first - _LONGEST, last + timedelta(days=2)):
        uid = str(event["UID"])
        found.append(
            Read(
                uid,
                _wall(event["RECURRENCE-ID"].dt) if uid in series else "",
                written(event.start),
                written(event.end),
                str(event.get("STATUS", "")),
                str(event.get("SUMMARY", "")),
            )
        )
    return in_window(found, first, last)


def _wall(value: date | datetime) -> str:
    return (
        value.replace(tzinfo=None).isoformat() if isinstance(value, datetime) else value.isoformat()
    )


def in_window(found: list[Read], first: date, last: date) -> list[Read]:
    """Those that start on a day of the window, in order."""
    return sorted(one for one in found if first.isoformat() <= one.start[:10] <= last.isoformat())


def _read_with(command: list[str], data: bytes, first: date, last: date) -> list[Read]:
    result = subprocess.run(
        [*command, first.isoformat(), last.isoformat()],
        input=data,
        capture_output=True,
        timeout=_SECONDS,
        env={"PATH": os.environ["PATH"], "TZ": _FAR_AWAY, "LC_ALL": "C.UTF-8"},
    )
    if result.returncode != 0:
        raise ValueError(result.stderr.decode(errors="replace"))
    return in_window([Read(*row) for row in json.loads(result.stdout)], first, last)


def read_with_ical_js(data: bytes, first: date, last: date) -> list[Read]:
    """As `read_with_icalendar`; raises ValueError with the words of ical.js where it refuses the feed."""
    return _read_with([shutil.which("node") or "node", str(FOLDER / "read.mjs")], data, first, last)


def read_with_libical(data: bytes, first: date, last: date) -> list[Read]:
    """As `read_with_icalendar`; raises ValueError with the words of libical where it refuses the feed."""
    reader = Path(__file__).with_name("libical_reader.py")
    return _read_with([SYSTEM_PYTHON, str(reader)], data, first, last)


Reader = Callable[[bytes, date, date], list[Read]]
READERS: Final[dict[str, Reader]] = {
    "icalendar": read_with_icalendar,
    "ical.js": read_with_ical_js,
    "libical": read_with_libical,
}


@functools.cache
def missing(name: str) -> str:
    """Why a reader cannot be used on this machine; "" where it can."""
    return {"ical.js": missing_ical_js, "libical": missing_libical}.get(name, str)()
