"""Loads the demo's campaigns and news, dated from the day of loading; nothing where there are some already."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from campaigns.enums import Stage
from campaigns.models import (
    CampaignChannel,
    CampaignEvent,
    CampaignGoal,
    CampaignIndexPage,
    CampaignPage,
    CampaignPartner,
    ChannelCount,
    NewsIndexPage,
    NewsPage,
)
from cms.models import BasePage
from cms.multilingual import LocalizedText
from events.models import EventPage
from home.demo.days import day_of
from home.demo.events import EventTerms, demo_key
from home.demo.indexes import indexed_once
from home.demo.pages import DemoTree, paragraphs
from home.demo.translations import catalogue, translate_page

Data = dict[str, Any]
_WEEK = (9, 10, 11, 10, 12, 6, 5)
"""How busy the days of a week are, Monday first; 10 is usual."""


def load_campaigns(tree: DemoTree, content: Data, terms: EventTerms, today: date) -> None:
    """The campaigns with their channels' counts, and the news, in every language."""
    if CampaignPage.objects.exists() or NewsPage.objects.exists():
        return
    campaigns: dict[str, CampaignPage] = {}
    with indexed_once():
        index: Any = CampaignIndexPage.objects.get(pk=tree.page("campaigns").pk)
        for item in content["campaigns"]:
            page = _campaign(tree, item, today)
            index.add_child(instance=page)
            _relate(page, item, terms)
            _publish(page, item, tree)
            campaigns[item["key"]] = page
            _count(page, item, today)
        index = NewsIndexPage.objects.get(pk=tree.page("news").pk)
        # The oldest first, as they were written.
        for item in reversed(content["news"]):
            page = _news(tree, item, campaigns, today)
            index.add_child(instance=page)
            _publish(page, item, tree)


def _common(tree: DemoTree, item: Data, kind: str) -> Data:
    """What the Romanian pages of both kinds begin with: unsaved, not public yet."""
    return {
        "translation_key": demo_key(kind, item["key"]),
        "locale": tree.source,
        "live": False,
        "has_unpublished_changes": True,
        "title": item["title"]["ro"],
        "slug": item["slug"]["ro"],
        "summary": item["summary"]["ro"],
        "search_description": item["summary"]["ro"],
        "body": tree.blocks(item["body"]),
    }


def _campaign(tree: DemoTree, item: Data, today: date) -> CampaignPage:
    return CampaignPage(
        **_common(tree, item, "campaigns"),
        key=item["key"],
        stage=Stage(item["stage"]),
        starts_on=day_of(item["starts_on"], today),
        ends_on=day_of(item["ends_on"], today),
        department=tree.departments[item["department"]],
        press=paragraphs(item.get("press", [])),
        evaluation=item.get("evaluation", ""),
    )


def _news(tree: DemoTree, item: Data, campaigns: dict[str, CampaignPage], today: date) -> NewsPage:
    return NewsPage(
        **_common(tree, item, "news"),
        published_on=day_of(item["day"], today),
        campaign=campaigns.get(item.get("campaign", "")),
        department=tree.departments.get(item.get("department", "")),
        on_home=item.get("on_home", True),
    )


def _relate(page: Any, item: Data, terms: EventTerms) -> None:
    page.audiences = [terms.audiences[slug] for slug in item["audiences"]]
    page.goals = [
        CampaignGoal(
            sort_order=order,
            title=LocalizedText(goal["title"]),
            target=goal["target"],
            result=goal.get("result", ""),
        )
        for order, goal in enumerate(item["goals"])
    ]
    page.partner_links = [
        CampaignPartner(sort_order=order, organisation=terms.organisations[key])
        for order, key in enumerate(item["partners"])
    ]
    keys = {demo_key("events", key): key for key in item["events"]}
    events = EventPage.objects.filter(translation_key__in=keys, locale__language_code="ro")
    found = {keys[event.translation_key]: event for event in events}
    page.event_links = [
        CampaignEvent(sort_order=order, event_page=found[key])
        for order, key in enumerate(item["events"])
        if key in found
    ]
    page.channels = [
        CampaignChannel(
            sort_order=order, kind=channel["kind"], name=channel["name"], code=channel["code"]
        )
        for order, channel in enumerate(item["channels"])
    ]


def _publish(page: BasePage, item: Data, tree: DemoTree) -> None:
    page.save_revision().publish()
    page.refresh_from_db()
    texts = catalogue(
        {name: item[name] for name in ("title", "summary", "body", "press") if name in item}
    )
    translate_page(page, texts, item["slug"], tree.targets)


def _count(page: CampaignPage, item: Data, today: date) -> None:
    """Visits of the channels for each day so far: made up, and the same whenever they are made."""
    first, last = page.starts_on, page.ends_on
    if first is None or last is None:
        return
    days = [first + timedelta(days=n) for n in range((min(last, today) - first).days + 1)]
    counts = [
        ChannelCount(
            code=channel["code"],
            day=day,
            count=channel["a_day"] * _WEEK[day.weekday()] // 10
            + (n * 7 + len(channel["code"])) % 3,
        )
        for channel in item["channels"]
        for n, day in enumerate(days)
    ]
    # What was counted before stays: a campaign may be made again, and its posters hang there still.
    ChannelCount.objects.bulk_create((row for row in counts if row.count), ignore_conflicts=True)
