"""Years and the audit trail at the desk, and the tables that the head of the registry keeps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from registry import audit, lifecycle
from registry.models import (
    AuditEvent,
    DeadlineRule,
    DeskMember,
    EntryKind,
    Register,
    RegisterYear,
    RegistryEntry,
)
from tests.admin_forms import AdminForm
from tests.factories import DepartmentFactory
from tests.registry.filings import at, entry_of
from tests.registry.people import client_of, department_of

pytestmark = pytest.mark.django_db

YEARS = "/admin/registru/years/"
TRAIL = "/admin/registru/trail/"


@pytest.fixture
def entry(general: Register, complaint: EntryKind) -> RegistryEntry:
    return entry_of(complaint, general, at(2025, 3, 12, 10))


def text_of(client: Any, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return str(response.content.decode())


# -- years -------------------------------------------------------------------------------------------------------------


def test_head_closes_a_year_that_is_over_and_prints_its_statement(
    people: dict[str, Any], entry: RegistryEntry, clock: Any
) -> None:
    year = RegisterYear.objects.get()
    chief = client_of(people["chief"])
    assert chief.get(f"{YEARS}{year.pk}/statement/").status_code == 404
    assert f"{YEARS}{year.pk}/close/" in text_of(chief, YEARS)
    assert f"{YEARS}{year.pk}/close/" not in text_of(client_of(people["clerk"]), YEARS)
    assert client_of(people["clerk"]).post(f"{YEARS}{year.pk}/close/")["Location"] == "/admin/"
    for _ in range(2):
        assert chief.post(f"{YEARS}{year.pk}/close/").status_code == 302
    year.refresh_from_db()
    assert year.closed_by == people["chief"]
    assert year.statement in text_of(chief, f"{YEARS}{year.pk}/statement/")
    assert AuditEvent.objects.filter(action="year.closed").count() == 1


def test_year_that_goes_on_is_not_closed(
    people: dict[str, Any], general: Register, complaint: EntryKind, clock: Any
) -> None:
    entry_of(complaint, general)
    year = RegisterYear.objects.get()
    client = client_of(people["chief"])
    assert f"{YEARS}{year.pk}/close/" not in text_of(client, YEARS)
    assert client.post(f"{YEARS}{year.pk}/close/").status_code == 409
    year.refresh_from_db()
    assert year.closed_at is None


# -- the trail ---------------------------------------------------------------------------------------------------------


def sequences(text: str) -> list[int]:
    return [int(found) for found in re.findall(r"<tr><td>(\d+)</td>", text)]


def test_trail_is_narrowed_by_action_person_and_entry(
    people: dict[str, Any], entry: RegistryEntry, complaint: EntryKind, general: Register
) -> None:
    lifecycle.assign(entry, department_of(people["officer"]), actor=people["clerk"])
    entry_of(complaint, general, at(2025, 3, 13, 10))
    client = client_of(people["auditor"])
    assert sequences(text_of(client, TRAIL)) == [3, 2, 1]
    assert sequences(text_of(client, f"{TRAIL}?action=entry.registered")) == [3, 1]
    assert sequences(text_of(client, f"{TRAIL}?actor=clerk")) == [2]
    assert sequences(text_of(client, f"{TRAIL}?entry=1/305/12.03.2025")) == [2, 1]
    assert sequences(text_of(client, f"{TRAIL}?entry=ilona")) == []
    for query in ("action=x&after=x", "entry=%00", "actor=%F0%9F%98%80", "after=" + "9" * 40):
        assert client.get(f"{TRAIL}?{query}").status_code == 200
    head = audit.AuditHead.objects.get()
    assert f"{head.hash[:12]}" in text_of(client, TRAIL)


def test_trail_names_no_entry_that_is_closed_to_its_reader(
    people: dict[str, Any], general: Register
) -> None:
    kind = EntryKind.objects.get(is_confidential=True)
    secret = entry_of(kind, general, at(2025, 3, 12, 10))
    lifecycle.cancel(secret, "Un motiv anume", actor=people["admin"])
    text = text_of(client_of(people["auditor"]), TRAIL)
    assert sequences(text) == [2, 1]
    assert secret.number_text not in text
    assert "Un motiv anume" not in text
    by_number = f"{TRAIL}?entry={secret.number}"
    assert sequences(text_of(client_of(people["auditor"]), by_number)) == []
    assert "Un motiv anume" in text_of(client_of(people["admin"]), by_number)


def test_every_action_of_the_trail_has_words(people: dict[str, Any], entry: RegistryEntry) -> None:
    from django.db import transaction

    samples: dict[str, dict[str, Any]] = {
        "entry.extended": {
            "days": 5,
            "reason": "Expertiză",
            "terms": {"due": ["2026-01-01", None]},
        },
        "entry.terms_changed": {"terms": {"redirect_by": [None, "2026-01-01"]}},
        "year.numbers_lost": {
            "register": "general",
            "year": 2025,
            "numbers": [2, 3],
            "reason": "x",
        },
        "year.closed": {"register": "general", "year": 2025, "positions": 3},
        "entry.completed": {"files": ["a" * 64]},
        "intake.queued": {"queued": 7, "reason": "rate"},
        "register.searched": {"found": 3, "more": False},
    }
    with transaction.atomic():
        for action in audit.Action:
            # Also one without details: older events may have fewer.
            audit.record(action, entry=entry, data=samples.get(action.value, {}))
            audit.record(action, actor=people["clerk"], data={})
    client = client_of(people["auditor"])
    text = page = text_of(client, TRAIL)
    while more := re.search(r'href="[^"]*[?&](?:amp;)?(after=[^"&]+)"', page):
        page = text_of(client, f"{TRAIL}?{more[1]}")
        text += page
    assert len(sequences(text)) == 2 * len(audit.Action) + 1
    assert "Expertiză" in text
    assert "01.01.2026" in text


# -- the tables of the head of the registry ----------------------------------------------------------------------------


def test_changed_rule_stands_in_wagtails_history(people: dict[str, Any], general: Register) -> None:
    rule = DeadlineRule.objects.get(family="petition", key="due")
    client = client_of(people["chief"])
    form = AdminForm(client, reverse("registry_rules:edit", args=[rule.pk]))
    form.save(days="20", legal_basis="O lege nouă, art. 1")
    rule.refresh_from_db()
    assert rule.days == 20
    history = text_of(client, reverse("registry_rules:history", args=[rule.pk]))
    assert "chief" in history


def test_kind_register_or_department_with_entries_is_not_deleted(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    department = DepartmentFactory()
    lifecycle.assign(entry, department, actor=people["clerk"])
    chief, admin = client_of(people["chief"]), client_of(people["admin"])
    for client, address in (
        (chief, reverse("registry_kinds:delete", args=[entry.kind_id])),
        (chief, reverse("registry_registers:delete", args=[entry.register_id])),
        (admin, f"/admin/snippets/contacts/department/delete/{department.pk}/"),
        (admin, f"/admin/bulk/contacts/department/delete/?id={department.pk}"),
    ):
        response = client.post(address)
        assert response.status_code == 302, address
    entry.refresh_from_db()
    assert (entry.kind, entry.department) == (EntryKind.objects.get(pk=entry.kind_id), department)


def test_user_who_registered_something_is_not_deleted(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    from registry.registration import register
    from tests.registry.filings import filing

    register(filing(complaint), register=general, actor=people["clerk"])
    client = client_of(people["admin"])
    address = reverse("wagtailusers_users:delete", args=[people["clerk"].pk])
    assert client.post(address).status_code == 302
    people["clerk"].refresh_from_db()


def test_officer_of_a_department_is_made_in_the_admin(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    department = DepartmentFactory()
    lifecycle.assign(entry, department, actor=people["clerk"])
    page = reverse("registry_entries:entry", args=[entry.pk])
    officer = client_of(people["other_officer"])
    assert officer.get(page).status_code == 404
    form = AdminForm(client_of(people["chief"]), reverse("registry_officers:add"))
    form.save(user=people["other_officer"].pk, department=department.pk)
    assert officer.get(page).status_code == 200
    member = DeskMember.objects.get(department=department)
    AdminForm(
        client_of(people["chief"]), reverse("registry_officers:delete", args=[member.pk])
    ).send()
    assert officer.get(page).status_code == 404


def test_menu_shows_each_what_it_may_open(people: dict[str, Any], general: Register) -> None:
    def menu(name: str) -> set[str]:
        text = text_of(client_of(people[name]), "/admin/")
        return set(re.findall(r"/admin/registru/([\w-]+)/", text))

    reader = {"entries", "years", "board", "audiences", "terms-calendar", "my-absence"}
    office = {*reader, "inbox", "counter", "queue", "dispatch", "court", "print"}
    tables = set(
        "kinds rules registers officers institutions file-classes templates absences".split()
    )
    assert menu("marketing") == set()
    assert menu("confidential") == reader
    assert menu("officer") == {*reader, "work"}
    assert menu("head") == {*reader, "work", "approvals"}
    assert menu("auditor") == {*reader, "trail", "reports", "print"}
    assert menu("clerk") == office
    assert menu("chief") == {*office, *tables, "approvals", "trail", "reports", "retention"}
    assert menu("cabinet") == {*reader, "inbox", "counter", "cabinet", "audience-hours"}
