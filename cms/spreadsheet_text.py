"""Texts that a spreadsheet shows as they are and never runs.

A spreadsheet takes a cell that begins with = + - @ for a formula, whoever typed it on the site (CWE-1236). Such cells
get an apostrophe in front, which turns them into text.
"""

from __future__ import annotations

import re

# The full-width and small variants that spreadsheets normalise to the same four signs, and the minus sign.
_FORMULA = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"
_BLANK = "\\s\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad"
_DANGEROUS_START = re.compile(f"[\t\r\n]|[{_BLANK}]*[{_FORMULA}]")
# A spreadsheet set to Romanian or Hungarian expects semicolons: it reads a quoted comma file as fewer, longer cells and
# starts a new one at every semicolon, tab or line break inside. So each of these is treated as the start of a cell.
_DANGEROUS_INSIDE = re.compile(f'(;|\t|\r\n|\r|\n)(?=(?:(?![\t\r\n])[{_BLANK}"])*[{_FORMULA}])')
_NUL_AND_SURROGATES = re.compile("[\x00\ud800-\udfff]")


def safe_text(text: str) -> str:
    """`text` for a cell of a CSV file: one that begins like a formula gets an apostrophe in front.

    Full-width variants count, also behind spaces or invisible characters, and so does such a sign behind a semicolon,
    tab or line break inside the text. NUL is dropped, a lone surrogate becomes U+FFFD.
    """
    text = _NUL_AND_SURROGATES.sub(lambda found: "" if found[0] == "\0" else "\ufffd", text)
    text = _DANGEROUS_INSIDE.sub(r"\1'", text)
    return f"'{text}" if _DANGEROUS_START.match(text) else text
