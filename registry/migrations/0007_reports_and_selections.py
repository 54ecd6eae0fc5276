"""An index to find what may leave the archive, and guards that let it be emptied then."""

from typing import Any

from django.db import migrations, models

from registry import guards, search_index


def install_guards(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)
    guards.install(schema_editor.connection)
    search_index.follow_again(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_desk_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="registryentry",
            index=models.Index(
                fields=["file_class", "archived_at", "state"],
                name="registry_archive",
                condition=models.Q(selection=None, archived_at__isnull=False),
            ),
        ),
        migrations.RunPython(install_guards, migrations.RunPython.noop),
    ]
