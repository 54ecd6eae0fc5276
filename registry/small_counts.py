"""Hiding small counts in a public table, so that no sum gives them away. Pure.

A count of one or two may point at a person (`<3`). Where its row or column shows a total, it could be computed, so
others are hidden with it: for each small count a rectangle of hidden counts is found in which one can be moved up and
the others along with it without any visible number changing. Both tables, the true one and the moved one, fit what is
seen: so nobody can tell which it is. Where there is no such rectangle, nothing is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

SMALL: Final = 3
"""Counts below it, but for zero, are hidden."""

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """A count as it may be shown: `number` is None where it is hidden, `is_small` where it is so for being small."""

    number: int | None
    is_small: bool = False


def is_small(number: int) -> bool:
    """Whether a count is too small to be shown."""
    return 0 < number < SMALL


def with_totals(rows: Sequence[Sequence[int]]) -> list[list[int]]:
    """The table with the sum of each row at its end, and of each column below it."""
    table = [[*row, sum(row)] for row in rows]
    return [*table, [sum(column) for column in zip(*table, strict=True)]] if table else []


def suppress(rows: Sequence[Sequence[int]]) -> list[list[Cell]]:
    """The table with its totals (the last of each row, and the last row), as it may be shown.

    `rows` are counts of zero or more, all rows of one length.
    """
    table = with_totals(rows)
    hidden = {place for place, number in _cells(table) if is_small(number)}
    for place in sorted(hidden):
        rectangle = min(
            _rectangles(table, place), key=lambda found: _cost(table, hidden, found), default=None
        )
        if rectangle is None:
            # Nothing to hide it among: nothing is shown, not even which counts are small.
            return [[Cell(None) for _number in row] for row in table]
        hidden |= set(rectangle)
    return [
        [
            Cell(None, is_small(number)) if (i, j) in hidden else Cell(number)
            for j, number in enumerate(row)
        ]
        for i, row in enumerate(table)
    ]


def _cells(table: Sequence[Sequence[int]]) -> Iterator[tuple[Place, int]]:
    for i, row in enumerate(table):
        for j, number in enumerate(row):
            yield (i, j), number


def _is_movable(number: int, by: int) -> bool:
    """Whether a count can be one more or less and still look the same: small as small, others as others."""
    if is_small(number):
        return is_small(number + by)
    return number >= SMALL and number + by >= SMALL


def _rectangles(table: list[list[int]], place: Place) -> Iterator[tuple[Place, Place, Place]]:
    """The three other corners of each rectangle along which the small count at `place` can be moved.

    In the last row or column stand sums, which move the other way round.
    """
    i, j = place
    by = 1 if table[i][j] == 1 else -1
    last_row, last_column = len(table) - 1, len(table[0]) - 1
    for k in range(len(table)):
        for l in range(len(table[0])):  # noqa: E741  rows i and k, columns j and l
            if k == i or l == j:
                continue
            along = by * (1 if (j == last_column) != (l == last_column) else -1)
            across = by * (1 if (i == last_row) != (k == last_row) else -1)
            opposite = along * across * by
            if (
                _is_movable(table[i][l], along)
                and _is_movable(table[k][j], across)
                and _is_movable(table[k][l], opposite)
            ):
                yield (i, l), (k, j), (k, l)


def _cost(
    table: list[list[int]], hidden: set[Place], rectangle: tuple[Place, Place, Place]
) -> tuple[int, int, int]:
    """How much is lost by hiding these, too: totals first, then how many, then how large they are."""
    new = [place for place in rectangle if place not in hidden]
    totals = sum(i == len(table) - 1 or j == len(table[0]) - 1 for i, j in new)
    return totals, len(new), sum(table[i][j] for i, j in new)
