"""The telephone directory: search, highlighting and the printable A–Z, in memory and without a database engine.

A directory is a few thousand rows, so it is searched where it is: each entry carries its folded text, and a search
looks through all of them. The same code answers on SQLite and PostgreSQL, in the page and in the API.

Pure. An entry holds what the reader may see: leave internal fields out when building it, and no search can betray them.
"""

from __future__ import annotations

import heapq
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Final, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cms.folding import ACRONYM, FOLDING, FoldingTable, fold, fold_letters, split_words
from contacts.phones import PhoneNumber

MAX_QUERY: Final = 200
"""Characters of a query that are read; what follows is ignored."""

MAX_WORDS: Final = 10
"""Words of a query that are read."""

OTHER: Final = "#"
"""The heading of names that begin with a digit or with a letter of another script."""

_MAX_HIGHLIGHTED: Final = 10_000
_WORD = re.compile(r"[^\W_]+")
_GLUED_LABEL = re.compile(r"(?<![^\W_])(int|ext|x|tel|cam)\.?(?=[0-9])")
_PHONE = re.compile(r"[0-9](?:[0-9 .-]*[0-9])?")
_ALPHABET: Final = "aăâbcdefghiîjklmnopqrsștțuvwxyz"
# Said in front of a number ("int. 5001", "camera 49"): they tell a person what the number is, not what to look for.
_LABELS: Final = frozenset(
    {"int", "interior", "interioare", "ext", "extension", "x", "mellek", "tel", "telefon", "phone"}
    | {"nr", "no", "cam", "camera", "room", "szoba"}
)
_SHORTEST_NUMBER_PART: Final = 3
_SHORTEST_FUZZY: Final = 4
_SHORTEST_FUZZY_PREFIX: Final = 5
_LONG_WORD: Final = 8


class EntryKind(StrEnum):
    """What a row of the directory is."""

    UNIT = "unit"
    POST = "post"
    PERSON = "person"


class Match(IntEnum):
    """How well a query was met, best first."""

    NUMBER = 0
    WORD = 1
    PREFIX = 2
    PART = 3
    SIMILAR = 4


@dataclass(frozen=True)
class Entry:
    """A row of the directory, with the folded text that searches look through (made once, on creation).

    Args:
        key: Identifies the row to the caller.
        name: The unit's, post's or person's name, in the page's language.
        kind: What the row is.
        unit: The unit that it belongs to.
        function: What a post or person does.
        phones: Numbers with their extensions.
        rooms: Room numbers.
        emails: Addresses.
        url: Where the row leads.
        code: A unit's code in the organisation chart.
        keywords: More texts to find the row by, such as its names in the other languages.
        sort_key: The text under which it is filed, where that is not the name ("Popescu Ion").
    """

    key: str
    name: str
    kind: EntryKind = EntryKind.UNIT
    unit: str = ""
    function: str = ""
    phones: tuple[PhoneNumber, ...] = ()
    rooms: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    url: str = ""
    code: str = ""
    keywords: tuple[str, ...] = ()
    sort_key: str = ""
    _text: str = field(init=False, repr=False, compare=False)
    _words: frozenset[str] = field(init=False, repr=False, compare=False)
    _name: str = field(init=False, repr=False, compare=False)
    _numbers: frozenset[str] = field(init=False, repr=False, compare=False)
    _number_text: str = field(init=False, repr=False, compare=False)
    _extension_text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = (
            self.name,
            self.unit,
            self.function,
            self.code,
            *self.rooms,
            *self.emails,
            *self.keywords,
        )
        letters = fold_letters("\n".join(parts))
        words = split_words(letters)
        if "-" in letters:
            # "Cluj-Napoca" is also found as "clujnapoca".
            joined = (
                token.strip("-").replace("-", "") for token in letters.split() if "-" in token
            )
            words += [word for token in joined for word in split_words(token)]
        extensions = list(dict.fromkeys(e for phone in self.phones for e in phone.extensions))
        numbers = [spelling for phone in self.phones for spelling in _spellings(phone)]
        # A frozen dataclass is written to by this door only; each text begins with a space, so that " x" in it means
        # "a word begins with x".
        for name, value in (
            ("_text", " " + " ".join(words)),
            ("_words", frozenset(words)),
            ("_name", fold(self.name)),
            ("_numbers", frozenset([*extensions, *numbers])),
            ("_number_text", " " + " ".join([*extensions, *numbers])),
            ("_extension_text", " " + " ".join(extensions)),
        ):
            object.__setattr__(self, name, value)

    @cached_property
    def collation(self) -> tuple[str, str]:
        """Where the entry stands in alphabetical order."""
        return collation_key(self.sort_key or self.name)


class Hit(NamedTuple):
    """An entry that a query found, and how."""

    entry: Entry
    match: Match


class LetterGroup(NamedTuple):
    """A heading of the A–Z and the entries under it."""

    letter: str
    entries: tuple[Entry, ...]


def search(entries: Iterable[Entry], query: str, limit: int = 50) -> list[Hit]:
    """Find entries by name, unit, function, code, room, e-mail, telephone number or extension.

    Every word of the query must meet something in the entry, and the word that is met worst decides: a whole
    extension or telephone number before a whole word, a word's beginning, a part of a word, and last a similar word.
    Equals are ordered by how the other words were met, then names before other fields, then alphabetically. Words like
    "int." or "camera" beside a number are passed over; a number may be written with any spaces.

    Similar means a slip of the keyboard (a letter wrong, missing, added, or two exchanged): one in a word of four to
    seven letters whose first letter is right, two in longer words. Shorter words and digits are never guessed at.

    Args:
        entries: The directory.
        query: Whatever somebody typed; its first ``MAX_QUERY`` characters and ``MAX_WORDS`` words count.
        limit: The longest answer.

    Returns:
        The best hits, best first; none for a query without a letter or digit.
    """
    readings = _readings(query)
    if not readings or limit <= 0:
        return []
    rows = entries if isinstance(entries, Sequence) else list(entries)
    similar = _Similar(rows)
    found: list[tuple[tuple[int, int, int], Entry]] = []
    for entry in rows:
        best: tuple[int, int] | None = None
        for reading in readings:
            rank = _rank(entry, reading, similar)
            if rank is not None and (best is None or rank < best):
                best = rank
        if best is not None:
            found.append(((*best, _name_rank(entry, readings[0].words)), entry))
    best_hits = heapq.nsmallest(
        limit, found, key=lambda row: (row[0], row[1].collation, row[1].key)
    )
    return [Hit(entry, Match(rank[0])) for rank, entry in best_hits]


def highlight(text: str, query: str) -> list[tuple[str, bool]]:
    """Cut a text into fragments, true where the query meets it, across diacritics and the spaces of a number.

    In each word that a word of the query begins, that beginning is marked; a part of a word or a similar word only
    where no word begins so. The fragments joined are the text, unchanged; they are plain text, to be escaped as such.
    """
    readings = _readings(query)
    if not readings or len(text) > _MAX_HIGHLIGHTED:
        return [(text, False)] if text else []
    folded = _FoldedText(text)
    marked = bytearray(len(text))
    words = readings[0].words
    position = 0
    while position < len(words):
        # The longest run of digits that stands together in the text, else one word.
        end = position + 1
        while end < len(words) and words[end - 1].isdecimal() and words[end].isdecimal():
            end += 1
        while not folded.mark("".join(words[position:end]), marked) and end > position + 1:
            end -= 1
        position = end
    fragments: list[tuple[str, bool]] = []
    start = 0
    for position in range(1, len(text) + 1):
        if position == len(text) or marked[position] != marked[start]:
            fragments.append((text[start:position], bool(marked[start])))
            start = position
    return fragments


def collation_key(text: str) -> tuple[str, str]:
    """A sort key in the order of the Romanian alphabet, in which Ă, Â, Î, Ș and Ț are letters of their own after their
    base letters (cedillas count as commas).

    Letters that Romanian does not have count as their base letters: Á, É, Ö, Ő, Ü and Ű are filed under A, E, O and U,
    and the Hungarian Cs, Gy, Ly, Ny, Sz, Ty and Zs under their first letter. One list serves readers of three
    languages, and a Hungarian name is looked for here by how it begins on paper. Punctuation at the beginning does not
    count, elsewhere it is a space; a space comes before digits, digits before letters, other scripts last.
    """
    return " ".join(unicodedata.normalize("NFC", text).translate(_WEIGHTS).split()), text


def alphabetical(entries: Iterable[Entry]) -> list[LetterGroup]:
    """Group entries under the letters they begin with, for the printable A–Z.

    Groups and entries stand in the order of ``collation_key``; letters without entries are left out; ``OTHER`` is last.
    """
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: (entry.collation, entry.key)):
        groups[_letter(entry.collation[0])].append(entry)
    # Sorted entries meet their letters in order; digits came first and other scripts last, both under OTHER.
    others = groups.pop(OTHER, [])
    ordered = [LetterGroup(letter, tuple(rows)) for letter, rows in groups.items()]
    return [*ordered, LetterGroup(OTHER, tuple(others))] if others else ordered


# --- Folding


class _Collation(FoldingTable):
    """Each character to what sorts it: letters to consecutive code points, punctuation to a space."""

    def translated(self, character: str) -> str:
        lower = character.casefold().replace("\u015f", "ș").replace("\u0163", "ț")
        if lower in _ALPHABET:
            return chr(_FIRST_WEIGHT + _ALPHABET.index(lower))
        weights: list[str] = []
        for part in fold_letters(character):
            if part in _ALPHABET:
                weights.append(chr(_FIRST_WEIGHT + _ALPHABET.index(part)))
            else:
                weights.append(part if part.isalnum() else " ")
        return "".join(weights)


# Above the digits and below every letter of another script (Greek begins at 0x370).
_FIRST_WEIGHT: Final = 0x250
_WEIGHTS: Final = _Collation()


def _letter(key: str) -> str:
    index = ord(key[0]) - _FIRST_WEIGHT if key else -1
    return _ALPHABET[index].upper() if 0 <= index < len(_ALPHABET) else OTHER


# --- Matching


class _Reading(NamedTuple):
    """The words that a query is taken to hold, and whether slips in them are forgiven."""

    words: list[str]
    forgiving: bool


def _readings(query: str) -> list[_Reading]:
    """The ways to read a query, likeliest first: without the labels of its numbers, with the pieces of a number
    joined, and to the letter as typed ("X5" may be a code). Readings that say the same are left out."""
    folded = fold(query[:MAX_QUERY])
    typed = folded.split()[:MAX_WORDS]
    words = _GLUED_LABEL.sub(r"\1 ", folded).split()[:MAX_WORDS]
    if any(word.isdecimal() for word in words):
        words = [word for word in words if word not in _LABELS]
    joined: list[str] = []
    in_number = False
    for word in words:
        if in_number and word.isdecimal():
            joined[-1] += word
        else:
            joined.append(word)
        in_number = word.isdecimal()
    readings: list[_Reading] = []
    for reading, forgiving in ((words, True), (joined, True), (typed, False)):
        if reading and all(reading != known.words for known in readings):
            readings.append(_Reading(reading, forgiving))
    return readings


def _spellings(phone: PhoneNumber) -> list[str]:
    """The digits by which a number may be looked up, with and without each extension."""
    digits = phone.e164.removeprefix("+")
    if phone.is_short:
        spellings = [digits]
    elif digits.startswith("40"):
        spellings = [f"0{digits[2:]}", digits, f"00{digits}", digits[2:]]
    else:
        spellings = [digits, f"00{digits}"]
    return spellings + [
        f"{base}{extension}" for base in spellings for extension in phone.extensions
    ]


def _rank(entry: Entry, reading: _Reading, similar: _Similar) -> tuple[int, int] | None:
    """The worst and the sum of how the words are met; nothing if one of them is not."""
    worst = total = 0
    for word in reading.words:
        match = _meet_number(entry, word) if word.isdecimal() else _meet_word(entry, word)
        if match is None:
            if not (reading.forgiving and similar.meets(entry, word)):
                return None
            match = Match.SIMILAR
        worst = max(worst, match)
        total += match
    return worst, total


def _meet_word(entry: Entry, word: str) -> Match | None:
    if word in entry._words:
        return Match.WORD
    if f" {word}" in entry._text:
        return Match.PREFIX
    if len(word) > 1 and word in entry._text:
        return Match.PART
    return None


def _meet_number(entry: Entry, digits: str) -> Match | None:
    """One digit only meets itself, two also the beginning of a room or extension, three any part of any number:
    else "49" would find every telephone that has these two digits somewhere."""
    if digits in entry._numbers:
        return Match.NUMBER
    if digits in entry._words:
        return Match.WORD
    if len(digits) == 1:
        return None
    beginning = f" {digits}"
    if beginning in entry._extension_text or beginning in entry._text:
        return Match.PREFIX
    if len(digits) < _SHORTEST_NUMBER_PART:
        return None
    if beginning in entry._number_text:
        return Match.PREFIX
    return Match.PART if digits in entry._number_text or digits in entry._text else None


def _name_rank(entry: Entry, words: list[str]) -> int:
    """Names that are the query, begin with it, contain its words, before all others."""
    text = " ".join(words)
    if entry._name.startswith(text):
        return 0 if len(entry._name) == len(text) else 1
    return 2 if all(word in entry._name for word in words) else 3


class _Similar:
    """Finds the words of a directory that a misspelt word may have meant, once per word of the query."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._meant: dict[str, frozenset[str]] = {}

    def meets(self, entry: Entry, word: str) -> bool:
        meant = self._meant.get(word)
        if meant is None:
            meant = self._meant[word] = (
                _similar_words(word, self._vocabulary) if _slips(word) else frozenset()
            )
        return not meant.isdisjoint(entry._words)

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset().union(*(entry._words for entry in self._entries))


def _slips(word: str) -> int:
    """How many slips a word of the query may have."""
    if len(word) < _SHORTEST_FUZZY or not word.isalpha():
        return 0
    return 2 if len(word) >= _LONG_WORD else 1


def _similar_words(word: str, vocabulary: Iterable[str]) -> frozenset[str]:
    """The words, of those given, that are the word with few enough slips, or begin so.

    The distance is optimal string alignment, which counts two exchanged neighbours as one slip.
    """
    slips = _slips(word)
    if not slips:
        return frozenset()
    size = len(word)
    candidates: defaultdict[str, list[str]] = defaultdict(list)
    for candidate in vocabulary:
        # In a short word a wrong first letter makes another word (Mina, Nina, Tina), seldom a slip.
        if len(candidate) < size - slips or (slips == 1 and candidate[0] != word[0]):
            continue
        if len(candidate) <= size + slips:
            candidates[candidate].append(candidate)
        if size >= _SHORTEST_FUZZY_PREFIX:
            # A beginning with a letter missing or added is one letter longer or shorter.
            for length in (size - 1, size, size + 1):
                if len(candidate) > length:
                    candidates[candidate[:length]].append(candidate)
    near = process.extract(
        word, list(candidates), scorer=OSA.distance, score_cutoff=slips, limit=None
    )
    return frozenset(
        meant for spelling, _distance, _index in near for meant in candidates[spelling]
    )


# --- Highlighting


class _FoldedText:
    """A text folded character by character, with the way back from each folded character to where it came from."""

    def __init__(self, text: str) -> None:
        folded = [
            (part, position) for position, c in enumerate(text) for part in c.translate(FOLDING)
        ]
        letters = "".join(part for part, _position in folded)
        dots = {
            position
            for found in ACRONYM.finditer(letters)
            for position in range(*found.span())
            if letters[position] == "."
        }
        kept = [row for index, row in enumerate(folded) if index not in dots]
        self._text = text
        self._letters = "".join(part for part, _position in kept)
        self._origins = [position for _part, position in kept]
        self._words = [(found[0], found.start()) for found in _WORD.finditer(self._letters)]

    def mark(self, word: str, marked: bytearray) -> bool:
        """Mark in ``marked``, one byte for each character of the text, where a word of a query is met.

        Returns:
            Whether it was.
        """
        spans = self._number(word) if word.isdecimal() else []
        spans = spans or self._beginnings(word)
        if not word.isdecimal():
            spans = spans or self._parts(word) or self._similar(word)
        for start, end in spans:
            first, last = self._origins[start], self._origins[end - 1] + 1
            # The marks that follow a letter belong to it.
            while last < len(self._text) and not self._text[last].translate(FOLDING):
                last += 1
            marked[first:last] = b"\1" * (last - first)
        return bool(spans)

    def _beginnings(self, word: str) -> list[tuple[int, int]]:
        whole_only = len(word) == 1 and word.isdecimal()
        return [
            (start, start + len(word))
            for found, start in self._words
            if (found == word if whole_only else found.startswith(word))
        ]

    def _parts(self, word: str) -> list[tuple[int, int]]:
        if len(word) == 1:
            return []
        places = ((start, found.find(word)) for found, start in self._words)
        return [(start + at, start + at + len(word)) for start, at in places if at >= 0]

    def _similar(self, word: str) -> list[tuple[int, int]]:
        meant = _similar_words(word, {found for found, _start in self._words})
        return [(start, start + len(found)) for found, start in self._words if found in meant]

    def _number(self, digits: str) -> list[tuple[int, int]]:
        """Where digits stand in a number that is written with spaces, with or without the country's code."""
        if len(digits) < _SHORTEST_NUMBER_PART:
            return []
        spellings = [digits]
        if len(digits) > len("0264596030"):
            spellings += (
                [f"0{digits.removeprefix('00')[2:]}"] if digits.startswith(("40", "0040")) else []
            )
        elif digits.startswith("0"):
            spellings.append(digits[1:])
        spans: list[tuple[int, int]] = []
        for run in _PHONE.finditer(self._letters):
            places = [i for i in range(*run.span()) if self._letters[i].isdecimal()]
            written = "".join(self._letters[i] for i in places)
            at, size = next(((written.find(s), len(s)) for s in spellings if s in written), (-1, 0))
            if at >= 0:
                spans.append((places[at], places[at + size - 1] + 1))
        return spans
