"""What an editor may type as a telephone number, and what becomes of it."""

from __future__ import annotations

import phonenumbers
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from contacts import phones
from contacts.phones import (
    PhoneError,
    PhoneNumber,
    canonical,
    display,
    national,
    parse_phone,
    tel_href,
)

SWITCHBOARD = "+40264596030"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("text", "extensions"),
    [
        ("0264 596 030 / 5001; 5000", ("5001", "5000")),
        ("0264-596.030 int. 5001, 5000", ("5001", "5000")),
        ("+40 264 596 030 interior 5001", ("5001",)),
        ("0040264596030", ()),
        ("00 40 264 596 030", ()),
        ("tel: 0264/596030", ()),
        ("Telefon: 0264/596030", ()),
        ("0264.596.030 x5001", ("5001",)),
        ("0264596030 ext 5001", ("5001",)),
        ("0264596030ext.5001", ("5001",)),
        ("0264 596 030 mellék 5001", ("5001",)),
        ("0264 596 030 #5001", ("5001",)),
        ("(0264) 596 030 (int. 5001)", ("5001",)),
        ("+40 (0) 264 596 030", ()),
        ("tel:+40264596030;ext=5001", ("5001",)),
        ("tel:+40264596030,5001", ("5001",)),
        ("0264/596/030", ()),
        ("0264/596030/5001", ("5001",)),
        ("0264/596/030/5001/5000", ("5001", "5000")),
        ("0264 596 030 int. 5001 și 5000", ("5001", "5000")),
        ("0264 596 030, int. 5001, int. 5000", ("5001", "5000")),
        ("0264 596 030 int. 5001; 5001", ("5001",)),
        ("0264 596 030 / 0012", ("0012",)),
        ("0264 596 030 int. 430011", ("430011",)),
        ("0264 596 030 int. 0230900", ("0230900",)),
        ("0264 596 030 /", ()),
        ("0264\u00a0596\u202f030\u2009/\u20095001", ("5001",)),
        ("0264–596–030", ()),
        ("\u202a+40264596030\u202c", ()),
        ("０２６４ ５９６ ０３０", ()),
    ],
)
def test_the_switchboard_in_every_spelling(text, extensions):
    assert parse_phone(text) == PhoneNumber(SWITCHBOARD, extensions)


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("0264 430 011", "+40264430011"),
        ("021/312.34.56", "+40213123456"),
        ("0745 123 456", "+40745123456"),
        ("0264 955", "+40264955"),
        ("0264/955/030", "+40264955030"),
        ("112", "112"),
        ("+36 1 234 5678", "+3612345678"),
        ("00 36 1 234 5678", "+3612345678"),
    ],
)
def test_other_numbers(text, e164):
    assert parse_phone(text) == PhoneNumber(e164)


def test_another_region():
    assert parse_phone("06 1 234 5678", region="HU") == PhoneNumber("+3612345678")
    assert national(PhoneNumber("+3612345678"), region="HU") == "(06 1) 234 5678"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("tel:", "empty"),
        ("0" * 500, "text_too_long"),
        ("fax 0264 596 030", "letters"),
        ("0264 596 O30", "letters"),
        ("Popescu", "letters"),
        ("0264 596 030\x00", "letters"),
        ("\ud800", "letters"),
        ("596 030", "too_short"),
        ("5001", "too_short"),
        ("int. 5001", "too_short"),
        ("()", "too_short"),
        ("0264 596 030 5001", "too_long"),
        ("0264596030 - 5001", "too_long"),
        ("+999 123 456 789", "country"),
        ("0164 596 030", "invalid"),
        ("0264 596 03 / 5001", "invalid"),
        ("0264 596 030 int.", "no_extension"),
        ("0264 596 030 / 430 011", "extension"),
        ("0264 596 030 / abc", "extension"),
        ("0264 596 030 int. 123456789", "extension"),
        ("0264 596 030 / 430011", "long_extension"),
        ("0264 596 030 / 0264 955", "several_numbers"),
        ("0264 596 030 / 0264 430 011", "several_numbers"),
        ("0264 596 030, 0264 430 011", "several_numbers"),
        ("0264 596 030 int. 0264 430 011", "several_numbers"),
        ("0264 596 030/031", "ambiguous"),
        ("0264 596 030 " + ";".join(str(n) for n in range(100, 140)), "too_long"),
        ("0264 596 030;" + ";".join(str(n) for n in range(100, 140)), "text_too_long"),
    ],
)
def test_what_is_no_number_is_refused_with_advice(text, code):
    with pytest.raises(PhoneError) as caught:
        parse_phone(text)
    error = caught.value
    assert error.code == code
    assert isinstance(error, ValueError)
    # The sentence is whole, and a form field carries the same one.
    assert "%(" not in str(error)
    assert ValidationError(error.message, error.code, error.params).messages == [str(error)]
    str(error).encode()
    assert len(str(error)) < 400


def test_the_message_is_translated_when_it_is_shown(monkeypatch):
    with pytest.raises(PhoneError) as caught:
        parse_phone("596 030")
    # Nothing is translated before the reader's language is known.
    assert "area code" in str(caught.value)
    assert caught.value.params == {"number": "596 030"}
    assert caught.value.message is PhoneError.MESSAGES["too_short"]


def test_a_number_holds_digits_only():
    for e164 in (
        "",
        "0264596030",
        "+40264596030,1",
        "+40 264 596 030",
        "tel:+40264596030",
        "+4٠264596030",
    ):
        with pytest.raises(PhoneError):
            PhoneNumber(e164)
    for extension in ("", "50 01", "x", "5001\r\n", "123456789", "٥"):
        with pytest.raises(PhoneError):
            PhoneNumber(SWITCHBOARD, (extension,))
        with pytest.raises(PhoneError):
            tel_href(PhoneNumber(SWITCHBOARD), extension)


def test_a_list_of_extensions_is_as_good_as_a_tuple():
    assert PhoneNumber(SWITCHBOARD, ["5001"]) == PhoneNumber(SWITCHBOARD, ("5001",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        (SWITCHBOARD, "0264 596 030"),
        ("+40213123456", "021 312 3456"),
        ("+40745123456", "0745 123 456"),
        ("+40800800800", "0800 800 800"),
        ("+40264955", "0264 955"),
        ("112", "112"),
        ("+3612345678", "+36 1 234 5678"),
        ("+37322123456", "+373 22 123 456"),
        ("+999123456", "+999123456"),
    ],
)
def test_the_national_form(e164, shown):
    assert national(PhoneNumber(e164)) == shown


def test_display_names_the_extensions_in_the_reader_s_language(monkeypatch):
    number = PhoneNumber(SWITCHBOARD, ("5001", "5000"))
    assert display(number) == "0264 596 030, ext. 5001, 5000"
    assert display(PhoneNumber(SWITCHBOARD)) == "0264 596 030"
    asked = []

    def romanian(context, message):
        asked.append((context, message))
        return "%(number)s, int. %(extensions)s"

    monkeypatch.setattr(phones, "pgettext", romanian)
    assert display(number) == "0264 596 030, int. 5001, 5000"
    assert asked == [("telephone number", "%(number)s, ext. %(extensions)s")]


def test_the_link_dials_the_extension_after_a_pause():
    number = PhoneNumber(SWITCHBOARD, ("5001", "5000"))
    assert tel_href(number) == "tel:+40264596030"
    assert tel_href(number, "5000") == "tel:+40264596030,5000"
    assert tel_href(PhoneNumber("112")) == "tel:112"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (PhoneNumber(SWITCHBOARD), "0264 596 030"),
        (PhoneNumber(SWITCHBOARD, ("5001", "5000")), "0264 596 030 / 5001; 5000"),
        (PhoneNumber(SWITCHBOARD, ("430011",)), "0264 596 030 int. 430011"),
        (PhoneNumber("+40264955", ("201",)), "0264 955 int. 201"),
        (PhoneNumber("+3612345678", ("12", "13")), "+36 1 234 5678 int. 12; 13"),
        (PhoneNumber("112", ("5",)), "112 int. 5"),
    ],
)
def test_the_canonical_text(number, text):
    assert canonical(number) == text
    assert parse_phone(text) == number


def is_valid(e164: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(e164))


extension_lists = st.lists(
    st.from_regex(r"[0-9]{1,8}", fullmatch=True), max_size=5, unique=True
).map(tuple)
romanian_numbers = st.one_of(
    st.from_regex(
        r"\+40(2[3-6][0-9]|3[3-6][0-9]|21[0-9]|7[2-7][0-9]|37[0-9])[0-9]{6}", fullmatch=True
    ),
    st.from_regex(r"\+402[3-6][0-9]9[0-9]{2}", fullmatch=True),
).filter(is_valid)
foreign_numbers = st.sampled_from(
    [
        phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        if (example := phonenumbers.example_number(region)) is not None
    ]
)
numbers = st.builds(
    PhoneNumber, st.one_of(romanian_numbers, foreign_numbers, st.just("112")), extension_lists
)


@given(numbers)
def test_the_canonical_text_reads_back_as_the_number(number):
    assume(number.is_short or is_valid(number.e164))
    text = canonical(number)
    assert parse_phone(text) == number
    assert canonical(parse_phone(text)) == text


@given(romanian_numbers, extension_lists)
def test_what_is_shown_can_be_typed(e164, extensions):
    number = PhoneNumber(e164, tuple(e for e in extensions if len(e) <= 5))
    assert parse_phone(display(number)) == number


@given(romanian_numbers, st.lists(st.sampled_from(list(" .-/")), min_size=8, max_size=8), st.data())
def test_separators_inside_a_number_do_not_matter(e164, separators, data):
    digits = "0" + e164.removeprefix("+40")
    assume(len(digits) == 10)
    pieces = [digits[0]]
    for digit, separator in zip(digits[1:], [*separators, ""], strict=True):
        pieces.append((separator if data.draw(st.booleans()) else "") + digit)
    assert parse_phone("".join(pieces)).e164 == e164


@given(st.one_of(st.text(max_size=250), st.text("0123456789+ ./-;,()x#int", max_size=40)))
def test_any_text_is_a_number_or_a_clear_error(text):
    try:
        number = parse_phone(text)
    except PhoneError as error:
        str(error).encode()
    else:
        assert parse_phone(canonical(number)) == number
