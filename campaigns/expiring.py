"""What of partnerships and plans waits for an editor: lists for the admin's home, each for those it concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from campaigns import expiry
from campaigns.models import PartnershipPage, PlanYear
from campaigns.models.plan import VIEW_PERMISSION
from campaigns.plan_gaps import campaigns_without_row
from campaigns.terms import standing_words
from cms.service_calendar import moment

MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to look at, with the address in the admin where that is done. `words` say why, and until when."""

    title: str
    url: str
    words: str = ""


def expiring_partnerships(user: Any, now: datetime) -> list[Waiting]:
    """The agreements that end soon and that `user` may edit, the first to end first: two queries at most."""
    policy = policy_registry.get_by_type(PartnershipPage)
    if not policy.user_has_any_permission(user, {"change"}):
        return []
    mine = policy.instances_user_has_permission_for(user, "change")
    found = expiry.expiring(now).filter(pk__in=mine.order_by().values("pk"))[:MOST]
    return [
        Waiting(
            page.title,
            reverse("wagtailadmin_pages:edit", args=[page.pk]),
            standing_words(page.starts_on, page.ends_on, now.date()),
        )
        for page in found
    ]


def unplanned_campaigns(user: Any, now: datetime) -> list[Waiting]:
    """The campaigns of this year that no row of its plan names, once there is a plan: two queries at most."""
    if not user.has_perm(VIEW_PERMISSION):
        return []
    plan = PlanYear.objects.filter(year=now.year).first()
    if plan is None:
        return []
    address = reverse("wagtailsnippets_campaigns_planyear:edit", args=[plan.pk])
    return [Waiting(page.title, address) for page in campaigns_without_row(now.year)[:MOST]]


class WaitingPanel(Component):
    """A list on the editors' home page, left out when it is empty."""

    order = 60
    template_name = "wagtailadmin/campaigns/waiting_panel.html"

    def __init__(
        self, partnerships: Sequence[Waiting], campaigns: Sequence[Waiting], year: int
    ) -> None:
        self.partnerships = partnerships
        self.campaigns = campaigns
        self.year = year

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"partnerships": self.partnerships, "campaigns": self.campaigns, "year": self.year}


def add_panel(request: HttpRequest, panels: list[Any]) -> None:
    """For the hook `construct_homepage_panels`."""
    now = moment(request)
    partnerships = expiring_partnerships(request.user, now)
    campaigns = unplanned_campaigns(request.user, now)
    if partnerships or campaigns:
        panels.append(WaitingPanel(partnerships, campaigns, now.year))
