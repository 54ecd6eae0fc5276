"""What stands in lists once, however many contributions a department was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Q

from registry import cabinet, permissions
from registry.models import Contribution, EntryKind, Register, RegistryEntry
from registry.writing import writing
from tests.registry.filings import at, entry_of
from tests.registry.people import department_of

pytestmark = pytest.mark.django_db

MARCH = at(2026, 3, 12, 10)


@pytest.fixture
def often_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every department was asked more often than is looked up one by one."""
    monkeypatch.setattr(permissions, "MOST_CONTRIBUTIONS", 0)


@pytest.mark.usefixtures("often_asked")
def test_entry_with_contributions_of_many_departments_is_seen_once(
    general: Register, complaint: EntryKind, people: dict[str, Any]
) -> None:
    own, other = department_of(people["officer"]), department_of(people["other_officer"])
    entry = entry_of(complaint, general, MARCH)
    file = cabinet.open_file(entry, "citizen", actor=people["clerk"], at=MARCH())
    entry.refresh_from_db()
    with writing():
        entry.department = own
        entry.save()
        for department in (own, other):
            Contribution.objects.create(
                entry=entry, department=department, due=MARCH().date(), asked_at=MARCH()
            )
    people["officer"].desk_memberships.create(department=other)
    seen = RegistryEntry.objects.visible_to(people["officer"])
    assert list(seen) == [entry]
    assert list(cabinet.visible_files(people["officer"])) == [file]


def test_condition_about_entries_is_asked_of_what_leads_to_them() -> None:
    condition = ~Q(kind__in=[3]) & (Q(for_mayor=True) | Q(pk__in=[1]))
    assert permissions.through(condition, "entry") == ~Q(entry__kind__in=[3]) & (
        Q(entry__for_mayor=True) | Q(entry__pk__in=[1])
    )
