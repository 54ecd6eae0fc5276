"""The demonstration's register: some three hundred letters of the last months in every state, dated back from today.

What comes is planned first (petition_plan), then written in the order of time by the register's own services
(petition_desk), so that numbers, trail and terms are those of a register that was really kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone

from cms import outbox
from cms.working_calendar import WorkingCalendar
from home.demo.city_desk import CityDesk
from home.demo.petition_plan import Letter, Plan
from home.demo.registry_office import load_office
from registry import term_services
from registry.deadlines import CITY_ZONE
from registry.models import Register, RegistryEntry

CODE = "305"
"""Of the demonstration: the code that real documents of the Centre carry."""

FRIDAY = 4
POST_GOES = time(15, 45)
REMINDS_AT = time(7, 5)
REMINDED_DAYS = 30
"""So many days back the reminders of the mornings are told; what was late before is told then."""

Happening = tuple[datetime, Callable[[], object]]


def load_petitions(content: dict[str, Any], office: dict[str, Any], today: date) -> None:
    """Register them, in an empty register of a demonstration only: a number is never handed out for show elsewhere.

    `content` is that of petitions.yaml, `office` that of registry_office.yaml, `today` the local day. No mail of what
    is past is sent.
    """
    if not settings.AGORA_DEMO or RegistryEntry.objects.exists():
        return
    general = Register.objects.get(key="general")
    general.code = CODE
    general.save()
    load_office(office, today)
    calendar = term_services.working_calendar()
    letters = Plan(content, today, calendar).letters()
    desk = CityDesk(content, general, office)
    # In the order in which it all happened, as the trail tells it.
    happenings = sorted(
        _happenings(letters, desk, calendar, today), key=lambda happening: happening[0]
    )
    with outbox.left_out():
        for _at, happen in happenings:
            happen()
        desk.make_report(timezone.now())


def _happenings(
    letters: list[Letter], desk: CityDesk, calendar: WorkingCalendar, today: date
) -> Iterator[Happening]:
    """All that happens with the letters, the post that goes on Fridays, the reminders of the mornings."""
    for letter in letters:
        yield letter.came_at, partial(desk.receive, letter)
        for step in letter.steps:
            yield step.at, partial(desk.take, letter, step)
    day = letters[0].came_at.date()
    while day < today:
        if day.weekday() == FRIDAY:
            at = datetime.combine(day, POST_GOES, CITY_ZONE)
            yield at, partial(desk.list_post, at)
        if (today - day).days <= REMINDED_DAYS and calendar.is_working_day(day):
            at = datetime.combine(day, REMINDS_AT, CITY_ZONE)
            yield at, partial(desk.remind, at)
        day += timedelta(days=1)
