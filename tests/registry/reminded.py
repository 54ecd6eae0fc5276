"""Colleagues with addresses, terms that come, and what was told of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from cms.models import OutboxMail
from registry import lifecycle
from registry.enums import Action
from registry.models import AuditEvent, EntryKind, Register, RegistryEntry
from registry.reminders import RemindersReport, remind
from tests.conftest import BUCHAREST
from tests.registry.filings import at, entry_of
from tests.registry.people import department_of

DUE = date(2026, 11, 19)
"""A Thursday: the term of `petition`, registered on 20 October."""


def with_addresses(people: dict[str, Any]) -> None:
    """Give everybody an address, in the database and in `people`."""
    for name, user in people.items():
        user.email = f"{name.replace('_', '-')}@example.org"
        user.first_name, user.last_name = name.replace("_", " ").capitalize(), "Probă"
        user.save()


def petition(
    kind: EntryKind, register: Register, people: dict[str, Any], **values: Any
) -> RegistryEntry:
    """A petition that is due on 19 November 2026, with the officer's department and nobody named there."""
    entry = entry_of(kind, register, at(2026, 10, 20, 10), **values)
    return lifecycle.assign(entry, department_of(people["officer"]), actor=None)


def run(*parts: int, **options: Any) -> RemindersReport:
    """A run at a moment of Bucharest."""
    return remind(datetime(*parts, tzinfo=BUCHAREST), **options)  # type: ignore[misc,arg-type]


def mailed(purpose: str = "") -> list[str]:
    """To whom mails stand in the outbox, the part before the @, in order of writing."""
    mails = OutboxMail.objects.filter(purpose__startswith=purpose or "registry.").order_by("pk")
    return [mail.to.partition("@")[0] for mail in mails]


def told() -> list[tuple[str, list[str]]]:
    """The stages that were told, with the accounts they were told to."""
    events = AuditEvent.objects.filter(action=Action.REMINDED).exclude(entry=None)
    return [(event.data["stage"], event.data["to"]) for event in events.order_by("sequence")]
