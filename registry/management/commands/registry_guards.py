"""`manage.py registry_guards`: put the register's triggers back where a dump lost them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from registry import guards


class Command(BaseCommand):
    help = "Create the triggers that guard the register, anew and all of them."

    def handle(self, *args: Any, **options: Any) -> None:
        guards.remove(connection)
        guards.install(connection)
        self.stdout.write("The register is guarded.")
