"""A child process with limits, in which a stranger's files are parsed.

A parser that loops, crashes, or asks for more memory than any honest file needs takes itself down and nothing else; and
what would be broken into knows no secret key and no database.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from registry.files.refusals import FileRefused, Reason

MAX_MEMORY: Final = 1024 * 1024 * 1024
"""Bytes of address space."""
MAX_CPU: Final = 10
"""Seconds of processor time."""
MAX_WAIT: Final = 45.0
"""Seconds by the clock, on a machine that is busy with other things."""
MAX_AT_ONCE: Final = 2

_REPOSITORY: Final = Path(__file__).resolve().parents[2]
_places = threading.BoundedSemaphore(MAX_AT_ONCE)


def run(task: str, extension: str, path: Path) -> bytes:
    """Do a task of `boxed_parsing` on a file; return what it wrote.

    Raises FileRefused: with the task's own reason, BOMB when it took more than its share, DAMAGED when it crashed,
    NOT_CHECKED when it could not be done now. OSError when the file cannot be opened.
    """
    with path.open("rb") as file:
        if not _places.acquire(timeout=MAX_WAIT):
            raise FileRefused(Reason.NOT_CHECKED, detail="no place to check it in")
        try:
            done = subprocess.run(  # noqa: S603 (our own module; the words are ours, too)
                [sys.executable, "-m", "registry.files.boxed_parsing", task, extension],
                cwd=_REPOSITORY,
                env=_environment(),
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=MAX_WAIT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise FileRefused(Reason.NOT_CHECKED, detail="took too long") from error
        except OSError as error:
            raise FileRefused(Reason.NOT_CHECKED, detail="no process") from error
        finally:
            _places.release()
    return _answer(done.returncode, done.stdout)


def _environment() -> dict[str, str]:
    """What Python needs to start, and nothing that this process knows."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    # One arena: address space is limited, and each costs 64 MB of it.
    return {**kept, "PYTHONUTF8": "1", "PYTHONNOUSERSITE": "1", "MALLOC_ARENA_MAX": "1"}


def _answer(code: int, output: bytes) -> bytes:
    if code == 0:
        status, _, rest = output.partition(b"\n")
        word, _, detail = status.decode("utf-8", "replace").partition(" ")
        if word == "ok":
            return rest
        if word in set(Reason):
            raise FileRefused(Reason(word), detail=detail)
    # The kernel's answers to too much time (SIGXCPU, SIGKILL) or memory (SIGKILL).
    if code in {-9, -24}:
        raise FileRefused(Reason.BOMB, detail="too much time or memory")
    raise FileRefused(Reason.DAMAGED, detail=f"the parser ended with {code}")
