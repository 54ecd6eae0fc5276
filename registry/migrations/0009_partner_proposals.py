"""The kind of document that the call for partners' own form offers."""

from typing import Any

from django.db import migrations

from registry import defaults


def install(apps: Any, schema_editor: Any) -> None:
    defaults.install_partner_proposal(apps.get_model("registry", "EntryKind"))


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_dispatch")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
