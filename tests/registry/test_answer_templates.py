"""Templates: what is filled in, what is refused, and an answer that begins with one."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from registry import lifecycle
from registry.letter_texts import PLACEHOLDERS, fill, problems_of
from registry.letter_values import values_of
from registry.models import AnswerTemplate, EntryKind, Register, RegistryEntry
from tests.admin_forms import AdminForm
from tests.registry.filings import at, entry_of
from tests.registry.people import client_of, department_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def template(db: None) -> AnswerTemplate:
    return AnswerTemplate.objects.create(
        key="raspuns",
        name="Răspuns favorabil",
        text="Bună ziua, {name}: {number} din {date}, „{subject}”. {department} {joined} {legal_basis}",
        legal_basis="OG 27/2002, art. 8",
    )


@pytest.fixture
def entry(general: Register, complaint: EntryKind, people: dict[str, Any]) -> RegistryEntry:
    made = entry_of(complaint, general, at(2026, 3, 12, 10), subject="Lumină {name}")
    return lifecycle.assign(made, department_of(people["officer"]), actor=people["clerk"])


def words() -> st.SearchStrategy[str]:
    return st.text(st.sampled_from("{}ab \n_") | st.characters(codec="utf-8"), max_size=40)


@given(words(), st.dictionaries(st.sampled_from(PLACEHOLDERS), words()))
def test_filling_in_never_fails_and_fills_in_once(text: str, values: dict[str, str]) -> None:
    filled = fill(text, values)
    assert isinstance(problems_of(text), list)
    if not any(f"{{{name}}}" in text for name in PLACEHOLDERS):
        assert filled == text


@given(st.lists(st.sampled_from([f"{{{name}}}" for name in PLACEHOLDERS] + ["a", " "])))
def test_known_placeholders_are_no_problem_and_nothing_of_them_stays(parts: list[str]) -> None:
    text = "".join(parts)
    assert problems_of(text) == []
    assert fill(text, {}) == text.translate({}) or "{" not in fill(text, {})
    assert fill(text, dict.fromkeys(PLACEHOLDERS, "{name}")).count("{name}") == sum(
        part.startswith("{") for part in parts
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("{Number} {number}", ["{Number}"]),
        ("{number.__class__}", ["{number.__class__}"]),
        ("{0} {} {0}", ["{0}", "{}"]),
        ("{name", ["{"]),
        ("name}", ["}"]),
        ("{{name}}", ["{", "}"]),
    ],
)
def test_what_is_not_filled_in_is_told(
    template: AnswerTemplate, text: str, problems: list[str]
) -> None:
    assert problems_of(text) == problems
    template.text = text
    with pytest.raises(ValidationError) as raised:
        template.full_clean()
    assert problems[0] in raised.value.message_dict["text"][0]


def test_head_writes_a_template_and_sees_it_filled_in(
    people: dict[str, Any], template: AnswerTemplate
) -> None:
    client = client_of(people["chief"])
    form = AdminForm(client, reverse("registry_templates:add"))
    refused = form.send(key="gresit", name="Greșit", text="Nr. {numar}")
    assert refused.status_code == 200
    assert "{numar}" in str(refused.context["form"].errors)
    form.save(key="bun", name="Bun", text="Nr. {number}")
    assert list(AnswerTemplate.objects.values_list("key", flat=True)) == ["bun", "raspuns"]
    page = client.get(reverse("registry_templates:preview", args=[template.pk])).content.decode()
    assert "119.368/305/12.03.2026" in page
    assert "Ilona Exemplu" in page
    assert (
        "preview"
        in client.get(reverse("registry_templates:inspect", args=[template.pk])).content.decode()
    )


def test_answer_begins_with_a_template(
    people: dict[str, Any], entry: RegistryEntry, template: AnswerTemplate
) -> None:
    client, url = client_of(people["officer"]), f"/admin/registru/entries/{entry.pk}/"
    AnswerTemplate.objects.create(key="vechi", name="Vechi", text="x", is_active=False)
    AnswerTemplate.objects.create(key="intrebare", name="Întrebare", kind="question", text="Unde?")

    def form(query: str, name: str = "submit") -> Any:
        steps = client.get(f"{url}{query}").context["steps"]
        return next(step for step in steps if step.step.name == name)

    assert [row.key for row in form("").templates] == ["raspuns"]
    assert [row.key for row in form("", "ask").templates] == ["intrebare"]
    begun = form(f"?template={template.pk}")
    assert begun.is_open
    # What a citizen wrote is only a text.
    assert begun.form["text"].value() == (
        f"Bună ziua, Ilona Probă: {entry.number_text} din 12 martie 2026, „Lumină {{name}}”. "
        f"{entry.department}  OG 27/2002, art. 8"
    )
    assert begun.form["legal_basis"].value() == "OG 27/2002, art. 8"
    assert form(f"?template={template.pk}", "ask").form["text"].value() is None
    for wrong in ("0", "x", "999999", "9" * 40):
        assert form(f"?template={wrong}").form["text"].value() is None


def test_name_is_left_out_for_who_may_not_see_it(entry: RegistryEntry) -> None:
    assert values_of(entry, with_name=False)["name"] == ""
    assert set(values_of(entry)) == set(PLACEHOLDERS)
