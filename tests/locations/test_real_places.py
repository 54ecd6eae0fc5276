"""The eleven places of the demonstration: table, OpenStreetMap text and JSON-LD say the same on every day."""

from __future__ import annotations

from datetime import date

import pytest

from cms.models import CalendarDay
from locations.models import Location
from tests.locations.second_opinions import days_by_hours_on
from tests.locations.test_osm import agree

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)


def make_bridging_day() -> None:
    CalendarDay.objects.create(
        name={"ro": "zi-punte"},
        kind=CalendarDay.Kind.BRIDGING,
        first_day=date(2026, 12, 24),
        last_day=date(2026, 12, 24),
    )


def test_every_place_agrees_on_every_day_of_three_years() -> None:
    make_bridging_day()
    calendar = CalendarDay.objects.working_calendar()
    places = list(Location.objects.prefetch_related("opening_hours"))
    assert len(places) == 11
    known = [hours for place in places for hours in place.opening_hours.all()]
    assert [hours.key for hours in known] == ["directorate-public"]
    for hours in known:
        text = agree(hours.schedule, calendar, FIRST, LAST)
        assert text.startswith("Mo-We 08:00-16:00; Th 08:00-17:30; Fr 08:00-14:30; PH off")
        assert "2026 Dec 24 off" in text
        days = days_by_hours_on(hours.schedule, calendar, FIRST, LAST)
        assert len(days) == 365 + 365 + 365


def test_places_without_hours_say_nothing_anywhere() -> None:
    places = Location.objects.filter(opening_hours__isnull=True)
    assert places.count() == 10
