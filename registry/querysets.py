"""How the register is read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import connections
from django.db.models import Q

from registry.permissions import visible_entries
from registry.search import number_condition, one_of, words_condition
from registry.writing import GuardedQuerySet

if TYPE_CHECKING:
    from registry.models.entries import RegistryEntry  # noqa: F401  the queryset's parameter


FEW: Final = 10_000
"""Entries found by their words that are looked up one by one; of more, the newest ones are soon come across."""


class EntryQuerySet(GuardedQuerySet["RegistryEntry"]):
    """Entries of the register."""

    def open(self) -> EntryQuerySet:
        """Those whose terms run."""
        return self.due_between(date.min, date.max)

    def due_between(self, first: date, last: date) -> EntryQuerySet:
        """Those that are open and due on the local days `first` to `last`; what has no term is due on NO_TERM.

        Asked as a range of `open_due` with both ends, because SQLite, which knows nothing of how the days are spread,
        takes the index for that, and not for what is only not empty; and as two comparisons, because it takes the
        index for BETWEEN no more once another condition has an OR.
        """
        return self.filter(open_due__gte=first, open_due__lte=last)

    def newest_first(self) -> EntryQuerySet:
        """In the order of the register, the last first; by key, so that pages of it cost the same anywhere."""
        return self.order_by("-pk")

    def search(self, query: str) -> EntryQuerySet:
        """Those that `query` means: a number in any of its forms, or words of names and subjects.

        What is sought is found by itself first, so that the index of numbers or words is used, and not one of
        departments beside it, which would be walked from end to end for something rare. On PostgreSQL words are looked
        up at once, in a query of their own.
        """
        everything = self.model._base_manager.order_by()
        if (number := number_condition(query)) is not None:
            return self.filter(pk__in=everything.filter(number).values("pk"))
        words = words_condition(query, self.db)
        if words is None:
            return self.none()
        if connections[self.db].vendor == "postgresql":
            # Its planner knows how frequent a word is, not how frequent two are together.
            found = list(everything.filter(words).values_list("pk", flat=True)[: FEW + 1])
            if len(found) <= FEW:
                return self.filter(one_of(found))
        return self.filter(words)

    def visible_to(self, user: Any) -> EntryQuerySet:
        """Those that `user` may see at all: by role and department (registry.permissions)."""
        found: Q | None = visible_entries(user)
        return self.none() if found is None else self.filter(found)
