"""Many entries: what is made for measuring is whole, and the lists and searches of the desk use the indexes."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext

from home.roles import sync_roles
from registry import audit, high_water, seeding
from registry.desk.paging import NEWEST_FIRST, slice_of
from registry.models import (
    AuditEvent,
    DeskMember,
    EntryKind,
    Register,
    RegisterYear,
    RegistryEntry,
)
from registry.registration import mark_name, register
from registry.seeding import seed_petitions
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
    return Register.objects.get(key=seeding.REGISTER_KEY)


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
        assert entry.petitioner_email.endswith("@example.org")
        assert entry.number_text.split("/")[1] == seeding.CODE


def test_synthetic_petitions_have_their_terms_and_are_found(seeded: Register) -> None:
    from registry import term_services

    entry = RegistryEntry.objects.filter(kind__family="petition", counts_from=None).first()
    assert entry is not None
    terms = term_services.terms_of(entry, term_services.working_calendar())
    assert term_services.set_terms(entry, terms) == {}
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
    from random import Random

    from registry.seeding import _entry, _Surroundings

    def some(seed: int) -> list[str]:
        around, random = _Surroundings.found(), Random(f"petitions-{seed}-0")
        came = seeding.moments(20, TODAY)
        rows = [_entry(around, random, at, n, TODAY) for n, at in enumerate(came, 1)]
        return [f"{row.registered_at} {row.petitioner_name} {row.subject}" for row in rows]

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
