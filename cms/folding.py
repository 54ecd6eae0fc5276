"""Text as searches compare it: base letters and digits, whatever the spelling of diacritics. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

ACRONYM: Final = re.compile(r"(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+(?![^\W_])")
# Letters that have no decomposition into a base letter and a mark.
_BASE_LETTERS = {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ı": "i", "ħ": "h", "æ": "ae", "œ": "oe"}


class FoldingTable(dict[int, str]):
    """A translation table that fills itself, up to a size that hostile text cannot push it over."""

    def __missing__(self, code: int) -> str:
        value = self.translated(chr(code))
        if len(self) < 4096:
            self[code] = value
        return value

    def translated(self, character: str) -> str:
        raise NotImplementedError


class _Folding(FoldingTable):
    """Each character to its lower-case base letters; marks to nothing; dashes to one dash; the dot stays; what parts
    the digits of a telephone number to a space, what else is neither letter nor digit to a line break."""

    def translated(self, character: str) -> str:
        if unicodedata.category(character) == "Pd" or character == "−":
            return "-"
        folded: list[str] = []
        for part in unicodedata.normalize(
            "NFKD", unicodedata.normalize("NFKD", character).casefold()
        ):
            if unicodedata.category(part) in {"Mn", "Me", "Cf"}:
                continue
            digit = unicodedata.decimal(part, None)
            if digit is not None:
                folded.append(str(digit))
            elif part.isalnum():
                folded.append(_BASE_LETTERS.get(part, part))
            else:
                folded.append(part if part in " ." else " " if part in "/()" else "\n")
        return "".join(folded)


FOLDING: Final = _Folding()


def fold_letters(text: str) -> str:
    """Base letters and digits without the dots of initialisms; between them what ``_Folding`` leaves there."""
    folded = text.translate(FOLDING)
    return ACRONYM.sub(lambda found: found[0].replace(".", ""), folded) if "." in folded else folded


def split_words(letters: str) -> list[str]:
    return letters.replace("-", " ").replace(".", " ").split()


def fold(text: str) -> str:
    """Text reduced to what a search compares: lower-case base letters and digits, words parted by single spaces.

    Every spelling of a diacritic becomes its base letter: ș and ț with comma or cedilla, ă â î, ő ű, composed or not.
    Dots and dashes part words, except that the dots of an initialism join ("S.P.C.L.E.P." is "spclep").
    """
    return " ".join(split_words(fold_letters(text)))


def matches(text: str, query: str) -> float | None:
    """How well `text` meets `query`: 1.0 whole words, 2.0 words that begin so, None when a word is missing."""
    words = fold(query).split()
    if not words:
        return None
    folded = fold(text)
    whole = set(folded.split())
    if all(word in whole for word in words):
        return 1.0
    padded = f" {folded}"
    return 2.0 if all(f" {word}" in padded for word in words) else None
