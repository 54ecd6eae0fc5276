"""No cell of an export runs, whichever separator the spreadsheet expects."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from contacts.phones import PhoneNumber
from contacts.spreadsheet import safe_cell, write_csv


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "  =1",
        "\u00a0=1",
        "\ufeff=1",
        "\u200b=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "﹣1",
        "−1",
        "+40264596030",
    ],
)
def test_a_formula_becomes_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("\t=1", "'\t'=1"),
        ("a;=1", "a;'=1"),
        ("a; =1", "a;' =1"),
        ('a;"=1', "a;'\"=1"),
        ("a\t=1", "a\t'=1"),
        ("a\r\n=1", "a\r\n'=1"),
        ("a\n\n=1", "a\n\n'=1"),
    ],
)
def test_a_formula_inside_a_cell_that_another_separator_would_cut(text, cell):
    assert safe_cell(text) == cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ("", ""),
        ("Direcția Evenimente publice", "Direcția Evenimente publice"),
        ("imaginatiecivica@primariaclujnapoca.ro", "imaginatiecivica@primariaclujnapoca.ro"),
        ("0264 596 030 / 5001; 5000", "0264 596 030 / 5001; 5000"),
        ("Cluj-Napoca, a=b", "Cluj-Napoca, a=b"),
        ("'=1", "'=1"),
        ("a\x00b\ud800", "ab\ufffd"),
        (-5, "-5"),
        (Decimal("-1.5"), "-1.5"),
        (True, "True"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 8, 0, tzinfo=UTC), "2026-11-22T08:00:00+00:00"),
    ],
)
def test_other_cells_are_left_alone(value, cell):
    assert safe_cell(value) == cell


@pytest.mark.parametrize(
    ("number", "cell"),
    [
        (PhoneNumber("+40264596030", ("5001", "5000")), "0264 596 030, ext. 5001, 5000"),
        (PhoneNumber("+3612345678"), "0036 1 234 5678"),
        (PhoneNumber("112"), "112"),
    ],
)
def test_a_telephone_number_stays_usable(number, cell):
    with translation.override("en"):
        assert safe_cell(number) == cell


def test_a_file_for_excel():
    rows = [("Direcția", PhoneNumber("+40264596030")), ('a "b", c', None)]
    data = write_csv(rows, ("Unitate", "=Telefon"))
    assert data == (
        '\ufeffUnitate,\'=Telefon\r\nDirecția,0264 596 030\r\n"a ""b"", c",\r\n'.encode()
    )
    assert write_csv([]) == b"\xef\xbb\xbf"


hostile = st.text(
    st.one_of(st.sampled_from(list("=+-@;,\t\r\n\"' a\ufeff＝−\u00a0")), st.characters(codec=None)),
    max_size=12,
)


def runs(cell: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula: its first visible sign, in plain form, is one of four."""
    visible = "".join(c for c in cell if not c.isspace() and unicodedata.category(c) != "Cf")
    sign = unicodedata.normalize("NFKC", visible[:1]).replace("−", "-")
    return sign[:1] in {"=", "+", "-", "@"}


@given(st.lists(st.lists(hostile, min_size=1, max_size=3), max_size=3))
def test_no_cell_runs_whatever_the_separator(rows):
    text = write_csv(rows).decode("utf-8-sig")
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not any(runs(cell) for cell in row)


@given(st.lists(st.lists(hostile, min_size=1, max_size=3), max_size=3))
def test_a_comma_reader_gets_the_cells_back(rows):
    text = write_csv(rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [[safe_cell(cell) for cell in row] for row in rows]
