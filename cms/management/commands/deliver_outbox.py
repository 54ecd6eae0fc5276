"""`manage.py deliver_outbox`: send the mail that waits; once for a timer, or for as long as the site runs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand

from cms.outbox import DeliveryReport, deliver_due
from cms.rounds import in_rounds

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
        pause = PAUSE_SECONDS

        def one_round() -> float:
            nonlocal pause
            pause = next_pause(pause, deliver_due(limit))
            return pause

        in_rounds(one_round, parent)
