"""What is said of an event in one language: its card in lists, its entry in feeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from cms.models import SiteIdentity
from cms.multilingual import SOURCE_LANGUAGE, LocalizedText
from contacts.models import ContactPoint, Department
from contacts.phones import display
from events.enums import State
from events.ical import FeedEvent, Place
from events.models.event import Event
from locations.models import Location

if TYPE_CHECKING:
    from events.models.pages import EventPage


@dataclass(slots=True)
class Sources:
    """What the entries of several events draw on, read together: a fixed number of queries."""

    locations: dict[int, Location] = field(default_factory=dict)
    contacts: dict[int, list[ContactPoint]] = field(default_factory=dict)
    institution: LocalizedText = field(default_factory=LocalizedText)

    @classmethod
    def of(cls, events: Iterable[Event]) -> Sources:
        """Read what `events` refer to."""
        events = list(events)
        changed_places = {
            change.place_id
            for event in events
            for change in event.schedule.changes
            if change.place_id
        }
        places = changed_places | {event.place_id for event in events if event.place_id}
        departments = {event.organiser_department_id for event in events}
        points: dict[int, list[ContactPoint]] = defaultdict(list)
        for point in ContactPoint.objects.filter(department__in=departments - {None}).order_by(
            "sort_order", "pk"
        ):
            points[point.department_id].append(point)
        identity = SiteIdentity.objects.first()
        return cls(
            locations=Location.objects.in_bulk(places),
            contacts=points,
            institution=identity.institution if identity else LocalizedText(),
        )

    def place(self, pk: int, language: str) -> Place | None:
        """The place with this id as feeds name it, None when it is gone."""
        location = self.locations.get(pk)
        if location is None:
            return None
        exact = not location.approximate and location.latitude is not None
        return Place(
            name=location.name.resolve(language)[0],
            address=", ".join(part for part in (location.address, location.city) if part),
            latitude=str(location.latitude) if exact else "",
            longitude=str(location.longitude) if exact else "",
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in one language. `feed` lacks its final sequence and times until it is published."""

    feed: FeedEvent
    card: dict[str, Any]
    page: EventPage
    search_text: str


def _organiser(event: Event, sources: Sources, language: str) -> tuple[str, str, str]:
    """(name, its address as a URI, how to reach it) of whoever organises `event`."""
    base = settings.AGORA_BASE_URL.rstrip("/")
    organiser = event.organiser
    if organiser is None:
        return sources.institution.resolve(language)[0] or urlsplit(base).netloc, base, ""
    name = organiser.name.resolve(language)[0]
    if isinstance(organiser, Department):
        points = sources.contacts.get(organiser.pk, [])
        emails = [point.email for point in points if point.email and point.email_public]
        phones = [display(point.phone) for point in points if point.phone and point.phone_public]
    else:
        emails = [organiser.email] if organiser.email else []
        phones = [display(organiser.phone)] if organiser.phone else []
        base = organiser.url or base
    contact = ", ".join([name, *phones[:1], *emails[:1]]) if phones or emails else ""
    return name, f"mailto:{emails[0]}" if emails else base, contact


def price_text(event: Any, language: str) -> str:
    """What it costs, in `language`; "" when nothing was said."""
    price = event.price.resolve(language)[0] if event.price else ""
    if event.is_free:
        return _("Free entry") + (f" ({price})" if price else "")
    return str(price)


def _description(page: EventPage, event: Event, language: str) -> str:
    """The plain text of a feed entry: the summary, then the facts, a line each."""
    names = [term.name.resolve(language)[0] for term in event.languages.all()]
    lines = [
        " ".join(page.summary.split()),
        price_text(event, language),
        _("Booking: %(url)s") % {"url": event.booking_url} if event.booking_url else "",
        _("Language: %(names)s") % {"names": ", ".join(names)} if names else "",
        _("Step-free access") if event.accessible else "",
        event.access_note.resolve(language)[0] if event.access_note else "",
    ]
    return "\n".join(line for line in lines if line)


def entry(event: Event, page: EventPage, language: str, sources: Sources) -> Entry:
    """`event` in `language`, in the words of `page`: its own version, or the source where there is none.

    `event` comes with its related rows; sequence and times are those it has now.
    """
    own = page.locale.language_code == language and page.alias_of_id is None
    text_language = language if own else SOURCE_LANGUAGE
    with override(language):
        place = sources.place(event.place_id, language) if event.place_id else None
        free_place = event.place_text.resolve(language)[0] if event.place_text else ""
        if place is None and free_place:
            place = Place(name=free_place, address="")
        organiser, organiser_uri, contact = _organiser(event, sources, language)
        categories = [(c.slug, c.name.resolve(language)[0]) for c in event.categories.all()]
        schedule = event.schedule
        feed = FeedEvent(
            uid=str(event.key),
            uid_domain=settings.AGORA_UID_DOMAIN,
            schedule=schedule,
            state=State(event.state),
            reason=event.state_reason.resolve(language)[0] if event.state_reason else "",
            language=language,
            title=page.title,
            text_language=text_language,
            description=_description(page, event, language),
            url=page.full_url or "",
            place=place,
            online_url=event.online_url,
            categories=tuple(name for _slug, name in categories),
            organiser=organiser,
            organiser_uri=organiser_uri,
            contact=contact,
            created=event.created_at,
            modified=event.content_modified,
            sequence=event.sequence,
            image_url=_image_url(event),
            attachments=tuple(
                (_absolute(document.url), document.content_type)
                for document in event.documents.all()
            ),
            change_places={
                change.place_id: found
                for change in schedule.changes
                if change.place_id and (found := sources.place(change.place_id, language))
            },
        )
        card = {
            "summary": " ".join(page.summary.split()),
            "place": ", ".join(part for part in (place.name, place.address) if part)
            if place
            else "",
            "online": bool(event.online_url),
            "categories": categories,
            "languages": [
                (term.slug, term.name.resolve(language)[0]) for term in event.languages.all()
            ],
            "free": event.is_free,
            "price": price_text(event, language),
            "accessible": event.accessible,
            "reason": event.state_reason.resolve(language) if event.state_reason else None,
            "audiences": [
                (term.slug, term.name.resolve(language)[0]) for term in event.audiences.all()
            ],
            "partners": [
                (partner.key, partner.name.resolve(language)[0], partner.url)
                for partner in event.partners.all()
            ],
            "documents": [
                (document.title, document.url, document.file_extension, document.get_file_size())
                for document in event.documents.all()
            ],
        }
    words = [page.title, page.summary, card["place"], *(name for _slug, name in categories)]
    return Entry(feed, card, page, " ".join(words))


def _absolute(url: str) -> str:
    return url if "://" in url else f"{settings.AGORA_BASE_URL.rstrip('/')}{url}"


def _image_url(event: Event) -> str:
    """Made when the event is published, not by the first visitor."""
    if event.image is None:
        return ""
    return _absolute(event.image.get_rendition("fill-1200x630|format-jpeg").url)
