"""The listing of events: who sees it, what it shows, in which order, how it is narrowed and exported."""

from __future__ import annotations

import io
from datetime import date, time
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import GroupPagePermission

from contacts.models import Department, Organisation
from events.enums import ChangeKind, State
from events.models import Audience, Category, EventIndexPage, EventPage, SpokenLanguage
from events.viewsets import EventListingView, LeafRights
from home.roles import sync_roles
from tests.admin_forms import AdminForm, add, edit, parse
from tests.factories import (
    CategoryFactory,
    DepartmentFactory,
    EventPageFactory,
    LocationFactory,
    make_calendar,
    make_home,
    make_user,
    text,
)
from tests.remembered import remembered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def calendar(site_tree: Any) -> Any:
    remembered(make_roles_and_calendar)
    return EventIndexPage.objects.get()


def make_roles_and_calendar() -> None:
    sync_roles()
    make_calendar()


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role.lower(), role))
    return client


@pytest.fixture
def client(calendar: Any) -> Client:
    return signed_in("Moderator")


def listing(**query: Any) -> str:
    return reverse("event_listing:index", query=query)


def titles(client: Client, **query: Any) -> list[str]:
    response = client.get(listing(**query))
    assert response.status_code == 200
    return [str(page) for page in response.context["object_list"]]


# -- who sees it -----------------------------------------------------------------------------------------------------


def test_listing_is_for_those_who_work_with_pages(calendar: Any) -> None:
    EventPageFactory(parent=calendar)
    for name in ("index", "index_results", "choose_parent"):
        address = reverse(f"event_listing:{name}")
        assert Client().get(address).status_code == 302
        assert signed_in(f"oaspete-{name}").get(address).status_code in {302, 403}
    cabinet = signed_in("Mayor's Cabinet")
    assert cabinet.get(listing()).status_code in {302, 403}
    assert listing() not in cabinet.get(reverse("wagtailadmin_home")).content.decode()
    marketing = signed_in("Marketing")
    assert marketing.get(listing()).status_code == 200


def test_marketing_does_not_touch_the_terms(calendar: Any) -> None:
    client = signed_in("Marketing")
    for model in (Category, Audience, SpokenLanguage, Organisation):
        name = f"wagtailsnippets_{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{name}:add")).status_code in {302, 403}


# -- menu ------------------------------------------------------------------------------------------------------------


def test_menu_begins_with_the_listing(calendar: Any) -> None:
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    html = client.get(reverse("wagtailadmin_home")).content.decode()
    addresses = [
        listing(),
        *(
            reverse(f"wagtailsnippets_events_{name}:list")
            for name in ("category", "audience", "spokenlanguage")
        ),
    ]
    places = [html.index(f'"{address}"') for address in addresses]
    assert places == sorted(places)
    assert reverse("wagtailsnippets_contacts_organisation:list") in html


def test_new_event_begins_below_the_romanian_calendar(site_tree: Any, calendar: Any) -> None:
    make_home("en")
    calendar.copy_for_translation(site_tree.locales["en"], copy_parents=True)
    response = signed_in("Marketing").get(reverse("event_listing:choose_parent"))
    assert response.status_code == 302
    assert response["Location"] == reverse(
        "wagtailadmin_pages:add", args=["events", "eventpage", calendar.pk]
    )


# -- what it shows ---------------------------------------------------------------------------------------------------


def test_empty_listing_opens(client: Client) -> None:
    assert titles(client) == []
    assert titles(client, q="concert", when="past", state="cancelled") == []


def test_row_tells_date_state_place_and_category(client: Client, calendar: Any) -> None:
    EventPageFactory(
        parent=calendar,
        title="Concert",
        state=State.TENTATIVE,
        place=LocationFactory(name=text("Parcul Central")),
        categories=[CategoryFactory(name=text("Muzică"))],
    )
    with override("en"):
        html = client.get(listing()).content.decode()
    row = parse(html).select_one("table.listing tbody tr").text
    for words in ("Concert", "26", "2026", "18:00", "Parcul Central", "Muzică"):
        assert words in row
    assert State.TENTATIVE.value not in row


def test_next_date_is_the_first_that_takes_place(client: Client, calendar: Any) -> None:
    page = EventPageFactory(
        parent=calendar,
        start_date=date(2026, 11, 12),
        rule="FREQ=WEEKLY;BYDAY=TH",
        changes=[{"kind": ChangeKind.CANCELLED, "day": date(2026, 11, 26)}],
    )
    [row] = client.get(listing()).context["object_list"]
    assert row.pk == page.pk
    assert row.next_start.date() == date(2026, 12, 3)


def test_event_that_lasts_now_is_next(client: Client, calendar: Any) -> None:
    EventPageFactory(
        parent=calendar,
        start_date=date(2026, 11, 20),
        end_date=date(2026, 11, 29),
        start_time=None,
        end_time=None,
    )
    html = client.get(listing()).content.decode()
    row = parse(html).select_one("table.listing tbody tr").text
    assert "20" in row
    assert "00:00" not in row


def test_order_is_by_next_date_with_drafts_before_what_is_over(
    client: Client, calendar: Any
) -> None:
    EventPageFactory(parent=calendar, title="trecut", start_date=date(2026, 5, 1))
    EventPageFactory(parent=calendar, title="târziu", start_date=date(2026, 12, 24))
    EventPageFactory(parent=calendar, title="schiță", start_date=date(2026, 11, 24), live=False)
    EventPageFactory(parent=calendar, title="curând")
    EventPageFactory(parent=calendar, title="demult", start_date=date(2025, 5, 1))
    expected = ["curând", "târziu", "schiță", "trecut", "demult"]
    assert titles(client) == expected
    assert titles(client, ordering="next_start") == expected
    assert titles(client, ordering="-next_start")[:2] == ["târziu", "curând"]
    assert titles(client, ordering="title")[0] == "curând"
    assert titles(client, ordering="body; DROP TABLE") == expected


def test_each_event_is_listed_once_and_in_romanian(
    client: Client, site_tree: Any, calendar: Any
) -> None:
    make_home("en")
    terms = [CategoryFactory(slug=slug) for slug in ("muzica", "teatru")]
    page = EventPageFactory(parent=calendar, title="Concert", categories=terms)
    english = page.copy_for_translation(site_tree.locales["en"], copy_parents=True)
    english.title = "Concert in English"
    english.save()
    assert titles(client) == ["Concert"]
    assert titles(client, category=[term.pk for term in terms]) == ["Concert"]
    assert titles(client, locale="en") == ["Concert"]


# -- filters ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def events(calendar: Any) -> dict[str, Any]:
    """Four events that differ in everything one can filter by: what to filter them by."""
    remembered(make_events)
    department, organisation = Department.objects.get(), Organisation.objects.get()
    return {
        "muzica": Category.objects.get(slug="muzica").pk,
        "teatru": Category.objects.get(slug="teatru").pk,
        "place": EventPage.objects.get(title="Concert").place_id,
        "department": f"department-{department.pk}",
        "organisation": f"organisation-{organisation.pk}",
    }


def make_events() -> None:
    calendar = EventIndexPage.objects.get()
    terms = {slug: CategoryFactory(slug=slug) for slug in ("muzica", "teatru")}
    places = [LocationFactory(), LocationFactory()]
    department = DepartmentFactory()
    organisation = Organisation.objects.create(key="partener", name=text("Asociația Exemplu"))
    EventPageFactory(
        parent=calendar,
        title="Concert",
        categories=[terms["muzica"]],
        place=places[0],
        organiser_department=department,
    )
    EventPageFactory(
        parent=calendar,
        title="Premieră",
        categories=[terms["teatru"]],
        place=places[1],
        organiser_organisation=organisation,
        start_date=date(2026, 3, 1),
    )
    EventPageFactory(parent=calendar, title="Schiță", live=False)
    waits = EventPageFactory(
        parent=calendar, title="Festival", state=State.CANCELLED, state_reason=text("Plouă")
    )
    waits.save_revision()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"when": "coming"}, {"Concert", "Festival"}),
        ({"when": "past"}, {"Premieră"}),
        ({"when": "none"}, {"Schiță"}),
        ({"state": "cancelled"}, {"Festival"}),
        ({"state": ["cancelled", "scheduled"]}, {"Concert", "Premieră", "Schiță", "Festival"}),
        ({"status": "draft"}, {"Schiță"}),
        ({"status": "changed"}, {"Festival"}),
        ({"status": "live"}, {"Concert", "Premieră", "Festival"}),
        ({"category": "muzica"}, {"Concert"}),
        ({"category": ["muzica", "teatru"]}, {"Concert", "Premieră"}),
        ({"place": "place"}, {"Concert"}),
        ({"organiser": "department"}, {"Concert"}),
        ({"organiser": "organisation"}, {"Premieră"}),
        ({"when": "coming", "state": "scheduled"}, {"Concert"}),
        ({"q": "Conc"}, {"Concert"}),
        ({"q": "Conc", "when": "past"}, set()),
        ({"q": "Conc", "ordering": "title", "category": "muzica"}, {"Concert"}),
    ],
)
def test_filters_narrow_the_listing(
    client: Client, events: dict[str, Any], query: dict[str, Any], expected: set[str]
) -> None:
    def known(value: Any) -> Any:
        return (
            [known(one) for one in value] if isinstance(value, list) else events.get(value, value)
        )

    assert set(titles(client, **{name: known(value) for name, value in query.items()})) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"when": "someday"},
        {"state": "x"},
        {"category": "99999"},
        {"category": "x"},
        {"place": "\x00"},
        {"organiser": "department-x"},
        {"organiser": "place-1"},
        {"status": "'"},
        {"q": "\x00"},
        {"q": '"(*'},
        {"p": "99999"},
        {"export": "pdf"},
    ],
)
def test_nonsense_in_the_address_is_no_failure(
    client: Client, events: dict[str, Any], query: dict[str, str]
) -> None:
    for name in ("index", "index_results"):
        assert client.get(reverse(f"event_listing:{name}", query=query)).status_code == 200


def test_active_filters_can_be_taken_away(client: Client, events: dict[str, Any]) -> None:
    query = {"organiser": events["department"], "when": "coming", "category": events["muzica"]}
    html = client.get(listing(**query)).content.decode()
    assert html.count("w-pill__remove") >= 3 or html.count("_w_filter_fragment=1") >= 3


# -- export ----------------------------------------------------------------------------------------------------------


def test_csv_has_local_times_and_no_formula(client: Client, calendar: Any) -> None:
    EventPageFactory(
        parent=calendar, title="=1+1", start_date=date(2026, 7, 1), rule="FREQ=MONTHLY;BYMONTHDAY=1"
    )
    EventPageFactory(parent=calendar, title="Trecut", start_date=date(2026, 1, 1))
    response = client.get(listing(export="csv"))
    assert response["Content-Type"].startswith("text/csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("'=1+1,2026-12-01 18:00,")
    assert "/ro/evenimente/" in lines[1]


def test_xlsx_has_what_the_filters_leave(client: Client, events: dict[str, Any]) -> None:
    response = client.get(listing(export="xlsx", category=events["muzica"]))
    sheet = openpyxl.load_workbook(io.BytesIO(response.getvalue())).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][0] == "Concert"
    start: Any = rows[1][1]
    assert (start.date(), start.time()) == (date(2026, 11, 26), time(18))


def test_export_has_every_page_of_the_listing(
    client: Client, calendar: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventListingView, "paginate_by", 2)
    for _ in range(3):
        EventPageFactory(parent=calendar)
    assert len(titles(client)) == 2
    lines = client.get(listing(export="csv")).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4


# -- buttons ---------------------------------------------------------------------------------------------------------


def test_row_leads_to_everything(client: Client, calendar: Any) -> None:
    page = EventPageFactory(parent=calendar, rule="FREQ=WEEKLY;BYDAY=TH;COUNT=3")
    soup = parse(client.get(listing()).content)
    links = {link.get("href", "") for link in soup.find_all("a")}
    plain = {link.split("?")[0] for link in links}
    assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in plain
    assert reverse("wagtailadmin_pages:history", args=[page.pk]) in plain
    assert reverse("wagtail_localize:submit_page_translation", args=[page.pk]) in plain
    for name in ("events_duplicate", "events_next_edition", "events_split"):
        assert reverse(name, args=[page.pk]) in plain
    assert {f"{page.url}poster/?size=a3", f"{page.url}poster/?size=a4"} <= links
    assert f"{calendar.url}programme/?from=2026-11-23" in links


def test_listing_does_not_offer_to_select_every_page_of_the_site(
    client: Client, calendar: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventListingView, "paginate_by", 2)
    for _ in range(3):
        EventPageFactory(parent=calendar)
    html = client.get(listing()).content.decode()
    assert "data-bulk-action-select-all-checkbox" in html
    assert "data-bulk-action-num-objects-in-listing" not in html


@pytest.mark.parametrize("role", ["Marketing", "Moderator"])
@pytest.mark.parametrize("live", [True, False])
def test_rows_offer_what_wagtail_allows(calendar: Any, role: str, live: bool) -> None:
    mine = make_user("autor", role)
    pages = [EventPageFactory(parent=calendar, live=live, owner=owner) for owner in (mine, None)]
    client = Client()
    client.force_login(mine)
    links = {a.get("href", "") for a in parse(client.get(listing()).content).find_all("a")}
    plain = {link.split("?")[0] for link in links}
    for page in pages:
        rights = page.permissions_for_user(mine)
        for name, allowed in (
            ("edit", rights.can_edit()),
            ("delete", rights.can_delete()),
            ("move", rights.can_move()),
            ("unpublish", rights.can_unpublish()),
        ):
            address = reverse(f"wagtailadmin_pages:{name}", args=[page.pk])
            assert (address in plain) == bool(allowed), name


def test_right_to_add_only_is_a_right_over_ones_own(calendar: Any) -> None:
    user = make_user("autor")
    group = Group.objects.create(name="Autori")
    user.groups.add(group)
    add_page = Permission.objects.get(codename="add_page", content_type__app_label="wagtailcore")
    GroupPagePermission.objects.create(group=group, page=calendar, permission=add_page)
    for owner in (user, None):
        for live in (True, False):
            page = EventPageFactory(parent=calendar, live=live, owner=owner)
            known, told = LeafRights(user, page), page.permissions_for_user(user)
            assert known.can_delete() == told.can_delete()


# -- cost ------------------------------------------------------------------------------------------------------------


def test_queries_do_not_grow(calendar: Any) -> None:
    term, place, department = CategoryFactory(), LocationFactory(), DepartmentFactory()

    def fill(count: int) -> None:
        for number in range(count):
            EventPageFactory(
                parent=calendar,
                live=number % 5 != 0,
                categories=[term],
                place=place,
                organiser_department=department,
            )

    def cost(client: Client, query: dict[str, str]) -> int:
        client.get(listing(**query))
        with CaptureQueriesContext(connection) as queries:
            client.get(listing(**query))
            return len(queries)

    queries: list[dict[str, str]] = [
        {},
        {"when": "coming", "ordering": "title"},
        {"q": "Evenimentul"},
        {"export": "csv"},
    ]
    clients = [signed_in(role) for role in ("Marketing", "Moderator")]
    fill(3)
    few = [cost(client, query) for client in clients for query in queries]
    fill(9)
    assert [cost(client, query) for client in clients for query in queries] == few
    assert max(few) < 40


# -- terms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Category, Audience, SpokenLanguage])
def test_slug_is_chosen_once(calendar: Any, model: Any) -> None:
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    add(client, model).save(slug="proba", name_ro="Probă", sort_order="10")
    term = model.objects.get(slug="proba")
    form: AdminForm = edit(client, term)
    form.save(name_ro="Alt nume", slug="altul")
    term.refresh_from_db()
    assert (term.slug, term.name["ro"]) == ("proba", "Alt nume")


def test_organisation_is_kept_beside_the_departments(calendar: Any) -> None:
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    Department.objects.create(key="cultura", name=text("Cultură"))
    form = add(client, Organisation)
    assert form.send(key="cultura", name_ro="Asociația Exemplu").status_code == 200
    form.save(key="asociatia", name_ro="Asociația Exemplu")
    organisation = Organisation.objects.get()
    edit(client, organisation).save(url="https://exemplu.example/")
