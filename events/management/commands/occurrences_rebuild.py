"""`manage.py occurrences_rebuild`: write anew what is published of every event."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from events.models import Event
from events.publication import BATCH, refresh


class Command(BaseCommand):
    help = "Write texts, feed entries and occurrences of every event anew. Changes nothing that is right."

    def handle(self, *args: Any, **options: Any) -> None:
        ids = list(Event.objects.filter(digest__gt="").values_list("pk", flat=True).order_by("pk"))
        for start in range(0, len(ids), BATCH):
            with transaction.atomic():
                refresh(ids[start : start + BATCH])
        if options["verbosity"]:
            self.stdout.write(f"{len(ids)} events are written.")
