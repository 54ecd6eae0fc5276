"""The working calendar of this request: read once, whoever asks."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from cms.content_version import versioned
from cms.models import CalendarDay
from cms.per_request import per_request
from cms.working_calendar import WorkingCalendar


def working_calendar(request: HttpRequest | None = None) -> WorkingCalendar:
    """The calendar with the editors' rows: one query while the content stays."""
    return per_request(
        request,
        "working_calendar",
        lambda: WorkingCalendar(versioned(request, "calendar_days", CalendarDay.objects.as_rows)),
    )


def moment(request: HttpRequest | None = None) -> datetime:
    """One "now" (aware, Europe/Bucharest) for everything on a page, so that its parts agree."""
    return per_request(request, "now", timezone.localtime)
