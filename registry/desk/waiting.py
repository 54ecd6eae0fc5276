"""What waits, on the first page of the admin: counts that lead to the desks and lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from registry.deadlines import registration_day
from registry.desk.approvals import approvals_of
from registry.desk.board import MOST, count_text
from registry.desk.filters import narrowed
from registry.desk.inbox import inbox_of
from registry.desk.queue_views import SEE as SEE_QUEUE
from registry.desk.queue_views import waiting_for
from registry.desk.screens import ENTRIES, may
from registry.desk.work import work_of, work_url
from registry.models import RegistryEntry
from registry.permissions import departments_of, may_see_register


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


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: MOST + 1].count()


def waiting(user: Any, today: date) -> list[Waiting]:
    """What waits for `user`: a query each, whatever is there. `today` is the local day."""
    entries, url = RegistryEntry.objects.visible_to(user), reverse(ENTRIES)
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

    order = 60
    template_name = "wagtailadmin/registry/waiting.html"

    class Media:
        css = {"all": ["css/admin-registry.css"]}

    def __init__(self, user: Any) -> None:
        self.user = user

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"waiting": waiting(self.user, registration_day(timezone.now()))}


def add_waiting_panel(request: HttpRequest, panels: list[Any]) -> None:
    """For the hook `construct_homepage_panels`: those who see nothing of the register get none."""
    if may_see_register(request.user):
        panels.append(WaitingPanel(request.user))
