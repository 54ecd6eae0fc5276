"""The calendar as visitors of three languages meet it: its pages, their translations, and what is read from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import icalendar
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client, TestCase
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation, TranslationSource

from events.models import EventIndexPage, EventPage
from tests.factories import EventPageFactory, make_calendar, text
from tests.remembered import builder, remembered

CODES = ("ro", "en", "hu")
THURSDAYS = "FREQ=WEEKLY;BYDAY=TH"
SLUGS = {"en": "events", "hu": "esemenyek"}
PATHS = {"ro": "/ro/evenimente/", "en": "/en/events/", "hu": "/hu/esemenyek/"}


@dataclass(frozen=True)
class CalendarSite:
    """The calendar's pages by language."""

    indexes: dict[str, EventIndexPage]

    @property
    def index(self) -> EventIndexPage:
        """The Romanian one, where events are added."""
        return self.indexes["ro"]

    @property
    def events(self) -> Any:
        """The Romanian pages of the events."""
        return EventPage.objects.child_of(self.index)


def _version(page: Page, code: str, slug: str) -> Any:
    """A version of `page` as wagtail-localize's tree has it, published."""
    copy = page.copy_for_translation(Locale.objects.get(language_code=code))
    copy.slug = slug
    copy.save_revision().publish()
    return copy


def make_calendar_site(codes: tuple[str, ...] = CODES) -> CalendarSite:
    """The calendar below the home pages in `codes`."""
    index = make_calendar()
    home = index.get_parent().specific
    indexes = {"ro": index}
    for code in codes:
        if code != "ro":
            _version(home, code, f"acasa-{code}")
            indexes[code] = _version(index, code, SLUGS[code])
    # The paths of site roots are kept there.
    cache.clear()
    return CalendarSite(indexes)


def standing_calendar_site(codes: tuple[str, ...] = CODES) -> CalendarSite:
    """The same as `make_calendar_site`, from remembered rows: for tests under the stopped clock, before all else."""
    remembered(make_calendar_site, codes)
    cache.clear()
    indexes = EventIndexPage.objects.select_related("locale")
    return CalendarSite({index.locale.language_code: index for index in indexes})


@builder
def translate(page: Page, code: str, title: str, slug: str = "") -> Any:
    """Translate `page` through wagtail-localize and publish it: its title becomes `title`, other texts stay."""
    source, _ = TranslationSource.update_or_create_from_instance(page)
    translation, _ = Translation.objects.get_or_create(
        source=source, target_locale=Locale.objects.get(language_code=code)
    )
    po = translation.export_po()
    for entry in po:
        if entry.msgctxt == "slug":
            entry.msgstr = slug or f"{page.slug}-{code}"
        elif entry.msgctxt == "title":
            entry.msgstr = title
        else:
            entry.msgstr = entry.msgid
    translation.import_po(po)
    translation.save_target(publish=False)
    target = translation.get_target_instance()
    target.get_latest_revision().publish()
    return EventPage.objects.filter(pk=target.pk).first() or target


def publish(page: EventPage, **values: Any) -> EventPage:
    """Do what an editor does: change `values`, save a draft, publish it."""
    page = EventPage.objects.get(pk=page.pk)
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return EventPage.objects.get(pk=page.pk)


def committed(act: Callable[[], Any]) -> Any:
    """Do `act`, and what waits for the commit: a test never commits."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return act()


def soup_of(client: Client, address: str, status: int = 200) -> Any:
    """The elements of the page at `address`."""
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return BeautifulSoup(response.content, "html.parser")


def occurrences_on(client: Client, address: str) -> list[str]:
    """The starts of the dates that a page shows, in its order."""
    return [tag["data-occurrence"] for tag in soup_of(client, address).select("[data-occurrence]")]


def json_ld(soup: Any) -> dict[str, Any]:
    """The structured data of the event on a page."""
    found = [json.loads(tag.string) for tag in soup.select('script[type="application/ld+json"]')]
    events = [data for data in found if data.get("@type") == "Event"]
    assert len(events) == 1, found
    return dict(events[0])


def entries(client: Client, address: str) -> list[Any]:
    """The VEVENTs of the calendar at `address`."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return list(icalendar.Calendar.from_ical(response.content).walk("VEVENT"))


def only_entry(client: Client, code: str) -> Any:
    """The one VEVENT of the feed in this language."""
    (found,) = entries(client, f"/calendar/{code}/events.ics")
    return found


def add(site: CalendarSite, **values: Any) -> EventPage:
    """An event of the calendar."""
    page: EventPage = EventPageFactory(parent=site.index, **values)
    return page


def series(site: CalendarSite, **values: Any) -> EventPage:
    """Six Thursdays: one cancelled, one moved, one elsewhere, and an added Saturday."""
    return add(
        site,
        title="Seria de joi",
        slug="seria",
        rule=f"{THURSDAYS};COUNT=6",
        changes=[
            {"kind": "cancelled", "day": date(2026, 12, 3), "reason": text("Ger", "Frost", "Fagy")},
            {
                "kind": "moved",
                "day": date(2026, 12, 10),
                "new_day": date(2026, 12, 11),
                "start_time": time(19),
            },
            {"kind": "changed", "day": date(2026, 12, 17), "place_text": "Sala mică"},
            {
                "kind": "added",
                "day": date(2026, 12, 19),
                "title": text("Final", "Finale", "Finálé"),
            },
        ],
        **values,
    )


def words(tag: Any) -> str:
    """What stands in an element, without its line breaks."""
    return " ".join(tag.get_text(" ").split())
