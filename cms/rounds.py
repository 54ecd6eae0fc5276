"""Work that is done again and again for as long as the site runs, by a process of its own."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

from django.db import connection, reset_queries


def in_rounds(work: Callable[[], float], parent: int | None = None) -> None:
    """Call `work`, which returns the seconds until its next turn, until SIGTERM or SIGINT; a turn is always finished.

    With `parent` it ends, too, once the process of that number, which started this one, is gone.
    """
    stop = threading.Event()
    usual = {
        number: signal.signal(number, lambda *_signal: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        while not _is_over(stop, parent, 0):
            pause = work()
            # Between rounds nothing is held: a restored or restarted database is found in the next one.
            connection.close()
            reset_queries()
            if _is_over(stop, parent, pause):
                break
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)


def _is_over(stop: threading.Event, parent: int | None, seconds: float) -> bool:
    """Wait `seconds`; True as soon as somebody asked to stop or the parent process is gone."""
    while True:
        if stop.is_set() or (parent is not None and os.getppid() != parent):
            return True
        if seconds <= 0:
            return False
        stop.wait(min(seconds, 1.0))
        seconds -= 1.0
