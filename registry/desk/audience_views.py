"""The screens of audiences: the list, and one audience with its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin import messages

from registry import audiences, viewing
from registry.audiences import ladder
from registry.deadlines import registration_day
from registry.desk.audience_forms import (
    AudienceFilter,
    AudienceForm,
    DeclineForm,
    HeldForm,
    ScheduleForm,
    slot_text,
)
from registry.desk.listing import DueNote, petitioner_text
from registry.desk.paging import NEWEST_FIRST, slice_of
from registry.desk.screens import Screen, may
from registry.lifecycle import NotPossible
from registry.models import Audience, AudienceSlot
from registry.permissions import may_see_petitioner
from registry.personal_numbers import mask_cnps
from registry.seen_versions import ChangedMeanwhile
from registry.term_text import days_left_text

LIST = "registry_audiences:index"
AUDIENCE = "registry_audiences:audience"
NEXT_HOURS = 8

State = Audience.State


@dataclass(frozen=True)
class Row:
    """An audience as a list shows it to `user`; `today` is the local day."""

    audience: Audience
    user: Any
    today: date

    @property
    def subject(self) -> str:
        """What it is about, without personal numbers."""
        return mask_cnps(self.audience.entry.subject)

    @property
    def petitioner(self) -> str:
        """Who asks, as far as the reader may see it."""
        return petitioner_text(self.audience.entry, self.user)

    @property
    def receiver(self) -> str:
        """Who receives."""
        who = str(self.audience.get_level_display())
        department = self.audience.entry.department
        is_head = self.audience.level == AudienceSlot.Level.DEPARTMENT
        return f"{who}: {department}" if is_head and department else who

    @property
    def written(self) -> DueNote | None:
        """The term of the written answer."""
        due = self.audience.written_due
        if due is None:
            return None
        if self.audience.written_at is not None:
            return DueNote(due)
        tone = "late" if due < self.today else "soon"
        return DueNote(due, days_left_text(due, self.today), tone)


def with_matter(rows: QuerySet[Audience]) -> QuerySet[Audience]:
    """With what a row shows of its entry and hour."""
    return rows.select_related("entry__kind", "entry__department", "slot__department").defer(
        "entry__body", "entry__answer", "entry__search_text"
    )


def narrowed(rows: QuerySet[Audience], wanted: dict[str, Any]) -> QuerySet[Audience]:
    """The audiences that fulfil the filters `wanted`."""
    if wanted.get("show") == "writing":
        rows = rows.filter(written_at=None).exclude(written_due=None)
    for name in ("state", "level"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    return rows


class AudienceListScreen(Screen):
    """The audiences that the user may see, and the next hours."""

    template_name = "wagtailadmin/registry/audiences.html"
    title = pgettext_lazy("to be received", "Audiences")
    parent = None
    header_icon = "group"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The page that filters and cursor ask for: as many queries whatever it holds."""
        now, user = timezone.now(), request.user
        today = registration_day(now)
        form = AudienceFilter(request.GET)
        form.is_valid()
        rows = narrowed(with_matter(audiences.visible_audiences(user)), form.cleaned_data)
        page = slice_of(rows, NEWEST_FIRST, request.GET)
        slots = AudienceSlot.objects.filter(starts_at__gte=now).annotate(taken=Count("audiences"))
        coming = slots.select_related("department").order_by("starts_at", "pk")[:NEXT_HOURS]
        return self.shown(
            filter=form,
            is_filtered=any(form.cleaned_data.values()),
            page=page,
            rows=[Row(audience, user, today) for audience in page.rows],
            hours=[(slot, slot_text(slot, slot.taken)) for slot in coming],
            may_request=may(user, "register_entry"),
            may_keep_hours=may(user, "add_audienceslot"),
        )


# -- one audience ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """What can be done with an audience: its words, its form, the states it is possible in, the service."""

    name: str
    title: str | Promise
    button: str | Promise
    done: str | Promise
    form: type[AudienceForm]
    states: frozenset[State]
    act: Callable[..., Audience]


_OPEN = frozenset({State.REQUESTED, State.SCHEDULED, State.MISSED})
STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "schedule",
            gettext_lazy("Give an hour, or another one"),
            gettext_lazy("Give this hour"),
            gettext_lazy("The hour is given."),
            ScheduleForm,
            _OPEN,
            lambda audience, data, **who: audiences.schedule(audience, data["slot"], **who),
        ),
        Step(
            "hold",
            gettext_lazy("It was held"),
            gettext_lazy("Write it down"),
            gettext_lazy("It is written down."),
            HeldForm,
            frozenset({State.SCHEDULED}),
            lambda audience, data, **who: audiences.hold(
                audience, data["result"], wants_writing=data["wants_writing"], **who
            ),
        ),
        Step(
            "miss",
            gettext_lazy("Nobody came"),
            gettext_lazy("Write it down"),
            gettext_lazy("It is written down."),
            AudienceForm,
            frozenset({State.SCHEDULED}),
            lambda audience, data, **who: audiences.miss(audience, **who),
        ),
        Step(
            "decline",
            gettext_lazy("Decline"),
            gettext_lazy("Decline the request"),
            gettext_lazy("The request is declined."),
            DeclineForm,
            _OPEN,
            lambda audience, data, **who: audiences.decline(audience, data["reason"], **who),
        ),
        Step(
            "climb",
            gettext_lazy("The next level"),
            gettext_lazy("Ask for the next level"),
            gettext_lazy("The next level is asked for."),
            AudienceForm,
            frozenset({State.HELD, State.DECLINED}),
            lambda audience, data, **who: audiences.climb(audience, **who),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class OfferedStep:
    """A step with its form, empty or as it was typed."""

    step: Step
    form: AudienceForm
    url: str
    is_open: bool


class AudienceScreen(Screen):
    """One audience, for who may see its entry; 404 for everybody else."""

    permission = None
    template_name = "wagtailadmin/registry/audience.html"
    parent = (LIST, pgettext_lazy("to be received", "Audiences"))
    header_icon = "group"
    audience: Audience

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.find(kwargs["pk"])

    def find(self, pk: int) -> None:
        """The audience; Http404 as if there were none for who may not see its entry, which is told in the trail."""
        rows = Audience.objects.select_related(
            "entry__kind", "entry__department", "slot__department", "after"
        )
        audience = rows.filter(pk=pk).first()
        if audience is None:
            raise Http404
        visible = audiences.visible_audiences(self.request.user)
        if not visible.filter(pk=pk).exists():
            viewing.note_denied(audience.entry_id, self.request.user)
            raise Http404
        self.audience = audience

    def get_page_title(self) -> str:
        return str(self.audience.entry)

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The audience; that its personal data was seen is told in the trail."""
        return self.audience_shown()

    def audience_shown(
        self, typed: dict[str, AudienceForm] | None = None, status: int = 200
    ) -> HttpResponseBase:
        """The screen, with the forms that were refused as they were `typed`."""
        user, audience = self.request.user, self.audience
        entry = audience.entry
        if sees_all := may_see_petitioner(user):
            viewing.note_entry_opened(entry, user)
        rungs = list(entry.audiences.select_related("slot").order_by("pk"))
        return self.shown(
            status=status,
            audience=audience,
            entry=entry,
            row=Row(audience, user, registration_day(timezone.now())),
            sees_petitioner=sees_all,
            petitioner=mask_cnps(entry.petitioner_name) if sees_all else "",
            body=mask_cnps(entry.body) if sees_all else "",
            result=mask_cnps(audience.result) if sees_all else "",
            before=audience.after if audience.after not in rungs else None,
            rungs=rungs,
            steps=self.offered(typed or {}),
            may_keep_hours=may(user, "add_audienceslot"),
        )

    def offered(self, typed: dict[str, AudienceForm]) -> list[OfferedStep]:
        """The steps that the user can take, and the one that was refused."""
        audience, user = self.audience, self.request.user
        can = {
            step.name
            for step in STEPS.values()
            if audience.state in step.states and audiences.may_run(audience, user)
        }
        if (
            ladder.above(audience.level) is None
            or not audience.entry.is_open
            or Audience.objects.filter(after=audience).exists()
        ):
            can.discard("climb")
        when, now = audience.appointment, timezone.now()
        has_begun = when is not None and when <= now
        if not has_begun:
            can.discard("miss")
        if when is None or registration_day(when) > registration_day(now):
            can.discard("hold")
        likely = {
            State.REQUESTED: "schedule",
            State.MISSED: "schedule",
            State.SCHEDULED: "hold",
        }.get(State(audience.state))
        return [
            OfferedStep(
                step,
                typed.get(name) or step.form(prefix=name, audience=audience),
                reverse("registry_audiences:step", args=[audience.pk, name]),
                name in typed or name == likely,
            )
            for name, step in STEPS.items()
            if name in can or name in typed
        ]


class AudienceStepScreen(AudienceScreen):
    """Takes a step; where it is refused, says why and shows the audience as it is now, with what was typed."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
        """Take the step named `step`."""
        wanted = STEPS.get(step)
        if wanted is None:
            raise Http404
        if not audiences.may_run(self.audience, request.user):
            raise PermissionDenied
        form = self._form(wanted, request.POST)
        if not form.is_valid():
            return self.audience_shown({step: form}, 422)
        data = form.cleaned_data
        try:
            done = wanted.act(self.audience, data, actor=request.user, version=data["version"])
        except NotPossible as problem:
            if isinstance(problem, ChangedMeanwhile):
                # Sending it again is then meant for what is shown now.
                self.find(pk)
                now = request.POST.copy()
                now[f"{step}-version"] = str(self.audience.version)
                form = self._form(wanted, now)
            form.add_error(None, str(problem))
            return self.audience_shown({step: form}, 409)
        messages.success(request, wanted.done)
        visible = audiences.visible_audiences(request.user)
        if not visible.filter(pk=done.pk).exists():
            return redirect(LIST)
        return redirect(AUDIENCE, done.pk)

    def _form(self, step: Step, data: Any) -> AudienceForm:
        return step.form(data, prefix=step.name, audience=self.audience)
