"""Template tags that show contacts where lower apps' pages are rendered."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Q
from django.template import Context

from contacts.book import DepartmentView, contact_book
from contacts.models import Department, DepartmentPlace
from locations.models import Location

register = template.Library()


@register.simple_tag(takes_context=True)
def main_department(context: Context) -> DepartmentView | None:
    """The department that speaks for the site, None while there is none."""
    return contact_book(context.get("request")).main()


@register.simple_tag(takes_context=True)
def want_departments_at(context: Context, place: Location | None) -> str:
    """Says early (before the header is rendered) that the departments of `place` will be shown."""
    if place is not None:
        contact_book(context.get("request")).want(
            Q(pk__in=DepartmentPlace.objects.filter(place=place.pk).values("department"))
        )
    return ""


@register.simple_tag(takes_context=True)
def want_departments_in(context: Context, body: Any) -> str:
    """Says early which departments the contact blocks of `body` (a StreamField's value) will show."""
    contact_book(context.get("request")).want_in(body)
    return ""


@register.simple_tag(takes_context=True)
def departments_at(context: Context, place: Location | None) -> list[DepartmentView]:
    """The departments that work at `place`."""
    book = contact_book(context.get("request"))
    if place is None:
        return []
    found = []
    for pk, items in book.department_places.items():
        if any(item.place_id == place.pk for item in items) and (view := book.view(pk)):
            found.append(view)
    return found


@register.simple_tag(takes_context=True)
def department_view(context: Context, department: Department | None) -> DepartmentView | None:
    """The view of one department, e.g. one that an editor chose in a block."""
    if department is None:
        return None
    book = contact_book(context.get("request"))
    return book.view(department.pk) or book.single(department)
