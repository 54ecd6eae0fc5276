"""The periods that reports are of: half-years for petitions, years for public information. No database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from dateutil.relativedelta import relativedelta

MOST_YEARS: Final = 6
"""How far back a report can be asked for."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `first_day` to `last_day`, both local days and both in it."""

    first_day: date
    last_day: date

    @property
    def key(self) -> str:
        """What a form calls it: "2026-1" and "2026-2" for half-years, "2026" for a year."""
        if (self.last_day - self.first_day).days > 200:
            return str(self.first_day.year)
        return f"{self.first_day.year}-{1 if self.first_day.month == 1 else 2}"

    @property
    def months(self) -> list[tuple[date, date]]:
        """The first and the last day of each month, or part of one, in it."""
        found, first = [], self.first_day
        while first <= self.last_day:
            after = first.replace(day=1) + relativedelta(months=1)
            found.append((first, min(after - relativedelta(days=1), self.last_day)))
            first = after
        return found


def year(number: int) -> Period:
    """A calendar year."""
    return Period(date(number, 1, 1), date(number, 12, 31))


def half_year(number: int, half: int) -> Period:
    """The first or second half of a calendar year."""
    if half == 1:
        return Period(date(number, 1, 1), date(number, 6, 30))
    return Period(date(number, 7, 1), date(number, 12, 31))


def ended_half_years(today: date) -> list[Period]:
    """The half-years that were over before `today`, the last one first."""
    known = [half_year(today.year - n, half) for n in range(MOST_YEARS) for half in (2, 1)]
    return [period for period in known if period.last_day < today]


def ended_years(today: date) -> list[Period]:
    """The years that were over before `today`, the last one first."""
    return [year(today.year - n) for n in range(1, MOST_YEARS)]


def last_months(number: int, today: date) -> Period:
    """The last `number` whole months before the month of `today`."""
    first_of_this = today.replace(day=1)
    return Period(
        first_of_this - relativedelta(months=number), first_of_this - relativedelta(days=1)
    )
