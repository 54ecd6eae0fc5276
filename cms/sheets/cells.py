"""What a cell says, whichever program wrote it: a text, a day, a time, a number, yes or no. Pure.

A workbook gives values, a CSV file texts; both may hold either. What cannot be read raises ``CellProblem``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from cms.folding import fold
from cms.quoting import shown
from cms.romanian import comma_below
from cms.sheets.problems import CellProblem

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100

_YES: Final = frozenset({"yes", "y", "da", "d", "x", "1", "true", "adevarat", "igen", "igaz"})
_NO: Final = frozenset({"no", "n", "nu", "0", "false", "fals", "nem", "hamis"})
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00)?)?", re.ASCII)
_ROMANIAN: Final = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})", re.ASCII)
_HUNGARIAN: Final = re.compile(r"([0-9]{4})\. ?([0-9]{1,2})\. ?([0-9]{1,2})\.?", re.ASCII)
_CLOCK: Final = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.][0-9]{2})?", re.ASCII)
# "1 200", "12,0", "12.00": a whole number as a spreadsheet set to any of the three languages shows it.
_WHOLE: Final = re.compile(r"([+-]?[0-9]{1,15})(?:[.,]0{1,6})?", re.ASCII)
_UNWANTED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes."""


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error such as #REF!."""

    text: str


Cell = str | int | float | bool | date | datetime | time | timedelta | Formula | CellError | None


def is_empty(cell: Cell) -> bool:
    """Whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def canonical(text: str) -> str:
    """A text as a file can hold it: the same for what was exported and what comes back of it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWANTED.sub("", lines).strip()


def plain(cell: Cell) -> Cell:
    """The cell, when it holds a value; raises ``CellProblem`` for a formula, an error or letters that were lost."""
    if isinstance(cell, Formula):
        raise CellProblem("formula")
    if isinstance(cell, CellError):
        raise CellProblem("cell_error", text=cell.text)
    if isinstance(cell, str) and "\ufffd" in cell:
        raise CellProblem("lost_letters", text=shown(cell))
    return cell


def text(cell: Cell) -> str:
    """The text of a cell, in composed letters and with commas below; a number as it is written."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return canonical(comma_below(unicodedata.normalize("NFC", str(cell))))


def line(cell: Cell) -> str:
    """The same in one line."""
    return " ".join(text(cell).split())


def day(cell: Cell) -> date | None:
    """The local date in a cell, None for an empty one: 25.11.2026, 2026-11-25, 2026. 11. 25. or a spreadsheet's own."""
    if is_empty(cell):
        return None
    found: date | None = None
    if isinstance(cell, datetime):
        found = cell.date() if cell.time() == time() else None
    elif isinstance(cell, date):
        found = cell
    elif isinstance(cell, str):
        found = _day_in(cell.strip())
    if found is None:
        raise CellProblem("bad_date", text=shown(str(cell)))
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise CellProblem("date_range", text=shown(str(cell)), first=FIRST_YEAR, last=LAST_YEAR)
    return found


def clock(cell: Cell, *, is_end: bool = False) -> time | None:
    """The time of day in a cell, None for an empty one; 24:00 is midnight where a time ends."""
    if is_empty(cell):
        return None
    found = _clock_in(cell.strip() if isinstance(cell, str) else cell, is_end=is_end)
    if found is None:
        raise CellProblem("bad_clock", text=shown(str(cell)))
    return found


def flag(cell: Cell) -> bool | None:
    """Yes or no in Romanian, Hungarian or English, None for an empty cell."""
    if is_empty(cell) or isinstance(cell, bool):
        return cell if isinstance(cell, bool) else None
    word = fold(str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)).strip()
    if word not in _YES | _NO:
        raise CellProblem("bad_flag", text=shown(str(cell)))
    return word in _YES


def whole(cell: Cell) -> int | None:
    """The whole number in a cell, None for an empty one. Thousands may be parted by spaces, decimals be ,0 or .0."""
    if is_empty(cell):
        return None
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    found = _WHOLE.fullmatch("".join(cell.split())) if isinstance(cell, str) else None
    if found is None:
        raise CellProblem("bad_number", text=shown(str(cell)))
    return int(found[1])


def _day_in(written: str) -> date | None:
    if found := _ISO.fullmatch(written) or _HUNGARIAN.fullmatch(written):
        year, month, of_month = found.groups()
    elif found := _ROMANIAN.fullmatch(written.rstrip(".")):
        of_month, month, year = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError:
        return None


def _clock_in(value: Cell, *, is_end: bool) -> time | None:
    """A time of day in minutes. Excel has it as a time, a fraction of a day or a duration."""
    if isinstance(value, datetime):
        # A time without a date is one on Excel's first day.
        return value.time().replace(second=0, microsecond=0) if value.year <= 1900 else None
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0, tzinfo=None)
    minutes: int | None = None
    if isinstance(value, timedelta):
        minutes = round(value / timedelta(minutes=1))
    elif isinstance(value, float) and 0 <= value < 1:
        minutes = round(value * 24 * 60)
    elif isinstance(value, str) and (found := _CLOCK.fullmatch(value)):
        hours, rest = int(found[1]), int(found[2])
        minutes = hours * 60 + rest if rest < 60 else None
    if minutes == 24 * 60 and is_end:
        return time()
    if minutes is None or not 0 <= minutes < 24 * 60:
        return None
    return time(*divmod(minutes, 60))
