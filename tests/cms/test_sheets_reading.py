"""Files that people upload: what is read of them, and what is told of those that are refused."""

from __future__ import annotations

import contextlib
import csv
import io
import time
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from datetime import time as clock_time
from typing import Any

import openpyxl
import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from cms.sheets import cells
from cms.sheets.cells import CellError, Formula
from cms.sheets.problems import CellProblem, SheetProblem
from cms.sheets.reading import MAX_BYTES, Table, read_table
from cms.sheets.safe_cells import safe_cell, without_guards

COLUMNS = {"cheie": "key", "key": "key", "denumire": "name", "name": "name", "data": "day"}
MOST = 5000


def read(data: bytes, most: int = MOST) -> Table:
    return read_table(
        data,
        lambda heading: COLUMNS.get(heading.lower()),
        max_rows=most,
        example="key",
        suggest=lambda heading: "name" if heading == "nmae" else "",
    )


def refusal(data: bytes, most: int = MOST) -> str:
    """The code of the problem; its sentence can be made in every language."""
    with pytest.raises(SheetProblem) as found:
        read(data, most)
    for language in ("en", "ro", "hu"):
        with override(language):
            assert str(found.value)
            assert "%(" not in str(found.value)
    return found.value.code


def csv_file(*rows: Any, encoding: str = "utf-8", separator: str = ",") -> bytes:
    output = io.StringIO()
    csv.writer(output, delimiter=separator).writerows(rows)
    return output.getvalue().encode(encoding)


def workbook(*rows: Any, change: Any = None, write_only: bool = False) -> bytes:
    book = openpyxl.Workbook(write_only=write_only)
    sheet: Any = book.create_sheet() if write_only else book.active
    for row in rows:
        sheet.append(row)
    if change:
        change(book, sheet)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


# Spreadsheets know no time zone.
MIDNIGHT = datetime.combine(date(2026, 11, 23), clock_time())
HEAD = ("key", "name")
ROW = ("teatru", "Teatrul Național")


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Sentences are compared with what is written in the code."""
    with override("en"):
        yield


# -- files that are refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf\r\n  ", "empty_file"),
        (b"\0" * 500, "empty_file"),
        (b"key,name\0\r\na,b", "not_text"),
        (b"<html><table><tr><td>key", "unknown_file"),
        (b"%PDF-1.7 key", "unknown_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_or_locked"),
        (b"PK\x03\x04 no archive at all", "broken_workbook"),
        (workbook(HEAD, ROW)[:-60], "broken_workbook"),
        (b'key,name\r\na,"not closed', "broken_csv"),
        ("key,name\r\nконцерт,b".encode("cp1251"), "encoding"),
        ("key,name\r\nコンサート,b".encode("shift-jis"), "encoding"),
        (b"\xff\xfek\x00e\x00y\x00\x00", "encoding"),
        (csv_file(("first", "second"), ("a", "b")), "no_header"),
        (csv_file(HEAD), "no_rows"),
        (workbook(HEAD), "no_rows"),
        (workbook(), "empty_file"),
        (csv_file(("key", "name", "denumire"), ROW), "column_twice"),
        (b"x" * (MAX_BYTES + 1), "too_large"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data, code):
    assert refusal(data) == code


def test_no_zip_bomb_is_unpacked():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 70_000_000)
    began = time.process_time()
    assert refusal(output.getvalue()) == "workbook_unpacked"
    assert time.process_time() - began < 2


def test_entities_are_not_expanded():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr(
            "xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>'
        )
    assert refusal(output.getvalue()) == "workbook_unsafe"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_fifty_thousand_rows_are_refused_before_they_are_read(ending):
    rows = [HEAD, *((f"cheia-{number}", f"Denumirea numărul {number}") for number in range(50_000))]
    data = csv_file(*rows) if ending == "csv" else workbook(*rows, write_only=True)
    began = time.process_time()
    assert refusal(data) == "too_many_rows"
    assert time.process_time() - began < 3


def test_as_many_rows_as_there_may_be_are_read():
    rows = [(f"k{number}", "x") for number in range(20)]
    assert len(read(csv_file(HEAD, *rows), 20).rows) == 20
    assert refusal(csv_file(HEAD, *rows), 19) == "too_many_rows"
    assert refusal(workbook(HEAD, *rows), 19) == "too_many_rows"


def test_merged_cells_belong_to_no_row():
    data = workbook(HEAD, ROW, ("a", "b"), change=lambda _book, sheet: sheet.merge_cells("A2:A3"))
    with pytest.raises(SheetProblem, match="A2:A3"):
        read(data)


# -- files that are read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
def test_the_letters_and_separators_of_any_program(separator, encoding):
    name = "Teatrul „Lucian” – secția maghiară őű"
    if encoding == "cp1250":
        name = name.replace("ț", "\u0163")
    table = read(
        csv_file(("Cheie", "Denumire"), ("t", name), encoding=encoding, separator=separator)
    )
    assert cells.line(table.rows[0].cells["name"]) == name.replace("\u0163", "ț")
    told = [note.text for note in table.notes]
    expected = {"utf-16": "UTF-16", "cp1250": "Windows-1250"}.get(encoding)
    assert len(told) == (expected is not None)
    assert all(str(expected) in sentence and "diacritics" in sentence for sentence in told)


def test_rows_and_columns_are_named_as_the_spreadsheet_shows_them():
    table = read(workbook(("note", "key", "name"), (), ("", "a", "=1+1"), ("x", "b", "c")))
    assert [row.number for row in table.rows] == [3, 4]
    assert table.places == {"key": ("key", "B"), "name": ("name", "C")}
    assert table.rows[0].cells["name"] == Formula()
    assert [note.code for note in table.notes] == ["unknown_column"]


def test_a_heading_that_is_not_known_is_told_with_the_one_that_may_be_meant():
    table = read(csv_file(("key", "nmae"), ROW))
    assert [note.code for note in table.notes] == ["unknown_column_like"]
    assert "nmae" in table.notes[0].text
    assert "“name”" in table.notes[0].text


def test_the_first_sheet_that_is_shown_is_read():
    def hide(book: Any, sheet: Any) -> None:
        sheet.sheet_state = "hidden"
        book.create_sheet("vizibil").append(HEAD)
        book["vizibil"].append(ROW)

    table = read(workbook(("ascuns",), change=hide))
    assert table.rows[0].cells == {"key": "teatru", "name": "Teatrul Național"}
    assert "vizibil" in table.notes[0].text


def test_formulas_of_both_kinds_of_files_are_seen():
    assert read(csv_file(HEAD, ("a", "=SUM(A1)"))).rows[0].cells["name"] == Formula()
    assert read(csv_file(HEAD, ("a", " =1"))).rows[0].cells["name"] == Formula()
    assert read(workbook(HEAD, ("a", "=A1"))).rows[0].cells["name"] == Formula()


# -- cells -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("23.11.2026", date(2026, 11, 23)),
        ("23/11/2026", date(2026, 11, 23)),
        ("2026-11-23", date(2026, 11, 23)),
        ("2026. 11. 23.", date(2026, 11, 23)),
        (MIDNIGHT, date(2026, 11, 23)),
        (date(2026, 11, 23), date(2026, 11, 23)),
        ("", None),
        (None, None),
    ],
)
def test_days(cell, day):
    assert cells.day(cell) == day


@pytest.mark.parametrize(
    "cell", ["11/23/2026", "31.02.2026", "mâine", 46349, MIDNIGHT.replace(hour=12)]
)
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(CellProblem) as found:
        cells.day(cell)
    assert found.value.code == "bad_date"


@pytest.mark.parametrize("cell", ["23.11.1926", date(2926, 1, 1)])
def test_days_of_other_centuries_are_slips(cell):
    with pytest.raises(CellProblem) as found:
        cells.day(cell)
    assert found.value.code == "date_range"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *((word, True) for word in ("da", "DA", "yes", "igen", "x", "1", 1, 1.0, True, "Adevărat")),
        *((word, False) for word in ("nu", "no", "NEM", "0", 0, False, "fals")),
        ("", None),
    ],
)
def test_yes_and_no_in_three_languages(cell, value):
    assert cells.flag(cell) is value


@pytest.mark.parametrize("cell", ["poate", "2", 0.5, "da/nu"])
def test_what_is_neither_yes_nor_no_is_refused(cell):
    with pytest.raises(CellProblem):
        cells.flag(cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("12", 12), ("12,0", 12), ("12.00", 12), ("1 200", 1200), ("1\u00a0200", 1200), (12.0, 12)],
)
def test_whole_numbers_with_the_commas_of_any_language(cell, value):
    assert cells.whole(cell) == value


@pytest.mark.parametrize(
    "cell", ["12,5", "1.200", 12.5, "o sută", True, float("inf"), float("nan")]
)
def test_what_is_no_whole_number_is_refused(cell):
    with pytest.raises(CellProblem):
        cells.whole(cell)


def test_times_of_day():
    assert cells.clock("18:00") == cells.clock("18.00") == cells.clock(0.75) == clock_time(18)
    assert cells.clock("24:00", is_end=True) == clock_time(0)
    for wrong in ("24:00", "25:10", "seara", 3.5):
        with pytest.raises(CellProblem):
            cells.clock(wrong)


@pytest.mark.parametrize(
    ("cell", "code"),
    [(Formula(), "formula"), (CellError("#REF!"), "cell_error"), ("Na\ufffdional", "lost_letters")],
)
def test_cells_that_say_nothing(cell, code):
    with pytest.raises(CellProblem) as found:
        cells.plain(cell)
    assert found.value.code == code


def test_texts_come_with_commas_below_and_composed():
    assert cells.line("  \u015ei   \u0163ine\u0302 ") == "Și ținê"
    assert cells.text("a\r\nb\x07") == "a\nb"
    assert cells.text(305.0) == "305"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_a_text_survives_its_guards(text):
    """What is written into a CSV file so that no spreadsheet runs it, is read as it was."""
    written = safe_cell(text)
    assert safe_cell(without_guards(written)) == written
    if not text.startswith("'") and "'" not in text:
        assert without_guards(written) == text.replace("\0", "")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    for file in (data, b"key,name\n" + data, b"PK\x03\x04" + data):
        with contextlib.suppress(SheetProblem):
            read(file)
