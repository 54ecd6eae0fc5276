"""The Cabinet's events of the trail in words (see registry.desk.event_text)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.deadlines import CITY_ZONE
from registry.models import Audience, AudienceSlot, CabinetFile

PRINTS: Final[dict[str, str | Promise]] = {
    "monday": gettext_lazy("Monday's list of the Cabinet"),
    "briefing": gettext_lazy("briefing note"),
    "audiences": gettext_lazy("audiences of a day"),
}
_STEPS: Final[dict[str, Callable[[], str]]] = {
    "opened": lambda: _("given to the Cabinet"),
    "reopened": lambda: _("back on the board"),
    "noted": lambda: _("note or next look changed"),
    "off": lambda: _("off the board"),
}


def _day(value: Any) -> str:
    return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT") if value else "—"


def follow_up(data: Mapping[str, Any]) -> list[str]:
    """What was done with a file."""
    step = _STEPS.get(str(data.get("step")))
    source = data.get("source")
    old, new = data.get("next_look_on") or (None, None)
    return [
        step() if step else "",
        str(CabinetFile.Source(source).label) if source in CabinetFile.Source.values else "",
        f"{_day(old)} → {_day(new)}" if old != new else "",
    ]


def audience(data: Mapping[str, Any]) -> list[str]:
    """What was done with an audience."""
    level, at = data.get("level"), data.get("at")
    states = [
        str(Audience.State(state).label)
        for state in data.get("state") or ()
        if state in Audience.State.values
    ]
    when = datetime.fromisoformat(at).astimezone(CITY_ZONE) if at else None
    due = data.get("written_due")
    return [
        str(AudienceSlot.Level(level).label) if level in AudienceSlot.Level.values else "",
        " → ".join(states),
        date_format(when, "SHORT_DATETIME_FORMAT") if when else "",
        _("written answer due on %(day)s") % {"day": _day(due)} if due else "",
        str(data.get("override", "")),
    ]


def printed(data: Mapping[str, Any]) -> list[str]:
    """Which list was printed, and how many entries stood on it."""
    number = len(data.get("entries") or ())
    text = ngettext("%(number)s entry", "%(number)s entries", number) % {"number": number}
    return [str(PRINTS.get(str(data.get("what")), "")), text]
