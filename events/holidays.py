"""Series that take a break on public holidays (Labour Code, art. 139, and later laws)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from cms.working_calendar import DayKind, WorkingCalendar
from events.enums import ChangeKind
from events.recurrence import dates
from events.schedule import DateChange, Schedule


def holidays_of(schedule: Schedule, calendar: WorkingCalendar, until: date) -> list[date]:
    """The dates of the series, up to `until` (local), that are public holidays; none for a single event."""
    if schedule.rule is None:
        return []
    changed = {change.day for change in schedule.changes if change.kind != ChangeKind.ADDED}
    found = []
    for day in dates(schedule.rule, schedule.start_day, schedule.start_day, until):
        special = calendar.special_day(day)
        if special is not None and special.kind == DayKind.HOLIDAY and day not in changed:
            found.append(day)
    return found


def without_holidays(
    schedule: Schedule,
    calendar: WorkingCalendar,
    until: date,
    announced: Collection[date] = (),
) -> Schedule:
    """`schedule` without the public holidays up to `until` (local dates).

    A holiday that was in nobody's calendar yet is left out silently. One of `announced`, dates that people
    already hold (a new law made it a holiday since), is cancelled with the holiday's name as the reason.
    The first date stays: a series begins on it.
    """
    found = [d for d in holidays_of(schedule, calendar, until) if d != schedule.start_day]
    silent = [day for day in found if day not in announced]
    told = [
        DateChange(kind=ChangeKind.CANCELLED, day=day, reason=_names(calendar, day))
        for day in found
        if day in announced
    ]
    return replace(
        schedule,
        skipped=tuple(sorted({*schedule.skipped, *silent})),
        changes=(*schedule.changes, *told),
    )


def _names(calendar: WorkingCalendar, day: date) -> dict[str, str]:
    special = calendar.special_day(day)
    return dict(special.names) if special else {}
