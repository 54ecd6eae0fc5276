"""What a reader is told of a term: each step, and the days that are left."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from cms.working_calendar import WorkingCalendar
from registry.deadlines import Counting, Roll, TermRule, compute, extended
from registry.default_rules import PETITION
from registry.term_text import days_left_text, explain

TERMS = compute(date(2026, 3, 12), PETITION, WorkingCalendar())


def test_the_calculation_in_english() -> None:
    with translation.override("en"):
        assert explain(TERMS["dispatch_target"], "To be sent by") == [
            "Counted from: Thursday, 12 March 2026",
            "30 days later: Saturday, 11 April 2026",
            "Not a working day: Saturday, 11 April 2026",
            "Not a working day: Friday, 10 April 2026 (Orthodox Good Friday)",
            "Moved to the working day before: Thursday, 9 April 2026",
            "2 working days before: Tuesday, 7 April 2026",
            "To be sent by: Tuesday, 7 April 2026",
        ]
        assert explain(TERMS["legal_limit"], "Legal limit")[1:4] == [
            "30 days later: Saturday, 11 April 2026",
            "The first and the last day do not count: Sunday, 12 April 2026",
            "Not a working day: Sunday, 12 April 2026 (Orthodox Easter Sunday)",
        ]


def test_the_other_steps_in_english() -> None:
    rules = extended(
        [
            TermRule("due", -1, Counting.CALENDAR, Roll.FORWARD),
            TermRule("x", 1, Counting.WORKING, after="due"),
        ],
        1,
        ["x"],
    )
    with translation.override("en"):
        terms = compute(date(2026, 11, 23), rules, WorkingCalendar())
        assert explain(terms["x"], "X")[1:] == [
            "1 day before: Sunday, 22 November 2026",
            "Not a working day: Sunday, 22 November 2026",
            "Moved to the next working day: Monday, 23 November 2026",
            "1 working day later: Tuesday, 24 November 2026",
            "Extended by 1 day: Wednesday, 25 November 2026",
            "X: Wednesday, 25 November 2026",
        ]


@pytest.mark.parametrize(
    ("language", "holiday", "weekday"),
    [("ro", "Vinerea Mare", "joi"), ("hu", "Ortodox nagypéntek", "csütörtök")],
)
def test_days_and_holidays_are_said_in_the_reader_s_language(
    language: str, holiday: str, weekday: str
) -> None:
    with translation.override(language):
        lines = explain(TERMS["internal_due"], "Termen")
    assert weekday in lines[0]
    assert any(holiday in line for line in lines)
    assert "%(" not in "".join(lines)


@pytest.mark.parametrize(
    ("today", "text"),
    [
        ("2026-03-30", "12 days left"),
        ("2026-04-10", "1 day left"),
        ("2026-04-11", "today is the last day"),
        ("2026-04-12", "1 day late"),
        ("2026-04-14", "3 days late"),
    ],
)
def test_days_left(today: str, text: str) -> None:
    with translation.override("en"):
        assert days_left_text(date(2026, 4, 11), date.fromisoformat(today)) == text
