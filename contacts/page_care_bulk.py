"""The bulk action over pages that says who answers for them and when they are reviewed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput
from wagtail.models import Page

from cms.page_bulk_actions import ChosenPagesAction
from contacts.models import Department
from contacts.models.page_care import OWNER
from contacts.page_care_admin import review_day
from contacts.page_care_services import Change, change_many, may_care


class BulkCareForm(forms.Form):
    """What the chosen pages get; what is left empty stays as each page has it."""

    department = forms.ModelChoiceField(
        Department.objects.all(),
        label=OWNER,
        required=False,
        empty_label=_("Leave as it is"),
        help_text=_("The department that answers for what the pages say."),
    )
    clear_owner = forms.BooleanField(
        label=_("Take the owner away: as the page above"),
        required=False,
    )
    review_on = forms.DateField(
        label=_("Next review"),
        required=False,
        widget=AdminDateInput,
        help_text=_("Empty: it stays as it is."),
    )

    def clean_review_on(self) -> date | None:
        """Not a day that has passed."""
        return review_day(self.cleaned_data["review_on"])

    def clean(self) -> dict[str, Any]:
        """Something, and nothing that contradicts itself."""
        cleaned = super().clean() or {}
        if cleaned.get("department") and cleaned.get("clear_owner"):
            self.add_error("clear_owner", _("Choose an owner, or take it away: not both."))
        elif not self.errors and not any(cleaned.values()):
            self.add_error("department", _("Choose an owner, or a day below."))
        return cleaned


@hooks.register("register_bulk_action")
class CareForPages(ChosenPagesAction):
    """Sets owner and review date of the chosen pages, in all their languages and at once."""

    display_name = _("Owner and review…")
    action_type = "care_for_pages"
    aria_label = _("Set owner and review date of the selected pages")
    template_name = "wagtailadmin/contacts/bulk_care.html"
    action_priority = 28
    form_class = BulkCareForm
    specific_pages = False

    def check_perm(self, page: Any) -> bool:
        """Whether the user may edit this page."""
        return may_care(self.request.user, page)

    def get_actionable_objects(self) -> tuple[list[Page], dict[str, list[Page]]]:
        """The pages that the user may edit; of the others, how many there are."""
        ids: Any = self.request.GET.getlist("id")
        if "all" in ids:
            ids = self.get_all_objects_in_listing_query(self.request.GET.get("childOf"))
        chosen: list[Page] = []
        left: dict[str, list[Page]] = {"items_with_no_access": []}
        for page in self.get_queryset(self.model, ids):
            (chosen if self.check_perm(page) else left["items_with_no_access"]).append(page)
        return chosen, left

    def object_context(self, obj: Any) -> dict[str, Any]:
        """The page as it is: its title is enough."""
        return {"item": obj}

    def get_execution_context(self) -> dict[str, Any]:
        """What `execute_action` needs beside the pages."""
        form: Any = self.cleaned_form
        return {**super().get_execution_context(), "change": Change(**form.cleaned_data)}

    @classmethod
    def execute_action(
        cls, objects: Any, user: Any = None, change: Change | None = None, **kwargs: Any
    ) -> tuple[int, int]:
        """Change `objects`; returns how many pages differ afterwards, all their languages counted once."""
        return change_many(objects, change or Change(), user), 0

    def prepare_action(self, objects: Any, objects_without_access: Any) -> None:
        """Tell what is left alone."""
        left = sum(len(pages) for pages in objects_without_access.values())
        if left:
            messages.warning(
                self.request,
                ngettext(
                    "%(count)d page is not yours to change and was left as it is.",
                    "%(count)d pages are not yours to change and were left as they are.",
                    left,
                )
                % {"count": left},
            )

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        """What was done."""
        if not num_parent_objects:
            return gettext("It was so already: nothing has changed.")
        return ngettext(
            "Owner and review of %(count)d page are saved, in all its languages.",
            "Owner and review of %(count)d pages are saved, in all their languages.",
            num_parent_objects,
        ) % {"count": num_parent_objects}
