"""The demo's campaigns and news: whole in three languages, in different stages, loaded once."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import waiting
from campaigns.enums import ChannelKind, Stage
from campaigns.models import CampaignPage, ChannelCount, NewsPage
from campaigns.stages import Phase, phase_on
from cms.multilingual import LANGUAGES
from home.demo.days import day_of
from home.demo.translations import texts_in
from home.management.commands.load_demo import read_content
from tests.demo_rows import load_demo
from tests.factories import make_user

CONTENT = read_content("campaigns.yaml")
EVENTS = read_content("events.yaml")


def test_content_is_whole_in_three_languages() -> None:
    for item in [*CONTENT["campaigns"], *CONTENT["news"], *CONTENT["pages"]]:
        texts = list(texts_in(item))
        assert all(text[code].strip() for text in texts for code in LANGUAGES), item["key"]
    for kind in ("campaigns", "news"):
        for code in LANGUAGES:
            slugs = Counter(item["slug"][code] for item in CONTENT[kind])
            assert set(slugs.values()) == {1}


def test_content_refers_to_what_there_is() -> None:
    events = {item["key"] for item in EVENTS["events"]}
    partners = {item["key"] for item in EVENTS["organisations"]}
    campaigns = {item["key"] for item in CONTENT["campaigns"]}
    codes = Counter(
        channel["code"] for item in CONTENT["campaigns"] for channel in item["channels"]
    )
    assert set(codes.values()) == {1}
    for item in CONTENT["campaigns"]:
        assert set(item["events"]) <= events
        assert set(item["partners"]) <= partners
        assert {channel["kind"] for channel in item["channels"]} <= set(ChannelKind)
    assert {item["campaign"] for item in CONTENT["news"] if "campaign" in item} <= campaigns


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 11, 22), date(2027, 1, 1)])
def test_there_is_one_of_each_kind_on_any_day(today: date) -> None:
    phases = Counter(
        phase_on(
            item["stage"], day_of(item["starts_on"], today), day_of(item["ends_on"], today), today
        )
        for item in CONTENT["campaigns"]
    )
    assert phases == {Phase.CURRENT: 2, Phase.COMING: 1, Phase.PAST: 2}


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
class TestLoaded:
    def test_everything_is_there_in_every_language(self, client: Client) -> None:
        for model, number in ((CampaignPage, 5), (NewsPage, 8)):
            for code in LANGUAGES:
                pages: Any = model
                found = pages.objects.filter(locale__language_code=code, live=True)
                assert found.count() == number
                assert all(client.get(page.get_url()).status_code == 200 for page in found)

    def test_stages_differ_and_one_lacks_its_evaluation(self) -> None:
        source = CampaignPage.objects.filter(locale__language_code="ro")
        assert set(source.values_list("stage", flat=True)) == set(Stage) - {Stage.BRIEF}
        assert source.get(stage=Stage.ARCHIVED).evaluation
        admin = make_user("administrator", superuser=True)
        asked = waiting.without_evaluation(admin, timezone.localdate())
        assert [item.title for item in asked] == ["Cartierul aleargă"]

    def test_channels_have_counts(self) -> None:
        codes = set(ChannelCount.objects.values_list("code", flat=True))
        assert {"pas-afis", "pas-bus", "cros-afis", "usi-presa"} <= codes
        assert "somes-afis" not in codes
        assert not ChannelCount.objects.filter(day__gt=timezone.localdate()).exists()

    def test_live_campaigns_have_coming_dates(self, client: Client) -> None:
        for page in CampaignPage.objects.filter(locale__language_code="ro", stage=Stage.LIVE):
            assert client.get(page.get_url()).context["campaign"].dates.days

    def test_second_run_keeps_what_editors_did(self) -> None:
        page = CampaignPage.objects.get(stage=Stage.CLOSED, locale__language_code="ro")
        for version in page.get_translations(inclusive=True):
            version.delete()
        piece = NewsPage.objects.filter(locale__language_code="ro").first()
        assert piece is not None
        piece.title = "Alt titlu"
        piece.save_revision().publish()
        before = (
            CampaignPage.objects.count(),
            NewsPage.objects.count(),
            ChannelCount.objects.count(),
        )
        load_demo()
        after = CampaignPage.objects.count(), NewsPage.objects.count(), ChannelCount.objects.count()
        assert after == before
        assert NewsPage.objects.get(pk=piece.pk).title == "Alt titlu"

    def test_news_are_of_the_last_months(self) -> None:
        days = NewsPage.objects.values_list("published_on", flat=True)
        today = timezone.localdate()
        assert all(day and today - timedelta(days=120) < day <= today for day in days)
