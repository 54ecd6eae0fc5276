"""What a table of one kind of object can do, and the tables that apps register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from wagtail.log_actions import log

from cms.sheets.columns import Column, reference_names
from cms.sheets.context import Context
from cms.sheets.plan import PlannedRow, Record

AT_ONCE: Final = 500
"""Rows that are read together: a few queries for all of them."""
IMPORTED: Final = "cms.sheet_import"
"""The action in the history of what an import wrote."""


@dataclass(frozen=True)
class Portion:
    """A part of a table that can be exported alone. ``name``: of its address."""

    name: str
    label: Any


class SheetKind:
    """A table of one kind of object. ``key``: of its address; ``title``, ``intro``: of its page in the admin.

    ``key_name``: the column that finds a row again; with ``new_without_key`` it is empty in a new row. ``example``: a
    row of the empty table. ``not_cleaned``: fields that are not looked at before an object is saved. A file holds at
    most ``max_rows`` and changes at most ``max_written`` of them: each takes what saving takes, in one request.
    """

    key: ClassVar[str]
    title: ClassVar[Any]
    intro: ClassVar[Any] = ""
    icon: ClassVar[str] = "table"
    columns: ClassVar[tuple[Column, ...]]
    key_name: ClassVar[str] = "key"
    new_without_key: ClassVar[bool] = False
    portions: ClassVar[tuple[Portion, ...]] = ()
    max_rows: ClassVar[int] = 5000
    max_written: ClassVar[int]
    example: ClassVar[Mapping[str, Any]] = {}
    not_cleaned: ClassVar[tuple[str, ...]] = ()

    # -- who may

    def may_export(self, user: Any) -> bool:
        """Whether a user sees any of it."""
        raise NotImplementedError

    def may_import(self, user: Any) -> bool:
        """Whether a user may write any of it."""
        raise NotImplementedError

    def may_add(self, user: Any) -> bool:
        """Whether a user may write new ones."""
        raise NotImplementedError

    def listed_columns(self, context: Context) -> list[Column]:
        """The columns that the user has."""
        return [column for column in self.columns if column.is_here(context)]

    @cached_property
    def key_column(self) -> Column:
        return next(column for column in self.columns if column.name == self.key_name)

    # -- what is there

    def export_keys(self, user: Any, portion: str) -> list[Any]:
        """The primary keys of what a user may take out, in the order of the file."""
        raise NotImplementedError

    def stored(self, pks: Sequence[Any], context: Context) -> dict[Any, Mapping[str, Any]]:
        """What is stored of at most AT_ONCE objects, by primary key: a few queries."""
        raise NotImplementedError

    def records(self, keys: Sequence[str], context: Context) -> dict[str, Record]:
        """What stands under ``keys``, by key."""
        raise NotImplementedError

    # -- writing

    def lock(self, rows: Sequence[PlannedRow]) -> None:
        """Let nobody else write where an import will, until its transaction ends."""

    def build(self, rows: Sequence[PlannedRow], context: Context) -> None:
        """Give each row its `instance`, with what the row changes; nothing is saved."""
        raise NotImplementedError

    def refusals(self, row: PlannedRow, context: Context) -> Iterator[tuple[str, str]]:
        """What is wrong with the object of a row: (field, sentence), ("", sentence) for the whole."""
        try:
            self.validate(row.instance, context)
        except ValidationError as error:
            yield from _told(error)

    def validate(self, instance: Any, context: Context) -> None:
        """Raises ValidationError."""
        instance.full_clean(exclude={*reference_names(self.columns), *self.not_cleaned})

    def save(self, row: PlannedRow, context: Context, file_name: str) -> None:
        """Write the object of a row, and what was done into its history."""
        raise NotImplementedError

    def column_of(self, field: str, context: Context) -> Column | None:
        """The column that an error of a field stands in."""
        return next((c for c in self.listed_columns(context) if c.source == field), None)


def _told(error: ValidationError) -> Iterator[tuple[str, str]]:
    if not hasattr(error, "error_dict"):
        for sentence in error.messages:
            yield "", sentence
        return
    for name, sentences in error.message_dict.items():
        for sentence in sentences:
            yield ("" if name == NON_FIELD_ERRORS else name), sentence


def parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """`items` in portions that one query takes."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]


def put_changes(row: PlannedRow, context: Context) -> None:
    """Give the object of a row what the row changes."""
    for change in row.changes:
        change.column.put(row.instance, change.value, context)


def record_history(
    instance: Any, row: PlannedRow, context: Context, file_name: str, **extra: Any
) -> None:
    """Tell the history of an object that it came from a file, and from which row."""
    log(
        instance=instance,
        action=IMPORTED,
        user=context.user,
        content_changed=True,
        data={"file": file_name, "row": row.number},
        **extra,
    )


# -- the registry ------------------------------------------------------------------------------------------------------

_KINDS: dict[str, tuple[int, SheetKind]] = {}


def register_sheet(kind: SheetKind, *, order: int = 100) -> None:
    """Offer a table for import and export; the same key again replaces it. Lower `order` stands first."""
    _KINDS[kind.key] = (order, kind)


def sheets() -> list[SheetKind]:
    """All tables, in their order."""
    return [
        kind for _order, kind in sorted(_KINDS.values(), key=lambda entry: (entry[0], entry[1].key))
    ]


def sheet(key: str) -> SheetKind | None:
    """The table with this key."""
    found = _KINDS.get(key)
    return found[1] if found else None
