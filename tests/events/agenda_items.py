"""Items of the agenda for tests, and a site with its page in three languages."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from cms.models import SearchPage
from events.agenda import Visibility
from events.models import AgendaItem, AgendaPage, EventIndexPage
from tests.factories import make_calendar, make_home, text

# What must not be found anywhere: words that nothing else says, in title, place and note.
SECRETS = ("Quaestor", "Zeppelin", "Hexameter")
# Stands in the title, too: pages repeat what was asked for, so this is what they are asked for.
ASKED = "obsidian"
SECRET_TITLE = f"{SECRETS[0]} {ASKED}"


def agenda_item(title: str = "Deschiderea sesiunii", **values: Any) -> AgendaItem:
    """A saved item: public, on Thursday 26 November 2026, 10:00–11:30, unless told otherwise."""
    item = AgendaItem(
        **{
            "title": text(title, f"{title} (en)"),
            "visibility": Visibility.PUBLIC,
            "start_date": date(2026, 11, 26),
            "start_time": time(10),
            "end_time": time(11, 30),
            **values,
        }
    )
    item.full_clean()
    item.save()
    return item


def secret_item(visibility: str = Visibility.PRIVATE, **values: Any) -> AgendaItem:
    """An item all of whose texts are SECRETS."""
    _title, place, note = SECRETS
    return agenda_item(
        SECRET_TITLE, visibility=visibility, place=text(place), note=text(note), **values
    )


def make_agenda() -> dict[str, AgendaPage]:
    """The agenda's page below the calendar in each language, and a search page; by language code."""
    pages: dict[str, AgendaPage] = {}
    home = make_home()
    homes = {
        "ro": home,
        **{code: make_home(code, translation_key=home.translation_key) for code in ("en", "hu")},
    }
    for code, parent in homes.items():
        first = pages.get("ro")
        locale = parent.locale
        if first is None:
            index = make_calendar(parent=parent)
        else:
            index = EventIndexPage(
                title="Events",
                slug="events",
                locale=locale,
                translation_key=first.get_parent().translation_key,
            )
            parent.add_child(instance=index)
        page = AgendaPage(title="Agenda", slug="agenda", locale=locale)
        if first is not None:
            page.translation_key = first.translation_key
        index.add_child(instance=page)
        pages[code] = page
        parent.add_child(instance=SearchPage(title="Caut", slug="cautare", locale=locale))
    return pages


def holds_secret(content: Any) -> list[str]:
    """The SECRETS in bytes or text, in any case."""
    shown = content.decode() if isinstance(content, bytes) else str(content)
    return [secret for secret in SECRETS if secret.casefold() in shown.casefold()]
