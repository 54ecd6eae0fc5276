"""The departments that one page needs, with contacts, places and hours, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Q
from django.http import HttpRequest

from cms.content_version import versioned
from cms.multilingual import LocalizedText, content_language
from cms.page_urls import page_url
from cms.per_request import per_request
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


T = TypeVar("T")
MOST_PARAMETERS = 30_000


class ContactBook:
    """The departments a page asks for, with all they show, in three queries whatever their number.

    The departments at the top of the tree are always read: the first of them stands in the header and
    footer of every page. A page says what else it needs before anything is shown.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        self.request = request
        self.place_book: PlaceBook = place_book(request)
        self._wanted = Q(parent__isnull=True)
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

    def _kept(self, key: str, read: Callable[[], T]) -> T:
        """`read()`; kept while the content stays, if only the top and single departments were asked for."""
        if not self._is_small:
            return read()
        ids = ",".join(map(str, sorted(self._single)))
        return versioned(self.request, f"contacts:{key}:{content_language()}:{ids}", read)

    @cached_property
    def departments(self) -> dict[int, Department]:
        """The departments that were asked for, by id, in their order."""
        return self._kept("departments", self._read_departments)

    def _read_departments(self) -> dict[int, Department]:
        found = (
            Department.objects.filter(self._wanted)
            .select_related("hours__location")
            .with_page(content_language())
            .order_by("sort_order", "key")
        )
        return {department.pk: department for department in found}

    @cached_property
    def contact_points(self) -> dict[int, list[ContactPoint]]:
        """Contact points by department id."""
        return self._kept("points", self._read_contact_points)

    def _read_contact_points(self) -> dict[int, list[ContactPoint]]:
        found: dict[int, list[ContactPoint]] = defaultdict(list)
        points = ContactPoint.objects.filter(department_id__in=self._ids)
        for point in points.order_by("sort_order", "pk"):
            found[point.department_id].append(point)
        return found

    @cached_property
    def department_places(self) -> dict[int, list[DepartmentPlace]]:
        """Places with their rooms by department id."""
        return self._kept("places", self._read_department_places)

    def _read_department_places(self) -> dict[int, list[DepartmentPlace]]:
        found: dict[int, list[DepartmentPlace]] = defaultdict(list)
        places = (
            DepartmentPlace.objects.filter(department_id__in=self._ids)
            .select_related("place")
            .annotate(page_path=place_page_in(content_language()))
        )
        for item in places.order_by("sort_order", "pk"):
            found[item.department_id].append(item)
        return found

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
