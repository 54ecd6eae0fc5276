"""The demo's events: dated from any day of loading, in three languages, and loaded once."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.multilingual import LANGUAGES
from cms.working_calendar import WorkingCalendar
from contacts.models import Organisation
from events.agenda import Visibility
from events.enums import ChangeKind, State
from events.holidays import without_holidays
from events.models import AgendaItem, Category, Event, EventPage, Occurrence
from events.schedule import Schedule, expand
from events.schedule_problems import validate
from home.demo.days import day_of, schedule_of
from home.demo.events import demo_key, load_event_snippets
from home.demo.translations import texts_in
from home.management.commands.load_demo import read_content
from tests.demo_rows import load_demo

CONTENT = read_content("events.yaml")
SITE = read_content("content.yaml")
CALENDAR = WorkingCalendar()
PLACE_IDS = {place["key"]: number for number, place in enumerate(SITE["places"], start=1)}
AWKWARD_DAYS = [
    date(2024, 2, 29),
    date(2026, 3, 29),  # the clocks go forward
    date(2026, 4, 12),  # Orthodox Easter
    date(2026, 10, 25),  # the clocks go back
    date(2026, 11, 22),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 2, 28),
    date(2027, 5, 31),
]
SUNDAY = date(2026, 11, 22)


def schedules(today: date) -> dict[str, Schedule]:
    """All demo events as loaded on `today`, by key; the first day of a rescheduled one as “key before”."""
    found = {}
    for item in CONTENT["events"]:
        for start in ("start", "before"):
            if start in item:
                schedule = schedule_of(
                    item, today, CALENDAR, place_ids=PLACE_IDS, spots=CONTENT["spots"], start=start
                )
                if item.get("skip_holidays"):
                    schedule = without_holidays(schedule, CALENDAR, date(today.year + 3, 12, 31))
                found[item["key"] if start == "start" else f"{item['key']} before"] = schedule
    return found


def assert_sound(today: date) -> None:
    for key, schedule in schedules(today).items():
        problems = validate(schedule, today + timedelta(days=730))
        assert not problems, (today, key, [problem.code for problem in problems])


@pytest.mark.parametrize("today", AWKWARD_DAYS, ids=str)
def test_every_schedule_is_sound_on_awkward_days(today: date) -> None:
    assert_sound(today)


@given(st.dates(min_value=date(2024, 1, 1), max_value=date(2060, 12, 31)))
def test_every_schedule_is_sound_whatever_day_it_is(today: date) -> None:
    assert_sound(today)


@pytest.mark.parametrize("today", AWKWARD_DAYS, ids=str)
def test_there_is_something_in_every_week_to_come_and_something_behind(today: date) -> None:
    dated = [
        one
        for schedule in schedules(today).values()
        for one in expand(schedule, today - timedelta(days=60), today + timedelta(days=180))
    ]
    weeks = Counter((one.first_day - today).days // 7 for one in dated)
    assert all(weeks[week] for week in range(25)), weeks
    assert sum(weeks[week] for week in range(-8, 0)) >= 10
    assert any(one.first_day < today <= one.last_day for one in dated)


@pytest.mark.parametrize("today", AWKWARD_DAYS, ids=str)
def test_changes_are_still_to_come(today: date) -> None:
    for schedule in schedules(today).values():
        assert all(change.day > today for change in schedule.changes)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"in_days": 12}, date(2026, 12, 4)),
        ({"in_weeks": 1, "weekday": 3}, date(2026, 11, 26)),
        ({"in_weeks": 0, "weekday": 3}, date(2026, 11, 19)),
        ({"in_months": 1, "nth": -1, "weekday": 4}, date(2026, 12, 25)),
        ({"in_months": 0, "nth": 5, "weekday": 6}, date(2026, 11, 29)),
        ({"in_months": 0, "nth": 5, "weekday": 4}, date(2027, 1, 29)),  # next month that has five
        ({"in_months": 3, "month_day": -1}, date(2027, 2, 28)),
        ({"yearly": "11-22"}, date(2026, 11, 22)),
        ({"yearly": "11-21"}, date(2027, 11, 21)),
        ({"yearly": "11-21", "grace_days": 1}, date(2026, 11, 21)),
        ({"yearly": "04-10", "weekday": 5}, date(2027, 4, 10)),
    ],
)
def test_day_is_told_from_the_day_of_loading(spec: dict[str, Any], expected: date) -> None:
    assert day_of(spec, SUNDAY) == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"in_days": 9}, date(2026, 12, 2)),  # 1 December
        ({"in_weeks": 2, "weekday": 1}, date(2026, 12, 8)),
        ({"in_months": 1, "nth": -1, "weekday": 4}, date(2027, 1, 29)),  # 25 December
        ({"yearly": "12-01"}, date(2026, 12, 1)),
    ],
)
def test_start_on_a_public_holiday_moves_on_by_its_own_step(
    spec: dict[str, Any], expected: date
) -> None:
    assert day_of(spec, SUNDAY, CALENDAR) == expected


def test_content_is_whole_in_three_languages() -> None:
    for item in CONTENT["events"]:
        texts = list(texts_in(item))
        assert all(text[code].strip() for text in texts for code in LANGUAGES), item["key"]
        assert len({item["title"][code] for code in LANGUAGES}) == 3, item["key"]
    for code in LANGUAGES:
        slugs = Counter(item["slug"][code] for item in CONTENT["events"])
        assert set(slugs.values()) == {1}
    assert all("demo" in item["name"]["en"].lower() for item in CONTENT["organisations"])
    for item in CONTENT["events"]:
        for name in ("booking", "online"):
            assert item.get(name, "https://example.org/").startswith("https://example.org/")


def test_content_shows_every_state_change_and_kind_of_series() -> None:
    loaded = schedules(SUNDAY)
    rules = [schedule.rule for schedule in loaded.values() if schedule.rule]
    assert {item.get("state", "scheduled") for item in CONTENT["events"]} == set(State)
    assert {c.kind for schedule in loaded.values() for c in schedule.changes} == set(ChangeKind)
    assert {rule.frequency for rule in rules} == {"daily", "weekly", "monthly", "yearly"}
    assert any(rule.interval == 2 for rule in rules)
    assert any(rule.nth_weekday == (-1, 4) for rule in rules)
    assert any(rule.until is None and rule.count is None for rule in rules)
    assert any(s.end_time and s.start_time and s.end_time < s.start_time for s in loaded.values())
    assert any(s.all_day and s.end_day for s in loaded.values())


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
class TestLoaded:
    def test_every_event_is_there_in_every_language(self) -> None:
        total = len(CONTENT["events"])
        assert 40 <= total <= 60
        assert Event.objects.public().count() == total
        for code in LANGUAGES:
            assert EventPage.objects.filter(locale__language_code=code, live=True).count() == total
        assert Category.objects.count() == len(CONTENT["categories"])

    def test_event_that_was_rescheduled_tells_its_first_day(self) -> None:
        event = Event.objects.get(state=State.RESCHEDULED)
        assert event.previous_start is not None
        assert event.previous_start.date() != event.first_day

    def test_series_has_its_changes_among_its_dates(self) -> None:
        event = Event.objects.get(key=demo_key("events", "thursday-music"))
        changes = Occurrence.objects.filter(event=event).exclude(change="")
        assert set(changes.values_list("change", flat=True)) == set(ChangeKind)

    def test_agenda_has_items_of_every_visibility(self) -> None:
        assert AgendaItem.objects.count() == len(CONTENT["agenda"])
        found = set(AgendaItem.objects.values_list("visibility", flat=True))
        assert found == set(Visibility)

    def test_second_run_keeps_what_editors_did(self) -> None:
        pages = EventPage.objects.filter(locale__language_code="ro")
        renamed = pages.get(translation_key=demo_key("events", "carols"))
        renamed.title, renamed.slug = "Colinde", "colinde"
        renamed.save_revision().publish()
        for page in pages.get(translation_key=demo_key("events", "new-year")).get_translations(
            inclusive=True
        ):
            page.delete()
        Organisation.objects.filter(key="demo-culture").update(url="https://example.org/altfel")
        before = EventPage.objects.count(), AgendaItem.objects.count(), Occurrence.objects.count()
        load_demo()
        load_event_snippets(CONTENT)
        after = EventPage.objects.count(), AgendaItem.objects.count(), Occurrence.objects.count()
        assert after == before
        assert pages.get(pk=renamed.pk).title == "Colinde"
        assert Organisation.objects.get(key="demo-culture").url == "https://example.org/altfel"
