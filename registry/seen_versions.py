"""Two at once, and one twice: what somebody decides upon is what stood on the screen.

For the rows that the Cabinet keeps beside an entry; the entry's own steps have registry.lifecycle.changing.
"""

from __future__ import annotations

from typing import Any, Protocol

from django.utils.translation import gettext as _

from registry.lifecycle.changing import NotPossible, was_called
from registry.models.entries import RegistryEntry


class Versioned(Protocol):
    """A row that counts its changes."""

    version: int


class ChangedMeanwhile(NotPossible):
    """Somebody else changed the row since the user saw it; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody else changed this meanwhile. Look at what stands here now; nothing was written."
            )
        )


def is_repeated(
    row: Versioned, seen: int | None, entry: RegistryEntry, actor: Any, call: str
) -> bool:
    """Whether `call` was taken by `actor` a moment ago, by the first click of two; False for one that is new.

    `row` is locked and as it is now, `seen` the version that stood on the screen (None: not asked), `call` the digest
    of what was typed (registry.lifecycle.changing.call_digest). Raises ChangedMeanwhile.
    """
    if seen is None or row.version == seen:
        return False
    if row.version == seen + 1 and was_called(entry, actor, call):
        return True
    raise ChangedMeanwhile
