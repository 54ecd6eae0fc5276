"""Personal numeric codes (CNP) that people type although nobody asks for them.

The register collects none: the form warns, and lists, mails, exports and logs show them masked. Pure.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum.ro import cnp

MASK: Final = "•"

_BETWEEN: Final = r"[ .\u00a0\u2009\u202f\u2010-\u2013-]{0,3}"
# Thirteen digits, in one piece or parted as on an identity card ("1 800101 221144"), with a possible month and day. A
# run that is longer, such as an account or a card, is something else, and so is a telephone number with its plus. The
# lookahead lets one candidate begin inside another, so that a number in front hides nothing.
_CANDIDATE: Final = re.compile(
    r"(?<![0-9+])(?=([1-9]_[0-9]_[0-9]_(?:0_[1-9]|1_[0-2])_[0-3](?:_[0-9]){7})(?![0-9]))".replace(
        "_", _BETWEEN
    )
)
_NOT_DIGIT: Final = re.compile("[^0-9]")
_DIGIT: Final = re.compile("[0-9]")


def find_cnps(text: str) -> list[tuple[int, int]]:
    """Return where in `text` a CNP stands: (start, end) of each, in order, none over another.

    A CNP is what passes `stdnum.ro.cnp`: 13 digits with a date of birth, a county and the check digit. Spaces,
    dots and dashes may stand between the digits. A hostile megabyte takes seconds: limit the length before.
    """
    found: list[tuple[int, int]] = []
    for candidate in _CANDIDATE.finditer(text):
        start, end = candidate.span(1)
        if found and start < found[-1][1]:
            continue
        if cnp.is_valid(_NOT_DIGIT.sub("", candidate[1])):
            found.append((start, end))
    return found


def mask_cnps(text: str) -> str:
    """Return `text` with the first digit of each CNP kept and its other digits replaced by MASK; as long as before."""
    parts = []
    done = 0
    for start, end in find_cnps(text):
        parts += [text[done : start + 1], _DIGIT.sub(MASK, text[start + 1 : end])]
        done = end
    return "".join([*parts, text[done:]])
