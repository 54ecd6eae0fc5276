"""Publishing: one truth for all languages, at once, in one transaction, and nothing that was not published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.models import Locale, PageViewRestriction

from contacts.phones import parse_phone
from events.enums import State
from events.models import (
    Event,
    EventDocument,
    EventIndexPage,
    EventPage,
    EventText,
    Occurrence,
)
from events.publication import refresh
from tests.events.calendar_site import (
    CODES,
    PATHS,
    CalendarSite,
    committed,
    entries,
    json_ld,
    occurrences_on,
    only_entry,
    publish,
    soup_of,
    standing_calendar_site,
    translate,
)
from tests.factories import (
    CalendarDayFactory,
    CategoryFactory,
    ContactPointFactory,
    DepartmentFactory,
    EventPageFactory,
    LocationFactory,
    OrganisationFactory,
    SearchPageFactory,
    SiteIdentityFactory,
    text,
)
from tests.remembered import remembered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "site_tree")]

THURSDAYS = "FREQ=WEEKLY;BYDAY=TH"
TITLES = {"ro": "Concert de joi", "en": "Thursday concert", "hu": "Csütörtöki koncert"}
ADDRESSES = {code: f"{PATHS[code]}concert{'' if code == 'ro' else '-' + code}/" for code in CODES}


@pytest.fixture
def site() -> CalendarSite:
    return standing_calendar_site()


@pytest.fixture
def concert(site: CalendarSite) -> EventPage:
    """A single event in three languages, on Thursday 26 November 2026, 18:00–20:00."""
    remembered(make_concert)
    page: EventPage = site.events.get(slug="concert")
    return page


def make_concert() -> None:
    index = EventIndexPage.objects.get(locale__language_code="ro")
    page = EventPageFactory(parent=index, title=TITLES["ro"], slug="concert")
    page.save_revision().publish()
    for code in ("en", "hu"):
        translate(page, code, TITLES[code])


def calendar_of(page: EventPage) -> list[Any]:
    """What identifies and describes the stored dates of an event."""
    rows = Occurrence.objects.filter(event__key=page.translation_key).order_by("original_start")
    return list(rows.values_list("pk", "original_start", "start", "end", "status", "change"))


def days_of(page: EventPage) -> dict[date, str]:
    """State by first day."""
    rows = Occurrence.objects.filter(event__key=page.translation_key)
    return dict(rows.values_list("first_day", "status"))


def row_of(page: EventPage) -> Event:
    return Event.objects.get(key=page.translation_key)


def counted(page: EventPage) -> tuple[int, datetime]:
    event = row_of(page)
    return event.sequence, event.content_modified


def feed_bytes(client: Client, code: str = "ro") -> bytes:
    return client.get(f"/calendar/{code}/events.ics").content


def later(clock: time_machine.Traveller, **by: int) -> None:
    """Let time pass, so that times of changes differ."""
    clock.shift(timedelta(**(by or {"hours": 1})))


# -- one truth ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_one_edit_reaches_every_language_at_once(
    client: Client, concert: EventPage, code: str
) -> None:
    # The caches are warm: the very next request must be right.
    assert occurrences_on(client, PATHS[code]) == ["2026-11-26T18:00+02:00"]
    assert only_entry(client, code)["DTSTART"].dt.hour == 18

    publish(concert, start_date=date(2026, 11, 27), start_time=time(19, 30), end_time=time(22))

    assert occurrences_on(client, PATHS[code]) == ["2026-11-27T19:30+02:00"]
    assert occurrences_on(client, f"{PATHS[code]}?view=month") == ["2026-11-27T19:30+02:00"]
    soup = soup_of(client, ADDRESSES[code])
    assert [tag["data-occurrence"] for tag in soup.select("[data-occurrence]")] == [
        "2026-11-27T19:30+02:00"
    ]
    data = json_ld(soup)
    assert (data["startDate"], data["endDate"]) == (
        "2026-11-27T19:30:00+02:00",
        "2026-11-27T22:00:00+02:00",
    )
    assert data["name"] == TITLES[code]
    entry = only_entry(client, code)
    assert entry["DTSTART"].dt.isoformat() == "2026-11-27T19:30:00+02:00"
    assert (entry["SUMMARY"], entry["URL"]) == (TITLES[code], f"http://testserver{ADDRESSES[code]}")


def test_translations_repeat_facts_and_keep_their_prose(concert: EventPage) -> None:
    place = LocationFactory()
    publish(concert, state=State.CANCELLED, state_reason=text("Ger", "Frost", "Fagy"), place=place)
    assert EventText.objects.filter(event=row_of(concert)).count() == 3
    for line in EventText.objects.all():
        assert line.title == TITLES[line.language]
        assert line.card["reason"] == [text("Ger", "Frost", "Fagy")[line.language], line.language]
        assert line.card["place"].startswith(place.name[line.language])
    assert set(days_of(concert).values()) == {State.CANCELLED}


def test_prose_of_one_language_changes_nothing_about_the_others(
    concert: EventPage, clock: time_machine.Traveller
) -> None:
    later(clock)
    before = dict(EventText.objects.values_list("language", "title"))
    english = EventPage.objects.get(
        translation_key=concert.translation_key, locale__language_code="en"
    )
    publish(english, title="The Thursday concert")
    after = dict(EventText.objects.values_list("language", "title"))
    assert after == {**before, "en": "The Thursday concert"}


def test_dates_on_a_translation_are_nobody_s_truth(concert: EventPage) -> None:
    """A translation holds copies; whatever is in them, the published dates are the source's."""
    before = calendar_of(concert)
    english = EventPage.objects.get(
        translation_key=concert.translation_key, locale__language_code="en"
    )
    publish(english, start_date=date(2027, 5, 5), state=State.CANCELLED)
    assert calendar_of(concert) == before
    assert row_of(concert).state == State.SCHEDULED


def test_untranslated_event_stands_in_every_language(client: Client, site: CalendarSite) -> None:
    page = EventPageFactory(parent=site.index, title="Numai în română", slug="numai")
    for code in CODES:
        entry = only_entry(client, code)
        assert entry["SUMMARY"] == "Numai în română"
        assert entry["SUMMARY"].params["LANGUAGE"] == "ro"
        assert entry["URL"] == "http://testserver/ro/evenimente/numai/"
        assert str(entry["UID"]).startswith(str(page.translation_key))
    soup = soup_of(client, PATHS["hu"])
    link = soup.select_one("[data-occurrence] a")
    assert link["href"] == "/ro/evenimente/numai/"
    assert link.find_parent(lang="ro")


def test_translating_later_replaces_the_stand_in(client: Client, site: CalendarSite) -> None:
    page = EventPageFactory(parent=site.index, title="Târg", slug="targ")
    page.save_revision().publish()
    uid = only_entry(client, "hu")["UID"]
    translate(page, "hu", "Vásár", "vasar")
    entry = only_entry(client, "hu")
    assert (entry["UID"], entry["SUMMARY"]) == (uid, "Vásár")
    assert entry["URL"] == "http://testserver/hu/esemenyek/vasar/"
    assert only_entry(client, "en")["SUMMARY"] == "Târg"


# -- drafts, workflow, schedules ---------------------------------------------------------------------------------


def test_drafts_touch_nothing(client: Client, concert: EventPage) -> None:
    rows, state, feed = calendar_of(concert), counted(concert), feed_bytes(client)
    draft = EventPage.objects.get(pk=concert.pk)
    draft.start_date, draft.title = date(2027, 1, 7), "Schiță"
    draft.save_revision()
    assert (calendar_of(concert), counted(concert), feed_bytes(client)) == (rows, state, feed)
    assert json_ld(soup_of(client, ADDRESSES["en"]))["startDate"].startswith("2026-11-26")


def test_new_drafts_are_nowhere(client: Client, site: CalendarSite) -> None:
    page = EventPageFactory(parent=site.index, live=False)
    page.save_revision()
    assert not Event.objects.exists()
    assert not Occurrence.objects.exists()
    assert entries(client, "/calendar/ro/events.ics") == []


def test_publishing_waits_for_its_hour(
    client: Client, concert: EventPage, clock: time_machine.Traveller
) -> None:
    draft = EventPage.objects.get(pk=concert.pk)
    draft.start_date = date(2026, 12, 3)
    draft.go_live_at = timezone.now() + timedelta(hours=2)
    draft.save_revision().publish()
    assert days_of(concert) == {date(2026, 11, 26): State.SCHEDULED}
    later(clock, hours=3)
    call_command("publish_scheduled")
    assert days_of(concert) == {date(2026, 12, 3): State.SCHEDULED}
    assert occurrences_on(client, f"{PATHS['hu']}?from=2026-12-03") == ["2026-12-03T18:00+02:00"]


def test_expiry_takes_an_event_away(
    client: Client, concert: EventPage, clock: time_machine.Traveller
) -> None:
    publish(concert, expire_at=timezone.now() + timedelta(hours=2))
    assert entries(client, "/calendar/en/events.ics")
    later(clock, hours=3)
    call_command("publish_scheduled")
    for code in CODES:
        assert entries(client, f"/calendar/{code}/events.ics") == []
        assert client.get(ADDRESSES[code]).status_code == 410


# -- taken down and back -----------------------------------------------------------------------------------------


def test_unpublishing_reaches_every_language_and_republishing_restores(
    client: Client, concert: EventPage, clock: time_machine.Traveller
) -> None:
    uid = only_entry(client, "ro")["UID"]
    sequence, modified = counted(concert)
    later(clock)
    concert.unpublish()
    for code in CODES:
        assert entries(client, f"/calendar/{code}/events.ics") == []
        assert occurrences_on(client, PATHS[code]) == []
        assert client.get(ADDRESSES[code]).status_code == 410
    assert not Occurrence.objects.exists()
    assert not EventText.objects.exists()

    later(clock)
    EventPage.objects.get(pk=concert.pk).save_revision().publish()
    for code in CODES:
        entry = only_entry(client, code)
        assert (entry["UID"], entry["SUMMARY"]) == (uid, TITLES[code])
        assert occurrences_on(client, PATHS[code]) == ["2026-11-26T18:00+02:00"]
        assert client.get(ADDRESSES[code]).status_code == 200
    assert counted(concert) > (sequence, modified)


def test_restoring_leaves_a_translator_s_draft_a_draft(client: Client, concert: EventPage) -> None:
    english = EventPage.objects.get(
        translation_key=concert.translation_key, locale__language_code="en"
    )
    english.title = "Nobody has approved this"
    english.save_revision()
    concert.unpublish()
    EventPage.objects.get(pk=concert.pk).save_revision().publish()
    assert only_entry(client, "en")["SUMMARY"] == TITLES["en"]
    english.refresh_from_db()
    assert english.live
    assert english.title == TITLES["en"]
    assert english.get_latest_revision_as_object().title == "Nobody has approved this"


def test_a_translation_that_was_down_before_stays_down(client: Client, concert: EventPage) -> None:
    EventPage.objects.get(
        translation_key=concert.translation_key, locale__language_code="hu"
    ).unpublish()
    EventPage.objects.get(pk=concert.pk).unpublish()
    EventPage.objects.get(pk=concert.pk).save_revision().publish()
    assert only_entry(client, "en")["SUMMARY"] == TITLES["en"]
    assert only_entry(client, "hu")["SUMMARY"] == TITLES["ro"]
    assert client.get(ADDRESSES["hu"]).status_code == 410


def test_aliases_come_and_go_with_their_source(client: Client, site: CalendarSite) -> None:
    """wagtail-localize makes them in the other languages when the tree is synchronised; they have no revisions."""
    page = EventPageFactory(parent=site.index, title="Târg", slug="targ")
    page.save_revision().publish()
    page.copy_for_translation(Locale.objects.get(language_code="en"), alias=True)
    alias = EventPage.objects.get(alias_of=page)
    page = EventPage.objects.get(pk=page.pk)
    page.unpublish()
    assert entries(client, "/calendar/en/events.ics") == []
    EventPage.objects.get(pk=page.pk).save_revision().publish()
    alias.refresh_from_db()
    assert alias.live
    entry = only_entry(client, "en")
    assert entry["SUMMARY"] == "Târg"
    assert entry["SUMMARY"].params["LANGUAGE"] == "ro"


def test_deleting_the_source_removes_the_event(client: Client, concert: EventPage) -> None:
    concert.delete()
    for code in CODES:
        assert entries(client, f"/calendar/{code}/events.ics") == []
        assert client.get(ADDRESSES[code]).status_code in (404, 410)
    assert not Occurrence.objects.exists()
    assert not Event.objects.public().exists()


def test_deleting_a_translation_leaves_the_event(client: Client, concert: EventPage) -> None:
    EventPage.objects.get(
        translation_key=concert.translation_key, locale__language_code="en"
    ).delete()
    entry = only_entry(client, "en")
    assert entry["SUMMARY"] == TITLES["ro"]
    assert entry["URL"] == f"http://testserver{ADDRESSES['ro']}"
    assert only_entry(client, "hu")["SUMMARY"] == TITLES["hu"]


def test_deleting_the_calendar_removes_its_events(client: Client, concert: EventPage) -> None:
    EventIndexPage.objects.get(slug="evenimente").delete()
    assert not Event.objects.public().exists()
    assert not Occurrence.objects.exists()
    assert entries(client, "/calendar/hu/events.ics") == []


# -- addresses and privacy ---------------------------------------------------------------------------------------


def test_renaming_the_calendar_s_address_reaches_feeds(client: Client, concert: EventPage) -> None:
    index = EventIndexPage.objects.get(slug="evenimente")
    index.slug = "ce-se-intampla"
    committed(lambda: index.save_revision().publish())
    address = "http://testserver/ro/ce-se-intampla/concert/"
    assert only_entry(client, "ro")["URL"] == address
    assert only_entry(client, "en")["URL"] == f"http://testserver{ADDRESSES['en']}"
    link = soup_of(client, "/ro/ce-se-intampla/").select_one("[data-occurrence] a")
    assert link["href"] == "/ro/ce-se-intampla/concert/"


def test_renaming_an_event_s_address_keeps_its_uid(client: Client, concert: EventPage) -> None:
    uid = only_entry(client, "ro")["UID"]
    committed(lambda: publish(concert, slug="concertul"))
    entry = only_entry(client, "ro")
    assert (entry["UID"], entry["URL"]) == (uid, "http://testserver/ro/evenimente/concertul/")


def test_moving_an_event_reaches_feeds(
    client: Client, site: CalendarSite, concert: EventPage
) -> None:
    home = site.index.get_parent()
    home.refresh_from_db()
    other = EventIndexPage(title="Festival", slug="festival", locale=site.index.locale)
    home.specific.add_child(instance=other)
    uid = only_entry(client, "ro")["UID"]
    committed(lambda: concert.move(other, pos="last-child"))
    entry = only_entry(client, "ro")
    assert (entry["UID"], entry["URL"]) == (uid, "http://testserver/ro/festival/concert/")


@pytest.mark.parametrize("restricted", ["concert", "evenimente"])
def test_private_pages_are_nowhere_and_come_back(
    client: Client, site: CalendarSite, concert: EventPage, restricted: str
) -> None:
    home = site.index.get_parent()
    home.refresh_from_db()
    SearchPageFactory(parent=home, slug="cautare")

    def seen() -> dict[str, bool]:
        return {
            "list": TITLES["ro"] in client.get(PATHS["ro"]).content.decode(),
            "month": TITLES["ro"] in client.get(f"{PATHS['ro']}?view=month").content.decode(),
            "feed": bool(entries(client, "/calendar/ro/events.ics")),
            "feed in English": bool(entries(client, "/calendar/en/events.ics")),
            "list in Hungarian": bool(occurrences_on(client, PATHS["hu"])),
            "rss": TITLES["ro"] in client.get("/calendar/ro/events.rss").content.decode(),
            "json": TITLES["ro"] in client.get("/calendar/ro/events.json").content.decode(),
            "file": client.get(f"{ADDRESSES['ro']}event.ics").status_code == 200,
            "date": client.get(f"{ADDRESSES['ro']}20261126.ics").status_code == 200,
            "poster": client.get(f"{ADDRESSES['ro']}poster/").status_code == 200,
            "search": ADDRESSES["ro"] in client.get("/ro/cautare/?q=concert").content.decode(),
            "sitemap": ADDRESSES["ro"] in client.get("/sitemap.xml").content.decode(),
            "page": TITLES["ro"] in client.get(ADDRESSES["ro"]).content.decode(),
        }

    before = seen()
    assert all(before.values()), before
    page = concert if restricted == "concert" else site.index
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.LOGIN
    )
    during = seen()
    assert not any(during.values()), during
    restriction.delete()
    assert seen() == before


# -- what entries repeat -----------------------------------------------------------------------------------------


def renamed(thing: Any, **values: Any) -> None:
    for name, value in (values or {"name": text("Nou", "New", "Új")}).items():
        setattr(thing, name, value)
    thing.save()


def test_renaming_a_place(client: Client, site: CalendarSite) -> None:
    place = LocationFactory()
    EventPageFactory(parent=site.index, place=place)
    renamed(place)
    assert [only_entry(client, code)["LOCATION"].split(",")[0] for code in CODES] == [
        "Nou",
        "New",
        "Új",
    ]
    assert "New," in soup_of(client, PATHS["en"]).select_one("[data-occurrence]").get_text()


def test_renaming_the_place_of_one_date(client: Client, site: CalendarSite) -> None:
    place = LocationFactory()
    EventPageFactory(
        parent=site.index,
        rule=f"{THURSDAYS};COUNT=3",
        changes=[{"kind": "changed", "day": date(2026, 12, 3), "place": place}],
    )
    renamed(place)
    found = entries(client, "/calendar/en/events.ics")
    assert [str(e["LOCATION"]).split(",")[0] for e in found if "RECURRENCE-ID" in e] == ["New"]


def test_renaming_a_department_or_its_contact(client: Client, site: CalendarSite) -> None:
    department = DepartmentFactory()
    point = ContactPointFactory(department=department)
    EventPageFactory(parent=site.index, organiser_department=department)
    renamed(department)
    assert only_entry(client, "hu")["ORGANIZER"].params["CN"] == "Új"
    renamed(point, phone=parse_phone("0264 123 456"))
    assert "123 456" in only_entry(client, "hu")["CONTACT"]
    point.delete()
    assert "CONTACT" not in only_entry(client, "hu")


def test_renaming_an_organiser_or_a_partner(client: Client, site: CalendarSite) -> None:
    organiser, partner = OrganisationFactory(), OrganisationFactory(name=text("Vechi"))
    page = EventPageFactory(parent=site.index, organiser_organisation=organiser, partners=[partner])
    renamed(organiser)
    assert only_entry(client, "en")["ORGANIZER"].params["CN"] == "New"
    assert "Vechi" in client.get(page.get_url()).content.decode()
    renamed(partner, name=text("Asociația nouă"))
    content = client.get(page.get_url()).content.decode()
    assert "Asociația nouă" in content
    assert "Vechi" not in content


def test_renaming_a_category(client: Client, site: CalendarSite) -> None:
    category = CategoryFactory(slug="sport")
    EventPageFactory(parent=site.index, categories=[category])
    renamed(category)
    assert only_entry(client, "en")["CATEGORIES"].to_ical() == b"New"
    assert "New" in soup_of(client, PATHS["en"]).select_one("form").get_text()
    name = b"\r\nX-WR-CALNAME:Events: New"
    assert name in client.get("/calendar/en/category/sport.ics").content


def test_a_deleted_category_leaves_the_entries(client: Client, site: CalendarSite) -> None:
    category = CategoryFactory(slug="sport")
    page = EventPageFactory(parent=site.index, categories=[category])
    assert "CATEGORIES" in only_entry(client, "ro")
    category.delete()
    assert "CATEGORIES" not in only_entry(client, "ro")
    assert "category=sport" not in client.get(page.get_url()).content.decode()


def test_a_document_s_new_title_and_end(client: Client, site: CalendarSite) -> None:
    document = Document(title="Program")
    document.file.save("program.pdf", ContentFile(b"%PDF-1.4"))
    page = EventPageFactory(parent=site.index)
    page.document_links.add(EventDocument(document=document))
    page.save()
    assert "ATTACH" in only_entry(client, "ro")
    document.title = "Programul complet"
    document.save()
    assert "Programul complet" in client.get(page.get_url()).content.decode()
    document.delete()
    assert "ATTACH" not in only_entry(client, "ro")
    assert "Programul complet" not in client.get(page.get_url()).content.decode()


def test_renaming_the_institution(client: Client, site: CalendarSite) -> None:
    identity = SiteIdentityFactory(institution=text("Veche"))
    EventPageFactory(parent=site.index)
    assert only_entry(client, "ro")["ORGANIZER"].params["CN"] == "Veche"
    renamed(identity, institution=text("Primăria de probă"))
    assert only_entry(client, "ro")["ORGANIZER"].params["CN"] == "Primăria de probă"


# -- public holidays ---------------------------------------------------------------------------------------------

TUESDAYS = "FREQ=WEEKLY;BYDAY=TU"
NATIONAL_DAY = date(2026, 12, 1)


def test_a_series_takes_a_break_on_public_holidays(client: Client, site: CalendarSite) -> None:
    page = EventPageFactory(
        parent=site.index, start_date=date(2026, 11, 24), rule=TUESDAYS, skip_public_holidays=True
    )
    assert NATIONAL_DAY not in days_of(page)
    assert date(2026, 12, 8) in days_of(page)
    assert "2026-12-01" not in str(occurrences_on(client, page.get_url()))
    (series,) = [e for e in entries(client, "/calendar/ro/events.ics") if "RRULE" in e]
    left_out = series["EXDATE"] if isinstance(series["EXDATE"], list) else [series["EXDATE"]]
    assert NATIONAL_DAY in {item.dt.date() for group in left_out for item in group.dts}


def test_a_later_holiday_cancels_with_its_name_as_the_reason(
    client: Client, site: CalendarSite
) -> None:
    page = EventPageFactory(
        parent=site.index, start_date=date(2026, 11, 24), rule=TUESDAYS, skip_public_holidays=True
    )
    other = EventPageFactory(parent=site.index, start_date=date(2026, 11, 24), rule=TUESDAYS)
    ids, kept = calendar_of(page), counted(other)
    day = CalendarDayFactory(
        kind="holiday",
        first_day=date(2026, 12, 8),
        name=text("Zi nouă", "New holiday", "Új ünnepnap"),
    )
    assert days_of(page)[date(2026, 12, 8)] == State.CANCELLED
    assert [row[0] for row in calendar_of(page)] == [row[0] for row in ids]
    (cancelled,) = [
        e for e in entries(client, "/calendar/en/events.ics") if e["STATUS"] == "CANCELLED"
    ]
    assert cancelled["RECURRENCE-ID"].dt.date() == date(2026, 12, 8)
    assert str(cancelled["DESCRIPTION"]).startswith("New holiday")
    assert counted(other) == kept
    assert days_of(other)[date(2026, 12, 8)] == State.SCHEDULED
    # Publishing again, for another reason, neither forgets nor repeats it.
    publish(page, summary="Altceva")
    assert days_of(page)[date(2026, 12, 8)] == State.CANCELLED
    day.delete()
    assert days_of(page)[date(2026, 12, 8)] == State.SCHEDULED
    assert [row[0] for row in calendar_of(page)] == [row[0] for row in ids]


def test_a_series_that_begins_on_a_holiday_is_the_same_each_time(site: CalendarSite) -> None:
    page = EventPageFactory(
        parent=site.index, start_date=NATIONAL_DAY, rule=TUESDAYS, skip_public_holidays=True
    )
    before = days_of(page), counted(page)
    publish(page)
    CalendarDayFactory(first_day=date(2027, 6, 16))
    assert (days_of(page), counted(page)) == before


def test_a_holiday_that_came_while_an_event_was_private(site: CalendarSite) -> None:
    page = EventPageFactory(
        parent=site.index, start_date=date(2026, 11, 24), rule=TUESDAYS, skip_public_holidays=True
    )
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.LOGIN
    )
    CalendarDayFactory(kind="holiday", first_day=date(2026, 12, 8))
    restriction.delete()
    assert days_of(page).get(date(2026, 12, 8), State.CANCELLED) == State.CANCELLED
    assert days_of(page)[date(2026, 12, 15)] == State.SCHEDULED


def test_skipping_holidays_from_now_on_cancels_what_was_announced(site: CalendarSite) -> None:
    page = EventPageFactory(parent=site.index, start_date=date(2026, 11, 24), rule=TUESDAYS)
    assert days_of(page)[NATIONAL_DAY] == State.SCHEDULED
    publish(page, skip_public_holidays=True)
    assert days_of(page)[NATIONAL_DAY] == State.CANCELLED


def test_an_own_change_of_a_holiday_wins(site: CalendarSite) -> None:
    page = EventPageFactory(
        parent=site.index,
        start_date=date(2026, 11, 24),
        rule=TUESDAYS,
        skip_public_holidays=True,
        changes=[{"kind": "moved", "day": NATIONAL_DAY, "new_day": date(2026, 12, 2)}],
    )
    assert days_of(page)[date(2026, 12, 2)] == State.RESCHEDULED
    assert NATIONAL_DAY not in days_of(page)


# -- SEQUENCE, LAST-MODIFIED, bytes, rows ------------------------------------------------------------------------


def test_publishing_twice_changes_no_byte(
    client: Client, concert: EventPage, clock: time_machine.Traveller
) -> None:
    rows, state = calendar_of(concert), counted(concert)
    feeds = [feed_bytes(client, code) for code in CODES]
    later(clock)
    publish(concert)
    english = EventPage.objects.get(
        translation_key=concert.translation_key, locale__language_code="en"
    )
    publish(english)
    refresh([row_of(concert).pk])
    call_command("occurrences_rebuild", verbosity=0)
    assert (calendar_of(concert), counted(concert)) == (rows, state)
    assert [feed_bytes(client, code) for code in CODES] == feeds


def test_one_edit_moves_one_event_s_sequence(
    client: Client, site: CalendarSite, concert: EventPage, clock: time_machine.Traveller
) -> None:
    other = EventPageFactory(parent=site.index, title="Altul", rule=THURSDAYS)
    before = {e["UID"]: e.to_ical() for e in entries(client, "/calendar/ro/events.ics")}
    sequence, other_state = counted(concert)[0], counted(other)
    later(clock)
    publish(concert, end_time=time(21))
    after = {e["UID"]: e for e in entries(client, "/calendar/ro/events.ics")}
    uid = only(key for key in after if str(key).startswith(str(concert.translation_key)))
    assert after[uid]["SEQUENCE"] == sequence + 1
    assert after[uid]["LAST-MODIFIED"].dt == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert after[uid]["DTSTAMP"].dt == after[uid]["LAST-MODIFIED"].dt
    assert after[uid]["CREATED"].dt == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert [e.to_ical() for key, e in after.items() if key != uid] == [
        value for key, value in before.items() if key != uid
    ]
    assert counted(other) == other_state


@pytest.mark.parametrize(
    "invisible",
    [
        {"seo_title": "Pentru roboți"},
        {"search_description": "Descriere"},
        {"go_live_at": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
)
def test_what_no_reader_of_a_calendar_sees_moves_nothing(
    concert: EventPage, clock: time_machine.Traveller, invisible: dict[str, Any]
) -> None:
    before = counted(concert)
    later(clock)
    publish(concert, **invisible)
    assert counted(concert) == before


@pytest.mark.parametrize(
    "visible",
    [
        {"title": "Alt titlu"},
        {"summary": "Altfel."},
        {"start_time": time(17)},
        {"state": State.TENTATIVE},
        {"place_text": text("Parcul Central")},
        {"online_url": "https://example.org/live"},
        {"is_free": False},
        {"price": text("20 lei")},
        {"accessible": True},
        {"booking_url": "https://example.org/bilete"},
    ],
)
def test_what_readers_see_moves_the_sequence(
    concert: EventPage, clock: time_machine.Traveller, visible: dict[str, Any]
) -> None:
    sequence, modified = counted(concert)
    later(clock)
    publish(concert, **visible)
    assert counted(concert) == (sequence + 1, modified + timedelta(hours=1))


def test_rows_survive_changes(site: CalendarSite) -> None:
    page = EventPageFactory(parent=site.index, rule=f"{THURSDAYS};COUNT=6")
    ids = [row[0] for row in calendar_of(page)]
    assert len(ids) == 6
    page = EventPage.objects.get(pk=page.pk)
    page.date_changes.create(kind="cancelled", day=date(2026, 12, 3), reason=text("Ger"))
    page.date_changes.create(kind="moved", day=date(2026, 12, 10), new_day=date(2026, 12, 11))
    page.date_changes.create(kind="added", day=date(2026, 12, 12))
    page.title = "Altul"
    page.save_revision().publish()
    rows = calendar_of(page)
    assert set(ids) < {row[0] for row in rows}
    assert len(rows) == 7
    assert [row[4] for row in rows if row[0] in ids] == [
        State.SCHEDULED,
        State.CANCELLED,
        State.RESCHEDULED,
        *[State.SCHEDULED] * 3,
    ]
    page = EventPage.objects.get(pk=page.pk)
    page.date_changes.set([])
    page.save_revision().publish()
    assert [row[0] for row in calendar_of(page)] == ids


def test_weekly_hour_stays_over_both_changes_of_the_clocks(site: CalendarSite) -> None:
    page = EventPageFactory(
        parent=site.index, start_date=date(2026, 10, 22), rule=f"{THURSDAYS};UNTIL=20270401"
    )
    starts = Occurrence.objects.filter(event__key=page.translation_key)
    hours = {timezone.localtime(row.start).hour for row in starts}
    assert hours == {18}
    assert {row.start.astimezone(UTC).hour for row in starts} == {15, 16}
    # UNTIL keeps its last evening.
    last = starts.latest("start")
    assert last.first_day == date(2027, 4, 1)


def test_rescheduling_remembers_what_was_announced(client: Client, concert: EventPage) -> None:
    publish(concert, start_date=date(2026, 12, 3), state=State.RESCHEDULED)
    for code in CODES:
        data = json_ld(soup_of(client, ADDRESSES[code]))
        assert data["eventStatus"] == "https://schema.org/EventRescheduled"
        assert data["previousStartDate"] == "2026-11-26T18:00:00+02:00"
        assert data["startDate"] == "2026-12-03T18:00:00+02:00"
    # Another edit does not forget it.
    publish(concert, summary="Altfel")
    assert "previousStartDate" in json_ld(soup_of(client, ADDRESSES["ro"]))


# -- transactions ------------------------------------------------------------------------------------------------


class Refused(Exception):
    pass


def test_a_rollback_leaves_nothing(client: Client, concert: EventPage) -> None:
    before = calendar_of(concert), counted(concert), feed_bytes(client)
    with transaction.atomic():
        publish(concert, start_date=date(2026, 12, 3), title="Nu")
        assert calendar_of(concert) != before[0]
        transaction.set_rollback(True)
    cache.clear()
    assert (calendar_of(concert), counted(concert), feed_bytes(client)) == before
    assert occurrences_on(client, PATHS["ro"]) == ["2026-11-26T18:00+02:00"]


def test_an_event_that_cannot_be_published_is_not_saved_either(
    concert: EventPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise Refused

    monkeypatch.setattr("events.publication._write_occurrences", broken)
    page = EventPage.objects.get(pk=concert.pk)
    page.title, page.start_date = "Nu", date(2026, 12, 3)
    with pytest.raises(Refused):
        page.save()
    page.refresh_from_db()
    assert (page.title, page.start_date) == (TITLES["ro"], date(2026, 11, 26))
    assert days_of(concert) == {date(2026, 11, 26): State.SCHEDULED}


def only(items: Iterator[Any]) -> Any:
    (found,) = items
    return found
