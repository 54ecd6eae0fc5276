"""Synthetic events in any number, for measuring and for tests of scale.

They are the same for the same seed on the same day: number 17 is number 17, however many are asked for. Nobody could
take them for real ones: each says in its title and its text that it was generated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Locale

from cms.bulk_pages import insert_pages
from cms.multilingual import SOURCE_LANGUAGE, LocalizedText
from contacts.models import Department, Organisation
from events import publication
from events.enums import ChangeKind, State
from events.fields import stored
from events.models import (
    Audience,
    Category,
    Event,
    EventDateChange,
    EventIndexPage,
    EventPage,
    EventPartner,
    SpokenLanguage,
)
from events.recurrence import Frequency, Rule
from locations.models import Location

AT_ONCE: Final = 500
PAST_DAYS: Final = 182
AHEAD_DAYS: Final = 365
# One in three is a weekly series; of the others, one in five lasts several days.
EVERY_SERIES: Final = 3

_WHAT: Final = (
    "concert",
    "atelier",
    "expoziție",
    "proiecție de film",
    "târg",
    "cros",
    "dezbatere",
    "vizită ghidată",
    "cursă de bicicletă",
    "lectură publică",
)
_TEXT: Final = "Text de probă, generat automat pentru măsurători. Nu este un eveniment real."
_REASON: Final = LocalizedText(
    ro="Motiv de probă, generat automat.",
    en="A sample reason, generated.",
    hu="Generált mintaindok.",
)


def seed_key(kind: str, seed: int, number: int) -> UUID:
    """The identity of a synthetic page, the same on every machine."""
    return uuid5(NAMESPACE_URL, f"https://example.org/agora-scale/{kind}/{seed}/{number}")


@dataclass(frozen=True)
class Surroundings:
    """What synthetic events refer to: what there is, else a few made up."""

    categories: list[Category]
    audiences: list[Audience]
    languages: list[SpokenLanguage]
    places: list[Location]
    departments: list[Department]
    organisations: list[Organisation]

    @classmethod
    def found_or_made(cls) -> Surroundings:
        """Read what the site has; where it has none, make some."""
        return cls(
            categories=_terms(Category, "Categoria"),
            audiences=_terms(Audience, "Publicul"),
            languages=_terms(SpokenLanguage, "Limba"),
            places=_places(),
            departments=list(Department.objects.order_by("key")),
            organisations=list(Organisation.objects.order_by("key")),
        )


def _terms(model: Any, word: str, number: int = 6) -> list[Any]:
    found = list(model.objects.order_by("slug"))
    return found or [
        model.objects.create(
            slug=f"sintetic-{n}", name=LocalizedText(ro=f"{word} sintetică {n}"), sort_order=n
        )
        for n in range(1, number + 1)
    ]


def _places(number: int = 6) -> list[Location]:
    found = list(Location.objects.order_by("key"))
    return found or [
        Location.objects.create(
            key=f"sintetic-{n}",
            name=LocalizedText(ro=f"Locul sintetic {n}"),
            kind=Location.Kind.OTHER,
            address=f"Strada Sintetică nr. {n}",
        )
        for n in range(1, number + 1)
    ]


def seed_events(
    index: EventIndexPage,
    number: int,
    seed: int,
    today: date,
    progress: Callable[[int], None] = lambda made: None,
) -> int:
    """Publish the synthetic events 0 … `number` - 1 of `seed` below `index`, dated around `today` (a local date).

    Those that were made before stay as they are, also if somebody deleted them since. Each batch is a transaction of
    its own; `progress` hears how many were made. Returns that.
    """
    known = set(Event.objects.values_list("key", flat=True))
    keys = ((n, seed_key("events", seed, n)) for n in range(number))
    missing = [(n, key) for n, key in keys if key not in known]
    around = Surroundings.found_or_made()
    locale = Locale.objects.get(language_code=SOURCE_LANGUAGE)
    made = 0
    for start in range(0, len(missing), AT_ONCE):
        planned = [
            _Planned.of(n, key, seed, today, around, locale)
            for n, key in missing[start : start + AT_ONCE]
        ]
        with transaction.atomic():
            _publish(index, planned)
        made += len(planned)
        progress(made)
    if made and connection.vendor == "postgresql":
        # Until its own look at them, the planner takes tables that grew at once for empty.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return made


@dataclass(frozen=True)
class _Planned:
    """A page and what belongs to it, unsaved."""

    page: EventPage
    categories: list[Category]
    audiences: list[Audience]
    languages: list[SpokenLanguage]
    parts: list[EventDateChange | EventPartner]

    @classmethod
    def of(
        cls, number: int, key: UUID, seed: int, today: date, around: Surroundings, locale: Locale
    ) -> _Planned:
        # Of a text: a generator of its own for each event, the same in every version of Python 3.
        chance = Random(f"{seed}/{number}")  # noqa: S311  (nothing secret)
        now = timezone.now()
        free = chance.random() < 0.7
        department, organisation = _organiser(chance, around)
        page = EventPage(
            translation_key=key,
            locale=locale,
            title=f"Eveniment sintetic {number + 1}: {chance.choice(_WHAT)}",
            slug=f"sintetic-{seed}-{number + 1}",
            summary=_TEXT,
            search_description=_TEXT,
            first_published_at=now,
            last_published_at=now,
            place=chance.choice(around.places) if chance.random() < 0.8 else None,
            organiser_department=department,
            organiser_organisation=organisation,
            is_free=free,
            price=LocalizedText() if free else LocalizedText(ro="20 lei", en="20 lei", hu="20 lej"),
            accessible=chance.random() < 0.5,
        )
        if page.place is None:
            page.place_text = LocalizedText(ro="Un loc sintetic în aer liber")
        _set_state(page, chance)
        parts: list[EventDateChange | EventPartner] = []
        start = today + timedelta(days=chance.randint(-PAST_DAYS, AHEAD_DAYS))
        if number % EVERY_SERIES == 0:
            rule = _weekly(start, chance)
            page.start_date = start
            _set_hours(page, chance)
            page.recurrence = stored(rule)
            page.skip_public_holidays = chance.random() < 0.25
            if chance.random() < 0.3:
                parts.append(_date_change(start, chance))
        else:
            _set_single(page, start, chance)
        if around.organisations and chance.random() < 0.1:
            parts.append(EventPartner(organisation=chance.choice(around.organisations)))
        return cls(
            page=page,
            categories=chance.sample(around.categories, k=min(len(around.categories), 1 + free)),
            audiences=chance.sample(around.audiences, k=1),
            languages=chance.sample(around.languages, k=1),
            parts=parts,
        )


def _organiser(
    chance: Random, around: Surroundings
) -> tuple[Department | None, Organisation | None]:
    drawn = chance.random()
    if drawn < 0.6 and around.departments:
        return chance.choice(around.departments), None
    if drawn < 0.8 and around.organisations:
        return None, chance.choice(around.organisations)
    return None, None


def _set_state(page: EventPage, chance: Random) -> None:
    drawn = chance.random()
    if drawn < 0.03:
        page.state, page.state_reason = State.CANCELLED, _REASON
    elif drawn < 0.04:
        page.state, page.state_reason = State.POSTPONED, _REASON
    elif drawn < 0.05:
        page.state = State.TENTATIVE


def _set_hours(page: EventPage, chance: Random) -> None:
    start = datetime.combine(
        page.start_date or date.min, time(chance.randint(9, 20), chance.choice((0, 30)))
    )
    page.start_time = start.time()
    page.end_time = (start + timedelta(minutes=30 * chance.randint(2, 6))).time()


def _weekly(start: date, chance: Random) -> Rule:
    """On the weekday of its start, at times on another one, too; two in three end after a season."""
    days = {start.weekday()}
    if chance.random() < 0.25:
        days.add(chance.randrange(7))
    weeks = chance.randint(8, 40)
    until = start + timedelta(weeks=weeks) if chance.random() < 0.67 else None
    return Rule(Frequency.WEEKLY, weekdays=tuple(sorted(days)), until=until)


def _date_change(start: date, chance: Random) -> EventDateChange:
    """One of the first dates is cancelled, or goes to the day after."""
    day = start + timedelta(weeks=chance.randint(1, 6))
    if chance.random() < 0.7:
        return EventDateChange(kind=ChangeKind.CANCELLED, day=day, reason=_REASON)
    return EventDateChange(
        kind=ChangeKind.MOVED, day=day, new_day=day + timedelta(days=1), reason=_REASON
    )


def _set_single(page: EventPage, start: date, chance: Random) -> None:
    page.start_date = start
    if chance.random() < 0.2:
        page.end_date = start + timedelta(days=chance.randint(1, 20))
        if chance.random() < 0.5:
            page.start_time, page.end_time = time(10), time(18)
    elif chance.random() < 0.9:
        _set_hours(page, chance)


def _publish(index: EventIndexPage, planned: list[_Planned]) -> None:
    """Write the pages and all that belongs to them, then publish."""
    insert_pages(index, [item.page for item in planned])
    for name in ("categories", "audiences", "languages"):
        _relate(name, [(item.page, term) for item in planned for term in getattr(item, name)])
    parts = list(_parts(planned))
    for model in (EventDateChange, EventPartner):
        model.objects.bulk_create(part for part in parts if isinstance(part, model))
    publication.publish_new([item.page for item in planned])


def _parts(planned: list[_Planned]) -> Iterator[EventDateChange | EventPartner]:
    for item in planned:
        for order, part in enumerate(item.parts):
            part.page, part.sort_order = item.page, order
            yield part


def _relate(name: str, pairs: list[tuple[EventPage, Any]]) -> None:
    field: Any = EventPage._meta.get_field(name)
    column = field.m2m_reverse_field_name() + "_id"
    through = field.remote_field.through
    through.objects.bulk_create(
        through(eventpage_id=page.pk, **{column: term.pk}) for page, term in pairs
    )
