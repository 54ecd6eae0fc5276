"""The distribution board: what each department has open, how much of it is late, and what waits for approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Department
from registry.deadlines import registration_day
from registry.desk.filters import NONE, WEEK
from registry.desk.screens import ENTRIES, Screen, may
from registry.enums import State
from registry.models import RegistryEntry
from registry.permissions import departments_of

MOST: Final = 999
"""Beyond this a count says that there are more."""


def count_text(count: int) -> str:
    """A count as the desk writes it."""
    return f"{MOST}+" if count > MOST else str(count)


@dataclass(frozen=True, slots=True)
class Cell:
    """A count that leads to its list; `percent` is its part of what is open in its row, and `start` where it begins."""

    count: int
    url: str
    percent: float = 0
    start: float = 0

    @property
    def text(self) -> str:
        """The count as it is written."""
        return count_text(self.count)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A department, or what has none (`is_rest`): what is open of it."""

    name: str
    open: Cell
    late: Cell
    week: Cell
    drafted: Cell
    is_rest: bool = False


def _row(name: str, key: str, counts: dict[str, int]) -> BoardRow:
    url, total = f"{reverse(ENTRIES)}?department={key}", counts["open"]

    def cell(count: str, query: str, start: float = 0) -> Cell:
        part = round(100 * counts[count] / total, 2) if total else 0
        return Cell(counts[count], f"{url}&{query}", part, start)

    late = cell("late", "show=late")
    return BoardRow(
        name,
        cell("open", "show=open"),
        late,
        cell("week", "show=week", late.percent),
        cell("drafted", f"state={State.DRAFTED}&show=open"),
        is_rest=key == NONE,
    )


_NOTHING: Final = {"open": 0, "late": 0, "week": 0, "drafted": 0}


def board(user: Any, today: date) -> list[BoardRow]:
    """The departments with what `user` may see of theirs, the latest work first; without a department before them all.

    Counts what is open alone, in one query. `today` is the local day.
    """
    counted = (
        RegistryEntry.objects.visible_to(user)
        .open()
        .order_by()
        .values_list("department")
        .annotate(
            open=Count("pk"),
            late=Count("pk", filter=Q(open_due__lt=today)),
            week=Count("pk", filter=Q(open_due__range=(today, today + WEEK))),
            drafted=Count("pk", filter=Q(state=State.DRAFTED)),
        )
    )
    counts = {key: dict(zip(_NOTHING, row, strict=True)) for key, *row in counted}
    shown = Department.objects.all()
    if may(user, "view_all_entries"):
        # Also those where all is done: a board is looked at for them, too.
        shown = shown.filter(Q(pk__in=[key for key in counts if key]) | Q(desk_members__gt=0))
    else:
        shown = shown.filter(pk__in={*departments_of(user), *(key for key in counts if key)})
    rows = [_row(str(row), str(row.pk), counts.get(row.pk, _NOTHING)) for row in shown.distinct()]
    rows.sort(key=lambda row: (-row.late.count, -row.week.count, -row.open.count, row.name))
    if may(user, "assign_entry") or None in counts:
        rows.insert(0, _row(_("Without a department"), NONE, counts.get(None, _NOTHING)))
    return rows


class BoardScreen(Screen):
    """The board."""

    template_name = "wagtailadmin/registry/board.html"
    title = gettext_lazy("Board of departments")
    header_icon = "list-ul"
    parent = None

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """All departments on one page."""
        rows = board(request.user, registration_day(timezone.now()))
        return self.shown(
            rows=rows,
            may_assign=may(request.user, "assign_entry"),
            nothing_open=not any(row.open.count for row in rows),
        )
