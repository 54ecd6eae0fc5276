"""Telephone numbers inside running text: those that are none, and those that are written in an unusual way. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from contacts.phones import PhoneError, canonical, national, parse_phone

# A Romanian number from its 0, 0040 or +40 on, or a foreign one from its +; digits with what people put between them.
_CANDIDATE: Final = re.compile(
    r"(?<![\w/.,+-])(?P<number>(?:\(0|0040|0(?!0)|\+[1-9])[0-9 \u00a0().\-/]{6,22}[0-9])(?![\w]|[./-][0-9])"
)
_DATE: Final = re.compile(r"\b[0-3]?[0-9][./-][01]?[0-9][./-](?:[0-9]{4}|[0-9]{2})\b")
_FEWEST: Final = 9
_MOST: Final = 15


@dataclass(frozen=True, slots=True)
class WrittenPhone:
    """A number in a text. `better`: how it is written here; "" where it is no number in use, as `problem` says."""

    text: str
    better: str = ""
    problem: str = ""


def badly_written(text: str) -> list[WrittenPhone]:
    """The telephone numbers in `text` that are wrong or unusual, each once.

    Taken for right: "0264 596 030", with extensions "0264 596 030 / 5001", and "+40 264 596 030". What may be something
    else (a date, an amount, a number of a decision) is passed over.
    """
    found: dict[str, WrittenPhone] = {}
    for match in _CANDIDATE.finditer(text):
        written = " ".join(match["number"].replace("\u00a0", " ").split())
        digits = re.sub(r"[^0-9]", "", written)
        if not _FEWEST <= len(digits) <= _MOST or _DATE.search(written) or written in found:
            continue
        problem = _look_at(written)
        if problem is not None:
            found[written] = problem
    return list(found.values())


def _look_at(written: str) -> WrittenPhone | None:
    try:
        number = parse_phone(written)
    except PhoneError as error:
        return WrittenPhone(written, problem=str(error))
    right = {national(number), national(number, region=""), canonical(number)}
    return None if written in right else WrittenPhone(written, better=canonical(number))
