"""Which kind of file was uploaded: seen in its bytes, not in its name."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from events.importing.candidates import Reading
from events.importing.problems import ImportProblem
from events.importing.reader import read_calendar
from events.importing.spreadsheet import read_spreadsheet


def read_file(
    data: bytes,
    name: str,
    today: date,
    *,
    place_keys: Collection[str] = (),
    category_slugs: Collection[str] = (),
    own_domain: str = "",
) -> tuple[Reading, bool]:
    """Read a calendar or a spreadsheet.

    ``name`` is that of the file; only its ending is looked at, and only where the bytes say nothing. The other
    arguments are those of ``read_calendar`` and ``read_spreadsheet``. Returns the reading and whether the file is a
    calendar. Raises ImportProblem.
    """
    start = data[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    ending = name.lower().rpartition(".")[2]
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportProblem("old_excel")
    if re.match(rb"BEGIN:VCALENDAR", start, re.IGNORECASE) or ending == "ics":
        return read_calendar(data, today, own_domain), True
    if not data.startswith(b"PK\x03\x04"):
        if start.startswith(b"<"):
            raise ImportProblem("web_page")
        if ending not in ("csv", "txt") and start:
            raise ImportProblem("unknown_file")
    return read_spreadsheet(data, today, place_keys, category_slugs), False
