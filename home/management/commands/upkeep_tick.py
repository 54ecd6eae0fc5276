"""`manage.py upkeep_tick`: the regular work on pages; once for a timer, or for as long as the site runs."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from cms.regular_work import RegularWorkCommand
from home.management.commands.check_links import text_of
from home.upkeep.tick import Report, tick


class Command(RegularWorkCommand):
    help = (
        "Check links and write the departments' mails about their pages; idempotent, and late is as good as in time. "
        "Once, or with --loop until SIGTERM or SIGINT. Several may run at the same time."
    )
    every_seconds = 3600.0
    log = logging.getLogger("agora.upkeep.tick")

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--no-links", action="store_true", help="ask no other server")

    def work(self, options: dict[str, Any]) -> Report:
        report = tick(timezone.now(), links=not options["no_links"])
        if report.failed and not options["loop"]:
            failed = ", ".join(report.failed)
            raise CommandError(f"{self.told(report)} Failed: {failed}; the log says why.")
        return report

    def told(self, report: Report) -> str:
        mails = f"{report.mails} mails written."
        return f"{text_of(report.links)} {mails}" if report.links else mails
