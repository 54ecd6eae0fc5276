"""Reminders: each once, to who has to hear of it, whenever the tick runs."""

from __future__ import annotations

import os
import signal
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms import regular_work, rounds
from cms.models import OutboxMail
from cms.outbox import deliver_due
from registry import audit, lifecycle
from registry.enums import Action, Outcome
from registry.lifecycle.distributing import ask_contributions
from registry.management.commands import registry_tick
from registry.models import (
    Absence,
    AuditEvent,
    DeskMember,
    EntryKind,
    Register,
    RegistryEntry,
    Reminder,
)
from registry.reminders import remind
from registry.seeding import seed_petitions
from tests.conftest import BUCHAREST
from tests.factories import DepartmentFactory, make_user
from tests.registry.filings import answered, at, entry_of
from tests.registry.people import department_of
from tests.registry.reminded import DUE, mailed, petition, run, told, with_addresses

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(general: Register, complaint: EntryKind, people: dict[str, Any]) -> RegistryEntry:
    """A petition due on Thursday, 19 November 2026, with the officer's department."""
    with_addresses(people)
    return petition(complaint, general, people)


def every_day(first: date, last: date) -> None:
    """The tick in the morning of each of these days, and again at noon."""
    day = first
    while day <= last:
        for hour in (7, 12):
            run(day.year, day.month, day.day, hour)
        day += timedelta(days=1)


# -- when --------------------------------------------------------------------------------------------------------------


def test_ladder_goes_up_from_the_officer_to_the_cabinet(entry: RegistryEntry) -> None:
    every_day(date(2026, 11, 1), date(2026, 12, 31))
    assert told() == [
        ("soon", ["officer"]),
        ("target", ["officer"]),
        ("day", ["officer"]),
        ("late1", ["head"]),
        ("late3", ["chief"]),
        ("late7", ["cabinet"]),
    ]
    # Everything was told by the mails of the day: none beside them.
    assert set(mailed("registry.reminder")) == set()
    assert list(audit.verify()) == []


@pytest.mark.parametrize(
    ("runs", "stages"),
    [
        ([(2026, 11, 12)], ["soon"]),
        ([(2026, 11, 19), (2026, 11, 19)], ["day"]),
        ([(2026, 11, 12), (2026, 12, 8)], ["soon", "late7"]),
        ([(2026, 12, 8), (2026, 12, 9), (2027, 6, 1)], ["late7"]),
        ([(2026, 11, 20), (2026, 11, 13)], ["late1"]),
    ],
)
def test_clock_that_jumps_tells_each_stage_once_and_only_the_last_one(
    entry: RegistryEntry, runs: list[tuple[int, ...]], stages: list[str]
) -> None:
    for day in runs:
        run(*day, 9)
    assert [stage for stage, _to in told()] == stages
    keys = ["soon", "target", "day", "late1", "late3", "late7"]
    last = keys.index(stages[-1])
    # What was passed over is noted as well, and is told by no later run.
    assert set(Reminder.objects.values_list("stage", flat=True)) == set(keys[: last + 1])


def test_passed_over_stages_stand_in_the_trail(entry: RegistryEntry) -> None:
    run(2026, 11, 24, 9)
    event = AuditEvent.objects.filter(action=Action.REMINDED, entry=entry).get()
    assert event.data["passed_over"] == ["soon", "target", "day", "late1"]
    assert event.data["term"] == DUE.isoformat()


def test_nobody_is_written_to_at_night_or_on_free_days(entry: RegistryEntry) -> None:
    for moment in [(2026, 11, 12, 6, 59), (2026, 11, 14, 12), (2026, 11, 15, 12), (2026, 12, 1, 9)]:
        assert run(*moment).mails == 0
    assert told() == []
    assert run(2026, 11, 14, 3, any_hour=True).mails == 1
    assert told() == [("soon", ["officer"])]


def test_an_extended_term_is_told_of_anew(entry: RegistryEntry, people: dict[str, Any]) -> None:
    run(2026, 11, 19, 9)
    lifecycle.extend(
        entry,
        15,
        "Măsurători",
        actor=people["chief"],
        at=datetime(2026, 11, 19, 10, tzinfo=BUCHAREST),
    )
    every_day(date(2026, 11, 20), date(2026, 12, 4))
    assert [stage for stage, _to in told()] == ["day", "soon", "target", "day"]
    assert {reminder.term for reminder in Reminder.objects.all()} == {DUE, date(2026, 12, 4)}


def test_what_is_answered_is_left_alone(entry: RegistryEntry) -> None:
    answered(entry, moment=datetime(2026, 11, 10, 9, tzinfo=BUCHAREST))
    every_day(date(2026, 11, 11), date(2026, 11, 30))
    assert (told(), mailed()) == ([], [])


# -- the mails ---------------------------------------------------------------------------------------------------------


def test_one_mail_a_day_and_nothing_when_nothing_is_due(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    every_day(date(2026, 11, 2), date(2026, 11, 11))
    assert mailed() == []
    every_day(date(2026, 11, 12), date(2026, 11, 20))
    # Seven working days, one mail each; from the first late day on the head reads of it, too.
    assert mailed().count("officer") == 7
    assert mailed().count("head") == 1
    assert set(mailed()) == {"officer", "head"}
    keys = OutboxMail.objects.filter(purpose="registry.digest").values_list("key", flat=True)
    assert f"digest-{people['officer'].pk}-2026-11-12" in keys


def test_mail_says_number_kind_and_term_and_nothing_of_the_petition(
    general: Register, complaint: EntryKind, people: dict[str, Any]
) -> None:
    with_addresses(people)
    entry = petition(complaint, general, people, subject="Subiect secret", body="Text secret")
    run(2026, 11, 18, 9)
    mail = OutboxMail.objects.get(purpose="registry.digest")
    text = mail.subject + mail.body
    for there in (
        entry.number_text,
        "Sesizare",
        "19.11.2026",
        f"/admin/registru/entries/{entry.pk}/",
    ):
        assert there in text
    for kept in ("secret", entry.petitioner_name, entry.petitioner_email, "alee"):
        assert kept not in text


def test_mail_speaks_the_language_of_its_reader(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    from wagtail.users.models import UserProfile

    UserProfile.objects.create(user=people["officer"], preferred_language="en")
    run(2026, 11, 20, 9)
    languages = dict(OutboxMail.objects.values_list("to", "language"))
    assert languages == {"officer@example.org": "en", "head@example.org": "ro"}
    english = OutboxMail.objects.get(language="en")
    assert "1 day late" in english.body
    assert english.subject == "Terms on 11/20/2026: 1 late, 0 due today, 0 coming"


def test_mail_names_ten_and_counts_the_others(
    general: Register, complaint: EntryKind, people: dict[str, Any]
) -> None:
    with_addresses(people)
    entries = [petition(complaint, general, people) for _ in range(13)]
    run(2026, 11, 19, 9)
    mail = OutboxMail.objects.get()
    assert [entry.number_text in mail.body for entry in entries] == [True] * 10 + [False] * 3
    assert "astăzi 13," in mail.subject
    assert len(told()) == 13


def test_what_comes_up_later_in_the_day_is_told_at_once(
    general: Register, complaint: EntryKind, people: dict[str, Any]
) -> None:
    with_addresses(people)
    run(2026, 11, 19, 7)
    assert mailed() == []
    entry = petition(complaint, general, people)
    run(2026, 11, 19, 11)
    assert mailed() == ["officer"]
    assert OutboxMail.objects.get().purpose == "registry.reminder"
    assert entry.number_text in OutboxMail.objects.get().subject
    run(2026, 11, 19, 11, 5)
    assert len(mailed()) == 1


def test_a_run_that_broke_off_sends_no_second_summary(
    entry: RegistryEntry,
    general: Register,
    complaint: EntryKind,
    people: dict[str, Any],
    monkeypatch: Any,
) -> None:
    def fail(self: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("registry.reminders._Run.finish", fail)
    with pytest.raises(ZeroDivisionError):
        run(2026, 11, 19, 7)
    monkeypatch.undo()
    deliver_due()
    later = petition(complaint, general, people)
    run(2026, 11, 19, 7, 5)
    run(2026, 11, 19, 7, 10)
    assert mailed() == ["officer", "officer"]
    second = OutboxMail.objects.order_by("pk").last()
    assert second is not None
    assert second.purpose == "registry.reminder"
    assert later.number_text in second.body
    assert entry.number_text not in second.body


# -- to whom -----------------------------------------------------------------------------------------------------------


def test_named_officer_hears_of_it_and_not_his_colleagues(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    colleague = make_user("coleg", "Department officer")
    colleague.email = "coleg@example.org"
    colleague.save()
    DeskMember.objects.create(user=colleague, department=department_of(people["officer"]))
    run(2026, 11, 12, 9)
    assert told() == [("soon", ["officer", "coleg"])]
    lifecycle.assign(
        entry, department_of(people["officer"]), officer=colleague, actor=people["clerk"]
    )
    run(2026, 11, 17, 9)
    assert told()[-1] == ("target", ["coleg"])


def test_reminder_goes_to_whose_move_it_is(entry: RegistryEntry) -> None:
    lifecycle.submit(
        entry,
        "Am rezolvat.",
        outcome=Outcome.GRANTED,
        legal_basis="OG 27/2002",
        signatory_head="Maria Exemplu",
        signatory_department="Ion Probă",
        actor=None,
    )
    run(2026, 11, 12, 9)
    assert told() == [("soon", ["head"])]
    lifecycle.approve(entry, actor=None)
    run(2026, 11, 17, 9)
    assert told()[-1] == ("target", ["chief"])


def test_what_no_department_has_concerns_who_distributes(
    general: Register, complaint: EntryKind, people: dict[str, Any]
) -> None:
    with_addresses(people)
    entry_of(complaint, general, at(2026, 10, 20, 10))
    entry_of(complaint, general, at(2026, 10, 20, 11), for_mayor=True)
    run(2026, 11, 12, 9)
    assert told() == [("soon", ["chief"]), ("soon", ["cabinet"])]


def test_concerned_colleague_and_those_below_hear_nothing(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    lifecycle.concerns(entry, people["head"], actor=people["clerk"])
    every_day(date(2026, 11, 10), date(2026, 12, 8))
    heard = {name for _stage, names in told() for name in names} | set(mailed())
    assert heard == {"chief", "cabinet"}


def test_concerned_officer_hears_nothing_and_his_head_does(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    lifecycle.concerns(entry, people["officer"], actor=people["clerk"])
    every_day(date(2026, 11, 10), date(2026, 11, 20))
    assert [names for _stage, names in told()] == [["head"]] * 4
    assert "officer" not in mailed()


def test_confidential_reports_are_told_to_their_group_only(
    general: Register, people: dict[str, Any]
) -> None:
    with_addresses(people)
    kind = EntryKind.objects.get(key="avertizor")
    kind.family = "petition"
    kind.save()
    entry = petition(kind, general, people)
    every_day(date(2026, 11, 10), date(2026, 12, 8))
    assert set(mailed()) == {"confidential"}
    assert entry.number_text in OutboxMail.objects.earliest("pk").body
    assert str(kind) not in OutboxMail.objects.earliest("pk").body


def test_cabinet_gets_no_link_to_what_it_does_not_see(entry: RegistryEntry) -> None:
    run(2026, 12, 8, 9)
    mail = OutboxMail.objects.get(to="cabinet@example.org")
    assert entry.number_text in mail.body
    assert f"/registru/entries/{entry.pk}/" not in mail.body


# -- who is away, who has no address -----------------------------------------------------------------------------------


def away(user: Any, substitute: Any, first: date = DUE, last: date = DUE) -> None:
    Absence.objects.create(user=user, substitute=substitute, first_day=first, last_day=last)


def test_substitute_hears_of_it_instead(entry: RegistryEntry, people: dict[str, Any]) -> None:
    away(people["officer"], people["other_officer"])
    run(2026, 11, 19, 9)
    assert told() == [("day", ["other_officer"])]
    mail = OutboxMail.objects.get()
    assert mail.to == "other-officer@example.org"
    assert people["officer"].get_full_name() in mail.body
    event = AuditEvent.objects.filter(action=Action.REMINDED).exclude(entry=None).get()
    assert event.data["away"] == ["officer"]
    # Back on the next day.
    run(2026, 11, 20, 9)
    assert sorted(mailed()) == ["head", "officer", "other-officer"]


def test_substitute_who_is_away_as_well_is_not_asked_for_another(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    # Each stands in for the other: both fell ill. It never goes round.
    away(people["officer"], people["other_officer"])
    away(people["other_officer"], people["officer"])
    run(2026, 11, 19, 9)
    assert told() == [("day", ["head"])]


def test_substitute_who_is_concerned_is_passed_over(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    lifecycle.concerns(entry, people["other_officer"], actor=people["clerk"])
    away(people["officer"], people["other_officer"])
    run(2026, 11, 19, 9)
    assert told() == [("day", ["head"])]


def test_mail_waits_for_the_officer_when_everybody_is_away(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    for name in ("officer", "head", "chief", "cabinet"):
        away(people[name], people["other_officer"])
    away(people["other_officer"], people["officer"])
    run(2026, 11, 19, 9)
    assert told() == [("day", ["officer"])]


def test_without_an_address_it_goes_up_and_the_trail_says_when_nobody_has_one(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    def without(*names: str) -> None:
        for name in names:
            people[name].email = ""
            people[name].save()

    without("officer")
    run(2026, 11, 12, 9)
    assert told() == [("soon", ["head"])]
    people["head"].email = "fără-@-adresă"
    people["head"].save()
    run(2026, 11, 17, 9)
    assert told()[-1] == ("target", ["chief"])
    without("chief", "cabinet")
    assert run(2026, 11, 19, 9).unreachable == 1
    assert told()[-1] == ("day", [])


def test_officer_who_left_is_not_written_to(entry: RegistryEntry, people: dict[str, Any]) -> None:
    lifecycle.assign(
        entry, department_of(people["officer"]), officer=people["officer"], actor=people["clerk"]
    )
    people["officer"].is_active = False
    people["officer"].save()
    run(2026, 11, 12, 9)
    assert told() == [("soon", ["head"])]


# -- contributions -----------------------------------------------------------------------------------------------------


def test_contribution_is_asked_for_by_its_own_term(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    other = department_of(people["other_officer"])
    ask_contributions(
        entry,
        other,
        date(2026, 11, 11),
        actor=people["clerk"],
        at=datetime(2026, 11, 2, 9, tzinfo=BUCHAREST),
    )
    every_day(date(2026, 11, 2), date(2026, 11, 11))
    assert told() == [("soon", ["other_officer"]), ("day", ["other_officer"])]
    assert "other-officer" in mailed()
    lifecycle.contribute(
        entry,
        "Drumul este al nostru.",
        actor=people["other_officer"],
        at=datetime(2026, 11, 11, 15, tzinfo=BUCHAREST),
    )
    every_day(date(2026, 11, 12), date(2026, 11, 19))
    assert {tuple(names) for _stage, names in told()[2:]} == {("officer",)}


def test_late_contribution_goes_up_in_its_own_department(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    chief_of_other = make_user("alt-sef", "Head of a department")
    chief_of_other.email = "alt-sef@example.org"
    chief_of_other.save()
    other = department_of(people["other_officer"])
    DeskMember.objects.create(user=chief_of_other, department=other, is_head=True)
    ask_contributions(
        entry,
        other,
        date(2026, 11, 9),
        actor=people["clerk"],
        at=datetime(2026, 11, 2, 9, tzinfo=BUCHAREST),
    )
    run(2026, 11, 10, 9)
    assert told() == [("late1", ["alt-sef"])]


# -- many -------------------------------------------------------------------------------------------------


def queries_of(moment: datetime) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        remind(moment)
    return len(captured)


def test_a_run_asks_as_much_whatever_is_open(
    general: Register,
    complaint: EntryKind,
    people: dict[str, Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with_addresses(people)
    DepartmentFactory()
    counts: dict[str, list[int]] = {"first": [], "later": [], "news": []}
    for number, day in ((40, 16), (400, 17)):
        with django_capture_on_commit_callbacks(execute=True):
            seed_petitions(number, 1, date(2026, 11, 14))
        run(2026, 11, day - 1, 9, any_hour=True)
        counts["first"].append(queries_of(datetime(2026, 11, day, 9, tzinfo=BUCHAREST)))
        counts["later"].append(queries_of(datetime(2026, 11, day, 10, tzinfo=BUCHAREST)))
        entry_of(complaint, general, at(2026, 10, 14, 10))
        counts["news"].append(queries_of(datetime(2026, 11, day, 11, tzinfo=BUCHAREST)))
    assert max(counts["later"]) <= 15
    assert counts["later"][0] == counts["later"][1]
    assert counts["news"][0] == counts["news"][1]
    assert max(counts["news"]) <= 50
    assert max(counts["first"]) <= 80


def test_runs_find_their_work_by_the_index(
    general: Register, people: dict[str, Any], django_capture_on_commit_callbacks: Any
) -> None:
    with_addresses(people)
    DepartmentFactory()
    with django_capture_on_commit_callbacks(execute=True):
        seed_petitions(3000, 1, date(2026, 11, 14))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE registry_registryentry")
    run(2026, 11, 16, 9)
    with CaptureQueriesContext(connection) as captured:
        run(2026, 11, 16, 10)
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    for query in captured:
        if 'FROM "registry_registryentry"' not in query["sql"]:
            continue
        with connection.cursor() as cursor:
            cursor.execute(explain + query["sql"])
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
        assert "registry_open_by_due" in plan, f"{query['sql']}\n{plan}"


def test_command_tells_what_it_did(entry: RegistryEntry, clock: Any, capsys: Any) -> None:
    clock.move_to(datetime(2026, 11, 19, 8, tzinfo=BUCHAREST))
    call_command("registry_tick")
    assert "1 reminders noted, 1 mails written; 0 terms moved" in capsys.readouterr().out
    call_command("registry_tick")
    assert "0 reminders noted, 0 mails written" in capsys.readouterr().out


def test_command_goes_on_until_it_is_stopped_and_survives_a_failure(
    general: Register, monkeypatch: Any
) -> None:
    done: list[bool] = []

    def one_round(now: datetime, *, any_hour: bool) -> Any:
        done.append(any_hour)
        if len(done) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        raise ZeroDivisionError

    monkeypatch.setattr(registry_tick, "tick", one_round)
    monkeypatch.setattr(rounds, "connection", SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(regular_work, "SHORTEST_PAUSE", 0.0)
    call_command("registry_tick", "--loop", "--every", "0", "--parent", str(os.getppid()))
    assert done == [False, False]
