"""The positions of a register as its thirteen columns (National Archives' Order 217/1996, art. 9), read in portions.

Number and date of every position stand there, whoever prints: the register is complete. What the reader may not see
is covered. The register is written in Romanian, whatever language the desk is used in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Max, Min
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from contacts.models import Department
from registry.deadlines import registration_day
from registry.enums import Direction, FiledAs, LetterKind, LetterState, Outcome, State
from registry.models.entries import RegistryEntry
from registry.models.registers import Register, RegisterYear
from registry.models.work import Letter
from registry.numbers import format_number
from registry.permissions import may_see_petitioner
from registry.personal_numbers import mask_cnps

LANGUAGE: Final = "ro"
COVERED: Final = "•••"
PORTION: Final = 1000
"""Positions that are read together: memory does not grow with the register."""

COLUMNS: Final[tuple[str | Promise, ...]] = (
    pgettext_lazy("column of the register", "No."),
    pgettext_lazy("column of the register", "Date"),
    pgettext_lazy("column of the register", "Sender's number and date"),
    pgettext_lazy("column of the register", "Sheets"),
    pgettext_lazy("column of the register", "Annexes"),
    pgettext_lazy("column of the register", "Issuer"),
    pgettext_lazy("column of the register", "Summary"),
    pgettext_lazy("column of the register", "Department"),
    pgettext_lazy("column of the register", "Dispatch date"),
    pgettext_lazy("column of the register", "Way of resolution"),
    pgettext_lazy("column of the register", "Addressee"),
    pgettext_lazy("column of the register", "Joined to no."),
    pgettext_lazy("column of the register", "File indicator"),
)
RegisterRow = tuple[str, ...]
"""The texts of the thirteen columns."""

_FIELDS: Final = (
    "pk",
    "number",
    "registered_on",
    "sender_number",
    "sender_date",
    "sheets",
    "annexes",
    "direction",
    "petitioner_name",
    "subject",
    "department_id",
    "answered_at",
    "state",
    "outcome",
    "filed_as",
    "file_reason",
    "cancel_reason",
    "institution__name",
    "file_class__code",
    *(
        f"{relation}__{name}"
        for relation in ("joined_to", "repeats", "about")
        for name in ("number", "code", "registered_on")
    ),
    "joined_to__answered_at",
)


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a whole year of a register: its positions from `first` to `last`, as they were when it was asked for.

    `day` is None for a year; `closing` is the row of a year that is closed.
    """

    register: Register
    year: int
    day: date | None
    first: int
    last: int
    positions: int
    closing: RegisterYear | None = None

    @property
    def name(self) -> str:
        """The period as addresses and the trail have it: 2026, or 2026-03-12."""
        return self.day.isoformat() if self.day else str(self.year)

    @property
    def text(self) -> str:
        """The period for readers."""
        return f"{self.day:%d.%m.%Y}" if self.day else str(self.year)


def year_of(register: Register, year: int) -> Period | None:
    """A year of `register`; None when nothing was registered in it."""
    row = (
        RegisterYear.objects.filter(register=register, year=year)
        .select_related("closed_by")
        .first()
    )
    if row is None or not row.last_number:
        return None
    # Numbers have no gap: the last one says how many there are.
    closing = row if row.closed_at else None
    return Period(register, year, None, 1, row.last_number, row.last_number, closing)


def day_of(register: Register, day: date) -> Period | None:
    """A day (local) of `register`; None when nothing was registered on it."""
    rows = RegistryEntry.objects.filter(registered_on=day, register=register)
    found = rows.order_by().aggregate(first=Min("number"), last=Max("number"))
    if found["first"] is None:
        return None
    positions = found["last"] - found["first"] + 1
    return Period(register, day.year, day, found["first"], found["last"], positions)


def portions(period: Period, user: Any, house: str) -> Iterator[list[RegisterRow]]:
    """The rows of `period` as `user` may see them, in their order, PORTION at a time: three queries each.

    `house` is who issues what goes out.
    """
    with translation.override(LANGUAGE):
        departments = {row.pk: str(row) for row in Department.objects.all()}
    names, last = may_see_petitioner(user), period.first - 1
    while last < period.last:
        found = list(
            RegistryEntry.objects.filter(
                register=period.register,
                year=period.year,
                number__gt=last,
                number__lte=min(period.last, last + PORTION),
            )
            .order_by("number")
            .values(*_FIELDS)
        )
        last = min(period.last, last + PORTION)
        if not found:
            continue
        keys = [row["pk"] for row in found]
        visible = RegistryEntry.objects.visible_to(user).filter(pk__in=keys)
        seen = set(visible.order_by().values_list("pk", flat=True))
        sent = _redirected(row["pk"] for row in found if row["institution__name"])
        with translation.override(LANGUAGE):
            rows = [
                _row(row, departments, house, names, sent) if row["pk"] in seen else _covered(row)
                for row in found
            ]
        yield rows


def _redirected(keys: Any) -> dict[int, datetime | None]:
    """When the letters to other institutions were sent, by the ids of their entries."""
    asked = list(keys)
    if not asked:
        return {}
    letters = Letter.objects.filter(
        entry__in=asked, kind=LetterKind.REDIRECTION, sent_at__isnull=False
    ).exclude(state=LetterState.WITHDRAWN)
    return dict(letters.order_by("pk").values_list("entry_id", "sent_at"))


def _head(row: dict[str, Any]) -> tuple[str, str]:
    return format_number(row["number"]), _day(row["registered_on"])


def _covered(row: dict[str, Any]) -> RegisterRow:
    return (*_head(row), "", "", "", COVERED, COVERED, *([""] * 6))


def _row(
    row: dict[str, Any],
    departments: dict[int, str],
    house: str,
    names: bool,
    sent: dict[int, datetime | None],
) -> RegisterRow:
    department = departments.get(row["department_id"], "")
    who = mask_cnps(row["petitioner_name"]) if names or not row["petitioner_name"] else COVERED
    left = row["answered_at"] or row["joined_to__answered_at"] or sent.get(row["pk"])
    if row["direction"] == Direction.OUTGOING:
        issuer, addressee = department or house, who
    else:
        issuer = who
        addressee = row["institution__name"] or (who if left else "")
    return (
        *_head(row),
        " / ".join(
            part for part in (mask_cnps(row["sender_number"]), _day(row["sender_date"])) if part
        ),
        _number(row["sheets"]),
        _number(row["annexes"]),
        issuer,
        mask_cnps(row["subject"]),
        department,
        _day(registration_day(left)) if left else "",
        _resolution(row),
        addressee,
        _joined(row),
        row["file_class__code"] or "",
    )


def _resolution(row: dict[str, Any]) -> str:
    """How a position was resolved; "" while it is worked on."""
    if row["state"] == State.CANCELLED:
        return f"{State.CANCELLED.label}: {mask_cnps(row['cancel_reason'])}"
    if row["institution__name"]:
        return str(State.REDIRECTED.label)
    if row["joined_to__number"]:
        return str(State.JOINED.label)
    if row["filed_as"]:
        return str(FiledAs(row["filed_as"]).label)
    if row["file_reason"]:
        return mask_cnps(row["file_reason"])
    if row["answered_at"] and row["outcome"]:
        return str(Outcome(row["outcome"]).label)
    return str(State.DISPATCHED.label) if row["answered_at"] else ""


def _joined(row: dict[str, Any]) -> str:
    for relation in ("joined_to", "repeats", "about"):
        if number := row[f"{relation}__number"]:
            return format_number(
                number, row[f"{relation}__code"], row[f"{relation}__registered_on"]
            )
    return ""


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Closing:
    """What stands after the last position of a closed year."""

    statement: str
    day: str
    by: str


def closing_of(period: Period) -> Closing | None:
    """The closing statement; None for a day, or a year that is open."""
    year = period.closing
    if year is None or year.closed_at is None:
        return None
    by = year.closed_by
    local = timezone.localtime(year.closed_at)
    return Closing(
        year.statement,
        f"{local:%d.%m.%Y %H:%M}",
        (by.get_full_name() or by.get_username()) if by else "",
    )
