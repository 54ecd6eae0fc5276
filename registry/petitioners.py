"""Whether two petitions are from the same petitioner: what may be joined, and what can be a repeat.

A name alone is not enough: two people can have the same one.
"""

from __future__ import annotations

from typing import Protocol

from cms.folding import fold


class From(Protocol):
    """What is compared of an entry."""

    petitioner_name: str
    petitioner_email: str
    petitioner_address: str


def _words(text: str) -> list[str]:
    return sorted(fold(text).replace(",", " ").replace(".", " ").replace("-", " ").split())


def same_petitioner(one: From, other: From) -> bool:
    """Same e-mail address, or same name (in any order and spelling) and same postal address."""
    mails = [entry.petitioner_email.strip().casefold() for entry in (one, other)]
    if mails[0] and mails[0] == mails[1]:
        return True
    names = [_words(entry.petitioner_name) for entry in (one, other)]
    places = [_words(entry.petitioner_address) for entry in (one, other)]
    return bool(names[0] and places[0]) and names[0] == names[1] and places[0] == places[1]
