"""When an event takes place: its schedule, and the dates that follow from it.

Pure: no database, no clock. The wall clock in Europe/Bucharest is the truth: what is stored are local dates and
times, and a zone is attached only to the finished occurrence, so that a weekly 18:00 stays 18:00 when the clocks
change. Where a wall-clock time happens twice the first is meant, where it does not happen the offset from before
the gap holds (RFC 5545 section 3.3.5): 03:30 in the March night is the moment at which clocks show 04:30.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.utils.formats import date_format, number_format
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from events.enums import ChangeKind
from events.recurrence import Frequency, Rule, dates, first_on_rule
from locations.hours import BUCHAREST

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Names = Mapping[str, str]
"""A text by language: {"ro": …, "en": …, "hu": …}."""

MAX_OCCURRENCES: Final = 1500
HORIZON_MONTHS: Final = 24
MAX_DAYS: Final = 366
"""How many days one date of an event may last."""
NIGHT_ENDS: Final = time(6)
"""Who goes home by six was out on the evening before: such an end belongs to the day before it."""
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199

_MIDNIGHT: Final = time()
_ONE_DAY: Final = timedelta(days=1)
_NOTHING: Final = timedelta()
# The clocks of Bucharest have never been changed later in the day.
_CLOCKS_SETTLED: Final = time(5)
# Between these every moment can be turned into UTC and given one more day.
_EARLIEST: Final = date(1, 1, 3)
_LATEST: Final = date(9999, 12, 29)


@dataclass(frozen=True, slots=True)
class DateChange:
    """What differs on one date.

    ``day`` is the date on which it would have begun, or the new date itself (ADDED). ``new_day`` is where a
    MOVED date goes, None for another time on the same day. A time that is None is the schedule's own: with a new
    start and no new end the date lasts as long as the others. ``end_day`` None follows from the times.
    ``reason`` says why (CANCELLED, MOVED) or is a note (CHANGED, ADDED); ``title`` and ``place`` (free text) or
    ``place_id`` replace the event's own where they are not empty.
    """

    kind: ChangeKind
    day: date
    new_day: date | None = None
    start_time: time | None = None
    end_day: date | None = None
    end_time: time | None = None
    reason: Names = field(default_factory=dict, hash=False)
    title: Names = field(default_factory=dict, hash=False)
    place: str = ""
    place_id: int | None = None

    @property
    def starts_on(self) -> date:
        """The date on which it begins after the change."""
        return self.new_day if self.kind == ChangeKind.MOVED and self.new_day else self.day


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an event takes place, in local dates and times.

    ``start_time`` None lasts all day. ``end_day`` None is the same day, or the next where the end is not later
    than the start. ``end_time`` None on an event with a start is an end that is not stated; with a later
    ``end_day`` it lasts until the end of that day. ``skipped`` are dates of the rule that were never announced.
    """

    start_day: date
    start_time: time | None = None
    end_day: date | None = None
    end_time: time | None = None
    rule: Rule | None = None
    skipped: tuple[date, ...] = ()
    changes: tuple[DateChange, ...] = ()

    @property
    def all_day(self) -> bool:
        """Whether it has no times."""
        return self.start_time is None

    @property
    def last_end_day(self) -> date:
        """The local date on which the first date ends; for all-day events the last day itself."""
        return self.start_day + _nights(self) * _ONE_DAY


@dataclass(frozen=True, slots=True)
class Dated:
    """One date of an event; moments are aware, in Europe/Bucharest.

    ``original_start`` is what the date is known by: the start before any change, an all-day date's midnight; in
    the March gap it keeps the wall-clock time that does not happen. ``start`` and ``end`` do happen. An all-day
    date ends at the midnight after its last day; without a stated end ``end`` equals ``start``. ``first_day`` and
    ``last_day`` are both included; an end by 06:00 belongs to the evening before. ``change`` and ``date_change``
    say what differs.
    """

    original_start: datetime
    start: datetime
    end: datetime
    first_day: date
    last_day: date
    all_day: bool
    change: ChangeKind | None = None
    date_change: DateChange | None = None


@dataclass(frozen=True, slots=True)
class _Span:
    """When one date takes place, before it becomes moments. ``end_time`` None: not stated."""

    start_day: date
    start_time: time | None
    end_day: date
    end_time: time | None

    @property
    def length(self) -> timedelta:
        """By the wall clock; of an all-day date, without its last day."""
        end_time = self.end_time or self.start_time or _MIDNIGHT
        return datetime.combine(self.end_day, end_time) - datetime.combine(
            self.start_day, self.start_time or _MIDNIGHT
        )


# -- expansion -------------------------------------------------------------------------------------------------------


def expand(schedule: Schedule, first: date, last: date) -> list[Dated]:
    """The dates that touch the local days from ``first`` to ``last``, both included, by start.

    Cancelled dates are among them, marked. A moved date is found where it has gone. Of two changes for one day
    the first holds. Years 1 and 9999 are cut off where UTC does not reach.
    """
    first, last = max(first, _EARLIEST), min(last, _LATEST)
    if first > last:
        return []
    nights = _nights(schedule)
    changed = _changes_by_day(schedule)
    leave_out = {*schedule.skipped, *changed}
    start_time, end_time = schedule.start_time, schedule.end_time
    found = []
    for day in _rule_dates(schedule, _plus(first, -nights), last):
        if day not in leave_out:
            dated = _dated(_Span(day, start_time, _plus(day, nights), end_time))
            if dated.last_day >= first:
                found.append(dated)
    for change in [
        *(change for change in changed.values() if occurs_on(schedule, change.day)),
        *(change for change in schedule.changes if change.kind == ChangeKind.ADDED),
    ]:
        if _EARLIEST <= change.day <= _LATEST and _EARLIEST <= change.starts_on <= _LATEST:
            dated = _changed(schedule, change)
            if dated.first_day <= last and dated.last_day >= first:
                found.append(dated)
    found.sort(key=_by_start)
    return found


def occurs_on(schedule: Schedule, day: date) -> bool:
    """Whether the schedule has a date that begins on ``day``, before any change; added dates are not asked."""
    return day not in schedule.skipped and any(_rule_dates(schedule, day, day))


def count_occurrences(schedule: Schedule, last: date, limit: int = MAX_OCCURRENCES + 1) -> int:
    """How many dates the event has that begin by ``last`` before any change, added ones too, up to ``limit``."""
    skipped = set(schedule.skipped)
    added = sum(c.kind == ChangeKind.ADDED and c.day <= last for c in schedule.changes)
    own = (day for day in _rule_dates(schedule, schedule.start_day, last) if day not in skipped)
    return min(limit, added + sum(1 for _day in islice(own, limit)))


def _by_start(dated: Dated) -> tuple[datetime, datetime]:
    # Moments of one zone are compared by wall clock, in which no two starts change places.
    return dated.start, dated.original_start


def _rule_dates(schedule: Schedule, first: date, last: date) -> Iterator[date]:
    """The dates on which the schedule begins, skipped ones too."""
    if schedule.rule is not None:
        return dates(schedule.rule, schedule.start_day, first, last)
    return iter((schedule.start_day,) if first <= schedule.start_day <= last else ())


def _changes_by_day(schedule: Schedule) -> dict[date, DateChange]:
    found: dict[date, DateChange] = {}
    for change in schedule.changes:
        if change.kind != ChangeKind.ADDED:
            found.setdefault(change.day, change)
    return found


def _nights(schedule: Schedule) -> int:
    """How many days after its start a date ends.

    A draft may have a slip of the pen for its end; longer than is sound is not followed.
    """
    if schedule.end_day is not None:
        return min(max(0, (schedule.end_day - schedule.start_day).days), MAX_DAYS)
    return _night(schedule.start_time, schedule.end_time)


def _night(start: time | None, end: time | None) -> int:
    """1 if an end that names no day lies on the day after the start."""
    return int(start is not None and end is not None and end <= start)


def _plus(day: date, days: int) -> date:
    """A day some days away, within what can be computed with."""
    ordinal = day.toordinal() + days
    return date.fromordinal(min(max(ordinal, _EARLIEST.toordinal()), _LATEST.toordinal()))


def _changed(schedule: Schedule, change: DateChange) -> Dated:
    if change.kind == ChangeKind.CANCELLED:
        span = _own_span(schedule, change.day)
    else:
        span = _changed_span(schedule, change)
    original_time = change.start_time if change.kind == ChangeKind.ADDED else None
    original = datetime.combine(
        change.day, original_time or schedule.start_time or _MIDNIGHT, BUCHAREST
    )
    dated = _dated(span)
    return Dated(
        original,
        dated.start,
        dated.end,
        dated.first_day,
        dated.last_day,
        dated.all_day,
        change.kind,
        change,
    )


def _own_span(schedule: Schedule, day: date) -> _Span:
    """When the date of ``day`` takes place without a change."""
    return _Span(day, schedule.start_time, _plus(day, _nights(schedule)), schedule.end_time)


def _changed_span(schedule: Schedule, change: DateChange) -> _Span:
    """When a moved, changed or added date takes place."""
    day = change.starts_on
    own = _own_span(schedule, day)
    start_time = change.start_time or own.start_time
    end_day = _plus(change.end_day, 0) if change.end_day is not None else None
    if start_time is None:
        return _Span(day, None, end_day or own.end_day, None)
    end_time = change.end_time
    if end_day is not None:
        return _Span(day, start_time, end_day, end_time or own.end_time)
    if end_time is not None:
        if own.length > _ONE_DAY:
            return _Span(day, start_time, own.end_day, end_time)
        return _Span(day, start_time, _plus(day, _night(start_time, end_time)), end_time)
    if own.start_time is None or own.end_time is None:
        return _Span(day, start_time, own.end_day, None)
    # As long as the others.
    end = datetime.combine(day, start_time) + max(own.length, _NOTHING)
    return _Span(day, start_time, end.date(), end.time())


def _moment(day: date, clock: time) -> datetime:
    """The moment of a wall-clock time, as clocks really show it."""
    moment = datetime.combine(day, clock, BUCHAREST)
    if clock < _CLOCKS_SETTLED:
        return moment.astimezone(UTC).astimezone(BUCHAREST)
    return moment


def _dated(span: _Span) -> Dated:
    day, end_day = span.start_day, span.end_day
    if span.start_time is None:
        start = datetime.combine(day, _MIDNIGHT, BUCHAREST)
        last_day = max(day, end_day)
        end = datetime.combine(_after(last_day), _MIDNIGHT, BUCHAREST)
        return Dated(start, start, end, day, last_day, True)
    original = datetime.combine(day, span.start_time, BUCHAREST)
    start = _moment(day, span.start_time)
    if span.end_time is None:
        # An end without its time is the end of that day; on the first day it is not stated.
        end = _moment(_after(end_day), _MIDNIGHT) if end_day > day else start
        return Dated(original, start, end, day, max(day, end_day), False)
    end = _moment(end_day, span.end_time)
    if end < start:
        # The start lies in the hour that is left out; the event keeps its length.
        naive = start.replace(tzinfo=None) + max(span.length, _NOTHING)
        end = _moment(naive.date(), naive.time())
    last_day = end_day - _ONE_DAY if span.end_time <= NIGHT_ENDS and end_day > day else end_day
    return Dated(original, start, end, day, max(day, last_day), False)


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


# -- what can be wrong -----------------------------------------------------------------------------------------------


def _day_text(day: date) -> str:
    return date_format(day, pgettext("date with weekday and year", "l, j F Y"))


def _number_text(number: int) -> str:
    return number_format(number, force_grouping=True)


_day = lazy(_day_text, str)
_number = lazy(_number_text, str)
# Days and numbers for a message, written in the language in which it is read.


def _say(message: _StrPromise, params: dict[str, Any]) -> str:
    return str(message) % params


_said = lazy(_say, str)

# code: (the field of the schedule or of the change that is wrong, what to do)
MESSAGES: Final[dict[str, tuple[str, _StrPromise]]] = {
    "year": (
        "start_day",
        _("Check the year: it must lie between %(first)s and %(last)s."),
    ),
    "end_before_start": (
        "end_day",
        _(
            "The event ends on %(end)s, before it starts on %(start)s. Choose a later end date, or leave it empty."
        ),
    ),
    "end_time_before_start": (
        "end_time",
        _(
            "The event ends at %(end)s, but starts at %(start)s on the same day. Write a later time; if it ends "
            "after midnight, leave the end date empty or choose the next day."
        ),
    ),
    "end_time_alone": (
        "end_time",
        _(
            "An end time needs a start time. Write when the event starts, or leave both empty if it lasts all day."
        ),
    ),
    "too_long": (
        "end_day",
        _(
            "One date of an event lasts at most %(limit)s days, this one %(days)s. Choose an earlier end date; if the "
            "event repeats, say so in its rule."
        ),
    ),
    "until_before_start": (
        "until",
        _("The series ends on %(until)s, before it starts on %(start)s. Choose a later last day."),
    ),
    "start_not_on_rule": (
        "start_day",
        _(
            "%(start)s is not a date of the rule. Start on %(first)s, the first date that is, or change the rule."
        ),
    ),
    "never_on_rule": (
        "start_day",
        _(
            "%(start)s is not a date of the rule, and no later date is before the series ends. Choose another start, "
            "another rule or a later last day."
        ),
    ),
    "too_many_dates": (
        "rule",
        _(
            "The event has more than %(limit)s dates until %(horizon)s. End the series earlier, or repeat it less "
            "often."
        ),
    ),
    "no_dates": (
        "rule",
        _("No date is left: all are skipped. Choose other dates, or do not skip public holidays."),
    ),
    "duplicate_change": (
        "day",
        _(
            "There is a change for %(day)s already. Put everything that differs on that date into one change."
        ),
    ),
    "duplicate_addition": (
        "day",
        _(
            "%(day)s is added already. One date can be added to a day; make the other one an event of its own."
        ),
    ),
    "not_on_schedule": (
        "day",
        _(
            "The event has no date on %(day)s. Choose one of its dates; to make a new one, choose “added date”."
        ),
    ),
    "not_on_schedule_near": (
        "day",
        _(
            "The event has no date on %(day)s. The nearest one is on %(nearest)s; to make a new date, choose "
            "“added date”."
        ),
    ),
    "skipped_already": (
        "day",
        _(
            "%(day)s is skipped already, for instance as a public holiday. Remove this change, or do not skip the date."
        ),
    ),
    "moved_nowhere": (
        "new_day",
        _(
            "The date stays where it was. Choose the day or the time that it moves to, or another kind of change."
        ),
    ),
    "nothing_changed": (
        "kind",
        _(
            "Nothing differs on this date. Write what does (a note, a title, a place or a time), or remove the change."
        ),
    ),
    "added_twice": (
        "day",
        _(
            "The event has a date at this time on %(day)s already. Choose another day or time, or remove the addition."
        ),
    ),
    "change_ends_before_start": (
        "end_day",
        _(
            "On this date the event ends on %(end)s, before it starts on %(start)s. Choose a later end date, or leave "
            "it empty."
        ),
    ),
    "change_end_time_before_start": (
        "end_time",
        _(
            "On this date the event ends at %(end)s, but starts at %(start)s on the same day. Write a later time; "
            "if it ends after midnight, leave the end date empty or choose the next day."
        ),
    ),
    "change_all_day": (
        "start_time",
        _(
            "The event lasts all day, so its dates have no times. Leave them empty, or give the event a start time."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a schedule.

    ``field`` is that of the schedule ("start_day", "end_day", "end_time", "until", "rule"), or of the change
    number ``index`` ("kind", "day", "new_day", "start_time", "end_day", "end_time"). ``message`` says what to
    do, in the language in which it is read.
    """

    field: str
    code: str
    message: str
    index: int | None = None


def _problem(code: str, index: int | None = None, field: str = "", **params: Any) -> Problem:
    own_field, message = MESSAGES[code]
    return Problem(field or own_field, code, _said(message, params), index)


def validate(schedule: Schedule, horizon: date) -> list[Problem]:
    """What is wrong with a schedule, in the order in which an editor reads it; empty if it is sound.

    ``horizon`` is the last day up to which dates are kept; they are counted up to it.
    """
    problems = list(_year_problems(schedule))
    if problems:
        # Nothing else can be said of a slip of the pen.
        return problems
    problems += _end_problems(schedule)
    if schedule.rule is not None:
        problems += _rule_problems(schedule, schedule.rule)
    if not problems:
        problems += _number_problems(schedule, horizon)
    problems += _change_problems(schedule)
    return problems


def _year_problems(schedule: Schedule) -> Iterator[Problem]:
    days: list[tuple[str, date | None, int | None]] = [
        ("start_day", schedule.start_day, None),
        ("end_day", schedule.end_day, None),
    ]
    for index, change in enumerate(schedule.changes):
        days += [
            ("day", change.day, index),
            ("new_day", change.new_day, index),
            ("end_day", change.end_day, index),
        ]
    for name, day, number in days:
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield _problem("year", number, name, first=FIRST_YEAR, last=LAST_YEAR)


def _end_problems(schedule: Schedule) -> Iterator[Problem]:
    start, end = schedule.start_day, schedule.end_day
    if schedule.start_time is None and schedule.end_time is not None:
        yield _problem("end_time_alone")
    yield from _span_problems(start, schedule.start_time, end, schedule.end_time, None)


def _span_problems(
    start: date, start_time: time | None, end: date | None, end_time: time | None, index: int | None
) -> Iterator[Problem]:
    """Ends that lie before the start, or too far after it."""
    prefix = "" if index is None else "change_"
    name = "end_before_start" if index is None else "change_ends_before_start"
    if end is None:
        return
    if end < start:
        yield _problem(name, index, start=_day(start), end=_day(end))
    elif end == start and start_time is not None and end_time is not None:
        if end_time <= start_time:
            yield _problem(
                f"{prefix}end_time_before_start",
                index,
                start=f"{start_time:%H:%M}",
                end=f"{end_time:%H:%M}",
            )
    elif (days := (end - start).days) > MAX_DAYS:
        yield _problem("too_long", index, limit=MAX_DAYS, days=days)


def _rule_problems(schedule: Schedule, rule: Rule) -> Iterator[Problem]:
    start = schedule.start_day
    if rule.until is not None and rule.until < start:
        yield _problem("until_before_start", until=_day(rule.until), start=_day(start))
        return
    first = first_on_rule(rule, start)
    if first is None or first.year > LAST_YEAR:
        yield _problem("never_on_rule", start=_day(start))
    elif first != start:
        yield _problem("start_not_on_rule", start=_day(start), first=_day(first))


def _number_problems(schedule: Schedule, horizon: date) -> Iterator[Problem]:
    if count_occurrences(schedule, horizon) > MAX_OCCURRENCES:
        yield _problem("too_many_dates", limit=_number(MAX_OCCURRENCES), horizon=_day(horizon))
    skipped = set(schedule.skipped)
    added = any(change.kind == ChangeKind.ADDED for change in schedule.changes)
    # Dates that are skipped are few, so the first that is not is near.
    own = _rule_dates(schedule, schedule.start_day, date.max)
    if not added and all(day in skipped for day in own):
        yield _problem("no_dates")


def _change_problems(schedule: Schedule) -> Iterator[Problem]:
    seen: set[date] = set()
    added: set[date] = set()
    for index, change in enumerate(schedule.changes):
        if change.kind == ChangeKind.ADDED:
            if change.day in added:
                yield _problem("duplicate_addition", index, day=_day(change.day))
            elif _starts_already(schedule, change):
                yield _problem("added_twice", index, day=_day(change.day))
            added.add(change.day)
        else:
            if change.day in seen:
                yield _problem("duplicate_change", index, day=_day(change.day))
            elif not occurs_on(schedule, change.day):
                yield _missing(schedule, change.day, index)
            seen.add(change.day)
        yield from _one_change_problems(schedule, change, index)


def _starts_already(schedule: Schedule, change: DateChange) -> bool:
    """Whether an added date begins when one of the schedule does."""
    if not occurs_on(schedule, change.day):
        return False
    own, new = schedule.start_time or _MIDNIGHT, change.start_time or schedule.start_time
    return _moment(change.day, own) == _moment(change.day, new or _MIDNIGHT)


def _missing(schedule: Schedule, day: date, index: int) -> Problem:
    """Say that there is no date on this day, and which is near."""
    skipped = set(schedule.skipped)
    if day in skipped:
        return _problem("skipped_already", index, day=_day(day))
    around = _rule_dates(schedule, _plus(day, -MAX_DAYS), _plus(day, MAX_DAYS))
    near = [found for found in around if found not in skipped]
    if not near:
        return _problem("not_on_schedule", index, day=_day(day))
    nearest = min(near, key=lambda found: abs((found - day).days))
    return _problem("not_on_schedule_near", index, day=_day(day), nearest=_day(nearest))


def _one_change_problems(schedule: Schedule, change: DateChange, index: int) -> Iterator[Problem]:
    kind = change.kind
    if kind == ChangeKind.CANCELLED:
        return
    if schedule.all_day and change.start_time is None and change.end_time is not None:
        yield _problem("end_time_alone", index)
        return
    if schedule.all_day and change.start_time is not None and kind != ChangeKind.ADDED:
        yield _problem("change_all_day", index)
        return
    span = _changed_span(schedule, change)
    if change.end_day is not None:
        yield from _span_problems(
            span.start_day, span.start_time, change.end_day, span.end_time, index
        )
    same = span == _own_span(schedule, change.day)
    if kind == ChangeKind.MOVED and same:
        yield _problem("moved_nowhere", index)
    says = any([*change.reason.values(), *change.title.values(), change.place.strip()])
    if kind == ChangeKind.CHANGED and same and not says and change.place_id is None:
        yield _problem("nothing_changed", index)


# -- as data ---------------------------------------------------------------------------------------------------------


def to_data(schedule: Schedule) -> dict[str, Any]:
    """The schedule as dicts, lists, texts and numbers, for JSON; `from_data` gives an equal one back.

    What is empty is left out.
    """
    rule = schedule.rule
    return _filled(
        start_day=schedule.start_day.isoformat(),
        start_time=_text(schedule.start_time),
        end_day=_text(schedule.end_day),
        end_time=_text(schedule.end_time),
        rule=_rule_to_data(rule) if rule else None,
        skipped=[day.isoformat() for day in schedule.skipped],
        changes=[_change_to_data(change) for change in schedule.changes],
    )


def from_data(data: Mapping[str, Any]) -> Schedule:
    """The schedule that `to_data` wrote; all but ``start_day`` may be missing.

    Raises KeyError without ``start_day``, ValueError (RuleError is one) for what is no date, time or rule.
    """
    return Schedule(
        start_day=date.fromisoformat(data["start_day"]),
        start_time=_time(data.get("start_time")),
        end_day=_date(data.get("end_day")),
        end_time=_time(data.get("end_time")),
        rule=_rule_from_data(data["rule"]) if data.get("rule") else None,
        skipped=tuple(date.fromisoformat(day) for day in data.get("skipped") or ()),
        changes=tuple(_change_from_data(change) for change in data.get("changes") or ()),
    )


def _filled(**data: Any) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}


def _text(value: date | time | None) -> str | None:
    return value.isoformat() if value is not None else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _rule_to_data(rule: Rule) -> dict[str, Any]:
    return _filled(
        frequency=rule.frequency.value,
        interval=rule.interval,
        weekdays=list(rule.weekdays),
        month_day=rule.month_day,
        nth_weekday=list(rule.nth_weekday) if rule.nth_weekday else None,
        until=_text(rule.until),
        count=rule.count,
    )


def _rule_from_data(data: Mapping[str, Any]) -> Rule:
    nth_weekday = data.get("nth_weekday")
    return Rule(
        frequency=Frequency(data["frequency"]),
        interval=data.get("interval", 1),
        weekdays=tuple(data.get("weekdays") or ()),
        month_day=data.get("month_day"),
        nth_weekday=(nth_weekday[0], nth_weekday[1]) if nth_weekday else None,
        until=_date(data.get("until")),
        count=data.get("count"),
    )


def _change_to_data(change: DateChange) -> dict[str, Any]:
    return _filled(
        kind=change.kind.value,
        day=change.day.isoformat(),
        new_day=_text(change.new_day),
        start_time=_text(change.start_time),
        end_day=_text(change.end_day),
        end_time=_text(change.end_time),
        reason=dict(change.reason),
        title=dict(change.title),
        place=change.place,
        place_id=change.place_id,
    )


def _change_from_data(data: Mapping[str, Any]) -> DateChange:
    return DateChange(
        kind=ChangeKind(data["kind"]),
        day=date.fromisoformat(data["day"]),
        new_day=_date(data.get("new_day")),
        start_time=_time(data.get("start_time")),
        end_day=_date(data.get("end_day")),
        end_time=_time(data.get("end_time")),
        reason=data.get("reason") or {},
        title=data.get("title") or {},
        place=data.get("place") or "",
        place_id=data.get("place_id"),
    )
