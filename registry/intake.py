"""The door that citizens come through: what is sent from the form is registered at once, or waits for a clerk.

Nothing is refused for looking automatic: the right of petition may not be blocked. What does is kept whole, the
citizen is told that it waits, and it takes a number when a clerk accepts it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from contacts.models import Department
from registry import audit
from registry.enums import Action, Channel, Direction, ReplyBy
from registry.files import vault
from registry.files.uploads import Upload
from registry.lifecycle import NotPossible
from registry.models.entries import RegistryEntry
from registry.models.intake import Attempt, QueuedSubmission
from registry.models.kinds import EntryKind
from registry.models.registers import Register
from registry.registration import (
    Filing,
    Registration,
    Sender,
    adopted,
    discard,
    existing,
    register,
    register_lock,
)
from registry.writing import writing

SENT_AN_HOUR = 10
"""Petitions from one address in an hour before the next ones wait for a clerk; an office behind one sends less."""
TRIES_AN_HOUR = 20
"""Wrong pairs of number and code from one address in an hour."""


def limits_are_off() -> bool:
    """Whether load tests lifted the throttles; only in the demo (settings refuse it elsewhere)."""
    return bool(getattr(settings, "AGORA_SUBMISSION_LIMITS_OFF", False))


def digest_of(address: str, now: datetime) -> str:
    """What is kept of an address: a keyed hash that changes every day, so that nobody is followed by it."""
    return salted_hmac(
        "registry.attempts", f"{now:%Y-%m-%d} {address}", algorithm="sha256"
    ).hexdigest()[:32]


def is_over_limit(purpose: str, address: str, limit: int, now: datetime) -> bool:
    """Whether `address` used `purpose` at least `limit` times in the last hour."""
    if limits_are_off():
        return False
    recent = Attempt.objects.filter(
        purpose=purpose, digest=digest_of(address, now), at__gt=now - timedelta(hours=1)
    )
    return recent.count() >= limit


def note_attempt(purpose: str, address: str, now: datetime) -> None:
    """Count one use."""
    Attempt.objects.create(purpose=purpose, digest=digest_of(address, now), at=now)


def sweep_attempts(now: datetime) -> int:
    """Forget what is older than a day; returns how many."""
    return Attempt.objects.filter(at__lt=now - timedelta(days=1)).delete()[0]


class AlreadyRegistered(Exception):
    """The same form got its number meanwhile; `entry` has it."""

    def __init__(self, entry: RegistryEntry) -> None:
        super().__init__(entry.number_text)
        self.entry = entry


def _waiting(submission_key: str) -> QueuedSubmission | None:
    return QueuedSubmission.objects.filter(submission_key=submission_key).first()


def enqueue(filing: Filing, reason: QueuedSubmission.Reason) -> QueuedSubmission:
    """Keep what was sent until a clerk looks at it; the same form again returns what was kept then.

    Raises AlreadyRegistered, and what `registration.register` raises when database or disk refuse.
    """
    if found := _waiting(filing.submission_key):
        return found
    try:
        queued = _enqueue(filing, reason)
    except (IntegrityError, vault.UploadGone):
        # The same form was sent at the same time, and the other one was faster.
        if found := _waiting(filing.submission_key):
            return found
        if entry := existing(filing.submission_key):
            raise AlreadyRegistered(entry) from None
        raise
    for upload in filing.uploads:
        discard(upload)
    return queued


def _enqueue(filing: Filing, reason: QueuedSubmission.Reason) -> QueuedSubmission:
    files = [{**asdict(upload), "token": "", "stored": name} for upload, name in adopted(filing)]
    with register_lock(), writing():
        queued = QueuedSubmission.objects.create(
            received_at=timezone.now(),
            reason=reason,
            answers={
                "kind": filing.kind.key,
                "subject": filing.subject,
                "body": filing.body,
                "language": filing.language,
                "sender": asdict(filing.sender),
                "reply_by": filing.reply_by,
                "requested_department": (
                    filing.requested_department.key if filing.requested_department else None
                ),
            },
            files=files,
            submission_key=filing.submission_key,
            submission_digest=filing.submission_digest,
            tracking_hash=filing.tracking_hash,
        )
        audit.record(Action.QUEUED, data={"queued": queued.pk, "reason": reason.value})
        # Now that the end of the trail is ours, nobody registers the same form beside us.
        if entry := existing(filing.submission_key):
            raise AlreadyRegistered(entry)
    return queued


def _filing_of(queued: QueuedSubmission) -> Filing:
    answers = queued.answers
    department = answers.get("requested_department")
    return Filing(
        kind=EntryKind.objects.get(key=answers["kind"]),
        subject=answers["subject"],
        body=answers["body"],
        direction=Direction.INCOMING,
        channel=Channel.WEB,
        language=answers["language"],
        sender=Sender(**answers["sender"]),
        reply_by=ReplyBy(answers["reply_by"]),
        received_at=queued.received_at,
        requested_department=Department.objects.filter(key=department).first()
        if department
        else None,
        uploads=[Upload(**file) for file in queued.files],
        uploads_are_adopted=True,
        tracking_hash=queued.tracking_hash,
        submission_key=queued.submission_key,
        submission_digest=queued.submission_digest,
    )


def accept(
    queued: QueuedSubmission,
    *,
    register_: Register,
    actor: Any,
    and_then: Callable[[RegistryEntry], None] | None = None,
) -> Registration:
    """Give a waiting petition its number. It keeps the moment it was received."""

    def mark(entry: RegistryEntry) -> None:
        row.state, row.entry = QueuedSubmission.State.ACCEPTED, entry
        row.decided_at, row.decided_by = timezone.now(), actor
        row.save(update_fields=["state", "entry", "decided_at", "decided_by"])
        audit.record(Action.ACCEPTED, actor=actor, entry=entry, data={"queued": queued.pk})
        if and_then is not None:
            and_then(entry)

    with register_lock(), writing():
        # Locked before the register and the trail, as dismiss() does: so nobody waits in a circle.
        row = QueuedSubmission.objects.select_for_update().get(pk=queued.pk)
        if row.state == QueuedSubmission.State.DISMISSED:
            raise NotPossible(_("It was left out already, with a reason."))
        return register(_filing_of(row), register=register_, actor=actor, and_then=mark)


def dismiss(queued: QueuedSubmission, reason: str, *, actor: Any) -> QueuedSubmission:
    """Leave out what is no petition (advertising, a test), with the reason. It is kept, and takes no number."""
    if not reason.strip():
        raise NotPossible(_("Write the reason: it is kept beside what was sent."))
    with register_lock(), writing():
        row = QueuedSubmission.objects.select_for_update().get(pk=queued.pk)
        if row.state == QueuedSubmission.State.ACCEPTED:
            raise NotPossible(_("It was accepted already and has its number."))
        row.state, row.dismiss_reason = QueuedSubmission.State.DISMISSED, reason.strip()
        row.decided_at, row.decided_by = timezone.now(), actor
        row.save(update_fields=["state", "dismiss_reason", "decided_at", "decided_by"])
        audit.record(
            Action.DISMISSED, actor=actor, data={"queued": queued.pk, "reason": row.dismiss_reason}
        )
    return row
