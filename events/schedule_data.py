"""A schedule as plain data, for JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from events.enums import ChangeKind
from events.recurrence import Frequency, Rule
from events.schedule import DateChange, Schedule


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
