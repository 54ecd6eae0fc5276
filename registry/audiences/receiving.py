"""Receiving: an hour with a place, what came of it, and the written answer within a working day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Count, F
from django.utils.translation import gettext as _

from registry import letters, term_services
from registry.audiences import mails
from registry.audiences.steps import taking
from registry.deadlines import registration_day
from registry.enums import LetterKind
from registry.lifecycle.changing import NotPossible, require
from registry.models.cabinet import Audience, AudienceSlot

Level = AudienceSlot.Level
State = Audience.State


def free_slots(audience: Audience, now: datetime, most: int = 60) -> list[AudienceSlot]:
    """The hours still to come at which there is a place for `audience`, the next first: one query."""
    slots = AudienceSlot.objects.filter(level=audience.level, starts_at__gt=now)
    if audience.level == Level.DEPARTMENT:
        slots = slots.filter(department=audience.entry.department_id)
    free = (
        slots.annotate(taken=Count("audiences"))
        .filter(taken__lt=F("places"))
        .select_related("department")
    )
    return list(free.order_by("starts_at", "pk")[:most])


def _free_place(slot: AudienceSlot, audience: Audience) -> int:
    """The first free place of `slot`, which is locked."""
    others = Audience.objects.filter(slot=slot).exclude(pk=audience.pk)
    taken = set(others.values_list("place", flat=True))
    free = next((place for place in range(1, slot.places + 1) if place not in taken), None)
    if free is None:
        raise NotPossible(_("All places of this hour are taken by now: choose another one."))
    return free


def schedule(
    audience: Audience,
    slot: AudienceSlot,
    *,
    actor: Any,
    version: int | None = None,
    at: datetime | None = None,
) -> Audience:
    """Give the citizen the first free place of `slot`, and tell it by mail where there is an address.

    Once more for another hour. Places are counted with the hour locked: nobody gets one that is taken.
    """
    with taking(audience, "scheduled", actor=actor, version=version, at=at, call=[slot.pk]) as step:
        if step.is_repeated:
            return step.audience
        step.require_state(State.REQUESTED, State.SCHEDULED, State.MISSED)
        now = step.audience
        locked = (
            AudienceSlot.objects.select_for_update(of=("self",))
            .select_related("department")
            .get(pk=slot.pk)
        )
        if locked.level != now.level or (
            locked.level == Level.DEPARTMENT and locked.department_id != now.entry.department_id
        ):
            raise NotPossible(_("Somebody else receives at this hour: choose another one."))
        if locked.starts_at <= step.at:
            raise NotPossible(_("This hour is over: choose a later one."))
        if now.slot_id == locked.pk and now.state == State.SCHEDULED:
            raise NotPossible(_("The citizen has a place at this hour already."))
        step.change(slot=locked, place=_free_place(locked, now), state=State.SCHEDULED)
        mails.confirm_appointment(now)
        when = now.appointment
        return step.done(at=when.isoformat() if when else "")


def _written_due(at: datetime) -> date:
    """The day by which the written answer goes out: the next working day."""
    calendar = term_services.working_calendar()
    return calendar.next_working_day(registration_day(at), inclusive=False)


def hold(
    audience: Audience,
    result: str,
    *,
    actor: Any,
    wants_writing: bool | None = None,
    version: int | None = None,
    at: datetime | None = None,
) -> Audience:
    """Write down what came of the audience. Who wants it in writing gets it within one working day.

    The letter is prepared; the registry sends it (registry.letters). `wants_writing` is what the citizen said there,
    None: as in the request.
    """
    with taking(
        audience, "held", actor=actor, version=version, at=at, call=[result, wants_writing]
    ) as step:
        if step.is_repeated:
            return step.audience
        step.require_state(State.SCHEDULED)
        now, when = step.audience, step.audience.appointment
        if when is not None and registration_day(when) > registration_day(step.at):
            raise NotPossible(
                _("This audience is on %(day)s: what comes of it is written down then.")
                % {"day": f"{when:%d.%m.%Y}"}
            )
        result = require(result, _("Write what came of the audience."))
        in_writing = now.wants_writing if wants_writing is None else wants_writing
        step.change(state=State.HELD, held_at=step.at, result=result, wants_writing=in_writing)
        if in_writing:
            step.change(written_due=_written_due(step.at))
            letters.prepare(
                now.entry,
                LetterKind.AUDIENCE,
                mails.written_answer(now),
                by=actor,
                at=step.at,
            )
        due = now.written_due
        return step.done(**({"written_due": due.isoformat()} if due else {}))


def decline(
    audience: Audience,
    reason: str,
    *,
    actor: Any,
    version: int | None = None,
    at: datetime | None = None,
) -> Audience:
    """Decline the request: the citizen reads the reason, the place is free again."""
    with taking(audience, "declined", actor=actor, version=version, at=at, call=[reason]) as step:
        if step.is_repeated:
            return step.audience
        step.require_state(State.REQUESTED, State.SCHEDULED, State.MISSED)
        reason = require(reason, _("Write the reason: the citizen reads it."))
        step.change(state=State.DECLINED, result=reason)
        mails.tell_declined(step.audience)
        step.change(slot=None, place=None)
        return step.done()


def miss(
    audience: Audience,
    *,
    actor: Any,
    version: int | None = None,
    at: datetime | None = None,
) -> Audience:
    """Write down that the citizen did not come; another hour can be given."""
    with taking(audience, "missed", actor=actor, version=version, at=at) as step:
        if step.is_repeated:
            return step.audience
        step.require_state(State.SCHEDULED)
        when = step.audience.appointment
        if when is not None and when > step.at:
            raise NotPossible(
                _("The audience begins on %(when)s: nobody has missed it yet.")
                % {"when": f"{when:%d.%m.%Y %H:%M}"}
            )
        step.change(state=State.MISSED)
        return step.done()
