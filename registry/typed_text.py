"""What people type or paste, as the register keeps it: without what cannot be seen, stored or printed.

Nothing is refused: whoever writes a petition cannot see a control character, so an error about one helps nobody.
Letters, punctuation and emoji stay as they were typed. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from cms.folding import FoldingTable
from cms.romanian import comma_below

MOST_MARKS: Final = 8
"""How many combining marks one letter may carry; no language needs more, stacked ones cover the lines around."""

_JOINER: Final = "\u200d"
# Without U+2329 and U+232A, which NFC makes into other brackets.
_EMOJI: Final = (
    "\u2190-\u21ff\u2300-\u2328\u232b-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff"
)
# The joiner has its place inside an emoji, the tags after a black flag (the flags of England, Scotland, Wales).
_STRAY_JOINER: Final = re.compile(f"(?<![{_EMOJI}]){_JOINER}|{_JOINER}(?![{_EMOJI}])")
_TAGS: Final = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f)|[\U000e0000-\U000e007f]"
)
_LINE_BREAK: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS: Final = re.compile(r"\s+")
_MARK: Final = "".join(
    chr(code) for code in range(0x300, 0x20000) if unicodedata.category(chr(code)) in {"Mn", "Me"}
)
_TOO_MANY_MARKS: Final = re.compile(f"[{_MARK}]{{{MOST_MARKS + 1},}}")


class _Kept(FoldingTable):
    """Characters to themselves, or to nothing; a tab to a space."""

    def translated(self, character: str) -> str:
        if character == "\n" or character == _JOINER or "\U000e0020" <= character <= "\U000e007f":
            return character
        if character == "\t":
            return " "
        if unicodedata.category(character) in {"Cc", "Cf", "Cs"}:
            return ""
        code = ord(character)
        # Noncharacters, and the variation selectors that only hide data.
        if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or 0xE0100 <= code <= 0xE01EF:
            return ""
        return character


_KEPT: Final = _Kept()


def clean_line(text: str) -> str:
    """Return `text` for a field of one line: as `clean_text` does, and every run of blanks is one space."""
    return _BLANKS.sub(" ", clean_text(text)).strip()


def clean_text(text: str) -> str:
    """Return `text` for a field of several lines.

    Line breaks of every kind become "\\n" and a tab a space. Control characters, lone surrogates, noncharacters,
    zero-width characters and marks of writing direction are dropped, except where they hold an emoji together;
    so are marks beyond MOST_MARKS. The rest is in NFC, with ș and ț written with comma below. Blanks at both ends
    go. Cleaning what is clean changes nothing.
    """
    text = _LINE_BREAK.sub("\n", text).translate(_KEPT)
    text = _TAGS.sub(lambda tags: tags[1] or "", text)
    text = _STRAY_JOINER.sub("", text)
    # Also because ordering a long run of marks takes the square of its length.
    text = _TOO_MANY_MARKS.sub(lambda marks: marks[0][:MOST_MARKS], text)
    # Each cedilla of a letter that has several takes a round: the comma below has another place among the marks.
    while (normal := comma_below(unicodedata.normalize("NFC", text))) != text:
        text = normal
    return text.strip()
