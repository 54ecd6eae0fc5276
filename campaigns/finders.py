"""What the site search finds among campaigns and news."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy

from campaigns.models import CampaignPage, NewsPage
from campaigns.public import in_language, page_link
from campaigns.stages import Phase, phase_on
from cms.folding import matches
from cms.multilingual import content_language
from cms.search import SearchHit, register_finder
from cms.service_calendar import moment

MOST = 20
# Younger than this many pieces of news are looked at: the search is for what is going on.
NEWEST_NEWS = 300


def _found(
    pages: QuerySet[Any], query: str, kind: str | Promise, request: HttpRequest, base: float
) -> Iterable[tuple[Any, SearchHit]]:
    for page in in_language(pages, content_language()):
        link = page_link(page, request)
        rank = matches(link.title, query)
        if rank is None:
            rank = matches(f"{link.title} {link.summary}", query)
            rank = None if rank is None else rank + 1
        if rank is not None and link.url:
            yield (
                page,
                SearchHit(
                    title=link.title,
                    url=link.url,
                    kind=kind,
                    text=link.summary,
                    language=link.lang,
                    rank=rank + base,
                ),
            )


@register_finder
def find_campaigns(request: HttpRequest, query: str) -> Iterable[SearchHit]:
    """Campaigns that readers know of; past ones after the others."""
    today = moment(request).date()
    pages = CampaignPage.public().defer("body", "press", "evaluation")
    kind = pgettext_lazy("kind of search result", "Campaign")
    for page, hit in list(_found(pages, query, kind, request, 0.06))[:MOST]:
        past = phase_on(page.stage, page.starts_on, page.ends_on, today) == Phase.PAST
        yield SearchHit(
            title=hit.title,
            url=hit.url,
            kind=hit.kind,
            text=hit.text,
            language=hit.language,
            rank=hit.rank + (1 if past else 0),
        )


@register_finder
def find_news(request: HttpRequest, query: str) -> Iterable[SearchHit]:
    """Recent news, the newest first among those that fit alike."""
    pages = NewsPage.public().order_by("-published_on", "-pk").defer("body")[:NEWEST_NEWS]
    kind = pgettext_lazy("kind of search result", "News")
    day_format = pgettext("date", "j F Y")
    for n, (page, hit) in enumerate(_found(pages, query, kind, request, 0.08)):
        if n == MOST:
            return
        day = date_format(page.published_on, day_format) if page.published_on else ""
        yield SearchHit(
            title=hit.title,
            url=hit.url,
            kind=hit.kind,
            text=" · ".join(part for part in (day, hit.text) if part),
            language=hit.language,
            rank=hit.rank + n / 10_000,
        )
