"""Petitions that looked automatic and wait for a clerk: taken in with a number, or left out with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from registry import intake, viewing
from registry.desk.entry_views import entry_url
from registry.desk.forms import LONGEST_REASON, CleanLineField
from registry.desk.listing import HIDDEN
from registry.desk.paging import Order, slice_of
from registry.desk.receipt_mail import send_receipt
from registry.desk.screens import Screen, may
from registry.lifecycle import NotPossible
from registry.models import EntryKind, QueuedSubmission, Register
from registry.permissions import may_see_petitioner
from registry.personal_numbers import mask_cnps

FIRST_COME_FIRST = Order(("pk",))
SEE = "view_queuedsubmission"


def queued_for(user: Any) -> QuerySet[QueuedSubmission]:
    """What `user` may see of the queue, decided or not."""
    if not may(user, SEE):
        return QueuedSubmission.objects.none()
    queue = QueuedSubmission.objects.all()
    if not may(user, "view_confidential_entries"):
        closed = EntryKind.objects.filter(is_confidential=True).values_list("key", flat=True)
        queue = queue.exclude(answers__kind__in=list(closed))
    return queue


def waiting_for(user: Any) -> QuerySet[QueuedSubmission]:
    """What waits, as far as `user` may see it."""
    return queued_for(user).filter(state=QueuedSubmission.State.WAITING)


class DismissForm(forms.Form):
    """Why it is no petition."""

    reason = CleanLineField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("It is kept beside what was sent: “advertising”, “a test of ours”."),
    )


class QueueScreen(Screen):
    """What waits, the oldest first."""

    permission = SEE
    template_name = "wagtailadmin/registry/queue.html"
    title = gettext_lazy("Waiting for a number")
    header_icon = "time"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """A page of the queue."""
        page = slice_of(waiting_for(request.user), FIRST_COME_FIRST, request.GET)
        return self.shown(
            page=page,
            rows=[(queued, mask_cnps(queued.answers.get("subject", ""))) for queued in page.rows],
        )


class QueuedScreen(Screen):
    """One petition of the queue; 404 for who may not see it."""

    permission = None
    template_name = "wagtailadmin/registry/queued.html"
    header_icon = "time"
    parent = ("registry_queue:index", gettext_lazy("Waiting for a number"))
    queued: QueuedSubmission

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.queued = get_object_or_404(queued_for(request.user), pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return _("Petition %(number)s of the queue") % {"number": self.queued.pk}

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """What was sent, and what can be done with it."""
        if may_see_petitioner(request.user):
            viewing.note_queued_opened(self.queued, request.user)
        return self.queued_shown(DismissForm())

    def queued_shown(self, form: DismissForm, status: int = 200) -> HttpResponseBase:
        """The screen, with the form as it was typed."""
        answers, sees_all = self.queued.answers, may_see_petitioner(self.request.user)
        kind = EntryKind.objects.filter(key=answers.get("kind")).first()
        return self.shown(
            status=status,
            queued=self.queued,
            is_waiting=self.queued.state == QueuedSubmission.State.WAITING,
            kind=kind,
            subject=mask_cnps(answers.get("subject", "")),
            body=mask_cnps(answers.get("body", "")) if sees_all else HIDDEN,
            name=mask_cnps(answers.get("sender", {}).get("name", "")) if sees_all else HIDDEN,
            files=self.queued.files,
            form=form,
            registers=Register.objects.all(),
            may_decide=may(self.request.user, "register_entry"),
        )


class AcceptScreen(QueuedScreen):
    """Gives a waiting petition its number."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Take it in; twice is once."""
        if not may(request.user, "register_entry"):
            raise PermissionDenied
        chosen = request.POST.get("register", "")
        registers = Register.objects.all()
        if chosen.isascii() and chosen.isdecimal():
            registers = registers.filter(pk=int(chosen))
        try:
            entry = intake.accept(
                self.queued,
                register_=get_object_or_404(registers[:1]),
                actor=request.user,
                and_then=send_receipt,
            ).entry
        except NotPossible as problem:
            messages.error(request, str(problem))
            return self.queued_shown(DismissForm(), status=409)
        messages.success(request, _("Registered as %(number)s.") % {"number": entry.number_text})
        return redirect(entry_url(entry))


class DismissScreen(QueuedScreen):
    """Leaves out what is no petition."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Leave it out, with the reason."""
        if not may(request.user, "register_entry"):
            raise PermissionDenied
        form = DismissForm(request.POST)
        if not form.is_valid():
            return self.queued_shown(form, status=422)
        try:
            intake.dismiss(self.queued, form.cleaned_data["reason"], actor=request.user)
        except NotPossible as problem:
            form.add_error(None, str(problem))
            return self.queued_shown(form, status=409)
        messages.success(request, _("Left out, with the reason. It stays in the queue's records."))
        return redirect("registry_queue:index")
