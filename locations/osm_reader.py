"""Reads OpenStreetMap ``opening_hours``: what ``osm.to_osm`` writes and ordinary hand-written texts.

Whatever is accepted has been checked day by day: the schedule gives what the text says. In a
hand-written text hours past midnight belong to the evening on which they begin, also where the next
day has a rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from cms.working_calendar import ONE_DAY, WorkingCalendar, public_holidays
from locations.clock_days import UNKNOWN_DAY, PieceKind, clock_day_of, tidy
from locations.hours_validation import validate_schedule
from locations.intervals import DAY_MINUTES, HoursError, Interval, combine
from locations.osm_parser import ALL_WEEKDAYS, DateRange, Rule, parse_rules, unsupported
from locations.schedules import (
    ExceptionDays,
    HolidayBehaviour,
    Schedule,
    Season,
    Week,
    hours_on,
)

MAX_OSM_TEXT: Final = 8000
MAX_DAYS: Final = 3660
MAX_YEARS: Final = 24
CHECKED_YEARS: Final = range(2024, 2030)

_Pieces = list[tuple[int, int, PieceKind]]


def _intervals(pieces: _Pieces, text: str) -> tuple[Interval, ...]:
    if any(kind is PieceKind.UNKNOWN for _a, _b, kind in pieces):
        raise unsupported(text, "unknown")
    return combine(Interval(a, b, kind is PieceKind.BY_APPOINTMENT) for a, b, kind in pieces)


def _is_unknown(pieces: _Pieces | None) -> bool:
    return pieces is not None and tidy(pieces) == UNKNOWN_DAY


class _Reading:
    """Sorts the rules of a text into weeks, public holidays and single days."""

    def __init__(self, text: str, rules: list[Rule]) -> None:
        self.text = text
        self.rules = rules
        self.weeks: dict[DateRange | None, list[_Pieces | None]] = {None: [None] * 7}
        self.holiday: _Pieces | None = None
        self.days: dict[date, _Pieces] = {}
        last_undated = max((n for n, rule in enumerate(rules) if not rule.dates), default=-1)
        for n, rule in enumerate(rules):
            if rule.exact_days and n > last_undated:
                self._read_days(rule)
            else:
                self._read_week(rule)

    def _read_days(self, rule: Rule) -> None:
        for dates in rule.dates:
            days = ((dates.last or dates.first) - dates.first).days + 1
            if days > MAX_DAYS:
                raise unsupported(rule.text, "long")
            for offset in range(days):
                day = dates.first + offset * ONE_DAY
                self.days[day] = rule.apply(self.days.get(day, []))

    def _read_week(self, rule: Rule) -> None:
        if rule.ph:
            if rule.dates:
                raise unsupported(rule.text, "ph_dates")
            self.holiday = rule.apply(self.holiday or [])
            if rule.weekdays is None:
                return
        scopes: list[DateRange | None] = [*rule.dates] or [None]
        for dates in scopes:
            week = self.weeks.setdefault(dates, [None] * 7)
            for weekday in rule.weekdays or ALL_WEEKDAYS:
                before = week[weekday]
                if before is None:
                    before = self.weeks[None][weekday] if rule.kind is None else None
                week[weekday] = rule.apply(before or [])

    def seasons(self) -> tuple[Season, ...]:
        base = [pieces or [] for pieces in self.weeks[None]]
        seasons = []
        for dates, week in self.weeks.items():
            if dates is None and all(_is_unknown(pieces) for pieces in base):
                continue
            filled = [base[n] if pieces is None else pieces for n, pieces in enumerate(week)]
            hours = Week(tuple(_intervals(pieces, self.text) for pieces in filled))
            seasons.append(dates.season(hours) if dates else Season(hours))
        return tuple(seasons)

    def holiday_behaviour(self) -> tuple[HolidayBehaviour, tuple[Interval, ...]]:
        if self.holiday is None:
            return HolidayBehaviour.AS_USUAL, ()
        if not self.holiday:
            return HolidayBehaviour.CLOSED, ()
        if _is_unknown(self.holiday):
            return HolidayBehaviour.UNKNOWN, ()
        return HolidayBehaviour.SPECIAL, _intervals(self.holiday, self.text)

    def schedule(self) -> Schedule:
        behaviour, holiday_intervals = self.holiday_behaviour()
        regular = Schedule(self.seasons(), (), behaviour, holiday_intervals)
        days: dict[date, tuple[Interval, ...] | None] = {}
        for day, pieces in sorted(self.days.items()):
            unknown = [a for a, _b, kind in pieces if kind is PieceKind.UNKNOWN]
            if unknown and not _is_unknown(pieces):
                self._extend_evening(days, day - ONE_DAY, regular, pieces)
                days[day] = None
            else:
                days[day] = None if unknown else _intervals(pieces, self.text)
        return Schedule(regular.seasons, tuple(_exceptions(days)), behaviour, holiday_intervals)

    def _extend_evening(
        self,
        days: dict[date, tuple[Interval, ...] | None],
        evening: date,
        regular: Schedule,
        pieces: _Pieces,
    ) -> None:
        """An unknown day that begins with hours: those belong to the evening before."""
        if evening not in days:
            days[evening] = hours_on(regular, WorkingCalendar(), evening).intervals
        rest = [piece for piece in tidy(pieces) if piece.kind is not PieceKind.UNKNOWN]
        before = days[evening]
        if before is None or not before or before[-1].end != DAY_MINUTES or len(rest) != 1:
            raise unsupported(self.text, "unknown")
        last = before[-1]
        if rest[0].start or (rest[0].kind is PieceKind.BY_APPOINTMENT) != last.by_appointment:
            raise unsupported(self.text, "unknown")
        extended = Interval(last.start, DAY_MINUTES + rest[0].end, last.by_appointment)
        days[evening] = (*before[:-1], extended)

    def own_pieces(self, day: date) -> _Pieces:
        """What the text says for a day: the rules in their order, the later replacing the earlier."""
        holiday = day in public_holidays(day.year)
        pieces: _Pieces = []
        for rule in self.rules:
            if rule.matches(day, holiday):
                pieces = rule.apply(pieces)
        return pieces

    def check(self, schedule: Schedule) -> None:
        """Raise HoursError for the first day on which the schedule is not what the text says."""
        calendar = WorkingCalendar()
        years = {*CHECKED_YEARS}
        for day in self.days:
            years.add(day.year)
        for rule in self.rules:
            years |= {d.first.year for d in rule.dates if not d.yearly}
            years |= {d.last.year for d in rule.dates if not d.yearly and d.last}
        if len(years) > MAX_YEARS:
            raise unsupported(self.text, "long")
        for year in sorted(years):
            before = self.own_pieces(date(year - 1, 12, 31))
            for offset in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
                day = date(year, 1, 1) + offset * ONE_DAY
                own = self.own_pieces(day)
                said = tidy([*((a - DAY_MINUTES, b - DAY_MINUTES, k) for a, b, k in before), *own])
                before = own
                if said != clock_day_of(schedule, calendar, day):
                    raise unsupported(self.text, "order", day=day.isoformat())


def _exceptions(days: dict[date, tuple[Interval, ...] | None]) -> Iterable[ExceptionDays]:
    """Runs of consecutive days with equal hours."""
    run: ExceptionDays | None = None
    for day, intervals in sorted(days.items()):
        if run and run.last_day == day - ONE_DAY and run.intervals == intervals:
            run = ExceptionDays(run.first_day, day, intervals)
            continue
        if run:
            yield run
        run = ExceptionDays(day, day, intervals)
    if run:
        yield run


def from_osm(text: str) -> Schedule:
    """Read an OSM opening_hours text; "" is a schedule that is not published.

    Without a rule for PH public holidays are as usual, as the specification has it. Days that no rule
    names are closed. Raises HoursError for what is not understood or cannot be kept, naming it.
    """
    if len(text) > MAX_OSM_TEXT:
        raise HoursError("too_long", limit=MAX_OSM_TEXT)
    if not text.strip():
        return Schedule(seasons=(), published=False)
    reading = _Reading(text, parse_rules(text))
    schedule = reading.schedule()
    for error in validate_schedule(schedule):
        raise error
    reading.check(schedule)
    return schedule
