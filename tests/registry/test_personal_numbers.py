"""Personal numeric codes in typed text. The numbers here are made up: only their check digits are right."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.personal_numbers import find_cnps, mask_cnps

CNP = "1800101122117"
OTHER = "5040229120012"
MASKED = "1••••••••••••"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (CNP, MASKED),
        (f"CNP{CNP}.", f"CNP{MASKED}."),
        (f"Subsemnata, CNP: {CNP}, domiciliată în", f"Subsemnata, CNP: {MASKED}, domiciliată în"),
        ("1 800101 122117", "1 •••••• ••••••"),
        ("1.80.01.01.12.2117", "1.••.••.••.••.••••"),
        ("1-800101-122117", "1-••••••-••••••"),
        ("1 – 800101 – 122117", "1 – •••••• – ••••••"),
        ("1\u00a0800101\u00a0122117", "1\u00a0••••••\u00a0••••••"),
        (f"{CNP} {OTHER}", f"{MASKED} 5••••••••••••"),
        (f"{CNP}{chr(10)}{OTHER}", f"{MASKED}{chr(10)}5••••••••••••"),
        # A telephone number or a house number beside it hides nothing.
        (f"0264 596 030 {CNP} 21", f"0264 596 030 {MASKED} 21"),
        ("21 1 800101 122117 0264 596 030", "21 1 •••••• •••••• 0264 596 030"),
    ],
)
def test_what_is_masked(text: str, masked: str) -> None:
    assert mask_cnps(text) == masked
    assert mask_cnps(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        CNP[:-1],
        CNP[:-1] + "8",  # check digit
        "1801301122113",  # month 13
        "0800101122117",
        CNP + "0",
        "0" + CNP,
        f"RO49AAAA1B31{CNP}0",
        "RO49 AAAA 1B31 0075 9384 0000",
        f"+{CNP}",
        "0264 596 030, 0745 123 456",
        "119.368/305/28.02.2020",
        "1 800101\n122117",
        "1    800101 122117",
        "١٨٠٠١٠١١٢٢١١٧",
        "\x00\ud800",
    ],
)
def test_what_is_no_cnp(text: str) -> None:
    assert find_cnps(text) == []
    assert mask_cnps(text) == text


def test_where_they_stand() -> None:
    text = f"a {CNP} b 5 040229 120012 c"
    assert [text[start:end] for start, end in find_cnps(text)] == [CNP, "5 040229 120012"]


@given(st.text("0123456789 .-a\n", max_size=40), st.text("0123456789 .-a\n", max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_cnp_between_words_is_always_found(before: str, after: str) -> None:
    masked = mask_cnps(f"{before}; {CNP}; {after}")
    assert len(masked) == len(before) + len(after) + 17
    assert CNP not in masked
    assert find_cnps(masked) == []
