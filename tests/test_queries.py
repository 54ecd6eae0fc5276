"""At most 15 queries for a public page, and the same number whatever the size of the city hall.

In a process that has just started too: there the first page is the one that somebody waits for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from cms.models import CalendarDay, ContentVersion
from cms.multilingual import LocalizedText
from contacts.models import ContactPoint, Department, DepartmentPlace, Person, Post
from contacts.phones import PhoneNumber
from locations.models import CalendarDayPlace, Location, OpeningHours, WeekSchedule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

LIMIT = 15
MANY = 100
FEW = 10

ADDRESSES = [
    "/ro/",
    "/ro/contact/",
    "/ro/contact/directia/",
    "/ro/contact/evenimente-publice/",
    "/ro/contact/telefoane/",
    "/ro/contact/telefoane/?q=5001",
    "/ro/contact/telefoane/?q=serviciul",
    "/ro/locatii/",
    "/ro/locatii/?kind=neighbourhood_hall",
    "/ro/locatii/manastur/",
    "/ro/locatii/city-hall-motilor-3/",
    "/ro/cautare/",
    "/ro/cautare/?q=motilor",
    "/ro/cautare/?q=nimic-de-gasit",
    "/ro/petitii/",
    "/ro/petitii/urmarire/",
    "/ro/petitii/termene/",
    "/ro/campanii/",
    "/ro/campanii/jumatate-de-ora-pe-jos/",
    "/ro/campanii/somesul-curat/",
    "/ro/campanii/cartierul-alearga/",
    "/ro/noutati/",
    "/ro/noutati/plimbari-noi-in-program/",
    "/ro/parteneriate/",
    "/ro/parteneriate/?country=HU&standing=in_force",
    "/ro/parteneriate/orasul-care-citeste/",
    "/ro/parteneriate/apel-la-parteneri/",
    "/ro/propunere-de-parteneriat/",
    "/ro/strategie/",
    "/ro/strategie/2026-2035/",
    "/ro/strategie/2026-2035/1-1/",
    "/ro/plan-de-promovare/",
    "/ro/plan-de-promovare/2027/",
    "/ro/plan-de-promovare/2026/?department=public-events",
    "/ro/accesibilitate/",
    "/ro/despre/",
    "/ro/nu-exista/",
    "/en/",
    "/en/contact/",
    "/en/contact/directorate/",
    "/en/contact/phones/",
    "/en/places/",
    "/en/places/manastur/",
    "/en/search/?q=registry",
    "/en/petitions/",
    "/en/petitions/answer-times/",
    "/en/campaigns/",
    "/en/campaigns/half-an-hour-on-foot/",
    "/en/news/",
    "/en/news/new-walks-in-the-programme/",
    "/en/about/",
    "/en/partnerships/",
    "/en/partnerships/the-reading-city/",
    "/en/strategy/2026-2035/1-1/",
    "/en/promotion-plan/",
    "/hu/",
    "/hu/partnersegek/testvervarosunk-mintavar/",
    "/hu/partnersegek/partnerfelhivas/",
    "/hu/strategia/2014-2020/1/",
    "/hu/nepszerusitesi-terv/2027/",
    "/hu/kapcsolat/",
    "/hu/kapcsolat/igazgatosag/",
    "/hu/kapcsolat/telefonok/",
    "/hu/helyszinek/",
    "/hu/helyszinek/city-hall-motilor-3/",
    "/hu/kereses/?q=iktato",
    "/hu/beadvanyok/valaszidok/",
    "/hu/kampanyok/",
    "/hu/kampanyok/senki-se-egyedul-a-telefonnal/",
    "/hu/hirek/",
    "/hu/rolunk/",
]


def status_of(address: str) -> int:
    return 404 if "nu-exista" in address else 200


def queries(client: Client, address: str) -> int:
    """How many queries a page costs as things are."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == status_of(address), address
    return len(captured)


def cold(client: Client, address: str) -> int:
    """How many queries a page costs in a process that has just started."""
    cache.clear()
    ContentType.objects.clear_cache()
    return queries(client, address)


def count(client: Client, address: str) -> int:
    """How many queries a page costs once what all pages share is in the process's memory."""
    client.get(address)
    return queries(client, address)


def grow(number: int) -> None:
    """Add `number` departments, places, hours, people and posts, wired to each other and to the demo's."""
    directorate = Department.objects.get(key="directorate")
    hall = Location.objects.get(key="city-hall-motilor-3")
    places = Location.objects.bulk_create(
        Location(
            key=f"grown-{n}",
            name=LocalizedText(ro=f"Locul crescut {n}"),
            kind=Location.Kind.NEIGHBOURHOOD_HALL,
            address=f"str. Nouă nr. {n}",
            latitude="46.77",
            longitude="23.59",
        )
        for n in range(number)
    )
    template = OpeningHours.objects.get(key="directorate-public").schedule_data
    hours = OpeningHours.objects.bulk_create(
        OpeningHours(
            key=f"grown-{n}",
            name=LocalizedText(ro=f"Programul {n}"),
            location=place,
            published=True,
            schedule_data={**template, "place": place.key},
        )
        for n, place in enumerate(places)
    )
    WeekSchedule.objects.bulk_create(WeekSchedule(hours=row, mon="08:00-16:00") for row in hours)
    departments = Department.objects.bulk_create(
        Department(
            key=f"grown-{n}",
            name=LocalizedText(ro=f"Serviciul crescut {n}", en=f"Grown service {n}"),
            parent=directorate,
            hours=hours[n],
            sort_order=100 + n,
        )
        for n in range(number)
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(
            department=department,
            phone=PhoneNumber("+40264596030", (f"{2000 + n}",)),
            email=f"crescut{n}@example.org",
        )
        for n, department in enumerate(departments)
    )
    DepartmentPlace.objects.bulk_create(
        [
            DepartmentPlace(department=d, place=places[n], rooms=f"{n}")
            for n, d in enumerate(departments)
        ]
        + [DepartmentPlace(department=d, place=hall) for d in departments]
    )
    people = Person.objects.bulk_create(
        Person(given_name="Probă", family_name=f"Exemplu{n}") for n in range(number)
    )
    Post.objects.bulk_create(
        Post(
            department=departments[n],
            title=LocalizedText(ro="consilier"),
            person=people[n],
            person_public=True,
            phone=PhoneNumber("+40264596030", (f"{6000 + n}",)),
        )
        for n in range(number)
    )
    days = CalendarDay.objects.bulk_create(
        CalendarDay(
            name=LocalizedText(ro=f"Închis {n}"),
            kind=CalendarDay.Kind.CLOSURE,
            first_day="2026-12-02",
            last_day="2026-12-02",
            scope=CalendarDay.ScopeChoice.ONLY,
        )
        for n in range(number // 10)
    )
    CalendarDayPlace.objects.bulk_create(
        CalendarDayPlace(day=day, place=places[n]) for n, day in enumerate(days)
    )
    ContentVersion.bump()


@dataclass
class Counts:
    """By address, (queries of its first reader in a new process, queries of the second)."""

    few: dict[str, tuple[int, int]]
    many: dict[str, tuple[int, int]]


@pytest.fixture(scope="module")
def counts(demo: None, django_db_blocker: Any) -> Counts:
    """The queries of every address with ten and with a hundred more of everything; all undone."""
    client = Client()
    found = []
    with django_db_blocker.unblock():
        for number in (FEW, MANY):
            with transaction.atomic():
                grow(number)
                found.append(
                    {
                        address: (cold(client, address), queries(client, address))
                        for address in ADDRESSES
                    }
                )
                transaction.set_rollback(True)
    return Counts(*found)


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_costs_the_same_few_queries_in_a_large_city_hall(counts: Counts, address: str) -> None:
    first, second = counts.many[address]
    assert second <= first <= LIMIT
    assert counts.many[address] == counts.few[address]


@pytest.mark.sqlite
def test_every_demo_page_stays_within_the_limit(client: Client) -> None:
    """On one engine: the addresses above say that both are asked the same."""
    pages = list(Page.objects.live().filter(depth__gt=1).select_related("locale", "content_type"))
    events = [page for page in pages if page.content_type.model == "eventpage"]
    # Every eighth event stands for the others: they share a template, and each says something else.
    pages = [page for page in pages if page not in events] + events[::8]
    addresses = [page.get_url() for page in pages]
    assert len(addresses) > 3 * 26 + 15
    assert {a: n for a in addresses if (n := cold(client, a)) > LIMIT} == {}
    assert {a: n for a in addresses if (n := queries(client, a)) > LIMIT} == {}


@pytest.mark.parametrize(
    "address",
    [
        f"/{calendar}/{query}"
        for calendar in ("ro/evenimente", "en/events", "hu/esemenyek")
        for query in (
            "",
            "?view=month",
            "?view=week",
            "?category=sport&free=1",
            "?from=2000-01-01&to=2000-01-02&category=sport",
            "?q=nimic-de-gasit",
            "programme/",
        )
    ],
)
def test_the_demo_calendar_costs_at_most_twelve(client: Client, address: str) -> None:
    """With a notice about its translation, links below it, and dates at other places than usual."""
    first = cold(client, address)
    assert queries(client, address) <= first <= 12


def test_notices_about_translations_cost_no_more_than_the_limit(client: Client) -> None:
    """A page whose source is newer than its translation carries a notice, and still few queries."""
    source = Page.objects.get(url_path="/acasa/locatii/manastur/").specific
    source.summary = "Altă propoziție despre loc."
    source.save_revision().publish()
    assert cold(client, "/en/places/manastur/") <= LIMIT


def test_files_of_the_directory_cost_few_queries(client: Client) -> None:
    grow(FEW)
    few = [count(client, a) for a in ("/contacts/all.vcf", "/contacts/all.csv", "/sitemap.xml")]
    grow_more = 200
    Department.objects.bulk_create(
        Department(key=f"more-{n}", name=LocalizedText(ro=f"Încă {n}")) for n in range(grow_more)
    )
    many = [count(client, a) for a in ("/contacts/all.vcf", "/contacts/all.csv", "/sitemap.xml")]
    assert few == many


def test_alerts_and_menus_cost_no_query_for_each(client: Client) -> None:
    from tests.factories import AlertFactory

    page = Page.objects.get(url_path="/acasa/despre/")
    AlertFactory(starts_at="2026-01-01T00:00:00Z", link_page=page)
    before = count(client, "/en/accessibility/")
    for _ in range(5):
        AlertFactory(starts_at="2026-01-01T00:00:00Z", link_page=page)
    assert count(client, "/en/accessibility/") == before <= LIMIT


def test_page_of_contact_and_link_blocks_stays_within_the_limit(client: Client) -> None:
    page = Page.objects.get(url_path="/acasa/accesibilitate/").specific
    targets = Page.objects.filter(url_path__startswith="/acasa/contact/")[:2]
    page.body = [
        *(
            {"type": "contact", "value": {"department": department.pk, "title": ""}}
            for department in Department.objects.all()[:2]
        ),
        *(
            {"type": "links", "value": [{"page": target.pk, "title": "", "text": ""}]}
            for target in targets
        ),
    ]
    page.save_revision().publish()
    assert cold(client, "/ro/accesibilitate/") <= LIMIT
