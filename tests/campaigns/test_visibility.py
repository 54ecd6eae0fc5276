"""Who reads of a campaign in which stage: a brief nobody, a teaser its head, the rest everything."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from wagtail.models import Page, PageViewRestriction

from campaigns.enums import Stage
from campaigns.models import CampaignPage
from cms.search import find
from home.models import HomePage
from tests.campaigns.campaign_site import LISTS, CampaignSite, address, changed, the_site
from tests.events.calendar_site import entries, soup_of
from tests.factories import (
    DepartmentFactory,
    EventPageFactory,
    OrganisationFactory,
    SearchPageFactory,
    make_user,
    text,
)
from tests.remembered import remembered

pytestmark = pytest.mark.django_db

LANGUAGES = ("ro", "en", "hu")


def make_full_campaign() -> None:
    """A campaign with everything, in three languages."""
    site = the_site()
    site.campaign(
        summary="Șapte seri.",
        department=DepartmentFactory(
            parent=DepartmentFactory(name=text("Direcția")), name=text("Serviciul Probă")
        ),
        goals=[("seri de atelier", "7", "9")],
        events=[EventPageFactory(parent=site.calendar, title="Colinde la Zorilor")],
        partners=[OrganisationFactory(name=text("Asociația Exemplu"))],
        channels=["lumina"],
        press="<p>Pentru ziare.</p>",
        evaluation="Numai pentru noi.",
        body=[{"type": "paragraph", "value": "<p>Povestea întreagă.</p>"}],
    )


@pytest.fixture
def full(site: CampaignSite) -> CampaignPage:
    remembered(make_full_campaign)
    found: CampaignPage = CampaignPage.objects.get(slug="lumina")
    return found


def words(client: Client, path: str) -> str:
    return str(soup_of(client, path).get_text(" ", strip=True))


# -- nobody reads of a brief -----------------------------------------------------------------------------------------


@pytest.fixture
def brief(full: CampaignPage) -> CampaignPage:
    """The same as a brief, published by mistake."""
    addresses = [address(full, code) for code in LANGUAGES]
    page: CampaignPage = changed(full, stage=Stage.BRIEF)
    page.addresses = addresses
    return page


def test_a_published_brief_is_a_404_in_every_language(client: Client, brief: Any) -> None:
    assert Page.objects.get(pk=brief.pk).live
    assert [client.get(path).status_code for path in brief.addresses] == [404, 404, 404]


def test_a_brief_is_a_404_for_those_who_are_logged_in_too(client: Client, brief: Any) -> None:
    client.force_login(make_user("admin", superuser=True))
    assert client.get(brief.addresses[0]).status_code == 404


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_brief_is_in_no_list(client: Client, brief: Any, code: str) -> None:
    for path in (LISTS[code], f"/{code}/"):
        html = client.get(path).content.decode().lower()
        assert "lumina" not in html, path


def test_a_brief_is_not_in_the_sitemap(client: Client, brief: Any) -> None:
    assert "lumina" not in client.get("/sitemap.xml").content.decode()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_brief_is_not_found(brief: Any, code: str) -> None:
    from django.utils.translation import override

    with override(code):
        assert [hit.title for hit in find(RequestFactory().get("/"), "lumina")] == []


def test_a_brief_has_no_calendar_and_no_filter(client: Client, brief: Any) -> None:
    assert client.get("/calendar/ro/campaign/lumina.ics").status_code == 404
    assert client.get("/calendar/ro/events.ics?campaign=lumina").status_code == 404
    page = client.get("/ro/evenimente/?campaign=lumina")
    assert page.status_code == 200
    assert page.context["problems"]


def test_an_event_does_not_tell_of_a_brief(client: Client, brief: Any) -> None:
    event = brief.event_links.get().event_page
    assert "lumina" not in client.get(event.url).content.decode().lower()


def test_links_of_the_editors_do_not_lead_to_a_brief(client: Client, site: Any, brief: Any) -> None:
    home = HomePage.objects.get(locale__language_code="ro")
    home.body = [{"type": "links", "value": [{"page": brief.pk, "title": "", "text": ""}]}]
    home.save_revision().publish()
    assert "lumina" not in client.get("/ro/").content.decode().lower()


def test_editors_preview_a_brief(client: Client, brief: Any) -> None:
    client.force_login(make_user("admin", superuser=True))
    response = client.get(f"/admin/pages/{brief.pk}/view_draft/")
    assert response.status_code == 200
    assert "Povestea întreagă." in response.content.decode()


# -- a teaser --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_teaser_tells_its_head_and_nothing_else(
    client: Client, full: CampaignPage, code: str
) -> None:
    changed(full, stage=Stage.TEASER, starts_on=date(2026, 12, 1))
    shown = words(client, address(full, code))
    assert ("Lumina" if code == "ro" else f"lumina in {code}") in shown
    assert "Șapte seri." in shown
    for hidden in (
        "Povestea",
        "Pentru ziare",
        "Serviciul Probă",
        "Asociația Exemplu",
        "Colinde",
        "atelier",
    ):
        assert hidden not in shown, hidden


def test_a_teaser_says_from_when(client: Client, full: CampaignPage) -> None:
    changed(full, stage=Stage.TEASER, starts_on=date(2026, 12, 1))
    assert "from 1 December 2026" in words(client, address(full, "en"))
    assert "from 1 December 2026" in words(client, LISTS["en"]).replace("From", "from")
    assert "23 December" not in words(client, address(full, "en"))


def test_a_teaser_whose_day_has_come_says_no_day(client: Client, full: CampaignPage) -> None:
    changed(full, stage=Stage.TEASER)
    assert "16 November" not in words(client, address(full, "en"))


def test_a_teaser_has_no_calendar_yet(client: Client, full: CampaignPage) -> None:
    changed(full, stage=Stage.TEASER)
    assert client.get("/calendar/ro/campaign/lumina.ics").status_code == 404
    event = full.event_links.get().event_page
    assert "Lumina" not in words(client, event.url)


# -- everything ------------------------------------------------------------------------------------------------------


def test_a_live_campaign_shows_everything_but_its_evaluation(
    client: Client, full: CampaignPage
) -> None:
    shown = words(client, address(full))
    for part in (
        "Povestea întreagă.", "seri de atelier", "7", "Colinde la Zorilor", "Asociația Exemplu",
        "Pentru ziare.", "Serviciul Probă",
    ):  # fmt: skip
        assert part in shown, part
    assert "Numai pentru noi" not in client.get(address(full)).content.decode()
    assert len(entries(client, "/calendar/ro/campaign/lumina.ics")) == 1


def test_a_closed_campaign_tells_what_came_of_it(client: Client, full: CampaignPage) -> None:
    assert soup_of(client, address(full)).select_one(".goals b").text == "7"
    changed(full, stage=Stage.CLOSED)
    soup = soup_of(client, address(full, "en"))
    assert soup.select_one(".goals b").text == "9"
    assert "wanted: 7" in soup.select_one(".goals").text
    assert "Numai pentru noi" not in str(soup)
    assert not soup.select("#subscribe")


def test_after_its_last_day_it_is_past_by_itself(
    client: Client, full: CampaignPage, clock: Any
) -> None:
    assert client.get(address(full)).context["campaign"].phase == "current"
    clock.move_to("2026-12-23T23:30:00+02:00")
    assert client.get(address(full)).context["campaign"].phase == "current"
    clock.move_to("2026-12-24T00:30:00+02:00")
    assert client.get(address(full)).context["campaign"].phase == "past"
    context = client.get("/ro/campanii/").context
    assert [card.link.title for card in context["past"]] == ["Lumina"]
    assert context["current"] == []


# -- translations read the Romanian facts ----------------------------------------------------------------------------


def test_a_changed_date_is_changed_in_every_language(client: Client, full: CampaignPage) -> None:
    changed(full, ends_on=date(2027, 1, 6))
    for code in ("en", "hu"):
        assert client.get(address(full, code)).context["campaign"].ends_on == date(2027, 1, 6)


def test_a_draft_of_the_facts_changes_nothing(client: Client, full: CampaignPage) -> None:
    full.ends_on = date(2027, 1, 6)
    full.save_revision()
    for code in LANGUAGES:
        assert client.get(address(full, code)).context["campaign"].ends_on == date(2026, 12, 23)


def test_unpublished_in_romanian_it_is_gone_in_every_language(
    client: Client, full: CampaignPage
) -> None:
    addresses = [address(full, code) for code in ("en", "hu")]
    full.unpublish()
    cache.clear()
    assert [client.get(path).status_code for path in addresses] == [404, 404]
    assert "lumina" not in client.get("/en/campaigns/").content.decode()
    assert "lumina" not in client.get("/sitemap.xml").content.decode()
    assert client.get("/calendar/en/campaign/lumina.ics").status_code == 404


def test_private_in_romanian_it_is_gone_in_every_language(
    client: Client, full: CampaignPage
) -> None:
    addresses = [address(full, code) for code in ("en", "hu")]
    PageViewRestriction.objects.create(page=full, restriction_type=PageViewRestriction.LOGIN)
    assert [client.get(path).status_code for path in addresses] == [404, 404]
    assert "lumina" not in client.get("/en/campaigns/").content.decode()
    assert client.get("/calendar/en/campaign/lumina.ics").status_code == 404


def test_an_untranslated_campaign_stands_in_romanian_and_says_so(
    client: Client, site: CampaignSite
) -> None:
    site.campaign(languages="", slug="doar-romaneste")
    card = client.get("/en/campaigns/").context["current"][0]
    assert (card.link.lang, card.link.url) == ("ro", "/ro/campanii/doar-romaneste/")
    heading = soup_of(client, "/en/campaigns/").select_one(".poster h3")
    assert heading["lang"] == "ro"


def test_search_finds_a_live_campaign_and_past_ones_later(
    client: Client, site: CampaignSite
) -> None:
    SearchPageFactory(parent=site.campaigns.get_parent(), slug="cautare")
    site.campaign(languages="", slug="lumina-veche", title="Lumina veche", stage=Stage.CLOSED)
    site.campaign(languages="", slug="lumina-noua", title="Lumina nouă")
    hits = client.get("/ro/cautare/?q=lumina").context["hits"]
    assert [hit.title for hit in hits] == ["Lumina nouă", "Lumina veche"]
