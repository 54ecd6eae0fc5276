"""The screens of audiences: a request at the desk, an hour, what came of it, the day's sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.models import OutboxMail
from registry import audiences
from registry.models import Audience, AudienceSlot, AuditEvent, Letter, Register, RegistryEntry
from registry.registration import Sender
from tests.admin_forms import AdminForm, parse
from tests.conftest import BUCHAREST
from tests.registry.filings import at, request_filing, slot_for
from tests.registry.people import client_of, department_of

pytestmark = pytest.mark.django_db

LIST = "/admin/registru/audiences/"
REQUEST = f"{LIST}request/"
DAY = f"{LIST}day/?day=2026-03-16"
SLOTS = "/admin/registru/audience-hours/"
MOST_QUERIES = 25
MONDAY = datetime(2026, 3, 16, 10, 20, tzinfo=BUCHAREST)

Ask = Callable[..., Audience]


@pytest.fixture(autouse=True)
def friday(clock: Any) -> None:
    """Friday, 13 March 2026."""
    clock.move_to(at(2026, 3, 13, 9)())


@pytest.fixture
def ask(general: Register, people: dict[str, Any]) -> Ask:
    """A request that is there already; by default with the head of the officer's department."""

    def asked(level: str = "department", **values: Any) -> Audience:
        who = people["clerk" if level == "department" else "cabinet"]
        return audiences.request(
            request_filing(**values),
            level,
            register_=general,
            actor=who,
            department=department_of(people["officer"]) if level == "department" else None,
            override="" if level == "department" else "De probă",
        )

    return asked


@pytest.fixture
def form(people: dict[str, Any], general: Register) -> AdminForm:
    """The form as a clerk fills it in."""
    found = AdminForm(client_of(people["clerk"]), REQUEST)
    found.data |= {
        "name": "Ilona Probă",
        "email": "ilona@example.org",
        "subject": "Aleea din spate",
        "level": "department",
        "department": department_of(people["officer"]).pk,
        "language": "hu",
    }
    return found


def html(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


def page_of(audience: Audience) -> str:
    return reverse("registry_audiences:audience", args=[audience.pk])


def step(client: Client, audience: Audience, name: str, **values: Any) -> Any:
    """Send a step's form as it stands on the screen."""
    now = Audience.objects.get(pk=audience.pk)
    data = {"version": now.version, **values}
    return client.post(
        reverse("registry_audiences:step", args=[audience.pk, name]),
        {f"{name}-{key}": value for key, value in data.items()},
    )


# -- asked for ---------------------------------------------------------------------------------------------------------


def test_request_takes_a_number_a_slip_and_goes_to_the_department(
    form: AdminForm, people: dict[str, Any]
) -> None:
    first, second = form.send(wants_writing="on"), form.send(wants_writing="on")
    assert first["Location"] == second["Location"]
    audience = Audience.objects.get()
    assert first["Location"] == page_of(audience)
    assert (audience.level, audience.wants_writing) == ("department", True)
    assert audience.entry.language == "hu"
    text = html(form.client, page_of(audience))
    assert "Aleea din spate" in text
    slip = parse(text).select_one('a[href*="/counter/slip/"]')
    assert audience.entry.number_text in html(form.client, slip["href"])
    officer = client_of(people["officer"])
    assert audience.entry.number_text in html(officer, LIST)
    assert audience.entry.number_text not in html(client_of(people["cabinet"]), LIST)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"subject": " \u200b"}, "subject"),
        ({"email": ""}, "phone"),
        ({"email": "a@b\r\nBcc: c@d.ro"}, "email"),
        ({"department": ""}, "department"),
        ({"department": "99999"}, "department"),
        ({"level": "pope"}, "level"),
        ({"language": "xx"}, "language"),
        ({"after": "abc"}, "after"),
        ({"after": "77777/2026"}, "after"),
    ],
    ids=str,
)
def test_what_is_missing_or_wrong_is_said_at_its_field(
    form: AdminForm, values: dict[str, str], field: str
) -> None:
    response = form.send(body="Mai multe cuvinte", **values)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "Mai multe cuvinte" in response.content.decode()
    assert not RegistryEntry.objects.exists()


def test_request_past_a_rung_says_the_rule_and_keeps_what_was_typed(
    form: AdminForm, people: dict[str, Any]
) -> None:
    response = form.send(level="mayor", department="", override="Urgent")
    assert response.status_code == 409
    assert "Aleea din spate" in response.content.decode()
    assert not RegistryEntry.objects.exists()
    cabinet = AdminForm(client_of(people["cabinet"]), REQUEST)
    cabinet.data |= {name: form.data[name] for name in ("name", "email", "subject")}
    assert cabinet.send(level="mayor").status_code == 409
    assert cabinet.send(level="mayor", override="Urgent").status_code == 302
    assert Audience.objects.get().entry.for_mayor


def test_request_names_what_came_before(form: AdminForm, ask: Ask, people: dict[str, Any]) -> None:
    before = ask(sender=Sender(name="Ilona Probă", email="ilona@example.org"))
    deputy = {"level": "deputy", "department": "", "after": before.entry.number_text}
    assert form.send(**deputy).status_code == 409
    audiences.decline(before, "A primit răspuns.", actor=people["officer"])
    other = {**deputy, "email": "alta@example.org"}
    assert form.send(**other).status_code == 409
    assert form.send(**deputy).status_code == 302
    assert Audience.objects.latest("pk").after == before


def test_form_without_its_token_registers_nothing(form: AdminForm) -> None:
    response = form.send(token="x")
    assert response.status_code == 422
    assert not RegistryEntry.objects.exists()
    again = parse(response.content).select_one("input[name=token]")["value"]
    assert form.send(token=again).status_code == 302


# -- steps -------------------------------------------------------------------------------------------------------------


def test_audience_from_request_to_the_written_answer(
    ask: Ask, people: dict[str, Any], clock: Any
) -> None:
    audience = ask()
    officer = client_of(people["officer"])
    slot = slot_for("department", department_of(people["officer"]), room="Camera 12")
    full = slot_for("department", department_of(people["officer"]), places=1, starts_at=MONDAY)
    audiences.schedule(ask(), full, actor=None)
    offered = parse(html(officer, page_of(audience))).select("select[name=schedule-slot] option")
    assert [option["value"] for option in offered] == ["", str(slot.pk)]
    taken = step(officer, audience, "schedule", slot=full.pk)
    assert taken.status_code == 409
    assert step(officer, audience, "schedule", slot="99999").status_code == 422
    assert step(officer, audience, "schedule", slot=slot.pk).status_code == 302
    assert "Camera 12" in OutboxMail.objects.latest("pk").body
    # Before the day there is nothing to write down.
    text = html(officer, page_of(audience))
    assert "/steps/hold/" not in text
    assert "/steps/miss/" not in text
    early = step(officer, audience, "hold", result="Va fi reparată.")
    assert early.status_code == 409
    assert "Va fi reparată." in early.content.decode()
    clock.move_to(MONDAY)
    assert step(officer, audience, "hold", result="").status_code == 422
    done = step(officer, audience, "hold", result="Va fi reparată.", wants_writing="on")
    assert done.status_code == 302
    letter = Letter.objects.get()
    assert (letter.kind, letter.state) == ("audience", "prepared")
    text = html(officer, page_of(audience))
    assert "17.03.2026" in text
    assert "Va fi reparată." in text
    waiting = html(client_of(people["clerk"]), f"{LIST}?show=writing")
    assert audience.entry.number_text in waiting
    # One rung up, which is the Cabinet's.
    up = step(officer, audience, "climb")
    assert up.status_code == 302
    deputy = Audience.objects.get(level="deputy")
    assert up["Location"] == page_of(deputy)
    cabinet = client_of(people["cabinet"])
    assert parse(html(cabinet, page_of(deputy))).select(".audience-ladder li")[0].a[
        "href"
    ] == page_of(audience)
    assert step(officer, deputy, "decline", reason="Nu").status_code == 302
    deputy.refresh_from_db()
    assert deputy.state == "requested"
    assert step(cabinet, deputy, "decline", reason="Lămurit.").status_code == 302


def test_second_of_two_is_told_and_sends_again(ask: Ask, people: dict[str, Any]) -> None:
    audience, officer = ask(), client_of(people["officer"])
    slot = slot_for("department", department_of(people["officer"]))
    audiences.schedule(audience, slot, actor=people["clerk"])
    response = step(officer, audience, "decline", version=1, reason="A renunțat")
    assert response.status_code == 409
    found = parse(response.content).select_one("input[name=decline-version]")["value"]
    assert "A renunțat" in response.content.decode()
    assert step(officer, audience, "decline", version=found, reason="A renunțat").status_code == 302


def test_unknown_steps_and_audiences_are_not_found(ask: Ask, people: dict[str, Any]) -> None:
    audience, officer = ask(), client_of(people["officer"])
    assert step(officer, audience, "fly").status_code == 404
    assert officer.get(f"{LIST}999999/").status_code == 404
    assert client_of(people["other_officer"]).get(page_of(audience)).status_code == 404
    assert AuditEvent.objects.filter(action="entry.denied", entry=audience.entry).exists()


def test_auditor_reads_without_names_and_results(ask: Ask, people: dict[str, Any]) -> None:
    audience = ask()
    slot = slot_for("department", department_of(people["officer"]))
    audiences.schedule(audience, slot, actor=None)
    audiences.hold(audience, "Va fi reparată.", actor=None, at=MONDAY)
    auditor, officer = client_of(people["auditor"]), client_of(people["officer"])
    for url in (LIST, page_of(audience), DAY):
        assert "Ilona" not in html(auditor, url)
        assert "Ilona" in html(officer, url)
        assert "Va fi reparată." not in html(auditor, url)


# -- lists and sheets --------------------------------------------------------------------------------------------------


def test_list_narrows(ask: Ask, people: dict[str, Any]) -> None:
    own, mayors = ask(), ask("mayor")
    clerk = client_of(people["clerk"])
    audiences.decline(own, "A renunțat", actor=None)
    for query, numbers in (
        ("", [mayors, own]),
        ("state=declined", [own]),
        ("level=mayor", [mayors]),
        ("show=writing", []),
        ("state=x&level=y&show=z", [mayors, own]),
    ):
        links = parse(html(clerk, f"{LIST}?{query}")).select("tbody td.title a")
        assert [a.text for a in links] == [audience.entry.number_text for audience in numbers]


def test_sheet_says_who_comes_when(ask: Ask, people: dict[str, Any]) -> None:
    department = department_of(people["officer"])
    slot = slot_for("department", department, room="Camera 12", places=3)
    slot_for("mayor", starts_at=MONDAY + timedelta(days=1))
    first, second = ask(subject="Aleea"), ask(subject="Parcul")
    for audience in (first, second):
        audiences.schedule(audience, slot, actor=None)
    audiences.decline(first, "A renunțat", actor=None)
    officer = client_of(people["officer"])
    page = parse(html(officer, DAY))
    rows = [[cell.text.strip() for cell in row.select("td")] for row in page.select("tbody tr")]
    assert [row[0] for row in rows] == ["10:00", "10:15", "10:30"]
    assert rows[1][1:4] == [second.entry.number_text, "Ilona Probă", "Parcul"]
    assert "Aleea" not in page.text
    event = AuditEvent.objects.latest("sequence")
    assert event.data == {
        "what": "audiences",
        "day": "2026-03-16",
        "entries": [second.entry.number_text],
    }
    # Whoever may not see the entry sees a place, and nothing of who has it.
    other = parse(html(client_of(people["other_officer"]), DAY))
    assert "Ilona" not in other.text
    assert "Parcul" not in other.text


@pytest.mark.parametrize("day", ["", "x", "31.02.2026", "9999-12-31", "0001-01-01"])
def test_sheet_of_no_day_is_no_error(people: dict[str, Any], general: Register, day: str) -> None:
    assert client_of(people["clerk"]).get(f"{LIST}day/", {"day": day}).status_code == 200


def test_screens_cost_the_same_whatever_they_hold(ask: Ask, people: dict[str, Any]) -> None:
    department = department_of(people["officer"])
    clients = [client_of(people[who]) for who in ("clerk", "officer")]
    first = ask()

    def more(number: int) -> None:
        for hour in range(number):
            begins = MONDAY + timedelta(hours=hour)
            slot = slot_for("department", department, starts_at=begins, places=4)
            for _ in range(2):
                audiences.schedule(ask(), slot, actor=None)

    def cost() -> list[int]:
        counted = []
        for client in clients:
            for url in (LIST, f"{LIST}?state=scheduled", page_of(first), DAY, REQUEST):
                client.get(url)
                with CaptureQueriesContext(connection) as queries:
                    client.get(url)
                counted.append(len(queries))
        return counted

    more(1)
    few = cost()
    more(4)
    assert cost() == few
    assert max(few) <= MOST_QUERIES, few


# -- hours -------------------------------------------------------------------------------------------------------------


def test_cabinet_keeps_hours_and_what_was_told_stays(ask: Ask, people: dict[str, Any]) -> None:
    browser = client_of(people["cabinet"])
    department = department_of(people["officer"])
    form = AdminForm(browser, f"{SLOTS}new/")
    values = {
        "level": "department",
        "department": department.pk,
        "starts_at": "2026-03-16 10:00",
        "places": "2",
        "minutes": "15",
        "room": "Camera 12",
    }
    assert form.send(**{**values, "department": ""}).status_code == 200
    assert form.send(**{**values, "places": "0"}).status_code == 200
    assert form.send(**{**values, "starts_at": "9999-12-31 23:30"}).status_code == 200
    assert not AudienceSlot.objects.exists()
    assert form.send(**values).status_code == 302
    slot = AudienceSlot.objects.get()
    assert slot.starts_at == datetime(2026, 3, 16, 10, tzinfo=BUCHAREST)
    audiences.schedule(ask(), slot, actor=None)
    edit = AdminForm(browser, f"{SLOTS}edit/{slot.pk}/")
    assert edit.send(starts_at="2026-03-16 11:00").status_code == 200
    assert edit.send(room="Camera 14").status_code == 302
    assert browser.post(f"{SLOTS}delete/{slot.pk}/").status_code == 302
    slot.refresh_from_db()
    assert slot.room == "Camera 14"
