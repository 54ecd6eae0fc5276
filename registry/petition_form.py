"""What a petition is asked for, and what is said where an answer is missing or too long."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cms.mail_address import MAX_LENGTH, validate_mail_address
from contacts.models import Department
from registry.enums import ReplyBy
from registry.models.kinds import EntryKind

SUBJECT_LENGTH: Final = 150
TEXT_LENGTH: Final = 20_000
NAME_LENGTH: Final = 150
ADDRESS_LENGTH: Final = 300
PHONE_LENGTH: Final = 40

FIELDS: Final[dict[str, bool]] = {
    "kind": False,
    "department": False,
    "subject": False,
    "text": True,
    "name": False,
    "reply_by": False,
    "email": False,
    "address": True,
    "phone": False,
}
"""The names of the fields, in the order of the page, and whether they have several lines."""

TYPED: Final[dict[str, Any]] = {
    "subject": _("Subject"),
    "text": _("Text"),
    "name": _("Your name"),
    "address": _("Postal address"),
    "phone": _("Telephone"),
}
"""Where somebody may write a personal number without being asked for it, and how to name these fields shortly."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in a form: kinds and departments, in their order."""

    kinds: Sequence[EntryKind]
    departments: Sequence[Department]

    def kind(self, key: str) -> EntryKind:
        """The kind with this key, which is one of them."""
        return next(kind for kind in self.kinds if kind.key == key)

    def department(self, key: str) -> Department | None:
        """The department with this key; None for "I don't know"."""
        return next((found for found in self.departments if found.key == key), None)


class LengthLimit:
    """Refuses texts of more than `length` characters, saying how long they are."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __call__(self, text: str) -> None:
        if len(text) > self.length:
            raise ValidationError(
                ngettext_lazy(
                    "This has %(found)s character and can have at most %(length)s: shorten it.",
                    "This has %(found)s characters and can have at most %(length)s: shorten it.",
                    "found",
                ),
                code="max_length",
                params={"found": len(text), "length": self.length},
            )


def _text(label: Any, missing: Any = None, length: int | None = None, hint: Any = "") -> Any:
    """A field for one text. Its widget is never rendered: the templates write the fields."""
    return forms.CharField(
        label=label,
        required=missing is not None,
        error_messages={"required": missing} if missing is not None else {},
        validators=[LengthLimit(length)] if length else [],
        help_text=hint,
        strip=False,
    )


class PetitionForm(forms.Form):
    """Judges answers that are clean already (`registry.posted`)."""

    kind = forms.ChoiceField(
        label=_("What kind of petition is it?"),
        error_messages={
            "required": _("Choose what kind of petition it is"),
            "invalid_choice": _("Choose what kind of petition it is"),
        },
    )
    department = forms.ChoiceField(
        label=_("Who is it for?"),
        required=False,
        help_text=_("If you don't know, leave it so: we pass it on to the right department."),
        error_messages={"invalid_choice": _("Choose one of the departments, or “I don't know”")},
    )
    subject = _text(
        _("Subject"),
        _("Write the subject in a few words"),
        SUBJECT_LENGTH,
        _("In a few words: what it is about, and where."),
    )
    text = _text(
        _("What would you like us to do?"),
        _("Write what you would like us to do"),
        TEXT_LENGTH,
        _(
            "The place, the date and what happened. Don't write your personal numeric code (CNP): we don't need it."
        ),
    )
    name = _text(
        _("Your name"),
        _("Write your name"),
        NAME_LENGTH,
        _("First name and surname, or the organisation. Anonymous petitions are filed unanswered."),
    )
    reply_by = forms.ChoiceField(
        label=_("How should we answer?"),
        choices=[(ReplyBy.EMAIL.value, _("By e-mail")), (ReplyBy.POST.value, _("By post"))],
        error_messages={
            "required": _("Choose how we should answer"),
            "invalid_choice": _("Choose how we should answer"),
        },
    )
    email = _text(
        _("E-mail address"), hint=_("We send the registration number and the answer there.")
    )
    address = _text(_("Postal address"), hint=_("Street, number, flat, town, postal code."))
    phone = _text(
        _("Telephone"), length=PHONE_LENGTH, hint=_("In case we have a question about it.")
    )

    def __init__(self, choices: Choices, answers: Mapping[str, str] | None = None) -> None:
        super().__init__(answers)
        self.choices = choices
        kind: Any = self.fields["kind"]
        kind.choices = [(each.key, str(each)) for each in choices.kinds]
        department: Any = self.fields["department"]
        department.choices = [("", ""), *((each.key, str(each)) for each in choices.departments)]

    def clean(self) -> dict[str, Any]:
        """Require the one way of answering that was chosen; the other one is not sent."""
        cleaned = super().clean() or {}
        reply_by = cleaned.get("reply_by")
        if reply_by == ReplyBy.EMAIL:
            self._require_email(cleaned.get("email", ""))
            cleaned["address"] = ""
        elif reply_by == ReplyBy.POST:
            self._require_address(cleaned.get("address", ""))
            cleaned["email"] = ""
        return cleaned

    def _require_email(self, email: str) -> None:
        if not email:
            self.add_error("email", _("Write your e-mail address, or choose the answer by post"))
        elif len(email) > MAX_LENGTH:
            self.add_error("email", _("Write a shorter e-mail address: this one is too long"))
        else:
            try:
                validate_mail_address(email)
            except ValidationError:
                self.add_error(
                    "email", _("Write the whole e-mail address, for example ana.pop@example.org")
                )

    def _require_address(self, address: str) -> None:
        if not address:
            self.add_error(
                "address", _("Write your postal address, or choose the answer by e-mail")
            )
            return
        try:
            LengthLimit(ADDRESS_LENGTH)(address)
        except ValidationError as error:
            self.add_error("address", error)


def digest_of(cleaned: Mapping[str, Any], hashes: Sequence[str]) -> str:
    """What tells whether the same form was sent with the same content: a SHA-256, in hexadecimal.

    `cleaned`: the form's cleaned answers; `hashes`: of the attachments, in their order.
    """
    content = [[cleaned.get(name) or "" for name in FIELDS], list(hashes)]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
