"""The service that hands out numbers: gap-free, in order, once, all or nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import TestCase

from registry import audit, guards, high_water
from registry.models import (
    AuditEvent,
    EntryKind,
    Register,
    RegisterYear,
    RegistryEntry,
)
from registry.registration import (
    NumbersUsed,
    Registration,
    SentDifferently,
    mark_name,
    register,
)
from registry.writing import NotThroughService, writing
from tests.conftest import BUCHAREST
from tests.registry.filings import at, filing

pytestmark = pytest.mark.django_db


def test_first_entry_opens_the_year_and_has_the_form_of_cluj(
    general: Register, complaint: EntryKind
) -> None:
    entry = register(filing(complaint), register=general, clock=at(2026, 3, 12, 10)).entry
    assert entry.number_text == "1/305/12.03.2026"
    year = RegisterYear.objects.get()
    assert (year.year, year.last_number, year.last_registered_at) == (2026, 1, entry.registered_at)
    assert (entry.due, entry.internal_due, entry.dispatch_target, entry.legal_limit) == (
        date(2026, 4, 11),
        date(2026, 4, 9),
        date(2026, 4, 7),
        date(2026, 4, 14),
    )
    assert entry.other_terms == {"redirect_by": "2026-03-17", "redirect_limit": "2026-03-18"}


def test_year_is_that_of_bucharest(general: Register, complaint: EntryKind) -> None:
    def clock() -> datetime:
        return datetime(2026, 12, 31, 22, 30, tzinfo=UTC)

    entry = register(filing(complaint), register=general, clock=clock).entry
    assert (entry.year, entry.number, entry.registered_on) == (2027, 1, date(2027, 1, 1))


def test_clock_that_goes_back_keeps_the_order_and_the_year(
    general: Register, complaint: EntryKind
) -> None:
    first = register(filing(complaint), register=general, clock=at(2027, 1, 1, 0, 5)).entry
    second = register(filing(complaint), register=general, clock=at(2026, 12, 31, 23, 59)).entry
    assert (second.year, second.number) == (2027, 2)
    assert second.registered_at >= first.registered_at


def test_failure_gives_the_number_back(general: Register, complaint: EntryKind) -> None:
    def fail(entry: RegistryEntry) -> None:
        raise RuntimeError("the mail could not be queued")

    register(filing(complaint), register=general)
    with pytest.raises(RuntimeError):
        register(filing(complaint), register=general, and_then=fail)
    assert register(filing(complaint), register=general).entry.number == 2
    assert RegistryEntry.objects.count() == 2
    assert AuditEvent.objects.count() == 2


def test_same_form_again_is_the_same_entry(general: Register, complaint: EntryKind) -> None:
    sent = filing(complaint, submission_key="k1", submission_digest="d1")
    first = register(sent, register=general)
    again = register(sent, register=general)
    assert again == Registration(first.entry, is_new=False)
    assert RegistryEntry.objects.count() == 1
    with pytest.raises(SentDifferently) as raised:
        register(filing(complaint, submission_key="k1", submission_digest="d2"), register=general)
    assert raised.value.entry == first.entry


def test_older_backup_does_not_hand_out_used_numbers(
    general: Register, complaint: EntryKind
) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        entry = register(filing(complaint), register=general).entry
    high_water.note(mark_name(general, entry.year), 41)
    with pytest.raises(NumbersUsed, match="registry_resume"):
        register(filing(complaint), register=general)
    assert RegistryEntry.objects.count() == 1


def test_number_is_noted_outside_only_when_it_is_committed(
    general: Register, complaint: EntryKind
) -> None:
    name = mark_name(general, 2026)

    def roll_back(entry: RegistryEntry) -> None:
        raise ZeroDivisionError

    with TestCase.captureOnCommitCallbacks(execute=True), pytest.raises(ZeroDivisionError):
        register(
            filing(complaint),
            register=general,
            clock=at(2026, 3, 12, 10),
            and_then=roll_back,
        )
    assert high_water.read(name) is None
    with TestCase.captureOnCommitCallbacks(execute=True):
        register(filing(complaint), register=general, clock=at(2026, 3, 12, 10))
    assert high_water.read(name) == high_water.Mark(1)


# -- past the services -------------------------------------------------------------------------------------------------


def test_rows_are_written_by_services_only(general: Register, complaint: EntryKind) -> None:
    entry = register(filing(complaint), register=general).entry
    entry.subject = "Altceva"
    for attempt in (
        entry.save,
        lambda: RegistryEntry.objects.update(subject="Altceva"),
        lambda: RegistryEntry.objects.bulk_update([entry], ["subject"]),
        lambda: RegistryEntry.objects.create(subject="Altceva"),
        entry.delete,
        RegistryEntry.objects.all().delete,
        AuditEvent.objects.all().delete,
    ):
        with pytest.raises(NotThroughService):
            attempt()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM registry_registryentry",
        "UPDATE registry_registryentry SET number = 7",
        "UPDATE registry_registryentry SET registered_at = '2020-01-01 00:00:00'",
        "UPDATE registry_registryentry SET year = 2020",
        "DELETE FROM registry_auditevent",
        "UPDATE registry_auditevent SET actor_name = 'altul'",
        "UPDATE registry_registeryear SET last_number = 0",
        "DELETE FROM registry_registeryear",
    ],
)
def test_database_refuses_what_must_never_happen(
    general: Register, complaint: EntryKind, statement: str
) -> None:
    register(filing(complaint), register=general)
    with (
        pytest.raises(DatabaseError, match=r"never changes|is deleted|only go on"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert RegistryEntry.objects.get().number == 1


def test_guards_that_were_lost_are_missed(general: Register) -> None:
    from registry.checks import guards_are_there

    assert guards_are_there(None, databases=["default"]) == []
    guards.remove(connection)
    (problem,) = guards_are_there(None, databases=["default"])
    assert problem.id == "registry.E001"
    # Before an upgrade they are not missed: `migrate`, which asks for checks first, is what brings them.
    MigrationRecorder(connection).record_unapplied("registry", "0004_states_and_guards")
    assert guards_are_there(None, databases=["default"]) == []


# -- the trail ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def trail(general: Register, complaint: EntryKind) -> list[RegistryEntry]:
    """Three entries whose numbers are noted outside."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return [register(filing(complaint), register=general).entry for _ in range(3)]


def codes() -> set[str]:
    return {finding.code for finding in audit.verify()}


def unguarded(statement: str) -> None:
    """What somebody with the database's password could do."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_untouched_register_is_whole(trail: list[RegistryEntry]) -> None:
    assert codes() == set()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE registry_auditevent SET actor_name = 'altul' WHERE sequence = 2", "content"),
        ("DELETE FROM registry_auditevent WHERE sequence = 2", "gap"),
        ("DELETE FROM registry_auditevent WHERE sequence = 3", "end"),
        ("UPDATE registry_registryentry SET body = 'altul' WHERE number = 2", "entry"),
        ("UPDATE registry_registryentry SET petitioner_name = 'Altul' WHERE number = 2", "entry"),
        ("UPDATE registry_registryentry SET registered_at = '2020-01-01 00:00:00'", "entry"),
        ("UPDATE registry_registryentry SET number = 9 WHERE number = 3", "number"),
        ("UPDATE registry_registeryear SET last_number = 2", "number"),
    ],
)
def test_tampering_is_found(trail: list[RegistryEntry], statement: str, code: str) -> None:
    unguarded(statement)
    assert code in codes()


def test_end_that_was_cut_off_with_its_head_is_found(trail: list[RegistryEntry]) -> None:
    second = AuditEvent.objects.get(sequence=2)
    unguarded("DELETE FROM registry_auditevent WHERE sequence = 3")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_audithead SET sequence = 2, hash = %s", [second.hash])
    assert "end" in codes()


def test_trail_rewritten_with_right_hashes_is_found(trail: list[RegistryEntry]) -> None:
    unguarded("UPDATE registry_auditevent SET actor_name = 'altul' WHERE sequence = 3")
    event = AuditEvent.objects.get(sequence=3)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_auditevent SET hash = %s WHERE sequence = 3", [audit.hash_of(event)]
        )
        cursor.execute("UPDATE registry_audithead SET hash = %s", [audit.hash_of(event)])
    assert codes() == {"anchor"}


def test_trail_never_holds_the_text(trail: list[RegistryEntry]) -> None:
    text = " ".join(str(data) for data in AuditEvent.objects.values_list("data", flat=True))
    assert "lumină" not in text
    assert "Ilona" not in text
    assert "example.org" not in text


def test_trail_is_written_in_a_transaction_only(general: Register) -> None:
    from unittest.mock import patch

    with (
        patch.object(connection, "in_atomic_block", False),
        pytest.raises(RuntimeError, match="in the transaction"),
    ):
        audit.record(audit.Action.VIEWED)


# -- the year ----------------------------------------------------------------------------------------------------------


def test_year_is_closed_once_it_is_over(
    general: Register, complaint: EntryKind, admin_user: Any
) -> None:
    from registry.lifecycle import NotPossible
    from registry.year_services import close_year

    register(filing(complaint), register=general, clock=at(2026, 12, 31, 23, 50))
    year = RegisterYear.objects.get()
    with pytest.raises(NotPossible):
        close_year(year, actor=admin_user, now=at(2026, 12, 31, 23, 55)())
    closed = close_year(year, actor=admin_user, now=at(2027, 1, 1, 9)())
    assert closed.closed_by == admin_user
    assert "1" in closed.statement
    # A clock that is set back into the closed year does not reopen it.
    entry = register(filing(complaint), register=general, clock=at(2026, 12, 31, 23, 58)).entry
    assert (entry.year, entry.number) == (2027, 1)
    assert codes() == set()


def test_numbers_go_on_after_a_restored_backup(general: Register, complaint: EntryKind) -> None:
    from registry.year_services import resume

    first = register(filing(complaint), register=general).entry
    high_water.note(mark_name(general, first.year), 4)
    assert resume(general, first.year, "Copia din 27 noiembrie a fost restaurată.") == 3
    assert register(filing(complaint), register=general).entry.number == 5
    filled = RegistryEntry.objects.filter(number__in=[2, 3, 4])
    assert {entry.state for entry in filled} == {"cancelled"}
    assert codes() == set()


def test_defaults_are_there_after_migrating(db: None) -> None:
    assert Register.objects.filter(key="general").exists()
    assert EntryKind.objects.filter(is_public=True).count() == 5


def test_writing_ends_with_its_block(general: Register, complaint: EntryKind) -> None:
    with writing():
        pass
    with pytest.raises(NotThroughService):
        RegistryEntry.objects.update(subject="x")


def test_moments_are_kept_to_the_microsecond(general: Register, complaint: EntryKind) -> None:
    moment = datetime(2026, 3, 12, 10, 0, 0, 123456, tzinfo=BUCHAREST)
    entry = register(filing(complaint), register=general, clock=lambda: moment).entry
    entry.refresh_from_db()
    assert entry.registered_at == moment
    later = register(filing(complaint), register=general, clock=lambda: moment).entry
    assert later.registered_at - entry.registered_at == timedelta(0)
