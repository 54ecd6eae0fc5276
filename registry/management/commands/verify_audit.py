"""`manage.py verify_audit`: whether the register is what its trail says. Exit status 1 when it is not."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from registry import audit
from registry.models import AuditEvent, RegistryEntry


class Command(BaseCommand):
    help = "Check the audit trail, the entries, their numbers and files; tell everything that is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for finding in audit.verify():
            found += 1
            self.stderr.write(f"{finding.code}: {finding.text}")
        events, entries = AuditEvent.objects.count(), RegistryEntry.objects.count()
        if found:
            self.stderr.write(f"{found} problems in {events} events and {entries} entries.")
            sys.exit(1)
        self.stdout.write(f"The trail is whole: {events} events, {entries} entries.")
