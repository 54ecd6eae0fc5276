"""vCards of departments and posts, from what is public of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from cms.multilingual import LocalizedText, content_language
from contacts.models.departments import ContactPoint, Department
from contacts.models.people import Post
from contacts.vcard import Card, CardAddress, CardEmail, CardKind, CardPhone, PhoneType
from locations.models import Location

_PHONE_TYPES: dict[str, PhoneType] = {
    ContactPoint.PhoneKind.FAX: PhoneType.FAX,
    ContactPoint.PhoneKind.MOBILE: PhoneType.CELL,
}


def _uid(key: str) -> str:
    return f"{key}@{settings.AGORA_UID_DOMAIN}"


def _address(place: Location | None, rooms: str) -> CardAddress | None:
    if place is None:
        return None
    street = f"{place.address}, {rooms}" if rooms else place.address
    return CardAddress(
        street=street, locality=place.city, postal_code=place.postal_code, country="RO"
    )


def department_card(department: Department, institution: LocalizedText | str) -> Card:
    """The card of a department. Needs `contact_points` and `places__place`: prefetch them."""
    points = list(department.contact_points.all())
    placed = next(iter(department.places.all()), None)
    return Card(
        kind=CardKind.ORG,
        uid=_uid(f"department-{department.key}"),
        full_name=str(department.name),
        organisation=tuple(text for text in (str(institution), str(department.name)) if text),
        phones=tuple(
            CardPhone(
                point.phone, _PHONE_TYPES.get(point.phone_kind, PhoneType.WORK), str(point.label)
            )
            for point in points
            if point.phone and point.phone_public
        ),
        emails=tuple(
            CardEmail(point.email, str(point.label))
            for point in points
            if point.email and point.email_public
        ),
        address=_address(placed.place, placed.rooms) if placed else None,
        language=content_language(),
    )


def post_card(post: Post, institution: LocalizedText | str) -> Card:
    """The card of a post; its holder is named only where that is public."""
    person = post.person if post.person_public else None
    return Card(
        kind=CardKind.INDIVIDUAL if person else CardKind.ORG,
        uid=_uid(f"post-{post.pk}"),
        full_name=str(person) if person else str(post.title),
        organisation=tuple(text for text in (str(institution), str(post.department.name)) if text),
        title=str(post.title) if person else "",
        family_name=person.family_name if person else "",
        given_name=person.given_name if person else "",
        phones=(CardPhone(post.phone),) if post.phone and post.phone_public else (),
        emails=(CardEmail(post.email),) if post.email and post.email_public else (),
        language=content_language(),
    )


def _departments(condition: Q) -> QuerySet[Department]:
    return Department.objects.filter(condition).prefetch_related("contact_points", "places__place")


def find_card(key: str, institution: LocalizedText | str) -> Card | None:
    """The card of the department or post with this key, None when there is none."""
    department: Any = _departments(Q(key=key)).first()
    if department:
        return department_card(department, institution)
    prefix, _, number = key.partition("-")
    if prefix == "post" and number.isdecimal() and len(number) < 12:
        post = Post.objects.select_related("department", "person").filter(pk=int(number)).first()
        return post_card(post, institution) if post else None
    return None


def all_cards(institution: LocalizedText | str) -> Iterable[Card]:
    """The cards of all departments and posts, in the directory's order."""
    for department in _departments(Q()):
        yield department_card(department, institution)
    for post in Post.objects.select_related("department", "person").order_by(
        "department__sort_order", "sort_order", "pk"
    ):
        yield post_card(post, institution)
