"""`manage.py load_demo`: the demonstration content, in three languages. Idempotent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone, translation
from wagtail.models import Locale

from home.demo.accounts import load_accounts
from home.demo.campaigns import load_campaigns
from home.demo.events import load_agenda, load_event_snippets, load_events
from home.demo.facts import load_departments, load_hours, load_identity, load_places
from home.demo.pages import DemoTree
from home.demo.partnerships import load_partnerships, load_plans, load_strategy
from home.demo.petitions import load_petitions
from home.demo.reports import load_reports
from home.demo.upkeep import load_upkeep

DEMO = Path(__file__).resolve().parents[2] / "demo"


def read_content(name: str) -> dict[str, Any]:
    """A file of the demo's content, read by the fast loader where it is built in."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (DEMO / name).read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506
    return content


class Command(BaseCommand):
    help = "Load the demonstration content: creates what is missing, changes nothing that is there."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        content = read_content("content.yaml")
        events = read_content("events.yaml")
        campaigns = read_content("campaigns.yaml")
        partnerships = read_content("partnerships.yaml")
        # Pages of other files stand in the tree and the menus like any other.
        content["pages"] += events["pages"] + campaigns["pages"] + partnerships["pages"]
        main, footer = content["menu"]["main"], content["menu"]["footer"]
        main[:0] = ["events", "campaigns"]
        main.insert(main.index("petitions"), "partnerships")
        footer[:0] = ["news"]
        footer += ["strategy", "plan"]
        today = timezone.localdate()
        with translation.override("ro"):
            for code, _name in settings.LANGUAGES:
                Locale.objects.get_or_create(language_code=code)
            load_identity(content)
            places = load_places(content)
            hours = load_hours(content, places)
            departments = load_departments(content, places, hours)
            tree = DemoTree(content, departments, places)
            tree.build()
            terms = load_event_snippets(events)
            load_events(tree, events, terms, today)
            load_campaigns(tree, campaigns, terms, today)
            load_agenda(events, today)
            objectives = load_strategy(partnerships)
            load_partnerships(tree, partnerships, objectives, today)
            load_plans(tree, partnerships, objectives, today)
            load_upkeep(tree, today)
            load_accounts()
            load_petitions(
                read_content("petitions.yaml"), read_content("registry_office.yaml"), today
            )
            load_reports(today)
        self.stdout.write("The demonstration content is loaded.")
