"""Events as feeds get them, and the occurrences that readers must find in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from events.enums import ChangeKind, State
from events.ical import FeedEvent, FeedInfo, Place, titled
from events.schedule import Dated, Schedule, expand
from tests.events.readers import Read, in_window, written

STAMP: Final = datetime(2026, 11, 1, 9, 30, 15, tzinfo=UTC)
INFO: Final = FeedInfo(
    name="Evenimente",
    description="Evenimentele direcției",
    language="ro",
    url="https://agora.example/ro/evenimente/",
    source="https://agora.example/calendar/ro/events.ics",
    colour="teal",
    apple_colour="#006a6a",
    last_modified=STAMP,
)
PLACE: Final = Place("Casa Artelor", "str. Ion Meșter nr. 10, Cluj-Napoca", "46.7556", "23.5561")
_LONGEST: Final = timedelta(days=400)


def feed_event(schedule: Schedule, **more: Any) -> FeedEvent:
    """An event that says everything; ``more`` replaces what a test is about."""
    facts: dict[str, Any] = {
        "uid": "8a0c1f2e-5b77-4a39-9d51-0d7c8c1c3c11",
        "uid_domain": "agora.example",
        "state": State.SCHEDULED,
        "reason": "",
        "language": "en",
        "title": "Concert de joi",
        "text_language": "ro",
        "description": "Muzică de cameră.",
        "url": "https://agora.example/en/events/concert/",
        "place": PLACE,
        "categories": ("Muzică", "Familie, copii"),
        "organiser": "Direcția Evenimente publice",
        "organiser_uri": "mailto:contact@agora.example",
        "contact": "Direcția Evenimente publice, 0264 000 000",
        "created": STAMP - timedelta(days=30),
        "modified": STAMP,
        "sequence": 3,
        "online_url": "https://agora.example/live?a=1&b=2;c,d",
        "image_url": "https://agora.example/media/concert.jpg",
        "attachments": (("https://agora.example/documents/7/program.pdf", "application/pdf"),),
    }
    return FeedEvent(schedule=schedule, **{**facts, **more})


def _moment(dated: Dated, moment: datetime) -> str:
    return written(moment.date() if dated.all_day else moment)


def told(event: FeedEvent, first: date, last: date) -> list[Read]:
    """What every reader must tell of an event: its dates as `expand` has them, in the words of `Read`."""
    schedule = event.schedule
    found = []
    for dated in expand(schedule, first - _LONGEST, last + timedelta(days=1)):
        change = dated.date_change
        key, original = event.uid, ""
        if dated.change == ChangeKind.ADDED:
            key = f"{event.uid}-{dated.original_start:%Y%m%d}"
        elif schedule.rule is not None:
            wall = dated.original_start.replace(tzinfo=None)
            original = (wall.date() if schedule.all_day else wall).isoformat()
        state = State.CANCELLED if dated.change == ChangeKind.CANCELLED else event.state
        title = change.title.get(event.language, event.title) if change else event.title
        found.append(
            Read(
                f"{key}@{event.uid_domain}",
                original,
                _moment(dated, dated.start),
                _moment(dated, dated.end),
                _STATUS.get(state, "CONFIRMED"),
                titled(title, state, event.language),
            )
        )
    return in_window(found, first, last)


_STATUS: Final = {
    State.CANCELLED: "CANCELLED",
    State.POSTPONED: "TENTATIVE",
    State.TENTATIVE: "TENTATIVE",
}
