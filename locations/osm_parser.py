"""The grammar of OpenStreetMap ``opening_hours`` texts, as far as schedules can hold them.

Specification: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification. What the
specification knows and a schedule cannot hold is refused with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from cms.quoting import shown
from cms.working_calendar import ONE_DAY
from locations.clock_days import PieceKind
from locations.intervals import DAY_MINUTES, LATEST_END, HoursError
from locations.schedules import Season, Week

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ALL_WEEKDAYS: Final = frozenset(range(7))
EMPTY_WEEK: Final = Week(((),) * 7)
LEAP_YEAR: Final = 2024
"""The year that days of yearly ranges get: it has all of them."""

_TOKEN: Final = re.compile(
    rf"""\s*(?:
        (?P<always>24/7) | (?P<time>[0-9]{{1,2}}:[0-9]{{2}}) | (?P<year>(?:19|20)[0-9]{{2}})(?![0-9])
        | (?P<number>[0-9]{{1,2}})(?![0-9]) | (?P<month>{"|".join(MONTHS)})(?![a-z])
        | (?P<weekday>{"|".join(WEEKDAYS)})(?![a-z]) | (?P<ph>PH)(?![a-z])
        | (?P<state>open|off|closed|unknown)(?![a-z]) | (?P<comment>"[^"]*")
        | (?P<fallback>\|\|) | (?P<mark>[-–,;:+])
        | (?P<other>SH|easter|week|sunrise|sunset|dawn|dusk|\[|/)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_REASONS: Final[dict[str, _StrPromise]] = {
    "fallback": _("rules that hold “otherwise” (||) are not supported."),
    "sh": _("school holidays are not supported; use a season."),
    "easter": _("days counted from Easter are not supported; public holidays (PH) are."),
    "week": _("week numbers are not supported; use a season."),
    "sun": _("hours that follow the sun are not supported."),
    "step": _("repeated or counted days and hours are not supported."),
    "open_end": _("hours or days without an end are not supported here."),
    "comment": _("of comments only “by appointment” is supported."),
    "ph_dates": _("public holidays of a part of the year only are not supported."),
    "unknown": _("unknown hours are supported for whole days, not for single weekdays."),
    "late": _("hours past midnight must end by 06:00."),
    "order": _("on %(day)s it gives hours that a schedule of seasons and exceptions cannot."),
    "long": _("the range of days is too long."),
}
_OTHER_REASON: Final = {"sh": "sh", "easter": "easter", "week": "week", "[": "step", "/": "step"}
_APPOINTMENT: Final = frozenset({"by appointment", "on appointment", "by appointment only"})


def _reason_text(reason: str, params: dict[str, str]) -> str:
    return str(_REASONS[reason]) % params


_told = lazy(_reason_text, str)


def unsupported(text: str, reason: str, **params: str) -> HoursError:
    """Return the error for a text that is valid OSM and cannot be kept, with its reason."""
    return HoursError("osm_not_supported", text=shown(text), reason=_told(reason, params))


@dataclass(frozen=True, slots=True)
class DateRange:
    """A date selector: yearly if it names no year; ``last`` None is open-ended."""

    first: date
    last: date | None
    yearly: bool

    def season(self, week: Week = EMPTY_WEEK) -> Season:
        """The season that holds on these days."""
        return Season(week, self.first, self.last, self.yearly)


@dataclass(slots=True)
class Rule:
    """One rule; ``weekdays`` None where it names neither weekdays nor PH, ``kind`` None is "off"."""

    additional: bool = False
    dates: list[DateRange] = field(default_factory=list)
    weekdays: frozenset[int] | None = None
    ph: bool = False
    times: list[tuple[int, int]] = field(default_factory=list)
    kind: PieceKind | None = PieceKind.OPEN
    text: str = ""
    seasons: list[Season] = field(default_factory=list)

    @property
    def exact_days(self) -> bool:
        """Whether the rule is about all of some dated days, as exceptions are."""
        bounded = all(not dates.yearly and dates.last for dates in self.dates)
        return bool(self.dates) and bounded and self.weekdays is None and not self.ph

    def matches(self, day: date, holiday: bool) -> bool:
        """Whether the rule is about ``day``; ``holiday``: the day is a public holiday."""
        if self.seasons and not any(season.holds_on(day) for season in self.seasons):
            return False
        if self.weekdays is None and not self.ph:
            return True
        return (self.ph and holiday) or day.weekday() in (self.weekdays or ())

    def apply(self, pieces: list[tuple[int, int, PieceKind]]) -> list[tuple[int, int, PieceKind]]:
        """Return the hours of a matching day after this rule, from those before it."""
        if self.kind is None:
            # "off" with times takes a break out of what stands.
            for low, high in self.times or [(0, 2 * DAY_MINUTES)]:
                pieces = [
                    (max(a, x), min(b, y), kind)
                    for a, b, kind in pieces
                    for x, y in ((a, low), (high, b))
                    if max(a, x) < min(b, y)
                ]
            return pieces
        own = [(a, b, self.kind) for a, b in self.times or [(0, DAY_MINUTES)]]
        return [*pieces, *own] if self.additional else own


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


class _Point(NamedTuple):
    """A year, month or day as far as it is named."""

    year: int | None
    month: int | None
    day: int | None

    def first(self) -> date:
        return date(self.year or LEAP_YEAR, self.month or 1, self.day or 1)

    def last(self) -> date:
        if self.day:
            return self.first()
        in_month = date(self.year or LEAP_YEAR, self.month or 12, 28)
        return (in_month + timedelta(days=4)).replace(day=1) - ONE_DAY


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._tokens())
        self.at = 0

    def _tokens(self) -> Iterator[_Token]:
        at, end = 0, len(self.text.rstrip())
        while at < end:
            match = _TOKEN.match(self.text, at)
            if not match or match.lastgroup is None:
                raise HoursError("osm_not_understood", text=shown(self.text[at:]))
            kind, text = match.lastgroup, match[match.lastgroup]
            if kind == "fallback":
                raise unsupported(self.text[at:], "fallback")
            if kind == "other":
                reason = _OTHER_REASON.get(text.casefold(), "sun")
                raise unsupported(self.text[match.start(kind) :], reason)
            yield _Token(kind, text.replace("–", "-"), match.start(kind))
            at = match.end()

    def peek(self, offset: int = 0) -> _Token:
        index = self.at + offset
        return self.tokens[index] if index < len(self.tokens) else _Token("end", "", len(self.text))

    def take(self, kind: str, text: str = "") -> _Token | None:
        token = self.peek()
        if token.kind != kind or (text and token.text != text):
            return None
        self.at += 1
        return token

    def need(self, kind: str, text: str = "") -> _Token:
        token = self.take(kind, text)
        if token is None:
            raise HoursError("osm_not_understood", text=self.rest() or shown(self.text))
        return token

    def rest(self) -> str:
        return shown(self.text[self.peek().at :])

    def another(self, *kinds: str) -> bool:
        """Take a comma that one more of these follows; any other comma begins a new rule."""
        if self.peek().text == "," and self.peek(1).kind in kinds:
            self.at += 1
            return True
        return False

    def rules(self) -> list[Rule]:
        rules: list[Rule] = []
        additional = False
        while self.peek().kind != "end":
            rules.append(self._rule(additional))
            if self.peek().kind == "end":
                break
            additional = self.take("mark", ",") is not None
            if not additional:
                self.need("mark", ";")
        return rules

    def _rule(self, additional: bool) -> Rule:
        rule, start = Rule(additional), self.at
        if self.take("always"):
            rule.weekdays = ALL_WEEKDAYS
        else:
            self._dates(rule)
            if self.at > start:
                self.take("mark", ":")
            self._weekdays(rule)
            self._times(rule)
        self._state(rule)
        if self.at == start:
            self.need("rule")
        rule.text = self.text[self.tokens[start].at : self.peek().at].strip(" ;,")
        rule.seasons = [dates.season() for dates in rule.dates]
        return rule

    def _dates(self, rule: Rule) -> None:
        year = None
        while self.peek().kind in ("year", "month"):
            at = self.peek().at
            try:
                rule.dates.append(self._date_range(year, at))
            except ValueError as error:
                if isinstance(error, HoursError):
                    raise
                raise HoursError("osm_not_understood", text=shown(self.text[at:])) from error
            year = None if rule.dates[-1].yearly else rule.dates[-1].first.year
            if not self.another("year", "month"):
                return

    def _date_range(self, year: int | None, at: int) -> DateRange:
        start = self._point(year)
        first, last = start.first(), start.last()
        if self.take("mark", "+"):
            if start.year is None:
                raise unsupported(self.text[at:], "open_end")
            return DateRange(first, None, yearly=False)
        if self.take("mark", "-"):
            number = self.take("number") if start.day else None
            if number:
                end = _Point(start.year, start.month, int(number.text))
            else:
                end = self._point(start.year)
            last = end.last()
            if start.year is not None and end.year == start.year and last < first:
                last = end._replace(year=start.year + 1).last()
        return DateRange(first, last, yearly=start.year is None)

    def _point(self, year: int | None) -> _Point:
        given = self.take("year")
        month = self.take("month") if given else self.need("month")
        day = self.take("number") if month else None
        return _Point(
            int(given.text) if given else year,
            _index(MONTHS, month.text) + 1 if month else None,
            int(day.text) if day else None,
        )

    def _weekdays(self, rule: Rule) -> None:
        while self.peek().kind in ("weekday", "ph"):
            if self.take("ph"):
                rule.ph = True
            else:
                first = last = _index(WEEKDAYS, self.need("weekday").text)
                if self.take("mark", "-"):
                    last = _index(WEEKDAYS, self.need("weekday").text)
                span = {(first + n) % 7 for n in range((last - first) % 7 + 1)}
                rule.weekdays = (rule.weekdays or frozenset()) | span
            if not self.another("weekday", "ph"):
                return

    def _times(self, rule: Rule) -> None:
        while self.peek().kind == "time":
            at = self.peek().at
            start = _minutes(self.need("time").text)
            if self.peek().text != "+":
                self.need("mark", "-")
                end = _minutes(self.need("time").text)
            if self.peek().text == "+":
                raise unsupported(self.text[at:], "open_end")
            end += DAY_MINUTES if end <= start else 0
            if start >= DAY_MINUTES:
                raise HoursError("osm_not_understood", text=shown(self.text[at:]))
            if end > LATEST_END or end - start > DAY_MINUTES:
                raise unsupported(self.text[at : self.peek().at].rstrip(" ,;"), "late")
            rule.times.append((start, end))
            if not self.another("time"):
                return

    def _state(self, rule: Rule) -> None:
        state, comment = self.take("state"), self.take("comment")
        word = state.text.casefold() if state else "open"
        if comment:
            known = comment.text.strip('" ').casefold() in _APPOINTMENT
            # A comment without hours means, in OSM, that the hours are not known.
            if not known or word != "open" or not (rule.times or state):
                raise unsupported(comment.text, "comment")
            rule.kind = PieceKind.BY_APPOINTMENT
        elif word == "unknown":
            rule.kind = PieceKind.UNKNOWN
        elif word != "open":
            rule.kind = None


def _index(names: tuple[str, ...], name: str) -> int:
    return [known.casefold() for known in names].index(name.casefold())


def _minutes(text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if minutes > 59:
        raise HoursError("no_such_minute", time=text)
    if hours > 48:
        raise HoursError("no_such_hour", time=text)
    return hours * 60 + minutes


def parse_rules(text: str) -> list[Rule]:
    """Return the rules of an opening_hours text in order; raises HoursError, naming what it is about."""
    return _Parser(text).rules()
