"""The working calendar of a Romanian city hall: one truth for opening hours, events and legal terms.

Public holidays are computed from the Labour Code (Law 53/2003, art. 139) as it stood in each year;
what a government or the city hall decides from year to year (bridging days, recovery days, local
closures, holidays of a new law) comes in as rows. Everything here is a local date in Romania
(Europe/Bucharest): no times, no database, no "today".

Art. 139 gives the days of Easter and Pentecost to every Christian by the date of his own church;
that is a right of the employee. The institution itself keeps the Orthodox dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("ro", "en", "hu")
ONE_DAY: Final = timedelta(days=1)


class DayKind(StrEnum):
    """What makes a day special."""

    HOLIDAY = "holiday"
    BRIDGING = "bridging"
    RECOVERY = "recovery"
    CLOSURE = "closure"


class Scope(StrEnum):
    """Which places a row concerns."""

    ALL = "all"
    ONLY = "only"
    EXCEPT = "except"


# The order in which rows and holidays beat each other on one day. A closure is about one building
# and beats all. A recovery day never takes a holiday away, but it beats a bridging range that
# happens to run over its Saturday.
_PRECEDENCE: Final = {
    DayKind.CLOSURE: 0,
    DayKind.HOLIDAY: 1,
    DayKind.RECOVERY: 2,
    DayKind.BRIDGING: 3,
}
_NARROWEST_FIRST: Final = {Scope.ONLY: 0, Scope.EXCEPT: 1, Scope.ALL: 2}


@dataclass(frozen=True, slots=True)
class DayRow:
    """An editable row: one day or a range of days, both ends included.

    ``kind`` HOLIDAY is a public holiday that a newer law added. ``names`` maps "ro", "en" and "hu"
    to the reason that people read. ``places`` holds place keys and is read by ``scope``.
    ``works_as`` (RECOVERY only) is the weekday, 0 = Monday, whose hours apply; None means the
    hours of the weekday itself. A row whose last day lies before its first covers no day.
    """

    first_day: date
    last_day: date
    kind: DayKind
    names: Mapping[str, str]
    scope: Scope = Scope.ALL
    places: frozenset[str] = frozenset()
    works_as: int | None = None

    def concerns(self, place: str | None) -> bool:
        """Whether the row holds for this place; without a place only rows for all places do."""
        if self.scope == Scope.ALL:
            return True
        if place is None:
            return False
        return (place in self.places) == (self.scope == Scope.ONLY)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """What is special about one day at one place."""

    day: date
    kind: DayKind
    names: Mapping[str, str]
    works_as: int | None = None


# (month, day, first year, names). Names are written as inside a sentence; they get their capital
# when they stand alone. Years: Law 53/2003; 202/2008 (15 August, Pentecost); 147/2012 (30 November);
# 176/2016 (24 January); 220/2016 (1 June); 52/2023 (6 and 7 January).
_FIXED: Final[tuple[tuple[int, int, int, tuple[str, str, str]], ...]] = (
    (1, 1, 0, ("Anul Nou", "New Year's Day", "újév")),
    (1, 2, 0, ("a doua zi de Anul Nou", "the day after New Year's Day", "újév másnapja")),
    (1, 6, 2024, ("Boboteaza", "Epiphany", "vízkereszt")),
    (
        1,
        7,
        2024,
        (
            "Soborul Sfântului Proroc Ioan Botezătorul",
            "Synaxis of Saint John the Baptist",
            "Keresztelő Szent János ünnepe",
        ),
    ),
    (
        1,
        24,
        2017,
        (
            "Ziua Unirii Principatelor Române",
            "Day of the Union of the Romanian Principalities",
            "a román fejedelemségek egyesülésének napja",
        ),
    ),
    (5, 1, 0, ("Ziua Muncii", "Labour Day", "a munka ünnepe")),
    (6, 1, 2017, ("Ziua Copilului", "Children's Day", "gyermeknap")),
    (
        8,
        15,
        2009,
        (
            "Adormirea Maicii Domnului",
            "Dormition of the Mother of God",
            "Nagyboldogasszony ünnepe",
        ),
    ),
    (11, 30, 2012, ("Sfântul Andrei", "Saint Andrew's Day", "Szent András napja")),
    (
        12,
        1,
        0,
        ("Ziua Națională a României", "National Day of Romania", "Románia nemzeti ünnepe"),
    ),
    (12, 25, 0, ("Crăciunul", "Christmas Day", "karácsony első napja")),
    (12, 26, 0, ("a doua zi de Crăciun", "the second day of Christmas", "karácsony másnapja")),
)
# (days after Orthodox Easter Sunday, first year, names); Good Friday by Law 64/2018.
_MOVABLE: Final[tuple[tuple[int, int, tuple[str, str, str]], ...]] = (
    (-2, 2018, ("Vinerea Mare", "Orthodox Good Friday", "ortodox nagypéntek")),
    (0, 0, ("Paștele", "Orthodox Easter Sunday", "ortodox húsvétvasárnap")),
    (1, 0, ("a doua zi de Paști", "Orthodox Easter Monday", "ortodox húsvéthétfő")),
    (49, 2009, ("Rusaliile", "Orthodox Pentecost", "ortodox pünkösdvasárnap")),
    (50, 2009, ("a doua zi de Rusalii", "Orthodox Whit Monday", "ortodox pünkösdhétfő")),
)
_AND: Final = {"ro": " și ", "en": " and ", "hu": " és "}


def orthodox_easter(year: int) -> date:
    """Return the Gregorian date of Orthodox Easter Sunday (Meeus' Julian algorithm).

    Right for the years 1900-2099 and beyond: the distance between the calendars is computed.
    """
    epact = (19 * (year % 19) + 15) % 30
    weekday = (2 * (year % 4) + 4 * (year % 7) - epact + 34) % 7
    month, day = divmod(epact + weekday + 114, 31)
    julian_lag = year // 100 - year // 400 - 2
    return date(year, month, day + 1) + timedelta(days=julian_lag)


def _joined(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """Names of two holidays that fall on one day, as one name in each language."""
    names = {}
    for language in LANGUAGES:
        parts = [names_[language] for names_ in (first, second) if names_.get(language)]
        if len(parts) == 2 and parts[0].casefold() == parts[1].casefold():
            parts.pop()
        if parts:
            names[language] = _AND[language].join(parts)
    return names


@lru_cache(maxsize=256)
def public_holidays(year: int) -> Mapping[date, Mapping[str, str]]:
    """Return the public holidays of a year, by the Labour Code (art. 139) as in force in it.

    Keys are in order of date, values are names in ro, en and hu. Where two holidays fall on one
    day (1 June 2026) the names are joined. Years before the Code (2003) get its first list.
    """
    found: dict[date, dict[str, str]] = {}
    easter = orthodox_easter(year)
    days = [(date(year, m, d), names) for m, d, since, names in _FIXED if year >= since]
    days += [(easter + timedelta(days=n), names) for n, since, names in _MOVABLE if year >= since]
    for day, texts in days:
        names = dict(zip(LANGUAGES, texts, strict=True))
        found[day] = _joined(found[day], names) if day in found else names
    return MappingProxyType(
        {
            day: MappingProxyType({k: v[0].upper() + v[1:] for k, v in found[day].items()})
            for day in sorted(found)
        }
    )


def name_in(names: Mapping[str, str] | None, language: str) -> str:
    """Return the name in ``language``, else in Romanian, English, Hungarian, else ""."""
    for code in (language, *LANGUAGES):
        if names and names.get(code):
            return names[code]
    return ""


class WorkingCalendar:
    """Holidays, bridging days, recovery days and closures, looked up by day and place.

    Rows are read once; each year is indexed when it is first asked for, so that a look-up is a
    dictionary access. Precedence on one day: closure, holiday (row and Code joined), recovery day,
    bridging day. Among rows of one kind the narrower scope wins (only, all but, all), then the
    shorter range, then the first given.
    """

    def __init__(self, rows: Iterable[DayRow] = ()) -> None:
        self.rows: tuple[DayRow, ...] = tuple(rows)
        self._ordered = sorted(
            self.rows,
            key=lambda row: (
                _PRECEDENCE[row.kind],
                _NARROWEST_FIRST[row.scope],
                row.last_day - row.first_day,
            ),
        )
        self._years: dict[int, dict[date, tuple[DayRow, ...]]] = {}

    def _rows_of(self, day: date) -> tuple[DayRow, ...]:
        year = self._years.get(day.year)
        if year is None:
            year = self._years[day.year] = self._index(day.year)
        return year.get(day, ())

    def _index(self, year: int) -> dict[date, tuple[DayRow, ...]]:
        index: dict[date, tuple[DayRow, ...]] = {}
        holidays = public_holidays(year)
        for row in self._ordered:
            first = max(row.first_day, date(year, 1, 1))
            last = min(row.last_day, date(year, 12, 31))
            for offset in range((last - first).days + 1):
                day = first + offset * ONE_DAY
                index[day] = (*index.get(day, ()), row)
        for day, names in holidays.items():
            code = DayRow(day, day, DayKind.HOLIDAY, names)
            rows = index.get(day, ())
            # A holiday row for some places only must not hide the Code's name elsewhere.
            merged = [
                DayRow(day, day, row.kind, _joined(names, row.names), row.scope, row.places)
                if row.kind == DayKind.HOLIDAY
                else row
                for row in rows
            ]
            at = sum(1 for row in rows if _PRECEDENCE[row.kind] <= _PRECEDENCE[DayKind.HOLIDAY])
            merged.insert(at, code)
            index[day] = tuple(merged)
        return index

    def special_day(self, day: date, place: str | None = None) -> SpecialDay | None:
        """Return what is special about ``day`` at ``place`` (a place key), or None.

        Without a place only rows for all places count. See the class for the precedence.
        """
        for row in self._rows_of(day):
            if row.concerns(place):
                works_as = row.works_as if row.kind == DayKind.RECOVERY else None
                return SpecialDay(day, row.kind, row.names, works_as)
        return None

    def is_working_day(self, day: date) -> bool:
        """Whether the institution works on ``day``, in the sense that legal terms need.

        Monday to Friday without holidays and bridging days, plus recovery days; only rows for all
        places count. A closure never counts: a city hall cannot move a term by closing.
        """
        for row in self._rows_of(day):
            if row.scope == Scope.ALL and row.kind != DayKind.CLOSURE:
                return row.kind == DayKind.RECOVERY
        return day.weekday() < 5

    def next_working_day(self, day: date, inclusive: bool = True) -> date:
        """Return the first working day from ``day`` on (after it, if not ``inclusive``)."""
        return self._nearest(day, ONE_DAY, inclusive)

    def previous_working_day(self, day: date, inclusive: bool = True) -> date:
        """Return the last working day up to ``day`` (before it, if not ``inclusive``)."""
        return self._nearest(day, -ONE_DAY, inclusive)

    def _nearest(self, day: date, step: timedelta, inclusive: bool) -> date:
        if not inclusive:
            day += step
        while not self.is_working_day(day):
            day += step
        return day

    def add_working_days(self, day: date, n: int) -> date:
        """Return the n-th working day after ``day`` (before it, for a negative n).

        ``day`` itself is never counted, whether it is a working day or not; n = 0 returns it.
        """
        step = ONE_DAY if n > 0 else -ONE_DAY
        for _ in range(abs(n)):
            day = self._nearest(day, step, inclusive=False)
        return day
