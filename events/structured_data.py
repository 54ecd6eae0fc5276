"""schema.org/Event of an event's page, in JSON-LD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cms.multilingual import content_language
from events.enums import State
from events.models.event import Event, EventText
from locations.hours import BUCHAREST

if TYPE_CHECKING:
    from events.detail import EventView
    from events.models.pages import EventPage
    from events.presenters import OccurrenceView

_STATUS = {
    State.SCHEDULED: "EventScheduled",
    State.TENTATIVE: "EventScheduled",
    State.CANCELLED: "EventCancelled",
    State.POSTPONED: "EventPostponed",
    State.RESCHEDULED: "EventRescheduled",
    State.MOVED_ONLINE: "EventMovedOnline",
}
MOST_SUB_EVENTS = 30


def _times(item: OccurrenceView) -> dict[str, str]:
    """Start and end as ISO 8601: dates (the last day included) or moments with their offset."""
    if item.all_day:
        return {"startDate": item.first_day.isoformat(), "endDate": item.last_day.isoformat()}
    times = {"startDate": item.start.isoformat()}
    if item.end > item.start:
        times["endDate"] = item.end.isoformat()
    return times


def _location(event: Event, view: EventView) -> Any:
    found: list[dict[str, Any]] = []
    if event.place:
        place: dict[str, Any] = {
            "@type": "Place",
            "name": str(event.place.name),
            "address": {
                "@type": "PostalAddress",
                "streetAddress": event.place.address,
                "addressLocality": event.place.city,
                "addressCountry": "RO",
            },
        }
        if not event.place.approximate and event.place.latitude is not None:
            place["geo"] = {
                "@type": "GeoCoordinates",
                "latitude": float(event.place.latitude),
                "longitude": float(event.place.longitude or 0),
            }
        found.append(place)
    elif view.place_text:
        found.append({"@type": "Place", "name": view.place_text, "address": view.place_text})
    if event.online_url:
        online = {"@type": "VirtualLocation", "url": event.online_url}
        # Moved online: nobody should go to the place.
        found = [online] if event.state == State.MOVED_ONLINE else [*found, online]
    return found[0] if len(found) == 1 else found or None


def event_data(
    page: EventPage, event: Event, text: EventText, view: EventView
) -> dict[str, Any] | None:
    """The data of one event; a series lists its coming dates as sub-events. None without any date.

    Google's and schema.org's rules: `eventStatus`, `previousStartDate` for what was rescheduled, `inLanguage`
    for the languages spoken, `isAccessibleForFree`.
    """
    dates = view.dates or list(reversed(view.past_dates))
    shown = view.next or (dates[-1] if dates else None)
    if shown is None:
        return None
    organiser = event.organiser
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": f"{page.full_url or ''}#event",
        "name": text.title,
        "url": page.full_url,
        "description": text.card["summary"],
        "eventStatus": f"https://schema.org/{_STATUS[State(event.state)]}",
        "eventAttendanceMode": "https://schema.org/"
        + (
            "OnlineEventAttendanceMode"
            if event.online_url and (event.state == State.MOVED_ONLINE or not view.place_text)
            else "MixedEventAttendanceMode"
            if event.online_url
            else "OfflineEventAttendanceMode"
        ),
        **_times(shown),
        "location": _location(event, view),
        "isAccessibleForFree": event.is_free,
        "inLanguage": [slug for slug, _name in text.card["languages"]] or content_language(),
        "audience": [
            {"@type": "Audience", "audienceType": name} for _slug, name in text.card["audiences"]
        ],
        "keywords": [name for _slug, name in text.card["categories"]],
    }
    if organiser:
        data["organizer"] = {
            "@type": "Organization",
            "name": str(organiser.name),
            "url": getattr(organiser, "url", "") or page.full_url,
        }
    if event.previous_start and event.state == State.RESCHEDULED:
        previous = timezone.localtime(event.previous_start, BUCHAREST)
        data["previousStartDate"] = (
            previous.date().isoformat() if event.schedule.all_day else previous.isoformat()
        )
    if not event.is_free and event.booking_url:
        data["offers"] = {"@type": "Offer", "url": event.booking_url, "priceCurrency": "RON"}
    if event.schedule.rule or event.schedule.changes:
        data["subEvent"] = [_sub_event(item, page) for item in view.dates[:MOST_SUB_EVENTS]]
    return {key: value for key, value in data.items() if value not in (None, [], "")}


def _sub_event(item: OccurrenceView, page: EventPage) -> dict[str, Any]:
    data = {
        "@type": "Event",
        "name": item.title,
        "url": page.full_url,
        "eventStatus": f"https://schema.org/{_STATUS[State(item.status)]}",
        **_times(item),
        "location": {"@type": "Place", "name": item.place_text, "address": item.place_text}
        if item.place_text
        else None,
    }
    return {key: value for key, value in data.items() if value}
