"""Typed text: what cannot be seen or stored goes, everything that somebody wrote stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry.typed_text import MOST_MARKS, clean_line, clean_text

ORDINARY = [
    "Bună ziua! Aș dori să știu când se repară trotuarul din str. Țebei nr. 21 – mulțumesc.",
    "„Între vii”, «citat», 50 % ± 2 m², 10 €, art. 6¹ alin. (2)",
    "Árvíztűrő tükörfúrógép, Őrzővédő Zrt., „idézőjel”",
    "Ștefan O'Neill-Țîru <script>{{ 7*7 }}</script> %s {0} & \\n",
    "Foarte bine 👍🏽 ❤️ 👨‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍⚕️ 🙂‍↔️ 1️⃣ 🇷🇴 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "Ελληνικά, Русский, 日本語, עברית, हिन्दी",
    "e\u0323\u0304 is not composed",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_survives(text: str) -> None:
    expected = unicodedata.normalize("NFC", text)
    assert clean_line(text) == expected
    assert clean_text(f"{text}\n\n  {text}") == f"{expected}\n\n  {expected}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Ana\x00 Pop", "Ana Pop"),
        ("Ana\r\nBcc: x@example.org", "Ana Bcc: x@example.org"),
        ("Ana\u2028Pop\u2029Dan\x0bIon\x0cEva\x85", "Ana Pop Dan Ion Eva"),
        ("\tAna \t\u00a0 Pop\u3000", "Ana Pop"),
        ("Ana\x1b[31m\x7f", "Ana[31m"),
        ("A\ud800na\udfff", "Ana"),
        ("cod\u202efdp.exe", "codfdp.exe"),
        ("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061cAna", "Ana"),
        ("A\u200bn\u200ca\u2060\ufeff\u00ad\u200d", "Ana"),
        ("Ana\ufffe\uffff\ufdd0\U0001ffff\U000e0100", "Ana"),
        ("Ana\U000e0068\U000e0069\U000e007f", "Ana"),
        ("\U0001f3f4" + "\U000e0068" * 7 + "\U000e007f", "\U0001f3f4"),
        ("Ana\u200d\U0001f600 \U0001f600\u200d", "Ana\U0001f600 \U0001f600"),
        ("S\u0327tefan \u0162ira \u015ei \u0163\u015f", "Ștefan Țira Și țș"),
        ("S\u0326i a\u0306 o\u030b", "Și ă ő"),
        ("", ""),
        ("\x00\n\u200b ", ""),
    ],
)
def test_what_goes_from_a_line(text: str, line: str) -> None:
    assert clean_line(text) == line


def test_line_breaks_of_a_text() -> None:
    assert clean_text("\r\na\r\nb\rc\nd\u2028e\x0bf\tg\x00\r\n\r\n") == "a\nb\nc\nd\ne\nf g"
    assert clean_text("a\n\n\n  b \u00a0c") == "a\n\n\n  b \u00a0c"


def test_stacked_marks_are_cut() -> None:
    cleaned = clean_line("Z" + "\u0335\u0348" * 50_000 + "algo")
    assert len(cleaned) == len("Zalgo") + MOST_MARKS
    assert cleaned.startswith("Z")
    assert cleaned.endswith("algo")


BAD = st.text(
    "sStTșşţaA \t\r\n\x00\x0b\x85\u0300\u0326\u0327\u0335\u0338\u200b\u200d\u200e\u202e\u2028\u2329\u2190\u20e3"
    "\ud800\ufe0f\ufffe\U0001f3f4\U0001f600\U000e0067\U000e007f",
    max_size=60,
)


@given(st.text() | BAD)
@example("ş\u0327")
@example("\u2329\u200d\u2329")
@example("a" + "\u0300" * 8 + "\u200d" + "\u0300" * 8)
@settings(max_examples=100, deadline=None)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    for clean in (clean_line, clean_text):
        once = clean(text)
        assert clean(once) == once
        once.encode()  # nothing that a database refuses
        assert "\x00" not in once
        assert unicodedata.is_normalized("NFC", once) or "ș" in once.lower() or "ț" in once.lower()
        assert not {"ş", "ţ", "Ş", "Ţ"} & set(once)
        categories = {unicodedata.category(sign) for sign in once if sign not in "\n\u200d"}
        assert not {"Cc", "Cs"} & categories
    assert "\n" not in clean_line(text)
