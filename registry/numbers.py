"""The register's numbers: how they are written, and every way in which people write them.

The city hall writes `119.368/305/28.02.2020`: the number with a dot at the thousands, the code of the department,
the day of registration. A number is unique within the register of its year. Pure: no database, no "today".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from cms.folding import FoldingTable

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100
"""A part of four digits from FIRST_YEAR to LAST_YEAR is a year, never the code of a department."""

LARGEST_NUMBER: Final = 999_999_999
CODE_LENGTH: Final = 10
_LONGEST_TEXT: Final = 100

_CODE: Final = re.compile(rf"[0-9A-Z]{{1,{CODE_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class NumberQuery:
    """What a written number says. `year` is None when neither a year nor a day is written; `code` may be ""."""

    number: int
    year: int | None = None
    code: str = ""
    day: date | None = None


def is_code(text: str) -> bool:
    """Whether `text` can stand as the code of a department in a number: 1–10 of 0-9 and A-Z, and not a year."""
    return _CODE.fullmatch(text) is not None and not _is_year(text)


def format_number(number: int, code: str = "", day: date | None = None) -> str:
    """Return "119.368/305/28.02.2020"; parts that are missing are left out.

    Args:
        number: 1 to LARGEST_NUMBER.
        code: the department's, see `is_code`; "" for none.
        day: the local day of registration, in a year from FIRST_YEAR to LAST_YEAR.

    Raises:
        ValueError: for what `parse_number` could not read back.
    """
    if code and not is_code(code):
        raise ValueError(f"not a department's code: {code!r}")
    parts = [_grouped(number)]
    if code:
        parts.append(code)
    if day is not None:
        _require_year(day.year)
        parts.append(f"{day:%d.%m}.{day.year}")
    return "/".join(parts)


def format_short(number: int, year: int) -> str:
    """Return "119.368/2020". Raises ValueError as `format_number` does."""
    _require_year(year)
    return f"{_grouped(number)}/{year}"


def parse_number(text: str) -> NumberQuery | None:
    """Read a number as people write it; None for what is none. Never raises.

    Understood: `119368`, `119.368`, `119 368`; after it, parted by a slash, a dash or a word such as "din", a
    department's code, a year or a day (28.02.2020, 28/02/2020, 2020-02-28, 2020. 02. 28.), in this order; in
    front, "nr.", "No.", "szám" and their like. The year of a day counts as the year.
    """
    if len(text) > _LONGEST_TEXT:
        return None
    plain = _PREFIX.sub("", text.translate(_PLAIN).strip(" "), count=1)
    found = _WRITTEN.fullmatch(_SUFFIX.sub("", plain))
    if found is None:
        return None
    number = int(re.sub("[ .,]", "", found["number"]))
    code = (found["code"] or "").upper()
    # The year in the middle (119368/2020/305) is nobody's form: which is the year would be a guess.
    if not 0 < number <= LARGEST_NUMBER or (code and not is_code(code)):
        return None
    if found["day"] is None:
        return NumberQuery(number, int(found["year"]) if found["year"] else None, code)
    day = _day(found["day"])
    return NumberQuery(number, day.year, code, day) if day else None


def _grouped(number: int) -> str:
    if not 0 < number <= LARGEST_NUMBER:
        raise ValueError(f"not a number of a register: {number}")
    return f"{number:,}".replace(",", ".")


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR


def _require_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"not a year of a register: {year}")


def _day(text: str) -> date | None:
    """The day of "28.02.2020" or "2020-02-28"; None when the calendar or the registers have no such day."""
    parts = [int(part) for part in re.split("[./-]", text)]
    if parts[0] > 31:
        parts.reverse()
    day, month, year = parts
    if year < 100:
        year += 2000
    try:
        return date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


class _Plain(FoldingTable):
    """Digits of every script to 0-9, letters to lower case without marks; one kind of space, dash and slash."""

    def translated(self, character: str) -> str:
        plain = []
        for part in unicodedata.normalize("NFD", character):
            category = unicodedata.category(part)
            digit = unicodedata.decimal(part, None)
            if digit is not None:
                plain.append(str(digit))
            elif category == "Zs" or part in "\t\r\n":
                plain.append(" ")
            elif category == "Pd" or part == "−":
                plain.append("-")
            elif part in "⁄∕／":
                plain.append("/")
            elif part == "№":
                plain.append("no")
            elif category not in {"Cf", "Mn"}:
                plain.append(part.lower())
        return "".join(plain)


_PLAIN: Final = _Plain()
_PREFIX: Final = re.compile(
    r"^(?:(?:numarului|numarul|numar|number|nr|no|iktatoszam|ikt|szam|sz|de|inregistrare|inreg|registration|reg)"
    r"(?![a-z])[.: ]*|\# *)+"
)
_SUFFIX: Final = re.compile(r"[. ]*(?:(?<=[. ])(?:szamu|szam|sz)[. ]*)?$")
# Between the parts: a slash, a dash, or a word before the date.
_PARTED: Final = r"(?:[ ]*[/-][ ]*|[ ]+(?:din[ ]data[ ]de|din[ ]data|din|of|from|dated)[ ]+)"
_WRITTEN: Final = re.compile(
    rf"""
    (?P<number> [0-9]{{1,3}}(?:(?P<group>[., ])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*) | [0-9]{{1,9}} )
    (?: {_PARTED} (?P<code> [0-9a-z]{{1,{CODE_LENGTH}}} ) )??
    (?: {_PARTED} (?:
        (?P<year> 199[0-9] | 20[0-9]{{2}} | 2100 )
      | (?P<day> [0-9]{{1,2}}(?P<dmy>[./-])[ ]?[0-9]{{1,2}}(?P=dmy)[ ]?[0-9]{{4}}
               | [0-9]{{1,2}}[.][0-9]{{1,2}}[.][0-9]{{2}}
               | [0-9]{{4}}(?P<ymd>[./-])[ ]?[0-9]{{1,2}}(?P=ymd)[ ]?[0-9]{{1,2}} )
    ) )?
    """,
    re.VERBOSE,
)
