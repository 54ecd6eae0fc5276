"""Organisations, departments, their contact points and posts as tables, for import and export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from wagtail.permissions import policy_registry

from cms.sheets import cells
from cms.sheets.cells import Cell
from cms.sheets.columns import (
    Choice,
    Code,
    Column,
    Data,
    Flag,
    Image,
    Reference,
    Text,
    Whole,
    Written,
    localized,
)
from cms.sheets.context import Context, Lookup
from cms.sheets.model_sheet import ModelSheet
from cms.sheets.plan import PlannedRow
from cms.sheets.problems import CellProblem, message
from contacts.models import ContactPoint, Department, Organisation, Post
from contacts.phones import PhoneError, parse_phone
from contacts.spreadsheet import phone_cell

DEPARTMENTS: Final = Lookup("contacts.Department")
ORGANISATIONS: Final = Lookup("contacts.Organisation")
HOURS: Final = Lookup("locations.OpeningHours")

VIEW_INTERNAL: Final = "contacts.view_internal"
CHANGE_VISIBILITY: Final = "contacts.change_visibility"


@dataclass(frozen=True, kw_only=True)
class Phone(Column):
    """A telephone number with its extensions."""

    def _stored(self, value: Any) -> Any:
        return value or None

    def write(self, value: Any, context: Context) -> Written:
        return phone_cell(value) if value else ""

    def _read(self, cell: Cell, context: Context) -> Any:
        written = cells.line(cell)
        if not written:
            return None
        try:
            return parse_phone(written)
        except PhoneError as error:
            raise CellProblem("reason", reason=str(error)) from None


@dataclass(frozen=True, kw_only=True)
class Guarded(Column):
    """Another column whose value may be internal: then only those see and change it who may see internal contacts.

    ``flag``: the field that says whether it is public.
    """

    inner: Column
    flag: str

    @classmethod
    def of(cls, inner: Column, flag: str = "") -> Guarded:
        """`inner`, guarded by its flag."""
        return cls(
            name=inner.name,
            heading=inner.heading,
            help=inner.help,
            field=inner.source,
            inner=inner,
            flag=flag or f"{inner.source}_public",
        )

    def refuses(self, data: Data | None, context: Context) -> str:
        hidden = data is not None and not data.get(self.flag) and not _sees(context)
        return "internal" if hidden else ""

    def get(self, data: Data, context: Context) -> Any:
        return self.inner.get({} if self.refuses(data, context) else data, context)

    def write(self, value: Any, context: Context) -> Written:
        return self.inner.write(value, context)

    def read(self, cell: Cell, context: Context) -> Any:
        return self.inner.read(cell, context)


@dataclass(frozen=True, kw_only=True)
class Visibility(Flag):
    """Whether something is public: a column of those who may turn it."""

    def is_here(self, context: Context) -> bool:
        return bool(
            context.kept(CHANGE_VISIBILITY, lambda: context.user.has_perm(CHANGE_VISIBILITY))
        )

    def refuses(self, data: Data | None, context: Context) -> str:
        # Nobody publishes what they cannot see.
        hidden = data is not None and not data.get(self.source) and not _sees(context)
        return "internal" if hidden else ""


def _sees(context: Context) -> bool:
    return bool(context.kept(VIEW_INTERNAL, lambda: context.user.has_perm(VIEW_INTERNAL)))


class OrganisationSheet(ModelSheet):
    """Partners, institutions and other organisations."""

    key = "organisations"
    title = _("Organisations")
    intro = _("Partners, public institutions and other organisers. What you import holds at once.")
    icon = "globe"
    model = Organisation
    columns = (
        Code(
            name="key",
            heading=_("key"),
            limit=60,
            required=True,
            help=_("Finds the organisation again; small letters, digits and -."),
        ),
        *localized("name", _("name"), limit=255, required=True),
        Choice(
            name="kind",
            heading=_("kind"),
            choices=Organisation.Kind,
            help=_("Partner, public institution or other."),
        ),
        Code(
            name="country",
            heading=_("country"),
            limit=2,
            pattern="[A-Z]{2}",
            upper=True,
            refusal="bad_country",
            required=True,
            usual=True,
            help=_("Two letters, such as RO, HU or FR."),
        ),
        Text(name="url", heading=_("site"), limit=200, help=_("With https://.")),
        Text(name="email", heading=_("e-mail"), limit=254),
        Phone(name="phone", heading=_("telephone"), help=_("Such as 0264 123 456.")),
        Image(
            name="logo",
            heading=_("logo"),
            help=_("The number of an image of the library; its title may follow."),
        ),
        *localized(
            "logo_alt",
            _("logo description"),
            limit=160,
            help=_("What the logo shows; needed with a logo."),
        ),
    )
    example = {
        "key": "teatrul-exemplu",
        "name_ro": "Teatrul Exemplu",
        "kind": "partner",
        "country": "RO",
        "url": "https://teatru.example",
    }


class DepartmentSheet(ModelSheet):
    """Departments of the city hall."""

    key = "departments"
    title = _("Departments")
    intro = _(
        "The tree of departments; its contact points and posts are tables of their own. What you import holds at once."
    )
    icon = "group"
    model = Department
    is_tree = True
    ordering = ("sort_order", "key")
    columns = (
        Code(
            name="key",
            heading=_("key"),
            limit=60,
            required=True,
            help=_("Finds the department again; small letters, digits and -."),
        ),
        Text(
            name="code",
            heading=_("code"),
            limit=12,
            help=_("Its number in registration numbers, such as 305."),
        ),
        *localized("name", _("name"), limit=255, required=True),
        *localized("summary", _("in one sentence"), limit=400, lines=True),
        Reference(
            name="parent",
            heading=_("part of"),
            lookup=DEPARTMENTS,
            help=_("The key of the department above; one that is there already."),
        ),
        Reference(
            name="hours",
            heading=_("opening hours"),
            lookup=HOURS,
            help=_("The key of opening hours."),
        ),
        Whole(name="sort_order", heading=_("order"), required=True, usual=True),
    )
    example = {"key": "biroul-exemplu", "name_ro": "Biroul Exemplu", "sort_order": 100}


class _NumberedSheet(ModelSheet):
    """Rows that have no key of their own, but a number that the export tells; a new row has none.

    ``twins``: the fields in which a new row must differ from those that are there.
    """

    key_name = "number"
    key_field = "pk"
    new_without_key = True
    twins: ClassVar[tuple[str, ...]] = ()
    rights_of: ClassVar[type[Model]]

    def _policy(self) -> Any:
        return policy_registry.get_by_type(self.rights_of)

    def refusals(self, row: PlannedRow, context: Context) -> Iterator[tuple[str, str]]:
        yield from super().refusals(row, context)
        if row.record is not None:
            return
        key = tuple(str(getattr(row.instance, name) or "") for name in self.twins)
        there = context.kept(("twins", self.key), lambda: self._twins(context))
        if key in there:
            yield "", message("twin", {"number": there[key]})
        # The next new row of the file is compared with this one as well.
        there.setdefault(key, "–")

    def _twins(self, context: Context) -> dict[tuple[str, ...], str]:
        """What a new row is compared with: its key → the number of the row that is there.

        Who does not see internal contacts is told of no twin that has one: to be told "it is there" is to be told it.
        """
        guarded = {
            column.source: column.flag for column in self.columns if isinstance(column, Guarded)
        }
        hiding = (
            {}
            if _sees(context)
            else {name: guarded[name] for name in self.twins if name in guarded}
        )
        found: dict[tuple[str, ...], str] = {}
        for row in self.model._default_manager.only("pk", *self.twins, *hiding.values()):
            if any(getattr(row, name) and not getattr(row, flag) for name, flag in hiding.items()):
                continue
            found[tuple(str(getattr(row, name) or "") for name in self.twins)] = str(row.pk)
        return found


def _number() -> Whole:
    return Whole(
        name="number",
        heading=_("number"),
        field="id",
        last=2**31 - 1,
        help=_("Finds the row again, as exported; empty: a new one."),
    )


def _department() -> Reference:
    return Reference(
        name="department",
        heading=_("department"),
        lookup=DEPARTMENTS,
        required=True,
        help=_("The department's key."),
    )


def _reachable() -> tuple[Column, ...]:
    return (
        Guarded.of(
            Phone(
                name="phone",
                heading=_("telephone"),
                help=_("Number and extensions, such as 0264 596 030, int. 5001."),
            )
        ),
        Guarded.of(Text(name="email", heading=_("e-mail"), limit=254)),
        Guarded.of(Text(name="rooms", heading=_("rooms"), limit=80, help=_("Such as 49, 50."))),
        Visibility(name="phone_public", heading=_("telephone is public"), help=_("Yes or no.")),
        Visibility(name="email_public", heading=_("e-mail is public"), help=_("Yes or no.")),
        Visibility(name="rooms_public", heading=_("rooms are public"), help=_("Yes or no.")),
    )


class ContactPointSheet(_NumberedSheet):
    """The ways to reach departments."""

    key = "contact-points"
    title = _("Contact points")
    intro = _(
        "Telephones, e-mail addresses and rooms of departments. What you import holds at once."
    )
    icon = "mail"
    model = ContactPoint
    rights_of = Department
    ordering = ("department__sort_order", "department__key", "sort_order", "pk")
    twins = ("department_id", "phone", "email", "rooms")
    columns = (
        _number(),
        _department(),
        *localized("label", _("label"), limit=80, help=_("For whom, such as “public relations”.")),
        Choice(
            name="phone_kind",
            heading=_("kind of number"),
            choices=ContactPoint.PhoneKind,
            help=_("Switchboard, telephone, direct line, mobile or fax."),
        ),
        *_reachable(),
    )
    example = {"department": "biroul-exemplu", "phone": "0264 123 456", "phone_kind": "phone"}

    def may_import(self, user: Any) -> bool:
        """A contact point is a part of its department: to add one is to change that."""
        return bool(self._policy().user_has_permission(user, "change"))

    may_add = may_import

    def title_of(self, data: Mapping[str, Any]) -> str:
        return str(data.get("label") or data.get("pk") or "")

    def save(self, row: PlannedRow, context: Context, file_name: str) -> None:
        if row.record is None:
            row.instance.sort_order = ContactPoint.objects.filter(
                department=row.instance.department_id
            ).count()
        super().save(row, context, file_name)

    def history_of(self, instance: Any) -> Any:
        return instance.department


class PostSheet(_NumberedSheet):
    """Functions in departments, without the people who hold them."""

    key = "posts"
    title = _("Posts")
    intro = _(
        "Functions with their extensions, e-mail addresses and rooms, without the names of people. What you import "
        "holds at once."
    )
    icon = "user"
    model = Post
    rights_of = Post
    ordering = ("department__sort_order", "department__key", "sort_order", "pk")
    twins = ("department_id", "title", "phone", "email", "rooms")
    columns = (
        _number(),
        _department(),
        *localized("title", _("function"), limit=255, required=True),
        *_reachable(),
        Whole(name="sort_order", heading=_("order"), required=True, usual=True),
    )
    example = {"department": "biroul-exemplu", "title_ro": "șef de birou", "sort_order": 100}

    def title_of(self, data: Mapping[str, Any]) -> str:
        return str(data.get("title") or data.get("pk") or "")
