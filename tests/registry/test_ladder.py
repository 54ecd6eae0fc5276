"""The ladder of reminders: each stage once, in order, the last one after an outage, anew for a new term."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.working_calendar import DayKind, DayRow, WorkingCalendar
from registry.ladder import (
    CONTRIBUTION_LADDER,
    LADDER,
    Anchor,
    Due,
    Level,
    Stage,
    current,
    day_of,
    latest_anchor,
    reached,
)

CALENDAR = WorkingCalendar()
# A bridging day, too, is no day to remind on.
BRIDGED = WorkingCalendar(
    [DayRow(date(2026, 11, 30), date(2026, 11, 30), DayKind.BRIDGING, {"ro": "Punte"})]
)
PETITION = Due(date(2026, 4, 11), date(2026, 4, 9), date(2026, 4, 7))
"""Of 12 March 2026 in docs/terms.md: a Saturday, Easter follows."""

days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
ladders = st.sampled_from([LADDER, CONTRIBUTION_LADDER])


@st.composite
def terms(draw: st.DrawFn) -> Due:
    """A term as rules make it: rolled back to a working day, with a target or without."""
    due = draw(days)
    internal = CALENDAR.previous_working_day(due)
    if draw(st.booleans()):
        return Due(due)
    return Due(due, internal, CALENDAR.add_working_days(internal, -2))


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2026, 4, 1), None),
        (date(2026, 4, 2), "soon"),
        (date(2026, 4, 6), "soon"),
        (date(2026, 4, 7), "target"),
        (date(2026, 4, 9), "day"),
        # 10 to 13 April 2026 are Good Friday to Easter Monday: the 14th is the first working day after the term.
        (date(2026, 4, 13), "day"),
        (date(2026, 4, 14), "late1"),
        (date(2026, 4, 16), "late3"),
        (date(2026, 4, 22), "late7"),
        (date(2026, 12, 1), "late7"),
    ],
)
def test_stages_of_a_petition(day: date, key: str | None) -> None:
    stage = current(PETITION, CALENDAR, day)
    assert (stage.key if stage else None) == key


def test_after_weeks_only_the_last_stage_is_told() -> None:
    found = reached(PETITION, CALENDAR, date(2026, 6, 2), ())
    assert found.stage is not None
    assert found.stage.key == "late7"
    assert [stage.key for stage in found.passed_over] == ["soon", "target", "day", "late1", "late3"]
    assert reached(PETITION, CALENDAR, date(2026, 6, 2), {"late7"}).stage is None


def test_kinds_without_a_target_have_no_stage_for_it() -> None:
    found = reached(Due(date(2026, 11, 27)), CALENDAR, date(2026, 11, 27), ())
    assert found.stage is not None
    assert found.stage.key == "day"
    assert [stage.key for stage in found.passed_over] == ["soon"]


def test_stages_go_up_from_the_officer_to_the_cabinet() -> None:
    for stages in (LADDER, CONTRIBUTION_LADDER):
        levels = [stage.level for stage in stages]
        assert levels == sorted(levels)
        assert all(len(stage.key) <= 16 for stage in stages)
    # The number of a contribution stands behind them.
    assert all(len(stage.key) <= 5 for stage in CONTRIBUTION_LADDER)
    assert {stage.level for stage in LADDER} == set(Level)


def climbed(
    term: Due, runs: list[date], stages: tuple[Stage, ...], noted: set[str]
) -> list[tuple[date, str]]:
    """What is told when the tick runs on these days, in their order."""
    told = []
    for today in runs:
        found = reached(term, CALENDAR, today, noted, stages)
        noted |= {stage.key for stage in found.passed_over}
        if found.stage is not None:
            told.append((today, found.stage.key))
            noted.add(found.stage.key)
    return told


@given(terms(), st.lists(st.integers(-40, 60), max_size=30), ladders)
def test_each_stage_is_told_once_and_in_order_whenever_it_runs(
    term: Due, offsets: list[int], stages: tuple[Stage, ...]
) -> None:
    # The days come as they like: a clock that is set back must not tell of an earlier stage.
    runs = [term.due + timedelta(days=offset) for offset in offsets]
    told = climbed(term, runs, stages, set())
    keys = [key for _day, key in told]
    order = [stage.key for stage in stages]
    assert len(keys) == len(set(keys))
    assert keys == sorted(keys, key=order.index)
    for today, key in told:
        stage = next(stage for stage in stages if stage.key == key)
        day = day_of(stage, term, CALENDAR)
        assert day is not None
        assert day <= today
    # However it ran, the last run has told (or knows to be told) the stage of its day.
    if runs:
        last = current(term, CALENDAR, max(runs), stages)
        assert (last.key if last else None) == (keys[-1] if keys else None)


@given(terms(), ladders)
def test_who_runs_daily_tells_every_stage_on_its_own_day(
    term: Due, stages: tuple[Stage, ...]
) -> None:
    runs = [term.due + timedelta(days=offset) for offset in range(-40, 60)]
    working = [day for day in runs if CALENDAR.is_working_day(day)]
    told = {key: day for day, key in climbed(term, working, stages, set())}
    wanted = {
        stage.key: day for stage in stages if (day := day_of(stage, term, CALENDAR)) is not None
    }
    assert told == wanted


@given(terms(), st.integers(1, 15), st.integers(-40, 40))
def test_an_extended_term_begins_its_ladder_anew(term: Due, days: int, offset: int) -> None:
    today = term.due + timedelta(days=offset)
    noted: dict[date, set[str]] = {term.due: set()}
    climbed(term, [today], LADDER, noted[term.due])
    later = Due(term.due + timedelta(days=days))
    told = climbed(later, [today], LADDER, noted.setdefault(later.due, set()))
    stage = current(later, CALENDAR, today)
    assert [key for _day, key in told] == ([stage.key] if stage else [])


@given(days, terms(), st.sampled_from(LADDER), st.sampled_from([CALENDAR, BRIDGED]))
def test_nothing_that_is_to_be_told_is_due_beyond_what_is_looked_at(
    today: date, term: Due, stage: Stage, calendar: WorkingCalendar
) -> None:
    limit = latest_anchor(stage, calendar, today)
    anchor = {
        Anchor.DUE: term.due,
        Anchor.INTERNAL_DUE: term.internal_due or calendar.previous_working_day(term.due),
        Anchor.DISPATCH_TARGET: term.dispatch_target,
    }[stage.anchor]
    day = day_of(stage, term, calendar)
    if anchor is None or day is None:
        return
    if day <= today:
        assert anchor <= limit
    elif stage.anchor == Anchor.DUE and calendar.is_working_day(today):
        assert anchor > limit


@given(terms(), st.sampled_from(LADDER))
def test_no_stage_falls_on_a_day_off(term: Due, stage: Stage) -> None:
    day = day_of(stage, term, CALENDAR)
    assert day is None or CALENDAR.is_working_day(day)
