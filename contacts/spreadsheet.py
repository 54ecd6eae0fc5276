"""CSV files that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from cms.sheets import safe_cells
from contacts.phones import REGION, PhoneNumber, display

_BOM = b"\xef\xbb\xbf"


def safe_cell(value: object) -> str:
    """The text of a cell that no spreadsheet takes for a formula, as `cms.sheets.safe_cells` makes it.

    A ``PhoneNumber`` is written for a reader, "0264 596 030, int. 5001"; a foreign one begins with 00 instead of +, so
    that it needs no apostrophe, dials as it stands and is not turned into a rounded number. A telephone number that
    comes as text with a + is text like any other.
    """
    return safe_cells.safe_cell(phone_cell(value) if isinstance(value, PhoneNumber) else value)


def write_csv(rows: Iterable[Sequence[object]], header: Sequence[object] = ()) -> bytes:
    """A whole CSV file.

    Args:
        rows: Cells in order; each goes through ``safe_cell``.
        header: Titles of the columns, first line of the file when there are any.

    Returns:
        RFC 4180: comma, CRLF, quotes where needed; UTF-8 with the byte order mark that Excel needs for diacritics.
    """
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\r\n")
    if header:
        writer.writerow([safe_cell(title) for title in header])
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return _BOM + output.getvalue().encode()


def phone_cell(number: PhoneNumber) -> str:
    """A number as a cell shows it."""
    shown = display(number, REGION)
    return f"00{shown[1:]}" if shown.startswith("+") else shown
