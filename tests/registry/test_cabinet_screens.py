"""The Cabinet's screens: the board, a matter of two departments followed on it, Monday's list, briefing notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry import cabinet, lifecycle
from registry.cabinet import SubTerm
from registry.desk.cabinet_prints import monday_before
from registry.desk.paging import PAGE_SIZE
from registry.enums import Mode, Outcome
from registry.models import (
    AuditEvent,
    CabinetFile,
    Contribution,
    EntryKind,
    Institution,
    Register,
    RegistryEntry,
)
from registry.timeline import timeline
from tests.admin_forms import AdminForm, parse
from tests.factories import DepartmentFactory
from tests.registry.filings import answered, at, entry_of
from tests.registry.people import client_of, department_of

pytestmark = pytest.mark.django_db

BOARD = "/admin/registru/cabinet/"
MONDAY = f"{BOARD}monday/"
BRIEFING = f"{BOARD}briefing/"
RESOLUTION = "Se repară până la toamnă."
TODAY = at(2026, 3, 16, 10)()
"""A Monday."""
MOST_QUERIES = 25

Put = Callable[..., CabinetFile]


@pytest.fixture(autouse=True)
def monday(clock: Any) -> None:
    """Monday, 16 March 2026."""
    clock.move_to(TODAY)


@pytest.fixture
def put(general: Register, complaint: EntryKind, people: dict[str, Any]) -> Put:
    """Put a letter on the board, now or at `clock`; with `lead`, the Mayor has decided."""

    def file(source: str = "citizen", clock: Any = None, **values: Any) -> CabinetFile:
        lead, parts = values.pop("lead", None), values.pop("parts", ())
        institution = values.pop("institution", None)
        entry = entry_of(complaint, general, clock, **values)
        when = entry.registered_at
        made = cabinet.open_file(
            entry, source, institution=institution, actor=people["clerk"], at=when
        )
        if lead is not None:
            made = cabinet.resolve(made, RESOLUTION, lead, parts, actor=people["cabinet"], at=when)
        return CabinetFile.objects.select_related("entry").get(pk=made.pk)

    return file


@pytest.fixture
def browser(people: dict[str, Any]) -> Client:
    """The Cabinet's."""
    return client_of(people["cabinet"])


def address(file: CabinetFile) -> str:
    return reverse("registry_cabinet:file", args=[file.entry_id])


def html(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


def shown(text: str) -> list[str]:
    """The numbers in the rows of the board, in their order."""
    return [link.text.strip() for link in parse(text).select(".cabinet-board tbody td.title a")]


def form_of(client: Client, file: CabinetFile, step: str) -> AdminForm:
    """A form of a file's screen, as a browser would send it."""
    target = reverse("registry_cabinet:step", args=[file.entry_id, step])
    found = AdminForm(client, address(file))
    found.soup = parse(found.html).select_one(f'form[action="{target}"]')
    assert found.soup is not None
    found.data = {}
    for field in found.soup.find_all(["input", "textarea", "select"]):
        found._read(field)
    found.address = target
    return found


@contextmanager
def queries() -> Iterator[list[int]]:
    """How many queries the block took, in a list that is filled at its end."""
    found: list[int] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found.append(len(captured))


# -- the board ---------------------------------------------------------------------------------------------------------


def test_most_urgent_stands_first(put: Put, browser: Client, people: dict[str, Any]) -> None:
    lead, other = department_of(people["officer"]), department_of(people["other_officer"])
    calm = put()
    late = put(clock=at(2026, 3, 16, 10), counts_from=date(2026, 2, 1))
    part = put(lead=lead, parts=[SubTerm(other, date(2026, 3, 20))])
    look = put()
    cabinet.follow_up(look, "", date(2026, 3, 18), actor=people["cabinet"])
    text = html(browser, BOARD)
    assert shown(text) == [file.entry.number_text for file in (late, look, part, calm)]
    rows = parse(text).select(".cabinet-board tbody tr")
    assert [row.get("class") for row in rows] == [["cabinet-board__late"], None, None, None]
    assert str(other) in rows[2].text
    assert "20.03.2026" in rows[2].text


def test_board_narrows_by_source_department_and_what_is_asked(
    put: Put, browser: Client, people: dict[str, Any]
) -> None:
    lead, other = department_of(people["officer"]), department_of(people["other_officer"])
    first = put("presidency", lead=lead, parts=[SubTerm(other, date(2026, 3, 20))])
    second = put(lead=other)
    third = put("government", counts_from=date(2026, 2, 1))
    answered(second.entry)
    cabinet.follow_up(first, "", date(2026, 3, 16), actor=people["cabinet"])
    numbers = {file: file.entry.number_text for file in (first, second, third)}
    for query, files in (
        ("source=presidency", [first]),
        (f"department={other.pk}", [first, second]),
        (f"department={lead.pk}", [first]),
        ("show=late", [third]),
        ("show=look", [first]),
        ("show=undecided", [third]),
        ("show=over", [second]),
        ("show=x&source=y&department=z", [first, second, third]),
    ):
        found = shown(html(browser, f"{BOARD}?{query}"))
        assert sorted(found) == sorted(numbers[file] for file in files), query


def test_what_is_off_the_board_or_confidential_is_not_on_it(
    put: Put, browser: Client, people: dict[str, Any]
) -> None:
    gone, stays = put(), put()
    cabinet.off_board(gone, reason="Preluat", actor=people["cabinet"])
    assert shown(html(browser, BOARD)) == [stays.entry.number_text]
    EntryKind.objects.filter(key="sesizare").update(is_confidential=True)
    assert shown(html(browser, BOARD)) == []
    assert browser.get(address(stays)).status_code == 404
    assert AuditEvent.objects.filter(action="entry.denied", entry=stays.entry).exists()


def test_board_goes_on_by_key(put: Put, browser: Client) -> None:
    numbers = [put().entry.number_text for _ in range(PAGE_SIZE + 2)]
    text = html(browser, BOARD)
    assert shown(text) == numbers[:PAGE_SIZE]
    following = parse(text).select_one('a[rel="next"]')["href"]
    assert shown(html(browser, BOARD + following)) == numbers[PAGE_SIZE:]


def test_screens_cost_the_same_whatever_they_hold(
    put: Put, browser: Client, people: dict[str, Any]
) -> None:
    lead, other = department_of(people["officer"]), department_of(people["other_officer"])

    def more(number: int) -> list[CabinetFile]:
        return [
            put(
                lead=lead,
                parts=[SubTerm(other, date(2026, 3, 20)), SubTerm(third, date(2026, 3, 21))],
            )
            for _ in range(number)
        ]

    third = DepartmentFactory()
    file = more(2)[0]

    def cost() -> dict[str, int]:
        counted = {}
        for url in (BOARD, f"{BOARD}?show=late&department={lead.pk}", MONDAY, address(file)):
            html(browser, url)
            with queries() as count:
                html(browser, url)
            counted[url] = count[0]
        ticked = list(CabinetFile.objects.values_list("entry", flat=True))
        with queries() as count:
            assert browser.post(BRIEFING, {"entry": ticked}).status_code == 200
        counted[BRIEFING] = count[0]
        return counted

    few = cost()
    more(6)
    assert cost() == few
    assert max(few.values()) <= MOST_QUERIES, few


# -- a matter of two departments ---------------------------------------------------------------------------------------


def test_matter_of_two_departments_is_followed_on_the_board(
    put: Put, browser: Client, people: dict[str, Any], clock: Any
) -> None:
    lead, other = department_of(people["officer"]), department_of(people["other_officer"])
    file = put(body="Vă rog să reparați aleea.")
    entry = file.entry
    assert "Vă rog să reparați aleea." in html(browser, address(file))
    form = form_of(browser, file, "resolve")
    response = form.send(
        **{
            "resolve-text": RESOLUTION,
            "resolve-lead": lead.pk,
            "part-0-department": other.pk,
            "part-0-due": "2026-03-20",
            "part-0-question": "Costul",
        }
    )
    assert response.status_code == 302, response.content.decode()[:2000]
    # The departments read the resolution, the auditor and the citizen do not.
    entry_page = reverse("registry_entries:entry", args=[entry.pk])
    for who in ("officer", "other_officer"):
        assert RESOLUTION in html(client_of(people[who]), entry_page)
    assert RESOLUTION not in html(client_of(people["auditor"]), entry_page)
    entry.refresh_from_db()
    assert not any("toamnă" in f"{stop.title} {stop.text}" for stop in timeline(entry))

    def row() -> str:
        rows = parse(html(browser, BOARD)).select(".cabinet-board tbody tr")
        assert len(rows) == 1
        return " ".join(rows[0].text.split())

    assert str(lead) in row()
    assert str(other) in row()
    clock.move_to(at(2026, 3, 21, 10)())
    assert "registry-due--late" in html(browser, BOARD)
    lifecycle.contribute(entry, "Costă puțin.", actor=people["other_officer"])
    assert "registry-due--late" not in parse(html(browser, BOARD)).select_one("table").decode()
    assert "21.03.2026" in row()
    assert "Costă puțin." in html(browser, address(file))
    lifecycle.submit(
        entry,
        "Se repară.",
        actor=people["officer"],
        outcome=Outcome.GRANTED,
        legal_basis="OG 27/2002",
        signatory_head="Maria Exemplu",
        signatory_department="Ion Probă",
    )
    lifecycle.approve(entry, actor=people["chief"])
    lifecycle.dispatch(entry, Mode.EMAIL, actor=people["clerk"])
    assert shown(html(browser, f"{BOARD}?show=over")) == [entry.number_text]
    assert form_of(browser, file, "off").send().status_code == 302
    assert shown(html(browser, BOARD)) == []


# -- what is wrong -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"resolve-text": ""}, 422),
        ({"resolve-lead": ""}, 422),
        ({"resolve-version": "x"}, 422),
        ({"part-TOTAL_FORMS": "x"}, 422),
        ({"part-TOTAL_FORMS": "999999"}, 422),
        ({"part-0-due": ""}, 422),
        ({"part-0-department": "", "part-0-due": "2026-03-20"}, 422),
        ({"part-0-due": "31.02.2026"}, 422),
        ({"part-0-due": "2026-05-01"}, 409),
        ({"part-0-due": "2026-03-01"}, 409),
        ({"part-0-department": "lead"}, 409),
        ({"resolve-next_look_on": "2026-03-01"}, 409),
    ],
    ids=str,
)
def test_resolution_that_can_not_be_is_given_back_as_it_was_typed(
    put: Put, browser: Client, people: dict[str, Any], values: dict[str, str], status: int
) -> None:
    lead, other = department_of(people["officer"]), department_of(people["other_officer"])
    file = put()
    form = form_of(browser, file, "resolve")
    values = {name: str(lead.pk) if value == "lead" else value for name, value in values.items()}
    data: dict[str, Any] = {
        "resolve-text": RESOLUTION,
        "resolve-lead": lead.pk,
        "resolve-note": "De urmărit",
        "part-0-department": other.pk,
        "part-0-due": "2026-03-20",
        "part-0-question": "Costul lucrării",
        **values,
    }
    response = form.send(**data)
    assert response.status_code == status
    text = response.content.decode()
    assert "De urmărit" in text
    if "part-TOTAL_FORMS" not in values:
        assert "Costul lucrării" in text
    assert parse(text).select(".registry-step :is(.w-field__errors, .messages, .error-message, li)")
    file.refresh_from_db()
    assert file.resolution == ""
    assert not Contribution.objects.exists()


def test_second_of_two_sees_what_changed_and_sends_again(
    put: Put, browser: Client, people: dict[str, Any]
) -> None:
    lead, other = department_of(people["officer"]), department_of(people["other_officer"])
    file = put()
    form = form_of(browser, file, "resolve")
    cabinet.resolve(file, "Altceva.", other, actor=people["admin"])
    data = {"resolve-text": RESOLUTION, "resolve-lead": lead.pk}
    response = form.send(**data)
    assert response.status_code == 409
    text = response.content.decode()
    assert "Altceva." in text
    assert RESOLUTION in text
    assert 'id="changes"' in text
    again = parse(text).select_one('form[action$="/steps/resolve/"]')
    versions = {
        name: again.select_one(f"input[name=resolve-{name}]")["value"]
        for name in ("version", "entry_version")
    }
    renewed = {f"resolve-{name}": value for name, value in versions.items()}
    assert form.send(**data, **renewed).status_code == 302
    file.refresh_from_db()
    assert file.resolution.startswith(RESOLUTION)
    assert "Altceva." in file.resolution


def test_open_matter_stays_on_the_board_until_somebody_says_why(put: Put, browser: Client) -> None:
    file = put()
    form = form_of(browser, file, "off")
    assert form.send().status_code == 409
    assert form.send(**{"off-reason": "Preluat"}).status_code == 302
    again = AdminForm(browser, reverse("registry_cabinet:open", args=[file.entry_id]))
    assert again.send(source="citizen").status_code == 302
    assert shown(html(browser, BOARD)) == [file.entry.number_text]


def test_clerk_gives_an_entry_to_the_cabinet(
    browser: Client, people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    entry = entry_of(complaint, general)
    clerk = client_of(people["clerk"])
    url = reverse("registry_cabinet:open", args=[entry.pk])
    assert url in html(clerk, reverse("registry_entries:entry", args=[entry.pk]))
    body = Institution.objects.create(name="O prefectură de probă", email="p@example.org")
    form = AdminForm(clerk, url)
    assert form.send(source="citizen", institution=body.pk, note="Urgent").status_code == 409
    assert "Urgent" in form.send(source="x", note="Urgent").content.decode()
    assert form.send(source="institution", institution=body.pk, note="Urgent").status_code == 302
    assert shown(html(browser, BOARD)) == [entry.number_text]
    assert "Urgent" in html(browser, address(CabinetFile.objects.get()))
    assert url not in html(clerk, reverse("registry_entries:entry", args=[entry.pk]))


# -- the counter -------------------------------------------------------------------------------------------------------


def counter(client: Client, complaint: EntryKind) -> AdminForm:
    form = AdminForm(client, "/admin/registru/counter/")
    form.data |= {
        "kind": str(complaint.pk),
        "name": "Ministerul Exemplelor",
        "subject": "Adresă",
        "reply_by": "post",
        "address": "Str. Exemplu 1",
    }
    return form


def test_what_the_cabinet_registers_stands_on_its_board(
    browser: Client, people: dict[str, Any], complaint: EntryKind, general: Register
) -> None:
    lead = department_of(people["officer"])
    body = Institution.objects.create(name="Ministerul Exemplelor", email="m@example.org")
    form = counter(browser, complaint)
    assert form.send(source="").status_code == 422
    assert form.send(source="citizen", institution=body.pk).status_code == 422
    assert not RegistryEntry.objects.exists()
    done = form.send(source="government", institution=body.pk, department=lead.pk)
    form.send(source="government", institution=body.pk, department=lead.pk)
    file = CabinetFile.objects.get()
    assert (file.source, file.institution) == ("government", body)
    assert (file.entry.for_mayor, file.entry.department) == (True, lead)
    assert file.entry.number_text in html(browser, done["Location"])
    assert shown(html(browser, BOARD)) == [file.entry.number_text]


def test_letter_of_the_mayor_is_seen_and_is_no_matter(
    browser: Client, complaint: EntryKind
) -> None:
    form = counter(browser, complaint)
    assert form.send(direction="outgoing").status_code == 302
    assert RegistryEntry.objects.get().for_mayor
    assert not CabinetFile.objects.exists()


def test_clerk_is_not_asked_who_writes_to_the_mayor(
    people: dict[str, Any], complaint: EntryKind
) -> None:
    form = counter(client_of(people["clerk"]), complaint)
    assert "source" not in form.names()
    assert str(EntryKind.objects.get(key="audienta").pk) not in {
        option["value"] for option in form.soup.select("select[name=kind] option")
    }
    form.send(source="citizen")
    assert not RegistryEntry.objects.get().for_mayor
    assert not CabinetFile.objects.exists()


def test_administrator_chooses_whether_it_is_for_the_mayor(
    people: dict[str, Any], complaint: EntryKind
) -> None:
    counter(client_of(people["admin"]), complaint).send()
    assert not CabinetFile.objects.exists()
    counter(client_of(people["admin"]), complaint).send(source="citizen")
    assert CabinetFile.objects.count() == 1


# -- Monday's list -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 3, 16), date(2026, 3, 9)),
        (date(2026, 3, 17), date(2026, 3, 16)),
        (date(2026, 3, 22), date(2026, 3, 16)),
        (date(2027, 1, 1), date(2026, 12, 28)),
    ],
)
def test_monday_before(day: date, monday: date) -> None:
    assert monday_before(day) == monday


def test_monday_list_holds_what_is_open_late_new_and_closed(
    put: Put, browser: Client, people: dict[str, Any]
) -> None:
    lead, other = department_of(people["officer"]), department_of(people["other_officer"])
    cab = people["cabinet"]
    # In the order of the register: what came before Monday, 9 March, first.
    old = put(clock=at(2026, 3, 2, 9), lead=lead)
    long_gone = put(clock=at(2026, 3, 2, 10))
    cabinet.off_board(long_gone, reason="Preluat", actor=cab, at=at(2026, 3, 8, 23)())
    gone = put(clock=at(2026, 3, 3, 9))
    late_part = put(clock=at(2026, 3, 3, 10), lead=other, parts=[SubTerm(lead, date(2026, 3, 13))])
    new = put(clock=at(2026, 3, 9, 0, 30), subject="Ceva nou")
    over = put(clock=at(2026, 3, 10, 9), lead=lead)
    cabinet.off_board(gone, reason="Preluat", actor=cab, at=at(2026, 3, 9, 0, 10)())
    answered(over.entry, moment=at(2026, 3, 12, 9)())

    page = parse(html(browser, MONDAY))

    def part(name: str) -> list[str]:
        section = page.select_one(f"section[data-part={name}]")
        return [cell.text.strip() for cell in section.select("tbody td.number")]

    def numbers(*files: CabinetFile) -> list[str]:
        return [file.entry.number_text for file in files]

    assert part("late") == numbers(late_part)
    assert sorted(part("open")) == sorted(numbers(old, late_part, new))
    assert part("came") == numbers(new, over)
    assert part("closed") == numbers(over, gone)
    groups = [heading.text for heading in page.select("section[data-part=open] h3")]
    assert [
        str(name) in text
        for name, text in zip(("", *sorted(map(str, (lead, other)))), groups, strict=True)
    ] == [True] * 3
    # No citizen's name on a list that lies on tables.
    assert "Ilona Probă" not in page.text
    event = AuditEvent.objects.latest("sequence")
    assert (event.action, event.data["what"]) == ("register.printed", "monday")
    assert set(event.data["entries"]) == set(numbers(old, late_part, new, over, gone))


def test_list_with_nothing_on_it_says_so(browser: Client, general: Register) -> None:
    assert len(parse(html(browser, MONDAY)).select("section > p")) == 4


# -- the briefing note -------------------------------------------------------------------------------------------------


def test_briefing_note_holds_what_was_ticked(
    put: Put, browser: Client, people: dict[str, Any]
) -> None:
    lead, other = department_of(people["officer"]), department_of(people["other_officer"])
    first = put(lead=lead, parts=[SubTerm(other, date(2026, 3, 20), "Costul")])
    put(subject="Altul")
    lifecycle.contribute(first.entry, "CNP 1800101221144 costă.", actor=people["other_officer"])
    response = browser.post(BRIEFING, {"entry": [first.entry_id]})
    assert response.status_code == 200
    text = parse(response.content).select_one("main").text
    for words in (first.entry.number_text, "Ilona Probă", RESOLUTION, str(lead), "Costul", "costă"):
        assert words in text
    assert "Altul" not in text
    assert "1800101221144" not in text
    event = AuditEvent.objects.latest("sequence")
    assert (event.action, event.data) == (
        "register.printed",
        {"what": "briefing", "entries": [first.entry.number_text]},
    )


def test_note_of_nothing_or_of_too_much_is_refused(put: Put, browser: Client) -> None:
    file = put()
    for ticked in ([], ["x", "9" * 30, "-1"], [str(n) for n in range(1, 60)]):
        response = browser.post(BRIEFING, {"entry": ticked})
        assert response.status_code == 422
        assert file.entry.number_text in response.content.decode()
    assert browser.get(BRIEFING).status_code == 405
    assert not AuditEvent.objects.filter(action="register.printed").exists()


def test_note_of_what_is_not_the_mayors_is_not_found_and_told(
    put: Put, browser: Client, general: Register, complaint: EntryKind
) -> None:
    file, other = put(), entry_of(complaint, general)
    assert browser.post(BRIEFING, {"entry": [file.entry_id, other.pk]}).status_code == 404
    assert AuditEvent.objects.filter(action="entry.denied", entry=other).exists()
    assert not AuditEvent.objects.filter(action="register.printed").exists()


def test_trail_tells_in_words(put: Put, people: dict[str, Any]) -> None:
    lead = department_of(people["officer"])
    file = put("presidency", lead=lead)
    cabinet.follow_up(file, "Notă", date(2026, 3, 16) + timedelta(days=2), actor=people["cabinet"])
    text = html(client_of(people["auditor"]), "/admin/registru/trail/")
    assert str(lead) in text
    assert "18.03.2026" in text
    assert "Notă" not in parse(text).select_one("table").text
