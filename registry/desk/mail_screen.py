"""A petition that came by e-mail: the saved mail fills in the counter's form, which a clerk looks at and sends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.mail_address import validate_mail_address
from registry.deadlines import registration_day
from registry.desk.counter import (
    LONGEST_SUMMARY,
    CounterForm,
    CounterScreen,
    new_token,
    receive_scans,
)
from registry.eml import MOST_BYTES, BrokenMail, ParsedMail, parse_mail
from registry.enums import Channel, ReplyBy
from registry.files.rules import clean_name
from registry.typed_text import clean_line, clean_text


def problem_of(broken: BrokenMail) -> str:
    """What is wrong with a file that should be a mail, and what can be done."""
    texts = {
        "empty": _("The file is empty: save the mail again and choose the new file."),
        "large": _("The mail is larger than 25 MB: register it by hand, with its attachments."),
        "parts": _(
            "The mail is packed in too many layers: register it by hand, with its attachments."
        ),
    }
    return texts.get(
        broken.reason,
        _(
            "This is no saved e-mail (.eml): save the mail as a file in your mail program, or type it in."
        ),
    )


def initial_of(mail: ParsedMail) -> dict[str, Any]:
    """What the counter's form begins with."""
    address = mail.address
    try:
        validate_mail_address(address)
    except ValidationError:
        address = ""
    return {
        "channel": Channel.EMAIL,
        "name": clean_line(mail.name or address)[:150],
        "subject": clean_line(mail.subject)[:250],
        "body": clean_text(mail.text)[:LONGEST_SUMMARY],
        "email": address,
        "reply_by": ReplyBy.EMAIL if address else ReplyBy.NONE,
        "sender_date": registration_day(mail.sent_at) if mail.sent_at else None,
    }


class MailForm(forms.Form):
    """The saved mail."""

    mail = forms.FileField(
        label=gettext_lazy("Saved e-mail"), help_text=gettext_lazy("A file that ends in .eml.")
    )

    def clean_mail(self) -> ParsedMail:
        """The mail, read."""
        file = self.cleaned_data["mail"]
        try:
            if file.size > MOST_BYTES:
                raise BrokenMail("large")
            return parse_mail(file.read())
        except BrokenMail as broken:
            raise forms.ValidationError(problem_of(broken)) from broken


class MailScreen(CounterScreen):
    """Asks for the saved mail; what it says then stands in the counter's form, and nothing is registered yet."""

    title = gettext_lazy("Register an e-mail")
    header_icon = "mail"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The question."""
        return self._asked(MailForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """The counter's form, filled in; attachments that may not be kept are named with the reason."""
        asked = MailForm(request.POST, request.FILES)
        if not asked.is_valid():
            return self._asked(asked, status=422)
        mail: ParsedMail = asked.cleaned_data["mail"]
        scans = receive_scans(
            (), [SimpleUploadedFile(clean_name(file.name), file.data) for file in mail.files]
        )
        form = CounterForm(request.user, initial=initial_of(mail))
        return self._form(form, new_token(), scans, 200, left_out=scans.problems)

    def _asked(self, form: MailForm, status: int = 200) -> HttpResponseBase:
        self.template_name = "wagtailadmin/registry/mail.html"
        return self.shown(status=status, form=form)
