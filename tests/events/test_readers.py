"""What programs find in our feeds: three independent readers and the site itself tell the same occurrences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, time
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from events.enums import ChangeKind, State
from events.ical import FeedEvent, calendar, event_block, single_date
from events.recurrence import LAST, Frequency, Rule
from events.schedule import DateChange, Schedule, expand
from tests.events.feed_events import INFO, feed_event, told
from tests.events.ical_lint import lint
from tests.events.readers import READERS, Read, missing
from tests.events.schedules_strategy import HORIZON, schedules

FIRST_DAY: Final = date(2026, 1, 1)
LAST_DAY: Final = date(2028, 3, 31)
"""Two years and a 29 February: clocks change five times."""
WEEKLY: Final = Rule(Frequency.WEEKLY, weekdays=(3,))
DAILY: Final = Rule(Frequency.DAILY)
EVENING: Final = (time(18), None, time(20))
THURSDAY: Final = date(2026, 10, 8)


def read(name: str, data: bytes) -> list[Read]:
    if reason := missing(name):
        pytest.skip(reason)
    return READERS[name](data, FIRST_DAY, LAST_DAY)


def change(kind: ChangeKind, day: date, **more) -> DateChange:
    return DateChange(kind, day, **more)


CASES: Final = {
    "one evening": Schedule(THURSDAY, *EVENING),
    "no end": Schedule(THURSDAY, time(18)),
    "a night": Schedule(THURSDAY, time(22), None, time(2)),
    "one day": Schedule(THURSDAY),
    "several days": Schedule(THURSDAY, None, date(2026, 10, 11)),
    "several days with times": Schedule(THURSDAY, time(18), date(2026, 10, 11), time(14)),
    "until the end of a later day": Schedule(THURSDAY, time(18), date(2026, 10, 11)),
    "a week with the clock change in it": Schedule(
        date(2026, 10, 22), time(10), date(2026, 10, 28), time(18)
    ),
    "in the hour that comes twice": Schedule(date(2026, 10, 25), time(3, 30), None, time(5)),
    "until the hour that comes twice": Schedule(date(2026, 10, 24), time(22), None, time(3, 30)),
    "in the hour that is left out": Schedule(date(2027, 3, 28), time(3, 30), None, time(5)),
    "until the hour that is left out": Schedule(date(2027, 3, 27), time(22), None, time(3, 30)),
    "one date, moved": Schedule(
        THURSDAY, *EVENING, changes=(change(ChangeKind.MOVED, THURSDAY, new_day=date(2026, 12, 3)),)
    ),
    "one date, cancelled": Schedule(
        THURSDAY, *EVENING, changes=(change(ChangeKind.CANCELLED, THURSDAY),)
    ),
    "weekly without end": Schedule(THURSDAY, *EVENING, WEEKLY),
    "weekly without stated end": Schedule(THURSDAY, time(18), None, None, WEEKLY),
    "weekly until an evening": Schedule(
        THURSDAY, time(23, 30), None, time(23, 45), replace(WEEKLY, until=date(2026, 12, 17))
    ),
    "weekly past midnight until an evening": Schedule(
        THURSDAY, time(21), None, time(1), replace(WEEKLY, until=date(2027, 4, 1))
    ),
    "daily from midnight": Schedule(
        date(2026, 10, 20), time(0), None, time(0, 30), replace(DAILY, until=date(2026, 10, 30))
    ),
    "daily, counted": Schedule(THURSDAY, *EVENING, replace(DAILY, count=200)),
    "every third week": Schedule(
        THURSDAY, *EVENING, Rule(Frequency.WEEKLY, 3, (0, 3, 6), until=date(2027, 11, 30))
    ),
    "last day of the month": Schedule(
        date(2026, 1, 31), *EVENING, Rule(Frequency.MONTHLY, month_day=LAST)
    ),
    "second Tuesday": Schedule(
        date(2026, 1, 13), *EVENING, Rule(Frequency.MONTHLY, nth_weekday=(2, 1))
    ),
    "fifth Friday": Schedule(
        date(2026, 1, 30), *EVENING, Rule(Frequency.MONTHLY, nth_weekday=(5, 4), count=6)
    ),
    "yearly": Schedule(date(2026, 10, 25), *EVENING, Rule(Frequency.YEARLY)),
    "29 February": Schedule(date(2024, 2, 29), *EVENING, Rule(Frequency.YEARLY)),
    "all day, weekly": Schedule(THURSDAY, rule=replace(WEEKLY, until=date(2027, 1, 7))),
    "weekends, all day": Schedule(
        date(2026, 10, 10), None, date(2026, 10, 11), None, Rule(Frequency.WEEKLY, weekdays=(5,))
    ),
    "weekends with times": Schedule(
        date(2026, 10, 9),
        time(18),
        date(2026, 10, 11),
        time(14),
        Rule(Frequency.WEEKLY, weekdays=(4,)),
    ),
    "nights on Saturdays": Schedule(
        date(2026, 10, 3), time(22), None, time(5), Rule(Frequency.WEEKLY, weekdays=(5,))
    ),
    "nights, the first over the change": Schedule(
        date(2026, 10, 24), time(22), None, time(5), Rule(Frequency.WEEKLY, weekdays=(5,))
    ),
    "nights, the first over the change in spring": Schedule(
        date(2027, 3, 27), time(22), date(2027, 3, 29), time(5), Rule(Frequency.MONTHLY, nth_weekday=(LAST, 5))
    ),
    "nights until the doubtful hour": Schedule(
        date(2026, 10, 1), time(20), None, time(3), replace(DAILY, until=date(2027, 4, 15))
    ),
    "daily in the doubtful hour": Schedule(
        date(2026, 10, 1), time(3, 30), None, time(3, 45), replace(DAILY, until=date(2027, 4, 15))
    ),
    "first in the hour left out": Schedule(
        date(2027, 3, 28), time(3, 30), None, time(4), replace(DAILY, count=5)
    ),
    "first in the hour that comes twice": Schedule(
        date(2026, 10, 25), time(3), None, time(3, 30), replace(DAILY, count=5)
    ),
    "without two dates": Schedule(
        THURSDAY, *EVENING, WEEKLY, skipped=(THURSDAY, date(2026, 10, 29))
    ),
    "all day without two dates": Schedule(
        THURSDAY, rule=WEEKLY, skipped=(date(2026, 10, 15), date(2026, 12, 24))
    ),
    "all four changes": Schedule(
        THURSDAY,
        *EVENING,
        WEEKLY,
        skipped=(date(2026, 12, 24),),
        changes=(
            change(ChangeKind.CANCELLED, date(2026, 10, 22), reason={"en": "Storm"}),
            change(ChangeKind.CANCELLED, date(2026, 10, 29)),
            change(ChangeKind.MOVED, THURSDAY, new_day=date(2026, 10, 6)),
            change(ChangeKind.MOVED, date(2026, 11, 5), start_time=time(19, 30)),
            change(ChangeKind.MOVED, date(2026, 11, 12), new_day=date(2027, 6, 1)),
            change(
                ChangeKind.MOVED,
                date(2026, 11, 19),
                new_day=date(2026, 11, 20),
                start_time=time(22),
                end_time=time(1),
            ),
            change(ChangeKind.CHANGED, date(2026, 11, 26), title={"en": "Carols", "ro": "Colinde"}),
            change(ChangeKind.CHANGED, date(2026, 12, 3), end_day=date(2026, 12, 5), place="Sala Mare"),
            change(ChangeKind.ADDED, date(2026, 10, 25)),
            change(ChangeKind.ADDED, date(2026, 10, 24), start_time=time(23), end_time=time(3, 30)),
            change(ChangeKind.ADDED, date(2026, 12, 10), start_time=time(11), end_time=time(12)),
        ),
    ),
    "moved into the doubtful hours": Schedule(
        THURSDAY,
        *EVENING,
        WEEKLY,
        changes=(
            change(ChangeKind.MOVED, THURSDAY, new_day=date(2026, 10, 25), start_time=time(3, 15)),
            change(
                ChangeKind.MOVED, date(2026, 10, 15), new_day=date(2027, 3, 28), start_time=time(3, 15)
            ),
        ),
    ),
    "all day with all changes": Schedule(
        THURSDAY,
        rule=WEEKLY,
        changes=(
            change(ChangeKind.CANCELLED, THURSDAY),
            change(ChangeKind.MOVED, date(2026, 10, 15), new_day=date(2026, 10, 17)),
            change(ChangeKind.CHANGED, date(2026, 10, 22), end_day=date(2026, 10, 26)),
            change(ChangeKind.CHANGED, date(2026, 10, 29), start_time=time(18), end_time=time(19)),
            change(ChangeKind.ADDED, date(2026, 10, 31)),
        ),
    ),
}  # fmt: skip
STATES: Final = {
    f"a series: {state.value}": replace(CASES["all four changes"], skipped=()) for state in State
}


def events() -> Iterator[FeedEvent]:
    """Every case as an event, told apart by its UID."""
    for number, (name, schedule) in enumerate({**CASES, **STATES}.items()):
        state = State(name.partition(": ")[2]) if name in STATES else State.SCHEDULED
        yield feed_event(schedule, uid=f"case-{number:02}", title=name, state=state)


@pytest.fixture(scope="module")
def feed() -> bytes:
    """All cases in one feed: what begins a process is not begun for each of them."""
    return calendar(INFO, [event_block(event, HORIZON) for event in events()])


def test_the_feed_of_all_cases_is_right_by_its_bytes(feed: bytes) -> None:
    assert lint(feed) == []


@pytest.mark.parametrize("name", READERS)
def test_readers_find_what_the_site_shows(name: str, feed: bytes) -> None:
    found: dict[str, list[Read]] = {}
    for row in read(name, feed):
        found.setdefault(row.uid[:7], []).append(row)
    for event in events():
        expected = told(event, FIRST_DAY, LAST_DAY)
        assert expected, event.title
        assert found.get(event.uid, []) == expected, event.title


@pytest.mark.parametrize("name", READERS)
def test_eighteen_o_clock_stays_eighteen_o_clock(name: str) -> None:
    weekly = feed_event(
        Schedule(date(2026, 10, 18), *EVENING, Rule(Frequency.WEEKLY, weekdays=(6,)))
    )
    found = read(name, calendar(INFO, [event_block(weekly, HORIZON)]))
    starts = {row.start[:10]: row.start[11:] for row in found}
    assert starts["2026-10-18"] == "15:00:00Z"
    assert starts["2026-10-25"] == "16:00:00Z"
    assert starts["2027-03-21"] == "16:00:00Z"
    assert starts["2027-03-28"] == "15:00:00Z"


@pytest.mark.parametrize("name", READERS)
def test_until_keeps_its_last_evening(name: str) -> None:
    rule = replace(WEEKLY, until=date(2026, 12, 17))
    event = feed_event(Schedule(THURSDAY, time(23, 59), None, time(0, 30), rule))
    found = read(name, calendar(INFO, [event_block(event, HORIZON)]))
    assert found[-1].start == "2026-12-17T21:59:00Z"


@pytest.mark.parametrize("name", READERS)
def test_single_dates_are_read_alone(name: str) -> None:
    event = next(event for event in events() if event.title == "all four changes")
    for dated in expand(event.schedule, date(2026, 10, 1), date(2026, 12, 10)):
        data = single_date(event, dated)
        assert lint(data, feed=False) == []
        (row,) = read(name, data)
        (expected,) = (
            row
            for row in told(event, FIRST_DAY, LAST_DAY)
            if row.start == f"{dated.start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        )
        assert row[2:] == expected[2:]
        assert not row.original
        assert row.uid != f"{event.uid}@{event.uid_domain}"


def test_readers_agree_on_random_series() -> None:
    """Twenty-five drawn schedules in one feed, so that each reader starts once."""
    if reasons := [reason for name in READERS if (reason := missing(name))]:
        pytest.skip("; ".join(reasons))
    drawn: list[Schedule] = []

    @seed(20261122)
    @settings(
        max_examples=25,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(schedules())
    def draw(schedule: Schedule) -> None:
        drawn.append(schedule)

    draw()
    assert {change.kind for one in drawn for change in one.changes} == set(ChangeKind)
    batch = [feed_event(one, uid=f"random-{n}") for n, one in enumerate(drawn)]
    data = calendar(INFO, [event_block(event, HORIZON) for event in batch])
    assert lint(data) == []
    expected = sorted(row for event in batch for row in told(event, FIRST_DAY, LAST_DAY))
    for name in READERS:
        assert read(name, data) == expected, name
