"""What every page needs beside its own content: menus, alerts, names, the department in its header.

Each is a few rows and is kept while the content stays (`cms.content_version`). Whoever comes first after a change, or
to a process that has just started, has all of them read in one query: a page costs little more there than elsewhere.
An app that puts something on every page makes a `Part` of it where it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

from cms.content_version import versioned
from cms.multilingual import content_language
from cms.read_together import read_together

T = TypeVar("T")
_parts: dict[str, Part[Any]] = {}


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A value that is made of a few rows; making one registers it.

    `rows`: the question for them (see `read_together`), given the code of the reader's language. `make`: the value,
    picklable, and the same whenever it is made: what depends on the hour is found out by those who read it.
    """

    name: str
    rows: Callable[[str], QuerySet[Any]]
    make: Callable[[list[Any]], T]

    def __post_init__(self) -> None:
        _parts[self.name] = self

    def read(self, request: HttpRequest | None) -> T:
        """The value in the active language. Without a request it is read by itself, and not kept."""
        language = content_language()
        if request is None:
            return self.make(list(self.rows(language)))
        # Named, lest one that is registered late is missed in what was kept before.
        key = f"every_page:{language}:{','.join(_parts)}"
        value: T = versioned(request, key, lambda: _all(language))[self.name]
        return value


def parts() -> list[Part[Any]]:
    """All that are registered."""
    return list(_parts.values())


def _all(language: str) -> dict[str, Any]:
    found = read_together(*(part.rows(language) for part in _parts.values()))
    return {name: part.make(rows) for (name, part), rows in zip(_parts.items(), found, strict=True)}
