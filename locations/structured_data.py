"""What search engines read about a place: schema.org JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from cms.working_calendar import WorkingCalendar
from locations.models.hours import OpeningHours
from locations.models.place import Location
from locations.schema_org import opening_hours_specification, special_opening_hours

_TYPES = {
    Location.Kind.CITY_HALL: "CityHall",
    Location.Kind.SPORTS_BASE: "SportsActivityLocation",
    Location.Kind.VENUE: "EventVenue",
}


def postal_address(place: Location) -> dict[str, str]:
    """The schema.org PostalAddress of a place."""
    address = {
        "@type": "PostalAddress",
        "streetAddress": place.address,
        "addressLocality": place.city,
        "addressCountry": "RO",
    }
    if place.postal_code:
        address["postalCode"] = place.postal_code
    return address


def place_data(
    place: Location,
    hours: Iterable[OpeningHours],
    url: str | None,
    calendar: WorkingCalendar,
    today: date,
) -> dict[str, Any]:
    """The JSON-LD of a place: address, position when surveyed, hours with 12 months of special days."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(Location.Kind(place.kind), "GovernmentOffice"),
        "name": str(place.name),
        "address": postal_address(place),
    }
    if url:
        data["url"] = url
    if place.latitude is not None and not place.approximate:
        data["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": float(place.latitude),
            "longitude": float(place.longitude or 0),
        }
    counter = next((h for h in hours if h.channel == OpeningHours.Channel.COUNTER), None)
    if counter and counter.schedule.published:
        data["openingHoursSpecification"] = opening_hours_specification(counter.schedule)
        data["specialOpeningHoursSpecification"] = special_opening_hours(
            counter.schedule, calendar, today
        )
    return data
