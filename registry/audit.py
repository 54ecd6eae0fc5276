"""Writing the trail, and finding out whether anybody changed it.

Each event's hash covers its own content and the hash of the event before it (SHA-256 over canonical JSON). The end of
the chain stands in `AuditHead` and, after each commit, in a file outside the database (registry.high_water), so that
events cut off at the end are missed as well.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from registry import high_water
from registry.enums import Action
from registry.files import vault
from registry.models.audit import AuditEvent, AuditHead
from registry.models.entries import Attachment, RegistryEntry
from registry.models.registers import RegisterYear
from registry.models.reports import Report, Selection
from registry.writing import writing

ORIGIN = "0" * 64
SEALED = (
    "subject",
    "body",
    "petitioner_name",
    "petitioner_email",
    "petitioner_address",
    "petitioner_phone",
    "sender_number",
)


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def moment_text(at: datetime) -> str:
    """How the trail writes an aware moment: UTC, microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def hash_of(event: AuditEvent) -> str:
    """The hash that belongs to the content of `event` (with `previous_hash`), in hexadecimal."""
    content = [
        event.sequence,
        moment_text(event.at),
        event.action,
        event.actor_id,
        event.actor_name,
        event.entry_id,
        event.data,
        event.previous_hash,
    ]
    return hashlib.sha256(_canonical(content)).hexdigest()


def seal_of(entry: RegistryEntry) -> str:
    """What the trail keeps of an entry's content: a salted hash. It tells of a change, never what the text was."""
    content = [entry.seal_salt, *(getattr(entry, name) for name in SEALED)]
    return hashlib.sha256(_canonical(content)).hexdigest()


def digest_of(data: dict[str, Any]) -> str:
    """The SHA-256 of what a report says, in hexadecimal: the same on every database."""
    return hashlib.sha256(_canonical(data)).hexdigest()


def keys_digest(keys: Iterable[int]) -> str:
    """The SHA-256 of the ids of entries in the order given, in hexadecimal: what a selection was of."""
    digest = hashlib.sha256()
    for key in keys:
        digest.update(b"%d\n" % key)
    return digest.hexdigest()


def record(
    action: Action,
    *,
    actor: Any = None,
    entry: RegistryEntry | None = None,
    data: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> AuditEvent:
    """Add an event to the trail, in the caller's transaction.

    `actor` is a user or None (a citizen, the system); `data` is JSON: old and new values, never the text of a
    petition; `at` an aware moment, now by default. RuntimeError outside a transaction: what is done and what is told
    of it belong together.
    """
    (event,) = record_all(action, [(entry.pk if entry else None, data or {})], actor=actor, at=at)
    return event


def record_all(
    action: Action,
    told: Iterable[tuple[int | None, dict[str, Any]]],
    *,
    actor: Any = None,
    at: datetime | None = None,
) -> list[AuditEvent]:
    """Add an event for each of `told` (the id of an entry or None, `data`), as `record` does, at the cost of one."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The trail is written in the transaction of what it tells of.")
    with writing():
        head = AuditHead.objects.select_for_update().filter(pk=1).first()
        if head is None:
            head, _created = AuditHead.objects.get_or_create(pk=1)
            head = AuditHead.objects.select_for_update().get(pk=1)
        user = actor if actor is not None and actor.pk else None
        moment = at or timezone.now()
        events = []
        for entry_id, data in told:
            event = AuditEvent(
                sequence=head.sequence + 1,
                at=moment,
                action=action.value,
                actor_id=user.pk if user else None,
                actor_name=user.get_username() if user else "",
                entry_id=entry_id,
                data=data,
                previous_hash=head.hash,
            )
            event.hash = hash_of(event)
            head.sequence, head.hash = event.sequence, event.hash
            events.append(event)
        if not events:
            return []
        AuditEvent.objects.bulk_create(events)
        head.save(update_fields=["sequence", "hash"])
    # Not waited for: a power cut may leave an older note, which only tells of less.
    high_water.note_after_commit("audit", head.sequence, head.hash, synced=False)
    return events


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the register that is not as the trail has it. `code` names the kind for programs."""

    code: str
    text: str


def verify() -> Iterator[Finding]:
    """Everything that is wrong with the trail, the entries or their numbers; nothing when all is well.

    Reads the whole register in batches; what it compares: the chain, its end, each entry's number, moment and seal
    with the event that registered it, the numbers of each year (without gap, in the order of time), attachments,
    selections and frozen reports. What left the archive has no content to compare: its number and moment stay.
    """
    yield from _verify_chain()
    yield from _verify_entries()
    yield from _verify_years()
    yield from _verify_attachments()
    yield from _verify_selections()
    yield from _verify_reports()


def _verify_chain() -> Iterator[Finding]:
    previous, expected = ORIGIN, 1
    anchor = high_water.read("audit")
    anchored = anchor is None or anchor.number == 0
    for event in AuditEvent.objects.order_by("sequence").iterator(2000):
        if event.sequence != expected:
            yield Finding(
                "gap", f"Audit event {expected} is missing: the next one is {event.sequence}."
            )
            expected = event.sequence
        if event.previous_hash != previous:
            yield Finding("chain", f"Audit event {event.sequence} does not follow the one before.")
        if event.hash != hash_of(event):
            yield Finding("content", f"Audit event {event.sequence} was changed.")
        if anchor and event.sequence == anchor.number:
            anchored = True
            if event.hash != anchor.mark:
                yield Finding(
                    "anchor", f"Audit event {event.sequence} is not the one that was noted outside."
                )
        previous, expected = event.hash, event.sequence + 1
    head = AuditHead.objects.filter(pk=1).first()
    if head and (head.sequence, head.hash) != (expected - 1, previous):
        yield Finding(
            "end", f"The trail should end with event {head.sequence} and ends with {expected - 1}."
        )
    if not anchored and anchor:
        yield Finding("end", f"Audit event {anchor.number} was written once and is not there.")


def _verify_entries() -> Iterator[Finding]:
    # Both in the order of the entries, side by side: a register of millions fits into no memory.
    registered = (
        AuditEvent.objects.filter(action=Action.REGISTERED)
        .order_by("entry_id", "sequence")
        .values_list("entry_id", "data")
        .iterator(2000)
    )
    told = next(registered, None)
    for entry in RegistryEntry.objects.order_by("pk").iterator(1000):
        while told is not None and (told[0] or 0) < entry.pk:
            yield _gone(told[0])
            told = next(registered, None)
        if told is None or told[0] != entry.pk:
            yield Finding("unknown", f"Entry {entry.number_text} was never registered.")
            continue
        now = [entry.number_text, moment_text(entry.registered_at)]
        seal = None if entry.selection_id else seal_of(entry)
        while told is not None and told[0] == entry.pk:
            data = told[1]
            is_sealed = seal is None or data.get("seal") == seal
            if [data.get("number"), data.get("at")] != now or not is_sealed:
                yield Finding("entry", f"Entry {entry.number_text} is not what was registered.")
            told = next(registered, None)
    while told is not None:
        yield _gone(told[0])
        told = next(registered, None)


def _gone(entry_id: int | None) -> Finding:
    return Finding("deleted", f"The entry with the id {entry_id} was registered and is gone.")


def _verify_years() -> Iterator[Finding]:
    for year in RegisterYear.objects.select_related("register"):
        numbers = (
            RegistryEntry.objects.filter(register=year.register, year=year.year)
            .order_by("number")
            .values_list("number", "registered_at")
        )
        expected, last = 1, None
        for number, at in numbers.iterator(5000):
            if number != expected:
                yield Finding("number", f"{year}: number {expected} is missing before {number}.")
            if last is not None and at < last:
                yield Finding("order", f"{year}: number {number} is older than the one before.")
            expected, last = number + 1, at
        if expected - 1 != year.last_number:
            yield Finding(
                "number",
                f"{year}: the last number is {year.last_number}, the last entry {expected - 1}.",
            )


def _verify_attachments() -> Iterator[Finding]:
    for attachment in Attachment.objects.filter(entry__selection=None).order_by("pk").iterator(500):
        try:
            with vault.open_attachment(attachment.stored_name) as file:
                digest = hashlib.file_digest(cast(io.BufferedReader, file), "sha256").hexdigest()
        except OSError:
            yield Finding("file", f"The file of attachment {attachment.pk} is missing.")
            continue
        if digest != attachment.sha256:
            yield Finding("file", f"The file of attachment {attachment.pk} was changed.")


def _verify_selections() -> Iterator[Finding]:
    """Whether just those entries left the archive that the minutes were told of with."""
    events = AuditEvent.objects.filter(action=Action.SELECTED, data__has_key="digest")
    told = {data["selection"]: data for data in events.values_list("data", flat=True)}
    for selection in Selection.objects.order_by("pk"):
        data = told.get(selection.pk, {})
        keys = selection.entries.order_by("pk").values_list("pk", flat=True)
        if keys_digest(keys.iterator(5000)) != data.get("digest"):
            yield Finding(
                "selection", f"What left the archive by {selection} is not what was decided."
            )


def _verify_reports() -> Iterator[Finding]:
    """Whether frozen reports say what they said when they were frozen."""
    events = AuditEvent.objects.filter(action=Action.REPORTED, data__has_key="digest")
    told = {data["report"]: data["digest"] for data in events.values_list("data", flat=True)}
    for report in Report.objects.filter(frozen_at__isnull=False).order_by("pk").iterator(50):
        if not digest_of(report.data) == report.digest == told.pop(report.pk, None):
            yield Finding("report", f"Report {report.pk} is not what was frozen.")
    for key in told:
        yield Finding("report", f"Report {key} was frozen and is gone.")
