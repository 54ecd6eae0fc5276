"""Holds the feed, as another implementation reads it, against the table of occurrences."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import icalendar
import recurring_ical_events
from django.conf import settings
from django.utils import timezone

from events.enums import ChangeKind, State
from events.models.event import Event, Occurrence
from locations.hours import BUCHAREST


@dataclass(frozen=True, slots=True, order=True)
class FeedDate:
    """One date of an event as a calendar shows it: local wall clock, ISO 8601; `end` exclusive for whole days."""

    uid: str
    start: str
    end: str
    cancelled: bool


def _wall(moment: date | datetime) -> str:
    if isinstance(moment, datetime):
        return f"{moment.astimezone(BUCHAREST):%Y-%m-%dT%H:%M}"
    return moment.isoformat()


def feed_dates(body: bytes, first: date, last: date) -> Counter[FeedDate]:
    """What `body` (an iCalendar stream) holds between two local dates, by recurring-ical-events."""
    calendar = icalendar.Calendar.from_ical(body)
    found: Counter[FeedDate] = Counter()
    for event in recurring_ical_events.of(calendar).between(first, last + timedelta(days=1)):
        start = event["DTSTART"].dt
        end = event["DTEND"].dt if "DTEND" in event else start
        found[
            FeedDate(
                str(event["UID"]), _wall(start), _wall(end), event.get("STATUS") == "CANCELLED"
            )
        ] += 1
    return found


def table_dates(first: date, last: date, today: date) -> Counter[FeedDate]:
    """What the table holds between two local dates, of the events that feeds carry on `today`."""
    rows = (
        Occurrence.objects.filter(
            event__in=Event.objects.in_feeds(today), first_day__lte=last, last_day__gte=first
        )
        .select_related("event")
        .only("event__key", "original_start", "start", "end", "all_day", "status", "change")
    )
    return Counter(_row_date(row) for row in rows)


def _row_date(row: Occurrence) -> FeedDate:
    start: Any = timezone.localtime(row.start, BUCHAREST)
    end: Any = timezone.localtime(row.end, BUCHAREST)
    uid = str(row.event.key)
    if row.change == ChangeKind.ADDED:
        uid += f"-{timezone.localtime(row.original_start, BUCHAREST):%Y%m%d}"
    if row.all_day:
        start, end = start.date(), end.date()
    return FeedDate(
        f"{uid}@{settings.AGORA_UID_DOMAIN}",
        _wall(start),
        _wall(end),
        row.status == State.CANCELLED,
    )


def differences(body: bytes, first: date, last: date, today: date) -> list[str]:
    """What one of the two has and the other has not, a line each; empty when they agree."""
    feed, table = feed_dates(body, first, last), table_dates(first, last, today)
    lines = [f"only in the feed:  {item}" for item in sorted((feed - table).elements())]
    return lines + [f"only in the table: {item}" for item in sorted((table - feed).elements())]
