"""The columns of a table: how a cell becomes a value, how a value becomes a cell, and where it belongs.

A value is read from what is stored as plain data: the columns of a row in the database, or the content of a revision,
whose JSON has the same names. So hundreds of rows, drafts among them, are compared without making objects of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import TYPE_CHECKING, Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import override

from cms.folding import fold
from cms.multilingual import LANGUAGES, SOURCE_LANGUAGE, LocalizedText
from cms.quoting import shown
from cms.sheets import cells
from cms.sheets.cells import Cell
from cms.sheets.context import Context, Lookup
from cms.sheets.problems import CellProblem

if TYPE_CHECKING:
    pass

Data = Mapping[str, Any]
"""What is stored, by the names of the model's fields."""
Written = str | int | date | None
"""What stands in a cell of an exported file."""

FEW: Final = 12
"""So many possible values are named in a message; more are looked up elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of text.

    ``name`` is stable and understood as a heading, ``also`` are others; ``field`` is the model's field, "" the same as
    ``name``. ``usual``: a new row that leaves a required cell empty has the model's usual value.
    """

    name: str
    heading: Any
    help: Any = ""
    field: str = ""
    required: bool = False
    usual: bool = False
    read_only: bool = False
    also: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The model's field that it holds."""
        return self.field or self.name

    def title(self) -> str:
        """The heading in the active language."""
        return str(self.heading)

    def titles(self) -> Iterable[str]:
        """Every heading that is understood."""
        yield self.name
        yield from self.also
        for language in LANGUAGES:
            with override(language):
                yield self.title()

    def get(self, data: Data, context: Context) -> Any:
        """The value that is stored."""
        return self._stored(data.get(self.source))

    def _stored(self, value: Any) -> Any:
        return value or ""

    def write(self, value: Any, context: Context) -> Written:
        """The cell that shows a value."""
        return str(value)

    def show(self, value: Any, context: Context) -> str:
        """A value in a sentence."""
        written = self.write(value, context)
        return f"{written:%d.%m.%Y}" if isinstance(written, date) else str(written or "")

    def read(self, cell: Cell, context: Context) -> Any:
        """The value of a cell; raises CellProblem. An empty cell is an empty value, refused where one is required."""
        value = self._read(cells.plain(cell), context)
        if self.required and (value is None or value == ""):
            raise CellProblem("required")
        return value

    def _read(self, cell: Cell, context: Context) -> Any:
        return cells.line(cell)

    def put(self, instance: Any, value: Any, context: Context) -> None:
        """Give an object in memory the value."""
        setattr(instance, self.source, value)

    def refuses(self, data: Data | None, context: Context) -> str:
        """The code of a problem why this user may not change what is stored here, "" where nothing is against it."""
        return ""

    def is_here(self, context: Context) -> bool:
        """Whether the table has this column for the user."""
        return True


@dataclass(frozen=True, kw_only=True)
class Text(Column):
    """A text with a longest length; with ``lines`` it may have several."""

    limit: int
    lines: bool = False

    def _read(self, cell: Cell, context: Context) -> str:
        found = cells.text(cell) if self.lines else cells.line(cell)
        if len(found) > self.limit:
            raise CellProblem("long_text", limit=self.limit)
        return found


@dataclass(frozen=True, kw_only=True)
class Localized(Text):
    """One language of a text that is kept in three; it stands in brackets behind the heading."""

    language: str

    def title(self) -> str:
        return f"{self.heading} ({self.language})"

    def get(self, data: Data, context: Context) -> str:
        return str((data.get(self.source) or {}).get(self.language, ""))

    def put(self, instance: Any, value: Any, context: Context) -> None:
        texts = {**(getattr(instance, self.source) or {}), self.language: value}
        setattr(instance, self.source, LocalizedText(texts))


def localized(
    name: str, heading: Any, *, limit: int, help: Any = "", required: bool = False, **extra: Any
) -> tuple[Localized, ...]:
    """The three columns of a text in three languages; Romanian is the one that may be required."""
    return tuple(
        Localized(
            name=f"{name}_{language}",
            field=name,
            heading=heading,
            help=help if language == SOURCE_LANGUAGE else "",
            limit=limit,
            language=language,
            required=required and language == SOURCE_LANGUAGE,
            **extra,
        )
        for language in LANGUAGES
    )


@dataclass(frozen=True, kw_only=True)
class Code(Text):
    """A short text of a set form, such as a key or a country."""

    pattern: str = r"[a-z0-9]+(-[a-z0-9]+)*"
    upper: bool = False
    refusal: str = "bad_key"

    def _read(self, cell: Cell, context: Context) -> str:
        found = cells.line(cell)
        found = found.upper() if self.upper else found
        if found and not re.fullmatch(self.pattern, found, re.ASCII):
            raise CellProblem(self.refusal, text=shown(found))
        if len(found) > self.limit:
            raise CellProblem("long_text", limit=self.limit)
        return found


@dataclass(frozen=True, kw_only=True)
class Day(Column):
    """A local date, None for none."""

    def _stored(self, value: Any) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) and value else value or None

    def write(self, value: Any, context: Context) -> Written:
        found: date | None = value
        return found

    def _read(self, cell: Cell, context: Context) -> date | None:
        return cells.day(cell)


@dataclass(frozen=True, kw_only=True)
class Clock(Column):
    """A time of day, None for none."""

    is_end: bool = False

    def _stored(self, value: Any) -> time | None:
        found = time.fromisoformat(value) if isinstance(value, str) and value else value
        return found if isinstance(found, time) else None

    def write(self, value: Any, context: Context) -> Written:
        return f"{value:%H:%M}" if value is not None else ""

    def _read(self, cell: Cell, context: Context) -> time | None:
        return cells.clock(cell, is_end=self.is_end)


@dataclass(frozen=True, kw_only=True)
class Flag(Column):
    """Yes or no; an empty cell is no."""

    def _stored(self, value: Any) -> bool:
        return bool(value)

    def write(self, value: Any, context: Context) -> Written:
        return _("yes") if value else _("no")

    def _read(self, cell: Cell, context: Context) -> bool:
        return bool(cells.flag(cell))


@dataclass(frozen=True, kw_only=True)
class Whole(Column):
    """A whole number within limits."""

    first: int = 0
    last: int = 32_767

    def _stored(self, value: Any) -> int | None:
        return int(value) if value is not None else None

    def write(self, value: Any, context: Context) -> Written:
        return int(value) if value is not None else None

    def show(self, value: Any, context: Context) -> str:
        return "" if value is None else str(value)

    def _read(self, cell: Cell, context: Context) -> int | None:
        found = cells.whole(cell)
        if found is not None and not self.first <= found <= self.last:
            raise CellProblem("number_range", text=str(found), first=self.first, last=self.last)
        return found


@dataclass(frozen=True, kw_only=True)
class Choice(Column):
    """One of a few values, written as its label in any of the languages or as its own name."""

    choices: type[TextChoices]

    def write(self, value: Any, context: Context) -> Written:
        return str(dict(self.choices.choices).get(value, value))

    def _read(self, cell: Cell, context: Context) -> str:
        word = cells.line(cell)
        if not word:
            raise CellProblem("required")
        names = context.kept(("choices", self.choices), lambda: _choice_names(self.choices))
        found: str | None = names.get(fold(word))
        if found is None:
            known = ", ".join(str(label) for label in self.choices.labels)
            raise CellProblem("bad_choice", text=shown(word), known=known)
        return found


def _choice_names(choices: type[TextChoices]) -> dict[str, str]:
    names = {}
    for language in LANGUAGES:
        with override(language):
            names.update({fold(str(label)): str(value) for value, label in choices.choices})
    return {**names, **{fold(str(value)): str(value) for value in choices.values}}


@dataclass(frozen=True, kw_only=True)
class Reference(Column):
    """Another object, by its key; the value is its primary key, None for none."""

    lookup: Lookup

    def _stored(self, value: Any) -> Any:
        return value or None

    def write(self, value: Any, context: Context) -> Written:
        return context.known(self.lookup).key_of(value)

    def _read(self, cell: Cell, context: Context) -> Any:
        word = cells.line(cell)
        return one_of(self.lookup, word, context) if word else None

    def put(self, instance: Any, value: Any, context: Context) -> None:
        name = self.source
        setattr(instance, instance._meta.get_field(name).attname, value)


@dataclass(frozen=True, kw_only=True)
class References(Column):
    """Other objects, by their keys with a comma between; the value is a tuple of primary keys.

    Their order means nothing, unless they are rows of their own (``child``: the field of such a row that refers to
    them).
    """

    lookup: Lookup
    child: str = ""

    def get(self, data: Data, context: Context) -> tuple[Any, ...]:
        found = data.get(self.source) or ()
        if self.child:
            return tuple(row[self.child] for row in found if row.get(self.child))
        return _ordered(found, context, self.lookup)

    def write(self, value: Any, context: Context) -> Written:
        known = context.known(self.lookup)
        return ", ".join(key for pk in value if (key := known.key_of(pk)))

    def _read(self, cell: Cell, context: Context) -> tuple[Any, ...]:
        words = [word.strip() for word in re.split(r"[,;|\n]", cells.text(cell))]
        found = [one_of(self.lookup, word, context) for word in words if word]
        found = list(dict.fromkeys(found))
        return tuple(found) if self.child else _ordered(found, context, self.lookup)

    def put(self, instance: Any, value: Any, context: Context) -> None:
        if not self.child:
            setattr(instance, self.source, context.objects(self.lookup, value))
            return
        manager = getattr(instance, self.source)
        there = {getattr(row, f"{self.child}_id"): row for row in manager.all()}
        rows = [there.get(pk) or manager.model(**{f"{self.child}_id": pk}) for pk in value]
        for number, row in enumerate(rows):
            row.sort_order = number
        manager.set(rows)


def _ordered(pks: Iterable[Any], context: Context, lookup: Lookup) -> tuple[Any, ...]:
    known = context.known(lookup)
    return tuple(sorted(pks, key=lambda pk: (known.key_of(pk), str(pk))))


def one_of(lookup: Lookup, word: str, context: Context) -> Any:
    """The primary key of the object with the key ``word``; raises CellProblem."""
    known = context.known(lookup)
    found = known.pk_of(word)
    if found is None:
        keys = known.keys()
        if len(keys) > FEW:
            raise CellProblem("unknown_key_many", text=shown(word))
        raise CellProblem("unknown_key", text=shown(word), known=", ".join(keys) or "–")
    return found


@dataclass(frozen=True, kw_only=True)
class Image(Column):
    """An image by its number in the library, exported with its title: “12 Sigla teatrului”."""

    def _stored(self, value: Any) -> Any:
        return value or None

    def write(self, value: Any, context: Context) -> Written:
        title = context.image_titles().get(value, "") if value else ""
        return f"{value} {title}".strip() if value else ""

    def _read(self, cell: Cell, context: Context) -> Any:
        word = cells.line(cell)
        if not word:
            return None
        found = re.match(r"[0-9]{1,9}(?= |$)", word, re.ASCII)
        if found is None or int(found[0]) not in context.images_to_choose():
            raise CellProblem("unknown_image", text=shown(word))
        return int(found[0])

    def put(self, instance: Any, value: Any, context: Context) -> None:
        setattr(instance, instance._meta.get_field(self.source).attname, value)


@dataclass(frozen=True, kw_only=True)
class Shown(Column):
    """What a file tells but an import never touches."""

    read_only: bool = field(default=True)


def reference_names(columns: Iterable[Column]) -> list[str]:
    """The fields whose values come from a lookup: they exist, so nobody needs to ask the database again."""
    return [
        column.source for column in columns if isinstance(column, Reference | References | Image)
    ]
