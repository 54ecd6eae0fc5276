"""The Mayor's correspondence: given to the Cabinet, decided upon all or nothing, followed up, taken off the board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from contacts.models import Department
from registry import audit, cabinet, lifecycle
from registry.cabinet import SubTerm
from registry.enums import State
from registry.lifecycle import NotAllowed, NotPossible
from registry.lifecycle.changing import Changed
from registry.models import (
    AuditEvent,
    CabinetFile,
    Contribution,
    EntryKind,
    Institution,
    Register,
    RegistryEntry,
)
from registry.seen_versions import ChangedMeanwhile
from tests.factories import DepartmentFactory
from tests.registry.filings import answered, at, entry_of
from tests.registry.people import department_of

pytestmark = pytest.mark.django_db

MARCH = at(2026, 3, 12, 10)
NEXT = at(2026, 3, 13, 10)()
SECRET = "Se va face canalizarea până la toamnă."


@dataclass
class World:
    people: dict[str, Any]
    file: CabinetFile
    lead: Department
    other: Department

    @property
    def entry(self) -> RegistryEntry:
        return RegistryEntry.objects.get(pk=self.file.entry_id)

    def resolve(self, **values: Any) -> CabinetFile:
        file = values.pop("file", self.file)
        values.setdefault("lead", self.lead)
        values.setdefault("text", SECRET)
        return cabinet.resolve(file, **{"actor": self.people["cabinet"], "at": NEXT, **values})


@pytest.fixture
def world(general: Register, complaint: EntryKind, people: dict[str, Any]) -> World:
    """A letter of 12 March 2026 to the Mayor, due on 11 April, on the Cabinet's board."""
    entry = entry_of(complaint, general, MARCH)
    file = cabinet.open_file(entry, "citizen", actor=people["clerk"], at=MARCH())
    return World(
        people, file, department_of(people["officer"]), department_of(people["other_officer"])
    )


# -- given to the Cabinet ----------------------------------------------------------------------------------------------


def test_clerk_gives_a_letter_to_the_cabinet_which_then_sees_it(
    general: Register, complaint: EntryKind, people: dict[str, Any]
) -> None:
    entry = entry_of(complaint, general, MARCH)
    seen = RegistryEntry.objects.visible_to(people["cabinet"])
    assert not seen.filter(pk=entry.pk).exists()
    with pytest.raises(NotAllowed):
        cabinet.open_file(entry, "citizen", actor=people["cabinet"])
    guvern = Institution.objects.create(name="Un minister de probă", email="m@example.org")
    file = cabinet.open_file(entry, "government", institution=guvern, actor=people["clerk"])
    assert cabinet.open_file(entry, "citizen", actor=people["clerk"]) == file
    assert (file.source, file.institution) == ("government", guvern)
    assert seen.filter(pk=entry.pk).exists()
    assert list(cabinet.visible_files(people["cabinet"])) == [file]
    assert not cabinet.visible_files(people["officer"]).exists()
    told = AuditEvent.objects.filter(entry=entry, action="cabinet.followed")
    assert [event.data["step"] for event in told] == ["opened"]


@pytest.mark.parametrize("who", ["officer", "auditor", "confidential"])
def test_others_give_nothing_to_the_cabinet(
    who: str, general: Register, complaint: EntryKind, people: dict[str, Any]
) -> None:
    entry = entry_of(complaint, general, MARCH)
    lifecycle.assign(entry, department_of(people["officer"]), actor=None)
    with pytest.raises(NotAllowed):
        cabinet.open_file(entry, "citizen", actor=people[who])
    assert not CabinetFile.objects.exists()


def test_confidential_report_is_not_given_to_the_cabinet(
    general: Register, admin_user: Any
) -> None:
    entry = entry_of(EntryKind.objects.get(key="avertizor"), general, MARCH)
    with pytest.raises(NotPossible):
        cabinet.open_file(entry, "citizen", actor=admin_user)
    entry.refresh_from_db()
    assert not entry.for_mayor


def test_citizen_has_no_institution(world: World, general: Register, complaint: EntryKind) -> None:
    entry = entry_of(complaint, general, MARCH)
    body = Institution.objects.create(name="O prefectură de probă", email="p@example.org")
    with pytest.raises(NotPossible):
        cabinet.open_file(entry, "citizen", institution=body, actor=world.people["clerk"])
    with pytest.raises(NotPossible):
        cabinet.open_file(entry, "pope", actor=world.people["clerk"])


# -- decided -----------------------------------------------------------------------------------------------------------


def test_resolution_gives_the_lead_and_asks_the_others(world: World) -> None:
    third = DepartmentFactory()
    file = world.resolve(
        contributors=[
            SubTerm(world.other, date(2026, 3, 20), "Schița"),
            SubTerm(third, date(2026, 4, 9)),
        ],
        note="De văzut",
        next_look_on=date(2026, 3, 20),
        version=world.file.version,
        entry_version=world.entry.version,
    )
    entry = world.entry
    assert (entry.state, entry.department) == (State.ASSIGNED, world.lead)
    asked = Contribution.objects.order_by("due").values_list("department", "due", "question")
    assert list(asked) == [
        (world.other.pk, date(2026, 3, 20), "Schița"),
        (third.pk, date(2026, 4, 9), ""),
    ]
    assert (file.resolution, file.note, file.next_look_on) == (
        SECRET,
        "De văzut",
        date(2026, 3, 20),
    )
    event = AuditEvent.objects.latest("sequence")
    assert event.action == "cabinet.resolution"
    assert event.data["department"] == [None, world.lead.key]
    assert event.data["contributors"] == [world.other.key, third.key]
    assert "canalizarea" not in str(list(AuditEvent.objects.values_list("data", flat=True)))
    assert not list(audit.verify())
    # Whoever contributes sees it from now on.
    assert RegistryEntry.objects.visible_to(world.people["other_officer"]).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "  "},
        {"contributors": "lead"},
        {"contributors": "twice"},
        {"contributors": "late"},
        {"contributors": "past"},
        {"next_look_on": date(2026, 3, 1)},
    ],
    ids=str,
)
def test_resolution_is_all_or_nothing(world: World, wrong: dict[str, Any]) -> None:
    fine = SubTerm(world.other, date(2026, 3, 20))
    named: dict[str, list[SubTerm]] = {
        "lead": [fine, SubTerm(world.lead, date(2026, 3, 20))],
        "twice": [fine, SubTerm(world.other, date(2026, 3, 21))],
        # The answer itself is due on Thursday, 9 April.
        "late": [fine, SubTerm(DepartmentFactory(), date(2026, 4, 10))],
        "past": [fine, SubTerm(DepartmentFactory(), date(2026, 3, 12))],
    }
    values: dict[str, Any] = {"contributors": [fine], **wrong}
    if isinstance(values["contributors"], str):
        values["contributors"] = named[values["contributors"]]
    before = (world.entry.version, world.file.version, AuditEvent.objects.count())
    with pytest.raises(NotPossible) as raised:
        world.resolve(**values)
    assert str(raised.value)
    world.file.refresh_from_db()
    assert (world.entry.version, world.file.version, AuditEvent.objects.count()) == before
    assert (world.entry.department, world.file.resolution) == (None, "")
    assert not Contribution.objects.exists()


def test_double_click_resolves_once(world: World) -> None:
    seen = {"version": world.file.version, "entry_version": world.entry.version}
    values = {"contributors": [SubTerm(world.other, date(2026, 3, 20))], **seen}
    assert world.resolve(**values) == world.resolve(**values)
    assert AuditEvent.objects.filter(action="cabinet.resolution").count() == 1
    assert Contribution.objects.count() == 1


def test_second_of_two_is_told_that_something_changed(world: World) -> None:
    file_seen, entry_seen = world.file.version, world.entry.version
    cabinet.follow_up(world.file, "Notă", None, actor=world.people["cabinet"], version=file_seen)
    with pytest.raises(ChangedMeanwhile):
        world.resolve(version=file_seen, entry_version=entry_seen)
    lifecycle.assign(world.entry, world.other, actor=world.people["clerk"])
    with pytest.raises(Changed):
        world.resolve(version=file_seen + 1, entry_version=entry_seen)
    assert world.entry.department == world.other
    assert CabinetFile.objects.get().resolution == ""


def test_later_resolution_stands_above_the_earlier_one(world: World) -> None:
    world.resolve()
    file = world.resolve(text="Răspuns comun.", lead=world.other, at=at(2026, 3, 16, 9)())
    assert file.resolution == f"Răspuns comun.\n\n— 13.03.2026 —\n{SECRET}"
    assert AuditEvent.objects.latest("sequence").data["department"] == [
        world.lead.key,
        world.other.key,
    ]


@pytest.mark.parametrize("who", ["clerk", "chief", "officer", "auditor"])
def test_only_the_cabinet_writes_resolutions(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        world.resolve(actor=world.people[who])
    with pytest.raises(NotAllowed):
        cabinet.follow_up(world.file, "x", None, actor=world.people[who])
    with pytest.raises(NotAllowed):
        cabinet.off_board(world.file, reason="x", actor=world.people[who])


# -- followed up -------------------------------------------------------------------------------------------------------


def test_note_and_next_look_are_kept_and_told_without_the_text(world: World) -> None:
    actor, seen = world.people["cabinet"], world.file.version
    for _click in range(2):
        file = cabinet.follow_up(
            world.file, "Nu răspunde nimeni", date(2026, 3, 20), actor=actor, version=seen, at=NEXT
        )
    assert (file.note, file.next_look_on, file.version) == (
        "Nu răspunde nimeni",
        date(2026, 3, 20),
        seen + 1,
    )
    data = AuditEvent.objects.latest("sequence").data
    assert data["next_look_on"] == [None, "2026-03-20"]
    assert "nimeni" not in str(data)
    with pytest.raises(NotPossible):
        cabinet.follow_up(world.file, "", date(2026, 3, 12), actor=actor, at=NEXT)
    # A day that has passed since may stay while the note changes.
    later = at(2026, 3, 25, 9)()
    cabinet.follow_up(world.file, "Alt text", date(2026, 3, 20), actor=actor, at=later)


def test_open_matter_leaves_the_board_with_a_reason_only(world: World) -> None:
    actor = world.people["cabinet"]
    with pytest.raises(NotPossible):
        cabinet.off_board(world.file, actor=actor, at=NEXT)
    file = cabinet.off_board(world.file, reason="Preluat de viceprimar.", actor=actor, at=NEXT)
    assert (file.closed_at, file.note) == (NEXT, "Preluat de viceprimar.")
    with pytest.raises(NotPossible):
        cabinet.follow_up(file, "x", None, actor=actor)
    back = cabinet.open_file(world.entry, "citizen", actor=actor)
    assert (back.closed_at, back.pk) == (None, file.pk)


def test_closed_matter_leaves_the_board(world: World) -> None:
    answered(world.entry)
    file = cabinet.off_board(world.file, actor=world.people["cabinet"])
    assert file.closed_at is not None
