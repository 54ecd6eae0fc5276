"""Buckets, tallies and hidden small counts: pure rules, for any input."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from itertools import pairwise, product
from statistics import mean, median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.answer_times import merged_bands
from registry.buckets import Bucket, Facts, bucket_of, is_late
from registry.enums import FiledAs, State
from registry.periods import ended_half_years, ended_years, half_year, last_months, year
from registry.small_counts import Cell, is_small, suppress, with_totals
from registry.tallies import (
    BANDS,
    Tally,
    average_tenths,
    bands_of,
    exemption_of,
    in_term_thousandths,
    median_tenths,
)
from tests.conftest import REPOSITORY

facts = st.builds(
    Facts,
    st.sampled_from(State.values),
    st.sampled_from(["", *FiledAs.values, "unknown"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


# -- buckets -----------------------------------------------------------------------------------------------------------


@given(facts)
def test_any_combination_of_fields_has_exactly_one_bucket(found: Facts) -> None:
    assert isinstance(bucket_of(found), Bucket)
    assert bucket_of(found) == bucket_of(found)


@given(st.lists(st.tuples(facts, st.integers(1, 50), st.none() | st.integers(0, 90))))
def test_buckets_add_up_to_the_positions(rows: Any) -> None:
    tally = Tally()
    for found, number, days in rows:
        tally.add(bucket_of(found), number, days=days, is_extended=False)
    data = tally.as_data()
    assert sum(data["buckets"].values()) == data["positions"] == sum(n for _f, n, _d in rows)
    assert sum(data["bands"]) == data["answered"]
    assert set(data["buckets"]) == set(Bucket.values)


@pytest.mark.parametrize(
    ("found", "bucket"),
    [
        (Facts("registered"), Bucket.OPEN_IN_TERM),
        (Facts("approved", is_late=True), Bucket.OPEN_LATE),
        (Facts("dispatched", is_answered=True), Bucket.ANSWERED_IN_TIME),
        (Facts("dispatched", is_answered=True, is_late=True), Bucket.ANSWERED_LATE),
        # What came back undelivered was answered on the day it was sent first.
        (Facts("returned", is_answered=True), Bucket.ANSWERED_IN_TIME),
        (Facts("redirected", is_redirected=True, is_late=True), Bucket.REDIRECTED),
        (Facts("joined", is_joined=True), Bucket.JOINED),
        (Facts("filed", "anonymous"), Bucket.ANONYMOUS),
        (Facts("filed", "repeat"), Bucket.REPEAT),
        (Facts("filed"), Bucket.CLOSED),
        (Facts("cancelled", "repeat", is_joined=True, is_answered=True), Bucket.CANCELLED),
        # Opened again: what it is now.
        (Facts("in_progress", is_late=True), Bucket.OPEN_LATE),
    ],
)
def test_bucket_of_each_state(found: Facts, bucket: Bucket) -> None:
    assert bucket_of(found) == bucket


@pytest.mark.parametrize(
    "found",
    [
        Facts("dispatched", is_answered=True),
        Facts("dispatched", is_answered=True, is_late=True),
        Facts("redirected", is_redirected=True),
        Facts("joined", is_joined=True),
        Facts("filed", "anonymous"),
        Facts("filed", "repeat"),
        Facts("filed"),
    ],
)
def test_what_is_archived_keeps_its_bucket(found: Facts) -> None:
    archived = Facts(
        "archived",
        found.filed_as,
        found.is_joined,
        found.is_redirected,
        found.is_answered,
        found.is_late,
    )
    assert bucket_of(archived) == bucket_of(found)


def test_state_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="lost"):
        bucket_of(Facts("lost"))


@pytest.mark.parametrize(
    ("due", "answered", "late"),
    [
        (date(2026, 4, 11), date(2026, 4, 11), False),
        (date(2026, 4, 11), date(2026, 4, 12), True),
        (date(2026, 4, 11), None, False),
        (date(2026, 4, 10), None, True),
        (None, None, False),
        (None, date(2026, 4, 12), False),
    ],
)
def test_last_day_is_in_time(due: Any, answered: Any, late: bool) -> None:
    assert is_late(due, answered, date(2026, 4, 11)) is late


# -- tallies -----------------------------------------------------------------------------------------------------------

days_taken = st.lists(st.integers(0, 400), min_size=1, max_size=60)


@given(days_taken)
def test_median_and_average_are_those_of_the_rows(days: list[int]) -> None:
    histogram = Counter(days)
    assert median_tenths(histogram) == 10 * median(days)
    assert average_tenths(histogram) == round(10 * sum(days) / len(days))
    assert abs((average_tenths(histogram) or 0) - 10 * mean(days)) <= 0.5
    assert sum(bands_of(histogram)) == len(days)


def test_nothing_has_no_median_and_no_share() -> None:
    assert (median_tenths({}), average_tenths({}), in_term_thousandths({})) == (None, None, None)


def test_share_in_term_is_of_what_was_answered_or_is_overdue() -> None:
    buckets = {
        Bucket.ANSWERED_IN_TIME: 6,
        Bucket.ANSWERED_LATE: 1,
        Bucket.OPEN_LATE: 1,
        Bucket.OPEN_IN_TERM: 50,
        Bucket.JOINED: 9,
    }
    assert in_term_thousandths(buckets) == 750


@pytest.mark.parametrize(
    ("typed", "letter"),
    [
        ("Legea 544/2001, art. 12 alin. (1) lit. d)", "d"),
        ("ART. 12 LIT. A", "a"),
        ("art 12, litera g din Legea 544/2001", "g"),
        ("Legea 544/2001, art. 7", ""),
        ("cererea domnului Exemplu, lit. d)", ""),
        ("", ""),
    ],
)
def test_of_a_refusal_only_the_letter_of_its_exemption_is_read(typed: str, letter: str) -> None:
    assert exemption_of(typed) == letter


# -- periods -----------------------------------------------------------------------------------------------------------


def test_periods_are_over() -> None:
    assert [p.key for p in ended_half_years(date(2026, 7, 1))][:2] == ["2026-1", "2025-2"]
    assert [p.key for p in ended_half_years(date(2026, 6, 30))][:2] == ["2025-2", "2025-1"]
    assert [p.key for p in ended_years(date(2027, 1, 1))][:2] == ["2026", "2025"]


def test_months_of_a_period_are_whole_and_follow_each_other() -> None:
    assert half_year(2028, 1).months[1] == (date(2028, 2, 1), date(2028, 2, 29))
    assert len(half_year(2026, 2).months) == 6
    assert len(year(2026).months) == 12
    period = last_months(6, date(2026, 11, 23))
    assert (period.first_day, period.last_day) == (date(2026, 5, 1), date(2026, 10, 31))


# -- small counts ------------------------------------------------------------------------------------------------------

tables = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 7), min_size=width, max_size=width), min_size=1, max_size=3
    )
)


def looks_like(number: int, cell: Cell, is_blank: bool) -> bool:
    """Whether a reader who sees `cell` may think of `number`."""
    if cell.number is not None:
        return number == cell.number
    if is_blank:
        return True
    return is_small(number) if cell.is_small else not is_small(number)


def readings(seen: list[list[Cell]], most: int = 9) -> list[list[list[int]]]:
    """Every table with counts up to `most` that looks like `seen`: what somebody with patience finds out."""
    is_blank = all(cell.number is None for row in seen for cell in row)
    choices = [
        [n for n in range(most + 1) if looks_like(n, cell, is_blank)]
        for row in seen[:-1]
        for cell in row[:-1]
    ]
    width, found = len(seen[0]) - 1, []
    for numbers in product(*choices):
        table = with_totals([numbers[i : i + width] for i in range(0, len(numbers), width)])
        if all(
            looks_like(number, cell, is_blank)
            for row, cells in zip(table, seen, strict=True)
            for number, cell in zip(row, cells, strict=True)
        ):
            found.append(table)
    return found


@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=1, max_size=3))
def test_no_small_count_can_be_computed_from_what_is_shown(table: list[list[int]]) -> None:
    seen = suppress(table)
    whole = with_totals(table)
    possible = readings(seen)
    assert whole in possible
    for i, row in enumerate(whole):
        for j, number in enumerate(row):
            if is_small(number):
                assert seen[i][j].number is None
                assert len({reading[i][j] for reading in possible}) > 1, seen


@given(tables)
def test_no_small_count_is_shown_and_what_is_shown_is_true(table: list[list[int]]) -> None:
    for row, cells in zip(with_totals(table), suppress(table), strict=True):
        for number, cell in zip(row, cells, strict=True):
            assert cell.number in {None, number}
            assert not is_small(number) or cell.number is None


def test_tables_without_small_counts_are_shown_whole() -> None:
    table = [[5, 0], [10, 3]]
    assert [[cell.number for cell in row] for row in suppress(table)] == with_totals(table)
    assert suppress([]) == []


def test_a_single_small_count_hides_a_rectangle_and_no_total() -> None:
    seen = suppress([[20, 1], [30, 8], [40, 40]])
    assert seen[0][1] == Cell(None, is_small=True)
    assert [[cell.number for cell in row] for row in seen] == [
        [None, None, 21],
        [None, None, 38],
        [40, 40, 80],
        [90, 49, 139],
    ]


@given(st.lists(st.integers(0, 6), min_size=len(BANDS), max_size=len(BANDS)))
def test_bands_of_days_are_put_together_until_none_is_small(counts: list[int]) -> None:
    merged = merged_bands(counts)
    if merged:
        assert sum(number for _first, _last, number in merged) == sum(counts)
        assert (merged[0][0], merged[-1][1]) == (0, None)
        for before, after in pairwise(merged):
            assert after[0] == (before[1] or 0) + 1
    else:
        assert 0 < sum(counts) < 3
    assert not any(is_small(number) for _first, _last, number in merged)


# -- documents ---------------------------------------------------------------------------------------------------------


def test_document_lists_the_buckets_in_their_order() -> None:
    text = (REPOSITORY / "docs" / "reports.md").read_text(encoding="utf-8")
    section = text.partition("## Buckets")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == Bucket.values
