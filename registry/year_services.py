"""Closing a year of a register, and going on after an older backup was restored."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry import audit, high_water
from registry.deadlines import registration_day
from registry.enums import Action, Channel, Direction, ReplyBy, State
from registry.lifecycle import NotPossible
from registry.models.entries import RegistryEntry
from registry.models.kinds import EntryKind
from registry.models.registers import Register, RegisterYear
from registry.registration import mark_name, register_lock
from registry.writing import writing


def statement_of(number: int) -> str:
    """The closing statement of the National Archives' Order 217/1996, art. 9, in the active language."""
    return ngettext(
        "The register holds %(number)d position and is closed.",
        "The register holds %(number)d positions and is closed.",
        number,
    ) % {"number": number}


def close_year(year: RegisterYear, *, actor: Any, now: datetime | None = None) -> RegisterYear:
    """Close a year that is over, with its statement. What is open in it stays open; no number is added any more."""
    with register_lock(), writing():
        Register.objects.select_for_update().get(pk=year.register_id)
        locked = RegisterYear.objects.select_related("register").get(pk=year.pk)
        if locked.closed_at is not None:
            return locked
        at = now or timezone.now()
        if registration_day(at).year <= locked.year:
            raise NotPossible(
                _(
                    "A register is closed after 31 December: until then petitions are still received."
                )
            )
        locked.closed_at, locked.closed_by = at, actor
        locked.statement = statement_of(locked.last_number)
        locked.save(update_fields=["closed_at", "closed_by", "statement"])
        audit.record(
            Action.YEAR_CLOSED,
            actor=actor,
            at=at,
            data={
                "register": locked.register.key,
                "year": locked.year,
                "positions": locked.last_number,
            },
        )
    return locked


def resume(register: Register, year: int, reason: str, *, actor: Any = None) -> int:
    """Fill in the numbers that a restored backup does not know, as cancelled positions; returns how many.

    Afterwards numbers go on where the world last saw them, without a gap; each position says what became of it.
    """
    known = high_water.read(mark_name(register, year))
    kind, _created = EntryKind.objects.get_or_create(
        key="lost", defaults={"name": {"ro": "Poziție pierdută"}, "family": "other"}
    )
    with register_lock(), writing():
        locked = Register.objects.select_for_update().get(pk=register.pk)
        now = timezone.now()
        row, _created = RegisterYear.objects.get_or_create(
            register=locked, year=year, defaults={"opened_at": datetime(year, 1, 1, tzinfo=UTC)}
        )
        first, last = row.last_number + 1, known.number if known else 0
        at = row.last_registered_at or now
        for number in range(first, last + 1):
            entry = RegistryEntry(
                register=locked,
                year=year,
                number=number,
                code=locked.code,
                registered_at=at,
                registered_on=registration_day(at),
                received_at=at,
                kind=kind,
                direction=Direction.INCOMING,
                channel=Channel.WEB,
                subject=_("Number handed out before a backup was restored"),
                reply_by=ReplyBy.NONE,
                state=State.CANCELLED,
                cancelled_at=now,
                cancel_reason=reason,
                seal_salt=secrets.token_hex(16),
            )
            entry.save(force_insert=True)
            audit.record(
                Action.REGISTERED,
                actor=actor,
                entry=entry,
                at=now,
                data={
                    "number": entry.number_text,
                    "at": audit.moment_text(at),
                    "kind": kind.key,
                    "seal": audit.seal_of(entry),
                    "files": [],
                },
            )
        if last >= first:
            row.last_number, row.last_registered_at = last, at
            row.save(update_fields=["last_number", "last_registered_at"])
            audit.record(
                Action.NUMBERS_LOST,
                actor=actor,
                data={
                    "register": register.key,
                    "year": year,
                    "numbers": [first, last],
                    "reason": reason,
                },
            )
    return max(0, last - first + 1)
