"""What is asked for each step with an entry. The rules are the services'; the forms only take in what is typed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import Department
from registry.typed_text import clean_line, clean_text

LONGEST_REASON = 300
LONGEST_ANSWER = 20_000


class CleanLineField(forms.CharField):
    """One line, without what cannot be seen (registry.typed_text)."""

    def to_python(self, value: object) -> str:
        return clean_line(str(value)) if value not in self.empty_values else ""


class CleanTextField(forms.CharField):
    """Several lines, without what cannot be seen (registry.typed_text)."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        return clean_text(str(value)) if value not in self.empty_values else ""


class StepForm(forms.Form):
    """`version` is that of the entry that the user saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class AssignForm(StepForm):
    """To which department."""

    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.all(),
        empty_label=pgettext_lazy("of departments", "choose one"),
    )


class ExtendForm(StepForm):
    """By how many days, and why."""

    days = forms.IntegerField(
        label=_("Days"),
        min_value=1,
        max_value=15,
        initial=15,
        help_text=_("From the original term, at most 15 and once (OG 27/2002)."),
    )
    reason = CleanLineField(
        label=_("Reason"), max_length=LONGEST_REASON, help_text=_("The petitioner reads it.")
    )


class AnswerForm(StepForm):
    """The answer that was sent."""

    text = CleanTextField(
        label=_("Answer"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The petitioner reads it on the tracking page; the term ends."),
    )


class CancelForm(StepForm):
    """Why the entry is wrong."""

    reason = CleanLineField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("It stays in the register beside the number, which is not given again."),
    )
