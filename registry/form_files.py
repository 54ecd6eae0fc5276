"""The attachments of a form between one sending and the next: kept ones by their tokens, new ones as they come."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import Error, transaction
from django.utils.translation import gettext as _

from registry import intake
from registry.files import uploads, vault
from registry.files.refusals import FileRefused, Reason
from registry.files.rules import MAX_FILES, clean_name
from registry.files.texts import refusal_text
from registry.files.uploads import Upload
from registry.posted import Posted

TOKENS: Final = "file"
"""The hidden fields, one for each kept file."""
REMOVE: Final = "remove"
"""The boxes beside them; their values count the kept files from 0."""
RECEIVED: Final = "files"
FILES_AN_HOUR: Final = 100
"""Files from one address in an hour that wait in the vault to be sent."""

log = logging.getLogger("agora.registry.form")


@dataclass(slots=True)
class FormFiles:
    """`kept`: what is attached now, `fresh` of it arrived this time; `problems`: sentences for the reader."""

    kept: list[Upload] = field(default_factory=list)
    fresh: list[Upload] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def hashes(self) -> list[str]:
        """The SHA-256 of each file, in their order."""
        return [upload.sha256 for upload in self.kept]

    def drop_lost(self) -> None:
        """Leave out files that are no longer in the vault, and say so."""
        there = [upload for upload in self.kept if uploads.is_kept(upload)]
        lost = [upload for upload in self.kept if upload not in there]
        self.problems += [
            _("“%(name)s” is no longer here: attach it again.") % {"name": upload.name}
            for upload in lost
        ]
        self.kept = there

    def discard_fresh(self) -> None:
        """Take back what arrived this time: it was sent before."""
        for upload in self.fresh:
            vault.discard_upload(upload.stored)


def gather(posted: Posted, address: str, now: datetime) -> FormFiles:
    """What is attached to a form: the files of its tokens without those to remove, then the new ones.

    Each new file is judged for itself: a refused one is told of, the others stay. Whether the kept ones are still in
    the vault is not asked here (`FormFiles.drop_lost`): after a sending they are not, and that is no error.
    `address` is where they come from (cms.client_address), `now` aware: nobody fills the disk before sending anything.
    """
    files = FormFiles()
    removed = set(posted.fields.getlist(REMOVE))
    tokens = posted.fields.getlist(TOKENS)[: MAX_FILES * 2]
    forged = False
    for number, token in enumerate(tokens):
        upload = uploads.facts_of(token)
        if upload is None:
            forged = True
        elif str(number) not in removed:
            _add(files, upload)
    if forged:
        files.problems.append(_("A file that you attached is no longer here: attach it again."))
    refused = list(posted.refused)
    is_too_much = bool(posted.files) and intake.is_over_limit(RECEIVED, address, FILES_AN_HOUR, now)
    for uploaded in posted.files:
        if len(files.kept) >= MAX_FILES:
            refused.append(FileRefused(Reason.TOO_MANY))
            break
        if is_too_much:
            refused.append(FileRefused(Reason.NO_ROOM, clean_name(uploaded.name or "")))
            continue
        try:
            upload = uploads.receive(uploaded)
        except FileRefused as refusal:
            refused.append(refusal)
            continue
        if _add(files, upload):
            files.fresh.append(upload)
        else:
            vault.discard_upload(upload.stored)
    _count(files.fresh, address, now)
    files.problems += list(dict.fromkeys(refusal_text(refusal) for refusal in refused))
    return files


def _count(fresh: list[Upload], address: str, now: datetime) -> None:
    """Count what was received. Where the database is too busy to count, nobody is refused for it."""
    if not fresh or intake.limits_are_off():
        return
    try:
        with transaction.atomic():
            for _upload in fresh:
                intake.note_attempt(RECEIVED, address, now)
    except Error:
        log.exception("files not counted")


def _add(files: FormFiles, upload: Upload) -> bool:
    """Whether it was new: who attaches a file again after an error means the same one."""
    known = {(other.name, other.sha256) for other in files.kept}
    if (upload.name, upload.sha256) in known or len(files.kept) >= MAX_FILES:
        return False
    files.kept.append(upload)
    return True
