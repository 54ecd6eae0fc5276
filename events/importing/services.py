"""Importing events: what an import would do, and doing it, all of it or nothing.

Events arrive as drafts below the Romanian calendar; those of a trusted calendar are published. A later import finds
them by their identifier. Where an editor changed what the partner did not, the editor's choice stays.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.html import escape, linebreaks
from django.utils.text import slugify
from django.utils.translation import gettext, override
from wagtail.coreutils import find_available_slug

from cms.folding import fold
from cms.multilingual import SOURCE_LANGUAGE, LocalizedText
from events.fields import stored
from events.importing.candidates import Candidate, Reading
from events.importing.fetch import Fetched, fetch
from events.importing.files import read_file
from events.importing.plain_text import shortened
from events.importing.plan import Plan, compare
from events.importing.problems import ImportProblem, Remark
from events.models import Category, EventDateChange, EventIndexPage, EventPage
from events.models.imports import ImportedEvent, PartnerCalendar, PendingImport, remark_data
from events.publication import span
from events.schedule import DateChange
from locations.models import Location

PENDING_HOURS: Final = 24
MAX_REMARKS: Final = 200
"""How many remarks on a nightly import are kept."""
MAX_SUMMARY: Final = 300
# The one block of the body that belongs to imports; what editors put beside it stays.
_BLOCK: Final = str(uuid.uuid5(uuid.NAMESPACE_OID, "agora.events.import"))

# Below the calendar these addresses are something else (events/urls.py).
_TAKEN_SLUGS: Final = frozenset({"programme", "poster"})

Fetcher = Callable[..., Fetched]


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be imported.

    ``calendar`` is whose events they are, None for a file of nobody's. ``fetched`` says that the bytes came from the
    calendar's own address: only then its trust covers them.
    """

    data: bytes
    name: str
    calendar: PartnerCalendar | None = None
    fetched: bool = False
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did; ``skipped`` says which changes were not written, and why."""

    plan: Plan
    skipped: tuple[Remark, ...] = ()
    published: bool = False

    @property
    def counts(self) -> dict[str, int]:
        return {**self.plan.counts, "skipped": len(self.skipped)}


# -- who may -----------------------------------------------------------------------------------------------------------


def calendar_index() -> EventIndexPage | None:
    """The page that imported events go below: the calendar in the source language."""
    pages = EventIndexPage.objects.filter(locale__language_code=SOURCE_LANGUAGE)
    return pages.order_by("-live", "path").first()


def may_import(user: Any) -> bool:
    """Whether a user may add events."""
    index = calendar_index()
    return bool(index and index.permissions_for_user(user).can_add_subpage())


def _publishes(source: Source, user: Any, index: EventIndexPage) -> bool:
    """Whether the events need nobody's eye: they come from where a trusted calendar is, or from who may publish."""
    if source.calendar is None or not source.calendar.trusted:
        return False
    if source.fetched:
        return True
    return user is not None and index.permissions_for_user(user).can_publish_subpage()


# -- dry run -----------------------------------------------------------------------------------------------------------


def fetch_calendar(
    calendar: PartnerCalendar, *, only_changed: bool = False, fetcher: Fetcher | None = None
) -> Source | None:
    """Read a partner's calendar at its address; None when ``only_changed`` and it did not change.

    Raises ImportProblem.
    """
    fetched = (fetcher or fetch)(calendar.url, etag=calendar.etag if only_changed else "")
    if fetched.unchanged:
        return None
    return Source(fetched.data, calendar.name, calendar, fetched=True, etag=fetched.etag)


def dry_run(source: Source, today: date | None = None) -> Plan:
    """What importing ``source`` would do; writes nothing. Raises ImportProblem."""
    return _plan(source, today or timezone.localdate())[0]


def fingerprint(plan: Plan) -> str:
    """Names what a plan would do: an import is confirmed for the plan that was shown and no other."""
    content = [
        [(candidate.uid, candidate.digest) for candidate in (*plan.new, *plan.changed)],
        sorted(plan.gone),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _plan(source: Source, today: date) -> tuple[Plan, dict[str, ImportedEvent]]:
    reading, is_calendar = read_file(
        source.data,
        f"{source.name}.ics" if source.fetched else source.name,
        today,
        place_keys=frozenset(Location.objects.values_list("key", flat=True)),
        category_slugs=frozenset(Category.objects.values_list("slug", flat=True)),
        own_domain=settings.AGORA_UID_DOMAIN,
    )
    known = {
        row.uid: row
        for row in ImportedEvent.objects.filter(calendar=source.calendar).select_related("page")
    }
    thrown_away = {uid for uid, row in known.items() if row.page_id is None}
    reading = _without(reading, thrown_away)
    plan = compare(
        reading,
        {uid: "" if row.gone_at else row.digest for uid, row in known.items()},
        is_whole=is_calendar and source.calendar is not None,
        over=thrown_away
        | {
            uid
            for uid, row in known.items()
            if row.gone_at or (row.last_day is not None and row.last_day < today)
        },
    )
    return plan, known


def _without(reading: Reading, thrown_away: set[str]) -> Reading:
    notes = [
        Remark("thrown_away", uid=candidate.uid, title=candidate.title, row=candidate.row)
        for candidate in reading.candidates
        if candidate.uid in thrown_away
    ]
    kept = tuple(item for item in reading.candidates if item.uid not in thrown_away)
    return replace(reading, candidates=kept, notes=(*reading.notes, *notes))


# -- import ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def apply(
    source: Source,
    *,
    user: Any = None,
    now: datetime | None = None,
    expected: str | None = None,
) -> Outcome:
    """Import ``source``; all of it, or nothing when anything fails.

    Args:
        source: What is to be imported.
        user: Who confirmed it, None for the nightly run. The caller has checked ``may_import``.
        now: The moment (aware) that counts as the import's; by default the current one.
        expected: The ``fingerprint`` of the plan that was confirmed. None, for the nightly run: any, unless most of
            the coming events are gone.

    Raises:
        ImportProblem: Code "plan_changed" when the plan is not the expected one, "vanished" when too many events are
            gone for a run that nobody looks at, and those of reading the file.
    """
    now = now or timezone.now()
    index = calendar_index()
    if index is None:
        raise ImportProblem("no_index")
    # One import at a time: the second one sees what the first has written.
    EventIndexPage.objects.select_for_update().get(pk=index.pk)
    plan, known = _plan(source, timezone.localdate(now))
    if expected is None and plan.is_sweeping:
        raise ImportProblem("vanished", count=len(plan.gone), total=plan.expected)
    if expected is not None and fingerprint(plan) != expected:
        raise ImportProblem("plan_changed")
    work = _Work(source, user, now, index, _publishes(source, user, index))
    for candidate in plan.new:
        work.create(candidate)
    for candidate in plan.changed:
        work.update(candidate, known[candidate.uid])
    for uid in plan.gone:
        work.take_down(known[uid])
    seen = [candidate.uid for candidate in plan.unchanged]
    ImportedEvent.objects.filter(calendar=source.calendar, uid__in=seen).update(seen_at=now)
    outcome = Outcome(plan, tuple(work.skipped), work.publishes)
    if source.calendar is not None and source.fetched:
        # What was skipped is to be tried again: then the next run must read the file again.
        _record_success(source.calendar, now, outcome, "" if work.skipped else source.etag)
    return outcome


@dataclass(slots=True)
class _Work:
    """The writing of one import."""

    source: Source
    user: Any
    now: datetime
    index: EventIndexPage
    publishes: bool
    skipped: list[Remark] = field(default_factory=list)
    places: dict[str, Location] = field(init=False)
    categories: dict[str, Category] = field(init=False)

    def __post_init__(self) -> None:
        self.places, self.categories = {}, {}
        for place in Location.objects.all():
            for name in (place.key, *place.name.values()):
                self.places.setdefault(fold(name), place)
        for category in Category.objects.all():
            for name in (category.slug, *category.name.values()):
                self.categories.setdefault(fold(name), category)

    def create(self, candidate: Candidate) -> None:
        """A page below the calendar, published if the calendar is trusted."""
        page = EventPage(live=False, locale=self.index.locale, owner=self.user)
        calendar = self.source.calendar
        page.organiser_organisation = calendar.organisation if calendar else None
        self._write(page, candidate, None)
        page.categories = self._categories(candidate)
        wanted = slugify(candidate.title)[:180].strip("-")
        if not wanted or wanted in _TAKEN_SLUGS:
            wanted = f"eveniment-{wanted}".strip("-")
        page.slug = find_available_slug(self.index, wanted)
        self.index.add_child(instance=page)
        self._save(page, publish=self.publishes)
        ImportedEvent.objects.create(
            calendar=calendar, uid=candidate.uid, page=page, **self._memory(candidate)
        )

    def update(self, candidate: Candidate, row: ImportedEvent) -> None:
        """Bring a page up to date: the newest draft, and what is published if the calendar is trusted."""
        page = row.page
        if page is None:
            return
        if page.locked or page.workflow_in_progress:
            self.skipped.append(
                Remark("page_locked", uid=candidate.uid, title=candidate.title, row=candidate.row)
            )
            return
        # What an editor took down stays down; what an import took down comes back with its event.
        publish = self.publishes and (page.live or row.taken_down)
        draft: EventPage = page.get_latest_revision_as_object()
        if publish and page.live and page.has_unpublished_changes:
            # Readers get the partner's change, the editors' own unpublished changes stay theirs.
            self._write(page, candidate, row)
            self._save(page, publish=True)
            publish = False
        self._write(draft, candidate, row)
        self._save(draft, publish=publish)
        for name, value in self._memory(candidate).items():
            setattr(row, name, value)
        row.save()

    def take_down(self, row: ImportedEvent) -> None:
        """Note that the partner has an event no longer; readers lose it if the calendar is trusted."""
        page = row.page
        if page is not None and page.live and self.publishes:
            if page.locked:
                self.skipped.append(Remark("page_locked", uid=row.uid, title=page.title))
                return
            page.unpublish(user=self.user, log_action=True)
            row.taken_down = True
        row.gone_at = self.now
        row.save(update_fields=["gone_at", "taken_down"])

    def _save(self, page: EventPage, *, publish: bool) -> None:
        revision = page.save_revision(user=self.user, changed=True, log_action=True, clean=False)
        if publish:
            revision.publish(user=self.user, skip_permission_checks=True)

    def _memory(self, candidate: Candidate) -> dict[str, Any]:
        return {
            "digest": candidate.digest,
            "location": candidate.location,
            "state": candidate.state,
            "last_day": span(candidate.schedule)[1],
            "seen_at": self.now,
            "gone_at": None,
            "taken_down": False,
        }

    def _write(self, page: EventPage, candidate: Candidate, row: ImportedEvent | None) -> None:
        """Put the candidate into a page in memory; ``row`` is what the last import left, None for the first."""
        page.title = page.draft_title = candidate.title
        if candidate.summary or not page.summary:
            page.summary = candidate.summary or _first_words(candidate.description)
        _write_body(page, candidate)
        schedule = candidate.schedule
        page.start_date, page.start_time = schedule.start_day, schedule.start_time
        page.end_date, page.end_time = schedule.end_day, schedule.end_time
        page.recurrence = stored(schedule.rule)
        page.left_out = [day.isoformat() for day in schedule.skipped]
        page.date_changes.set([_date_change(change) for change in schedule.changes])
        if row is None or candidate.state != row.state:
            page.state = candidate.state
            page.state_reason = _in_source(candidate.reason)
        if row is None or candidate.place_key or candidate.location != row.location:
            named = candidate.place_key or candidate.location
            page.place = self.places.get(fold(named)) if named else None
            page.place_text = _in_source("" if page.place else candidate.location)
        if row is None or candidate.row is not None:
            # A calendar says nothing about these; a spreadsheet does.
            page.is_free = candidate.is_free
            page.price = _in_source(candidate.price)
            page.booking_url = candidate.booking_url
        if row is not None and candidate.row is not None and candidate.categories:
            page.categories = self._categories(candidate)

    def _categories(self, candidate: Candidate) -> list[Category]:
        found = {
            category.pk: category
            for name in candidate.categories
            if (category := self.categories.get(fold(name))) is not None
        }
        calendar = self.source.calendar
        if not found and calendar is not None and calendar.category is not None:
            return [calendar.category]
        return list(found.values())


def _in_source(text: str) -> LocalizedText:
    return LocalizedText({SOURCE_LANGUAGE: text} if text else {})


def _first_words(description: str) -> str:
    """The first paragraph, for lists."""
    return shortened(" ".join(description.split("\n\n", 1)[0].split()), MAX_SUMMARY)


def _write_body(page: EventPage, candidate: Candidate) -> None:
    html = linebreaks(candidate.description, autoescape=True) if candidate.description else ""
    if candidate.url:
        with override(SOURCE_LANGUAGE):
            label = gettext("On the organiser's site")
        html += f'<p><a href="{escape(candidate.url)}">{escape(label)}</a></p>'
    blocks = [dict(block) for block in page.body.raw_data] if page.body else []
    at = next((i for i, block in enumerate(blocks) if block.get("id") == _BLOCK), None)
    block = {"type": "paragraph", "value": html, "id": _BLOCK}
    if at is not None:
        blocks[at : at + 1] = [block] if html else []
    elif html:
        blocks.insert(0, block)
    page.body = json.dumps(blocks)


def _date_change(change: DateChange) -> EventDateChange:
    return EventDateChange(
        kind=change.kind,
        day=change.day,
        new_day=change.new_day,
        start_time=change.start_time,
        end_day=change.end_day,
        end_time=change.end_time,
        reason=LocalizedText(change.reason),
        title=LocalizedText(change.title),
        place_text=change.place,
    )


# -- the nightly run ---------------------------------------------------------------------------------------------------


def run(
    calendar: PartnerCalendar, *, now: datetime | None = None, fetcher: Fetcher | None = None
) -> Outcome | None:
    """Read and import a partner's calendar and record how it went; None when it did not change.

    Raises ImportProblem after recording it.
    """
    now = now or timezone.now()
    try:
        source = fetch_calendar(calendar, only_changed=True, fetcher=fetcher)
        if source is None:
            PartnerCalendar.objects.filter(pk=calendar.pk).update(
                last_run_at=now,
                last_success_at=now,
                last_status=PartnerCalendar.Status.WORKS,
                last_message={},
            )
            return None
        return apply(source, now=now)
    except ImportProblem as problem:
        record_failure(calendar, problem, now)
        raise


def record_failure(
    calendar: PartnerCalendar, problem: ImportProblem, now: datetime | None = None
) -> None:
    """Record that a calendar could not be imported. What the last success left stays on record."""
    params = {name: str(value) for name, value in problem.params.items()}
    PartnerCalendar.objects.filter(pk=calendar.pk).update(
        last_run_at=now or timezone.now(),
        last_status=PartnerCalendar.Status.FAILS,
        last_message={"code": problem.code, "params": params},
    )


def _record_success(calendar: PartnerCalendar, now: datetime, outcome: Outcome, etag: str) -> None:
    remarks = [*outcome.plan.refused, *outcome.skipped, *outcome.plan.notes][:MAX_REMARKS]
    PartnerCalendar.objects.filter(pk=calendar.pk).update(
        last_run_at=now,
        last_success_at=now,
        last_status=PartnerCalendar.Status.WORKS,
        last_message={},
        last_counts=outcome.counts,
        last_remarks=[remark_data(remark) for remark in remarks],
        etag=etag,
    )


# -- between a dry run and its confirmation ----------------------------------------------------------------------------


def hold(source: Source, user: Any) -> PendingImport:
    """Keep what a user is about to look at: one dry run for each, for PENDING_HOURS."""
    forget_pending()
    PendingImport.objects.filter(user=user).delete()
    return PendingImport.objects.create(
        user=user,
        calendar=source.calendar,
        name=source.name,
        data=source.data,
        fetched=source.fetched,
        etag=source.etag,
    )


def forget_pending(now: datetime | None = None) -> None:
    """Throw away the dry runs that nobody confirmed in time."""
    cutoff = (now or timezone.now()) - timedelta(hours=PENDING_HOURS)
    PendingImport.objects.filter(made_at__lt=cutoff).delete()


def held(pending: PendingImport) -> Source:
    """The source of a dry run that waits to be confirmed."""
    return Source(
        bytes(pending.data), pending.name, pending.calendar, pending.fetched, pending.etag
    )
