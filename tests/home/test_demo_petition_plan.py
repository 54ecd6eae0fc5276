"""Which letters the demonstration's register gets, whatever the day of loading, and where it gets none."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies

from cms.working_calendar import WorkingCalendar
from home.demo.accounts import load_accounts
from home.demo.petition_plan import Plan
from home.demo.petitions import load_petitions
from home.management.commands.load_demo import read_content
from registry import audit
from registry.enums import State
from registry.models import Institution, RegistryEntry

CONTENT, OFFICE = read_content("petitions.yaml"), read_content("registry_office.yaml")


@given(day=strategies.dates(date(2025, 1, 1), date(2031, 12, 31)))
@settings(max_examples=5)
def test_plan_is_the_same_for_a_day_and_keeps_to_working_hours(day: date) -> None:
    calendar = WorkingCalendar()
    letters = Plan(CONTENT, day, calendar).letters()
    assert letters == Plan(CONTENT, day, calendar).letters()
    assert letters == sorted(letters, key=lambda letter: letter.came_at)
    assert {letter.subject for letter in letters} != {
        letter.subject for letter in Plan(CONTENT, day, calendar, seed=2).letters()
    }
    for letter in letters:
        moments = [letter.came_at, *(step.at for step in letter.steps)]
        assert moments == sorted(set(moments))
        assert moments[-1].date() < day
        for step in letter.steps:
            assert calendar.is_working_day(step.at.date())
            assert time(8) <= step.at.timetz().replace(tzinfo=None) <= time(16)


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
def test_register_of_another_day_is_whole_too(settings: Any, tmp_path: Path) -> None:
    """After Easter and over the new year: each step is one that the terms allow then."""
    settings.AGORA_DEMO, settings.DATA_DIR = True, tmp_path
    load_accounts()
    load_petitions(CONTENT, OFFICE, date(2027, 5, 4))
    assert set(RegistryEntry.objects.values_list("state", flat=True)) == set(State.values)
    assert set(RegistryEntry.objects.values_list("year", flat=True)) == {2026, 2027}
    assert list(audit.verify()) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
def test_outside_a_demonstration_no_number_is_handed_out(settings: Any) -> None:
    settings.AGORA_DEMO = False
    load_petitions(CONTENT, OFFICE, date(2026, 11, 23))
    assert not RegistryEntry.objects.exists()
    assert not Institution.objects.exists()
