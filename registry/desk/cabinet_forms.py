"""What the Cabinet's screens ask. The rules are the services'; the forms only take in what is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contacts.models import Department
from registry.cabinet import SubTerm
from registry.desk.forms import CleanLineField, CleanTextField, DayInput
from registry.models import CabinetFile, Institution

LONGEST_RESOLUTION = 4000
LONGEST_NOTE = 2000
MOST_CONTRIBUTORS = 4


def _note_field() -> CleanTextField:
    return CleanTextField(
        label=gettext_lazy("Note of the Cabinet"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only the Cabinet reads it."),
    )


def _next_look_field() -> forms.DateField:
    return forms.DateField(
        label=gettext_lazy("Look at it again on"), required=False, widget=DayInput()
    )


class FileForm(forms.Form):
    """`version` is that of the file that the user saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    @classmethod
    def initial_for(cls, file: CabinetFile) -> dict[str, Any]:
        """What stands in the form before anything is typed."""
        return {"version": file.version}


class ResolveForm(FileForm):
    """The resolution: what the Mayor decided, who leads."""

    entry_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    text = CleanTextField(
        label=gettext_lazy("Resolution"),
        max_length=LONGEST_RESOLUTION,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Whoever works on it reads it; the citizen does not."),
    )
    lead = forms.ModelChoiceField(
        label=gettext_lazy("Lead department"),
        queryset=Department.objects.all(),
        empty_label=pgettext_lazy("of departments", "choose one"),
    )
    note = _note_field()
    next_look_on = _next_look_field()

    @classmethod
    def initial_for(cls, file: CabinetFile) -> dict[str, Any]:
        return {
            **super().initial_for(file),
            "entry_version": file.entry.version,
            "lead": file.entry.department_id or file.entry.requested_department_id,
            "note": file.note,
            "next_look_on": file.next_look_on,
        }


class ContributorForm(forms.Form):
    """A department that contributes, until when, and what is asked of it; an empty row is none."""

    department = forms.ModelChoiceField(
        label=gettext_lazy("Contributing department"),
        queryset=Department.objects.all(),
        required=False,
        empty_label=pgettext_lazy("of departments", "none"),
    )
    due = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DayInput())
    question = CleanLineField(label=gettext_lazy("What is asked"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("department") and not data.get("due") and "due" not in self.errors:
            self.add_error("due", _("Write until when the department contributes."))
        if not data.get("department") and (data.get("due") or data.get("question")):
            self.add_error("department", _("Choose the department that contributes."))
        return data


ContributorFormSet = forms.formset_factory(
    ContributorForm, extra=MOST_CONTRIBUTORS, max_num=MOST_CONTRIBUTORS, absolute_max=20
)


def sub_terms(rows: Any) -> list[SubTerm]:
    """The rows of a valid ContributorFormSet that name a department."""
    return [
        SubTerm(data["department"], data["due"], data["question"])
        for data in rows.cleaned_data
        if data.get("department")
    ]


class FollowForm(FileForm):
    """The note, and when to look again."""

    note = _note_field()
    next_look_on = _next_look_field()

    @classmethod
    def initial_for(cls, file: CabinetFile) -> dict[str, Any]:
        return {
            **super().initial_for(file),
            "note": file.note,
            "next_look_on": file.next_look_on,
        }


class OffForm(FileForm):
    """Why it leaves the board."""

    reason = CleanLineField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Needed while the matter is still open."),
    )


class OpenForm(forms.Form):
    """Who writes to the Mayor."""

    source = forms.ChoiceField(
        label=gettext_lazy("Who writes to the Mayor"), choices=CabinetFile.Source.choices
    )
    institution = forms.ModelChoiceField(
        label=gettext_lazy("Institution"),
        queryset=Institution.objects.filter(is_active=True, is_own=False),
        required=False,
        empty_label=pgettext_lazy("of institutions", "none"),
    )
    note = CleanTextField(
        label=gettext_lazy("Note for the Cabinet"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
