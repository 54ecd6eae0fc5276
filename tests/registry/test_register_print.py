"""The register on paper: thirteen columns, every position, nothing that is not the reader's, and no memory."""

from __future__ import annotations

import io
import re
import tracemalloc
from collections.abc import Iterator
from datetime import date
from typing import Any

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from registry import lifecycle
from registry.enums import Direction
from registry.models import (
    AuditEvent,
    EntryKind,
    FileClass,
    Institution,
    Letter,
    Register,
    RegisterYear,
    RegistryEntry,
)
from registry.printing import register_rows
from registry.printing.pdf import Pdf, composed
from registry.printing.register_pdf import SIZE, RegisterPdf, Sheet, _font, wrapped
from registry.printing.register_rows import COLUMNS, COVERED, day_of, portions, year_of
from registry.printing.truetype import NotAFont, read_font
from registry.registration import Sender
from registry.year_services import close_year
from tests.factories import DepartmentFactory, text
from tests.registry.filings import answered, at, entry_of
from tests.registry.people import client_of

pytestmark = pytest.mark.django_db

PRINT = "/admin/registru/print/"
MARCH = at(2026, 3, 12, 10)
CNP = "1800101221144"
HOUSE = "Primăria Probă"


def rows_of(register: Register, user: Any, year: int = 2026) -> list[tuple[str, ...]]:
    period = year_of(register, year)
    assert period is not None
    return [row for portion in portions(period, user, HOUSE) for row in portion]


def streamed(client: Any, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    return b"".join(response.streaming_content)


# -- the columns -------------------------------------------------------------------------------------------------------


def test_columns_are_the_thirteen_of_the_law_and_each_says_what_it_should(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    department = DepartmentFactory(name=text("Direcția Probă"))
    first = entry_of(
        complaint,
        general,
        MARCH,
        sender=Sender(name="Ilona Szőke", email="ilona@example.org"),
        sender_number="A-7",
        sender_date=date(2026, 3, 11),
        sheets=2,
        annexes=1,
        subject=f"Lumină, CNP {CNP}",
    )
    first = lifecycle.assign(first, department, actor=None)
    second = entry_of(
        complaint, general, MARCH, sender=Sender(name="Ilona Szőke", email="ilona@example.org")
    )
    lifecycle.join(second, first, actor=None)
    answered(first, moment=at(2026, 3, 20, 23, 30)())
    lifecycle.archive(first, FileClass.objects.create(code="II.C.3", name="Petiții"), actor=None)
    third = entry_of(complaint, general, MARCH)
    institution = Institution.objects.create(name="Drumuri Probă", email="d@example.org")
    lifecycle.redirect(third, institution, actor=None, at=MARCH())
    for letter in Letter.objects.filter(entry=third):
        lifecycle.send_letter(letter, "email", actor=None, at=at(2026, 3, 13, 9)())
    wrong = entry_of(complaint, general, MARCH)
    lifecycle.cancel(wrong, "De două ori", actor=None)
    entry_of(
        EntryKind.objects.get(key="corespondenta"),
        general,
        MARCH,
        direction=Direction.OUTGOING,
        sender=Sender(name="Institutul Exemplu"),
        subject="Adresă",
    )
    assert len(COLUMNS) == 13
    day, joined = "12.03.2026", "1/305/12.03.2026"
    found = rows_of(general, people["clerk"])
    assert found[0][:9] == (
        "1", day, "A-7 / 11.03.2026", "2", "1", "Ilona Szőke", found[0][6], "Direcția Probă",
        "20.03.2026",
    )  # fmt: skip
    assert found[0][10:] == ("Ilona Szőke", "", "II.C.3")
    assert found[0][6].startswith("Lumină, CNP")
    assert CNP not in found[0][6]
    assert (found[1][8], found[1][11]) == ("20.03.2026", joined)
    assert (found[2][8], found[2][10]) == ("13.03.2026", "Drumuri Probă")
    # The letter to the institution, and the notice to the petitioner.
    assert [row[5] for row in found[3:5]] == [HOUSE, HOUSE]
    assert found[3][11] == "3/305/12.03.2026"
    assert found[5][9].endswith(": De două ori")
    assert (found[6][5], found[6][10]) == (HOUSE, "Institutul Exemplu")
    assert [row[0] for row in found] == [str(number) for number in range(1, 8)]
    assert all(row[9] for row in found[:4])


def test_what_is_not_the_readers_is_covered_and_every_number_stands(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    entry_of(complaint, general, MARCH)
    entry_of(EntryKind.objects.get(is_confidential=True), general, MARCH, subject="Raport intern")
    entry_of(complaint, general, MARCH)
    clerk, auditor = (rows_of(general, people[name]) for name in ("clerk", "auditor"))
    for rows in (clerk, auditor):
        assert [row[:2] for row in rows] == [(str(n), "12.03.2026") for n in (1, 2, 3)]
        assert "Raport" not in str(rows)
        assert rows[1][5:7] == (COVERED, COVERED)
        assert set(rows[1][7:]) == {""}
    assert clerk[0][5] == "Ilona Probă"
    assert auditor[0][5] == COVERED
    assert "Probă" not in str(auditor)
    assert "Raport intern" in str(rows_of(general, people["admin"]))


def test_department_gets_what_it_sees_in_a_complete_register(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    """Whoever else is given the right to print."""
    first = entry_of(complaint, general, MARCH)
    entry_of(complaint, general, MARCH)
    lifecycle.assign(
        first, people["officer"].desk_memberships.get().department, actor=people["clerk"]
    )
    found = rows_of(general, people["officer"])
    assert [row[5] for row in found] == ["Ilona Probă", COVERED]


def test_portions_join_without_a_seam(
    people: dict[str, Any], general: Register, complaint: EntryKind, monkeypatch: Any
) -> None:
    monkeypatch.setattr(register_rows, "PORTION", 3)
    for number in range(8):
        entry_of(complaint, general, at(2026, 3, 12 + number // 4, 10), subject=f"Nr {number}")
    period = year_of(general, 2026)
    assert period
    sizes = [len(portion) for portion in portions(period, people["clerk"], HOUSE)]
    assert sizes == [3, 3, 2]
    day = day_of(general, date(2026, 3, 13))
    assert day
    assert (day.first, day.last, day.positions) == (5, 8, 4)
    found = [row[6] for portion in portions(day, people["clerk"], HOUSE) for row in portion]
    assert found == ["Nr 4", "Nr 5", "Nr 6", "Nr 7"]
    # What is registered meanwhile belongs to the next print.
    entry_of(complaint, general, at(2026, 3, 14, 10))
    assert sum(len(portion) for portion in portions(period, people["clerk"], HOUSE)) == 8


# -- the screens -------------------------------------------------------------------------------------------------------


def test_prints_are_told_in_the_trail_and_end_with_the_closing_statement(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    entry_of(complaint, general, MARCH, subject="Iluminatul <b>aleii</b>")
    client = client_of(people["auditor"])
    opened = streamed(client, f"{PRINT}general/2026/").decode()
    assert "Iluminatul &lt;b&gt;aleii&lt;/b&gt;" in opened
    assert "sheet__closing" not in opened
    assert opened.count("<th ") == 13
    assert opened.rstrip().endswith("</html>")
    year = close_year(RegisterYear.objects.get(), actor=people["chief"], now=at(2027, 1, 4, 9)())
    for name in ("2026/", "2026-03-12/"):
        page = streamed(client, f"{PRINT}general/{name}").decode()
        assert (year.statement in page) == (name == "2026/")
    document = streamed(client, f"{PRINT}general/2026/pdf/")
    assert composed(year.statement) in text_of(document)[-1]
    events = AuditEvent.objects.filter(action="register.printed").order_by("sequence")
    told = [event.data for event in events]
    assert told[-1] == {
        "register": "general", "period": "2026", "positions": 1, "as": "pdf",
    }  # fmt: skip
    assert len(told) == 4


@pytest.mark.parametrize(
    "period", ["2025", "2026-03-13", "2026-3-12", "20260312", "now", "99999", "2026-02-30"]
)
def test_period_without_positions_is_not_found(
    people: dict[str, Any], general: Register, complaint: EntryKind, period: str
) -> None:
    entry_of(complaint, general, MARCH)
    client = client_of(people["clerk"])
    for address in (f"{PRINT}general/{period}/", f"{PRINT}nothing/2026/"):
        assert client.get(address).status_code == 404
    assert not AuditEvent.objects.filter(action="register.printed").exists()


def test_form_leads_to_the_print_of_a_day(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    entry_of(complaint, general, MARCH)
    client = client_of(people["clerk"])
    asked: dict[str, Any] = {"register": general.pk, "day": "2026-03-12"}
    assert client.get(PRINT, asked)["Location"] == f"{PRINT}general/2026-03-12/"
    assert client.get(PRINT, {**asked, "pdf": "1"})["Location"] == f"{PRINT}general/2026-03-12/pdf/"
    for wrong in ("2026-03-13", "yesterday", ""):
        assert client.get(PRINT, {**asked, "day": wrong}).status_code == 422


# -- the PDF -----------------------------------------------------------------------------------------------------------


SHEET = Sheet("Registrul general", "2026", [str(n) for n in range(13)], "Pagina %(page)s din", "x")


def text_of(document: bytes) -> list[str]:
    """The text of each page as a reader copies it: by the map from glyphs to letters."""
    with pikepdf.open(io.BytesIO(document)) as pdf:
        shared = pdf.pages[0].resources
        letters = {
            glyph: bytes.fromhex(letter).decode("utf-16-be")
            for glyph, letter in re.findall(
                r"<([0-9A-F]{4})><([0-9A-F]+)>", shared.Font.F.ToUnicode.read_bytes().decode()
            )
        }

        def read(content: bytes) -> str:
            lines = re.findall(rb"<([0-9A-F]*)>Tj", content)
            return " ".join(
                "".join(letters[line[at : at + 4].decode()] for at in range(0, len(line), 4))
                for line in lines
            )

        total = read(shared.XObject.N.read_bytes())
        return [f"{read(page.Contents.read_bytes())} {total}" for page in pdf.pages]


def some_rows(number: int) -> Iterator[tuple[str, ...]]:
    for n in range(1, number + 1):
        yield (
            str(n), "12.03.2026", "", "2", "", "Szőke Ilona", f"Iluminatul aleii {n}, ștrandul Țiglău",
            "Direcția Probă", "", "", "", "1.234/305/12.03.2026", "II.C.3",
        )  # fmt: skip


def test_pdf_is_sound_numbers_its_pages_and_keeps_every_letter() -> None:
    document = b"".join(RegisterPdf(SHEET, language="ro").parts(some_rows(200)))
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert list(pdf.check_pdf_syntax()) == []
        number = len(pdf.pages)
        assert str(pdf.Root.Lang) == "ro"
    pages = text_of(document)
    assert number == len(pages) > 3
    for page, found in enumerate(pages, 1):
        assert f"Pagina {page} din  {number}" in found
        assert "Registrul general" in found
    everything = " ".join(pages)
    for n in (1, 77, 200):
        assert f"aleii {n}, ștrandul" in everything
    assert "Szőke Ilona" in everything


def test_pdf_of_nothing_is_a_page() -> None:
    assert len(text_of(b"".join(RegisterPdf(SHEET, language="ro").parts([])))) == 1


def test_letters_that_the_font_does_not_have_are_said_to_be_missing() -> None:
    row = ("1", *[""] * 5, "a\u0306 日 \U0001f600", *[""] * 6)
    found = text_of(b"".join(RegisterPdf(SHEET, language="ro").parts([row])))[0]
    assert "ă ? ?" in found


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=300))
def test_no_line_is_wider_than_its_column_and_no_letter_is_lost(typed: str) -> None:
    pdf = Pdf(_font(), (842, 595), title="", language="ro")
    plain = composed(" ".join(typed.split()))
    lines = wrapped(pdf, plain, 60)
    assert all(pdf.width(line, SIZE) <= 60.001 or len(line) == 1 for line in lines)
    if lines and lines[-1] != "…":
        assert "".join(lines).replace(" ", "") == plain.replace(" ", "")


@pytest.mark.parametrize("data", [b"", b"OTTO" + b"\0" * 40, b"\0\1\0\0\0\x09" + b"\0" * 300])
def test_what_is_no_font_says_so(data: bytes) -> None:
    with pytest.raises(NotAFont):
        read_font(data, "x")


def test_memory_does_not_grow_with_the_register(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    """5,000 positions of the database, and as many again: what is held at once stays a few megabytes."""
    from registry.seeding import seed_petitions
    from registry.synthetic_shares import REGISTER_KEY

    seed_petitions(5000, 1, date(2026, 11, 28))
    seeded = Register.objects.get(key=REGISTER_KEY)
    years = RegisterYear.objects.filter(register=seeded).order_by("last_number")
    small, large = years[0], years[len(years) - 1]
    assert large.last_number > 1.5 * small.last_number

    def peak(year: RegisterYear) -> tuple[int, int, int]:
        period = year_of(seeded, year.year)
        assert period
        rows = (row for portion in portions(period, people["clerk"], HOUSE) for row in portion)
        tracemalloc.start()
        with CaptureQueriesContext(connection) as queries:
            size = sum(len(part) for part in RegisterPdf(SHEET, language="ro").parts(rows))
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest, size, len(queries)

    peak(small)
    highest, size, queries = peak(large)
    assert size > 100_000
    assert highest < 24 * 2**20
    assert queries <= 2 + 3 * (large.last_number // register_rows.PORTION + 1)
    assert RegistryEntry.objects.filter(register=seeded).count() == 5000
