"""Rows of an .xlsx file, read without running or trusting anything in it.

A workbook is a zip archive of XML (ECMA-376). Before it is parsed, its sizes are added up and its parts are searched
for what no spreadsheet writes: document types, with which entities are made, and encodings that could hide them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import openpyxl

from events.importing.problems import ImportProblem

MAX_UNPACKED: Final = 8_000_000
"""Bytes of all parts together."""
MAX_PARTS: Final = 200
MAX_COLUMNS: Final = 60
_MAX_EMPTY: Final = 20_000
"""Rows without content that are passed over: a cell in the last row of a sheet makes a million of them."""

_DECLARED: Final = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes."""


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error such as #REF!."""

    text: str


Cell = str | int | float | bool | date | datetime | time | timedelta | Formula | CellError | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's rows, with the numbers that the spreadsheet shows; rows without content are left out."""

    name: str
    rows: list[tuple[int, list[Cell]]]
    is_only: bool


def read_workbook(data: bytes, max_rows: int) -> Sheet:
    """Return the first sheet of an .xlsx file; ``max_rows`` of content, the header included.

    Raises ImportProblem.
    """
    _check_archive(data)
    try:
        workbook = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=False, keep_links=False
        )
        try:
            sheets = workbook.worksheets
            # What a file says about its own size need not be true.
            sheets[0].reset_dimensions()
            rows = list(_rows(sheets[0], max_rows))
            return Sheet(str(sheets[0].title), rows, len(sheets) == 1)
        finally:
            workbook.close()
    except ImportProblem:
        raise
    except Exception:
        # The library raises whatever its parsing of a damaged part runs into.
        raise ImportProblem("broken_workbook") from None


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise ImportProblem("workbook_unpacked")
            if "xl/workbook.xml" not in archive.namelist():
                raise ImportProblem("unknown_file")
            for part in parts:
                if part.flag_bits & 1:
                    raise ImportProblem("broken_workbook")
                if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise ImportProblem("workbook_unsafe")
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    # No more than the size that was added up above is ever unpacked.
                    _check_part(archive.read(part))
    except ImportProblem:
        raise
    except Exception:
        # A damaged archive makes zipfile and zlib raise errors of many kinds.
        raise ImportProblem("broken_workbook") from None


def _check_part(xml: bytes) -> None:
    declared = _DECLARED.match(xml.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        raise ImportProblem("workbook_unsafe")
    if b"\0" in xml or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ImportProblem("workbook_unsafe")


def _rows(sheet: Any, max_rows: int) -> Iterator[tuple[int, list[Cell]]]:
    found = empty = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        row = [_value(cell) for cell in cells]
        if all(value is None or value == "" for value in row):
            empty += 1
            if empty > _MAX_EMPTY:
                raise ImportProblem("too_many_rows", limit=max_rows - 1)
            continue
        found += 1
        if found > max_rows:
            raise ImportProblem("too_many_rows", limit=max_rows - 1)
        yield number, row


def _value(cell: Any) -> Cell:
    if cell.data_type == "f":
        return Formula()
    if cell.data_type == "e":
        return CellError(str(cell.value)[:20])
    value = cell.value
    if isinstance(value, str | int | float | date | time | timedelta) or value is None:
        return value
    return str(value)
