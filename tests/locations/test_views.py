"""The calendar of a place's closures as calendar programs fetch it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar

from locations.models import Location, OpeningHours
from tests.factories import CalendarDayFactory, HoursExceptionFactory, OpeningHoursFactory, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

FEEDS = [f"/calendar/{code}/hours/city-hall-motilor-3.ics" for code in ("ro", "en", "hu")]
BUCHAREST = ZoneInfo("Europe/Bucharest")


def read(response: Any) -> Any:
    assert response.status_code == 200
    return Calendar.from_ical(response.content)


def events(response: Any) -> list[Any]:
    return [part for part in read(response).walk() if part.name == "VEVENT"]


@pytest.mark.parametrize("address", FEEDS)
def test_headers_are_those_of_the_interface(client: Client, address: str) -> None:
    response = client.get(address)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'inline; filename="city-hall-motilor-3.ics"'
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Robots-Tag"] == "noindex"
    directives = {part.strip() for part in response["Cache-Control"].split(",")}
    assert directives == {
        "public",
        "max-age=900",
        "stale-while-revalidate=86400",
        "stale-if-error=604800",
    }
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()


@pytest.mark.parametrize("address", FEEDS)
def test_bytes_are_the_same_twice_and_revalidated(client: Client, address: str) -> None:
    first, second = client.get(address), client.get(address)
    assert first.content == second.content
    assert first["ETag"] == second["ETag"]
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["Cache-Control"] == first["Cache-Control"]


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*", "text/calendar"])
def test_feed_answers_whatever_is_accepted(client: Client, accept: str) -> None:
    assert client.get(FEEDS[0], headers={"Accept": accept}).status_code == 200


def test_language_is_that_of_the_address_only(client: Client) -> None:
    for code in ("ro", "en", "hu"):
        responses = {
            client.get(
                f"/calendar/{code}/hours/city-hall-motilor-3.ics",
                headers={"Accept-Language": header},
            ).content
            for header in ("ro", "en", "hu")
        }
        assert len(responses) == 1


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods_are_refused(method: str) -> None:
    response = getattr(Client(enforce_csrf_checks=True), method)(FEEDS[0])
    assert response.status_code == 405
    assert "GET" in response["Allow"]


def test_head_has_the_headers_of_get(client: Client) -> None:
    head = client.head(FEEDS[0])
    assert head.status_code == 200
    assert head.content == b""
    assert head["ETag"] == client.get(FEEDS[0])["ETag"]


@pytest.mark.parametrize(
    "address",
    [
        "/calendar/ro/hours/nimic.ics",
        "/calendar/de/hours/manastur.ics",
        "/calendar/RO/hours/manastur.ics",
        "/calendar/ro/hours/manastur",
        "/calendar/ro/hours/MANASTUR.ics",
        "/calendar/ro/hours/.ics",
        "/calendar/ro/hours/directorate-public.ics",
    ],
)
def test_unknown_feed_is_not_found(client: Client, address: str) -> None:
    assert client.get(address, follow=True).status_code == 404


@pytest.mark.parametrize(
    "key", [p.split("/")[-1] for p in ("manastur", "iris", "sports-base-gheorgheni")]
)
def test_feed_is_valid_while_hours_are_unknown(client: Client, key: str) -> None:
    for code in ("ro", "en", "hu"):
        response = client.get(f"/calendar/{code}/hours/{key}.ics")
        assert events(response) == []
        assert read(response)["METHOD"] == "PUBLISH"
        assert client.get(f"/calendar/{code}/hours/{key}.ics").content == response.content


def test_closures_and_holidays_of_a_year_are_in_it(client: Client, clock: Any) -> None:
    CalendarDayFactory(first_day=date(2026, 12, 10), last_day=date(2026, 12, 11))
    hours = OpeningHours.objects.get(key="directorate-public")
    HoursExceptionFactory(
        hours=hours,
        first_day=date(2026, 12, 23),
        intervals="10:00-12:00",
        reason=text("Ajun scurt", "Short day", "Rövid nap"),
    )
    found = events(client.get(FEEDS[1]))
    days = {event["DTSTART"].dt for event in found}
    assert date(2026, 11, 30) in days
    assert date(2026, 12, 10) in days
    assert date(2026, 12, 25) in days
    assert datetime(2026, 12, 23, 10, tzinfo=BUCHAREST) in days
    closure = next(e for e in found if e["DTSTART"].dt == date(2026, 12, 10))
    assert closure["DTEND"].dt == date(2026, 12, 12)
    assert "Pest control" in closure["SUMMARY"]
    assert all(event["UID"].endswith("@agora.primariaclujnapoca.ro") for event in found)
    assert len({event["UID"] for event in found}) == len(found)
    last = max(d.date() if isinstance(d, datetime) else d for d in days)
    assert last > date(2026, 11, 23) + timedelta(days=200)


def test_uids_are_the_same_in_every_language_and_for_every_host(client: Client, clock: Any) -> None:
    uids = [
        {event["UID"] for event in events(client.get(address, headers={"Host": host}))}
        for address, host in zip(FEEDS, ("localhost", "testserver", "127.0.0.1"), strict=True)
    ]
    assert uids[0] == uids[1] == uids[2]
    assert uids[0]
    one, other = (
        client.get(FEEDS[0], headers={"Host": h}).content for h in ("localhost", "testserver")
    )
    assert one == other


def test_stamp_follows_the_last_change_of_what_is_shown(client: Client, clock: Any) -> None:
    """DTSTAMP and SEQUENCE move with hours, calendar and place: else programs keep the old text."""

    def stamp() -> datetime:
        return max(event["DTSTAMP"].dt for event in events(client.get(FEEDS[0])))

    before = stamp()
    for change in range(1, 4):
        clock.move_to(datetime(2026, 11, 24, 9 + change, tzinfo=BUCHAREST))
        if change == 1:
            hours = OpeningHours.objects.get(key="directorate-public")
            HoursExceptionFactory(hours=hours, first_day=date(2026, 12, 15))
        elif change == 2:
            CalendarDayFactory(first_day=date(2026, 12, 16))
        else:
            place = Location.objects.get(key="city-hall-motilor-3")
            place.name = text("Primăria mare")
            place.save()
        assert stamp() > before, change
        before = stamp()


def test_feed_of_a_place_shows_its_counter_not_its_telephone(client: Client, clock: Any) -> None:
    place = Location.objects.get(key="manastur")
    OpeningHoursFactory(location=place, channel=OpeningHours.Channel.PHONE, holidays="as_usual")
    OpeningHoursFactory(location=place, channel=OpeningHours.Channel.COUNTER)
    found = events(client.get("/calendar/ro/hours/manastur.ics"))
    assert date(2026, 11, 30) in {event["DTSTART"].dt for event in found}


def test_text_of_an_editor_cannot_inject_a_property(client: Client, clock: Any) -> None:
    hours = OpeningHours.objects.get(key="directorate-public")
    HoursExceptionFactory(
        hours=hours,
        first_day=date(2026, 12, 15),
        reason=text("Rând\r\nATTENDEE:mailto:x@example.org\nBEGIN:VALARM; a, b \\ c"),
    )
    body = client.get(FEEDS[0]).content.decode()
    unfolded = body.replace("\r\n ", "")
    assert not any(line.startswith(("ATTENDEE", "BEGIN:VALARM")) for line in unfolded.split("\r\n"))
    assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
    assert read(client.get(FEEDS[0]))
