"""Telling in the trail who looked at personal data: entries that were opened, files, searches by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry import audit
from registry.enums import Action
from registry.models.audit import AuditEvent
from registry.models.entries import Attachment, RegistryEntry
from registry.models.intake import QueuedSubmission

AGAIN_AFTER = timedelta(hours=1)
"""Who opens the same thing again within this time is told of once."""


def _was_told(entry: RegistryEntry, user: Any, action: Action, **data: Any) -> bool:
    recent = AuditEvent.objects.filter(
        entry=entry, action=action, actor_id=user.pk, at__gt=timezone.now() - AGAIN_AFTER
    )
    return any(
        all(told.get(key) == value for key, value in data.items())
        for told in recent.values_list("data", flat=True)
    )


def note_entry_opened(entry: RegistryEntry, user: Any) -> None:
    """`user` opened an entry and saw who it is from; told once an hour."""
    if not _was_told(entry, user, Action.VIEWED):
        with transaction.atomic():
            audit.record(Action.VIEWED, actor=user, entry=entry)


def note_denied(pk: int, user: Any) -> None:
    """`user` asked for an entry that is not for him to see; told once an hour. Nothing where there is no such entry."""
    entry = RegistryEntry.objects.filter(pk=pk).first()
    if entry is not None and not _was_told(entry, user, Action.DENIED):
        with transaction.atomic():
            audit.record(Action.DENIED, actor=user, entry=entry)


def note_numbers_shown(entry: RegistryEntry, user: Any) -> None:
    """`user` had the personal numbers in the text of an entry shown in full; told each time."""
    with transaction.atomic():
        audit.record(Action.VIEWED, actor=user, entry=entry, data={"personal_numbers": True})


def note_file_opened(attachment: Attachment, user: Any) -> None:
    """`user` took an attachment out of the register; told each time."""
    with transaction.atomic():
        audit.record(
            Action.FILE_VIEWED,
            actor=user,
            entry=attachment.entry,
            data={"file": attachment.sha256},
        )


def note_picture_shown(attachment: Attachment, user: Any) -> None:
    """`user` looked at a picture among the attachments; told once an hour."""
    if not _was_told(attachment.entry, user, Action.FILE_VIEWED, file=attachment.sha256):
        note_file_opened(attachment, user)


def note_queued_opened(queued: QueuedSubmission, user: Any) -> None:
    """`user` opened a petition that waits for its number; told each time."""
    with transaction.atomic():
        audit.record(Action.VIEWED, actor=user, data={"queued": queued.pk})


def note_name_search(user: Any, found: int, more: bool) -> None:
    """`user` searched the register by words; the trail keeps how many were shown, never the words."""
    with transaction.atomic():
        audit.record(Action.SEARCHED, actor=user, data={"found": found, "more": more})


def note_printed(user: Any, what: str, entries: Sequence[RegistryEntry], **data: Any) -> None:
    """`user` had a list of entries laid out for print; the trail keeps which (by number) and what for."""
    numbers = [entry.number_text for entry in entries]
    with transaction.atomic():
        audit.record(Action.PRINTED, actor=user, data={"what": what, "entries": numbers, **data})
