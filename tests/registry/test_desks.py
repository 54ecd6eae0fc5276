"""The desks: what came in is given out, each department sees its own, a second person reads every answer."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry import lifecycle
from registry.desk.board import board
from registry.enums import Direction, Outcome, State
from registry.models import AuditEvent, DeskMember, EntryKind, Register, RegistryEntry
from registry.registration import RegisterBusy
from registry.term_text import days_left_text
from tests.factories import DepartmentFactory
from tests.registry.filings import answered, at, entry_of
from tests.registry.people import client_of, department_of

pytestmark = pytest.mark.django_db

INBOX = "/admin/registru/inbox/"
BOARD = "/admin/registru/board/"
WORK = "/admin/registru/work/"
APPROVALS = "/admin/registru/approvals/"
MOST_QUERIES = 25
MARCH = date(2026, 3, 20)


def html(client: Any, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return str(response.content.decode())


def numbers(text: str) -> list[int]:
    """The numbers of the rows of a desk, in their order."""
    return [int(n) for n in re.findall(r'registry-number" href="[^"]+">(\d+)/', text)]


def queue(text: str) -> list[int]:
    """The numbers that wait at the approvals' desk, in their order."""
    return [int(n) for n in re.findall(r'<span class="registry-number">(\d+)/', text)]


def submitted(entry: RegistryEntry, author: Any, text: str = "Am reparat lampa.") -> RegistryEntry:
    return lifecycle.submit(
        entry,
        text,
        outcome=Outcome.GRANTED,
        legal_basis="OG 27/2002, art. 8",
        signatory_head="Maria Exemplu, secretar general",
        signatory_department="Ion Probă, șef serviciu",
        actor=author,
    )


def as_many_queries(client: Any, address: str, grow: Any) -> int:
    """How many queries a screen takes, which is as many after `grow` as before."""
    html(client, address)
    with CaptureQueriesContext(connection) as first:
        html(client, address)
    grow()
    html(client, address)
    with CaptureQueriesContext(connection) as second:
        html(client, address)
    assert len(second) == len(first)
    assert not any("OFFSET" in query["sql"] for query in second)
    return len(second)


@pytest.fixture(autouse=True)
def in_march(clock: Any) -> None:
    """Friday, 20 March 2026, 10:00."""
    clock.move_to(at(2026, 3, 20, 10)())


# -- the inbox ---------------------------------------------------------------------------------------------------------


def sent(*entries: RegistryEntry, **values: Any) -> dict[str, Any]:
    """The form of the inbox with these entries ticked."""
    return {
        "entry": [entry.pk for entry in entries],
        **{f"version-{entry.pk}": entry.version for entry in entries},
        **values,
    }


def test_inbox_holds_what_has_no_department_the_first_due_first(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    department = department_of(people["officer"])
    closed = entry_of(complaint, general, at(2026, 1, 5, 10))
    late = entry_of(complaint, general, at(2026, 2, 2, 10))
    assigned = entry_of(complaint, general, at(2026, 3, 1, 10))
    returned = entry_of(complaint, general, at(2026, 3, 2, 10))
    outgoing = entry_of(complaint, general, at(2026, 3, 3, 10), direction=Direction.OUTGOING)
    named = entry_of(complaint, general, at(2026, 3, 12, 10), requested_department=department)
    lifecycle.assign(assigned, department, actor=people["clerk"])
    lifecycle.assign(returned, department, actor=people["clerk"])
    lifecycle.refuse(returned, "Ține de Direcția tehnică.", actor=people["officer"])
    lifecycle.cancel(closed, "Greșită", actor=people["chief"])
    text = html(client_of(people["clerk"]), INBOX)
    assert numbers(text) == [late.number, returned.number, named.number]
    assert late.due
    assert days_left_text(late.due, MARCH) in text
    assert "Ține de Direcția tehnică." in text
    assert f'<option value="{department.pk}" selected>' in text
    assert outgoing.state == State.REGISTERED


def test_everything_ticked_is_assigned_at_once(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    entries = [entry_of(complaint, general) for _ in range(3)]
    left = entry_of(complaint, general)
    department = department_of(people["officer"])
    response = client_of(people["clerk"]).post(
        INBOX, sent(*entries, department=department.pk, officer=people["officer"].pk)
    )
    assert (response.status_code, response["Location"]) == (302, INBOX)
    for entry in entries:
        entry.refresh_from_db()
        assert (entry.department, entry.officer) == (department, people["officer"])
    left.refresh_from_db()
    assert left.department is None
    told = AuditEvent.objects.filter(action="entry.assigned")
    assert {event.entry_id for event in told} == {entry.pk for entry in entries}


def test_each_goes_to_the_department_beside_it_where_none_is_chosen_for_all(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    one, other = entry_of(complaint, general), entry_of(complaint, general)
    first, second = department_of(people["officer"]), department_of(people["other_officer"])
    beside = {f"department-{one.pk}": first.pk, f"department-{other.pk}": second.pk}
    client_of(people["clerk"]).post(INBOX, sent(one, other, **beside))
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.department, other.department) == (first, second)


def test_what_fails_is_told_with_its_reason_and_the_rest_is_done(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    good, taken, undecided, about_him = (entry_of(complaint, general) for _ in range(4))
    department, elsewhere = department_of(people["officer"]), department_of(people["other_officer"])
    seen = sent(good, taken, undecided, about_him, officer=people["officer"].pk)
    for entry in (good, taken, about_him):
        seen[f"department-{entry.pk}"] = department.pk
    lifecycle.assign(taken, elsewhere, actor=people["chief"])
    about_him = lifecycle.concerns(about_him, people["officer"], actor=people["clerk"])
    seen[f"version-{about_him.pk}"] = about_him.version
    secret = entry_of(EntryKind.objects.get(is_confidential=True), general)
    seen["entry"] += [secret.pk, 10**17, "x", "9" * 40]
    response = client_of(people["clerk"]).post(INBOX, seen)
    assert response.status_code == 409
    text = response.content.decode()
    states = {entry.pk: entry.department for entry in RegistryEntry.objects.all()}
    assert states[good.pk] == department
    assert states[taken.pk] == elsewhere
    assert states[undecided.pk] is states[about_him.pk] is states[secret.pk] is None
    failed = re.search(r'aria-labelledby="failed".*?</section>', text, re.S)
    assert failed is not None
    for entry in (taken, undecided, about_him):
        assert entry.number_text in failed[0]
    assert str(elsewhere) in failed[0]
    assert "OG 27/2002" in failed[0]
    # What is not for the clerk is not even named, and the attempt is told.
    assert secret.number_text not in text
    assert AuditEvent.objects.filter(action="entry.denied", entry=secret).exists()
    # What is left stays ticked, with what was chosen, and is sent with its present version.
    assert re.search(rf'name="entry" value="{about_him.pk}" checked', text)
    assert f'name="version-{about_him.pk}" value="{about_him.version}"' in text


def test_double_click_assigns_once(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    entry = entry_of(complaint, general)
    client, form = client_of(people["clerk"]), sent(entry, department=DepartmentFactory().pk)
    assert [client.post(INBOX, form).status_code for _ in range(2)] == [302, 302]
    assert AuditEvent.objects.filter(action="entry.assigned").count() == 1


def test_busy_register_is_said_for_all_that_are_left(
    people: dict[str, Any], general: Register, complaint: EntryKind, monkeypatch: Any
) -> None:
    entries, tried = [entry_of(complaint, general) for _ in range(3)], []

    def busy(entry: RegistryEntry, *args: Any, **kwargs: Any) -> RegistryEntry:
        tried.append(entry.pk)
        raise RegisterBusy

    monkeypatch.setattr(lifecycle, "assign", busy)
    response = client_of(people["clerk"]).post(
        INBOX, sent(*entries, department=DepartmentFactory().pk)
    )
    assert response.status_code == 409
    assert len(tried) == 1
    for entry in entries:
        assert entry.number_text in response.content.decode()


@pytest.mark.parametrize(
    "form", [{}, {"entry": "x"}, {"entry": ["1"] * 200, "department": "x"}, {"officer": "x"}]
)
def test_form_of_the_inbox_that_means_nothing_changes_nothing(
    people: dict[str, Any], general: Register, complaint: EntryKind, form: dict[str, Any]
) -> None:
    entry = entry_of(complaint, general)
    assert client_of(people["clerk"]).post(INBOX, form).status_code == 422
    entry.refresh_from_db()
    assert entry.version == 1


def test_cabinet_sees_in_its_inbox_what_is_for_the_mayor_alone(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    entry_of(complaint, general)
    ours = entry_of(complaint, general, for_mayor=True)
    assert numbers(html(client_of(people["cabinet"]), INBOX)) == [ours.number]


def test_inbox_takes_as_many_queries_for_one_as_for_many(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    def grow() -> None:
        for _ in range(5):
            entry = entry_of(complaint, general, requested_department=DepartmentFactory())
            lifecycle.assign(entry, department_of(people["officer"]), actor=people["clerk"])
            lifecycle.refuse(entry, "Nu e la noi.", actor=people["officer"])

    entry_of(complaint, general)
    assert as_many_queries(client_of(people["clerk"]), INBOX, grow) <= MOST_QUERIES


# -- the board ---------------------------------------------------------------------------------------------------------


def test_board_counts_what_is_open_by_department(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    mine, theirs = department_of(people["officer"]), department_of(people["other_officer"])
    answered(entry_of(complaint, general, at(2026, 1, 5, 10)))
    secret = entry_of(EntryKind.objects.get(is_confidential=True), general, at(2026, 1, 5, 11))
    assert secret.is_open
    for month, day in ((1, 12), (2, 20)):
        entry = entry_of(complaint, general, at(2026, month, day, 10))
        lifecycle.assign(entry, theirs, actor=people["clerk"])
    drafted = entry_of(complaint, general, at(2026, 3, 18, 10))
    lifecycle.assign(drafted, mine, actor=people["clerk"])
    submitted(drafted, people["officer"])
    entry_of(complaint, general, at(2026, 3, 19, 10))

    def counts(who: str) -> list[tuple[str, int, int, int, int]]:
        return [
            (row.name, row.late.count, row.week.count, row.drafted.count, row.open.count)
            for row in board(people[who], MARCH)
            if row.open.count
        ]

    rows = counts("clerk")
    # Who has the most that is late stands first, after what has no department.
    assert [row[1:] for row in rows] == [(0, 0, 0, 1), (1, 1, 0, 2), (0, 0, 1, 1)]
    assert [row[0] for row in rows[1:]] == [str(theirs), str(mine)]
    assert counts("officer") == [(str(mine), 0, 0, 1, 1)]
    assert counts("confidential") == [(rows[0][0], 0, 0, 0, 1)]


def test_each_count_of_the_board_is_that_of_the_list_it_leads_to(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    for month in (1, 2, 3):
        entry = entry_of(complaint, general, at(2026, month, 20, 9))
        lifecycle.assign(entry, department_of(people["officer"]), actor=people["clerk"])
    submitted(entry, people["officer"])
    entry_of(complaint, general, at(2026, 3, 20, 9, 30))
    client = client_of(people["clerk"])
    html(client, BOARD)
    for row in board(people["clerk"], MARCH):
        for cell in (row.late, row.week, row.drafted, row.open):
            assert len(numbers(html(client, cell.url))) == cell.count, cell.url


def test_board_takes_as_many_queries_whatever_is_open(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    def grow() -> None:
        for _ in range(5):
            lifecycle.assign(
                entry_of(complaint, general), DepartmentFactory(), actor=people["clerk"]
            )

    grow()
    assert as_many_queries(client_of(people["clerk"]), BOARD, grow) <= MOST_QUERIES
    assert as_many_queries(client_of(people["officer"]), BOARD, grow) <= MOST_QUERIES


# -- one's own work ----------------------------------------------------------------------------------------------------


@pytest.fixture
def work(people: dict[str, Any], general: Register, complaint: EntryKind) -> dict[str, Any]:
    """Of the officer's department: one that nobody took, one that he did, one sent back, one that waits for
    approval; one of another department that his was asked about."""
    clerk, officer = people["clerk"], people["officer"]
    made = {}
    for n, name in enumerate(("mine", "nobody", "sent_back", "drafted", "contribute"), 1):
        entry = entry_of(complaint, general, at(2026, 3, n, 10))
        where = people["other_officer"] if name == "contribute" else officer
        made[name] = lifecycle.assign(entry, department_of(where), actor=clerk)
    lifecycle.take(made["mine"], actor=officer)
    submitted(made["sent_back"], officer)
    lifecycle.send_back(made["sent_back"], "Scrieți termenul lucrării.", actor=people["head"])
    submitted(made["drafted"], officer)
    lifecycle.ask_contributions(
        made["contribute"],
        department_of(officer),
        date(2026, 3, 24),
        actor=clerk,
        question="Ce program are scena?",
    )
    return made


def test_work_is_shown_by_what_is_to_be_done_with_it(
    people: dict[str, Any], work: dict[str, RegistryEntry]
) -> None:
    client = client_of(people["officer"])
    shown = {
        tab: numbers(html(client, f"{WORK}?tab={tab}"))
        for tab in ("all", "mine", "nobody", "contribute", "sent_back", "drafted", "x")
    }
    own = [work[name].number for name in ("mine", "nobody", "sent_back", "drafted")]
    assert shown["all"] == shown["x"] == own
    for tab in ("mine", "contribute", "sent_back", "drafted"):
        assert shown[tab] == [work[tab].number], tab
    # What was sent back has no officer either: it was never taken.
    assert shown["nobody"] == [work["nobody"].number, work["sent_back"].number]
    assert "Scrieți termenul lucrării." in html(client, f"{WORK}?tab=sent_back")
    asked = html(client, f"{WORK}?tab=contribute")
    assert "Ce program are scena?" in asked
    assert "24.03.2026" in asked
    counts = re.findall(r'desk-tabs__count">(\d+)', html(client, WORK))
    assert counts == ["4", "1", "2", "1", "1", "1"]


def test_what_was_sent_again_is_not_sent_back_any_more(
    people: dict[str, Any], work: dict[str, RegistryEntry]
) -> None:
    client = client_of(people["officer"])
    lifecycle.draft(work["sent_back"], "Lucrarea se termină vineri.", actor=people["officer"])
    assert numbers(html(client, f"{WORK}?tab=sent_back")) == [work["sent_back"].number]
    submitted(work["sent_back"], people["officer"], "Lucrarea se termină vineri.")
    assert numbers(html(client, f"{WORK}?tab=sent_back")) == []
    # Nor when it is opened again long after: the remark belongs to an answer that was approved since.
    lifecycle.approve(work["sent_back"], actor=people["head"])
    lifecycle.dispatch(work["sent_back"], "email", actor=people["clerk"])
    lifecycle.reopen(work["sent_back"], "Mai este ceva.", actor=people["chief"])
    assert numbers(html(client, f"{WORK}?tab=sent_back")) == []


def test_contribution_that_was_given_or_is_no_longer_needed_is_gone(
    people: dict[str, Any], work: dict[str, RegistryEntry]
) -> None:
    client = client_of(people["officer"])
    lifecycle.contribute(work["contribute"], "Scena e liberă.", actor=people["officer"])
    assert numbers(html(client, f"{WORK}?tab=contribute")) == []


def test_work_can_be_taken_from_the_list(
    people: dict[str, Any], work: dict[str, RegistryEntry]
) -> None:
    entry = work["nobody"]
    url = reverse("registry_entries:step", args=[entry.pk, "take"])
    client = client_of(people["officer"])
    assert f'action="{url}"' in html(client, WORK)
    assert client.post(url, {"take-version": entry.version}).status_code == 302
    entry.refresh_from_db()
    assert (entry.state, entry.officer) == (State.IN_PROGRESS, people["officer"])


def test_nobody_sees_the_work_of_another_department(
    people: dict[str, Any], work: dict[str, RegistryEntry]
) -> None:
    text = html(client_of(people["other_officer"]), WORK)
    assert numbers(text) == [work["contribute"].number]
    assert html(client_of(people["admin"]), WORK).count("data-row") == 0


def test_work_takes_as_many_queries_whatever_there_is(
    people: dict[str, Any], work: dict[str, RegistryEntry], general: Register, complaint: EntryKind
) -> None:
    officer = people["officer"]

    def grow() -> None:
        for _ in range(3):
            entry = entry_of(complaint, general)
            lifecycle.assign(entry, department_of(officer), actor=people["clerk"])
            submitted(entry, officer)
            lifecycle.send_back(entry, "Nu așa.", actor=people["head"])
            other = entry_of(complaint, general)
            lifecycle.assign(other, department_of(people["other_officer"]), actor=people["clerk"])
            lifecycle.ask_contributions(
                other, department_of(officer), date(2026, 3, 24), actor=people["clerk"]
            )

    client = client_of(officer)
    for tab in ("all", "sent_back", "contribute"):
        assert as_many_queries(client, f"{WORK}?tab={tab}", grow) <= MOST_QUERIES


# -- approvals ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def drafted(people: dict[str, Any], general: Register, complaint: EntryKind) -> RegistryEntry:
    """An answer of the officer's that waits."""
    entry = entry_of(complaint, general, at(2026, 3, 2, 10), body="Aleea e în beznă.")
    lifecycle.assign(entry, department_of(people["officer"]), actor=people["clerk"])
    return submitted(entry, people["officer"])


def step_of(entry: RegistryEntry, step: str) -> str:
    return reverse("registry_approvals:step", args=[entry.pk, step])


def test_answer_is_read_on_one_screen_with_what_was_asked(
    people: dict[str, Any], drafted: RegistryEntry
) -> None:
    text = html(client_of(people["head"]), APPROVALS)
    for part in (
        "Aleea e în beznă.",
        "Am reparat lampa.",
        "OG 27/2002, art. 8",
        "Maria Exemplu, secretar general",
        "Ion Probă, șef serviciu",
        step_of(drafted, "approve"),
        step_of(drafted, "send_back"),
    ):
        assert part in text, part
    assert AuditEvent.objects.filter(action="entry.viewed", entry=drafted).count() == 1


def test_head_of_a_department_approves_its_own_and_the_registry_all(
    people: dict[str, Any], drafted: RegistryEntry, general: Register, complaint: EntryKind
) -> None:
    other = entry_of(complaint, general, at(2026, 3, 3, 10))
    lifecycle.assign(other, department_of(people["other_officer"]), actor=people["clerk"])
    submitted(other, people["other_officer"])
    assert queue(html(client_of(people["head"]), APPROVALS)) == [drafted.number]
    assert queue(html(client_of(people["chief"]), APPROVALS)) == [drafted.number, other.number]
    # Asked to contribute, the head sees the other one, and still does not approve it.
    lifecycle.ask_contributions(
        other, department_of(people["officer"]), date(2026, 3, 24), actor=people["clerk"]
    )
    other.refresh_from_db()
    response = client_of(people["head"]).post(
        step_of(other, "approve"), {"approve-version": other.version}
    )
    assert response.status_code == 409
    assert 'role="alert"' in response.content.decode()
    other.refresh_from_db()
    assert other.state == State.DRAFTED


def test_approving_goes_on_to_the_next_one(
    people: dict[str, Any], drafted: RegistryEntry, general: Register, complaint: EntryKind
) -> None:
    second = entry_of(complaint, general, at(2026, 3, 4, 10))
    lifecycle.assign(second, department_of(people["officer"]), actor=people["clerk"])
    submitted(second, people["officer"], "A doua.")
    client = client_of(people["head"])
    response = client.post(
        step_of(drafted, "approve"), {"approve-version": drafted.version}, follow=True
    )
    drafted.refresh_from_db()
    assert drafted.state == State.APPROVED
    assert response.redirect_chain == [(APPROVALS, 302)]
    text = response.content.decode()
    assert queue(text) == [second.number]
    assert "A doua." in text


def test_answer_is_sent_back_with_what_has_to_change(
    people: dict[str, Any], drafted: RegistryEntry
) -> None:
    client = client_of(people["head"])
    form = {"send_back-version": drafted.version, "send_back-reason": ""}
    response = client.post(step_of(drafted, "send_back"), form)
    assert response.status_code == 422
    client.post(step_of(drafted, "send_back"), {**form, "send_back-reason": "Lipsește termenul."})
    drafted.refresh_from_db()
    assert drafted.state == State.IN_PROGRESS
    assert drafted.drafts.get().remark == "Lipsește termenul."


def test_nobody_approves_what_he_wrote_and_the_screen_says_so(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    head = people["head"]
    entry = entry_of(complaint, general, at(2026, 3, 2, 10))
    lifecycle.assign(entry, department_of(head), actor=people["clerk"])
    entry = submitted(entry, head)
    client = client_of(head)
    text = html(client, APPROVALS)
    assert queue(text) == [entry.number]
    assert step_of(entry, "approve") not in text
    response = client.post(step_of(entry, "approve"), {"approve-version": entry.version})
    assert response.status_code == 409
    entry.refresh_from_db()
    assert entry.state == State.DRAFTED
    assert step_of(entry, "approve") in html(client_of(people["chief"]), APPROVALS)


def test_second_of_two_readers_is_told_and_keeps_the_reason(
    people: dict[str, Any], drafted: RegistryEntry
) -> None:
    client = client_of(people["head"])
    lifecycle.extend(drafted, 5, "Expertiză", actor=people["chief"])
    form = {"send_back-version": drafted.version, "send_back-reason": "Lipsește termenul."}
    response = client.post(step_of(drafted, "send_back"), form)
    assert response.status_code == 409
    text = response.content.decode()
    assert "Lipsește termenul." in text
    now = RegistryEntry.objects.get(pk=drafted.pk)
    assert f'name="send_back-version" value="{now.version}"' in text
    lifecycle.approve(now, actor=people["chief"])
    response = client.post(step_of(drafted, "send_back"), form)
    assert response.status_code == 409


def test_answer_that_waits_no_more_is_said_to_be(
    people: dict[str, Any], drafted: RegistryEntry
) -> None:
    lifecycle.approve(drafted, actor=people["chief"])
    text = html(client_of(people["head"]), reverse("registry_approvals:read", args=[drafted.pk]))
    assert 'role="alert"' in text
    assert drafted.number_text in text


def test_approvals_take_as_many_queries_whatever_waits(
    people: dict[str, Any], drafted: RegistryEntry, general: Register, complaint: EntryKind
) -> None:
    def grow() -> None:
        for _ in range(4):
            entry = entry_of(complaint, general)
            lifecycle.assign(entry, department_of(people["officer"]), actor=people["clerk"])
            submitted(entry, people["officer"])

    for who in ("head", "chief"):
        assert as_many_queries(client_of(people[who]), APPROVALS, grow) <= MOST_QUERIES


# -- the first page of the admin ---------------------------------------------------------------------------------------


def test_first_page_leads_to_the_desks(
    people: dict[str, Any], drafted: RegistryEntry, general: Register, complaint: EntryKind
) -> None:
    entry_of(complaint, general)
    DeskMember.objects.create(user=people["chief"], department=department_of(people["officer"]))

    def led(who: str) -> dict[str, str]:
        text = html(client_of(people[who]), "/admin/")
        panel = text[text.index("registry-waiting") :]
        found = re.findall(
            r'<a href="([^"]+)"><b class="registry-waiting__count[^>]*>([^<]+)', panel
        )
        return dict(found)

    assert led("clerk")[INBOX] == "1"
    assert led("officer")[WORK] == "1"
    assert led("head")[APPROVALS] == "1"
    assert led("chief")[APPROVALS] == "1"
    assert INBOX not in led("officer")
    assert WORK not in led("clerk")
    assert WORK not in led("chief")
