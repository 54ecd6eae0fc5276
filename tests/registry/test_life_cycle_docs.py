"""docs/life-cycle.md shows the table of transitions as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from registry.enums import State
from registry.transitions import CLOSED, OPEN, TABLE, Transition

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "life-cycle.md"
BEGIN: Final = "<!-- transitions -->"
END: Final = "<!-- /transitions -->"


def names(states: frozenset[State]) -> str:
    """The states of a cell: a set of the table by its name, the others in the order of a life."""
    if states == OPEN:
        return "every open state"
    if states == CLOSED:
        return "every closed state but cancelled"
    return ", ".join(state.value for state in State if state in states)


def line(row: Transition) -> str:
    """A transition as a line of the document."""
    cells = (
        f"`{row.name}`",
        names(row.sources),
        row.target.value if row.target else "stays",
        row.desk.value,
        f"`{row.permission}`",
        ", ".join(f"`{name}`" for name in row.required),
        ", ".join(sorted(family.value for family in row.families)) or "all",
        f"`{row.action.value}`",
        row.legal_basis,
    )
    return f"| {' | '.join(cells)} |"


def table() -> str:
    """The whole table."""
    head = "| step | from | to | whose | permission | required | kinds | in the trail | law |"
    return "\n".join([head, f"|{'---|' * 9}", *(line(row) for row in TABLE.values())])


def test_document_shows_the_table_as_it_is() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    shown = written.partition(BEGIN)[2].partition(END)[0].strip()
    assert shown == table(), f"Put this between {BEGIN} and {END} of {DOCUMENT}:\n\n{table()}"
