"""What is asked for each step with an entry. The rules are the services'; the forms only take in what is typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import Department
from locations.models import Location
from registry.desk.upload_field import UploadField
from registry.enums import Mode, Outcome
from registry.files.signatures import ASICE, PDF
from registry.letters import mode_for
from registry.models import FileClass, Institution, RegistryEntry
from registry.numbers import parse_number
from registry.typed_text import clean_line, clean_text

LONGEST_REASON = 300
SIGNED_TYPES = frozenset({PDF, ASICE, "application/pkcs7-mime", "application/pkcs7-signature"})
"""What a signed answer can be: a PDF with or without its signature inside, CMS, ASiC-E."""
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


class DayInput(forms.DateInput):
    """The browser's own field for a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class StepForm(forms.Form):
    """`version` is that of the entry that the user saw. `user` and `entry` are who takes the step with what."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, user: Any, entry: RegistryEntry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.entry = user, entry

    @classmethod
    def initial_for(cls, entry: RegistryEntry) -> dict[str, Any]:
        """What stands in the form before anything is typed."""
        return {"version": entry.version}


class EntryNumberField(CleanLineField):
    """The number of another entry; `StepForm.entry_of` finds it."""


def desk_users() -> QuerySet[Any]:
    """Those who work for some department, by account."""
    users = get_user_model().objects.filter(is_active=True, desk_memberships__gt=0)
    return users.order_by("username").distinct()


class UserField(forms.ModelChoiceField):
    """A colleague, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return obj.get_full_name() or obj.get_username()


def share_choices(some: Iterable[forms.Form]) -> None:
    """Have fields that choose from the same rows read them once, however many of the forms have one."""
    known: dict[str, list[tuple[Any, str]]] = {}
    for form in some:
        for field in form.fields.values():
            if not isinstance(field, forms.ModelChoiceField) or field.queryset is None:
                continue
            key = f"{type(field).__name__} {field.queryset.query}"
            if key not in known:
                known[key] = [
                    (field.prepare_value(row), field.label_from_instance(row))
                    for row in field.queryset
                ]
            empty = [("", field.empty_label)] if field.empty_label is not None else []
            field.choices = [*empty, *known[key]]


class AssignForm(StepForm):
    """To which department, and to whom there."""

    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.all(),
        empty_label=pgettext_lazy("of departments", "choose one"),
    )
    officer = UserField(
        label=_("Officer"),
        queryset=get_user_model().objects.none(),
        required=False,
        empty_label=pgettext_lazy("of officers", "the department decides"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = desk_users()  # type: ignore[attr-defined]

    @classmethod
    def initial_for(cls, entry: RegistryEntry) -> dict[str, Any]:
        department = entry.department_id or entry.requested_department_id
        return {**super().initial_for(entry), "department": department, "officer": entry.officer_id}


class ContributionsForm(StepForm):
    """Which other department contributes, what and until when."""

    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.all(),
        empty_label=pgettext_lazy("of departments", "choose one"),
    )
    due = forms.DateField(
        label=_("Until"), widget=DayInput(), help_text=_("Within the term of the entry.")
    )
    question = CleanLineField(label=_("What is asked"), max_length=500, required=False)


class ConcernsForm(StepForm):
    """Which colleague the petition is about."""

    colleague = UserField(
        label=_("Colleague"),
        queryset=get_user_model().objects.none(),
        help_text=_("Neither that colleague nor who works under him or her handles it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].queryset = desk_users()  # type: ignore[attr-defined]


class AspectsForm(StepForm):
    """What the petition raises."""

    aspects = CleanTextField(
        label=_("Aspects raised"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line. The answer is held against them before it is approved."),
    )

    @classmethod
    def initial_for(cls, entry: RegistryEntry) -> dict[str, Any]:
        return {**super().initial_for(entry), "aspects": "\n".join(entry.aspects)}

    def clean_aspects(self) -> list[str]:
        """The lines."""
        return [line for line in self.cleaned_data["aspects"].splitlines() if line.strip()]


class RedirectForm(StepForm):
    """To which institution."""

    institution = forms.ModelChoiceField(
        label=_("Institution"),
        queryset=Institution.objects.filter(is_active=True),
        empty_label=pgettext_lazy("of institutions", "choose one"),
    )
    late_reason = CleanLineField(
        label=_("Why it goes late"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Only after the five days of the law."),
    )


class OtherEntryForm(StepForm):
    """Another entry, by its number."""

    other = EntryNumberField(label=_("Number"), max_length=60)

    def clean_other(self) -> RegistryEntry:
        """The entry that has this number, among those that the user may see."""
        text = self.cleaned_data["other"]
        if parse_number(text) is None:
            raise forms.ValidationError(
                _("This is no number of an entry: write it like 119368/2026.")
            )
        found = list(RegistryEntry.objects.visible_to(self.user).search(text).order_by("-pk")[:2])
        if not found:
            raise forms.ValidationError(_("No entry has this number."))
        if len(found) > 1:
            raise forms.ValidationError(
                _("Several entries have this number: write it with its year, like 119368/2026.")
            )
        return found[0]


class ReasonForm(StepForm):
    """Why."""

    reason = CleanLineField(label=_("Reason"), max_length=LONGEST_REASON)


class TextForm(StepForm):
    """A text."""

    text = CleanTextField(
        label=_("Text"), max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 6})
    )


class AnswerForm(StepForm):
    """The answer; what is required of it depends on whether it is kept or sent for approval."""

    text = CleanTextField(
        label=_("Answer"), max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 10})
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[("", pgettext_lazy("of outcomes", "choose one")), *Outcome.choices],
    )
    covered = forms.MultipleChoiceField(
        label=_("Aspects answered"), required=False, widget=forms.CheckboxSelectMultiple
    )
    legal_basis = CleanLineField(label=_("Legal basis"), max_length=300, required=False)
    signatory_head = CleanLineField(
        label=_("Signs for the institution"),
        max_length=150,
        required=False,
        help_text=_("Name and function: the head, or who was delegated."),
    )
    signatory_department = CleanLineField(
        label=_("Signs for the department"),
        max_length=150,
        required=False,
        help_text=_("Name and function."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        aspects = [(aspect, aspect) for aspect in self.entry.aspects]
        if aspects:
            self.fields["covered"].choices = aspects  # type: ignore[attr-defined]
        else:
            del self.fields["covered"]

    @classmethod
    def initial_for(cls, entry: RegistryEntry) -> dict[str, Any]:
        initial = super().initial_for(entry)
        last = entry.drafts.order_by("-version").first()
        if last is not None:
            for name in (
                "text",
                "outcome",
                "covered",
                "legal_basis",
                "signatory_head",
                "signatory_department",
            ):
                initial[name] = getattr(last, name)
        return initial


class SignForm(StepForm):
    """The file that both signed."""

    file = UploadField(
        label=_("Signed file"),
        help_text=_("PDF, P7M or ASiC-E. It is kept as it is."),
        media_types=SIGNED_TYPES,
    )


class DispatchForm(StepForm):
    """How the answer goes out."""

    mode = forms.ChoiceField(label=_("How"), choices=Mode.choices)
    hall = forms.ModelChoiceField(
        label=_("Hall"),
        queryset=Location.objects.filter(kind=Location.Kind.NEIGHBOURHOOD_HALL),
        required=False,
        empty_label=pgettext_lazy("of halls", "only for pick-up"),
    )
    proof = CleanLineField(
        label=_("Proof"),
        max_length=300,
        required=False,
        help_text=_(
            "Number of the registered letter or of the consignment, as far as it is known."
        ),
    )

    @classmethod
    def initial_for(cls, entry: RegistryEntry) -> dict[str, Any]:
        return {**super().initial_for(entry), "mode": mode_for(entry).value}


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


class ArchiveForm(StepForm):
    """Under which class of the archive."""

    file_class = forms.ModelChoiceField(
        label=_("File class"),
        queryset=FileClass.objects.filter(is_active=True),
        empty_label=pgettext_lazy("of file classes", "choose one"),
    )


class CancelForm(ReasonForm):
    """Why the entry is wrong."""

    reason = CleanLineField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("It stays in the register beside the number, which is not given again."),
    )
