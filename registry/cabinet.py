"""The Mayor's correspondence: given to the Cabinet, decided upon by the Mayor, followed up until it is over.

Rows are locked in this order: the entry, its file. What is done is told in the trail, never what was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Department
from registry import audit, lifecycle
from registry.deadlines import registration_day
from registry.enums import Action
from registry.lifecycle.changing import Changed, NotAllowed, NotPossible, call_digest, require
from registry.models.cabinet import CabinetFile
from registry.models.entries import RegistryEntry
from registry.models.office import Institution
from registry.models.work import Contribution
from registry.permissions import through, visible_entries
from registry.registration import register_lock
from registry.seen_versions import is_repeated
from registry.writing import writing

RUN = "registry.run_cabinet"
ASSIGN = "registry.assign_entry"


@dataclass(frozen=True, slots=True)
class SubTerm:
    """What a contributing department is asked, and the local day by which it contributes."""

    department: Department
    due: date
    question: str = ""


def visible_files(user: Any) -> QuerySet[CabinetFile]:
    """The files whose entries `user` may see."""
    visible = visible_entries(user)
    if visible is None:
        return CabinetFile.objects.none()
    return CabinetFile.objects.filter(through(visible, "entry"))


def may_open_file(user: Any) -> bool:
    """Whether `user` gives what he sees to the Cabinet: clerks, and the Cabinet itself."""
    return bool(user.is_active and (user.has_perm(RUN) or user.has_perm(ASSIGN)))


def _sees(user: Any, entry: RegistryEntry) -> bool:
    return RegistryEntry.objects.visible_to(user).filter(pk=entry.pk).exists()


def _locked_entry(entry: RegistryEntry) -> RegistryEntry:
    rows = RegistryEntry.objects.select_for_update(of=("self",))
    return rows.select_related("kind", "department").get(pk=entry.pk)


def open_file(
    entry: RegistryEntry,
    source: str,
    *,
    actor: Any,
    institution: Institution | None = None,
    note: str = "",
    at: datetime | None = None,
) -> CabinetFile:
    """Give `entry`, which is addressed to the Mayor, to the Cabinet: it stands on its board from now on.

    `source` is one of `CabinetFile.Source`, `institution` who writes where that is no citizen. Twice is once; a file
    that was off the board comes back. Raises NotAllowed, NotPossible.
    """
    at = at or timezone.now()
    if source not in CabinetFile.Source.values:
        raise NotPossible(_("Choose who writes to the Mayor."))
    if source == CabinetFile.Source.CITIZEN and institution is not None:
        raise NotPossible(
            _("A citizen's letter has no institution: choose who writes to the Mayor.")
        )
    with register_lock(), writing():
        now = _locked_entry(entry)
        if actor is not None and not (may_open_file(actor) and _sees(actor, now)):
            raise NotAllowed(_("This step is not yours to take."))
        if now.kind.is_confidential:
            raise NotPossible(
                _("A confidential report is closed to everybody else, the Mayor too.")
            )
        file = CabinetFile.objects.select_for_update().filter(entry=now).first()
        if file is not None and file.closed_at is None:
            return file
        data: dict[str, Any] = {"step": "opened", "source": source}
        if file is None:
            file = CabinetFile.objects.create(
                entry=now, source=source, institution=institution, note=note, opened_at=at
            )
        else:
            file.closed_at, file.opened_at = None, at
            file.version += 1
            file.save(update_fields=["closed_at", "opened_at", "version"])
            data = {"step": "reopened"}
        if not now.for_mayor:
            now.for_mayor = True
            now.version += 1
            now.save(update_fields=["for_mayor", "version"])
        audit.record(Action.FOLLOWED_UP, actor=actor, entry=now, at=at, data=data)
    return file


@dataclass(slots=True)
class _Step:
    """A step with a file, which is locked with its entry; `is_repeated`: it was taken a moment ago."""

    file: CabinetFile
    entry: RegistryEntry
    actor: Any
    at: datetime
    call: str
    is_repeated: bool = False
    fields: set[str] = field(default_factory=set)

    @property
    def today(self) -> date:
        return registration_day(self.at)

    def change(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.file, name, value)
        self.fields.update(values)

    def done(self, action: Action, data: dict[str, Any]) -> CabinetFile:
        self.change(version=self.file.version + 1)
        self.file.save(update_fields=self.fields)
        audit.record(
            action,
            actor=self.actor,
            entry=self.entry,
            at=self.at,
            data={**data, "call": self.call},
        )
        return self.file


@contextmanager
def _taking(
    file: CabinetFile,
    name: str,
    *,
    actor: Any,
    version: int | None,
    at: datetime | None,
    call: Sequence[Any],
) -> Iterator[_Step]:
    """Take the step `name` with `file`: locked, as it is now, in one transaction. Raises NotAllowed, NotPossible."""
    with register_lock(), writing():
        entry = _locked_entry(file.entry)
        now = CabinetFile.objects.select_for_update().get(pk=file.pk)
        now.entry = entry
        if actor is not None and not (
            actor.is_active and actor.has_perm(RUN) and _sees(actor, entry)
        ):
            raise NotAllowed(_("Only the Mayor's Cabinet keeps the Mayor's correspondence."))
        digest = call_digest(entry, name, call)
        step = _Step(now, entry, actor, at or timezone.now(), digest)
        step.is_repeated = is_repeated(now, version, entry, actor, digest)
        if not step.is_repeated and now.closed_at is not None:
            raise NotPossible(_("%(number)s is off the board.") % {"number": entry.number_text})
        yield step


def _plan_next_look(step: _Step, note: str, day: date | None) -> None:
    if day is not None and day < step.today and day != step.file.next_look_on:
        raise NotPossible(_("This day is over: choose a later one to look at it again."))
    step.change(note=note, next_look_on=day)


def _with_earlier(file: CabinetFile, text: str) -> str:
    """The new resolution above the earlier ones, each with its day: none is lost."""
    if not file.resolution or file.resolved_at is None:
        return text
    day = registration_day(file.resolved_at)
    return f"{text}\n\n— {day:%d.%m.%Y} —\n{file.resolution}"


def resolve(
    file: CabinetFile,
    text: str,
    lead: Department,
    contributors: Sequence[SubTerm] = (),
    *,
    actor: Any,
    note: str = "",
    next_look_on: date | None = None,
    version: int | None = None,
    entry_version: int | None = None,
    at: datetime | None = None,
) -> CabinetFile:
    """Write down the Mayor's resolution: `lead` gets the entry, `contributors` are asked, all of it or nothing.

    The sub-terms lie within the entry's own term. `version` and `entry_version` are what the user saw. A later
    resolution stands above the earlier one. Raises NotAllowed, NotPossible (ChangedMeanwhile, Changed).
    """
    call = [text, lead.key, [(sub.department.key, sub.due, sub.question) for sub in contributors]]
    with _taking(
        file, "resolve", actor=actor, version=version, at=at, call=[*call, note, next_look_on]
    ) as step:
        if step.is_repeated:
            return step.file
        if entry_version is not None and step.entry.version != entry_version:
            raise Changed(step.entry, entry_version)
        text = require(text, _("Write the Mayor's resolution."))
        keys = [sub.department.key for sub in contributors]
        if twice := next((sub for sub in contributors if keys.count(sub.department.key) > 1), None):
            raise NotPossible(
                _("%(department)s stands here twice: ask it once, with one term.")
                % {"department": twice.department}
            )
        before = step.entry.department.key if step.entry.department else None
        now = lifecycle.assign(step.entry, lead, actor=actor, at=step.at)
        asked_before = {
            row.department_id: (row.due, row.question, row.given_at is not None)
            for row in Contribution.objects.filter(entry=now)
        }
        for sub in contributors:
            if asked_before.get(sub.department.pk) == (sub.due, sub.question, False):
                continue
            now = lifecycle.ask_contributions(
                now, sub.department, sub.due, question=sub.question, actor=actor, at=step.at
            )
        step.change(
            resolution=_with_earlier(step.file, text), resolved_at=step.at, resolved_by=actor
        )
        _plan_next_look(step, note, next_look_on)
        return step.done(
            Action.RESOLUTION, {"department": [before, lead.key], "contributors": keys}
        )


def follow_up(
    file: CabinetFile,
    note: str,
    next_look_on: date | None,
    *,
    actor: Any,
    version: int | None = None,
    at: datetime | None = None,
) -> CabinetFile:
    """Keep the Cabinet's note, and the local day on which to look at it again (None: no day)."""
    with _taking(
        file, "follow_up", actor=actor, version=version, at=at, call=[note, next_look_on]
    ) as step:
        if step.is_repeated:
            return step.file
        before = step.file.next_look_on
        _plan_next_look(step, note.strip(), next_look_on)
        days = [day.isoformat() if day else None for day in (before, next_look_on)]
        return step.done(Action.FOLLOWED_UP, {"step": "noted", "next_look_on": days})


def off_board(
    file: CabinetFile,
    *,
    actor: Any,
    reason: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> CabinetFile:
    """Take what is over off the board; what is still open only with a reason, which is added to the note."""
    reason = reason.strip()
    with _taking(file, "off_board", actor=actor, version=version, at=at, call=[reason]) as step:
        if step.is_repeated:
            return step.file
        if step.entry.is_open and not reason:
            raise NotPossible(
                _(
                    "%(number)s is still open. It leaves the board when it is answered or closed; before, write why."
                )
                % {"number": step.entry.number_text}
            )
        if reason:
            step.change(note="\n".join(line for line in (step.file.note, reason) if line))
        step.change(closed_at=step.at)
        return step.done(Action.FOLLOWED_UP, {"step": "off"})
