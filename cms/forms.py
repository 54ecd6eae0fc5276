"""The editor's form of a calendar day: what its fields cannot see each for itself."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.working_calendar import Scope


class CalendarDayForm(WagtailAdminModelForm):
    """Refuses a scope that names places without a place."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        formset = self.formsets.get("scoped_places")
        if cleaned.get("scope") in (Scope.ONLY, Scope.EXCEPT) and formset and formset.is_valid():
            deleted = formset.deleted_forms
            chosen = [
                form
                for form in formset.forms
                if form not in deleted and form.cleaned_data.get("place")
            ]
            if not chosen:
                self.add_error(
                    "scope",
                    ValidationError(
                        _("Choose the places below, or let it apply to all."), code="no_place"
                    ),
                )
        return cleaned
