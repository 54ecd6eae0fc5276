"""The departments that one page needs, with contacts, places and hours, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from cms.content_version import versioned
from cms.every_page import Part
from cms.multilingual import LocalizedText, content_language
from cms.page_urls import page_url
from cms.per_request import per_request
from cms.read_together import read_together
from contacts.models.departments import ContactPoint, Department, DepartmentPlace
from contacts.phones import PhoneNumber, display, national, tel_href
from locations.book import PlaceBook, place_book
from locations.models.place import place_page_in, split_rooms
from locations.presenters import HoursView, PlaceView, rooms_text


@dataclass(frozen=True, slots=True)
class PhoneView:
    """A number as it is shown and dialled. `extensions`: (text, tel: link that dials it)."""

    text: str
    number_text: str
    href: str
    extensions: list[tuple[str, str]]
    kind_label: str = ""
    label: LocalizedText | str = ""


def phone_view(number: PhoneNumber, kind: str = "", label: LocalizedText | str = "") -> PhoneView:
    """The view of a number; `kind`: the words for its kind."""
    return PhoneView(
        text=display(number),
        number_text=national(number),
        href=tel_href(number),
        extensions=[(extension, tel_href(number, extension)) for extension in number.extensions],
        kind_label=kind,
        label=label,
    )


@dataclass(slots=True)
class DepartmentView:
    """A department as pages show it. `places`: (place, rooms in words)."""

    department: Department
    url: str
    summary: LocalizedText
    phones: list[PhoneView] = field(default_factory=list)
    emails: list[tuple[str, LocalizedText]] = field(default_factory=list)
    places: list[tuple[PlaceView, str]] = field(default_factory=list)
    hours: HoursView | None = None
    hours_inherited_from: LocalizedText | None = None
    vcard_url: str = ""
    children: list[DepartmentView] = field(default_factory=list)


MOST_PARAMETERS = 30_000
FEW = 5
"""So many departments are worth being kept together in one query."""


# -- reading ---------------------------------------------------------------------------------------------------------


def _departments(which: Q, language: str) -> QuerySet[Department]:
    """The departments that fulfil `which`, in their order, with their hours and their page in `language`."""
    found = Department.objects.filter(which).select_related("hours__location").with_page(language)
    return found.order_by("sort_order", "key")


def _contact_points(of: Q) -> QuerySet[ContactPoint]:
    """The contact points that fulfil `of`, in their order."""
    return ContactPoint.objects.filter(of).order_by("sort_order", "pk")


def _places(of: Q, language: str) -> QuerySet[DepartmentPlace]:
    """The places that fulfil `of`, in their order, with their page in `language`."""
    found = DepartmentPlace.objects.filter(of).select_related("place")
    return found.annotate(page_path=place_page_in(language)).order_by("sort_order", "pk")


def _by_department(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.department_id].append(row)
    return found


# The first department at the top of the tree stands in the header and footer of every page.
_TOP = Q(parent__isnull=True)
_OF_TOP = Q(department__parent__isnull=True)
_TOP_DEPARTMENTS: Part[list[Department]] = Part(
    "top_departments", lambda language: _departments(_TOP, language), list
)
_TOP_CONTACT_POINTS: Part[list[ContactPoint]] = Part(
    "top_contact_points", lambda language: _contact_points(_OF_TOP), list
)
_TOP_PLACES: Part[list[DepartmentPlace]] = Part(
    "top_places", lambda language: _places(_OF_TOP, language), list
)


def _singles(ids: list[int], language: str) -> list[list[Any]]:
    """The departments with these ids, their contact points, their places: one query."""
    below = Q(department__in=ids)
    return read_together(
        _departments(Q(pk__in=ids), language), _contact_points(below), _places(below, language)
    )


# -- the book --------------------------------------------------------------------------------------------------------


class ContactBook:
    """The departments a page asks for, with all they show, in three queries whatever their number.

    The departments at the top of the tree are always there, and cost nothing beside (`cms.every_page`); those that a
    page asks for one by one cost a query, and are kept while the content stays. A page says what else it needs before
    anything is shown.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        self.request = request
        self.place_book: PlaceBook = place_book(request)
        self._wanted = _TOP
        self._single: set[int] = set()
        self._is_small = True
        self._views: dict[int, DepartmentView] = {}

    def want(self, condition: Q) -> None:
        """Also read the departments that fulfil `condition`; to be said before the first view.

        `condition` must not cross a relation to many: its joins would multiply the rows of a large tree.
        """
        if "departments" in self.__dict__:
            raise RuntimeError("Say what a page needs before its first department is read.")
        self._wanted |= condition
        child = condition.children[0] if len(condition.children) == 1 else None
        if isinstance(child, tuple) and child[0] == "pk" and isinstance(child[1], int):
            self._single.add(child[1])
        else:
            self._is_small = False

    def want_in(self, body: Any) -> None:
        """Also read the departments that the contact blocks of `body` (a StreamField's value) show."""
        blocks = [block for block in getattr(body, "raw_data", ()) if block["type"] == "contact"]
        ids = {(block["value"] or {}).get("department") for block in blocks} - {None}
        if len(ids) > FEW:
            self.want(Q(pk__in=ids))
        else:
            for pk in ids:
                self.want(Q(pk=pk))

    @cached_property
    def departments(self) -> dict[int, Department]:
        """The departments that were asked for, by id, in their order."""
        if self._is_small:
            # No department beside them has a sibling at the top: their order is that of the tree all the same.
            found = [*_TOP_DEPARTMENTS.read(self.request), *self._beside_top[0]]
        else:
            found = list(_departments(self._wanted, content_language()))
        return {department.pk: department for department in found}

    @cached_property
    def contact_points(self) -> dict[int, list[ContactPoint]]:
        """Contact points by department id."""
        if self._is_small:
            return _by_department([*_TOP_CONTACT_POINTS.read(self.request), *self._beside_top[1]])
        return _by_department(_contact_points(Q(department_id__in=self._ids)))

    @cached_property
    def department_places(self) -> dict[int, list[DepartmentPlace]]:
        """Places with their rooms by department id."""
        if self._is_small:
            return _by_department([*_TOP_PLACES.read(self.request), *self._beside_top[2]])
        return _by_department(_places(Q(department_id__in=self._ids), content_language()))

    @cached_property
    def _beside_top(self) -> list[list[Any]]:
        """Of the departments asked for one by one, those not at the top; their contact points; their places."""
        top = {department.pk for department in _TOP_DEPARTMENTS.read(self.request)}
        ids, language = sorted(self._single - top), content_language()
        if not ids:
            return [[], [], []]
        key = f"contacts:{language}:{','.join(map(str, ids))}"
        return versioned(self.request, key, partial(_singles, ids, language))

    @property
    def _ids(self) -> Any:
        # A list, because planners do worse with the condition again; SQLite takes 32,766 parameters.
        ids = list(self.departments)
        return ids if len(ids) < MOST_PARAMETERS else Department.objects.values("pk")

    def main(self) -> DepartmentView | None:
        """The department that speaks for the site: the first one at the top of the tree."""
        top = next((pk for pk, d in self.departments.items() if d.parent_id is None), None)
        return self.view(top) if top is not None else None

    def children(self, pk: int | None) -> list[DepartmentView]:
        """The views of the departments directly below `pk` (None: at the top) that were asked for."""
        return [self._view(child) for child, d in self.departments.items() if d.parent_id == pk]

    def view(self, pk: int) -> DepartmentView | None:
        """The view of a department that was asked for, with those below it; None when it was not."""
        return self._view(pk) if pk in self.departments else None

    def single(self, department: Department) -> DepartmentView:
        """The view of a department that nobody asked for in time; costs its own queries."""
        other = ContactBook(self.request)
        other.want(Q(pk=department.pk))
        return other._view(department.pk)

    def tree(self) -> list[DepartmentView]:
        """The views of all departments that were asked for, as a tree."""
        return self.children(None)

    def detailed_hours(self, pk: int) -> list[HoursView]:
        """The hours of a department with their table: none or one."""
        hours = self.departments[pk].hours
        return [self.place_book.view_hours(hours, detailed=True)] if hours else []

    def _view(self, pk: int) -> DepartmentView:
        if pk not in self._views:
            self._views[pk] = self._build(self.departments[pk])
            self._views[pk].children.extend(
                self._view(child) for child in self._children.get(pk, ())
            )
        return self._views[pk]

    @cached_property
    def _children(self) -> dict[int, list[int]]:
        children: dict[int, list[int]] = defaultdict(list)
        for pk, department in self.departments.items():
            if department.parent_id is not None:
                children[department.parent_id].append(pk)
        return children

    def _build(self, department: Department) -> DepartmentView:
        points = self.contact_points.get(department.pk, [])
        return DepartmentView(
            department=department,
            url=page_url(getattr(department, "page_path", None), self.request),
            summary=department.summary,
            phones=[
                phone_view(point.phone, point.get_phone_kind_display(), point.label)
                for point in points
                if point.phone and point.phone_public
            ],
            emails=[
                (point.email, point.label) for point in points if point.email and point.email_public
            ],
            places=[
                (
                    self.place_book.simple_view(item.place, item.page_path),
                    rooms_text(split_rooms(item.rooms)),
                )
                for item in self.department_places.get(department.pk, [])
            ],
            hours=self.place_book.view_hours(department.hours) if department.hours else None,
            vcard_url=f"/contacts/{department.key}.vcf?lang={content_language()}",
        )


def contact_book(request: HttpRequest | None) -> ContactBook:
    """The book of this request."""
    return per_request(request, "contact_book", lambda: ContactBook(request))
