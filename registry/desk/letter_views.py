"""A letter on a screen of its own: what it says, how it goes, what became of it, and on the paper of the house."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from cms.models import SiteIdentity
from registry import lifecycle, viewing
from registry.deadlines import registration_day
from registry.desk.forms import LONGEST_REASON, CleanLineField, DispatchForm
from registry.desk.letter_rows import BOOK, ON_THE_WAY, SEND, can_be_sent, letter_of, rows_of
from registry.desk.screens import Screen, may
from registry.desk.upload_field import ProofForm
from registry.enums import LetterKind, LetterState
from registry.lifecycle import Changed, NotPossible
from registry.models import Letter
from registry.permissions import may_see_petitioner
from registry.personal_numbers import mask_cnps


class DeliveredForm(ProofForm):
    """What proves that a letter arrived."""

    prefix = "delivered"

    proof = CleanLineField(
        label=gettext_lazy("Proof"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("Number of the receipt, who signed it and when."),
    )
    field_order = ["proof", "file"]


class ComeBackForm(ProofForm):
    """Why a letter came back."""

    prefix = "returned"

    reason = CleanLineField(
        label=gettext_lazy("Why it came back"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("As it stands on the envelope."),
    )
    field_order = ["reason", "file"]


class LetterScreen(Screen):
    """A letter: what it says, where it goes, what became of it, and what can be done with it."""

    permission = SEND
    template_name = "wagtailadmin/registry/letter.html"
    parent = BOOK
    header_icon = "mail"
    letter: Letter

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if may(request.user, SEND):
            self.letter = letter_of(request.user, kwargs["pk"])

    def get_page_title(self) -> str:
        return f"{capfirst(self.letter.get_kind_display())} · {self.letter.entry.number_text}"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The letter; that it was read is told in the trail."""
        return self.letter_shown()

    def letter_shown(self, status: int = 200, **typed: forms.Form) -> HttpResponseBase:
        """The screen, with forms as they were `typed` where they were refused."""
        letter, user = self.letter, self.request.user
        sees = may_see_petitioner(user)
        if sees:
            viewing.note_entry_opened(letter.entry, user)
        is_away = letter.state in ON_THE_WAY
        return self.shown(
            status=status,
            letter=letter,
            entry=letter.entry,
            sees_petitioner=sees,
            text=mask_cnps(letter.text) if sees else "",
            row=rows_of([letter], user, registration_day(timezone.now()))[0],
            proofs=lifecycle.proofs_of(letter),
            send_form=typed.get("send") or (self.send_form() if can_be_sent(letter) else None),
            delivered_form=typed.get("delivered") or (DeliveredForm() if is_away else None),
            returned_form=typed.get("returned") or (ComeBackForm() if is_away else None),
        )

    def send_form(self, data: Any = None) -> DispatchForm:
        """How the letter goes, by default as it was prepared."""
        letter = self.letter
        initial = {"version": letter.entry.version, "mode": letter.mode, "hall": letter.hall_id}
        return DispatchForm(data, initial=initial, user=self.request.user, entry=letter.entry)


class SendScreen(LetterScreen):
    """Sends a letter."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send it by the way that was chosen; twice is once."""
        form = self.send_form(request.POST)
        if not form.is_valid():
            return self.letter_shown(422, send=form)
        data = form.cleaned_data
        try:
            lifecycle.send(
                self.letter,
                data["mode"],
                actor=request.user,
                proof=data["proof"],
                hall=data["hall"],
                version=data["version"],
            )
        except NotPossible as problem:
            if isinstance(problem, Changed):
                self.letter = letter_of(request.user, pk)
                now = request.POST.copy()
                now["version"] = str(self.letter.entry.version)
                form = self.send_form(now)
            form.add_error(None, str(problem))
            return self.letter_shown(409, send=form)
        messages.success(request, _("The letter is on its way."))
        return redirect("registry_dispatch:index")


class DeliveredScreen(LetterScreen):
    """Writes down that a letter arrived."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """With its proof; twice is once."""
        form = DeliveredForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.letter_shown(422, delivered=form)
        data = form.cleaned_data
        try:
            lifecycle.delivered(self.letter, data["proof"], actor=request.user, upload=data["file"])
        except NotPossible as problem:
            form.add_error(None, str(problem))
            return self.letter_shown(409, delivered=form)
        messages.success(request, _("The proof is kept with the letter."))
        return redirect(letter_url(self.letter))


class ReturnedScreen(LetterScreen):
    """Writes down that a letter came back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """An answer then waits to be sent once more; twice is once."""
        if self.letter.state == LetterState.RETURNED:
            return redirect(letter_url(self.letter))
        form = ComeBackForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.letter_shown(422, returned=form)
        reason, upload = form.cleaned_data["reason"], form.cleaned_data["file"]
        letter, user = self.letter, request.user
        try:
            if letter.kind == LetterKind.ANSWER:
                lifecycle.returned(letter.entry, reason, actor=user, upload=upload)
            else:
                lifecycle.letter_returned(letter, reason, actor=user, upload=upload)
        except NotPossible as problem:
            form.add_error(None, str(problem))
            return self.letter_shown(409, returned=form)
        messages.success(request, _("It is written down that the letter came back."))
        return redirect(letter_url(letter))


class LetterPrintScreen(LetterScreen):
    """The letter on the paper of the house."""

    template_name = "wagtailadmin/registry/letter_print.html"

    def letter_shown(self, status: int = 200, **typed: forms.Form) -> HttpResponseBase:
        letter, user = self.letter, self.request.user
        if not may_see_petitioner(user):
            raise Http404
        viewing.note_entry_opened(letter.entry, user)
        return self.shown(
            letter=letter,
            entry=letter.entry,
            identity=SiteIdentity.load(self.request),
            day=registration_day(letter.sent_at or timezone.now()),
        )


def letter_url(letter: Letter) -> str:
    """The address of a letter's screen."""
    return reverse("registry_dispatch:letter", args=[letter.pk])
