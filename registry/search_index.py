"""The index that the register is searched by: FTS5 on SQLite, a generated tsvector with GIN on PostgreSQL.

Both hold `RegistryEntry.search_text`, which is folded already (registry.search), so neither engine's own handling of
diacritics matters. SQLite's is an external-content table that triggers keep up.
"""

from __future__ import annotations

from typing import Any, Final

TABLE: Final = "registry_registryentry"
FTS: Final = "registry_entry_fts"

_SQLITE = (
    (
        f"CREATE VIRTUAL TABLE {FTS} USING fts5(search_text, content='{TABLE}', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 0', detail='full')"
    ),
    (
        f"CREATE TRIGGER {FTS}_insert AFTER INSERT ON {TABLE} BEGIN "  # noqa: S608  names of our own
        f"INSERT INTO {FTS}(rowid, search_text) VALUES (NEW.id, NEW.search_text); END"
    ),
    (
        f"CREATE TRIGGER {FTS}_update AFTER UPDATE OF search_text ON {TABLE} "  # noqa: S608
        "WHEN NEW.search_text IS NOT OLD.search_text BEGIN "
        f"INSERT INTO {FTS}({FTS}, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text); "
        f"INSERT INTO {FTS}(rowid, search_text) VALUES (NEW.id, NEW.search_text); END"
    ),
)
_POSTGRESQL = (
    (
        f"ALTER TABLE {TABLE} ADD COLUMN search_vector tsvector "
        "GENERATED ALWAYS AS (to_tsvector('simple', search_text)) STORED"
    ),
    f"CREATE INDEX registry_entry_search ON {TABLE} USING gin (search_vector)",
)


def install(connection: Any) -> None:
    """Create the index in the database of `connection`; for a migration."""
    with connection.cursor() as cursor:
        for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)


def follow_again(connection: Any) -> None:
    """Lay the triggers anew that keep SQLite's index up: a migration that rebuilds the table loses them."""
    if connection.vendor == "postgresql":
        return
    with connection.cursor() as cursor:
        for name in (f"{FTS}_insert", f"{FTS}_update"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        for statement in _SQLITE[1:]:
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Drop it again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {TABLE} DROP COLUMN search_vector")
            return
        for statement in (
            f"DROP TRIGGER {FTS}_insert",
            f"DROP TRIGGER {FTS}_update",
            f"DROP TABLE {FTS}",
        ):
            cursor.execute(statement)
