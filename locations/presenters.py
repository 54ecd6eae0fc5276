"""What templates show of places and hours: plain values in the reader's language, no queries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.multilingual import LocalizedText, content_language
from cms.working_calendar import WorkingCalendar
from locations import hours_text
from locations.hours import (
    DaySource,
    Interval,
    Schedule,
    Season,
    Week,
    group_week,
    hours_on,
    status_at,
    transitions,
)
from locations.models.hours import OpeningHours
from locations.models.place import Location

UPCOMING_DAYS = 30
LABEL_DAYS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A day of the week table. `bars`: (x, width) in percent of the scale."""

    index: int
    name: str
    text: str
    bars: list[tuple[str, str]]
    closed: bool
    by_appointment: bool


@dataclass(frozen=True, slots=True)
class HoursView:
    """The hours of one channel. `state`: open, closed or unknown; `known`: whether a table may be shown."""

    name: LocalizedText
    channel: str
    known: bool
    state: str
    label: str
    transitions_json: str
    summary: str
    lines: list[tuple[str, str]]
    rows: list[Row]
    scale: list[tuple[str, str, bool]]
    seasons: list[tuple[str, str, list[Row]]]
    upcoming: list[tuple[date, str, str, str]]
    ics_url: str
    holiday_note: str
    verified_on: date | None = None
    specification: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place in a list, on the map or as a page. `number` is shared by list and map."""

    place: Location
    url: str
    number: int | None = None
    hours: HoursView | None = None
    x: str = ""
    y: str = ""
    rooms_text: str = ""

    @property
    def state(self) -> str:
        """The open state of its first counter."""
        return self.hours.state if self.hours else "unknown"

    @property
    def name(self) -> LocalizedText:
        """The name of the place."""
        return self.place.name

    @property
    def address(self) -> str:
        """Street and number."""
        return self.place.address

    @property
    def approximate(self) -> bool:
        """Whether its position is only approximate."""
        return self.place.approximate


def rooms_text(rooms: Iterable[str]) -> str:
    """“room 49”, “rooms 49 and 50” in the reader's language; "" for none."""
    names = list(rooms)
    if not names:
        return ""
    if len(names) == 1:
        return _("room %(room)s") % {"room": names[0]}
    comma = pgettext("between room numbers", ", ")
    return _("rooms %(rooms)s and %(last)s") % {"rooms": comma.join(names[:-1]), "last": names[-1]}


def osm_url(place: Location) -> str:
    """Where OpenStreetMap shows the place: its point when surveyed, else a search for its address."""
    if place.latitude is not None and not place.approximate:
        point = {"mlat": place.latitude, "mlon": place.longitude}
        return f"https://www.openstreetmap.org/?{urlencode(point)}#map=18/{place.latitude}/{place.longitude}"
    return f"https://www.openstreetmap.org/search?{urlencode({'query': f'{place.address}, {place.city}'})}"


def _percent(minutes: float, first: int, last: int) -> str:
    return f"{(minutes - first) / (last - first) * 100:.2f}%"


def _span(weeks: Iterable[Week]) -> tuple[int, int]:
    """The first and last minute of the bars' scale: whole hours around all intervals."""
    intervals = [i for week in weeks for day in week.days for i in day]
    first = min((i.start for i in intervals), default=8 * 60)
    last = max((i.end for i in intervals), default=18 * 60)
    return max(first // 60 - 1, 0) * 60, -(-last // 60) * 60 + 60


def _day_text(intervals: Sequence[Interval]) -> str:
    if not intervals:
        return pgettext("a day without hours", "closed")
    mixed = len({i.by_appointment for i in intervals}) == 2
    parts = []
    for interval in intervals:
        text = hours_text.range_text(interval)
        if mixed and interval.by_appointment:
            text = _("%(hours)s by appointment") % {"hours": text}
        parts.append(text)
    return ", ".join(parts)


def _rows(week: Week, span: tuple[int, int]) -> list[Row]:
    return [
        Row(
            index=index,
            name=hours_text.weekday_name(index),
            text=_day_text(intervals),
            bars=[
                (_percent(i.start, *span), f"{(i.end - i.start) / (span[1] - span[0]) * 100:.2f}%")
                for i in intervals
            ],
            closed=not intervals,
            by_appointment=bool(intervals) and all(i.by_appointment for i in intervals),
        )
        for index, intervals in enumerate(week.days)
    ]


def _scale(span: tuple[int, int]) -> list[tuple[str, str, bool]]:
    first, last = span
    return [
        (_percent(hour * 60, first, last), str(hour % 24), n % 2 == 0)
        for n, hour in enumerate(range(first // 60 + 1, last // 60, 2))
    ]


def _season_dates(season: Season) -> str:
    if season.first_day is None or season.last_day is None:
        return ""
    style = pgettext("date without year", "j F") if season.yearly else pgettext("date", "j F Y")
    return _("%(first)s – %(last)s") % {
        "first": date_format(season.first_day, style),
        "last": date_format(season.last_day, style),
    }


def upcoming_days(
    schedule: Schedule, calendar: WorkingCalendar, today: date, days: int = UPCOMING_DAYS
) -> list[tuple[date, str, str, str]]:
    """The coming days that differ from the usual week: (day, its words, its hours, the reason)."""
    found = []
    usual = {
        DaySource.SEASON,
        DaySource.YEARLY,
        DaySource.BASE,
        DaySource.NONE,
        DaySource.UNPUBLISHED,
    }
    for n in range(days):
        day = today + timedelta(days=n)
        hours = hours_on(schedule, calendar, day)
        if hours.source in usual:
            continue
        season = schedule.season_on(day)
        expected = season.week.days[day.weekday()] if season else ()
        if hours.intervals == expected:
            continue
        text = _("hours not known") if hours.intervals is None else _day_text(hours.intervals)
        words = date_format(day, pgettext("date with weekday", "l, j F"))
        found.append((day, words, text, str(LocalizedText(hours.names or {}))))
    return found


def _holiday_note(hours: OpeningHours) -> str:
    return {
        OpeningHours.Holidays.CLOSED: _("Closed on public holidays."),
        OpeningHours.Holidays.AS_USUAL: _("Open as usual on public holidays."),
        OpeningHours.Holidays.SPECIAL: _("Open on public holidays: %(hours)s.")
        % {"hours": _day_text(hours.schedule.holiday_intervals)},
        OpeningHours.Holidays.UNKNOWN: _("The hours on public holidays are not confirmed yet."),
    }[OpeningHours.Holidays(hours.holidays)]


def hours_view(
    hours: OpeningHours, calendar: WorkingCalendar, now: datetime, *, detailed: bool = True
) -> HoursView:
    """The view of `hours` at `now` (aware). `detailed` adds the table, seasons and coming days."""
    schedule = hours.schedule
    status = status_at(schedule, calendar, now)
    today = now.date()
    current = schedule.season_on(today) or (schedule.merged[0] if schedule.merged else None)
    known = schedule.published and current is not None
    week = current.week if current else Week(((),) * 7)
    groups = group_week(week)
    changes = (
        hours_text.label_changes(
            transitions(schedule, calendar, now, LABEL_DAYS), now, LABEL_DAYS, status=status
        )
        if known
        else []
    )
    span = _span([season.week for season in schedule.merged])
    others = [season for season in schedule.merged if season is not current]
    place = hours.location
    return HoursView(
        name=hours.name,
        channel=hours.channel,
        known=known,
        state=status.state.value,
        label=hours_text.status_label(status, now),
        transitions_json=json.dumps(changes, ensure_ascii=False),
        summary=hours_text.summary(groups) if known else "",
        lines=hours_text.lines(groups) if known else [],
        rows=_rows(week, span) if known and detailed else [],
        scale=_scale(span) if known and detailed else [],
        seasons=[
            (
                str(LocalizedText(season.names)) or _("The usual week"),
                _season_dates(season),
                _rows(season.week, span),
            )
            for season in (others if known and detailed else [])
        ],
        upcoming=upcoming_days(schedule, calendar, today) if known and detailed else [],
        ics_url=f"/calendar/{content_language()}/hours/{place.key}.ics" if place else "",
        holiday_note=_holiday_note(hours) if known and detailed else "",
        verified_on=hours.verified_on,
    )


def open_first(views: Iterable[PlaceView]) -> list[PlaceView]:
    """Open places first, then closed ones, then those whose hours are not known; each in its own order."""
    rank: Mapping[str, int] = {"open": 0, "closed": 1, "unknown": 2}
    return sorted(views, key=lambda view: rank[view.state])
