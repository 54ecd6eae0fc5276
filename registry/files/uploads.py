"""An attachment between the form and the sending: kept in the vault, named by a signed token.

The form carries the tokens in hidden fields, so that nothing is lost after an error in another field, without a cookie,
a session or a row in the database.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from registry.files import clamav, vault
from registry.files.refusals import FileRefused, Reason
from registry.files.rules import MAX_FILE_BYTES, clean_name, file_type, inspect

TOKEN_LIFE: Final = vault.LEFTOVERS_AFTER

_SALT: Final = "registry.files.uploads"
_MAX_TOKEN: Final = 4000

log = logging.getLogger("agora.registry.files.uploads")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was received and accepted.

    `stored` is its name in the vault's uploads (for `vault.adopt`), `name` what the citizen called it (cleaned), `size`
    in bytes, `sha256` in hexadecimal, `media_type` by its content. `token` stands for all of it in the form.
    """

    token: str
    stored: str
    name: str
    size: int
    sha256: str
    media_type: str


def receive(uploaded: UploadedFile) -> Upload:
    """Keep a file that came with the form, if it may be attached.

    Raises FileRefused and nothing else for anything a citizen can send, a full disk and a silent virus scanner
    included; nothing is left in the vault then.
    """
    name = clean_name(uploaded.name or "")
    try:
        return _receive(uploaded, name)
    except FileRefused as refusal:
        # The name is the citizen's: it stays out of the log.
        log.info("attachment refused", extra={"reason": refusal.reason, "detail": refusal.detail})
        raise FileRefused(refusal.reason, name, refusal.detail) from refusal


def _receive(uploaded: UploadedFile, name: str) -> Upload:
    file_type(name)
    if uploaded.size == 0:
        raise FileRefused(Reason.EMPTY)
    try:
        stored = vault.store_upload(uploaded.chunks(), MAX_FILE_BYTES)
    except vault.VaultFull as error:
        log.exception("no room for attachments")
        raise FileRefused(Reason.NO_ROOM) from error
    try:
        path = vault.upload_path(stored.name)
        inspection = inspect(path, name)
        try:
            clamav.scan(path, name)
        except clamav.ScannerUnavailable as error:
            log.exception("virus scanner unavailable")
            raise FileRefused(Reason.NOT_CHECKED, detail=str(error)) from error
    except BaseException:
        vault.discard_upload(stored.name)
        raise
    facts = {
        "stored": stored.name,
        "name": name,
        "size": stored.size,
        "sha256": stored.sha256,
        "media_type": inspection.media_type,
    }
    return Upload(token=signing.dumps(facts, salt=_SALT), **facts)  # type: ignore[arg-type]


def facts_of(token: str, max_age: timedelta = TOKEN_LIFE) -> Upload | None:
    """The upload that a token stands for, whether or not its file is still there; None when forged or too old."""
    if len(token) > _MAX_TOKEN or not token.isascii():
        return None
    try:
        facts: dict[str, Any] = signing.loads(token, salt=_SALT, max_age=max_age)
    except signing.BadSignature:
        return None
    return Upload(token=token, **facts)


def is_kept(upload: Upload) -> bool:
    """Whether the file of `upload` still waits in the vault, as long as it was."""
    try:
        return vault.upload_path(upload.stored).stat().st_size == upload.size
    except FileNotFoundError:
        return False


def from_token(token: str, max_age: timedelta = TOKEN_LIFE) -> Upload | None:
    """The upload that a token stands for; None when it is forged or too old, or its file is gone or of another size."""
    upload = facts_of(token, max_age)
    return upload if upload is not None and is_kept(upload) else None
