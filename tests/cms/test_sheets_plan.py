"""What a file would change: compared row by row, without a database."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
from django.db import models
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from cms.multilingual import LocalizedText
from cms.sheets.columns import (
    Choice,
    Clock,
    Code,
    Column,
    Day,
    Flag,
    Shown,
    Text,
    Whole,
    localized,
)
from cms.sheets.comma_separated import stream_csv
from cms.sheets.context import Context
from cms.sheets.plan import Comparison, Plan, Record, Status
from cms.sheets.services import read
from cms.sheets.writing import stream_workbook


class Size(models.TextChoices):
    SMALL = "s", "small"
    LARGE = "l", "large"


COLUMNS: tuple[Column, ...] = (
    Code(name="key", heading="key", limit=60, required=True),
    *localized("name", "name", limit=100, required=True),
    Text(name="story", heading="story", limit=500, lines=True),
    Day(name="day", heading="day"),
    Clock(name="hour", heading="hour"),
    Flag(name="free", heading="free"),
    Whole(name="order", heading="order", required=True, usual=True),
    Choice(name="size", heading="size", choices=Size),
    Shown(name="told", heading="told"),
)
FULL = {
    "key": "teatru",
    "name": {"ro": "Teatrul", "hu": "Színház"},
    "story": "Rând\r\nșir",
    "day": date(2026, 11, 23),
    "hour": time(18, 30),
    "free": True,
    "order": 7,
    "size": "l",
    "told": "zilnic",
}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Sentences are compared with what is written in the code."""
    with override("en"):
        yield


class Kind:
    """As much of a table as reading needs."""

    columns = COLUMNS
    key_column = COLUMNS[0]
    max_rows = 100


def plan(
    data: bytes | str, *stored: dict[str, Any], may_add: bool = True, refusal: str = ""
) -> Plan:
    kind: Any = Kind()
    table = read(kind, data.encode() if isinstance(data, str) else data, COLUMNS)
    there = {
        row["key"]: Record(number, row["key"], "T", row, refusal)
        for number, row in enumerate(stored)
    }
    comparison = Comparison(COLUMNS, COLUMNS[0], table, Context(None))
    return Plan(tuple(comparison.compare(there, may_add=may_add)), table.notes)


def mistakes(found: Plan) -> list[tuple[int, str, str]]:
    return [
        (row.number, mistake.cell, mistake.text) for row in found.rows for mistake in row.mistakes
    ]


def exported(*stored: dict[str, Any], ending: str) -> bytes:
    context = Context(None)
    rows = [
        [column.write(column.get(row, context), context) for column in COLUMNS] for row in stored
    ]
    header = [column.title() for column in COLUMNS]
    parts = stream_csv(header, [rows]) if ending == "csv" else stream_workbook("t", header, [rows])
    return b"".join(parts)


# -- what is wrong ---------------------------------------------------------------------------------------------------


def test_every_mistake_is_told_with_its_row_column_and_cell():
    found = plan(
        "key,name (ro),day,order,free,size\n"
        "Teatru Național,,32.11.2026,mult,poate,mare\n"
        "muzeu,=A1,23.11.2026,40000,da,large\n"
    )
    assert found.counts == {"new": 0, "changed": 0, "same": 0, "wrong": 2}
    assert [(row, cell) for row, cell, _text in mistakes(found)] == [
        (2, "A2"),
        (2, "B2"),
        (2, "C2"),
        (2, "D2"),
        (2, "E2"),
        (2, "F2"),
        (3, "B3"),
        (3, "D3"),
    ]
    assert "small, large" in found.rows[0].mistakes[-1].text
    assert "formula" in found.rows[1].mistakes[0].text


def test_a_key_that_stands_there_twice_is_wrong_both_times():
    found = plan("key,name (ro)\na,A\nb,B\na,C\n", FULL)
    assert [row.status for row in found.rows] == [Status.WRONG, Status.NEW, Status.WRONG]
    assert all("2, 4" in row.mistakes[0].text for row in found.of(Status.WRONG))


def test_a_row_without_a_key_or_without_what_a_new_one_needs_is_wrong():
    found = plan("key,story\n,ceva\nnou,ceva\n")
    assert mistakes(found)[0][:2] == (2, "A2")
    # The column is not in the file at all.
    assert ("name (ro)", "") in {
        (mistake.heading, mistake.cell) for mistake in found.rows[1].mistakes
    }


def test_what_is_required_cannot_be_emptied():
    found = plan("key,name (ro),order\nteatru,,\n", FULL)
    assert [cell for _row, cell, _text in mistakes(found)] == ["B2", "C2"]


@pytest.mark.parametrize("refusal", ["not_yours", "locked"])
def test_of_what_is_not_yours_nothing_is_told(refusal):
    found = plan("key,name (ro)\nteatru,Altul\n", FULL, refusal=refusal)
    (row,) = found.rows
    assert row.status == Status.WRONG
    assert row.title == ""
    assert not row.changes
    assert "Teatrul" not in row.mistakes[0].text


def test_who_may_not_add_changes_only_what_is_there():
    found = plan("key,name (ro)\nteatru,Altul\nnou,Nou\n", FULL, may_add=False)
    assert [row.status for row in found.rows] == [Status.CHANGED, Status.WRONG]


# -- what is changed -------------------------------------------------------------------------------------------------


def test_changes_are_told_cell_by_cell_from_old_to_new():
    found = plan("key,name (ro),day,free\nteatru,Teatrul Nou,24.11.2026,nu\n", FULL)
    (row,) = found.rows
    assert [(change.heading, change.old, change.new) for change in row.changes] == [
        ("name (ro)", "Teatrul", "Teatrul Nou"),
        ("day", "23.11.2026", "24.11.2026"),
        ("free", "yes", "no"),
    ]
    assert found.can_be_applied


def test_a_missing_column_changes_nothing_and_an_empty_cell_empties():
    found = plan("key,story\nteatru,\n", FULL)
    (row,) = found.rows
    assert [(change.column.name, change.value) for change in row.changes] == [("story", "")]


def test_a_column_only_to_read_is_never_written():
    found = plan("key,told\nteatru,săptămânal\nnou,lunar\n", FULL)
    changed = found.rows[0]
    assert changed.status == Status.SAME
    assert "săptămânal" in changed.notes[0].text
    assert all(change.column.name != "told" for row in found.rows for change in row.changes)


def test_one_wrong_row_holds_back_the_whole_file():
    found = plan("key,name (ro)\nteatru,Altul\nx,\n", FULL)
    assert found.counts["changed"] == 1
    assert not found.can_be_applied


def test_another_plan_has_another_fingerprint():
    file = "key,name (ro)\nteatru,Altul\n"
    before = plan(file, FULL)
    assert plan(file, FULL).fingerprint == before.fingerprint
    assert plan(file, {**FULL, "name": {"ro": "Între timp"}}).fingerprint != before.fingerprint
    assert plan(file).fingerprint != before.fingerprint


def test_headings_are_understood_in_every_language_and_by_their_stable_name():
    for heading in ("name_ro", "NAME (RO)", "Name (ro)"):
        assert plan(f"key,{heading}\nteatru,Altul\n", FULL).counts["changed"] == 1


# -- round trips -----------------------------------------------------------------------------------------------------

_texts = st.text(alphabet=st.characters(codec="utf-8"), max_size=30)
_stored = st.fixed_dictionaries(
    {
        "key": st.just("k"),
        "name": st.dictionaries(st.sampled_from(["ro", "en", "hu"]), _texts),
        "story": _texts,
        "day": st.none() | st.dates(date(1990, 1, 1), date(2100, 12, 31)),
        "hour": st.none() | st.times().map(lambda t: t.replace(second=0, microsecond=0)),
        "free": st.booleans(),
        "order": st.integers(0, 32_767),
        "size": st.sampled_from(["s", "l"]),
        "told": _texts,
    }
)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@given(stored=_stored)
def test_what_is_exported_comes_back_unchanged(ending, stored):
    stored = {**stored, "name": LocalizedText(stored["name"])}
    found = plan(exported(stored, ending=ending), stored)
    assert found.counts == {"new": 0, "changed": 0, "same": 1, "wrong": 0}, mistakes(found)


@given(stored=_stored)
def test_drafts_are_read_from_json_as_rows_are(stored):
    """The content of a revision has days and times as texts."""
    draft = {
        **stored,
        "day": stored["day"] and stored["day"].isoformat(),
        "hour": stored["hour"] and stored["hour"].isoformat(),
    }
    context = Context(None)
    for column in COLUMNS:
        assert column.get(draft, context) == column.get(stored, context)


def test_an_export_in_another_language_comes_back_unchanged():
    with override("hu"):
        data = exported(FULL, ending="csv")
    assert plan(data, FULL).counts["same"] == 1


def test_no_cell_of_an_export_is_a_formula():
    stored = {**FULL, "name": {"ro": "=HYPERLINK(1)"}, "story": "+40; =1"}
    assert b",=" not in exported(stored, ending="csv")
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(exported(stored, ending="xlsx")))
    sheet: Any = book.active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
