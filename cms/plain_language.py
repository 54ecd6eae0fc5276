"""What makes a text hard to read, in Romanian, English and Hungarian: long sentences, links that say nothing, cedillas.

Pure: texts in, findings out. Nothing here is a law; what follows from it is decided in `cms.page_preflight`.
"""

from __future__ import annotations

import re
from typing import Final

from cms.folding import fold_letters, split_words
from cms.romanian import comma_below

LONGEST_SENTENCE: Final = 30
"""Words. About what European Commission and GOV.UK advise for official texts (20 to 25), with room for names."""

_WORD: Final = re.compile(r"[^\W_]+(?:[-'’./][^\W_]+)*")
# A full stop after one of these, or after a single letter, ends no sentence. As `fold_letters` writes them.
_ABBREVIATIONS: Final = frozenset(
    "str nr bd bl sc et ap al pct art alin lit dr dl dna prof ing arh av jud mun com sf hg og oug hcl ex etc pag tel"
    " cam int fax cca vol ed cf sec mr mrs ms st no eg ie vs approx dept stb pl kb un ker utca sz ill dk ifj".split()
)
_END: Final = re.compile(r"[.!?…]+[)\]”\"»’]*(?=\s|$)|[\n\r]+|;(?=\s)")
_NEXT: Final = re.compile(r"\s*[(\[„“\"«‘]*(.)", re.DOTALL)

# Words of which a link may be made that says nothing of where it leads.
_EMPTY_WORDS: Final = frozenset(
    # Romanian
    "click clic da dati apasa apasati aici acolo vezi vedeti afla aflati citeste cititi mai mult multe detalii"
    " informatii pe acest aceasta link linkul linkului continuare acceseaza accesati urmatorul"
    # English
    " here this read more see details learn info the link page find out go to view continue reading"
    # Hungarian
    " ide itt kattintva kattintson kattints kattintani tovabb bovebben reszletek reszletekert olvass olvasson ezen"
    " ezt a az linken linkre tobb tovabbi informacio informaciok".split()
)


def sentences(text: str) -> list[str]:
    """The sentences of `text`. A line break ends one; an abbreviation does not.

    Where it is unsure, a sentence ends too early rather than too late: fewer sentences seem long.
    """
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if end[0][0] == "." and not _ends(text, start, end):
            continue
        found.append(text[start : end.end()])
        start = end.end()
    found.append(text[start:])
    return [tidy for sentence in found if (tidy := " ".join(sentence.split()))]


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    following = _NEXT.match(text, stop.end())
    if following and following[1].islower():
        return False
    before = _WORD.findall(text[max(start, stop.start() - 40) : stop.start()])
    if not before or not following:
        return True
    last = before[-1]
    if len(last) == 1 and last.isalpha():
        return False
    return "".join(split_words(fold_letters(last))) not in _ABBREVIATIONS


def long_sentences(text: str, most: int = LONGEST_SENTENCE) -> list[str]:
    """The sentences of `text` with more than `most` words, spaces tidied."""
    return [sentence for sentence in sentences(text) if len(_WORD.findall(sentence)) > most]


def is_empty_link(text: str) -> bool:
    """Whether a link's words say nothing of where it leads: “click aici”, “read more”, “ide kattintva”, or none."""
    words = split_words(fold_letters(text))
    return all(word in _EMPTY_WORDS for word in words)


def cedilla_words(text: str) -> list[str]:
    """The words of `text` with s or t with cedilla, the look-alikes of old keyboards, each once."""
    return list(dict.fromkeys(word for word in text.split() if comma_below(word) != word))


def is_file_name(text: str) -> bool:
    """Whether a description is but the name of a file: “IMG_2031.jpg”, “DSC00031”."""
    return bool(
        re.fullmatch(
            r"\s*(?:\S+\.(?:jpe?g|png|gif|webp|avif|svg|tiff?|heic)"
            r"|(?:img|dsc|dscn|dcim|image|screenshot)[-_ ]?\d+)\s*",
            text,
            re.IGNORECASE,
        )
    )


def shortened(text: str, most: int = 90) -> str:
    """`text` as a message may quote it."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
