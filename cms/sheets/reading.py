"""A file that somebody uploads, read into rows of cells: which kind it is, is seen in its bytes. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from openpyxl.utils import get_column_letter

from cms.quoting import shown
from cms.sheets.cells import Cell, Formula, is_empty, line
from cms.sheets.comma_separated import decode, read_rows
from cms.sheets.problems import SheetProblem, message
from cms.sheets.safe_cells import without_guards
from cms.sheets.workbook import MAX_COLUMNS, read_workbook

MAX_BYTES: Final = 5_000_000
MAX_UNPACKED: Final = 60_000_000
"""Of a workbook's parts: less than a table of the most rows needs, and nothing that a server would feel."""
# What begins a text as a formula: also with a sign, as spreadsheets take it.
_COMPUTES: Final = re.compile(r"\s*=")

FindColumn = Callable[[str], str | None]
"""The column that a heading names, None for one that is not known."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is told of a file or row that is read all the same."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence, in the active language."""
        return message(self.code, self.params)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that has content. ``number`` is the one that a spreadsheet shows: the headings stand in row 1."""

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read. ``places``: of each known column its heading as written and its letter."""

    rows: tuple[Row, ...]
    places: dict[str, tuple[str, str]]
    notes: tuple[Note, ...] = ()


def read_table(
    data: bytes,
    find: FindColumn,
    *,
    max_rows: int,
    example: str = "",
    suggest: Callable[[str], str] = lambda heading: "",
) -> Table:
    """Read a .csv or .xlsx file.

    Args:
        data: The bytes of the file.
        find: Tells the column of a heading.
        max_rows: How many rows there may be, without the headings.
        example: Names of columns, for who has written none.
        suggest: The heading that may have been meant by one that is not known, "" for none.

    Raises:
        SheetProblem: When nothing can be read: too large, damaged, no headings, one of them twice, too many rows.
    """
    if len(data) > MAX_BYTES:
        raise SheetProblem("too_large", limit=MAX_BYTES // 1000)
    if not data.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise SheetProblem("empty_file")
    rows, notes = _rows(data, max_rows + 1, find)
    if not rows:
        raise SheetProblem("empty_file")
    columns, unknown = _columns(rows[0][1], find, example)
    for heading in unknown:
        like = suggest(heading)
        code = "unknown_column_like" if like else "unknown_column"
        notes.append(Note(code, {"column": heading, "like": like}))
    if len(rows) == 1:
        raise SheetProblem("no_rows")
    return Table(
        tuple(
            Row(
                number,
                {
                    name: cells[index] if index < len(cells) else None
                    for name, (index, _heading) in columns.items()
                },
            )
            for number, cells in rows[1:]
        ),
        {
            name: (heading, get_column_letter(index + 1))
            for name, (index, heading) in columns.items()
        },
        tuple(notes),
    )


def _rows(
    data: bytes, max_rows: int, find: FindColumn
) -> tuple[list[tuple[int, list[Cell]]], list[Note]]:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetProblem("old_or_locked")
    if data.startswith(b"PK"):
        sheet = read_workbook(data, max_rows, MAX_UNPACKED)
        if sheet.merged:
            raise SheetProblem("merged_cells", cells=sheet.merged)
        notes = [] if sheet.is_only else [Note("first_sheet", {"sheet": shown(sheet.name)})]
        return sheet.rows, notes
    text, encoding = _decoded(data)
    if text.lstrip()[:1] == "<" or text.startswith(("%PDF", "{\\rtf")):
        raise SheetProblem("unknown_file")

    def known(headings: Sequence[str]) -> int:
        return sum(find(heading) is not None for heading in headings)

    rows = [
        (number, [_csv_cell(cell) for cell in cells[:MAX_COLUMNS]])
        for number, cells in read_rows(text, max_rows, known)
    ]
    return rows, [Note("read_as", {"encoding": encoding})] if encoding else []


def _decoded(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding, "" for UTF-8. UTF-16 only with its mark, as Excel's “Unicode text”."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            raise SheetProblem("encoding") from None
        if "\0" in text:
            raise SheetProblem("not_text")
        return text, "UTF-16"
    return decode(data)


def _csv_cell(text: str) -> Cell:
    return Formula() if _COMPUTES.match(text) else without_guards(text)


def _columns(
    header: Sequence[Cell], find: FindColumn, example: str
) -> tuple[dict[str, tuple[int, str]], list[str]]:
    """column → (index, heading as written), and the headings that are not known."""
    found: dict[str, tuple[int, str]] = {}
    unknown = []
    for index, cell in enumerate(header):
        heading = shown(line(cell), 60) if isinstance(cell, str | int | float) else ""
        name = find(heading) if heading else None
        if name in found:
            raise SheetProblem("column_twice", column=heading)
        if name:
            found[name] = (index, heading)
        elif not is_empty(cell):
            unknown.append(heading or shown(str(cell)))
    if not found:
        raise SheetProblem("no_header", example=example)
    return found, unknown
