"""`manage.py pages_tick`: pages that are to appear or to go now; once for a timer, or for as long as the site runs."""

from __future__ import annotations

import logging
from typing import Any

from django.utils import timezone

from cms.regular_work import RegularWorkCommand
from cms.scheduled import tick


class Command(RegularWorkCommand):
    help = (
        "Publish pages whose set time has come and take down those that expire; idempotent, and late is as good as in "
        "time. Once, or with --loop until SIGTERM or SIGINT. Several may run at the same time."
    )
    every_seconds = 60.0
    log = logging.getLogger("agora.pages.tick")

    def work(self, options: dict[str, Any]) -> Any:
        return tick(timezone.now())

    def is_news(self, report: Any) -> bool:
        return bool(report.published or report.expired or report.failed)
