"""`manage.py registry_resume`: go on after an older backup was restored, without using a number twice."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.models import Register
from registry.year_services import resume


class Command(BaseCommand):
    help = (
        "Fill in the numbers that were handed out after the restored backup was made, as cancelled positions with "
        "your reason; numbers then go on after them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--register", required=True, metavar="KEY")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--reason", required=True, help="stands beside each position")

    def handle(self, *args: Any, **options: Any) -> None:
        register = Register.objects.filter(key=options["register"]).first()
        if register is None:
            raise CommandError(f"There is no register with the key {options['register']}.")
        if not options["reason"].strip():
            raise CommandError("Say the reason: it stands beside each position.")
        number = resume(register, options["year"], options["reason"].strip())
        self.stdout.write(f"{number} positions were filled in; numbers go on after them.")
