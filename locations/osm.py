"""Opening hours as an OpenStreetMap ``opening_hours`` text, and back.

Specification: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification. Two choices make
the text mean the same in every evaluator (tried with opening-hours-py and opening_hours.js):

* Hours are cut at midnight ("Fr 22:00-24:00; Sa 00:00-02:00"): evaluators disagree about hours past
  midnight when another rule holds on the next day.
* "PH" stands for the days that all evaluators hold to be public holidays in Romania. Pentecost,
  which opening_hours.js has a day late, the Government's and the city hall's own days, and
  everything else that week, season and PH would say wrongly is written as a date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from cms.working_calendar import ONE_DAY, WorkingCalendar, orthodox_easter, public_holidays
from locations.clock_days import (
    UNKNOWN_DAY,
    PieceKind,
    Pieces,
    clock_day,
    clock_day_of,
)
from locations.intervals import DAY_MINUTES, clock
from locations.osm_parser import MONTHS, WEEKDAYS
from locations.osm_reader import from_osm
from locations.schedules import HolidayBehaviour, Schedule, Season

__all__ = ["from_osm", "to_osm"]

BY_APPOINTMENT: Final = 'open "by appointment"'
_MODIFIERS: Final = {
    PieceKind.OPEN: "",
    PieceKind.BY_APPOINTMENT: " " + BY_APPOINTMENT,
    PieceKind.UNKNOWN: " unknown",
}
# The list of opening_hours.js: fixed days without years, and Pentecost a day late.
_OTHER_FIXED: Final = (
    *((1, 1), (1, 2), (1, 6), (1, 7), (1, 24), (5, 1), (6, 1)),
    *((8, 15), (11, 30), (12, 1), (12, 25), (12, 26)),
)
_OTHER_EASTER_OFFSETS: Final = (-2, 0, 1, 50, 51)


@lru_cache(maxsize=64)
def _ph_days(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """The days of a year that some evaluator holds to be PH, and those about which they disagree."""
    ours = frozenset(public_holidays(year))
    easter = orthodox_easter(year)
    other = frozenset(date(year, month, day) for month, day in _OTHER_FIXED) | frozenset(
        easter + timedelta(days=offset) for offset in _OTHER_EASTER_OFFSETS
    )
    return ours | other, ours ^ other


@dataclass(frozen=True, slots=True)
class _Layer:
    """A week of pieces that holds on some days; ``prefix`` is its date selector."""

    season: Season | None
    prefix: str
    days: tuple[Pieces, ...]

    def holds_on(self, day: date) -> bool:
        return self.season is None or self.season.holds_on(day)


def _month_day(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day:02d}"


def _dated(day: date) -> str:
    return f"{day.year} {_month_day(day)}"


def _date_range(first: date, last: date) -> str:
    return _dated(first) if first == last else f"{_dated(first)}-{_dated(last)}"


def _prefix(season: Season, first_day: date, last_day: date) -> str:
    first, last = season.first_day, season.last_day
    if season.yearly and first and last:
        return f"{_month_day(first)}-{_month_day(last)} "
    if first is None and last is None:
        return ""
    # An open end is cut to the range: opening_hours.js does not read "2026 Jun 15+".
    return _date_range(first or min(first_day, last or first_day), last or last_day) + " "


def _layers(schedule: Schedule, first_day: date, last_day: date) -> list[_Layer]:
    """The seasons from the weakest to the strongest, as the order of rules in a text has it."""
    layers = []
    for season in reversed(schedule.merged):
        if season.yearly and not (season.first_day and season.last_day):
            continue
        if not season.yearly and (
            (season.last_day or date.max) < first_day or (season.first_day or date.min) > last_day
        ):
            continue
        week = season.week.days
        days = tuple(clock_day(week[n - 1], week[n]) for n in range(7))
        layers.append(_Layer(season, _prefix(season, first_day, last_day), days))
    if not layers or layers[0].prefix:
        layers.insert(0, _Layer(None, "", (UNKNOWN_DAY,) * 7))
    return layers


def _weekday_list(weekdays: Iterable[int]) -> str:
    """[0, 1, 2, 4] as "Mo-We,Fr"."""
    runs: list[list[int]] = []
    for weekday in weekdays:
        if runs and runs[-1][-1] == weekday - 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    return ",".join(
        WEEKDAYS[run[0]] if len(run) == 1 else f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}"
        for run in runs
    )


def _rule(selector: str, pieces: Pieces) -> str:
    """One rule; hours of several kinds become additional rules, joined by a comma."""
    if not pieces:
        return f"{selector} off"
    if pieces == UNKNOWN_DAY:
        return f"{selector} unknown"
    parts = []
    for kind, modifier in _MODIFIERS.items():
        times = ",".join(f"{clock(a)}-{clock(b)}" for a, b, k in pieces if k is kind)
        if times:
            parts.append(f"{selector} {times}{modifier}")
    return ", ".join(parts)


def _layer_rules(layers: list[_Layer]) -> Iterator[str]:
    for index, layer in enumerate(layers):
        if layer.season is None:
            yield "24/7 unknown"
            continue
        if not layer.prefix and set(layer.days) == {((0, DAY_MINUTES, PieceKind.OPEN),)}:
            yield "24/7"
            continue
        groups: dict[Pieces, list[int]] = {}
        for weekday, pieces in enumerate(layer.days):
            # A closed day needs a rule only where a weaker layer would open it.
            if pieces or any(weaker.days[weekday] for weaker in layers[:index]):
                groups.setdefault(pieces, []).append(weekday)
        for pieces, weekdays in groups.items():
            yield _rule(layer.prefix + _weekday_list(weekdays), pieces)


def _mixed(pieces: Pieces) -> bool:
    return pieces != UNKNOWN_DAY and any(p.kind is PieceKind.UNKNOWN for p in pieces)


def to_osm(schedule: Schedule, calendar: WorkingCalendar, first_day: date, last_day: date) -> str:
    """Return the hours of ``first_day`` to ``last_day`` (both included) as OSM opening_hours.

    Base, seasons and public holidays are said as rules, whatever they would get wrong within the
    range as dates. Hours that are not published give "". A text is meant for this range: beyond it
    bridging days, closures and exceptions are not in it.
    """
    if not schedule.published:
        return ""
    if _mixed(clock_day_of(schedule, calendar, first_day)):
        # An unknown day that begins with the hours of the evening before: say that evening too.
        first_day -= ONE_DAY
    layers = _layers(schedule, first_day, last_day)
    holiday: Pieces | None = {
        HolidayBehaviour.CLOSED: (),
        HolidayBehaviour.UNKNOWN: UNKNOWN_DAY,
        HolidayBehaviour.SPECIAL: clock_day((), schedule.holiday_intervals),
        HolidayBehaviour.AS_USUAL: None,
    }[schedule.holiday_behaviour]
    if not schedule.seasons:
        holiday = None  # as hours_on has it
    rules = list(_layer_rules(layers))
    if holiday is not None:
        rules.append(_rule("PH", holiday))

    explicit: list[tuple[date, date, Pieces]] = []
    for offset in range((last_day - first_day).days + 1):
        day = first_day + offset * ONE_DAY
        layer = next(layer for layer in reversed(layers) if layer.holds_on(day))
        regular = layer.days[day.weekday()]
        some, disputed = _ph_days(day.year)
        readings = {regular}
        if holiday is not None and day in some:
            readings = {holiday, regular} if day in disputed else {holiday}
        actual = clock_day_of(schedule, calendar, day)
        if readings == {actual}:
            continue
        if explicit and explicit[-1][1] == day - ONE_DAY and explicit[-1][2] == actual:
            explicit[-1] = (explicit[-1][0], day, actual)
        else:
            explicit.append((day, day, actual))
    rules.extend(_rule(_date_range(first, last), pieces) for first, last, pieces in explicit)
    return "; ".join(rules) or "off"
