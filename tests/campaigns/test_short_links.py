"""Short links: where they lead, what is counted and what never is, what is stored of those who follow them."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError, connection, models
from django.test import Client

from campaigns import counting
from campaigns.enums import Stage
from campaigns.models import CampaignPage, ChannelCount
from tests.campaigns.campaign_site import TODAY, CampaignSite, changed
from tests.remembered import remembered_fixture

pytestmark = pytest.mark.django_db


@remembered_fixture
def page(site: CampaignSite) -> CampaignPage:
    return site.campaign(channels=["lumina", "afis-2"])


def counted() -> dict[tuple[str, date], int]:
    return {(row.code, row.day): row.count for row in ChannelCount.objects.all()}


# -- where nothing is found ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["nimic", "ab", "a" * 13, "lumină", "lumina%00", "../ro"])
def test_unknown_codes_lead_nowhere(client: Client, page: CampaignPage, code: str) -> None:
    assert client.get(f"/s/{code}").status_code == 404
    assert counted() == {}


def test_a_brief_leads_nowhere_and_is_not_counted(client: Client, page: CampaignPage) -> None:
    changed(page, stage=Stage.BRIEF)
    assert client.get("/s/lumina").status_code == 404
    assert counted() == {}


def test_an_unpublished_campaign_leads_nowhere(client: Client, page: CampaignPage) -> None:
    page.unpublish()
    assert client.get("/s/lumina").status_code == 404


def test_a_code_of_a_draft_leads_nowhere_yet(client: Client, page: CampaignPage) -> None:
    draft: Any = page.get_latest_revision_as_object()
    draft.channels.get(code="lumina").code = "noua"
    channels = list(draft.channels.all())
    channels[0].code = "noua"
    draft.channels = channels
    draft.save_revision()
    assert client.get("/s/noua").status_code == 404
    assert client.get("/s/lumina").status_code == 302


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_methods_are_refused(client: Client, page: CampaignPage, method: str) -> None:
    assert getattr(client, method)("/s/lumina").status_code == 405
    assert counted() == {}


# -- where they lead -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "path"),
    [
        ("ro-RO", "/ro/campanii/lumina/"),
        ("en-GB,en;q=0.9", "/en/campaigns/lumina-en/"),
        ("hu", "/hu/kampanyok/lumina-hu/"),
        ("fr-FR,hu;q=0.5", "/hu/kampanyok/lumina-hu/"),
        ("de", "/ro/campanii/lumina/"),
        ("", "/ro/campanii/lumina/"),
        ("\x7f;;q=x", "/ro/campanii/lumina/"),
    ],
)
def test_it_leads_to_the_readers_language(
    client: Client, page: CampaignPage, accept: str, path: str
) -> None:
    response = client.get("/s/lumina", headers={"Accept-Language": accept})
    assert (response.status_code, response["Location"]) == (302, path)
    assert "Accept-Language" in response["Vary"]
    assert client.get(path).status_code == 200


def test_untranslated_it_leads_to_romanian(client: Client, site: CampaignSite) -> None:
    site.campaign(languages="", channels=["lumina"])
    response = client.get("/s/lumina", headers={"Accept-Language": "en"})
    assert response["Location"] == "/ro/campanii/lumina/"


@pytest.mark.parametrize("path", ["/s/LUMINA", "/s/lumina/", "/s/Afis-2"])
def test_typed_otherwise_it_leads_there_too(client: Client, page: CampaignPage, path: str) -> None:
    assert client.get(path).status_code == 302
    assert sum(counted().values()) == 1


@pytest.mark.parametrize("stage", [Stage.TEASER, Stage.CLOSED, Stage.ARCHIVED])
def test_posters_still_hang_when_it_is_over(
    client: Client, page: CampaignPage, stage: Stage
) -> None:
    changed(page, stage=stage, evaluation="A adus mult.")
    assert client.get("/s/lumina").status_code == 302
    assert counted() == {("lumina", TODAY): 1}


# -- what is counted ---------------------------------------------------------------------------------------------------


def test_visits_are_counted_by_day(client: Client, page: CampaignPage, clock: Any) -> None:
    client.get("/s/lumina")
    client.get("/s/lumina")
    client.get("/s/afis-2")
    # By the local day: it is still 23 November in Greenwich.
    clock.move_to("2026-11-24T00:30:00+02:00")
    client.get("/s/lumina")
    assert counted() == {
        ("lumina", TODAY): 2,
        ("afis-2", TODAY): 1,
        ("lumina", date(2026, 11, 24)): 1,
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"X-Purpose": "preview"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "WhatsApp/2.23"},
    ],
    ids=str,
)
def test_programs_that_look_ahead_are_led_on_and_not_counted(
    client: Client, page: CampaignPage, headers: dict[str, str]
) -> None:
    assert client.get("/s/lumina", headers=headers).status_code == 302
    assert counted() == {}


def test_head_is_not_counted(client: Client, page: CampaignPage) -> None:
    assert client.head("/s/lumina").status_code == 302
    assert counted() == {}


def test_people_with_browsers_are_counted(client: Client, page: CampaignPage) -> None:
    agents = [
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
        "Mozilla/5.0 (Linux; Android 12; CUBOT NOTE 50) Chrome/120.0",
        "",
    ]
    for agent in agents:
        client.get("/s/lumina", headers={"User-Agent": agent, "Sec-Purpose": ""})
    assert counted() == {("lumina", TODAY): len(agents)}


# -- what is stored ----------------------------------------------------------------------------------------------------


def test_no_cookie_and_no_copy(client: Client, page: CampaignPage) -> None:
    response = client.get("/s/lumina")
    assert not response.cookies
    assert client.cookies == {}
    assert "no-store" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")
    assert response["X-Robots-Tag"] == "noindex"


def test_a_count_has_room_for_nothing_personal() -> None:
    fields = {field.name: type(field) for field in ChannelCount._meta.get_fields()}
    assert fields == {
        "id": models.BigAutoField,
        "code": models.CharField,
        "day": models.DateField,
        "count": models.PositiveIntegerField,
    }


def test_counting_takes_one_statement(page: CampaignPage, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        counting.count("lumina", TODAY)


def test_following_costs_few_queries(client: Client, page: CampaignPage) -> None:
    from django.test.utils import CaptureQueriesContext

    client.get("/s/lumina")
    with CaptureQueriesContext(connection) as queries:
        client.get("/s/lumina")
    assert len(queries) <= 4


def test_a_database_that_is_busy_does_not_stop_the_reader(
    client: Client, page: CampaignPage
) -> None:
    with mock.patch.object(counting, "count", side_effect=OperationalError("locked")):
        assert client.get("/s/lumina").status_code == 302


# -- many at once -----------------------------------------------------------------------------------------------------

THREADS, EACH = 4, 25


@pytest.mark.django_db(transaction=True)
def test_visits_at_once_are_all_counted() -> None:
    barrier = threading.Barrier(THREADS)
    problems: list[BaseException] = []

    def follow() -> None:
        try:
            barrier.wait()
            for _n in range(EACH):
                counting.count("lumina", TODAY)
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=follow) for _n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert counted() == {("lumina", TODAY): THREADS * EACH}


# -- by week -----------------------------------------------------------------------------------------------------------


def test_counts_by_week_and_in_all() -> None:
    rows = [
        ("lumina", date(2026, 11, 23), 5),
        ("lumina", date(2026, 11, 22), 2),
        ("lumina", date(2026, 11, 16), 1),
        ("lumina", date(2026, 1, 1), 100),
        ("afis", date(2026, 11, 9), 3),
        ("altul", date(2026, 11, 23), 50),
    ]
    ChannelCount.objects.bulk_create(
        ChannelCount(code=code, day=day, count=count) for code, day, count in rows
    )
    found = counting.counts(["lumina", "afis", "nimic"], TODAY)
    assert found.weeks == [date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 9)]
    assert found.by_week["lumina"] == {found.weeks[0]: 5, found.weeks[1]: 3}
    assert found.by_week["afis"] == {found.weeks[2]: 3}
    assert found.totals == {"lumina": 108, "afis": 3, "nimic": 0}
