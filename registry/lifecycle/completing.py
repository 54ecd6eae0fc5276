"""What a petitioner adds later, under the same number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from registry import audit
from registry.enums import Action
from registry.files import vault
from registry.files.uploads import Upload
from registry.lifecycle.changing import NotPossible
from registry.models.entries import Attachment, Completion, RegistryEntry
from registry.registration import discard, register_lock
from registry.writing import writing


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
    with register_lock(), writing():
        now = RegistryEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
        if found := _completion(submission_key):
            return found, False
        if not now.is_open:
            raise NotPossible(
                _("%(number)s is %(state)s: nothing more can be added to it.")
                % {"number": now.number_text, "state": now.get_state_display()}
            )
        now.version += 1
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
