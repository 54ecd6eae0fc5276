"""What an import would do, row by row, before it does it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import override

from cms.multilingual import LANGUAGES
from cms.quoting import shown
from cms.sheets.cells import Cell, canonical, is_empty, text
from cms.sheets.columns import Column, Data
from cms.sheets.context import Context
from cms.sheets.problems import CellProblem, message
from cms.sheets.reading import Note, Row, Table
from cms.sheets.safe_cells import without_guards


class Status(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Change:
    """A value that an import would write: ``old`` and ``new`` as a reader sees them."""

    column: Column
    heading: str
    old: str
    new: str
    value: Any


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a row: ``heading`` as in the file, "" for the whole row; ``cell`` such as "C7", or ""."""

    text: str
    heading: str = ""
    cell: str = ""


@dataclass(slots=True)
class PlannedRow:
    """A row of the file and what becomes of it. ``record``: what is there, None for a new one."""

    number: int
    key: str
    title: str = ""
    record: Record | None = None
    changes: list[Change] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    instance: Any = None

    @property
    def status(self) -> Status:
        if self.mistakes:
            return Status.WRONG
        if self.record is None:
            return Status.NEW
        return Status.CHANGED if self.changes else Status.SAME


@dataclass(frozen=True, slots=True)
class Record:
    """What is stored under a key. ``refusal``: the code of a problem why the user may not change it, "" if she may."""

    pk: Any
    key: str
    title: str = ""
    data: Data = field(default_factory=dict)
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of a file, with what is told of the whole."""

    rows: tuple[PlannedRow, ...]
    notes: tuple[Note, ...] = ()

    def of(self, status: Status) -> list[PlannedRow]:
        """The rows of a kind, in their order."""
        return [row for row in self.rows if row.status == status]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each kind."""
        counts = {status.value: 0 for status in Status}
        for row in self.rows:
            counts[row.status.value] += 1
        return counts

    @property
    def can_be_applied(self) -> bool:
        """Whether there is something to write and nothing wrong: a file is imported whole or not at all."""
        counts = self.counts
        return not counts[Status.WRONG] and bool(counts[Status.NEW] + counts[Status.CHANGED])

    @property
    def fingerprint(self) -> str:
        """Names what would be done: a plan is confirmed as it was shown, and no other."""
        content = [
            (
                row.number,
                row.key,
                row.record and str(row.record.pk),
                row.status.value,
                [(change.column.name, change.old, change.new) for change in row.changes],
            )
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()


class Comparison:
    """The comparing of one file with what is there.

    Args:
        columns: All columns of the table that the user has.
        key: The one that finds a row again; with ``new_without_key`` it is empty in a new row, else it must be filled.
        table: What was read.
        context: Who imports.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        key: Column,
        table: Table,
        context: Context,
        *,
        new_without_key: bool = False,
    ) -> None:
        # From left to right, as one looks for them; what is not in the file comes last.
        places = {name: number for number, name in enumerate(table.places)}
        self.columns = sorted(columns, key=lambda column: places.get(column.name, len(places)))
        self.key = key
        self.table = table
        self.context = context
        self.new_without_key = new_without_key
        self.rows = [self._begun(row) for row in table.rows]
        self._refuse_twins()

    def keys(self) -> list[str]:
        """The keys that stand in the file, each once."""
        return list(dict.fromkeys(row.key for row, _source in self.rows if row.key))

    def compare(self, there: Mapping[str, Record], *, may_add: bool) -> Iterable[PlannedRow]:
        """Compare every row with what stands under its key; those to be written still have to be validated."""
        for row, source in self.rows:
            row.record = there.get(row.key) if row.key else None
            record = row.record
            if record is not None and record.refusal:
                # Not a word of what is there: it may be somebody's draft.
                self.refuse(row, self.key, record.refusal)
            elif record is None and row.key and self.new_without_key:
                self.refuse(row, self.key, "no_such_number")
            elif record is None and not row.mistakes and not may_add:
                self.refuse(row, self.key, "not_added")
            else:
                row.title = record.title if record is not None else ""
                self._cells(row, source)
            yield row

    # -- one row

    def refuse(self, row: PlannedRow, column: Column | None, code: str, **params: Any) -> None:
        """Note what is wrong with a cell of a row."""
        self.tell(row, column, message(code, params))

    def tell(self, row: PlannedRow, column: Column | None, sentence: str) -> None:
        """The same in words of a model's own."""
        if column is None:
            row.mistakes.append(Mistake(sentence))
            return
        heading, letter = self.table.places.get(column.name, (column.title(), ""))
        row.mistakes.append(Mistake(sentence, heading, f"{letter}{row.number}" if letter else ""))

    def _begun(self, source: Row) -> tuple[PlannedRow, Row]:
        row = PlannedRow(source.number, "")
        try:
            value = self.key.read(source.cells.get(self.key.name), self.context)
            row.key = "" if value is None else str(value)
        except CellProblem as problem:
            self.refuse(row, self.key, problem.code, **problem.params)
            row.key = ""
        if not row.key and not row.mistakes and not self.new_without_key:
            self.refuse(row, self.key, "required")
        return row, source

    def _refuse_twins(self) -> None:
        same: dict[str, list[PlannedRow]] = defaultdict(list)
        for row, _source in self.rows:
            if row.key:
                same[row.key].append(row)
        for twins in same.values():
            if len(twins) > 1:
                numbers = ", ".join(str(twin.number) for twin in twins)
                for twin in twins:
                    self.refuse(twin, self.key, "same_key", rows=numbers)

    def _cells(self, row: PlannedRow, source: Row) -> None:
        data = row.record.data if row.record is not None else None
        for column in self.columns:
            if column is self.key and (row.record or self.new_without_key or not row.key):
                # Read already.
                continue
            if column.name not in source.cells:
                if data is None and column.required and not column.usual:
                    self.refuse(row, column, "required")
                continue
            try:
                change = self._cell(row, column, source.cells[column.name], data)
            except CellProblem as problem:
                self.refuse(row, column, problem.code, **problem.params)
                continue
            if change is not None:
                row.changes.append(change)

    def _cell(
        self, row: PlannedRow, column: Column, cell: Cell, data: Data | None
    ) -> Change | None:
        context = self.context
        if data is not None:
            old = column.get(data, context)
            refusal = column.refuses(data, context)
            if refusal:
                if is_empty(cell):
                    return None
                raise CellProblem(refusal, text=shown(text(cell)))
            if _is_as_written(cell, column, old, context):
                return None
        if column.read_only:
            if not is_empty(cell):
                row.notes.append(Note("read_only", {"text": shown(str(cell))}))
            return None
        if data is None and (refusal := column.refuses(None, context)):
            if is_empty(cell):
                return None
            raise CellProblem(refusal, text=shown(text(cell)))
        if data is None and is_empty(cell) and (column.usual or not column.required):
            # As in the editor's form: what is left empty has its usual value.
            return None
        value = column.read(cell, context)
        if data is not None and value == old:
            return None
        before = column.show(old, context) if data is not None else ""
        return Change(column, column.title(), before, column.show(value, context), value)


def _is_as_written(cell: Cell, column: Column, value: Any, context: Context) -> bool:
    """Whether a cell still is what an export wrote there: then nothing is changed, whatever else it could mean."""
    if not (isinstance(cell, str) or cell is None):
        return column.read_only and text(cell) == _as_text(column, value, context)
    found = canonical(cell or "")
    if found in _spellings(column, value, context):
        return True
    if column.read_only:
        # It may have been exported in another language.
        for language in LANGUAGES:
            with override(language):
                if found in _spellings(column, value, context):
                    return True
    return False


def _spellings(column: Column, value: Any, context: Context) -> tuple[str, str]:
    """What an export writes for a value: in a workbook, and in a CSV file whose guards were taken off."""
    written = _as_text(column, value, context)
    return written, canonical(without_guards(written))


def _as_text(column: Column, value: Any, context: Context) -> str:
    written = column.write(value, context)
    return "" if written is None else canonical(str(written))
