"""The pages of campaigns: what stands in their heads, beside shared links, in structured data; in few queries."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.documents.models import Document
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from campaigns.enums import Stage
from campaigns.models import (
    CampaignDocument,
    CampaignPage,
    Objective,
    StrategyEdition,
    StrategyPage,
)
from tests.campaigns.campaign_site import LISTS, CampaignSite, address, changed
from tests.events.calendar_site import soup_of
from tests.factories import (
    AudienceFactory,
    DepartmentFactory,
    EventPageFactory,
    OrganisationFactory,
    text,
)

pytestmark = pytest.mark.django_db


def an_image(title: str = "Poză") -> Any:
    return get_image_model().objects.create(title=title, file=get_test_image_file(size=(1600, 900)))


def structured(soup: Any) -> dict[str, Any]:
    (tag,) = soup.select('script[type="application/ld+json"]')
    return dict(json.loads(tag.string))


def meta(soup: Any, name: str) -> str:
    tag = soup.select_one(f'meta[property="{name}"]')
    return str(tag["content"]) if tag else ""


# -- the page --------------------------------------------------------------------------------------------------------


def test_blanks_are_survived(client: Client, site: CampaignSite) -> None:
    page = site.campaign(starts_on=None, ends_on=None)
    for code in ("ro", "en", "hu"):
        soup = soup_of(client, address(page, code))
        assert not soup.select("main section"), code
    for path in LISTS.values():
        assert client.get(path).status_code == 200


def test_the_image_is_described_in_the_readers_language_or_says_which(
    client: Client, site: CampaignSite
) -> None:
    page = site.campaign(image=an_image(), image_alt="Felinare pe pod", languages="en hu")
    image = soup_of(client, address(page)).select_one(".poster img")
    assert image["alt"] == "Felinare pe pod"
    english = page.get_translations().get(locale__language_code="en").specific
    CampaignPage.objects.filter(pk=english.pk).update(image_alt="")
    soup = soup_of(client, address(page, "en"))
    assert soup.select_one(".poster img")["alt"] == "Felinare pe pod"
    assert soup.select_one(".poster__art")["lang"] == "ro"


def test_an_image_whose_file_is_gone_breaks_nothing(client: Client, site: CampaignSite) -> None:
    image = an_image()
    page = site.campaign(languages="", image=image, image_alt="Felinare")
    image.file.storage.delete(image.file.name)
    assert client.get(address(page)).status_code == 200


def test_shared_links_have_a_picture(client: Client, site: CampaignSite) -> None:
    head, share = an_image("Cap"), an_image("Partajare")
    page = site.campaign(languages="en", image=head, image_alt="Felinare", summary="Șapte seri.")
    soup = soup_of(client, address(page, "en"))
    assert meta(soup, "og:title") == "lumina in en"
    assert meta(soup, "og:url") == f"http://testserver{address(page, 'en')}"
    assert meta(soup, "og:image").startswith("http://testserver/media/images/")
    first = meta(soup, "og:image")
    changed(page, share_image=share)
    assert meta(soup_of(client, address(page, "en")), "og:image") != first


def test_without_an_image_nothing_is_promised(client: Client, site: CampaignSite) -> None:
    soup = soup_of(client, address(site.campaign(languages="")))
    assert meta(soup, "og:image") == ""
    assert soup.select(".poster__art--houses")


def test_partners_stand_with_their_logos(client: Client, site: CampaignSite) -> None:
    partner = OrganisationFactory(
        name=text("Asociația Exemplu", "Example Association"),
        url="https://example.org/",
        logo=an_image(),
    )
    page = site.campaign(partners=[partner, OrganisationFactory(name=text("Fără siglă"))])
    soup = soup_of(client, address(page, "en"))
    assert [tag.text.strip() for tag in soup.select(".backers h3")] == [
        "Example Association",
        "Fără siglă",
    ]
    # The name stands below: the picture says nothing more.
    assert [tag["alt"] for tag in soup.select(".backers img")] == [""]
    assert soup.select_one(".backers h3 span")["lang"] == "ro"


def test_documents_audiences_and_objectives(client: Client, site: CampaignSite) -> None:
    document = Document.objects.create(
        title="Regulament", file=ContentFile(b"%PDF", "regulament.pdf")
    )
    edition = StrategyEdition.objects.create(
        key="2014-2020", name=text("Strategia"), first_year=2014, last_year=2020
    )
    objective = Objective.objects.create(edition=edition, code="3-2", title=text("Spațiu public"))
    page: Any = site.campaign(
        languages="",
        audiences=[AudienceFactory(name=text("Familii"))],
        objectives=[objective],
    )
    page.document_links = [CampaignDocument(document=document)]
    page.save()
    soup = soup_of(client, address(page))
    assert soup.select_one(".files a")["href"] == document.url
    facts = soup.select_one("#serves").find_parent("section")
    assert "Familii" in facts.text
    assert "Spațiu public" in facts.text
    # No page of the strategy is there to lead to.
    assert not facts.select("a")
    home = site.campaigns.get_parent()
    home.add_child(instance=StrategyPage(title="Strategia", slug="strategie", locale=home.locale))
    soup = soup_of(client, address(page))
    assert (
        soup.select_one("#serves").find_parent("section").select_one("a")["href"]
        == "/ro/strategie/2014-2020/3-2/"
    )


def test_a_draft_is_previewed_as_it_would_be(client: Client, site: CampaignSite) -> None:
    from django.test import RequestFactory

    page: Any = site.campaign(languages="", goals=[("seri", "7", "")])
    draft = page.get_latest_revision_as_object()
    draft.title = "Titlu nou"
    goal = draft.goals.all()[0]
    goal.target = "70"
    draft.goals = [goal]
    response = draft.make_preview_request(RequestFactory().get("/"), draft.default_preview_mode)
    html = response.render().content.decode()
    assert "Titlu nou" in html
    assert "<b>70</b>" in html


# -- structured data -------------------------------------------------------------------------------------------------


def test_with_dates_to_come_it_is_a_series(client: Client, site: CampaignSite) -> None:
    page = site.campaign(
        summary="Șapte seri.",
        events=[EventPageFactory(parent=site.calendar, title="Colinde")],
        department=DepartmentFactory(name=text("Serviciul", "Service")),
    )
    data = structured(soup_of(client, address(page, "en")))
    assert data["@type"] == "EventSeries"
    assert data["name"] == "lumina in en"
    assert data["url"] == f"http://testserver{address(page, 'en')}"
    assert (data["startDate"], data["endDate"]) == ("2026-11-16", "2026-12-23")
    assert data["organizer"] == {"@type": "GovernmentOrganization", "name": "Service"}
    (event,) = data["subEvent"]
    assert event["@type"] == "Event"
    assert event["startDate"] == "2026-11-26T18:00:00+02:00"
    assert event["url"].startswith("http://testserver/")


@pytest.mark.parametrize("stage", [Stage.TEASER, Stage.CLOSED])
def test_without_dates_it_is_a_page(client: Client, site: CampaignSite, stage: Stage) -> None:
    page = site.campaign(languages="", stage=stage, events=[EventPageFactory(parent=site.calendar)])
    data = structured(soup_of(client, address(page)))
    assert data["@type"] == "WebPage"
    assert "subEvent" not in data


# -- the list --------------------------------------------------------------------------------------------------------


def test_the_list_has_current_coming_and_past(client: Client, site: CampaignSite) -> None:
    pages: dict[str, dict[str, Any]] = {
        "acum": {},
        "acum-mult": {"ends_on": None},
        "curand": {"starts_on": date(2027, 1, 12), "ends_on": None},
        "anuntata": {"stage": Stage.TEASER, "starts_on": date(2026, 12, 12)},
        "trecuta": {"starts_on": None, "ends_on": date(2026, 11, 22)},
        "inchisa": {"stage": Stage.CLOSED, "starts_on": None, "ends_on": date(2026, 11, 10)},
        "schita": {"stage": Stage.BRIEF},
    }
    for slug, values in pages.items():
        site.campaign(languages="", slug=slug, **values)
    context = client.get("/ro/campanii/").context
    shown = {
        name: [card.link.title for card in context[name]] for name in ("current", "coming", "past")
    }
    assert shown == {
        "current": ["Acum", "Acum-mult"],
        "coming": ["Anuntata", "Curand"],
        "past": ["Trecuta", "Inchisa"],
    }


def test_past_campaigns_are_turned_page_by_page(client: Client, site: CampaignSite) -> None:
    for n in range(14):
        site.campaign(
            languages="",
            slug=f"veche-{n}",
            stage=Stage.CLOSED,
            starts_on=None,
            ends_on=date(2026, 10, 1) - timedelta(days=n),
        )
    first = client.get("/ro/campanii/")
    assert len(first.context["past"]) == 12
    second = client.get("/ro/campanii/?page=2")
    assert [card.link.title for card in second.context["past"]] == ["Veche-12", "Veche-13"]
    assert 'content="noindex"' in second.content.decode()


@pytest.mark.parametrize("asked", ["0", "-1", "x", "٣", "9999999999", "", "2%00"])
def test_pages_that_are_none(client: Client, site: CampaignSite, asked: str) -> None:
    assert client.get(f"/ro/campanii/?page={asked}").status_code == 200


def test_the_home_page_shows_what_runs_now(client: Client, site: CampaignSite) -> None:
    site.campaign(slug="acum")
    site.campaign(slug="curand", starts_on=date(2027, 1, 12), ends_on=None)
    for code, title in (("ro", "Acum"), ("en", "acum in en"), ("hu", "acum in hu")):
        soup = soup_of(client, f"/{code}/")
        assert [tag.text for tag in soup.select(".poster h3")] == [title]
        assert "urand" not in soup.select_one("main").text


# -- queries ---------------------------------------------------------------------------------------------------------


def queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def grow(site: CampaignSite, page: Any, number: int) -> None:
    """`number` more events, partners, goals and documents of the campaign, campaigns beside it, and news."""
    from campaigns.models import CampaignEvent, CampaignGoal, CampaignPartner
    from tests.factories import CampaignPageFactory, NewsPageFactory

    page.event_links = [
        CampaignEvent(event_page=EventPageFactory(parent=site.calendar)) for _n in range(number)
    ]
    page.partner_links = [
        CampaignPartner(organisation=OrganisationFactory(logo=an_image())) for _n in range(number)
    ]
    page.goals = [CampaignGoal(title=text(f"Obiectivul {n}")) for n in range(number)]
    page.save()
    for n in range(number):
        CampaignPageFactory(
            parent=site.campaigns,
            image=an_image(),
            image_alt="Poză",
            stage=list(Stage)[n % 4],
            events=[link.event_page for link in page.event_links.all()],
        )
        NewsPageFactory(parent=site.news, campaign=page, department=page.department)


@pytest.mark.engines
def test_pages_cost_the_same_few_queries_whatever_there_is(
    client: Client, site: CampaignSite
) -> None:
    top = DepartmentFactory(name=text("Direcția"))
    page: Any = site.campaign(
        image=an_image(),
        image_alt="Poză",
        department=DepartmentFactory(parent=top),
        key="lumina",
    )
    grow(site, page, 4)
    event = page.event_links.first().event_page
    paths = [
        *(address(page, code) for code in ("ro", "en")),
        *LISTS.values(),
        "/ro/",
        "/en/",
        "/ro/noutati/",
        "/en/news/",
        event.url,
        "/ro/evenimente/?campaign=lumina",
    ]
    few = {path: queries(client, path) for path in paths}
    grow(site, CampaignPage.objects.get(pk=page.pk), 5)
    many = {path: queries(client, path) for path in paths}
    assert many == few
    assert {path: n for path, n in many.items() if n > 15} == {}
