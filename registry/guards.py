"""What the database itself refuses, whoever asks: changed numbers, deleted entries, a rewritten trail.

Triggers, because code can be gone round: a script, a console, a restored dump with a wrong tool. SQLite has row
triggers only; PostgreSQL also refuses TRUNCATE of a table that holds rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Guard:
    """A trigger: what is refused (`event`: UPDATE or DELETE) on a table, when (`{is_not}` differs by engine), why."""

    table: str
    event: str
    suffix: str
    message: str
    when: str = ""

    @property
    def name(self) -> str:
        return f"{self.table}_{self.suffix}"

    def sqlite(self) -> str:
        """The statement that creates it on SQLite."""
        when = f" WHEN {self.when.format(is_not='IS NOT')}" if self.when else ""
        return (
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table}{when} "
            f"BEGIN SELECT RAISE(ABORT, '{self.table}: {self.message}'); END"
        )

    def postgresql(self) -> str:
        """The statement that creates it on PostgreSQL."""
        when = f" WHEN ({self.when.format(is_not='IS DISTINCT FROM')})" if self.when else ""
        return (
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW{when} "
            f"EXECUTE FUNCTION registry_refuse('{self.message}')"
        )


def _differs(*columns: str) -> str:
    return " OR ".join(f"NEW.{column} {{is_not}} OLD.{column}" for column in columns)


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
    Guard("registry_attachment", "UPDATE", "no_change", "this never changes"),
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
        when=_differs("entry_id", "version", "text", "legal_basis", "author_id", "at"),
    ),
    Guard(
        "registry_report",
        "UPDATE",
        "no_change",
        "a frozen report never changes",
        when=f"OLD.frozen_at IS NOT NULL AND ({_differs('data', 'digest', 'frozen_at')})",
    ),
)

_REFUSE: Final = """
CREATE OR REPLACE FUNCTION registry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
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


def _statements(vendor: str, tables: set[str]) -> list[str]:
    guards = [guard for guard in GUARDS if guard.table in tables]
    if vendor != "postgresql":
        return [guard.sqlite() for guard in guards]
    return [
        _REFUSE,
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

    Tables that are not there yet are left to the migration that makes them.
    """
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, tables):
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
