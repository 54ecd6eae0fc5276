"""The coming dates of a calendar for feed readers: RSS 2.0 and JSON Feed 1.1.

Pure, as events/ical.py: the same arguments give the same bytes. What is in them is what the .ics of the same filter
says, date by date; a reader of news cannot expand a series.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import override, pgettext

from events.enums import State
from events.ical import FeedInfo, clean, titled
from locations.hours import BUCHAREST

REFRESH_MINUTES: Final = 240

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One date of an event in the feed's language.

    ``id`` stays the same when the date is moved. All moments are aware; an all-day date ends at the local
    midnight after its last day, one without a stated end at its start. ``summary`` is plain text.
    """

    id: str
    url: str
    title: str
    summary: str
    start: datetime
    end: datetime
    all_day: bool
    place: str
    status: State
    categories: tuple[str, ...]
    modified: datetime
    published: datetime


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} must be aware.")
    return moment.astimezone(BUCHAREST)


def _days(item: FeedItem) -> tuple[date, date]:
    """The first and the last local day, both included."""
    start, end = _local(item.start), _local(item.end)
    return start.date(), max(start.date(), (end - _ONE_DAY).date() if item.all_day else end.date())


def _when(item: FeedItem) -> str:
    """Days and times in the active language."""
    first, last = _days(item)
    pattern = pgettext("date with weekday and year", "l, j F Y")
    start, end = _local(item.start), _local(item.end)
    if item.all_day:
        days = [first] if first == last else [first, last]
        return " – ".join(date_format(day, pattern) for day in days)
    text = f"{date_format(first, pattern)}, {start:%H:%M}"
    if end == start:
        return text
    # What ends in the next night needs no second date.
    if end - start < _ONE_DAY:
        return f"{text}–{end:%H:%M}"
    return f"{text} – {date_format(last, pattern)}, {end:%H:%M}"


def _told(items: Iterable[FeedItem], language: str) -> list[tuple[FeedItem, str, str]]:
    """Each item with its title and with when and where it takes place."""
    with override(language):
        return [
            (
                item,
                _one_line(titled(item.title, item.status, language)),
                " · ".join(part for part in (_when(item), _one_line(item.place)) if part),
            )
            for item in items
        ]


# -- RSS -------------------------------------------------------------------------------------------------------------


def _element(name: str, text: str, attributes: str = "") -> str:
    """An element with text; "" without. XML knows neither all control characters nor U+FFFE and U+FFFF."""
    text = clean(text).replace("\ufffe", "").replace("\uffff", "")
    return f"<{name}{attributes}>{escape(text)}</{name}>" if text else ""


def _date(moment: datetime) -> str:
    """RFC 822, as RSS has it."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} must be aware.")
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def _rss_item(item: FeedItem, title: str, when_and_where: str) -> str:
    # Readers take a description for HTML, so its text is escaped once more.
    paragraphs = [when_and_where, *clean(item.summary).splitlines()]
    html = "".join(f"<p>{escape(text.strip())}</p>" for text in paragraphs if text.strip())
    return "".join(
        [
            "<item>",
            _element("title", title),
            _element("link", item.url),
            _element("guid", item.id, ' isPermaLink="false"'),
            _element("pubDate", _date(item.published)),
            _element("description", html),
            *(_element("category", _one_line(name)) for name in item.categories),
            "</item>\n",
        ]
    )


def rss(channel: FeedInfo, items: Iterable[FeedItem]) -> bytes:
    """Return an RSS 2.0 feed (rssboard.org/rss-specification) of the items, in their order.

    Raises ValueError for a naive moment.
    """
    itself = (
        f'<atom:link href="{escape(clean(channel.source))}" rel="self" type="application/rss+xml"/>'
    )
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n',
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>',
        _element("title", _one_line(channel.name)),
        _element("link", channel.url),
        # Required, even where nothing was said.
        _element("description", _one_line(channel.description) or _one_line(channel.name)),
        _element("language", channel.language),
        _element("lastBuildDate", _date(channel.last_modified)),
        _element("ttl", str(REFRESH_MINUTES)),
        itself if channel.source else "",
        "\n",
    ]
    parts += [_rss_item(*found) for found in _told(items, channel.language)]
    return "".join([*parts, "</channel>\n</rss>\n"]).encode()


# -- JSON Feed -------------------------------------------------------------------------------------------------------


def _iso(moment: datetime) -> str:
    return _local(moment).replace(microsecond=0).isoformat()


def _event(item: FeedItem) -> dict[str, Any]:
    """The dates for programs: of an all-day event the first and the last day, both included."""
    first, last = _days(item)
    found: dict[str, Any] = {
        "start": first.isoformat() if item.all_day else _iso(item.start),
        "all_day": item.all_day,
        "status": str(item.status.value),
    }
    if item.all_day or item.end != item.start:
        found["end"] = last.isoformat() if item.all_day else _iso(item.end)
    if item.place:
        found["location"] = _one_line(item.place)
    return dict(sorted(found.items()))


def json_feed(channel: FeedInfo, items: Iterable[FeedItem]) -> bytes:
    """Return a JSON Feed 1.1 (jsonfeed.org/version/1.1) of the items, in their order.

    Each has an object "_event": "start" and "end" (moments with their offset; days, both included, of an
    all-day date; no "end" where none is stated), "all_day", "status" (a value of `State`), "location". Raises
    ValueError for a naive moment.
    """
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _one_line(channel.name),
        "home_page_url": clean(channel.url),
        "feed_url": clean(channel.source),
        "description": _one_line(channel.description),
        "language": channel.language,
    }
    feed = {key: value for key, value in feed.items() if value}
    feed["items"] = []
    for item, title, when_and_where in _told(items, channel.language):
        entry: dict[str, Any] = {
            "id": clean(item.id),
            "url": clean(item.url),
            "title": title,
            "content_text": "\n\n".join(
                filter(None, (when_and_where, clean(item.summary).strip()))
            ),
            "date_published": _iso(item.published),
            "date_modified": _iso(item.modified),
        }
        if item.categories:
            entry["tags"] = [_one_line(name) for name in item.categories]
        entry["_event"] = _event(item)
        feed["items"].append(entry)
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode()
