"""Contacts as editors enter them: phones, the tree, keys, rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import ContactPoint, Department, Post
from contacts.phones import PhoneNumber, parse_phone
from tests.admin_forms import add, codes, edit, errors, parse
from tests.factories import ContactPointFactory, DepartmentFactory, PostFactory, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    return client


# -- phones ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0264 596 030 / 5001; 5000", "+40264596030;5001;5000"),
        ("0264.596.030 int. 5001", "+40264596030;5001"),
        ("+40 264 596 030", "+40264596030"),
        ("0040264596030", "+40264596030"),
        ("112", "112"),
        ("+36 1 234 5678", "+3612345678"),
        ("0722 333 444", "+40722333444"),
        ("0264 596 030 / 0001", "+40264596030;0001"),
    ],
)
def test_phone_is_stored_as_e164_and_comes_back(typed: str, stored: str) -> None:
    point = ContactPointFactory(phone=parse_phone(typed))
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM contacts_contactpoint WHERE id = %s", [point.pk])
        assert cursor.fetchone() == (stored,)
    again = ContactPoint.objects.get(pk=point.pk)
    assert again.phone == parse_phone(typed)
    assert ContactPoint.objects.filter(phone=parse_phone(typed), pk=point.pk).exists()
    again.full_clean()
    again.save()
    assert ContactPoint.objects.get(pk=point.pk).phone == point.phone


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    subscriber=st.integers(200000, 999999),
    extensions=st.lists(st.from_regex(r"[0-9]{1,8}", fullmatch=True), max_size=8, unique=True),
)
def test_any_phone_survives_the_database_and_the_form(
    subscriber: int, extensions: list[str]
) -> None:
    number = PhoneNumber(f"+40264{subscriber}", tuple(extensions))
    field: Any = ContactPoint._meta.get_field("phone")
    stored = field.get_prep_value(number)
    assert field.from_db_value(stored, None, connection) == number
    assert field.to_python(stored) == number
    form_field = field.formfield()
    assert form_field.clean(form_field.prepare_value(number)) == number
    assert not form_field.has_changed(number, form_field.prepare_value(number))


def test_phone_that_was_never_given_is_none() -> None:
    point = ContactPointFactory(phone=None, email="a@example.org")
    assert ContactPoint.objects.get(pk=point.pk).phone is None
    field: Any = ContactPoint._meta.get_field("phone")
    assert field.formfield().clean("") is None
    assert field.formfield().clean("   ") is None


def test_phone_is_kept_by_serializers() -> None:
    point = ContactPointFactory()
    text = serializers.serialize("json", [point])
    copies: list[Any] = list(serializers.deserialize("json", text))
    assert copies[0].object.phone == point.phone


@pytest.mark.parametrize(
    "typed",
    [
        "abc",
        "0264",
        "0264 596 03",
        "0264 596 030 0264 596 031",
        "+999 12345678",
        "0264 596 030 / x",
        "12",
        "0264 596 030;;;a",
        "tel",
        "=1+1",
        "0264596030" * 5,
        "0264 596 030 / " + "; ".join(str(n) for n in range(1000, 1060)),
        "9" * 119,
        "1" * 500,
    ],
)
def test_invalid_phone_is_told_at_the_field_and_kept(admin: Client, typed: str) -> None:
    response = edit(admin, Department.objects.get(key="directorate")).send(
        **{"contact_points-0-phone": typed}
    )
    assert response.status_code == 200
    assert "contact_points-0-phone" in codes(response)
    assert all(problem.messages for problem in errors(response)["contact_points-0-phone"])
    soup = parse(response.content)
    field: Any = soup.find("input", {"name": "contact_points-0-phone"})
    assert field["value"] == typed
    assert ContactPoint.objects.filter(phone="+40264596030;5001;5000").exists()


def test_phone_is_shown_to_editors_as_it_is_read(admin: Client) -> None:
    form = edit(admin, Department.objects.get(key="directorate"))
    assert "0264 596 030" in form.data["contact_points-0-phone"]
    form.save()
    assert ContactPoint.objects.filter(phone="+40264596030;5001;5000").exists()


def test_longest_list_of_extensions_fits(admin: Client) -> None:
    typed = "0264 596 030 / " + "; ".join(str(n) for n in range(5000, 5015))
    edit(admin, Department.objects.get(key="directorate")).save(**{"contact_points-0-phone": typed})
    point: Any = ContactPoint.objects.filter(phone__startswith="+40264596030").get()
    assert len(point.phone.extensions) == 15


def test_phone_of_a_post_is_told_at_its_field(admin: Client) -> None:
    post = PostFactory()
    assert "phone" in codes(edit(admin, post).send(phone="nimic"))
    edit(admin, post).save(phone="0264 596 030 / 12")
    assert Post.objects.get(pk=post.pk).phone == parse_phone("0264 596 030 / 12")


# -- the tree ----------------------------------------------------------------------------------------------------


def test_cycle_is_refused_at_the_parent(admin: Client) -> None:
    directorate = Department.objects.get(key="directorate")
    service = Department.objects.get(key="public-events")
    below = DepartmentFactory(parent=service)
    for parent in (directorate, service, below):
        response = edit(admin, directorate).send(parent=str(parent.pk))
        assert response.status_code == 200
        assert "parent" in codes(response), parent
    directorate.refresh_from_db()
    assert directorate.parent_id is None
    edit(admin, below).save(parent=str(directorate.pk))


def test_cycle_is_refused_by_the_model() -> None:
    top = DepartmentFactory()
    child = DepartmentFactory(parent=top)
    top.parent = child
    with pytest.raises(ValidationError) as caught:
        top.full_clean()
    assert "parent" in caught.value.message_dict


def test_second_department_with_a_key_is_refused_at_the_key(admin: Client) -> None:
    response = add(admin, Department).send(key="directorate", name_ro="Alta")
    assert codes(response)["key"] == ["unique"]


@pytest.mark.parametrize("key", ["Ță", "a b", "-a", "a_b", "", "a/b"])
def test_unfit_key_is_refused_at_the_key(admin: Client, key: str) -> None:
    assert "key" in codes(add(admin, Department).send(key=key, name_ro="Alta"))


@pytest.mark.parametrize("key", ["all", "post-1", "post-99"])
def test_key_that_hides_another_address_is_refused(admin: Client, key: str) -> None:
    """/contacts/all.vcf is everybody's card and /contacts/post-1.vcf a post's."""
    response = add(admin, Department).send(key=key, name_ro="Alta")
    assert response.status_code == 200
    assert "key" in codes(response)


def test_row_without_phone_and_email_is_refused(admin: Client) -> None:
    response = edit(admin, Department.objects.get(key="directorate")).send(
        **{"contact_points-1-phone": "", "contact_points-1-email": ""}
    )
    assert "contact_points-1-phone" in codes(response)


@pytest.mark.parametrize("email", ["nu-e-adresa", "a@b", "a b@example.org", "<a@example.org>"])
def test_invalid_email_is_told_at_the_field(admin: Client, email: str) -> None:
    response = edit(admin, Department.objects.get(key="directorate")).send(
        **{"contact_points-0-email": email}
    )
    assert "contact_points-0-email" in codes(response)


def test_removed_row_is_gone(admin: Client) -> None:
    directorate = Department.objects.get(key="directorate")
    edit(admin, directorate).save(**{"contact_points-1-DELETE": "1"})
    assert directorate.contact_points.count() == 1


def test_name_in_romanian_is_required(admin: Client) -> None:
    response = edit(admin, Department.objects.get(key="cabinet")).send(name_ro="")
    assert codes(response)["name"] == ["required"]
