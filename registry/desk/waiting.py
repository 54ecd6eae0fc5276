"""What waits, on the first page of the admin: four counts that lead to their lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from registry.deadlines import registration_day
from registry.desk.listing import NO_DEPARTMENT, narrowed
from registry.desk.queue_views import SEE as SEE_QUEUE
from registry.desk.queue_views import waiting_for
from registry.desk.screens import ENTRIES, may
from registry.enums import State
from registry.models import RegistryEntry
from registry.permissions import may_see_register

MOST: Final = 999
"""Beyond this the count says that there are more: counting all would read the whole register."""


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
        return f"{MOST}+" if self.count > MOST else str(self.count)


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: MOST + 1].count()


def waiting(user: Any, today: date) -> list[Waiting]:
    """What waits for `user`: a query each, whatever is there. `today` is the local day."""
    entries, url = RegistryEntry.objects.visible_to(user), reverse(ENTRIES)
    found = []
    if may(user, "assign_entry"):
        wanted = {"department": NO_DEPARTMENT, "state": State.REGISTERED.value}
        found.append(
            Waiting(
                _("Without a department"),
                _count(narrowed(entries, wanted, today)),
                f"{url}?department={NO_DEPARTMENT}&state={State.REGISTERED.value}",
            )
        )
    found += [
        Waiting(
            _("Due within a week"),
            _count(narrowed(entries, {"show": "week"}, today)),
            f"{url}?show=week",
        ),
        Waiting(
            _("Late"),
            _count(narrowed(entries, {"show": "late"}, today)),
            f"{url}?show=late",
            is_urgent=True,
        ),
    ]
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
