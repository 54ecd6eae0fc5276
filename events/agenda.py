"""The Mayor's agenda: who may read what, and how its items become days and calendar entries.

Every reader gets at the items through `visible_to`: the public page and feed as nobody in particular, a calendar
that was subscribed to with a token by the scope of that token. Nothing else reads titles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cms.multilingual import LocalizedText
from events.schedule import Dated, Schedule, expand
from events.subscriptions import (
    SubscribeView,
    feed_url,
    google_subscribe,
    outlook_subscribe,
    qr_code,
    webcal,
)

if TYPE_CHECKING:
    from events.models.agenda import AgendaItem

PERMISSION = "events.view_private_agenda"
PAST_DAYS = 365
"""How far back calendars that people subscribed to reach, in days."""
MAX_ITEMS = 2000
"""How many items a calendar or a page holds at most."""


class Visibility(models.TextChoices):
    """Who may read an item."""

    PUBLIC = "public", pgettext_lazy("of an agenda item", "public")
    INTERNAL = "internal", pgettext_lazy("of an agenda item", "internal")
    PRIVATE = "private", pgettext_lazy("of an agenda item", "private")


class Scope(models.TextChoices):
    """What the bearer of a token may read."""

    INTERNAL = "internal", _("public and internal items")
    PRIVATE = "private", _("all items, private ones too")


def visible_to(scope: str | None) -> frozenset[Visibility]:
    """What a reader may see: `scope` is that of the token, None (or anything unknown) is the public."""
    if scope == Scope.PRIVATE:
        return frozenset(Visibility)
    if scope == Scope.INTERNAL:
        return frozenset({Visibility.PUBLIC, Visibility.INTERNAL})
    return frozenset({Visibility.PUBLIC})


def agenda_schedule(item: AgendaItem) -> Schedule:
    """When the item takes place, as the rules of the calendar read it. It never repeats."""
    return Schedule(
        start_day=item.start_date,
        start_time=item.start_time,
        end_day=item.end_date,
        end_time=item.end_time,
    )


def agenda_date(item: AgendaItem) -> Dated:
    """The item's one date: its moments (aware, Europe/Bucharest) and its first and last local day."""
    return expand(agenda_schedule(item), item.start_date, item.start_date)[0]


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """An item as the page shows it. Texts carry their language; `until` is the last day of several, or ""."""

    iso: str
    time: str
    end_time: str
    all_day: bool
    continues: bool
    until: str
    title: LocalizedText
    place: LocalizedText
    note: LocalizedText


@dataclass(slots=True)
class AgendaDay:
    """A day (local) with what is on the agenda, by hour; what lasts all day stands first."""

    date: date
    is_today: bool
    entries: list[AgendaEntry] = field(default_factory=list)


def _entry(item: AgendaItem, dated: Dated, today: date) -> AgendaEntry:
    several = dated.last_day != dated.first_day
    ends = not dated.all_day and dated.end != dated.start
    return AgendaEntry(
        iso=dated.first_day.isoformat() if dated.all_day else dated.start.isoformat(),
        time="" if dated.all_day else f"{dated.start:%H:%M}",
        end_time=f"{dated.end:%H:%M}" if ends and not several else "",
        all_day=dated.all_day,
        continues=dated.first_day < today,
        until=date_format(dated.last_day, pgettext("date without year", "j F")) if several else "",
        title=item.title,
        place=item.place,
        note=item.note,
    )


def agenda_days(items: Iterable[AgendaItem], today: date) -> list[AgendaDay]:
    """The items by day, in the active language: each once, on its first day; what began earlier, today.

    `items` are those that last until `today` (local) or later; whoever calls has chosen those that may be read.
    """
    days: dict[date, AgendaDay] = {}
    dated_items = sorted(
        ((agenda_date(item), item) for item in items),
        key=lambda pair: (pair[0].start, pair[1].uid),
    )
    for dated, item in dated_items:
        day = max(dated.first_day, today)
        if day not in days:
            days[day] = AgendaDay(day, day == today)
        days[day].entries.append(_entry(item, dated, today))
    return [days[day] for day in sorted(days)]


def subscription(language: str) -> SubscribeView:
    """The panel that subscribes to the public agenda in `language`; its words in the active language."""
    url = feed_url(language, path="mayor")
    title = gettext("Mayor's agenda")
    return SubscribeView(
        title=gettext("The agenda in your own calendar"),
        text=gettext("Subscribe once: what is added or changed reaches your calendar by itself."),
        webcal_url=webcal(url),
        https_url=url,
        qr=qr_code(webcal(url)),
        google_url=google_subscribe(url),
        outlook_url=outlook_subscribe(url, title),
        rss_url="",
        json_url="",
        filtered=False,
        words="",
    )
