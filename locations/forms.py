"""The editor's form of opening hours: what single fields cannot see is checked here."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm

from locations.fields import as_validation_error
from locations.hours import validate_schedule


class OpeningHoursForm(WagtailAdminModelForm):
    """Refuses seasons and exceptions that overlap, and nights that run into the next morning."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        weeks = self._rows("weeks")
        exceptions = self._rows("exceptions")
        if weeks is None or exceptions is None or self.errors:
            return cleaned
        self.instance.__dict__.pop("schedule", None)
        for field in ("holidays", "holiday_hours", "location"):
            if field in cleaned:
                setattr(self.instance, field, cleaned[field])
        for error in validate_schedule(self.instance.build_schedule(weeks, exceptions)):
            self.add_error(None, as_validation_error(error))
        return cleaned

    def _rows(self, name: str) -> list[Any] | None:
        """The unsaved objects of a formset in their order, None when a row has its own errors."""
        formset = getattr(self, "formsets", {}).get(name)
        if formset is None:
            return []
        if not formset.is_valid():
            return None
        deleted = set(formset.deleted_forms)
        return [
            form.instance
            for form in formset.forms
            if form not in deleted and (form.has_changed() or form.instance.pk)
        ]
