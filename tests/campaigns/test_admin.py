"""The admin of campaigns: who opens what, moving on, channels with counts, QR codes, what waits; few queries."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from PIL import Image
from wagtail.models import GroupPagePermission, Page

from campaigns import waiting
from campaigns.enums import Stage
from campaigns.models import CampaignChannel, CampaignPage, ChannelCount
from campaigns.services import newest
from home.roles import sync_roles
from tests.admin_forms import parse
from tests.campaigns.campaign_site import TODAY, CampaignSite, changed
from tests.factories import CampaignPageFactory, NewsPageFactory, make_user
from tests.remembered import remembered_fixture

pytestmark = pytest.mark.django_db

ROLES = [
    "Registry clerk",
    "Head of the registry",
    "Department officer",
    "Auditor",
    "Mayor's Cabinet",
    "Confidential reports",
]


@remembered_fixture
def page(site: CampaignSite) -> CampaignPage:
    sync_roles()
    return site.campaign(languages="en", channels=["lumina", "afis"], evaluation="")


def as_user(*groups: str, superuser: bool = False) -> Client:
    client = Client()
    client.force_login(make_user("somebody", *groups, superuser=superuser))
    return client


def addresses(page: CampaignPage) -> list[str]:
    return [
        reverse("campaigns_move", args=[page.pk, "close"]),
        reverse("campaigns_channels", args=[page.pk]),
        reverse("campaigns_qr_sheet", args=[page.pk]),
        reverse("campaigns_qr", args=[page.pk, "lumina", "svg"]),
        reverse("campaigns_qr", args=[page.pk, "lumina", "png"]),
    ]


# -- who may not -------------------------------------------------------------------------------------------------------


def test_nobody_without_logging_in(page: CampaignPage) -> None:
    for path in addresses(page):
        response = Client().get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("role", ROLES)
def test_roles_that_edit_no_pages_open_nothing(page: CampaignPage, role: str) -> None:
    client = as_user(role)
    for path in addresses(page):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, "/admin/"), path
    client.post(addresses(page)[0])
    assert CampaignPage.objects.get(pk=page.pk).stage == "live"
    for name in ("campaign_listing:index", "news_listing:index"):
        assert client.get(reverse(name)).status_code == 302


def test_an_editor_of_another_part_of_the_site_opens_nothing(
    site: CampaignSite, page: CampaignPage
) -> None:
    from django.contrib.auth.models import Group, Permission

    group = Group.objects.create(name="Altceva")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page", "publish_page"):
        GroupPagePermission.objects.create(
            group=group,
            page=Page.objects.get(pk=site.calendar.pk),
            permission=Permission.objects.get(
                content_type__app_label="wagtailcore", codename=codename
            ),
        )
    client = as_user("Altceva")
    for path in addresses(page):
        assert client.get(path).status_code == 302, path
    html = client.get("/admin/").content.decode()
    assert "Lumina" not in html


# -- who may -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["Marketing", "Moderator"])
def test_those_who_edit_pages_open_everything(page: CampaignPage, role: str) -> None:
    client = as_user(role)
    for path in addresses(page):
        assert client.get(path).status_code == 200, path
    for name in ("campaign_listing:index", "news_listing:index"):
        assert client.get(reverse(name)).status_code == 200


def test_a_translation_has_no_channels_of_its_own(page: CampaignPage) -> None:
    client = as_user("Moderator")
    version: Any = page.get_translations().first()
    for path in addresses(version)[1:]:
        assert client.get(path).status_code == 404


def test_what_is_no_campaign_is_none(site: CampaignSite) -> None:
    client = as_user(superuser=True)
    assert client.get(reverse("campaigns_channels", args=[site.news.pk])).status_code == 404


# -- moving on ---------------------------------------------------------------------------------------------------------


def test_a_move_asks_before_it_acts(page: CampaignPage) -> None:
    client = as_user("Moderator")
    path = reverse("campaigns_move", args=[page.pk, "close"])
    assert client.get(path).status_code == 200
    assert CampaignPage.objects.get(pk=page.pk).stage == "live"
    response = client.post(path)
    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert CampaignPage.objects.get(pk=page.pk).stage == "closed"


def test_an_officers_move_waits_for_a_moderator(page: CampaignPage) -> None:
    client = as_user("Marketing")
    client.post(reverse("campaigns_move", args=[page.pk, "close"]))
    assert CampaignPage.objects.get(pk=page.pk).stage == "live"
    assert newest(page).stage == "closed"


@pytest.mark.parametrize("name", ["archive", "announce", "nimic"])
def test_a_move_that_is_none_leads_back(page: CampaignPage, name: str) -> None:
    client = as_user("Moderator")
    for ask in (client.get, client.post):
        assert ask(reverse("campaigns_move", args=[page.pk, name])).status_code == 302
    assert CampaignPage.objects.get(pk=page.pk).stage == "live"


def test_without_an_evaluation_there_is_no_button_to_archive(page: CampaignPage) -> None:
    changed(page, stage=Stage.CLOSED)
    client = as_user("Moderator")
    path = reverse("campaigns_move", args=[page.pk, "archive"])
    assert not parse(client.get(path).content).select("form[method=post] button.button")
    client.post(path)
    assert CampaignPage.objects.get(pk=page.pk).stage == "closed"


def test_nobody_is_led_to_another_site(page: CampaignPage) -> None:
    client = as_user("Moderator")
    path = reverse("campaigns_move", args=[page.pk, "close"])
    response = client.post(f"{path}?next=https://example.org/")
    assert response["Location"].startswith("/admin/")


def test_the_history_tells_of_the_move(page: CampaignPage) -> None:
    client = as_user("Moderator")
    client.post(reverse("campaigns_move", args=[page.pk, "close"]))
    with override("ro"):
        html = client.get(reverse("wagtailadmin_pages:history", args=[page.pk])).content.decode()
    assert str(Stage.LIVE.label) in html
    assert str(Stage.CLOSED.label) in html


# -- channels ----------------------------------------------------------------------------------------------------------


def test_counts_stand_in_tables(page: CampaignPage) -> None:
    ChannelCount.objects.bulk_create(
        [
            ChannelCount(code="lumina", day=TODAY, count=5),
            ChannelCount(code="lumina", day=date(2026, 11, 17), count=2),
            ChannelCount(code="afis", day=date(2026, 11, 17), count=1),
        ]
    )
    soup = parse(as_user("Marketing").get(reverse("campaigns_channels", args=[page.pk])).content)
    totals = [tag.text for tag in soup.select(".campaign-channels .campaign-number")]
    assert totals == ["7", "1", "8"]
    weeks = [
        [cell.text for cell in row.select("td")] for row in soup.select(".campaign-weeks tbody tr")
    ]
    assert weeks == [["5", "0", "5"], ["2", "1", "3"]]
    assert all(tag.get("scope") for tag in soup.select("table th"))
    assert [tag["width"] for tag in soup.select(".campaign-bar__value")] == ["100.0%", "14.3%"]


def test_channels_of_the_draft_have_their_codes_already(page: CampaignPage) -> None:
    draft: Any = newest(page)
    draft.channels = [*draft.channels.all(), CampaignChannel(kind="radio", name="spot")]
    draft.save_revision()
    made = [channel.code for channel in newest(page).channels.all()][-1]
    client = as_user("Marketing")
    assert made in client.get(reverse("campaigns_channels", args=[page.pk])).content.decode()
    path = reverse("campaigns_qr", args=[page.pk, made, "svg"])
    assert client.get(path).status_code == 200


def test_without_channels_it_says_where_to_write_them(site: CampaignSite) -> None:
    page = site.campaign(languages="", slug="fara")
    client = as_user(superuser=True)
    soup = parse(client.get(reverse("campaigns_channels", args=[page.pk])).content)
    assert not soup.select("table")
    assert client.get(reverse("campaigns_qr_sheet", args=[page.pk])).status_code == 200


@pytest.mark.parametrize("code", ["nimic", "alta"])
def test_codes_of_others_are_not_drawn(site: CampaignSite, page: CampaignPage, code: str) -> None:
    site.campaign(languages="", slug="alta-campanie", channels=["alta"])
    client = as_user(superuser=True)
    assert client.get(reverse("campaigns_qr", args=[page.pk, code, "svg"])).status_code == 404


def test_codes_are_files_for_print(page: CampaignPage) -> None:
    client = as_user("Marketing")
    svg = client.get(reverse("campaigns_qr", args=[page.pk, "lumina", "svg"]))
    assert svg["Content-Type"] == "image/svg+xml"
    assert "http://testserver/s/lumina" in svg.content.decode()
    png = client.get(reverse("campaigns_qr", args=[page.pk, "lumina", "png"]))
    assert 'filename="qr-lumina.png"' in png["Content-Disposition"]
    image = Image.open(io.BytesIO(png.content))
    assert image.width >= 600
    assert round(image.info["dpi"][0]) == 300


def test_the_sheet_has_every_code(page: CampaignPage) -> None:
    soup = parse(as_user("Marketing").get(reverse("campaigns_qr_sheet", args=[page.pk])).content)
    assert [tag.text for tag in soup.select(".address")] == [
        "testserver/s/lumina",
        "testserver/s/afis",
    ]
    assert len(soup.select(".code svg")) == 2


# -- what waits --------------------------------------------------------------------------------------------------------


def test_campaigns_without_an_evaluation_are_asked_for(site: CampaignSite) -> None:
    sync_roles()
    site.campaign(languages="", slug="in-curs")
    site.campaign(languages="", slug="inchisa", stage=Stage.CLOSED)
    site.campaign(languages="en", slug="trecuta", starts_on=None, ends_on=date(2026, 11, 22))
    site.campaign(languages="", slug="evaluata", stage=Stage.CLOSED, evaluation="Bine.")
    written: Any = site.campaign(languages="", slug="scrisa", stage=Stage.CLOSED)
    draft = newest(written)
    draft.evaluation = "Așteaptă publicarea."
    draft.save_revision()
    user = make_user("officer", "Marketing")
    assert [item.title for item in waiting.without_evaluation(user, TODAY)] == [
        "Trecuta",
        "Inchisa",
    ]
    html = as_user("Moderator").get("/admin/").content.decode()
    assert "Trecuta" in html
    assert "Scrisa" not in html


@pytest.mark.parametrize("role", ROLES)
def test_others_are_not_asked(site: CampaignSite, role: str) -> None:
    sync_roles()
    site.campaign(languages="", slug="inchisa", stage=Stage.CLOSED)
    assert waiting.without_evaluation(make_user("x", role), TODAY) == []
    assert "Inchisa" not in as_user(role).get("/admin/").content.decode()


def test_teasers_whose_day_has_come_are_told(site: CampaignSite) -> None:
    site.campaign(languages="", slug="anuntata", stage=Stage.TEASER)
    site.campaign(languages="", slug="devreme", stage=Stage.TEASER, starts_on=date(2026, 12, 1))
    user = make_user("admin", superuser=True)
    assert [item.title for item in waiting.still_teasers(user, TODAY)] == ["Anuntata"]


# -- queries -----------------------------------------------------------------------------------------------------------


def queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_listings_cost_the_same_whatever_their_length(
    site: CampaignSite, page: CampaignPage
) -> None:
    NewsPageFactory(parent=site.news)
    client = as_user("Moderator")
    paths = [
        reverse("campaign_listing:index"),
        reverse("news_listing:index"),
        reverse("campaigns_channels", args=[page.pk]),
    ]
    for n in range(2):
        CampaignPageFactory(parent=site.campaigns, stage=list(Stage)[n % 3])
        NewsPageFactory(parent=site.news)
    few = [queries(client, path) for path in paths]
    for n in range(5):
        CampaignPageFactory(parent=site.campaigns, stage=list(Stage)[n % 3])
        NewsPageFactory(parent=site.news)
    many = [queries(client, path) for path in paths]
    assert many == few
    assert max(many) <= 40


@pytest.mark.engines
def test_the_listings_can_be_searched_filtered_and_ordered_at_once(
    site: CampaignSite, page: CampaignPage
) -> None:
    from modelsearch.index import insert_or_update_object

    CampaignPageFactory(parent=site.campaigns, title="Altceva")
    news = NewsPageFactory(parent=site.news, title="Lumina noua", slug="lumina-noua")
    for found in (page, news):
        insert_or_update_object(found)
    client = as_user("Moderator")
    campaigns, pieces = reverse("campaign_listing:index"), reverse("news_listing:index")
    for query in ("q=lumina", "q=lumina&stage=live&ordering=-ends_on"):
        html = client.get(f"{campaigns}?{query}").content.decode()
        assert "Lumina" in html
        assert "Altceva" not in html
    assert "Lumina noua" in client.get(f"{pieces}?q=lumina&ordering=title").content.decode()
    assert client.get(f"{campaigns}?q=%22*").status_code == 200


def test_the_panel_of_the_home_page_costs_two_queries(
    site: CampaignSite, page: CampaignPage
) -> None:
    user = make_user("officer", "Marketing")
    waiting.without_evaluation(user, TODAY)
    with CaptureQueriesContext(connection) as captured:
        waiting.without_evaluation(user, TODAY)
        waiting.still_teasers(user, TODAY)
    assert len(captured) == 2
