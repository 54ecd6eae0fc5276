"""Days of the demo events, told from the day of loading: “Thursday of next week”, “the next 1 December”.

Pure: no database, no clock; `today` and the working calendar are arguments. Whatever day the demo is loaded on, a
start lies on its rule, changes name dates that exist, and no event but those of fixed days begins on a public holiday.
The forms are listed at the top of events.yaml.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time, timedelta
from itertools import count, islice
from typing import Any

from dateutil.relativedelta import relativedelta

from cms.working_calendar import DayKind, WorkingCalendar
from events.enums import ChangeKind
from events.recurrence import LAST, Frequency, Rule, dates
from events.schedule import DateChange, Schedule

Data = dict[str, Any]

COMING_YEARS = 2
"""How far ahead dates are counted for changes, in years."""


def day_of(spec: Mapping[str, Any], today: date, calendar: WorkingCalendar | None = None) -> date:
    """The local date that `spec` names on the day `today`.

    With a calendar, a date on a public holiday moves on by the spec's own step: a day, a week or a month. Days of
    the year ("yearly") are holidays on purpose and stay. Raises KeyError for a spec of another form.
    """
    if "yearly" in spec:
        return _next_yearly(spec, today)
    candidates = _steps(spec, today)
    if calendar is None:
        return next(candidates)
    return next(day for day in candidates if not _is_holiday(calendar, day))


def _steps(spec: Mapping[str, Any], today: date) -> Iterator[date]:
    """The date that `spec` names, then the ones that stand in for it."""
    if "in_days" in spec:
        for number in count(spec["in_days"]):
            yield today + timedelta(days=number)
    if "in_weeks" in spec:
        monday = today - timedelta(days=today.weekday())
        for number in count(spec["in_weeks"]):
            yield monday + timedelta(weeks=number, days=spec["weekday"])
    for number in count(spec["in_months"]):
        month = today.replace(day=1) + relativedelta(months=number)
        if day := _day_in_month(spec, month):
            yield day


def _day_in_month(spec: Mapping[str, Any], month: date) -> date | None:
    """The day of the month that begins on `month`; None where it has no fifth Friday."""
    length = monthrange(month.year, month.month)[1]
    if "month_day" in spec:
        return month.replace(day=length if spec["month_day"] == LAST else spec["month_day"])
    first = 1 + (spec["weekday"] - month.weekday()) % 7
    days = list(range(first, length + 1, 7))
    nth = spec["nth"]
    if nth == LAST:
        return month.replace(day=days[-1])
    return month.replace(day=days[nth - 1]) if nth <= len(days) else None


def _next_yearly(spec: Mapping[str, Any], today: date) -> date:
    grace = timedelta(days=spec.get("grace_days", 0))
    month, day = map(int, spec["yearly"].split("-"))
    found = (
        _on_weekday(date(year, month, day), spec.get("weekday")) for year in count(today.year - 1)
    )
    return next(day for day in found if day + grace >= today)


def _on_weekday(day: date, weekday: int | None) -> date:
    """The first such weekday from `day` on."""
    return day if weekday is None else day + timedelta(days=(weekday - day.weekday()) % 7)


def _is_holiday(calendar: WorkingCalendar, day: date) -> bool:
    special = calendar.special_day(day)
    return special is not None and special.kind == DayKind.HOLIDAY


def times_in(text: str | None) -> tuple[time | None, time | None]:
    """Start and end out of "18:00-20:00", "18:00" or nothing (all day)."""
    start, _dash, end = (text or "").partition("-")
    return (
        time.fromisoformat(start) if start else None,
        time.fromisoformat(end) if end else None,
    )


def rule_of(data: Mapping[str, Any] | None, today: date) -> Rule | None:
    """The rule that an event of the content file has; its last day is told from `today`."""
    if not data:
        return None
    frequency = Frequency(data["frequency"])
    nth = (data["nth"], data["weekday"]) if "nth" in data else None
    return Rule(
        frequency=frequency,
        interval=data.get("interval", 1),
        weekdays=tuple(data.get("weekdays", ())),
        month_day=data.get("month_day"),
        nth_weekday=nth,
        until=day_of(data["until"], today) if "until" in data else None,
        count=data.get("count"),
    )


def schedule_of(
    item: Data,
    today: date,
    calendar: WorkingCalendar,
    *,
    place_ids: Mapping[str, int],
    spots: Mapping[str, Mapping[str, str]],
    start: str = "start",
) -> Schedule:
    """When an event of the content file takes place, if the demo is loaded on `today` (a local date).

    `calendar` gives the public holidays, `place_ids` and `spots` what changes of the place refer to; `start` is the
    key of the first day, "before" for that of an event that was rescheduled.
    """
    first = day_of(item[start], today, calendar)
    start_time, end_time = times_in(item.get("time"))
    length = item.get("days", 1)
    rule = rule_of(item.get("rule"), today)
    changes: list[DateChange] = []
    if rule is not None:
        pick = _picker(rule, first, today, calendar, item.get("skip_holidays", False))
        changes = [_change(data, pick, place_ids, spots) for data in item.get("changes", ())]
    return Schedule(
        start_day=first,
        start_time=start_time,
        end_day=first + timedelta(days=length - 1) if length > 1 else None,
        end_time=end_time,
        rule=rule,
        changes=tuple(changes),
    )


Pick = Callable[[int, int], date]


def _picker(
    rule: Rule, first: date, today: date, calendar: WorkingCalendar, skip_holidays: bool
) -> Pick:
    """A function that finds the date of the series for a change, each date once.

    It takes the number of the date, 1 being the first one after `today`, and how many days later something happens
    instead. Where that would be a public holiday, a date of the series itself or taken, a later date is found.
    """
    horizon = today + relativedelta(years=COMING_YEARS)
    coming = [
        day
        for day in dates(rule, first, max(first, today + timedelta(days=1)), horizon)
        if not (skip_holidays and _is_holiday(calendar, day))
    ]
    taken = set(coming)
    changed: set[date] = set()

    def pick(number: int, later: int) -> date:
        for day in islice(coming, number - 1, None):
            target = day + timedelta(days=later)
            clash = later and (target in taken or _is_holiday(calendar, target))
            if day not in changed and not clash:
                changed.add(day)
                taken.add(target)
                return day
        raise ValueError(f"The series from {first} has no date number {number} after {today}.")

    return pick


def _change(
    data: Data,
    pick: Pick,
    place_ids: Mapping[str, int],
    spots: Mapping[str, Mapping[str, str]],
) -> DateChange:
    kind = ChangeKind(data["kind"])
    later = data.get("later", 0)
    day = pick(data["coming"], later)
    other = day + timedelta(days=later)
    start_time, end_time = times_in(data.get("time"))
    return DateChange(
        kind=kind,
        day=other if kind == ChangeKind.ADDED else day,
        new_day=other if kind == ChangeKind.MOVED and later else None,
        start_time=start_time,
        end_time=end_time,
        reason=data.get("reason", {}),
        title=data.get("title", {}),
        # One text for all languages: the name of the place as it is written in town.
        place=spots[data["spot"]]["ro"] if "spot" in data else "",
        place_id=place_ids[data["place"]] if "place" in data else None,
    )
