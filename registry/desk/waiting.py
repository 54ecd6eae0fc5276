"""What waits, on the first page of the admin: counts that lead to the desks and lists, and what is late by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from cms.desk import MOST as MOST_SHOWN
from cms.desk import DeskItem, DeskList
from cms.per_request import per_request
from registry.deadlines import registration_day
from registry.desk.approvals import approvals_of
from registry.desk.board import MOST, count_text
from registry.desk.filters import narrowed
from registry.desk.inbox import inbox_of
from registry.desk.listing import listed
from registry.desk.paging import OPEN_FIRST_DUE_FIRST
from registry.desk.queue_views import SEE as SEE_QUEUE
from registry.desk.queue_views import waiting_for
from registry.desk.screens import ENTRIES, may
from registry.desk.work import work_of, work_url
from registry.models import RegistryEntry
from registry.permissions import departments_of, may_see_register
from registry.personal_numbers import mask_cnps
from registry.querysets import EntryQuerySet
from registry.term_text import days_left_text


@dataclass(frozen=True, slots=True)
class Waiting:
    """A count with its name and the address of its list."""

    label: str | Promise
    count: int
    url: str
    is_urgent: bool = False

    @property
    def text(self) -> str:
        """The count as it is written."""
        return count_text(self.count)


def _visible(request: HttpRequest) -> EntryQuerySet:
    """The entries that the user of `request` may see, found out once."""
    return per_request(
        request, "visible_entries", lambda: RegistryEntry.objects.visible_to(request.user)
    )


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: MOST + 1].count()


def waiting(user: Any, today: date, entries: EntryQuerySet | None = None) -> list[Waiting]:
    """What waits for `user`: a query each, whatever is there. `today` is the local day.

    `entries` are those that `user` may see, where that is known already.
    """
    entries = RegistryEntry.objects.visible_to(user) if entries is None else entries
    url = reverse(ENTRIES)
    found = []
    if may(user, "assign_entry"):
        found.append(
            Waiting(_("Inbox"), _count(inbox_of(entries)), reverse("registry_inbox:index"))
        )
    if may(user, "work_entry") and (departments := departments_of(user)):
        found.append(
            Waiting(_("My department's work"), _count(work_of(entries, departments)), work_url())
        )
    if may(user, "approve_entry"):
        found.append(
            Waiting(
                _("Approvals"),
                _count(approvals_of(entries, user)),
                reverse("registry_approvals:index"),
            )
        )
    for show, label, is_urgent in (
        ("week", _("Due within a week"), False),
        ("late", _("Late"), True),
    ):
        rows = narrowed(entries, {"show": show}, user, today)
        found.append(Waiting(label, _count(rows), f"{url}?show={show}", is_urgent))
    if may(user, SEE_QUEUE):
        found.append(
            Waiting(
                _("Waiting for a number"),
                _count(waiting_for(user)),
                reverse("registry_queue:index"),
            )
        )
    return found


class WaitingPanel(Component):
    """The panel."""

    # Above the editors' lists: the day's work of those who have it.
    order = 10
    template_name = "wagtailadmin/registry/waiting.html"

    class Media:
        css = {"all": ["css/admin-registry.css"]}

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        today = registration_day(timezone.now())
        return {"waiting": waiting(self.request.user, today, _visible(self.request))}


def add_waiting_panel(request: HttpRequest, panels: list[Any]) -> None:
    """For the hook `construct_homepage_panels`: those who see nothing of the register get none."""
    if may_see_register(request.user):
        panels.append(WaitingPanel(request))


def late_entries(request: HttpRequest) -> DeskList | None:
    """The entries whose term is over, for those who may see them, the longest late first: without names."""
    if not may_see_register(request.user):
        return None
    today = registration_day(timezone.now())
    rows = narrowed(_visible(request), {"show": "late"}, request.user, today)
    fields = OPEN_FIRST_DUE_FIRST.fields
    found = list(listed(rows).order_by(*fields)[: MOST_SHOWN + 1])
    return DeskList(
        key="late-entries",
        title=gettext("Petitions and letters that are late"),
        items=[
            DeskItem(
                f"{entry} · {mask_cnps(entry.subject)}",
                reverse("registry_entries:entry", args=[entry.pk]),
                " · ".join(
                    str(part)
                    for part in (entry.department, days_left_text(entry.due, today))
                    if part
                ),
                due=entry.due,
            )
            for entry in found[:MOST_SHOWN]
            if entry.due is not None
        ],
        total=len(found) if len(found) <= MOST_SHOWN else -1,
        more_url=f"{reverse(ENTRIES)}?show=late",
        urgent=True,
        advice=gettext("The law's term is over: see who answers them, and that it happens today."),
    )
