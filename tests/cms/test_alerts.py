"""The banner above every page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from wagtail.models import Page

from cms.models import Alert
from tests.admin_forms import add, codes, parse
from tests.factories import AlertFactory, make_user, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Bucharest"))
HOUR = timedelta(hours=1)


def shown(client: Client, address: str = "/ro/") -> list[str]:
    soup = parse(client.get(address).content)
    return [" ".join(bar.get_text(" ", strip=True).split()) for bar in soup.select(".alertbar")]


@pytest.mark.parametrize(
    ("starts", "ends", "enabled", "visible"),
    [
        (-HOUR, None, True, True),
        (timedelta(), None, True, True),
        (HOUR, None, True, False),
        (-HOUR, HOUR, True, True),
        (-2 * HOUR, -HOUR, True, False),
        (-HOUR, timedelta(), True, False),
        (-HOUR, None, False, False),
    ],
)
def test_alert_is_shown_in_its_time(
    client: Client, clock: Any, starts: timedelta, ends: Any, enabled: bool, visible: bool
) -> None:
    AlertFactory(
        starts_at=NOW + starts, ends_at=None if ends is None else NOW + ends, enabled=enabled
    )
    assert bool(shown(client)) is visible


def test_alert_is_on_every_page_in_every_language(client: Client, clock: Any) -> None:
    AlertFactory(starts_at=NOW - HOUR)
    for address, message in [
        ("/ro/contact/directia/", "Strada este închisă."),
        ("/en/places/manastur/", "The street is closed."),
        ("/hu/kereses/", "Az utca zárva van."),
    ]:
        assert shown(client, address) == [message]


def test_alert_that_is_not_translated_says_so(client: Client, clock: Any) -> None:
    AlertFactory(starts_at=NOW - HOUR, message=text("Numai aici"))
    assert '<span lang="ro">Numai aici</span>' in client.get("/hu/").content.decode()


def test_gravest_stands_first(client: Client, clock: Any) -> None:
    for level, word in (
        (Alert.Level.INFO, "a"),
        (Alert.Level.DANGER, "b"),
        (Alert.Level.WARNING, "c"),
    ):
        AlertFactory(starts_at=NOW - HOUR, level=level, message=text(word))
    assert shown(client) == ["b", "c", "a"]


def test_link_leads_to_the_reader_s_version(client: Client, clock: Any) -> None:
    AlertFactory(starts_at=NOW - HOUR, link_page=Page.objects.get(url_path="/acasa/despre/"))
    soup = parse(client.get("/hu/").content)
    assert soup.select_one(".alertbar a")["href"] == "/hu/rolunk/"
    Page.objects.get(url_path="/kezdolap/rolunk/").specific.unpublish()
    soup = parse(client.get("/hu/").content)
    assert soup.select_one(".alertbar a") is None
    assert shown(client, "/hu/")


def test_alert_is_text(client: Client, clock: Any) -> None:
    AlertFactory(starts_at=NOW - HOUR, message=text("<script>alert(1)</script>"))
    assert "<script>alert(1)" not in client.get("/ro/").content.decode()


def test_end_before_the_beginning_is_refused_at_the_end(clock: Any) -> None:
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    form = add(client, Alert)
    response = form.send(
        message_ro="x",
        level="20",
        starts_at="2026-11-23 10:00",
        ends_at="2026-11-23 10:00",
        enabled="on",
    )
    assert response.status_code == 200
    assert set(codes(response)) == {"ends_at"}
    form.save(
        message_ro="x",
        level="20",
        starts_at="2026-11-23 10:00",
        ends_at="2026-11-23 10:01",
        enabled="on",
    )
    # As the editor typed it: the city's clock.
    assert Alert.objects.get().starts_at == NOW
