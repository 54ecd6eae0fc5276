"""The demonstration's report: on the petitions of the last six whole months, frozen and shown to the public."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.auth import get_user_model

from registry.models import Report
from registry.periods import last_months
from registry.report_services import ask, count_waiting, publish


def load_reports(today: date) -> None:
    """Make one, in a demonstration that shows none to the public only."""
    if not settings.AGORA_DEMO or Report.objects.filter(is_public=True).exists():
        return
    chief = get_user_model().objects.filter(username="chief").first()
    report = ask(Report.Kind.PETITIONS, last_months(6, today), actor=chief)
    count_waiting()
    publish(report, True, actor=chief)
