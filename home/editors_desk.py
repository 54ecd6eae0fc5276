"""The editors' home: all that waits for whoever has logged in, in one place, the urgent first."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from cms.desk import DeskList, desk_lists
from cms.service_calendar import moment
from home.desk_actions import desk_actions

REPEATED: Final = frozenset(
    {
        "workflow_objects_to_moderate",
        "user_objects_in_workflow_moderation",
        "recent_edits",
    }
)
"""Panels of Wagtail's whose pages stand in lists of the desk."""


class EditorsDesk(Component):
    """Who, which day, what waits; where nothing does, that and what to begin."""

    name = "editors_desk"
    order = 20
    template_name = "wagtailadmin/home/editors_desk.html"

    class Media:
        css = {"all": ["css/admin-desk.css"]}

    def __init__(self, request: HttpRequest, *, is_alone: bool = True) -> None:
        """`is_alone`: no other panel tells the user what waits, so an empty desk says that nothing does."""
        self.request = request
        self.is_alone = is_alone

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user: Any = self.request.user
        lists: list[DeskList] = desk_lists(self.request)
        return {
            "name": user.get_full_name() or user.get_username(),
            "today": moment(self.request).date(),
            "lists": lists,
            "urgent": sum(1 for one in lists if one.urgent),
            "nothing": self.is_alone and not lists,
            "actions": desk_actions(self.request),
        }


def lay_desk(request: HttpRequest, panels: list[Any]) -> None:
    """For the hook `construct_homepage_panels`, after all others."""
    panels[:] = [panel for panel in panels if getattr(panel, "name", "") not in REPEATED]
    is_alone = all(getattr(panel, "name", "") == "locked_pages" for panel in panels)
    panels.append(EditorsDesk(request, is_alone=is_alone))


def leave_out_sums(request: HttpRequest, items: list[Any]) -> None:
    """For the hook `construct_homepage_summary_items`: how many pages there are is nobody's work, and five queries."""
    items.clear()
