"""Earlier petitions that a new one may double or repeat: found, never joined by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import F
from django.db.models.functions import Substr

from registry.enums import Direction, Family, State
from registry.likeness import (
    LONGEST_COMPARED,
    Likeness,
    is_of_same,
    likeness,
    subject_percent,
)
from registry.models import RegistryEntry
from registry.querysets import EntryQuerySet

MOST_COMPARED: Final = 200
"""The newest ones that a name is found in."""
MOST_READ: Final = 20
"""Those with the most alike subjects, whose texts are compared, too."""
MOST_SUGGESTED: Final = 3


_COMPARED: Final = (
    "number",
    "code",
    "registered_on",
    "state",
    "answered_at",
    "subject",
    "petitioner_name",
    "petitioner_email",
    "petitioner_address",
)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An earlier petition, how alike it is, and which step the law has for the later one: join, file_repeat or ""."""

    entry: RegistryEntry
    likeness: Likeness
    step: str


@dataclass(slots=True)
class _Beginning:
    """A petition as it is compared."""

    petitioner_name: str
    petitioner_email: str
    petitioner_address: str
    subject: str
    body: str


def _beginning(entry: RegistryEntry, body: str) -> _Beginning:
    return _Beginning(
        entry.petitioner_name,
        entry.petitioner_email,
        entry.petitioner_address,
        entry.subject,
        body,
    )


def _step(earlier: RegistryEntry, how: Likeness) -> str:
    if not how.same_petitioner:
        return ""
    if earlier.is_open:
        return "join"
    return "file_repeat" if earlier.answered_at is not None else ""


def duplicates_of(entry: RegistryEntry, visible: EntryQuerySet) -> list[Duplicate]:
    """What of `visible`, the entries that somebody may see, came before `entry` and may be the same.

    The most alike first, those that the law lets join or repeat before the others.

    Looks through the newest MOST_COMPARED petitions that the words of the name are found in, by the index of words.
    What was cancelled or joined itself is left out.
    """
    if entry.kind.family != Family.PETITION or not entry.petitioner_name:
        return []
    earlier = (
        visible.search(entry.petitioner_name)
        .filter(pk__lt=entry.pk, direction=Direction.INCOMING)
        .exclude(state__in=[State.CANCELLED, State.JOINED])
        .order_by("-pk")
        .only(*_COMPARED)
        .annotate(begins=Substr(F("body"), 1, LONGEST_COMPARED))
    )
    own = _beginning(entry, entry.body)
    near = [
        (other, beginning)
        for other in earlier[:MOST_COMPARED]
        if is_of_same(own, beginning := _beginning(other, str(getattr(other, "begins", ""))))
    ]
    near.sort(key=lambda pair: -subject_percent(own, pair[1]))
    found = []
    for other, beginning in near[:MOST_READ]:
        how = likeness(own, beginning)
        if how.is_likely:
            found.append(Duplicate(other, how, _step(other, how)))
    found.sort(key=lambda one: (one.step == "", -one.likeness.percent, -one.entry.pk))
    return found[:MOST_SUGGESTED]
