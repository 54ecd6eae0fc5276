"""Answers that wait for a second person: read with what was asked, approved or sent back on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from registry import viewing
from registry.deadlines import registration_day
from registry.desk.forms import StepForm
from registry.desk.listing import DueNote, due_note, listed, rows_of
from registry.desk.paging import OPEN_FIRST_DUE_FIRST, slice_of
from registry.desk.screens import Screen, may, visible_entry
from registry.desk.steps import STEPS, Step
from registry.enums import State
from registry.lifecycle import Changed, NotPossible
from registry.models import Draft, RegistryEntry
from registry.permissions import Reader, departments_of, may_see_petitioner, refusal_of
from registry.personal_numbers import mask_cnps
from registry.querysets import EntryQuerySet

PAGE: Final = 20
OFFERED: Final = ("approve", "send_back")


def approvals_of(entries: EntryQuerySet, user: Any) -> QuerySet[RegistryEntry]:
    """What of `entries`, those that `user` may see, waits for his or her approval.

    At the desk of the head of the registry all that waits, at that of the head of a department what is of it.

    One's own drafts are among them: who wrote an answer sees that it waits, and for whom.
    """
    waiting = entries.open().filter(state=State.DRAFTED)
    if may(user, "view_all_entries"):
        return waiting
    return waiting.filter(department__in=departments_of(user))


@dataclass(frozen=True, slots=True)
class Read:
    """The answer that is read: its entry, its newest version, what was asked, and why it can't be approved by me."""

    entry: RegistryEntry
    draft: Draft | None
    subject: str
    petitioner: str
    body: str
    due: DueNote | None
    aspects: list[tuple[str, bool]]
    contributions: list[Any]
    joined: list[RegistryEntry]
    refusal: str


class ApprovalsScreen(Screen):
    """The list of what waits, beside the one that is read."""

    permission = "approve_entry"
    template_name = "wagtailadmin/registry/approvals.html"
    title = gettext_lazy("Approvals")
    header_icon = "check"
    parent = None

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
        """The list with the answer to the entry `pk`, or with the first one."""
        return self.approvals_shown(pk)

    def approvals_shown(
        self,
        pk: int | None,
        status: int = 200,
        typed: dict[str, StepForm] | None = None,
        problem: str = "",
    ) -> HttpResponseBase:
        """The screen; `typed` are forms that were refused, by step, `problem` is what happened to the one asked for."""
        user, today = self.request.user, registration_day(timezone.now())
        visible = RegistryEntry.objects.visible_to(user)
        newest = Draft.objects.filter(entry=OuterRef("pk")).order_by("-version")
        waiting = approvals_of(visible, user).annotate(author=Subquery(newest.values("author")[:1]))
        page = slice_of(listed(waiting), OPEN_FIRST_DUE_FIRST, self.request.GET, PAGE)
        if pk is None and page.rows:
            others = [row.pk for row in page.rows if row.author != user.pk]
            pk = others[0] if others else page.rows[0].pk
        read = None
        if pk is not None and not problem:
            entry = visible_entry(user, pk, visible)
            if entry.state == State.DRAFTED and waiting.filter(pk=pk).exists():
                read = self._read(entry, user, today)
            elif status == HTTPStatus.OK:
                problem = _("%(number)s does not wait for approval any more: it is %(state)s.") % {
                    "number": entry.number_text,
                    "state": entry.get_state_display(),
                }
        forms = typed or {}
        return self.shown(
            status=status,
            page=page,
            rows=[
                (row, entry.pk == pk, entry.author == user.pk)
                for row, entry in zip(rows_of(page.rows, user, today), page.rows, strict=True)
            ],
            read=read,
            problem=problem,
            approve=forms.get("approve") or (read and self._form(STEPS["approve"], read.entry)),
            send_back=forms.get("send_back")
            or (read and self._form(STEPS["send_back"], read.entry)),
            sees_petitioner=may_see_petitioner(user),
        )

    def _read(self, entry: RegistryEntry, user: Any, today: Any) -> Read:
        sees = may_see_petitioner(user)
        if sees:
            viewing.note_entry_opened(entry, user)
        draft = entry.drafts.select_related("author").order_by("-version").first()
        covered = draft.covered if draft else []
        refusal = refusal_of(STEPS["approve"].row, entry, user, Reader(user))
        if not refusal and draft is not None and draft.author_id == user.pk:
            refusal = _(
                "You wrote this answer: a second person reads it first and approves it or sends it back."
            )
        return Read(
            entry=entry,
            draft=draft if sees else None,
            subject=mask_cnps(entry.subject),
            petitioner=mask_cnps(entry.petitioner_name) if sees else "",
            body=mask_cnps(entry.body) if sees else "",
            due=due_note(entry, today),
            aspects=[(aspect, aspect in covered) for aspect in entry.aspects],
            contributions=list(entry.contributions.select_related("department")) if sees else [],
            joined=list(entry.joined.filter(state=State.JOINED).order_by("pk")),
            refusal=refusal,
        )

    def _form(self, step: Step, entry: RegistryEntry, data: Any = None) -> StepForm:
        return step.form(
            data,
            initial=step.form.initial_for(entry),
            prefix=step.prefix,
            user=self.request.user,
            entry=entry,
        )


class ApprovalStepScreen(ApprovalsScreen):
    """Approves the answer or sends it back, and goes on to the next one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
        """Take the step named `step`; where it is refused, say why and keep what was typed."""
        if step not in OFFERED:
            raise Http404
        wanted = STEPS[step]
        entry = visible_entry(request.user, pk)
        form = self._form(wanted, entry, request.POST)
        if not form.is_valid():
            return self.approvals_shown(pk, HTTPStatus.UNPROCESSABLE_ENTITY, {step: form})
        try:
            wanted.act(
                entry, form.cleaned_data, actor=request.user, version=form.cleaned_data["version"]
            )
        except NotPossible as refused:
            now = visible_entry(request.user, pk)
            if isinstance(refused, Changed):
                again = request.POST.copy()
                again[f"{wanted.prefix}-version"] = str(now.version)
                form = self._form(wanted, now, again)
                form.is_valid()
            visible = RegistryEntry.objects.visible_to(request.user)
            if not approvals_of(visible, request.user).filter(pk=pk).exists():
                return self.approvals_shown(pk, HTTPStatus.CONFLICT, problem=str(refused))
            form.add_error(None, str(refused))
            return self.approvals_shown(pk, HTTPStatus.CONFLICT, {step: form})
        messages.success(request, f"{entry.number_text}: {wanted.done}")
        return redirect(reverse("registry_approvals:index"))
