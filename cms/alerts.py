"""The alerts that stand above every page now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from cms.every_page import Part
from cms.models import Alert

_ALERTS: Part[list[Any]] = Part(
    "alerts", lambda language: Alert.objects.by_level().with_links(language), list
)


def current_alerts(request: HttpRequest | None, now: datetime) -> list[Any]:
    """The alerts to show at `now` (aware), gravest first, each with `link_path` and `link_title`."""
    return [alert for alert in _ALERTS.read(request) if alert.is_current(now)]
