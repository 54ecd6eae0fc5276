"""Ways to keep events: links that add one, or subscribe to many, in each kind of calendar application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cms.vtimezone import TZID
from events.filters import EventFilters


@dataclass(frozen=True, slots=True)
class SubscribeView:
    """The subscribe panel for what the reader has filtered."""

    title: str
    text: str
    webcal_url: str
    https_url: str
    qr: SafeString
    google_url: str
    outlook_url: str
    rss_url: str
    json_url: str
    filtered: bool
    words: str


def base_url() -> str:
    """The site's own address, whatever host asked."""
    return settings.AGORA_BASE_URL.rstrip("/")


def feed_url(
    language: str, extension: str = "ics", pairs: Sequence[tuple[str, str]] = (), path: str = ""
) -> str:
    """The address of a feed: everything, what `pairs` filter, or the one at `path` ("category/sport")."""
    query = f"?{urlencode(pairs, safe=',')}" if pairs else ""
    return f"{base_url()}/calendar/{language}/{path or 'events'}.{extension}{query}"


def webcal(url: str) -> str:
    """The same address for applications that subscribe to webcal: links."""
    return f"webcal://{url.partition('://')[2]}"


def google_subscribe(url: str) -> str:
    """Google Calendar's page that subscribes to a feed; it takes the webcal address."""
    return f"https://calendar.google.com/calendar/r?cid={quote(webcal(url), safe='')}"


def outlook_subscribe(url: str, name: str) -> str:
    """Outlook's page that subscribes to a feed."""
    query = urlencode({"url": url, "name": name}, quote_via=quote)
    return f"https://outlook.live.com/calendar/0/addfromweb?{query}"


def qr_code(text: str) -> SafeString:
    """A QR code as SVG without inline styles; the words beside it say what it holds."""
    svg = segno.make(text, error="m", micro=False).svg_inline(
        scale=1, border=2, omitsize=True, svgclass="qr", lineclass="qr__dots", unit=None
    )
    return mark_safe(svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S308


def subscribe_view(language: str, filters: EventFilters, title: str, words: str) -> SubscribeView:
    """The panel for `filters`; `words` say what is filtered."""
    return _panel(language, title, words, pairs=filters.feed_pairs())


def subscribe_to(language: str, path: str, title: str) -> SubscribeView:
    """The panel for one dimension's own feed at `path` ("category/sport")."""
    return _panel(language, title, "", path=path)


def _panel(
    language: str,
    title: str,
    words: str,
    pairs: Sequence[tuple[str, str]] = (),
    path: str = "",
) -> SubscribeView:
    url = feed_url(language, "ics", pairs, path)
    return SubscribeView(
        title=title,
        text=_(
            "New, moved and cancelled dates then reach your own calendar by themselves, within hours."
        ),
        webcal_url=webcal(url),
        https_url=url,
        qr=qr_code(webcal(url)),
        google_url=google_subscribe(url),
        outlook_url=outlook_subscribe(url, title),
        rss_url=feed_url(language, "rss", pairs, path),
        json_url=feed_url(language, "json", pairs, path),
        filtered=bool(pairs),
        words=words,
    )


def google_add(title: str, start: Any, end: Any, details: str, place: str) -> str:
    """Google Calendar's page that adds one event; `start` and `end` local datetimes, or dates (end exclusive)."""
    return "https://calendar.google.com/calendar/render?" + urlencode(
        {
            "action": "TEMPLATE",
            "text": title,
            "dates": f"{_compact(start)}/{_compact(end)}",
            "ctz": TZID,
            "details": details,
            "location": place,
        },
        quote_via=quote,
    )


def outlook_add(title: str, start: Any, end: Any, details: str, place: str) -> str:
    """Outlook's page that adds one event."""
    whole_day = not isinstance(start, datetime)
    return "https://outlook.live.com/calendar/0/deeplink/compose?" + urlencode(
        {
            "path": "/calendar/action/compose",
            "rru": "addevent",
            "subject": title,
            "startdt": start.isoformat(),
            "enddt": end.isoformat(),
            "allday": "true" if whole_day else "false",
            "body": details,
            "location": place,
        },
        quote_via=quote,
    )


def _compact(moment: date) -> str:
    return f"{moment:%Y%m%dT%H%M%S}" if isinstance(moment, datetime) else f"{moment:%Y%m%d}"


def host() -> str:
    """The site's host, for words on paper."""
    return urlsplit(base_url()).netloc
