"""What has to be done every now and then, however often it is done: leftovers swept, terms looked at again, reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from registry import intake, reminders, report_services, retention, term_services
from registry.files import vault
from registry.models.entries import Attachment
from registry.models.intake import QueuedSubmission


@dataclass(frozen=True, slots=True)
class TickReport:
    """What one run did: entries whose terms moved, files and counted attempts that were swept, reminders and mails.

    `unreachable` are the reminders for which nobody has an address.
    """

    terms_moved: int
    files_swept: int
    attempts_swept: int
    reminders: int
    unreachable: int
    mails: int


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


def tick(now: datetime, *, any_hour: bool = False) -> TickReport:
    """Do what is due at `now` (aware). Running it twice, late or by two processes at once does no harm.

    `any_hour`: reminders are written at night and on free days, too. Raises RegisterBusy, RegisterDown.
    """
    retention.erase_selected()
    swept = vault.sweep(known_files, now)
    # After an outage, or where the calendar was changed past the admin; before anybody is reminded of a term.
    terms_moved = term_services.recompute_open_terms()
    told = reminders.remind(now, any_hour=any_hour)
    report_services.count_waiting(now)
    return TickReport(
        terms_moved=terms_moved,
        files_swept=swept.uploads + swept.attachments + swept.unfinished,
        attempts_swept=intake.sweep_attempts(now),
        reminders=told.reminders,
        unreachable=told.unreachable,
        mails=told.mails,
    )
