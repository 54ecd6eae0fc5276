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
from datetime import date, time, timedelta
from typing import Any, Final

import openpyxl

from cms.sheets.cells import Cell, CellError, Formula
from cms.sheets.problems import SheetProblem

MAX_UNPACKED: Final = 8_000_000
"""Bytes of all parts together."""
MAX_PARTS: Final = 200
MAX_COLUMNS: Final = 60
_MAX_EMPTY: Final = 20_000
"""Rows without content that are passed over: a cell in the last row of a sheet makes a million of them."""

_MAX_BLANK: Final = 1000
"""Rows that may hold nothing but empty texts, before they count as too many."""

_MERGED: Final = re.compile(rb'<mergeCell\b[^>]*?\bref="([A-Z0-9:]{1,30})"')
_DECLARED: Final = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's rows, with the numbers that the spreadsheet shows; rows without content are left out.

    ``merged`` names the first cells that are merged, such as "A2:A4"; "" where none are.
    """

    name: str
    rows: list[tuple[int, list[Cell]]]
    is_only: bool
    merged: str = ""


def read_workbook(data: bytes, max_rows: int, max_unpacked: int = MAX_UNPACKED) -> Sheet:
    """Return the first sheet of an .xlsx file that is not hidden.

    Args:
        data: The bytes of the file.
        max_rows: How many rows of content it may have, the header included.
        max_unpacked: Bytes of all its parts together.

    Raises:
        SheetProblem: For what is damaged, unsafe or too large. Too many rows are seen before a cell is read.
    """
    merged = _check_archive(data, max_rows, max_unpacked)
    try:
        workbook = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=False, keep_links=False
        )
        try:
            sheets = workbook.worksheets
            first = next((sheet for sheet in sheets if sheet.sheet_state == "visible"), None)
            if first is None:
                raise SheetProblem("all_hidden")
            # What a file says about its own size need not be true.
            first.reset_dimensions()
            rows = list(_rows(first, max_rows))
            path = str(getattr(first, "_worksheet_path", "")).lstrip("/")
            return Sheet(str(first.title), rows, len(sheets) == 1, merged.get(path, ""))
        finally:
            workbook.close()
    except SheetProblem:
        raise
    except Exception:
        # The library raises whatever its parsing of a damaged part runs into.
        raise SheetProblem("broken_workbook") from None


def _check_archive(data: bytes, max_rows: int, max_unpacked: int) -> dict[str, str]:
    """Refuse what is not to be parsed; returns the first merged cells of each sheet by its path."""
    merged = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > max_unpacked:
                raise SheetProblem("workbook_unpacked")
            if "xl/workbook.xml" not in archive.namelist():
                raise SheetProblem("unknown_file")
            for part in parts:
                if part.flag_bits & 1:
                    raise SheetProblem("broken_workbook")
                if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise SheetProblem("workbook_unsafe")
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    # No more than the size that was added up above is ever unpacked.
                    xml = archive.read(part)
                    _check_part(xml)
                    if part.filename.startswith("xl/worksheets/"):
                        if found := _MERGED.search(xml):
                            merged[part.filename] = found[1].decode()
                        if _filled_rows(xml) > max_rows + _MAX_BLANK:
                            raise SheetProblem("too_many_rows", limit=max_rows - 1)
    except SheetProblem:
        raise
    except Exception:
        # A damaged archive makes zipfile and zlib raise errors of many kinds.
        raise SheetProblem("broken_workbook") from None
    return merged


def _filled_rows(xml: bytes) -> int:
    """About how many rows hold something; quicker by far than to parse them."""
    return sum(b"<v" in row or b"<is" in row for row in xml.split(b"<row")[1:])


def _check_part(xml: bytes) -> None:
    declared = _DECLARED.match(xml.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        raise SheetProblem("workbook_unsafe")
    if b"\0" in xml or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise SheetProblem("workbook_unsafe")


def _rows(sheet: Any, max_rows: int) -> Iterator[tuple[int, list[Cell]]]:
    found = empty = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        row = [_value(cell) for cell in cells]
        if all(value is None or value == "" for value in row):
            empty += 1
            if empty > _MAX_EMPTY:
                raise SheetProblem("too_many_rows", limit=max_rows - 1)
            continue
        found += 1
        if found > max_rows:
            raise SheetProblem("too_many_rows", limit=max_rows - 1)
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
