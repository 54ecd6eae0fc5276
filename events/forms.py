"""The editors' forms of events."""

from __future__ import annotations

from typing import Any, Final

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm

from events.form_fields import RuleFormField, RulePartError
from events.rule_storage import rule_in
from events.schedule import HORIZON_MONTHS, Schedule
from events.schedule_problems import Problem, validate

SCHEDULE_FIELDS: Final = ("start_date", "start_time", "end_date", "end_time", "recurrence")
_FIELD_OF: Final = {
    "start_day": "start_date",
    "end_day": "end_date",
    "until": "recurrence",
    "rule": "recurrence",
}


class FeedTermForm(WagtailAdminModelForm):
    """The slug is chosen once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "slug" in self.fields:
            self.fields["slug"].disabled = True


class EventPageForm(WagtailAdminPageForm):
    """The form of an event's page.

    On the source page it refuses a schedule that cannot be, for drafts too; what is still empty may stay so.
    A translation has no facts of its own: their fields are not in its form, so nothing can overwrite them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schedule: Schedule | None = None
        if self._is_translation():
            shared = {field.field_name for field in self.instance.override_translatable_fields}
            for name in shared & self.fields.keys():
                del self.fields[name]
            for name in shared & self.formsets.keys():
                del self.formsets[name]

    def _is_translation(self) -> bool:
        return self.instance.locale_id is not None and not self.instance.is_source

    def clean_start_date(self) -> Any:
        """Let the rule, which is cleaned after it, fill in a weekday that was left open."""
        start = self.cleaned_data["start_date"]
        field = self.fields.get("recurrence")
        if isinstance(field, RuleFormField):
            field.start = start
        return start

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        rows = self._changes()
        schedule = self._typed_schedule(cleaned, rows)
        if schedule is None:
            return cleaned
        for problem in validate(
            schedule, timezone.localdate() + relativedelta(months=HORIZON_MONTHS)
        ):
            self._tell(problem, rows)
        if not any(name in self.errors for name in SCHEDULE_FIELDS):
            self.schedule = schedule
        return cleaned

    def _typed_schedule(self, cleaned: dict[str, Any], rows: list[Any]) -> Schedule | None:
        """What was typed, None while it has no first day or a field that cannot be read."""
        if any(name in self.errors for name in SCHEDULE_FIELDS) or not cleaned.get("start_date"):
            return None
        return Schedule(
            start_day=cleaned["start_date"],
            start_time=cleaned.get("start_time"),
            end_day=cleaned.get("end_date"),
            end_time=cleaned.get("end_time"),
            rule=rule_in(cleaned.get("recurrence")),
            skipped=self.instance.skipped_days,
            changes=tuple(row.instance.as_date_change() for row in rows),
        )

    def _changes(self) -> list[Any]:
        """The rows of changed dates that can be read, without those being deleted or still empty."""
        formset = self.formsets.get("date_changes")
        if formset is None or not formset.is_bound:
            return []
        # Reading `errors` cleans the rows.
        if not formset.management_form.is_valid() or formset.errors is None:
            return []
        deleted = set(formset.deleted_forms)
        return [
            row
            for row in formset.forms
            if row not in deleted and not row.errors and row.cleaned_data.get("day")
        ]

    def _tell(self, problem: Problem, rows: list[Any]) -> None:
        """Put a problem where it can be mended."""
        if problem.index is not None:
            rows[problem.index].add_error(
                problem.field, ValidationError(problem.message, code=problem.code)
            )
            return
        name = _FIELD_OF.get(problem.field, problem.field)
        if name == "recurrence":
            error: ValidationError = RulePartError(problem.message, problem.code, problem.field)
        else:
            error = ValidationError(problem.message, code=problem.code)
        self.add_error(name if name in self.fields else None, error)
