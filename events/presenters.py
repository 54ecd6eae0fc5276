"""What templates show of events: finished words and links, no queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.multilingual import LocalizedText, content_language
from cms.working_calendar import SpecialDay
from events.enums import ChangeKind, State
from events.models.event import EventText, Occurrence
from events.recurrence_text import days_text
from locations.hours import BUCHAREST

NOON, EVENING = 12, 18


def day_words(day: date, *, year: bool = True, weekday: bool = True) -> str:
    """A date in the active language: "joi, 26 noiembrie 2026", shorter without its year or weekday."""
    if weekday:
        style = (
            pgettext("date with weekday and year", "l, j F Y")
            if year
            else pgettext("date with weekday", "l, j F")
        )
    else:
        style = pgettext("date", "j F Y") if year else pgettext("date without year", "j F")
    return date_format(day, style)


def range_words(first: date, last: date, *, year: bool = True) -> str:
    """Several days in the active language: "25–28 noiembrie 2026", "28 noiembrie – 2 decembrie 2026"."""
    return days_text(first, last, year=year)


def time_words(moment: datetime) -> str:
    """The hour in Bucharest, as 19:00."""
    return f"{timezone.localtime(moment, BUCHAREST):%H:%M}"


def month_words(day: date) -> str:
    """Month and year: "noiembrie 2026"."""
    return date_format(day, pgettext("month and year", "F Y"))


@dataclass(frozen=True, slots=True)
class OccurrenceView:
    """One date of an event, as lists show it. Datetimes are local (Europe/Bucharest)."""

    iso: str
    start: datetime
    end: datetime
    first_day: date
    last_day: date
    all_day: bool
    multi_day: bool
    time: str
    end_time: str
    dates_text: str
    when_text: str
    title: str
    url: str
    title_lang: str = ""
    summary: str = ""
    place_text: str = ""
    status: str = State.SCHEDULED.value
    status_label: str = ""
    chip: str = ""
    change: str = ""
    change_label: str = ""
    change_text: str = ""
    reason: str = ""
    reason_lang: str = ""
    is_free: bool = False
    free_label: str = ""
    accessible: bool = False
    price: str = ""
    languages: list[str] = field(default_factory=list)
    categories: list[tuple[str, str]] = field(default_factory=list)
    past: bool = False
    continues: bool = False
    ics_url: str = ""


@dataclass(slots=True)
class DayView:
    """One day with what is on. `more`: how many are not shown here; `parts`: morning, afternoon, evening."""

    date: date
    occurrences: list[OccurrenceView] = field(default_factory=list)
    more: int = 0
    more_url: str = ""
    special: SpecialView | None = None
    is_today: bool = False
    in_month: bool = True
    count: int = 0
    url: str = ""

    @property
    def parts(self) -> list[list[OccurrenceView]]:
        """The occurrences of the morning (with what lasts all day), the afternoon and the evening."""
        parts: list[list[OccurrenceView]] = [[], [], []]
        for item in self.occurrences:
            hour = 0 if item.all_day else item.start.hour
            parts[0 if hour < NOON else 1 if hour < EVENING else 2].append(item)
        return parts


@dataclass(frozen=True, slots=True)
class SpecialView:
    """A public holiday or another special day."""

    name: str
    text: str
    kind: str


def special_view(special: SpecialDay | None) -> SpecialView | None:
    """`special` in the active language."""
    if special is None:
        return None
    texts = {
        "holiday": _("Public holiday: the counters are closed."),
        "bridging": _("Bridging day: the counters are closed."),
        "recovery": _("Recovery day: the counters are open."),
        "closure": _("The counters are closed."),
    }
    return SpecialView(
        str(LocalizedText(special.names)), texts[special.kind.value], special.kind.value
    )


def status_label(status: str) -> str:
    """The word for a state that readers must notice, "" for an event that takes place as planned."""
    if status == State.SCHEDULED:
        return ""
    return {
        State.CANCELLED: pgettext("stands alone beside an event", "Cancelled"),
        State.POSTPONED: pgettext("stands alone beside an event", "Postponed"),
        State.TENTATIVE: pgettext("stands alone beside an event", "To be confirmed"),
        State.RESCHEDULED: pgettext("stands alone beside an event", "Rescheduled"),
        State.MOVED_ONLINE: pgettext("stands alone beside an event", "Moved online"),
    }.get(State(status), "")


def chip_shape(status: str, change: str = "") -> str:
    """The shape of the chip: solid for what will not happen, ruled for what changed, dashed for the unsure."""
    if status in (State.CANCELLED, State.POSTPONED):
        return "solid"
    if status == State.TENTATIVE:
        return "dashed"
    return "ruled" if status != State.SCHEDULED or change else ""


def change_label(change: str) -> str:
    """The word for a date that differs, "" for one as planned."""
    if not change:
        return ""
    return {
        ChangeKind.CANCELLED: pgettext("stands alone beside an event", "Cancelled"),
        ChangeKind.MOVED: pgettext("stands alone beside a date", "Moved"),
        ChangeKind.CHANGED: pgettext("stands alone beside a date", "Changed"),
        ChangeKind.ADDED: pgettext("stands alone beside a date", "Extra date"),
    }.get(ChangeKind(change), "")


def when_words(start: datetime, end: datetime, first: date, last: date, all_day: bool) -> str:
    """The whole answer to "when": days and hours, in the active language."""
    if last > first:
        days = range_words(first, last)
        if all_day:
            return days
        return _("%(days)s, from %(start)s to %(end)s") % {
            "days": days,
            "start": time_words(start),
            "end": time_words(end),
        }
    day = day_words(first)
    if all_day:
        return _("%(day)s, all day") % {"day": day}
    if end <= start:
        return _("%(day)s, %(start)s") % {"day": day, "start": time_words(start)}
    return _("%(day)s, %(start)s–%(end)s") % {
        "day": day,
        "start": time_words(start),
        "end": time_words(end),
    }


def occurrence_view(
    row: Occurrence,
    text: EventText,
    url: str,
    now: datetime,
    *,
    shown_under: date | None = None,
    places: Mapping[int, Any] | None = None,
) -> OccurrenceView:
    """The view of `row` in the words of `text`.

    `url`: of the page, "" when it has none; `shown_under`: the day it stands under; `places`: locations by id
    for dates that are elsewhere.
    """
    start, end = (timezone.localtime(m, BUCHAREST) for m in (row.start, row.end))
    card, change = text.card, row.change_data
    page_language = content_language()
    title, title_lang = text.title, text.text_language
    if change.get("title"):
        title, title_lang = LocalizedText(change["title"]).resolve()
    reason, reason_lang = (
        LocalizedText(change["reason"]).resolve()
        if change.get("reason")
        else (card.get("reason") or ("", ""))
    )
    place = card.get("place", "")
    if change.get("place"):
        place = change["place"]
    elif change.get("place_id") and places and change["place_id"] in places:
        found = places[change["place_id"]]
        place = f"{found.name}, {found.address}"
    label = status_label(row.status)
    moved_text = ""
    if row.change == ChangeKind.MOVED:
        original = timezone.localtime(row.original_start, BUCHAREST)
        moved_text = (
            _("Moved from %(day)s") % {"day": day_words(original.date())}
            if row.all_day
            else _("Moved from %(day)s, %(time)s")
            % {"day": day_words(original.date()), "time": time_words(original)}
        )
    elif row.change == ChangeKind.CHANGED and (change.get("place") or change.get("place_id")):
        moved_text = _("Only this date: %(place)s") % {"place": place}
    return OccurrenceView(
        iso=row.first_day.isoformat() if row.all_day else start.isoformat(timespec="minutes"),
        start=start,
        end=end,
        first_day=row.first_day,
        last_day=row.last_day,
        all_day=row.all_day,
        multi_day=row.multi_day,
        time="" if row.all_day else time_words(start),
        end_time="" if row.all_day or end <= start else time_words(end),
        dates_text=range_words(row.first_day, row.last_day, year=False) if row.multi_day else "",
        when_text=when_words(start, end, row.first_day, row.last_day, row.all_day),
        title=title,
        title_lang="" if title_lang == page_language else title_lang,
        url=url,
        summary=card.get("summary", ""),
        place_text=place,
        status=row.status,
        status_label=label,
        chip=chip_shape(row.status, row.change),
        change=row.change,
        change_label=change_label(row.change),
        change_text=moved_text,
        reason=reason,
        reason_lang="" if reason_lang == page_language else reason_lang,
        is_free=card.get("free", False),
        free_label=card.get("price", ""),
        accessible=card.get("accessible", False),
        price="" if card.get("free") else card.get("price", ""),
        languages=[name for slug, name in card.get("languages", ()) if slug != page_language],
        categories=[(slug, name) for slug, name in card.get("categories", ())],
        past=row.end < now,
        continues=shown_under is not None and row.first_day < shown_under,
        ics_url=f"{url}{row.first_day:%Y%m%d}.ics" if url else "",
    )


def days_between(first: date, last: date) -> list[date]:
    """All days from `first` to `last`, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
