"""What is published of events: one row for all languages, its texts, its occurrences, and the state of the whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cms.models import ContentVersion
from contacts.models import Organisation
from events.enums import ChangeKind, State
from events.models.facts import EventFacts
from events.models.taxonomy import Audience, Category, SpokenLanguage
from events.schedule import MAX_DAYS, Schedule
from events.schedule_data import from_data

FEED_PAST = timedelta(days=365)


def _shared(name: str) -> Any:
    """A reference of `EventFacts` that is let go when what it refers to is deleted."""
    (field,) = (field for field in EventFacts._meta.local_fields if field.name == name)
    return models.ForeignKey(
        field.remote_field.model,  # type: ignore[union-attr]
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )


class EventQuerySet(models.QuerySet["Event"]):
    def public(self) -> EventQuerySet:
        """Events that everybody may read about."""
        return self.filter(public=True)

    def in_feeds(self, today: date) -> EventQuerySet:
        """One-off events from 12 months back; series that were still alive within 12 months."""
        return self.public().filter(Q(last_day__isnull=True) | Q(last_day__gte=today - FEED_PAST))


class Event(EventFacts):
    """The published facts of one event, written by `events.publication` and read by every language.

    A row is never deleted: an event that was taken down keeps its UID and its count of changes.
    """

    key = models.UUIDField(unique=True, editable=False)
    # Pages protect what they refer to; a row that outlives its page must not.
    place = _shared("place")
    organiser_department = _shared("organiser_department")
    organiser_organisation = _shared("organiser_organisation")
    # As the editors planned it, and as it holds: a series may take a break on public holidays.
    planned_data = models.JSONField(default=dict)
    schedule_data = models.JSONField(default=dict)
    skip_public_holidays = models.BooleanField(default=False)
    categories: Any = models.ManyToManyField(Category, related_name="+")
    audiences: Any = models.ManyToManyField(Audience, related_name="+")
    languages: Any = models.ManyToManyField(SpokenLanguage, related_name="+")
    partners: Any = models.ManyToManyField(Organisation, related_name="+")
    documents: Any = models.ManyToManyField("wagtaildocs.Document", related_name="+")
    public = models.BooleanField(default=False)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    previous_start = models.DateTimeField(null=True)
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    content_modified = models.DateTimeField(default=timezone.now)
    digest = models.CharField(max_length=64, blank=True)
    withdrawn = models.JSONField(default=list)

    # What its page uses, it shows; and it outlives the page (`contacts.usage`).
    counts_as_use = False

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["first_day", "key"]
        indexes = [
            models.Index(fields=["public", "last_day"], name="event_public_last_day"),
        ]

    def __str__(self) -> str:
        return str(self.key)

    @property
    def schedule(self) -> Schedule:
        """The published schedule, public holidays already left out."""
        return from_data(self.schedule_data)

    @property
    def planned(self) -> Schedule:
        """The schedule as the editors wrote it."""
        return from_data(self.planned_data)


class EventText(models.Model):
    """What is published of an event in one language: its card in lists and its part of the feeds.

    `card` holds what a list shows, in that language; `ical` the finished components (RFC 5545).
    """

    # The constraint below has the index.
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="texts", db_index=False)
    language = models.CharField(max_length=2)
    page = models.ForeignKey(
        "events.EventPage", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    title = models.CharField(max_length=255)
    text_language = models.CharField(max_length=2)
    folded = models.TextField(blank=True)
    card = models.JSONField(default=dict)
    ical = models.TextField(blank=True)

    changes_pages = False

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "language"], name="one_text_a_language")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"


def _touching(first: date) -> dict[str, date]:
    """Not over before `first`; what began earlier than the longest date lasts is not even looked at."""
    return {"first_day__gte": first - timedelta(days=MAX_DAYS), "last_day__gte": first}


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    def starting(self, first: date, last: date) -> OccurrenceQuerySet:
        """Those whose first day lies in [first, last] (local dates)."""
        return self.filter(first_day__gte=first, first_day__lte=last)

    def ongoing(self, first: date) -> OccurrenceQuerySet:
        """Those of several days that began before `first` and still last on it."""
        return self.filter(multi_day=True, first_day__lt=first, **_touching(first))

    def lasting(self, first: date, last: date) -> OccurrenceQuerySet:
        """Those of several days that touch [first, last]."""
        return self.filter(multi_day=True, first_day__lte=last, **_touching(first))

    def coming(self, now: datetime) -> OccurrenceQuerySet:
        """Those not over at `now` (aware)."""
        return self.filter(end__gte=now)


class Occurrence(models.Model):
    """One date of a public event: a table, not a computation.

    Written as a difference by `events.publication`; unpublished and private events have none.
    """

    # The indexes below begin with it.
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="occurrences", db_index=False
    )
    original_start = models.DateTimeField()
    start = models.DateTimeField()
    end = models.DateTimeField()
    first_day = models.DateField()
    last_day = models.DateField()
    all_day = models.BooleanField(default=False)
    multi_day = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=State.choices, default=State.SCHEDULED)
    change = models.CharField(max_length=12, choices=ChangeKind.choices, blank=True)
    change_data = models.JSONField(default=dict)

    changes_pages = False

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        ordering = ["start", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "original_start"], name="one_occurrence_a_start"
            )
        ]
        indexes = [
            models.Index(fields=["first_day", "start", "id"], name="occurrence_by_day"),
            models.Index(
                fields=["first_day", "last_day"],
                name="occurrence_of_several_days",
                condition=Q(multi_day=True),
            ),
            models.Index(fields=["event", "start"], name="occurrence_of_event"),
            models.Index(fields=["end"], name="occurrence_end"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.original_start:%Y-%m-%d %H:%M}"


class CalendarState(models.Model):
    """One row: how often, and when last, anything published in the calendar changed, removals included."""

    version = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    changes_pages = False

    @classmethod
    def current(cls) -> CalendarState:
        """The state as it is now; one query."""
        return cls.objects.filter(pk=1).first() or cls.objects.get_or_create(pk=1)[0]

    @classmethod
    def bump(cls, at: datetime | None = None) -> None:
        """Count a change; `at` (aware) when what readers see changed with it."""
        cls.objects.get_or_create(pk=1)
        values: dict[str, Any] = {"version": F("version") + 1}
        if at is not None:
            values["changed_at"] = at
        cls.objects.filter(pk=1).update(**values)
        ContentVersion.bump()

    def __str__(self) -> str:
        return str(self.version)


class FeedSnapshot(models.Model):
    """The finished bytes of one feed at one version of the calendar."""

    key = models.CharField(max_length=200, unique=True)
    version = models.PositiveBigIntegerField()
    day = models.DateField()
    etag = models.CharField(max_length=64)
    last_modified = models.DateTimeField()
    made_at = models.DateTimeField(db_index=True)
    # Last: SQLite reads through what stands before a column.
    gzipped = models.BinaryField()
    body = models.BinaryField()

    changes_pages = False

    def __str__(self) -> str:
        return self.key
