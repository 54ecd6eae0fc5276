"""The dates of an event: by the wall clock, with their changes; what is refused; the schedule as data."""

from __future__ import annotations

import json
import time as stopwatch
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from events.enums import ChangeKind
from events.recurrence import Frequency, Rule, RuleError, dates
from events.schedule import (
    MAX_OCCURRENCES,
    DateChange,
    Dated,
    Schedule,
    count_occurrences,
    expand,
    occurs_on,
)
from events.schedule_data import from_data, to_data
from events.schedule_problems import validate
from locations.hours import BUCHAREST
from tests.events.schedules_strategy import FIRST_DAY, HORIZON, schedules

THURSDAY = date(2026, 11, 26)
WEEK = timedelta(days=7)
EVERY_THURSDAY = Rule(Frequency.WEEKLY, weekdays=(3,))
CONCERT = Schedule(THURSDAY, time(18), end_time=time(20), rule=EVERY_THURSDAY)
FAIR = Schedule(date(2026, 12, 1), end_day=date(2026, 12, 14))
DAILY = Rule(Frequency.DAILY)
REASON = {"ro": "Sala este în șantier.", "en": "The hall is being repaired.", "hu": "Felújítás."}


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BUCHAREST)


def change(kind: ChangeKind, day: date = THURSDAY, **more: Any) -> DateChange:
    return DateChange(kind, day, **more)


def changed(*changes: DateChange, schedule: Schedule = CONCERT) -> Schedule:
    return replace(schedule, changes=changes)


def on(schedule: Schedule, day: date, days: int = 0) -> list[Dated]:
    return expand(schedule, day, day + timedelta(days=days))


def texts(found: list[Dated]) -> list[str]:
    """Each as "2026-11-26 18:00 – 2026-11-26 20:00"."""
    return [f"{item.start:%Y-%m-%d %H:%M} – {item.end:%Y-%m-%d %H:%M}" for item in found]


def codes(schedule: Schedule, horizon: date = HORIZON) -> list[tuple[str, str, int | None]]:
    return [(problem.code, problem.field, problem.index) for problem in validate(schedule, horizon)]


# -- the wall clock is the truth


@pytest.mark.parametrize("first", [date(2026, 10, 18), date(2027, 3, 21)])
def test_weekly_at_six_stays_at_six_when_the_clocks_change(first: date) -> None:
    sundays = Rule(Frequency.WEEKLY, weekdays=(6,))
    series = Schedule(first, time(18), end_time=time(20), rule=sundays)
    found = on(series, first, 14)
    assert [item.start.time() for item in found] == [time(18)] * 3
    assert [item.end.time() for item in found] == [time(20)] * 3
    assert len({item.start.utcoffset() for item in found}) == 2
    in_utc = [item.start.astimezone(UTC).hour for item in found]
    assert in_utc == ([15, 16, 16] if first.month == 10 else [16, 15, 15])


def test_half_past_three_in_the_night_that_has_none() -> None:
    series = Schedule(date(2027, 3, 26), time(3, 30), end_time=time(4, 15), rule=DAILY)
    before, gap, after = on(series, date(2027, 3, 27), 2)
    assert before.start.isoformat() == "2027-03-27T03:30:00+02:00"
    # RFC 5545 section 3.3.5: the offset before the gap, 01:30 UTC, when clocks show 04:30.
    assert gap.start.isoformat() == "2027-03-28T04:30:00+03:00"
    assert gap.start.astimezone(UTC) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert gap.end.isoformat() == "2027-03-28T05:15:00+03:00", "as long as on any other night"
    assert gap.original_start == at("2027-03-28T03:30"), "known by its time on the wall"
    assert gap.original_start.timestamp() == gap.start.timestamp()
    assert after.start.isoformat() == "2027-03-29T03:30:00+03:00"
    assert after.end.isoformat() == "2027-03-29T04:15:00+03:00"


def test_half_past_three_in_the_night_that_has_it_twice() -> None:
    series = Schedule(date(2026, 10, 24), time(3, 30), end_time=time(5), rule=DAILY)
    _before, twice, after = on(series, date(2026, 10, 24), 2)
    assert twice.start.isoformat() == "2026-10-25T03:30:00+03:00", "the first of the two"
    assert twice.end.isoformat() == "2026-10-25T05:00:00+02:00"
    assert after.start.isoformat() == "2026-10-26T03:30:00+02:00"


@pytest.mark.parametrize(
    ("evening", "hours"), [(date(2026, 10, 24), 7), (date(2027, 3, 27), 5), (THURSDAY, 6)]
)
def test_a_night_ends_by_the_wall_clock(evening: date, hours: int) -> None:
    (night,) = on(Schedule(evening, time(22), end_time=time(4)), evening)
    assert night.end.time() == time(4)
    assert night.end.timestamp() - night.start.timestamp() == hours * 3600


def test_a_night_that_ends_in_the_gap_ends_when_the_gap_does() -> None:
    (night,) = on(Schedule(date(2027, 3, 27), time(20), end_time=time(3, 15)), date(2027, 3, 27))
    assert night.end.isoformat() == "2027-03-28T04:15:00+03:00"
    (short,) = on(Schedule(date(2027, 3, 28), time(3, 10), end_time=time(3, 50)), date(2027, 3, 28))
    assert texts([short]) == ["2027-03-28 04:10 – 2027-03-28 04:50"]


def test_an_all_day_date_ends_at_the_next_midnight_however_long_the_day() -> None:
    (day,) = on(Schedule(date(2026, 10, 25)), date(2026, 10, 25))
    assert (day.start, day.end) == (at("2026-10-25T00:00"), at("2026-10-26T00:00"))
    assert day.end.timestamp() - day.start.timestamp() == 25 * 3600
    assert (day.first_day, day.last_day, day.all_day) == (date(2026, 10, 25),) * 2 + (True,)


# -- what a schedule means


@pytest.mark.parametrize(
    ("schedule", "text", "last_day"),
    [
        (Schedule(THURSDAY, time(18), None, time(20)), "18:00 – 2026-11-26 20:00", THURSDAY),
        (Schedule(THURSDAY, time(18)), "18:00 – 2026-11-26 18:00", THURSDAY),
        (Schedule(THURSDAY, time(20), None, time(2)), "20:00 – 2026-11-27 02:00", THURSDAY),
        (Schedule(THURSDAY, time(20), None, time(6)), "20:00 – 2026-11-27 06:00", THURSDAY),
        (
            Schedule(THURSDAY, time(20), None, time(6, 1)),
            "20:00 – 2026-11-27 06:01",
            date(2026, 11, 27),
        ),
        (Schedule(THURSDAY, time(18), None, time(0)), "18:00 – 2026-11-27 00:00", THURSDAY),
        (Schedule(THURSDAY, time(5), None, time(5, 30)), "05:00 – 2026-11-26 05:30", THURSDAY),
        (
            Schedule(THURSDAY, time(18), date(2026, 11, 29), time(3)),
            "18:00 – 2026-11-29 03:00",
            date(2026, 11, 28),
        ),
        (
            Schedule(THURSDAY, time(18), date(2026, 11, 28)),
            "18:00 – 2026-11-29 00:00",
            date(2026, 11, 28),
        ),
        (FAIR, "00:00 – 2026-12-15 00:00", date(2026, 12, 14)),
    ],
)
def test_ends(schedule: Schedule, text: str, last_day: date) -> None:
    assert validate(schedule, HORIZON) == []
    (dated,) = on(schedule, schedule.start_day)
    assert texts([dated]) == [f"{schedule.start_day} {text}"]
    assert (dated.first_day, dated.last_day) == (schedule.start_day, last_day)


def test_the_days_that_a_date_touches_find_it() -> None:
    assert len(on(FAIR, date(2026, 12, 14), 100)) == len(on(FAIR, date(2026, 11, 1), 30)) == 1
    assert on(FAIR, date(2026, 12, 15), 100) == on(FAIR, date(2026, 11, 1), 29) == []
    night = Schedule(THURSDAY, time(22), end_time=time(4))
    assert on(night, date(2026, 11, 27)) == []
    assert expand(FAIR, date(2026, 12, 5), date(2026, 12, 4)) == []


def test_skipped_dates_are_not_there_and_are_not_counted() -> None:
    series = replace(CONCERT, skipped=(THURSDAY + WEEK,))
    assert [item.first_day for item in on(series, THURSDAY, 14)] == [THURSDAY, THURSDAY + 2 * WEEK]
    assert not occurs_on(series, THURSDAY + WEEK)
    assert occurs_on(series, THURSDAY)
    assert not occurs_on(series, date(2026, 11, 27))
    assert count_occurrences(series, THURSDAY + 2 * WEEK) == 2


def test_until_keeps_its_last_evening() -> None:
    last = date(2026, 12, 17)
    series = replace(CONCERT, start_day=THURSDAY, start_time=time(23, 30), end_time=None)
    series = replace(series, rule=replace(EVERY_THURSDAY, until=last))
    assert on(series, THURSDAY, 100)[-1].start == at("2026-12-17T23:30")


# -- per-date changes


def test_a_cancelled_date_stays_and_is_marked() -> None:
    cancelled = change(ChangeKind.CANCELLED, THURSDAY + WEEK, reason=REASON)
    found = on(changed(cancelled), THURSDAY, 14)
    assert [item.change for item in found] == [None, ChangeKind.CANCELLED, None]
    assert found[1].date_change is cancelled
    assert texts(found[1:2]) == ["2026-12-03 18:00 – 2026-12-03 20:00"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"new_day": date(2026, 11, 28)}, "2026-11-28 18:00 – 2026-11-28 20:00"),
        ({"start_time": time(19)}, "2026-11-26 19:00 – 2026-11-26 21:00"),
        ({"start_time": time(23)}, "2026-11-26 23:00 – 2026-11-27 01:00"),
        ({"end_time": time(19)}, "2026-11-26 18:00 – 2026-11-26 19:00"),
        (
            {"start_time": time(22), "end_time": time(1)},
            "2026-11-26 22:00 – 2026-11-27 01:00",
        ),
        ({"end_day": date(2026, 11, 27)}, "2026-11-26 18:00 – 2026-11-27 20:00"),
        (
            {"new_day": date(2026, 12, 1), "end_day": date(2026, 12, 2), "end_time": time(9)},
            "2026-12-01 18:00 – 2026-12-02 09:00",
        ),
    ],
)
def test_a_moved_date_is_known_by_where_it_was(fields: dict, text: str) -> None:
    schedule = changed(change(ChangeKind.MOVED, reason=REASON, **fields))
    assert validate(schedule, HORIZON) == []
    moved = next(item for item in on(schedule, THURSDAY, 6) if item.change)
    assert texts([moved]) == [text]
    assert moved.original_start == at("2026-11-26T18:00")
    assert moved.first_day == moved.start.date()


def test_a_moved_date_is_found_where_it_has_gone() -> None:
    far = THURSDAY + timedelta(days=300)
    schedule = changed(change(ChangeKind.MOVED, new_day=far))
    assert on(schedule, THURSDAY) == []
    assert [item.change for item in on(schedule, far)] == [ChangeKind.MOVED]


def test_a_moved_date_of_several_days_keeps_its_length() -> None:
    long = Schedule(date(2026, 11, 27), time(10), date(2026, 11, 29), time(18))
    moved = change(ChangeKind.MOVED, long.start_day, new_day=date(2026, 12, 4))
    assert texts(on(changed(moved, schedule=long), date(2026, 12, 4))) == [
        "2026-12-04 10:00 – 2026-12-06 18:00"
    ]
    earlier = change(ChangeKind.CHANGED, long.start_day, end_time=time(16))
    assert texts(on(changed(earlier, schedule=long), long.start_day)) == [
        "2026-11-27 10:00 – 2026-11-29 16:00"
    ]
    fair = change(ChangeKind.MOVED, FAIR.start_day, new_day=date(2026, 12, 3))
    (found,) = on(changed(fair, schedule=FAIR), date(2026, 12, 16))
    assert (found.first_day, found.last_day) == (date(2026, 12, 3), date(2026, 12, 16))
    assert found.original_start == at("2026-12-01T00:00")


def test_a_changed_date_stays_where_it_is() -> None:
    note = change(ChangeKind.CHANGED, place="Sala Mare", new_day=date(2027, 1, 1))
    (found,) = on(changed(note), THURSDAY)
    assert texts([found]) == texts(on(CONCERT, THURSDAY))
    assert found.change == ChangeKind.CHANGED
    assert found.date_change is note


def test_an_added_date_is_one_more() -> None:
    saturday = date(2026, 11, 28)
    schedule = changed(change(ChangeKind.ADDED, saturday, start_time=time(11)))
    assert validate(schedule, HORIZON) == []
    found = on(schedule, THURSDAY, 6)
    assert texts(found) == [
        "2026-11-26 18:00 – 2026-11-26 20:00",
        "2026-11-28 11:00 – 2026-11-28 13:00",
    ]
    assert found[1].original_start == found[1].start
    assert count_occurrences(schedule, saturday) == 2
    assert not occurs_on(schedule, saturday)


def test_an_added_date_of_an_all_day_event_may_have_times() -> None:
    opening = change(ChangeKind.ADDED, date(2026, 11, 30), start_time=time(18), end_time=time(19))
    all_day = Schedule(date(2026, 12, 1))
    found = on(changed(opening, schedule=all_day), date(2026, 11, 30), 1)
    assert [(item.all_day, item.start.hour) for item in found] == [(False, 18), (True, 0)]


# -- properties


@given(schedules(), st.integers(-30, 800), st.integers(0, 60))
def test_a_window_holds_what_touches_it(schedule: Schedule, offset: int, length: int) -> None:
    everything = expand(schedule, FIRST_DAY - timedelta(days=30), HORIZON + timedelta(days=60))
    first = FIRST_DAY + timedelta(days=offset)
    last = first + timedelta(days=length)
    assert expand(schedule, first, last) == [
        dated for dated in everything if dated.first_day <= last and dated.last_day >= first
    ]


@given(schedules())
def test_dates_are_whole(schedule: Schedule) -> None:
    found = expand(schedule, FIRST_DAY, HORIZON)
    moments = [dated.start.timestamp() for dated in found]
    assert moments == sorted(moments)
    starts = [dated.original_start.timestamp() for dated in found]
    assert len(set(starts)) == len(starts), "no two dates have one identity"
    added = {item.day for item in schedule.changes if item.kind == ChangeKind.ADDED}
    own = set()
    for dated in found:
        assert dated.end.timestamp() >= dated.start.timestamp()
        assert dated.first_day <= dated.last_day
        assert dated.start.date() == dated.first_day
        assert dated.last_day <= dated.end.date()
        for moment in (dated.start, dated.end):
            assert moment.tzinfo is BUCHAREST
            assert moment.astimezone(UTC).astimezone(BUCHAREST).time() == moment.time()
        day = dated.original_start.date()
        if dated.change == ChangeKind.ADDED:
            assert day in added
        else:
            assert occurs_on(schedule, day)
            own.add(day)
        if dated.change is None:
            assert dated.start.timestamp() == dated.original_start.timestamp()
    rule = schedule.rule
    planned = dates(rule, schedule.start_day, FIRST_DAY, HORIZON) if rule else [schedule.start_day]
    moved_away = {item.day for item in schedule.changes if item.kind == ChangeKind.MOVED}
    assert set(planned) - set(schedule.skipped) - moved_away <= own


@given(schedules())
def test_as_data_and_back(schedule: Schedule) -> None:
    again = from_data(json.loads(json.dumps(to_data(schedule))))
    assert again == schedule
    assert hash(again) == hash(schedule)


@given(schedules(), st.sampled_from((date.min, date(9998, 12, 31), date.max)))
def test_the_ends_of_time_raise_nothing(schedule: Schedule, day: date) -> None:
    for end_day in (None, day, date.max):
        far = replace(schedule, start_day=day, end_day=end_day)
        stretched = replace(
            far,
            changes=tuple(
                replace(item, day=day, new_day=end_day, end_day=date.max) for item in far.changes
            ),
        )
        for series in (far, stretched):
            for first in (date.min, date.max - timedelta(days=5)):
                for dated in expand(series, first, first + timedelta(days=5)):
                    dated.start.astimezone(UTC)
                    dated.end.astimezone(UTC)
            count_occurrences(series, date.max)
            validate(series, date.max)


def test_expansion_is_fast() -> None:
    began = stopwatch.perf_counter()
    for _ in range(100):
        assert len(expand(CONCERT, THURSDAY, HORIZON)) == 104
    for _ in range(1000):
        assert len(on(replace(CONCERT, rule=DAILY), date(2500, 1, 1), 6)) == 7
    # Ten times what it takes; day by day from the start it would be minutes.
    assert stopwatch.perf_counter() - began < 2


# -- what is refused


@pytest.mark.parametrize(
    ("schedule", "problem", "words"),
    [
        (
            Schedule(THURSDAY, time(18), date(2026, 11, 25), time(20)),
            ("end_before_start", "end_day", None),
            "ends on Wednesday, 25 November 2026, before it starts on Thursday, 26 November 2026",
        ),
        (
            Schedule(THURSDAY, None, date(2026, 11, 25)),
            ("end_before_start", "end_day", None),
            "Choose a later end date, or leave it empty.",
        ),
        (
            Schedule(THURSDAY, time(18), THURSDAY, time(17)),
            ("end_time_before_start", "end_time", None),
            "ends at 17:00, but starts at 18:00 on the same day. Write a later time",
        ),
        (
            Schedule(THURSDAY, None, None, time(17)),
            ("end_time_alone", "end_time", None),
            "Write when the event starts",
        ),
        (
            Schedule(THURSDAY, None, THURSDAY + timedelta(days=367)),
            ("too_long", "end_day", None),
            "at most 366 days, this one 367",
        ),
        (
            Schedule(date(26, 11, 26)),
            ("year", "start_day", None),
            "between 1900 and 2199",
        ),
        (
            Schedule(date(2026, 11, 25), time(18), rule=EVERY_THURSDAY),
            ("start_not_on_rule", "start_day", None),
            "Wednesday, 25 November 2026 is not a date of the rule. Start on Thursday, 26 November 2026",
        ),
        (
            Schedule(
                date(2026, 11, 25), time(18), rule=replace(EVERY_THURSDAY, until=date(2026, 11, 25))
            ),
            ("never_on_rule", "start_day", None),
            "another rule or a later last day",
        ),
        (
            Schedule(THURSDAY, time(18), rule=replace(EVERY_THURSDAY, until=date(2026, 11, 1))),
            ("until_before_start", "until", None),
            "ends on Sunday, 1 November 2026, before it starts on Thursday, 26 November 2026",
        ),
        (
            Schedule(date(2024, 1, 1), rule=DAILY),
            ("too_many_dates", "rule", None),
            "more than 1,500 dates until Wednesday, 22 November 2028. End the series earlier",
        ),
        (
            Schedule(THURSDAY, time(18), skipped=(THURSDAY,)),
            ("no_dates", "rule", None),
            "do not skip public holidays",
        ),
    ],
)
def test_what_is_wrong_with_a_schedule(
    schedule: Schedule, problem: tuple[str, str, None], words: str
) -> None:
    assert codes(schedule) == [problem]
    message = validate(schedule, HORIZON)[0].message
    assert words in str(message)
    assert not isinstance(message, str), "lazy, so that it speaks the editor's language"


@pytest.mark.parametrize(
    ("changes", "problem", "words"),
    [
        (
            [change(ChangeKind.CANCELLED), change(ChangeKind.CHANGED, place="Parc")],
            ("duplicate_change", "day", 1),
            "a change for Thursday, 26 November 2026 already. Put everything that differs",
        ),
        (
            [change(ChangeKind.CANCELLED, date(2026, 11, 27))],
            ("not_on_schedule_near", "day", 0),
            "no date on Friday, 27 November 2026. The nearest one is on Thursday, 26 November 2026",
        ),
        (
            [change(ChangeKind.CANCELLED, date(2020, 11, 27))],
            ("not_on_schedule", "day", 0),
            "to make a new one, choose “added date”",
        ),
        (
            [change(ChangeKind.CANCELLED, date(2026, 12, 31))],
            ("skipped_already", "day", 0),
            "Thursday, 31 December 2026 is skipped already",
        ),
        (
            [change(ChangeKind.MOVED)],
            ("moved_nowhere", "new_day", 0),
            "Choose the day or the time that it moves to",
        ),
        (
            [change(ChangeKind.MOVED, new_day=THURSDAY, start_time=time(18), end_time=time(20))],
            ("moved_nowhere", "new_day", 0),
            "stays where it was",
        ),
        (
            [change(ChangeKind.CHANGED, title={"ro": ""})],
            ("nothing_changed", "kind", 0),
            "Nothing differs on this date",
        ),
        (
            [change(ChangeKind.ADDED, start_time=time(18))],
            ("added_twice", "day", 0),
            "has a date at this time on Thursday, 26 November 2026 already",
        ),
        (
            [
                change(ChangeKind.ADDED, date(2026, 11, 28), start_time=time(10)),
                change(ChangeKind.ADDED, date(2026, 11, 28), start_time=time(12)),
            ],
            ("duplicate_addition", "day", 1),
            "Saturday, 28 November 2026 is added already",
        ),
        (
            [change(ChangeKind.MOVED, new_day=date(2026, 12, 2), end_day=date(2026, 12, 1))],
            ("change_ends_before_start", "end_day", 0),
            "ends on Tuesday, 1 December 2026, before it starts on Wednesday, 2 December 2026",
        ),
        (
            [change(ChangeKind.CHANGED, end_day=THURSDAY, end_time=time(17))],
            ("change_end_time_before_start", "end_time", 0),
            "ends at 17:00, but starts at 18:00",
        ),
        (
            [change(ChangeKind.MOVED, end_day=THURSDAY + timedelta(days=400))],
            ("too_long", "end_day", 0),
            "at most 366 days, this one 400",
        ),
        (
            [change(ChangeKind.MOVED, new_day=date(9999, 12, 31))],
            ("year", "new_day", 0),
            "Check the year",
        ),
    ],
)
def test_what_is_wrong_with_a_change(
    changes: list[DateChange], problem: tuple[str, str, int], words: str
) -> None:
    schedule = replace(CONCERT, skipped=(date(2026, 12, 31),), changes=tuple(changes))
    assert codes(schedule) == [problem]
    assert words in str(validate(schedule, HORIZON)[0].message)


def test_times_on_a_date_of_an_all_day_event_are_refused() -> None:
    for item, code in (
        (change(ChangeKind.MOVED, FAIR.start_day, start_time=time(9)), "change_all_day"),
        (change(ChangeKind.ADDED, date(2026, 12, 20), end_time=time(9)), "end_time_alone"),
    ):
        assert [found for found, _, _ in codes(changed(item, schedule=FAIR))] == [code]


def test_added_on_a_day_that_has_another_time_is_sound() -> None:
    assert codes(changed(change(ChangeKind.ADDED, start_time=time(11)))) == []
    assert (
        codes(changed(change(ChangeKind.CANCELLED), change(ChangeKind.ADDED, start_time=time(11))))
        == []
    )


def test_added_in_the_gap_is_the_date_that_is_there_already() -> None:
    series = Schedule(date(2027, 3, 26), time(3, 30), rule=DAILY)
    gap = change(ChangeKind.ADDED, date(2027, 3, 28), start_time=time(4, 30))
    assert codes(changed(gap, schedule=series)) == [("added_twice", "day", 0)]


def test_fifteen_hundred_dates_are_the_most() -> None:
    series = Schedule(date(2026, 1, 1), rule=DAILY)
    horizon = series.start_day + timedelta(days=MAX_OCCURRENCES - 1)
    assert count_occurrences(series, horizon) == MAX_OCCURRENCES
    assert codes(series, horizon) == []
    assert codes(series, horizon + timedelta(days=1)) == [("too_many_dates", "rule", None)]
    one_more = changed(change(ChangeKind.ADDED, date(2025, 12, 31)), schedule=series)
    assert codes(one_more, horizon) == [("too_many_dates", "rule", None)]
    assert count_occurrences(series, date.max) == MAX_OCCURRENCES + 1
    assert count_occurrences(series, date.max, limit=10) == 10


def test_messages_speak_the_language_in_which_they_are_read() -> None:
    (problem,) = validate(Schedule(date(2026, 11, 25), rule=EVERY_THURSDAY), HORIZON)
    with override("ro"):
        assert "miercuri, 25 noiembrie 2026" in str(problem.message)


# -- as data


def test_data_may_lack_what_is_empty() -> None:
    assert from_data({"start_day": "2026-11-26"}) == Schedule(THURSDAY)
    weekly = {"frequency": "weekly", "weekdays": [3]}
    assert from_data({"start_day": "2026-11-26", "rule": weekly}).rule == EVERY_THURSDAY
    assert to_data(Schedule(THURSDAY)) == {"start_day": "2026-11-26"}
    data = {"start_day": "2026-11-26", "changes": [{"kind": "cancelled", "day": "2026-11-26"}]}
    assert from_data(data).changes == (change(ChangeKind.CANCELLED),)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, KeyError),
        ({"start_day": "26.11.2026"}, ValueError),
        ({"start_day": "2026-11-26", "rule": {"frequency": "secondly"}}, ValueError),
        ({"start_day": "2026-11-26", "rule": {"frequency": "weekly"}}, RuleError),
    ],
)
def test_broken_data_is_not_guessed_at(data: dict, error: type[Exception]) -> None:
    with pytest.raises(error):
        from_data(data)
