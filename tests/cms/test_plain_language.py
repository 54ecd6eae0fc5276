"""Words that are hard to read, and telephone numbers inside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.plain_language import (
    LONGEST_SENTENCE,
    cedilla_words,
    is_empty_link,
    is_file_name,
    long_sentences,
    sentences,
    shortened,
)
from contacts.phone_text import badly_written
from contacts.phones import canonical, national, parse_phone

WORDS = st.lists(st.sampled_from("oraș drum casă apă vine merge copil parc".split()), min_size=1)


@pytest.mark.parametrize(
    "text",
    [
        "Ghișeul este în str. Moților nr. 3, et. 1, cam. 5. Vine.",
        "Potrivit art. 5 din O.G. 27/2002, dl. Ionescu răspunde. Vine.",
        "Az ügyfélszolgálat (Mócok u. 3., ill. a 2. emelet) nyitva van. Vine.",
        "Costă 12.50 lei la ora 10.30. Vine.",
        "Vezi www.exemplu.ro pentru orar. Vine.",
    ],
)
def test_abbreviations_and_figures_end_no_sentence(text: str) -> None:
    assert len(sentences(text)) == 2


def test_line_breaks_and_marks_end_a_sentence() -> None:
    assert sentences("Vine? Da! Vine…\nAzi") == ["Vine?", "Da!", "Vine…", "Azi"]
    assert sentences("  \n ") == []


def test_a_sentence_is_long_from_its_first_word_too_many_on() -> None:
    fits = " ".join(["Cuvânt"] * LONGEST_SENTENCE)
    assert long_sentences(f"{fits}. {fits}.") == []
    assert long_sentences(f"{fits}. {fits} prea.") == [f"{fits} prea."]


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    found = long_sentences(text)
    together = " ".join(text.split())
    assert all(sentence in together for sentence in found)
    assert "".join("".join(part.split()) for part in sentences(text)) == "".join(text.split())
    assert isinstance(is_empty_link(text), bool)
    assert all(word in text for word in cedilla_words(text))
    assert isinstance(badly_written(text), list)
    assert len(shortened(text)) <= 90


@given(st.lists(WORDS, max_size=6))
def test_short_sentences_are_never_long(groups: list[list[str]]) -> None:
    text = " ".join(f"{' '.join(group[:LONGEST_SENTENCE]).capitalize()}." for group in groups)
    assert long_sentences(text) == []


@pytest.mark.parametrize(
    "words",
    [
        *("click aici", "Click aici!", "aici", "Aflați mai multe »", "Apasă aici", "Detalii"),
        *("click here", "Read more…", "here", "more"),
        *("ide kattintva", "Kattintson ide", "itt", "Tovább", "Részletek"),
        *("", "→", "  "),
    ],
)
def test_links_that_say_nothing(words: str) -> None:
    assert is_empty_link(words)


@pytest.mark.parametrize(
    "words", ["Cartea de telefon", "Detalii despre concurs", "Read the report", "A nyitvatartás"]
)
def test_links_that_say_where_they_lead(words: str) -> None:
    assert not is_empty_link(words)


def test_cedillas_are_found_and_commas_are_not() -> None:
    assert cedilla_words("ştiri și ţări și ştiri țări") == ["ştiri", "ţări"]


def test_a_file_name_is_no_description() -> None:
    assert is_file_name("IMG_2031.JPG")
    assert is_file_name("DSC00031")
    assert not is_file_name("Parcul Central, cu 3 bănci")


# -- telephone numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Sunați la 0264 596 030 sau la +40 264 596 030.",
        "Int.: 0264 596 030 / 5001",
        "Pe 02.03.2026, 10:00, și pe 26.11.2026 - 28.11.2026",
        "Hotărârea 123/2026; 1 234 567 lei; CUI 4305857; cod 400001",
        "RO49 AAAA 1B31 0075 9384 0000, IBAN",
        "Budapesta: +36 1 234 5678",
        "112",
    ],
)
def test_right_numbers_and_other_figures_are_left_alone(text: str) -> None:
    assert badly_written(text) == []


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("la 0264596030", "0264 596 030"),
        ("la 0264-596.030", "0264 596 030"),
        ("la (0264) 596030", "0264 596 030"),
        ("la +40264596030", "0264 596 030"),
        ("la 0745 12 34 56,", "0745 123 456"),
    ],
)
def test_unusual_numbers_are_written_anew(text: str, better: str) -> None:
    (found,) = badly_written(text)
    assert found.better == better


def test_a_number_that_is_none_is_told_why() -> None:
    (found,) = badly_written("Sunați la 0264 596 03.")
    assert not found.better
    assert "0264 596 03" in found.problem


@given(
    st.sampled_from(["0264", "0364", "0745", "0312"]),
    st.integers(0, 999999),
    st.sampled_from(["", " ", ".", "-"]),
)
def test_what_is_suggested_is_right(area: str, rest: int, between: str) -> None:
    text = f"{area}{between}{rest:06d}"
    for found in badly_written(f"Telefon {text}, dimineața"):
        if found.better:
            assert parse_phone(found.text) == parse_phone(found.better)
            assert badly_written(f"Telefon {found.better}, dimineața") == []


@given(st.integers(200000, 999999))
def test_the_sites_own_way_of_writing_is_never_told(rest: int) -> None:
    try:
        number = parse_phone(f"0264{rest}")
    except ValueError:
        return
    assert badly_written(f"Sunați: {national(number)}. {canonical(number)}!") == []
