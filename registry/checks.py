"""System checks of the register: the database guards it, and no API shows it."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connections
from django.db.migrations.recorder import MigrationRecorder

from registry import migrations


def _is_migrated(connection: Any) -> bool:
    """Whether no migration of the register waits: those that bring new guards install them."""
    applied = {
        name
        for app, name in MigrationRecorder(connection).applied_migrations()
        if app == "registry"
    }
    return applied.issuperset(module.name for module in pkgutil.iter_modules(migrations.__path__))


@register(Tags.database)
def guards_are_there(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuses a database whose triggers were lost, as some dumps lose them."""
    from registry import guards

    problems: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        try:
            # Otherwise `migrate` itself, which asks for checks first, could never install new ones.
            if not _is_migrated(connection):
                continue
            missing = guards.missing(connection)
        except DatabaseError:
            continue
        if missing:
            problems.append(
                Error(
                    f"The register is not guarded: {len(missing)} triggers are missing ({', '.join(sorted(missing))}).",
                    hint="Run: manage.py registry_guards",
                    id="registry.E001",
                )
            )
    return problems


@register()
def no_api_fields(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuses API fields on the register's models: what is in it is nobody's open data."""
    return [
        Error(
            f"{model.__name__} declares api_fields.",
            hint="Take them away: the register is not shown by any API.",
            id="registry.E002",
        )
        for model in apps.get_app_config("registry").get_models()
        if getattr(model, "api_fields", None) and not hasattr(model, "url_path")
    ]
