"""CSV files that a spreadsheet opens without running anything (`cms.spreadsheet_text`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from cms.spreadsheet_text import safe_text
from contacts.phones import REGION, PhoneNumber, display

_BOM = b"\xef\xbb\xbf"


def safe_cell(value: object) -> str:
    """The text of a cell that no spreadsheet takes for a formula.

    Args:
        value: ``None`` is an empty cell. Numbers, dates and times are written as they are: they come from the program,
            and -5 is a number. A ``PhoneNumber`` is written for a reader, "0264 596 030, int. 5001"; a foreign one
            begins with 00 instead of +, so that it needs no apostrophe, dials as it stands and is not turned into a
            rounded number. Everything else is text: one that begins with = + - @ (full-width variants included, also
            behind spaces or invisible characters) or with a tab or line break gets an apostrophe in front; so does
            such a sign behind a semicolon, tab or line break inside the text. A telephone number that comes as text
            with a + is text like any other. NUL is dropped, a lone surrogate becomes U+FFFD.
    """
    if value is None:
        return ""
    if isinstance(value, PhoneNumber):
        return _phone_cell(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return str(value)
    return safe_text(str(value))


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


def _phone_cell(number: PhoneNumber) -> str:
    shown = display(number, REGION)
    return f"00{shown[1:]}" if shown.startswith("+") else shown
