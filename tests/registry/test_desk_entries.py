"""Entries at the desk: who sees which, by which way, and what can be done with one."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from registry import lifecycle
from registry.models import AuditEvent, EntryKind, Register, RegistryEntry
from tests.factories import DepartmentFactory
from tests.registry.filings import answered, at, entry_of
from tests.registry.people import client_of, department_of

pytestmark = pytest.mark.django_db

LIST = "/admin/registru/entries/"
CNP = "1800101221144"


@pytest.fixture
def entry(general: Register, complaint: EntryKind) -> RegistryEntry:
    """Registered on 12 March 2026, due on 11 April; its text holds a personal number."""
    return entry_of(complaint, general, at(2026, 3, 12, 10), body=f"CNP {CNP}, <b>lumină</b>")


@pytest.fixture
def secret(general: Register) -> RegistryEntry:
    """A confidential report."""
    kind = EntryKind.objects.get(is_confidential=True)
    return entry_of(kind, general, at(2026, 3, 12, 11), subject="Raport intern")


def page_of(entry: RegistryEntry) -> str:
    return reverse("registry_entries:entry", args=[entry.pk])


def step_of(entry: RegistryEntry, name: str) -> str:
    return reverse("registry_entries:step", args=[entry.pk, name])


def html(client: Any, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return str(response.content.decode())


def told(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action).order_by("sequence"))


# -- what is not yours -------------------------------------------------------------------------------------------------


def test_officer_sees_what_is_assigned_to_the_department_and_nothing_else(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    officer, other = client_of(people["officer"]), client_of(people["other_officer"])
    for client in (officer, other):
        assert client.get(page_of(entry)).status_code == 404
        assert entry.number_text not in html(client, LIST)
        assert entry.number_text not in html(client, f"{LIST}?q={entry.number}")
    lifecycle.assign(entry, department_of(people["officer"]), actor=people["clerk"])
    assert entry.number_text in html(officer, LIST)
    assert officer.get(page_of(entry)).status_code == 200
    assert other.get(page_of(entry)).status_code == 404
    assert entry.number_text not in html(other, LIST)


def test_confidential_entry_is_there_for_those_with_the_permission_alone(
    people: dict[str, Any], secret: RegistryEntry, entry: RegistryEntry
) -> None:
    for name in ("clerk", "chief", "auditor", "officer"):
        client = client_of(people[name])
        assert client.get(page_of(secret)).status_code == 404, name
        assert "Raport intern" not in html(client, LIST), name
        assert "Raport intern" not in html(client, f"{LIST}?q={secret.number}"), name
        assert str(secret.kind) not in html(client, LIST), name
    client = client_of(people["confidential"])
    assert "Raport intern" in html(client, LIST)
    assert client.get(page_of(secret)).status_code == 200
    assert client.get(page_of(entry)).status_code == 404


def test_steps_with_what_is_not_yours_are_404(people: dict[str, Any], entry: RegistryEntry) -> None:
    client = client_of(people["officer"])
    for name in ("assign", "answer", "extend", "cancel"):
        assert client.post(step_of(entry, name)).status_code == 404
    assert client.post(f"{page_of(entry)}numbers/").status_code == 404


def test_auditor_sees_neither_who_it_is_from_nor_what_they_wrote(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    answered(entry, "Stimată doamnă Probă")
    client = client_of(people["auditor"])
    seen = html(client, page_of(entry)) + html(client, LIST)
    for hidden in ("Ilona", "example.org", "lumină", "Probă", CNP):
        assert hidden not in seen
    assert entry.subject in seen
    assert client.post(f"{page_of(entry)}numbers/").status_code == 302
    assert not told("entry.viewed")


def test_search_by_words_does_not_tell_an_auditor_who_wrote(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    client = client_of(people["auditor"])
    assert entry.number_text not in html(client, f"{LIST}?q=Ilona")
    assert entry.number_text in html(client, f"{LIST}?q=1/305")
    assert not told("register.searched")


GENERIC = [
    "snippets/registry/registryentry/",
    "snippets/registry/registryentry/add/",
    "snippets/choose/registry/registryentry/",
    "snippets/choose/registry/registryentry/results/",
    "snippets/choose/registry/registryentry/chosen/{pk}/",
    "bulk/registry/registryentry/delete/?id={pk}",
    "bulk/registry/registryentry/delete/?id=all",
    *(
        f"{base}{view}/{{pk}}/"
        for base in ("snippets/registry/registryentry/", "registru/entries/")
        for view in ("edit", "delete", "usage", "history", "history-results", "inspect", "copy")
    ),
    *(f"registru/entries/{view}/" for view in ("add", "results", "choose", "preview")),
    "registru/entries/?export=csv&format=csv",
]


def test_wagtails_own_views_show_no_entry_to_anybody(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    for name in ("nobody", "officer", "clerk", "admin"):
        client = client_of(people[name])
        for address in GENERIC:
            response = client.get(f"/admin/{address.format(pk=entry.pk)}", follow=True)
            if response.status_code == 404:
                continue
            # The list itself, whatever is asked of it, or the home that Wagtail leads to.
            assert response.status_code == 200, (name, address)
            assert response["Content-Type"].startswith("text/html"), (name, address)
            is_list = address.startswith("registru/entries/?") and name in {"clerk", "admin"}
            assert is_list or entry.number_text not in response.content.decode(), (name, address)


def test_no_bulk_action_chooser_search_area_or_report_knows_entries(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    from wagtail.admin.views.bulk_action.registry import bulk_action_registry
    from wagtail.models import ModelLogEntry, ReferenceIndex

    from registry.desk.viewsets import NoBulkDelete

    lifecycle.assign(entry, department_of(people["officer"]), actor=people["clerk"])
    assert list(bulk_action_registry.get_bulk_actions_for_model("registry", "registryentry")) == [
        NoBulkDelete
    ]
    assert not ModelLogEntry.objects.for_instance(entry).exists()
    assert not ReferenceIndex.objects.filter(
        content_type__app_label="registry", content_type__model="registryentry"
    ).exists()
    admin = client_of(people["admin"])
    department = department_of(people["officer"])
    for address in (
        "/admin/reports/site-history/",
        f"/admin/snippets/contacts/department/usage/{department.pk}/",
    ):
        assert entry.number_text not in admin.get(address).content.decode()


def test_policy_says_no_to_everything_but_seeing(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    from wagtail.permissions import policy_registry

    policy = policy_registry.get_by_type(RegistryEntry)
    for name in ("admin", "chief", "clerk"):
        for action in ("add", "change", "delete", "publish"):
            assert not policy.user_has_permission(people[name], action)
            assert not policy.user_has_permission_for_instance(people[name], action, entry)
            assert not policy.instances_user_has_permission_for(people[name], action)
    assert list(policy.instances_user_has_permission_for(people["clerk"], "view")) == [entry]
    assert not policy.user_has_permission_for_instance(people["officer"], "view", entry)
    assert set(policy.users_with_permission("view")) == {
        people[name]
        for name in (
            "clerk",
            "chief",
            "officer",
            "other_officer",
            "head",
            "contributor",
            "cabinet",
            "confidential",
            "auditor",
            "admin",
        )
    }
    assert not policy.users_with_permission("change")


def test_reports_lead_to_an_entry_only_who_may_see_it(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    from wagtail.admin.admin_url_finder import AdminURLFinder

    assert AdminURLFinder(people["officer"]).get_edit_url(entry) is None
    assert AdminURLFinder(people["clerk"]).get_edit_url(entry) == page_of(entry)


def test_address_that_is_no_key_is_404(people: dict[str, Any], general: Register) -> None:
    client = client_of(people["clerk"])
    for address in (f"{LIST}0/", f"{LIST}{10**30}/", f"{LIST}-1/"):
        assert client.get(address).status_code == 404


# -- the list ----------------------------------------------------------------------------------------------------------


def numbers(text: str) -> list[int]:
    found = re.findall(r'registry-number" href="[^"]+">([0-9.]+)/', text)
    return [int(number.replace(".", "")) for number in found]


def test_list_is_newest_first_and_narrowed_by_its_filters(
    people: dict[str, Any], general: Register, complaint: EntryKind, clock: Any
) -> None:
    late = entry_of(complaint, general, at(2026, 9, 1, 10))
    soon = entry_of(complaint, general, at(2026, 10, 25, 10))
    today = entry_of(EntryKind.objects.get(key="cerere"), general, at(2026, 11, 23, 9))
    lifecycle.assign(soon, department_of(people["officer"]), actor=people["clerk"])
    client = client_of(people["clerk"])

    def listed(query: str = "") -> list[int]:
        return numbers(html(client, f"{LIST}?{query}"))

    assert listed() == [3, 2, 1]
    assert listed("show=today") == [today.number]
    assert listed("show=late") == [late.number]
    assert listed("show=week") == [soon.number]
    assert listed("state=assigned") == [soon.number]
    assert listed(f"kind={today.kind_id}") == [today.number]
    assert listed("department=none") == [today.number, late.number]
    assert listed(f"department={department_of(people['officer']).pk}") == [soon.number]
    assert listed("department=none&state=registered&show=late") == [late.number]


@pytest.mark.parametrize(
    "query",
    [
        "show=x&state=x&kind=x&department=x&after=x&before=x",
        "kind=999999999999999999999&department=999999999999999999999",
        "after=" + "9" * 30,
        "after=2026-04-11_3",
        "show=late&after=3",
        "show=late&after=9999-99-99_1",
        "q=%00",
        "q=%22",
        "q=" + "x" * 500,
        "q=%F0%9F%98%80",
    ],
)
def test_query_that_means_nothing_is_no_error(
    people: dict[str, Any], entry: RegistryEntry, query: str
) -> None:
    assert client_of(people["clerk"]).get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize(
    "text", ["1", "1/305", "1/305/12.03.2026", "nr. 1 din 12.03.2026", "1/2026"]
)
def test_number_is_found_in_any_form_and_not_told(
    people: dict[str, Any], entry: RegistryEntry, text: str
) -> None:
    client = client_of(people["clerk"])
    assert entry.number_text in client.get(LIST, {"q": text}).content.decode()
    assert not told("register.searched")


def test_search_by_name_is_told_without_the_name(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    assert entry.number_text in html(client_of(people["clerk"]), f"{LIST}?q=ilona+proba")
    (event,) = told("register.searched")
    assert event.actor_name == "clerk"
    assert event.data == {"found": 1, "more": False}


def test_long_list_is_paged_by_key_there_and_back(
    people: dict[str, Any], general: Register, complaint: EntryKind, monkeypatch: Any
) -> None:
    from registry.desk import paging

    monkeypatch.setattr(paging.slice_of, "__defaults__", (2,))
    for day in range(1, 6):
        entry_of(complaint, general, at(2026, 3, day, 10))
    client = client_of(people["clerk"])

    def link(text: str, rel: str) -> str | None:
        found = re.search(rf'rel="{rel}" href="([^"]+)"', text)
        return found and found[1].replace("&amp;", "&")

    for query, order in (("", [5, 4, 3, 2, 1]), ("show=late", [1, 2, 3, 4, 5])):
        text, seen = html(client, f"{LIST}?{query}"), []
        assert link(text, "prev") is None
        while True:
            seen += numbers(text)
            if (following := link(text, "next")) is None:
                break
            text = html(client, LIST + following)
        assert seen == order
        back = numbers(text)
        while (before := link(text, "prev")) is not None:
            text = html(client, LIST + before)
            back = numbers(text) + back
        assert back == order


def test_list_takes_as_many_queries_for_one_entry_as_for_many(
    people: dict[str, Any],
    general: Register,
    complaint: EntryKind,
    django_assert_max_num_queries: Any,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(people["officer"])
    department = department_of(people["officer"])

    def one_more() -> None:
        lifecycle.assign(entry_of(complaint, general), department, actor=people["clerk"])

    one_more()
    html(client, LIST)
    with CaptureQueriesContext(
        connection,
    ) as first:
        html(client, LIST)
    for _ in range(4):
        one_more()
    with CaptureQueriesContext(connection) as second:
        html(client, LIST)
    assert len(second) == len(first)
    assert not any("COUNT(" in query["sql"] or "OFFSET" in query["sql"] for query in second)


# -- the entry ---------------------------------------------------------------------------------------------------------


def test_entry_shows_what_it_is_with_its_term_step_by_step(
    people: dict[str, Any], entry: RegistryEntry, clock: Any
) -> None:
    clock.move_to(at(2026, 4, 1, 10)())
    text = html(client_of(people["clerk"]), page_of(entry))
    assert "1/305/12.03.2026" in text
    assert "Ilona Probă" in text
    assert "&lt;b&gt;lumină" in text
    assert "11 aprilie 2026" in text
    assert "OG 27/2002" in text


def test_personal_number_is_covered_until_somebody_asks_which_is_told(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    client = client_of(people["clerk"])
    assert CNP not in html(client, page_of(entry))
    assert client.get(f"{page_of(entry)}numbers/").status_code == 405
    response = client.post(f"{page_of(entry)}numbers/")
    assert CNP in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert [event.data for event in told("entry.viewed")] == [{}, {"personal_numbers": True}]


def test_entry_that_was_opened_is_told_once_an_hour(
    people: dict[str, Any], entry: RegistryEntry, clock: Any
) -> None:
    client = client_of(people["clerk"])
    for _ in range(3):
        html(client, page_of(entry))
    assert [event.actor_name for event in told("entry.viewed")] == ["clerk"]
    html(client_of(people["chief"]), page_of(entry))
    assert len(told("entry.viewed")) == 2
    clock.shift(3601)
    html(client, page_of(entry))
    assert len(told("entry.viewed")) == 3


def test_clerk_assigns_an_entry(people: dict[str, Any], entry: RegistryEntry) -> None:
    department = department_of(people["officer"])
    client = client_of(people["clerk"])
    response = client.post(
        step_of(entry, "assign"),
        {"assign-version": entry.version, "assign-department": department.pk},
    )
    assert response.status_code == 302
    assert response["Location"] == page_of(entry)
    entry.refresh_from_db()
    assert (entry.department, entry.state) == (department, "assigned")
    assert str(department) in html(client, page_of(entry))


def test_steps_are_offered_and_open_to_those_with_the_permission(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    lifecycle.assign(entry, department_of(people["officer"]), actor=people["clerk"])
    offered = {
        name: set(re.findall(r'/steps/(\w+)/"', html(client_of(people[name]), page_of(entry))))
        for name in ("clerk", "chief", "officer", "auditor")
    }
    registry = {
        "assign",
        "ask_contributions",
        "concerns",
        "redirect",
        "join",
        "file_repeat",
        "file_anonymous",
    }
    assert offered == {
        "clerk": registry,
        "chief": {*registry, "extend", "cancel"},
        "officer": {"take", "aspects", "refuse", "ask", "draft", "submit"},
        "auditor": set(),
    }
    version = RegistryEntry.objects.get().version
    typed: dict[str, dict[str, Any]] = {
        "assign": {"department": department_of(people["other_officer"]).pk},
        "draft": {"text": "Da."},
        "extend": {"days": 5, "reason": "Expertiză"},
        "cancel": {"reason": "Greșită"},
    }
    for name, steps in offered.items():
        for step in set(typed) - steps:
            data = {f"{step}-{key}": value for key, value in typed[step].items()}
            response = client_of(people[name]).post(
                step_of(entry, step), {f"{step}-version": version, **data}
            )
            assert response.status_code == 302, (name, step)
            assert response["Location"] == "/admin/", (name, step)
    assert RegistryEntry.objects.get().version == version


def test_second_of_two_clerks_sees_what_changed_and_keeps_what_was_typed(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    lifecycle.assign(entry, department_of(people["officer"]), actor=people["chief"])
    client = client_of(people["clerk"])
    other = DepartmentFactory()
    typed = {"assign-version": entry.version, "assign-department": other.pk}
    response = client.post(step_of(entry, "assign"), typed)
    assert response.status_code == 409
    text = response.content.decode()
    assert f'<option value="{other.pk}" selected>' in text
    assert str(department_of(people["officer"])) in text
    entry.refresh_from_db()
    assert entry.department == department_of(people["officer"])
    assert f'name="assign-version" value="{entry.version}"' in text
    client.post(step_of(entry, "assign"), {**typed, "assign-version": entry.version})
    entry.refresh_from_db()
    assert (entry.state, entry.department) == ("assigned", other)


def test_rule_that_a_step_breaks_is_said_with_what_was_typed(
    people: dict[str, Any], entry: RegistryEntry, clock: Any
) -> None:
    client = client_of(people["chief"])
    response = client.post(
        step_of(entry, "extend"),
        {"extend-version": 1, "extend-days": 5, "extend-reason": "Se cere o expertiză."},
    )
    assert response.status_code == 409
    assert "OG 27/2002" in response.content.decode()
    assert "Se cere o expertiză." in response.content.decode()
    clock.move_to(at(2026, 4, 1, 10)())
    client.post(
        step_of(entry, "extend"),
        {"extend-version": 1, "extend-days": 5, "extend-reason": "Se cere o expertiză."},
    )
    entry.refresh_from_db()
    assert entry.due == date(2026, 4, 16)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"assign-version": "x", "assign-department": "x"},
        {"assign-version": 1, "assign-department": 10**30},
        {"assign-version": -1, "assign-department": 1},
    ],
)
def test_step_that_was_filled_in_badly_changes_nothing(
    people: dict[str, Any], entry: RegistryEntry, data: dict[str, Any]
) -> None:
    response = client_of(people["clerk"]).post(step_of(entry, "assign"), data)
    assert response.status_code == 422
    assert RegistryEntry.objects.get().version == 1
    assert client_of(people["clerk"]).post(step_of(entry, "x")).status_code == 404


def test_what_is_typed_is_cleaned_and_never_markup(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    client = client_of(people["chief"])
    client.post(
        step_of(entry, "cancel"),
        {"cancel-version": 1, "cancel-reason": "De\u202e două\r\nori <script>{{ x }}"},
    )
    entry.refresh_from_db()
    assert entry.cancel_reason == "De două ori <script>{{ x }}"
    assert "<script>{{" not in html(client, page_of(entry))


def test_entry_takes_as_many_queries_whatever_was_done_with_it(
    people: dict[str, Any], entry: RegistryEntry
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(people["clerk"])
    lifecycle.assign(entry, department_of(people["officer"]), actor=people["clerk"])
    html(client, page_of(entry))
    with CaptureQueriesContext(connection) as first:
        html(client, page_of(entry))
    for number in range(4):
        lifecycle.complete(entry, "Și încă", (), submission_key=f"c{number}")
        lifecycle.assign(
            entry,
            department_of(people["other_officer" if number % 2 else "officer"]),
            actor=people["chief"],
        )
    html(client, page_of(entry))
    with CaptureQueriesContext(connection) as second:
        html(client, page_of(entry))
    assert len(second) == len(first)
