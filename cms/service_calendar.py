"""The working calendar of this request: read once, whoever asks."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from cms.every_page import Part
from cms.models import CalendarDay
from cms.models.calendar import day_rows
from cms.per_request import per_request
from cms.working_calendar import DayRow, WorkingCalendar

_DAYS: Part[list[DayRow]] = Part(
    "calendar_days", lambda language: CalendarDay.objects.with_place_keys(), day_rows
)


def working_calendar(request: HttpRequest | None = None) -> WorkingCalendar:
    """The calendar with the editors' rows: no query of its own (`cms.every_page`)."""
    return per_request(request, "working_calendar", lambda: WorkingCalendar(_DAYS.read(request)))


def moment(request: HttpRequest | None = None) -> datetime:
    """One "now" (aware, Europe/Bucharest) for everything on a page, so that its parts agree."""
    return per_request(request, "now", timezone.localtime)
