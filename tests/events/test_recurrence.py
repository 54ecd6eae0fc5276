"""Rules of recurrence: read, written, counted; what is refused, and with which words."""

from __future__ import annotations

import time as stopwatch
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from dateutil.rrule import rrulestr
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from events.recurrence import (
    LAST,
    Frequency,
    Rule,
    RuleError,
    dates,
    first_on_rule,
    parse_rrule,
    to_rrule,
)
from locations.hours import BUCHAREST
from tests.events.schedules_strategy import rules

STARTS = st.dates(date(1995, 1, 1), date(2105, 12, 31))
RULES_WITH_START = STARTS.flatmap(lambda start: st.tuples(rules(start, 13), st.just(start)))
EVERY_THURSDAY = Rule(Frequency.WEEKLY, weekdays=(3,))
RULES_OF_ALL_KINDS = [
    Rule(Frequency.DAILY),
    Rule(Frequency.DAILY, 1000, count=500),
    Rule(Frequency.WEEKLY, 3, (0, 6)),
    Rule(Frequency.WEEKLY, 1000, (0, 6), count=500),
    Rule(Frequency.MONTHLY, month_day=28),
    Rule(Frequency.MONTHLY, 1000, month_day=LAST, count=500),
    Rule(Frequency.MONTHLY, nth_weekday=(5, 4)),
    Rule(Frequency.MONTHLY, 12, nth_weekday=(5, 0), count=500),
    Rule(Frequency.MONTHLY, nth_weekday=(LAST, 6), until=date.max),
    Rule(Frequency.YEARLY),
    Rule(Frequency.YEARLY, 1000, count=500),
    Rule(Frequency.YEARLY, until=date.min),
]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def by_dateutil(rule: Rule, start: date, first: date, last: date) -> list[date]:
    """The same dates, counted by another library from the rule as it is written."""
    found = rrulestr(to_rrule(rule, start), dtstart=midnight(start))
    return [moment.date() for moment in found.between(midnight(first), midnight(last), inc=True)]


# -- dates


@given(RULES_WITH_START, st.integers(-400, 4000), st.integers(0, 1200))
@example((Rule(Frequency.YEARLY, count=3), date(2024, 2, 29)), 0, 4000)
@example((Rule(Frequency.MONTHLY, nth_weekday=(5, 4), count=9), date(2026, 1, 31)), 0, 1000)
@example((Rule(Frequency.WEEKLY, 2, (0, 6), count=5), date(2026, 11, 25)), 0, 100)
def test_dates_are_those_of_dateutil(
    rule_and_start: tuple[Rule, date], offset: int, length: int
) -> None:
    rule, start = rule_and_start
    first = start + timedelta(days=offset)
    last = first + timedelta(days=length)
    assert list(dates(rule, start, first, last)) == by_dateutil(rule, start, first, last)


@given(RULES_WITH_START, st.integers(0, 300))
def test_a_window_far_away_holds_the_same_dates(
    rule_and_start: tuple[Rule, date], years: int
) -> None:
    rule, start = rule_and_start
    first = start + timedelta(days=years * 365)
    last = first + timedelta(days=800)
    everything = list(dates(rule, start, start, last))
    assert list(dates(rule, start, first, last)) == [day for day in everything if day >= first]
    assert all(one < other for one, other in pairwise(everything))


@pytest.mark.parametrize(
    "rule",
    [
        Rule(Frequency.DAILY),
        Rule(Frequency.WEEKLY, weekdays=(0, 3)),
        Rule(Frequency.MONTHLY, nth_weekday=(5, 4)),
        Rule(Frequency.YEARLY),
    ],
    ids=lambda rule: rule.frequency,
)
def test_the_way_to_a_far_window_costs_nothing(rule: Rule) -> None:
    began = stopwatch.perf_counter()
    for _ in range(1000):
        list(dates(rule, date(1, 1, 1), date(9999, 1, 1), date(9999, 1, 7)))
    # Day by day it would be 3.6 million steps each time.
    assert stopwatch.perf_counter() - began < 5


def test_a_series_that_is_over_costs_nothing() -> None:
    once = Rule(Frequency.MONTHLY, month_day=LAST, count=1)
    began = stopwatch.perf_counter()
    for _ in range(1000):
        assert len(list(dates(once, date(1, 1, 1), date(1, 1, 1), date.max))) == 1
    assert stopwatch.perf_counter() - began < 5


def test_the_interval_counts_from_the_week_of_the_start() -> None:
    rule = Rule(Frequency.WEEKLY, 2, (0, 3), count=5)
    thursday = date(2026, 11, 26)
    assert list(dates(rule, thursday, thursday, date(2027, 12, 31))) == [
        date(2026, 11, 26),
        date(2026, 12, 7),
        date(2026, 12, 10),
        date(2026, 12, 21),
        date(2026, 12, 24),
    ]


def test_the_last_day_of_every_month() -> None:
    rule = Rule(Frequency.MONTHLY, month_day=LAST)
    found = dates(rule, date(2027, 12, 31), date(2028, 1, 1), date(2028, 4, 30))
    assert [day.day for day in found] == [31, 29, 31, 30]


def test_29_february_comes_in_leap_years() -> None:
    found = dates(Rule(Frequency.YEARLY), date(2096, 2, 29), date(2096, 1, 1), date(2110, 1, 1))
    assert [day.year for day in found] == [2096, 2104, 2108]


def test_until_is_included_and_count_is_counted_from_the_start() -> None:
    start = date(2026, 11, 26)
    until = Rule(Frequency.WEEKLY, weekdays=(3,), until=date(2026, 12, 10))
    assert list(dates(until, start, start, date.max))[-1] == date(2026, 12, 10)
    counted = Rule(Frequency.WEEKLY, weekdays=(3,), count=3)
    assert list(dates(counted, start, date(2026, 12, 4), date.max)) == [date(2026, 12, 10)]


@pytest.mark.parametrize("rule", RULES_OF_ALL_KINDS, ids=lambda rule: to_rrule(rule, date.min))
@pytest.mark.parametrize("start", [date.min, date(2026, 11, 26), date(9996, 2, 29), date.max])
def test_the_ends_of_time_raise_nothing(rule: Rule, start: date) -> None:
    for first, last in (
        (date.min, date(1, 12, 31)),
        (date.max - timedelta(days=400), date.max),
        (date.max, date.min),
    ):
        assert all(first <= day <= last and day >= start for day in dates(rule, start, first, last))
    first_on_rule(rule, start)
    for moment in (start, midnight(start), midnight(start).replace(tzinfo=BUCHAREST)):
        assert parse_rrule(to_rrule(rule, moment)) == rule


# -- the first date that is on the rule


@given(RULES_WITH_START)
def test_the_first_date_on_the_rule_begins_the_series(rule_and_start: tuple[Rule, date]) -> None:
    rule, start = rule_and_start
    first = first_on_rule(rule, start)
    if first is None:
        assert rule.until is not None
        assert not list(dates(rule, start, start, rule.until))
        return
    assert first >= start
    assert next(dates(rule, first, first, first)) == first
    for days in range((first - start).days):
        day = start + timedelta(days=days)
        assert not list(dates(rule, day, day, day))


def test_the_first_date_does_not_wait_for_the_interval() -> None:
    rule = Rule(Frequency.WEEKLY, 4, (0,))
    assert first_on_rule(rule, date(2026, 11, 25)) == date(2026, 11, 30)


# -- writing and reading


@given(RULES_WITH_START, st.times())
def test_what_is_written_is_read_again(rule_and_start: tuple[Rule, date], clock: time) -> None:
    rule, start = rule_and_start
    local = datetime.combine(start, clock)
    for moment in (start, local, local.replace(tzinfo=BUCHAREST)):
        text = to_rrule(rule, moment)
        assert parse_rrule(text) == rule
        assert parse_rrule(f"RRULE:{text}", moment) == rule


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Rule(Frequency.DAILY), "FREQ=DAILY"),
        (Rule(Frequency.DAILY, 3, count=10), "FREQ=DAILY;INTERVAL=3;COUNT=10"),
        (Rule(Frequency.WEEKLY, 2, (3, 0)), "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"),
        (Rule(Frequency.MONTHLY, nth_weekday=(LAST, 4)), "FREQ=MONTHLY;BYDAY=-1FR"),
        (Rule(Frequency.MONTHLY, nth_weekday=(2, 1)), "FREQ=MONTHLY;BYDAY=2TU"),
        (Rule(Frequency.MONTHLY, month_day=LAST), "FREQ=MONTHLY;BYMONTHDAY=-1"),
        (Rule(Frequency.MONTHLY, month_day=15), "FREQ=MONTHLY;BYMONTHDAY=15"),
        (Rule(Frequency.YEARLY), "FREQ=YEARLY"),
    ],
)
def test_canonical_text(rule: Rule, text: str) -> None:
    assert to_rrule(rule, date(2026, 11, 26)) == text
    assert parse_rrule(text) == rule


@pytest.mark.parametrize(
    ("until", "text"),
    [
        (date(2026, 12, 17), "20261217T215959Z"),
        (date(2026, 7, 31), "20260731T205959Z"),
        (date(2026, 10, 25), "20261025T215959Z"),
        (date(2027, 3, 28), "20270328T205959Z"),
        (date(999, 3, 28), "09990328T221535Z"),
    ],
)
def test_until_is_the_end_of_the_local_day_in_utc(until: date, text: str) -> None:
    rule = Rule(Frequency.WEEKLY, weekdays=(3,), until=until)
    start = datetime(2026, 1, 1, 18, tzinfo=BUCHAREST)
    assert to_rrule(rule, start) == f"FREQ=WEEKLY;BYDAY=TH;UNTIL={text}"
    day = text[:8] if until.year > 1000 else "09990328"
    assert to_rrule(rule, start.date()) == f"FREQ=WEEKLY;BYDAY=TH;UNTIL={day}"


def test_until_keeps_the_last_evening_of_the_reader() -> None:
    start = datetime(2026, 11, 26, 23, 30, tzinfo=BUCHAREST)
    rule = Rule(Frequency.WEEKLY, weekdays=(3,), until=date(2026, 12, 17))
    last_evening = datetime(2026, 12, 17, 23, 30, tzinfo=BUCHAREST)
    read = rrulestr(to_rrule(rule, start), dtstart=start)
    assert list(read)[-1] == last_evening


@pytest.mark.parametrize(
    ("text", "start", "until"),
    [
        ("20261217", None, date(2026, 12, 17)),
        ("20261217T215959Z", None, date(2026, 12, 17)),
        # Midnight in Bucharest, as UTC: the day that begins.
        ("20261216T220000Z", None, date(2026, 12, 17)),
        ("20261217T000000", None, date(2026, 12, 17)),
        ("20261217T160000Z", datetime(2026, 11, 26, 18, tzinfo=BUCHAREST), date(2026, 12, 17)),
        ("20261217T155959Z", datetime(2026, 11, 26, 18, tzinfo=BUCHAREST), date(2026, 12, 16)),
        ("20261216T220000Z", datetime(2026, 11, 26, 16, tzinfo=UTC), date(2026, 12, 16)),
        ("20261217T120000", datetime.fromisoformat("2026-11-26T18:00"), date(2026, 12, 16)),
        ("20261217", datetime(2026, 11, 26, 18, tzinfo=BUCHAREST), date(2026, 12, 17)),
    ],
)
def test_reading_until(text: str, start: date | None, until: date) -> None:
    assert parse_rrule(f"FREQ=DAILY;UNTIL={text}", start).until == until


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("freq=weekly;byday=th;wkst=su", EVERY_THURSDAY),
        (" RRULE:WKST=SU;BYDAY=TH;INTERVAL=1;FREQ=WEEKLY;\r\n", EVERY_THURSDAY),
        ("FREQ=WEEKLY", EVERY_THURSDAY),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;WKST=SU", Rule(Frequency.WEEKLY, 2, (3,))),
        ("FREQ=MONTHLY", Rule(Frequency.MONTHLY, month_day=26)),
        ("FREQ=MONTHLY;BYDAY=TH;BYSETPOS=4", Rule(Frequency.MONTHLY, nth_weekday=(4, 3))),
        ("FREQ=MONTHLY;BYDAY=+4TH", Rule(Frequency.MONTHLY, nth_weekday=(4, 3))),
        ("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=26", Rule(Frequency.YEARLY)),
    ],
)
def test_other_ways_to_write_a_rule(text: str, rule: Rule) -> None:
    assert parse_rrule(text, date(2026, 11, 26)) == rule


# -- what is refused


@pytest.mark.parametrize(
    ("text", "code", "field", "words"),
    [
        ("", "not_understood", "rule", "Choose how often"),
        ("every thursday", "not_understood", "rule", "“every thursday” is not a rule"),
        ("INTERVAL=2", "not_understood", "rule", "daily, weekly"),
        ("FREQ=DAILY;\x00", "not_understood", "rule", "“FREQ=DAILY;”"),
        ("FREQ=DAILY\nFREQ=WEEKLY", "several_rules", "rule", "one by one"),
        ("DTSTART:20261126T180000\nRRULE:FREQ=DAILY", "several_rules", "rule", "one rule"),
        ("FREQ=DAILY;" * 60, "too_long", "rule", "too long"),
        ("FREQ=DAILY;FREQ=WEEKLY", "repeated_part", "rule", "“FREQ” stands twice"),
        ("FREQ=SECONDLY", "frequency", "frequency", "“SECONDLY”. Choose daily"),
        ("FREQ=HOURLY", "frequency", "frequency", "weekly, monthly or yearly"),
        ("FREQ=DAILY;BYHOUR=9", "unsupported", "rule", "“BYHOUR=9” cannot be part"),
        ("FREQ=DAILY;BYDAY=MO", "unsupported", "rule", "“BYDAY=MO”"),
        ("FREQ=YEARLY;BYMONTH=5", "unsupported", "rule", "“BYMONTH=5”"),
        ("FREQ=WEEKLY;BYDAY=MO;WKST=X", "unsupported", "rule", "“WKST=X”"),
        ("FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=1", "unsupported", "rule", "“BYSETPOS=1”"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU", "week_start", "weekdays", "on Monday"),
        ("FREQ=DAILY;INTERVAL=0", "interval", "interval", "from 1 to 1000"),
        ("FREQ=DAILY;INTERVAL=-1", "interval", "interval", "from 1 to 1000"),
        ("FREQ=DAILY;INTERVAL=1001", "interval", "interval", "from 1 to 1000"),
        ("FREQ=DAILY;INTERVAL=" + "9" * 400, "interval", "interval", "from 1 to 1000"),
        ("FREQ=DAILY;INTERVAL=٢", "interval", "interval", "from 1 to 1000"),
        ("FREQ=DAILY;COUNT=0", "count", "count", "from 1 to 500"),
        ("FREQ=DAILY;COUNT=501", "count", "count", "or choose the day on which it ends"),
        ("FREQ=DAILY;COUNT=x", "count", "count", "from 1 to 500"),
        ("FREQ=DAILY;COUNT=5;UNTIL=20270101", "two_ends", "count", "Leave one of the two"),
        ("FREQ=DAILY;UNTIL=20270230", "until", "until", "“20270230” is not a day"),
        ("FREQ=DAILY;UNTIL=999990101", "until", "until", "Choose its last day"),
        ("FREQ=DAILY;UNTIL=00000101", "until", "until", "Choose its last day"),
        ("FREQ=DAILY;UNTIL=99991231T235959Z", "until", "until", "Choose its last day"),
        ("FREQ=WEEKLY", "weekdays_missing", "weekdays", "at least one day of the week"),
        ("FREQ=WEEKLY;BYDAY=1MO", "weekdays", "weekdays", "“1MO”"),
        ("FREQ=WEEKLY;BYDAY=XX", "weekdays", "weekdays", "Choose one or more days"),
        ("FREQ=MONTHLY", "month_day_missing", "month_day", "such as the second Tuesday"),
        ("FREQ=MONTHLY;BYMONTHDAY=99", "month_day", "month_day", "from 1 to 28, or the last"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "month_day", "month_day", "29, 30 or 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", "month_day", "month_day", "from 1 to 28"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "month_day", "month_day", "from 1 to 28"),
        ("FREQ=MONTHLY;BYDAY=FR", "nth_weekday", "nth_weekday", "first to the fifth"),
        ("FREQ=MONTHLY;BYDAY=6FR", "nth_weekday", "nth_weekday", "or the last"),
        ("FREQ=MONTHLY;BYDAY=1MO,2MO", "nth_weekday", "nth_weekday", "one weekday"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=3", "two_month_days", "month_day", "not both"),
    ],
)
def test_refusals_say_what_to_do(text: str, code: str, field: str, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rrule(text)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert words in str(caught.value)
    assert "\x00" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"frequency": "secondly"}, "frequency"),
        ({"frequency": Frequency.WEEKLY, "weekdays": (7,)}, "weekdays"),
        ({"frequency": Frequency.DAILY, "weekdays": (1,)}, "weekdays_unused"),
        ({"frequency": Frequency.YEARLY, "month_day": 1}, "month_day_unused"),
        (
            {"frequency": Frequency.WEEKLY, "weekdays": (1,), "nth_weekday": (1, 1)},
            "month_day_unused",
        ),
        ({"frequency": Frequency.MONTHLY, "nth_weekday": (0, 1)}, "nth_weekday"),
        ({"frequency": Frequency.MONTHLY, "nth_weekday": (1, 7)}, "nth_weekday"),
        ({"frequency": Frequency.MONTHLY, "month_day": 0}, "month_day"),
    ],
)
def test_a_rule_cannot_be_made_wrong(arguments: dict, code: str) -> None:
    with pytest.raises(RuleError) as caught:
        Rule(**arguments)
    assert caught.value.code == code


def test_the_words_of_a_refusal_are_lazy() -> None:
    with pytest.raises(RuleError) as caught:
        Rule(Frequency.DAILY, 0)
    assert not isinstance(caught.value.message, str), "it speaks the editor's language"


@given(
    st.text(max_size=60), st.sampled_from(("", "FREQ=", "FREQ=DAILY;UNTIL=", "FREQ=MONTHLY;BYDAY="))
)
def test_whatever_is_typed_is_read_or_refused(text: str, prefix: str) -> None:
    try:
        rule = parse_rrule(prefix + text)
    except RuleError:
        return
    assert parse_rrule(to_rrule(rule, date(2026, 11, 26))) == rule
