"""What many tests begin with, built once a run: afterwards its rows are put in place as it left them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tests.demo_rows import Rows, put_rows, read_rows

# Rows that others point to, and whose keys are not the same after a flush.
_GROUND = {"wagtailcore_locale", "wagtailcore_page", "wagtailcore_site"}


@dataclass(frozen=True)
class _Memory:
    """The tables that a builder writes: as it found them, and as it left them."""

    found: Rows
    left: Rows


_memories: dict[tuple[Any, ...], _Memory] = {}


def remembered(build: Callable[..., object], *arguments: Any) -> None:
    """Leave the database as `build(*arguments)` does.

    Where it holds just what it held when this was built first, the rows are copied; everywhere else `build` is called
    again. Builders depend on their arguments, the database and the stopped clock, and on nothing in memory.
    """
    key = connection.vendor, build, arguments
    memory = _memories.get(key)
    if memory is not None and read_rows(set(memory.found)) == memory.found:
        put_rows(
            {table: rows for table, rows in memory.left.items() if rows != memory.found[table]}
        )
        return
    before = read_rows()
    build(*arguments)
    after = read_rows()
    tables = _GROUND | {table for table in after if after[table] != before[table]}
    _memories[key] = _Memory(
        {table: before[table] for table in tables}, {table: after[table] for table in tables}
    )
