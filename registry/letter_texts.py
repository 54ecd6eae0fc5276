"""Templates of answers and letters: words in braces are filled in, in one pass, and unknown ones are told. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

PLACEHOLDERS: Final = (
    "number",
    "date",
    "name",
    "subject",
    "department",
    "legal_basis",
    "joined",
)

_IN_BRACES: Final = re.compile(r"\{([^{}\n]*)\}")
_BRACE: Final = re.compile(r"[{}]")


def problems_of(text: str) -> list[str]:
    """What stands in braces in `text` and is no placeholder, each once; a brace that is alone stands for itself."""
    found = [f"{{{name}}}" for name in _IN_BRACES.findall(text) if name not in PLACEHOLDERS]
    found += _BRACE.findall(_IN_BRACES.sub("", text))
    return list(dict.fromkeys(found))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders filled in from `values`; what is none of them stays as it is.

    Values are not looked through again: a subject with braces in it is only a subject.
    """

    def filled(match: re.Match[str]) -> str:
        name = match[1]
        return values.get(name, "") if name in PLACEHOLDERS else match[0]

    return _IN_BRACES.sub(filled, text)
