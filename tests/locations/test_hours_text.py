"""Hours in words. The words are the English ones; the catalogues are tested where they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.working_calendar import WorkingCalendar
from locations import hours_text
from locations.hours import (
    BUCHAREST,
    ExceptionDays,
    HolidayBehaviour,
    Interval,
    Schedule,
    Season,
    Week,
    group_week,
    parse_intervals,
    status_at,
    transitions,
)
from tests.locations.schedules_strategy import calendars, schedules

PLAIN = WorkingCalendar()


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def week(*texts: str, booked: bool = False) -> Week:
    """Seven texts, or one for Monday to Friday."""
    texts = texts if len(texts) == 7 else (*texts * 5, "", "")
    return Week(tuple(parse_intervals(text, booked) for text in texts))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BUCHAREST)


CITY = week("8-16", "8-16", "8-16", "8-17:30", "8-14:30", "", "")
DIRECTORATE = Schedule((Season(CITY),))
NIGHTS = Schedule((Season(week(*["22-2"] * 7)),), (), HolidayBehaviour.AS_USUAL)


def label(schedule: Schedule, moment: str) -> str:
    now = local(moment)
    return hours_text.status_label(status_at(schedule, PLAIN, now), now)


def test_the_city_s_own_style() -> None:
    groups = group_week(CITY)
    text = "Mon–Wed 08:00–16:00 · Thu 08:00–17:30 · Fri 08:00–14:30"
    assert hours_text.summary(groups) == hours_text.week_summary(CITY) == text
    assert hours_text.lines(groups) == [
        ("Mon–Wed", "08:00–16:00"),
        ("Thu", "08:00–17:30"),
        ("Fri", "08:00–14:30"),
    ]
    assert hours_text.summary([]) == ""


def test_weekdays() -> None:
    assert [hours_text.weekday_name(n) for n in (0, 6)] == ["Monday", "Sunday"]
    assert [hours_text.weekday_short(n) for n in (0, 6)] == ["Mon", "Sun"]


def test_ranges() -> None:
    texts = [hours_text.range_text(i) for i in parse_intervals("8-9:30, 18-24")]
    assert texts == ["08:00–09:30", "18:00–24:00"]
    assert hours_text.range_text(Interval(1320, 1560)) == "22:00–02:00"
    mixed = (Interval(480, 720), Interval(780, 900, True))
    assert hours_text.intervals_text(mixed) == "08:00–12:00, 13:00–15:00 by appointment"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-23T07:59", "Closed, opens today at 08:00"),
        ("2026-11-23T08:00", "Open until 16:00"),
        ("2026-11-23T16:00", "Closed, opens tomorrow at 08:00"),
        ("2026-11-20T14:30", "Closed, opens Monday at 08:00"),
        ("2026-11-21T12:00", "Closed, opens Monday at 08:00"),
        ("2026-11-22T12:00", "Closed, opens tomorrow at 08:00"),
        # 30 November and 1 December are holidays.
        ("2026-11-27T14:30", "Closed, opens Wednesday at 08:00"),
        ("2026-12-31T23:59", "Closed, opens Monday at 08:00"),
        ("2026-04-10T10:00", "Closed, opens Tuesday at 08:00"),
    ],
)
def test_labels_of_the_directorate(moment: str, words: str) -> None:
    assert label(DIRECTORATE, moment) == words


def test_further_than_six_days_it_says_the_date() -> None:
    closed = ExceptionDays(date(2026, 11, 23), date(2026, 12, 1), ())
    schedule = Schedule((Season(CITY),), (closed,))
    assert label(schedule, "2026-11-25T10:00") == "Closed, opens on 2 December at 08:00"
    assert label(schedule, "2026-11-26T10:00") == "Closed, opens Wednesday at 08:00"


def test_by_appointment() -> None:
    schedule = Schedule((Season(week("13-15", booked=True)),))
    assert label(schedule, "2026-11-23T14:00") == "Open by appointment until 15:00"
    assert label(schedule, "2026-11-23T10:00") == "Closed, open by appointment today from 13:00"
    assert label(schedule, "2026-11-23T16:00") == "Closed, open by appointment tomorrow from 13:00"
    assert label(schedule, "2026-11-21T16:00") == "Closed, open by appointment Monday from 13:00"
    away = ExceptionDays(date(2026, 11, 23), date(2026, 12, 1), ())
    later = Schedule(schedule.seasons, (away,))
    words = "Closed, open by appointment on 2 December from 13:00"
    assert label(later, "2026-11-23T10:00") == words


def test_without_a_next_change() -> None:
    assert label(Schedule((Season(Week(((),) * 7)),)), "2026-11-23T10:00") == "Closed"
    assert label(Schedule(()), "2026-11-23T10:00") == "Hours not confirmed"
    always = Schedule((Season(week(*["0-24"] * 7)),), (), HolidayBehaviour.AS_USUAL)
    assert label(always, "2026-11-23T10:00") == "Open"
    booked = Schedule((Season(week(*["0-24"] * 7, booked=True)),), (), HolidayBehaviour.AS_USUAL)
    assert label(booked, "2026-11-23T10:00") == "Open by appointment"


def test_ends_at_and_after_midnight() -> None:
    assert label(NIGHTS, "2026-11-23T23:00") == "Open until 02:00"
    assert label(NIGHTS, "2026-11-24T01:00") == "Open until 02:00"
    evenings = Schedule((Season(week("18-24")),))
    assert label(evenings, "2026-11-23T23:59") == "Open until 24:00"
    # Open from Monday to Friday without a break: the end is worth saying on Friday.
    weekdays = Schedule((Season(week("0-24")),))
    assert label(weekdays, "2026-11-26T23:59") == "Open"
    assert label(weekdays, "2026-11-27T00:00") == "Open until 24:00"


def test_every_weekday_has_its_sentence() -> None:
    names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    for booked, words in ((False, "opens {}"), (True, "open by appointment {}")):
        for weekday, name in enumerate(names):
            texts = ["9-10" if n == weekday else "" for n in range(7)]
            schedule = Schedule(
                (Season(week(*texts, booked=booked)),), (), HolidayBehaviour.AS_USUAL
            )
            two_days_before = date(2026, 11, 23) + timedelta(days=weekday - 2)
            assert words.format(name) in label(schedule, f"{two_days_before}T12:00")


def changes(schedule: Schedule, moment: str, days: int = 8) -> list[tuple[str, str, str]]:
    now = local(moment)
    found = transitions(schedule, PLAIN, now, days)
    status = status_at(schedule, PLAIN, now)
    return hours_text.label_changes(found, now, days, status=status)


def test_the_labels_to_come() -> None:
    assert changes(DIRECTORATE, "2026-11-20T10:00", 4) == [
        ("2026-11-20T14:30:00+02:00", "closed", "Closed, opens Monday at 08:00"),
        ("2026-11-22T00:00:00+02:00", "closed", "Closed, opens tomorrow at 08:00"),
        ("2026-11-23T00:00:00+02:00", "closed", "Closed, opens today at 08:00"),
        ("2026-11-23T08:00:00+02:00", "open", "Open until 16:00"),
        ("2026-11-23T16:00:00+02:00", "closed", "Closed, opens tomorrow at 08:00"),
        ("2026-11-24T00:00:00+02:00", "closed", "Closed, opens today at 08:00"),
        ("2026-11-24T08:00:00+02:00", "open", "Open until 16:00"),
    ]


def test_the_words_change_at_midnight_before_the_first_transition() -> None:
    first = changes(DIRECTORATE, "2026-11-21T10:00")[0]
    assert first == ("2026-11-22T00:00:00+02:00", "closed", "Closed, opens tomorrow at 08:00")


def test_without_changes_there_is_nothing_to_say() -> None:
    always = Schedule((Season(week(*["0-24"] * 7)),), (), HolidayBehaviour.AS_USUAL)
    assert changes(always, "2026-11-23T10:00") == []
    assert changes(Schedule(()), "2026-11-23T10:00") == []


def test_over_the_clock_change() -> None:
    found = changes(NIGHTS, "2026-10-24T23:00", 2)
    assert [moment for moment, _state, _label in found] == [
        "2026-10-25T02:00:00+03:00",
        "2026-10-25T22:00:00+02:00",
        "2026-10-26T02:00:00+02:00",
        "2026-10-26T22:00:00+02:00",
    ]


@settings(max_examples=40, deadline=None)
@given(
    schedules(),
    calendars(),
    st.datetimes(datetime(2025, 1, 2), datetime(2027, 12, 20)),  # noqa: DTZ001 - made local below
)
def test_a_cached_page_shows_what_a_fresh_one_would(
    schedule: Schedule, calendar: WorkingCalendar, naive: datetime
) -> None:
    """Replaying the changes gives, at any time of the eight days, the label that a new page has."""
    now = naive.replace(tzinfo=BUCHAREST, microsecond=0)
    status = status_at(schedule, calendar, now)
    found = hours_text.label_changes(transitions(schedule, calendar, now, 8), now, 8, status=status)
    moments = [datetime.fromisoformat(moment) for moment, _state, _label in found]
    assert [m.timestamp() for m in moments] == sorted({m.timestamp() for m in moments})
    shown = (status.state.value, hours_text.status_label(status, now))
    for hours in range(0, 8 * 24, 5):
        later = (now + timedelta(hours=hours)).astimezone(BUCHAREST)
        for moment, (_iso, state, words) in zip(moments, found, strict=True):
            if moment.timestamp() <= later.timestamp():
                shown = (state, words)
        fresh = status_at(schedule, calendar, later)
        assert shown == (fresh.state.value, hours_text.status_label(fresh, later))
