"""Where attachments lie: outside media, under random names, readable by the server's own account only.

`private/uploads/` holds what was received and not yet sent, `private/attachments/` what belongs to an entry of the
register. A file gets its name only when all its bytes are on the disk, and the folder is synced after it, so that a
row which names an attachment never outlives it in a crash.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings

from registry.files.refusals import FileRefused, Reason

LEFTOVERS_AFTER: Final = timedelta(hours=48)
"""How long an upload waits to be sent, and a file that no row knows is kept."""

_NAME = re.compile(r"[0-9a-f]{32}")
_UNFINISHED: Final = ".part"
_CHUNK: Final = 64 * 1024
_DISK_FULL: Final = {errno.ENOSPC, errno.EDQUOT}


class VaultFull(Exception):
    """The disk (or the quota) is full: nothing was kept."""


class UploadGone(Exception):
    """The upload is no longer there: it was discarded, or swept after LEFTOVERS_AFTER."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the vault: its random name, its size in bytes, its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SweepReport:
    """How many files a sweep removed: uploads never sent, attachments no row knows, unfinished writes."""

    uploads: int = 0
    attachments: int = 0
    unfinished: int = 0


def _folder(name: str) -> Path:
    """The folder, made when missing; 0700 whatever the umask says and whoever made it."""
    folder: Path = settings.DATA_DIR / "private" / name
    for path in (folder.parent, folder):
        if not path.is_dir():
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync(path.parent)
        if path.stat().st_mode & 0o777 != 0o700:
            path.chmod(0o700)
    return folder


def _path(folder: str, name: str) -> Path:
    """Raises ValueError for a name that the vault did not give."""
    if not _NAME.fullmatch(name):
        raise ValueError("Not a name of the vault.")
    return _folder(folder) / name


def upload_path(name: str) -> Path:
    """Where an upload lies, whether or not it is still there. Raises ValueError for a foreign name."""
    return _path("uploads", name)


def attachment_path(name: str) -> Path:
    """Where an attachment lies. Raises ValueError for a foreign name."""
    return _path("attachments", name)


def store_upload(chunks: Iterable[bytes], max_bytes: int) -> StoredFile:
    """Keep what was received, until it is sent or swept.

    Raises FileRefused(TOO_LARGE) past `max_bytes`, VaultFull when the disk is full; nothing is left behind then.
    """
    return _store("uploads", chunks, max_bytes)


def store_attachment(chunks: Iterable[bytes], max_bytes: int) -> StoredFile:
    """Keep a file that belongs to an entry at once, such as the scan of a paper. Raises as store_upload() does."""
    return _store("attachments", chunks, max_bytes)


def adopt(upload_name: str) -> str:
    """Make an upload an attachment too; the new name is on the disk for good when this returns.

    To be called before the row that names it is committed. The upload stays, so that a sending that fails can be
    tried again. Raises UploadGone, VaultFull.
    """
    source = upload_path(upload_name)
    name = _new_name()
    target = attachment_path(name)
    try:
        os.link(source, target)
    except FileNotFoundError as error:
        raise UploadGone from error
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise VaultFull from error
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EMLINK}:
            raise
        # A file system without hard links: a copy says the same for twice the room.
        with source.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return _store("attachments", iter(lambda: file.read(_CHUNK), b""), size).name
    _sync(target.parent)
    return name


def open_attachment(name: str) -> BinaryIO:
    """The attachment's bytes, to be closed by the caller. Raises FileNotFoundError, ValueError for a foreign name."""
    return attachment_path(name).open("rb")


def discard_upload(name: str) -> None:
    """Remove an upload; one that is gone already is no error."""
    upload_path(name).unlink(missing_ok=True)


def discard_attachment(name: str) -> None:
    """Remove an attachment whose row was never committed; one that is gone already is no error."""
    attachment_path(name).unlink(missing_ok=True)


def sweep(
    known: Collection[str] | Callable[[list[str]], Collection[str]],
    now: datetime,
    older_than: timedelta = LEFTOVERS_AFTER,
) -> SweepReport:
    """Remove uploads that nobody sent, attachments that no row knows, and unfinished writes.

    `known` is the attachments' names that rows hold, or a function that says which of the given names they hold; it
    is asked after the folder was read, so a row committed in between is seen. `now` is aware. The age of an attachment
    counts from its adoption, not from the upload: its row may be being committed this very moment.
    """
    limit = (now - older_than).timestamp()
    unfinished = 0
    old: dict[str, list[Path]] = {"uploads": [], "attachments": []}
    for kind, paths in old.items():
        for path, status in _files(_folder(kind)):
            since = status.st_mtime if kind == "uploads" else max(status.st_mtime, status.st_ctime)
            if since >= limit:
                continue
            if _NAME.fullmatch(path.name):
                paths.append(path)
            elif path.name.endswith(_UNFINISHED):
                path.unlink(missing_ok=True)
                unfinished += 1
    names = sorted(path.name for path in old["attachments"])
    held = set((known(names) if names else ()) if callable(known) else known)
    orphans = [path for path in old["attachments"] if path.name not in held]
    for path in (*old["uploads"], *orphans):
        path.unlink(missing_ok=True)
    return SweepReport(len(old["uploads"]), len(orphans), unfinished)


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.is_file(follow_symlinks=False):
                    yield Path(entry.path), entry.stat(follow_symlinks=False)


def _new_name() -> str:
    return secrets.token_hex(16)


def _store(kind: str, chunks: Iterable[bytes], max_bytes: int) -> StoredFile:
    folder = _folder(kind)
    name = _new_name()
    partial = folder / f"{name}{_UNFINISHED}"
    digest = hashlib.sha256()
    size = 0
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with open(handle, "wb") as file:  # noqa: PTH123 (a descriptor, not a path)
            for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise FileRefused(Reason.TOO_LARGE)
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(folder / name)
        _sync(folder)
    except BaseException as error:
        for path in (partial, folder / name):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _DISK_FULL:
            raise VaultFull from error
        raise
    return StoredFile(name, size, digest.hexdigest())


def _sync(folder: Path) -> None:
    """A new name survives a power cut only when its folder was synced, too."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
