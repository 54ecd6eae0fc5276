"""The Cabinet's screens: its board, a file with its resolution, and giving an entry to it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from registry import cabinet, viewing
from registry.deadlines import registration_day
from registry.desk.cabinet_board import (
    BoardFilter,
    Matter,
    narrowed,
    on_board,
    summary,
    with_matter,
)
from registry.desk.cabinet_forms import (
    ContributorFormSet,
    FileForm,
    FollowForm,
    OffForm,
    OpenForm,
    ResolveForm,
    sub_terms,
)
from registry.desk.entry_views import EventShown, entry_url, timeline
from registry.desk.paging import FIRST_DUE_FIRST, slice_of
from registry.desk.screens import Screen, may, visible_entry
from registry.lifecycle import Changed, NotPossible
from registry.models import CabinetFile, RegistryEntry
from registry.permissions import may_see_petitioner
from registry.personal_numbers import mask_cnps
from registry.seen_versions import ChangedMeanwhile
from registry.transitions import TABLE

SEE = "view_cabinet_entries"
RUN = "run_cabinet"
BOARD = "registry_cabinet:index"
FILE = "registry_cabinet:file"


class BoardScreen(Screen):
    """The files that are not off the board, the most urgent first."""

    permission = SEE
    template_name = "wagtailadmin/registry/cabinet_board.html"
    title = gettext_lazy("The Mayor's correspondence")
    parent = None
    header_icon = "mail"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The page that filters and cursor ask for: as many queries whatever it holds."""
        return self.board_shown()

    def board_shown(self, problem: str = "", status: int = 200) -> HttpResponseBase:
        """The board, with what was wrong with the ticked rows."""
        request, today = self.request, registration_day(timezone.now())
        form = BoardFilter(request.GET)
        form.is_valid()
        files = narrowed(on_board(request.user), form.cleaned_data, today)
        page = slice_of(with_matter(files), FIRST_DUE_FIRST, request.GET)
        return self.shown(
            status=status,
            filter=form,
            is_filtered=any(form.cleaned_data.values()),
            summary=summary(request.user, today),
            page=page,
            rows=[Matter(file, request.user, today) for file in page.rows],
            problem=problem,
        )


class FileScreen(Screen):
    """A file: what came, what the Mayor decided, who does what until when."""

    permission = SEE
    template_name = "wagtailadmin/registry/cabinet_file.html"
    parent = (BOARD, gettext_lazy("The Mayor's correspondence"))
    header_icon = "mail"
    file: CabinetFile

    def get_page_title(self) -> str:
        return self.file.entry.number_text

    def find(self, pk: int) -> None:
        """The file of the entry with this key; Http404 as if there were none for who may not see it."""
        entry = visible_entry(self.request.user, pk)
        file = CabinetFile.objects.select_related("institution", "resolved_by").filter(entry=entry)
        found = file.first()
        if found is None:
            raise Http404
        found.entry = entry
        self.file = found

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The file; that its personal data was seen is told in the trail."""
        self.find(pk)
        return self.file_shown()

    def file_shown(
        self,
        status: int = 200,
        changes: list[EventShown] | None = None,
        rows: Any = None,
        **typed: FileForm,
    ) -> HttpResponseBase:
        """The screen, with the forms that were refused as they were `typed`."""
        user, file, entry = self.request.user, self.file, self.file.entry
        if sees_petitioner := may_see_petitioner(user):
            viewing.note_entry_opened(entry, user)
        forms: dict[str, FileForm] = {
            name: typed.get(name) or form(initial=form.initial_for(file), prefix=name)
            for name, form in (("resolve", ResolveForm), ("follow", FollowForm), ("off", OffForm))
        }
        return self.shown(
            status=status,
            file=file,
            entry=entry,
            matter=Matter(file, user, registration_day(timezone.now())),
            sees_petitioner=sees_petitioner,
            body=mask_cnps(entry.body) if sees_petitioner else "",
            files=list(entry.attachments.all()) if sees_petitioner else [],
            answer=mask_cnps(entry.answer) if sees_petitioner else "",
            contributions=list(entry.contributions.select_related("department")),
            forms=forms,
            rows=rows if rows is not None else ContributorFormSet(prefix="part"),
            can_write=may(user, RUN)
            and file.closed_at is None
            and entry.state in TABLE["assign"].sources,
            may_run=may(user, RUN),
            typed=set(typed),
            changes=changes or [],
            address=reverse(FILE, args=[entry.pk]),
        )


class FileStepScreen(FileScreen):
    """Takes a step with a file; where it is refused, says why and shows what was typed."""

    permission = RUN
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
        """Take the step named `step`."""
        self.find(pk)
        match step:
            case "resolve":
                return self._resolve()
            case "follow":
                return self._follow()
            case "off":
                return self._off()
        raise Http404

    def _refused(self, name: str, form: FileForm, problem: NotPossible, rows: Any = None) -> Any:
        changes: list[EventShown] = []
        if isinstance(problem, Changed | ChangedMeanwhile):
            # Sending it again is then meant for what is shown now.
            seen = form.cleaned_data
            self.find(self.file.entry_id)
            now = self.request.POST.copy()
            now[f"{name}-version"] = str(self.file.version)
            changed = self.file.version - seen["version"]
            if "entry_version" in seen:
                now[f"{name}-entry_version"] = str(self.file.entry.version)
                changed += self.file.entry.version - seen["entry_version"]
            form = type(form)(now, prefix=name)
            changes = timeline(self.file.entry)[: max(changed, 1)]
        form.add_error(None, str(problem))
        return self.file_shown(409, changes, rows, **{name: form})

    def _resolve(self) -> HttpResponseBase:
        form = ResolveForm(self.request.POST, prefix="resolve")
        rows = ContributorFormSet(self.request.POST, prefix="part")
        if not (form.is_valid() & rows.is_valid()):
            return self.file_shown(422, rows=rows, resolve=form)
        data = form.cleaned_data
        try:
            cabinet.resolve(
                self.file,
                data["text"],
                data["lead"],
                sub_terms(rows),
                actor=self.request.user,
                note=data["note"],
                next_look_on=data["next_look_on"],
                version=data["version"],
                entry_version=data["entry_version"],
            )
        except NotPossible as problem:
            return self._refused("resolve", form, problem, rows)
        messages.success(
            self.request, _("The resolution is written down; the departments have it.")
        )
        return redirect(FILE, self.file.entry_id)

    def _follow(self) -> HttpResponseBase:
        form = FollowForm(self.request.POST, prefix="follow")
        if not form.is_valid():
            return self.file_shown(422, follow=form)
        data = form.cleaned_data
        try:
            cabinet.follow_up(
                self.file,
                data["note"],
                data["next_look_on"],
                actor=self.request.user,
                version=data["version"],
            )
        except NotPossible as problem:
            return self._refused("follow", form, problem)
        messages.success(self.request, _("The note is kept."))
        return redirect(FILE, self.file.entry_id)

    def _off(self) -> HttpResponseBase:
        form = OffForm(self.request.POST, prefix="off")
        if not form.is_valid():
            return self.file_shown(422, off=form)
        data = form.cleaned_data
        try:
            cabinet.off_board(
                self.file, reason=data["reason"], actor=self.request.user, version=data["version"]
            )
        except NotPossible as problem:
            return self._refused("off", form, problem)
        messages.success(
            self.request, _("%(number)s is off the board.") % {"number": self.file.entry}
        )
        return redirect(BOARD)


class OpenScreen(Screen):
    """Gives an entry to the Cabinet."""

    permission = None
    template_name = "wagtailadmin/registry/cabinet_open.html"
    title = gettext_lazy("Give it to the Mayor's Cabinet")
    header_icon = "mail"
    entry: RegistryEntry

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.entry = visible_entry(request.user, kwargs["pk"])
        if not cabinet.may_open_file(request.user):
            raise PermissionDenied

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Who writes to the Mayor?"""
        return self._asked(OpenForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Open its file; twice is once."""
        form = OpenForm(request.POST)
        if not form.is_valid():
            return self._asked(form, 422)
        data = form.cleaned_data
        try:
            cabinet.open_file(
                self.entry,
                data["source"],
                institution=data["institution"],
                note=data["note"],
                actor=request.user,
            )
        except NotPossible as problem:
            form.add_error(None, str(problem))
            return self._asked(form, 409)
        messages.success(
            request,
            _("%(number)s stands on the board of the Mayor's Cabinet.") % {"number": self.entry},
        )
        if may(request.user, SEE):
            return redirect(FILE, self.entry.pk)
        return redirect(entry_url(self.entry))

    def _asked(self, form: OpenForm, status: int = 200) -> HttpResponseBase:
        return self.shown(
            status=status, form=form, entry=self.entry, subject=mask_cnps(self.entry.subject)
        )
