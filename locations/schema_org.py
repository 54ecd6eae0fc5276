"""Opening hours as schema.org ``OpeningHoursSpecification``, for JSON-LD.

``openingHoursSpecification`` holds the base week, without dates. ``specialOpeningHoursSpecification``,
which schema.org defines as overriding it, holds everything that differs within a window: seasons,
holidays, closures, exceptions; the entries of different days never overlap, so that no order among
them has to be guessed. What neither of them covers is unknown. The conventions:

* a weekday without an entry is closed; a closed day that must be said is "00:00" to "00:00", as Google
  has it (https://developers.google.com/search/docs/appearance/structured-data/local-business);
* open round the clock is "00:00" to "23:59", Google again; hours that really end at 23:59 after
  beginning at 00:00 are given in two parts;
* "closes" before "opens" runs into the next day, as schema.org says; midnight as an end is "00:00";
* hours by appointment carry a ``description`` that says so, since schema.org has no word for them.

schema.org cannot say "unknown". Where a schedule leaves days unknown (holidays that are not confirmed,
no hours outside a season), the base week is given in dated entries around those days instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import get_language, pgettext

from cms.working_calendar import ONE_DAY, WorkingCalendar, name_in
from locations.intervals import DAY_MINUTES, Interval, clock
from locations.schedules import HolidayBehaviour, Schedule, Season, hours_on

_WEEKDAYS: Final = tuple(
    f"https://schema.org/{name}"
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
)
_NOON: Final = DAY_MINUTES // 2
_CLOSED: Final = ("00:00", "00:00")
_ROUND_THE_CLOCK: Final = ("00:00", "23:59")

Specification = dict[str, Any]


def _base(schedule: Schedule) -> Season | None:
    """The base season, if it can be given without dates: if no day is left unknown."""
    unknown = schedule.holiday_behaviour == HolidayBehaviour.UNKNOWN or any(
        exception.intervals is None for exception in schedule.exceptions
    )
    if not schedule.published or unknown:
        return None
    return next((season for season in schedule.merged if season.rank == 2), None)


def _opens_closes(interval: Interval) -> list[tuple[str, str]]:
    """The times of an interval; two parts where one would read as closed or round the clock."""
    start, end = interval.start, interval.end
    if (start, end) == (0, DAY_MINUTES):
        return [_ROUND_THE_CLOCK]
    opens, closes = clock(start), clock(end % DAY_MINUTES)
    if opens == closes or (opens, closes) == _ROUND_THE_CLOCK:
        return [(opens, clock(_NOON)), (clock(_NOON), closes)]
    return [(opens, closes)]


def _entries(intervals: Iterable[Interval]) -> list[Specification]:
    """Entries for the hours of a day, without the days on which they hold."""
    entries: list[Specification] = []
    for interval in intervals:
        for opens, closes in _opens_closes(interval):
            entry = {"@type": "OpeningHoursSpecification", "opens": opens, "closes": closes}
            if interval.by_appointment:
                entry["description"] = pgettext("opening hours", "By appointment")
            entries.append(entry)
    opens, closes = _CLOSED
    return entries or [{"@type": "OpeningHoursSpecification", "opens": opens, "closes": closes}]


def _weekly(
    week: Iterable[tuple[Interval, ...]], weekdays: Iterable[int], closed: bool
) -> Iterator[Specification]:
    """Entries for these weekdays of a week, equal days together; ``closed``: say closed days too."""
    days = tuple(week)
    groups: dict[tuple[Interval, ...], list[str]] = {}
    for weekday in weekdays:
        if days[weekday] or closed:
            groups.setdefault(days[weekday], []).append(_WEEKDAYS[weekday])
    for intervals, names in groups.items():
        for entry in _entries(intervals):
            yield {**entry, "dayOfWeek": names}


def opening_hours_specification(schedule: Schedule) -> list[Specification]:
    """Return the base week for ``openingHoursSpecification``; may be empty, see the module.

    The entries hold where ``special_opening_hours`` says nothing else. A description of hours by
    appointment is in the active language.
    """
    base = _base(schedule)
    if base is None:
        return []
    all_closed = not any(base.week.days)
    return list(_weekly(base.week.days, range(7), closed=all_closed))


class _Run:
    """Consecutive days that are said together: of a season, or with the same special hours."""

    def __init__(
        self, day: date, season: Season | None, intervals: tuple[Interval, ...], name: str
    ) -> None:
        self.first = self.last = day
        self.season = season
        self.intervals = intervals
        self.name = name

    def takes(self, day: date, other: _Run) -> bool:
        if self.last != day - ONE_DAY or self.season is not other.season:
            return False
        same = (self.intervals, self.name) == (other.intervals, other.name)
        return self.season is not None or same

    def entries(self) -> Iterator[Specification]:
        valid = {"validFrom": self.first.isoformat(), "validThrough": self.last.isoformat()}
        if self.season:
            span = min((self.last - self.first).days + 1, 7)
            weekdays = sorted((self.first.weekday() + n) % 7 for n in range(span))
            for entry in _weekly(self.season.week.days, weekdays, closed=True):
                yield {**entry, **valid}
        else:
            for entry in _entries(self.intervals):
                yield {**entry, **({"name": self.name} if self.name else {}), **valid}


def special_opening_hours(
    schedule: Schedule, calendar: WorkingCalendar, first_day: date, days: int = 366
) -> list[Specification]:
    """Return what differs from the base week on ``days`` days from ``first_day`` on.

    For ``specialOpeningHoursSpecification``. Seasons come as weekly entries with the days on which
    they hold, single days with their reason as ``name`` in the active language.
    """
    base = _base(schedule)
    language = get_language() or "ro"
    runs: list[_Run] = []
    for offset in range(days):
        day = first_day + offset * ONE_DAY
        hours = hours_on(schedule, calendar, day)
        season = schedule.season_on(day)
        if hours.intervals is None:
            continue
        if season and hours.intervals == season.week.days[day.weekday()]:
            if base and season.week == base.week:
                continue  # the base week says it
            run = _Run(day, season, (), "")
        else:
            run = _Run(day, None, hours.intervals, _reason(hours.names, language))
        if runs and runs[-1].takes(day, run):
            runs[-1].last = day
        else:
            runs.append(run)
    return [entry for run in runs for entry in run.entries()]


def _reason(names: Mapping[str, str] | None, language: str) -> str:
    return name_in(names, language.split("-")[0])
