"""Pages of long lists by key: the hundredth thousandth page costs what the first one does, and nothing is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet

PAGE_SIZE: Final = 30
AFTER: Final = "after"
BEFORE: Final = "before"
_MOST_DIGITS: Final = 18
_DAYS: Final = frozenset({"due", "open_due", "registered_on", "last_day"})
"""Fields of orders that are days; the others are whole numbers."""


@dataclass(frozen=True, slots=True)
class Order:
    """The fields that a list is in the order of, a minus before those that fall; the last one is unique."""

    fields: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The fields without their signs."""
        return [name.lstrip("-") for name in self.fields]

    @property
    def backwards(self) -> tuple[str, ...]:
        """The same fields from the other end."""
        return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in self.fields)

    def cursor(self, row: Any) -> str:
        """The text that stands for the place of `row`."""
        values = [getattr(row, name) for name in self.names]
        return "_".join(v.isoformat() if isinstance(v, date) else str(v) for v in values)

    def values(self, cursor: str) -> list[date | int] | None:
        """What stands in a cursor; None for what is none of this order."""
        parts = cursor.split("_")
        if len(parts) != len(self.fields):
            return None
        values: list[date | int] = []
        for part in parts:
            if part.isascii() and part.isdecimal() and len(part) <= _MOST_DIGITS:
                values.append(int(part))
                continue
            try:
                values.append(date.fromisoformat(part))
            except ValueError:
                return None
        kinds = [date if name in _DAYS else int for name in self.names]
        return values if list(map(type, values)) == kinds else None


NEWEST_FIRST: Final = Order(("-pk",))
FIRST_DUE_FIRST: Final = Order(("due", "pk"))
OPEN_FIRST_DUE_FIRST: Final = Order(("open_due", "pk"))
"""Of what is open; what has no term comes last (NO_TERM)."""
NEWEST_DAY_FIRST: Final = Order(("-registered_on", "pk"))
"""Of a period: one range of one index, read from its end."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One page: its rows, and the cursors of the pages before and after it ("" where there is none)."""

    rows: list[Any]
    before: str = ""
    after: str = ""


def _beyond(fields: tuple[str, ...], values: list[date | int]) -> Q:
    """What comes after `values` in the order of `fields`."""
    found, same = Q(), Q()
    for name, value in zip(fields, values, strict=True):
        plain, falls = name.lstrip("-"), name.startswith("-")
        found |= same & Q(**{f"{plain}__{'lt' if falls else 'gt'}": value})
        same &= Q(**{plain: value})
    return found


def slice_of(
    rows: QuerySet[Any], order: Order, query: Mapping[str, str], size: int = PAGE_SIZE
) -> Slice:
    """The page of `rows` that `query` (a GET) asks for by `after` or `before`; the first one without either.

    One query. What is no cursor is taken for none.
    """
    after = order.values(query.get(AFTER, ""))
    before = order.values(query.get(BEFORE, ""))
    if before and not after:
        found = list(
            rows.filter(_beyond(order.backwards, before)).order_by(*order.backwards)[: size + 1]
        )
        kept = found[:size][::-1]
        return Slice(
            kept,
            order.cursor(kept[0]) if len(found) > size else "",
            order.cursor(kept[-1]) if kept else "",
        )
    if after:
        rows = rows.filter(_beyond(order.fields, after))
    found = list(rows.order_by(*order.fields)[: size + 1])
    kept = found[:size]
    return Slice(
        kept,
        order.cursor(kept[0]) if after and kept else "",
        order.cursor(kept[-1]) if len(found) > size else "",
    )
