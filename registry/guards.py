"""What the database itself refuses, whoever asks: changed numbers, deleted entries, a rewritten trail.

Triggers, because code can be gone round: a script, a console, a restored dump with a wrong tool. SQLite has row
triggers only; PostgreSQL also refuses TRUNCATE of a table that holds rows.
"""

from __future__ import annotations

from typing import Any, Final

# Table -> columns that never change (None: none of them may).
NEVER_CHANGED: Final[dict[str, tuple[str, ...] | None]] = {
    "registry_auditevent": None,
    "registry_attachment": None,
    "registry_registryentry": (
        "register_id",
        "year",
        "number",
        "code",
        "registered_at",
        "registered_on",
        "received_at",
    ),
}
# Tables whose rows are never deleted.
NEVER_DELETED: Final = (*NEVER_CHANGED, "registry_completion", "registry_registeryear")


def _sqlite(table: str, columns: tuple[str, ...] | None) -> list[str]:
    differs = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns or ())
    condition = f" WHEN {differs}" if columns else ""
    return [
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table}{condition} BEGIN "
        f"SELECT RAISE(ABORT, '{table}: this never changes'); END",
    ]


def _install_sqlite() -> list[str]:
    statements = [s for table, columns in NEVER_CHANGED.items() for s in _sqlite(table, columns)]
    statements += [
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN "
        f"SELECT RAISE(ABORT, '{table}: nothing is deleted'); END"
        for table in NEVER_DELETED
    ]
    statements.append(
        "CREATE TRIGGER registry_registeryear_no_return BEFORE UPDATE ON registry_registeryear "
        "WHEN NEW.last_number < OLD.last_number OR (OLD.closed_at IS NOT NULL AND NEW.last_number <> OLD.last_number) "
        "BEGIN SELECT RAISE(ABORT, 'registry_registeryear: numbers only go on, and stop when the year is closed'); END"
    )
    return statements


def _install_postgresql() -> list[str]:
    statements = [
        "CREATE OR REPLACE FUNCTION registry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '%: this never changes', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE OR REPLACE FUNCTION registry_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE found boolean; BEGIN EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', TG_TABLE_NAME) INTO found; "
        "IF found THEN RAISE EXCEPTION '%: nothing is deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; "
        "END IF; RETURN NULL; END $$",
    ]
    for table, columns in NEVER_CHANGED.items():
        differs = " OR ".join(f"NEW.{c} IS DISTINCT FROM OLD.{c}" for c in columns or ())
        condition = f" WHEN ({differs})" if columns else ""
        statements.append(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table} FOR EACH ROW{condition} "
            "EXECUTE FUNCTION registry_refuse()"
        )
    for table in NEVER_DELETED:
        statements += [
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION registry_refuse()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            "EXECUTE FUNCTION registry_refuse_truncate()",
        ]
    statements.append(
        "CREATE TRIGGER registry_registeryear_no_return BEFORE UPDATE ON registry_registeryear FOR EACH ROW "
        "WHEN (NEW.last_number < OLD.last_number OR (OLD.closed_at IS NOT NULL AND NEW.last_number <> OLD.last_number)) "
        "EXECUTE FUNCTION registry_refuse()"
    )
    return statements


def _names() -> list[tuple[str, str]]:
    names = [(f"{table}_no_change", table) for table in NEVER_CHANGED]
    names += [(f"{table}_no_delete", table) for table in NEVER_DELETED]
    return [*names, ("registry_registeryear_no_return", "registry_registeryear")]


def install(connection: Any) -> None:
    """Create the triggers in the database of `connection`; for a migration, and where a dump lost them."""
    with connection.cursor() as cursor:
        for statement in (
            _install_postgresql() if connection.vendor == "postgresql" else _install_sqlite()
        ):
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Drop the triggers; for the reverse of the migration and for tests that empty their tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, table in _names():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            for table in NEVER_DELETED:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
        else:
            for name, _table in _names():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def installed(connection: Any) -> set[str]:
    """The names of the guarding triggers that the database has."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {row[0] for row in cursor.fetchall()} & {name for name, _table in _names()}


def missing(connection: Any) -> set[str]:
    """The names of the guarding triggers that the database lacks."""
    return {name for name, _table in _names()} - installed(connection)
