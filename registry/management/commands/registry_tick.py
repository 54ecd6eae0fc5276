"""`manage.py registry_tick`: the register's regular work; run it every few minutes, or as often as you like."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registry.housekeeping import tick


class Command(BaseCommand):
    help = "Sweep what uploads left behind and compute open terms anew; idempotent."

    def handle(self, *args: Any, **options: Any) -> None:
        report = tick(timezone.now())
        self.stdout.write(
            f"{report.terms_moved} terms moved, {report.files_swept} files and "
            f"{report.attempts_swept} counted attempts swept."
        )
