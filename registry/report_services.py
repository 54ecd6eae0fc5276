"""The life of a report: asked for, counted in the background, frozen with its digest, shown to the public or not.

Counting is taken by whoever comes first (a thread of the server that was asked, or `registry_tick`) under a lease; it
only reads, and the last step freezes the report in one transaction. Afterwards the database itself refuses changes
(registry.guards).
"""

from __future__ import annotations

import logging
import threading
import uuid
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from registry import audit, report_counts
from registry.deadlines import registration_day
from registry.enums import Action
from registry.lifecycle import NotPossible
from registry.models.reports import Report
from registry.periods import Period
from registry.registration import register_lock
from registry.writing import writing

LEASE: Final = timedelta(minutes=10)
"""How long a report waits for a sign of life of whoever counts it, before another one may."""
LONGEST: Final = timedelta(days=366)

log = logging.getLogger("agora.registry.reports")


class LeaseLost(Exception):
    """Somebody else counts this report by now."""


def ask(kind: str, period: Period, *, actor: Any, now: datetime | None = None) -> Report:
    """Ask for a report over a period that is over. One that waits or is being counted already is given back."""
    at = now or timezone.now()
    if period.last_day >= registration_day(at):
        raise NotPossible(_("A report is of a period that is over: choose an earlier one."))
    if period.last_day < period.first_day or period.last_day - period.first_day > LONGEST:
        raise NotPossible(_("A report is of a year at most: choose a shorter period."))
    with register_lock(), writing():
        values = {"kind": kind, "first_day": period.first_day, "last_day": period.last_day}
        pending = Report.objects.filter(
            **values, state__in=[Report.State.WAITING, Report.State.RUNNING]
        )
        if found := pending.first():
            return found
        return Report.objects.create(**values, asked_at=at, asked_by=actor)


def ask_again(report: Report, *, actor: Any) -> Report:
    """Let a report that failed be counted once more. Twice is once."""
    with register_lock(), writing():
        row = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
        if row.state == Report.State.DONE:
            raise NotPossible(_("This report is frozen: ask for a new one of the same period."))
        if row.state == Report.State.FAILED:
            row.state, row.progress, row.error, row.data = Report.State.WAITING, 0, "", {}
            row.save(update_fields=["state", "progress", "error", "data"])
    return row


# -- counting ----------------------------------------------------------------------------------------------------------


def _due(now: datetime) -> Any:
    """Reports that somebody should count: those that wait, and those whose counter has gone silent."""
    silent = Q(state=Report.State.RUNNING, data__until__lt=now.timestamp())
    return Report.objects.filter(Q(state=Report.State.WAITING) | silent)


def _claim(now: datetime) -> tuple[Report, str] | None:
    """Take the first report that is to be counted; the word that says it is ours."""
    if not _due(now).exists():
        return None
    with register_lock(), writing():
        row = _due(now).select_for_update(of=("self",)).order_by("pk").first()
        if row is None:
            return None
        holder = uuid.uuid4().hex
        row.state, row.progress, row.data = Report.State.RUNNING, 0, _lease(holder, now)
        row.save(update_fields=["state", "progress", "data"])
    return row, holder


def _lease(holder: str, now: datetime) -> dict[str, Any]:
    # Kept where the counts will stand: there is nothing else in it until the report is frozen.
    return {"holder": holder, "until": (now + LEASE).timestamp()}


def _note_progress(report: Report, holder: str, percent: int) -> None:
    """Say how far it is; LeaseLost where it is another one's by now."""
    with register_lock(), writing():
        held = Report.objects.filter(pk=report.pk, state=Report.State.RUNNING, data__holder=holder)
        # The last step is the freezing.
        values = {"progress": min(percent, 99), "data": _lease(holder, timezone.now())}
        if not held.update(**values):
            raise LeaseLost


def _freeze(report: Report, holder: str, data: dict[str, Any]) -> None:
    with register_lock(), writing():
        row = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
        if row.state != Report.State.RUNNING or row.data.get("holder") != holder:
            raise LeaseLost
        row.data, row.digest = data, audit.digest_of(data)
        row.state, row.progress, row.frozen_at = Report.State.DONE, 100, timezone.now()
        row.save(update_fields=["data", "digest", "state", "progress", "frozen_at"])
        audit.record(
            Action.REPORTED,
            actor=row.asked_by,
            at=row.frozen_at,
            data={
                "report": row.pk,
                "kind": row.kind,
                "days": [row.first_day.isoformat(), row.last_day.isoformat()],
                "positions": data["total"]["positions"],
                "digest": row.digest,
            },
        )


def _fail(report: Report, holder: str, error: Exception) -> None:
    with register_lock(), writing():
        Report.objects.filter(pk=report.pk, state=Report.State.RUNNING, data__holder=holder).update(
            state=Report.State.FAILED, error=type(error).__name__[:200], data={}
        )


def count_waiting(now: datetime | None = None, today: date | None = None) -> int:
    """Count and freeze every report that waits; returns how many. Two processes at once count each once."""
    done = 0
    while taken := _claim(now or timezone.now()):
        report, holder = taken
        try:
            data = report_counts.count(
                report.kind,
                Period(report.first_day, report.last_day),
                today or registration_day(now or timezone.now()),
                lambda percent, of=report, by=holder: _note_progress(of, by, percent),  # type: ignore[misc]
            )
            _freeze(report, holder, data)
            done += 1
        except LeaseLost:
            log.warning("report counted by another process", extra={"report": report.pk})
        except Exception as error:
            log.exception("report failed", extra={"report": report.pk})
            _fail(report, holder, error)
    return done


def _count_and_close() -> None:
    try:
        count_waiting()
    finally:
        connection.close()


def start_counting() -> None:
    """Count what waits, beside the request that asked for it; what is not finished, `registry_tick` finishes."""
    transaction.on_commit(
        lambda: threading.Thread(target=_count_and_close, name="reports", daemon=True).start()
    )


# -- shown to the public -----------------------------------------------------------------------------------------------


def publish(report: Report, is_public: bool, *, actor: Any) -> Report:
    """Show a frozen report on the site, or no longer. Twice is once."""
    with register_lock(), writing():
        row = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
        if row.frozen_at is None:
            raise NotPossible(_("Only a report that is done is shown to the public."))
        if row.kind != Report.Kind.PETITIONS:
            raise NotPossible(_("The site shows reports on petitions only."))
        if row.is_public != is_public:
            row.is_public = is_public
            row.save(update_fields=["is_public"])
            audit.record(
                Action.REPORTED, actor=actor, data={"report": row.pk, "is_public": is_public}
            )
    return row
