"""Spreadsheets of events, .csv and .xlsx: one row an event.

The first row names the columns, in Romanian or English, in any order; letters with and without diacritics and capitals
are alike. ``title`` and ``start date`` must be there. A row with a mistake is refused with the number of the row and
the column; the others can still be imported.

===============  ==========================  ========================================================================
column           Romanian                    holds
===============  ==========================  ========================================================================
title            titlu                       up to 200 characters
start date       data început                25.11.2026 or 2026-11-25; of a series its first date
start time       ora început                 18:00; empty: all day
end date         data sfârșit                last day of one date, if it is another one
end time         ora sfârșit                 20:00; 02:00 ends on the next day
repeats          se repetă                   daily, weekly, monthly, yearly (zilnic, …) or an iCalendar rule (RRULE)
until            până la                     last day of the series
place            loc                         the key of a place of this site, or a free address
categories       categorii                   slugs, with a comma or semicolon between
summary          rezumat                     up to 400 characters
description      descriere                   plain text
free             gratuit                     yes or no
price            preț                        up to 160 characters
booking url      rezervări                   http:// or https://
key              cheie                       what a later import finds the event by; without it title, date and hour
===============  ==========================  ========================================================================
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import partial
from typing import Any, Final, TypeVar

from dateutil.relativedelta import relativedelta
from django.utils.translation import get_language

from cms.folding import fold
from cms.quoting import shown
from cms.sheets import cells
from cms.sheets.cells import Cell, CellError, Formula
from cms.sheets.comma_separated import decode, read_rows
from cms.sheets.problems import CellProblem, SheetProblem
from cms.sheets.workbook import MAX_COLUMNS, read_workbook
from contacts.spreadsheet import write_csv
from events.importing.candidates import (
    MAX_DESCRIPTION,
    MAX_EVENTS,
    MAX_LINE,
    MAX_SUMMARY,
    MAX_TITLE,
    Candidate,
    Reading,
)
from events.importing.fetch import MAX_BYTES
from events.importing.plain_text import clean_line, clean_text, web_link
from events.importing.problems import ImportProblem, Remark
from events.recurrence import Frequency, Rule, RuleError, parse_rrule
from events.schedule import HORIZON_MONTHS, Schedule
from events.schedule_problems import validate

T = TypeVar("T")

MAX_KEY: Final = 100
MAX_PRICE: Final = 160
MAX_PLACE: Final = 200
MAX_LINK: Final = 200

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    # field: English title, Romanian title, other ways to write them
    "title": ("title", "titlu", "name", "denumire", "eveniment", "event"),
    "start_date": ("start date", "data început", "date", "data", "data începerii", "first day"),
    "start_time": ("start time", "ora început", "time", "ora", "ora începerii", "from"),
    "end_date": ("end date", "data sfârșit", "data încheierii", "last day"),
    "end_time": ("end time", "ora sfârșit", "ora încheierii", "to"),
    "repeats": ("repeats", "se repetă", "repetare", "recurență", "recurrence", "rrule"),
    "until": ("until", "până la", "repeats until", "se repetă până la"),
    "place": ("place", "loc", "locație", "location", "venue", "adresă", "address"),
    "categories": ("categories", "categorii", "category", "categorie"),
    "summary": ("summary", "rezumat", "pe scurt"),
    "description": ("description", "descriere", "text"),
    "free": ("free", "gratuit", "intrare liberă", "free of charge"),
    "price": ("price", "preț"),
    "booking_url": ("booking url", "rezervări", "booking", "rezervare", "bilete", "tickets"),
    "key": ("key", "cheie", "id", "uid", "cod"),
}
"""The columns with their titles; those of ``REQUIRED`` must be there."""
REQUIRED: Final = ("title", "start_date")

_WORDS: Final = {
    **dict.fromkeys(("daily", "zilnic", "in fiecare zi", "every day"), Frequency.DAILY),
    **dict.fromkeys(("weekly", "saptamanal", "in fiecare saptamana"), Frequency.WEEKLY),
    **dict.fromkeys(("monthly", "lunar", "in fiecare luna"), Frequency.MONTHLY),
    **dict.fromkeys(("yearly", "annually", "anual", "in fiecare an"), Frequency.YEARLY),
}
_ONCE: Final = frozenset({"once", "no", "nu", "o data"})
_KEY: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_KEY}}}", re.ASCII)
_PLACE_KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
# Which column an editor must correct when the schedule as a whole cannot be.
_COLUMN_OF: Final = {
    "start_day": "start_date",
    "start_time": "start_time",
    "end_day": "end_date",
    "end_time": "end_time",
    "until": "until",
}


def _plain(title: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(title)).split())


_FIELD_OF: Final = {_plain(title): name for name, titles in COLUMNS.items() for title in titles}


def read_spreadsheet(
    data: bytes,
    today: date,
    place_keys: Collection[str] = (),
    category_slugs: Collection[str] = (),
) -> Reading:
    """Read an .xlsx or .csv file; which of the two it is, is seen in its bytes.

    Args:
        data: The bytes of the file.
        today: The local date; a series is checked up to HORIZON_MONTHS after it.
        place_keys: The keys of the places that exist.
        category_slugs: The slugs of the categories that exist.

    Returns:
        The rows that can be imported, with what was refused, row by row and cell by cell.

    Raises:
        ImportProblem: When the file is too large, damaged, has no usable header or more than MAX_EVENTS rows.
    """
    if len(data) > MAX_BYTES:
        raise ImportProblem("too_large", limit=MAX_BYTES // 1000)
    if not data.strip():
        raise ImportProblem("empty_file")
    try:
        return _read(data, today, place_keys, category_slugs)
    except SheetProblem as problem:
        raise ImportProblem(problem.code, **problem.params) from None


def _read(
    data: bytes, today: date, place_keys: Collection[str], category_slugs: Collection[str]
) -> Reading:
    notes: list[Remark] = []
    rows: list[tuple[int, list[Any]]]
    if data.startswith(b"PK\x03\x04"):
        sheet = read_workbook(data, MAX_EVENTS + 1)
        rows = list(sheet.rows)
        if not sheet.is_only:
            notes.append(Remark("first_sheet", {"sheet": shown(sheet.name)}))
    else:
        text, encoding = decode(data)
        rows = [
            (number, [_csv_cell(cell) for cell in cells[:MAX_COLUMNS]])
            for number, cells in read_rows(text, MAX_EVENTS + 1, _known_columns)
        ]
        if encoding:
            notes.append(Remark("read_as", {"encoding": encoding}))
    if not rows:
        raise ImportProblem("empty_file")
    titles, unknown = _columns(rows[0][1])
    notes += [Remark("unknown_column", {"column": column}, column=column) for column in unknown]
    horizon = today + relativedelta(months=HORIZON_MONTHS)
    read = [
        _Row(number, cells, titles, horizon, place_keys, category_slugs)
        for number, cells in rows[1:]
    ]
    return _reading(read, notes)


def template_file() -> bytes:
    """A .csv file with the columns and one example, in the active language, to be filled in."""
    romanian = (get_language() or "").startswith("ro")
    header = [titles[1 if romanian else 0] for titles in COLUMNS.values()]
    example = {
        "title": "Atelier de ceramică" if romanian else "Pottery workshop",
        "start_date": "26.11.2026",
        "start_time": "18:00",
        "end_time": "20:00",
        "repeats": "săptămânal" if romanian else "weekly",
        "until": "17.12.2026",
        "free": "da" if romanian else "yes",
        "key": "atelier-1",
    }
    return write_csv([[example.get(name, "") for name in COLUMNS]], header)


def _known_columns(titles: Sequence[str]) -> int:
    return sum(_plain(title) in _FIELD_OF for title in titles)


def _csv_cell(text: str) -> Cell:
    return Formula() if text.lstrip().startswith("=") else text


def _columns(header: list[Any]) -> tuple[dict[str, tuple[int, str]], list[str]]:
    """field → (index, title as written), and the titles that are not known."""
    found: dict[str, tuple[int, str]] = {}
    unknown = []
    for index, cell in enumerate(header):
        title = shown(clean_line(str(cell))) if isinstance(cell, str | int | float) else ""
        name = _FIELD_OF.get(_plain(title))
        if name in found:
            raise ImportProblem("column_twice", column=title)
        if name:
            found[name] = (index, title)
        elif title:
            unknown.append(title)
    if not found:
        raise ImportProblem("no_header", example=", ".join(COLUMNS[name][0] for name in REQUIRED))
    if missing := [COLUMNS[name] for name in REQUIRED if name not in found]:
        columns = ", ".join(f"{titles[0]} ({titles[1]})" for titles in missing)
        raise ImportProblem("missing_columns", columns=columns)
    return found, unknown


def _reading(rows: list[_Row], notes: list[Remark]) -> Reading:
    candidates: list[Candidate] = []
    refused: list[Remark] = []
    by_key: dict[str, list[Candidate]] = defaultdict(list)
    for row in rows:
        candidate = row.candidate()
        refused += row.refused
        if candidate is not None:
            by_key[candidate.uid].append(candidate)
    for same in by_key.values():
        if len(same) == 1:
            candidates += same
            continue
        numbers = ", ".join(str(candidate.row) for candidate in same)
        refused += [
            Remark("same_key", {"rows": numbers}, uid=twin.uid, title=twin.title, row=twin.row)
            for twin in same
        ]
    refused.sort(key=lambda remark: remark.row or 0)
    return Reading(tuple(candidates), tuple(refused), tuple(notes))


@dataclass(slots=True)
class _Row:
    """The work on one row."""

    number: int
    cells: list[Any]
    columns: dict[str, tuple[int, str]]
    horizon: date
    place_keys: Collection[str]
    category_slugs: Collection[str]
    refused: list[Remark] = field(default_factory=list)

    def candidate(self) -> Candidate | None:
        """The event of this row; None when any of its cells is refused."""
        title = self.line("title", MAX_TITLE, required=True)
        schedule = self.schedule()
        place_key, location = self.place()
        is_free, price = self.flag("free"), self.line("price", MAX_PRICE)
        if is_free and price:
            self.refuse("price", "free_and_price")
        found = Candidate(
            uid=self.key(),
            title=title,
            schedule=schedule or Schedule(date.min),
            summary=self.line("summary", MAX_SUMMARY),
            description=self.text("description", MAX_DESCRIPTION),
            location=location,
            place_key=place_key,
            categories=self.categories(),
            is_free=is_free,
            price=price,
            booking_url=self.link("booking_url"),
            row=self.number,
        )
        if schedule is not None and not self.refused:
            self.check(schedule)
        if self.refused or schedule is None:
            # From left to right, as one looks for them.
            places = {written: index for index, written in self.columns.values()}
            self.refused = sorted(
                (replace(remark, uid=found.uid, title=title) for remark in self.refused),
                key=lambda remark: places.get(remark.column, len(places)),
            )
            return None
        return found if found.uid else replace(found, uid=_derived_key(found))

    # -- what is refused

    def refuse(self, name: str, code: str, **params: Any) -> None:
        """Refuse the row because of the cell in a column; a column that is not there is named by its title."""
        title = self.columns[name][1] if name in self.columns else COLUMNS[name][0]
        self.refused.append(Remark(code, params, row=self.number, column=title))

    def check(self, schedule: Schedule) -> None:
        """Refuse what the schedule as a whole cannot be."""
        for problem in validate(schedule, self.horizon):
            self.refuse(
                _COLUMN_OF.get(problem.field, "repeats"), "bad_rule", reason=problem.message
            )

    # -- cells

    def value(self, name: str) -> Cell:
        """What stands in a column, None for nothing, formulas and errors, which are refused."""
        index = self.columns[name][0] if name in self.columns else len(self.cells)
        cell: Cell = self.cells[index] if index < len(self.cells) else None
        if isinstance(cell, Formula):
            self.refuse(name, "formula")
            return None
        if isinstance(cell, CellError):
            self.refuse(name, "cell_error", text=cell.text)
            return None
        if isinstance(cell, str):
            return cell.strip() or None
        return cell

    def text(self, name: str, limit: int, *, required: bool = False) -> str:
        before = len(self.refused)
        value = self.value(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = clean_text(str(value)) if value is not None else ""
        if len(text) > limit:
            self.refuse(name, "long_text", limit=limit)
        elif required and not text and len(self.refused) == before:
            self.refuse(name, "required")
        return text

    def line(self, name: str, limit: int, *, required: bool = False) -> str:
        return " ".join(self.text(name, limit, required=required).split())

    def day(self, name: str) -> date | None:
        return self.read(name, cells.day)

    def clock(self, name: str) -> time | None:
        return self.read(name, partial(cells.clock, is_end=name == "end_time"))

    def flag(self, name: str) -> bool:
        return bool(self.read(name, cells.flag))

    def read(self, name: str, reader: Callable[[Cell], T | None]) -> T | None:
        """What `reader` finds in a column, None where it refuses it."""
        try:
            return reader(self.value(name))
        except CellProblem as problem:
            self.refuse(name, problem.code, **problem.params)
            return None

    def link(self, name: str) -> str:
        text = self.line(name, MAX_LINK)
        if len(text) > MAX_LINK:
            return ""
        link = web_link(text)
        if text and not link:
            self.refuse(name, "bad_link", text=shown(text))
        return link

    # -- what the cells mean together

    def schedule(self) -> Schedule | None:
        """The schedule, not yet checked as a whole; None without a usable start."""
        before = len(self.refused)
        start_day, start_time = self.day("start_date"), self.clock("start_time")
        end_day, end_time = self.day("end_date"), self.clock("end_time")
        if start_day is None and len(self.refused) == before:
            self.refuse("start_date", "required")
        if end_time is not None and start_time is None:
            self.refuse("start_time", "no_start_time")
        rule = self.rule(start_day, start_time)
        if start_day is None or len(self.refused) > before:
            return None
        return Schedule(
            start_day, start_time, end_day if end_day != start_day else None, end_time, rule
        )

    def rule(self, start_day: date | None, start_time: time | None) -> Rule | None:
        text, until = self.line("repeats", 500), self.day("until")
        if not text or _plain(text) in _ONCE:
            if until is not None:
                self.refuse("until", "until_without_rule")
            return None
        if start_day is None:
            return None
        frequency = _WORDS.get(_plain(text))
        if frequency is None and "=" not in text:
            self.refuse("repeats", "bad_repetition", text=shown(text))
            return None
        rrule = f"FREQ={frequency.upper()}" if frequency else text
        start = datetime.combine(start_day, start_time) if start_time else start_day
        try:
            rule = parse_rrule(rrule, start)
        except RuleError as error:
            self.refuse("repeats", "bad_rule", reason=error.message)
            return None
        if until is not None and rule.ends:
            self.refuse("until", "two_untils")
            return None
        return replace(rule, until=until) if until is not None else rule

    def place(self) -> tuple[str, str]:
        """(key of a place, free address)."""
        text = self.line("place", MAX_PLACE)
        if text in self.place_keys:
            return text, ""
        if text and _PLACE_KEY.fullmatch(text):
            # Written like a key, so meant as one.
            self.refuse("place", "unknown_place", text=shown(text))
        return "", text

    def categories(self) -> tuple[str, ...]:
        written = re.split(r"[,;|\n]", self.text("categories", MAX_LINE * 4))
        slugs = tuple(dict.fromkeys(slug.strip().lower() for slug in written if slug.strip()))
        if unknown := [slug for slug in slugs if slug not in self.category_slugs]:
            known = ", ".join(sorted(self.category_slugs)) or "–"
            self.refuse("categories", "unknown_category", text=shown(unknown[0]), known=known)
        return slugs

    def key(self) -> str:
        key = self.line("key", MAX_DESCRIPTION)
        if key and not _KEY.fullmatch(key):
            self.refuse("key", "bad_key", text=shown(key), limit=MAX_KEY)
            return ""
        return key


def _derived_key(candidate: Candidate) -> str:
    """The key of a row without one: of two imports of the same file the second changes nothing."""
    schedule = candidate.schedule
    text = f"{_plain(candidate.title)}|{schedule.start_day}|{schedule.start_time}"
    return f"auto-{hashlib.sha256(text.encode()).hexdigest()[:20]}"
