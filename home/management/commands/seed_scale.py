"""`manage.py seed_scale`: synthetic content in any number, to see and to measure the site at scale."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale

from cms.bulk_pages import insert_pages
from cms.models import ContentVersion, StandardPage
from cms.multilingual import SOURCE_LANGUAGE
from events.models import EventIndexPage
from events.seeding import seed_events, seed_key
from home.models import HomePage
from registry.seeding import seed_petitions

AT_ONCE = 1000
TEXT = "Pagină de probă, generată automat pentru măsurători."


def _number(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 1_000_000:
        raise ValueError(text)
    return value


_number.__name__ = "number from 0 to 1,000,000"


class Command(BaseCommand):
    help = (
        "Make synthetic content that says it is synthetic, the same for the same --seed and day: "
        "events (a third of them weekly series), petitions, and pages of text. What an earlier run made stays, "
        "so more can be added. Not for a public site. Editors find the pages by search after "
        "`update_index`, and see what uses what after `rebuild_references_index`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--events", type=_number, default=0, metavar="N", help="so many events")
        parser.add_argument(
            "--petitions",
            type=_number,
            default=0,
            metavar="N",
            help="so many petitions of the last three years, in a register of their own",
        )
        parser.add_argument(
            "--pages", type=_number, default=0, metavar="N", help="so many pages of text"
        )
        parser.add_argument(
            "--seed",
            type=int,
            default=1,
            metavar="S",
            help="another seed makes others (default: 1)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        petitions = seed_petitions(
            options["petitions"],
            options["seed"],
            timezone.localdate(),
            self._progress("petitions", options["verbosity"]),
        )
        events, pages = self._seed_site(options)
        seconds = time.monotonic() - started
        first = f"{petitions} synthetic petitions, " if options["petitions"] else ""
        self.stdout.write(f"Made {first}{events} events and {pages} pages in {seconds:.1f} s.")

    def _progress(self, what: str, verbosity: int) -> Callable[[int], None]:
        def progress(made: int) -> None:
            if verbosity > 1:
                self.stderr.write(f"{made} {what} …")

        return progress

    def _seed_site(self, options: dict[str, Any]) -> tuple[int, int]:
        """The events and pages that are asked for; how many of each were made."""
        if not options["events"] and not options["pages"]:
            return 0, 0
        home = HomePage.objects.filter(locale__language_code=SOURCE_LANGUAGE, live=True).first()
        if home is None:
            raise CommandError(
                "There is no Romanian home page to put anything below. "
                "Make one, or load the demonstration content with load_demo."
            )
        pages = self._seed_pages(home, options["pages"], options["seed"])
        events = 0
        if options["events"]:
            events = seed_events(
                self._index(home),
                options["events"],
                options["seed"],
                timezone.localdate(),
                self._progress("events", options["verbosity"]),
            )
        return events, pages

    @staticmethod
    def _index(home: HomePage) -> EventIndexPage:
        """The Romanian calendar; made where there is none."""
        found = EventIndexPage.objects.filter(locale=home.locale, live=True).first()
        if found is None:
            found = EventIndexPage(title="Evenimente", slug="evenimente", locale=home.locale)
            home.add_child(instance=found)
        return found

    @staticmethod
    def _seed_pages(home: HomePage, number: int, seed: int) -> int:
        known = set(
            StandardPage.objects.child_of(home)
            .filter(slug__startswith=f"pagina-sintetica-{seed}-")
            .values_list("translation_key", flat=True)
        )
        now, locale = timezone.now(), Locale.objects.get(language_code=SOURCE_LANGUAGE)
        missing = [n for n in range(number) if seed_key("pages", seed, n) not in known]
        for start in range(0, len(missing), AT_ONCE):
            with transaction.atomic():
                insert_pages(
                    home,
                    [
                        StandardPage(
                            translation_key=seed_key("pages", seed, n),
                            locale=locale,
                            title=f"Pagină sintetică {n + 1}",
                            slug=f"pagina-sintetica-{seed}-{n + 1}",
                            summary=TEXT,
                            search_description=TEXT,
                            body=[{"type": "paragraph", "value": f"<p>{TEXT}</p>"}],
                            first_published_at=now,
                            last_published_at=now,
                        )
                        for n in missing[start : start + AT_ONCE]
                    ],
                )
                ContentVersion.bump()
        return len(missing)
