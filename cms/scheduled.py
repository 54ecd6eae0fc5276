"""Publishing at a set time, and expiry: what `manage.py pages_tick` does every minute.

Wagtail's `publish_scheduled` does the same, but stops at the first page that fails, for ever. Here each page is done by
itself, and several may run at the same time.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.models import Page, Revision

log = logging.getLogger("agora.pages.tick")


@dataclass(slots=True)
class TickReport:
    """What a run has done."""

    published: int = 0
    expired: int = 0
    failed: int = 0

    def __str__(self) -> str:
        return f"{self.published} published, {self.expired} expired, {self.failed} failed"


def tick(now: datetime) -> TickReport:
    """Publish and take down what is due at `now` (aware). What fails is logged, and tried again by the next run."""
    report = TickReport()
    # Expiry first, as Wagtail has it: a page that is over and comes back at the same time is public.
    for pk in list(_expired(now).order_by("expire_at").values_list("pk", flat=True)):
        report.expired += _try(report, pk, now, _expire)
    for pk in list(_due(now).order_by("approved_go_live_at").values_list("pk", flat=True)):
        report.published += _try(report, pk, now, _publish)
    return report


def _expired(now: datetime) -> Any:
    return Page.objects.filter(live=True, expire_at__lt=now)


def _due(now: datetime) -> Any:
    return Revision.page_revisions.filter(approved_go_live_at__lt=now)


def _try(report: TickReport, pk: int, now: datetime, act: Any) -> bool:
    try:
        with transaction.atomic():
            return bool(act(pk, now))
    except Exception:
        report.failed += 1
        log.exception("page not %sed", act.__name__.strip("_"), extra={"row": pk})
        return False


def _expire(pk: int, now: datetime) -> bool:
    page = _expired(now).select_for_update().filter(pk=pk).first()
    if page is None:
        return False
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return True


def _publish(pk: int, now: datetime) -> bool:
    # Locked and asked again: another process may have published it since.
    revision = _due(now).select_for_update().filter(pk=pk).first()
    if revision is None:
        return False
    revision.publish(log_action="wagtail.publish.scheduled")
    return True
