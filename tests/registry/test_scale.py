"""Many entries: what is made for measuring is whole, and the lists and searches of the desk use the indexes."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F, QuerySet
from django.test.utils import CaptureQueriesContext

from home.roles import sync_roles
from registry import audit, high_water, seeding
from registry.desk.paging import NEWEST_FIRST, slice_of
from registry.enums import LetterState, State
from registry.models import (
    AuditEvent,
    CabinetFile,
    Contribution,
    CourtMail,
    DeskMember,
    EntryKind,
    Letter,
    Register,
    RegisterYear,
    RegistryEntry,
)
from registry.models.entries import open_due_of
from registry.petitioners import same_petitioner
from registry.registration import mark_name, register
from registry.seeding import seed_petitions
from registry.synthetic import Made, add_entry
from registry.synthetic_shares import CODE, REGISTER_KEY, Surroundings
from tests.factories import DepartmentFactory, make_user, text
from tests.registry.conftest import install_defaults
from tests.registry.filings import filing

TODAY = date(2026, 11, 28)
MANY = 20_000


def names(number: int = 50) -> list[tuple[int, str, str]]:
    rows = RegistryEntry.objects.order_by("pk").values_list("number", "petitioner_name", "subject")
    return list(rows[:number])


# -- what is made ------------------------------------------------------------------------------------------------------


@pytest.fixture
def seeded(general: Register, django_capture_on_commit_callbacks: Any) -> Register:
    """300 synthetic petitions; their register."""
    DepartmentFactory(name=text("Direcția de probă"))
    with django_capture_on_commit_callbacks(execute=True):
        assert seed_petitions(300, 1, TODAY) == 300
    return Register.objects.get(key=REGISTER_KEY)


def test_synthetic_petitions_are_a_whole_register(seeded: Register) -> None:
    years = {year.year: year.last_number for year in RegisterYear.objects.filter(register=seeded)}
    assert sorted(years) == [2023, 2024, 2025, 2026]
    assert sum(years.values()) == 300 == AuditEvent.objects.count()
    for year, last in years.items():
        rows = RegistryEntry.objects.filter(register=seeded, year=year).order_by("pk")
        assert [row.number for row in rows] == list(range(1, last + 1))
        assert [row.registered_at for row in rows] == sorted(row.registered_at for row in rows)
        assert high_water.read(mark_name(seeded, year)) == high_water.Mark(last)
    assert list(audit.verify()) == []
    assert RegistryEntry.objects.latest("pk").registered_on < TODAY


def test_synthetic_petitions_say_so_and_name_nobody_who_can_be_written_to(seeded: Register) -> None:
    for entry in RegistryEntry.objects.all()[:50]:
        assert "sintetic" in entry.subject
        assert "Nu este o petiție reală" in entry.body
        assert not entry.petitioner_email or entry.petitioner_email.endswith("@example.org")
        assert "Exemplu" in entry.petitioner_address or not entry.petitioner_address
        assert entry.number_text.split("/")[1] == CODE


def test_synthetic_petitions_have_their_terms_and_are_found(seeded: Register) -> None:
    from registry import term_services

    calendar = term_services.working_calendar()
    entries = list(RegistryEntry.objects.select_related("kind"))
    for entry in entries:
        assert term_services.set_terms(entry, term_services.terms_of(entry, calendar)) == {}
        assert entry.open_due == open_due_of(entry)
    assert any(entry.extended_by for entry in entries)
    assert entry in RegistryEntry.objects.search(entry.petitioner_name)
    assert entry in RegistryEntry.objects.search(entry.number_text)


def test_real_register_goes_on_beside_the_synthetic_one(
    seeded: Register, general: Register, complaint: EntryKind
) -> None:
    assert register(filing(complaint), register=general).entry.number == 1
    entry = register(filing(complaint), register=seeded).entry
    assert entry.number == RegisterYear.objects.get(register=seeded, year=entry.year).last_number
    assert list(audit.verify()) == []


def test_more_come_after_those_that_are_there(
    seeded: Register, django_capture_on_commit_callbacks: Any
) -> None:
    before = names(300)
    with django_capture_on_commit_callbacks(execute=True):
        assert seed_petitions(300, 2, TODAY) == 0
        assert seed_petitions(340, 2, TODAY) == 40
    assert names(300) == before
    assert RegistryEntry.objects.filter(register=seeded).count() == 340
    assert list(audit.verify()) == []


@pytest.mark.parametrize(("seed", "same"), [(1, True), (2, False)])
def test_same_seed_makes_the_same(general: Register, seed: int, same: bool) -> None:
    def some(seed: int) -> list[str]:
        around, random, made = Surroundings.found(), Random(f"petitions-{seed}-0"), Made()
        for n, at in enumerate(seeding.moments(20, TODAY), 1):
            add_entry(made, around, random, at, n, n, TODAY)
        return [
            f"{row.registered_at} {row.petitioner_name} {row.subject} {row.state}"
            for row in made.entries
        ]

    assert (some(1) == some(seed)) is same


def test_command_makes_them(general: Register, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_scale", "--petitions", "25")
    assert "Made 25 synthetic petitions" in capsys.readouterr().out
    assert RegistryEntry.objects.count() == 25


# -- how it is read ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(django_db_setup: None, django_db_blocker: Any) -> Any:
    """MANY synthetic petitions of eight departments; a clerk, and an officer of one of them."""
    from tests.demo_rows import module_transaction

    with django_db_blocker.unblock(), module_transaction():
        install_defaults()
        sync_roles()
        departments = [DepartmentFactory(key=f"proba-{n}") for n in range(8)]
        clerk = make_user("clerk-of-many", "Registry clerk")
        officer = make_user("officer-of-many", "Department officer")
        DeskMember.objects.create(user=officer, department=departments[3])
        seed_petitions(MANY, 1, TODAY)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE registry_registryentry")
        yield {"clerk": clerk, "officer": officer}


@pytest.mark.django_db
def test_each_synthetic_petition_has_what_its_state_asks_for(many: Any) -> None:
    entries = RegistryEntry.objects.all()
    states = Counter(entries.values_list("state", flat=True))
    assert set(states) == set(State.values)
    is_open = entries.exclude(open_due=None)
    assert is_open.count() == entries.open().count() == entries.filter(closed_at=None).count()
    assert 0.02 < is_open.count() / MANY < 0.04
    assert is_open.filter(open_due__lt=TODAY).exists()
    petitions = entries.exclude(kind__family__startswith="court")
    answered = petitions.filter(state__in=["dispatched", "returned", "archived"])
    for name in ("answered_at", "closed_at", "department", "approved_at"):
        assert not answered.filter(**{name: None}).exists()
    assert not answered.filter(outcome="").exists()
    assert not answered.filter(answered_at__lt=F("registered_at")).exists()
    assert not entries.filter(state="archived", file_class=None).exists()
    assert not entries.filter(state="redirected", institution=None).exists()
    assert not petitions.filter(state="filed", filed_as="").exists()
    joined = entries.filter(state="joined").select_related("joined_to")
    assert all(row.joined_to and same_petitioner(row, row.joined_to) for row in joined)
    assert not joined.filter(joined_to__state="joined").exists()
    repeats = entries.filter(filed_as="repeat").select_related("repeats")
    assert all(row.repeats and row.repeats.answered_at for row in repeats)
    assert entries.filter(for_mayor=True).count() == CabinetFile.objects.count() > MANY / 200
    assert entries.filter(kind__family__startswith="court").count() == CourtMail.objects.count()
    for state in ("drafted", "approved"):
        assert not entries.filter(state=state, drafts=None).exists()
    prepared = Letter.objects.filter(state=LetterState.PREPARED)
    assert set(prepared.values_list("entry__state", flat=True)) == {"approved"}
    assert Letter.objects.filter(mode="post", state=LetterState.SENT).exists()
    assert Contribution.objects.filter(given_at=None).exists()


def plans_of(rows: QuerySet[RegistryEntry]) -> list[str]:
    """How the database goes about each query that the list's first page makes of entries."""
    with CaptureQueriesContext(connection) as captured:
        slice_of(
            rows.select_related("kind", "department").defer("body", "answer", "search_text"),
            NEWEST_FIRST,
            {},
        )
    return [
        plan_of(asked["sql"])
        for asked in captured
        if 'FROM "registry_registryentry"' in asked["sql"]
    ]


def plan_of(sql: str) -> str:
    """How the database goes about a query."""
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}".replace("%", "%%"))
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def assert_no_full_scan(plans: list[str]) -> None:
    """Every reading of entries is by an index, or in the order of the primary key until the page is full."""
    assert plans
    for plan in plans:
        assert "Seq Scan on registry_registryentry" not in plan, plan
        # SQLite says SCAN for walking the table in the order of its key, too: that is the newest first.
        assert not re.search(r"SCAN registry_registryentry\b.*\n(.*\n)*.*USE TEMP B-TREE", plan), (
            plan
        )


SEARCHES = (
    "1234",
    "1.234",
    "1234/2025",
    "1.234/000/28.02.2025",
    "popescu",
    "zavoianu",
    "maria",
    "popescu maria",
    "zavoianu zenovia observatorului",
    "nuexista",
)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["clerk", "officer"])
def test_newest_entries_are_read_by_an_index(many: Any, who: str) -> None:
    plans = plans_of(RegistryEntry.objects.visible_to(many[who]))
    assert_no_full_scan(plans)


@pytest.mark.django_db
@pytest.mark.parametrize("query", SEARCHES)
@pytest.mark.parametrize("who", ["clerk", "officer"])
def test_searches_use_an_index(many: Any, who: str, query: str) -> None:
    with CaptureQueriesContext(connection) as before:
        rows = RegistryEntry.objects.visible_to(many[who]).search(query)
    # PostgreSQL looks words up at once.
    plans = [plan_of(asked["sql"]) for asked in before if "search_vector" in asked["sql"]]
    plans += plans_of(rows)
    assert_no_full_scan(plans)
    if query[0].isdigit():
        assert re.search(r"registry_(by_number|by_day|number_once)", plans[0]), plans[0]
    elif connection.vendor == "sqlite":
        assert "VIRTUAL TABLE INDEX" in plans[0], plans[0]


@pytest.mark.django_db
@pytest.mark.parametrize("few", [0, 10_000])
def test_search_finds_the_same_whether_few_or_many_match(
    many: Any, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.querysets.FEW", few)
    for query in ("popescu", "maria popescu", "zavoianu"):
        found = RegistryEntry.objects.visible_to(many["officer"]).search(query)
        wanted = [
            entry.pk
            for entry in RegistryEntry.objects.visible_to(many["officer"])
            if all(
                any(part.startswith(word) for part in re.findall(r"[0-9a-z]+", entry.search_text))
                for word in query.split()
            )
        ]
        assert sorted(found.values_list("pk", flat=True)) == sorted(wanted)
        assert wanted


@pytest.mark.django_db
def test_names_are_as_uneven_as_names_are(many: Any) -> None:
    by_name = RegistryEntry.objects.values("petitioner_name").annotate(n=Count("pk"))
    assert by_name.order_by("-n")[0]["n"] > 50 * by_name.order_by("n")[0]["n"]
