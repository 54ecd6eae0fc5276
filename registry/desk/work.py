"""My department's work: what is open of it, the first due first, and what others ask of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import Department
from registry.deadlines import registration_day
from registry.desk.board import MOST, count_text
from registry.desk.listing import DueNote, Row, day_note, listed, rows_of
from registry.desk.paging import FIRST_DUE_FIRST, OPEN_FIRST_DUE_FIRST, Slice, slice_of
from registry.desk.screens import Screen
from registry.desk.steps import step_url
from registry.enums import State
from registry.models import Contribution, Draft, RegistryEntry
from registry.permissions import departments_of
from registry.personal_numbers import mask_cnps
from registry.querysets import EntryQuerySet

CONTRIBUTE: Final = "contribute"
SENT_BACK: Final = "sent_back"
TABS: Final[dict[str, str | Promise]] = {
    "all": pgettext_lazy("part of the work", "All"),
    "mine": pgettext_lazy("part of the work", "Mine"),
    "nobody": pgettext_lazy("part of the work", "Nobody's yet"),
    CONTRIBUTE: pgettext_lazy("part of the work", "To contribute"),
    SENT_BACK: pgettext_lazy("part of the work", "Sent back to change"),
    "drafted": pgettext_lazy("part of the work", "Waiting for approval"),
}


def work_of(entries: EntryQuerySet, departments: set[int]) -> QuerySet[RegistryEntry]:
    """What of `entries`, those that somebody may see, is open at `departments`."""
    return entries.open().filter(department__in=departments)


_CONDITIONS: Final = {
    "all": lambda user: Q(),
    "mine": lambda user: Q(officer=user.pk),
    "nobody": lambda user: Q(officer=None, state__in=[State.ASSIGNED, State.IN_PROGRESS]),
    "drafted": lambda user: Q(state=State.DRAFTED),
}


def sent_back(work: QuerySet[RegistryEntry]) -> QuerySet[RegistryEntry]:
    """What of `work` has an answer with a remark that was not sent for approval again."""
    return work.filter(Exists(_remarked().filter(entry=OuterRef("pk"))), state=State.IN_PROGRESS)


def _remarked() -> QuerySet[Draft]:
    """Versions with a remark after which none was sent for approval."""
    later = Draft.objects.filter(
        entry=OuterRef("entry"), version__gt=OuterRef("version"), submitted_at__isnull=False
    )
    return Draft.objects.exclude(remark="").filter(~Exists(later))


def asked_of(departments: set[int]) -> QuerySet[Contribution]:
    """What `departments` were asked to contribute and did not yet, to entries whose answer is not approved."""
    return Contribution.objects.filter(
        department__in=departments, given_at=None, entry__state__in=State.with_department()
    )


def counts_of(
    work: QuerySet[RegistryEntry], departments: set[int], user: Any, today: date
) -> dict[str, int]:
    """How much is in each tab, and `late` of all: three queries, over the `work` that is open of `departments`."""
    names = {
        name: Count("pk", filter=rule(user)) for name, rule in _CONDITIONS.items() if name != "all"
    }
    counts: dict[str, int] = work.order_by().aggregate(
        all=Count("pk"), late=Count("pk", filter=Q(open_due__lt=today)), **names
    )
    counts[CONTRIBUTE] = asked_of(departments)[: MOST + 1].count()
    counts[SENT_BACK] = sent_back(work)[: MOST + 1].count()
    return counts


# -- what is shown -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A line: an entry, what was remarked about its answer or is asked of us, and the term of that."""

    row: Row
    note: str = ""
    asked_due: DueNote | None = None
    asked: str = ""
    take_url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the work with its count."""

    name: str
    label: str | Promise
    count: str
    is_current: bool


def remarks_of(entries: Iterable[RegistryEntry]) -> dict[int, str]:
    """The last remark about the answer to each of `entries`, by key. One query."""
    drafts = _remarked().filter(entry__in=[entry.pk for entry in entries])
    return dict(drafts.order_by("version").values_list("entry_id", "remark"))


class WorkScreen(Screen):
    """The work of the departments that somebody works for."""

    permission = "work_entry"
    template_name = "wagtailadmin/registry/work.html"
    title = _("My department's work")
    header_icon = "user"
    parent = None

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """A page of the tab: as many queries whatever is there."""
        user, today = request.user, registration_day(timezone.now())
        departments = departments_of(user)
        entries = RegistryEntry.objects.visible_to(user)
        work = work_of(entries, departments)
        current = request.GET.get("tab", "")
        current = current if current in TABS else "all"
        if current == CONTRIBUTE:
            page, rows = self._asked(entries, departments, today)
        else:
            page, rows = self._own(current, work, today)
        counts = counts_of(work, departments, user, today)
        return self.shown(
            page=page,
            rows=rows,
            current=current,
            departments=sorted(str(row) for row in Department.objects.filter(pk__in=departments)),
            late=counts["late"] and count_text(counts["late"]),
            tabs=[
                Tab(name, label, count_text(counts[name]), name == current)
                for name, label in TABS.items()
            ],
        )

    def _own(
        self, current: str, work: QuerySet[RegistryEntry], today: date
    ) -> tuple[Slice, list[WorkRow]]:
        user = self.request.user
        work = sent_back(work) if current == SENT_BACK else work.filter(_CONDITIONS[current](user))
        page = slice_of(listed(work), OPEN_FIRST_DUE_FIRST, self.request.GET)
        remarks = remarks_of(page.rows) if current in {"all", "mine", SENT_BACK} else {}
        return page, [
            WorkRow(
                row,
                note=remarks.get(row.entry.pk, "") if row.entry.state == State.IN_PROGRESS else "",
                take_url=step_url(row.entry, "take") if row.entry.state == State.ASSIGNED else "",
            )
            for row in rows_of(page.rows, user, today)
        ]

    def _asked(
        self, visible: EntryQuerySet, departments: set[int], today: date
    ) -> tuple[Slice, list[WorkRow]]:
        user = self.request.user
        page = slice_of(
            asked_of(departments).select_related("department"), FIRST_DUE_FIRST, self.request.GET
        )
        # What became confidential meanwhile is not ours any more.
        entries = listed(visible).in_bulk([asked.entry_id for asked in page.rows])
        rows = {row.entry.pk: row for row in rows_of(entries.values(), user, today)}
        return page, [
            WorkRow(
                rows[asked.entry_id],
                note=mask_cnps(asked.question),
                asked_due=day_note(asked.due, today),
                asked=str(asked.department),
            )
            for asked in page.rows
            if asked.entry_id in rows
        ]


def work_url(tab: str = "") -> str:
    """The address of the work, or of a part of it."""
    url = reverse("registry_work:index")
    return f"{url}?tab={tab}" if tab else url
