"""Intervals of a day: how they are written, read and put together, and what is wrong with them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from cms.quoting import shown

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DAY_MINUTES: Final = 24 * 60
LATEST_END: Final = DAY_MINUTES + 6 * 60
"""An interval may run past midnight until 06:00, in minutes from the midnight before it."""
MAX_TEXT: Final = 500

MESSAGES: Final[dict[str, _StrPromise]] = {
    "too_long": _("This is too long: write at most %(limit)s characters."),
    "not_understood": _(
        "“%(text)s” is not understood. Write the hours like 08:00-12:00, 13:00-16:30, "
        "or leave the day empty if it is closed."
    ),
    "after_midnight": _("There is no %(time)s: write %(instead)s, the time after midnight."),
    "no_such_hour": _("There is no %(time)s: hours run from 00:00 to 24:00."),
    "no_such_minute": _("There is no %(time)s: minutes run from 00 to 59."),
    "empty_interval": _(
        "“%(text)s” starts and ends at the same time. For the whole day write 00:00-24:00."
    ),
    "reversed_interval": _(
        "“%(text)s” ends before it starts. Only hours that end by 06:00 may run past midnight."
    ),
    "bad_interval": _("%(start)s to %(end)s minutes from midnight is no interval of a day."),
    "ends_late": _("%(interval)s runs past midnight and must end by 06:00."),
    "overlap": _("%(first)s and %(second)s overlap."),
    "day_overlap": _("%(day)s: %(first)s and %(second)s overlap."),
    "spill": _("%(day)s: %(first)s runs past midnight into the next day's %(second)s."),
    "reversed_range": _("The last day (%(last)s) lies before the first day (%(first)s)."),
    "yearly_without_days": _("Hours that return every year need a first and a last day."),
    "seasons_overlap": _(
        "Two seasons overlap: %(first)s to %(last)s and %(other_first)s to %(other_last)s."
    ),
    "exceptions_overlap": _(
        "Two exceptions overlap: %(first)s to %(last)s and %(other_first)s to %(other_last)s."
    ),
    "holiday_hours_missing": _("Write the hours that hold on public holidays."),
    "osm_not_understood": _("“%(text)s” is not understood as OpenStreetMap opening hours."),
    "osm_not_supported": _("“%(text)s” cannot be kept here: %(reason)s"),
}


class HoursError(ValueError):
    """Hours that cannot be: a stable ``code``, its ``params``, and a lazy translated ``message``.

    ``message`` is a %-format for ``params``, as ``django.core.exceptions.ValidationError`` takes
    it; ``str(error)`` is the finished text in the active language.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
        self.message = MESSAGES[code]

    def __str__(self) -> str:
        return str(self.message) % self.params


@dataclass(frozen=True, order=True, slots=True)
class Interval:
    """Open from ``start`` until ``end``, in minutes from the local midnight of its day.

    0 <= start < 1440 and start < end <= start + 1440; an end past 1440 lies on the next day.
    Raises HoursError("bad_interval") otherwise.
    """

    start: int
    end: int
    by_appointment: bool = False

    def __post_init__(self) -> None:
        if not (0 <= self.start < DAY_MINUTES and self.start < self.end):
            raise HoursError("bad_interval", start=self.start, end=self.end)
        if self.end - self.start > DAY_MINUTES:
            raise HoursError("bad_interval", start=self.start, end=self.end)


def clock(minutes: int) -> str:
    """Return minutes from midnight as "HH:MM"; 1440 is "24:00", later ends start again at 00:00."""
    hours, minutes = divmod(minutes if minutes <= DAY_MINUTES else minutes - DAY_MINUTES, 60)
    return f"{hours:02d}:{minutes:02d}"


def format_intervals(intervals: Iterable[Interval]) -> str:
    """Return the canonical text "08:00-12:00, 13:00-16:30" that ``parse_intervals`` reads back."""
    return ", ".join(f"{clock(i.start)}-{clock(i.end)}" for i in intervals)


_TIME = r"([0-9]{1,2})(?:[:.]([0-9]{2}))?"
_PART = re.compile(rf"\s*{_TIME}\s*[-‐‑‒–—−]\s*{_TIME}\s*")
_CLOSED = frozenset({"", "-", "–", "—", "închis", "inchis", "closed", "off", "zárva", "zarva"})


def _minutes(hour_text: str, minute_text: str | None, is_end: bool) -> int:
    hour, minute = int(hour_text), int(minute_text or 0)
    written = f"{hour}:{minute:02d}"
    if minute > 59:
        raise HoursError("no_such_minute", time=written)
    if hour == 24 and (minute or not is_end):
        raise HoursError("after_midnight", time=written, instead=f"00:{minute:02d}")
    if hour > 24:
        raise HoursError("no_such_hour", time=written)
    return hour * 60 + minute


def parse_intervals(text: str, by_appointment: bool = False) -> tuple[Interval, ...]:
    """Read the hours of one day as an editor writes them.

    "08:00-12:00, 13:00–16:30", "8-16", "8.30-12; 13-16"; "", "închis", "closed" and "zárva" give (). An
    end before its start is past midnight if it is 06:00 or earlier. Intervals come back sorted, those
    that touch joined. Raises HoursError for everything else.
    """
    if len(text) > MAX_TEXT:
        raise HoursError("too_long", limit=MAX_TEXT)
    if unicodedata.normalize("NFC", text).strip().casefold() in _CLOSED:
        return ()
    found = []
    for part in re.split(r"[,;\n]", text):
        match = _PART.fullmatch(part)
        if not match:
            raise HoursError("not_understood", text=shown(part) or shown(text))
        start = _minutes(match[1], match[2], is_end=False)
        end = _minutes(match[3], match[4], is_end=True)
        if end == start:
            raise HoursError("empty_interval", text=shown(part))
        if end < start:
            if end > LATEST_END - DAY_MINUTES:
                raise HoursError("reversed_interval", text=shown(part))
            end += DAY_MINUTES
        found.append(Interval(start, end, by_appointment))
    found.sort()
    for first, second in overlaps(found):
        raise HoursError(
            "overlap", first=format_intervals([first]), second=format_intervals([second])
        )
    return combine(found)


def overlaps(intervals: Iterable[Interval]) -> Iterator[tuple[Interval, Interval]]:
    """Neighbours that overlap; intervals need not be sorted."""
    previous: Interval | None = None
    for interval in sorted(intervals):
        if previous and interval.start < previous.end:
            yield previous, interval
        if previous is None or interval.end > previous.end:
            previous = interval


def combine(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return sorted intervals that do not overlap, those of one kind that touch joined.

    Where walk-in and by-appointment hours overlap the time counts as walk-in.
    """
    result: list[Interval] = []
    intervals = tuple(intervals)
    for kind in (False, True):
        walk_in = tuple(result)
        last: Interval | None = None
        for new in sorted(i for i in intervals if i.by_appointment is kind):
            pieces = [(new.start, new.end)]
            for old in walk_in:
                pieces = [
                    (max(a, low), min(b, high))
                    for a, b in pieces
                    for low, high in ((a, old.start), (old.end, b))
                    if max(a, low) < min(b, high)
                ]
            for start, end in pieces:
                touches = last is not None and start <= last.end
                if last and touches and max(end, last.end) - last.start <= DAY_MINUTES:
                    result[-1] = last = Interval(last.start, max(end, last.end), kind)
                    continue
                # What would make more than a day in one piece stays in two.
                begin = max(start, last.end) if last else start
                if begin < min(end, DAY_MINUTES):
                    last = Interval(begin, end, kind)
                    result.append(last)
    return tuple(sorted(result))
