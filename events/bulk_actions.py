"""The bulk action over pages that cancels events, with one reason for all."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from cms.multilingual import LocalizedFormField, LocalizedText
from cms.page_bulk_actions import ChosenPagesAction
from events.actions import Cancelled, cancel, may_cancel
from events.enums import State
from events.models import EventPage


class CancelForm(forms.Form):
    """Why; Romanian is required, and stands in for the languages that are left blank."""

    reason = LocalizedFormField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Why they are cancelled; calendars show it first. Romanian is required."),
    )


@hooks.register("register_bulk_action")
class CancelEvents(ChosenPagesAction):
    """Cancels the chosen events, published ones at once; other pages among them are left alone."""

    display_name = _("Cancel events")
    action_type = "cancel_events"
    aria_label = _("Cancel the selected events, with a reason")
    template_name = "wagtailadmin/events/bulk_cancel.html"
    action_priority = 15
    classes = {"serious"}
    form_class = CancelForm

    def get_actionable_objects(self) -> tuple[list[Page], dict[str, list[Page]]]:
        """Events that may be cancelled; the others by the reason why not."""
        chosen: list[Page] = []
        left: dict[str, list[Page]] = {
            "items_with_no_access": [],
            "locked_items": [],
            "other_items": [],
        }
        ids: Any = self.request.GET.getlist("id")
        if "all" in ids:
            ids = self.get_all_objects_in_listing_query(self.request.GET.get("childOf"))
        for page in self.get_queryset(self.model, ids):
            rights = page.permissions_for_user(self.request.user)
            if not rights.can_edit() and not rights.can_publish():
                # First: of what is somebody else's not even the kind is told.
                left["items_with_no_access"].append(page)
            elif not isinstance(page, EventPage) or not page.is_source:
                left["other_items"].append(page)
            elif may_cancel(page, self.request.user):
                chosen.append(page)
            elif rights.can_publish():
                left["locked_items"].append(page)
            else:
                left["items_with_no_access"].append(page)
        return chosen, left

    def check_perm(self, page: Any) -> bool:
        """Whether the user may cancel this page."""
        return isinstance(page, EventPage) and may_cancel(page, self.request.user)

    def object_context(self, obj: Any) -> dict[str, Any]:
        """The event, and whether it was cancelled before."""
        return {"item": obj, "cancelled": obj.state == State.CANCELLED}

    def get_execution_context(self) -> dict[str, Any]:
        """What `execute_action` needs beside the events."""
        form: Any = self.cleaned_form
        return {**super().get_execution_context(), "reason": form.cleaned_data["reason"]}

    @classmethod
    def execute_action(
        cls, objects: Any, user: Any = None, reason: LocalizedText | None = None, **kwargs: Any
    ) -> tuple[int, int]:
        """Cancel `objects`; returns how many were published and how many were drafts."""
        done: Cancelled = cancel(objects, reason or LocalizedText(), user)
        return done.published, done.drafts

    def prepare_action(self, objects: Any, objects_without_access: Any) -> None:
        """Tell what is left alone."""
        left = sum(len(pages) for pages in objects_without_access.values())
        if left:
            messages.warning(
                self.request,
                ngettext(
                    "%(count)d page was left as it is: it is no event that you may cancel.",
                    "%(count)d pages were left as they are: they are no events that you may cancel.",
                    left,
                )
                % {"count": left},
            )

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        """What was done; `num_parent_objects` were published, `num_child_objects` drafts."""
        count = num_parent_objects + num_child_objects
        if not count:
            return None
        return ngettext(
            "%(count)d event has been cancelled.", "%(count)d events have been cancelled.", count
        ) % {"count": count}
