"""A campaign's calendar, the filter by campaign, and what an event's page tells of its campaigns."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from campaigns.enums import Stage
from campaigns.models import CampaignEvent, CampaignPage
from tests.campaigns.campaign_site import CampaignSite, address, changed
from tests.events.calendar_site import entries, occurrences_on, soup_of, translate
from tests.factories import EventPageFactory
from tests.remembered import remembered_fixture

pytestmark = pytest.mark.django_db

FEED = "/calendar/{}/campaign/lumina.{}"


@remembered_fixture
def page(site: CampaignSite) -> CampaignPage:
    """A campaign with one of two events, translated."""
    EventPageFactory(parent=site.calendar, title="Alt eveniment", start_date=date(2026, 11, 27))
    event = EventPageFactory(parent=site.calendar, title="Colinde")
    translate(event, "en", "Carols")
    return site.campaign(events=[event])


def titles(client: Client, path: str) -> list[str]:
    return [str(entry["SUMMARY"]) for entry in entries(client, path)]


# -- feeds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["nimic", "lumina-en", ""])
def test_unknown_campaigns_have_no_calendar(client: Client, page: CampaignPage, key: str) -> None:
    assert client.get(f"/calendar/ro/campaign/{key}.ics").status_code == 404


@pytest.mark.parametrize(
    ("code", "title"), [("ro", "Colinde"), ("en", "Carols"), ("hu", "Colinde")]
)
def test_the_calendar_holds_the_campaigns_events(
    client: Client, page: CampaignPage, code: str, title: str
) -> None:
    assert titles(client, FEED.format(code, "ics")) == [title]
    assert title in client.get(FEED.format(code, "rss")).content.decode()
    assert [item["title"] for item in client.get(FEED.format(code, "json")).json()["items"]]


def test_its_name_is_the_campaigns_in_the_readers_language(
    client: Client, page: CampaignPage
) -> None:
    assert "Lumina" in client.get(FEED.format("ro", "ics")).content.decode()
    assert "lumina in en" in client.get(FEED.format("en", "ics")).content.decode()


def test_an_event_that_joins_and_leaves_is_followed(
    client: Client, site: CampaignSite, page: CampaignPage
) -> None:
    other = site.calendar.get_children().get(title="Alt eveniment").specific
    before = client.get(FEED.format("ro", "ics"))
    links = [*page.event_links.all(), CampaignEvent(event_page=other)]
    changed(page, event_links=links)
    after = client.get(FEED.format("ro", "ics"))
    assert len(titles(client, FEED.format("ro", "ics"))) == 2
    assert after["ETag"] != before["ETag"]
    changed(page, event_links=[])
    assert titles(client, FEED.format("ro", "ics")) == []


def test_a_draft_with_other_events_changes_nothing(client: Client, page: CampaignPage) -> None:
    draft: Any = CampaignPage.objects.get(pk=page.pk)
    draft.event_links = []
    draft.save_revision()
    assert titles(client, FEED.format("ro", "ics")) == ["Colinde"]


def test_a_deleted_campaign_has_no_calendar(client: Client, page: CampaignPage) -> None:
    assert client.get(FEED.format("ro", "ics")).status_code == 200
    page.delete()
    assert client.get(FEED.format("ro", "ics")).status_code == 404


def test_the_calendar_costs_few_queries(client: Client, page: CampaignPage) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        client.get(FEED.format("ro", "ics"))
    assert len(queries) <= 12


# -- the filter ------------------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_campaign(client: Client, page: CampaignPage) -> None:
    assert len(occurrences_on(client, "/ro/evenimente/")) == 2
    assert len(occurrences_on(client, "/ro/evenimente/?campaign=lumina")) == 1
    soup = soup_of(client, "/en/events/?campaign=lumina")
    assert "lumina in en" in soup.select_one(".active").text


def test_an_unknown_campaign_is_told_and_ignored(client: Client, page: CampaignPage) -> None:
    soup = soup_of(client, "/ro/evenimente/?campaign=nimic")
    assert "nimic" in soup.select_one(".notice").text
    assert len(soup.select("[data-occurrence]")) == 2


def test_the_campaigns_page_leads_to_the_list(client: Client, page: CampaignPage) -> None:
    link = soup_of(client, address(page, "en")).select_one("#programme + a")
    assert link["href"] == "/en/events/?campaign=lumina"
    assert client.get(link["href"]).status_code == 200


# -- the page of a campaign ------------------------------------------------------------------------------------------


def test_it_shows_coming_dates_and_the_subscription(client: Client, page: CampaignPage) -> None:
    soup = soup_of(client, address(page, "en"))
    assert [tag["data-occurrence"] for tag in soup.select("[data-occurrence]")] == [
        "2026-11-26T18:00+02:00"
    ]
    assert soup.select_one("#subscribe-address")["value"].endswith(FEED.format("en", "ics"))


def test_past_dates_are_shown_apart(client: Client, page: CampaignPage, clock: Any) -> None:
    clock.move_to("2026-11-28T10:00:00+02:00")
    dates = client.get(address(page)).context["campaign"].dates
    assert dates.days == []
    assert [view.title for view in dates.past] == ["Colinde"]


def test_many_dates_are_cut_with_the_way_to_all(client: Client, site: CampaignSite) -> None:
    event = EventPageFactory(parent=site.calendar, rule="FREQ=DAILY;COUNT=30")
    page = site.campaign(languages="", slug="zilnic", events=[event])
    dates = client.get(address(page)).context["campaign"].dates
    assert sum(len(day.occurrences) for day in dates.days) == 12
    assert dates.more


# -- the page of an event --------------------------------------------------------------------------------------------


def test_an_event_tells_of_its_campaign(client: Client, page: CampaignPage) -> None:
    event = page.event_links.get().event_page
    assert '<a href="/ro/campanii/lumina/">Lumina</a>' in client.get(event.url).content.decode()
    soup = soup_of(client, address(event, "en"))
    assert soup.select_one('a[href="/en/campaigns/lumina-en/"]').text == "lumina in en"
    assert soup.select_one(f'a[href$="{FEED.format("en", "ics")}"]')


def test_an_untranslated_campaign_says_so(client: Client, site: CampaignSite) -> None:
    event = EventPageFactory(parent=site.calendar, title="Colinde")
    translate(event, "en", "Carols")
    site.campaign(languages="", slug="doar-ro", title="Doar în română", events=[event])
    link = soup_of(client, address(event, "en")).select_one('a[href="/ro/campanii/doar-ro/"]')
    assert link["lang"] == "ro"


def test_other_events_tell_of_none(client: Client, site: CampaignSite, page: CampaignPage) -> None:
    other = site.calendar.get_children().get(title="Alt eveniment")
    assert "Lumina" not in client.get(other.url).content.decode()


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.ARCHIVED])
def test_what_was_part_of_a_campaign_stays_so(
    client: Client, page: CampaignPage, stage: Stage
) -> None:
    changed(page, stage=stage, evaluation="A adus mult.")
    event = page.event_links.get().event_page
    assert "Lumina" in client.get(event.url).content.decode()
    assert titles(client, FEED.format("ro", "ics")) == ["Colinde"]
