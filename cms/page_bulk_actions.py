"""What our bulk actions over pages have in common."""

from __future__ import annotations

from typing import Any

from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Page


class ChosenPagesAction(PageBulkAction):
    """A bulk action that takes no other pages than those that somebody chose, whatever the request says."""

    specific_pages = True
    """Whether each page is needed with the fields of its type."""

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        """Only children of one page: “all” of a listing without a parent would be every page of the site."""
        if not str(parent_id or "").isdecimal():
            return Page.objects.none().values_list("pk", flat=True)
        return super().get_all_objects_in_listing_query(int(parent_id))

    @classmethod
    def get_queryset(cls, model: Any, object_ids: Any) -> list[Page]:
        """The chosen pages with what rights ask for; what is no number names no page."""
        ids = [pk for pk in object_ids if str(pk).isdecimal() and len(str(pk)) < 18]
        found = Page.objects.filter(pk__in=ids, depth__gt=1).select_related("locale")
        return list(found.specific() if cls.specific_pages else found)
