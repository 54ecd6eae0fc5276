"""Commands that do regular work: once for a timer, or again and again for as long as the site runs."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any, ClassVar, Final

from django.core.management.base import BaseCommand

from cms.rounds import in_rounds

SHORTEST_PAUSE: Final = 1.0


class RegularWorkCommand(BaseCommand):
    """A command whose work is idempotent, and as good late as in time.

    `every_seconds`: the pause of --loop; `log`: where its rounds are told.
    """

    every_seconds: ClassVar[float]
    log: ClassVar[logging.Logger]

    def work(self, options: dict[str, Any]) -> Any:
        """Do what there is to do now; return the report of it."""
        raise NotImplementedError

    def told(self, report: Any) -> str:
        """The report in one line, for logs and terminals."""
        return str(report)

    def is_news(self, report: Any) -> bool:
        """Whether the log of --loop tells of this round."""
        return True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--every",
            type=float,
            default=self.every_seconds,
            help=f"with --loop: seconds between two rounds (default {self.every_seconds:.0f})",
        )
        parser.add_argument(
            "--wait", type=float, default=0.0, help="with --loop: seconds before the first round"
        )
        parser.add_argument(
            "--parent", type=int, help="with --loop: end with this process, by which it was started"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            self._loop(options)
            return
        report = self.work(options)
        if options["verbosity"]:
            self.stdout.write(self.told(report))

    def _loop(self, options: dict[str, Any]) -> None:
        pauses = [float(options["wait"])] if options["wait"] > 0 else []

        def one_round() -> float:
            if pauses:
                return pauses.pop()
            # Whatever happens is as good as late: the next round does it.
            try:
                report = self.work(options)
            except Exception:
                self.log.exception("tick failed")
            else:
                if self.is_news(report):
                    self.log.info("tick", extra={"report": self.told(report)})
            return max(SHORTEST_PAUSE, float(options["every"]))

        in_rounds(one_round, options["parent"])
