"""The calendar of one's own terms: what it holds, for whom, and the life of its address."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from registry import lifecycle
from registry.lifecycle.distributing import ask_contributions
from registry.models import EntryKind, Register, RegistryEntry, TermsToken
from registry.terms_feed import digest_of, issue, revoke
from tests.conftest import BUCHAREST
from tests.registry.filings import answered
from tests.registry.people import client_of, department_of
from tests.registry.reminded import petition

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def suite_clock(clock: Any) -> Any:
    return clock


@pytest.fixture
def entry(general: Register, complaint: EntryKind, people: dict[str, Any]) -> RegistryEntry:
    return petition(complaint, general, people, subject="Subiect secret", body="Text secret")


def fetched(user: Any) -> Any:
    _token, plain = issue(user, "telefon")
    return Client().get(f"/registru/termene/{plain}.ics")


def terms(user: Any) -> list[tuple[str, date]]:
    calendar = Calendar.from_ical(fetched(user).content)
    return [(str(e["SUMMARY"]), e.decoded("DTSTART")) for e in calendar.walk("VEVENT")]


def test_it_is_a_calendar_with_number_kind_and_day(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    response = fetched(people["officer"])
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    text = response.content.decode()
    for kept in ("secret", entry.petitioner_name, entry.petitioner_email, "VALARM"):
        assert kept not in text
    calendar = Calendar.from_ical(text)
    assert calendar.errors == []
    assert calendar["METHOD"] == "PUBLISH"
    (event,) = calendar.walk("VEVENT")
    assert event.errors == []
    assert str(event["SUMMARY"]).startswith("1/2026 — ")
    assert "(Sesizare)" in str(event["SUMMARY"])
    assert event.decoded("DTSTART") == date(2026, 11, 19)
    assert event.decoded("DTEND") == date(2026, 11, 20)
    assert str(event["UID"]).startswith(f"registry-entry-{entry.pk}@")
    assert str(event["CLASS"]) == "CONFIDENTIAL"
    assert str(event["TRANSP"]) == "TRANSPARENT"
    assert f"/admin/registru/entries/{entry.pk}/" in str(event["DESCRIPTION"])


def test_it_is_kept_by_nobody_on_the_way(entry: RegistryEntry, people: dict[str, Any]) -> None:
    response = fetched(people["officer"])
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    assert "ETag" not in response


def test_each_finds_what_he_works_on(
    entry: RegistryEntry, people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    named = petition(complaint, general, people)
    lifecycle.assign(
        named, department_of(people["officer"]), officer=people["head"], actor=people["clerk"]
    )
    numbers = {name: len(terms(people[name])) for name in people}
    # The officer's colleague is named for one; the head leads both; nobody else works on either.
    assert numbers == {name: {"officer": 1, "head": 2}.get(name, 0) for name in people}


def test_an_extended_term_moves_and_an_answered_one_leaves(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    at = datetime(2026, 11, 10, 9, tzinfo=BUCHAREST)
    before: Any = Calendar.from_ical(fetched(people["officer"]).content).walk("VEVENT")[0]
    lifecycle.extend(entry, 15, "Măsurători", actor=people["chief"], at=at)
    after: Any = Calendar.from_ical(fetched(people["officer"]).content).walk("VEVENT")[0]
    assert (before["UID"], after.decoded("DTSTART")) == (after["UID"], date(2026, 12, 4))
    assert after["SEQUENCE"] > before["SEQUENCE"]
    answered(entry, moment=at)
    assert terms(people["officer"]) == []


def test_contribution_stands_in_it_by_its_own_term(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    at = datetime(2026, 11, 2, 9, tzinfo=BUCHAREST)
    other = department_of(people["other_officer"])
    ask_contributions(entry, other, date(2026, 11, 11), actor=people["clerk"], at=at)
    ((summary, day),) = terms(people["other_officer"])
    assert day == date(2026, 11, 11)
    assert "1/2026" in summary
    lifecycle.contribute(entry, "Da.", actor=people["other_officer"], at=at)
    assert terms(people["other_officer"]) == []


def test_concerned_colleague_does_not_find_it(entry: RegistryEntry, people: dict[str, Any]) -> None:
    lifecycle.concerns(entry, people["head"], actor=people["clerk"])
    assert terms(people["head"]) == []
    # Who works under him has no part in it, either.
    assert terms(people["officer"]) == []


# -- the address -------------------------------------------------------------------------------------------------------


def test_only_the_digest_is_kept_and_the_day_of_its_use(
    people: dict[str, Any], suite_clock: Any
) -> None:
    token, plain = issue(people["officer"], "telefon")
    assert token.digest == digest_of(plain)
    assert plain not in str(TermsToken.objects.values().get())
    client = Client()
    writes = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/registru/termene/{plain}.ics").status_code == 200
        writes.append(sum(query["sql"].startswith("UPDATE") for query in captured))
    assert writes == [1, 0, 0]
    token.refresh_from_db()
    assert token.last_used_at == datetime(2026, 11, 23, tzinfo=BUCHAREST)
    suite_clock.shift(timedelta(days=1))
    client.get(f"/registru/termene/{plain}.ics")
    token.refresh_from_db()
    assert token.last_used_at == datetime(2026, 11, 24, tzinfo=BUCHAREST)


@pytest.mark.parametrize(
    "file", ["A" * 43 + ".ics", "x.ics", "a/b.ics", "A" * 5000 + ".ics", "%00.ics", "A" * 43]
)
def test_what_opens_nothing_is_an_empty_404(db: None, file: str) -> None:
    response = Client().get(f"/registru/termene/{file}")
    assert response.status_code == 404
    if "%" not in file:
        assert response.content == b""
        assert response["Cache-Control"] == "private, no-store"


def test_revoked_address_and_that_of_who_left_open_nothing(people: dict[str, Any]) -> None:
    token, plain = issue(people["officer"], "telefon")
    address = f"/registru/termene/{plain}.ics"
    assert Client().get(address).status_code == 200
    assert Client().post(address).status_code == 405
    people["officer"].is_active = False
    people["officer"].save()
    assert Client().get(address).status_code == 404
    people["officer"].is_active = True
    people["officer"].save()
    assert Client().get(address).status_code == 200
    assert (revoke(token), revoke(token)) == (True, False)
    assert Client().get(address).status_code == 404


def test_who_lost_the_right_to_see_gets_an_empty_calendar(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    people["officer"].groups.clear()
    assert terms(people["officer"]) == []


def test_address_stands_in_no_log(
    entry: RegistryEntry, people: dict[str, Any], caplog: Any
) -> None:
    _token, plain = issue(people["officer"], "telefon")
    with caplog.at_level("INFO"):
        Client().get(f"/registru/termene/{plain}.ics")
        Client().get(f"/registru/termene/{plain}x.ics")
    assert plain not in str([vars(record) for record in caplog.records])


def test_calendar_costs_as_much_whatever_is_in_it(
    entry: RegistryEntry, people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    _token, plain = issue(people["officer"], "telefon")
    counts = []
    Client().get(f"/registru/termene/{plain}.ics")
    for more in (2, 20):
        for _ in range(more):
            petition(complaint, general, people)
        with CaptureQueriesContext(connection) as captured:
            Client().get(f"/registru/termene/{plain}.ics")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 25


# -- the screen --------------------------------------------------------------------------------------------------------


def test_address_is_shown_once_when_it_is_made(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    client = client_of(people["officer"])
    response = client.post("/admin/registru/terms-calendar/", {"name": "Telefon"})
    assert response.status_code == 200
    assert response["Referrer-Policy"] == "no-referrer"
    address = response.context["address"]
    assert address in response.content.decode()
    assert Client().get(address.partition("127.0.0.1:8000")[2] or address).status_code in {200, 404}
    page = client.get("/admin/registru/terms-calendar/").content.decode()
    assert "Telefon" in page
    assert address not in page
    assert entry.number_text in page


def test_one_who_has_many_is_told_to_revoke_one(people: dict[str, Any]) -> None:
    for number in range(20):
        issue(people["officer"], f"telefon {number}")
    client = client_of(people["officer"])
    response = client.post("/admin/registru/terms-calendar/", {"name": "încă unul"})
    assert response.status_code == 409
    assert "încă unul" in response.content.decode()
    assert TermsToken.objects.count() == 20
    first = TermsToken.objects.first()
    assert first is not None
    client.post(f"/admin/registru/terms-calendar/{first.pk}/revoke/")
    assert client.post("/admin/registru/terms-calendar/", {"name": "nou"}).status_code == 200


def test_screen_costs_as_much_whatever_it_shows(
    entry: RegistryEntry, people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    client = client_of(people["officer"])
    counts = []
    for more in (2, 20):
        for number in range(more):
            petition(complaint, general, people)
            issue(people["officer"], f"{number}")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/admin/registru/terms-calendar/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 25
