"""The calendar of a large city: the same few queries as a small one's, and busy days that stay readable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale

from cms.folding import fold
from events.filters import EventFilters, options, parse
from events.listing import (
    LEAST_A_DAY,
    LIST_A_DAY,
    MONTH_A_DAY,
    MOST_ONGOING,
    WEEK_A_DAY,
)
from events.models import Event, EventPage, EventText, FeedSnapshot, Occurrence
from events.seeding import seed_events
from tests.conftest import BUCHAREST
from tests.demo_rows import module_transaction
from tests.events.calendar_site import CODES, make_calendar_site, soup_of
from tests.factories import DepartmentFactory, LocationFactory, OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

LIMIT = 12
LIMIT_OF_AN_EVENT = 15
FEW, MANY = 50, 1050
NOW = datetime(2026, 11, 23, 10, tzinfo=BUCHAREST)

PAGES = [
    "/ro/evenimente/",
    "/ro/evenimente/?view=month",
    "/ro/evenimente/?view=week",
    "/ro/evenimente/?view=month&from=2027-03-01",
    "/ro/evenimente/?when=month",
    "/ro/evenimente/?to=2026-11-01",
    "/ro/evenimente/?from=2026-12-01&to=2027-01-31",
    "/ro/evenimente/?view=month&category=sintetic-1,sintetic-2&free=1",
    "/ro/evenimente/?view=week&place=locul-0",
    "/ro/evenimente/?q=eveniment",
    "/ro/evenimente/?view=month&q=eveniment+sintetic&audience=sintetic-1",
    "/ro/evenimente/programme/",
    "/en/events/",
    "/en/events/?view=month",
    "/en/events/programme/",
    "/hu/esemenyek/?view=week",
]
PAGES_OF_AN_EVENT = [
    "/ro/evenimente/sintetic-1-1/",
    "/ro/evenimente/sintetic-1-2/",
    "/ro/evenimente/sintetic-1-1/poster/",
    "/ro/evenimente/sintetic-1-1/event.ics",
]
# Nothing, or only what comes much later: read with what a list shows anyway.
EMPTY_PAGES = [
    "/ro/evenimente/?q=nimic-de-gasit",
    "/ro/evenimente/?from=2190-01-01",
    "/ro/evenimente/?from=2000-01-01&to=2000-01-02",
    "/en/events/?from=2000-01-01&to=2000-01-02&category=sintetic-1",
]
FEEDS = [
    "/calendar/ro/events.ics",
    "/calendar/en/events.rss",
    "/calendar/hu/events.json",
    "/calendar/ro/events.ics?free=1&category=sintetic-1",
    "/calendar/ro/events.rss?q=sintetic",
    "/calendar/hu/events.json?free=1&category=sintetic-1",
    "/calendar/en/category/sintetic-1.ics",
    "/calendar/ro/place/locul-0.ics",
]


def queries(address: str, **headers: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = Client().get(address, headers=headers)
    assert response.status_code in (200, 304), address
    return len(captured)


def cold(address: str) -> int:
    """The queries in a process that has just started; of a feed, whose snapshot is still to be made, too."""
    cache.clear()
    ContentType.objects.clear_cache()
    FeedSnapshot.objects.all().delete()
    return queries(address)


@dataclass
class Counts:
    """Queries by address: of what nobody has asked for yet, of what somebody has, of feeds that did not change."""

    cold: dict[str, int]
    warm: dict[str, int]
    unchanged: dict[str, int]

    @classmethod
    def now(cls) -> Counts:
        counts = cls({}, {}, {})
        for address in [*PAGES, *PAGES_OF_AN_EVENT, *EMPTY_PAGES, *FEEDS]:
            counts.cold[address] = cold(address)
            counts.warm[address] = queries(address)
        for address in FEEDS:
            etag = Client().get(address)["ETag"]
            counts.unchanged[address] = queries(address, **{"If-None-Match": etag})
        return counts


@dataclass
class Scale:
    few: Counts
    many: Counts


@pytest.fixture(scope="module")
def calendar(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scale]:
    """A calendar of 50 events that was measured and grew to 1,050; for all tests of this module."""
    with django_db_blocker.unblock(), module_transaction(), time_machine.travel(NOW, tick=False):
        for code in CODES:
            Locale.objects.get_or_create(language_code=code)
        index = make_calendar_site().index
        DepartmentFactory.create_batch(3)
        OrganisationFactory.create_batch(3)
        for number in range(4):
            LocationFactory(key=f"locul-{number}")
        measured = []
        for number in (FEW, MANY):
            seed_events(index, number, 1, timezone.localdate())
            measured.append(Counts.now())
        yield Scale(*measured)


# -- queries -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [*PAGES, *PAGES_OF_AN_EVENT])
def test_page_costs_the_same_few_queries_in_a_large_calendar(calendar: Scale, address: str) -> None:
    limit = LIMIT if address in PAGES else LIMIT_OF_AN_EVENT
    assert calendar.many.cold[address] == calendar.few.cold[address] <= limit
    assert calendar.many.warm[address] == calendar.few.warm[address] <= calendar.few.cold[address]


@pytest.mark.parametrize("address", EMPTY_PAGES)
def test_empty_page_costs_no_more_than_a_full_one(calendar: Scale, address: str) -> None:
    full = address.partition("?")[0]
    for counts in (calendar.few, calendar.many):
        assert counts.cold[address] <= counts.cold[full] <= LIMIT
        assert counts.warm[address] <= counts.warm[full]


@pytest.mark.parametrize("address", FEEDS)
def test_feed_costs_the_same_few_queries_in_a_large_calendar(calendar: Scale, address: str) -> None:
    assert calendar.many.cold[address] == calendar.few.cold[address] <= LIMIT
    assert calendar.many.warm[address] == calendar.few.warm[address] <= 5
    assert calendar.many.unchanged[address] == calendar.few.unchanged[address] <= 4


# -- busy days ---------------------------------------------------------------------------------------------------------


def days_of(context: Any) -> list[Any]:
    return (
        [day for week in context["weeks"] for day in week]
        if "weeks" in context
        else context["days"]
    )


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("view=month", MONTH_A_DAY),
        ("view=month&free=1&accessible=1", MONTH_A_DAY),
        ("view=week", WEEK_A_DAY),
        ("", LIST_A_DAY),
        ("from=2026-12-01&to=2027-01-31", LEAST_A_DAY),
        ("to=2026-11-20&category=sintetic-1", LIST_A_DAY),
    ],
)
def test_days_show_their_first_events_and_how_many_more_there_are(query: str, most: int) -> None:
    filters, unknown = parse(QueryDict(query), options())
    assert not unknown
    events = filters.narrow(Event.objects.public())
    days = days_of(Client().get(f"/en/events/?{query}").context)
    assert sum(len(day.occurrences) for day in days) > 0
    for day in days:
        rows = Occurrence.objects.filter(first_day=day.date, event__in=events.values("pk"))
        assert day.count == rows.count()
        assert day.more == day.count - len(day.occurrences)
        assert len(day.occurrences) == min(day.count, max(len(day.occurrences), 1)) <= most
        first = rows.order_by("start", "pk")[: len(day.occurrences)]
        assert [view.start for view in day.occurrences] == [row.start for row in first]


def test_month_says_how_many_more_and_leads_to_the_day() -> None:
    response = Client().get("/en/events/?view=month")
    day = max(days_of(response.context), key=lambda day: day.more)
    assert day.more > 10
    soup = soup_of(Client(), "/en/events/?view=month")
    (link,) = (a for a in soup.select("table a") if a["href"] == day.more_url and "more" in a.text)
    assert link.text.startswith(f"{day.more} more")
    shown = soup_of(Client(), link["href"]).select("[data-occurrence]")
    assert len(shown) >= day.count


def test_list_of_one_day_shows_what_the_fortnight_left_out() -> None:
    days = days_of(Client().get("/en/events/").context)
    busy = max(days, key=lambda day: day.count)
    assert busy.more
    (day,) = days_of(Client().get(busy.more_url).context)
    assert (day.count, day.more) == (busy.count, 0)


@pytest.mark.parametrize("query", ["", "view=month", "view=week", "free=1", "view=month&q=concert"])
def test_what_lasts_several_days_is_capped_with_its_true_number(query: str) -> None:
    context = Client().get(f"/en/events/?{query}").context
    filters, _unknown = parse(QueryDict(query), options())
    days = [day.date for day in days_of(context) if day.in_month]
    # The list has those that began earlier, the others all that touch their days.
    first = timezone.localdate() if filters.view == "list" else days[0]
    last = first - timedelta(days=1) if filters.view == "list" else days[-1]
    found = Occurrence.objects.filter(
        event__in=filters.narrow(Event.objects.public()).values("pk"),
        multi_day=True,
        first_day__lte=last,
        last_day__gte=first,
    )
    shown = context["ongoing"]
    assert len(shown) == min(found.count(), MOST_ONGOING)
    assert len(shown) + context["ongoing_more"] == found.count()
    ordered = found.order_by("last_day", "start", "pk")
    assert sorted(view.last_day for view in shown) == [
        row.last_day for row in ordered[:MOST_ONGOING]
    ]


def test_number_of_the_cancelled_is_not_told_when_some_were_not_counted() -> None:
    context = Client().get("/en/events/").context
    assert any(day.more for day in context["days"])
    assert "cancelled" not in context["result_text"]


# -- filters -----------------------------------------------------------------------------------------------------------


def fulfils(event: Event, filters: EventFilters) -> bool:
    """The filters, read by themselves."""
    slugs = {
        "category": {term.slug for term in event.categories.all()},
        "audience": {term.slug for term in event.audiences.all()},
        "place": {event.place.key} if event.place else set(),
        "partner": {partner.key for partner in event.partners.all()},
        "organiser": {event.organiser.key} if event.organiser else set(),
    }
    words = fold(filters.query).split()
    return (
        all(slugs[name] & set(chosen) for name, chosen in filters.chosen.items())
        and ("free" not in filters.flags or event.is_free)
        and ("accessible" not in filters.flags or event.accessible)
        and any(
            all(word in folded for word in words)
            for folded in EventText.objects.filter(event=event).values_list("folded", flat=True)
        )
    )


@pytest.mark.parametrize(
    "query",
    [
        "category=sintetic-1,sintetic-2",
        "category=sintetic-3&free=1&audience=sintetic-2",
        "q=targ",
        "q=SINTETIC concert&accessible=1",
        "partner=org-0,org-1,org-2",
    ],
)
def test_both_ways_to_filter_find_the_same(query: str) -> None:
    """Together (feeds) and row by row (pages) is a matter of speed alone."""
    known = options()
    names = [slug for slug, _names in known["partner"]]
    query = query.replace("org-0,org-1,org-2", ",".join(names[:2]))
    filters, unknown = parse(QueryDict(query), known)
    assert not unknown
    everything = Event.objects.public()
    expected = {event.pk for event in everything if fulfils(event, filters)}
    assert 0 < len(expected) < everything.count()
    together = list(filters.narrow(everything).values_list("pk", flat=True))
    assert sorted(together) == sorted(expected)
    one_by_one = Event.objects.public().filter(filters.holds_for("pk"))
    assert sorted(one_by_one.values_list("pk", flat=True)) == sorted(expected)


def test_suggestions_of_an_empty_list_come_from_far_ahead() -> None:
    # Numbers of four digits are part of no other title.
    text = EventText.objects.filter(
        language="en", folded__regex="sintetic 10[0-9]{2} ", event__first_day__gt="2027-01-31"
    ).first()
    assert text is not None
    number = text.title.split()[2].rstrip(":")
    assert len(number) == 4
    context = Client().get(f"/en/events/?q={number}").context
    assert context["empty"]
    dates = Occurrence.objects.filter(event=text.event_id).order_by("start")[:5]
    assert [view.start for view in context["suggestions"]] == [row.start for row in dates]


def test_every_page_of_an_event_is_reachable_from_its_day() -> None:
    page = EventPage.objects.get(slug="sintetic-1-2")
    row = Occurrence.objects.filter(event=page.event_id).first()
    assert row is not None
    day = row.first_day.isoformat()
    soup = soup_of(Client(), f"/ro/evenimente/?from={day}&to={day}")
    assert soup.find("a", href="/ro/evenimente/sintetic-1-2/")
