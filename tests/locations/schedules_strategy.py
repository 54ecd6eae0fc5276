"""Random sound schedules and calendars for the property tests."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from cms.working_calendar import DayKind, DayRow, Scope, WorkingCalendar
from locations.hours import (
    ExceptionDays,
    HolidayBehaviour,
    Interval,
    Schedule,
    Season,
    Week,
    validate_schedule,
)

FIRST_DAY = date(2025, 1, 1)
LAST_DAY = date(2027, 12, 31)
PLACES = ("city-hall", "manastur", "iris")
NAMES = {"ro": "motiv", "en": "reason", "hu": "ok"}

DAYS = st.integers(0, (LAST_DAY - FIRST_DAY).days).map(lambda n: FIRST_DAY + timedelta(days=n))


@st.composite
def day_intervals(draw: st.DrawFn, night: bool) -> tuple[Interval, ...]:
    """Up to three intervals; by night they start after six and the last may run past midnight."""
    low, high = (24, 119) if night else (0, 96)
    cuts = draw(st.lists(st.integers(low, high), max_size=6, unique=True))
    cuts = sorted(cuts)[: len(cuts) // 2 * 2]
    intervals = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        if start < 96:
            odd = draw(st.sampled_from((0, 0, 7)))
            intervals.append(
                Interval(start * 15 + odd, end * 15 + odd * (end < 96), draw(st.booleans()))
            )
    return tuple(intervals)


@st.composite
def weeks(draw: st.DrawFn, night: bool) -> Week:
    """Weeks with a few distinct days, some of them closed."""
    pool = [(), *draw(st.lists(day_intervals(night), min_size=1, max_size=3))]
    return Week(tuple(draw(st.sampled_from(pool)) for _ in range(7)))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Schedules that ``validate_schedule`` finds sound."""
    night = draw(st.booleans())
    seasons = []
    if draw(st.integers(0, 4)):
        seasons.append(Season(draw(weeks(night))))
    for _ in range(draw(st.integers(0, 2))):
        seasons.append(Season(draw(weeks(night)), draw(DAYS), draw(DAYS), yearly=True))
    for _ in range(draw(st.integers(0, 2))):
        first, last = sorted((draw(DAYS), draw(DAYS)))
        ends = draw(st.sampled_from(((first, last), (first, last), (first, None), (None, last))))
        seasons.append(Season(draw(weeks(night)), *ends))
    exceptions = []
    for _ in range(draw(st.integers(0, 3))):
        first = draw(DAYS)
        hours = draw(st.one_of(st.just(()), st.none(), day_intervals(night)))
        exceptions.append(
            ExceptionDays(first, first + timedelta(days=draw(st.integers(0, 9))), hours, NAMES)
        )
    behaviour = draw(st.sampled_from(HolidayBehaviour))
    special = behaviour == HolidayBehaviour.SPECIAL
    schedule = Schedule(
        tuple(seasons),
        tuple(exceptions),
        behaviour,
        draw(day_intervals(night).filter(bool)) if special else (),
        place=draw(st.sampled_from((None, *PLACES))),
    )
    return _sound(schedule)


def _sound(schedule: Schedule) -> Schedule:
    """Leave out what makes a schedule unsound, the last first."""
    while validate_schedule(schedule):
        seasons, exceptions = schedule.seasons, schedule.exceptions
        if exceptions:
            exceptions = exceptions[:-1]
        elif seasons:
            seasons = seasons[:-1]
        else:
            break
        schedule = Schedule(
            seasons,
            exceptions,
            schedule.holiday_behaviour,
            schedule.holiday_intervals,
            place=schedule.place,
        )
    return schedule


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Calendars with a few rows of every kind and scope."""
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        first = draw(DAYS)
        kind = draw(st.sampled_from(DayKind))
        rows.append(
            DayRow(
                first,
                first + timedelta(days=draw(st.integers(0, 5))),
                kind,
                NAMES,
                draw(st.sampled_from(Scope)),
                frozenset(draw(st.sets(st.sampled_from(PLACES)))),
                draw(st.one_of(st.none(), st.integers(0, 6))) if kind == DayKind.RECOVERY else None,
            )
        )
    return WorkingCalendar(rows)
