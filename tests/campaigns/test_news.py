"""News: their list and feed, the newest on three places, in the reader's language or honestly in Romanian."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client

from campaigns.models import NewsPage
from tests.campaigns.campaign_site import NEWS, CampaignSite, address, changed
from tests.events.calendar_site import soup_of
from tests.factories import (
    ContactIndexPageFactory,
    DepartmentFactory,
    DepartmentPageFactory,
    NewsPageFactory,
    text,
)

pytestmark = pytest.mark.django_db

DC = "{http://purl.org/dc/elements/1.1/}"


def shown(client: Client, path: str, selector: str = ".news") -> list[str]:
    """The titles of the news on a page."""
    return [tag.text.strip() for tag in soup_of(client, path).select(f"{selector} :is(h2, h3)")]


def on(day: int) -> date:
    return date(2026, 11, day)


# -- the list --------------------------------------------------------------------------------------------------------


def test_the_newest_stand_first(client: Client, site: CampaignSite) -> None:
    site.piece("prima", published_on=on(3))
    site.piece("a-treia", published_on=on(20))
    site.piece("a-doua", published_on=on(10))
    assert shown(client, "/ro/noutati/") == ["A-treia", "A-doua", "Prima"]
    assert shown(client, "/en/news/") == ["a-treia in en", "a-doua in en", "prima in en"]


def test_drafts_and_what_was_taken_down_are_not_there(client: Client, site: CampaignSite) -> None:
    site.piece("jos", published_on=on(3)).unpublish()
    draft = NewsPageFactory(parent=site.news, slug="schita", live=False)
    draft.save_revision()
    for path in NEWS.values():
        assert shown(client, path) == []
    assert client.get("/en/news/jos-en/").status_code == 404


def test_untranslated_news_stand_in_romanian_and_say_so(client: Client, site: CampaignSite) -> None:
    site.piece("doar-ro", languages="")
    item = soup_of(client, "/en/news/").select_one(".news > li > div")
    assert item["lang"] == "ro"
    assert item.select_one("a")["href"] == "/ro/noutati/doar-ro/"


def test_the_list_is_turned_by_the_last_that_was_shown(client: Client, site: CampaignSite) -> None:
    # Two of each day: the day alone would lose some.
    for n in range(45):
        NewsPageFactory(
            parent=site.news, title=f"Noutatea {n}", published_on=on(23) - timedelta(days=n // 2)
        )
    seen: list[str] = []
    path = "/ro/noutati/"
    for _page in range(3):
        response = client.get(path)
        seen += [item.link.title for item in response.context["items"]]
        path = response.context["older_url"]
    assert path == ""
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize(
    "place", ["x", "2026-11-05", "2026-13-01.3", "2026-11-05.x", "%00", "1" * 90]
)
def test_a_place_that_is_none_is_told(client: Client, site: CampaignSite, place: str) -> None:
    site.piece("una", languages="")
    response = client.get(f"/ro/noutati/?before={place}")
    assert response.status_code == 200
    assert response.context["problem"]
    assert len(response.context["items"]) == 1


def test_past_the_end_there_are_none(client: Client, site: CampaignSite) -> None:
    site.piece("una", languages="")
    response = client.get("/ro/noutati/?before=2000-01-01.1")
    assert response.status_code == 200
    assert response.context["items"] == []


# -- one piece -------------------------------------------------------------------------------------------------------


def test_a_piece_shows_its_day_campaign_and_department(client: Client, site: CampaignSite) -> None:
    department = DepartmentFactory(name=text("Serviciul", "The service"))
    piece = site.piece("una", campaign=site.campaign(), department=department)
    soup = soup_of(client, address(piece, "en"))
    assert soup.select_one("main time")["datetime"] == "2026-11-20"
    assert soup.select_one('main a[href="/en/campaigns/lumina-en/"]').text == "lumina in en"
    assert "The service" in soup.select_one("#contact").text


def test_its_day_is_romanian_everywhere(client: Client, site: CampaignSite) -> None:
    piece = site.piece("una")
    changed(piece, published_on=on(2))
    for code in ("ro", "en", "hu"):
        assert (
            soup_of(client, address(piece, code)).select_one("main time")["datetime"]
            == "2026-11-02"
        )


def test_without_a_day_it_has_that_of_its_publishing(site: CampaignSite) -> None:
    piece = site.piece("una", languages="", published_on=None)
    assert piece.published_on == date(2026, 11, 23)


def test_it_is_about_the_romanian_page_whichever_was_chosen(site: CampaignSite) -> None:
    campaign = site.campaign()
    english = campaign.get_translations().get(locale__language_code="en").specific
    assert site.piece("una", languages="", campaign=english).campaign == campaign


def test_a_brief_is_not_told_of(client: Client, site: CampaignSite) -> None:
    piece = site.piece("una", campaign=site.campaign(slug="secreta", stage="brief"))
    assert "ecreta" not in client.get(address(piece)).content.decode()


def test_structured_data(client: Client, site: CampaignSite) -> None:
    piece = site.piece("una", summary="Pe scurt.")
    (tag,) = soup_of(client, address(piece, "hu")).select('script[type="application/ld+json"]')
    data = json.loads(tag.string)
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == "una in hu"
    assert data["datePublished"] == "2026-11-20"
    assert data["inLanguage"] == "hu"


# -- three places ----------------------------------------------------------------------------------------------------


def test_the_newest_three_stand_on_the_home_page(client: Client, site: CampaignSite) -> None:
    for n in range(1, 6):
        site.piece(f"n{n}", published_on=on(n), languages="en")
    site.piece("ascunsa", published_on=on(22), languages="en", on_home=False)
    assert shown(client, "/ro/") == ["N5", "N4", "N3"]
    assert shown(client, "/en/") == ["n5 in en", "n4 in en", "n3 in en"]
    more = soup_of(client, "/en/").select_one("#news + a")
    assert more["href"] == "/en/news/"


def test_the_newest_three_stand_on_their_campaign(client: Client, site: CampaignSite) -> None:
    campaign = site.campaign()
    for n in range(1, 5):
        site.piece(f"n{n}", published_on=on(n), languages="en", campaign=campaign)
    site.piece("alta", published_on=on(22), languages="en")
    assert shown(client, address(campaign)) == ["N4", "N3", "N2"]
    assert shown(client, address(campaign, "en")) == ["n4 in en", "n3 in en", "n2 in en"]


def test_the_newest_three_stand_on_their_department(client: Client, site: CampaignSite) -> None:
    department = DepartmentFactory()
    contact = ContactIndexPageFactory(parent=site.news.get_parent(), slug="contact")
    page = DepartmentPageFactory(parent=contact, department=department, slug="serviciul")
    for n in range(1, 5):
        site.piece(f"n{n}", published_on=on(n), languages="", department=department)
    site.piece("alta", published_on=on(22), languages="")
    assert shown(client, page.url) == ["N4", "N3", "N2"]


def test_where_there_is_none_nothing_is_said(client: Client, site: CampaignSite) -> None:
    assert not soup_of(client, "/ro/").select("#news")


# -- the feed --------------------------------------------------------------------------------------------------------


def feed(client: Client, code: str) -> Any:
    response = client.get(f"/news/{code}.rss")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    return ElementTree.fromstring(response.content).find("channel")


@pytest.mark.parametrize("code", ["ro", "en", "hu"])
def test_the_feed_is_sound_rss(client: Client, site: CampaignSite, code: str) -> None:
    piece = site.piece("una", summary="Pe <b>scurt</b> & bine.", published_on=on(20))
    channel = feed(client, code)
    assert channel.findtext("language") == code
    assert channel.findtext("link") == f"http://testserver{NEWS[code]}"
    own = channel.find("{http://www.w3.org/2005/Atom}link")
    assert own.get("href") == f"http://testserver/news/{code}.rss"
    (item,) = channel.findall("item")
    assert item.findtext("link") == f"http://testserver{address(piece, code)}"
    assert item.findtext("title") == ("Una" if code == "ro" else f"una in {code}")
    assert item.findtext("guid") == str(piece.translation_key)
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext("pubDate") == "Fri, 20 Nov 2026 09:00:00 +0200"
    assert item.findtext("description") == "Pe <b>scurt</b> & bine."
    assert item.find(f"{DC}language") is None


def test_untranslated_items_say_their_language(client: Client, site: CampaignSite) -> None:
    site.piece("doar-ro", languages="")
    (item,) = feed(client, "hu").findall("item")
    assert item.findtext(f"{DC}language") == "ro"
    assert item.findtext("link").endswith("/ro/noutati/doar-ro/")


def test_an_empty_feed_is_a_feed(client: Client, site: CampaignSite) -> None:
    assert feed(client, "ro").findall("item") == []


def test_the_same_content_gives_the_same_bytes(
    client: Client, site: CampaignSite, clock: Any
) -> None:
    first = client.get("/news/ro.rss")
    site.piece("una", languages="")
    second = client.get("/news/ro.rss")
    clock.move_to("2026-11-25T10:00:00+02:00")
    cache.clear()
    third = client.get("/news/ro.rss")
    assert first.content != second.content == third.content
    again = client.get("/news/ro.rss", headers={"If-None-Match": third["ETag"]})
    assert again.status_code == 304


def test_the_feed_is_for_everybody(client: Client, site: CampaignSite) -> None:
    response = client.get("/news/ro.rss", headers={"Accept-Language": "hu"})
    assert not response.cookies
    assert "public" in response["Cache-Control"]
    assert "Accept-Language" not in response.get("Vary", "")
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/news/de.rss", "/news/ro.xml", "/news/.rss"])
def test_other_feeds_there_are_not(client: Client, site: CampaignSite, path: str) -> None:
    assert client.get(path).status_code == 404


def test_only_reading_is_allowed(client: Client, site: CampaignSite) -> None:
    assert client.post("/news/ro.rss").status_code == 405


def test_control_characters_do_not_break_the_feed(client: Client, site: CampaignSite) -> None:
    site.piece("una", languages="")
    NewsPage.objects.update(title="Una\x08 \x0b\ufffe nouă")
    assert feed(client, "ro").find("item").findtext("title")
