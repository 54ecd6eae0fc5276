"""The editor's form of opening hours: what single fields cannot see, and the OpenStreetMap text both ways."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.working_calendar import WorkingCalendar
from locations.fields import as_validation_error
from locations.hours import HoursError, Schedule, validate_schedule
from locations.osm import from_osm, to_osm


class OpeningHoursForm(WagtailAdminModelForm):
    """Refuses hours that contradict each other; shows them as OSM text and takes them from such a text."""

    osm_text = forms.CharField(
        label=_("OpenStreetMap text"),
        required=False,
        strip=True,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_(
            "The same hours in the opening_hours syntax of OpenStreetMap. Change it, or paste another, "
            "to replace the weeks and exceptions above."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.osm_schedule: Schedule | None = None
        if self.instance.pk and self.instance.published:
            self.initial["osm_text"] = self._own_text(self.instance.schedule)

    @staticmethod
    def _own_text(schedule: Schedule) -> str:
        """The text of the rows alone: what the working calendar adds is not an editor's to copy."""
        today = timezone.localdate()
        days = [today, *(e.first_day for e in schedule.exceptions)]
        days += (e.last_day for e in schedule.exceptions)
        dated = (season for season in schedule.seasons if not season.yearly)
        days += (day for season in dated for day in (season.first_day, season.last_day) if day)
        return to_osm(schedule, WorkingCalendar(), min(days), max(days))

    def clean_osm_text(self) -> str:
        text: str = self.cleaned_data["osm_text"]
        if "osm_text" in self.changed_data and text:
            try:
                self.osm_schedule = from_osm(text)
            except HoursError as error:
                raise as_validation_error(error) from error
        return text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        weeks = self._rows("weeks")
        exceptions = self._rows("exceptions")
        if weeks is None or exceptions is None or self.errors:
            return cleaned
        if self.osm_schedule:
            if any(self.formsets[name].has_changed() for name in ("weeks", "exceptions")):
                self.add_error(
                    "osm_text",
                    ValidationError(
                        _("Change either this text or the rows above, not both at once."),
                        code="both_changed",
                    ),
                )
            return cleaned
        for field in ("holidays", "holiday_hours", "location"):
            if field in cleaned:
                setattr(self.instance, field, cleaned[field])
        for error in validate_schedule(self.instance.build_schedule(weeks, exceptions)):
            self.add_error(None, as_validation_error(error))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        if self.osm_schedule is None:
            return super().save(commit=commit)
        instance = super().save(commit=False)
        instance.take_schedule(self.osm_schedule)
        if commit:
            instance.save()
        return instance

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
