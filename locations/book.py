"""The places and hours that one page needs, read once in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from django.http import HttpRequest

from cms.multilingual import content_language
from cms.page_urls import page_url
from cms.per_request import per_request
from cms.service_calendar import moment, working_calendar
from locations.map_layout import place_pins
from locations.models.hours import OpeningHours
from locations.models.place import Location
from locations.presenters import HoursView, PlaceView, hours_view, rooms_text


class PlaceBook:
    """Places in use, with their hours, their pages in the reader's language and their pins on the map."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        self.request = request
        self._views: dict[tuple[int, bool], HoursView] = {}

    @cached_property
    def places(self) -> list[Location]:
        """The places in use today, in their order."""
        today = moment(self.request).date()
        return list(Location.objects.valid_on(today).with_page(content_language()))

    def place(self, pk: int | None) -> Location | None:
        """The place with this id, None when it is not in use."""
        return next((place for place in self.places if place.pk == pk), None)

    @cached_property
    def hours(self) -> dict[int, OpeningHours]:
        """All hours by id."""
        return {
            hours.pk: hours
            for hours in OpeningHours.objects.select_related("location").order_by(
                "sort_order", "key"
            )
        }

    @cached_property
    def pins(self) -> dict[int, tuple[float, float]]:
        """The points of the schematic map by place id; places without coordinates have none."""
        return place_pins(
            {
                place.pk: (float(place.latitude), float(place.longitude))
                for place in self.places
                if place.latitude is not None and place.longitude is not None
            }
        )

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The number that list and map share, by place id."""
        return {place.pk: number for number, place in enumerate(self.places, start=1)}

    def hours_of(self, place: Location) -> list[OpeningHours]:
        """All hours of a place, its counter first."""
        found = [hours for hours in self.hours.values() if hours.location_id == place.pk]
        return sorted(found, key=lambda hours: hours.channel != OpeningHours.Channel.COUNTER)

    def view_hours(self, hours: OpeningHours, *, detailed: bool = False) -> HoursView:
        """The view of `hours` now; made once for each page."""
        key = (hours.pk, detailed)
        if key not in self._views:
            self._views[key] = hours_view(
                hours, working_calendar(self.request), moment(self.request), detailed=detailed
            )
        return self._views[key]

    def view(self, place: Location, *, detailed: bool = False) -> PlaceView:
        """The view of a place."""
        hours = self._first_hours.get(place.pk)
        x, y = self.pins.get(place.pk, (None, None))
        return PlaceView(
            place=place,
            url=page_url(getattr(place, "page_path", None), self.request),
            number=self.numbers.get(place.pk),
            hours=self.view_hours(hours, detailed=detailed) if hours else None,
            x="" if x is None else str(x),
            y="" if y is None else str(y),
            rooms_text=rooms_text(place.room_list),
        )

    def simple_view(self, place: Location, page_path: str | None) -> PlaceView:
        """The view of a place that another object names: address and link, without hours or map."""
        return PlaceView(
            place=place,
            url=page_url(page_path, self.request),
            rooms_text=rooms_text(place.room_list),
        )

    def views(self, places: Iterable[Location]) -> list[PlaceView]:
        """The views of several places, in the given order."""
        return [self.view(place) for place in places]

    @cached_property
    def _first_hours(self) -> dict[int, OpeningHours]:
        first: dict[int, OpeningHours] = {}
        for hours in self.hours.values():
            if hours.location_id is None:
                continue
            known = first.get(hours.location_id)
            counter = OpeningHours.Channel.COUNTER
            if known is None or (known.channel != counter and hours.channel == counter):
                first[hours.location_id] = hours
        return first


def place_book(request: HttpRequest | None) -> PlaceBook:
    """The book of this request."""
    return per_request(request, "place_book", lambda: PlaceBook(request))
