"""Events, what is published of them, and the calendars beside them."""

from events.models.agenda import AgendaItem, AgendaPage, AgendaToken
from events.models.event import (
    CalendarState,
    Event,
    EventText,
    FeedSnapshot,
    Occurrence,
)
from events.models.imports import ImportedEvent, PartnerCalendar, PendingImport
from events.models.pages import (
    EventDateChange,
    EventDocument,
    EventIndexPage,
    EventPage,
    EventPartner,
)
from events.models.taxonomy import Audience, Category, SpokenLanguage

__all__ = [
    "AgendaItem",
    "AgendaPage",
    "AgendaToken",
    "Audience",
    "CalendarState",
    "Category",
    "Event",
    "EventDateChange",
    "EventDocument",
    "EventIndexPage",
    "EventPage",
    "EventPartner",
    "EventText",
    "FeedSnapshot",
    "ImportedEvent",
    "Occurrence",
    "PartnerCalendar",
    "PendingImport",
    "SpokenLanguage",
]
