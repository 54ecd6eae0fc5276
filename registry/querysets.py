"""How the register is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from registry.enums import State
from registry.numbers import parse_number
from registry.permissions import visible_entries
from registry.search import condition
from registry.writing import GuardedQuerySet

if TYPE_CHECKING:
    from registry.models.entries import RegistryEntry  # noqa: F401  the queryset's parameter


class EntryQuerySet(GuardedQuerySet["RegistryEntry"]):
    """Entries of the register."""

    def open(self) -> EntryQuerySet:
        """Those whose terms run."""
        return self.filter(state__in=State.open())

    def newest_first(self) -> EntryQuerySet:
        """In the order of the register, the last first; by key, so that pages of it cost the same anywhere."""
        return self.order_by("-pk")

    def search(self, query: str) -> EntryQuerySet:
        """Those that `query` means: a number in any of its forms, or words of names and subjects."""
        found = condition(query, self.db)
        if found is None:
            return self.none()
        if parse_number(query):
            # By itself, so that the index of numbers is used, and not one of departments beside it.
            found = Q(pk__in=self.model._base_manager.filter(found).order_by().values("pk"))
        return self.filter(found)

    def visible_to(self, user: Any) -> EntryQuerySet:
        """Those that `user` may see at all: by role and department (registry.permissions)."""
        found: Q | None = visible_entries(user)
        return self.none() if found is None else self.filter(found)
