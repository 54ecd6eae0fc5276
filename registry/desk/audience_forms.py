"""What the screens of audiences ask. The rules are the services'; the forms only take in what is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from cms.mail_address import MAX_LENGTH, validate_mail_address
from contacts.models import Department
from registry.audiences import free_slots
from registry.desk.forms import CleanLineField, CleanTextField, DayInput
from registry.desk.screens import may
from registry.enums import ReplyBy
from registry.models import Audience, AudienceSlot, Register, RegistryEntry
from registry.models.cabinet import FIRST_DAY, LAST_DAY
from registry.numbers import parse_number

LONGEST_RESULT = 10_000


class AudienceFilter(forms.Form):
    """What the list can be narrowed to; what is no choice is as if it were not there."""

    show = forms.ChoiceField(
        label=pgettext_lazy("filter of entries", "Show"),
        required=False,
        choices=[
            ("", pgettext_lazy("filter of audiences", "all, newest first")),
            ("writing", pgettext_lazy("filter of audiences", "written answer not sent yet")),
        ],
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("filter of entries", "any state")),
            *Audience.State.choices,
        ],
    )
    level = forms.ChoiceField(
        label=pgettext_lazy("of an audience", "With"),
        required=False,
        choices=[
            ("", pgettext_lazy("filter of audiences", "anybody")),
            *AudienceSlot.Level.choices,
        ],
    )


class DayForm(forms.Form):
    """Which day's sheet; what is no day is today."""

    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=DayInput(),
        validators=[
            MinValueValidator(FIRST_DAY, gettext_lazy("There were no audiences then.")),
            MaxValueValidator(LAST_DAY, gettext_lazy("There are no audiences so late.")),
        ],
    )


class RequestForm(forms.Form):
    """A request to be received, in the order in which a citizen tells it."""

    register = forms.ModelChoiceField(
        label=gettext_lazy("Register"), queryset=Register.objects.all(), empty_label=None
    )
    name = CleanLineField(label=gettext_lazy("Name"), max_length=150)
    phone = CleanLineField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    email = CleanLineField(
        label=gettext_lazy("E-mail"),
        max_length=MAX_LENGTH,
        required=False,
        widget=forms.EmailInput,
        validators=[validate_mail_address],
        help_text=gettext_lazy("The appointment is confirmed there."),
    )
    address = CleanLineField(label=gettext_lazy("Postal address"), max_length=300, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of letters"), choices=settings.LANGUAGES, initial="ro"
    )
    subject = CleanLineField(label=gettext_lazy("What it is about"), max_length=250)
    body = CleanTextField(
        label=gettext_lazy("In more words"),
        max_length=LONGEST_RESULT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Who is to receive"), choices=AudienceSlot.Level.choices
    )
    department = forms.ModelChoiceField(
        label=gettext_lazy("Department"),
        queryset=Department.objects.all(),
        required=False,
        empty_label=pgettext_lazy("of departments", "only for its head"),
    )
    after = CleanLineField(
        label=gettext_lazy("Number of the audience before"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("For a deputy mayor or the Mayor: the one at the level below."),
    )
    override = CleanLineField(
        label=gettext_lazy("Why the levels below are passed over"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Only the Cabinet decides so; the reason stands in the trail."),
    )
    wants_writing = forms.BooleanField(
        label=gettext_lazy("wants the answer in writing too"), required=False
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        registers = list(Register.objects.all()[:2])
        if len(registers) == 1:
            self.fields["register"].widget = forms.HiddenInput()
        if registers:
            self.fields["register"].initial = registers[0].pk
        if not may(user, "run_cabinet"):
            del self.fields["override"]
        if not self.is_bound:
            self.fields["name"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(data.get(name) for name in ("phone", "email", "address")) and not (
            {"phone", "email", "address"} & set(self.errors)
        ):
            self.add_error(
                "phone", _("Write a telephone or an address: the hour has to be told there.")
            )
        if data.get("email"):
            data["reply_by"] = ReplyBy.EMAIL
        else:
            data["reply_by"] = ReplyBy.POST if data.get("address") else ReplyBy.NONE
        is_first = data.get("level") == AudienceSlot.Level.DEPARTMENT
        if is_first and not data.get("department") and "department" not in self.errors:
            self.add_error("department", _("Choose the department whose head is to receive."))
        return data

    def clean_after(self) -> Audience | None:
        """The last audience of the entry with this number, among those that the user may see."""
        text = self.cleaned_data["after"]
        if not text:
            return None
        if parse_number(text) is None:
            raise forms.ValidationError(
                _("This is no number of an entry: write it like 119368/2026.")
            )
        keys = RegistryEntry.objects.visible_to(self.user).search(text).order_by("-pk")
        found = Audience.objects.filter(entry__in=list(keys.values_list("pk", flat=True)[:20]))
        last = found.select_related("entry").order_by("-pk").first()
        if last is None:
            raise forms.ValidationError(_("No audience has this number."))
        return last


class AudienceForm(forms.Form):
    """`version` is that of the audience that the user saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, audience: Audience, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audience = audience
        self.fields["version"].initial = audience.version


def slot_text(slot: AudienceSlot, taken: int) -> str:
    """An hour as it is chosen: when, where, how many places are free."""
    at = timezone.localtime(slot.starts_at)
    free = max(slot.places - taken, 0)
    text = ngettext("%(free)s place free", "%(free)s places free", free) % {"free": free}
    day = date_format(at, pgettext("date with weekday, without year", "l, j F"))
    return " · ".join(part for part in (f"{day}, {at:%H:%M}", slot.room, text) if part)


class SlotField(forms.ModelChoiceField):
    """An hour, with what is free of it."""

    def label_from_instance(self, obj: Any) -> str:
        return slot_text(obj, obj.taken)


class ScheduleForm(AudienceForm):
    """Which hour."""

    slot = SlotField(
        label=gettext_lazy("Hour"),
        queryset=AudienceSlot.objects.none(),
        empty_label=pgettext_lazy("of hours", "choose one"),
        help_text=gettext_lazy("Whoever has an e-mail address is told there."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = [slot.pk for slot in free_slots(self.audience, timezone.now())]
        self.has_slots = bool(free)
        field = self.fields["slot"]
        slots = AudienceSlot.objects.annotate(taken=Count("audiences"))
        # A full one that was chosen a moment ago is no unknown one: the service says what is the matter.
        wanted = self.data.get(self.add_prefix("slot"), "") if self.is_bound else ""
        if wanted.isdecimal() and len(wanted) < 19:
            free.append(int(wanted))
        field.queryset = slots.filter(pk__in=free).order_by("starts_at", "pk")  # type: ignore[attr-defined]


class HeldForm(AudienceForm):
    """What came of it."""

    result = CleanTextField(
        label=gettext_lazy("What came of it"),
        max_length=LONGEST_RESULT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("A written answer says this."),
    )
    wants_writing = forms.BooleanField(
        label=gettext_lazy("wants it in writing: within one working day"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wants_writing"].initial = self.audience.wants_writing


class DeclineForm(AudienceForm):
    """Why not."""

    reason = CleanLineField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("The citizen reads it."),
    )
