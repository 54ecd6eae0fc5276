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


def number_condition(query: str) -> Q | None:
    """What entries fulfil whose number `query` is, in any of its forms; None when it is no number."""
    number = parse_number(query)
    if number is None:
        return None
    found = Q(number=number.number)
    if number.year:
        found &= Q(year=number.year)
    if number.code:
        found &= Q(code=number.code)
    if number.day:
        found &= Q(registered_on=number.day)
    return found


def words_condition(query: str, using: str) -> Q | None:
    """What entries fulfil in which each word of `query` begins a word; None for a query without words.

    `using` names the database.
    """
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


def one_of(keys: list[int]) -> Any:
    """What entries fulfil whose primary key is among `keys`, however many: one parameter, of PostgreSQL only."""
    sql = f'"{TABLE}"."id" = ANY(%s)'
    return Q(RawSQL(sql, (keys,), output_field=BooleanField()))  # noqa: S611  the keys are a parameter
