"""An editor makes a series and cancels one of its dates; page, feed and structured data agree in three languages."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.test_event_editor import BASELINE_MS, coming_thursday, open_dates, open_form

BUCHAREST = ZoneInfo("Europe/Bucharest")
DATES = 20
INDEXES = {"ro": "/ro/evenimente/", "en": "/en/events/", "hu": "/hu/esemenyek/"}
CANCELLED = {"ro": "ANULAT: ", "en": "CANCELLED: ", "hu": "ELMARAD: "}


def publish(page: Page) -> None:
    """Publish what is being edited, and wait until it is."""
    page.locator("[data-w-dropdown-target=toggle]").last.click()
    page.locator("[name=action-publish]").click()
    page.wait_for_url(re.compile(r"/admin/pages/\d+/$"))


def page_ids(page: Page, slug: str) -> dict[str, int]:
    """The ids of the pages with this slug, by language."""
    found = page.request.get(f"/admin/api/main/pages/?slug={slug}").json()["items"]
    return {item["meta"]["locale"]: item["id"] for item in found}


def translate(page: Page, slug: str) -> None:
    """Have the page translated, and publish the translations as they come."""
    page.goto(f"/admin/localize/submit/page/{page_ids(page, slug)['ro']}/")
    for box in page.locator("main form input[name=locales]").all():
        box.check()
    page.locator("main form [type=submit]").last.click()
    page.wait_for_url(re.compile(r"/admin/pages/\d+/$"))
    for language, number in page_ids(page, slug).items():
        if language != "ro":
            page.goto(f"/admin/pages/{number}/edit/")
            page.locator("button[name=action][value=publish]").click()
            page.wait_for_load_state()


def shown_dates(page: Page) -> dict[str, bool]:
    """{ISO start: whether it is cancelled} of the dates that an event's page shows."""
    found = page.locator("[data-occurrence]").evaluate_all(
        "items => items.map(item => [item.dataset.occurrence, item.querySelector('s, del') !== null])"
    )
    return {datetime.fromisoformat(start).isoformat(): gone for start, gone in found}


def told_dates(page: Page) -> dict[str, bool]:
    """{ISO start: whether it is cancelled} of the dates in the page's JSON-LD."""
    blocks = page.locator("script[type='application/ld+json']").all_text_contents()
    (event,) = [data for block in blocks if (data := json.loads(block))["@type"] == "Event"]
    return {
        sub["startDate"]: sub["eventStatus"] == "https://schema.org/EventCancelled"
        for sub in event["subEvent"]
    }


def fed_dates(body: bytes, title: str, language: str) -> dict[str, bool]:
    """{ISO start: whether it is cancelled} of the event called `title` in a feed."""
    calendar = icalendar.Calendar.from_ical(body)
    found = {}
    for event in recurring_ical_events.of(calendar).between(
        date.today(), date.today() + timedelta(days=400)
    ):
        summary = str(event["SUMMARY"])
        if summary.removeprefix(CANCELLED[language]) == title:
            cancelled = event.get("STATUS") == "CANCELLED"
            assert summary.startswith(CANCELLED[language]) == cancelled
            found[event["DTSTART"].dt.astimezone(BUCHAREST).isoformat()] = cancelled
    return found


def test_series_with_a_cancelled_date_is_the_same_everywhere(visitor: Visitor) -> None:
    title, slug, start = "Fanfara de probă", "fanfara-de-proba", coming_thursday()
    gone = start + timedelta(days=14)
    page = visitor.page()
    visitor.log_in(page)
    open_form(page)
    page.fill("#id_title", title)
    open_dates(page)
    page.fill("#id_start_date", start.isoformat())
    page.keyboard.press("Escape")
    page.fill("#id_start_time", "18:00")
    page.keyboard.press("Escape")
    page.fill("#id_end_time", "20:00")
    page.keyboard.press("Escape")
    page.locator("[name=recurrence_frequency][value=weekly]").check()
    page.fill("[name=recurrence_count]", str(DATES))
    publish(page)
    translate(page, slug)

    page.goto(f"/admin/pages/{page_ids(page, slug)['ro']}/edit/")
    page.wait_for_timeout(BASELINE_MS)
    open_dates(page)
    page.locator("#id_date_changes-ADD").click()
    page.fill("#id_date_changes-0-day", gone.isoformat())
    page.keyboard.press("Escape")
    page.fill("[name=date_changes-0-reason_ro]", "Ploaie cu vânt")
    page.fill("[name=date_changes-0-reason_en]", "Rain and wind")
    page.fill("[name=date_changes-0-reason_hu]", "Eső és szél")
    publish(page)

    # 18:00 by the wall clock on both sides of the change of March.
    expected = {
        datetime.combine(day, time(18), BUCHAREST).isoformat(): day == gone
        for day in (start + timedelta(days=7 * n) for n in range(DATES))
    }
    reasons = {"ro": "Ploaie cu vânt", "en": "Rain and wind", "hu": "Eső és szél"}
    reader = visitor.page()
    for language, index in INDEXES.items():
        reader.goto(f"{index}{slug}/")
        expect(reader.locator("h1")).to_have_text(title)
        assert shown_dates(reader) == expected, language
        assert told_dates(reader) == expected, language
        assert reasons[language] in reader.locator("main").inner_text()
        feed = reader.request.get(f"/calendar/{language}/events.ics").body()
        assert fed_dates(feed, title, language) == expected
        entry = feed.replace(b"\r\n ", b"").decode()
        assert f"DESCRIPTION:{reasons[language]}" in entry
        reader.goto(f"{index}?from={gone:%Y-%m-%d}&to={gone:%Y-%m-%d}")
        listed = reader.locator("[data-occurrence]", has_text=title)
        expect(listed).to_have_count(1)
        assert reasons[language] in listed.inner_text()
    # Wagtail's own pages are not held to the public site's standard here.
    visitor.problems.clear()
