"""`manage.py deliver_outbox`: send the mail that waits; once for a timer, or for as long as the site runs."""

from __future__ import annotations

import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import connection, reset_queries

from cms.outbox import DeliveryReport, deliver_due

PAUSE_SECONDS: Final = 5.0
LONGEST_PAUSE_SECONDS: Final = 60.0


def next_pause(pause: float, report: DeliveryReport) -> float:
    """Seconds until the next round: longer each time while the mail server is away."""
    return min(pause * 2, LONGEST_PAUSE_SECONDS) if report.halted else PAUSE_SECONDS


class Command(BaseCommand):
    help = (
        "Send the mail that waits in the outbox. Once, or with --loop until SIGTERM or SIGINT, which let the mail in "
        "hand be finished. Several may run at the same time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=100, help="mails at a time (default 100)")
        parser.add_argument("--loop", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--parent", type=int, help="with --loop: end with this process, by which it was started"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            self._loop(options["limit"], options["parent"])
            return
        report = deliver_due(options["limit"])
        if options["verbosity"]:
            self.stdout.write(str(report))

    def _loop(self, limit: int, parent: int | None) -> None:
        stop = threading.Event()
        usual = {
            number: signal.signal(number, lambda *_signal: stop.set())
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        pause = PAUSE_SECONDS
        try:
            while not self._is_over(stop, parent, 0):
                pause = next_pause(pause, deliver_due(limit))
                # Between rounds nothing is held: a restored or restarted database is found in the next one.
                connection.close()
                reset_queries()
                if self._is_over(stop, parent, pause):
                    break
        finally:
            for number, handler in usual.items():
                signal.signal(number, handler)

    @staticmethod
    def _is_over(stop: threading.Event, parent: int | None, seconds: float) -> bool:
        """Wait `seconds`; True as soon as somebody asked to stop or the parent process is gone."""
        while True:
            if stop.is_set() or (parent is not None and os.getppid() != parent):
                return True
            if seconds <= 0:
                return False
            stop.wait(min(seconds, 1.0))
            seconds -= 1.0
