"""What an import would do, before it does it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from events.importing.candidates import Candidate, Reading
from events.importing.problems import Remark

_FEW: Final = 3
"""So many events may vanish at once without anybody asking why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The events to create, to bring up to date and to leave alone; those no longer there; and what is to be said.

    ``gone`` are identifiers. ``expected`` is how many events could have been gone.
    """

    new: tuple[Candidate, ...] = ()
    changed: tuple[Candidate, ...] = ()
    unchanged: tuple[Candidate, ...] = ()
    gone: tuple[str, ...] = ()
    refused: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    expected: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many of each; ``refused`` counts events or rows, however much is wrong with each."""
        refused = {(remark.row, remark.uid, remark.title) for remark in self.refused}
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "unchanged": len(self.unchanged),
            "gone": len(self.gone),
            "refused": len(refused),
        }

    @property
    def is_empty(self) -> bool:
        """Whether an import would change nothing."""
        return not (self.new or self.changed or self.gone)

    @property
    def is_sweeping(self) -> bool:
        """Whether so many events are gone at once that a fault is likelier than a decision: most, and not a few."""
        return len(self.gone) > _FEW and 2 * len(self.gone) > self.expected


def compare(
    reading: Reading,
    existing: Mapping[str, str],
    *,
    is_whole: bool = True,
    over: Collection[str] = (),
) -> Plan:
    """Compare what was read with what an earlier import left.

    Args:
        reading: What the file holds.
        existing: The digest of the last import by identifier; "" brings an event up to date whatever it holds, as one
            that was gone and is back.
        is_whole: Whether the file holds all events of its source. A spreadsheet does not: what is missing there is not
            gone.
        over: Identifiers of events of the past. Calendars drop those, which does not mean that they did not happen.

    Returns:
        The plan. An event that is refused now but was imported before is neither gone nor changed.
    """
    new, changed, unchanged = [], [], []
    for candidate in reading.candidates:
        if candidate.uid not in existing:
            new.append(candidate)
        elif existing[candidate.uid] != candidate.digest:
            changed.append(candidate)
        else:
            unchanged.append(candidate)
    there = {candidate.uid for candidate in reading.candidates}
    there |= {remark.uid for remark in reading.refused}
    current = [uid for uid in existing if uid not in over]
    gone = [uid for uid in current if uid not in there] if is_whole else []
    return Plan(
        new=tuple(new),
        changed=tuple(changed),
        unchanged=tuple(unchanged),
        gone=tuple(gone),
        refused=reading.refused,
        notes=reading.notes,
        expected=len(current),
    )
