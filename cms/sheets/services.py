"""Looking at what a file would change, changing it, and taking a table out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import get_language, override

from cms.folding import fold
from cms.sheets.columns import Column, Written
from cms.sheets.context import Context
from cms.sheets.kinds import AT_ONCE, SheetKind
from cms.sheets.plan import Comparison, Plan, PlannedRow, Status
from cms.sheets.problems import SheetProblem, message
from cms.sheets.reading import Table, read_table

MOST_EXPORTED: Final = 50_000
"""Rows of an exported file."""

Batches = Iterator[list[list[Written]]]


class Refused(Exception):
    """Nothing was imported. The text, in the reader's language, says why."""


# -- import ------------------------------------------------------------------------------------------------------------


def dry_run(kind: SheetKind, data: bytes, user: Any) -> Plan:
    """What importing a file would do; writes nothing.

    Raises SheetProblem when the file cannot be read, PermissionDenied for who may not import this kind.
    """
    return _planned(kind, data, Context(user))


def check(kind: SheetKind, data: bytes, user: Any) -> None:
    """Raises as `dry_run` does, but looks at nothing twice: for a file that is only to be kept yet."""
    _planned(kind, data, Context(user), validates=False)


@transaction.atomic
def apply(kind: SheetKind, data: bytes, user: Any, *, expected: str, file_name: str) -> Plan:
    """Import a file: all of it, or nothing.

    Args:
        kind: The table.
        data: The bytes that were looked at.
        user: Who confirmed the dry run.
        expected: The fingerprint of the plan that was shown to her.
        file_name: As it was called, for the history.

    Raises:
        Refused: When a row is wrong, nothing is to be done, or what is there has changed since it was looked at.
        SheetProblem, PermissionDenied: As `dry_run`.
    """
    context = Context(user)
    # First nobody else writes, then it is compared: what is compared is what will be overwritten.
    kind.lock(_planned(kind, data, Context(user), validates=False).rows)
    plan = _planned(kind, data, context)
    if plan.fingerprint != expected:
        raise Refused(message("plan_changed", {}))
    if plan.counts[Status.WRONG]:
        raise Refused(message("wrong_rows", {}))
    if not plan.can_be_applied:
        raise Refused(message("nothing", {}))
    for row in plan.rows:
        if row.status not in (Status.NEW, Status.CHANGED):
            continue
        try:
            with transaction.atomic():
                kind.save(row, context, file_name)
        except ValidationError as error:
            reason = " ".join(error.messages)
            raise Refused(
                message("row_not_saved", {"row": row.number, "reason": reason})
            ) from error
        except IntegrityError as error:
            # Somebody else was quicker with the same key.
            raise Refused(message("plan_changed", {})) from error
    return plan


def _planned(kind: SheetKind, data: bytes, context: Context, *, validates: bool = True) -> Plan:
    if not kind.may_import(context.user):
        raise PermissionDenied
    columns = kind.listed_columns(context)
    table = read(kind, data, columns)
    comparison = Comparison(
        columns, kind.key_column, table, context, new_without_key=kind.new_without_key
    )
    there = kind.records(comparison.keys(), context)
    rows = list(comparison.compare(there, may_add=kind.may_add(context.user)))
    written = sum(row.status in (Status.NEW, Status.CHANGED) for row in rows)
    if written > kind.max_written:
        raise SheetProblem("too_many_changes", count=written, limit=kind.max_written)
    if validates:
        _validate(kind, rows, comparison, context)
    return Plan(tuple(rows), table.notes)


def _validate(
    kind: SheetKind, rows: Sequence[PlannedRow], comparison: Comparison, context: Context
) -> None:
    """Put each row's changes into an object in memory and note what the object refuses."""
    written = [row for row in rows if row.status in (Status.NEW, Status.CHANGED)]
    kind.build(written, context)
    for row in written:
        for field, sentence in kind.refusals(row, context):
            column = kind.column_of(field, context)
            comparison.tell(
                row, column, sentence if column or not field else f"{field}: {sentence}"
            )
        if row.record is None:
            row.title = str(row.instance or "")


def read(kind: SheetKind, data: bytes, columns: Sequence[Column]) -> Table:
    """The rows of a file by the columns of a table. Raises SheetProblem."""
    headings = {
        fold(title): column.name for column in columns for title in column.titles() if fold(title)
    }
    own = {fold(column.title()): column.title() for column in columns}

    def suggest(heading: str) -> str:
        close = get_close_matches(fold(heading), list(own), 1, 0.75)
        return own[close[0]] if close else ""

    table = read_table(
        data,
        lambda heading: headings.get(fold(heading)),
        max_rows=kind.max_rows,
        example=kind.key_column.title(),
        suggest=suggest,
    )
    if kind.key_column.name not in table.places:
        raise SheetProblem("missing_columns", columns=kind.key_column.title())
    return table


# -- export ------------------------------------------------------------------------------------------------------------


def headings(kind: SheetKind, user: Any) -> list[str]:
    """The headings of a user's columns, in the active language."""
    return [column.title() for column in kind.listed_columns(Context(user))]


def export(kind: SheetKind, user: Any, portion: str = "") -> tuple[int, Batches]:
    """How many rows a user takes out, and the rows: a few queries for each AT_ONCE of them.

    Raises PermissionDenied, or Refused for more than MOST_EXPORTED rows.
    """
    if not kind.may_export(user):
        raise PermissionDenied
    keys = kind.export_keys(user, portion)
    if len(keys) > MOST_EXPORTED:
        raise Refused(message("too_many_to_export", {"limit": MOST_EXPORTED}))
    return len(keys), _in_language(get_language(), _batches(kind, keys, Context(user)))


def _batches(kind: SheetKind, keys: Sequence[Any], context: Context) -> Batches:
    columns = kind.listed_columns(context)
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        stored = kind.stored(some, context)
        yield [
            [column.write(column.get(stored[pk], context), context) for column in columns]
            for pk in some
            if pk in stored
        ]


def _in_language(language: str | None, rows: Batches) -> Batches:
    """Each batch written in `language`: when they are sent, the request's own is gone."""
    while True:
        with override(language):
            batch = next(rows, None)
        if batch is None:
            return
        yield batch
