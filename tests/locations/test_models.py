"""Places and hours as pages show them: states over time, lists, filters, validity."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import translation

from cms.models import CalendarDay
from events.models import Occurrence
from locations.hours import status_at
from locations.hours_text import status_label
from locations.models import AccessFact, Location, OpeningHours
from tests.admin_forms import parse
from tests.factories import LocationFactory, OpeningHoursFactory, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

BUCHAREST = ZoneInfo("Europe/Bucharest")


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=BUCHAREST)  # type: ignore[misc, arg-type]


def main_of(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200
    found: Any = parse(response.content).find("main")
    return found


def state(client: Client, address: str = "/ro/contact/directia/") -> str:
    badge: Any = main_of(client, address).select_one("[data-open-state]")
    return str(badge["data-open-state"])


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(2026, 11, 23, 7, 59), "closed"),
        (at(2026, 11, 23, 8, 0), "open"),
        (at(2026, 11, 23, 15, 59), "open"),
        (at(2026, 11, 23, 16, 0), "closed"),
        (at(2026, 11, 26, 17, 29), "open"),
        (at(2026, 11, 26, 17, 30), "closed"),
        (at(2026, 11, 27, 14, 30), "closed"),
        (at(2026, 11, 28, 10, 0), "closed"),
        (at(2026, 11, 30, 10, 0), "closed"),
        (at(2026, 12, 1, 10, 0), "closed"),
        (at(2026, 12, 31, 23, 59), "closed"),
        (at(2026, 4, 10, 10, 0), "closed"),
        (at(2026, 3, 29, 3, 30), "closed"),
        (at(2026, 10, 25, 3, 30), "closed"),
    ],
)
def test_badge_says_what_is_true_now(
    client: Client, clock: Any, moment: datetime, expected: str
) -> None:
    clock.move_to(moment)
    assert state(client) == expected
    assert state(client, "/en/places/city-hall-motilor-3/") == expected


@pytest.mark.parametrize(
    "rendered",
    [
        at(2026, 11, 23, 10),
        at(2026, 11, 26, 16, 59),
        at(2026, 11, 27, 23, 59),
        at(2026, 11, 29, 12),
    ],
)
@pytest.mark.parametrize("language", ["ro", "en", "hu"])
def test_page_kept_for_days_knows_every_coming_state(
    client: Client, clock: Any, rendered: datetime, language: str
) -> None:
    """The list that the script reads gives, at each minute until its end, the state that a fresh page shows."""
    clock.move_to(rendered)
    address = {
        "ro": "/ro/contact/directia/",
        "en": "/en/contact/directorate/",
        "hu": "/hu/kapcsolat/igazgatosag/",
    }
    badge: Any = main_of(client, address[language]).select_one("[data-transitions]")
    changes = json.loads(badge["data-transitions"])
    assert changes
    times = [datetime.fromisoformat(when) for when, _state, _label in changes]
    assert times == sorted(times)
    assert all(when > rendered for when in times)
    schedule = OpeningHours.objects.get(key="directorate-public").schedule
    calendar = CalendarDay.objects.working_calendar()
    inner = badge.select_one("[data-open-state]")
    sent = (str(inner["data-open-state"]), inner.get_text())
    with translation.override(language):
        for offset in range(0, 7 * 24 * 60, 17):
            moment = rendered + timedelta(minutes=offset)
            passed = [
                (new, label)
                for (_when, new, label), when in zip(changes, times, strict=True)
                if when <= moment
            ]
            status = status_at(schedule, calendar, moment)
            expected = (status.state.value, status_label(status, moment))
            assert (passed[-1] if passed else sent) == expected, moment


def test_open_places_stand_first(client: Client, clock: Any) -> None:
    OpeningHoursFactory(location=Location.objects.get(key="zorilor"))
    OpeningHoursFactory(
        location=Location.objects.get(key="manastur"), weeks=[{"mon": "18:00-20:00"}]
    )
    keys = [li["id"] for li in main_of(client, "/ro/locatii/").select("li.place")]
    assert set(keys[:2]) == {"city-hall-motilor-3", "zorilor"}
    assert keys[2] == "manastur"
    assert len(keys) == 11


def test_number_is_the_same_in_list_and_map(client: Client) -> None:
    main = main_of(client, "/ro/locatii/")
    numbers = {
        li["id"]: li.select_one(".place__n").get_text(strip=True) for li in main.select("li.place")
    }
    pins = {
        a["href"].rstrip("/").split("/")[-1]: a.find("text").get_text(strip=True)
        for a in main.select("a.pin")
    }
    assert pins == numbers


def test_list_is_filtered_by_kind(client: Client) -> None:
    keys = [
        li["id"]
        for li in main_of(client, "/ro/locatii/?kind=neighbourhood_hall").select("li.place")
    ]
    assert len(keys) == 7
    assert "manastur" in keys
    assert "city-hall-motilor-3" not in keys


@pytest.mark.parametrize(
    "kind", ["castle", "", "venue", "neighbourhood_hall'", "1", "NEIGHBOURHOOD_HALL"]
)
def test_unknown_kind_is_ignored(client: Client, kind: str) -> None:
    assert len(main_of(client, f"/ro/locatii/?kind={kind}").select("li.place")) == 11


@pytest.mark.parametrize("language", ["ro", "en", "hu"])
def test_filters_lead_to_lists_that_are_not_empty(client: Client, language: str) -> None:
    address = {"ro": "/ro/locatii/", "en": "/en/places/", "hu": "/hu/helyszinek/"}[language]
    links = main_of(client, address).select("nav.chips a")
    assert len(links) == 6
    for link in links:
        assert str(link["href"]).startswith(address)
        number = int(re.findall(r"\d+", link.get_text())[-1])
        assert len(main_of(client, str(link["href"])).select("li.place")) == number


@pytest.mark.parametrize(
    ("dates", "listed"),
    [
        ({"valid_to": date(2026, 11, 22)}, False),
        ({"valid_to": date(2026, 11, 23)}, True),
        ({"valid_from": date(2026, 11, 24)}, False),
        ({"valid_from": date(2026, 11, 23)}, True),
        ({"valid_from": date(2020, 1, 1), "valid_to": date(2030, 1, 1)}, True),
    ],
)
def test_place_is_listed_while_it_is_in_use(
    client: Client, clock: Any, dates: dict[str, date], listed: bool
) -> None:
    Location.objects.filter(key="manastur").update(**dates)
    Occurrence.objects.all().delete()  # Events there name the place as well.
    for address in ("/ro/", "/ro/locatii/", "/hu/helyszinek/", "/ro/cautare/?q=manastur"):
        html = str(main_of(client, address))
        link = "/hu/helyszinek/manastur/" if address.startswith("/hu") else "/ro/locatii/manastur/"
        if "cautare" in address:
            assert ("str. Ion Meșter" in html) == listed, address
        else:
            assert (f'href="{link}"' in html) == listed, address
    assert client.get("/ro/locatii/manastur/").status_code == 200


def test_place_outside_its_time_says_so(client: Client, clock: Any) -> None:
    Location.objects.filter(key="manastur").update(valid_to=date(2026, 11, 1))
    assert "2026" in main_of(client, "/ro/locatii/manastur/").get_text()


def test_facts_of_a_place_are_shared_by_all_languages(client: Client) -> None:
    place = Location.objects.get(key="manastur")
    place.address = "str. Nouă nr. 5"
    place.rooms = "3, 4"
    place.verified_on = date(2026, 11, 2)
    place.save()
    AccessFact.objects.create(
        location=place,
        kind=AccessFact.Kind.STEP_FREE,
        text=text("Rampă la intrare", "Ramp at the door", "Rámpa a bejáratnál"),
    )
    for address, fact in [
        ("/ro/locatii/manastur/", "Rampă la intrare"),
        ("/en/places/manastur/", "Ramp at the door"),
        ("/hu/helyszinek/manastur/", "Rámpa a bejáratnál"),
    ]:
        page = main_of(client, address)
        assert "str. Nouă nr. 5" in page.get_text()
        assert fact in page.get_text()
        assert page.find("time", {"datetime": "2026-11-02"})


def test_structured_data_holds_what_is_known(client: Client, clock: Any) -> None:
    soup = parse(client.get("/en/places/city-hall-motilor-3/").content)
    scripts = soup.find_all("script", {"type": "application/ld+json"})
    data = json.loads(scripts[0].get_text())
    assert data["address"]["streetAddress"] == "str. Moților nr. 3"
    assert "geo" not in data
    opens = {
        (str(spec["dayOfWeek"]), spec["opens"], spec["closes"])
        for spec in data["openingHoursSpecification"]
    }
    assert any("17:30" in closes for _days, _opens, closes in opens)
    assert data["specialOpeningHoursSpecification"]
    assert data["url"].endswith("/en/places/city-hall-motilor-3/")


def test_structured_data_says_nothing_of_unknown_hours(client: Client) -> None:
    soup = parse(client.get("/ro/locatii/manastur/").content)
    for script in soup.find_all("script", {"type": "application/ld+json"}):
        assert "openingHours" not in script.get_text()


def test_text_in_another_language_says_so(client: Client) -> None:
    place = Location.objects.get(key="manastur")
    place.name = text("Primăria Mănăștur")
    place.save()
    html = client.get("/hu/helyszinek/").content.decode()
    assert '<span lang="ro">Primăria Mănăștur</span>' in html


def test_hostile_name_is_text(client: Client) -> None:
    place = Location.objects.get(key="manastur")
    place.name = text("<script>alert(1)</script>", "</script><b>", '"><img>')
    place.note = text("<b>x</b>")
    place.address = "</script><script>alert(2)</script>"
    place.save()
    for address in (
        "/ro/",
        "/ro/locatii/",
        "/ro/locatii/manastur/",
        "/en/places/manastur/",
        "/hu/helyszinek/manastur/",
        "/ro/cautare/?q=script",
    ):
        html = client.get(address).content.decode()
        assert "<script>alert" not in html
        assert "</script><b>" not in html
        assert '"><img>' not in html


def test_place_without_coordinates_has_no_pin(client: Client) -> None:
    Location.objects.filter(key="manastur").update(latitude=None, longitude=None)
    main = main_of(client, "/ro/locatii/")
    assert "manastur" in [li["id"] for li in main.select("li.place")]
    assert not [a for a in main.select("a.pin") if "manastur" in a["href"]]
    assert client.get("/ro/locatii/manastur/").status_code == 200


@pytest.mark.parametrize("places", [0, 1, 2])
def test_map_of_few_places_is_drawn(client: Client, places: int) -> None:
    Location.objects.update(latitude=None, longitude=None)
    for place in Location.objects.all()[:places]:
        Location.objects.filter(pk=place.pk).update(latitude="46.77", longitude="23.59")
    assert len(main_of(client, "/ro/locatii/").select("a.pin")) == places


def test_place_far_away_does_not_break_the_map(client: Client) -> None:
    LocationFactory(latitude="-89.9", longitude="-179.9")
    main = main_of(client, "/ro/locatii/")
    assert "nan" not in str(main.select("svg.map, figure.map")).lower()
