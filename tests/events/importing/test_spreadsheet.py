"""Spreadsheets: rows that can be events, and for the others the row, the column and what to do."""

from __future__ import annotations

import csv
import io
import time as clock
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from events.importing.candidates import Candidate, Reading
from events.importing.files import read_file
from events.importing.problems import ImportProblem
from events.importing.spreadsheet import COLUMNS, read_spreadsheet, template_file
from events.recurrence import Frequency, Rule
from events.schedule import Schedule

TODAY = date(2026, 11, 22)
PLACES = ("casa-de-cultura", "parc")
CATEGORIES = ("music", "sport")
HEADER = ("title", "start date")


def read(data: bytes) -> Reading:
    return read_spreadsheet(data, TODAY, PLACES, CATEGORIES)


def csv_file(*rows: Sequence[Any], separator: str = ",", encoding: str = "utf-8") -> bytes:
    output = io.StringIO(newline="")
    csv.writer(output, delimiter=separator).writerows(rows)
    return output.getvalue().encode(encoding)


def xlsx_file(*rows: Sequence[Any], sheets: int = 1) -> bytes:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.worksheets[0].append(list(row))
    for number in range(1, sheets):
        workbook.create_sheet(f"Foaia {number + 1}").append(["x"])
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def row(**cells: Any) -> Reading:
    """What is read of one row with these cells, beside a title and a date."""
    cells = {"title": "Concert", "start_date": "03.12.2026", **cells}
    return read(csv_file([COLUMNS[name][0] for name in cells], list(cells.values())))


def one(**cells: Any) -> Candidate:
    reading = row(**cells)
    assert [remark.text for remark in reading.refused] == []
    return reading.candidates[0]


def refused(**cells: Any) -> list[tuple[str, str]]:
    """(column, what is wrong) of a row that is refused."""
    reading = row(**cells)
    assert reading.candidates == ()
    assert {remark.row for remark in reading.refused} == {2}
    return [(remark.column, remark.text) for remark in reading.refused]


def problem(data: bytes) -> str:
    with pytest.raises(ImportProblem) as caught:
        read(data)
    assert str(caught.value)
    return caught.value.code


# -- whole files -------------------------------------------------------------------------------------------------------

ROMANIAN = (
    "Titlu",
    "Data început",
    "Ora început",
    "Data sfârșit",
    "Ora sfârșit",
    "Se repetă",
    "Până la",
    "Loc",
    "Categorii",
    "Rezumat",
    "Descriere",
    "Gratuit",
    "Preț",
    "Rezervări",
    "Cheie",
)
FULL = (
    "Șezătoare",
    "03.12.2026",
    "18:00",
    "",
    "20:00",
    "săptămânal",
    "17.12.2026",
    "casa-de-cultura",
    "music; sport",
    "Povești și cântece.",
    "Pentru toți.\nVeniți!",
    "nu",
    "20 lei",
    "https://example.org/bilete",
    "sezatoare-1",
)
EXPECTED = Candidate(
    uid="sezatoare-1",
    title="Șezătoare",
    schedule=Schedule(
        date(2026, 12, 3),
        time(18),
        end_time=time(20),
        rule=Rule(Frequency.WEEKLY, weekdays=(3,), until=date(2026, 12, 17)),
    ),
    summary="Povești și cântece.",
    description="Pentru toți.\nVeniți!",
    place_key="casa-de-cultura",
    categories=("music", "sport"),
    price="20 lei",
    booking_url="https://example.org/bilete",
    row=2,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_that_a_spreadsheet_wrote(separator, encoding):
    reading = read(csv_file(ROMANIAN, FULL, separator=separator, encoding=encoding))
    assert reading == Reading((EXPECTED,))


def test_headers_in_english_without_diacritics_and_in_any_order():
    header = [titles[0].upper() for titles in COLUMNS.values()]
    cells = dict(zip(COLUMNS, FULL, strict=True))
    english = csv_file(header[::-1], [cells[name] for name in COLUMNS][::-1])
    assert read(english).candidates == (EXPECTED,)
    plain = [title.translate(str.maketrans("ăâîșț", "aaist")) for title in ROMANIAN]
    plain[3] = "Data sfarsit"
    plain[4] = "Ora sfarsit"
    plain[6] = "Pana la"
    assert read(csv_file(plain, FULL)).candidates == (EXPECTED,)


def test_the_hint_that_excel_leaves_itself():
    data = b"sep=;\r\n" + csv_file(HEADER, ("Concert", "03.12.2026"), separator=";")
    assert read(data).candidates[0].row == 3


def test_letters_of_old_windows():
    # Windows has the cedillas; what is read has the commas.
    old = [cell.translate(str.maketrans("șțȘȚ", "şţŞŢ")) for cell in FULL]
    heads = [cell.translate(str.maketrans("șțȘȚ", "şţŞŢ")) for cell in ROMANIAN]
    reading = read(csv_file(heads, old, separator=";", encoding="cp1250"))
    assert reading.candidates == (EXPECTED,)
    assert [note.text for note in reading.notes] == [
        "The file was read as Windows-1250: check the letters with diacritics."
    ]
    west = read(csv_file(HEADER, ("Señora à Cluj", "03.12.2026"), encoding="cp1252"))
    assert west.candidates[0].title == "Señora à Cluj"
    assert west.notes[0].params["encoding"] == "Windows-1252"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n \r\n", "empty_file"),
        (b"title,start date\r\nCon\x00cert,2026-12-03\r\n", "not_text"),
        (csv_file(HEADER, ("Concert", "03.12.2026"), encoding="utf-16"), "encoding"),
        ("title,start date\r\nКонцерт,2026-12-03".encode("cp1251"), "encoding"),
        ("title,start date\r\nコンサート,2026-12-03".encode("shift-jis"), "encoding"),
        (b'title,start date\r\n"Concert,2026-12-03\r\n', "broken_csv"),
        (b"Concert,2026-12-03\r\n", "no_header"),
        (b"title,place\r\nConcert,Parc\r\n", "missing_columns"),
        (b"title,Titlu,start date\r\na,b,2026-12-03\r\n", "column_twice"),
        (csv_file(HEADER, *[("x", "2026-12-03")] * 1001), "too_many_rows"),
        (csv_file(HEADER, *[("x", "1")] * 50_000), "too_many_rows"),
        (csv_file(HEADER, *[("Concert", "03.12.2026")] * 50_000), "too_large"),
        (b"title,start date\r\n" + b"x" * 200_000 + b",2026-12-03\r\n", "broken_csv"),
        (b"PK\x03\x04 damaged", "broken_workbook"),
        (xlsx_file(HEADER, *[("x", "2026-12-03")] * 1001), "too_many_rows"),
        (xlsx_file(), "empty_file"),
    ],
)
def test_a_file_that_is_refused_as_a_whole(data, code):
    assert problem(data) == code


def test_what_is_missing_is_named():
    with pytest.raises(
        ImportProblem, match=r"These columns are missing: start date \(data început\)\."
    ):
        read(b"title,place\r\n")


def test_fifty_thousand_rows_of_excel_are_not_read_to_their_end():
    data = xlsx_file(HEADER, *[("x", 1)] * 50_000)
    started = clock.process_time()
    assert problem(data) in ("too_many_rows", "too_large")
    assert clock.process_time() - started < 2


def test_columns_that_are_not_known_are_named():
    reading = read(csv_file((*HEADER, "Buget", ""), ("Concert", "03.12.2026", "5", "")))
    assert len(reading.candidates) == 1
    assert [note.text for note in reading.notes] == [
        "The column “Buget” is not known and was left out."
    ]


# -- rows --------------------------------------------------------------------------------------------------------------


def test_a_bad_row_does_not_spoil_the_others():
    reading = read(
        csv_file(
            HEADER,
            ("Unu", "03.12.2026"),
            (),
            ("Doi", "31.02.2026"),
            ("", ""),
            ("Trei", "2026-12-05"),
            ("", "04.12.2026"),
        )
    )
    assert [(candidate.row, candidate.title) for candidate in reading.candidates] == [
        (2, "Unu"),
        (6, "Trei"),
    ]
    assert [(remark.row, remark.column, remark.text) for remark in reading.refused] == [
        (4, "start date", "“31.02.2026” is no date: write it like 25.11.2026 or 2026-11-25."),
        (7, "title", "This cell must be filled."),
    ]


@pytest.mark.parametrize(
    ("cells", "schedule"),
    [
        ({}, Schedule(date(2026, 12, 3))),
        ({"start_date": "3/12/2026"}, Schedule(date(2026, 12, 3))),
        ({"start_date": "2026-12-03"}, Schedule(date(2026, 12, 3))),
        ({"end_date": "5.12.2026"}, Schedule(date(2026, 12, 3), end_day=date(2026, 12, 5))),
        ({"start_time": "9.30"}, Schedule(date(2026, 12, 3), time(9, 30))),
        (
            {"start_time": "18:00:00", "end_time": "24:00"},
            Schedule(date(2026, 12, 3), time(18), end_time=time()),
        ),
        (
            {"start_time": "20:00", "end_time": "02:00"},
            Schedule(date(2026, 12, 3), time(20), end_time=time(2)),
        ),
        (
            {"start_time": "18:00", "end_date": "03.12.2026", "end_time": "20:00"},
            Schedule(date(2026, 12, 3), time(18), end_time=time(20)),
        ),
        ({"repeats": "zilnic"}, Schedule(date(2026, 12, 3), rule=Rule(Frequency.DAILY))),
        (
            {"repeats": "Lunar"},
            Schedule(date(2026, 12, 3), rule=Rule(Frequency.MONTHLY, month_day=3)),
        ),
        ({"repeats": "yearly"}, Schedule(date(2026, 12, 3), rule=Rule(Frequency.YEARLY))),
        ({"repeats": "o dată"}, Schedule(date(2026, 12, 3))),
        (
            {"repeats": "RRULE:FREQ=WEEKLY;BYDAY=TH,FR;COUNT=4"},
            Schedule(date(2026, 12, 3), rule=Rule(Frequency.WEEKLY, weekdays=(3, 4), count=4)),
        ),
    ],
)
def test_when(cells, schedule):
    assert one(**cells).schedule == schedule


@pytest.mark.parametrize(
    ("cells", "column", "text"),
    [
        ({"title": ""}, "title", "This cell must be filled."),
        ({"title": "x" * 201}, "title", "longer than 200 characters"),
        ({"start_date": ""}, "start date", "This cell must be filled."),
        ({"start_date": "12/25/2026"}, "start date", "is no date"),
        ({"start_date": "03.12.26"}, "start date", "is no date"),
        ({"start_date": "mâine"}, "start date", "“mâine” is no date"),
        ({"start_date": "03.12.0026"}, "start date", "lies outside the years 1990–2100"),
        ({"start_date": "99999-01-01"}, "start date", "is no date"),
        ({"start_time": "25:00"}, "start time", "is no time of day"),
        ({"start_time": "24:00"}, "start time", "is no time of day"),
        ({"start_time": "seara"}, "start time", "“seara” is no time of day"),
        ({"end_time": "20:00"}, "start time", "There is an end time but no start time."),
        ({"end_date": "01.12.2026"}, "end date", "before it starts"),
        (
            {"start_time": "18:00", "end_date": "03.12.2026", "end_time": "17:00", "x": ""},
            "end time",
            "",
        ),
        ({"repeats": "uneori"}, "repeats", "“uneori” is no repetition"),
        ({"repeats": "FREQ=SECONDLY"}, "repeats", "An event cannot repeat “SECONDLY”"),
        ({"repeats": "FREQ=DAILY;INTERVAL=0"}, "repeats", "Write a whole number from 1"),
        ({"repeats": "FREQ=DAILY;COUNT=501"}, "repeats", "from 1 to 500"),
        ({"repeats": "FREQ=WEEKLY;BYDAY=MO"}, "start date", "is not a date of the rule"),
        ({"repeats": "lunar", "start_date": "31.12.2026"}, "repeats", "from 1 to 28"),
        ({"repeats": "zilnic", "start_date": "01.01.2024"}, "repeats", "1,500"),
        ({"repeats": "zilnic", "until": "01.12.2026"}, "until", "before it starts"),
        ({"until": "01.12.2026"}, "until", "no repetition"),
        ({"repeats": "FREQ=DAILY;COUNT=2", "until": "05.12.2026"}, "until", "empty one of the two"),
        ({"place": "sala-mare"}, "place", "There is no place with the key “sala-mare”"),
        (
            {"categories": "music, teatru"},
            "categories",
            "There is no category “teatru”: use one of music, sport.",
        ),
        ({"free": "poate"}, "free", "“poate” is neither yes nor no."),
        ({"free": "da", "price": "20 lei"}, "price", "An event that is free cannot have a price."),
        (
            {"booking_url": "javascript:alert(1)"},
            "booking url",
            "“javascript:alert(1)” is no web address",
        ),
        ({"booking_url": "www.example.org"}, "booking url", "must begin with https://"),
        ({"booking_url": f"https://example.org/{'x' * 200}"}, "booking url", "than 200 characters"),
        ({"key": "a b"}, "key", "is no key"),
        ({"key": "../x"}, "key", "is no key"),
        ({"title": "=1+1"}, "title", "This cell holds a formula"),
        ({"price": " =HYPERLINK(1)"}, "price", "This cell holds a formula"),
    ],
)
def test_a_row_that_is_refused(cells, column, text):
    if "x" in cells:
        # An end on the very day of the start is written out by many; it is then the same as none.
        cells = {name: value for name, value in cells.items() if name != "x"}
        assert one(**cells).schedule.end_day is None
        return
    (found,) = refused(**cells)
    assert found[0] == column
    assert text in found[1]


def test_everything_that_is_wrong_with_a_row_is_said_at_once():
    columns = [
        column for column, _text in refused(start_date="x", free="poate", booking_url="x", key="?")
    ]
    assert columns == ["start date", "free", "booking url", "key"]


def test_places_and_prices():
    assert (one(place="parc").place_key, one(place="parc").location) == ("parc", "")
    free_text = one(place="Parcul Central, aleea mare")
    assert (free_text.place_key, free_text.location) == ("", "Parcul Central, aleea mare")
    assert one(free="DA").is_free
    assert not one(price="20 lei").is_free


def test_texts_are_cleaned():
    candidate = one(
        title=" Con\u202ecert \x07şi  dans ", description="<p>Bun</p><script>x</script>"
    )
    assert (candidate.title, candidate.description) == ("Concert și dans", "Bun")


def test_keys():
    assert one(key="Concert_2026-1").uid == "Concert_2026-1"
    derived = one().uid
    assert derived == one(title="  CONCERT ", summary="altul").uid
    assert derived != one(start_date="04.12.2026").uid
    assert derived != one(start_time="18:00").uid


def test_rows_with_one_key_are_refused_together():
    reading = read(
        csv_file(
            (*HEADER, "key"),
            ("Unu", "03.12.2026", "a"),
            ("Doi", "04.12.2026", "b"),
            ("Trei", "05.12.2026", "a"),
            ("Patru", "06.12.2026", ""),
            ("Patru", "06.12.2026", ""),
        )
    )
    assert [candidate.title for candidate in reading.candidates] == ["Doi"]
    assert [(remark.row, remark.params["rows"]) for remark in reading.refused] == [
        (2, "2, 4"),
        (4, "2, 4"),
        (5, "5, 6"),
        (6, "5, 6"),
    ]


# -- workbooks ---------------------------------------------------------------------------------------------------------


def test_a_workbook_with_its_own_kinds_of_cells():
    header = ("title", "start date", "start time", "end time", "price", "free", "key", "end date")
    rows = [
        ("A", datetime.fromisoformat("2026-12-03"), time(18), time(20, 30), 20.0, False, "a", None),
        ("B", date(2026, 12, 3), 0.75, timedelta(hours=20), None, True, "b", date(2026, 12, 4)),
        (7, "03.12.2026", "18:00", None, "de la 5 lei", "nu", 12, None),
    ]
    reading = read(xlsx_file(header, *rows))
    assert reading.refused == ()
    first, second, third = reading.candidates
    assert first.schedule == Schedule(date(2026, 12, 3), time(18), end_time=time(20, 30))
    assert (first.price, first.is_free, first.row) == ("20", False, 2)
    assert second.schedule == Schedule(date(2026, 12, 3), time(18), date(2026, 12, 4), time(20))
    assert second.is_free
    assert (third.title, third.uid, third.price) == ("7", "12", "de la 5 lei")


def test_formulas_and_errors_are_refused_cell_by_cell():
    data = xlsx_file(
        (*HEADER, "summary", "price"),
        ('=HYPERLINK("http://example.org")', "=TODAY()", "x", "#REF!"),
        ("Bun", "03.12.2026", None, None),
    )
    reading = read(data)
    assert [candidate.title for candidate in reading.candidates] == ["Bun"]
    assert [(remark.row, remark.column, remark.code) for remark in reading.refused] == [
        (2, "title", "formula"),
        (2, "start date", "formula"),
        (2, "price", "cell_error"),
    ]


def test_only_the_first_sheet_is_read_and_that_is_said():
    reading = read(xlsx_file(HEADER, ("Concert", "03.12.2026"), sheets=2))
    assert len(reading.candidates) == 1
    assert [note.text for note in reading.notes] == ["Only the first sheet, “Sheet”, was read."]


def altered(data: bytes, name: str, change: Any) -> bytes:
    """A workbook with one part changed or added."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
        if name not in old.namelist():
            new.writestr(name, change(b""))
    return output.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_workbook_that_swells():
    data = xlsx_file(HEADER, ("Concert", "03.12.2026"))
    bomb = altered(data, "xl/media/image1.png", lambda part: b"\0" * 20_000_000)
    assert len(bomb) < 100_000
    started = clock.process_time()
    assert problem(bomb) == "workbook_unpacked"
    many = io.BytesIO(data)
    with zipfile.ZipFile(many, "a") as archive:
        for number in range(300):
            archive.writestr(f"x/{number}", b"")
    assert problem(many.getvalue()) == "workbook_unpacked"
    assert clock.process_time() - started < 1


def test_a_sheet_that_claims_a_million_rows():
    data = xlsx_file(HEADER, ("Concert", "03.12.2026"))
    claimed = altered(data, SHEET, lambda xml: xml.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    assert claimed != data
    assert len(read(claimed).candidates) == 1
    far = altered(data, SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="1048576"'))
    started = clock.process_time()
    assert problem(far) in ("too_many_rows", "broken_workbook")
    assert clock.process_time() - started < 2


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: ENTITIES + xml,
        lambda xml: b"<?xml version='1.0' encoding='UTF-8'?>" + ENTITIES + xml,
        lambda xml: xml.decode().encode("utf-16"),
        lambda xml: b"<?xml version='1.0' encoding='cp037'?>" + xml,
    ],
)
def test_a_workbook_with_parts_that_no_spreadsheet_writes(change):
    data = xlsx_file(HEADER, ("Concert", "03.12.2026"))
    assert problem(altered(data, SHEET, change)) == "workbook_unsafe"


def test_an_archive_that_is_no_workbook():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert problem(output.getvalue()) == "unknown_file"


# Made once: a workbook holds the time of its making, and what is drawn must not depend on it.
WORKBOOK = xlsx_file(HEADER, ("Concert", "03.12.2026"))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused_never_an_error(data):
    damaged = bytearray(WORKBOOK)
    for _change in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(4, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    try:
        reading = read(bytes(damaged))
    except ImportProblem:
        return
    assert all(remark.text for remark in (*reading.refused, *reading.notes))


@given(st.lists(st.lists(st.text(max_size=12), max_size=16), max_size=4))
def test_any_cells_are_read_or_refused_never_an_error(rows):
    header = [titles[0] for titles in COLUMNS.values()]
    try:
        data = csv_file(header, *rows)
    except (UnicodeEncodeError, csv.Error):
        return
    try:
        reading = read(data)
    except ImportProblem:
        return
    assert all(remark.text for remark in (*reading.refused, *reading.notes))
    assert all(candidate.digest for candidate in reading.candidates)


# -- files of any kind -------------------------------------------------------------------------------------------------


def test_the_template_can_be_read():
    for language in ("en", "ro"):
        with translation.override(language):
            reading = read(template_file())
        assert [candidate.uid for candidate in reading.candidates] == ["atelier-1"]
        assert reading.refused == reading.notes == ()


def test_the_kind_of_a_file_is_seen_in_its_bytes():
    ics = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    assert read_file(ics, "events.csv", TODAY) == (Reading(()), True)
    workbook = xlsx_file(HEADER, ("Concert", "03.12.2026"))
    reading, is_calendar = read_file(workbook, "a.bin", TODAY)
    assert (len(reading.candidates), is_calendar) == (1, False)
    assert len(read_file(csv_file(HEADER, ("a", "03.12.2026")), "A.CSV", TODAY)[0].candidates) == 1


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"<html>", "a.ics", "web_page"),
        (b"<html>", "a.csv", "web_page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xlsx", "old_excel"),
        (b"MZ\x90", "a.exe", "unknown_file"),
        (b"%PDF-1.7", "a.pdf", "unknown_file"),
        (b"", "a.csv", "empty_file"),
        (b"", "a.ics", "empty_file"),
        (b"", "a", "empty_file"),
    ],
)
def test_files_that_are_no_files_of_events(data, name, code):
    with pytest.raises(ImportProblem) as caught:
        read_file(data, name, TODAY)
    assert caught.value.code == code
