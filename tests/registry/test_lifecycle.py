"""Steps after the registration: their rules, their events, and two people at once."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from registry import audit, intake, lifecycle
from registry.lifecycle import Changed, NotPossible
from registry.models import (
    Attempt,
    AuditEvent,
    DeadlineRule,
    EntryKind,
    QueuedSubmission,
    Register,
    RegistryEntry,
)
from registry.registration import register
from registry.term_services import recompute_open_terms
from tests.conftest import BUCHAREST
from tests.factories import CalendarDayFactory, DepartmentFactory
from tests.registry.filings import answered, at, entry_of, filing

pytestmark = pytest.mark.django_db

MARCH = at(2026, 3, 12, 10)


@pytest.fixture
def entry(general: Register, complaint: EntryKind) -> RegistryEntry:
    """Registered on 12 March 2026, due on 11 April."""
    return entry_of(complaint, general, MARCH)


def actions(entry: RegistryEntry) -> list[str]:
    return list(
        AuditEvent.objects.filter(entry=entry).order_by("sequence").values_list("action", flat=True)
    )


def test_entry_goes_to_a_department_and_to_another_one(
    entry: RegistryEntry, admin_user: Any
) -> None:
    first, second = DepartmentFactory.create_batch(2)
    now = lifecycle.assign(entry, first, actor=admin_user)
    now = lifecycle.assign(now, second, actor=admin_user, version=now.version)
    assert (now.department, now.state) == (second, "assigned")
    event = AuditEvent.objects.filter(entry=entry).latest("sequence")
    assert event.data["department"] == [first.key, second.key]
    assert event.actor_name == admin_user.username


def test_same_department_again_is_nothing(entry: RegistryEntry, admin_user: Any) -> None:
    department = DepartmentFactory()
    lifecycle.assign(entry, department, actor=admin_user)
    lifecycle.assign(entry, department, actor=admin_user)
    assert actions(entry) == ["entry.registered", "entry.assigned"]


def test_second_of_two_clerks_is_told(entry: RegistryEntry, admin_user: Any) -> None:
    seen = entry.version
    lifecycle.assign(entry, DepartmentFactory(), actor=admin_user, version=seen)
    with pytest.raises(Changed) as raised:
        lifecycle.assign(entry, DepartmentFactory(), actor=admin_user, version=seen)
    assert raised.value.entry.version == seen + 1
    assert actions(entry) == ["entry.registered", "entry.assigned"]


def test_term_is_extended_from_the_original_one(entry: RegistryEntry, admin_user: Any) -> None:
    now = lifecycle.extend(
        entry, 15, "Se cere o expertiză.", actor=admin_user, at=at(2026, 4, 11, 9)()
    )
    assert now.due == date(2026, 4, 26)
    assert now.legal_limit == date(2026, 4, 27)
    assert (now.internal_due, now.dispatch_target) == (date(2026, 4, 24), date(2026, 4, 22))
    assert now.other_terms["redirect_by"] == "2026-03-17"
    assert AuditEvent.objects.latest("sequence").data["terms"]["due"] == [
        "2026-04-11",
        "2026-04-26",
    ]


@pytest.mark.parametrize(
    ("days", "today", "reason"),
    [
        (16, date(2026, 4, 1), "Motiv"),
        (0, date(2026, 4, 1), "Motiv"),
        (5, date(2026, 4, 12), "Motiv"),
        (5, date(2026, 4, 1), "  "),
    ],
)
def test_extension_against_the_rule_is_refused(
    entry: RegistryEntry, admin_user: Any, days: int, today: date, reason: str
) -> None:
    with pytest.raises(NotPossible) as raised:
        lifecycle.extend(
            entry, days, reason, actor=admin_user, at=datetime.combine(today, time(9), BUCHAREST)
        )
    assert str(raised.value)
    entry.refresh_from_db()
    assert (entry.due, entry.extended_by, entry.version) == (date(2026, 4, 11), 0, 1)


def test_term_is_extended_once(entry: RegistryEntry, admin_user: Any) -> None:
    lifecycle.extend(entry, 5, "Motiv", actor=admin_user, at=at(2026, 4, 1, 9)())
    with pytest.raises(NotPossible):
        lifecycle.extend(entry, 5, "Motiv", actor=admin_user, at=at(2026, 4, 1, 9)())


def test_answer_ends_the_term(entry: RegistryEntry, admin_user: Any) -> None:
    now = answered(entry, "S-a aprins lumina.")
    assert (now.state, now.is_open) == ("dispatched", False)
    for step in (
        lambda: lifecycle.assign(now, DepartmentFactory(), actor=admin_user),
        lambda: lifecycle.approve(now, actor=admin_user),
        lambda: lifecycle.cancel(now, "Greșit", actor=admin_user),
        lambda: lifecycle.complete(now, "Și încă", (), submission_key="c"),
    ):
        with pytest.raises(NotPossible):
            step()
    assert "lumina" not in str(AuditEvent.objects.latest("sequence").data)


def test_wrong_entry_keeps_its_number(
    entry: RegistryEntry, complaint: EntryKind, general: Register, admin_user: Any
) -> None:
    with pytest.raises(NotPossible):
        lifecycle.cancel(entry, "", actor=admin_user)
    now = lifecycle.cancel(entry, "Înregistrată de două ori.", actor=admin_user)
    assert (now.state, now.number, now.cancel_reason) == (
        "cancelled",
        1,
        "Înregistrată de două ori.",
    )
    assert entry_of(complaint, general, at(2026, 3, 13, 10)).number == 2
    assert not list(audit.verify())


def test_completion_moves_no_term_and_comes_once(entry: RegistryEntry) -> None:
    completion, is_new = lifecycle.complete(entry, "Strada este Ploiești.", (), submission_key="c1")
    again, is_new_again = lifecycle.complete(
        entry, "Strada este Ploiești.", (), submission_key="c1"
    )
    assert (is_new, is_new_again) == (True, False)
    assert completion == again
    entry.refresh_from_db()
    assert entry.due == date(2026, 4, 11)
    assert actions(entry) == ["entry.registered", "entry.completed"]


# -- the calendar ------------------------------------------------------------------------------------------------------


def test_holiday_added_later_moves_open_terms_only(
    general: Register,
    complaint: EntryKind,
    admin_user: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    still_open = entry_of(complaint, general, at(2026, 5, 20, 10))
    closed = entry_of(complaint, general, at(2026, 5, 20, 10))
    answered(closed, "Da.")
    with django_capture_on_commit_callbacks(execute=True):
        CalendarDayFactory(first_day=date(2026, 6, 19), last_day=date(2026, 6, 22), kind="bridging")
    for row in (still_open, closed):
        row.refresh_from_db()
    assert (still_open.due, still_open.internal_due, still_open.legal_limit) == (
        date(2026, 6, 19),
        date(2026, 6, 18),
        date(2026, 6, 23),
    )
    assert (closed.internal_due, closed.legal_limit) == (date(2026, 6, 19), date(2026, 6, 22))
    event = AuditEvent.objects.latest("sequence")
    assert (event.action, event.entry) == ("entry.terms_changed", still_open)
    assert event.data["terms"]["internal_due"] == ["2026-06-19", "2026-06-18"]
    assert recompute_open_terms() == 0


def test_rule_that_is_no_longer_in_force_holds_for_what_came_before(
    general: Register, complaint: EntryKind
) -> None:
    DeadlineRule.objects.filter(family="petition").update(valid_to=date(2026, 6, 30))
    DeadlineRule.objects.create(
        family="petition",
        key="due",
        name={"ro": "Răspuns"},
        days=20,
        counting="calendar",
        legal_basis="O lege nouă",
        valid_from=date(2026, 7, 1),
    )
    assert entry_of(complaint, general, at(2026, 6, 30, 10)).due == date(2026, 7, 30)
    assert entry_of(complaint, general, at(2026, 7, 1, 10)).due == date(2026, 7, 21)


@pytest.mark.parametrize(
    ("family", "values", "terms"),
    [
        (
            "foi",
            {},
            {"due": "2026-03-23", "extended_due": "2026-04-14", "refusal_by": "2026-03-18"},
        ),
        ("court", {"counts_from": date(2026, 3, 10)}, {"collect_by": "2026-03-17"}),
        ("court_urgent", {"counts_from": date(2026, 3, 10)}, {"collect_by": "2026-03-13"}),
        ("gathering", {"counts_from": date(2026, 3, 20)}, {"hand_in_by": "2026-03-17"}),
        ("other", {}, {}),
    ],
)
def test_each_kind_has_its_own_terms(
    general: Register, family: str, values: dict[str, Any], terms: dict[str, str]
) -> None:
    kind = EntryKind.objects.filter(family=family, is_confidential=False).first()
    assert kind is not None
    entry = entry_of(kind, general, MARCH, **values)
    found = {**entry.other_terms, **({"due": entry.due.isoformat()} if entry.due else {})}
    assert {key: found.get(key) for key in terms} == terms
    assert bool(found) == bool(terms)


# -- the queue ---------------------------------------------------------------------------------------------------------


def test_what_looks_automatic_waits_and_takes_its_number_when_accepted(
    general: Register, complaint: EntryKind, admin_user: Any, clock: Any
) -> None:
    sent = filing(complaint, submission_key="k", submission_digest="d", tracking_hash="t" * 64)
    queued = intake.enqueue(sent, QueuedSubmission.Reason.RATE)
    assert intake.enqueue(sent, QueuedSubmission.Reason.RATE) == queued
    assert RegistryEntry.objects.count() == 0
    clock.move_to(at(2026, 11, 24, 9)())
    entry = intake.accept(queued, register_=general, actor=admin_user).entry
    assert (entry.number, entry.subject, entry.petitioner_name) == (1, sent.subject, "Ilona Probă")
    assert entry.received_at == queued.received_at < entry.registered_at
    assert intake.accept(queued, register_=general, actor=admin_user).entry == entry
    assert RegistryEntry.objects.count() == 1
    queued.refresh_from_db()
    assert (queued.state, queued.entry) == ("accepted", entry)
    with pytest.raises(NotPossible):
        intake.dismiss(queued, "Reclamă", actor=admin_user)


def test_what_is_no_petition_is_kept_with_the_reason(
    general: Register, complaint: EntryKind, admin_user: Any
) -> None:
    queued = intake.enqueue(filing(complaint, submission_key="k"), QueuedSubmission.Reason.HONEYPOT)
    with pytest.raises(NotPossible):
        intake.dismiss(queued, " ", actor=admin_user)
    queued = intake.dismiss(queued, "Reclamă la pariuri.", actor=admin_user)
    assert queued.state == "dismissed"
    with pytest.raises(NotPossible):
        intake.accept(queued, register_=general, actor=admin_user)
    assert register(filing(complaint), register=general).entry.number == 1


def test_address_is_counted_without_being_kept(db: None, clock: Any, settings: Any) -> None:
    now = at(2026, 11, 23, 10)()
    for _ in range(3):
        intake.note_attempt("sent", "203.0.113.7", now)
    assert intake.is_over_limit("sent", "203.0.113.7", 3, now)
    assert not intake.is_over_limit("sent", "203.0.113.8", 3, now)
    assert not intake.is_over_limit("track", "203.0.113.7", 3, now)
    assert not intake.is_over_limit("sent", "203.0.113.7", 3, at(2026, 11, 23, 11, 1)())
    assert "203" not in str(list(Attempt.objects.values()))
    assert intake.sweep_attempts(at(2026, 11, 24, 10, 1)()) == 3
    settings.AGORA_SUBMISSION_LIMITS_OFF = True
    intake.note_attempt("sent", "203.0.113.7", now)
    assert not intake.is_over_limit("sent", "203.0.113.7", 1, now)
