"""A file in a form of the desk: judged like every attachment, and not lost when another field is wrong."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.files import uploads
from registry.files.refusals import FileRefused
from registry.files.texts import refusal_text as file_refusal_text
from registry.files.uploads import Upload
from registry.registration import discard


class UploadField(forms.FileField):
    """Its value is an `Upload` that waits in the vault, or None; of the `media_types`, where there are any."""

    def __init__(self, *, media_types: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.media_types = media_types

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        """The file, judged (registry.files.uploads)."""
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            upload = uploads.receive(file)
        except FileRefused as refused:
            raise forms.ValidationError(file_refusal_text(refused)) from refused
        if self.media_types and upload.media_type not in self.media_types:
            discard(upload)
            raise forms.ValidationError(
                _("“%(name)s” is another kind of file: %(wanted)s")
                % {"name": upload.name, "wanted": self.help_text}
            )
        return upload


class ProofForm(forms.Form):
    """A form with a file that proves something; `kept` stands for one that came with an earlier sending."""

    file = UploadField(
        label=_("Scan of it"),
        required=False,
        help_text=_("A PDF, a picture or a signed file. It is kept as it is."),
    )
    kept = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file") or uploads.from_token(data.get("kept", ""))
        data["file"] = upload
        if upload is not None and self.errors:
            typed: Any = self.data
            typed = typed.copy()
            typed[self.add_prefix("kept")] = upload.token
            self.data = typed
        return data

    @property
    def kept_name(self) -> str:
        """The name of the file that was kept from an earlier sending; "" for none."""
        if not self.is_bound:
            return ""
        upload = uploads.facts_of(self.data.get(self.add_prefix("kept"), ""))
        return upload.name if upload else ""
