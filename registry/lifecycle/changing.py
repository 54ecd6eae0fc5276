"""What every step shares: the entry locked, the version that was seen, the rule of the table, the trail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any, NotRequired, ParamSpec, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

from registry import audit
from registry.deadlines import registration_day
from registry.models.audit import AuditEvent
from registry.models.entries import RegistryEntry
from registry.permissions import refusal_of
from registry.registration import register_lock
from registry.transitions import TABLE, Transition
from registry.writing import writing


class NotPossible(Exception):
    """The step is not possible now; the text, in the reader's language, says what the rule is."""


class NotAllowed(NotPossible):
    """The step is not this user's to take."""


class Changed(NotPossible):
    """Somebody else changed the entry since the user saw it; `entry` is how it is now, `steps` how many were taken."""

    def __init__(self, entry: RegistryEntry, seen: int) -> None:
        super().__init__(
            _("Somebody else changed this entry meanwhile. Look at it again; nothing was written.")
        )
        self.entry = entry
        self.steps = entry.version - seen


class AlreadyDone(Exception):
    """The very same step was taken by the same user a moment ago: a double click. `entry` is what came of it."""

    def __init__(self, entry: RegistryEntry) -> None:
        super().__init__(entry.number_text)
        self.entry = entry


class Who(TypedDict):
    """Who takes a step (`actor`; None: the system), the `version` that was seen, and when (aware)."""

    actor: Any
    version: NotRequired[int | None]
    at: NotRequired[datetime | None]


P = ParamSpec("P")


def once(service: Callable[P, RegistryEntry]) -> Callable[P, RegistryEntry]:
    """Make a service answer a double click with what the first click did."""

    @wraps(service)
    def answered(*args: P.args, **kwargs: P.kwargs) -> RegistryEntry:
        try:
            return service(*args, **kwargs)
        except AlreadyDone as done:
            return done.entry

    return answered


@dataclass(slots=True)
class Taking:
    """A step that is being taken with `entry`, which is locked, by `actor` (None: the system) at `at` (aware)."""

    row: Transition
    entry: RegistryEntry
    actor: Any
    at: datetime
    call: str
    before: str
    fields: set[str] = field(default_factory=set)

    @property
    def today(self) -> date:
        """The local day of the step."""
        return registration_day(self.at)

    def change(self, **values: Any) -> None:
        """Set fields of the entry; `done` saves them."""
        for name, value in values.items():
            setattr(self.entry, name, value)
        self.fields.update(values)

    def done(self, data: dict[str, Any] | None = None) -> RegistryEntry:
        """Save what changed and tell it in the trail, with `data`: old and new, never the text of a petition."""
        if self.row.target is not None and "state" not in self.fields:
            self.change(state=self.row.target)
        self.entry.save(update_fields=[*self.fields, "version"])
        told = dict(data or {})
        if self.entry.state != self.before:
            told["state"] = [self.before, str(self.entry.state)]
        audit.record(
            self.row.action,
            actor=self.actor,
            entry=self.entry,
            at=self.at,
            data={**told, "call": self.call},
        )
        return self.entry


def call_digest(entry: RegistryEntry, name: str, call: Any) -> str:
    """Stands for a step with all that was typed; salted, so that it tells nothing of a text."""
    text = json.dumps([entry.seal_salt, name, call], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def was_called(entry: RegistryEntry, actor: Any, call: str) -> bool:
    """Whether the last thing that `actor` did with `entry` is this very call."""
    events = AuditEvent.objects.filter(entry=entry, actor_id=actor.pk if actor else None)
    last = events.exclude(data__call=None).order_by("-sequence").first()
    return last is not None and last.data.get("call") == call


def state_problem(row: Transition, entry: RegistryEntry) -> str:
    """Why `entry` cannot take the step as it is, in words; "" when it can."""
    if row.families and entry.kind.family not in row.families:
        return _("A document of this kind (%(kind)s) does not take this step.") % {
            "kind": entry.kind
        }
    if entry.state in row.sources:
        return ""
    return _("%(number)s is %(state)s: this can't be done with it now.") % {
        "number": entry.number_text,
        "state": entry.get_state_display(),
    }


@contextmanager
def taking(
    name: str,
    entry: RegistryEntry,
    *,
    actor: Any,
    version: int | None = None,
    at: datetime | None = None,
    call: Any = (),
) -> Iterator[Taking]:
    """Take the step `name` with `entry`: locked, as it is now, in a transaction.

    `version` is what the user saw (None: not asked), `call` what was typed. Raises Changed, NotAllowed, NotPossible;
    AlreadyDone for a double click (see `once`).
    """
    row = TABLE[name]
    with register_lock(), writing():
        now = (
            RegistryEntry.objects.select_for_update(of=("self",))
            .select_related("kind", "department")
            .get(pk=entry.pk)
        )
        digest = call_digest(now, name, call)
        if version is not None and now.version != version:
            if now.version == version + 1 and was_called(now, actor, digest):
                raise AlreadyDone(now)
            raise Changed(now, version)
        if actor is not None and (refusal := refusal_of(row, now, actor)):
            raise NotAllowed(refusal)
        if problem := state_problem(row, now):
            raise NotPossible(problem)
        now.version += 1
        yield Taking(row, now, actor, at or timezone.now(), digest, str(now.state))


def require(text: str, explanation: str) -> str:
    """`text` without what surrounds it; NotPossible with `explanation` when nothing is left."""
    if not (stripped := text.strip()):
        raise NotPossible(explanation)
    return stripped
