"""What waits for an editor: lists that each app offers and the editors' home (`home`) shows.

An app registers a list once, in its `wagtail_hooks`; the home asks each for the user that looks at it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.http import HttpRequest

MOST: Final = 8
"""How many lines of a list the home shows; the rest is behind `more_url`."""


@dataclass(frozen=True, slots=True)
class DeskItem:
    """A line: something to do, with the address in the admin where it is done.

    `words`: why it waits, in the reader's language. `due`: the local day by which it should be done, for the order of
    everything together; None where there is none.
    """

    title: str
    url: str
    words: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class DeskList:
    """What of one kind waits. `key`: of HTML ids and tests; `total`: all there are, -1 where that was not counted.

    `urgent`: it is late, or hurts readers, and stands first. `advice`: a sentence on what to do.
    """

    key: str
    title: str
    items: list[DeskItem] = field(default_factory=list)
    total: int = -1
    more_url: str = ""
    urgent: bool = False
    advice: str = ""

    @property
    def count_text(self) -> str:
        """How many wait, as it is written: "8+" where more than are shown were not counted."""
        return f"{len(self.items)}+" if self.total < 0 else str(self.total)

    @property
    def hidden(self) -> int:
        """How many wait besides those that are shown; 0 where that was not counted."""
        return max(self.total - len(self.items), 0)


Offer = Callable[[HttpRequest], DeskList | None]
"""What waits for the user of a request; None where nothing does, or where it is none of the user's business.

At most three queries, whatever the data's size, and none for who may not see it.
"""

_OFFERS: dict[str, tuple[int, Offer]] = {}


def register_desk_list(name: str, offer: Offer, *, order: int = 100) -> None:
    """Offer a list to the editors' home; the same name again replaces it. Lower `order` stands first."""
    _OFFERS[name] = (order, offer)


def desk_lists(request: HttpRequest) -> list[DeskList]:
    """All that waits for the user of `request`: urgent lists first, then in their registered order."""
    offers = sorted(_OFFERS.items(), key=lambda entry: (entry[1][0], entry[0]))
    found = [made for _name, (_order, offer) in offers if (made := offer(request)) is not None]
    return sorted((made for made in found if made.items), key=lambda made: not made.urgent)
