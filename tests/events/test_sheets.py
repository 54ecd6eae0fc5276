"""Events taken out and brought in: dates, series, and whose they are."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageLogEntry

from events.enums import State
from events.models import EventPage
from home.roles import sync_roles
from tests.cms.sheets_admin import Desk, counts, words, wrong
from tests.factories import (
    AudienceFactory,
    CategoryFactory,
    DepartmentFactory,
    EventPageFactory,
    LocationFactory,
    OrganisationFactory,
    SpokenLanguageFactory,
    make_calendar,
    text,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def index(site_tree: Any) -> Any:
    sync_roles()
    return make_calendar()


@pytest.fixture
def desk(index: Any) -> Desk:
    """A marketing officer at the events."""
    return Desk("events", "Marketing")


def the(factory: Any, key: str) -> Any:
    """The one with this key, made where there is none."""
    return factory._meta.model.objects.filter(key=key).first() or factory(key=key)


def full(index: Any, **values: Any) -> EventPage:
    """An event with all that a row holds."""
    values = {
        "slug": "concert",
        "title": "Concert",
        "summary": "Rând\r\nșir",
        "place": the(LocationFactory, "casino"),
        "organiser_department": the(DepartmentFactory, "cultura"),
        "categories": [CategoryFactory(slug="muzica")],
        "audiences": [AudienceFactory(slug="copii")],
        "languages": [SpokenLanguageFactory()],
        "partners": [the(OrganisationFactory, "teatru")],
        "is_free": False,
        "price": text("=20 lei", "20 lei"),
        **values,
    }
    page: EventPage = EventPageFactory(parent=index, **values)
    return page


def fresh(page: Any) -> Any:
    """The page as it is stored now."""
    return EventPage.objects.get(pk=page.pk)


def new(address: str, **values: str) -> dict[str, str]:
    return {"address": address, "title": address.capitalize(), "first day": "26.11.2026", **values}


# -- bad input -------------------------------------------------------------------------------------------------------


def test_what_an_event_cannot_be_is_refused_in_its_cell(desk):
    shown = desk.dry_run(
        [
            new("a", **{"last day": "25.11.2026", "from": "", "to": ""}),
            new("b", **{"last day": "", "from": "18:00", "to": "25:00"}),
            new("c", **{"last day": "", "from": "", "to": "20:00"}),
            {**new("d", **{"last day": "", "from": "", "to": ""}), "first day": ""},
        ]
    )
    assert counts(shown) == {"wrong": 4}
    assert [(row, cell) for row, cell, _text in wrong(shown)] == [
        (2, "D2"),
        (3, "F3"),
        (4, "F4"),
        (5, "C5"),
    ]


def test_an_organiser_is_one(desk):
    DepartmentFactory(key="cultura")
    OrganisationFactory(key="teatru")
    row = new("a", organiser_department="cultura", organiser_organisation="teatru")
    ((_row, cell, sentence),) = wrong(desk.dry_run([row]))
    assert cell == "E2"
    assert "not both" in sentence


@pytest.mark.parametrize("address", ["poster", "programme"])
def test_addresses_that_are_something_else_are_refused(desk, address):
    assert wrong(desk.dry_run([new(address)]))[0][1] == "A2"


def test_links_must_be_links(desk):
    told = wrong(desk.dry_run([new("a", booking="javascript:alert(1)", **{"online at": "mâine"})]))
    assert sorted(cell for _row, cell, _text in told) == ["D2", "E2"]


# -- drafts ----------------------------------------------------------------------------------------------------------


def test_a_new_event_is_a_draft(index, desk):
    LocationFactory(key="casino")
    CategoryFactory(slug="muzica")
    desk.bring_in(
        [
            new(
                "concert",
                place="casino",
                categories="muzica",
                state="to be confirmed",
                **{"from": "18.00", "to": "20:00", "free of charge": "nem", "price (ro)": "20 lei"},
            )
        ],
        "toamna.csv",
    )
    page: Any = EventPage.objects.get(slug="concert")
    assert (page.live, page.owner, page.event) == (False, desk.user, None)
    assert page.get_parent().specific == index
    assert (page.start_date, page.start_time, page.end_time) == (
        date(2026, 11, 26),
        time(18),
        time(20),
    )
    assert (page.state, page.is_free, page.price["ro"]) == (State.TENTATIVE, False, "20 lei")
    assert (page.place.key, [c.slug for c in page.categories.all()]) == ("casino", ["muzica"])
    entry = PageLogEntry.objects.get(page=page, action="cms.sheet_import")
    assert "toamna.csv" in entry.message


def test_a_published_event_keeps_its_date_until_the_draft_is_published(index, desk):
    page: Any = full(index)
    (row,) = desk.rows()
    desk.bring_in([{**row, "first day": "27.11.2026"}])
    page = EventPage.objects.get(pk=page.pk)
    assert page.start_date == page.event.schedule.start_day == date(2026, 11, 26)
    page.get_latest_revision().publish()
    assert fresh(page).event.schedule.start_day == date(2026, 11, 27)


def test_the_row_of_a_page_that_is_not_public_has_its_draft(index, desk):
    page: Any = full(index, live=False)
    AudienceFactory(slug="adulti")
    (row,) = desk.rows()
    desk.bring_in([{**row, "title": "Altfel", "first day": "27.11.2026", "audiences": "adulti"}])
    page = fresh(page)
    assert (page.title, page.draft_title, page.live) == ("Altfel", "Altfel", False)
    assert page.start_date == date(2026, 11, 27)
    assert [audience.slug for audience in page.audiences.all()] == ["adulti"]
    assert page.get_latest_revision_as_object().title == "Altfel"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_taken_out_comes_back_unchanged(index, desk, ending):
    full(index)
    full(index, slug="serie", rule="FREQ=WEEKLY;BYDAY=TH;COUNT=4", place=None, partners=())
    draft = full(index, slug="ciorna", organiser_department=None)
    draft.start_time = None
    draft.save_revision()
    shown = desk.dry_run(desk.take_out(ending), f"a.{ending}")
    assert counts(shown) == {"same": 3}, (wrong(shown), words(shown))


def test_the_pages_of_a_file_are_locked_before_they_are_compared(index, desk, monkeypatch):
    page: Any = full(index)
    (row,) = desk.rows()
    shown = desk.dry_run([{**row, "title": "Din tabel"}])

    # SQLite has no locks of rows: what another database is told, and an editor who is a moment quicker.
    def execute(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        told = sql.removesuffix(" FOR UPDATE")
        if told != sql and f'FROM "{Page._meta.db_table}"' in sql and page.pk in params:
            draft = fresh(page).get_latest_revision_as_object()
            draft.title = "Din editor"
            draft.save_revision()
        return run(told, params, many, context)

    monkeypatch.setattr(connection.features, "has_select_for_update", True)
    with connection.execute_wrapper(execute):
        response = desk.confirm(shown)
    assert response.url == desk.review
    assert "changed" in words(desk.client.get(response.url))
    assert fresh(page).get_latest_revision_as_object().title != "Din tabel"


def test_an_address_that_only_a_draft_has_does_not_find_another_page(index, desk):
    page = full(index)
    page.slug, page.title = "concert-nou", "Concert nou"
    page.save_revision()
    (row,) = desk.rows()
    assert (row["page address"], row["title"]) == ("concert", "Concert nou")
    desk.bring_in([{**row, "summary": "Altfel"}])
    draft = fresh(page).get_latest_revision_as_object()
    assert (draft.summary, draft.slug) == ("Altfel", "concert-nou")
    assert EventPage.objects.count() == 1


def test_a_series_tells_how_it_repeats_and_no_file_changes_that(index, desk):
    page = full(index, rule="FREQ=WEEKLY;BYDAY=TH;COUNT=4")
    (row,) = desk.rows()
    assert "Thursday" in row["repeats"]
    shown = desk.dry_run([{**row, "repeats": "zilnic", "title": "Concerte"}])
    assert "“zilnic” is not imported" in words(shown)
    desk.confirm(shown)
    draft = EventPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert draft.title == "Concerte"
    assert draft.schedule() == page.schedule()
    # The first day of a series must be one of its dates.
    told = wrong(desk.dry_run([{**row, "first day": "27.11.2026", "repeats": ""}]))
    assert told


def test_changed_dates_of_a_series_stay_with_it(index, desk):
    page = full(
        index,
        rule="FREQ=WEEKLY;BYDAY=TH;COUNT=4",
        changes=[{"kind": "cancelled", "day": date(2026, 12, 3), "reason": text("Boală")}],
    )
    (row,) = desk.rows()
    desk.bring_in([{**row, "title": "Altfel"}])
    draft = EventPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert [change.day for change in draft.date_changes.all()] == [date(2026, 12, 3)]


# -- which ones leave ------------------------------------------------------------------------------------------------


def test_those_that_are_over_can_be_left_out(index, desk):
    full(index, slug="coming")
    full(index, slug="over", start_date=date(2026, 11, 20))
    full(index, slug="series", start_date=date(2026, 11, 5), rule="FREQ=WEEKLY;BYDAY=TH")
    full(index, slug="lasting", start_date=date(2026, 11, 20), end_date=date(2026, 11, 25))
    full(index, slug="draft", live=False)
    full(index, slug="old-draft", live=False, start_date=date(2026, 11, 1))
    assert {row["page address"] for row in desk.rows("coming")} == {
        "coming",
        "series",
        "lasting",
        "draft",
    }
    assert len(desk.rows()) == 6


def test_many_events_take_as_many_queries_as_few(index, desk):
    full(index, slug="a").save_revision()

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            desk.dry_run(desk.rows())
        return len(found)

    desk.rows()
    few = queries()
    for number in range(4):
        full(index, slug=f"e-{number}").save_revision()
    assert queries() == few
