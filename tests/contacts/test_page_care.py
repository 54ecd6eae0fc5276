"""Owner and review of pages: who may set them, whose a page is, what is stale, and what of it waits for whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from cms.desk import DeskList
from contacts.models import PageCare
from contacts.page_care import due, owner_of, with_owner, with_review, without_owner
from contacts.page_care_services import (
    REVIEWED,
    SET,
    forget_deleted,
    mark_reviewed,
    save_care,
)
from contacts.reviews import is_due, next_review
from contacts.stale_report import pages_to_review, pages_without_owner
from home.roles import sync_roles
from tests.admin_forms import AdminForm, parse
from tests.factories import (
    DepartmentFactory,
    EventPageFactory,
    StandardPageFactory,
    make_user,
    text,
)
from tests.many_pages import add_many
from tests.partnerships.partnership_site import (
    PartnershipSite,
    add_partnership,
    partnership_site,
    version,
)
from tests.remembered import remembered_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "site_tree")]

TODAY = date(2026, 11, 23)
SECRET = "Zgrunțuros"
OLD = datetime(2025, 10, 1, 9, tzinfo=timezone.get_default_timezone())


@remembered_fixture
def site(site_tree: Any) -> PartnershipSite:
    found = partnership_site()
    sync_roles()
    return found


def logged_in(role: str = "", name: str = "") -> Client:
    client = Client()
    user = make_user(name or role or "admin", role) if role else make_user("admin", superuser=True)
    client.force_login(user)
    return client


def request_of(user: Any) -> HttpRequest:
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def care(page: Any, **values: Any) -> PageCare:
    return PageCare.objects.update_or_create(translation_key=page.translation_key, defaults=values)[
        0
    ]


def address(page: Any) -> str:
    return reverse("page_care", args=[page.pk])


def owner(page: Any) -> int | None:
    pages = Page.objects.filter(pk=page.pk)
    found: int | None = with_owner(pages).get().cared_by
    assert without_owner(pages).exists() == (found is None)
    return found


def stale() -> list[str]:
    return sorted(page.title for page in due(Page.objects.all(), timezone.now(), TODAY))


@remembered_fixture
def page(site: PartnershipSite) -> Any:
    return StandardPageFactory(parent=site.home, title="Despre", slug="despre")


# -- who may -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", ["Partnership editor", "Registry clerk", "Auditor", "Mayor's Cabinet"]
)
def test_what_is_not_ones_own_stays_as_it_is(site: PartnershipSite, role: str) -> None:
    page = StandardPageFactory(parent=site.home, title=f"{SECRET} ciornă", live=False)
    client = logged_in(role)
    department = DepartmentFactory()
    for response in (
        client.get(address(page)),
        client.post(address(page), {"department": department.pk, "review_on": "2027-01-01"}),
        client.post(address(page), {"reviewed": "6"}),
    ):
        assert response.status_code in {302, 403}
        assert SECRET not in response.content.decode()
    assert not PageCare.objects.exists()
    with pytest.raises(PermissionDenied):
        save_care(page, department, None, make_user("altcineva", role))
    with pytest.raises(PermissionDenied):
        mark_reviewed(page, 6, make_user("altul", role), timezone.now(), TODAY)


def test_there_is_a_form_for_pages_that_exist_and_who_is_logged_in(
    client: Client, site: Any
) -> None:
    assert client.get(reverse("page_care", args=[site.home.pk])).status_code == 302
    admin = logged_in()
    assert admin.get(reverse("page_care", args=[10**9])).status_code == 404
    assert admin.get(reverse("page_care", args=[Page.get_first_root_node().pk])).status_code == 404


def test_partnership_editor_cares_for_her_own(site: PartnershipSite) -> None:
    client = logged_in("Partnership editor")
    agreement = add_partnership(site, "Acord")
    department = DepartmentFactory()
    AdminForm(client, address(agreement)).save(department=department.pk, review_on="2027-05-01")
    row = PageCare.objects.get()
    assert (row.translation_key, row.department, row.review_on) == (
        agreement.translation_key,
        department,
        date(2027, 5, 1),
    )


# -- the form ----------------------------------------------------------------------------------------------------------


def test_it_holds_for_all_languages_and_beside_every_draft(page: Any, site: Any) -> None:
    english = version(page, "en", slug="about")
    department = DepartmentFactory(name=text("Serviciul nostru"))
    before = page.latest_revision_id
    AdminForm(logged_in(), address(english)).save(department=department.pk)
    assert owner_of(page) == owner_of(english) == department
    page.refresh_from_db()
    assert page.latest_revision_id == before
    entry = PageLogEntry.objects.get(action=SET)
    assert (entry.page_id, entry.data["department"]) == (english.pk, department.key)


def test_a_passed_day_is_refused_and_what_was_typed_is_kept(page: Any) -> None:
    department = DepartmentFactory()
    response = AdminForm(logged_in(), address(page)).send(
        department=department.pk, review_on="2026-11-22"
    )
    assert response.status_code == 200
    form = response.context["form"]
    assert "review_on" in form.errors
    assert 'value="2026-11-22"' in response.content.decode()
    assert not PageCare.objects.exists()


def test_a_day_that_has_passed_since_does_not_block_another_owner(page: Any) -> None:
    care(page, review_on=TODAY - timedelta(days=5))
    department = DepartmentFactory()
    AdminForm(logged_in(), address(page)).save(department=department.pk)
    assert PageCare.objects.get().department == department


@pytest.mark.parametrize("typed", ["30.02.2027", "mâine", "9999999999"])
def test_what_is_no_day_is_refused(page: Any, typed: str) -> None:
    response = AdminForm(logged_in(), address(page)).send(review_on=typed)
    assert "review_on" in response.context["form"].errors


def test_one_click_notes_the_review_and_the_next_one(page: Any) -> None:
    client = logged_in()
    care(page, review_on=TODAY - timedelta(days=5))
    assert client.post(address(page), {"reviewed": "6"}).status_code == 302
    row = PageCare.objects.get()
    assert (row.review_on, row.reviewed_at) == (date(2027, 5, 23), timezone.now())
    assert row.reviewed_by is not None
    assert PageLogEntry.objects.filter(action=REVIEWED, page=page.pk).exists()
    # Any other number is no offer.
    assert client.post(address(page), {"reviewed": "600"}).status_code == 302
    assert PageCare.objects.get().review_on is None


def test_the_form_tells_whose_the_page_is_without_an_own_owner(page: Any, site: Any) -> None:
    department = DepartmentFactory(name=text("Serviciul de sus"))
    care(site.home, department=department)
    html = logged_in().get(address(page)).content.decode()
    assert "Serviciul de sus" in html
    assert "Serviciul de sus" in parse(html).select_one("select[name=department] option").text


def test_the_editor_tells_of_a_review_that_is_due_and_whose_it_is(page: Any, site: Any) -> None:
    client = logged_in()
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert address(page) in client.get(edit).content.decode()
    care(site.home, department=DepartmentFactory(name=text("Serviciul de sus")))
    care(page, review_on=TODAY + timedelta(days=1))
    assert "Serviciul de sus" not in client.get(edit).content.decode()
    care(page, review_on=TODAY)
    html = client.get(edit).content.decode()
    assert "Serviciul de sus" in html
    assert "23 noiembrie 2026" in html


# -- owners ------------------------------------------------------------------------------------------------------------


def test_a_page_belongs_to_the_nearest_owner_above(site: PartnershipSite) -> None:
    first, second = DepartmentFactory(), DepartmentFactory()
    above = StandardPageFactory(parent=site.home, slug="sus")
    middle = StandardPageFactory(parent=above, slug="mijloc")
    page = StandardPageFactory(parent=middle, slug="jos")
    beside = StandardPageFactory(parent=site.home, slug="susul")
    assert owner(page) is None
    care(site.home, department=first)
    assert owner(page) == owner(beside) == owner(site.home) == first.pk
    care(above, department=second)
    assert (owner(page), owner(middle), owner(beside)) == (second.pk, second.pk, first.pk)
    care(page, department=first)
    assert (owner(page), owner(middle)) == (first.pk, second.pk)
    # In another language the pages above are other rows of the same pages.
    assert owner(version(page, "hu", slug="lent")) == first.pk
    second.delete()
    assert owner(middle) == first.pk


def test_what_was_deleted_is_forgotten(page: Any, site: Any) -> None:
    care(page, department=DepartmentFactory())
    care(site.home, department=DepartmentFactory())
    page.delete()
    assert forget_deleted() == 1
    assert PageCare.objects.get().translation_key == site.home.translation_key


# -- what is stale -----------------------------------------------------------------------------------------------------

LONG_AGO = datetime(2025, 11, 22, 10, tzinfo=timezone.get_default_timezone())
NOT_LONG_AGO = datetime(2025, 11, 24, 10, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("review_on", "reviewed_at", "published_at", "passes", "expected"),
    [
        (TODAY, None, NOT_LONG_AGO, False, True),
        (TODAY + timedelta(days=1), None, LONG_AGO, False, False),
        (TODAY - timedelta(days=400), None, NOT_LONG_AGO, True, True),
        (None, None, LONG_AGO, False, True),
        (None, None, NOT_LONG_AGO, False, False),
        (None, None, LONG_AGO, True, False),
        (None, NOT_LONG_AGO, LONG_AGO, False, False),
        (None, LONG_AGO, LONG_AGO, False, True),
        (None, None, None, False, False),
    ],
)
def test_the_rule_is_one_in_python_and_in_the_database(
    site: PartnershipSite,
    review_on: date | None,
    reviewed_at: datetime | None,
    published_at: datetime | None,
    passes: bool,
    expected: bool,
) -> None:
    now = timezone.now()
    assert is_due(now, TODAY, review_on, reviewed_at, published_at, passes=passes) == expected
    factory, parent = (
        (EventPageFactory, site.calendar) if passes else (StandardPageFactory, site.home)
    )
    page = factory(parent=parent, title="Cercetată")
    Page.objects.update(last_published_at=now)
    Page.objects.filter(pk=page.pk).update(last_published_at=published_at)
    if review_on or reviewed_at:
        care(page, review_on=review_on, reviewed_at=reviewed_at)
    assert ("Cercetată" in stale()) == expected


def test_drafts_translations_and_aliases_are_no_stale_pages_of_their_own(
    page: Any, site: Any
) -> None:
    StandardPageFactory(parent=site.home, title="Ciornă", live=False)
    version(page, "en", slug="about", title="About")
    page.copy_for_translation(
        site.home.locale.__class__.objects.get(language_code="hu"), alias=True
    )
    Page.objects.update(last_published_at=OLD)
    assert "Despre" in stale()
    assert not {"About", "Ciornă"} & set(stale())
    assert stale().count("Despre") == 1


def test_the_end_of_a_shorter_month() -> None:
    assert next_review(date(2026, 8, 31), 6) == date(2027, 2, 28)


# -- the report and the home -------------------------------------------------------------------------------------------


def rows(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{reverse('stale_content')}{query}")
    assert response.status_code == 200
    return [page.draft_title for page in response.context["object_list"]]


def test_report_shows_each_his_own_the_longest_overdue_first(site: PartnershipSite) -> None:
    Page.objects.update(last_published_at=timezone.now())
    agreement = add_partnership(site, "Acord")
    page = StandardPageFactory(parent=site.home, title=f"{SECRET} pagină")
    late = StandardPageFactory(parent=site.home, title="Târzie")
    care(agreement, review_on=TODAY - timedelta(days=2))
    care(page, review_on=TODAY - timedelta(days=1))
    care(late, review_on=TODAY - timedelta(days=300))
    editor = logged_in("Partnership editor")
    assert rows(editor) == ["Acord"]
    for export in ("csv", "xlsx"):
        response = editor.get(f"{reverse('stale_content')}?export={export}")
        body = b"".join(cast("Any", response).streaming_content)
        assert SECRET.encode() not in body
    assert rows(logged_in("Marketing")) == ["Târzie", "Acord", f"{SECRET} pagină"]


@pytest.mark.parametrize(
    "role", ["Registry clerk", "Auditor", "Mayor's Cabinet", "Department officer"]
)
def test_report_is_closed_to_who_edits_no_pages(site: PartnershipSite, role: str) -> None:
    client = logged_in(role)
    for name in ("stale_content", "stale_content_results"):
        response = client.get(reverse(name))
        assert response.status_code in {302, 403}
    menu = client.get(reverse("wagtailadmin_home")).content.decode()
    assert f'"{reverse("stale_content")}"' not in menu


def test_report_is_filtered_by_owner_and_by_reason(site: PartnershipSite) -> None:
    Page.objects.update(last_published_at=timezone.now())
    first, second = DepartmentFactory(), DepartmentFactory()
    above = StandardPageFactory(parent=site.home, title="Sus", slug="sus")
    below = StandardPageFactory(parent=above, title="Jos")
    alone = StandardPageFactory(parent=site.home, title="Singură")
    fresh = StandardPageFactory(parent=site.home, title="Proaspătă")
    Page.objects.filter(pk__in=[below.pk, alone.pk]).update(last_published_at=OLD)
    Page.objects.filter(pk=fresh.pk).update(last_published_at=timezone.now())
    care(above, department=first, review_on=TODAY)
    client = logged_in()
    assert rows(client) == ["Sus", "Jos", "Singură"]
    assert rows(client, f"?owner={first.pk}") == ["Sus", "Jos"]
    assert rows(client, f"?owner={second.pk}") == []
    assert rows(client, "?owner=none") == ["Singură"]
    assert rows(client, "?show=due") == ["Sus"]
    assert rows(client, "?show=old") == ["Jos", "Singură"]
    assert "Proaspătă" in rows(client, "?owner=none&show=all")
    # What is no choice is no error.
    assert rows(client, "?owner=x&show=y&p=0&ordering=zz") == ["Sus", "Jos", "Singură"]


def test_a_title_is_no_formula_in_the_files(site: PartnershipSite) -> None:
    page = StandardPageFactory(parent=site.home, title='=HYPERLINK("http://rau","x")')
    care(page, review_on=TODAY)
    response = logged_in().get(f"{reverse('stale_content')}?export=csv")
    assert "'=HYPERLINK" in b"".join(cast("Any", response).streaming_content).decode()


def test_home_lists_what_is_due_of_ones_own_and_what_is_nobodys(site: PartnershipSite) -> None:
    Page.objects.update(last_published_at=timezone.now())
    agreement = add_partnership(site, "Acord")
    page = StandardPageFactory(parent=site.home, title=f"{SECRET} pagină")
    for cared in (agreement, page):
        care(cared, review_on=TODAY - timedelta(days=2))
    editor = make_user("petra", "Partnership editor")
    found = pages_to_review(request_of(editor))
    assert isinstance(found, DeskList)
    assert [(item.title, item.url) for item in found.items] == [("Acord", address(agreement))]
    assert pages_without_owner(request_of(editor)) is None
    for role in ("Registry clerk", "Auditor", "Head of the registry", "Mayor's Cabinet"):
        other = make_user(role, role)
        with CaptureQueriesContext(connection) as captured:
            assert pages_to_review(request_of(other)) is None
            assert pages_without_owner(request_of(other)) is None
        assert len(captured) <= 1, "the user's own rights"
    moderator = make_user("matei", "Moderator")
    # The page that Wagtail begins with.
    Page.objects.get(slug="home", depth=2).delete()
    unowned = pages_without_owner(request_of(moderator))
    assert unowned is not None
    assert unowned.items[0].url == address(site.home)
    care(site.home, department=DepartmentFactory())
    assert pages_without_owner(request_of(moderator)) is None


# -- many --------------------------------------------------------------------------------------------------------------


def queries(action: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured)


def test_reports_and_lists_cost_the_same_with_many_pages(site: PartnershipSite) -> None:
    user = make_user("matei", "Moderator")
    client = Client()
    client.force_login(user)
    department = DepartmentFactory()

    def counted() -> list[int]:
        def fresh() -> Any:
            return request_of(type(user).objects.get(pk=user.pk))

        return [
            *(
                queries(lambda query=query: client.get(f"{reverse('stale_content')}{query}"))
                for query in ("", f"?owner={department.pk}", "?show=all&owner=none", "?export=csv")
            ),
            queries(lambda: pages_to_review(fresh())),
            queries(lambda: pages_without_owner(fresh())),
        ]

    pages = add_many(site.home, 10, OLD)
    care(pages[0], department=department)
    counted()
    few = counted()
    pages = add_many(site.home, 300, OLD)
    PageCare.objects.bulk_create(
        PageCare(translation_key=page.translation_key, department=department, review_on=TODAY)
        for page in pages[:150]
    )
    assert counted() == few
    # One for the user, one for the rights, one for the list.
    assert max(few[-2:]) <= 3


# -- many at once ------------------------------------------------------------------------------------------------------


def bulk(client: Client, pages: Any, **data: Any) -> Any:
    base = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "care_for_pages"])
    ids = "&".join(f"id={page.pk}" for page in pages)
    return client.post(f"{base}?{ids}&next=/admin/", data)


def test_many_pages_get_an_owner_at_once(site: PartnershipSite) -> None:
    pages = [StandardPageFactory(parent=site.home) for _ in range(3)]
    care(pages[0], review_on=date(2027, 3, 1))
    department = DepartmentFactory()
    client = logged_in()
    assert bulk(client, pages, department=department.pk).status_code == 302
    assert {owner(page) for page in pages} == {department.pk}
    kept = PageCare.objects.get(translation_key=pages[0].translation_key)
    assert kept.review_on == date(2027, 3, 1)
    assert PageLogEntry.objects.filter(action=SET).count() == 3
    bulk(client, pages[1:], clear_owner="on")
    assert [owner(page) for page in pages] == [department.pk, None, None]


def test_bulk_action_refuses_what_says_nothing_or_two_things(site: PartnershipSite) -> None:
    page = StandardPageFactory(parent=site.home)
    client = logged_in()
    department = DepartmentFactory()
    for data, field in (
        ({}, "department"),
        ({"department": department.pk, "clear_owner": "on"}, "clear_owner"),
        ({"review_on": "2020-01-01"}, "review_on"),
    ):
        response = bulk(client, [page], **data)
        assert field in response.context["form"].errors
    assert not PageCare.objects.exists()


def test_bulk_action_leaves_what_is_not_ones_own(site: PartnershipSite) -> None:
    page = StandardPageFactory(parent=site.home, title=f"{SECRET} pagină", live=False)
    agreement = add_partnership(site, "Acord")
    department = DepartmentFactory()
    response = bulk(logged_in("Partnership editor"), [page, agreement], department=department.pk)
    assert SECRET not in response.content.decode()
    assert PageCare.objects.get().translation_key == agreement.translation_key


def test_review_annotations_are_none_where_nothing_is_known(page: Any) -> None:
    found = with_review(Page.objects.filter(pk=page.pk)).get()
    assert (found.review_on, found.reviewed_at) == (None, None)
