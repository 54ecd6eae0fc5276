"""How far the register has come, noted outside the database, so that a restored older backup is noticed.

A backup of Monday that is restored on Tuesday would hand out Tuesday's numbers a second time. After each commit, and
before anybody is told a number, the number is noted in a small file of the data folder; a counter that stands below
its note is refused (registry.registration) until somebody says what became of the numbers (`registry_resume`).
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction


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


def read(name: str) -> Mark | None:
    """The note under `name`; None when there is none."""
    try:
        return _parse(_path(name).read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def note(name: str, number: int, mark: str = "") -> None:
    """Note that `number` was reached under `name`; a smaller one than before changes nothing.

    On the disk when it returns. OSError when the disk refuses.
    """
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(_path(name), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        before = _parse(os.pread(descriptor, 200, 0).decode("ascii"))
        if before is not None and before.number >= number:
            return
        # One write of one length: a reader sees the old note or the new one.
        os.pwrite(descriptor, f"{number} {mark}".ljust(100).encode("ascii"), 0)
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def note_after_commit(name: str, number: int, mark: str = "") -> None:
    """Note it when the present transaction is committed, and not when it is rolled back."""
    transaction.on_commit(lambda: note(name, number, mark))
