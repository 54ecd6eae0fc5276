"""The feeds as stored snapshots: finished bytes for each language, filter and format.

A snapshot holds for one version of the calendar and one day (the window moves with the days). The first reader
after a change has it made; publishing makes those of all events again at once.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cms.identity import site_identity
from cms.multilingual import LANGUAGES, LocalizedText
from events.entries import Sources
from events.enums import State
from events.feed_formats import FeedItem, json_feed, rss
from events.filters import EventFilters, Options, options
from events.ical import FeedInfo, calendar, clean
from events.models.event import CalendarState, Event, EventText, FeedSnapshot, Occurrence
from events.models.taxonomy import Category
from events.subscriptions import base_url, feed_url
from locations.hours import BUCHAREST
from locations.models import Location

CONTENT_TYPES: Final = {
    "ics": "text/calendar; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
# Counts changes of what the code writes: snapshots of an older one are made anew.
FORMAT: Final = 1
MOST_SNAPSHOTS: Final = 500
MOST_ITEMS: Final = 100
DAYS_OF_ITEMS: Final = 92
COLOUR: Final = ("teal", "#0d4a52")


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """Which feed: `path` is "events", or a dimension and its slug ("category/sport").

    `known`: the values of the dimensions that `filters` chooses from, for whoever has read them.
    """

    language: str
    extension: str
    filters: EventFilters
    path: str = "events"
    known: Options = field(default_factory=dict, compare=False)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The canonical parameters of its address."""
        pairs = self.filters.pairs(view=None)
        dimension = self.path.partition("/")[0] if "/" in self.path else ""
        return [(name, value) for name, value in pairs if name != dimension]

    @property
    def url(self) -> str:
        """Its own address."""
        return feed_url(self.language, self.extension, self.pairs, self.path)

    @property
    def key(self) -> str:
        """What its snapshot is stored under; another base address or format makes another one."""
        text = f"{FORMAT}|{self.url}|{settings.AGORA_UID_DOMAIN}"
        return f"{self.language}:{self.extension}:{hashlib.sha256(text.encode()).hexdigest()}"


def snapshot(
    feed: FeedRequest, state: CalendarState, today: date, request: HttpRequest | None = None
) -> FeedSnapshot:
    """The bytes of `feed` at `state` on `today` (local): stored ones, or made now. `body` is not read yet."""
    known = _stored(feed)
    if known is not None and (known.version, known.day) == (state.version, today):
        return known
    return _write(feed, state, today, known, request)


def make(feed: FeedRequest, state: CalendarState, today: date) -> FeedSnapshot:
    """Write the snapshot of `feed` anew."""
    return _write(feed, state, today, _stored(feed), None)


def _stored(feed: FeedRequest) -> FeedSnapshot | None:
    """The last snapshot of `feed`, of whatever version and day; its bytes are not read."""
    # SQLite reaches what stands behind the bytes in a row only by reading through them.
    found = FeedSnapshot.objects.filter(key=feed.key).defer("body", "gzipped", "made_at")
    return found.first()


def _write(
    feed: FeedRequest,
    state: CalendarState,
    today: date,
    known: FeedSnapshot | None,
    request: HttpRequest | None,
) -> FeedSnapshot:
    with override(feed.language):
        body = _body(feed, state, today, request)
    # No name and no time in the header: the same bytes whoever packs them.
    gzipped = gzip.compress(body, compresslevel=5, mtime=0)
    etag = hashlib.sha256(body).hexdigest()
    made = FeedSnapshot(
        key=feed.key,
        version=state.version,
        day=today,
        etag=etag,
        last_modified=_last_modified(known, etag, state),
        body=body,
        gzipped=gzipped,
        made_at=timezone.now(),
    )
    columns = [field.name for field in FeedSnapshot._meta.local_fields if not field.primary_key]
    FeedSnapshot.objects.bulk_create(
        [made], update_conflicts=True, unique_fields=["key"], update_fields=columns[1:]
    )
    if feed.filters.narrows:
        _prune()
    return made


def _last_modified(known: FeedSnapshot | None, etag: str, state: CalendarState) -> datetime:
    """When the bytes last changed, for those who ask by time alone: no entry need have changed for that.

    An event leaves the window, a category gets another colour. `known`: the snapshot before this one.
    """
    if known is None or known.last_modified < state.changed_at:
        return state.changed_at
    return known.last_modified if known.etag == etag else timezone.now()


def _prune() -> None:
    """Readers make up filters; the least recently made snapshots give way."""
    stale = FeedSnapshot.objects.order_by("-made_at").values_list("pk", flat=True)
    if old := list(stale[MOST_SNAPSHOTS:]):
        FeedSnapshot.objects.filter(pk__in=old).delete()


def _body(
    feed: FeedRequest, state: CalendarState, today: date, request: HttpRequest | None
) -> bytes:
    info = _info(feed, state, request)
    if feed.extension == "ics":
        return calendar(info, _blocks(feed, today))
    items = _items(feed, today, request)
    return rss(info, items) if feed.extension == "rss" else json_feed(info, items)


def _blocks(feed: FeedRequest, today: date) -> Iterable[str]:
    """The finished entries of the events that the feed holds, in a fixed order."""
    events = feed.filters.narrow(Event.objects.in_feeds(today).order_by())
    first, last = feed.filters.days(today)
    if first or last:
        dates = Occurrence.objects.all()
        dates = dates.filter(last_day__gte=first) if first else dates
        dates = dates.filter(first_day__lte=last) if last else dates
        events = events.filter(pk__in=dates.values("event"))
    texts = EventText.objects.filter(language=feed.language)
    if feed.filters.narrows or first or last:
        texts = texts.filter(event__in=events.values("pk"))
    else:
        texts = texts.filter(event__in=Event.objects.in_feeds(today).order_by())
    return texts.order_by("event__first_day", "event__key").values_list("ical", flat=True)


def _info(feed: FeedRequest, state: CalendarState, request: HttpRequest | None) -> FeedInfo:
    words = filter_words(feed.filters, feed.known or options(feed.filters.chosen))
    identity = site_identity(request)
    institution = clean(str(identity.institution)) if identity else ""
    name = _("Events: %(what)s") % {"what": words} if words else _("Public events")
    if institution:
        name = f"{name} – {institution}"
    colour, apple_colour = COLOUR
    categories = feed.filters.chosen.get("category", ())
    if len(categories) == 1:
        own = Category.objects.filter(slug=categories[0]).values_list("colour", flat=True).first()
        if own:
            colour, apple_colour = "", own
    return FeedInfo(
        name=name,
        description=_("The calendar of public events, kept up to date by the city hall."),
        language=feed.language,
        url=f"{base_url()}{_index_path(feed.language)}",
        source=feed.url,
        colour=colour,
        apple_colour=apple_colour,
        last_modified=state.changed_at,
    )


def _index_path(language: str) -> str:
    """The address of the calendar's page in `language`, of the home page while there is none."""
    text = (
        EventText.objects.filter(language=language, page__locale__language_code=language)
        .values_list("page__url_path", flat=True)
        .first()
    )
    if not text:
        return f"/{language}/"
    # /home-slug/…/events/event/: the home page's own slug is no part of addresses.
    steps = text.strip("/").split("/")[1:-1]
    return "/" + "/".join([language, *steps]) + "/"


def filter_words(filters: EventFilters, known: Options) -> str:
    """What is filtered, in the active language; "" for everything."""
    words = []
    for name, slugs in filters.chosen.items():
        names = dict(known[name])
        words += [str(LocalizedText(names[slug])) or slug for slug in slugs]
    if "free" in filters.flags:
        words.append(_("Free entry"))
    if "accessible" in filters.flags:
        words.append(_("Step-free access"))
    if filters.query:
        words.append(_("“%(words)s”") % {"words": filters.query})
    return ", ".join(words)


def _items(feed: FeedRequest, today: date, request: HttpRequest | None) -> Sequence[FeedItem]:
    """The coming dates, one item each."""
    first, last = feed.filters.days(today)
    first = first or today
    last = last or first + timedelta(days=DAYS_OF_ITEMS)
    found = Occurrence.objects.filter(last_day__gte=first, first_day__lte=last)
    if feed.filters.narrows:
        events = feed.filters.narrow(Event.objects.order_by()).values("pk")
        found = found.filter(event__in=events)
    rows = list(
        found.select_related("event")
        .only(
            "event__key",
            "event__created_at",
            "event__content_modified",
            "original_start",
            "start",
            "end",
            "all_day",
            "status",
            "change_data",
            "first_day",
        )
        .order_by("start", "pk")[:MOST_ITEMS]
    )
    texts = {
        text.event_id: text
        for text in EventText.objects.filter(
            language=feed.language, event__in={row.event_id for row in rows}
        )
        .select_related("page")
        .defer("ical")
    }
    elsewhere = {pk for row in rows if (pk := row.change_data.get("place_id"))}
    places = Sources(locations=Location.objects.in_bulk(elsewhere) if elsewhere else {})
    return [
        _item(row, texts[row.event_id], places, feed.language, request)
        for row in rows
        if row.event_id in texts
    ]


def _item(
    row: Occurrence, text: EventText, places: Sources, language: str, request: HttpRequest | None
) -> FeedItem:
    own = places.place(row.change_data.get("place_id", 0), language)
    title = str(LocalizedText(row.change_data.get("title") or {})) or text.title
    reason = row.change_data.get("reason") or {}
    summary = " ".join(part for part in (str(LocalizedText(reason)), text.card["summary"]) if part)
    return FeedItem(
        id=f"{row.event.key}-{timezone.localtime(row.original_start, BUCHAREST):%Y%m%d}",
        url=(text.page.get_full_url(request) or "") if text.page else "",
        title=title,
        summary=summary,
        start=row.start,
        end=row.end,
        all_day=row.all_day,
        place=", ".join(part for part in (own.name, own.address) if part)
        if own
        else row.change_data.get("place") or text.card["place"],
        status=State(row.status),
        categories=tuple(name for _slug, name in text.card["categories"]),
        modified=row.event.content_modified,
        published=row.event.created_at,
    )


def warm() -> None:
    """Once this transaction is through, make the feeds of all events, so that no subscriber waits."""
    if not any(entry[1] is _warm for entry in transaction.get_connection().run_on_commit):
        transaction.on_commit(_warm)


def _warm() -> None:
    state, today = CalendarState.current(), timezone.localdate()
    for language in LANGUAGES:
        snapshot(FeedRequest(language, "ics", EventFilters()), state, today)
