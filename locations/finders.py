"""What the site search finds among places."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms.folding import matches
from cms.search import SearchHit, register_finder
from locations.book import place_book


@register_finder
def find_places(request: HttpRequest, query: str) -> Iterable[SearchHit]:
    """Places by name (in any language), kind, address and note."""
    book = place_book(request)
    for place in book.places:
        text = " ".join([*place.name.values(), place.kind_label, place.address, str(place.note)])
        rank = matches(text, query)
        view = book.simple_view(place, place.page_path)
        if rank is not None and view.url:
            yield SearchHit(
                title=str(place.name),
                url=view.url,
                kind=_("Place"),
                text=place.address,
                rank=rank + 0.2,
            )
