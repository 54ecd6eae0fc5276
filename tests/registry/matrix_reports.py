"""Rows of the matrix for reports and for the archive's selections."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from registry.models import Selection
from registry.periods import half_year
from registry.report_services import ask, count_waiting
from registry.writing import writing
from tests.registry.filings import at

READ = "login home home home 200 home home home home home 200 200"
MAKE = "login home home home done home home home home home home done"
HEAD = "login home home home 200 home home home home home home 200"

ROWS = {
    "registry_reports:index": ("GET", READ),
    "registry_reports:index ask": ("POST", HEAD.replace("200", "422")),
    "registry_reports:report": ("GET", READ),
    "registry_reports:csv": ("GET", READ),
    "registry_reports:print": ("GET", READ),
    "registry_reports:progress": ("GET", READ),
    "registry_reports:publish": ("POST", MAKE),
    # 409: it is theirs, but a frozen report is not counted again.
    "registry_reports:again": ("POST", HEAD.replace("200", "409")),
    "registry_retention:index": ("GET", HEAD),
    "registry_retention:csv": ("GET", HEAD),
    "registry_retention:select": ("GET", HEAD),
    "registry_retention:select send": ("POST", HEAD.replace("200", "422")),
    "registry_retention:selection": ("GET", HEAD),
    "registry_retention:print": ("GET", HEAD),
}


def targets(world: dict[str, Any]) -> dict[str, Any]:
    """A frozen report and a selection that was carried out."""
    report = ask("petitions", half_year(2026, 1), actor=None, now=at(2026, 7, 2, 9)())
    count_waiting()
    with writing():
        selection = Selection.objects.create(
            number="1", day=date(2026, 7, 1), members="Ion Exemplu", decided_at=timezone.now()
        )
    world["args"] |= {
        name: [] for name in ("registry_retention:csv", "registry_retention:select")
    } | {"registry_retention:select send": []}
    return {**world, "registry_reports": report, "registry_retention": selection}
