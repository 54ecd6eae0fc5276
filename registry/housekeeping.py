"""What has to be done every now and then, however often it is done: leftovers swept, terms looked at again, reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from registry import intake, report_services, retention, term_services
from registry.files import vault
from registry.models.entries import Attachment
from registry.models.intake import QueuedSubmission


@dataclass(frozen=True, slots=True)
class TickReport:
    """What one run did: entries whose terms moved, files and counted attempts that were swept."""

    terms_moved: int
    files_swept: int
    attempts_swept: int


def known_files(names: list[str]) -> set[str]:
    """Which of these names in the vault's attachments a row holds, of an entry or of what waits for a clerk.

    Not of what was erased after it left the archive: a file that could not be removed then is swept.
    """
    held = Attachment.objects.exclude(entry__selection__isnull=False, name="")
    found = set(held.filter(stored_name__in=names).values_list("stored_name", flat=True))
    missing = set(names) - found
    if missing:
        waiting = QueuedSubmission.objects.exclude(files=[]).exclude(
            state=QueuedSubmission.State.ACCEPTED
        )
        found |= missing & {
            file["stored"] for files in waiting.values_list("files", flat=True) for file in files
        }
    return found


def tick(now: datetime) -> TickReport:
    """Do what is due at `now` (aware). Running it twice, late or by two processes at once does no harm."""
    retention.erase_selected()
    swept = vault.sweep(known_files, now)
    report_services.count_waiting(now)
    return TickReport(
        # After an outage, or where the calendar was changed past the admin.
        terms_moved=term_services.recompute_open_terms(),
        files_swept=swept.uploads + swept.attachments + swept.unfinished,
        attempts_swept=intake.sweep_attempts(now),
    )
