"""What the answer for a link means, and when it is asked for again. Pure: moments come as arguments.

A link is broken when it was gone on three different days; what is only slow, busy or shy of robots is never called so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

BROKEN_AFTER_DAYS: Final = 3
"""On so many different days a link must have been gone before it is called broken."""


class State(StrEnum):
    """How a link stands.

    FAILING: gone, but not yet on enough days. UNSURE: the server gave no answer that says anything about the page.
    LEFT_OUT: it cannot be asked for from here, or is a made-up example.
    """

    NEW = "new"
    FINE = "fine"
    UNSURE = "unsure"
    FAILING = "failing"
    BROKEN = "broken"
    LEFT_OUT = "left_out"


class Outcome(StrEnum):
    """What one attempt said."""

    ANSWERED = "answered"
    GONE = "gone"
    UNSURE = "unsure"
    LEFT_OUT = "left_out"


_AGAIN: Final = {
    State.FINE: timedelta(days=14),
    State.UNSURE: timedelta(days=1),
    State.FAILING: timedelta(hours=22),
    State.BROKEN: timedelta(days=2),
    State.LEFT_OUT: timedelta(days=60),
}

# RFC 2606 and RFC 6761: names of examples and tests, which lead to nobody's page.
_RESERVED: Final = ("example.com", "example.net", "example.org", "example", "test", "invalid")

_GONE_CODES: Final = frozenset({"unknown_host", "bad_address"})
# These say nothing about the page: readers may well reach it from where they are.
_UNASKED_CODES: Final = frozenset(
    {"no_address", "scheme", "userinfo", "port", "not_public", "numeric_host", "reserved"}
)
UNREACHED_CODES: Final = frozenset({"unknown_host", "no_names", "no_connection", "too_slow"})
"""So it looks, too, when this server has no way to the internet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a link. `failing_since` (aware) and `failed_on` (local day): of the present run of failures."""

    state: State = State.NEW
    failed_days: int = 0
    failed_on: date | None = None
    failing_since: datetime | None = None


def is_reserved(url: str) -> bool:
    """Whether the address is one of an example, such as https://example.org/."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    return any(host == name or host.endswith(f".{name}") for name in _RESERVED)


def outcome_of_status(status: int) -> Outcome:
    """What an HTTP status (RFC 9110) says: 404 and 410 that the page is gone, other errors nothing for sure."""
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return Outcome.GONE
    return Outcome.ANSWERED if status < HTTPStatus.BAD_REQUEST else Outcome.UNSURE


def outcome_of_problem(code: str) -> Outcome:
    """What a failure before any status says, by the code of `events.importing.problems`."""
    if code in _GONE_CODES:
        return Outcome.GONE
    return Outcome.LEFT_OUT if code in _UNASKED_CODES else Outcome.UNSURE


def after(before: Standing, outcome: Outcome, now: datetime, today: date) -> Standing:
    """How a link stands after an attempt at `now` (aware), on `today` (the local day).

    Several attempts on one day count once. Where nothing is known for sure, a failing link stays what it was.
    """
    if outcome is Outcome.GONE:
        days = before.failed_days + (before.failed_on != today)
        state = State.BROKEN if days >= BROKEN_AFTER_DAYS else State.FAILING
        return Standing(state, days, today, before.failing_since or now)
    if outcome is Outcome.UNSURE:
        if before.state in (State.FAILING, State.BROKEN):
            return before
        return Standing(State.UNSURE)
    return Standing(State.FINE if outcome is Outcome.ANSWERED else State.LEFT_OUT)


def next_check(state: State, now: datetime) -> datetime:
    """When a link of this state is asked for again."""
    return now + _AGAIN.get(state, timedelta())
