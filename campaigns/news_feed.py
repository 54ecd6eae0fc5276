"""The news of one language as RSS 2.0: the newest, in that language or, where untranslated, honestly in Romanian."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from wagtail.models import Page

from campaigns.news import feed_address, news_items
from cms.identity import site_identity
from cms.page_urls import page_url
from cms.querysets import open_pages
from events.ical import clean
from events.subscriptions import base_url
from locations.hours import BUCHAREST

MOST: Final = 30
# A day without an hour: by then it has been published.
AT: Final = time(9)


class _Feed(Rss201rev2Feed):
    """Says of each item that is not in the feed's language which one it is in (Dublin Core)."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:dc": "http://purl.org/dc/elements/1.1/"}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["language"]:
            handler.addQuickElement("dc:language", item["language"])


def _clean(text: str) -> str:
    """Without what XML has no room for: most control characters, U+FFFE and U+FFFF."""
    return clean(text).replace("\ufffe", "").replace("\uffff", "")


def _index(language: str) -> Page | None:
    """The page of news in `language`."""
    return open_pages().filter(newsindexpage__isnull=False, locale__language_code=language).first()


def rss(pages: QuerySet[Any], language: str, request: HttpRequest | None) -> bytes:
    """The feed of `pages` (all news) in `language`, which is the active one. The same content gives the same bytes."""
    items = news_items(pages, request, MOST)
    index = _index(language)
    identity = site_identity(request)
    institution = str(identity.institution) if identity else ""
    title = index.title if index else _("News")
    address = page_url(index.url_path, request) if index else f"/{language}/"
    feed = _Feed(
        title=f"{title} – {institution}" if institution else title,
        link=f"{base_url()}{address}",
        description=_("News from the city hall."),
        language=language,
        feed_url=f"{base_url()}{feed_address(language)}",
        ttl=60,
    )
    for item in items:
        feed.add_item(
            title=_clean(item.link.title),
            link=f"{base_url()}{item.link.url}",
            description=_clean(item.link.summary),
            unique_id=item.key,
            unique_id_is_permalink=False,
            pubdate=datetime.combine(item.day, AT, BUCHAREST) if item.day else None,
            language=item.link.lang,
        )
    days = [item.day for item in items if item.day]
    # Django would take the present moment for a feed without items.
    feed.latest_post_date = lambda: datetime.combine(  # type: ignore[method-assign]
        max(days, default=datetime(2000, 1, 1, tzinfo=BUCHAREST).date()), AT, BUCHAREST
    )
    text: str = feed.writeString("utf-8")
    return text.encode()
