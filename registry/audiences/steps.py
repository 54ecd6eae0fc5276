"""What every step with an audience shares: the row locked, the version that was seen, the trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from registry import audit
from registry.audiences.who import require_may_run
from registry.enums import Action
from registry.lifecycle.changing import NotPossible, call_digest
from registry.models.cabinet import Audience
from registry.registration import register_lock
from registry.seen_versions import is_repeated
from registry.writing import writing

State = Audience.State


def locked_audience(audience: Audience) -> Audience:
    """The row as it is now, locked in the caller's transaction."""
    rows = Audience.objects.select_for_update(of=("self",))
    return rows.select_related("entry__kind", "entry__department", "slot__department").get(
        pk=audience.pk
    )


@dataclass(slots=True)
class Step:
    """A step with an audience, which is locked; `is_repeated`: it was taken a moment ago."""

    name: str
    audience: Audience
    actor: Any
    at: datetime
    call: str
    before: str
    is_repeated: bool = False
    fields: set[str] = field(default_factory=set)

    def require_state(self, *states: State) -> None:
        """Raise NotPossible unless the audience is in one of `states`."""
        if self.audience.state not in states:
            raise NotPossible(
                _("The audience is %(state)s: this can't be done with it now.")
                % {"state": self.audience.get_state_display()}
            )

    def change(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.audience, name, value)
        self.fields.update(values)

    def count(self) -> None:
        """Count this change; a mail of this step is known by it."""
        self.change(version=self.audience.version + 1)

    def done(self, **data: Any) -> Audience:
        self.audience.save(update_fields=self.fields)
        if self.audience.state != self.before:
            data["state"] = [self.before, str(self.audience.state)]
        audit.record(
            Action.AUDIENCE,
            actor=self.actor,
            entry=self.audience.entry,
            at=self.at,
            data={
                "step": self.name,
                "level": self.audience.level,
                **data,
                "call": self.call,
            },
        )
        return self.audience


@contextmanager
def taking(
    audience: Audience,
    name: str,
    *,
    actor: Any,
    version: int | None,
    at: datetime | None,
    call: Sequence[Any] = (),
) -> Iterator[Step]:
    """Take the step `name`: the audience locked, as it is now, in one transaction. Raises NotAllowed, NotPossible."""
    with register_lock(), writing():
        now = locked_audience(audience)
        require_may_run(now, actor)
        digest = call_digest(now.entry, name, [now.pk, *call])
        step = Step(name, now, actor, at or timezone.now(), digest, str(now.state))
        step.is_repeated = is_repeated(now, version, now.entry, actor, digest)
        if not step.is_repeated:
            step.count()
        yield step
