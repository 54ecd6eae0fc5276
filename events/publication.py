"""Publishing events: from the page in the source language to what every language reads.

Everything here runs inside the transaction of whoever publishes. `publish` follows each save of a page;
`refresh` follows changes of what events refer to (a place, a department, a category, an address of a page).
SEQUENCE and the time of the last change move only when something readers see changed (RFC 5545, 3.8.7.4).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import (
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from cms.folding import fold
from cms.models import CalendarDay
from cms.multilingual import LANGUAGES, SOURCE_LANGUAGE
from cms.working_calendar import WorkingCalendar
from events import feeds
from events.entries import Entry, Sources, entry
from events.enums import ChangeKind, State
from events.holidays import without_holidays
from events.ical import event_block
from events.models.event import CalendarState, Event, EventText, Occurrence
from events.models.facts import EventFacts
from events.schedule import HORIZON_MONTHS, Dated, Schedule, expand
from events.schedule_data import to_data
from locations.hours import BUCHAREST

if TYPE_CHECKING:
    from events.models.pages import EventPage

HOLIDAY_YEARS = 3
BATCH = 200
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_FACTS = [field.attname for field in EventFacts._meta.local_fields]
_TERMS = ("categories", "audiences", "languages")
UPDATED_AT_ONCE = 200


def horizon(today: date) -> date:
    """The last local date up to which occurrences are kept."""
    return today + relativedelta(months=HORIZON_MONTHS)


def restricted_paths() -> tuple[str, ...]:
    """The tree paths of the pages that are not for everybody; what lies below them is not, either."""
    return tuple(PageViewRestriction.objects.values_list("page__path", flat=True))


# -- publish ---------------------------------------------------------------------------------------------------------


def publish(page: EventPage) -> None:
    """Write what `page`, just saved, publishes: a live source page its facts, a translation its prose.

    A source page that is not live takes the event away from every language.
    """
    if page.is_source:
        if page.live:
            _publish_facts(page)
        elif page.event_id:
            withdraw([page.event_id])
    else:
        event = Event.objects.filter(key=page.translation_key).first()
        if event and page.event_id != event.pk:
            type(page).objects.filter(pk=page.pk).update(event=event)
            page.event = event
        if event:
            refresh([event.pk])


def _publish_facts(page: EventPage) -> None:
    planned = page.schedule()
    if planned is None:
        return
    event, created = Event.objects.select_for_update().get_or_create(key=page.translation_key)
    before = None if created or not event.schedule_data else event.schedule
    _set_facts(event, page, planned)
    _settle_schedule(event)
    if before and event.state == State.RESCHEDULED:
        start = _first_start(before)
        if start != _first_start(event.schedule):
            event.previous_start = start
    event.save()
    event.categories.set(page.categories.all())
    event.audiences.set(page.audiences.all())
    event.languages.set(page.languages.all())
    event.partners.set([link.organisation_id for link in page.partner_links.all()])
    event.documents.set([link.document_id for link in page.document_links.all()])
    if page.event_id != event.pk:
        type(page).objects.filter(translation_key=page.translation_key).update(event=event)
        page.event = event
    if not _is_restricted(page):
        _restore(event)
    refresh([event.pk])


def _is_restricted(page: EventPage) -> bool:
    restricted = restricted_paths()
    return bool(restricted) and page.path.startswith(restricted)


def _restore(event: Event) -> None:
    """Publish the translations again that went down with their source, as they were."""
    withdrawn, event.withdrawn = event.withdrawn, []
    if not withdrawn:
        return
    Event.objects.filter(pk=event.pk).update(withdrawn=[])
    revisions = dict(withdrawn)
    for translation in event.pages.filter(pk__in=revisions, live=False):
        # What was live: a translator's newer draft stays one.
        revision = translation.revisions.filter(pk=revisions[translation.pk]).first()
        (revision or translation.save_revision()).publish(log_action=True)


def _set_facts(event: Event, page: EventPage, planned: Schedule) -> None:
    for name in _FACTS:
        setattr(event, name, getattr(page, name))
    event.planned_data = to_data(planned)
    event.skip_public_holidays = page.skip_public_holidays


def _first_start(schedule: Schedule) -> datetime | None:
    found = expand(replace(schedule, changes=()), schedule.start_day, schedule.start_day)
    return found[0].start if found else None


def _settle_schedule(
    event: Event, today: date | None = None, calendar: WorkingCalendar | None = None
) -> None:
    """Set the schedule as it holds, with the public holidays left out, and the days it spans.

    `calendar` is the present one, for callers that settle many.
    """
    today = today or timezone.localdate()
    schedule = event.planned
    if event.skip_public_holidays:
        announced: set[date] = set()
        if event.pk:
            starts = Occurrence.objects.filter(event=event).exclude(change=ChangeKind.ADDED)
            announced = {
                timezone.localtime(start, BUCHAREST).date()
                for start in starts.values_list("original_start", flat=True)
            }
        until = date(max(today, schedule.start_day).year + HOLIDAY_YEARS, 12, 31)
        calendar = calendar or CalendarDay.objects.working_calendar()
        schedule = without_holidays(schedule, calendar, until, announced)
    event.schedule_data = to_data(schedule)
    event.first_day, event.last_day = span(schedule)


def span(schedule: Schedule) -> tuple[date, date | None]:
    """The first and last local dates that a schedule touches; no last one for a series without an end."""
    edges = [schedule.start_day]
    for change in schedule.changes:
        edges += [day for day in (change.day, change.new_day, change.end_day) if day]
    first = min(edges)
    length = timedelta(days=1)
    if schedule.end_day:
        length += schedule.end_day - schedule.start_day
    rule = schedule.rule
    if rule is None:
        last = schedule.start_day
    elif rule.until:
        last = rule.until
    elif rule.count:
        found = expand(schedule, first, date(9000, 1, 1))
        last = max((dated.last_day for dated in found), default=schedule.start_day)
    else:
        return first, None
    return first, max([*edges, last]) + length


def draft_event(page: EventPage, calendar: WorkingCalendar, today: date) -> Event | None:
    """The row that publishing `page` would write, for previews; unsaved, None while the page has no first day."""
    until = date(max(today, page.start_date or today).year + HOLIDAY_YEARS, 12, 31)
    schedule = page.schedule(calendar, until)
    if schedule is None:
        return None
    # Relations to many ask for an id, even those that are filled in below.
    event = Event(pk=page.event_id or 0, key=page.translation_key, schedule_data=to_data(schedule))
    for name in _FACTS:
        setattr(event, name, getattr(page, name))
    event._prefetched_objects_cache = {  # type: ignore[attr-defined]
        "categories": list(page.categories.all()),
        "audiences": list(page.audiences.all()),
        "languages": list(page.languages.all()),
        "partners": [link.organisation for link in page.partner_links.all()],
        "documents": [link.document for link in page.document_links.all()],
    }
    return event


@transaction.atomic
def publish_new(pages: Sequence[EventPage]) -> None:
    """Publish many source pages, saved, live and never published before: what `publish` writes for each.

    In a few statements for all of them. The feeds are left to their first readers.
    """
    today, calendar = timezone.localdate(), CalendarDay.objects.working_calendar()
    prefetch_related_objects(
        pages, "locale", "date_changes", *_TERMS, "partner_links", "document_links"
    )
    by_key, events = {}, []
    for page in pages:
        if planned := page.schedule():
            event = Event(key=page.translation_key)
            _set_facts(event, page, planned)
            _settle_schedule(event, today, calendar)
            events.append(event)
            by_key[event.key] = page
    for event in Event.objects.bulk_create(events):
        by_key[event.key].event = event
    dated = list(by_key.values())
    if not dated:
        return
    key = Page.objects.filter(pk=OuterRef(OuterRef("pk"))).values("translation_key")
    own = Event.objects.filter(key=Subquery(key)).values("pk")
    pages_of = type(dated[0])._default_manager
    pages_of.filter(pk__in=[page.pk for page in dated]).update(event=Subquery(own))
    for name in _TERMS:
        _relate(name, ((page, term.pk) for page in dated for term in getattr(page, name).all()))
    _relate(
        "partners", ((p, link.organisation_id) for p in dated for link in p.partner_links.all())
    )
    _relate("documents", ((p, link.document_id) for p in dated for link in p.document_links.all()))

    rows = list(events_with_all(Event.objects.filter(key__in=by_key)))
    sources, restricted = Sources.of(rows), restricted_paths()
    texts, occurrences = [], []
    for event in rows:
        entries = _entries(event, [by_key[event.key]], sources, restricted)
        _count_change(event, entries)
        texts += _texts(event, entries, today)
        occurrences += occurrences_of(event, horizon(today))
    Event.objects.bulk_update(rows, _COUNTED, batch_size=UPDATED_AT_ONCE)
    EventText.objects.bulk_create(texts)
    Occurrence.objects.bulk_create(occurrences)
    CalendarState.bump(timezone.now().replace(microsecond=0))


def _relate(name: str, pairs: Iterable[tuple[EventPage, int]]) -> None:
    """Write the terms, partners or documents of new events."""
    field: Any = Event._meta.get_field(name)
    column = field.m2m_reverse_field_name() + "_id"
    through = field.remote_field.through
    found = dict.fromkeys((page.event_id, pk) for page, pk in pairs)
    through.objects.bulk_create(through(**{"event_id": event, column: pk}) for event, pk in found)


# -- withdraw --------------------------------------------------------------------------------------------------------


def withdraw(events: Iterable[int]) -> None:
    """Take the events with these ids away from every page, list and feed; their translations are unpublished."""
    for event in Event.objects.filter(pk__in=list(events)):
        taken = []
        # Wagtail takes aliases down and puts them back with their source.
        versions = event.pages.filter(live=True, alias_of__isnull=True).select_related("locale")
        for translation in versions:
            if translation.locale.language_code != SOURCE_LANGUAGE:
                taken.append((translation.pk, translation.live_revision_id))
                translation.unpublish()
        if taken:
            Event.objects.filter(pk=event.pk).update(withdrawn=taken)
        refresh([event.pk])


# -- refresh ---------------------------------------------------------------------------------------------------------


def events_with_all(events: QuerySet[Event]) -> QuerySet[Event]:
    """`events` with everything that entries read."""
    return events.select_related(
        "place", "organiser_department", "organiser_organisation", "image"
    ).prefetch_related("categories", "audiences", "languages", "partners", "documents")


def refresh(events: Iterable[int], *, today: date | None = None) -> None:
    """Write anew what is published of the events with these ids: texts, feed entries, occurrences."""
    ids = list(events)
    if not ids:
        return
    today = today or timezone.localdate()
    restricted = restricted_paths()
    pages = Event._meta.get_field("pages").related_model
    found = events_with_all(Event.objects.filter(pk__in=ids)).prefetch_related(
        Prefetch(
            "pages",
            queryset=pages._default_manager.filter(live=True).select_related("locale"),
        )
    )
    rows = list(found)
    sources = Sources.of(rows)
    changed = False
    for event in rows:
        changed |= _refresh(event, sources, restricted, today)
    CalendarState.bump(timezone.now().replace(microsecond=0) if changed else None)
    if changed:
        feeds.warm()


def _refresh(event: Event, sources: Sources, restricted: tuple[str, ...], today: date) -> bool:
    """Write one event; return whether anything that readers see changed."""
    entries = _entries(event, event.pages.all(), sources, restricted)
    changed = _count_change(event, entries)
    if changed:
        Event.objects.filter(pk=event.pk).update(
            **{name: getattr(event, name) for name in _COUNTED}
        )
    _write_texts(event, entries, today)
    _write_occurrences(event, today)
    return changed


def _entries(
    event: Event, pages: Iterable[EventPage], sources: Sources, restricted: tuple[str, ...]
) -> dict[str, Entry]:
    """The entries of `event` by language, from its live `pages`; none when the source is not for everybody."""
    versions = {
        page.locale.language_code: page
        for page in pages
        if not (restricted and page.path.startswith(restricted))
    }
    if SOURCE_LANGUAGE not in versions:
        return {}
    source = versions[SOURCE_LANGUAGE]
    return {code: entry(event, versions.get(code, source), code, sources) for code in LANGUAGES}


_COUNTED = ("digest", "public", "sequence", "content_modified", "created_at")


def _count_change(event: Event, entries: dict[str, Entry]) -> bool:
    """Count what readers see otherwise than before on `event`, unsaved; return whether there is anything."""
    digest, public = _digest(event, entries), bool(entries)
    if (digest, public) == (event.digest, event.public):
        return False
    event.content_modified = timezone.now().replace(microsecond=0)
    if event.digest:
        event.sequence += 1
    else:
        event.created_at = event.content_modified
    event.digest, event.public = digest or event.digest, public
    return True


def _digest(event: Event, entries: dict[str, Entry]) -> str:
    """What readers see, in short; "" when they see nothing."""
    if not entries:
        return ""
    seen = hashlib.sha256()
    for code, item in entries.items():
        neutral = replace(item.feed, sequence=0, modified=_EPOCH, created=_EPOCH)
        # Not the table's horizon: that moves every day and changes nothing about the event.
        seen.update(event_block(neutral, event.schedule.start_day).encode())
        seen.update(json.dumps([code, item.card], sort_keys=True, ensure_ascii=False).encode())
    terms = [a.slug for a in event.audiences.all()] + [p.key for p in event.partners.all()]
    seen.update("\n".join(terms).encode())
    return seen.hexdigest()


def _write_texts(event: Event, entries: dict[str, Entry], today: date) -> None:
    if not entries:
        EventText.objects.filter(event=event).delete()
        return
    EventText.objects.bulk_create(
        _texts(event, entries, today),
        update_conflicts=True,
        unique_fields=["event", "language"],
        update_fields=["page", "title", "text_language", "folded", "card", "ical"],
    )


def _texts(event: Event, entries: dict[str, Entry], today: date) -> list[EventText]:
    """The rows of an event's texts, unsaved."""
    texts = []
    for code, item in entries.items():
        feed = replace(
            item.feed,
            sequence=event.sequence,
            modified=event.content_modified,
            created=event.created_at,
        )
        texts.append(
            EventText(
                event=event,
                language=code,
                page=item.page,
                title=item.page.title,
                text_language=item.feed.text_language,
                folded=fold(item.search_text),
                card=item.card,
                ical=event_block(feed, horizon(today)),
            )
        )
    return texts


# -- occurrences -----------------------------------------------------------------------------------------------------


def occurrences_of(event: Event, until: date) -> list[Occurrence]:
    """The rows that the table must hold for `event`, up to `until` (a local date); unsaved."""
    if not event.public:
        return []
    schedule = event.schedule
    first, _last = span(schedule)
    return [_row(event, dated) for dated in expand(schedule, first, until)]


def _row(event: Event, dated: Dated) -> Occurrence:
    state = State(event.state)
    if dated.change == ChangeKind.CANCELLED:
        state = State.CANCELLED
    elif dated.change == ChangeKind.MOVED and state == State.SCHEDULED:
        state = State.RESCHEDULED
    return Occurrence(
        event=event,
        original_start=dated.original_start,
        start=dated.start,
        end=dated.end,
        first_day=dated.first_day,
        last_day=dated.last_day,
        all_day=dated.all_day,
        multi_day=dated.last_day > dated.first_day,
        status=state,
        change=dated.change or "",
        change_data=_change_data(dated),
    )


def _change_data(dated: Dated) -> dict[str, Any]:
    change = dated.date_change
    if change is None:
        return {}
    data: dict[str, Any] = {}
    if change.reason:
        data["reason"] = dict(change.reason)
    if change.title:
        data["title"] = dict(change.title)
    if change.place:
        data["place"] = change.place
    if change.place_id:
        data["place_id"] = change.place_id
    return data


_COMPARED = (
    "start",
    "end",
    "first_day",
    "last_day",
    "all_day",
    "multi_day",
    "status",
    "change",
    "change_data",
)


def _write_occurrences(event: Event, today: date) -> None:
    """Bring the table to what the schedule says: rows that stay keep their ids."""
    known = {row.original_start: row for row in Occurrence.objects.filter(event=event)}
    new, altered = [], []
    for row in occurrences_of(event, horizon(today)):
        old = known.pop(row.original_start, None)
        if old is None:
            new.append(row)
        elif any(getattr(old, name) != getattr(row, name) for name in _COMPARED):
            row.pk = old.pk
            altered.append(row)
    if known:
        Occurrence.objects.filter(pk__in=[row.pk for row in known.values()]).delete()
    if altered:
        Occurrence.objects.bulk_update(altered, _COMPARED, batch_size=500)
    Occurrence.objects.bulk_create(new, batch_size=500)


def extend(today: date | None = None) -> int:
    """Bring the series without an end, and those that end later, to the horizon of `today` (local).

    Also lets them leave out the public holidays of the years that came into sight. Returns how many
    occurrences were added.
    """
    today = today or timezone.localdate()
    series = Event.objects.public().filter(Q(last_day__isnull=True) | Q(last_day__gt=today))
    ids = list(series.values_list("pk", flat=True).order_by("pk"))
    before = Occurrence.objects.count()
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        with transaction.atomic():
            for event in Event.objects.filter(pk__in=batch, skip_public_holidays=True):
                _settle_schedule(event, today)
                event.save(update_fields=["schedule_data", "first_day", "last_day"])
            # The entries, too: dates on which the clocks change are told up to the horizon.
            refresh(batch, today=today)
    return Occurrence.objects.count() - before


# -- what follows from changes elsewhere -------------------------------------------------------------------------------


@transaction.atomic
def refresh_where(condition: Q) -> None:
    """Write anew the public events that fulfil `condition`."""
    refresh(Event.objects.filter(condition, digest__gt="").values_list("pk", flat=True).distinct())


@transaction.atomic
def refresh_below(path: str) -> None:
    """Write anew the events whose pages lie at or below the tree path `path`."""
    refresh_where(Q(pages__path__startswith=path))


@transaction.atomic
def follow_restrictions(path: str) -> None:
    """What is not for everybody in the source language is not in the others: let the events below `path` follow."""
    for event in Event.objects.filter(pages__path__startswith=path, digest__gt="").distinct():
        live = event.pages.filter(live=True).select_related("locale")
        source = next((page for page in live if page.is_source), None)
        if source is not None and _is_restricted(source):
            withdraw([event.pk])
        else:
            if source is not None:
                _restore(event)
            refresh([event.pk])


@transaction.atomic
def refresh_holidays() -> None:
    """Let the series that break on public holidays follow the working calendar, which changed."""
    # Those that are private for now, too: they come back as they are then.
    for event in Event.objects.filter(skip_public_holidays=True, digest__gt=""):
        _settle_schedule(event)
        event.save(update_fields=["schedule_data", "first_day", "last_day"])
        refresh([event.pk])
