"""Rules of recurrence: RFC 5545 section 3.3.10 in a subset that every calendar reads alike.

Pure: dates without times or zones, no clock, no database. Only two functions look at Europe/Bucharest, where
UNTIL has to become UTC or comes from it. Left out are the parts that calendars read differently or that no
event of a city hall needs; what is asked for beyond the subset is refused with what to do instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from cms.quoting import shown
from locations.hours import BUCHAREST

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_COUNT: Final = 500
MAX_INTERVAL: Final = 1000
MAX_TEXT: Final = 500
LAST: Final = -1
"""The last day of a month, or its last Monday."""
CODES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""RFC 5545's weekdays; their index is Python's weekday."""

_MAX_ORDINAL: Final = date.max.toordinal()
_MAX_MONTH: Final = date.max.year * 12 + 11
_END_OF_DAY: Final = time(23, 59, 59)


class Frequency(StrEnum):
    """The step of a rule."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


# code: (the field of the rule that is wrong, what to do)
MESSAGES: Final[dict[str, tuple[str, _StrPromise]]] = {
    "too_long": (
        "rule",
        _(
            "This rule is too long. Choose how often the event repeats: daily, weekly, monthly or yearly."
        ),
    ),
    "not_understood": (
        "rule",
        _(
            "“%(text)s” is not a rule of repetition. Choose how often the event repeats: daily, weekly, "
            "monthly or yearly."
        ),
    ),
    "several_rules": (
        "rule",
        _("An event has one rule of repetition. Add its other dates one by one."),
    ),
    "unsupported": (
        "rule",
        _(
            "“%(text)s” cannot be part of a rule here, because calendars disagree about it. Repeat the event daily, "
            "weekly on chosen weekdays, monthly on one day or weekday, or yearly, and add its other dates one by one."
        ),
    ),
    "repeated_part": (
        "rule",
        _("“%(text)s” stands twice in the rule. Leave it there once."),
    ),
    "frequency": (
        "frequency",
        _("An event cannot repeat “%(text)s”. Choose daily, weekly, monthly or yearly."),
    ),
    "interval": (
        "interval",
        _("Write a whole number from 1 to %(limit)s: 1 for every time, 2 for every second time."),
    ),
    "count": (
        "count",
        _(
            "Write how many dates the series has, from 1 to %(limit)s, or choose the day on which it ends."
        ),
    ),
    "until": (
        "until",
        _("“%(text)s” is not a day on which a series can end. Choose its last day."),
    ),
    "two_ends": (
        "count",
        _("A series ends either on a day or after a number of dates. Leave one of the two empty."),
    ),
    "weekdays_missing": (
        "weekdays",
        _("Choose at least one day of the week."),
    ),
    "weekdays": (
        "weekdays",
        _("“%(text)s” is not a list of weekdays. Choose one or more days of the week."),
    ),
    "weekdays_unused": (
        "weekdays",
        _(
            "Days of the week belong to a weekly rule. Repeat the event weekly, or choose no weekday."
        ),
    ),
    "month_day_missing": (
        "month_day",
        _(
            "Choose the day of the month: a number, the last day, or a weekday such as the second Tuesday."
        ),
    ),
    "month_day": (
        "month_day",
        _(
            "Choose a day of the month from 1 to 28, or the last day: not every month has a day 29, 30 or 31."
        ),
    ),
    "nth_weekday": (
        "nth_weekday",
        _("Choose one weekday of the month, from the first to the fifth, or the last."),
    ),
    "two_month_days": (
        "month_day",
        _("Choose either a day of the month or a weekday of the month, not both."),
    ),
    "month_day_unused": (
        "month_day",
        _(
            "The day of the month belongs to a monthly rule. Repeat the event monthly, or leave it empty."
        ),
    ),
    "week_start": (
        "weekdays",
        _("Weeks begin on Monday here. Choose one weekday only, or repeat the event every week."),
    ),
}


def _say(message: _StrPromise, params: dict[str, Any]) -> str:
    return str(message) % params


_said = lazy(_say, str)


class RuleError(ValueError):
    """A rule that cannot be.

    ``code`` is stable; ``field`` names the part that is wrong ("rule", "frequency", "interval", "weekdays",
    "month_day", "nth_weekday", "until" or "count"); ``message`` says what to do, in the language in which it
    is read.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
        self.field, message = MESSAGES[code]
        self.message = _said(message, params)

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True, slots=True)
class Rule:
    """When an event repeats, counted from a start that is kept elsewhere.

    ``weekdays`` (WEEKLY, 0 = Monday) is put in order; ``interval`` counts weeks that begin on Monday. MONTHLY
    has ``month_day`` (1–28 or LAST) or ``nth_weekday`` (n from 1 to 5 or LAST, weekday); a month without a
    fifth Friday is left out. YEARLY repeats the start's day and month; 29 February exists in leap years only.
    ``until`` is a local date and included. Raises RuleError for anything else.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    nth_weekday: tuple[int, int] | None = None
    until: date | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "frequency", Frequency(self.frequency))
        except ValueError:
            raise RuleError("frequency", text=shown(str(self.frequency))) from None
        object.__setattr__(self, "weekdays", tuple(sorted(set(self.weekdays))))
        if not 1 <= self.interval <= MAX_INTERVAL:
            raise RuleError("interval", limit=MAX_INTERVAL)
        if self.count is not None and not 1 <= self.count <= MAX_COUNT:
            raise RuleError("count", limit=MAX_COUNT)
        if self.count is not None and self.until is not None:
            raise RuleError("two_ends")
        self._check_weekdays()
        self._check_month()

    def _check_weekdays(self) -> None:
        if self.frequency != Frequency.WEEKLY:
            if self.weekdays:
                raise RuleError("weekdays_unused")
        elif not self.weekdays:
            raise RuleError("weekdays_missing")
        elif not set(self.weekdays) <= set(range(7)):
            raise RuleError("weekdays", text=", ".join(map(str, self.weekdays)))

    def _check_month(self) -> None:
        if self.frequency != Frequency.MONTHLY:
            if self.month_day is not None or self.nth_weekday is not None:
                raise RuleError("month_day_unused")
            return
        if self.month_day is not None and self.nth_weekday is not None:
            raise RuleError("two_month_days")
        if self.nth_weekday is not None:
            number, weekday = self.nth_weekday
            if number not in (1, 2, 3, 4, 5, LAST) or weekday not in range(7):
                raise RuleError("nth_weekday")
        elif self.month_day is None:
            raise RuleError("month_day_missing")
        elif self.month_day not in range(1, 29) and self.month_day != LAST:
            raise RuleError("month_day")

    @property
    def ends(self) -> bool:
        """Whether the series has a last date."""
        return self.until is not None or self.count is not None


# -- reading and writing ---------------------------------------------------------------------------------------------

_PARTS: Final = (
    "FREQ",
    "INTERVAL",
    "BYDAY",
    "BYMONTHDAY",
    "BYSETPOS",
    "BYMONTH",
    "UNTIL",
    "COUNT",
    "WKST",
)
_NUMBER: Final = re.compile(r"[0-9]{1,6}", re.ASCII)
_SIGNED: Final = re.compile(r"[+-]?[0-9]{1,6}", re.ASCII)
_BYDAY: Final = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_UNTIL: Final = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?", re.ASCII)


def parse_rrule(text: str, start: date | datetime | None = None) -> Rule:
    """Read one recurrence rule, "RRULE:FREQ=…" or without the name (RFC 5545 section 3.3.10).

    ``start`` is the event's DTSTART, where it is known; what the rule leaves to it (the weekday of
    FREQ=WEEKLY, the day of FREQ=MONTHLY) is then filled in. UNTIL becomes the local date in Europe/Bucharest
    that it falls on; with a ``start`` that has a time, an UNTIL before that time of the day keeps the day out,
    as the RFC has it. Raises RuleError for whatever is outside the subset.
    """
    parts = _split(text)
    frequency = _frequency(parts.pop("FREQ", ""))
    interval = _integer(parts.pop("INTERVAL", "1"), RuleError("interval", limit=MAX_INTERVAL))
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    nth_weekday: tuple[int, int] | None = None
    if frequency == Frequency.WEEKLY:
        weekdays = _weekdays(parts.pop("BYDAY", ""), start)
    elif frequency == Frequency.MONTHLY:
        nth_weekday = _nth_weekday(parts)
        month_day = _month_day(parts.pop("BYMONTHDAY", ""), start if nth_weekday is None else None)
    elif frequency == Frequency.YEARLY and start is not None:
        # Many programs repeat in the rule what the start says already.
        for name, number in (("BYMONTH", start.month), ("BYMONTHDAY", start.day)):
            if parts.get(name) == str(number):
                del parts[name]
    until = _until(parts.pop("UNTIL"), start) if "UNTIL" in parts else None
    count = None
    if "COUNT" in parts:
        count = _integer(parts.pop("COUNT"), RuleError("count", limit=MAX_COUNT))
    week_start = parts.pop("WKST", "MO")
    if week_start not in CODES:
        raise RuleError("unsupported", text=shown(f"WKST={week_start}"))
    for name, value in parts.items():
        raise RuleError("unsupported", text=shown(f"{name}={value}"))
    if week_start != "MO" and interval != 1 and len(weekdays) > 1:
        raise RuleError("week_start")
    return Rule(frequency, interval, weekdays, month_day, nth_weekday, until, count)


def _split(text: str) -> dict[str, str]:
    """The parts of a rule by name."""
    if len(text) > MAX_TEXT:
        raise RuleError("too_long")
    lines = [line.strip() for line in text.upper().splitlines() if line.strip()]
    if len(lines) > 1:
        raise RuleError("several_rules")
    rule = "".join(lines).removeprefix("RRULE:")
    parts: dict[str, str] = {}
    for part in rule.removesuffix(";").split(";"):
        name, equals, value = part.partition("=")
        if not (equals and name and value):
            raise RuleError("not_understood", text=shown(text))
        if name in parts:
            raise RuleError("repeated_part", text=shown(name))
        if name not in _PARTS:
            raise RuleError("unsupported", text=shown(part))
        parts[name] = value
    if "FREQ" not in parts:
        raise RuleError("not_understood", text=shown(text))
    return parts


def _frequency(text: str) -> Frequency:
    try:
        return Frequency(text.lower())
    except ValueError:
        raise RuleError("frequency", text=shown(text)) from None


def _integer(text: str, error: RuleError) -> int:
    if not _NUMBER.fullmatch(text):
        raise error
    return int(text)


def _weekdays(text: str, start: date | None) -> tuple[int, ...]:
    if not text:
        return (start.weekday(),) if start is not None else ()
    found = []
    for item in text.split(","):
        if item not in CODES:
            raise RuleError("weekdays", text=shown(text))
        found.append(CODES.index(item))
    return tuple(found)


def _nth_weekday(parts: dict[str, str]) -> tuple[int, int] | None:
    """Read and take out BYDAY=2TU, or BYDAY=TU with BYSETPOS=2, which says the same."""
    if "BYDAY" not in parts:
        return None
    found = _BYDAY.fullmatch(parts.pop("BYDAY"))
    if not found:
        raise RuleError("nth_weekday")
    position = found[1] or parts.pop("BYSETPOS", "")
    if not _SIGNED.fullmatch(position):
        raise RuleError("nth_weekday")
    return int(position), CODES.index(found[2])


def _month_day(text: str, start: date | None) -> int | None:
    if not text:
        return start.day if start is not None else None
    if not _SIGNED.fullmatch(text):
        raise RuleError("month_day")
    return int(text)


def _until(text: str, start: date | datetime | None) -> date:
    found = _UNTIL.fullmatch(text)
    try:
        if not found:
            raise ValueError(text)
        day, clock, zulu = found.groups()
        moment = datetime.strptime(day + (clock or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007
        if zulu:
            moment = moment.replace(tzinfo=UTC).astimezone(BUCHAREST)
    except (ValueError, OverflowError):
        raise RuleError("until", text=shown(text)) from None
    if clock and isinstance(start, datetime) and start.tzinfo is not None:
        start = start.astimezone(BUCHAREST)
    last = moment.date()
    if clock and isinstance(start, datetime) and moment.time() < start.time() and last > date.min:
        last -= timedelta(days=1)
    return last


def to_rrule(rule: Rule, start: date | datetime) -> str:
    """Write a rule as the value of RRULE, without the name.

    With a ``start`` that has a time, UNTIL is the end of the last local day, in UTC (RFC 5545 section 3.3.10
    asks for UTC where DTSTART has a zone); with a date it is a date.
    """
    parts = [f"FREQ={rule.frequency.upper()}"]
    if rule.interval != 1:
        parts.append(f"INTERVAL={rule.interval}")
    if rule.weekdays:
        parts.append("BYDAY=" + ",".join(CODES[weekday] for weekday in rule.weekdays))
    if rule.nth_weekday is not None:
        number, weekday = rule.nth_weekday
        parts.append(f"BYDAY={number}{CODES[weekday]}")
    if rule.month_day is not None:
        parts.append(f"BYMONTHDAY={rule.month_day}")
    if rule.until is not None:
        if isinstance(start, datetime):
            last = datetime.combine(rule.until, _END_OF_DAY, BUCHAREST).astimezone(UTC)
            parts.append(f"UNTIL={last.year:04}{last:%m%dT%H%M%SZ}")
        else:
            parts.append(f"UNTIL={rule.until.year:04}{rule.until:%m%d}")
    if rule.count is not None:
        parts.append(f"COUNT={rule.count}")
    return ";".join(parts)


# -- dates -----------------------------------------------------------------------------------------------------------


def dates(rule: Rule, start: date, first: date, last: date) -> Iterator[date]:
    """The rule's dates from ``first`` to ``last``, both included, in order; none before ``start``.

    COUNT counts from ``start``, wherever the window lies. Every month and year is counted from the one that
    ``start`` lies in. The cost is that of the window, not of the way to it; only a fifth weekday of the month
    and 29 February are counted one by one, and only up to COUNT.
    """
    low = max(start, first).toordinal()
    high = min(last, rule.until or last).toordinal()
    if low > high:
        return
    for ordinal in _ordinals(rule, start, low, high):
        yield date.fromordinal(ordinal)


def first_on_rule(rule: Rule, start: date) -> date | None:
    """The first date from ``start`` on with which the series can begin; None if it is over before that.

    A series that begins there counts its interval from there, so the next suitable weekday does, however many
    weeks lie between two dates.
    """
    plain = replace(rule, interval=1, count=None)
    return next(dates(plain, start, start, date.max), None)


def _ordinals(rule: Rule, start: date, low: int, high: int) -> Iterator[int]:
    match rule.frequency:
        case Frequency.DAILY:
            return _daily(rule, start, low, high)
        case Frequency.WEEKLY:
            return _weekly(rule, start, low, high)
        case _:
            return _by_months(rule, start, low, high)


def _up(number: int, step: int) -> int:
    """The quotient, rounded up."""
    return -(-number // step)


def _daily(rule: Rule, start: date, low: int, high: int) -> Iterator[int]:
    begin = start.toordinal()
    if rule.count is not None:
        high = min(high, begin + (rule.count - 1) * rule.interval)
    return iter(
        range(begin + _up(low - begin, rule.interval) * rule.interval, high + 1, rule.interval)
    )


def _weekly(rule: Rule, start: date, low: int, high: int) -> Iterator[int]:
    monday = start.toordinal() - start.weekday()
    step = 7 * rule.interval
    if rule.count is not None:
        in_first_week = [weekday for weekday in rule.weekdays if weekday >= start.weekday()]
        if rule.count <= len(in_first_week):
            high = min(high, monday + in_first_week[rule.count - 1])
        else:
            weeks, index = divmod(rule.count - len(in_first_week) - 1, len(rule.weekdays))
            high = min(high, monday + (weeks + 1) * step + rule.weekdays[index])
    for week in range(monday + (low - monday) // step * step, high + 1, step):
        for weekday in rule.weekdays:
            if low <= week + weekday <= high:
                yield week + weekday


def _by_months(rule: Rule, start: date, low: int, high: int) -> Iterator[int]:
    """Dates of a monthly or a yearly rule; months are counted from the year 0."""
    step = rule.interval * (12 if rule.frequency == Frequency.YEARLY else 1)
    begin = start.year * 12 + start.month - 1
    if rule.count is not None:
        high = min(high, _nth_date(rule, start, begin, step))
        if high < low:
            return
    lowest, highest = date.fromordinal(low), date.fromordinal(high)
    from_month = begin + _up(lowest.year * 12 + lowest.month - 1 - begin, step) * step
    to_month = highest.year * 12 + highest.month - 1
    for month in range(from_month, to_month + 1, step):
        ordinal = _in_month(rule, start, month)
        if ordinal is not None and low <= ordinal <= high:
            yield ordinal


def _nth_date(rule: Rule, start: date, begin: int, step: int) -> int:
    """The ordinal of the last of COUNT dates, that of date.max if time ends before it."""
    first = start.toordinal()
    count = rule.count or 0
    if (rule.nth_weekday and rule.nth_weekday[0] == 5) or (start.month, start.day) == (2, 29):
        found = (_in_month(rule, start, month) for month in range(begin, _MAX_MONTH + 1, step))
        later = (ordinal for ordinal in found if ordinal is not None and ordinal >= first)
        return next(islice(later, count - 1, None), _MAX_ORDINAL)
    opening = _in_month(rule, start, begin)
    missed = opening is None or opening < first
    month = begin + (count - 1 + missed) * step
    if month > _MAX_MONTH:
        return _MAX_ORDINAL
    return _in_month(rule, start, month) or _MAX_ORDINAL


def _in_month(rule: Rule, start: date, month: int) -> int | None:
    """The ordinal of the rule's date in a month, None where there is none."""
    year, index = divmod(month, 12)
    opening = date(year, index + 1, 1).toordinal()
    length = _length(year, index + 1)
    day: int | None
    if rule.frequency == Frequency.YEARLY:
        day = start.day
    elif rule.nth_weekday is None:
        day = length if rule.month_day == LAST else rule.month_day
    else:
        number, weekday = rule.nth_weekday
        # Ordinal 1 is a Monday.
        day = 1 + (weekday - (opening - 1)) % 7
        day += 7 * ((length - day) // 7 if number == LAST else number - 1)
    if day is None or day > length:
        return None
    return opening + day - 1


def _length(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31
