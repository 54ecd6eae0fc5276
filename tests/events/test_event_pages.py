"""The page of one event as visitors see it: its states, facts, drafts and paper; in three languages."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.utils.translation import override
from wagtail.documents.models import Document
from wagtail.models import PageViewRestriction

from contacts.phones import parse_phone
from events.enums import State
from events.models import Event, EventDocument, EventPage, Occurrence
from locations.hours import BUCHAREST
from tests.events.calendar_site import (
    CODES,
    PATHS,
    CalendarSite,
    add,
    json_ld,
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
    CategoryFactory,
    ContactPointFactory,
    DepartmentFactory,
    LocationFactory,
    OrganisationFactory,
    SpokenLanguageFactory,
    make_user,
    text,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "site_tree")]

LIST = PATHS["ro"]


@pytest.fixture
def site() -> CalendarSite:
    return standing_calendar_site(("ro",))


@pytest.fixture
def three() -> CalendarSite:
    return standing_calendar_site()


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
