"""Many at once for the last places of an hour of audiences: each place is given once."""

from __future__ import annotations

from datetime import datetime

import pytest

from cms.models import OutboxMail
from registry import audiences, audit
from registry.lifecycle import NotPossible
from registry.models import Audience, Register
from tests.conftest import BUCHAREST
from tests.factories import DepartmentFactory
from tests.registry.filings import at, request_filing, slot_for
from tests.registry.processes import in_processes

pytestmark = pytest.mark.django_db(transaction=True)

FRIDAY = datetime(2026, 3, 13, 9, tzinfo=BUCHAREST)
AT_ONCE = 8


def test_places_are_given_once(committed_register: Register) -> None:
    department = DepartmentFactory()
    slot = slot_for("department", department, places=3)
    waiting = [
        audiences.request(
            request_filing(),
            "department",
            register_=committed_register,
            actor=None,
            department=department,
            clock=at(2026, 3, 12, 10),
        )
        for _ in range(AT_ONCE)
    ]

    def work(number: int) -> int | None:
        try:
            return audiences.schedule(waiting[number], slot, actor=None, at=FRIDAY).place
        except NotPossible:
            return None

    places = in_processes(AT_ONCE, work)
    assert sorted(place for place in places if place) == [1, 2, 3]
    taken = Audience.objects.filter(slot=slot).values_list("place", flat=True)
    assert sorted(place or 0 for place in taken) == [1, 2, 3]
    assert OutboxMail.objects.filter(purpose="audience.appointment").count() == 3
    assert not list(audit.verify())


def test_one_audience_climbs_once(committed_register: Register) -> None:
    department = DepartmentFactory()
    first = audiences.request(
        request_filing(),
        "department",
        register_=committed_register,
        actor=None,
        department=department,
        clock=at(2026, 3, 12, 10),
    )
    first = audiences.decline(first, "A primit răspuns.", actor=None, at=FRIDAY)

    def work(_number: int) -> int | None:
        try:
            return audiences.climb(first, actor=None, at=FRIDAY).pk
        except NotPossible:
            return None

    made = [pk for pk in in_processes(AT_ONCE, work) if pk]
    assert len(made) == 1
    assert Audience.objects.count() == 2
