"""System checks for the project's own rules; `manage.py check --database default` runs those that read rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError
from django.utils import timezone


@register(Tags.database)
def bridging_days_reviewed(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warns when, by December, nobody has looked at next year's bridging days."""
    from cms.models import CalendarYear

    if not databases:
        return []
    try:
        year = CalendarYear.unreviewed(timezone.localdate())
    except DatabaseError:
        return []  # Not migrated yet: Django's own checks say so.
    if year is None:
        return []
    return [
        Warning(
            f"The bridging days of {year} have not been reviewed: opening hours and legal terms may be wrong.",
            hint=(
                "Add the Government's bridging and recovery days in the admin (Working calendar), "
                f"then tick “bridging days reviewed” for {year}."
            ),
            id="cms.W001",
        )
    ]


@register(Tags.database)
def sqlite_is_immediate(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuses SQLite with deferred transactions: two writers would fail where they should queue."""
    database = settings.DATABASES["default"]
    if not str(database["ENGINE"]).endswith("sqlite3"):
        return []
    if database.get("OPTIONS", {}).get("transaction_mode") == "IMMEDIATE":
        return []
    return [
        Error(
            "SQLite must run with IMMEDIATE transactions.",
            hint="Set OPTIONS['transaction_mode'] = 'IMMEDIATE' (config.settings.environment does).",
            id="cms.E001",
        )
    ]
