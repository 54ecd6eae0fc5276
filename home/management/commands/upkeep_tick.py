"""`manage.py upkeep_tick`: the regular work on pages; once for a timer, or for as long as the site runs."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cms.rounds import in_rounds
from home.management.commands.check_links import text_of
from home.upkeep.tick import Report, tick

EVERY_SECONDS: Final = 3600.0
SHORTEST_PAUSE: Final = 1.0

log = logging.getLogger("agora.upkeep.tick")


class Command(BaseCommand):
    help = (
        "Check links and write the departments' mails about their pages; idempotent, and late is as good as in time. "
        "Once, or with --loop until SIGTERM or SIGINT. Several may run at the same time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-links", action="store_true", help="ask no other server")
        parser.add_argument("--loop", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--every",
            type=float,
            default=EVERY_SECONDS,
            help=f"with --loop: seconds between two runs (default {EVERY_SECONDS:.0f})",
        )
        parser.add_argument(
            "--wait", type=float, default=0.0, help="with --loop: seconds before the first run"
        )
        parser.add_argument(
            "--parent", type=int, help="with --loop: end with this process, by which it was started"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            self._loop(options)
            return
        report = tick(timezone.now(), links=not options["no_links"])
        if options["verbosity"]:
            self.stdout.write(told(report))
        if report.failed:
            raise CommandError(f"Failed: {', '.join(report.failed)}; the log says why.")

    def _loop(self, options: dict[str, Any]) -> None:
        pauses = [float(options["wait"])] if options["wait"] > 0 else []

        def one_round() -> float:
            if pauses:
                return pauses.pop()
            report = tick(timezone.now(), links=not options["no_links"])
            log.info("tick", extra={"report": told(report)})
            return max(SHORTEST_PAUSE, float(options["every"]))

        in_rounds(one_round, options["parent"])


def told(report: Report) -> str:
    """What a run did, in one line for logs and terminals."""
    mails = f"{report.mails} mails written."
    return f"{text_of(report.links)} {mails}" if report.links else mails
