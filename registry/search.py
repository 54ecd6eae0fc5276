"""Finding entries: every form of the number, and words from names and subjects in any order and spelling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from cms.folding import fold
from registry.numbers import parse_number
from registry.search_index import FTS, TABLE

if TYPE_CHECKING:
    from registry.models.entries import RegistryEntry

MOST_WORDS = 8
_WORD = re.compile(r"[0-9a-z]+")


def search_text_of(entry: RegistryEntry) -> str:
    """What an entry is found by, folded: name, subject, the sender's number. Never the text of the petition."""
    return fold(f"{entry.petitioner_name} {entry.subject} {entry.sender_number}")


def words_of(query: str) -> list[str]:
    """The words of a query as the index has them, at most MOST_WORDS."""
    return _WORD.findall(fold(query))[:MOST_WORDS]


def condition(query: str, using: str) -> Q | None:
    """What entries fulfil that `query` means: a number in any form, else words that all begin so.

    `using` names the database. None for a query that holds neither.
    """
    if number := parse_number(query):
        found = Q(number=number.number)
        if number.year:
            found &= Q(year=number.year)
        if number.code:
            found &= Q(code=number.code)
        if number.day:
            found &= Q(registered_on=number.day)
        return found
    words = words_of(query)
    if not words:
        return None
    return _postgresql(words) if connections[using].vendor == "postgresql" else _sqlite(words)


def _sqlite(words: list[str]) -> Q:
    match = " ".join(f'"{word}"*' for word in words)
    sql = f"SELECT rowid FROM {FTS} WHERE {FTS} MATCH %s"  # noqa: S608  names of our own
    return Q(pk__in=RawSQL(sql, (match,)))  # noqa: S611  the words are a parameter


def _postgresql(words: list[str]) -> Any:
    match = " & ".join(f"{word}:*" for word in words)
    sql = f'"{TABLE}"."search_vector" @@ to_tsquery(\'simple\', %s)'
    return Q(RawSQL(sql, (match,), output_field=BooleanField()))  # noqa: S611  the words are a parameter
