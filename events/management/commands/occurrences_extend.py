"""`manage.py occurrences_extend`: keep occurrences for the next 24 months; to be run every night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from events.publication import extend


class Command(BaseCommand):
    help = "Extend the occurrences of every series to 24 months from today. To be run every night."

    def handle(self, *args: Any, **options: Any) -> None:
        added = extend()
        if options["verbosity"]:
            self.stdout.write(f"{added} occurrences were added.")
