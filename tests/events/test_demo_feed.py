"""The feed of the demonstration content, as programs read it, and the site's own table of occurrences."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from events.enums import ChangeKind, State
from events.models import Event, Occurrence
from locations.hours import BUCHAREST
from tests.events.ical_lint import lint
from tests.events.readers import READERS, missing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

STATUS = {
    State.CANCELLED: "CANCELLED",
    State.POSTPONED: "TENTATIVE",
    State.TENTATIVE: "TENTATIVE",
}


def window() -> tuple[date, date]:
    """Two years: what the table holds ahead, and a month back."""
    today = timezone.localdate()
    return today - timedelta(days=30), today + timedelta(days=699)


def table(first: date, last: date) -> list[tuple[str, str, str, str]]:
    """(UID, start, end, status) of the site's own occurrences that start in the window, in UTC."""
    found = []
    for row in Occurrence.objects.filter(event__in=Event.objects.in_feeds(timezone.localdate())):
        uid, start, end = str(row.event.key), _written(row.start, row), _written(row.end, row)
        if row.change == ChangeKind.ADDED:
            uid += f"-{timezone.localtime(row.original_start, BUCHAREST):%Y%m%d}"
        if first.isoformat() <= start[:10] <= last.isoformat():
            status = STATUS.get(State(row.status), "CONFIRMED")
            found.append((f"{uid}@{settings.AGORA_UID_DOMAIN}", start, end, status))
    return sorted(found)


def _written(moment: Any, row: Occurrence) -> str:
    if row.all_day:
        return timezone.localtime(moment, BUCHAREST).date().isoformat()
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture(scope="module")
def feeds(demo: None, django_db_blocker: Any) -> dict[str, bytes]:
    with django_db_blocker.unblock():
        return {
            code: Client().get(f"/calendar/{code}/events.ics").content
            for code in ("ro", "en", "hu")
        }


@pytest.mark.parametrize("language", ["ro", "en", "hu"])
def test_it_passes_the_byte_lint(feeds: dict[str, bytes], language: str) -> None:
    assert lint(feeds[language], feed=True) == []
    assert feeds[language].count(b"BEGIN:VEVENT") > 40


@pytest.mark.parametrize("name", list(READERS))
def test_every_program_reads_what_the_table_holds(feeds: dict[str, bytes], name: str) -> None:
    if reason := missing(name):
        pytest.skip(reason)
    first, last = window()
    found = [
        (item.uid, item.start, item.end, item.status)
        for item in READERS[name](feeds["ro"], first, last)
    ]
    expected = table(first, last)
    assert len(expected) > 300
    assert sorted(found) == expected


def test_all_languages_have_the_same_dates(feeds: dict[str, bytes]) -> None:
    first, last = window()
    read = READERS["icalendar"]
    dates = {
        code: [(item.uid, item.original, item.start, item.end, item.status) for item in found]
        for code, body in feeds.items()
        for found in [read(body, first, last)]
    }
    assert dates["ro"] == dates["en"] == dates["hu"]
    assert len(dates["ro"]) > 300


def test_cancelled_dates_say_so_in_each_language(feeds: dict[str, bytes]) -> None:
    cancelled = [item for item in feeds["ro"].split(b"BEGIN:VEVENT") if b"STATUS:CANCELLED" in item]
    assert cancelled
    titles = {code: feeds[code].count(b"STATUS:CANCELLED") for code in feeds}
    assert len(set(titles.values())) == 1
    assert all(b"SUMMARY;LANGUAGE=ro:ANULAT: " in item for item in cancelled)


def test_site_search_names_an_event_once_with_its_next_date() -> None:
    html = Client().get("/ro/cautare/?q=muzica de joi").content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    assert main.count('href="/ro/evenimente/muzica-de-joi/"') == 1
