"""The life of a campaign: which stage follows which, and how it reads on a day. No database.

The one table of moves is here; `campaigns.services` makes them, the admin offers them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.enums import Stage

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Move:
    """A step in a campaign's life. `name`: part of its address; `explains`: what readers have of it."""

    source: Stage
    target: Stage
    name: str
    label: _StrPromise | str
    explains: _StrPromise | str
    needs_evaluation: bool = False
    back: bool = False


_ANNOUNCE = (
    pgettext_lazy("of a campaign", "Announce"),
    _("Readers see its title, summary, image and first day; the rest stays with you."),
)
_LAUNCH = (
    pgettext_lazy("of a campaign", "Launch"),
    _("Readers see the whole page; it stands in the list, and its calendar can be subscribed to."),
)
_WITHDRAW = (
    pgettext_lazy("of a campaign", "Take back to the brief"),
    _("Nobody but editors sees it any more, and its short links lead nowhere."),
)

MOVES: Final = (
    Move(Stage.BRIEF, Stage.TEASER, "announce", *_ANNOUNCE),
    Move(Stage.BRIEF, Stage.LIVE, "launch", *_LAUNCH),
    Move(Stage.TEASER, Stage.LIVE, "launch", *_LAUNCH),
    Move(Stage.TEASER, Stage.BRIEF, "withdraw", *_WITHDRAW, back=True),
    Move(
        Stage.LIVE,
        Stage.CLOSED,
        "close",
        pgettext_lazy("of a campaign", "Close"),
        _("The page stays among the past ones, with what the campaign reached."),
    ),
    Move(Stage.LIVE, Stage.BRIEF, "withdraw", *_WITHDRAW, back=True),
    Move(
        Stage.CLOSED,
        Stage.ARCHIVED,
        "archive",
        pgettext_lazy("of a campaign", "Archive"),
        _("For readers nothing changes; for editors the campaign is done."),
        needs_evaluation=True,
    ),
    Move(
        Stage.CLOSED,
        Stage.LIVE,
        "reopen",
        pgettext_lazy("of a campaign", "Open again"),
        _("It stands among the current ones again, until its last day."),
        back=True,
    ),
    Move(
        Stage.ARCHIVED,
        Stage.CLOSED,
        "unarchive",
        pgettext_lazy("of a campaign", "Take out of the archive"),
        _("It can be changed and evaluated anew."),
        back=True,
    ),
)


def moves_from(stage: str) -> list[Move]:
    """What can be done with a campaign in `stage`, onwards before backwards."""
    return [move for move in MOVES if move.source == stage]


def move_to(stage: str, target: str) -> Move | None:
    """The move that leads from `stage` to `target`; None where none does."""
    return next((move for move in moves_from(stage) if move.target == target), None)


class Phase(StrEnum):
    """What a campaign is for its readers on a day."""

    HIDDEN = "hidden"
    COMING = "coming"
    CURRENT = "current"
    PAST = "past"


def phase_on(stage: str, starts_on: date | None, ends_on: date | None, today: date) -> Phase:
    """What a campaign is on `today`; days are local, both ends included, None is open.

    After its last day it is past by itself, whatever its editors have done.
    """
    if not Stage(stage).is_public:
        return Phase.HIDDEN
    if stage in (Stage.CLOSED, Stage.ARCHIVED) or (ends_on is not None and ends_on < today):
        return Phase.PAST
    if stage == Stage.TEASER or (starts_on is not None and starts_on > today):
        return Phase.COMING
    return Phase.CURRENT
