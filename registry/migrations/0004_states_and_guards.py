"""Entries under the names of the new life cycle, and the guards of the new tables."""

from datetime import date
from typing import Any

from django.db import migrations
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce

from registry import guards, search_index

OPEN = ("registered", "assigned", "in_progress", "drafted", "approved")


def move_states(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("registry", "RegistryEntry").objects
    entries.filter(state="answered").update(state="dispatched", closed_at=F("answered_at"))
    entries.filter(state="cancelled").update(closed_at=F("cancelled_at"))
    entries.update(
        open_due=Case(
            When(state__in=OPEN, then=Coalesce(F("due"), Value(date.max))), default=Value(None)
        )
    )


def move_states_back(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("registry", "RegistryEntry").objects
    entries.filter(state__in=("dispatched", "returned", "archived")).update(state="answered")
    entries.filter(state__in=("in_progress", "drafted", "approved")).update(state="assigned")
    entries.filter(state__in=("redirected", "joined", "filed")).update(state="cancelled")


def install_guards(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)
    guards.install(schema_editor.connection)
    search_index.follow_again(schema_editor.connection)


def remove_guards(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_the_desk")]

    operations = [
        migrations.RunPython(move_states, move_states_back),
        migrations.RunPython(install_guards, remove_guards),
    ]
