"""What an import reads: events that could be, what is refused and what was left out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Final

from events.enums import State
from events.importing.problems import Remark
from events.schedule import Schedule
from events.schedule_data import to_data

MAX_EVENTS: Final = 1000
MAX_UID: Final = 255
MAX_TITLE: Final = 200
MAX_SUMMARY: Final = 400
MAX_DESCRIPTION: Final = 20_000
MAX_LINE: Final = 255
"""Characters of places, categories and prices."""
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that can be imported. All texts are plain and clean; links are http or https.

    ``uid`` is the calendar's UID, or the key of a row; within one reading it is unique. ``place_key`` is the key of a
    place of this site, ``location`` a free address: at most one of the two is filled. ``categories`` are names as the
    partner writes them (calendar) or slugs that exist (spreadsheet). ``cancelled_reason`` belongs to ``state``.
    ``row`` is the row of the spreadsheet, None for calendars.
    """

    uid: str
    title: str
    schedule: Schedule
    summary: str = ""
    description: str = ""
    location: str = ""
    place_key: str = ""
    url: str = ""
    state: State = State.SCHEDULED
    reason: str = ""
    categories: tuple[str, ...] = ()
    is_free: bool = False
    price: str = ""
    booking_url: str = ""
    row: int | None = None

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of everything that an import would write."""
        content = (
            self.title,
            to_data(self.schedule),
            self.summary,
            self.description,
            self.location,
            self.place_key,
            self.url,
            self.state.value,
            self.reason,
            self.categories,
            self.is_free,
            self.price,
            self.booking_url,
        )
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that could be read: ``refused`` says which events were not and why, ``notes`` what was left out."""

    candidates: tuple[Candidate, ...]
    refused: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
