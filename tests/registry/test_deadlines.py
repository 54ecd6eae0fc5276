"""Legal terms against the vectors of the law, and what must hold for any day and any holiday."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.working_calendar import DayKind, DayRow, WorkingCalendar
from registry.deadlines import (
    Counting,
    ExtensionProblem,
    Roll,
    Step,
    StepKind,
    TermKey,
    TermRule,
    compute,
    days_left,
    extended,
    extension_problem,
    registration_day,
)
from registry.default_rules import COURT, COURT_URGENT, FOI, GATHERING, PETITION

PLAIN = WorkingCalendar()
DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))
ONE_DAY = timedelta(days=1)
# registered, the six terms of PETITION, the three of FOI
VECTORS = """
2026-03-12 2026-04-11 2026-04-09 2026-04-07 2026-04-14 2026-03-17 2026-03-18 2026-03-23 2026-04-14 2026-03-18
2026-03-13 2026-04-12 2026-04-09 2026-04-07 2026-04-14 2026-03-18 2026-03-19 2026-03-24 2026-04-14 2026-03-19
2026-04-01 2026-05-01 2026-04-30 2026-04-28 2026-05-04 2026-04-06 2026-04-07 2026-04-14 2026-05-04 2026-04-07
2026-05-20 2026-06-19 2026-06-19 2026-06-17 2026-06-22 2026-05-25 2026-05-26 2026-06-02 2026-06-22 2026-05-26
2026-12-01 2026-12-31 2026-12-31 2026-12-29 2027-01-04 2026-12-06 2026-12-07 2026-12-14 2027-01-04 2026-12-07
2027-05-21 2027-06-20 2027-06-18 2027-06-16 2027-06-22 2027-05-26 2027-05-27 2027-06-02 2027-06-22 2027-05-27
"""


def days_of(start: date, rules: Sequence[TermRule], calendar: WorkingCalendar = PLAIN) -> dict:
    return {key: term.day for key, term in compute(start, rules, calendar).items()}


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """A working calendar with some rows of every kind around the days that are tried."""
    rows = []
    for _ in range(draw(st.integers(0, 5))):
        first = draw(st.dates(date(2023, 12, 1), date(2032, 3, 1)))
        kind = draw(st.sampled_from(list(DayKind)))
        last = first + draw(st.integers(0, 4)) * ONE_DAY
        rows.append(DayRow(first, last, kind, {"ro": "rând"}))
    return WorkingCalendar(rows)


@pytest.mark.parametrize("vector", VECTORS.strip().splitlines())
def test_vectors_of_the_law(vector: str) -> None:
    start, *expected = (date.fromisoformat(text) for text in vector.split())
    terms = [*days_of(start, PETITION).values(), *days_of(start, FOI).values()]
    assert terms == expected


def test_the_default_rules_give_the_terms_that_the_register_reads() -> None:
    assert [rule.key for rule in PETITION] == [
        "due", "internal_due", "dispatch_target", "legal_limit", "redirect_by", "redirect_limit",
    ]  # fmt: skip
    assert [rule.key for rule in FOI] == ["due", "extended_due", "refusal_by"]


def test_a_term_may_end_on_a_leap_day() -> None:
    assert days_of(date(2028, 1, 30), PETITION)["due"] == date(2028, 2, 29)


def test_court_mail_and_gatherings() -> None:
    day = date(2026, 11, 23)
    assert days_of(day, COURT) == {"collect_by": date(2026, 11, 30)}
    assert days_of(day, COURT_URGENT) == {"collect_by": date(2026, 11, 26)}
    assert days_of(day, GATHERING) == {"hand_in_by": date(2026, 11, 20)}


def test_the_calculation_is_told_from_registration_on() -> None:
    terms = compute(date(2026, 3, 12), PETITION, PLAIN)
    steps = terms["dispatch_target"].steps
    assert [(step.kind, step.day.isoformat(), step.days) for step in steps] == [
        (StepKind.START, "2026-03-12", 0),
        (StepKind.ADDED, "2026-04-11", 30),
        (StepKind.NOT_WORKING, "2026-04-11", 0),
        (StepKind.NOT_WORKING, "2026-04-10", 0),
        (StepKind.MOVED_BACK, "2026-04-09", 0),
        (StepKind.WORKING_DAYS, "2026-04-07", -2),
    ]
    assert steps[2].names is None
    assert steps[3].names
    assert steps[3].names["hu"] == "Ortodox nagypéntek"
    kinds = [step.kind for step in terms["legal_limit"].steps]
    assert kinds[1:4] == [StepKind.ADDED, StepKind.LAST_NOT_COUNTED, StepKind.NOT_WORKING]
    assert kinds[-1] == StepKind.MOVED_FORWARD
    assert terms["legal_limit"].legal_basis == PETITION[3].legal_basis


def test_counting_working_days_tells_the_holidays_between() -> None:
    rule = TermRule("x", 2, Counting.WORKING)
    steps = compute(date(2026, 11, 27), [rule], PLAIN)["x"].steps  # Friday
    assert [(step.kind, step.day.day) for step in steps[1:]] == [
        (StepKind.NOT_WORKING, 30),
        (StepKind.NOT_WORKING, 1),
        (StepKind.WORKING_DAYS, 3),
    ]


def test_a_closure_neither_moves_a_term_nor_stands_as_the_reason() -> None:
    closed = DayRow(date(2026, 4, 1), date(2026, 6, 30), DayKind.CLOSURE, {"ro": "renovare"})
    calendar = WorkingCalendar([closed])
    for start in (date(2026, 3, 12), date(2026, 4, 1), date(2026, 5, 20)):
        assert compute(start, PETITION, calendar) == compute(start, PETITION, PLAIN)


def test_rules_may_stand_in_any_order() -> None:
    expected = days_of(date(2026, 3, 12), PETITION[:3])
    for rules in permutations(PETITION[:3]):
        assert days_of(date(2026, 3, 12), rules) == expected
        assert list(days_of(date(2026, 3, 12), rules)) == [rule.key for rule in rules]


@pytest.mark.parametrize(
    "rules",
    [
        [TermRule("a", 1, Counting.CALENDAR, after="b")],
        [TermRule("a", 1, Counting.CALENDAR, after="a")],
        [
            TermRule("a", 1, Counting.CALENDAR, after="b"),
            TermRule("b", 1, Counting.CALENDAR, after="a"),
            TermRule("c", 1, Counting.CALENDAR),
        ],
        [TermRule("a", 1, Counting.CALENDAR), TermRule("a", 2, Counting.CALENDAR)],
        [TermRule("", 1, Counting.CALENDAR)],
        [TermRule("a", 10**9, Counting.CALENDAR)],
    ],
)
def test_rules_that_cannot_be_followed(rules: list[TermRule]) -> None:
    with pytest.raises(ValueError, match=r"."):
        compute(date(2026, 3, 12), rules, PLAIN)


def test_free_days_backwards_leave_out_both_ends_too() -> None:
    rule = TermRule("x", -3, Counting.FREE_DAYS)
    assert days_of(date(2026, 11, 23), [rule]) == {"x": date(2026, 11, 19)}


# -- extension -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("already", "days", "today", "problem"),
    [
        (False, 1, "2026-03-12", None),
        (False, 15, "2026-04-11", None),
        (False, 15, "2026-04-12", ExtensionProblem.TOO_LATE),
        (False, 16, "2026-04-01", ExtensionProblem.DAYS),
        (False, 0, "2026-04-01", ExtensionProblem.DAYS),
        (False, -1, "2026-04-01", ExtensionProblem.DAYS),
        (True, 5, "2026-04-01", ExtensionProblem.ALREADY_EXTENDED),
    ],
)
def test_a_term_is_extended_once_and_in_time(
    already: bool, days: int, today: str, problem: ExtensionProblem | None
) -> None:
    found = extension_problem(date(2026, 4, 11), already, days, date.fromisoformat(today))
    assert found == problem


def test_an_extension_moves_what_counts_from_the_term() -> None:
    terms = compute(date(2026, 3, 12), extended(PETITION, 15), PLAIN)
    days = {key: term.day.isoformat() for key, term in terms.items()}
    assert days == {
        "due": "2026-04-26",  # Sunday
        "internal_due": "2026-04-24",
        "dispatch_target": "2026-04-22",
        "legal_limit": "2026-04-27",
        "redirect_by": "2026-03-17",
        "redirect_limit": "2026-03-18",
    }
    assert Step(StepKind.EXTENDED, date(2026, 4, 26), 15) in terms["internal_due"].steps


@given(DAYS, st.integers(1, 15), calendars())
@settings(max_examples=60, deadline=None)
def test_the_new_term_is_the_original_one_plus_n(
    start: date, n: int, calendar: WorkingCalendar
) -> None:
    original = days_of(start, PETITION, calendar)
    later = days_of(start, extended(PETITION, n), calendar)
    assert later["due"] == original["due"] + n * ONE_DAY
    assert all(later[key] >= day for key, day in original.items())


# -- any day, any holidays -------------------------------------------------------------------------------------------


@given(DAYS, calendars())
@settings(max_examples=100, deadline=None)
def test_terms_keep_their_order_on_any_calendar(start: date, calendar: WorkingCalendar) -> None:
    days = days_of(start, PETITION, calendar)
    assert days["due"] == start + 30 * ONE_DAY
    assert days["internal_due"] <= days["due"]
    assert days["legal_limit"] >= days["due"] + ONE_DAY
    for key in ("internal_due", "dispatch_target", "legal_limit", "redirect_limit"):
        assert calendar.is_working_day(days[key])
    between = [
        day
        for n in range((days["internal_due"] - days["dispatch_target"]).days)
        if calendar.is_working_day(day := days["dispatch_target"] + n * ONE_DAY)
    ]
    assert len(between) == 2
    for skipped in range((days["due"] - days["internal_due"]).days):
        assert not calendar.is_working_day(days["due"] - skipped * ONE_DAY)


@given(DAYS, calendars(), DAYS)
@settings(max_examples=100, deadline=None)
def test_a_holiday_added_later_moves_only_what_follows_working_days(
    start: date, calendar: WorkingCalendar, holiday: date
) -> None:
    holiday = start + timedelta(days=holiday.toordinal() % 45)
    added = DayRow(holiday, holiday, DayKind.HOLIDAY, {"ro": "Lege nouă"})
    before = days_of(start, PETITION, calendar)
    after = days_of(start, PETITION, WorkingCalendar([*calendar.rows, added]))
    for key in ("due", "redirect_by"):
        assert after[key] == before[key]
    for key in ("internal_due", "dispatch_target"):
        assert after[key] <= before[key]
    for key in ("legal_limit", "redirect_limit"):
        assert after[key] >= before[key]


RULES = st.builds(
    TermRule,
    key=st.just("x"),
    days=st.integers(-60, 60),
    counting=st.sampled_from(Counting),
    roll=st.sampled_from(Roll),
)


@given(DAYS, RULES, calendars())
@settings(max_examples=100, deadline=None)
def test_the_steps_lead_from_the_start_to_the_term(
    start: date, rule: TermRule, calendar: WorkingCalendar
) -> None:
    term = compute(start, [rule], calendar)["x"]
    assert term.steps[0] == Step(StepKind.START, start)
    assert term.steps[-1].day == term.day
    assert term.steps[-1].kind != StepKind.NOT_WORKING
    if rule.roll != Roll.NONE:
        assert calendar.is_working_day(term.day)
    for step in term.steps:
        assert (step.kind == StepKind.NOT_WORKING) <= (not calendar.is_working_day(step.day))


# -- days ------------------------------------------------------------------------------------------------------------


def test_days_left() -> None:
    due = date(2026, 4, 11)
    assert days_left(due, date(2026, 3, 30)) == 12
    assert days_left(due, due) == 0
    assert days_left(due, date(2026, 4, 14)) == -3


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-12T21:59:59+00:00", "2026-03-12"),
        ("2026-03-12T23:30:00+00:00", "2026-03-13"),
        ("2026-07-12T20:59:59+00:00", "2026-07-12"),
        ("2026-07-12T21:00:00+00:00", "2026-07-13"),
        ("2026-12-31T22:00:00+00:00", "2027-01-01"),
        ("2026-03-13T00:30:00+02:00", "2026-03-13"),
    ],
)
def test_the_day_of_registration_is_that_of_the_city(moment: str, day: str) -> None:
    assert registration_day(datetime.fromisoformat(moment)) == date.fromisoformat(day)


def test_a_moment_without_a_zone_has_no_day() -> None:
    aware = datetime(2026, 3, 12, 23, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        registration_day(aware.replace(tzinfo=None))


def test_the_register_reads_the_names_that_rules_carry() -> None:
    named = {rule.key for rules in (PETITION, FOI, COURT, GATHERING) for rule in rules}
    assert named == set(TermKey)


def test_the_document_shows_the_vectors_that_are_tested() -> None:
    document = Path(__file__).resolve().parents[2] / "docs" / "terms.md"
    rows = re.findall(r"^\| (20\d\d-.*) \|$", document.read_text(encoding="utf-8"), re.MULTILINE)
    assert [row.replace(" | ", " ") for row in rows] == VECTORS.strip().splitlines()
