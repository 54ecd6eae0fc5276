"""`manage.py registry_tick`: the register's regular work; once for a timer, or for as long as the site runs."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from cms.regular_work import RegularWorkCommand
from registry.housekeeping import TickReport, tick


class Command(RegularWorkCommand):
    help = (
        "Remind of terms, compute open terms anew and sweep what uploads left behind; idempotent, and late is as good "
        "as in time. Once, or with --loop until SIGTERM or SIGINT. Several may run at the same time."
    )
    every_seconds = 300.0
    log = logging.getLogger("agora.registry.tick")

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--any-hour",
            action="store_true",
            help="remind at night and on free days, too (by itself from seven on working days)",
        )

    def work(self, options: dict[str, Any]) -> TickReport:
        return tick(timezone.now(), any_hour=options["any_hour"])

    def told(self, report: TickReport) -> str:
        told = f"{report.reminders} reminders noted, {report.mails} mails written"
        if report.unreachable:
            told += f", {report.unreachable} reminders found nobody with an address"
        return (
            f"{told}; {report.terms_moved} terms moved, {report.files_swept} files and "
            f"{report.attempts_swept} counted attempts swept."
        )
