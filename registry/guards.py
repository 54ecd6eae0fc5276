"""What the database itself refuses, whoever asks: changed numbers, deleted entries, a rewritten trail.

Triggers, because code can be gone round: a script, a console, a restored dump with a wrong tool. SQLite has row
triggers only; PostgreSQL also refuses TRUNCATE of a table that holds rows.

What left the archive by a minuted selection (registry.retention) may be emptied, and only that: the text of a draft
and the name of a file can become "" once their entry is selected, which only an archived one can be, for good.

A migration that makes SQLite rebuild the table of entries begins with `remove` (triggers of other tables look into it,
and SQLite refuses to rename it then) and ends with `install` (its own ones are lost with the old table).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

_ENTRY: Final = "registry_registryentry"
_SELECTED: Final = "selection_id"


@dataclass(frozen=True, slots=True)
class Guard:
    """A trigger: what is refused (`event`: UPDATE or DELETE) on a table, when (`{is_not}` differs by engine), why.

    `unless_selected`: not where the entry that the row belongs to left the archive.
    """

    table: str
    event: str
    suffix: str
    message: str
    when: str = ""
    unless_selected: bool = False

    @property
    def name(self) -> str:
        return f"{self.table}_{self.suffix}"

    @property
    def columns(self) -> set[tuple[str, str]]:
        """(table, column) of all that it looks at."""
        own = {(self.table, name) for name in re.findall(r"(?:NEW|OLD)\.(\w+)", self.when)}
        return own | {(_ENTRY, _SELECTED)} if self.unless_selected else own

    def sqlite(self) -> str:
        """The statement that creates it on SQLite."""
        condition = self.when.format(is_not="IS NOT")
        if self.unless_selected:
            selected = f"SELECT {_SELECTED} FROM {_ENTRY} WHERE id = OLD.entry_id"  # noqa: S608  names of our own
            condition = f"({condition}) AND ({selected}) IS NULL"
        when = f" WHEN {condition}" if condition else ""
        return (
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table}{when} "
            f"BEGIN SELECT RAISE(ABORT, '{self.table}: {self.message}'); END"
        )

    def postgresql(self) -> str:
        """The statement that creates it on PostgreSQL."""
        when = f" WHEN ({self.when.format(is_not='IS DISTINCT FROM')})" if self.when else ""
        function = "registry_refuse_unselected" if self.unless_selected else "registry_refuse"
        return (
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW{when} "
            f"EXECUTE FUNCTION {function}('{self.message}')"
        )


def _differs(*columns: str) -> str:
    return " OR ".join(f"NEW.{column} {{is_not}} OLD.{column}" for column in columns)


def _rewritten(*columns: str) -> str:
    """Whether one of them gets another text: emptying it is no rewriting."""
    return " OR ".join(
        f"(NEW.{column} {{is_not}} OLD.{column} AND NEW.{column} <> '')" for column in columns
    )


NEVER_DELETED: Final = (
    "registry_auditevent",
    "registry_attachment",
    "registry_completion",
    "registry_registryentry",
    "registry_registeryear",
    "registry_draft",
    "registry_contribution",
    "registry_letter",
    "registry_postinglist",
    "registry_courtmail",
    "registry_cabinetfile",
    "registry_audience",
    "registry_report",
    "registry_selection",
    "registry_reminder",
)
GUARDS: Final = (
    *(Guard(table, "DELETE", "no_delete", "nothing is deleted") for table in NEVER_DELETED),
    Guard("registry_auditevent", "UPDATE", "no_change", "this never changes"),
    Guard(
        "registry_attachment",
        "UPDATE",
        "no_change",
        "this never changes",
        when="NEW.name <> '' OR "
        + _differs(
            "id",
            "entry_id",
            "completion_id",
            "role",
            "stored_name",
            "media_type",
            "size",
            "sha256",
            "added_at",
        ),
    ),
    Guard(
        "registry_attachment",
        "UPDATE",
        "no_erasure",
        "only what left the archive is erased",
        when=_differs("name"),
        unless_selected=True,
    ),
    Guard(
        "registry_registryentry",
        "UPDATE",
        "no_change",
        "this never changes",
        when=_differs(
            "register_id",
            "year",
            "number",
            "code",
            "registered_at",
            "registered_on",
            "received_at",
        ),
    ),
    Guard(
        "registry_registryentry",
        "UPDATE",
        "no_return",
        "only what is archived leaves the archive, for good",
        when=(
            f"({_differs('selection_id')}) AND (OLD.selection_id IS NOT NULL OR OLD.state <> 'archived')"
            " OR OLD.selection_id IS NOT NULL AND NEW.state <> 'archived'"
        ),
    ),
    Guard(
        "registry_registeryear",
        "UPDATE",
        "no_return",
        "numbers only go on and stop when the year is closed",
        when=(
            "NEW.last_number < OLD.last_number"
            " OR (OLD.closed_at IS NOT NULL AND NEW.last_number <> OLD.last_number)"
        ),
    ),
    Guard(
        "registry_draft",
        "UPDATE",
        "no_change",
        "a version of an answer never changes",
        when=_differs("entry_id", "version", "author_id", "at")
        + " OR "
        + _rewritten("text", "legal_basis"),
    ),
    Guard(
        "registry_draft",
        "UPDATE",
        "no_erasure",
        "only what left the archive is erased",
        when=_differs("text", "legal_basis"),
        unless_selected=True,
    ),
    Guard(
        "registry_report",
        "UPDATE",
        "no_change",
        "a frozen report never changes",
        when=(
            "OLD.frozen_at IS NOT NULL AND ("
            + _differs("kind", "first_day", "last_day", "state", "data", "digest", "frozen_at")
            + ")"
        ),
    ),
    Guard(
        "registry_selection",
        "UPDATE",
        "no_change",
        "minutes never change",
    ),
)

_REFUSE: Final = """
CREATE OR REPLACE FUNCTION registry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$
"""
_REFUSE_UNSELECTED: Final = f"""
CREATE OR REPLACE FUNCTION registry_refuse_unselected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM {_ENTRY} WHERE id = OLD.entry_id AND {_SELECTED} IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
_REFUSE_TRUNCATE: Final = """
CREATE OR REPLACE FUNCTION registry_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', TG_TABLE_NAME) INTO found;
    IF found THEN
        RAISE EXCEPTION '%: nothing is deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""


def _statements(vendor: str, tables: set[str], columns: set[tuple[str, str]]) -> list[str]:
    guards = [guard for guard in GUARDS if guard.table in tables and guard.columns <= columns]
    if vendor != "postgresql":
        return [guard.sqlite() for guard in guards]
    return [
        _REFUSE,
        _REFUSE_UNSELECTED,
        _REFUSE_TRUNCATE,
        *(guard.postgresql() for guard in guards),
        *(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            "EXECUTE FUNCTION registry_refuse_truncate()"
            for table in NEVER_DELETED
            if table in tables
        ),
    ]


def install(connection: Any) -> None:
    """Create the triggers in the database of `connection`; for a migration, and where a dump lost them.

    Tables and columns that are not there yet are left to the migration that makes them.
    """
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        columns = {
            (table, column.name)
            for table in {guard.table for guard in GUARDS} & tables
            for column in connection.introspection.get_table_description(cursor, table)
        }
        for statement in _statements(connection.vendor, tables, columns):
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Drop the triggers; for the reverse of the migration and for tests that empty their tables."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for guard in GUARDS:
                if guard.table in tables:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}")
            for table in tables.intersection(NEVER_DELETED):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
        else:
            for guard in GUARDS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")


def missing(connection: Any) -> set[str]:
    """The names of the guarding triggers that the database lacks."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        found = {row[0] for row in cursor.fetchall()}
    return {guard.name for guard in GUARDS} - found
