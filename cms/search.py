"""The site search's seam: each app registers what it can find; the search page asks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One result. `rank`: smaller stands first; `language`: the code the text is in.

    `is_plain`: it says no more than the title and description of a page.
    """

    title: str
    url: str
    kind: str | Promise
    text: str = ""
    language: str = ""
    rank: float = 0.0
    is_plain: bool = False


Finder = Callable[[HttpRequest, str], Iterable[SearchHit]]
_finders: list[Finder] = []


def register_finder(finder: Finder) -> Finder:
    """Add `finder(request, query)` to the site search; usable as a decorator."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def find(request: HttpRequest, query: str, limit: int = 60) -> list[SearchHit]:
    """What every registered finder finds for `query` (clean, not empty), best first.

    A plain page gives way to what says more of the same address.
    """
    hits = [hit for finder in _finders for hit in finder(request, query)]
    told = {hit.url for hit in hits if not hit.is_plain}
    hits = [hit for hit in hits if not (hit.is_plain and hit.url in told)]
    return sorted(hits, key=lambda hit: hit.rank)[:limit]
