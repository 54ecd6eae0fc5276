"""Cells that no spreadsheet runs. Pure.

A spreadsheet takes a cell that begins with = + - @ for a formula, whoever typed it on the site (CWE-1236). Such cells
get an apostrophe in front, which turns them into text.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

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
            and -5 is a number. Everything else is text: one that begins with = + - @ (full-width variants included,
            also behind spaces or invisible characters) or with a tab or line break gets an apostrophe in front; so does
            such a sign behind a semicolon, tab or line break inside the text. NUL is dropped, a lone surrogate becomes
            U+FFFD.
    """
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return str(value)
    text = _NUL_AND_SURROGATES.sub(lambda found: "" if found[0] == "\0" else "\ufffd", str(value))
    text = _DANGEROUS_INSIDE.sub(r"\1'", text)
    return f"'{text}" if _DANGEROUS_START.match(text) else text


_GUARD_AT_START = re.compile(f"'(?={_DANGEROUS_START.pattern})")
_GUARD_INSIDE = re.compile(f"(;|\t|\r\n|\r|\n)'(?=(?:(?![\t\r\n])[{_BLANK}\"])*[{_FORMULA}])")


def without_guards(text: str) -> str:
    """The text of a cell that ``safe_cell`` wrote, without the apostrophes that it put in."""
    text = _GUARD_INSIDE.sub(r"\1", text)
    return _GUARD_AT_START.sub("", text, count=1) if text.startswith("'") else text
