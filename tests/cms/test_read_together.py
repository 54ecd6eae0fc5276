"""Rows of several tables in one query are the rows that each table gives by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Model
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from cms.every_page import parts
from cms.models import Alert, CalendarDay, SiteIdentity
from cms.multilingual import LANGUAGES, LocalizedText
from cms.read_together import read_together
from contacts.models import ContactPoint, Department
from contacts.phones import PhoneNumber
from locations.models import CalendarDayPlace, Location, OpeningHours
from tests import factories
from tests.factories import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def everything(row: Any) -> Any:
    """All that is loaded of a row and of what it refers to."""
    if not isinstance(row, Model):
        return row
    own = {name: value for name, value in row.__dict__.items() if name != "_state"}
    below = {name: everything(other) for name, other in row._state.fields_cache.items()}
    return type(row), own, below


def typed(value: Any) -> Any:
    """`value` with the types of all that is in it: 1 is no True, a dictionary no `LocalizedText`."""
    if isinstance(value, dict):
        return type(value), {name: typed(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value), [typed(part) for part in value]
    return type(value), value, str(value) if isinstance(value, Decimal) else ""


def assert_same(*questions: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = read_together(*questions)
    assert len(queries) == min(len(questions), 1)
    assert len(found) == len(questions)
    for rows, question in zip(found, questions, strict=True):
        expected = [everything(row) for row in question.all()]
        assert typed([everything(row) for row in rows]) == typed(expected)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_every_page_needs(language: str) -> None:
    now = datetime(2026, 11, 23, 8, 15, 30, 125, tzinfo=UTC)
    page = Page.objects.get(url_path="/acasa/despre/")
    factories.AlertFactory(starts_at=now, ends_at=None, link_page=page)
    factories.AlertFactory(
        starts_at=now, ends_at=now, message=text("„Ghilimele” \"drepte\" \\ 'și'")
    )
    day = factories.CalendarDayFactory(scope=CalendarDay.ScopeChoice.ONLY)
    for place in Location.objects.all()[:2]:
        CalendarDayPlace.objects.create(day=day, place=place)
    questions = [part.rows(language) for part in parts()]
    assert len(questions) >= 8
    assert [question.model for question in questions if not question.exists()] == []
    assert_same(*questions)


def test_every_kind_of_column() -> None:
    place = factories.LocationFactory(
        latitude=Decimal("46.770000"),
        longitude=Decimal("-0.000001"),
        approximate=False,
        valid_from=date(2026, 1, 31),
        note=LocalizedText(),
    )
    hours = factories.OpeningHoursFactory(location=place)
    department = factories.DepartmentFactory(hours=hours, sort_order=0)
    factories.ContactPointFactory(
        department=department,
        phone=PhoneNumber("+40264596030", ("5001", "5000")),
        email="",
        phone_public=False,
    )
    assert_same(
        Location.objects.with_page("ro"),
        OpeningHours.objects.select_related("location").order_by("-pk"),
        Department.objects.select_related("hours__location", "parent").order_by("-key"),
        ContactPoint.objects.filter(department=department),
    )


def test_a_relation_that_leads_nowhere() -> None:
    Department.objects.filter(key="directorate").update(hours=None)
    question = Department.objects.filter(key="directorate").select_related("hours__location")
    ((department,),) = read_together(question)
    with CaptureQueriesContext(connection) as queries:
        assert department.hours is None
    assert not queries


def test_columns_that_were_left_out_are_read_when_they_are_asked_for() -> None:
    only, deferred = read_together(
        Page.objects.only("title").order_by("path"), Page.objects.defer("title").order_by("path")
    )
    expected = list(Page.objects.order_by("path"))
    assert [page.get_deferred_fields() for page in (only[0], deferred[0])] == [
        {field.attname for field in Page._meta.concrete_fields} - {"id", "title"},
        {"title"},
    ]
    assert only == deferred == expected
    assert only[3].slug == expected[3].slug


def test_order_and_filters_are_those_of_each_question() -> None:
    assert_same(
        Location.objects.order_by("-key"),
        Location.objects.filter(kind=Location.Kind.CITY_HALL),
        Location.objects.order_by(F("valid_to").desc(nulls_last=True), "pk"),
        CalendarDay.objects.all(),
        Location.objects.none() | Location.objects.filter(pk=-1),
    )


def test_rows_are_whole_objects() -> None:
    ((place, *_others),) = read_together(Location.objects.all())
    place.address = "str. Alta nr. 1"
    place.save()
    assert Location.objects.get(pk=place.pk).address == "str. Alta nr. 1"


def test_nothing_is_asked_when_there_is_no_question() -> None:
    assert_same()
    assert_same(Alert.objects.all())
    assert_same(SiteIdentity.objects.none(), Alert.objects.all())


def test_relations_are_named() -> None:
    with pytest.raises(ValueError, match="Name the relations"):
        read_together(Department.objects.select_related())
