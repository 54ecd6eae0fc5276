"""The calendar's pages as visitors see them: list, month, week, archive; in three languages."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from events.models import Event, EventText, Occurrence
from locations.hours import BUCHAREST
from tests.events.calendar_site import (
    CODES,
    PATHS,
    THURSDAYS,
    CalendarSite,
    add,
    occurrences_on,
    publish,
    series,
    soup_of,
    standing_calendar_site,
    translate,
    words,
)
from tests.factories import (
    AudienceFactory,
    CalendarDayFactory,
    CategoryFactory,
    LocationFactory,
    SearchPageFactory,
    SpokenLanguageFactory,
    text,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "site_tree")]

LIST = PATHS["ro"]
VIEWS = ("", "?view=month", "?view=week")


@pytest.fixture
def site() -> CalendarSite:
    return standing_calendar_site(("ro",))


@pytest.fixture
def three() -> CalendarSite:
    return standing_calendar_site()


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
