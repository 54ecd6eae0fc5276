"""Asking to be received: a request with its number, on the right rung of the ladder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Department
from registry import audit, lifecycle
from registry.audiences import ladder
from registry.audiences.ladder import LadderProblem, Rung
from registry.audiences.steps import locked_audience, taking
from registry.audiences.who import keeps_for_mayor
from registry.enums import Action, Channel
from registry.lifecycle.changing import NotAllowed, NotPossible
from registry.models.cabinet import Audience, AudienceSlot
from registry.models.entries import RegistryEntry
from registry.models.registers import Register
from registry.petitioners import same_petitioner
from registry.registration import Filing, existing, register

Level = AudienceSlot.Level

_LADDER_TEXTS: dict[LadderProblem, Callable[[], str]] = {
    LadderProblem.STARTS_ABOVE: lambda: _(
        "The head of the department receives first, then a deputy mayor, then the Mayor. Ask for the level below, or "
        "name the request that was received (or declined) there; the Cabinet can decide otherwise, with a reason."
    ),
    LadderProblem.FOLLOWS_NOTHING: lambda: _(
        "An audience with the head of a department is the first step: it follows no other one."
    ),
    LadderProblem.NOT_THE_NEXT: lambda: _(
        "The named request is not from the level right below: the head of the department receives first, then a "
        "deputy mayor, then the Mayor."
    ),
    LadderProblem.NOT_OVER: lambda: _(
        "The audience at the level below was neither held nor declined yet: that comes first."
    ),
    LadderProblem.FOLLOWED_ALREADY: lambda: _("Another request follows that audience already."),
}


def _rung(audience: Audience) -> Rung:
    followed = Audience.objects.filter(after=audience).exists()
    return Rung(audience.level, audience.state, followed)


def _require_ladder(level: str, below: Audience | None, actor: Any, override: str) -> str:
    """The reason for which the ladder was passed over, "" where it was kept. Raises NotPossible."""
    problem = ladder.problem(level, _rung(below) if below else None)
    if problem is None:
        return ""
    may_decide = actor is None or actor.has_perm("registry.run_cabinet")
    if problem == LadderProblem.STARTS_ABOVE and override.strip():
        if may_decide:
            return override.strip()[:300]
        raise NotAllowed(_("Only the Mayor's Cabinet can pass over a level, with a reason."))
    raise NotPossible(_LADDER_TEXTS[problem]())


def _create(
    entry: RegistryEntry,
    level: str,
    *,
    actor: Any,
    at: datetime,
    wants_writing: bool,
    after: Audience | None,
    override: str = "",
) -> Audience:
    made = Audience.objects.create(
        entry=entry, level=level, wants_writing=wants_writing, after=after, made_at=at
    )
    audit.record(
        Action.AUDIENCE,
        actor=actor,
        entry=entry,
        at=at,
        data={
            "step": "requested",
            "level": level,
            **({"override": override} if override else {}),
        },
    )
    return made


def request(
    filing: Filing,
    level: str,
    *,
    register_: Register,
    actor: Any,
    department: Department | None = None,
    wants_writing: bool = False,
    after: Audience | None = None,
    override: str = "",
    and_then: Callable[[RegistryEntry], None] | None = None,
    clock: Callable[[], datetime] = timezone.now,
) -> Audience:
    """Register a request to be received at `level`; the same form (`submission_key`) again gives the same audience.

    With the head of `department` it is assigned to it. `after` is the audience one level below, of the same citizen;
    without one, `override` is the reason for which the Cabinet passes over the levels below. `and_then` is called
    with the entry in the same transaction. Raises NotPossible, NotAllowed, and what registry.registration raises.
    """
    if level not in Level.values:
        raise NotPossible(_("Choose who is to receive."))
    if level == Level.DEPARTMENT and department is None:
        raise NotPossible(_("Choose the department whose head is to receive."))
    if known := existing(filing.submission_key, filing.submission_digest):
        return first_of(known)
    if after is not None and not same_petitioner(after.entry, _FromFiling(filing)):
        raise NotPossible(
            _(
                "The named request is from somebody else: name and address, or the e-mail address, are not the same."
            )
        )

    def follow(entry: RegistryEntry) -> None:
        below = locked_audience(after) if after else None
        reason = _require_ladder(level, below, actor, override)
        if level == Level.DEPARTMENT and department is not None:
            lifecycle.assign(entry, department, actor=actor, at=entry.registered_at)
        _create(
            entry,
            level,
            actor=actor,
            at=entry.registered_at,
            wants_writing=wants_writing,
            after=below,
            override=reason,
        )
        if and_then is not None:
            and_then(entry)

    for_mayor = level != Level.DEPARTMENT or (actor is not None and keeps_for_mayor(actor))
    done = register(
        replace(filing, channel=Channel.AUDIENCE, for_mayor=for_mayor),
        register=register_,
        actor=actor,
        and_then=follow,
        clock=clock,
    )
    return first_of(done.entry)


class _FromFiling:
    """Who a filing is from, as registry.petitioners compares it."""

    def __init__(self, filing: Filing) -> None:
        self.petitioner_name = filing.sender.name
        self.petitioner_email = filing.sender.email
        self.petitioner_address = filing.sender.address


def first_of(entry: RegistryEntry) -> Audience:
    """The audience that `entry` was registered for."""
    rows = Audience.objects.filter(entry=entry.pk).select_related("entry__department")
    return rows.order_by("pk")[0]


def climb(
    audience: Audience,
    *,
    actor: Any,
    version: int | None = None,
    at: datetime | None = None,
) -> Audience:
    """Ask for the next level after an audience that was held or declined, under the same number; returns the new one.

    The Cabinet sees the entry from then on.
    """
    with taking(audience, "climbed", actor=actor, version=version, at=at) as step:
        if step.is_repeated:
            return Audience.objects.get(after=step.audience)
        now = step.audience
        level = ladder.above(now.level)
        if level is None:
            raise NotPossible(_("The Mayor is the highest level."))
        entry = (
            RegistryEntry.objects.select_for_update(of=("self",))
            .select_related("kind", "department")
            .get(pk=now.entry_id)
        )
        if not entry.is_open:
            raise NotPossible(
                _(
                    "%(number)s is %(state)s: register a new request, and name this one as what came before."
                )
                % {"number": entry.number_text, "state": entry.get_state_display()}
            )
        _require_ladder(level, now, actor, "")
        if not entry.for_mayor:
            entry.for_mayor = True
            entry.version += 1
            entry.save(update_fields=["for_mayor", "version"])
        made = _create(
            entry,
            level,
            actor=actor,
            at=step.at,
            wants_writing=now.wants_writing,
            after=now,
        )
        step.done(to=level)
        return made
