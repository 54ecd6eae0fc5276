"""An entry on one screen: what it is, its terms step by step, what was sent and done, and what can be done now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import ModelAdminURLFinder

from registry import term_services, viewing
from registry.cabinet import may_open_file
from registry.deadlines import registration_day
from registry.desk.duplicate_links import chosen_steps, suggestions
from registry.desk.event_text import actor_names, actor_text, department_names, details
from registry.desk.forms import StepForm
from registry.desk.listing import due_note
from registry.desk.screens import ENTRIES, Screen, may, visible_entry
from registry.desk.steps import STEPS, Step, offered_steps
from registry.enums import COURT_FAMILIES, Action, AttachmentRole, State
from registry.lifecycle import Changed, NotPossible
from registry.models import AuditEvent, CabinetFile, DeadlineRule, RegistryEntry
from registry.permissions import may_see_petitioner
from registry.personal_numbers import find_cnps, mask_cnps
from registry.querysets import EntryQuerySet
from registry.term_text import explain

ENTRY = "registry_entries:entry"
MOST_EVENTS = 200


def entry_url(entry: RegistryEntry) -> str:
    """The address of an entry's screen."""
    return reverse(ENTRY, args=[entry.pk])


class EntryURLFinder(ModelAdminURLFinder):
    """Leads Wagtail's reports to the screen of an entry, for those who may see it."""

    def construct_edit_url(self, instance: RegistryEntry) -> str:
        return reverse(ENTRY, args=[quote(instance.pk)])

    def get_edit_url(self, instance: RegistryEntry) -> str | None:
        """The address, or None for who may not see the entry."""
        if self.user is not None:
            visible = RegistryEntry.objects.visible_to(self.user)
            if not visible.filter(pk=instance.pk).exists():
                return None
        return self.construct_edit_url(instance)


# -- what is shown -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TermShown:
    """A term: its name, its day, its source and how it was calculated."""

    title: str
    day: Any
    legal_basis: str
    steps: list[str]
    is_as_promised: bool


def terms_shown(entry: RegistryEntry) -> list[TermShown]:
    """The terms of `entry` in the order of their rules, with their calculation: two queries.

    The days are those that stand in the register. A closed entry keeps its days when the calendar changes later: its
    calculation, which is of today, may then lead elsewhere (`is_as_promised`).
    """
    rows = list(DeadlineRule.objects.in_force(entry.kind.family, entry.registered_on))
    if not rows:
        return []
    terms = term_services.terms_of(
        entry, term_services.working_calendar(), [row.as_rule() for row in rows]
    )
    shown = []
    for row in rows:
        if (term := terms.get(row.key)) is None:
            continue
        kept: Any = (
            getattr(entry, row.key)
            if row.key in RegistryEntry.TERM_FIELDS
            else entry.other_terms.get(row.key)
        )
        day = datetime.fromisoformat(kept).date() if isinstance(kept, str) else kept
        title = str(row.name)
        shown.append(TermShown(title, day, row.legal_basis, explain(term, title), day == term.day))
    return shown


@dataclass(frozen=True, slots=True)
class EventShown:
    """A line of the timeline."""

    at: datetime
    what: str
    who: str
    details: list[str]


def timeline(entry: RegistryEntry) -> list[EventShown]:
    """What was done with `entry`, the last first; who looked at it is in the trail. Three queries."""
    events = list(
        AuditEvent.objects.filter(entry=entry)
        .exclude(action__in=[Action.VIEWED, Action.FILE_VIEWED])
        .order_by("-sequence")[:MOST_EVENTS]
    )
    departments, names = department_names(events), actor_names(events)
    return [
        EventShown(
            event.at,
            event.get_action_display(),
            actor_text(event, names),
            [text for text in details(event, departments) if text],
        )
        for event in events
    ]


@dataclass(frozen=True, slots=True)
class FileShown:
    """An attachment as the screen lists it; `name` is "" for who may not see what the petitioner wrote."""

    pk: int
    name: str
    media_type: str
    size: int
    short_hash: str
    has_preview: bool


@dataclass(frozen=True, slots=True)
class CompletionShown:
    """What was added later."""

    received_at: datetime
    body: str
    files: list[FileShown]


class EntryScreen(Screen):
    """An entry, for who may see it; 404 for everybody else."""

    permission = None
    template_name = "wagtailadmin/registry/entry.html"
    entry: RegistryEntry
    visible: EntryQuerySet
    with_numbers = False

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.visible = RegistryEntry.objects.visible_to(request.user)
        self.entry = visible_entry(request.user, kwargs["pk"], self.visible)

    def get_page_title(self) -> str:
        return self.entry.number_text

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The entry; that its personal data was seen is told in the trail."""
        return self.entry_shown()

    def entry_shown(
        self,
        typed: Mapping[str, StepForm] | None = None,
        status: int = 200,
        changes: Sequence[EventShown] = (),
    ) -> HttpResponseBase:
        """The screen, with the forms that were refused as they were `typed`."""
        user, entry = self.request.user, self.entry
        sees_all, may_dispatch = may_see_petitioner(user), may(user, "dispatch_entry")
        if sees_all:
            viewing.note_entry_opened(entry, user)
        files: dict[int | str | None, list[FileShown]] = {}
        for attachment in entry.attachments.all():
            # What the office added stands beside its letters, not with what was sent.
            files.setdefault(attachment.role or attachment.completion_id, []).append(
                FileShown(
                    attachment.pk,
                    attachment.name if sees_all else "",
                    attachment.media_type,
                    attachment.size,
                    attachment.short_hash,
                    attachment.media_type.startswith("image/"),
                )
            )
        completions = list(entry.completions.all())
        template = self.request.GET.get("template", "")
        steps = offered_steps(user, entry, typed or {}, chosen_steps(self.request), template)
        texts = [entry.body, *(completion.body for completion in completions)]
        return self.shown(
            status=status,
            entry=entry,
            subject=mask_cnps(entry.subject),
            sees_petitioner=sees_all,
            petitioner_name=self._masked(entry.petitioner_name) if sees_all else "",
            petitioner_address=self._masked(entry.petitioner_address) if sees_all else "",
            body=self._masked(entry.body) if sees_all else "",
            answer=self._masked(entry.answer) if sees_all else "",
            has_numbers=sees_all
            and not self.with_numbers
            and any(find_cnps(text) for text in texts),
            files=files.get(None, []),
            proofs=files.get(AttachmentRole.PROOF, []),
            completions=[
                CompletionShown(
                    completion.received_at,
                    self._masked(completion.body) if sees_all else "",
                    files.get(completion.pk, []),
                )
                for completion in completions
            ],
            due=due_note(entry, registration_day(timezone.now())),
            terms=terms_shown(entry),
            timeline=timeline(entry),
            may_dispatch=may_dispatch,
            is_court=entry.kind.family in COURT_FAMILIES and may_dispatch,
            steps=steps,
            duplicates=suggestions(
                entry, self.visible, user, [offered.step.name for offered in steps]
            ),
            more_steps=[offered for offered in steps if not offered.is_open],
            changes=changes,
            drafts=list(entry.drafts.select_related("author")),
            contributions=list(entry.contributions.select_related("department")),
            letters=list(entry.letters.select_related("registered_as", "hall", "signed_file")),
            joined=list(entry.joined.filter(state=State.JOINED).order_by("pk")),
            sees_draft=sees_all and not entry.answer,
            may_audit=may(user, "view_auditevent"),
            **self._cabinet(sees_all),
        )

    def _cabinet(self, sees_all: bool) -> dict[str, Any]:
        """What the Mayor decided, and the audiences of the entry: two queries."""
        user, entry = self.request.user, self.entry
        file = CabinetFile.objects.select_related("institution").filter(entry=entry).first()
        return {
            "cabinet_file": file,
            "resolution": self._masked(file.resolution) if file and sees_all else "",
            "sees_cabinet": may(user, "view_cabinet_entries"),
            "may_give_to_cabinet": (file is None or file.closed_at is not None)
            and not entry.kind.is_confidential
            and may_open_file(user),
            "audiences": list(entry.audiences.select_related("slot").order_by("pk")),
        }

    def _masked(self, text: str) -> str:
        return text if self.with_numbers else mask_cnps(text)


class NumbersScreen(EntryScreen):
    """The same screen with the personal numbers in full: by POST only, told in the trail, gone with the next click."""

    http_method_names = ["post"]
    with_numbers = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show them to who may see the petitioner."""
        if not may_see_petitioner(request.user):
            raise PermissionDenied
        viewing.note_numbers_shown(self.entry, request.user)
        return self.entry_shown()


class StepScreen(EntryScreen):
    """Takes a step; where it is refused, says why and shows the entry as it is now, with what was typed."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
        """Take the step named `step`."""
        wanted = STEPS.get(step)
        if wanted is None:
            raise Http404
        if not may(request.user, wanted.row.permission):
            raise PermissionDenied
        form = self._form(wanted, request.POST)
        if not form.is_valid():
            return self.entry_shown({step: form}, status=422)
        try:
            wanted.act(
                self.entry,
                form.cleaned_data,
                actor=request.user,
                version=form.cleaned_data["version"],
            )
        except NotPossible as problem:
            changes: list[EventShown] = []
            if isinstance(problem, Changed):
                # Sending it again is then meant for the entry that is shown now.
                self.entry = visible_entry(request.user, pk)
                now = request.POST.copy()
                now[f"{wanted.prefix}-version"] = str(self.entry.version)
                form = self._form(wanted, now)
                changes = timeline(self.entry)[: problem.steps]
            form.add_error(None, str(problem))
            return self.entry_shown({step: form}, status=409, changes=changes)
        messages.success(request, wanted.done)
        if not RegistryEntry.objects.visible_to(request.user).filter(pk=pk).exists():
            # It went to somebody else's desk.
            return redirect(ENTRIES)
        return redirect(entry_url(self.entry))

    def _form(self, step: Step, data: Any) -> StepForm:
        return step.form(
            data, self.request.FILES, prefix=step.prefix, user=self.request.user, entry=self.entry
        )
