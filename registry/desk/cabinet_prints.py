"""What the Cabinet prints: Monday's list, and a briefing note of chosen matters. The trail tells of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Prefetch
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import viewing
from registry.cabinet import visible_files
from registry.deadlines import CITY_ZONE, registration_day
from registry.desk.cabinet_board import Matter, on_board, with_matter
from registry.desk.cabinet_views import SEE, BoardScreen
from registry.desk.screens import Screen
from registry.models import CabinetFile, Contribution
from registry.personal_numbers import mask_cnps

MOST_PRINTED: Final = 500
"""Rows of one part of Monday's list; of more, it says that they are not all."""
MOST_CHOSEN: Final = 50
"""Matters of one briefing note."""


def monday_before(day: date) -> date:
    """The last Monday before `day`; of a Monday, the one a week ago."""
    return day - timedelta(days=day.weekday() or 7)


@dataclass(frozen=True, slots=True)
class LeadGroup:
    """What a department leads; `name` is "" for what nobody leads yet."""

    name: str
    matters: list[Matter]


def by_lead(matters: Iterable[Matter]) -> list[LeadGroup]:
    """The open `matters` by lead department, in the order of their names; without one first."""
    groups: dict[str, list[Matter]] = {}
    for matter in matters:
        department = matter.entry.department
        groups.setdefault(str(department) if department else "", []).append(matter)
    return [LeadGroup(name, groups[name]) for name in sorted(groups)]


@dataclass(frozen=True, slots=True)
class MondayList:
    """What stands on the board on `day`, and what happened since the Monday before: local days, both included."""

    day: date
    since: date
    open: list[LeadGroup]
    late: list[Matter]
    came: list[Matter]
    closed: list[Matter]
    is_cut: bool


def monday_list(user: Any, day: date) -> MondayList:
    """Monday's list as `user` may see it: seven queries at most, whatever it holds."""
    since = monday_before(day)
    moment = datetime.combine(since, time(), CITY_ZONE)

    def matters(files: Any) -> list[Matter]:
        return [Matter(file, user, day) for file in with_matter(files)[: MOST_PRINTED + 1]]

    board = matters(on_board(user))
    came = matters(visible_files(user).filter(opened_at__gte=moment).order_by("pk"))
    off = matters(visible_files(user).filter(closed_at__gte=moment).order_by("closed_at", "pk"))
    over = [
        matter
        for matter in board
        if matter.entry.closed_at is not None and matter.entry.closed_at >= moment
    ]
    still_open = [matter for matter in board[:MOST_PRINTED] if matter.entry.is_open]
    return MondayList(
        day=day,
        since=since,
        open=by_lead(still_open),
        late=[matter for matter in still_open if matter.is_late],
        came=came[:MOST_PRINTED],
        closed=[*over, *off][:MOST_PRINTED],
        is_cut=max(map(len, (board, came, off))) > MOST_PRINTED,
    )


class MondayScreen(Screen):
    """Monday's list, laid out for A4."""

    permission = SEE
    template_name = "wagtailadmin/registry/cabinet_monday.html"
    title = gettext_lazy("Monday's list")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The list as it is now."""
        found = monday_list(request.user, registration_day(timezone.now()))
        shown = {
            matter.entry.pk: matter.entry
            for matter in [
                *(matter for group in found.open for matter in group.matters),
                *found.came,
                *found.closed,
            ]
        }
        viewing.note_printed(request.user, "monday", list(shown.values()))
        return self.shown(list=found, printed_at=timezone.now(), most=MOST_PRINTED)


@dataclass(frozen=True)
class Briefed:
    """A matter in a briefing note, with what was decided and contributed."""

    matter: Matter
    resolution: str
    parts: list[tuple[Any, str]]


class BriefingScreen(BoardScreen):
    """A briefing note of the rows that were ticked on the board; by POST, because it is told in the trail."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """The note to print; the board again where nothing, or too much, was ticked."""
        keys = {
            int(key) for key in request.POST.getlist("entry") if key.isdecimal() and len(key) < 19
        }
        if not keys:
            return self.board_shown(_("Tick the matters that the note is to hold."), 422)
        if len(keys) > MOST_CHOSEN:
            return self.board_shown(
                _("A note holds at most %(number)s matters: tick fewer.") % {"number": MOST_CHOSEN},
                422,
            )
        contributions = Contribution.objects.select_related("department")
        files: list[CabinetFile] = list(
            visible_files(request.user)
            .filter(entry__in=keys)
            .select_related("entry__kind", "entry__department", "institution")
            .prefetch_related(Prefetch("entry__contributions", queryset=contributions))
            .order_by("source", "entry")
        )
        for key in keys - {file.entry_id for file in files}:
            viewing.note_denied(key, request.user)
        if len(files) < len(keys):
            raise Http404
        today = registration_day(timezone.now())
        briefed = []
        for file in files:
            matter = Matter(file, request.user, today)
            parts = [(part, mask_cnps(part.contribution.text)) for part in matter.parts]
            briefed.append(Briefed(matter, mask_cnps(file.resolution), parts))
        viewing.note_printed(request.user, "briefing", [file.entry for file in files])
        self.template_name = "wagtailadmin/registry/cabinet_briefing.html"
        return self.shown(briefed=briefed, today=today, printed_at=timezone.now())
