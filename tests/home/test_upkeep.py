"""Mail to the departments that pages belong to: once a week, of each thing once, and nothing where there is nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from cms.models import OutboxMail
from contacts.models import HeldSheet, PageCare
from home.links.models import CheckedLink, LinkUse
from home.upkeep.mail import LINES, PURPOSE, tell_departments
from home.upkeep.models import UpkeepNotice
from home.upkeep.tick import tick
from home.upkeep.turns import take_turn
from tests.events.calendar_site import translate
from tests.factories import (
    ContactPointFactory,
    DepartmentFactory,
    StandardPageFactory,
    make_user,
    text,
)
from tests.many_pages import add_many
from tests.partnerships.partnership_site import (
    PartnershipSite,
    add_partnership,
    partnership_site,
)
from tests.remembered import remembered_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 11, 23)


@remembered_fixture
def site(clock: Any, site_tree: Any) -> PartnershipSite:
    found = partnership_site()
    Page.objects.update(last_published_at=timezone.now())
    return found


@pytest.fixture
def department(site: PartnershipSite) -> Any:
    department = DepartmentFactory(name=text("Serviciul nostru"))
    ContactPointFactory(department=department, email="serviciu@example.org")
    return department


def care(page: Any, department: Any = None, days: int | None = None) -> PageCare:
    return PageCare.objects.update_or_create(
        translation_key=page.translation_key,
        defaults={
            "department": department,
            "review_on": None if days is None else TODAY + timedelta(days=days),
        },
    )[0]


def a_page(site: PartnershipSite, title: str) -> Any:
    page = StandardPageFactory(parent=site.home, title=title)
    page.save_revision().publish()
    return page


def broken(page: Any, url: str = "https://mort.ro/orar") -> CheckedLink:
    link = CheckedLink.objects.create(
        digest=CheckedLink.digest_of("web", url, None),
        url=url,
        host="mort.ro",
        state="broken",
        code="status",
        status=404,
        failing_since=timezone.now(),
        check_after=timezone.now(),
    )
    LinkUse.objects.create(link=link, page_id=page.pk)
    return link


def run() -> int:
    return tell_departments(timezone.now())


def mails() -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(purpose=PURPOSE).order_by("pk"))


# -- when nothing is written -------------------------------------------------------------------------------------------


def test_where_nothing_waits_nothing_is_written(site: PartnershipSite, department: Any) -> None:
    care(site.home, department)
    care(a_page(site, "Cu vreme"), department, days=1)
    assert run() == 0
    assert mails() == []


def test_pages_of_nobody_and_of_a_department_without_address_are_told_to_nobody(
    site: PartnershipSite,
) -> None:
    care(a_page(site, "A nimănui"), None, days=-1)
    care(a_page(site, "A altora"), DepartmentFactory(), days=-1)
    assert run() == 0
    # Not taken for told: once there is an address, it gets the mail.
    assert not UpkeepNotice.objects.exists()


def test_drafts_are_not_told(site: PartnershipSite, department: Any) -> None:
    page = a_page(site, "Ciornă")
    care(page, department, days=-1)
    broken(page)
    Page.objects.get(pk=page.pk).specific.unpublish()
    assert run() == 0


# -- what is written ---------------------------------------------------------------------------------------------------


def test_the_mail_says_what_waits_and_where_it_is_done(
    site: PartnershipSite, department: Any, clock: Any
) -> None:
    care(site.home, department)
    late = a_page(site, "Ore de audiență")
    care(late, days=-10)
    linked = a_page(site, "Transport")
    broken(linked)
    translated = a_page(site, "Despre noi")
    translate(translated, "en", "About us", "about-us")
    clock.shift(timedelta(hours=1))
    translated.title = "Despre noi toți"
    translated.save_revision().publish()
    assert run() == 1
    (mail,) = mails()
    assert (mail.to, mail.language) == ("serviciu@example.org", "ro")
    assert "3" in mail.subject
    body = mail.body
    for part in (
        "Ore de audiență",
        "13 noiembrie 2026",
        reverse("page_care", args=[late.pk]),
        "https://mort.ro/orar",
        "404",
        reverse("wagtailadmin_pages:edit", args=[linked.pk]),
        "Despre noi toți",
    ):
        assert part in body
    target = Page.objects.get(
        translation_key=translated.translation_key, locale__language_code="en"
    )
    assert reverse("wagtailadmin_pages:edit", args=[target.pk]) in body


def test_nothing_is_told_twice_and_at_most_once_a_week(
    site: PartnershipSite, department: Any, clock: Any
) -> None:
    first = a_page(site, "Întâi")
    care(first, department, days=-1)
    assert run() == 1
    assert run() == 0
    second = a_page(site, "Apoi")
    care(second, department, days=-1)
    clock.shift(timedelta(days=3))
    assert run() == 0
    clock.shift(timedelta(days=4))
    assert run() == 1
    body = mails()[1].body
    assert "Apoi" in body
    assert "Întâi" not in body
    clock.shift(timedelta(days=30))
    assert run() == 0
    # Another day that passes is another matter.
    PageCare.objects.filter(translation_key=first.translation_key).update(
        review_on=timezone.localdate() - timedelta(days=1)
    )
    assert run() == 1


def test_a_link_that_breaks_anew_is_told_anew(
    site: PartnershipSite, department: Any, clock: Any
) -> None:
    page = a_page(site, "Transport")
    care(page, department)
    link = broken(page)
    assert run() == 1
    clock.shift(timedelta(days=8))
    assert run() == 0
    link.failing_since = timezone.now()
    link.save()
    assert run() == 1


def test_each_department_is_told_of_its_own(site: PartnershipSite, department: Any) -> None:
    other = DepartmentFactory()
    for address in ("a@example.org", "b@example.org", "a@example.org"):
        ContactPointFactory(department=other, email=address)
    care(a_page(site, "A noastră"), department, days=-1)
    care(a_page(site, "A lor"), other, days=-1)
    assert run() == 3
    bodies = {mail.to: mail.body for mail in mails()}
    assert set(bodies) == {"serviciu@example.org", "a@example.org", "b@example.org"}
    assert "A lor" not in bodies["serviciu@example.org"]
    assert "A noastră" not in bodies["a@example.org"]


def test_a_long_list_is_cut_and_the_rest_is_in_the_report(
    site: PartnershipSite, department: Any
) -> None:
    care(site.home, department)
    long_ago = datetime(2025, 1, 1, tzinfo=timezone.get_default_timezone())
    add_many(site.home, LINES + 30, long_ago)
    assert run() == 1
    (mail,) = mails()
    assert mail.body.count("\n- ") == LINES + 1
    assert reverse("stale_content") in mail.body
    assert UpkeepNotice.objects.count() == LINES + 30


def test_a_title_cannot_break_the_mail(site: PartnershipSite, department: Any) -> None:
    page = a_page(site, "Titlu")
    Page.objects.filter(pk=page.pk).update(draft_title="Titlu\r\nBcc: x@example.org")
    care(page, department, days=-1)
    assert run() == 1
    assert "\nBcc:" not in mails()[0].body


def test_queries_do_not_grow_with_pages(site: PartnershipSite, department: Any) -> None:
    care(site.home, department)
    long_ago = datetime(2025, 1, 1, tzinfo=timezone.get_default_timezone())

    def counted() -> int:
        UpkeepNotice.objects.all().delete()
        OutboxMail.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            run()
        return len(captured)

    add_many(site.home, 10, long_ago)
    counted()
    few = counted()
    add_many(site.home, 150, long_ago)
    assert counted() == few


def test_two_at_once_write_one_mail(site: PartnershipSite, department: Any) -> None:
    care(a_page(site, "Târzie"), department, days=-1)
    with take_turn("mail", 60):
        assert run() == 0
    assert run() == 1


# -- the regular work --------------------------------------------------------------------------------------------------


def test_the_tick_does_both_and_forgets_what_was_deleted(
    site: PartnershipSite, department: Any
) -> None:
    care(a_page(site, "Târzie"), department, days=-1)
    gone = a_page(site, "Ștearsă")
    care(gone, department)
    gone.delete()
    file = {"user": make_user("cineva"), "sheet": "events", "data": b""}
    for name, hours in (("azi", 23), ("ieri", 25)):
        HeldSheet.objects.create(name=name, made_at=timezone.now() - timedelta(hours=hours), **file)
    out = StringIO()
    call_command("upkeep_tick", stdout=out)
    assert "1 mails written" in out.getvalue()
    assert "0 addresses asked" in out.getvalue()
    assert PageCare.objects.count() == 1
    assert [held.name for held in HeldSheet.objects.all()] == ["azi"]
    call_command("upkeep_tick", "--no-links", stdout=out)
    assert len(mails()) == 1


def test_the_tick_tells_of_partnerships_that_end_soon(
    site: PartnershipSite, department: Any
) -> None:
    add_partnership(site, "Acord", department=department, ends_on=TODAY + timedelta(days=30))
    assert tick(timezone.now(), links=False).mails == 1
    assert tick(timezone.now(), links=False).mails == 0
    told = OutboxMail.objects.get()
    assert told.to == "serviciu@example.org"
    assert "23.12.2026" in told.subject or "23 decembrie 2026" in told.subject


def test_one_part_that_fails_does_not_stop_the_other(
    site: PartnershipSite, department: Any
) -> None:
    care(a_page(site, "Târzie"), department, days=-1)
    with mock.patch("home.upkeep.tick.check_links", side_effect=RuntimeError("so")):
        report = tick(timezone.now())
        assert (report.mails, report.failed) == (1, ("links",))
        with pytest.raises(CommandError, match="links"):
            call_command("upkeep_tick", stdout=StringIO())
