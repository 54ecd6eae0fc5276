"""What an event belongs to, told by the apps above this one: a campaign, say. Its page shows it.

An app registers a function that finds, in one query, what an event is a part of, in the language that is being written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from events.models import Event


@dataclass(frozen=True, slots=True)
class Belonging:
    """Something that an event is a part of.

    `label`: what it is; `lang`: the code of the language of its title, "" for the reader's; `feed`: the path of its
    calendar ("campaign/light"), "" without.
    """

    label: str
    title: str
    url: str
    lang: str = ""
    feed: str = ""


Finder = Callable[["Event", HttpRequest], list[Belonging]]
_finders: list[Finder] = []


def register_belonging(finder: Finder) -> Finder:
    """Add `finder(event, request)`; usable as a decorator."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def belongings(event: Event, request: HttpRequest) -> list[Belonging]:
    """What `event` is a part of: a query for each app that registered."""
    return [found for finder in _finders for found in finder(event, request)]
