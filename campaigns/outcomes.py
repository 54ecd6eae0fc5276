"""What came of an agreement or an objective: events held and to come, counted and listed in a few queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest

from cms.multilingual import content_language
from events.enums import State
from events.listing import texts
from events.models import Event, Occurrence
from events.presenters import DayView, OccurrenceView, day_words, occurrence_view
from locations.models import Location

MOST_COMING: Final = 12
MOST_HELD: Final = 12
HAPPENING: Final = [state.value for state in State if state.happens]


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """An event of the past: `dates` were held, the last of them on `last` (a local date)."""

    title: str
    title_lang: str
    url: str
    dates: int
    last: date
    last_words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Events held (how many, on how many dates) and coming, with the first of each."""

    held: int = 0
    held_dates: int = 0
    coming_dates: int = 0
    days: Sequence[DayView] = field(default_factory=list)
    events: Sequence[HeldEvent] = field(default_factory=list)

    @property
    def more_dates(self) -> int:
        """How many of the coming dates are not listed."""
        return max(self.coming_dates - sum(len(day.occurrences) for day in self.days), 0)

    @property
    def more_events(self) -> int:
        """How many of the events held are not listed."""
        return max(self.held - len(self.events), 0)


def events_of(parties: QuerySet[Any, Any]) -> QuerySet[Event]:
    """The public events that any of `parties` (ids of organisations) organises or takes part in."""
    helping = Event.partners.through.objects.filter(organisation__in=parties).values("event")
    return (
        Event.objects.public()
        .filter(Q(organiser_organisation__in=parties) | Q(pk__in=helping))
        .order_by()
    )


def dates_of(
    events: QuerySet[Event], first: date | None, last: date | None
) -> QuerySet[Occurrence]:
    """The dates of `events` that begin in [first, last] (local dates, None is open)."""
    found = Occurrence.objects.filter(event__in=events.values("pk")).order_by()
    if first is not None:
        found = found.filter(first_day__gte=first)
    return found if last is None else found.filter(first_day__lte=last)


def outcome(request: HttpRequest | None, dates: QuerySet[Occurrence], now: datetime) -> Outcome:
    """What `dates` (see `dates_of`) amount to at `now`, in the active language: four queries, or five."""
    held = Q(end__lt=now)
    taking_place = dates.filter(status__in=HAPPENING)
    counts = taking_place.aggregate(
        held=Count("event", distinct=True, filter=held),
        held_dates=Count("pk", filter=held),
        coming=Count("pk", filter=~held),
    )
    # Of a series the next date alone: the list tells what comes, not how often.
    numbered = taking_place.filter(~held).annotate(
        number=Window(RowNumber(), partition_by=[F("event")], order_by=[F("start"), F("pk")])
    )
    coming = list(numbered.filter(number=1).order_by("start", "pk")[:MOST_COMING])
    over = list(
        taking_place.filter(held)
        .values("event")
        .annotate(last=Max("first_day"), dates=Count("pk"))
        .order_by("-last", "event")[:MOST_HELD]
    )
    known = texts(request, {*(row.event_id for row in coming), *(row["event"] for row in over)})
    elsewhere = {row.change_data["place_id"] for row in coming if "place_id" in row.change_data}
    places = Location.objects.in_bulk(elsewhere) if elsewhere else {}
    today = now.date()
    views = [
        # What began earlier and goes on stands under today.
        occurrence_view(
            row, *known[row.event_id], now, shown_under=max(row.first_day, today), places=places
        )
        for row in coming
        if row.event_id in known
    ]
    return Outcome(
        held=counts["held"],
        held_dates=counts["held_dates"],
        coming_dates=counts["coming"],
        days=_by_day(views, today),
        events=[
            _held(row["dates"], row["last"], *known[row["event"]])
            for row in over
            if row["event"] in known
        ],
    )


def _by_day(views: Sequence[OccurrenceView], today: date) -> list[DayView]:
    days: dict[date, DayView] = {}
    for view in views:
        day = max(view.first_day, today)
        days.setdefault(day, DayView(day, is_today=day == today)).occurrences.append(view)
    return [days[day] for day in sorted(days)]


def _held(dates: int, last: date, text: Any, url: str) -> HeldEvent:
    language = text.text_language
    return HeldEvent(
        title=text.title,
        title_lang="" if language == content_language() else language,
        url=url,
        dates=dates,
        last=last,
        last_words=day_words(last, weekday=False),
    )
