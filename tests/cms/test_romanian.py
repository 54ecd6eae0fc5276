"""Comma-below letters in everything that is saved, drafts included."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Page

from cms.models import StandardPage
from cms.romanian import comma_below
from contacts.models import Department
from locations.models import HoursException, Location
from tests.factories import (
    AlertFactory,
    CalendarDayFactory,
    ContactPointFactory,
    OpeningHoursFactory,
    PersonFactory,
    make_home,
    text,
)

CEDILLAS = "ŞşŢţ"
BODY: list[dict[str, Any]] = [
    {"type": "heading", "value": "Şedinţă"},
    {"type": "paragraph", "value": "<p>Ţara <b>ştie</b></p>"},
    {"type": "ticks", "value": ["Înştiinţare"]},
    {"type": "facts", "value": [{"term": "Adresă", "text": "Piaţa"}]},
    {"type": "table", "value": {"data": [["Marţi", "Şase"]]}},
]


@given(st.text())
def test_only_the_four_letters_change(value: str) -> None:
    changed = comma_below(value)
    assert not set(CEDILLAS) & set(changed)
    assert len(changed) == len(value)
    assert all(a == b for a, b in zip(value, changed, strict=True) if a not in CEDILLAS)
    assert comma_below(changed) == changed


def test_letters_of_other_languages_stay() -> None:
    assert comma_below("ő ű á ç Ç ğ ș ț") == "ő ű á ç Ç ğ ș ț"
    assert comma_below("Şţ") == "Șț"


def stored(page: Any) -> str:
    row = StandardPage.objects.filter(pk=page.pk).values(
        "title", "summary", "seo_title", "search_description", "draft_title", "slug"
    )
    body = StandardPage.objects.get(pk=page.pk).body
    return json.dumps([*row, list(body.raw_data)], ensure_ascii=False, default=str)


@pytest.mark.django_db
def test_page_is_saved_with_comma_below() -> None:
    page = StandardPage(
        title="Şcoala şi piaţa", summary="Ţara", seo_title="ţ", search_description="ş", body=BODY
    )
    make_home().add_child(instance=page)
    assert not set(CEDILLAS) & set(stored(page))
    assert Page.objects.get(pk=page.pk).title == "Școala și piața"
    assert "Ședință" in stored(page)


@pytest.mark.django_db
def test_draft_is_kept_with_comma_below() -> None:
    page = StandardPage(title="Curat", live=False)
    make_home().add_child(instance=page)
    page.title = "Ţintă"
    page.summary = "Aşa"
    page.body = BODY
    revision = page.save_revision()
    content = json.dumps(revision.content, ensure_ascii=False, default=str)
    assert not set(CEDILLAS) & set(content)
    assert not set(CEDILLAS) & set(revision.object_str)
    page.refresh_from_db()
    assert page.draft_title == "Țintă"
    revision.publish()
    assert not set(CEDILLAS) & set(stored(page))


@pytest.mark.django_db
def test_facts_are_saved_with_comma_below() -> None:
    hours = OpeningHoursFactory(name={"ro": "Orar cu cetăţenii"})
    place = hours.location
    place.address, place.note = "Piaţa Ştefan", text("lângă şcoală")
    place.save()
    exception = HoursException.objects.create(
        hours=hours, first_day="2026-12-24", reason=text("sărbători şi odihnă")
    )
    day = CalendarDayFactory(name={"ro": "Dezinsecţie"})
    alert = AlertFactory(message={"ro": "Atenţie"}, starts_at=datetime(2026, 1, 1, tzinfo=UTC))
    point = ContactPointFactory(label={"ro": "Relaţii"}, rooms="ş1")
    person = PersonFactory(given_name="Ştefan", family_name="Ţar")
    for row in (hours, place, exception, day, alert, point, person):
        row.refresh_from_db()
        values = [str(field.value_from_object(row)) for field in row._meta.concrete_fields]
        assert not set(CEDILLAS) & set("".join(values)), row
    hours.refresh_from_db()
    assert not set(CEDILLAS) & set(json.dumps(hours.schedule_data, ensure_ascii=False))
    assert Location.objects.filter(address="Piața Ștefan").exists()
    assert Department.objects.exists()


@pytest.mark.django_db
def test_revision_of_a_fact_is_kept_with_comma_below() -> None:
    hours = OpeningHoursFactory()
    hours.name = text("Ghişeu")
    revision = hours.save_revision()
    assert not set(CEDILLAS) & set(json.dumps(revision.content, ensure_ascii=False, default=str))
