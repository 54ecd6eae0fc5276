"""The coming dates for feed readers: RSS 2.0 and JSON Feed 1.1."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.enums import State
from events.feed_formats import FeedItem, json_feed, rss
from events.ical import FeedInfo
from locations.hours import BUCHAREST
from tests.events.feed_events import INFO, STAMP

CHANNEL: Final = replace(
    INFO, language="en", source="https://agora.example/calendar/en/events.rss?a=1&b=2"
)
ITEM: Final = FeedItem(
    id="concert-20261126@agora.example",
    url="https://agora.example/en/events/concert/",
    title="Concert <b>&</b> colinde",
    summary="Muzică de cameră.\nIntrare liberă & caldă.",
    start=datetime(2026, 11, 26, 18, tzinfo=BUCHAREST),
    end=datetime(2026, 11, 26, 20, tzinfo=BUCHAREST),
    all_day=False,
    place="Casa Artelor, Cluj-Napoca",
    status=State.SCHEDULED,
    categories=("Muzică", "Familie"),
    modified=STAMP,
    published=STAMP - timedelta(days=2),
)
SELF: Final = "{http://www.w3.org/2005/Atom}link"


def rss_items(*items: FeedItem, channel: FeedInfo = CHANNEL) -> list[dict[str, str]]:
    root = ElementTree.fromstring(rss(channel, items))
    return [{part.tag: part.text or "" for part in item} for item in root.iter("item")]


def json_items(*items: FeedItem) -> list[dict[str, Any]]:
    return json.loads(json_feed(CHANNEL, items))["items"]


def when(item: FeedItem) -> str:
    return json_items(item)[0]["content_text"].partition("\n\n")[0]


def test_the_rss_channel() -> None:
    root = ElementTree.fromstring(rss(CHANNEL, [ITEM]))
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    channel = root[0]
    texts = {part.tag: part.text for part in channel}
    assert texts["title"] == "Evenimente"
    assert texts["link"] == "https://agora.example/ro/evenimente/"
    assert texts["description"] == "Evenimentele direcției"
    assert texts["language"] == "en"
    assert texts["lastBuildDate"] == "Sun, 01 Nov 2026 09:30:15 GMT"
    itself = channel.find(SELF)
    assert itself is not None
    assert itself.attrib == {
        "href": "https://agora.example/calendar/en/events.rss?a=1&b=2",
        "rel": "self",
        "type": "application/rss+xml",
    }


def test_an_rss_item() -> None:
    (item,) = rss_items(ITEM)
    assert item["title"] == "Concert <b>&</b> colinde"
    assert item["link"] == ITEM.url
    assert item["guid"] == ITEM.id
    assert parsedate_to_datetime(item["pubDate"]) == ITEM.published
    assert item["description"] == (
        "<p>Thursday, 26 November 2026, 18:00–20:00 · Casa Artelor, Cluj-Napoca</p>"
        "<p>Muzică de cameră.</p><p>Intrare liberă &amp; caldă.</p>"
    )
    root = ElementTree.fromstring(rss(CHANNEL, [ITEM]))
    assert [part.text for part in root.iter("category")] == ["Muzică", "Familie"]
    guid = next(root.iter("guid"))
    assert guid.get("isPermaLink") == "false"


def test_the_json_feed() -> None:
    feed = json.loads(json_feed(replace(CHANNEL, source="https://agora.example/x.json"), [ITEM]))
    assert {key: feed[key] for key in feed if key != "items"} == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Evenimente",
        "home_page_url": "https://agora.example/ro/evenimente/",
        "feed_url": "https://agora.example/x.json",
        "description": "Evenimentele direcției",
        "language": "en",
    }
    assert feed["items"] == [
        {
            "id": ITEM.id,
            "url": ITEM.url,
            "title": "Concert <b>&</b> colinde",
            "content_text": "Thursday, 26 November 2026, 18:00–20:00 · Casa Artelor, Cluj-Napoca\n\n"
            "Muzică de cameră.\nIntrare liberă & caldă.",
            "date_published": "2026-10-30T11:30:15+02:00",
            "date_modified": "2026-11-01T11:30:15+02:00",
            "tags": ["Muzică", "Familie"],
            "_event": {
                "all_day": False,
                "end": "2026-11-26T20:00:00+02:00",
                "location": "Casa Artelor, Cluj-Napoca",
                "start": "2026-11-26T18:00:00+02:00",
                "status": "scheduled",
            },
        }
    ]


def test_whole_days() -> None:
    midnight = datetime.combine(date(2026, 11, 26), time(), BUCHAREST)
    day = replace(ITEM, start=midnight, end=midnight + timedelta(days=1), all_day=True)
    assert when(day).startswith("Thursday, 26 November 2026 · ")
    (item,) = json_items(day)
    assert (item["_event"]["start"], item["_event"]["end"]) == ("2026-11-26", "2026-11-26")
    days = replace(day, end=midnight + timedelta(days=3))
    assert when(days).startswith("Thursday, 26 November 2026 – Saturday, 28 November 2026 · ")
    (item,) = json_items(days)
    assert (item["_event"]["start"], item["_event"]["end"]) == ("2026-11-26", "2026-11-28")


def test_an_end_that_is_not_stated_or_another_day() -> None:
    open_end = replace(ITEM, end=ITEM.start, place="")
    assert when(open_end) == "Thursday, 26 November 2026, 18:00"
    assert "end" not in json_items(open_end)[0]["_event"]
    assert "location" not in json_items(open_end)[0]["_event"]
    night = replace(ITEM, end=ITEM.start + timedelta(hours=8), place="")
    assert when(night) == "Thursday, 26 November 2026, 18:00–02:00"
    days = replace(ITEM, end=ITEM.start + timedelta(days=2), place="")
    assert when(days) == "Thursday, 26 November 2026, 18:00 – Saturday, 28 November 2026, 18:00"


def test_what_will_not_take_place_says_so_first() -> None:
    cancelled = replace(ITEM, status=State.CANCELLED)
    assert rss_items(cancelled)[0]["title"] == "CANCELLED: Concert <b>&</b> colinde"
    assert json_items(cancelled)[0]["title"] == "CANCELLED: Concert <b>&</b> colinde"
    assert json_items(cancelled)[0]["_event"]["status"] == "cancelled"
    assert rss_items(replace(ITEM, status=State.POSTPONED))[0]["title"].startswith("POSTPONED: ")


def test_empty_feeds_are_feeds() -> None:
    assert rss_items() == []
    assert json_items() == []
    bare = replace(CHANNEL, description="", source="", url="")
    root = ElementTree.fromstring(rss(bare, []))
    assert root.findtext("channel/description") == "Evenimente", "RSS requires one"
    assert root.find(f"channel/{SELF}") is None
    assert "feed_url" not in json.loads(json_feed(bare, []))


def test_the_order_is_the_caller_s() -> None:
    later = replace(ITEM, id="b", start=ITEM.start + timedelta(days=1))
    assert [item["guid"] for item in rss_items(later, ITEM)] == ["b", ITEM.id]
    assert [item["id"] for item in json_items(later, ITEM)] == ["b", ITEM.id]


def test_naive_moments_are_refused() -> None:
    for make in (rss, json_feed):
        with pytest.raises(ValueError, match="aware"):
            make(CHANNEL, [replace(ITEM, published=STAMP.replace(tzinfo=None))])
    with pytest.raises(ValueError, match="aware"):
        rss(replace(CHANNEL, last_modified=STAMP.replace(tzinfo=None)), [])


ANYTHING: Final = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("\r\n\x00\x0b\x85\u2028\ufffe\uffff<>&]\"'ș😀\ud800"),
    ),
    max_size=80,
)


@settings(deadline=None)
@given(ANYTHING)
def test_nothing_that_is_typed_breaks_the_feeds(text: str) -> None:
    item = replace(
        ITEM,
        id=f"i{text}",
        url=f"https://agora.example/{text}",
        title=f"t{text}",
        summary=text,
        place=text,
        categories=(f"c{text}",),
    )
    channel = replace(CHANNEL, name=f"n{text}", description=text, source=f"https:{text}")
    (found,) = rss_items(item, channel=channel)
    assert found["title"].startswith("t")
    assert "<script" not in found["description"].replace("&lt;script", "")
    read = json.loads(json_feed(channel, [item]))
    assert read["items"][0]["title"].startswith("t")
