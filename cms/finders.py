"""What the site search finds among pages: by title and description, in any spelling."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms.folding import matches
from cms.multilingual import content_language
from cms.page_urls import page_url
from cms.querysets import open_pages
from cms.search import SearchHit, register_finder


@register_finder
def find_pages(request: HttpRequest, query: str) -> Iterable[SearchHit]:
    """Public pages of the reader's language."""
    pages = open_pages().filter(locale__language_code=content_language(), depth__gt=1)
    for title, description, path in pages.values_list("title", "search_description", "url_path"):
        rank = matches(title, query)
        if rank is None:
            rank = matches(f"{title} {description}", query)
            rank = None if rank is None else rank + 1
        if rank is not None and (url := page_url(path, request)):
            yield SearchHit(
                title=title,
                url=url,
                kind=_("Page"),
                text=description,
                rank=rank + 0.1,
                is_plain=True,
            )
