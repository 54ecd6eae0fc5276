"""Where an entry stands in a report: in exactly one bucket, so that the buckets add up to the positions.

The one definition: reports count groups of entries that are alike in these facts and ask here. No database, and no
"today" that is not an argument; all days are local (Europe/Bucharest). Terms are read from `due` (docs/terms.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.enums import FiledAs, State


class Bucket(models.TextChoices):
    """What became of an entry, as a report counts it."""

    ANSWERED_IN_TIME = "in_time", _("answered in term")
    ANSWERED_LATE = "late", _("answered after the term")
    OPEN_IN_TERM = "open", _("not answered yet, term running")
    OPEN_LATE = "overdue", _("not answered, term over")
    REDIRECTED = "redirected", _("redirected to another institution")
    JOINED = "joined", _("joined to another petition")
    ANONYMOUS = "anonymous", _("filed as anonymous")
    REPEAT = "repeat", _("filed as a repeat")
    CLOSED = "closed", _("closed without an answer")
    CANCELLED = "cancelled", _("cancelled positions")


ANSWERED: Final = frozenset({Bucket.ANSWERED_IN_TIME, Bucket.ANSWERED_LATE})
DUE: Final = frozenset({Bucket.ANSWERED_IN_TIME, Bucket.ANSWERED_LATE, Bucket.OPEN_LATE})
"""What the share in term is a share of: answered, or not answered though the term is over."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a bucket depends on. `is_late`: the answer came after `due`, or is missing after it (see `is_late`)."""

    state: str
    filed_as: str = ""
    is_joined: bool = False
    is_redirected: bool = False
    is_answered: bool = False
    is_late: bool = False


def is_late(due: date | None, answered_on: date | None, today: date) -> bool:
    """Whether the answer came after `due`, or is still missing after it; what has no term is never late."""
    return due is not None and (answered_on or today) > due


def bucket_of(facts: Facts) -> Bucket:
    """The bucket. Total: any combination of fields has one; ValueError only for a state that does not exist.

    What was archived keeps the bucket it had, which its fields tell. What was opened again counts as what it is now:
    reopening empties those fields. An answer that came back undelivered was given when it was sent first.
    """
    state = State(facts.state)
    if state == State.CANCELLED:
        return Bucket.CANCELLED
    if state in State.open():
        return Bucket.OPEN_LATE if facts.is_late else Bucket.OPEN_IN_TERM
    if state == State.JOINED or (state == State.ARCHIVED and facts.is_joined):
        return Bucket.JOINED
    if state == State.REDIRECTED or (state == State.ARCHIVED and facts.is_redirected):
        return Bucket.REDIRECTED
    if state == State.FILED or (state == State.ARCHIVED and facts.filed_as):
        return _FILED.get(facts.filed_as, Bucket.CLOSED)
    if not facts.is_answered:
        return Bucket.CLOSED
    return Bucket.ANSWERED_LATE if facts.is_late else Bucket.ANSWERED_IN_TIME


_FILED: Final[dict[str, Bucket]] = {
    FiledAs.ANONYMOUS.value: Bucket.ANONYMOUS,
    FiledAs.REPEAT.value: Bucket.REPEAT,
}
