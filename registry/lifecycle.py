"""What happens to an entry after its registration: each step a service, with its rule, its event, its lock.

Every step takes the version of the entry that the user saw; when somebody else changed it meanwhile, `Changed` says so
and nothing is written. Steps that are not possible raise `NotPossible` with the rule in words. `at` is when the step
was taken (aware, by default now).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Department
from registry import audit, term_services
from registry.deadlines import ExtensionProblem, extension_problem, registration_day
from registry.enums import Action, Family, State
from registry.files import vault
from registry.files.uploads import Upload
from registry.models.entries import Attachment, Completion, RegistryEntry
from registry.registration import discard, register_lock
from registry.writing import writing


class NotPossible(Exception):
    """The step is not possible now; the text, in the reader's language, says what the rule is."""


class Changed(NotPossible):
    """Somebody else changed the entry since the user saw it; `entry` is how it is now."""

    def __init__(self, entry: RegistryEntry) -> None:
        super().__init__(
            _("Somebody else changed this entry meanwhile. Look at it again; nothing was written.")
        )
        self.entry = entry


@contextmanager
def changing(entry: RegistryEntry, version: int | None) -> Iterator[RegistryEntry]:
    """The entry, locked and as it is now, in a transaction; `version` is what the user saw (None: not asked)."""
    with register_lock(), writing():
        now = (
            RegistryEntry.objects.select_for_update(of=("self",))
            .select_related("kind")
            .get(pk=entry.pk)
        )
        if version is not None and now.version != version:
            raise Changed(now)
        now.version += 1
        yield now


def _require_open(entry: RegistryEntry) -> None:
    if not entry.is_open:
        raise NotPossible(
            _("%(number)s is %(state)s: nothing more can be done with it.")
            % {"number": entry.number_text, "state": entry.get_state_display()}
        )


def assign(
    entry: RegistryEntry,
    department: Department,
    *,
    actor: Any,
    version: int | None = None,
    at: datetime | None = None,
) -> RegistryEntry:
    """Give the entry to `department`; again to another one while it is open."""
    with changing(entry, version) as now:
        _require_open(now)
        if now.department_id == department.pk:
            return now
        before = now.department.key if now.department else None
        now.department, now.state, now.assigned_at = (
            department,
            State.ASSIGNED,
            at or timezone.now(),
        )
        now.save(update_fields=["department", "state", "assigned_at", "version"])
        audit.record(
            Action.ASSIGNED,
            actor=actor,
            entry=now,
            at=at,
            data={"department": [before, department.key]},
        )
    return now


_EXTENSION_TEXTS = {
    ExtensionProblem.ALREADY_EXTENDED: lambda: _(
        "The term was extended already: the law allows it once (OG 27/2002)."
    ),
    ExtensionProblem.TOO_LATE: lambda: _(
        "The term is over: it can only be extended before its last day has passed (OG 27/2002)."
    ),
    ExtensionProblem.DAYS: lambda: _("A term is extended by 1 to 15 days (OG 27/2002)."),
}


def extend(
    entry: RegistryEntry,
    days: int,
    reason: str,
    *,
    actor: Any,
    version: int | None = None,
    at: datetime | None = None,
) -> RegistryEntry:
    """Extend the term once, by 1 to 15 days from the original one, with a reason (OG 27/2002)."""
    with changing(entry, version) as now:
        _require_open(now)
        if now.due is None or now.kind.family != Family.PETITION:
            raise NotPossible(_("The term of this kind of document can't be extended like this."))
        problem = extension_problem(
            now.due, bool(now.extended_by), days, registration_day(at or timezone.now())
        )
        if problem is not None:
            raise NotPossible(_EXTENSION_TEXTS[problem]())
        if not reason.strip():
            raise NotPossible(_("Write the reason: the petitioner is told."))
        now.extended_by, now.extension_reason = days, reason.strip()
        changed = term_services.set_terms(
            now, term_services.terms_of(now, term_services.working_calendar())
        )
        now.save(
            update_fields=[
                "extended_by",
                "extension_reason",
                *RegistryEntry.TERM_FIELDS,
                "other_terms",
                "version",
            ]
        )
        audit.record(
            Action.EXTENDED,
            actor=actor,
            entry=now,
            at=at,
            data={"days": days, "reason": now.extension_reason, "terms": changed},
        )
    return now


def answer(
    entry: RegistryEntry,
    text: str,
    *,
    actor: Any,
    version: int | None = None,
    at: datetime | None = None,
) -> RegistryEntry:
    """Record the answer that was sent; it is shown on the tracking page, and terms stop."""
    with changing(entry, version) as now:
        _require_open(now)
        if not text.strip():
            raise NotPossible(_("Write the answer: the petitioner reads it on the tracking page."))
        now.answer, now.answered_at, now.state = text.strip(), at or timezone.now(), State.ANSWERED
        now.save(update_fields=["answer", "answered_at", "state", "version"])
        audit.record(Action.ANSWERED, actor=actor, entry=now, at=at)
    return now


def cancel(
    entry: RegistryEntry,
    reason: str,
    *,
    actor: Any,
    version: int | None = None,
    at: datetime | None = None,
) -> RegistryEntry:
    """Cancel a wrong entry: it keeps its number and everything in it, with the reason beside it."""
    with changing(entry, version) as now:
        if now.state == State.CANCELLED:
            return now
        if now.state == State.ANSWERED:
            raise NotPossible(_("It is answered: what was answered can't be cancelled."))
        if not reason.strip():
            raise NotPossible(_("Write the reason: it stands in the register beside the number."))
        before = now.state
        now.state, now.cancelled_at, now.cancel_reason = (
            State.CANCELLED,
            at or timezone.now(),
            reason.strip(),
        )
        now.save(update_fields=["state", "cancelled_at", "cancel_reason", "version"])
        audit.record(
            Action.CANCELLED,
            actor=actor,
            entry=now,
            at=at,
            data={"state": [before, State.CANCELLED.value], "reason": now.cancel_reason},
        )
    return now


def complete(
    entry: RegistryEntry,
    text: str,
    uploads: Sequence[Upload],
    *,
    submission_key: str,
    at: datetime | None = None,
) -> tuple[Completion, bool]:
    """Add what the petitioner sends later; (completion, whether it is new). It moves no term.

    The same `submission_key` again returns what was added then.
    """
    if found := _completion(submission_key):
        return found, False
    try:
        stored = [(upload, vault.adopt(upload.stored)) for upload in uploads]
    except vault.UploadGone:
        # The same completion was sent at the same time, and the other one was faster.
        if found := _completion(submission_key):
            return found, False
        raise
    with changing(entry, None) as now:
        if found := _completion(submission_key):
            return found, False
        _require_open(now)
        at = at or timezone.now()
        completion = Completion.objects.create(
            entry=now, received_at=at, body=text, submission_key=submission_key
        )
        Attachment.objects.bulk_create(
            Attachment(
                entry=now,
                completion=completion,
                stored_name=name,
                name=upload.name,
                media_type=upload.media_type,
                size=upload.size,
                sha256=upload.sha256,
                added_at=at,
            )
            for upload, name in stored
        )
        now.save(update_fields=["version"])
        audit.record(
            Action.COMPLETED, entry=now, at=at, data={"files": [u.sha256 for u, _name in stored]}
        )
    for upload in uploads:
        discard(upload)
    return completion, True


def _completion(submission_key: str) -> Completion | None:
    return Completion.objects.filter(submission_key=submission_key).first()


def note_view(entry: RegistryEntry, user: Any) -> None:
    """Tell in the trail that `user` looked at the personal data of `entry`."""
    with transaction.atomic():
        audit.record(Action.VIEWED, actor=user, entry=entry)
