"""The page of one event: everything a reader asks about it, live or in an editor's preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from cms.multilingual import content_language
from cms.page_urls import page_url
from cms.service_calendar import moment, working_calendar
from contacts.book import ContactBook, contact_book
from contacts.models import Department
from contacts.phones import display, tel_href
from events import publication
from events.belonging import Belonging, belongings
from events.entries import Sources, entry
from events.enums import State
from events.models.event import Event, EventText, Occurrence
from events.presenters import (
    OccurrenceView,
    chip_shape,
    occurrence_view,
    status_label,
    when_words,
)
from events.recurrence_text import schedule_sentence
from events.structured_data import event_data
from events.subscriptions import (
    base_url,
    feed_url,
    google_add,
    outlook_add,
    webcal,
)
from locations.book import place_book
from locations.hours import BUCHAREST
from locations.models import AccessFact, Location

if TYPE_CHECKING:
    from events.models.pages import EventPage

MOST_DATES = 60
MOST_PAST = 12


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """A partner or an organiser from outside the city hall."""

    name: str
    url: str = ""
    site_url: str = ""
    email: str = ""
    phone: str = ""
    phone_href: str = ""


@dataclass(slots=True)
class EventView:
    """One event, as its page shows it."""

    state: str
    state_label: str
    chip: str
    reason: str
    reason_lang: str
    sentence: str
    next: OccurrenceView | None
    dates: list[OccurrenceView]
    more_dates: int
    changed: list[OccurrenceView]
    past_dates: list[OccurrenceView]
    over: bool
    place: Any = None
    place_text: str = ""
    map: Sequence[Any] = ()
    access: list[tuple[str, Any]] = field(default_factory=list)
    access_note: str = ""
    accessible: bool = False
    online_url: str = ""
    is_free: bool = False
    price: str = ""
    booking_url: str = ""
    audiences: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    categories: list[tuple[str, str]] = field(default_factory=list)
    organiser: Any = None
    organiser_is_department: bool = False
    partners: list[OrganisationView] = field(default_factory=list)
    documents: list[tuple[str, str, str, str]] = field(default_factory=list)
    image: Any = None
    image_alt: str = ""
    image_credit: str = ""
    ics_url: str = ""
    google_url: str = ""
    outlook_url: str = ""
    subscriptions: list[tuple[str, str, str]] = field(default_factory=list)
    belongs: list[Belonging] = field(default_factory=list)
    previous_text: str = ""


@dataclass(frozen=True, slots=True)
class _Published:
    """What the page reads: rows of the database, or their like made of a draft."""

    event: Event
    text: EventText
    coming: list[Occurrence]
    coming_count: int
    past: list[Occurrence]


def _live(page: EventPage, now: datetime) -> _Published | None:
    event = page.public_event
    if event is None:
        return None
    text = (
        EventText.objects.filter(event=event, language=content_language())
        .defer("ical", "folded")
        .first()
    )
    if text is None:
        return None
    rows = list(Occurrence.objects.filter(event=event).order_by("start", "pk"))
    for row in rows:
        row.event = event
    return _split(event, text, rows, now)


def _split(event: Event, text: EventText, rows: list[Occurrence], now: datetime) -> _Published:
    coming = [row for row in rows if row.end >= now]
    past = [row for row in rows if row.end < now]
    return _Published(event, text, coming[:MOST_DATES], len(coming), past[-MOST_PAST:])


def _draft(page: EventPage, now: datetime, request: HttpRequest) -> _Published | None:
    """An editor's preview: the same things, expanded in memory and saved nowhere."""
    source = page if page.is_source else None
    if source is None:
        return _live(page, now)
    event = publication.draft_event(source, working_calendar(request), now.date())
    if event is None:
        return None
    item = entry(event, page, content_language(), Sources.of([event]))
    text = EventText(
        event=event,
        language=content_language(),
        title=page.title,
        text_language=item.feed.text_language,
        card=item.card,
    )
    event.public = True
    rows = publication.occurrences_of(event, publication.horizon(now.date()))
    return _split(event, text, rows, now)


def event_context(page: EventPage, request: HttpRequest) -> dict[str, Any]:
    """What the template of an event shows; without `event` while a draft has no date."""
    now = moment(request)
    preview = getattr(request, "is_preview", False)
    published = _draft(page, now, request) if preview else _live(page, now)
    if published is None:
        return {}
    # Before the first department is read: the header needs one, too.
    department = published.event.organiser_department_id
    book = contact_book(request)
    if department:
        book.want(Q(pk=department))
    view = event_view(page, published, request, now, book)
    return {
        "event": view,
        "structured_data": event_data(page, published.event, published.text, view),
        "events_url": page_url(page.url_path, request).rstrip("/").rpartition("/")[0] + "/",
        "poster_url": f"{page_url(page.url_path, request)}poster/",
    }


def event_view(
    page: EventPage,
    published: _Published,
    request: HttpRequest,
    now: datetime,
    book: ContactBook,
) -> EventView:
    """The view of `published` in the language that is being written."""
    event, text, card = published.event, published.text, published.text.card
    language = content_language()
    url = page_url(page.url_path, request) if page.pk else ""
    elsewhere = {
        row.change_data["place_id"]
        for row in (*published.coming, *published.past)
        if "place_id" in row.change_data
    }
    places = Location.objects.in_bulk(elsewhere) if elsewhere else {}

    def view(row: Occurrence) -> OccurrenceView:
        return occurrence_view(row, text, url, now, places=places)

    dates = [view(row) for row in published.coming]
    past = [view(row) for row in published.past]
    happening = [item for item in dates if State(item.status).happens]
    reason, reason_lang = event.state_reason.resolve() if event.state_reason else ("", "")
    result = EventView(
        state=event.state,
        state_label=status_label(event.state),
        chip=chip_shape(event.state),
        reason=reason,
        reason_lang="" if reason_lang == language else reason_lang,
        sentence=schedule_sentence(event.schedule),
        next=next(iter(happening or dates), None),
        dates=dates,
        more_dates=published.coming_count - len(dates),
        changed=[item for item in dates if item.change],
        past_dates=list(reversed(past)),
        over=not published.coming_count,
        place_text=card["place"],
        access_note=str(event.access_note or ""),
        accessible=event.accessible,
        online_url=event.online_url,
        is_free=event.is_free,
        price=card["price"],
        booking_url=event.booking_url,
        audiences=[name for _slug, name in card["audiences"]],
        languages=[name for _slug, name in card["languages"]],
        image=event.image,
        image_alt=page.image_alt,
        image_credit=event.image_credit,
        partners=[OrganisationView(name, site_url=site) for _key, name, site in card["partners"]],
        documents=[
            (title, link, kind.upper(), filesizeformat(size) if size else "")
            for title, link, kind, size in card["documents"]
        ],
    )
    if event.previous_start and event.state == State.RESCHEDULED:
        start = timezone.localtime(event.previous_start, BUCHAREST)
        all_day = event.schedule.all_day
        result.previous_text = when_words(start, start, start.date(), start.date(), all_day)
    _add_place(result, event, request)
    _add_organiser(result, event, book)
    if event.pk:
        result.belongs = belongings(event, request)
    _add_links(result, event, page, card, url, language)
    return result


def _add_place(view: EventView, event: Event, request: HttpRequest) -> None:
    if event.place_id is None or event.place is None:
        return
    places = place_book(request)
    location = places.place(event.place_id) or event.place
    view.place = places.view(location)
    if view.place.x:
        view.map = places.views(places.places)
    view.access = [
        (fact.get_kind_display(), fact.text)
        for fact in AccessFact.objects.filter(location=location).order_by("sort_order", "pk")
    ]


def _add_organiser(view: EventView, event: Event, book: ContactBook) -> None:
    organiser = event.organiser
    if isinstance(organiser, Department):
        view.organiser = book.view(organiser.pk) if event.organiser_department_id else None
        view.organiser_is_department = view.organiser is not None
    elif organiser is not None:
        view.organiser = OrganisationView(
            name=str(organiser.name),
            site_url=organiser.url,
            email=organiser.email,
            phone=display(organiser.phone) if organiser.phone else "",
            phone_href=tel_href(organiser.phone) if organiser.phone else "",
        )


def _add_links(
    view: EventView, event: Event, page: EventPage, card: dict[str, Any], url: str, language: str
) -> None:
    index = url.rstrip("/").rpartition("/")[0] + "/"
    view.categories = [
        (name, f"{index}?category={slug}" if url else "") for slug, name in card["categories"]
    ]
    feeds = [(name, f"category/{slug}") for slug, name in card["categories"]]
    if event.place:
        feeds.append((str(event.place.name), f"place/{event.place.key}"))
    if event.organiser:
        feeds.append((str(event.organiser.name), f"organiser/{event.organiser.key}"))
    feeds += [(item.title, item.feed) for item in view.belongs if item.feed]
    view.subscriptions = [
        (label, webcal(feed_url(language, path=path)), feed_url(language, path=path))
        for label, path in feeds
    ]
    if not url:
        return
    view.ics_url = f"{url}event.ics"
    shown = view.next
    if shown is None:
        return
    end: Any = shown.last_day + timedelta(days=1) if shown.all_day else shown.end
    start: Any = shown.first_day if shown.all_day else shown.start.replace(tzinfo=None)
    end = end if shown.all_day else end.replace(tzinfo=None)
    details = f"{card['summary']}\n\n{base_url()}{url}".strip()
    view.google_url = google_add(shown.title, start, end, details, card["place"])
    view.outlook_url = outlook_add(shown.title, start, end, details, card["place"])
