"""The calendar's pages as visitors see them: list, month, week, archive, one event, paper; in three languages."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.utils.translation import override
from wagtail.documents.models import Document
from wagtail.models import PageViewRestriction

from contacts.phones import parse_phone
from events.enums import State
from events.models import Event, EventDocument, EventPage, EventText, Occurrence
from locations.hours import BUCHAREST
from tests.events.calendar_site import (
    CODES,
    PATHS,
    CalendarSite,
    json_ld,
    occurrences_on,
    publish,
    soup_of,
    standing_calendar_site,
    translate,
)
from tests.factories import (
    AudienceFactory,
    CalendarDayFactory,
    CategoryFactory,
    ContactPointFactory,
    DepartmentFactory,
    EventPageFactory,
    LocationFactory,
    OrganisationFactory,
    SearchPageFactory,
    SpokenLanguageFactory,
    make_user,
    text,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "site_tree")]

LIST = PATHS["ro"]
THURSDAYS = "FREQ=WEEKLY;BYDAY=TH"
VIEWS = ("", "?view=month", "?view=week")


@pytest.fixture
def site() -> CalendarSite:
    return standing_calendar_site(("ro",))


@pytest.fixture
def three() -> CalendarSite:
    return standing_calendar_site()


def add(site: CalendarSite, **values: Any) -> EventPage:
    page: EventPage = EventPageFactory(parent=site.index, **values)
    return page


def series(site: CalendarSite, **values: Any) -> EventPage:
    """Six Thursdays: one cancelled, one moved, one elsewhere, and an added Saturday."""
    return add(
        site,
        title="Seria de joi",
        slug="seria",
        rule=f"{THURSDAYS};COUNT=6",
        changes=[
            {"kind": "cancelled", "day": date(2026, 12, 3), "reason": text("Ger", "Frost", "Fagy")},
            {
                "kind": "moved",
                "day": date(2026, 12, 10),
                "new_day": date(2026, 12, 11),
                "start_time": time(19),
            },
            {"kind": "changed", "day": date(2026, 12, 17), "place_text": "Sala mică"},
            {
                "kind": "added",
                "day": date(2026, 12, 19),
                "title": text("Final", "Finale", "Finálé"),
            },
        ],
        **values,
    )


def words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split())


# -- any address is answered -------------------------------------------------------------------------------------

ODD = [
    "?from=99999-01-01",
    "?from=0000-00-00&to=x",
    "?from=1990-01-01&view=month",
    "?from=1990-01-01&view=week",
    "?from=2200-12-31&view=month",
    "?from=2200-12-31&view=week",
    "?from=2200-12-31",
    "?to=1990-01-01",
    "?to=2200-12-31",
    "?from=2026-12-31&to=2026-01-01",
    "?from=1990-01-01&to=2200-12-31",
    "?view=x",
    "?view=%00",
    "?when=x&when=",
    "?q=%00",
    f"?q={'%C8%99' * 5000}",
    f"?q={'a%20' * 1250}",
    "?q=%ED%A0%80",
    "?q=%25%27%22%3Cscript%3E_",
    "?category=nu,%00,sport",
    f"?category={',' * 5000}",
    "?place=%F0%9F%98%80&audience=../..&language=zz",
    "?free=maybe&accessible=2",
    "?%00=%00&=&&",
    "?category[]=1",
]


@pytest.mark.parametrize("address", ODD)
def test_bad_input_is_answered(client: Client, site: CalendarSite, address: str) -> None:
    add(site, title="Eveniment")
    for extra in ("", "programme/", "seria/"):
        response = client.get(f"{LIST}{extra}{address}")
        assert response.status_code == (404 if extra == "seria/" else 200), (extra, address)
        assert b"<script>_" not in response.content


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("view", VIEWS)
def test_views_in_three_languages(
    client: Client, three: CalendarSite, code: str, view: str
) -> None:
    page = add(three, title="Concert", slug="concert")
    for other in ("en", "hu"):
        translate(page, other, f"Concert {other}", f"concert-{other}")
    soup = soup_of(client, f"{PATHS[code]}{view}")
    assert soup.html["lang"] == code
    (occurrence,) = soup.select("[data-occurrence]")
    assert occurrence["data-occurrence"] == "2026-11-26T18:00+02:00"
    slug = "concert" if code == "ro" else f"concert-{code}"
    assert occurrence.select_one("a")["href"] == f"{PATHS[code]}{slug}/"
    assert "18:00" in words(occurrence)
    assert len(soup.select("h1")) == 1
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))


def test_unknown_values_are_told_and_the_rest_holds(client: Client, site: CalendarSite) -> None:
    sport = CategoryFactory(slug="sport")
    add(site, title="Cros", categories=[sport])
    add(site, title="Concert")
    soup = soup_of(client, f"{LIST}?category=sport,nimic&when=ieri&from=99999-01-01")
    notices = [words(tag) for tag in soup.select(".notice")]
    assert len(notices) == 3
    for value in ("nimic", "ieri", "99999-01-01"):
        assert any(value in notice for notice in notices)
    assert [words(tag) for tag in soup.select("[data-occurrence] a")] == ["Cros"]
    assert not soup_of(client, f"{LIST}?category=sport").select(".notice")


def test_what_a_reader_typed_is_shown_as_text(client: Client, site: CalendarSite) -> None:
    content = client.get(f"{LIST}?q=%3Cb%3Ex%3C/b%3E&category=%3Cimg%3E").content.decode()
    assert "<b>x</b>" not in content
    assert "<img>" not in content


# -- list --------------------------------------------------------------------------------------------------------


def test_list_by_day_and_hour(client: Client, site: CalendarSite) -> None:
    add(site, title="Seara", start_time=time(20), end_time=time(22))
    add(site, title="Dimineața", start_time=time(9), end_time=time(10))
    add(site, title="Toată ziua", start_time=None, end_time=None)
    add(site, title="Mâine", start_date=date(2026, 11, 24))
    assert occurrences_on(client, LIST) == [
        "2026-11-24T18:00+02:00",
        "2026-11-26",
        "2026-11-26T09:00+02:00",
        "2026-11-26T20:00+02:00",
    ]
    days = soup_of(client, LIST).select("section.day")
    assert [day["id"] for day in days if day.select("[data-occurrence]")] == [
        "d-2026-11-24",
        "d-2026-11-26",
    ]


@pytest.mark.parametrize(
    ("when", "days"),
    [
        ("today", ["2026-11-23"]),
        ("weekend", ["2026-11-28", "2026-11-29"]),
        ("week", ["2026-11-23", "2026-11-28", "2026-11-29"]),
        ("month", ["2026-11-23", "2026-11-28", "2026-11-29", "2026-11-30"]),
    ],
)
def test_periods(client: Client, site: CalendarSite, when: str, days: list[str]) -> None:
    for day in (22, 23, 28, 29, 30):
        add(site, start_date=date(2026, 11, day))
    add(site, start_date=date(2026, 12, 1))
    assert [iso[:10] for iso in occurrences_on(client, f"{LIST}?when={when}")] == days
    soup = soup_of(client, f"{LIST}?when={when}")
    current = soup.select(".chips--when [aria-current]")
    assert [tag["href"].partition("?")[2] for tag in current] == [f"when={when}"]


def test_days_asked_for(client: Client, site: CalendarSite) -> None:
    add(site, rule="FREQ=DAILY;COUNT=90")
    found = occurrences_on(client, f"{LIST}?from=2026-12-05&to=2026-12-07")
    assert [iso[:10] for iso in found] == ["2026-12-05", "2026-12-06", "2026-12-07"]
    assert len(occurrences_on(client, f"{LIST}?from=2026-12-05")) == 14
    # However long a period is asked for, a page stays a page.
    assert len(occurrences_on(client, f"{LIST}?from=2026-11-26&to=2027-12-31")) <= 62


def test_ways_on_and_back_keep_the_filters(client: Client, site: CalendarSite) -> None:
    CategoryFactory(slug="sport")
    soup = soup_of(client, f"{LIST}?from=2026-12-07&category=sport&free=1")
    steps = {tag["rel"][0]: tag["href"] for tag in soup.select("nav.pages a")}
    assert steps == {
        "prev": f"{LIST}?from=2026-11-23&category=sport&free=1",
        "next": f"{LIST}?from=2026-12-21&category=sport&free=1",
    }
    assert [tag["rel"] for tag in soup_of(client, LIST).select("nav.pages a")] == [["next"]]


def test_public_holidays_and_closed_days_are_marked(client: Client, site: CalendarSite) -> None:
    CalendarDayFactory(first_day=date(2026, 11, 25))
    for view in VIEWS:
        content = client.get(f"{LIST}{view}").content.decode()
        assert "Deratizare" in content, view
    day = soup_of(client, f"{LIST}?from=2026-12-01").select_one("#d-2026-12-01")
    assert "day--off" in day["class"]
    # Who looks for something is not told of days on which there is none.
    CategoryFactory(slug="sport")
    assert not soup_of(client, f"{LIST}?category=sport").select("#d-2026-11-25")


def test_all_filters_combine(client: Client, site: CalendarSite) -> None:
    sport, music = CategoryFactory(slug="sport"), CategoryFactory(slug="muzica")
    children, park = AudienceFactory(slug="copii"), LocationFactory(key="parc")
    hungarian = SpokenLanguageFactory(slug="hu", name=text("maghiară", "Hungarian", "magyar"))
    wanted: dict[str, Any] = {
        "title": "Cros pentru copii",
        "categories": [sport],
        "audiences": [children],
        "languages": [hungarian],
        "place": park,
        "is_free": True,
        "accessible": True,
    }
    add(site, **wanted)
    others: list[dict[str, Any]] = [
        {"categories": [music]},
        {"audiences": []},
        {"languages": []},
        {"place": None},
        {"is_free": False},
        {"accessible": False},
        {"title": "Altceva"},
        {"start_date": date(2026, 12, 24)},
    ]
    for n, other in enumerate(others):
        add(site, slug=f"altul-{n}", **{**wanted, **other})
    query = (
        "category=sport&audience=copii&language=hu&place=parc&free=1&accessible=1&q=COPII"
        "&from=2026-11-23&to=2026-11-30"
    )
    soup = soup_of(client, f"{LIST}?{query}")
    assert [words(tag) for tag in soup.select("[data-occurrence] a")] == ["Cros pentru copii"]
    # The form holds what is asked for, each filter can be taken away alone, and feeds keep them.
    form = soup.select_one("form[method=get], form:not([method])")
    chosen = {(tag["name"], tag.get("value")) for tag in form.select("[checked]")}
    assert {("category", "sport"), ("audience", "copii"), ("free", "1")} <= chosen
    assert form.select_one("[name=q]")["value"] == "COPII"
    assert form.select_one("[name=place] [selected]")["value"] == "parc"
    removals = [tag["href"] for tag in soup.select(".active a")]
    assert f"{LIST}?" in removals[0]
    assert any("category" not in href and "audience=copii" in href for href in removals)
    links = str(soup.select("link[rel=alternate]"))
    assert "/calendar/ro/events.ics?category=sport&amp;audience=copii" in links
    assert "from=" not in links


def test_empty_results_help_on(client: Client, site: CalendarSite) -> None:
    sport = CategoryFactory(slug="sport")
    add(site, title="Cros", start_date=date(2027, 2, 4), categories=[sport])
    soup = soup_of(client, f"{LIST}?category=sport")
    assert soup.select_one(".none")
    assert not soup.select("section.day")
    assert soup.select_one('a[href="#subscribe"]')
    assert soup.select_one(f'.none a[href="{LIST}"]')
    suggestion = soup.select_one('section[aria-labelledby="soon"]')
    assert "Cros" in words(suggestion)
    assert soup.select_one('meta[name="robots"]')["content"] == "noindex"


def test_busy_days_are_capped_with_a_count(client: Client, site: CalendarSite) -> None:
    page = add(site, title="Unul")
    event, line = Event.objects.get(), EventText.objects.get(language="ro")
    row = Occurrence.objects.get()
    for n in range(1, 31):
        event.pk, event.key = None, f"00000000-0000-0000-0000-{n:012}"
        event._state.adding = True
        event.save()
        line.pk, line.event, line.page = None, event, page
        line.save()
        row.pk, row.event = None, event
        row.save()
    for view, shown in (("", 20), ("?view=month", 4), ("?view=week", 31)):
        soup = soup_of(client, f"{LIST}{view}")
        assert len(soup.select("[data-occurrence]")) == shown, view
        more = [words(tag) for tag in soup.select('a.more[href*="to=2026-11-26"], .month__more a')]
        assert [re.findall(r"\d+", text)[0] for text in more] == [str(31 - shown)] * (shown < 31)
    # The day's own list has them all.
    assert len(occurrences_on(client, f"{LIST}?from=2026-11-26&to=2026-11-26")) == 31


def test_number_of_queries_does_not_grow(
    client: Client, site: CalendarSite, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        add(site, rule=THURSDAYS, place=LocationFactory(), start_time=time(8 + n))
    series(site)
    for view in VIEWS:
        client.get(f"{LIST}{view}")
        with django_assert_max_num_queries(12):
            client.get(f"{LIST}{view}")


# -- what lasts --------------------------------------------------------------------------------------------------


def test_ongoing_stands_above_the_days(client: Client, site: CalendarSite) -> None:
    add(
        site,
        title="Expoziție",
        start_date=date(2026, 11, 10),
        end_date=date(2026, 12, 6),
        start_time=None,
        end_time=None,
    )
    soup = soup_of(client, LIST)
    (item,) = soup.select(".lasting [data-occurrence]")
    assert item["data-occurrence"] == "2026-11-10"
    assert "Expoziție" in words(item)
    assert re.search(r"\b10\b.*\b6\b", words(item))
    assert not soup.select("section.day [data-occurrence]")
    assert not soup.select(".none")
    # On its first day it stands on that day; after its last, nowhere.
    first = soup_of(client, f"{LIST}?from=2026-11-10&to=2026-11-10")
    assert len(first.select("section.day [data-occurrence]")) == 1
    assert not soup_of(client, f"{LIST}?from=2026-12-07").select("[data-occurrence]")
    assert soup_of(client, f"{LIST}?from=2026-12-06").select(".lasting [data-occurrence]")


def test_many_that_last_are_capped(client: Client, site: CalendarSite) -> None:
    for _n in range(8):
        add(
            site,
            start_date=date(2026, 11, 10),
            end_date=date(2026, 12, 6),
            start_time=None,
            end_time=None,
        )
    for view in VIEWS:
        assert len(soup_of(client, f"{LIST}{view}").select(".lasting li")) == 6


def test_a_night_belongs_to_its_evening(client: Client, site: CalendarSite) -> None:
    add(site, start_time=time(22), end_time=time(4))
    (day,) = [
        tag["id"] for tag in soup_of(client, LIST).select("section.day") if tag.select("li.ev")
    ]
    assert day == "d-2026-11-26"
    assert not soup_of(client, LIST).select(".lasting")


# -- month and week ----------------------------------------------------------------------------------------------


def test_month_is_a_table_of_whole_weeks(client: Client, site: CalendarSite) -> None:
    add(site, rule=f"{THURSDAYS};COUNT=10")
    soup = soup_of(client, f"{LIST}?view=month&from=2026-12-15")
    table = soup.select_one("table")
    assert len(table.select("thead th[scope=col]")) == 7
    rows = table.select("tbody tr")
    assert len(rows) == 5
    assert all(len(row.select("td")) == 7 for row in rows)
    assert table.select_one("caption")
    assert [iso[:10] for iso in occurrences_on(client, f"{LIST}?view=month&from=2026-12-15")] == [
        "2026-12-03",
        "2026-12-10",
        "2026-12-17",
        "2026-12-24",
        "2026-12-31",
    ]
    steps = {tag["rel"][0]: tag["href"] for tag in soup.select("[rel=prev], [rel=next]")}
    assert steps == {
        "prev": f"{LIST}?view=month&from=2026-11-01",
        "next": f"{LIST}?view=month&from=2027-01-01",
    }
    assert not soup.select('[aria-current="date"]')
    today = soup_of(client, f"{LIST}?view=month").select('td[aria-current="date"]')
    assert [words(tag) for tag in today] == ["23"]


def test_every_month_and_week_can_be_reached(client: Client, site: CalendarSite) -> None:
    for view in ("month", "week"):
        address = f"{LIST}?view={view}"
        for _step in range(15):
            soup = soup_of(client, address)
            assert not soup.select(".notice")
            address = soup.select_one("[rel=next]")["href"]
        expected = "from=2028-02-01" if view == "month" else "from=2027-03-08"
        assert address.endswith(expected)


def test_week_is_a_table_of_seven_days_in_three_parts(client: Client, site: CalendarSite) -> None:
    add(site, title="Dimineața", start_time=time(11, 59))
    add(site, title="Prânzul", start_time=time(12), end_time=time(13))
    add(site, title="Seara")
    add(site, title="Toată ziua", start_time=None, end_time=None)
    table = soup_of(client, f"{LIST}?view=week").select_one("table")
    assert len(table.select("thead th[scope=col]")) == 4
    rows = table.select("tbody tr")
    assert len(rows) == 7
    assert all(row.select_one("th[scope=row]") for row in rows)
    thursday = [[words(tag) for tag in cell.select("a")] for cell in rows[3].select("td")]
    assert thursday == [["Toată ziua", "Dimineața"], ["Prânzul"], ["Seara"]]


@pytest.mark.parametrize("day", range(7))
def test_week_begins_on_monday(
    client: Client, site: CalendarSite, clock: time_machine.Traveller, day: int
) -> None:
    add(site, start_date=date(2026, 11, 23), rule="FREQ=DAILY;COUNT=14")
    clock.shift(timedelta(days=day))
    found = occurrences_on(client, f"{LIST}?view=week")
    assert [found[0][:10], found[-1][:10], len(found)] == ["2026-11-23", "2026-11-29", 7]


def test_hours_stay_over_the_change_of_the_clocks(client: Client, site: CalendarSite) -> None:
    add(site, start_date=date(2026, 10, 22), rule=f"{THURSDAYS};UNTIL=20270415")
    assert occurrences_on(client, f"{LIST}?from=2026-10-22&to=2026-10-31") == [
        "2026-10-22T18:00+03:00",
        "2026-10-29T18:00+02:00",
    ]
    for view in ("", "&view=month"):
        found = occurrences_on(client, f"{LIST}?from=2027-03-25{view}")
        assert {"2027-03-25T18:00+02:00", "2027-04-01T18:00+03:00"} <= set(found)


# -- archive -----------------------------------------------------------------------------------------------------


def test_archive_goes_back(client: Client, site: CalendarSite) -> None:
    add(site, title="Ieri", start_date=date(2026, 11, 22))
    add(site, title="Alaltăieri", start_date=date(2026, 11, 21))
    add(site, title="Anul trecut", start_date=date(2025, 11, 22))
    add(site, title="Mâine", start_date=date(2026, 11, 24))
    address = f"{LIST}?to=2026-11-22"
    assert soup_of(client, LIST).select_one(f'a[href="{address}"]')
    soup = soup_of(client, address)
    assert [words(tag) for tag in soup.select("[data-occurrence] h3 a")] == ["Ieri", "Alaltăieri"]
    assert all("ev--past" in tag["class"] for tag in soup.select("[data-occurrence]"))
    assert soup.select_one('meta[name="robots"]')["content"] == "noindex"
    earlier = soup.select_one("[rel=next]")["href"]
    assert earlier == f"{LIST}?to=2026-10-22"
    assert occurrences_on(client, f"{LIST}?to=2025-11-30") == ["2025-11-22T18:00+02:00"]


# -- states ------------------------------------------------------------------------------------------------------

SCHEMA = {
    State.SCHEDULED: "EventScheduled",
    State.TENTATIVE: "EventScheduled",
    State.CANCELLED: "EventCancelled",
    State.POSTPONED: "EventPostponed",
    State.RESCHEDULED: "EventRescheduled",
    State.MOVED_ONLINE: "EventMovedOnline",
}
SOLID = {State.CANCELLED, State.POSTPONED}


@pytest.mark.parametrize("state", SCHEMA)
def test_states_are_shown_with_their_reason(
    client: Client, site: CalendarSite, state: State
) -> None:
    page = add(
        site,
        title="Târg",
        slug="targ",
        state=state,
        state_reason=text("Motivul este gerul"),
        online_url="https://example.org/live",
        place_text=text("Parcul Central"),
    )
    for address in (LIST, f"{LIST}?view=week", page.get_url()):
        soup = soup_of(client, address)
        assert ("Motivul este gerul" in words(soup)) == (
            state != State.SCHEDULED or address != page.get_url()
        )
        struck = [words(tag) for tag in soup.select("main s")]
        assert bool(struck) == (
            state in SOLID or (state == State.MOVED_ONLINE and address == page.get_url())
        ), struck
    data = json_ld(soup)
    assert data["eventStatus"] == f"https://schema.org/{SCHEMA[state]}"
    assert data["startDate"] == "2026-11-26T18:00:00+02:00"
    if state == State.MOVED_ONLINE:
        assert data["location"] == {"@type": "VirtualLocation", "url": "https://example.org/live"}
        assert data["eventAttendanceMode"].endswith("/OnlineEventAttendanceMode")
        assert soup.select_one('a[href="https://example.org/live"]')
    else:
        assert [place["@type"] for place in data["location"]] == ["Place", "VirtualLocation"]
        assert data["eventAttendanceMode"].endswith("/MixedEventAttendanceMode")
    # Nobody should add to a calendar what will not be.
    assert bool(soup.select('a.btn[href$="event.ics"]')) == (state != State.CANCELLED)


def test_changed_dates_are_explained(client: Client, three: CalendarSite) -> None:
    series(three)
    with override("en"):
        reasons = {"ro": "Ger", "en": "Frost", "hu": "Fagy"}
    for code in CODES:
        address = f"{PATHS[code]}?from=2026-11-26&to=2026-12-31"
        found = {tag["data-occurrence"]: tag for tag in soup_of(client, address).select("li.ev")}
        assert list(found) == [
            "2026-11-26T18:00+02:00",
            "2026-12-03T18:00+02:00",
            "2026-12-11T19:00+02:00",
            "2026-12-17T18:00+02:00",
            "2026-12-19T18:00+02:00",
            "2026-12-24T18:00+02:00",
            "2026-12-31T18:00+02:00",
        ]
        cancelled = found["2026-12-03T18:00+02:00"]
        assert cancelled.select_one("s")
        assert cancelled.select_one(".tag--solid")
        assert reasons[code] in words(cancelled)
        moved = found["2026-12-11T19:00+02:00"]
        # What was announced stands beside it: Thursday the 10th, 18:00.
        assert "18:00" in words(moved)
        assert "10" in words(moved)
        assert moved.select_one(".tag")
        assert "Sala mică" in words(found["2026-12-17T18:00+02:00"])
        added = found["2026-12-19T18:00+02:00"]
        assert {"ro": "Final", "en": "Finale", "hu": "Finálé"}[code] in words(added)
        assert added.select_one(".tag")
        for plain in ("2026-11-26T18:00+02:00", "2026-12-24T18:00+02:00"):
            assert not found[plain].select(".tag")


def test_event_page_lists_its_dates(client: Client, site: CalendarSite) -> None:
    page = series(site)
    soup = soup_of(client, page.get_url())
    found = [tag["data-occurrence"] for tag in soup.select("[data-occurrence]")]
    assert found == [
        "2026-11-26T18:00+02:00",
        "2026-12-03T18:00+02:00",
        "2026-12-11T19:00+02:00",
        "2026-12-17T18:00+02:00",
        "2026-12-19T18:00+02:00",
        "2026-12-24T18:00+02:00",
        "2026-12-31T18:00+02:00",
    ]
    data = json_ld(soup)
    assert [
        (item["startDate"][:16], item["eventStatus"].rpartition("/")[2])
        for item in data["subEvent"]
    ] == [
        ("2026-11-26T18:00", "EventScheduled"),
        ("2026-12-03T18:00", "EventCancelled"),
        ("2026-12-11T19:00", "EventRescheduled"),
        ("2026-12-17T18:00", "EventScheduled"),
        ("2026-12-19T18:00", "EventScheduled"),
        ("2026-12-24T18:00", "EventScheduled"),
        ("2026-12-31T18:00", "EventScheduled"),
    ]


def test_next_date_is_one_that_takes_place(
    client: Client, site: CalendarSite, clock: time_machine.Traveller
) -> None:
    page = series(site)
    clock.move_to(datetime(2026, 12, 1, 10, tzinfo=BUCHAREST))
    data = json_ld(soup_of(client, page.get_url()))
    assert data["startDate"] == "2026-12-11T19:00:00+02:00"
    clock.move_to(datetime(2026, 12, 11, 20, tzinfo=BUCHAREST))
    # Still going on.
    assert json_ld(soup_of(client, page.get_url()))["startDate"] == "2026-12-11T19:00:00+02:00"


def test_past_event(client: Client, site: CalendarSite, clock: time_machine.Traveller) -> None:
    page = add(site, slug="trecut", booking_url="https://example.org/bilete")
    clock.move_to(datetime(2026, 11, 26, 19, 59, tzinfo=BUCHAREST))
    assert soup_of(client, page.get_url()).select_one('a.btn[href$="event.ics"]')
    clock.move_to(datetime(2026, 11, 26, 20, 1, tzinfo=BUCHAREST))
    soup = soup_of(client, page.get_url())
    assert soup.select_one(".notice--info")
    assert not soup.select('a.btn[href$="event.ics"]')
    assert not soup.select('a[href="https://example.org/bilete"]')
    assert json_ld(soup)["startDate"] == "2026-11-26T18:00:00+02:00"


def test_many_dates_are_folded_and_counted(client: Client, site: CalendarSite) -> None:
    page = add(site, start_date=date(2026, 11, 24), rule="FREQ=DAILY;COUNT=100")
    soup = soup_of(client, page.get_url())
    assert len(soup.select("[data-occurrence]")) == 60
    assert len(soup.select("details [data-occurrence]")) == 53
    assert re.search(r"\b40\b", words(soup.select_one("details.fold")))
    assert len(json_ld(soup)["subEvent"]) == 30


# -- facts -------------------------------------------------------------------------------------------------------


def test_facts_and_structured_data(client: Client, three: CalendarSite) -> None:
    place = LocationFactory(
        name=text("Casa Artelor", "House of Arts", "Művészetek Háza"),
        latitude=Decimal("46.7556"),
        longitude=Decimal("23.5561"),
        approximate=False,
    )
    department = DepartmentFactory(name=text("Evenimente", "Events office", "Rendezvények"))
    ContactPointFactory(department=department, phone=parse_phone("0264 123 456"))
    partner = OrganisationFactory(
        name=text("Asociația", "The Association", "Egyesület"), url="https://example.org/"
    )
    document = Document.objects.create(title="Programul", file=ContentFile(b"%PDF-1.4", "p.pdf"))
    page = add(
        three,
        title="Concert",
        slug="concert",
        summary="Muzică.",
        place=place,
        organiser_department=department,
        partners=[partner],
        categories=[CategoryFactory(slug="muzica", name=text("Muzică", "Music", "Zene"))],
        audiences=[AudienceFactory(slug="copii", name=text("copii", "children", "gyerekek"))],
        languages=[SpokenLanguageFactory(slug="hu", name=text("maghiară", "Hungarian", "magyar"))],
        is_free=False,
        price=text("20 lei", "20 RON", "20 lej"),
        booking_url="https://example.org/bilete",
        accessible=True,
        access_note=text("Rampă la intrare", "Ramp at the door", "Rámpa"),
    )
    page.document_links.add(EventDocument(document=document))
    page.save_revision().publish()
    translate(page, "en", "Concert", "concert")
    soup = soup_of(client, "/en/events/concert/")
    content = words(soup)
    for fact in (
        "House of Arts",
        "Events office",
        "0264 123 456",
        "The Association",
        "children",
        "Hungarian",
        "20 RON",
        "Ramp at the door",
        "Programul",
    ):
        assert fact in content, fact
    assert soup.select_one(f'a[href="{document.url}"]')
    assert soup.select_one('a[href="https://example.org/bilete"]')
    assert soup.select_one('a[href="/en/events/?category=muzica"]')
    data = json_ld(soup)
    assert data["name"] == "Concert"
    assert data["url"] == "http://testserver/en/events/concert/"
    assert data["location"]["name"] == "House of Arts"
    assert data["location"]["geo"]["latitude"] == pytest.approx(46.7556)
    assert data["isAccessibleForFree"] is False
    assert data["inLanguage"] == ["hu"]
    assert data["audience"] == [{"@type": "Audience", "audienceType": "children"}]
    assert data["organizer"]["name"] == "Events office"
    assert data["offers"]["url"] == "https://example.org/bilete"
    assert "subEvent" not in data
    links = {tag["href"] for tag in soup.select("a[href]")}
    assert "webcal://testserver/calendar/en/category/muzica.ics" in links
    assert f"webcal://testserver/calendar/en/place/{place.key}.ics" in links
    assert f"webcal://testserver/calendar/en/organiser/{department.key}.ics" in links
    assert any(href.startswith("https://calendar.google.com/calendar/render?") for href in links)
    assert any("20261126T180000%2F20261126T200000" in href for href in links)
    assert any("outlook.live.com" in href for href in links)


def test_all_day_structured_data(client: Client, site: CalendarSite) -> None:
    page = add(site, start_time=None, end_time=None, end_date=date(2026, 11, 28))
    soup = soup_of(client, page.get_url())
    data = json_ld(soup)
    assert (data["startDate"], data["endDate"]) == ("2026-11-26", "2026-11-28")
    # The end that Google takes is the day after.
    assert any("20261126%2F20261129" in tag["href"] for tag in soup.select("a[href]"))


def test_no_stated_end(client: Client, site: CalendarSite) -> None:
    page = add(site, end_time=None)
    data = json_ld(soup_of(client, page.get_url()))
    assert data["startDate"] == "2026-11-26T18:00:00+02:00"
    assert "endDate" not in data
    assert occurrences_on(client, LIST) == ["2026-11-26T18:00+02:00"]


def test_structured_data_cannot_be_left(client: Client, site: CalendarSite) -> None:
    page = add(site, title="</script><script>alert(1)</script>", slug="x")
    response = client.get(page.get_url())
    assert b"<script>alert" not in response.content
    soup = soup_of(client, page.get_url())
    assert json_ld(soup)["name"] == "</script><script>alert(1)</script>"


def test_subscribe_panel_is_for_what_is_filtered(client: Client, site: CalendarSite) -> None:
    CategoryFactory(slug="sport")
    soup = soup_of(client, f"{LIST}?category=sport&view=month&from=2026-12-01")
    panel = soup.select_one("#subscribe")
    panel = panel if panel.select("a") else panel.find_parent("section")
    links = {tag["href"] for tag in panel.select("a[href]")}
    assert "webcal://testserver/calendar/ro/events.ics?category=sport" in links
    assert (
        "https://calendar.google.com/calendar/r?cid="
        "webcal%3A%2F%2Ftestserver%2Fcalendar%2Fro%2Fevents.ics%3Fcategory%3Dsport"
    ) in links
    assert panel.select_one("svg.qr, svg[class*=qr]")
    address = "http://testserver/calendar/ro/events.ics?category=sport"
    assert address in str(panel).replace("&amp;", "&")
    assert client.get(address.removeprefix("http://testserver")).status_code == 200


# -- drafts, private pages, gone pages ---------------------------------------------------------------------------


def test_preview_of_a_draft_shows_the_draft(client: Client, site: CalendarSite) -> None:
    page = series(site)
    draft = EventPage.objects.get(pk=page.pk)
    draft.title, draft.start_date = "Seria în schiță", date(2027, 1, 7)
    draft.date_changes.set([])
    draft.save_revision()
    rows = list(Occurrence.objects.values_list("pk", "start"))
    response = draft.get_latest_revision_as_object().make_preview_request()
    assert response.status_code == 200
    content = response.content.decode()
    assert "Seria în schiță" in content
    assert 'data-occurrence="2027-01-07T18:00+02:00"' in content
    assert "2026-12-19" not in content
    assert list(Occurrence.objects.values_list("pk", "start")) == rows


def test_preview_of_a_new_event_with_terms(client: Client, site: CalendarSite) -> None:
    page = EventPage(
        title="Nou",
        slug="nou",
        start_date=date(2026, 12, 1),
        locale=site.index.locale,
        place=LocationFactory(name=text("Casa Artelor")),
        skip_public_holidays=True,
    )
    page.categories = [CategoryFactory(name=text("Muzică"))]
    response = page.make_preview_request()
    assert response.status_code == 200
    content = response.content.decode()
    assert "Casa Artelor" in content
    assert "Muzică" in content
    assert 'data-occurrence="2026-12-01"' in content
    assert not Event.objects.exists()


def test_preview_without_a_date(client: Client, site: CalendarSite) -> None:
    page = EventPage(title="Cândva", slug="candva", locale=site.index.locale)
    assert page.make_preview_request().status_code == 200


def test_preview_of_a_translation(client: Client, three: CalendarSite) -> None:
    page = add(three, title="Târg", slug="targ")
    english = translate(page, "en", "Fair", "fair")
    english.title = "The fair"
    english.save_revision()
    content = english.get_latest_revision_as_object().make_preview_request().content.decode()
    assert "The fair" in content
    assert 'data-occurrence="2026-11-26T18:00+02:00"' in content


def test_private_event_asks_for_a_login(client: Client, site: CalendarSite) -> None:
    page = add(site, title="Intern", slug="intern")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    response = client.get(page.get_url())
    assert response.status_code == 302
    assert b"Intern" not in response.content
    for rest in ("event.ics", "20261126.ics", "poster/"):
        assert client.get(f"{page.get_url()}{rest}").status_code == 404
    client.force_login(make_user("redactor", superuser=True))
    assert client.get(page.get_url()).status_code == 200


def test_private_source_is_private_in_every_language(client: Client, three: CalendarSite) -> None:
    """Its dates and place are the source's: a translation alone must not tell of the event."""
    page = add(three, title="Intern", slug="intern", place_text=text("Sala secretă"))
    translate(page, "en", "Internal", "internal")
    assert client.get("/en/events/internal/").status_code == 200
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.LOGIN
    )
    response = client.get("/en/events/internal/")
    assert response.status_code == 410
    assert "Internal" not in response.content.decode()
    assert "/en/events/internal/" not in client.get("/sitemap.xml").content.decode()
    assert occurrences_on(client, PATHS["en"]) == []
    # Publishing either of them meanwhile does not let it out.
    publish(EventPage.objects.get(pk=page.pk))
    english = EventPage.objects.get(slug="internal")
    assert not english.live
    publish(english)
    assert client.get("/en/events/internal/").status_code == 404
    restriction.delete()
    assert client.get("/en/events/internal/").status_code == 200


def test_event_that_was_taken_down_is_gone(client: Client, site: CalendarSite) -> None:
    page = publish(add(site, slug="gata"))
    page.unpublish()
    assert client.get(f"{LIST}gata/").status_code == 410
    assert client.get(f"{LIST}nu-a-fost/").status_code == 404


# -- paper -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_poster(client: Client, three: CalendarSite, code: str) -> None:
    page = add(three, title="Concert", slug="concert", place_text=text("Parc", "Park", "Park"))
    for other in ("en", "hu"):
        translate(page, other, f"Concert {other}", f"concert-{other}")
    base = f"{PATHS[code]}concert{'' if code == 'ro' else '-' + code}/"
    soup = soup_of(client, f"{base}poster/")
    assert soup.html["lang"] == code
    assert soup.select_one("svg.qr, svg[class*=qr]")
    assert f"testserver{base}" in words(soup)
    assert "18:00" in words(soup)
    assert client.get(f"{base}poster/")["X-Robots-Tag"] == "noindex"
    assert soup_of(client, base).select_one(f'a[href="{base}poster/"]')


def test_poster_sizes(client: Client, site: CalendarSite) -> None:
    page = add(site, title="Concert", slug="concert")
    bodies = {
        size: client.get(f"{page.get_url()}poster/?size={size}").content
        for size in ("", "a4", "a3", "A3", "a0", "%00", "x" * 500)
    }
    assert bodies["a3"] != bodies["a4"]
    assert bodies["A3"] == bodies["a3"]
    assert bodies[""] == bodies["a0"] == bodies["a4"] == bodies["%00"]
    assert client.get(f"{LIST}poster/").status_code == 404
    assert client.get(f"{LIST}nimic/poster/").status_code == 404


@pytest.mark.parametrize("code", CODES)
def test_programme_of_a_week(client: Client, three: CalendarSite, code: str) -> None:
    series(three)
    address = f"{PATHS[code]}programme/"
    assert occurrences_on(client, address) == ["2026-11-26T18:00+02:00"]
    soup = soup_of(client, f"{address}?from=2026-12-05")
    (cancelled,) = soup.select("[data-occurrence]")
    assert cancelled["data-occurrence"] == "2026-12-03T18:00+02:00"
    assert cancelled.select_one("s")
    assert {"ro": "Ger", "en": "Frost", "hu": "Fagy"}[code] in words(cancelled)
    assert len(soup.select(".bill__day")) == 7
    assert soup.select_one("svg.qr, svg[class*=qr]")
    assert client.get(address)["X-Robots-Tag"] == "noindex"


# -- for everybody the same --------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [LIST, f"{LIST}?view=month", f"{LIST}seria/"])
def test_pages_set_no_cookie_and_answer_304(
    client: Client, site: CalendarSite, address: str
) -> None:
    page = series(site)
    response = client.get(address)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    publish(page, title="Altul")
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 200


def test_search_finds_events_to_come(
    client: Client, site: CalendarSite, clock: time_machine.Traveller
) -> None:
    home = site.index.get_parent()
    home.refresh_from_db()
    SearchPageFactory(parent=home, slug="cautare")
    page = add(site, title="Înălțarea zmeielor", slug="zmeie")
    soup = soup_of(client, "/ro/cautare/?q=inaltarea")
    assert soup.select_one(f'main a[href="{page.get_url()}"]')
    assert "26 noiembrie" in words(soup.select_one("main"))
    clock.move_to(datetime(2026, 11, 27, 10, tzinfo=BUCHAREST))
    soup = soup_of(client, "/ro/cautare/?q=inaltarea")
    # It is over: its page may be found, its date is not announced any more.
    assert "26 noiembrie" not in words(soup.select_one("main"))
