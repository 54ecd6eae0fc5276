"""The report on a schedule that editors read above its fields: the summary, and who else is there then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cms.working_calendar import WorkingCalendar
from events.clashes import Clash, clashes
from events.schedule import Schedule
from events.schedule_summary import Summary, summarise


@dataclass(frozen=True, slots=True)
class ScheduleReport:
    """What the panel and its live refresh show; `errors` are those of the form that was typed."""

    summary: Summary | None = None
    clashes: tuple[Clash, ...] = ()
    more_clashes: int = 0
    errors: tuple[str, ...] = ()


def report(
    schedule: Schedule | None,
    calendar: WorkingCalendar,
    today: date,
    *,
    skip_holidays: bool = False,
    published: bool = False,
    place_id: int | None = None,
    happens: bool = True,
    own: UUID | None = None,
    errors: tuple[str, ...] = (),
) -> ScheduleReport:
    """Read `schedule`, None while it has no first day, for an editor on `today` (a local date).

    `happens` is whether the event as a whole takes place; if not, nobody is in its way. `own` is the event's key.
    """
    if schedule is None:
        return ScheduleReport(errors=errors)
    summary = summarise(schedule, calendar, today, skip_holidays=skip_holidays, published=published)
    found, more = clashes(summary.coming, place_id, own) if happens else ([], 0)
    return ScheduleReport(summary, tuple(found), more, errors)
