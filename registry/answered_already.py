"""What the site says already about a subject, offered before a petition is sent."""

from __future__ import annotations

from copy import copy
from typing import Final

from django.http import HttpRequest
from django.utils.translation import pgettext

from cms.folding import fold
from cms.search import SearchHit, find

MOST_HITS: Final = 3
_WORDS_TRIED: Final = 3
_SHORTEST_WORD: Final = 5


def answered_already(request: HttpRequest, subject: str) -> list[SearchHit]:
    """Up to MOST_HITS pages, places or contacts that may answer `subject` (clean, at most a line).

    The site search wants every word; a subject is a sentence. So when the whole finds nothing, its longest words are
    asked for one by one, and what answers more of them comes first.
    """
    found = _search(request, subject, MOST_HITS)
    if found:
        return found
    words = sorted(
        {word for word in fold(subject).split() if len(word) >= _SHORTEST_WORD},
        key=lambda word: (-len(word), word),
    )
    hits: dict[str, SearchHit] = {}
    votes: dict[str, int] = {}
    for word in words[:_WORDS_TRIED]:
        for hit in _search(request, word, MOST_HITS * 2):
            hits.setdefault(hit.url, hit)
            votes[hit.url] = votes.get(hit.url, 0) + 1
    best = sorted(hits.values(), key=lambda hit: (-votes[hit.url], hit.rank))
    return best[:MOST_HITS]


def _search(request: HttpRequest, query: str, limit: int) -> list[SearchHit]:
    """A search of its own: what the page keeps for itself is neither read nor filled (cms.per_request)."""
    own = copy(request)
    own.__dict__.pop("_agora_values", None)
    # An evening in the neighbourhood is no answer to a petition about it.
    event = pgettext("public event", "Event")
    return [hit for hit in find(own, query) if str(hit.kind) != event][:limit]
