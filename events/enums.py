"""The life cycles of events and of single dates, which models, feeds, pages and structured data all read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """Whether an event takes place (schema.org EventStatusType, iCalendar STATUS)."""

    SCHEDULED = "scheduled", pgettext_lazy("of an event", "scheduled")
    TENTATIVE = "tentative", pgettext_lazy("of an event", "to be confirmed")
    CANCELLED = "cancelled", pgettext_lazy("of an event", "cancelled")
    POSTPONED = "postponed", pgettext_lazy("of an event", "postponed")
    RESCHEDULED = "rescheduled", pgettext_lazy("of an event", "rescheduled")
    MOVED_ONLINE = "moved_online", pgettext_lazy("of an event", "moved online")

    @property
    def happens(self) -> bool:
        """Whether people can come on the published date."""
        return self not in (State.CANCELLED, State.POSTPONED)


class ChangeKind(models.TextChoices):
    """What differs on one date of an event from its schedule."""

    CANCELLED = "cancelled", _("cancelled date")
    MOVED = "moved", _("moved date")
    CHANGED = "changed", _("changed date")
    ADDED = "added", _("added date")
