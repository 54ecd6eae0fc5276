"""Feeds over HTTP: what calendar applications ask for, over and over, and what they are told."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date, time, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import icalendar
import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from events.enums import State
from events.models import CalendarState, EventIndexPage, EventPage, FeedSnapshot
from tests.events.calendar_site import (
    CalendarSite,
    committed,
    entries,
    publish,
    standing_calendar_site,
    translate,
)
from tests.events.ical_lint import lint
from tests.factories import (
    AudienceFactory,
    CategoryFactory,
    DepartmentFactory,
    EventPageFactory,
    LocationFactory,
    OrganisationFactory,
    SiteIdentityFactory,
    SpokenLanguageFactory,
    text,
)
from tests.remembered import remembered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "site_tree")]

FEED = "/calendar/ro/events.ics"
ATOM = "{http://www.w3.org/2005/Atom}"
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def site() -> CalendarSite:
    return standing_calendar_site(("ro",))


@pytest.fixture
def concert(site: CalendarSite) -> EventPage:
    """A weekly series of four, one of whose dates is cancelled and one moved."""
    remembered(make_concert)
    page: EventPage = site.events.get()
    return page


def make_concert() -> None:
    EventPageFactory(
        parent=EventIndexPage.objects.get(),
        title="Concert, „de joi”; cu \\ și lună",
        slug="concert",
        summary="Muzică de cameră.",
        rule="FREQ=WEEKLY;BYDAY=TH;COUNT=4",
        changes=[
            {"kind": "cancelled", "day": date(2026, 12, 3), "reason": text("Ger", "Frost", "Fagy")},
            {"kind": "moved", "day": date(2026, 12, 10), "new_day": date(2026, 12, 11)},
        ],
    )


def uids(client: Client, address: str) -> set[str]:
    return {str(entry["UID"]).partition("@")[0] for entry in entries(client, address)}


# -- headers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extension", "content_type"),
    [
        ("ics", "text/calendar; charset=utf-8"),
        ("rss", "application/rss+xml; charset=utf-8"),
        ("json", "application/feed+json; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("code", ["ro", "en", "hu"])
def test_headers(
    client: Client, concert: EventPage, code: str, extension: str, content_type: str
) -> None:
    response = client.get(
        f"/calendar/{code}/events.{extension}",
        headers={"Accept": "image/png", "Cookie": f"sessionid={'a' * 32}", "Accept-Language": "de"},
    )
    assert response.status_code == 200
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'inline; filename="events.{extension}"'
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Robots-Tag"] == "noindex"
    directives = {part.strip() for part in response["Cache-Control"].split(",")}
    assert directives == {
        "public",
        "max-age=900",
        "stale-while-revalidate=86400",
        "stale-if-error=604800",
    }
    assert response["Vary"] == "Accept-Encoding"
    assert not response.cookies
    assert response["ETag"].startswith('"')
    assert parsedate_to_datetime(response["Last-Modified"]) == timezone.now()


@pytest.mark.parametrize("cookie", ["sessionid=x", "sessionid=", f"csrftoken={'a' * 32}"])
def test_no_cookie_whatever_was_sent(client: Client, concert: EventPage, cookie: str) -> None:
    """A broken session must not be mended here: caches keep the answer for everybody."""
    for address in (FEED, "/ro/evenimente/concert/event.ics"):
        response = client.get(address, headers={"Cookie": cookie})
        assert response.status_code == 200
        assert not response.cookies, address
        assert "Cookie" not in response["Vary"]


def test_robots_may_fetch(client: Client) -> None:
    """Google's importer obeys robots.txt."""
    assert "calendar" not in client.get("/robots.txt").content.decode()


def test_packed_bytes_have_a_tag_of_their_own(client: Client, concert: EventPage) -> None:
    plain = client.get(FEED)
    packed = client.get(FEED, headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert not plain.has_header("Content-Encoding")
    assert packed["ETag"] != plain["ETag"]
    both = {"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]}
    assert client.get(FEED, headers=both).status_code == 304


@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity, gzip;q=0.0", "br"])
def test_who_refuses_packed_bytes_gets_none(
    client: Client, concert: EventPage, accepted: str
) -> None:
    response = client.get(FEED, headers={"Accept-Encoding": accepted})
    assert not response.has_header("Content-Encoding")
    assert response.content.startswith(b"BEGIN:VCALENDAR")


def test_unchanged_is_304_by_either_validator(
    client: Client, concert: EventPage, clock: time_machine.Traveller
) -> None:
    response = client.get(FEED)
    clock.shift(timedelta(hours=3))
    for headers in (
        {"If-None-Match": response["ETag"]},
        {"If-None-Match": f'"other", W/{response["ETag"]}'},
        {"If-Modified-Since": response["Last-Modified"]},
        {"If-Modified-Since": "Tue, 24 Nov 2026 08:00:00 GMT"},
    ):
        again = client.get(FEED, headers=headers)
        assert again.status_code == 304, headers
        assert again.content == b""
        for name in ("ETag", "Last-Modified", "Cache-Control", "Access-Control-Allow-Origin"):
            assert again[name] == response[name]
        assert again["Vary"] == "Accept-Encoding"
    for headers in (
        {"If-None-Match": '"other"'},
        {"If-Modified-Since": "Mon, 23 Nov 2026 07:59:59 GMT"},
        {"If-None-Match": '"other"', "If-Modified-Since": response["Last-Modified"]},
    ):
        assert client.get(FEED, headers=headers).status_code == 200, headers


def validators(client: Client, address: str) -> list[dict[str, str]]:
    """The headers by which a client may ask whether what it has now is still right."""
    response = client.get(address)
    return [
        {"If-None-Match": response["ETag"]},
        {"If-Modified-Since": response["Last-Modified"]},
    ]


def answers(client: Client, address: str, asked: list[dict[str, str]]) -> list[int]:
    return [client.get(address, headers=headers).status_code for headers in asked]


@pytest.mark.parametrize(
    "change", ["edited", "unpublished", "deleted", "category", "institution", "day"]
)
def test_whatever_changes_is_told_by_both_validators(
    client: Client,
    site: CalendarSite,
    concert: EventPage,
    clock: time_machine.Traveller,
    change: str,
) -> None:
    category = CategoryFactory(slug="sport", colour="#0d4a52")
    department = DepartmentFactory()
    identity = SiteIdentityFactory(institution=text("Primăria"))
    publish(concert, organiser_department=department)
    old = EventPageFactory(parent=site.index, start_date=date(2025, 11, 23))
    address = "/calendar/ro/category/sport.ics" if change == "category" else FEED
    asked = validators(client, address)
    assert answers(client, address, asked) == [304, 304]
    clock.shift(timedelta(days=2) if change == "day" else timedelta(hours=1))
    if change == "edited":
        publish(concert, title="Altul")
    elif change == "unpublished":
        concert.unpublish()
    elif change == "deleted":
        old.delete()
    elif change == "category":
        # No event has it, yet the calendar of the category has its name and colour.
        category.colour = "#a1372b"
        category.save()
    elif change == "institution":
        identity.institution = text("Altă primărie")
        identity.save()
    else:
        # A year is over: an old event leaves the window.
        assert str(old.translation_key) not in uids(client, address)
    assert answers(client, address, asked) == [200, 200]
    assert answers(client, address, validators(client, address)) == [304, 304]


def test_head_tells_the_same_without_a_body(client: Client, concert: EventPage) -> None:
    whole, head = client.get(FEED), client.head(FEED)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "ETag", "Last-Modified", "Cache-Control", "Content-Disposition"):
        assert head[name] == whole[name]
    assert client.head(FEED, headers={"If-None-Match": whole["ETag"]}).status_code == 304


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("address", [FEED, "/ro/evenimente/concert/event.ics"])
def test_other_methods_are_refused(concert: EventPage, method: str, address: str) -> None:
    # As from a stranger's program, which has no token against forgery.
    response = getattr(Client(enforce_csrf_checks=True), method)(address)
    assert response.status_code == 405
    assert "GET" in response["Allow"]


@pytest.mark.parametrize("language", ["ro", "en", "hu"])
def test_the_language_is_the_address_s(client: Client, concert: EventPage, language: str) -> None:
    response = client.get(f"/calendar/{language}/events.ics", headers={"Accept-Language": "hu"})
    assert response["Content-Language"] == language


# -- what it says ------------------------------------------------------------------------------------------------


def test_bytes_pass_the_lint(client: Client, concert: EventPage) -> None:
    for code in ("ro", "en", "hu"):
        assert lint(client.get(f"/calendar/{code}/events.ics").content) == []
        assert lint(client.get(f"/calendar/{code}/events.ics?free=1&q=concert").content) == []
    assert lint(client.get("/ro/evenimente/concert/event.ics").content, feed=False) == []


def test_feed_says_what_it_is(client: Client, concert: EventPage) -> None:
    calendar: Any = icalendar.Calendar.from_ical(client.get("/calendar/en/events.ics").content)
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["URL"] == "http://testserver/en/"
    assert calendar["SOURCE"] == "http://testserver/calendar/en/events.ics"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=4)
    assert calendar["X-WR-TIMEZONE"] == "Europe/Bucharest"
    assert calendar["X-WR-CALNAME"] == calendar["NAME"] == "Public events"


def test_host_of_the_request_makes_no_difference(client: Client, concert: EventPage) -> None:
    body = client.get(FEED).content
    assert client.get(FEED, headers={"Host": "localhost"}).content == body
    assert b"@" + django_settings.AGORA_UID_DOMAIN.encode() in body


def test_entries_of_a_series(client: Client, concert: EventPage) -> None:
    series, cancelled, moved = entries(client, "/calendar/en/events.ics")
    assert series["RRULE"].to_ical() == b"FREQ=WEEKLY;COUNT=4;BYDAY=TH"
    assert series["SUMMARY"] == "Concert, „de joi”; cu \\ și lună"
    assert series["DESCRIPTION"].endswith("http://testserver/ro/evenimente/concert/")
    assert cancelled["STATUS"] == "CANCELLED"
    assert cancelled["RECURRENCE-ID"].dt.date() == date(2026, 12, 3)
    assert cancelled["DESCRIPTION"].startswith("Frost")
    assert cancelled["SUMMARY"] != series["SUMMARY"]
    assert moved["RECURRENCE-ID"].dt.date() == date(2026, 12, 10)
    assert moved["DTSTART"].dt.date() == date(2026, 12, 11)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.SCHEDULED, "CONFIRMED"),
        (State.TENTATIVE, "TENTATIVE"),
        (State.POSTPONED, "TENTATIVE"),
        (State.CANCELLED, "CANCELLED"),
        (State.RESCHEDULED, "CONFIRMED"),
        (State.MOVED_ONLINE, "CONFIRMED"),
    ],
)
def test_states(client: Client, site: CalendarSite, state: str, status: str) -> None:
    EventPageFactory(
        parent=site.index,
        title="Târg",
        state=state,
        state_reason=text("Ger", "Frost", "Fagy"),
        online_url="https://example.org/live",
    )
    (entry,) = entries(client, "/calendar/en/events.ics")
    assert entry["STATUS"] == status
    assert entry["CONFERENCE"] == "https://example.org/live"
    announced = state in (State.CANCELLED, State.POSTPONED)
    assert (entry["SUMMARY"] != "Târg") == announced
    assert entry["SUMMARY"].endswith("Târg")
    assert entry["DESCRIPTION"].startswith("Frost")


def test_nothing_an_editor_types_is_a_property(client: Client, site: CalendarSite) -> None:
    EventPageFactory(
        parent=site.index,
        title="Titlu\r\nATTENDEE:mailto:x@example.org",
        summary="Text\r\nBEGIN:VALARM\u2028END:VEVENT\x07",
        place_text=text("Parc\nRRULE:FREQ=SECONDLY"),
    )
    content = client.get(FEED).content
    assert lint(content) == []
    (entry,) = entries(client, FEED)
    assert "ATTENDEE" not in entry
    assert "RRULE" not in entry
    assert not entry.subcomponents


def test_window(client: Client, site: CalendarSite) -> None:
    kept = [
        EventPageFactory(parent=site.index, start_date=date(2025, 11, 24)),
        EventPageFactory(
            parent=site.index,
            start_date=date(2021, 1, 7),
            rule="FREQ=WEEKLY;BYDAY=TH;UNTIL=20251231",
        ),
        EventPageFactory(
            parent=site.index, start_date=date(2021, 1, 7), rule="FREQ=WEEKLY;BYDAY=TH"
        ),
    ]
    EventPageFactory(parent=site.index, start_date=date(2025, 11, 20))
    EventPageFactory(
        parent=site.index, start_date=date(2021, 1, 7), rule="FREQ=WEEKLY;BYDAY=TH;COUNT=10"
    )
    assert uids(client, FEED) == {str(page.translation_key) for page in kept}


def test_emptied_feed_stays_a_calendar(client: Client, concert: EventPage) -> None:
    publish(concert).delete()
    for address in (FEED, "/calendar/hu/events.ics"):
        content = client.get(address).content
        assert content.startswith(b"BEGIN:VCALENDAR\r\n")
        assert content.endswith(b"END:VTIMEZONE\r\nEND:VCALENDAR\r\n")
        assert b"VEVENT" not in content
    assert client.get("/calendar/ro/events.rss").status_code == 200
    assert json.loads(client.get("/calendar/ro/events.json").content)["items"] == []


def test_feed_of_a_site_without_events(client: Client) -> None:
    for extension in ("ics", "rss", "json"):
        assert client.get(f"/calendar/ro/events.{extension}").status_code == 200


# -- filters -----------------------------------------------------------------------------------------------------


@pytest.fixture
def varied(site: CalendarSite) -> dict[str, str]:
    """Events that differ in every filter: their keys by name."""
    remembered(make_varied)
    return {str(page.translation_key): page.slug for page in site.events}


def make_varied() -> None:
    index = EventIndexPage.objects.get()
    sport, music = CategoryFactory(slug="sport"), CategoryFactory(slug="muzica")
    children = AudienceFactory(slug="copii")
    park, partner = LocationFactory(key="parc"), OrganisationFactory(key="asociatia")
    department = DepartmentFactory(key="evenimente")
    SpokenLanguageFactory(slug="hu", name=text("maghiară", "Hungarian", "magyar"))
    EventPageFactory(
        parent=index,
        title="Cros",
        categories=[sport],
        place=park,
        organiser_department=department,
        accessible=True,
    )
    EventPageFactory(
        parent=index,
        title="Concert",
        categories=[music],
        is_free=False,
        partners=[partner],
        start_date=date(2026, 12, 5),
    )
    EventPageFactory(
        parent=index,
        title="Meci",
        categories=[sport, music],
        audiences=[children],
        languages=[SpokenLanguageFactory(slug="hu")],
        organiser_organisation=partner,
    )


CASES = [
    ("/calendar/ro/events.ics?category=sport", {"cros", "meci"}),
    ("/calendar/ro/events.ics?category=sport,muzica&free=1", {"cros", "meci"}),
    ("/calendar/ro/events.ics?category=muzica&language=hu", {"meci"}),
    ("/calendar/ro/events.ics?place=parc&accessible=1", {"cros"}),
    ("/calendar/ro/events.ics?q=concert", {"concert"}),
    ("/calendar/ro/events.ics?from=2026-12-01&to=2026-12-31", {"concert"}),
    ("/calendar/ro/events.ics?when=week", {"cros", "meci"}),
    ("/calendar/ro/events.ics?q=nimic", set()),
    ("/calendar/ro/category/sport.ics", {"cros", "meci"}),
    ("/calendar/hu/place/parc.ics", {"cros"}),
    ("/calendar/en/audience/copii.ics", {"meci"}),
    ("/calendar/en/language/hu.ics", {"meci"}),
    ("/calendar/ro/organiser/evenimente.ics", {"cros"}),
    ("/calendar/ro/organiser/asociatia.ics", {"meci"}),
    ("/calendar/ro/partner/asociatia.ics", {"concert"}),
    ("/calendar/ro/category/sport.ics?free=1&place=parc", {"cros"}),
]


@pytest.mark.parametrize(("address", "names"), CASES)
def test_filters(client: Client, varied: dict[str, str], address: str, names: set[str]) -> None:
    for _again in range(2):
        assert {varied[uid] for uid in uids(client, address)} == names
    assert lint(client.get(address).content) == []


@pytest.mark.parametrize(
    "query", ["category=sport", "place=parc", "free=1&category=muzica", "q=me", "audience=copii"]
)
def test_filters_of_lists_and_feeds_agree(
    client: Client, varied: dict[str, str], query: str
) -> None:
    feed = {varied[uid] for uid in uids(client, f"{FEED}?{query}")}
    content = client.get(f"/ro/evenimente/?{query}&from=2026-11-23&to=2026-12-23").content.decode()
    shown = {name for name in varied.values() if f"/ro/evenimente/{name}/" in content}
    assert shown == feed
    items = json.loads(client.get(f"/calendar/ro/events.json?{query}").content)["items"]
    assert {item["title"].lower() for item in items} == feed


@pytest.mark.parametrize(
    "address",
    [
        "/calendar/ro/events.ics?category=nu",
        "/calendar/ro/events.ics?category=sport,nu",
        "/calendar/ro/events.ics?view=x",
        "/calendar/ro/events.ics?when=x",
        "/calendar/ro/events.ics?from=99999-01-01",
        "/calendar/ro/events.ics?free=perhaps",
        "/calendar/ro/events.ics?place=%00",
        "/calendar/ro/category/nu.ics",
        "/calendar/ro/nothing/sport.ics",
        "/calendar/ro/category/SPORT.ics",
        "/calendar/de/events.ics",
        "/calendar/ro/events.xml",
        "/calendar/ro/events.ics/",
    ],
)
def test_what_does_not_exist_is_404(client: Client, varied: dict[str, str], address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert not response.cookies


@pytest.mark.parametrize(
    "address",
    [
        f"{FEED}?q=%00%00",
        f"{FEED}?q={'x%20' * 1500}",
        f"{FEED}?q={'a+' * 50}",
        f"{FEED}?q=%ED%A0%80%F0%9F%98%80",
        f"{FEED}?utm_source=mail",
        f"{FEED}?category=",
        f"{FEED}?%00=1&=&&",
        f"{FEED}?q=%25_%27%22%5C",
    ],
)
def test_odd_addresses_are_answered(client: Client, varied: dict[str, str], address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert lint(response.content) == []


def test_a_filtered_feed_is_named_after_its_filter(client: Client, site: CalendarSite) -> None:
    CategoryFactory(slug="sport", name=text("Sport", "Sports", "Sport"), colour="#a1372b")
    calendar: Any = icalendar.Calendar.from_ical(
        client.get("/calendar/en/category/sport.ics").content
    )
    assert calendar["X-WR-CALNAME"] == "Events: Sports"
    assert calendar["X-APPLE-CALENDAR-COLOR"] == "#a1372b"
    assert "COLOR" not in calendar
    assert calendar["SOURCE"] == "http://testserver/calendar/en/category/sport.ics"


def test_readers_cannot_fill_the_database(
    client: Client, concert: EventPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.feeds.MOST_SNAPSHOTS", 5)
    for n in range(12):
        client.get(f"{FEED}?q=word{n}")
    assert FeedSnapshot.objects.count() == 5


def test_publishing_warms_the_feeds_of_all_events(site: CalendarSite) -> None:
    committed(lambda: EventPageFactory(parent=site.index))
    version = CalendarState.current().version
    warm = FeedSnapshot.objects.filter(version=version)
    assert {snapshot.key[:6] for snapshot in warm} == {"ro:ics", "en:ics", "hu:ics"}


# -- the same bytes ----------------------------------------------------------------------------------------------

_ELSEWHERE = """
import hashlib, sys
from datetime import date
import django
django.setup()
from events.feeds import FeedRequest, make
from events.filters import EventFilters
from events.models import CalendarState
state = CalendarState.current()
for extension in ("ics", "rss", "json"):
    for code in ("ro", "en", "hu"):
        wanted = FeedRequest(code, extension, EventFilters())
        body = bytes(make(wanted, state, date(2026, 11, 23)).body)
        print(hashlib.sha256(body).hexdigest())
"""


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_another_process_in_another_zone_writes_the_same_bytes(
    client: Client, site: CalendarSite, concert: EventPage, tmp_path: Path
) -> None:
    EventPageFactory(
        parent=site.index,
        start_date=date(2026, 10, 24),
        start_time=time(22),
        end_time=time(4),
        rule="FREQ=DAILY;COUNT=200",
    )
    expected = [
        hashlib.sha256(client.get(f"/calendar/{code}/events.{extension}").content).hexdigest()
        for extension in ("ics", "rss", "json")
        for code in ("ro", "en", "hu")
    ]
    path = tmp_path / "copy.sqlite3"
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(path)) as copy,
    ):
        source.backup(copy)
    run = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE],
        env={
            **os.environ,
            "TZ": "Pacific/Auckland",
            "LANG": "C",
            "PYTHONHASHSEED": "7",
            "DATABASE_URL": f"sqlite:///{path}",
            "AGORA_DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "site"), str(REPOSITORY)]),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == expected


def test_bytes_do_not_depend_on_when_they_are_made(
    client: Client, concert: EventPage, clock: time_machine.Traveller
) -> None:
    first = client.get(FEED)
    clock.shift(timedelta(hours=5))
    FeedSnapshot.objects.all().delete()
    again = client.get(FEED)
    assert (again.content, again["ETag"]) == (first.content, first["ETag"])
    assert again["Last-Modified"] == first["Last-Modified"]


# -- files of one event ------------------------------------------------------------------------------------------


def test_file_of_an_event(client: Client, concert: EventPage) -> None:
    response = client.get("/ro/evenimente/concert/event.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="concert.ics"'
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    # Outlook would make a calendar of its own for it.
    assert b"X-WR-CALNAME" not in response.content
    in_feed = client.get(FEED).content
    assert response.content.partition(b"BEGIN:VEVENT")[2] == in_feed.partition(b"BEGIN:VEVENT")[2]


def test_file_of_one_date(client: Client, concert: EventPage) -> None:
    base = "/ro/evenimente/concert/"
    (regular,) = entries(client, f"{base}20261126.ics")
    assert regular["DTSTART"].dt.isoformat() == "2026-11-26T18:00:00+02:00"
    assert "RRULE" not in regular
    assert regular["UID"] != entries(client, FEED)[0]["UID"]
    (cancelled,) = entries(client, f"{base}20261203.ics")
    assert cancelled["STATUS"] == "CANCELLED"
    (moved,) = entries(client, f"{base}20261211.ics")
    assert moved["DTSTART"].dt.date() == date(2026, 12, 11)
    for day in ("20261127", "20261210", "20261231", "20269999", "00000000", "00010101", "99991231"):
        assert client.get(f"{base}{day}.ics").status_code == 404, day


def test_file_in_another_language(client: Client) -> None:
    site = standing_calendar_site(("ro", "en"))
    page = EventPageFactory(parent=site.index, title="Târg", slug="targ")
    translate(page, "en", "Fair", "fair")
    (entry,) = entries(client, "/en/events/fair/event.ics")
    (day,) = entries(client, "/en/events/fair/20261126.ics")
    assert entry["SUMMARY"] == day["SUMMARY"] == "Fair"
    assert entry["UID"] == day["UID"] == entries(client, "/ro/evenimente/targ/event.ics")[0]["UID"]
    assert client.get("/en/events/targ/event.ics").status_code == 404


@pytest.mark.parametrize("name", ["event.ics", "20261126.ics"])
def test_files_follow_an_event_that_moved(client: Client, concert: EventPage, name: str) -> None:
    committed(lambda: publish(concert, slug="concertul"))
    response = client.get(f"/ro/evenimente/concert/{name}")
    assert response.status_code == 301
    assert response["Location"] == f"/ro/evenimente/concertul/{name}"
    assert client.get(response["Location"]).status_code == 200


def test_files_follow_a_calendar_that_moved(
    client: Client, site: CalendarSite, concert: EventPage
) -> None:
    index = type(site.index).objects.get(pk=site.index.pk)
    index.slug = "agenda"
    committed(lambda: index.save_revision().publish())
    response = client.get("/ro/evenimente/concert/event.ics")
    assert (response.status_code, response["Location"]) == (301, "/ro/agenda/concert/event.ics")


def test_file_of_an_event_that_is_gone(client: Client, concert: EventPage) -> None:
    publish(concert).delete()
    assert client.get("/ro/evenimente/concert/event.ics").status_code == 404
    assert client.get("/ro/evenimente/event.ics").status_code == 404


# -- RSS and JSON Feed -------------------------------------------------------------------------------------------


def test_rss(client: Client, concert: EventPage) -> None:
    root = ElementTree.fromstring(client.get("/calendar/en/events.rss").content)
    channel = root.find("channel")
    assert root.get("version") == "2.0"
    assert channel is not None
    link = channel.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "http://testserver/calendar/en/events.rss"
    items = channel.findall("item")
    assert len(items) == 4
    assert len({item.findtext("guid") for item in items}) == 4
    for item in items:
        assert item.findtext("link") == "http://testserver/ro/evenimente/concert/"
        assert "Concert, „de joi”; cu \\ și lună" in (item.findtext("title") or "")
        assert parsedate_to_datetime(item.findtext("pubDate") or "") == timezone.now()


def test_json_feed(client: Client, concert: EventPage) -> None:
    feed = json.loads(client.get("/calendar/en/events.json?q=concert").content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://testserver/calendar/en/events.json?q=concert"
    assert feed["language"] == "en"
    assert len({item["id"] for item in feed["items"]}) == 4
    assert [item["_event"]["start"] for item in feed["items"]] == [
        "2026-11-26T18:00:00+02:00",
        "2026-12-03T18:00:00+02:00",
        "2026-12-11T18:00:00+02:00",
        "2026-12-17T18:00:00+02:00",
    ]
    assert [item["_event"]["status"] for item in feed["items"]] == [
        State.SCHEDULED,
        State.CANCELLED,
        State.RESCHEDULED,
        State.SCHEDULED,
    ]


def test_items_name_the_place_of_their_own_date(client: Client, site: CalendarSite) -> None:
    usual, other = LocationFactory(), LocationFactory(name=text("Alt loc", "Other place"))
    EventPageFactory(
        parent=site.index,
        place=usual,
        rule="FREQ=WEEKLY;BYDAY=TH;COUNT=2",
        changes=[{"kind": "changed", "day": date(2026, 12, 3), "place": other}],
    )
    items = json.loads(client.get("/calendar/en/events.json").content)["items"]
    places = [item["_event"]["location"] for item in items]
    assert places[0].startswith(usual.name["en"])
    assert places[1].startswith("Other place")
