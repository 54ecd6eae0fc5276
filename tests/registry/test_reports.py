"""Reports: asked for, counted once, frozen for good, without anybody's name."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, F
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from registry import audit, lifecycle, report_counts, report_services
from registry.buckets import Bucket, Facts, bucket_of, is_late
from registry.deadlines import registration_day
from registry.enums import Action, Channel, Mode, Outcome, ReplyBy
from registry.lifecycle import NotPossible
from registry.models import (
    AuditEvent,
    EntryKind,
    FileClass,
    Institution,
    Register,
    RegistryEntry,
    Report,
)
from registry.periods import Period, half_year, year
from registry.registration import Sender
from registry.report_services import ask, ask_again, count_waiting, publish
from registry.writing import writing
from tests.conftest import BUCHAREST
from tests.factories import DepartmentFactory, text
from tests.registry.filings import answered, at, entry_of

pytestmark = pytest.mark.django_db

SPRING = half_year(2026, 1)
TODAY = date(2026, 7, 2)


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BUCHAREST)  # type: ignore[misc,arg-type]


@pytest.fixture
def half(general: Register, complaint: EntryKind, clock: Any) -> dict[str, RegistryEntry]:
    """A half-year with one petition in every bucket, by its bucket; and what is none of the report's."""
    clock.move_to(moment(2026, 7, 2, 9))
    parks = DepartmentFactory(key="parks", name=text("Parcuri"))
    institution = Institution.objects.create(name="CFR Exemplu", email="cfr@example.org")
    file_class = FileClass.objects.create(code="II.A.1", name="Petiții", years=5)

    # In the order of time, as the register numbers them.
    days: dict[str, Any] = {
        "in_time": (1, 12),
        "late": (1, 20),
        "redirected": (2, 2),
        "second in_time": (3, 2),
        "joined": (3, 3),
        "overdue": (4, 1),
        "anonymous": (5, 4),
        "repeat": (5, 6),
        "cancelled": (5, 8),
        "open": (6, 29),
    }
    special: dict[str, Any] = {
        "late": {"channel": Channel.POST, "language": "hu"},
        "anonymous": {"sender": Sender(), "reply_by": ReplyBy.NONE},
    }
    made = {
        name: entry_of(complaint, general, at(2026, *day, 10), **special.get(name, {}))
        for name, day in days.items()
    }
    for name in ("late", "overdue"):
        made[name] = lifecycle.assign(made[name], parks, actor=None, at=moment(2026, 4, 2, 9))
    answered(made["in_time"], moment=moment(2026, 2, 2, 12))
    lifecycle.archive(made["in_time"], file_class, actor=None, at=moment(2026, 3, 2, 9))
    # Half an hour after midnight in Cluj, which is 22:30 of the last day in UTC.
    answered(made["late"], moment=moment(2026, 2, 20, 0, 30))
    made["redirected"] = lifecycle.redirect(
        made["redirected"], institution, actor=None, at=moment(2026, 2, 4, 9)
    )
    lifecycle.join(made["joined"], made["second in_time"], actor=None, at=moment(2026, 3, 4, 9))
    made["second in_time"] = answered(made["second in_time"], moment=moment(2026, 3, 20, 9))
    lifecycle.file_anonymous(made["anonymous"], "fără nume", actor=None, at=moment(2026, 5, 5, 9))
    lifecycle.file_repeat(
        made["repeat"], made["second in_time"], actor=None, at=moment(2026, 5, 7, 9)
    )
    lifecycle.cancel(made["cancelled"], "dublură", actor=None, at=moment(2026, 5, 8, 11))
    # Of the next half-year, of another family, confidential.
    for key in ("sesizare", "informatii-544", "corespondenta", "avertizor"):
        entry_of(EntryKind.objects.get(key=key), general, at(2026, 7, 1, 12))
    return made


def frozen(kind: str = "petitions", period: Period = SPRING, *, actor: Any = None) -> Report:
    report = ask(kind, period, actor=actor)
    assert count_waiting() == 1
    report.refresh_from_db()
    assert report.state == Report.State.DONE
    return report


# -- what is counted ---------------------------------------------------------------------------------------------------


def test_every_position_of_the_period_is_in_one_bucket(half: dict[str, RegistryEntry]) -> None:
    data = frozen().data
    total = data["total"]
    expected = dict.fromkeys(Bucket.values, 1) | {"in_time": 2, "closed": 0}
    assert total["buckets"] == expected
    assert total["positions"] == sum(expected.values()) == 10
    # After 21, 31 and 18 days.
    assert (total["answered"], total["median"], total["longest"]) == (3, 210, 31)
    assert total["in_term"] == 500


def test_parts_add_up_to_the_whole(half: dict[str, RegistryEntry]) -> None:
    data = frozen().data
    total = data["total"]
    for part, rows in data["by"].items():
        assert sum(row["positions"] for row in rows) == total["positions"], part
        for bucket in Bucket.values:
            assert sum(row["buckets"][bucket] for row in rows) == total["buckets"][bucket], part
        assert sum(row["answered"] for row in rows) == total["answered"], part
    assert sum(data["outcomes"].values()) == total["answered"] == data["outcomes"]["granted"]
    assert data["redirected_to"] == [
        {
            "key": str(half["redirected"].institution_id),
            "name": {"ro": "CFR Exemplu"},
            "positions": 1,
        }
    ]
    assert [row["key"] for row in data["by"]["month"]] == [f"2026-0{n}" for n in range(1, 7)]
    assert {row["key"]: row["positions"] for row in data["by"]["channel"]} == {"web": 9, "post": 1}
    parks = next(row for row in data["by"]["department"] if row["key"] == "parks")
    assert parks["buckets"] == dict.fromkeys(Bucket.values, 0) | {"late": 1, "overdue": 1}


def test_database_counts_as_the_pure_rule_does(half: dict[str, RegistryEntry]) -> None:
    by_hand: dict[str, int] = dict.fromkeys(Bucket.values, 0)
    for entry in RegistryEntry.objects.filter(
        registered_on__range=(SPRING.first_day, SPRING.last_day), direction="incoming"
    ):
        answered_on = entry.answered_at and registration_day(entry.answered_at)
        by_hand[
            bucket_of(
                Facts(
                    entry.state,
                    entry.filed_as,
                    entry.joined_to_id is not None,
                    entry.institution_id is not None,
                    entry.answered_at is not None,
                    is_late(entry.due, answered_on, TODAY),
                )
            )
        ] += 1
    assert frozen().data["total"]["buckets"] == by_hand


def test_reopened_one_counts_as_what_it_is_now(half: dict[str, RegistryEntry]) -> None:
    lifecycle.reopen(half["second in_time"], "greșeală", actor=None)
    buckets = frozen().data["total"]["buckets"]
    assert (buckets["in_time"], buckets["overdue"]) == (1, 2)


def test_extension_moves_what_is_in_time(general: Register, complaint: EntryKind) -> None:
    entry = entry_of(complaint, general, at(2026, 3, 2, 10))
    lifecycle.assign(entry, DepartmentFactory(), actor=None, at=moment(2026, 3, 3, 9))
    lifecycle.extend(entry, 15, "măsurători", actor=None, at=moment(2026, 3, 20, 9))
    entry.refresh_from_db()
    answered(entry, moment=moment(2026, 4, 16, 9))
    total = report_counts.count("petitions", SPRING, TODAY)["total"]
    assert (total["extended"], total["buckets"]["in_time"], total["longest"]) == (1, 1, 45)


def test_no_name_of_a_petitioner_is_in_any_report(half: dict[str, RegistryEntry]) -> None:
    text = json.dumps(frozen().data, ensure_ascii=False)
    for entry in RegistryEntry.objects.exclude(petitioner_name=""):
        if entry.direction == "incoming":
            for value in (entry.petitioner_name, entry.petitioner_email, entry.subject, entry.body):
                assert value
                assert value not in text
    assert "Probă" not in text


def test_report_on_public_information(general: Register, clock: Any) -> None:
    clock.move_to(moment(2027, 1, 11, 9))
    kind = EntryKind.objects.get(key="informatii-544")
    department = DepartmentFactory()
    for number, (outcome, basis) in enumerate(
        [
            (Outcome.GRANTED, "Legea 544/2001"),
            (Outcome.REFUSED, "Legea 544/2001, art. 12 alin. (1) lit. d)"),
            (Outcome.REFUSED, "Cererea dnei Ilona Probă nu privește informații publice"),
        ],
        1,
    ):
        entry = entry_of(kind, general, at(2026, 3, number, 10))
        lifecycle.assign(entry, department, actor=None, at=moment(2026, 3, number, 11))
        lifecycle.submit(
            entry,
            "Răspuns",
            actor=None,
            outcome=outcome,
            legal_basis=basis,
            signatory_head="Maria Exemplu",
            signatory_department="Ion Exemplu",
            at=moment(2026, 3, 5, 9),
        )
        lifecycle.approve(entry, actor=None, at=moment(2026, 3, 5, 10))
        lifecycle.dispatch(entry, Mode.EMAIL, actor=None, at=moment(2026, 3, 6, 9))
    data = frozen("foi", year(2026)).data
    assert data["total"]["positions"] == 3
    assert data["outcomes"] == {"granted": 1, "partly": 0, "refused": 2, "explained": 0, "": 0}
    assert data["grounds"] == {"": 1, "d": 1}
    assert len(data["by"]["month"]) == 12
    assert "Ilona" not in json.dumps(data)


def test_empty_period_is_a_report_too(general: Register, clock: Any) -> None:
    clock.move_to(moment(2026, 7, 2, 9))
    data = frozen().data
    assert data["total"]["positions"] == 0
    assert data["total"]["median"] is None
    assert len(data["by"]["month"]) == 6


# -- its life ----------------------------------------------------------------------------------------------------------


def test_frozen_report_never_changes(half: dict[str, RegistryEntry]) -> None:
    report = frozen()
    assert report.digest == audit.digest_of(report.data)
    assert report.progress == 100
    lifecycle.cancel(half["open"], "greșit", actor=None)
    assert Report.objects.get().data == report.data
    for column, value in (
        ("data", "'{}'"),
        ("digest", "'x'"),
        ("frozen_at", "NULL"),
        ("kind", "'foi'"),
        ("first_day", "'2025-01-01'"),
        ("state", "'waiting'"),
    ):
        with (
            pytest.raises(DatabaseError, match="never changes"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE registry_report SET {column} = {value}")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_report")


def test_report_is_told_in_the_trail_and_checked_with_it(half: Any, people: Any) -> None:
    report = frozen(actor=people["chief"])
    event = AuditEvent.objects.get(action=Action.REPORTED)
    assert event.actor_name == "chief"
    assert event.data == {
        "report": report.pk,
        "kind": "petitions",
        "days": ["2026-01-01", "2026-06-30"],
        "positions": 10,
        "digest": report.digest,
    }
    assert "report" not in {finding.code for finding in audit.verify()}
    from registry import guards

    guards.remove(connection)
    with writing():
        data = {**report.data, "version": 2}
        Report.objects.update(data=data, digest=audit.digest_of(data))
    assert [finding.code for finding in audit.verify()] == ["report"]


def test_period_that_is_not_over_is_refused(general: Register, clock: Any) -> None:
    clock.move_to(moment(2026, 6, 30, 9))
    with pytest.raises(NotPossible):
        ask("petitions", SPRING, actor=None)
    with pytest.raises(NotPossible):
        ask("petitions", Period(date(2024, 1, 1), date(2025, 12, 31)), actor=None)


def test_asking_twice_is_one_report_until_it_is_frozen(general: Register, clock: Any) -> None:
    clock.move_to(moment(2026, 7, 2, 9))
    assert ask("petitions", SPRING, actor=None) == ask("petitions", SPRING, actor=None)
    assert count_waiting() == 1
    assert count_waiting() == 0
    ask("petitions", SPRING, actor=None)
    assert Report.objects.count() == 2


def test_progress_is_told_month_by_month(half: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    groups = report_counts._groups

    def watched(*args: Any) -> Any:
        seen.append(Report.objects.get().progress)
        return groups(*args)

    monkeypatch.setattr(report_counts, "_groups", watched)
    frozen()
    assert seen == [0, 17, 33, 50, 67, 83]


def test_report_that_is_being_counted_is_left_alone_until_its_counter_goes_silent(
    half: Any, clock: Any
) -> None:
    ask("petitions", SPRING, actor=None)
    assert report_services._claim(timezone.now()) is not None
    assert count_waiting() == 0
    clock.shift(timedelta(minutes=9))
    assert count_waiting() == 0
    clock.shift(timedelta(minutes=2))
    assert count_waiting() == 1
    assert AuditEvent.objects.filter(action=Action.REPORTED).count() == 1


def test_counter_that_lost_its_lease_writes_nothing(
    half: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = ask("petitions", SPRING, actor=None)
    count = report_counts.count

    def overtaken(*args: Any) -> Any:
        with writing():
            Report.objects.filter(pk=report.pk).update(data={"holder": "x", "until": 9e9})
        return count(*args)

    monkeypatch.setattr(report_counts, "count", overtaken)
    assert count_waiting() == 0
    report.refresh_from_db()
    assert (report.state, report.frozen_at) == (Report.State.RUNNING, None)


def test_failure_is_told_and_can_be_tried_again(half: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    report = ask("petitions", SPRING, actor=None)
    with monkeypatch.context() as broken:
        broken.setattr(report_counts, "_groups", lambda *args: 1 / 0)
        assert count_waiting() == 0
    report.refresh_from_db()
    assert (report.state, report.error) == (Report.State.FAILED, "ZeroDivisionError")
    assert count_waiting() == 0
    ask_again(report, actor=None)
    assert count_waiting() == 1
    with pytest.raises(NotPossible):
        ask_again(report, actor=None)


def test_only_frozen_reports_on_petitions_are_shown_to_the_public(half: Any) -> None:
    report = ask("petitions", SPRING, actor=None)
    with pytest.raises(NotPossible):
        publish(report, True, actor=None)
    count_waiting()
    assert publish(report, True, actor=None).is_public
    publish(report, True, actor=None)
    assert AuditEvent.objects.filter(action=Action.REPORTED).count() == 2
    assert not publish(report, False, actor=None).is_public


# -- at scale ----------------------------------------------------------------------------------------------------------


def test_queries_do_not_grow_with_the_register(
    general: Register, clock: Any, django_assert_num_queries: Any
) -> None:
    from registry.seeding import seed_petitions

    for department in range(3):
        DepartmentFactory(key=f"proba-{department}")
    clock.move_to(moment(2026, 7, 2, 9))
    for number in (60, 600):
        seed_petitions(number, 1, TODAY)
        # Kinds and facts of six months, and the names of kinds, departments and institutions.
        with django_assert_num_queries(15):
            data = report_counts.count("petitions", SPRING, TODAY)
    rows = RegistryEntry.objects.filter(
        registered_on__range=(SPRING.first_day, SPRING.last_day), kind__family="petition"
    )
    assert data["total"]["positions"] == rows.count() > 50
    states = dict(rows.values_list("state").annotate(Count("pk")))
    assert data["total"]["buckets"]["cancelled"] == states.get("cancelled", 0)


# -- days of Bucharest -------------------------------------------------------------------------------------------------


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 30)),  # noqa: DTZ001  made aware below
)
def test_changes_of_the_clocks_are_those_of_bucharest(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    changes = report_counts.clock_changes(date(2026, 1, 1), date(2027, 12, 31))
    ahead = [hours for at, hours in changes if at <= moment][-1]
    assert moment.astimezone(BUCHAREST).utcoffset() == timedelta(hours=ahead)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 28, 21, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 3, 28, 22, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 20, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 29, 21, 0, tzinfo=UTC),
        datetime(2026, 10, 24, 21, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 21, 59, 59, tzinfo=UTC),
        datetime(2026, 10, 25, 22, 0, tzinfo=UTC),
        datetime(2025, 12, 31, 22, 30, tzinfo=UTC),
    ],
)
def test_local_day_is_read_across_the_change_of_clocks(
    general: Register, complaint: EntryKind, moment: datetime
) -> None:
    entry = entry_of(complaint, general, at(2025, 12, 1, 10))
    with writing():
        RegistryEntry.objects.update(answered_at=moment)
    day = report_counts.LocalDay("answered_at", date(2025, 12, 1), date(2027, 1, 1))
    rows = RegistryEntry.objects.annotate(
        day=day, days=report_counts.DaysBetween(day, F("registered_on"))
    )
    found = rows.values_list("day", "days").get(pk=entry.pk)
    local = moment.astimezone(BUCHAREST).date()
    assert found == (local, (local - date(2025, 12, 1)).days)
