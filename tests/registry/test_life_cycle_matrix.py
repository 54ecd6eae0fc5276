"""Every state, every step, every role, the own department and another one: what is done and what is refused.

What is expected stands here in words of its own, not in those of the table that the services read.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from registry import transitions
from registry.enums import State
from registry.lifecycle import NotAllowed, NotPossible
from registry.models import EntryKind, Register, RegistryEntry
from tests.registry.lives import LATER, World
from tests.registry.people import department_of

pytestmark = pytest.mark.django_db

OPEN = "registered assigned in_progress drafted approved"
UNANSWERED = "registered assigned in_progress"
WORKED_ON = "assigned in_progress"
# step: the states that it is possible in, and who takes it then
EXPECTED: dict[str, tuple[str, str]] = {
    "assign": ("registered assigned in_progress drafted", "clerk chief admin"),
    "ask_contributions": ("assigned in_progress drafted", "clerk chief admin"),
    "concerns": (UNANSWERED, "clerk chief admin"),
    "redirect": (UNANSWERED, "clerk chief admin"),
    "join": (UNANSWERED, "clerk chief admin"),
    "file_repeat": (UNANSWERED, "clerk chief admin"),
    # The petition has a name and an address: possible for nobody.
    "file_anonymous": ("", "clerk chief admin"),
    # A petition is never closed without an answer.
    "close": ("", "clerk chief admin"),
    "aspects": (UNANSWERED, "officer head admin"),
    "take": ("assigned", "officer head admin"),
    "refuse": (WORKED_ON, "officer head admin"),
    "ask": (WORKED_ON, "officer head admin"),
    "draft": (WORKED_ON, "officer head admin"),
    "submit": (WORKED_ON, "officer head admin"),
    "contribute": ("assigned in_progress drafted", "contributor"),
    "send_back": ("drafted", "chief head admin"),
    "approve": ("drafted", "chief head admin"),
    "sign": ("approved", "chief head admin"),
    "dispatch": ("approved returned", "clerk chief admin"),
    "returned": ("dispatched", "clerk chief admin"),
    "extend": (OPEN, "chief admin"),
    # What it is joined to is not answered yet.
    "archive": ("dispatched redirected filed", "clerk chief admin"),
    "reopen": ("dispatched returned redirected joined filed archived", "chief admin"),
    "cancel": (OPEN, "chief admin"),
}
ROLES = (
    "nobody marketing clerk chief officer other_officer head cabinet confidential auditor contributor admin"
).split()
# What the law knows of petitions alone; anything else can be closed while nobody has answered it.
OF_PETITIONS = {"redirect", "join", "file_repeat", "file_anonymous", "extend"}
BEFORE_AN_ANSWER = {State.REGISTERED, State.ASSIGNED, State.IN_PROGRESS}
WITH_CONTRIBUTION = (State.ASSIGNED, State.IN_PROGRESS)
# Not in the department's hands before it is assigned, nor after it was taken off the register.
WITHOUT_DEPARTMENT = {State.REGISTERED, State.CANCELLED}


@pytest.fixture
def world(general: Register, complaint: EntryKind, people: dict[str, Any]) -> World:
    return World(
        general,
        complaint,
        department_of(people["officer"]),
        department_of(people["contributor"]),
        colleague=people["other_officer"],
    )


def outcome(step: Any, entry: RegistryEntry, user: Any) -> str:
    """What came of a step, which is then undone."""
    with transaction.atomic():
        try:
            step(entry, actor=user, at=LATER)
        except NotAllowed:
            return "not theirs"
        except NotPossible:
            return "not now"
        finally:
            transaction.set_rollback(True)
    return "done"


def expected(name: str, state: State, role: str, asked: bool) -> str:
    states, who = EXPECTED[name]
    if name == "contribute":
        # An administrator works for no department: nothing is asked from him.
        return "not now" if role == "admin" else "done" if role in who and asked else "not theirs"
    if role not in who.split() or (role in {"officer", "head"} and state in WITHOUT_DEPARTMENT):
        return "not theirs"
    if name == "submit" and asked:
        # The answer waits for the other department.
        return "not now"
    return "done" if state in states.split() else "not now"


def test_every_step_of_the_table_is_expected_here() -> None:
    assert set(EXPECTED) == set(transitions.TABLE)


@pytest.mark.parametrize(
    ("state", "asked"),
    [*((state, False) for state in State), *((state, True) for state in WITH_CONTRIBUTION)],
)
def test_each_step_in_each_state_by_each_role(
    state: State, asked: bool, world: World, people: dict[str, Any]
) -> None:
    entry = world.in_state(state, contribution=asked)
    wrong = {}
    for name, step in world.steps().items():
        for role in ROLES:
            found, wanted = outcome(step, entry, people[role]), expected(name, state, role, asked)
            if found != wanted:
                wrong[name, role] = f"{found} instead of {wanted}"
    assert wrong == {}


def test_confidential_report_is_closed_to_everybody_else(
    world: World, people: dict[str, Any]
) -> None:
    world.kind = EntryKind.objects.get(key="avertizor")
    entry = world.in_state(State.ASSIGNED)
    wrong = {
        (name, role)
        for name, step in world.steps().items()
        for role in ROLES
        if role != "admin" and outcome(step, entry, people[role]) != "not theirs"
    }
    assert wrong == set()


def test_confidential_report_is_handled_by_those_who_have_its_group_beside_their_role(
    world: World, people: dict[str, Any]
) -> None:
    group = Group.objects.get(name="Confidential reports")
    roles = ("clerk", "chief", "officer", "head")
    for role in roles:
        people[role].groups.add(group)
    world.kind = EntryKind.objects.get(key="avertizor")
    wrong = {}
    for state in (State.REGISTERED, State.ASSIGNED, State.DRAFTED, State.APPROVED):
        entry = world.in_state(state)
        for name, step in world.steps().items():
            for role in roles:
                wanted = expected(name, state, role, False)
                if wanted != "not theirs" and name in OF_PETITIONS:
                    wanted = "not now"
                if name == "close" and wanted == "not now" and state in BEFORE_AN_ANSWER:
                    wanted = "done"
                found = outcome(step, entry, get_user_model().objects.get(pk=people[role].pk))
                if found != wanted:
                    wrong[state, name, role] = f"{found} instead of {wanted}"
        assert RegistryEntry.objects.visible_to(people["cabinet"]).count() == 0
    assert wrong == {}


def test_cabinet_assigns_what_is_addressed_to_the_mayor_and_sends_nothing(
    world: World, people: dict[str, Any]
) -> None:
    mine = world.in_state(State.ASSIGNED, for_mayor=True)
    others = world.in_state(State.ASSIGNED)
    done = {
        name
        for name, step in world.steps().items()
        if outcome(step, mine, people["cabinet"]) == "done"
    }
    assert done == {"assign", "ask_contributions", "concerns", "join", "file_repeat"}
    assert {outcome(step, others, people["cabinet"]) for step in world.steps().values()} == {
        "not theirs"
    }
