"""The promotion plans as iCalendar, for staff. Pure: the same rows give the same bytes."""

from __future__ import annotations

import calendar as months_of
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from events.enums import State
from events.ical import FeedEvent, FeedInfo, calendar, event_block
from events.schedule import Schedule

if TYPE_CHECKING:
    from campaigns.models.plan import PlanRow

_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PlanFeed:
    """What the calendar says about itself. `language` is "ro", "en" or "hu"; `last_modified` is aware."""

    language: str
    page_url: str
    organiser: str
    organiser_uri: str
    uid_domain: str
    last_modified: datetime


def _block(feed: PlanFeed, row: PlanRow) -> str:
    year = row.plan.year
    last = date(year, row.last_month, months_of.monthrange(year, row.last_month)[1])
    title, language = row.title.resolve(feed.language)
    changed = row.plan.changed_at
    event = FeedEvent(
        uid=f"plan-{row.pk}",
        uid_domain=feed.uid_domain,
        schedule=Schedule(start_day=date(year, row.first_month, 1), end_day=last),
        state=State.SCHEDULED,
        reason="",
        language=feed.language,
        title=title,
        text_language=language,
        description=_description(row),
        url="",
        place=None,
        online_url="",
        categories=(str(row.department.name),) if row.department else (),
        organiser=feed.organiser,
        organiser_uri=feed.organiser_uri,
        contact="",
        created=changed,
        modified=changed,
        # Grows with every change of the plan, which nothing else counts.
        sequence=max(int((changed - _EPOCH).total_seconds() // 60), 0),
    )
    # A line of its own can only be the property: what people type is escaped and never begins a line.
    return event_block(event, last).replace("\r\nCLASS:PUBLIC\r\n", "\r\nCLASS:CONFIDENTIAL\r\n")


def _description(row: PlanRow) -> str:
    facts = (
        (_("Objective"), str(row.objective) if row.objective else ""),
        (_("Budget"), row.get_budget_display()),
        (_("Channels"), row.channels),
        (_("Campaign"), str(row.campaign) if row.campaign else ""),
        (_("Event"), str(row.event_page) if row.event_page else ""),
    )
    return "\n".join(f"{label}: {text}" for label, text in facts if text)


def plan_calendar(feed: PlanFeed, rows: Iterable[PlanRow]) -> bytes:
    """The .ics of `rows` (with their plan, objective, department, campaign and event); valid without any."""
    with override(feed.language):
        info = FeedInfo(
            name=_("Promotion plan (not public)"),
            description=_("The yearly promotion plan for the staff. Do not pass its address on."),
            language=feed.language,
            url=feed.page_url,
            # The file must not hold what opens it.
            source="",
            colour="",
            apple_colour="",
            last_modified=feed.last_modified,
        )
        return calendar(info, [_block(feed, row) for row in rows])
