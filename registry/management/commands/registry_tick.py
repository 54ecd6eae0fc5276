"""`manage.py registry_tick`: the register's regular work; once for a timer, or for as long as the site runs."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.utils import timezone

from cms.rounds import in_rounds
from registry.housekeeping import TickReport, tick

EVERY_SECONDS: Final = 300.0
SHORTEST_PAUSE: Final = 1.0

log = logging.getLogger("agora.registry.tick")


class Command(BaseCommand):
    help = (
        "Remind of terms, compute open terms anew and sweep what uploads left behind; idempotent, and late is as good "
        "as in time. Once, or with --loop until SIGTERM or SIGINT. Several may run at the same time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--any-hour",
            action="store_true",
            help="remind at night and on free days, too (by itself from seven on working days)",
        )
        parser.add_argument("--loop", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--every",
            type=float,
            default=EVERY_SECONDS,
            help=f"with --loop: seconds between two runs (default {EVERY_SECONDS:.0f})",
        )
        parser.add_argument(
            "--parent", type=int, help="with --loop: end with this process, by which it was started"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            self._loop(options)
            return
        report = tick(timezone.now(), any_hour=options["any_hour"])
        if options["verbosity"]:
            self.stdout.write(text_of(report))

    def _loop(self, options: dict[str, Any]) -> None:
        def one_round() -> float:
            # Whatever happens is as good as late: the next round does it.
            try:
                report = tick(timezone.now(), any_hour=options["any_hour"])
            except Exception:
                log.exception("tick failed")
            else:
                log.info("tick", extra={"report": text_of(report)})
            return max(SHORTEST_PAUSE, float(options["every"]))

        in_rounds(one_round, options["parent"])


def text_of(report: TickReport) -> str:
    """What a run did, in one line for logs and terminals."""
    told = f"{report.reminders} reminders noted, {report.mails} mails written"
    if report.unreachable:
        told += f", {report.unreachable} reminders found nobody with an address"
    return (
        f"{told}; {report.terms_moved} terms moved, {report.files_swept} files and "
        f"{report.attempts_swept} counted attempts swept."
    )
