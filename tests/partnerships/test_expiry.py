"""Agreements that end soon: the mail about each, once, and the list on the admin's home."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.expiring import expiring_partnerships
from campaigns.expiry import PURPOSE, remind
from campaigns.models import PartnershipPage
from cms.models import OutboxMail
from home.roles import sync_roles
from tests.factories import ContactPointFactory, DepartmentFactory, make_user
from tests.partnerships.partnership_site import PartnershipSite, add_partnership, publish

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def tick() -> str:
    out = StringIO()
    call_command("campaigns_tick", stdout=out)
    return out.getvalue()


def mails() -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(purpose=PURPOSE).order_by("to", "pk"))


@pytest.fixture
def department(site: PartnershipSite) -> Any:
    department = DepartmentFactory()
    ContactPointFactory(department=department, email="serviciu@example.org")
    return department


@pytest.mark.parametrize(
    ("days", "is_told"), [(-1, False), (0, True), (59, True), (60, True), (61, False)]
)
def test_mail_is_written_from_sixty_days_before_the_end(
    site: PartnershipSite, department: Any, days: int, is_told: bool
) -> None:
    add_partnership(site, "Acord", department=department, ends_on=TODAY + timedelta(days=days))
    tick()
    assert [mail.to for mail in mails()] == (["serviciu@example.org"] if is_told else [])


def test_mail_says_what_ends_when_and_where_to_change_it(
    site: PartnershipSite, department: Any
) -> None:
    page = add_partnership(
        site, "Sport\x07 și\nmișcare", department=department, ends_on=date(2026, 12, 24)
    )
    tick()
    (mail,) = mails()
    assert mail.language == "ro"
    assert "\n" not in mail.subject
    assert "Sport și mișcare" in mail.subject
    assert "24 decembrie 2026" in mail.body
    assert "31" in mail.body
    assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in mail.body


def test_each_agreement_and_end_is_told_once(site: PartnershipSite, department: Any) -> None:
    page = add_partnership(site, "Acord", department=department, ends_on=date(2026, 12, 24))
    assert tick().startswith("1 ")
    assert tick().startswith("0 ")
    assert remind(timezone.now() + timedelta(days=10)) == 0
    publish(page, ends_on=date(2027, 1, 10))
    assert tick().startswith("1 ")
    assert len(mails()) == 2
    publish(page, ends_on=date(2029, 1, 10))
    assert tick().startswith("0 ")


def test_drafts_and_what_was_taken_down_are_not_told(
    site: PartnershipSite, department: Any
) -> None:
    page = add_partnership(site, "Acord", department=department, ends_on=date(2028, 12, 24))
    page.ends_on = date(2026, 12, 24)
    page.save_revision()
    down = add_partnership(site, "Retras", department=department, ends_on=date(2026, 12, 24))
    down.unpublish()
    tick()
    assert mails() == []


def test_without_an_address_of_the_department_the_editors_are_told(site: PartnershipSite) -> None:
    sync_roles()
    reached = make_user("una", "Partnership editor")
    reached.email = "una@example.org"
    reached.save()
    for name, email, active in (("doi", "", True), ("trei", "trei@example.org", False)):
        user = make_user(name, "Partnership editor")
        user.email, user.is_active = email, active
        user.save()
    other = make_user("marketing", "Marketing")
    other.email = "marketing@example.org"
    other.save()
    department = DepartmentFactory()
    ContactPointFactory(department=department, email="")
    add_partnership(site, "Fără serviciu", ends_on=date(2026, 12, 24))
    add_partnership(site, "Fără adresă", department=department, ends_on=date(2026, 12, 24))
    tick()
    assert [mail.to for mail in mails()] == ["una@example.org"] * 2


def test_agreement_that_nobody_can_be_told_of_does_not_stop_the_others(
    site: PartnershipSite, department: Any
) -> None:
    lonely = DepartmentFactory()
    ContactPointFactory(department=lonely, email="ăâî@example.org")
    add_partnership(site, "A", department=lonely, ends_on=date(2026, 12, 1))
    add_partnership(site, "B", department=department, ends_on=date(2026, 12, 2))
    tick()
    assert [mail.to for mail in mails()] == ["serviciu@example.org"]


# -- the admin's home --------------------------------------------------------------------------------------------------


def test_home_lists_them_for_those_who_may_edit_them(site: PartnershipSite) -> None:
    sync_roles()
    page = add_partnership(site, "Se termină", ends_on=date(2026, 12, 24))
    add_partnership(site, "Nu se termină")
    editor, clerk = make_user("una", "Partnership editor"), make_user("doi", "Registry clerk")
    client = Client()
    client.force_login(editor)
    html = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Se termină" in html
    assert "Nu se termină" not in html
    assert f'"{reverse("wagtailadmin_pages:edit", args=[page.pk])}"' in html
    client.force_login(clerk)
    assert "Se termină" not in client.get(reverse("wagtailadmin_home")).content.decode()
    # Somebody whose part of the tree is another one.
    Group.objects.create(name="Alții")
    assert expiring_partnerships(make_user("trei", "Alții"), timezone.localtime()) == []


def test_list_costs_the_same_whatever_there_is(site: PartnershipSite) -> None:
    sync_roles()
    user = make_user("una", "Partnership editor")

    def cost() -> int:
        fresh = type(user).objects.get(pk=user.pk)
        with CaptureQueriesContext(connection) as captured:
            expiring_partnerships(fresh, timezone.localtime())
        return len(captured)

    add_partnership(site, "Primul", ends_on=date(2026, 12, 24))
    few = cost()
    for n in range(30):
        add_partnership(site, f"Altul {n}", ends_on=date(2026, 12, 24))
    assert cost() == few
    assert len(expiring_partnerships(user, timezone.localtime())) == 20
    assert PartnershipPage.objects.count() == 31
