"""The demonstration content as tests get it: loaded once a run, then copied back row by row.

`load_demo` takes seconds. Its rows are read once, and written into the open transaction of each module that asks
for them (`demo`), which is rolled back at the module's end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from typing import Any
from unittest import mock

from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.test import TestCase

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]

# Laid by the migrations and never touched by the demo; the index tables fill themselves by triggers.
_LEFT_ALONE = {"django_content_type", "auth_permission", "django_session"}


def _models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.db_table not in _LEFT_ALONE
        and not model._meta.db_table.endswith("_fts")
    ]


def load_demo() -> None:
    """Run the command as it runs outside of tests: with what follows its commit."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("load_demo", verbosity=0)


def read_rows(only: set[str] | None = None) -> Rows:
    """All rows of all models' tables (or of these tables only), as the database gives them."""
    quote = connection.ops.quote_name
    found: Rows = {}
    with connection.cursor() as cursor:
        tables = only if only is not None else set(connection.introspection.table_names(cursor))
        for model in _models():
            table = model._meta.db_table
            if table in tables:
                # Not what the database fills in by itself (PostgreSQL's search vectors).
                columns = ", ".join(
                    quote(str(field.column)) for field in model._meta.local_concrete_fields
                )
                order = quote(str(model._meta.pk.column))
                cursor.execute(f"SELECT {columns} FROM {quote(table)} ORDER BY {order}")
                rows = [tuple(map(_writable, row)) for row in cursor.fetchall()]
                found[table] = ([c[0] for c in cursor.description], rows)
    return found


def _writable(value: Any) -> Any:
    """The value as it can be written back: SQLite's driver reads times, and does not take them."""
    return value.isoformat() if isinstance(value, time) else value


def write_rows(rows: Rows) -> None:
    """Put the `rows` of a whole site in the place of what the tables hold."""
    put_rows(rows)
    if connection.vendor == "postgresql":
        # Inside a transaction nothing else tells the planner that these tables are not empty.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def put_rows(rows: Rows) -> None:
    """Put `rows` in the place of what the tables hold, and let new rows follow them.

    Keys are checked by the database at commit only.
    """
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        for table in rows:
            cursor.execute(f"DELETE FROM {quote(table)}")
        for table, (columns, values) in rows.items():
            if values:
                names = ", ".join(map(quote, columns))
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})", values)
        # PostgreSQL's sequences do not follow keys that were given, nor a transaction that is undone.
        written = [model for model in _models() if model._meta.db_table in rows]
        for statement in connection.ops.sequence_reset_sql(no_style(), written):
            cursor.execute(statement)


@contextmanager
def module_transaction() -> Iterator[None]:
    """A transaction around the tests of a module: theirs become savepoints, and all is undone at the end."""
    # Each test ends with connection.close(), which would end the transaction with it.
    with mock.patch.object(connection, "close"), transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)
            cache.clear()
