"""The regular work on pages, all of it: each part does its own, whatever happens to the others."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from campaigns.expiry import remind
from cms.sheets.held import forget_old
from contacts.page_care_services import forget_deleted
from home.links.checker import Limits, Run, check_links
from home.upkeep.mail import tell_departments

log = logging.getLogger("agora.upkeep")


@dataclass(slots=True)
class Report:
    """What a run did; `mails` to departments about pages and about partnerships that end soon.

    `failed`: the parts that raised an error, which is in the log.
    """

    mails: int = 0
    links: Run | None = None
    failed: tuple[str, ...] = ()


def tick(now: datetime, *, links: bool = True, limits: Limits | None = None) -> Report:
    """Check links, then tell departments of their pages and of their partnerships that end soon.

    What has had its time is thrown away: tables that nobody confirmed, and what was noted of deleted pages.

    Idempotent, and late is as good as in time. `now` is aware.
    """
    report = Report()
    try:
        if links:
            report.links = check_links(limits)
    except Exception:
        log.exception("links failed")
        report.failed += ("links",)
    try:
        forget_deleted()
        forget_old(now)
        report.mails = tell_departments(now)
    except Exception:
        log.exception("mails failed")
        report.failed += ("mails",)
    try:
        report.mails += remind(now)
    except Exception:
        log.exception("partnerships failed")
        report.failed += ("partnerships",)
    return report
