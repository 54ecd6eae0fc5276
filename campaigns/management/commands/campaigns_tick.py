"""`manage.py campaigns_tick`: the regular work of campaigns and partnerships; once a day, or as often as you like."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.expiry import remind


class Command(BaseCommand):
    help = "Write the mails about partnerships that end soon; idempotent."

    def handle(self, *args: Any, **options: Any) -> None:
        written = remind(timezone.now())
        self.stdout.write(f"{written} mails about partnerships that end soon.")
