"""Random lives of entries: whatever is tried, by whomever, what must always be true stays true."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import audit
from registry.deadlines import TermKey
from registry.enums import Action, State
from registry.lifecycle import NotPossible
from registry.models import AuditEvent, EntryKind, Letter, Register, RegistryEntry
from registry.models.entries import open_due_of
from registry.transitions import TABLE
from tests.registry.lives import LATER, World
from tests.registry.people import department_of

pytestmark = pytest.mark.django_db

STEPS = sorted(TABLE)
ROLES = ("clerk", "chief", "officer", "head", "contributor", "other_officer", "cabinet", "system")
# What is likely to lead somewhere is tried more often than by chance alone.
PATHS = (
    "assign take draft submit approve sign dispatch archive",
    "assign take submit send_back submit approve dispatch returned dispatch",
    "assign refuse assign take submit approve dispatch reopen submit approve dispatch",
    "assign ask_contributions contribute submit approve dispatch",
    "join archive reopen assign",
    "redirect archive reopen",
    "extend extend assign cancel",
)
STEP = st.tuples(st.integers(0, 2), st.sampled_from(STEPS), st.sampled_from(ROLES))
PATH = st.tuples(st.integers(0, 2), st.sampled_from(PATHS)).map(
    lambda picked: [(picked[0], name, "system") for name in picked[1].split()]
)
LIFE = st.lists(st.one_of(STEP.map(lambda step: [step]), PATH), min_size=1, max_size=6).map(
    lambda parts: [step for part in parts for step in part]
)


@pytest.fixture
def world(general: Register, complaint: EntryKind, people: dict[str, Any]) -> World:
    return World(
        general,
        complaint,
        department_of(people["officer"]),
        department_of(people["contributor"]),
        colleague=people["other_officer"],
    )


def check(entry: RegistryEntry, people: dict[str, Any]) -> None:
    """What is true of an entry at the end of any life."""
    events = list(AuditEvent.objects.filter(entry=entry).order_by("sequence"))
    # Each step is told, none twice, and none that is told is missing.
    steps = [event for event in events if "call" in event.data]
    joined_here = [event for event in events if event.data.get("joined")]
    assert entry.version == 1 + len(steps) + len(joined_here)
    # States follow each other without a gap.
    state = State.REGISTERED.value
    for event in steps:
        before, after = event.data.get("state", (state, state))
        assert before == state
        state = after
    assert entry.state == state
    # Terms move by an extension alone.
    moved = [event.data["terms"] for event in events if "terms" in event.data]
    extended = [event for event in events if event.action == Action.EXTENDED]
    assert len(moved) == len(extended) <= 1
    first_due = entry.registered_on + timedelta(days=30)
    assert entry.due == first_due + timedelta(days=entry.extended_by)
    assert bool(entry.extended_by) == bool(extended)
    assert (
        entry.other_terms[TermKey.REDIRECT_BY]
        == (entry.registered_on + timedelta(days=5)).isoformat()
    )
    # Open or closed, never both; lists of open ones hold it or they do not.
    assert (entry.closed_at is None) == entry.is_open
    assert entry.open_due == open_due_of(entry)
    # Joined to an open or answered one of the same petitioner, never in a row or a circle.
    if entry.state == State.JOINED or entry.joined_to_id:
        assert entry.joined_to is not None
        assert entry.joined_to.pk < entry.pk
        assert entry.joined_to.joined_to_id is None
    # Departments never dispatch.
    registry = {people[name].pk for name in ("clerk", "chief")} | {None}
    for event in events:
        if event.action in {Action.ANSWERED, Action.LETTER_RETURNED, Action.ARCHIVED}:
            assert event.actor_id in registry
    for letter in Letter.objects.filter(entry=entry, sent_at__isnull=False):
        assert letter.sent_by_id in registry
    # An answer that was sent had a legal basis, two signatories and a second reader.
    if entry.answered_at is not None:
        assert entry.legal_basis
        assert entry.signatory_head
        assert entry.signatory_department
        assert entry.signatory_head != entry.signatory_department
        assert entry.approved_at
        assert entry.approved_at <= entry.answered_at


def refused(step: Any, entry: RegistryEntry, user: Any, moment: datetime) -> str:
    """Take a step; why it was refused, "" when it was taken."""
    try:
        step(entry, actor=user, at=moment)
    except NotPossible as problem:
        return str(problem)
    return ""


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(life=LIFE)
def test_whatever_happens_the_register_is_whole(
    world: World, people: dict[str, Any], life: list[tuple[int, str, str]]
) -> None:
    steps = world.steps()
    with transaction.atomic():
        entries = [world.new() for _number in range(3)]
        for minutes, (index, name, role) in enumerate(life):
            user = None if role == "system" else people[role]
            entry = RegistryEntry.objects.get(pk=entries[index].pk)
            sequence = AuditEvent.objects.count()
            if refused(steps[name], entry, user, LATER + timedelta(minutes=minutes)):
                assert AuditEvent.objects.count() == sequence
        for entry in entries:
            check(RegistryEntry.objects.select_related("joined_to").get(pk=entry.pk), people)
        assert list(audit.verify()) == []
        transaction.set_rollback(True)
