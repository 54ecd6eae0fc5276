"""What the database itself does for the register, and what a register starts with."""

from typing import Any

from django.db import migrations

from registry import defaults, guards, search_index


def install_guards(apps: Any, schema_editor: Any) -> None:
    guards.install(schema_editor.connection)


def remove_guards(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)


def install_search(apps: Any, schema_editor: Any) -> None:
    search_index.install(schema_editor.connection)


def remove_search(apps: Any, schema_editor: Any) -> None:
    search_index.remove(schema_editor.connection)


def install_defaults(apps: Any, schema_editor: Any) -> None:
    defaults.install(
        apps.get_model("registry", "Register"),
        apps.get_model("registry", "EntryKind"),
        apps.get_model("registry", "DeadlineRule"),
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [
        migrations.RunPython(install_defaults, migrations.RunPython.noop),
        migrations.RunPython(install_search, remove_search),
        migrations.RunPython(install_guards, remove_guards),
    ]
