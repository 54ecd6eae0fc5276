"""Which public events are at the same place at the same time. A warning: two events may share a park."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from cms.multilingual import content_language
from events.enums import ChangeKind, State
from events.models.event import EventText, Occurrence
from events.presenters import when_words
from events.schedule import Dated

_NO_LENGTH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Clash:
    """Another event in the way: its title and date in the active language, where it is edited ("" if nowhere)."""

    title: str
    when: str
    url: str


def _end(start: datetime, end: datetime) -> datetime:
    """An event without a stated end lasts a moment."""
    return max(end, start + _NO_LENGTH)


class _Times:
    """When one place is taken; asks in logarithmic time."""

    def __init__(self, spans: Iterable[tuple[datetime, datetime]]) -> None:
        ordered = sorted(spans)
        self.starts = [start for start, _end in ordered]
        self.latest = list(accumulate((end for _start, end in ordered), max))

    def meets(self, start: datetime, end: datetime) -> bool:
        """Whether anything overlaps [start, end)."""
        earlier = bisect_left(self.starts, end)
        return bool(earlier) and self.latest[earlier - 1] > start


def clashes(
    dates: Iterable[Dated], place_id: int | None, own: UUID | None = None, limit: int = 5
) -> tuple[list[Clash], int]:
    """The public events that overlap `dates` at their place, up to `limit`, and how many more there are.

    `place_id` is the event's location, None if it has none; a date that was moved elsewhere counts there.
    `own` is the key of the event itself. Two queries.
    """
    spans: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for dated in dates:
        change = dated.date_change
        place = place_id
        if change is not None and (change.place_id or change.place):
            place = change.place_id
        if place is not None and dated.change != ChangeKind.CANCELLED:
            spans[place].append((dated.start, _end(dated.start, dated.end)))
    if not spans:
        return [], 0
    taken = {place: _Times(found) for place, found in spans.items()}
    every = [span for found in spans.values() for span in found]
    rows = (
        Occurrence.objects.filter(
            Q(event__place__in=spans) | Q(change__gt="", change_data__place_id__in=list(spans)),
            start__lt=max(end for _start, end in every),
            end__gte=min(start for start, _end in every),
        )
        .exclude(status__in=[State.CANCELLED, State.POSTPONED])
        .exclude(**({"event__key": own} if own else {}))
        .order_by("start", "pk")
        .values_list(
            "event",
            "event__place",
            "change_data",
            "start",
            "end",
            "first_day",
            "last_day",
            "all_day",
        )
    )
    first: dict[int, str] = {}
    for event, event_place, data, start, end, first_day, last_day, all_day in rows.iterator():
        place = data.get("place_id") or (None if data.get("place") else event_place)
        times = taken.get(place) if place else None
        if event not in first and times and times.meets(start, _end(start, end)):
            first[event] = when_words(start, end, first_day, last_day, all_day)
    named = list(first)[:limit]
    texts = {
        text.event_id: text
        for text in EventText.objects.filter(event__in=named, language=content_language())
    }
    found = [
        Clash(
            title=texts[event].title,
            when=first[event],
            url=reverse("wagtailadmin_pages:edit", args=[page])
            if (page := texts[event].page_id)
            else "",
        )
        for event in named
        if event in texts
    ]
    return found, len(first) - len(named)
