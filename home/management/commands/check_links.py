"""`manage.py check_links`: the links of public pages, collected and checked, within limits."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from home.links.checker import Limits, Run, check_links

_USUAL = Limits()


class Command(BaseCommand):
    help = (
        "Collect the links of pages published since the last run, and ask for the most overdue. Several may run at the "
        "same time: only one works."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--links", type=int, default=_USUAL.links, help="at most so many")
        parser.add_argument(
            "--per-host", type=int, default=_USUAL.per_host, help="at most so many of one host"
        )
        parser.add_argument(
            "--seconds", type=float, default=_USUAL.seconds, help="begin none after so many seconds"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        limits = Limits(
            links=options["links"], per_host=options["per_host"], seconds=options["seconds"]
        )
        run = check_links(limits)
        if options["verbosity"]:
            self.stdout.write(text_of(run))


def text_of(run: Run) -> str:
    """What a run did, in one line for logs and terminals."""
    if run.busy:
        return "Links: another process is checking them."
    told = f"Links: {run.pages} pages read, {run.asked} addresses asked, {run.broken} broken in all"
    return f"{told}; no server could be reached." if run.offline else f"{told}."
