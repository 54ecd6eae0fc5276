"""Absences: everybody notes his own, the head of the registry everybody's; what does not fit is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Absence
from tests.registry.people import client_of

pytestmark = pytest.mark.django_db

MINE = "/admin/registru/my-absence/"
ALL = "/admin/registru/absences/"


@pytest.fixture(autouse=True)
def suite_clock(clock: Any) -> Any:
    return clock


def typed(substitute: Any, first: str = "2026-12-07", last: str = "2026-12-11") -> dict[str, Any]:
    return {"substitute": substitute.pk, "first_day": first, "last_day": last}


def test_officer_notes_and_takes_back_his_own(people: dict[str, Any]) -> None:
    client = client_of(people["officer"])
    assert client.post(MINE, typed(people["other_officer"])).status_code == 302
    absence = Absence.objects.get()
    assert (absence.user, absence.substitute) == (people["officer"], people["other_officer"])
    assert "07.12.2026" in client.get(MINE).content.decode()
    # The colleague sees for whom.
    assert "officer" in client_of(people["other_officer"]).get(MINE).content.decode()
    assert client.post(f"{MINE}{absence.pk}/take-back/").status_code == 302
    assert not Absence.objects.exists()


def test_nobody_takes_back_what_is_not_his(people: dict[str, Any]) -> None:
    absence = Absence.objects.create(
        user=people["officer"],
        substitute=people["other_officer"],
        first_day=date(2026, 12, 7),
        last_day=date(2026, 12, 11),
    )
    for name in ("other_officer", "head", "chief", "admin"):
        assert client_of(people[name]).post(f"{MINE}{absence.pk}/take-back/").status_code == 404
    assert Absence.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last_day": "2026-12-06"}, "last_day"),
        ({"substitute": ""}, "substitute"),
        ({"first_day": "mâine"}, "first_day"),
        ({"first_day": "2026-12-01", "last_day": "2026-12-02"}, "substitute"),
        ({"first_day": "2026-12-20", "last_day": "2026-12-22"}, "first_day"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(
    people: dict[str, Any], values: dict[str, str], field: str
) -> None:
    # The substitute is away on 2 December; on the 21st the officer is away already.
    for user, substitute, day in (
        ("other_officer", "head", date(2026, 12, 2)),
        ("officer", "head", date(2026, 12, 21)),
    ):
        Absence.objects.create(
            user=people[user], substitute=people[substitute], first_day=day, last_day=day
        )
    client = client_of(people["officer"])
    response = client.post(MINE, {**typed(people["other_officer"]), **values})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    if "first_day" in values:
        assert values["first_day"] in response.content.decode()
    assert Absence.objects.count() == 2


def test_substitute_is_another_one_who_works_with_the_register(people: dict[str, Any]) -> None:
    client = client_of(people["officer"])
    for name in ("officer", "marketing", "nobody"):
        response = client.post(MINE, typed(people[name]))
        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["substitute"]


def test_who_stands_in_for_somebody_is_warned(people: dict[str, Any]) -> None:
    Absence.objects.create(
        user=people["officer"],
        substitute=people["other_officer"],
        first_day=date(2026, 12, 7),
        last_day=date(2026, 12, 11),
    )
    client = client_of(people["other_officer"])
    response = client.post(MINE, typed(people["head"]), follow=True)
    assert Absence.objects.count() == 2
    assert [message.level_tag for message in response.context["messages"]] == ["success", "warning"]


def test_head_of_the_registry_notes_those_of_others(people: dict[str, Any]) -> None:
    client = client_of(people["chief"])
    data = {**typed(people["other_officer"]), "user": people["officer"].pk}
    assert client.post(f"{ALL}new/", data).status_code == 302
    assert Absence.objects.get().user == people["officer"]
    assert client.get(ALL).status_code == 200
    data["substitute"] = people["officer"].pk
    response = client.post(f"{ALL}new/", data)
    assert response.status_code == 200
    assert Absence.objects.count() == 1


def test_lists_cost_as_much_whatever_they_show(people: dict[str, Any]) -> None:
    counts: dict[str, list[int]] = {MINE: [], ALL: []}
    chief, officer = client_of(people["chief"]), client_of(people["officer"])
    for month in (1, 3):
        for day in range(1, 3 if month == 1 else 16):
            for user, other in (("officer", "head"), ("head", "officer")):
                Absence.objects.create(
                    user=people[user],
                    substitute=people[other],
                    first_day=date(2027, month, day),
                    last_day=date(2027, month, day),
                )
        for address, client in ((MINE, officer), (ALL, chief)):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts[address].append(len(captured))
    for first, second in counts.values():
        assert first == second <= 25
