"""Short facts in three languages on one row."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cms.multilingual import LANGUAGES, LocalizedFormField, LocalizedText, content_language
from locations.models import Location
from tests.admin_forms import parse
from tests.factories import LocationFactory

TEXTS = st.dictionaries(st.sampled_from(LANGUAGES), st.text(max_size=20))


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        ({"ro": "a", "en": "b", "hu": "c"}, "hu", ("c", "hu")),
        ({"ro": "a", "en": "b"}, "hu", ("a", "ro")),
        ({"en": "b"}, "hu", ("b", "en")),
        ({"hu": "c"}, "en", ("c", "hu")),
        ({}, "en", ("", "en")),
        ({"ro": "", "hu": "c"}, "ro", ("c", "hu")),
    ],
)
def test_nearest_text_stands_in(texts: dict[str, str], language: str, expected: Any) -> None:
    assert LocalizedText(texts).resolve(language) == expected
    with translation.override(language):
        assert str(LocalizedText(texts)) == expected[0]
        assert LocalizedText(texts).resolve() == expected


@given(texts=TEXTS, language=st.sampled_from(LANGUAGES))
def test_something_is_shown_whenever_something_is_written(
    texts: dict[str, str], language: str
) -> None:
    value = LocalizedText(texts)
    shown, code = value.resolve(language)
    assert bool(shown) == bool(value) == any(texts.values())
    if shown:
        assert value[code] == shown
    if texts.get(language):
        assert (shown, code) == (texts[language], language)


def test_language_of_the_admin_is_one_of_ours() -> None:
    for active, expected in (("ro", "ro"), ("hu-hu", "hu"), ("de", "ro"), ("en-gb", "en")):
        with translation.override(active):
            assert content_language() == expected
    with translation.override(None):
        assert content_language() == "ro"


def test_filter_names_the_language_of_what_stands_in() -> None:
    template = Template("{% load cms_tags %}{{ value|localized }}")

    def render(value: Any) -> str:
        return template.render(Context({"value": value}))

    with translation.override("hu"):
        assert render(LocalizedText(ro="<b>Ș</b>")) == '<span lang="ro">&lt;b&gt;Ș&lt;/b&gt;</span>'
        assert render(LocalizedText(ro="a", hu="c & d")) == "c &amp; d"
        assert render(LocalizedText()) == ""
        assert render(None) == ""
        assert render("<i>") == "&lt;i&gt;"


def test_form_asks_for_romanian_only() -> None:
    field = LocalizedFormField(max_length=5)
    assert field.clean(["a", "", ""]) == {"ro": "a"}
    assert str(field.clean(["a", "b", "c"])["hu"]) == "c"
    for missing in (["", "b", "c"], ["", "", ""], [], None, ["  ", "b", ""]):
        with pytest.raises(ValidationError) as caught:
            field.clean(missing)
        assert caught.value.error_list[0].code == "required"
    with pytest.raises(ValidationError):
        field.clean(["a", "", "zu lang"])


def test_form_that_asks_for_nothing_takes_any_language() -> None:
    field = LocalizedFormField(required=False)
    assert field.clean(["", "b", ""]) == {"en": "b"}
    assert field.clean(["", "", ""]) == LocalizedText()
    assert field.clean([]) == LocalizedText()
    assert isinstance(field.clean([]), LocalizedText)


def test_form_sees_changes() -> None:
    field = LocalizedFormField()
    value = LocalizedText(ro="a", en="b")
    assert not field.has_changed(value, ["a", "b", ""])
    assert field.has_changed(value, ["a", "b", "c"])
    assert field.has_changed(value, ["a", "", ""])
    assert not field.has_changed(None, ["", "", ""])


def test_each_input_is_labelled_and_has_its_language() -> None:
    html = LocalizedFormField().widget.render(
        "name", LocalizedText(ro="a", hu="<"), {"id": "id_name"}
    )
    soup = parse(html)
    inputs = soup.find_all("input")
    assert [i["lang"] for i in inputs] == list(LANGUAGES)
    assert [i["aria-label"] for i in inputs] == ["română", "English", "magyar"]
    assert [i.get("value", "") for i in inputs] == ["a", "", "<"]
    assert len({i["id"] for i in inputs}) == 3


@pytest.mark.django_db
def test_column_keeps_what_is_written_and_nothing_blank() -> None:
    place: Any = LocationFactory(name={"ro": "  Șura ", "en": "", "hu": "Csűr"})
    place.refresh_from_db()
    assert place.name == {"ro": "Șura", "hu": "Csűr"}
    assert isinstance(place.name, LocalizedText)
    assert isinstance(place.note, LocalizedText)
    assert Location.objects.values_list("name", flat=True).get() == place.name
    assert Location.objects.filter(name__ro="Șura").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", [{}, {"ro": "x" * 256}, {"de": "Haus", "ro": "a"}, [1], 5])
def test_column_refuses_what_is_no_text(name: Any) -> None:
    place = Location(key="x", address="str. X", kind="other")
    place.name = name
    with pytest.raises(ValidationError) as caught:
        place.full_clean()
    assert "name" in caught.value.message_dict


@pytest.mark.django_db
def test_plain_text_is_taken_as_romanian() -> None:
    place: Any = LocationFactory(name="Casa")
    place.refresh_from_db()
    assert place.name == {"ro": "Casa"}
