"""Rules and schedules in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time

import pytest
from django.utils.translation import override
from hypothesis import given

from events.enums import ChangeKind
from events.recurrence import LAST, Frequency, Rule
from events.recurrence_text import (
    days_text,
    rule_sentence,
    schedule_sentence,
    weekdays_text,
)
from events.schedule import DateChange, Schedule
from tests.events.schedules_strategy import schedules

THURSDAY = date(2026, 11, 26)
UNTIL = date(2026, 12, 18)
EVERY_THURSDAY = Rule(Frequency.WEEKLY, weekdays=(3,))


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def weekly(
    *weekdays: int, every: int = 1, until: date | None = None, count: int | None = None
) -> Rule:
    return Rule(Frequency.WEEKLY, every, weekdays, until=until, count=count)


def monthly(
    day: int | None = None,
    nth: tuple[int, int] | None = None,
    every: int = 1,
    count: int | None = None,
) -> Rule:
    return Rule(Frequency.MONTHLY, every, month_day=day, nth_weekday=nth, count=count)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (Rule(Frequency.DAILY), "Every day"),
        (Rule(Frequency.DAILY, 2, count=10), "Every 2 days, 10 times"),
        (Rule(Frequency.DAILY, until=UNTIL), "Every day until 18 December 2026"),
        (weekly(3), "Every Thursday"),
        (weekly(3, until=UNTIL), "Every Thursday until 18 December 2026"),
        (weekly(3, count=1), "Every Thursday, once"),
        (weekly(0, 3, every=2, count=10), "Every 2 weeks, on Monday and Thursday, 10 times"),
        (weekly(0, 2, 4), "Every Monday, Wednesday and Friday"),
        (weekly(0, 1, 2, 3, 4), "Every week from Monday to Friday"),
        (weekly(0, 1, 2, 3, 4, every=3), "Every 3 weeks, from Monday to Friday"),
        (weekly(0, 1, 2, 3, 4, 5, 6), "Every day"),
        (
            weekly(0, 1, 2, 3, 4, 5, 6, every=2),
            "Every 2 weeks, on Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday",
        ),
        (monthly(1), "Every month on the 1st"),
        (monthly(22, every=3), "Every 3 months on the 22nd"),
        (monthly(LAST), "Every month on the last day"),
        (monthly(LAST, every=2), "Every 2 months on the last day of the month"),
        (monthly(nth=(LAST, 4)), "Every month on the last Friday"),
        (monthly(nth=(1, 6), count=6), "Every month on the first Sunday, 6 times"),
        (monthly(nth=(2, 1), every=2), "Every 2 months on the second Tuesday"),
        (monthly(nth=(3, 2)), "Every month on the third Wednesday"),
        (monthly(nth=(4, 5)), "Every month on the fourth Saturday"),
        (monthly(nth=(5, 4)), "Every month that has one on the fifth Friday"),
        (monthly(nth=(5, 4), every=2), "Every 2 months on the fifth Friday, if the month has one"),
        (Rule(Frequency.YEARLY), "Every year on 26 November"),
        (Rule(Frequency.YEARLY, 5), "Every 5 years on 26 November"),
    ],
)
def test_rules_in_words(rule: Rule, sentence: str) -> None:
    assert rule_sentence(rule, THURSDAY) == sentence


def test_29_february_in_words() -> None:
    rule = Rule(Frequency.YEARLY)
    assert rule_sentence(rule, date(2028, 2, 29)) == "Every leap year on 29 February"
    assert rule_sentence(Rule(Frequency.YEARLY, 2), date(2028, 2, 29)) == (
        "Every 2 years on 29 February, if the year is a leap year"
    )


@pytest.mark.parametrize(
    ("schedule", "sentence"),
    [
        (Schedule(THURSDAY, time(18), None, time(20)), "26 November 2026, 18:00–20:00"),
        (Schedule(THURSDAY, time(8)), "26 November 2026, 08:00"),
        (Schedule(THURSDAY, time(20), None, time(2)), "26 November 2026, 20:00–02:00"),
        (
            Schedule(THURSDAY, time(20), date(2026, 11, 27), time(2)),
            "26 November 2026, 20:00–02:00",
        ),
        (
            Schedule(THURSDAY, time(20), date(2026, 11, 27), time(22)),
            "26 November 2026, 20:00 – 27 November 2026, 22:00",
        ),
        (
            Schedule(THURSDAY, time(18), date(2026, 12, 14)),
            "26 November 2026, 18:00 – 14 December 2026",
        ),
        (Schedule(THURSDAY), "26 November 2026, all day"),
        (Schedule(date(2026, 12, 1), end_day=date(2026, 12, 14)), "1–14 December 2026"),
        (Schedule(date(2026, 11, 28), end_day=date(2026, 12, 3)), "28 November – 3 December 2026"),
        (
            Schedule(date(2026, 12, 28), end_day=date(2027, 1, 3)),
            "28 December 2026 – 3 January 2027",
        ),
        (
            Schedule(THURSDAY, time(18), None, time(20), weekly(3, until=UNTIL)),
            "Every Thursday, 18:00–20:00, until 18 December 2026",
        ),
        (Schedule(THURSDAY, time(18), rule=weekly(3)), "Every Thursday, 18:00"),
        (
            Schedule(THURSDAY, time(18), rule=weekly(0, 3, every=2, count=10)),
            "Every 2 weeks, on Monday and Thursday, 18:00, 10 times",
        ),
        (Schedule(THURSDAY, time(18), rule=weekly(3, count=1)), "Every Thursday, 18:00, once"),
        (Schedule(THURSDAY, rule=weekly(3)), "Every Thursday, all day"),
        (
            Schedule(THURSDAY, end_day=date(2026, 11, 28), rule=Rule(Frequency.YEARLY)),
            "Every year on 26 November, for 3 days",
        ),
        (
            Schedule(THURSDAY, time(18), date(2026, 11, 29), time(3), Rule(Frequency.YEARLY)),
            "Every year on 26 November, 18:00, for 3 days",
        ),
    ],
)
def test_schedules_in_words(schedule: Schedule, sentence: str) -> None:
    assert schedule_sentence(schedule) == sentence


def test_added_dates_are_counted() -> None:
    added = tuple(DateChange(ChangeKind.ADDED, date(2026, 12, day)) for day in (1, 2))
    cancelled = DateChange(ChangeKind.CANCELLED, THURSDAY)
    one = Schedule(THURSDAY, time(18), changes=(added[0], cancelled))
    assert schedule_sentence(one) == "26 November 2026, 18:00, and 1 more date"
    both = Schedule(THURSDAY, time(18), rule=EVERY_THURSDAY, changes=added)
    assert schedule_sentence(both) == "Every Thursday, 18:00, and 2 more dates"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 12, 1), date(2026, 12, 1), "1 December"),
        (date(2026, 12, 1), date(2026, 12, 14), "1–14 December"),
        (date(2026, 11, 28), date(2026, 12, 3), "28 November – 3 December"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 December – 3 January"),
    ],
)
def test_days_without_their_year(first: date, last: date, text: str) -> None:
    assert days_text(first, last, year=False) == text


def test_weekdays_are_listed() -> None:
    assert [weekdays_text(days) for days in ((), (0,), (0, 6), (0, 1, 6))] == [
        "",
        "Monday",
        "Monday and Sunday",
        "Monday, Tuesday and Sunday",
    ]


@given(schedules())
def test_every_schedule_has_a_sentence(schedule: Schedule) -> None:
    for language in ("en", "ro", "hu"):
        with override(language):
            sentence = schedule_sentence(schedule)
            if schedule.rule is not None:
                assert rule_sentence(schedule.rule, schedule.start_day) in sentence or (
                    schedule.rule.ends
                )
        assert sentence
        assert not re.search(r"%\(|None|  ", sentence)
