"""What our listings of pages in the admin have in common."""

from __future__ import annotations

import re
from typing import Any, Final

MAX_FOUND: Final = 1000
"""How many pages a search in a listing looks at."""


class WordSearchMixin:
    """A listing whose filters and order hold for what is searched, too.

    Wagtail hands its own queryset to the search engine, which knows none of the fields that our listings filter by.
    """

    def get_ordering(self: Any) -> Any:
        """The listing's own order unless asked for another, in a search too."""
        ordering = self.request.GET.get("ordering", self.default_ordering)
        return ordering if ordering in self.get_valid_orderings() else self.default_ordering

    def search_queryset(self: Any, queryset: Any) -> Any:
        """Narrow to what the search index finds."""
        if not self.is_searching:
            return queryset
        # Only words: signs are operators of the search engine.
        words = " ".join(re.findall(r"\w+", self.search_query))
        if not words:
            return queryset.none()
        found = self.model.objects.defer_streamfields().autocomplete(words)[:MAX_FOUND]
        return queryset.filter(pk__in=[page.pk for page in found])

    def order_queryset(self: Any, queryset: Any) -> Any:
        """In the listing's order, in a search too."""
        return queryset.order_by(self.ordering, "pk")
