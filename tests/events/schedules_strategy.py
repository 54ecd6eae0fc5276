"""Random sound series for the property tests: every rule of the safe subset, all four kinds of change.

Starts and times gather around the two nights of the clock change.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from itertools import islice

from hypothesis import strategies as st

from events.enums import ChangeKind
from events.recurrence import LAST, Frequency, Rule, dates, first_on_rule
from events.schedule import DateChange, Schedule
from events.schedule_problems import validate

FIRST_DAY = date(2026, 1, 1)
LAST_DAY = date(2027, 12, 31)
HORIZON = date(2028, 11, 22)
"""Up to which the drawn series have at most as many dates as an event may have."""
CLOCK_CHANGES = (date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31))

ANY_DAY = st.integers(0, (LAST_DAY - FIRST_DAY).days).map(lambda n: FIRST_DAY + timedelta(days=n))
NEAR_CLOCK_CHANGE = st.builds(
    lambda day, days: day + timedelta(days=days),
    st.sampled_from(CLOCK_CHANGES),
    st.integers(-15, 1),
)
DAYS = st.one_of(ANY_DAY, NEAR_CLOCK_CHANGE)
NIGHT_TIMES = st.sampled_from([time(0), *(time(h, m) for h in (1, 2, 3, 4, 6) for m in (0, 30))])
DAY_TIMES = st.builds(time, st.integers(7, 23), st.sampled_from((0, 15, 30, 45)))
TIMES = st.one_of(DAY_TIMES, DAY_TIMES, NIGHT_TIMES)
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
NAMES = st.sampled_from(
    (
        {},
        {"ro": "Plouă; ne vedem joi, la 18:00", "en": "Rain", "hu": "Esik"},
        {"ro": "Sală închisă\npentru șantier \\ reparații", "en": "Hall closed", "hu": "Zárva"},
    )
)


@st.composite
def rules(draw: st.DrawFn, start: date, max_interval: int = 4) -> Rule:
    """Rules of every frequency, for a series that begins about ``start``; it need not be on them."""
    frequency = draw(st.sampled_from(Frequency))
    ending = draw(st.sampled_from(("never", "until", "count")))
    month_day: int | None = None
    nth_weekday: tuple[int, int] | None = None
    if frequency == Frequency.MONTHLY:
        if draw(st.booleans()):
            month_day = draw(st.one_of(st.integers(1, 28), st.just(LAST)))
        else:
            nth_weekday = (draw(st.sampled_from((1, 2, 3, 4, 5, LAST))), draw(st.integers(0, 6)))
    return Rule(
        frequency,
        draw(st.integers(1, max_interval)),
        draw(WEEKDAYS) if frequency == Frequency.WEEKLY else (),
        month_day,
        nth_weekday,
        start + timedelta(days=draw(st.integers(0, 900))) if ending == "until" else None,
        draw(st.one_of(st.integers(1, 12), st.integers(1, 500))) if ending == "count" else None,
    )


@st.composite
def plain_schedules(draw: st.DrawFn, repeating: bool = True) -> Schedule:
    """Sound schedules without skipped dates or changes: all day, with times, over midnight, over several days."""
    start = draw(DAYS)
    rule = None
    if repeating:
        rule = draw(rules(start))
        on_rule = first_on_rule(rule, start)
        if on_rule is None:
            rule = replace(rule, until=None)
            on_rule = first_on_rule(rule, start)
        start = on_rule or start
    start_time = draw(st.one_of(st.none(), TIMES, TIMES, TIMES))
    end_time = draw(st.one_of(st.none(), TIMES, TIMES)) if start_time else None
    end_day = None
    if draw(st.integers(0, 3)) == 0:
        end_day = start + timedelta(days=draw(st.integers(0, 3)))
    schedule = Schedule(start, start_time, end_day, end_time, rule)
    return replace(schedule, end_day=None) if validate(schedule, HORIZON) else schedule


@st.composite
def date_changes(draw: st.DrawFn, schedule: Schedule, own: list[date]) -> DateChange:
    """Changes of one of the dates ``own`` of a schedule, or a date added near one."""
    kind = draw(st.sampled_from(ChangeKind))
    day = draw(st.sampled_from(own))
    nearby = st.integers(-20, 20).map(lambda days: day + timedelta(days=days))
    timed = not schedule.all_day
    new_day = start_time = end_day = end_time = None
    if kind == ChangeKind.ADDED:
        day = draw(nearby)
    elif kind == ChangeKind.MOVED:
        new_day = draw(st.one_of(st.none(), nearby))
    if timed and kind != ChangeKind.CANCELLED:
        start_time = draw(st.one_of(st.none(), TIMES))
        end_time = draw(st.one_of(st.none(), TIMES))
    if kind != ChangeKind.CANCELLED and draw(st.integers(0, 4)) == 0:
        end_day = (new_day or day) + timedelta(days=draw(st.integers(0, 2)))
    return DateChange(
        kind,
        day,
        new_day,
        start_time,
        end_day,
        end_time,
        reason=draw(NAMES),
        title=draw(NAMES) if kind in (ChangeKind.CHANGED, ChangeKind.ADDED) else {},
        place=draw(st.sampled_from(("", "", "Sala Mare, etajul 1"))),
    )


@st.composite
def schedules(draw: st.DrawFn, repeating: bool = True) -> Schedule:
    """Schedules that ``validate`` finds sound up to HORIZON, with skipped dates and changes of all kinds."""
    schedule = draw(plain_schedules(repeating))
    own = [schedule.start_day]
    if schedule.rule is not None:
        own = list(islice(dates(schedule.rule, schedule.start_day, FIRST_DAY, HORIZON), 60))
    skipped: list[date] = []
    if len(own) > 3:
        skipped = draw(st.lists(st.sampled_from(own), max_size=3, unique=True))
    changes = draw(st.lists(date_changes(schedule, own), max_size=6))
    return _sound(replace(schedule, skipped=tuple(sorted(skipped)), changes=tuple(changes)))


def _sound(schedule: Schedule) -> Schedule:
    """Leave out the changes that are wrong, which may be wrong only together."""
    while problems := validate(schedule, HORIZON):
        wrong = {problem.index for problem in problems}
        kept = tuple(c for index, c in enumerate(schedule.changes) if index not in wrong)
        schedule = (
            replace(schedule, changes=kept) if wrong != {None} else replace(schedule, rule=None)
        )
    return schedule
