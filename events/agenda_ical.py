"""The Mayor's agenda as iCalendar: the public calendar, and those that open with a token.

Pure: the same arguments give the same bytes. Items are one-off events, written by `events.ical`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import override

from cms.multilingual import LocalizedText
from events.agenda import Visibility, agenda_schedule
from events.enums import State
from events.ical import FeedEvent, FeedInfo, Place, calendar, event_block

if TYPE_CHECKING:
    from events.models.agenda import AgendaItem

# RFC 5545 section 3.8.1.3. Calendars show what is not public to their owner only when they are shared.
_CLASS = {Visibility.INTERNAL: "CONFIDENTIAL", Visibility.PRIVATE: "PRIVATE"}


@dataclass(frozen=True, slots=True)
class AgendaFeed:
    """What the calendar says about itself.

    ``language`` is "ro", "en" or "hu". ``page_url`` is the public page, or the site while there is none.
    ``feed_url`` is "" for calendars that open with a token: the file must not hold what opens it.
    ``last_modified`` is aware.
    """

    language: str
    page_url: str
    feed_url: str
    organiser: LocalizedText
    organiser_uri: str
    uid_domain: str
    last_modified: datetime


def _block(feed: AgendaFeed, item: AgendaItem) -> str:
    language = feed.language
    title, text_language = item.title.resolve(language)
    place = item.place.resolve(language)[0]
    shown_to_all = item.visibility == Visibility.PUBLIC
    event = FeedEvent(
        uid=str(item.uid),
        uid_domain=feed.uid_domain,
        schedule=agenda_schedule(item),
        state=State.SCHEDULED,
        reason="",
        language=language,
        title=title,
        text_language=text_language,
        description=item.note.resolve(language)[0],
        url=feed.page_url if shown_to_all else "",
        place=Place(place, "") if place else None,
        online_url="",
        categories=() if shown_to_all else (str(Visibility(item.visibility).label),),
        organiser=feed.organiser.resolve(language)[0],
        organiser_uri=feed.organiser_uri,
        contact="",
        created=item.created_at,
        modified=item.content_modified,
        sequence=item.sequence,
    )
    block = event_block(event, item.last_day)
    if shown_to_all:
        return block
    # A line of its own can only be the property: what people type is escaped and never begins a line.
    return block.replace(
        "\r\nCLASS:PUBLIC\r\n", f"\r\nCLASS:{_CLASS[Visibility(item.visibility)]}\r\n"
    )


def agenda_calendar(feed: AgendaFeed, items: Iterable[AgendaItem]) -> bytes:
    """Return the .ics of `items`, all of which the reader may see. Without any it is a valid, empty calendar.

    Raises ValueError for a naive ``last_modified``.
    """
    with override(feed.language):
        if feed.feed_url:
            name = _("Mayor's agenda")
            about = _("The Mayor's public agenda.")
        else:
            name = _("Mayor's agenda (not public)")
            about = _("The Mayor's agenda for the staff. Do not pass its address on.")
        info = FeedInfo(
            name=name,
            description=about,
            language=feed.language,
            url=feed.page_url,
            source=feed.feed_url,
            colour="",
            apple_colour="",
            last_modified=feed.last_modified,
        )
        return calendar(info, [_block(feed, item) for item in items])
