"""Who uses a contact or a place: counted for all, named for those who may know of it."""

from __future__ import annotations

from typing import Any, cast

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from contacts.models import Department
from contacts.usage import references_to, usage
from home.roles import sync_roles
from locations.models import Location
from tests.admin_forms import parse
from tests.factories import (
    DepartmentFactory,
    DepartmentPlaceFactory,
    EventPageFactory,
    LocationFactory,
    OpeningHoursFactory,
    OrganisationFactory,
    StandardPageFactory,
    make_user,
    text,
)
from tests.partnerships.partnership_site import PartnershipSite, add_partnership, partnership_site
from tests.remembered import remembered_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "site_tree")]
SECRET = "Zgrunțuros"


@remembered_fixture
def site(site_tree: Any) -> PartnershipSite:
    found = partnership_site()
    sync_roles()
    return found


def client_of(role: str = "") -> Client:
    client = Client()
    client.force_login(make_user(role or "admin", *([role] if role else []), superuser=not role))
    return client


def row(instance: Any) -> Any:
    kind = instance._meta.model_name
    return next(found for found in usage() if (found.kind, found.pk) == (kind, instance.pk))


def rows(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{reverse('contact_usage')}{query}")
    assert response.status_code == 200
    return [found.name for found in response.context["object_list"]]


def users(client: Client, instance: Any, query: str = "") -> Any:
    kind = instance._meta.model_name
    return client.get(f"{reverse('contact_users', args=[kind, instance.pk])}{query}")


# -- who may -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", ["Registry clerk", "Head of the registry", "Department officer", "Auditor"]
)
def test_report_is_closed_to_who_has_nothing_to_do_with_it(site: Any, role: str) -> None:
    place = LocationFactory()
    client = client_of(role)
    for address in (
        reverse("contact_usage"),
        reverse("contact_usage_results"),
        reverse("contact_users", args=["location", place.pk]),
        reverse("contact_users_results", args=["location", place.pk]),
    ):
        assert client.get(address).status_code in {302, 403}


def test_pages_that_are_not_to_be_known_of_are_counted_and_not_named(
    site: PartnershipSite,
) -> None:
    organisation = OrganisationFactory()
    add_partnership(site, "Acord", organisation)
    EventPageFactory(
        parent=site.calendar, title=f"{SECRET} public", organiser_organisation=organisation
    )
    hidden = EventPageFactory(
        parent=site.calendar,
        title=f"{SECRET} ciornă",
        organiser_organisation=organisation,
        live=False,
    )
    closed = StandardPageFactory(parent=site.home, title="Închis", slug="inchis")
    closed.view_restrictions.create(restriction_type="login")
    shut = EventPageFactory(
        parent=site.calendar, title=f"{SECRET} intern", organiser_organisation=organisation
    )
    shut.view_restrictions.create(restriction_type="login")
    editor = client_of("Partnership editor")
    response = users(editor, organisation)
    html = response.content.decode()
    titles = [found.title for found in response.context["object_list"]]
    assert sorted(titles) == ["Acord", f"{SECRET} public"]
    assert f"{SECRET} ciornă" not in html
    assert f"{SECRET} intern" not in html
    # The published one is counted, the draft is nobody's business.
    assert response.context["page_subtitle"]
    assert "1" in response.context["page_subtitle"]
    body = b"".join(
        cast("Any", users(editor, organisation, "?export=csv")).streaming_content
    ).decode()
    assert "ciornă" not in body
    assert "intern" not in body
    assert "Acord" in body
    # Not hers to edit: no link to an editor that would refuse her.
    assert reverse("wagtailadmin_pages:edit", args=[shut.pk]) not in html
    # A superuser opens all of them.
    found, more = references_to(organisation, make_user("a", superuser=True))
    assert hidden.title in [reference.title for reference in found]
    assert more == 0


@pytest.mark.parametrize(("kind", "pk"), [("location", 10**9), ("page", 1), ("user", 1)])
def test_of_what_is_no_contact_or_place_nothing_is_told(site: Any, kind: str, pk: int) -> None:
    assert client_of().get(reverse("contact_users", args=[kind, pk])).status_code == 404


# -- what is counted ---------------------------------------------------------------------------------------------------


def test_published_pages_and_other_content_are_counted(site: PartnershipSite) -> None:
    place = LocationFactory(name=text("Sala mare"))
    assert not row(place).is_used
    EventPageFactory(parent=site.calendar, place=place)
    EventPageFactory(parent=site.calendar, place=place, live=False)
    assert (row(place).pages, row(place).others) == (1, 0)
    OpeningHoursFactory(location=place)
    DepartmentPlaceFactory(place=place)
    found = row(place)
    assert (found.pages, found.others, found.elsewhere) == (1, 2, False)


def test_a_page_that_uses_it_twice_is_one_user(site: PartnershipSite) -> None:
    department = DepartmentFactory()
    page = StandardPageFactory(parent=site.home)
    contact = {"type": "contact", "value": {"department": department.pk, "title": ""}}
    page.body = [contact, contact]
    page.save_revision().publish()
    assert row(department).pages == 1


def test_its_owner_is_no_user(site: PartnershipSite) -> None:
    from contacts.models import PageCare

    department = DepartmentFactory()
    PageCare.objects.create(translation_key=site.home.translation_key, department=department)
    assert not row(department).is_used


def test_what_the_register_holds_is_told_as_elsewhere(site: PartnershipSite) -> None:
    from registry.models import DeskMember

    department = DepartmentFactory()
    DeskMember.objects.create(user=make_user("ofițer"), department=department)
    found = row(department)
    assert (found.pages, found.others, found.elsewhere) == (0, 0, True)
    named, hidden = references_to(department, make_user("a", superuser=True))
    assert (named, hidden) == ([], 0)


def test_snippets_are_named_to_those_who_may_see_them(site: PartnershipSite) -> None:
    place = LocationFactory()
    hours = OpeningHoursFactory(location=place, name=text("Programul sălii"))
    named, hidden = references_to(place, make_user("matei", "Moderator"))
    assert [found.title for found in named] == [str(hours)]
    assert named[0].url
    assert hidden == 0
    named, hidden = references_to(place, make_user("petra", "Partnership editor"))
    assert (named, hidden) == ([], 1)


# -- the list ----------------------------------------------------------------------------------------------------------


def test_unused_ones_are_found_and_names_by_any_spelling(site: PartnershipSite) -> None:
    used = LocationFactory(name=text("Sala Țării"), key="sala-tarii")
    LocationFactory(name=text("Fără rost"), key="fara-rost")
    DepartmentFactory(name=text("Serviciul A"))
    EventPageFactory(parent=site.calendar, place=used)
    client = client_of("Moderator")
    assert rows(client, "?kind=location") == ["Fără rost", "Sala Țării"]
    assert rows(client, "?kind=location&used=no") == ["Fără rost"]
    assert rows(client, "?used=yes") == ["Sala Țării"]
    assert rows(client, "?q=sala tarii") == ["Sala Țării"]
    assert "Serviciul A" in rows(client, "?kind=x&used=y&q=")
    html = client.get(reverse("contact_usage")).content.decode()
    assert reverse("contact_users", args=["location", used.pk]) in {
        link.get("href") for link in parse(html).find_all("a")
    }


def test_files_hold_the_filtered_list_and_no_formula(site: PartnershipSite) -> None:
    LocationFactory(name=text("=1+1"), key="formula")
    DepartmentFactory(name=text("Serviciul A"))
    client = client_of()
    address = f"{reverse('contact_usage')}?kind=location"
    body = b"".join(cast("Any", client.get(f"{address}&export=csv")).streaming_content).decode()
    assert "'=1+1" in body
    assert "Serviciul A" not in body
    assert client.get(f"{address}&export=xlsx").status_code == 200


def test_both_lists_cost_the_same_with_many(site: PartnershipSite) -> None:
    user = make_user("matei", "Moderator")
    client = Client()
    client.force_login(user)
    place = LocationFactory()

    def counted() -> list[int]:
        found = []
        for address in (
            reverse("contact_usage"),
            f"{reverse('contact_usage')}?export=csv",
            reverse("contact_users", args=["location", place.pk]),
        ):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        return found

    EventPageFactory(parent=site.calendar, place=place)
    counted()
    few = counted()
    Location.objects.bulk_create(
        Location(key=f"multe-{n}", name=text(f"Locul {n}"), address="str. Nouă") for n in range(150)
    )
    Department.objects.bulk_create(
        Department(key=f"multe-{n}", name=text(f"Serviciul {n}")) for n in range(150)
    )
    for _ in range(5):
        EventPageFactory(parent=site.calendar, place=place)
    assert counted() == few
    assert len(rows(client)) == 50
    assert Page.objects.count() > 5
