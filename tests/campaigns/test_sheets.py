"""Campaigns taken out and brought in: drafts, never published, and nobody else's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import GroupPagePermission, PageLogEntry, Workflow

from campaigns.enums import Stage
from campaigns.models import CampaignPage
from home.roles import sync_roles
from tests.campaigns.campaign_site import CampaignSite, changed
from tests.cms.sheets_admin import Desk, counts, words, wrong
from tests.factories import (
    AudienceFactory,
    CampaignPageFactory,
    DepartmentFactory,
    EventPageFactory,
    OrganisationFactory,
    make_user,
)
from tests.partnerships.partnership_site import add_objective

pytestmark = pytest.mark.django_db
SECRET = "Zgrunțuros"


@pytest.fixture
def desk(site: CampaignSite) -> Desk:
    """A marketing officer at the campaigns."""
    sync_roles()
    return Desk("campaigns", "Marketing")


def full(site: CampaignSite) -> CampaignPage:
    """A published campaign with all that a row holds."""
    picture = Image.objects.create(title="Afișul", file=get_test_image_file())
    events = [EventPageFactory(parent=site.calendar, slug=f"eveniment-{n}") for n in (2, 1)]
    return site.campaign(
        "lumina",
        languages="en",
        summary="Rând\r\nșir",
        department=DepartmentFactory(key="cultura"),
        image=picture,
        image_alt="Un afiș",
        audiences=[AudienceFactory(slug="copii"), AudienceFactory(slug="adulti")],
        objectives=[add_objective()],
        events=events,
        partners=[OrganisationFactory(key="teatru")],
        evaluation="",
    )


# -- bad input -------------------------------------------------------------------------------------------------------


def test_what_a_campaign_cannot_be_is_refused_in_its_cell(site, desk):
    site.campaign("lumina")
    shown = desk.dry_run(
        [
            {"key": "lumina", "title": "L", "starts_on": "24.11.2026", "ends_on": "23.11.2026"},
            {"key": "noua", "title": "", "starts_on": "mâine", "ends_on": ""},
            {"key": "Nouă", "title": "N", "starts_on": "", "ends_on": ""},
        ]
    )
    assert counts(shown) == {"wrong": 3}
    told = wrong(shown)
    assert [cell for _row, cell, _text in told] == ["D2", "B3", "C3", "A4"]
    assert "It ends before it begins" in told[0][2]
    assert desk.confirm(shown).url == desk.review
    assert not CampaignPage.objects.get(locale__language_code="ro").has_unpublished_changes


def test_an_image_without_a_description_is_refused(site, desk):
    picture = Image.objects.create(title="Afișul", file=get_test_image_file())
    rows = [{"key": "noua", "title": "N", "image": str(picture.pk), "image_alt": ""}]
    ((row, cell, sentence),) = wrong(desk.dry_run(rows))
    assert (row, cell) == (2, "D2")
    assert "Describe the image" in sentence


def test_what_a_row_refers_to_must_be_there(site, desk):
    OrganisationFactory(key="teatru")
    row = {"key": "noua", "title": "N", "partners": "teatru; altul", "events": "lipsa"}
    told = wrong(desk.dry_run([{**row, "objectives": "2014-2020/9"}]))
    assert [cell for _row, cell, _text in told] == ["C2", "D2", "E2"]
    assert "“altul”" in told[0][2]
    assert "teatru" in told[0][2]


def test_the_stage_is_not_changed_by_a_file(site, desk):
    site.campaign("lumina")
    shown = desk.dry_run([{"key": "lumina", "stage": "archived"}, {"key": "noua", "stage": "live"}])
    assert wrong(shown)[0][:2] == (3, "title")
    shown = desk.dry_run([{"key": "lumina", "title": "Altfel", "stage": "archived"}])
    assert "“archived” is not imported" in words(shown)
    desk.confirm(shown)
    page = CampaignPage.objects.get(key="lumina", locale__language_code="ro")
    assert page.get_latest_revision_as_object().stage == Stage.LIVE


# -- drafts ----------------------------------------------------------------------------------------------------------


def test_a_new_campaign_is_a_draft_of_whoever_imported_it(site, desk):
    DepartmentFactory(key="cultura")
    desk.bring_in(
        [
            {
                "key": "noua",
                "title": "Campania nouă",
                "starts_on": "01.12.2026",
                "ends_on": "2026-12-31",
                "department": "cultura",
            }
        ],
        "plan.csv",
    )
    page: Any = CampaignPage.objects.get(key="noua")
    assert not page.live
    assert page.has_unpublished_changes
    assert page.get_parent().specific == site.campaigns
    assert (page.slug, page.stage, page.owner) == ("noua", Stage.BRIEF, desk.user)
    assert (page.starts_on, page.ends_on) == (date(2026, 12, 1), date(2026, 12, 31))
    assert page.department.key == "cultura"
    (entry,) = PageLogEntry.objects.filter(page=page, action="cms.sheet_import")
    assert "plan.csv" in entry.message
    assert entry.message.endswith("2")
    assert entry.revision == page.latest_revision


def test_a_key_that_only_a_draft_has_does_not_find_another_campaign(site, desk):
    page = site.campaign("lumina")
    page.key = "lumina-noua"
    page.save_revision()
    (row,) = desk.rows()
    assert row["key"] == "lumina"
    assert counts(desk.dry_run([row])) == {"same": 1}


def test_a_change_waits_until_somebody_publishes_it(site, desk, client):
    page = site.campaign("lumina", title="Lumina")
    desk.bring_in([{"key": "lumina", "title": "Lumina nouă", "ends_on": "24.12.2026"}])
    page.refresh_from_db()
    assert (page.title, page.ends_on) == ("Lumina", date(2026, 12, 23))
    assert "Lumina nouă" not in client.get("/ro/campanii/lumina/").content.decode()
    draft = page.get_latest_revision()
    assert (draft.as_object().title, draft.user) == ("Lumina nouă", desk.user)
    draft.publish()
    assert "Lumina nouă" in client.get("/ro/campanii/lumina/").content.decode()
    # Its translations have its days, as ever.
    assert "24" in client.get("/en/campaigns/lumina-en/").content.decode()


def test_a_draft_that_waits_is_what_is_compared_and_changed(site, desk):
    page = full(site)
    draft: Any = CampaignPage.objects.get(pk=page.pk)
    draft.title = "În lucru"
    draft.partner_links = []
    draft.save_revision()
    (row,) = desk.rows()
    assert (row["title"], row["partners"]) == ("În lucru", "")
    assert row["published"] == "yes, a draft waits"
    assert counts(desk.dry_run([row])) == {"same": 1}
    desk.bring_in([{**row, "image credit": "Primăria"}])
    newest = CampaignPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert (newest.title, newest.image_credit) == ("În lucru", "Primăria")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_taken_out_comes_back_unchanged(site, desk, ending):
    full(site)
    site.campaign("fara-nimic", starts_on=None, ends_on=None)
    CampaignPageFactory(parent=site.campaigns, live=False, key="ciorna", title="Ciornă")
    shown = desk.dry_run(desk.take_out(ending), f"a.{ending}")
    assert counts(shown) == {"same": 3}, (wrong(shown), words(shown))


def test_only_romanian_pages_leave(site, desk):
    full(site)
    (row,) = desk.rows()
    assert row["title"] == "Lumina"
    assert row["events"] == "eveniment-2, eveniment-1"
    assert row["objectives"] == "2026-2035/1-1"
    assert sorted(row["audiences"].split(", ")) == ["adulti", "copii"]


def test_links_are_changed_and_the_others_stay(site, desk):
    page = full(site)
    OrganisationFactory(key="muzeu")
    (row,) = desk.rows()
    desk.bring_in([{**row, "partners": "muzeu, teatru", "events": "eveniment-1", "audiences": ""}])
    draft = CampaignPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert [link.organisation.key for link in draft.partner_links.all()] == ["muzeu", "teatru"]
    assert [link.event_page.slug for link in draft.event_links.all()] == ["eveniment-1"]
    assert not draft.audiences.all()
    assert [objective.code for objective in draft.objectives.all()] == ["1-1"]
    draft.save_revision().publish()
    assert counts(desk.dry_run(desk.rows())) == {"same": 1}


def test_two_imports_of_the_same_new_row_make_one_page(site, desk):
    rows = [{"key": "noua", "title": "Nouă"}]
    first = desk.dry_run(rows)
    address = desk.review
    other = Desk("campaigns", "Marketing", name="alta")
    other.bring_in(rows)
    answer = desk.client.post(address, {"fingerprint": first.context["fingerprint"]})
    assert "Something has changed" in words(desk.client.get(answer.url))
    assert CampaignPage.objects.filter(key="noua").count() == 1


# -- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role",
    ["Partnership editor", "Mayor's Cabinet", "Registry clerk", "Department officer", "Auditor"],
)
def test_campaigns_and_events_are_not_everybodys(site, role):
    sync_roles()
    site.campaign("lumina", title=SECRET)
    for key in ("campaigns", "events"):
        desk = Desk(key, role)
        for address in (desk.page, reverse("sheets_export", args=[key, "csv"])):
            answer = desk.client.get(address)
            assert answer.url == reverse("wagtailadmin_home")
        assert desk.upload([{"key": "noua", "title": "N"}]).url == reverse("wagtailadmin_home")
    assert CampaignPage.objects.filter(locale__language_code="ro").count() == 1


@pytest.mark.parametrize("role", ["Marketing", "Moderator"])
def test_marketing_and_moderators_bring_in_drafts(site, role):
    sync_roles()
    desk = Desk("campaigns", role)
    desk.bring_in([{"key": "noua", "title": "N"}])
    assert not CampaignPage.objects.get(key="noua").live


def test_who_edits_one_campaign_neither_sees_nor_changes_another(site):
    sync_roles()
    mine, other = site.campaign("mea"), site.campaign("alta", title=SECRET)
    desk = Desk("campaigns", name="doar-una")
    from django.contrib.auth.models import Group, Permission

    group = Group.objects.create(name="O campanie")
    group.permissions.add(
        Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    )
    GroupPagePermission.objects.create(
        group=group,
        page=mine.page_ptr,
        permission=Permission.objects.get(
            codename="change_page", content_type__app_label="wagtailcore"
        ),
    )
    desk.user.groups.add(group)
    assert SECRET not in desk.take_out().decode()
    rows = [{"key": key, "title": "Schimbat"} for key in ("mea", "alta", "noua")]
    shown = desk.dry_run(rows)
    assert counts(shown) == {"changed": 1, "wrong": 2}
    assert SECRET not in shown.content.decode()
    desk.bring_in(rows[:1])
    assert not CampaignPage.objects.get(pk=other.pk).has_unpublished_changes


def test_what_is_locked_or_in_moderation_is_left_alone(site, desk):
    locked, waiting = site.campaign("incuiata"), site.campaign("asteapta")
    CampaignPage.objects.filter(pk=locked.pk).update(locked=True)
    draft = changed_draft(waiting)
    Workflow.objects.first().start(draft, make_user("autor", "Marketing"))
    rows = [{"key": key, "title": "Schimbat"} for key in ("incuiata", "asteapta")]
    shown = desk.dry_run(rows)
    assert counts(shown) == {"wrong": 2}
    assert all("locked" in sentence for _row, _cell, sentence in wrong(shown))
    # The moderator may change what waits for her.
    moderator = Desk("campaigns", "Moderator")
    assert counts(moderator.dry_run(rows)) == {"changed": 1, "wrong": 1}


def changed_draft(page: CampaignPage) -> CampaignPage:
    draft = CampaignPage.objects.get(pk=page.pk)
    draft.summary = "Altfel"
    draft.save_revision()
    return CampaignPage.objects.get(pk=page.pk)


def test_without_a_page_for_them_no_campaign_is_added(site_tree, clock):
    sync_roles()
    desk = Desk("campaigns", "Marketing")
    assert desk.client.get(desk.page).status_code == 302


# -- how much it costs -----------------------------------------------------------------------------------------------


def queries(work: Any) -> int:
    with CaptureQueriesContext(connection) as found:
        work()
    return len(found)


def test_many_campaigns_take_as_many_queries_as_few(site, desk):
    page = full(site)
    changed_draft(page)
    desk.rows()
    few = queries(desk.take_out), queries(lambda: desk.dry_run(desk.rows()))
    partner = OrganisationFactory(key="muzeu")
    for number in range(5):
        made = CampaignPageFactory(parent=site.campaigns, key=f"c-{number}", partners=[partner])
        changed_draft(made)
    many = queries(desk.take_out), queries(lambda: desk.dry_run(desk.rows()))
    assert many == few


def test_a_published_change_of_an_editor_meanwhile_is_not_overwritten(site, desk):
    page = site.campaign("lumina", title="Lumina")
    shown = desk.dry_run([{"key": "lumina", "title": "Din fișier"}])
    changed(page, title="Între timp")
    answer = desk.confirm(shown)
    assert "Între timp" in words(desk.client.get(answer.url))
    assert not CampaignPage.objects.get(pk=page.pk).has_unpublished_changes
