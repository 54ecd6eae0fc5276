"""Entries in every state, reached the way that entries reach it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.models import Department
from registry import lifecycle
from registry.enums import Mode, Outcome, State
from registry.files import uploads
from registry.models import EntryKind, FileClass, Institution, Register, RegistryEntry
from tests.registry.filings import at, entry_of
from tests.registry.sample_files import image

MARCH = at(2026, 3, 12, 10)
LATER = at(2026, 3, 16, 10)()
ANSWER: dict[str, Any] = {
    "outcome": Outcome.GRANTED,
    "legal_basis": "OG 27/2002",
    "signatory_head": "Maria Exemplu, secretar general",
    "signatory_department": "Ion Probă, șef serviciu",
}


@dataclass
class World:
    """What steps are taken with: two earlier petitions of the same petitioner, an institution, a file class."""

    register: Register
    kind: EntryKind
    department: Department
    contributor: Department
    open_one: RegistryEntry = field(init=False)
    answered_one: RegistryEntry = field(init=False)
    institution: Institution = field(init=False)
    file_class: FileClass = field(init=False)
    colleague: Any = None

    def __post_init__(self) -> None:
        self.open_one = entry_of(self.kind, self.register, MARCH)
        self.answered_one = self.in_state(State.DISPATCHED)
        self.institution, _new = Institution.objects.get_or_create(
            name="Direcția regională de drumuri (exemplu)",
            defaults={"email": "drumuri@example.org"},
        )
        self.file_class, _new = FileClass.objects.get_or_create(
            code="II.C.3", defaults={"name": "Petiții", "years": 10}
        )

    def new(self, **values: Any) -> RegistryEntry:
        """A petition that was just registered."""
        return entry_of(self.kind, self.register, MARCH, **values)

    def in_state(self, state: State, contribution: bool = False, **values: Any) -> RegistryEntry:
        """A petition that has come to `state`; with a `contribution` asked, where one can be."""
        entry = self.new(**values)
        who: dict[str, Any] = {"actor": None, "at": LATER}
        if state == State.REGISTERED:
            return entry
        if state == State.CANCELLED:
            return lifecycle.cancel(entry, "Greșită", **who)
        entry = lifecycle.assign(entry, self.department, **who)
        if contribution:
            entry = lifecycle.ask_contributions(entry, self.contributor, date(2026, 3, 20), **who)
        if state == State.ASSIGNED:
            return entry
        entry = lifecycle.take(entry, **who)
        match state:
            case State.IN_PROGRESS:
                return entry
            case State.REDIRECTED:
                return lifecycle.redirect(entry, self.institution, **who)
            case State.JOINED:
                return lifecycle.join(entry, self.open_one, **who)
            case State.FILED:
                return lifecycle.file_repeat(entry, self.answered_one, **who)
        if contribution:
            contributed = entry.contributions.get()
            assert contributed.given_at is None
        entry = lifecycle.submit(entry, "Se rezolvă.", **ANSWER, **who)
        if state == State.DRAFTED:
            return entry
        entry = lifecycle.approve(entry, **who)
        if state == State.APPROVED:
            return entry
        entry = lifecycle.dispatch(entry, Mode.EMAIL, **who)
        if state == State.RETURNED:
            return lifecycle.returned(entry, "Căsuță plină", **who)
        if state == State.ARCHIVED:
            return lifecycle.archive(entry, self.file_class, **who)
        assert state == State.DISPATCHED
        return entry

    def steps(self) -> dict[str, Callable[..., RegistryEntry]]:
        """Each step of the table with arguments that are right for it: (entry, actor=…, at=…)."""
        day = date(2026, 3, 20)
        return {
            "assign": lambda e, **w: lifecycle.assign(e, self.contributor, **w),
            "ask_contributions": lambda e, **w: lifecycle.ask_contributions(
                e, self.contributor, day, **w
            ),
            "aspects": lambda e, **w: lifecycle.set_aspects(e, ["Lumina"], **w),
            "concerns": lambda e, **w: lifecycle.concerns(e, self.colleague, **w),
            "redirect": lambda e, **w: lifecycle.redirect(e, self.institution, **w),
            "join": lambda e, **w: lifecycle.join(e, self.open_one, **w),
            "file_anonymous": lambda e, **w: lifecycle.file_anonymous(e, "Fără adresă", **w),
            "file_repeat": lambda e, **w: lifecycle.file_repeat(e, self.answered_one, **w),
            "close": lambda e, **w: lifecycle.close(e, "Predat", **w),
            "take": lifecycle.take,
            "refuse": lambda e, **w: lifecycle.refuse(e, "Alt serviciu", **w),
            "ask": lambda e, **w: lifecycle.ask(e, "Care alee?", **w),
            "draft": lambda e, **w: lifecycle.draft(e, "Se rezolvă.", **w),
            "submit": lambda e, **w: lifecycle.submit(e, "Se rezolvă.", **ANSWER, **w),
            "contribute": lambda e, **w: lifecycle.contribute(e, "Stâlpul este nou.", **w),
            "send_back": lambda e, **w: lifecycle.send_back(e, "Mai pe scurt", **w),
            "approve": lifecycle.approve,
            "sign": lambda e, **w: lifecycle.sign(e, signed_file(), **w),
            "dispatch": lambda e, **w: lifecycle.dispatch(e, Mode.EMAIL, **w),
            "returned": lambda e, **w: lifecycle.returned(e, "Destinatar mutat", **w),
            "extend": lambda e, **w: lifecycle.extend(e, 5, "Expertiză", **w),
            "archive": lambda e, **w: lifecycle.archive(e, self.file_class, **w),
            "reopen": lambda e, **w: lifecycle.reopen(e, "Răspuns incomplet", **w),
            "cancel": lambda e, **w: lifecycle.cancel(e, "Greșită", **w),
        }


def signed_file() -> Any:
    """A file for the slot of the signed answer."""
    return uploads.receive(SimpleUploadedFile("semnat.jpg", image("JPEG")))


def moment(day: date, hour: int = 10) -> datetime:
    """An aware moment of a local day."""
    return at(day.year, day.month, day.day, hour)()
