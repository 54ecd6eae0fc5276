"""Tagging events with objectives in the admin: one event on a page of its own, many through the bulk action."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from campaigns.models import Objective
from campaigns.objective_tags import How, may_tag, objectives_by_event, objectives_of, tag
from cms.page_bulk_actions import ChosenPagesAction
from events.models import EventPage


class ObjectiveChoices(forms.ModelMultipleChoiceField):
    """Boxes to tick, the newest edition first."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        objectives = Objective.objects.select_related("edition").order_by(
            "-edition__first_year", "sort_order", "code"
        )
        super().__init__(objectives, label=_("Objectives"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Edition, code and title."""
        return f"{obj.edition.key} · {obj}"


class TagForm(forms.Form):
    """The objectives of one event."""

    objectives = ObjectiveChoices(
        required=False, help_text=_("What of the strategy this event serves.")
    )


class BulkTagForm(forms.Form):
    """Which objectives, and what becomes of those that the events have."""

    how = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (How.ADD.value, _("Add to those that the events have")),
            (How.REMOVE.value, _("Take away from the events")),
            (How.REPLACE.value, _("Replace those that the events have")),
        ],
        initial=How.ADD.value,
        widget=forms.RadioSelect,
    )
    objectives = ObjectiveChoices(required=False)

    def clean(self) -> dict[str, Any]:
        """Nothing to add or to take away is a slip; replacing by nothing clears."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("how") in (How.ADD.value, How.REMOVE.value) and not data.get("objectives"):
            self.add_error("objectives", _("Choose at least one objective."))
        return data


# -- one event ---------------------------------------------------------------------------------------------------------


@login_required(login_url="wagtailadmin_login")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def event_objectives(request: HttpRequest, page_id: int) -> HttpResponse:
    """See and change the objectives of one event, from any of its versions."""
    page = get_object_or_404(EventPage, pk=page_id)
    if not may_tag(request.user, page):
        raise PermissionDenied
    chosen = objectives_of(page)
    form = TagForm(
        request.POST if request.method == "POST" else None,
        initial={"objectives": [item.pk for item in chosen]},
    )
    if request.method == "POST" and page.event_id is not None and form.is_valid():
        tag([page], form.cleaned_data["objectives"], How.REPLACE, request.user)
        messages.success(
            request,
            gettext("The objectives of “%(title)s” are saved.")
            % {"title": page.get_admin_display_title()},
        )
        return redirect("wagtailadmin_pages:edit", page.pk)
    return render(
        request,
        "wagtailadmin/campaigns/event_objectives.html",
        {
            "page_title": _("Objectives"),
            "event_page": page,
            "form": form,
            "unpublished": page.event_id is None,
        },
    )


def objective_urls() -> list[URLPattern]:
    """For the hook `register_admin_urls`."""
    return [
        path(
            "campaigns/events/<int:page_id>/objectives/", event_objectives, name="event_objectives"
        )
    ]


def objective_buttons(page: Any, user: Any, **kwargs: Any) -> Iterator[Button]:
    """For the hooks of a page's buttons: where an event is tagged."""
    if isinstance(page, EventPage) and user.has_perm("campaigns.change_eventobjective"):
        yield Button(
            _("Objectives…"),
            reverse("event_objectives", args=[page.pk]),
            icon_name="tasks",
            priority=75,
        )


# -- many events -------------------------------------------------------------------------------------------------------


@hooks.register("register_bulk_action")
class TagEvents(ChosenPagesAction):
    """Tags the chosen events; other pages among them are left alone."""

    display_name = _("Objectives…")
    action_type = "tag_events"
    aria_label = _("Change the objectives of the selected events")
    template_name = "wagtailadmin/campaigns/bulk_objectives.html"
    action_priority = 25
    form_class = BulkTagForm

    def get_actionable_objects(self) -> tuple[list[Any], dict[str, list[Page]]]:
        """Published events that the user may tag; of the others, those that may be named, by the reason why not."""
        chosen: list[Any] = []
        left: dict[str, list[Page]] = {"items_with_no_access": [], "other_items": []}
        ids: Any = self.request.GET.getlist("id")
        if "all" in ids:
            ids = self.get_all_objects_in_listing_query(self.request.GET.get("childOf"))
        for page in self.get_queryset(self.model, ids):
            if self.check_perm(page):
                chosen.append(page)
            elif page.permissions_for_user(self.request.user).can_edit():
                left["other_items"].append(page)
            else:
                left["items_with_no_access"].append(page)
        self.objectives = objectives_by_event(chosen)
        return chosen, left

    def check_perm(self, page: Any) -> bool:
        """Whether the user may tag this page's event, and there is one."""
        return (
            isinstance(page, EventPage)
            and page.event_id is not None
            and may_tag(self.request.user, page)
        )

    def object_context(self, obj: Any) -> dict[str, Any]:
        """The event with the objectives that it has."""
        return {"item": obj, "objectives": self.objectives[obj.event_id]}

    def get_execution_context(self) -> dict[str, Any]:
        """What `execute_action` needs beside the events."""
        form: Any = self.cleaned_form
        return {**super().get_execution_context(), **form.cleaned_data}

    @classmethod
    def execute_action(
        cls,
        objects: Any,
        user: Any = None,
        how: str = How.ADD.value,
        objectives: Any = (),
        **kwargs: Any,
    ) -> tuple[int, int]:
        """Tag `objects`; returns how many events differ afterwards."""
        return tag(objects, objectives, How(how), user), 0

    def prepare_action(self, objects: Any, objects_without_access: Any) -> None:
        """Tell what is left alone."""
        left = sum(len(pages) for pages in objects_without_access.values())
        if left:
            messages.warning(
                self.request,
                ngettext(
                    "%(count)d page was left as it is: it is no published event that you may tag.",
                    "%(count)d pages were left as they are: they are no published events that you may tag.",
                    left,
                )
                % {"count": left},
            )

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        """What was done."""
        if not num_parent_objects:
            return gettext("The objectives were so already: nothing has changed.")
        return ngettext(
            "The objectives of %(count)d event have been changed.",
            "The objectives of %(count)d events have been changed.",
            num_parent_objects,
        ) % {"count": num_parent_objects}
