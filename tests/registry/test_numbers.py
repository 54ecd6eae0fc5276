"""Numbers of the register: every way in which people write them, and none that is a guess."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry.numbers import (
    FIRST_YEAR,
    LARGEST_NUMBER,
    LAST_YEAR,
    NumberQuery,
    format_number,
    format_short,
    is_code,
    parse_number,
)

DAY = date(2020, 2, 28)
PLAIN = NumberQuery(119368)
WITH_YEAR = NumberQuery(119368, 2020)
WITH_CODE = NumberQuery(119368, None, "305")
WITH_DAY = NumberQuery(119368, 2020, "", DAY)
WHOLE = NumberQuery(119368, 2020, "305", DAY)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("119368", PLAIN),
        ("119.368", PLAIN),
        ("119 368", PLAIN),
        ("119\u00a0368", PLAIN),
        ("119,368", PLAIN),
        ("  Nr.119368 ", PLAIN),
        ("№ 119.368", PLAIN),
        ("# 119368", PLAIN),
        ("No. 119,368", PLAIN),
        ("sz. 119368", PLAIN),
        ("Szám: 119 368", PLAIN),
        ("119368 sz.", PLAIN),
        ("119.368. számú", PLAIN),
        ("iktatószám: 119368", PLAIN),
        ("Număr de înregistrare: 119.368", PLAIN),
        ("Numa\u0306r 119.368", PLAIN),
        ("\u200e119368\u200b", PLAIN),
        ("١١٩٣٦٨", PLAIN),
        ("１１９３６８", PLAIN),
        ("000119368", PLAIN),
        ("119368/2020", WITH_YEAR),
        ("119.368/2020", WITH_YEAR),
        ("119 368 / 2020", WITH_YEAR),
        ("119.368/2020. sz.", WITH_YEAR),
        ("119368 din 2020", WITH_YEAR),
        ("119368-2020", WITH_YEAR),
        ("119.368/305", WITH_CODE),
        ("119368 – 305", WITH_CODE),
        ("119368/1234", NumberQuery(119368, None, "1234")),
        ("119368/1989", NumberQuery(119368, None, "1989")),
        ("119368/1990", NumberQuery(119368, 1990)),
        ("119368/2100", NumberQuery(119368, 2100)),
        ("119368/2101", NumberQuery(119368, None, "2101")),
        ("119368/dap", NumberQuery(119368, None, "DAP")),
        ("119368/305/2020", NumberQuery(119368, 2020, "305")),
        ("119.368/305/28.02.2020", WHOLE),
        ("nr. 119.368/305/28.02.2020", WHOLE),
        ("119.368 / 305 / 28.02.2020", WHOLE),
        ("119.368 — 305 — 28.02.2020", WHOLE),
        ("119.368/305 din 28.2.2020", WHOLE),
        ("119.368/305/28.02.20", WHOLE),
        ("119.368/305/28/02/2020", WHOLE),
        ("119368/28.02.2020", WITH_DAY),
        ("119368/28/02/2020", WITH_DAY),
        ("119368/28-02-2020", WITH_DAY),
        ("119368/2020-02-28", WITH_DAY),
        ("119368/2020. 02. 28.", WITH_DAY),
        ("Nr 119368 din 28.02.2020", WITH_DAY),
        ("nr. 119.368 din data de 28.02.2020.", WITH_DAY),
        ("1", NumberQuery(1)),
        ("999.999.999", NumberQuery(LARGEST_NUMBER)),
    ],
)
def test_every_form_that_people_write(text: str, query: NumberQuery) -> None:
    assert parse_number(text) == query


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nr.",
        "/",
        "/305",
        "petiția mea",
        "0",
        "000",
        "0/2020",
        "1234567890",
        "1.234.567.890",
        "119.36",
        "1119.368",
        "119.368 001",
        "119.3680",
        "119368/",
        "119368/305/",
        "119368//305",
        "119368/2020/305",
        "119368/2020/2021",
        "119368/305/306",
        "119368/31.02.2020",
        "119368/29.02.2021",
        "119368/00.01.2020",
        "119368/28.13.2020",
        "119368/28.02.1899",
        "119368/28.02-2020",
        "28.02.2020",
        "0264 596 030",
        "12²",
        "-5",
        "1e5",
        "119368\x00",
        "119368/3\ud80005",
        "119368/ABCDEFGHIJK",
        "1" * 5000,
        " " * 1_000_000,
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None


def test_the_forms_of_the_city_hall() -> None:
    assert format_number(119368, "305", DAY) == "119.368/305/28.02.2020"
    assert format_number(119368, day=DAY) == "119.368/28.02.2020"
    assert format_number(119368, "305") == "119.368/305"
    assert format_number(7) == "7"
    assert format_number(1234567) == "1.234.567"
    assert format_number(7, day=date(2026, 1, 2)) == "7/02.01.2026"
    assert format_short(119368, 2020) == "119.368/2020"


@pytest.mark.parametrize("code", ["2020", "a", "3 5", "3/5", "ȘC", "²", "12345678901", "5\n"])
def test_codes_that_a_number_cannot_carry(code: str) -> None:
    assert not is_code(code)
    with pytest.raises(ValueError, match="code"):
        format_number(1, code)


def test_numbers_and_years_that_no_register_has() -> None:
    for number in (0, -1, LARGEST_NUMBER + 1):
        with pytest.raises(ValueError, match="number"):
            format_number(number)
    with pytest.raises(ValueError, match="year"):
        format_short(1, 1989)
    with pytest.raises(ValueError, match="year"):
        format_number(1, "305", date(2101, 1, 1))


CODES = st.from_regex(r"[0-9A-Z]{1,10}", fullmatch=True).filter(is_code)
NUMBERS = st.integers(1, LARGEST_NUMBER)


@given(NUMBERS, st.just("") | CODES, st.none() | st.dates(date(1990, 1, 1), date(2100, 12, 31)))
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_back(number: int, code: str, day: date | None) -> None:
    query = NumberQuery(number, day.year if day else None, code, day)
    assert parse_number(format_number(number, code, day)) == query


@given(NUMBERS, st.integers(FIRST_YEAR, LAST_YEAR))
@settings(max_examples=50, deadline=None)
def test_what_is_written_short_is_read_back(number: int, year: int) -> None:
    assert parse_number(format_short(number, year)) == NumberQuery(number, year)


@given(st.text() | st.text("0123456789./- nrsz\x00\ud800", max_size=30))
@example("\x00")
@example("\udfff/\ud800")
@settings(max_examples=100, deadline=None)
def test_no_text_is_too_bad(text: str) -> None:
    query = parse_number(text)
    if query is not None:
        assert parse_number(format_number(query.number, query.code, query.day)) is not None
