"""What of partnerships and plans waits for an editor: lists for the admin's home, each for those it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.permissions import policy_registry

from campaigns import expiry
from campaigns.models import PartnershipPage, PlanYear
from campaigns.plan_gaps import gaps_for
from campaigns.terms import standing_words
from cms.desk import MOST as MOST_SHOWN
from cms.desk import DeskItem, DeskList
from cms.service_calendar import moment

MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to look at, with the address in the admin where that is done. `words` say why, and until when."""

    title: str
    url: str
    words: str = ""
    due: date | None = None


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
            page.ends_on,
        )
        for page in found
    ]


def unplanned_campaigns(user: Any, now: datetime) -> list[Waiting]:
    """The campaigns of this year that no row of its plan names, once there is a plan: two queries at most."""
    if not user.has_perm("campaigns.change_planyear"):
        return []
    plan = PlanYear.objects.filter(year=now.year).first()
    if plan is None:
        return []
    address = reverse("wagtailsnippets_campaigns_planyear:edit", args=[plan.pk])
    shown, _hidden = gaps_for(user, now.year)
    return [Waiting(page.title, address) for page in shown[:MOST]]


# -- the editors' home -------------------------------------------------------------------------------------------------


def _list(found: list[Waiting], **said: Any) -> DeskList:
    return DeskList(
        items=[DeskItem(one.title, one.url, one.words, one.due) for one in found[:MOST_SHOWN]],
        total=len(found) if len(found) < MOST else -1,
        **said,
    )


def ending_partnerships(request: HttpRequest) -> DeskList | None:
    """Agreements that end soon, for those who may write a new last day."""
    return _list(
        expiring_partnerships(request.user, moment(request)),
        key="ending-partnerships",
        title=_("Partnerships that end soon"),
        advice=_("Write a new last day, or let them end."),
    )


def forgotten_campaigns(request: HttpRequest) -> DeskList | None:
    """Campaigns that this year's plan forgot, for those who may see the plan; each leads to the plan."""
    now = moment(request)
    return _list(
        unplanned_campaigns(request.user, now),
        key="forgotten-campaigns",
        title=_("Campaigns that the promotion plan of %(year)s forgot") % {"year": now.year},
        advice=_("Choose each in its row of the plan, or add a row for it."),
    )
