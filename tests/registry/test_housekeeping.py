"""What is swept, and what never is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from registry import intake
from registry.files import vault
from registry.files.uploads import Upload
from registry.housekeeping import tick
from registry.models import Attachment, EntryKind, QueuedSubmission, Register
from registry.registration import register
from tests.registry.filings import filing

pytestmark = pytest.mark.django_db


def upload(text: bytes) -> Upload:
    stored = vault.store_upload([text], 1000)
    return Upload(
        token="",
        stored=stored.name,
        name="plan.txt",
        size=stored.size,
        sha256=stored.sha256,
        media_type="text/plain",
    )


def days_later(path: Path, days: int = 3) -> datetime:
    """Some days after a file was written, by the clock of the disk: the suite's own stands still."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) + timedelta(days=days)


def test_leftovers_are_swept_and_evidence_stays(general: Register, complaint: EntryKind) -> None:
    entry = register(filing(complaint, uploads=[upload(b"dovada")]), register=general).entry
    waiting = intake.enqueue(
        filing(complaint, submission_key="k", uploads=[upload(b"asteapta")]),
        QueuedSubmission.Reason.RATE,
    )
    never_sent = upload(b"niciodata trimis")
    vault.adopt(upload(b"ramas dupa o cadere").stored)
    later = days_later(vault.upload_path(never_sent.stored))
    report = tick(later)
    # The upload that was never sent, the one of the crash and its copy.
    assert report.files_swept == 3
    attachment = Attachment.objects.get(entry=entry)
    with vault.open_attachment(attachment.stored_name) as file:
        assert file.read() == b"dovada"
    with vault.open_attachment(waiting.files[0]["stored"]) as file:
        assert file.read() == b"asteapta"
    assert tick(later).files_swept == 0


def test_files_of_what_was_accepted_are_held_by_its_entry(
    general: Register, complaint: EntryKind, admin_user: Any
) -> None:
    queued = intake.enqueue(
        filing(complaint, submission_key="k", uploads=[upload(b"plan")]),
        QueuedSubmission.Reason.RATE,
    )
    entry = intake.accept(queued, register_=general, actor=admin_user).entry
    (attachment,) = entry.attachments.all()
    tick(days_later(vault.attachment_path(attachment.stored_name)))
    assert attachment.stored_name == queued.files[0]["stored"]
    assert vault.attachment_path(attachment.stored_name).stat().st_size == 4


def test_command_tells_what_it_did(general: Register, capsys: Any) -> None:
    call_command("registry_tick")
    assert "0 terms moved" in capsys.readouterr().out
