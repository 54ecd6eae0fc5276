"""CSV files that a spreadsheet opens without running anything.

A spreadsheet takes a cell that begins with = + - @ for a formula, whoever typed it on the site (CWE-1236). Such cells
get an apostrophe in front, which turns them into text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from contacts.phones import REGION, PhoneNumber, display

_BOM = b"\xef\xbb\xbf"
# The full-width and small variants that spreadsheets normalise to the same four signs, and the minus sign.
_FORMULA = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"
_BLANK = "\\s\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad"
_DANGEROUS_START = re.compile(f"[\t\r\n]|[{_BLANK}]*[{_FORMULA}]")
# A spreadsheet set to Romanian or Hungarian expects semicolons: it reads a quoted comma file as fewer, longer cells and
# starts a new one at every semicolon, tab or line break inside. So each of these is treated as the start of a cell.
_DANGEROUS_INSIDE = re.compile(f'(;|\t|\r\n|\r|\n)(?=(?:(?![\t\r\n])[{_BLANK}"])*[{_FORMULA}])')
_NUL_AND_SURROGATES = re.compile("[\x00\ud800-\udfff]")


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
    text = _NUL_AND_SURROGATES.sub(lambda found: "" if found[0] == "\0" else "\ufffd", str(value))
    text = _DANGEROUS_INSIDE.sub(r"\1'", text)
    return f"'{text}" if _DANGEROUS_START.match(text) else text


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
