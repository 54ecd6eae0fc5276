"""How alike two petitions are: the same petitioner, the same matter. A suggestion, never a decision. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from rapidfuzz import fuzz

from cms.folding import fold
from registry.petitioners import From, same_petitioner

SIMILAR: Final = 55
"""Percent from which petitions of the same petitioner are suggested."""
VERY_SIMILAR: Final = 80
"""Percent from which petitions are suggested where the name alone is the same."""
LONGEST_COMPARED: Final = 800
"""Characters of a text that are compared: what a petition is about stands at its beginning."""
_FEWEST_WORDS: Final = 3


class Petition(From, Protocol):
    """What is compared of a petition."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """`percent` says how alike the texts are; whether the law's same petitioner, or the same name alone."""

    percent: int
    same_petitioner: bool
    same_name: bool
    same_email: bool

    @property
    def is_likely(self) -> bool:
        """Whether a clerk should look at both."""
        if self.same_petitioner:
            return self.percent >= SIMILAR
        return self.same_name and self.percent >= VERY_SIMILAR


def _alike(one: str, other: str) -> float:
    """0 to 100, whatever the order of words; of short texts every word counts, of longer ones what both have."""
    if not one or not other:
        return 0.0
    if min(len(one.split()), len(other.split())) < _FEWEST_WORDS:
        return float(fuzz.token_sort_ratio(one, other))
    return float(fuzz.token_set_ratio(one, other))


def subject_percent(one: Petition, other: Petition) -> float:
    """How alike the subjects are, 0 to 100: quick, for choosing whose texts are compared."""
    return _alike(fold(one.subject), fold(other.subject))


def is_of_same(one: Petition, other: Petition) -> bool:
    """Whether the petitioner, or at least the name, is the same."""
    return _same_name(one, other) or same_petitioner(one, other)


def _same_name(one: From, other: From) -> bool:
    names = [sorted(fold(petition.petitioner_name).split()) for petition in (one, other)]
    return bool(names[0]) and names[0] == names[1]


def text_percent(one: Petition, other: Petition) -> int:
    """How alike subjects and texts are, 0 to 100; the same whichever is named first."""
    subjects = subject_percent(one, other)
    bodies = [fold(petition.body[:LONGEST_COMPARED]) for petition in (one, other)]
    if not all(bodies):
        return round(subjects)
    # Long texts share their small words: alike they say much, a little alike nothing.
    return round((2 * subjects + max(0.0, 2 * _alike(*bodies) - 100)) / 3)


def likeness(one: Petition, other: Petition) -> Likeness:
    """How alike two petitions are; texts of different people are not compared (0 percent)."""
    mails = [petition.petitioner_email.strip().casefold() for petition in (one, other)]
    same_name = _same_name(one, other)
    same = same_petitioner(one, other)
    return Likeness(
        text_percent(one, other) if same or same_name else 0,
        same,
        same_name,
        bool(mails[0]) and mails[0] == mails[1],
    )
