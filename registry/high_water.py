"""How far the register has come, noted outside the database, so that a restored older backup is noticed.

A backup of Monday that is restored on Tuesday would hand out Tuesday's numbers a second time. After each commit, and
before anybody is told a number, the number is noted in a small file of the data folder; a counter that stands below
its note is refused (registry.registration) until somebody says what became of the numbers (`registry_resume`).
"""

from __future__ import annotations

import fcntl
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

_LENGTH: Final = 100
"""Of a note in bytes, whatever it says: a longer number needs no more room on a disk that is full by then."""

log = logging.getLogger("agora.registry.high_water")


@dataclass(frozen=True, slots=True)
class Mark:
    """A number that was reached, and a text that belongs to it."""

    number: int
    mark: str = ""


def folder() -> Path:
    """Where the notes lie."""
    return Path(settings.DATA_DIR) / "high_water"


def _path(name: str) -> Path:
    return folder() / name


def _parse(text: str) -> Mark | None:
    number, _space, mark = text.strip().partition(" ")
    return Mark(int(number), mark) if number.isdecimal() else None


def _written(descriptor: int) -> Mark | None:
    return _parse(os.pread(descriptor, _LENGTH, 0).decode("ascii"))


def _write(descriptor: int, text: str) -> None:
    # One write of one length: a reader sees the old note or the new one.
    os.pwrite(descriptor, text.ljust(_LENGTH).encode("ascii"), 0)


def _open(name: str) -> int:
    """A descriptor to read and write the note under `name`, with its room on the disk."""
    try:
        return os.open(_path(name), os.O_RDWR)
    except FileNotFoundError:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(_path(name), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _written(descriptor) is None:
            _write(descriptor, "")
            os.fsync(descriptor)
            # A new name survives a power cut only when its folder was synced, too.
            parent = os.open(folder(), os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(parent)
            finally:
                os.close(parent)
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def read(name: str) -> Mark | None:
    """The note under `name`; None when there is none."""
    try:
        return _parse(_path(name).read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def read_to_go_on(name: str) -> Mark | None:
    """The note under `name`, where the next one can be written: there is a file, with its room, open to writing.

    OSError where it is not so: a number that can't be noted is not to be handed out.
    """
    descriptor = _open(name)
    try:
        return _written(descriptor)
    finally:
        os.close(descriptor)


def note(name: str, number: int, mark: str = "", *, synced: bool = True) -> None:
    """Note that `number` was reached under `name`; a smaller one than before changes nothing.

    On the disk when it returns, if `synced`; otherwise the system writes it within seconds. OSError when the disk
    refuses.
    """
    descriptor = _open(name)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        before = _written(descriptor)
        if before is None or before.number < number:
            _write(descriptor, f"{number} {mark}")
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        if synced:
            # Without the lock: those who note at the same time wait for the disk together. Also for what another one
            # wrote, whose own wait may not be over.
            os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def note_after_commit(name: str, number: int, mark: str = "", *, synced: bool = True) -> None:
    """Note it when the present transaction is committed, and not when it is rolled back.

    A note that fails then is logged and no error: what it is about is committed, and the next note says more.
    """

    def attempt() -> None:
        try:
            note(name, number, mark, synced=synced)
        except OSError as error:
            log.critical(
                "high water not noted",
                extra={"mark": name, "number": number, "error": error.strerror or str(error)},
            )

    transaction.on_commit(attempt)
