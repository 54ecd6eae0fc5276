"""News as lists show them: the newest first, in the reader's language or honestly in Romanian.

The functions take the news to choose from, so that pages, tags and feeds share them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaigns.images import images, shared_image_url
from campaigns.public import PageLink, in_language, page_link
from campaigns.structured_data import news_data
from cms.multilingual import SOURCE_LANGUAGE, content_language
from cms.page_urls import page_url
from contacts.book import contact_book
from events.filters import parse_day

if TYPE_CHECKING:
    from campaigns.models import NewsIndexPage, NewsPage

PER_PAGE = 20
NEWEST = ("-published_on", "-pk")
_PLACE = re.compile(r"(\d{4}-\d{2}-\d{2})\.([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A piece of news in a list. `day`: a local date; `key`: the same in every language."""

    link: PageLink
    day: date | None
    key: str = ""
    place: str = ""


def of_public(pages: QuerySet[Any]) -> QuerySet[Any]:
    """Those of `pages` (any news) that everybody may read, once each: the Romanian ones, which hold the facts."""
    return pages.filter(pk__in=pages.model.public().values("pk"))


def in_lists(pages: QuerySet[Any]) -> QuerySet[Any]:
    """`pages` in the active language, with no more of them than a list shows."""
    return in_language(pages, content_language()).only(
        "id", "title", "translation_key", "published_on"
    )


def news_items(
    pages: QuerySet[Any],
    request: HttpRequest | None,
    limit: int,
    after: tuple[date, int] | None = None,
) -> list[NewsItem]:
    """The newest `limit` public ones of `pages` in the active language, or those that follow `after`: one query.

    `after`: the (day, id) of the last one that was shown.
    """
    found = in_lists(of_public(pages))
    if after is not None:
        day, pk = after
        found = found.filter(Q(published_on__lt=day) | Q(published_on=day, pk__lt=pk))
    return [news_item(row, request) for row in found.order_by(*NEWEST)[:limit]]


def news_item(row: Any, request: HttpRequest | None) -> NewsItem:
    """The item of a row of `in_language`."""
    return NewsItem(
        link=page_link(row, request),
        day=row.published_on,
        key=str(row.translation_key),
        place=f"{row.published_on}.{row.pk}",
    )


def place_in(text: str) -> tuple[date, int] | None:
    """The place in the list that an address names ("2026-11-05.17"), None when it names none."""
    found = _PLACE.fullmatch(text)
    day = parse_day(found[1]) if found else None
    return (day, int(found[2])) if found and day else None


def feed_address(language: str) -> str:
    """The path of the feed of all news in `language`; it never changes."""
    return f"/news/{language}.rss"


def news_index_context(
    page: NewsIndexPage, pages: QuerySet[Any], request: HttpRequest
) -> dict[str, Any]:
    """What the template of the news shows: twenty, and the way to older ones. `pages`: all news."""
    asked = request.GET.get("before", "")
    after = place_in(asked)
    items = news_items(pages, request, PER_PAGE + 1, after)
    shown = items[:PER_PAGE]
    address = page_url(page.url_path, request) or request.path
    return {
        "items": shown,
        "older_url": f"{address}?before={shown[-1].place}" if len(items) > PER_PAGE else "",
        "newest_url": address if after else "",
        "problem": _("“%(value)s” is no place in the news: here are the newest.")
        % {"value": asked[:40]}
        if asked and after is None
        else "",
        "feed_url": feed_address(page.locale.language_code),
    }


def news_context(page: NewsPage, campaigns: QuerySet[Any], request: HttpRequest) -> dict[str, Any]:
    """What the template of a piece of news shows. `campaigns`: the public ones."""
    facts = page.facts or page
    department = facts.department_id
    book = contact_book(request)
    # Before the first department is read: the header needs one, too.
    book.want_in(page.body)
    if department:
        book.want(Q(pk=department))
    campaign = None
    if facts.campaign_id:
        row = in_language(campaigns.filter(pk=facts.campaign_id), content_language()).first()
        campaign = page_link(row, request) if row else None
    image = images([facts.image_id]).get(facts.image_id or 0)
    share = shared_image_url(image)
    own_alt = page.image_alt.strip()
    return {
        "day": facts.published_on,
        "image": image,
        "image_alt": own_alt or facts.image_alt,
        "image_alt_lang": "" if own_alt or page.is_source else SOURCE_LANGUAGE,
        "campaign": campaign,
        "department": book.view(department) if department else None,
        "share_image": share,
        "structured_data": news_data(page, facts, share),
    }
