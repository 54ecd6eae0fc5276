"""`manage.py import_calendars`: read the calendars of partners. Meant to run every night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from cms.multilingual import SOURCE_LANGUAGE
from events.importing.problems import ImportProblem
from events.importing.services import forget_pending, run
from events.models.imports import PartnerCalendar


class Command(BaseCommand):
    help = (
        "Import the partners' calendars that are read every night. One that fails keeps none of the others; how it "
        "went is shown with each calendar in the admin."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        forget_pending()
        with translation.override(SOURCE_LANGUAGE):
            for calendar in PartnerCalendar.objects.filter(enabled=True):
                self.stdout.write(f"{calendar.name}: {self._run(calendar)}")

    def _run(self, calendar: PartnerCalendar) -> str:
        try:
            outcome = run(calendar)
        except ImportProblem as problem:
            return f"failed ({problem.code})"
        if outcome is None:
            return "unchanged"
        return ", ".join(f"{name} {number}" for name, number in outcome.counts.items())
