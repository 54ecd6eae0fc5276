"""Likely duplicates: who is the same, what is alike, and that nothing is joined by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from registry import duplicates, lifecycle
from registry.duplicates import duplicates_of
from registry.likeness import SIMILAR, is_of_same, likeness, text_percent
from registry.models import EntryKind, Register, RegistryEntry
from registry.registration import Sender
from tests.registry.filings import answered, at, entry_of
from tests.registry.people import client_of, department_of


@dataclass(slots=True)
class Written:
    """A petition as it is compared."""

    subject: str = "Iluminatul aleii din spatele blocului"
    body: str = "Pe alee nu este lumină de două săptămâni, vă rog să verificați."
    petitioner_name: str = "Ilona Probă"
    petitioner_email: str = "ilona@example.org"
    petitioner_address: str = ""


TEXTS = st.text("aăâbcșțxyzÉ ,.-", max_size=60)
PETITIONS = st.builds(
    Written,
    TEXTS,
    TEXTS,
    st.sampled_from(["", "Ilona Probă", "PROBA Ilona", "Ion Exemplu"]),
    st.sampled_from(["", "ilona@example.org", "ILONA@example.org", "ion@example.org"]),
    st.sampled_from(["", "Str. Exemplu 1", "str. exemplu, 1", "Str. Probei 2"]),
)


@given(PETITIONS, PETITIONS)
def test_likeness_is_the_same_whichever_is_named_first(one: Written, other: Written) -> None:
    found = likeness(one, other)
    assert found == likeness(other, one)
    assert 0 <= found.percent <= 100
    assert found.is_likely <= is_of_same(one, other)


@given(PETITIONS)
def test_a_petition_that_says_something_is_like_itself(one: Written) -> None:
    if re.search(r"\w", one.subject):
        assert text_percent(one, one) == 100


@given(PETITIONS, PETITIONS)
def test_different_people_are_never_suggested(one: Written, other: Written) -> None:
    one.petitioner_name, other.petitioner_name = "Ilona Probă", "Ion Exemplu"
    one.petitioner_email, other.petitioner_email = "ilona@example.org", "ion@example.org"
    assert not likeness(one, other).is_likely


def test_spelling_and_order_of_words_make_no_difference() -> None:
    one = Written(subject="Iluminatul aleii, din spatele blocului", body="")
    other = Written(subject="din spatele BLOCULUI iluminatul aleii", body="")
    assert text_percent(one, other) == 100
    other = Written(petitioner_name="PROBA, Ilona", petitioner_email="altul@example.org")
    assert likeness(one, other).same_name
    assert not likeness(one, other).same_petitioner


@pytest.mark.parametrize(
    ("subject", "body", "is_likely"),
    [
        ("Iluminatul aleii din spatele blocului", Written().body, True),
        ("Iluminatul aleii, a doua oară", "Tot nu este lumină pe alee de două săptămâni.", True),
        ("Adeverință pentru dosarul de ajutor", "Vă rog să-mi eliberați o adeverință.", False),
        ("Lumină", "Vreau o copie a contractului.", False),
    ],
)
def test_of_the_same_petitioner_what_is_alike_is_likely(
    subject: str, body: str, is_likely: bool
) -> None:
    found = likeness(Written(), Written(subject=subject, body=body))
    assert (found.percent >= SIMILAR) is found.is_likely is is_likely


# -- in the register ---------------------------------------------------------------------------------------------------


pytestmark = pytest.mark.django_db

ILONA = Sender(name="Ilona Probă", email="ilona@example.org")
NAMESAKE = Sender(name="Ilona Probă", email="alta@example.org")


def visible(user: Any) -> Any:
    return RegistryEntry.objects.visible_to(user)


def found_of(entry: RegistryEntry, user: Any) -> list[tuple[int, str]]:
    return [(one.entry.number, one.step) for one in duplicates_of(entry, visible(user))]


def test_earlier_ones_are_found_with_the_step_that_the_law_has(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    was_answered = answered(entry_of(complaint, general, at(2026, 1, 5, 10), sender=ILONA))
    is_open = entry_of(complaint, general, at(2026, 3, 1, 10), sender=ILONA)
    namesake = entry_of(complaint, general, at(2026, 3, 2, 10), sender=NAMESAKE)
    entry_of(complaint, general, sender=Sender(name="Ion Exemplu", email="ion@example.org"))
    entry_of(complaint, general, subject="Copia unui contract", body="Aș vrea-o.", sender=ILONA)
    cancelled = entry_of(complaint, general, sender=ILONA)
    lifecycle.cancel(cancelled, "Greșită", actor=people["chief"])
    new = entry_of(complaint, general, sender=ILONA)
    entry_of(complaint, general, sender=ILONA)
    assert found_of(new, people["clerk"]) == [
        (is_open.number, "join"),
        (was_answered.number, "file_repeat"),
        (namesake.number, ""),
    ]


def test_nothing_is_found_that_is_not_the_readers_or_without_a_name(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    first = entry_of(complaint, general, sender=ILONA)
    new = entry_of(complaint, general, sender=ILONA)
    lifecycle.assign(new, department_of(people["officer"]), actor=people["clerk"])
    assert found_of(new, people["officer"]) == []
    assert found_of(new, people["clerk"]) == [(first.number, "join")]
    secret = EntryKind.objects.get(is_confidential=True)
    entry_of(secret, general, sender=Sender(name="Anonim Probă", email="a@example.org"))
    same = entry_of(complaint, general, sender=Sender(name="Anonim Probă", email="a@example.org"))
    assert found_of(same, people["clerk"]) == []
    entry_of(complaint, general, sender=Sender())
    nameless = entry_of(complaint, general, sender=Sender())
    assert found_of(nameless, people["clerk"]) == []


def page_of(entry: RegistryEntry) -> str:
    return reverse("registry_entries:entry", args=[entry.pk])


def html(client: Any, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return str(response.content.decode())


def test_clerk_is_shown_them_and_a_click_writes_the_number_into_the_form(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    first = entry_of(complaint, general, sender=ILONA)
    new = entry_of(complaint, general, sender=ILONA)
    client = client_of(people["clerk"])
    text = html(client, page_of(new))
    fill = re.search(rf'href="({page_of(new)}\?step=join[^"#]+)#step-join"', text)
    assert fill is not None
    filled = html(client, fill[1].replace("&amp;", "&"))
    assert re.search(rf'name="join-other" value="{first.number_text}"', filled)
    assert 'id="step-join"' in filled
    # It was only written into the form.
    new.refresh_from_db()
    assert (new.state, new.version) == ("registered", 1)
    client.post(
        reverse("registry_entries:step", args=[new.pk, "join"]),
        {"join-version": new.version, "join-other": first.number_text},
    )
    new.refresh_from_db()
    assert new.joined_to == first
    # What is joined is not offered to be joined again.
    assert "step=join" not in html(client, page_of(new))


def test_who_cannot_join_is_shown_none(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    entry_of(complaint, general, sender=ILONA)
    new = entry_of(complaint, general, sender=ILONA)
    lifecycle.assign(new, department_of(people["officer"]), actor=people["clerk"])
    for who in ("officer", "head", "auditor"):
        assert 'id="duplicates"' not in html(client_of(people[who]), page_of(new)), who
    assert 'id="duplicates"' in html(client_of(people["chief"]), page_of(new))


@pytest.mark.parametrize(
    "query",
    ["step=join&other=<script>", "step=cancel&other=1", "step=join&other=" + "9" * 500, "step=x"],
)
def test_link_that_means_nothing_fills_nothing(
    people: dict[str, Any], general: Register, complaint: EntryKind, query: str
) -> None:
    entry = entry_of(complaint, general)
    text = html(client_of(people["clerk"]), f"{page_of(entry)}?{query}")
    assert not re.search(r'name="(join|file_repeat)-other" value="[^"]', text)
    assert "<script>}" not in text


def test_search_for_them_is_bounded(
    people: dict[str, Any], general: Register, complaint: EntryKind, monkeypatch: Any
) -> None:
    monkeypatch.setattr(duplicates, "MOST_COMPARED", 2)
    for _ in range(5):
        entry_of(complaint, general, sender=ILONA)
    new = entry_of(complaint, general, sender=ILONA)
    with CaptureQueriesContext(connection) as asked:
        found = found_of(new, people["clerk"])
    # The newest ones of the name.
    assert [number for number, _step in found] == [new.number - 1, new.number - 2]
    assert any("LIMIT 2" in query["sql"] for query in asked)
