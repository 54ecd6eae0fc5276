"""Partnerships taken out and brought in by their editor, who has no campaigns."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from campaigns.models import CampaignPage, PartnershipPage
from home.roles import sync_roles
from tests.cms.sheets_admin import Desk, counts, words, wrong
from tests.factories import DepartmentFactory, OrganisationFactory
from tests.partnerships.partnership_site import (
    PartnershipSite,
    add_campaign,
    add_objective,
    add_partnership,
)

pytestmark = pytest.mark.django_db
SECRET = "Zgrunțuros"


@pytest.fixture
def desk(site: PartnershipSite) -> Desk:
    sync_roles()
    return Desk("partnerships", "Partnership editor")


def test_an_agreement_that_ends_before_it_begins_is_refused_in_its_cell(site, desk):
    shown = desk.dry_run(
        [
            {"address": "a", "title": "A", "in force from": "2026-12-01", "until": "30.11.2026"},
            {"address": "b", "title": "B", "in force from": "2026-12-01", "until": ""},
        ]
    )
    assert counts(shown) == {"wrong": 1, "new": 1}
    ((row, cell, sentence),) = wrong(shown)
    assert (row, cell) == (2, "D2")
    assert "ends before it begins" in sentence
    assert desk.confirm(shown).url == desk.review
    assert not PartnershipPage.objects.exists()


def test_a_new_agreement_is_a_draft_with_its_parties(site, desk):
    OrganisationFactory(key="teatru")
    OrganisationFactory(key="muzeu")
    desk.bring_in(
        [
            {
                "address": "scena",
                "title": "Scena",
                "parties": "teatru, muzeu",
                "level": "international",
                "in force from": "01.12.2026",
            }
        ]
    )
    page: Any = PartnershipPage.objects.get(slug="scena")
    assert not page.live
    assert [party.organisation.key for party in page.parties.all()] == ["teatru", "muzeu"]
    assert (page.level, page.starts_on) == ("international", date(2026, 12, 1))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_taken_out_comes_back_unchanged(site, desk, ending):
    page = add_partnership(site, "Scena", OrganisationFactory(key="teatru"))
    page.objectives = [add_objective()]
    page.department = DepartmentFactory(key="cultura")
    page.save_revision()
    shown = desk.dry_run(desk.take_out(ending), f"a.{ending}")
    assert counts(shown) == {"same": 1}, (wrong(shown), words(shown))


def test_the_partnership_editor_has_no_campaigns_and_no_events(site, desk):
    add_campaign(site, SECRET, OrganisationFactory())
    page = desk.client.get(reverse("sheets"))
    assert SECRET not in words(page)
    for key in ("campaigns", "events", "departments", "contact-points", "posts"):
        assert reverse("sheets_kind", args=[key]) not in page.content.decode()
        for address in (
            reverse("sheets_kind", args=[key]),
            reverse("sheets_export", args=[key, "csv"]),
            reverse("sheets_template", args=[key, "csv"]),
            reverse("sheets_review", args=[key, 1]),
        ):
            assert desk.client.get(address).url == reverse("wagtailadmin_home")
    other = Desk("campaigns", "Partnership editor", name="alta")
    assert other.upload([{"key": "x", "title": "X"}]).url == reverse("wagtailadmin_home")
    assert CampaignPage.objects.count() == 1
