"""The project's own system checks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client

from cms.checks import bridging_days_reviewed, sqlite_is_immediate
from cms.models import CalendarYear
from tests.factories import make_user

BUCHAREST = ZoneInfo("Europe/Bucharest")


def ids(check: Callable[..., Any], databases: list[str] | None) -> list[str | None]:
    return [message.id for message in check(None, databases=databases)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "reviewed", "year"),
    [
        ((2026, 11, 30, 23, 59), [2026], None),
        ((2026, 12, 1, 0, 0), [2026], 2027),
        ((2026, 12, 1, 0, 0), [2026, 2027], None),
        ((2026, 12, 31, 23, 59), [2026], 2027),
        ((2027, 1, 1, 0, 0), [2026], 2027),
        ((2026, 11, 15, 12, 0), [], 2026),
    ],
)
def test_year_that_nobody_looked_at_is_warned_of(
    clock: Any, moment: tuple[int, ...], reviewed: list[int], year: int | None
) -> None:
    clock.move_to(datetime(*moment, tzinfo=BUCHAREST))  # type: ignore[misc, arg-type]
    for done in reviewed:
        CalendarYear.objects.create(year=done, bridging_days_reviewed=True)
    messages = bridging_days_reviewed(None, databases=["default"])
    assert [message.id for message in messages] == ([] if year is None else ["cms.W001"])
    assert all(str(year) in message.msg and message.hint for message in messages)


@pytest.mark.django_db
def test_year_that_was_only_opened_is_not_reviewed(clock: Any) -> None:
    clock.move_to(datetime(2026, 12, 2, tzinfo=BUCHAREST))
    CalendarYear.objects.create(year=2027, bridging_days_reviewed=False, note="în lucru")
    assert ids(bridging_days_reviewed, ["default"]) == ["cms.W001"]


def test_check_of_rows_reads_none_without_a_database() -> None:
    assert ids(bridging_days_reviewed, None) == []


def test_check_is_silent_before_the_first_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(today: Any) -> int:
        raise DatabaseError("no such table")

    monkeypatch.setattr(CalendarYear, "unreviewed", missing)
    assert ids(bridging_days_reviewed, ["default"]) == []


@pytest.mark.django_db
def test_command_tells_it(clock: Any, capsys: pytest.CaptureFixture[str]) -> None:
    clock.move_to(datetime(2026, 12, 2, tzinfo=BUCHAREST))
    call_command("check", databases=["default"])
    assert "cms.W001" in capsys.readouterr().err


@pytest.mark.django_db
def test_editors_home_tells_those_who_keep_the_calendar(clock: Any) -> None:
    clock.move_to(datetime(2026, 12, 2, tzinfo=BUCHAREST))
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    assert "2027" in client.get("/admin/").content.decode()
    CalendarYear.objects.create(year=2027, bridging_days_reviewed=True)
    assert "2027" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        (
            {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"transaction_mode": "IMMEDIATE"}},
            [],
        ),
        ({"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {}}, ["cms.E001"]),
        ({"ENGINE": "django.db.backends.sqlite3"}, ["cms.E001"]),
        ({"ENGINE": "django.db.backends.postgresql"}, []),
    ],
)
def test_sqlite_must_be_immediate(
    monkeypatch: pytest.MonkeyPatch, database: dict[str, Any], expected: list[str]
) -> None:
    monkeypatch.setitem(settings.DATABASES, "default", database)
    assert ids(sqlite_is_immediate, ["default"]) == expected
