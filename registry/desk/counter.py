"""Registering paper at the counter: one form, by keyboard, and a slip to give out."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cms.mail_address import MAX_LENGTH, validate_mail_address
from contacts.models import Department
from registry import cabinet, lifecycle
from registry.audiences import keeps_for_mayor
from registry.deadlines import registration_day
from registry.defaults import AUDIENCE
from registry.desk.forms import CleanLineField, CleanTextField, DayInput
from registry.desk.receipt_mail import send_receipt
from registry.desk.screens import Screen, may, refusal_text
from registry.enums import Channel, Direction, Family, ReplyBy
from registry.files import uploads
from registry.files.refusals import FileRefused, Reason
from registry.files.rules import MAX_FILES
from registry.files.texts import ACCEPTED
from registry.files.texts import refusal_text as file_refusal_text
from registry.files.uploads import Upload
from registry.files.vault import VaultFull
from registry.models import CabinetFile, EntryKind, Institution, Register, RegistryEntry
from registry.registration import (
    Filing,
    RegistrationRefused,
    Sender,
    SentDifferently,
    register,
)
from registry.tracking_codes import derive_code, hash_code

TOKEN_LIFE: Final = timedelta(hours=12)
"""How long a form may stay open, and its slip may be printed again."""
LONGEST_SUMMARY: Final = 20_000
LOST: Final = "lost"
"""The kind of numbers that a restored backup did not know (registry.year_services); nobody registers such."""

_SALT: Final = "registry.counter"


# -- the form's token --------------------------------------------------------------------------------------------------


def new_token() -> str:
    """A token for one form: what is sent with it is registered once."""
    return signing.TimestampSigner(salt=_SALT).sign(secrets.token_urlsafe(16))


def nonce_of(token: str) -> str | None:
    """The random part of a token; None for a forged one or one older than TOKEN_LIFE."""
    try:
        return signing.TimestampSigner(salt=_SALT).unsign(token[:200], max_age=TOKEN_LIFE)
    except signing.BadSignature:
        return None


def submission_key(nonce: str) -> str:
    """What the register keeps of the random part, so that the same form is known again."""
    return hashlib.sha256(f"counter {nonce}".encode()).hexdigest()


def code_of(nonce: str) -> str:
    """The tracking code that belongs to a form, the same whenever its slip is printed; kept nowhere."""
    return derive_code(settings.SECRET_KEY, f"counter {nonce}")


# -- what is asked -----------------------------------------------------------------------------------------------------


def _check_past(day: date | None) -> None:
    if day and day > registration_day(timezone.now()):
        raise forms.ValidationError(_("This day has not come yet: look at the date again."))


class CounterForm(forms.Form):
    """A document on paper, in the order in which a clerk reads it off."""

    direction = forms.ChoiceField(
        label=gettext_lazy("Direction"),
        choices=Direction.choices,
        initial=Direction.INCOMING,
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How it came or goes"),
        choices=[choice for choice in Channel.choices if choice[0] != Channel.WEB],
        initial=Channel.COUNTER,
    )
    kind = forms.ModelChoiceField(
        label=gettext_lazy("Kind"),
        queryset=EntryKind.objects.none(),
        empty_label=pgettext_lazy("of kinds", "choose one"),
    )
    register = forms.ModelChoiceField(
        label=gettext_lazy("Register"), queryset=Register.objects.all(), empty_label=None
    )
    name = CleanLineField(label=gettext_lazy("From or to whom"), max_length=150)
    sender_number = CleanLineField(
        label=gettext_lazy("Sender's number"), max_length=60, required=False
    )
    sender_date = forms.DateField(
        label=gettext_lazy("Sender's date"),
        required=False,
        widget=DayInput(),
        validators=[_check_past],
    )
    subject = CleanLineField(label=gettext_lazy("Subject"), max_length=250)
    body = CleanTextField(
        label=gettext_lazy("Summary"),
        max_length=LONGEST_SUMMARY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sheets = forms.IntegerField(
        label=gettext_lazy("Sheets"), required=False, min_value=0, max_value=9999
    )
    annexes = forms.IntegerField(
        label=gettext_lazy("Annexes"), required=False, min_value=0, max_value=9999
    )
    counts_from = forms.DateField(
        label=gettext_lazy("Terms count from"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy(
            "Court mail: the day it was displayed. A gathering: its day. Empty: the registration."
        ),
    )
    reply_by = forms.ChoiceField(
        label=gettext_lazy("Answer"), choices=ReplyBy.choices, initial=ReplyBy.POST
    )
    email = CleanLineField(
        label=gettext_lazy("E-mail"),
        max_length=MAX_LENGTH,
        required=False,
        widget=forms.EmailInput,
        validators=[validate_mail_address],
    )
    address = CleanLineField(label=gettext_lazy("Postal address"), max_length=300, required=False)
    phone = CleanLineField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    department = forms.ModelChoiceField(
        label=gettext_lazy("Department"),
        queryset=Department.objects.all(),
        required=False,
        empty_label=pgettext_lazy("of departments", "later"),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Who writes to the Mayor"),
        required=False,
        choices=[
            ("", pgettext_lazy("who writes to the Mayor", "not addressed to the Mayor")),
            *CabinetFile.Source.choices,
        ],
    )
    institution = forms.ModelChoiceField(
        label=gettext_lazy("Institution"),
        queryset=Institution.objects.filter(is_active=True, is_own=False),
        required=False,
        empty_label=pgettext_lazy("of institutions", "none"),
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A request to be received has a form of its own.
        kinds = EntryKind.objects.exclude(key__in=[LOST, AUDIENCE])
        if not may(user, "view_confidential_entries"):
            kinds = kinds.filter(is_confidential=False)
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        # After an error the keyboard goes to what is said about it.
        if not self.is_bound:
            self.fields["kind"].widget.attrs["autofocus"] = True
        registers = list(Register.objects.all()[:2])
        if len(registers) == 1:
            self.fields["register"].widget = forms.HiddenInput()
        if registers:
            self.fields["register"].initial = registers[0].pk
        if not may(user, "assign_entry"):
            del self.fields["department"]
        if not may(user, "run_cabinet"):
            del self.fields["source"], self.fields["institution"]
        elif keeps_for_mayor(user):
            # What the Cabinet registers is the Mayor's: it would not see it otherwise.
            self.fields["source"].required = True
            self.fields["source"].choices = CabinetFile.Source.choices  # type: ignore[attr-defined]
            self.fields["source"].initial = CabinetFile.Source.CITIZEN

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if data.get("direction") != Direction.INCOMING:
            # Who gets it is told by its name; nobody waits for an answer of ours.
            data["reply_by"] = ReplyBy.NONE
        elif kind is not None and kind.family in {Family.PETITION, Family.FOI}:
            self._require_answer_address(data)
        if kind is not None and kind.family == Family.GATHERING and not data.get("counts_from"):
            self.add_error("counts_from", _("Write the day of the gathering: terms count from it."))
        if data.get("institution") and data.get("source") in {"", CabinetFile.Source.CITIZEN}:
            self.add_error("institution", _("Choose who writes to the Mayor: a citizen has none."))
        return data

    def _require_answer_address(self, data: dict[str, Any]) -> None:
        if data.get("reply_by") == ReplyBy.EMAIL and "email" not in self.errors:
            if not data.get("email"):
                self.add_error("email", _("Write the e-mail address that the answer goes to."))
        elif data.get("reply_by") == ReplyBy.POST and not data.get("address"):
            self.add_error("address", _("Write the postal address that the answer goes to."))


def digest_of(data: dict[str, Any], files: Sequence[Upload]) -> str:
    """What a form held, as a hash: the same form with other content is not taken for a repeated one."""
    content = {
        key: value.pk if hasattr(value, "pk") else str(value) if value is not None else None
        for key, value in data.items()
    }
    text = json.dumps([content, [file.sha256 for file in files]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def filing_of(data: dict[str, Any], files: Sequence[Upload], nonce: str) -> Filing:
    """What is registered of a form that was filled in well."""
    is_incoming = data["direction"] == Direction.INCOMING
    return Filing(
        kind=data["kind"],
        subject=data["subject"],
        body=data["body"],
        direction=Direction(data["direction"]),
        channel=Channel(data["channel"]),
        sender=Sender(
            name=data["name"],
            email=data["email"],
            address=data["address"],
            phone=data["phone"],
        ),
        reply_by=ReplyBy(data["reply_by"]),
        sender_number=data["sender_number"],
        sender_date=data["sender_date"],
        counts_from=data["counts_from"],
        sheets=data["sheets"],
        annexes=data["annexes"],
        for_mayor=bool(data.get("source")),
        uploads=files,
        tracking_hash=hash_code(code_of(nonce), settings.SECRET_KEY) if is_incoming else "",
        submission_key=submission_key(nonce),
        submission_digest=digest_of(data, files),
    )


# -- scans -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scans:
    """The files of a form: those that were taken in, now or before, and what is wrong with the others."""

    kept: list[Upload]
    problems: list[str]


def receive_scans(tokens: Sequence[str], files: Sequence[UploadedFile]) -> Scans:
    """Take in `files`, beside what an earlier sending of the form left under `tokens`."""
    found = (uploads.from_token(token) for token in tokens[:MAX_FILES])
    kept = [upload for upload in found if upload is not None]
    problems = []
    for file in files:
        try:
            if len(kept) >= MAX_FILES:
                raise FileRefused(Reason.TOO_MANY)
            kept.append(uploads.receive(file))
        except FileRefused as refusal:
            text = file_refusal_text(refusal)
            if text not in problems:
                problems.append(text)
    return Scans(kept, problems)


# -- the screens -------------------------------------------------------------------------------------------------------


class CounterScreen(Screen):
    """The form."""

    permission = "register_entry"
    template_name = "wagtailadmin/registry/counter.html"
    title = gettext_lazy("Register a document")
    header_icon = "edit"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """An empty form with a token of its own."""
        return self._form(CounterForm(request.user), new_token())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Register; the same form again leads to the same number. What was typed and scanned is never lost."""
        files: MultiValueDict[str, UploadedFile] = request.FILES
        scans = receive_scans(request.POST.getlist("kept"), files.getlist("scans"))
        form = CounterForm(request.user, request.POST)
        token = request.POST.get("token", "")
        nonce = nonce_of(token)
        if nonce is None:
            form.add_error(
                None,
                _(
                    "This form was open for too long, so nothing was registered. Look at it and send it again."
                ),
            )
            token = new_token()
        for problem in scans.problems:
            form.add_error(None, problem)
        if not form.is_valid() or nonce is None:
            return self._form(form, token, scans, 422)
        try:
            self._register(form.cleaned_data, scans.kept, nonce)
        except SentDifferently as sent:
            form.add_error(
                None,
                _(
                    "This form was registered already, with other content, as %(number)s. To register what stands "
                    "here now as another document, send it again."
                )
                % {"number": sent.entry.number_text},
            )
            return self._form(form, new_token(), scans, 409)
        except RegistrationRefused as refusal:
            form.add_error(None, refusal_text(refusal))
            return self._form(form, token, scans, 503)
        except VaultFull:
            form.add_error(
                None,
                _(
                    "There is no room for the scans now. Send the form without them; nothing was registered."
                ),
            )
            return self._form(form, token, scans, 503)
        return redirect("registry_counter:done", token=token)

    def _register(self, data: dict[str, Any], files: Sequence[Upload], nonce: str) -> None:
        user, department = self.request.user, data.get("department")

        def follow(entry: RegistryEntry) -> None:
            if data.get("source") and entry.direction == Direction.INCOMING:
                cabinet.open_file(
                    entry, data["source"], institution=data["institution"], actor=user
                )
            if department is not None:
                lifecycle.assign(entry, department, actor=user)
            send_receipt(entry, code_of(nonce))

        register(
            filing_of(data, files, nonce), register=data["register"], actor=user, and_then=follow
        )

    def _form(
        self,
        form: CounterForm,
        token: str,
        scans: Scans | None = None,
        status: int = 200,
        left_out: Sequence[str] = (),
    ) -> HttpResponseBase:
        return self.shown(
            status=status,
            left_out=left_out,
            form=form,
            token=token,
            kept=scans.kept if scans else [],
            accepted=ACCEPTED,
            most_files=MAX_FILES,
        )


class SlipScreen(Screen):
    """What the form became: the number in large, and the slip for whoever stands at the counter."""

    permission = "register_entry"
    template_name = "wagtailadmin/registry/counter_done.html"
    title = gettext_lazy("Registered")
    header_icon = "circle-check"
    parent = ("registry_counter:index", gettext_lazy("Register a document"))

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Found by the form's token, which only the browser has that sent it."""
        nonce = nonce_of(token)
        if nonce is None:
            raise Http404
        entry = get_object_or_404(
            RegistryEntry.objects.visible_to(request.user).select_related("department", "kind"),
            submission_key=submission_key(nonce),
        )
        return self.shown(
            entry=entry,
            code=code_of(nonce) if entry.tracking_hash else "",
            slip_url=reverse("registry_counter:slip", args=[token]),
        )
