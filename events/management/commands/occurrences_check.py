"""`manage.py occurrences_check`: the feed, read by another implementation, must say what the table says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cms.multilingual import LANGUAGES
from events.feeds import FeedRequest, make
from events.filters import EventFilters
from events.models import CalendarState
from events.publication import horizon
from events.verification import differences

MOST_LINES = 50


class Command(BaseCommand):
    help = (
        "Expand the feed with recurring-ical-events and compare it with the table of occurrences; "
        "exit 1 on any difference."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", choices=LANGUAGES, help="Only this feed.")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        # The whole of it: the past that feeds keep, and what the table holds ahead.
        first, last = today - timedelta(days=365), horizon(today)
        state = CalendarState.current()
        for language in [options["language"]] if options["language"] else LANGUAGES:
            body = bytes(make(FeedRequest(language, "ics", EventFilters()), state, today).body)
            found = differences(body, first, last, today)
            if found:
                self.stderr.write("\n".join(found[:MOST_LINES]))
                raise CommandError(f"{len(found)} differences in the feed in “{language}”.")
            self.stdout.write(f"{language}: feed and table agree.")
