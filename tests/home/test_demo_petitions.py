"""The demonstration's register: every state, told by a trail that is whole, loaded once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from home.demo.accounts import load_accounts
from home.demo.petitions import load_petitions
from home.management.commands.load_demo import read_content
from registry import audit
from registry.models import AuditEvent, RegistryEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

TODAY = date(2026, 11, 23)


@pytest.fixture
def petitions(settings: Any, tmp_path: Path) -> list[RegistryEntry]:
    settings.AGORA_DEMO, settings.DATA_DIR = True, tmp_path
    load_accounts()
    load_petitions(read_content("petitions.yaml"), TODAY)
    return list(RegistryEntry.objects.order_by("pk"))


def test_register_shows_every_state_and_is_whole(petitions: list[RegistryEntry]) -> None:
    assert len(petitions) == 12
    assert {entry.state for entry in petitions} == {
        "registered",
        "assigned",
        "dispatched",
        "cancelled",
    }
    assert {entry.language for entry in petitions} == {"ro", "en", "hu"}
    assert any(entry.extended_by for entry in petitions)
    assert all(entry.due for entry in petitions)
    assert list(audit.verify()) == []
    moments = list(AuditEvent.objects.order_by("sequence").values_list("at", flat=True))
    assert moments == sorted(moments)


def test_nobody_is_meant(petitions: list[RegistryEntry]) -> None:
    for entry in petitions:
        assert entry.petitioner_email.endswith("@example.org")
        assert any(
            word in entry.petitioner_name for word in ("Exemplu", "Probă", "Minta", "Example")
        )


def test_second_load_registers_nothing(petitions: list[RegistryEntry]) -> None:
    load_petitions(read_content("petitions.yaml"), TODAY)
    assert RegistryEntry.objects.count() == len(petitions)


def test_outside_a_demonstration_no_number_is_handed_out(settings: Any) -> None:
    settings.AGORA_DEMO = False
    load_petitions(read_content("petitions.yaml"), TODAY)
    assert not RegistryEntry.objects.exists()
