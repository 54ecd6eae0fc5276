"""The forms of imports: what is to be imported, and where partners' calendars are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from events.importing.fetch import MAX_BYTES
from events.importing.problems import MESSAGES

TRUST_PERMISSION = "events.trust_partnercalendar"


class PartnerCalendarForm(WagtailAdminModelForm):
    """Who may not decide about trust cannot bring trusted events from somewhere else, either."""

    def save(self, commit: bool = True) -> Any:
        if "url" in self.changed_data:
            self.instance.etag = ""
            if self.for_user is not None and not self.for_user.has_perm(TRUST_PERMISSION):
                self.instance.trusted = False
        return super().save(commit)


class ImportForm(forms.Form):
    """A file, or the calendar of a partner as it is now at its address."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        max_length=200,
        help_text=_("A calendar (.ics) or a table of events (.csv, .xlsx), at most 500 kB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,.csv,.xlsx"}),
    )

    def __init__(self, *args: Any, calendars: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calendar"] = forms.ModelChoiceField(
            calendars,
            label=_("Partner's calendar"),
            required=False,
            empty_label=_("None"),
            help_text=_(
                "Without a file it is read at its address. With a file, the file is taken for it."
            ),
        )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload and upload.size > MAX_BYTES:
            raise ValidationError(
                MESSAGES["too_large"], code="too_large", params={"limit": MAX_BYTES // 1000}
            )
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("file") and not cleaned.get("calendar"):
            raise ValidationError(_("Choose a file or a partner's calendar."), code="nothing")
        return cleaned
