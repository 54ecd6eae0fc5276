"""`manage.py load_demo`: the demonstration content, in three languages. Idempotent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import translation
from wagtail.models import Locale

from home.demo.accounts import load_accounts
from home.demo.facts import load_departments, load_hours, load_identity, load_places
from home.demo.pages import DemoTree

CONTENT = Path(__file__).resolve().parents[2] / "demo" / "content.yaml"


class Command(BaseCommand):
    help = "Load the demonstration content: creates what is missing, changes nothing that is there."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        content = yaml.safe_load(CONTENT.read_text(encoding="utf-8"))
        with translation.override("ro"):
            for code, _name in settings.LANGUAGES:
                Locale.objects.get_or_create(language_code=code)
            load_identity(content)
            places = load_places(content)
            hours = load_hours(content, places)
            departments = load_departments(content, places, hours)
            DemoTree(content, departments, places).build()
            load_accounts()
        self.stdout.write("The demonstration content is loaded.")
