"""`manage.py pages_tick`: pages that are to appear or to go now; once for a timer, or for as long as the site runs."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.utils import timezone

from cms.rounds import in_rounds
from cms.scheduled import tick

EVERY_SECONDS: Final = 60.0

log = logging.getLogger("agora.pages.tick")


class Command(BaseCommand):
    help = (
        "Publish pages whose set time has come and take down those that expire; idempotent, and late is as good as in "
        "time. Once, or with --loop until SIGTERM or SIGINT. Several may run at the same time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--parent", type=int, help="with --loop: end with this process, by which it was started"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            in_rounds(self._one_round, options["parent"])
            return
        report = tick(timezone.now())
        if options["verbosity"]:
            self.stdout.write(str(report))

    @staticmethod
    def _one_round() -> float:
        # Whatever happens is as good as late: the next round does it.
        try:
            report = tick(timezone.now())
        except Exception:
            log.exception("tick failed")
        else:
            if report.published or report.expired or report.failed:
                log.info("tick", extra={"report": str(report)})
        return EVERY_SECONDS
