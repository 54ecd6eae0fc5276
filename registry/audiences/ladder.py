"""The ladder of audiences: the head of the department first, then a deputy mayor, then the Mayor. No database.

A rule of the house, not of a law: who can solve it hears of it first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LADDER: Final = ("department", "deputy", "mayor")
"""The levels from the bottom up; the values of `AudienceSlot.Level`."""

OVER: Final = frozenset({"held", "declined"})
"""States in which a rung has been used: the citizen was received, or was told why not."""


class LadderProblem(StrEnum):
    """Why an audience cannot be asked for at a level."""

    STARTS_ABOVE = "starts_above"
    """Nothing came before it."""

    FOLLOWS_NOTHING = "follows_nothing"
    """It is the lowest one and was said to follow another."""

    NOT_THE_NEXT = "not_the_next"
    """What came before is not one rung below."""

    NOT_OVER = "not_over"
    """What came before was neither held nor declined."""

    FOLLOWED_ALREADY = "followed_already"
    """Another request follows it already."""


@dataclass(frozen=True, slots=True)
class Rung:
    """An audience as the rule sees it."""

    level: str
    state: str
    is_followed: bool = False


def above(level: str) -> str | None:
    """The level one rung higher; None for the Mayor."""
    place = LADDER.index(level) + 1
    return LADDER[place] if place < len(LADDER) else None


def problem(level: str, below: Rung | None) -> LadderProblem | None:
    """Why an audience at `level` that follows `below` is not possible; None when it is. ValueError for no level."""
    place = LADDER.index(level)
    if below is None:
        return LadderProblem.STARTS_ABOVE if place else None
    if not place:
        return LadderProblem.FOLLOWS_NOTHING
    if below.is_followed:
        return LadderProblem.FOLLOWED_ALREADY
    if below.level != LADDER[place - 1]:
        return LadderProblem.NOT_THE_NEXT
    return None if below.state in OVER else LadderProblem.NOT_OVER
