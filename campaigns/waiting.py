"""What of campaigns waits for somebody: for the panel on the admin's home, and for the editors' desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from campaigns.enums import Stage
from campaigns.models import CampaignPage
from cms.multilingual import SOURCE_LANGUAGE
from cms.service_calendar import moment

MOST = 20


@dataclass(frozen=True, slots=True)
class WaitingCampaign:
    """A campaign that somebody must see to. `since`: the last day (local) it had, None where none was said."""

    pk: int
    title: str
    since: date | None
    stage: str
    edit_url: str


def _editable(user: Any) -> QuerySet[Any]:
    """The Romanian pages of campaigns that `user` may edit."""
    policy = policy_registry.get_by_type(CampaignPage)
    pages = policy.instances_user_has_permission_for(user, "change")
    return CampaignPage.objects.filter(
        locale__language_code=SOURCE_LANGUAGE, pk__in=pages.values("pk")
    )


def _waiting(pages: QuerySet[Any], limit: int) -> list[WaitingCampaign]:
    rows = pages.values_list("pk", "draft_title", "ends_on", "stage")[:limit]
    return [
        WaitingCampaign(
            pk,
            title,
            ends_on,
            str(Stage(stage).label),
            reverse("wagtailadmin_pages:edit", args=[pk]),
        )
        for pk, title, ends_on, stage in rows
    ]


def without_evaluation(user: Any, today: date, limit: int = MOST) -> list[WaitingCampaign]:
    """Campaigns that are over on `today` and that nobody has evaluated, if only in a draft: one query.

    The longest over stand first. Only those that `user` may edit.
    """
    blank = Q(evaluation="") & (
        Q(latest_revision__isnull=True) | Q(latest_revision__content__evaluation="")
    )
    over = Q(stage=Stage.CLOSED) | (Q(stage__in=(Stage.TEASER, Stage.LIVE)) & Q(ends_on__lt=today))
    found = _editable(user).filter(over & blank, live=True)
    return _waiting(found.order_by("ends_on", "pk"), limit)


def still_teasers(user: Any, today: date, limit: int = MOST) -> list[WaitingCampaign]:
    """Campaigns whose first day has come while readers still have the teaser: one query."""
    found = _editable(user).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        stage=Stage.TEASER,
        live=True,
        starts_on__lte=today,
    )
    return _waiting(found.order_by("starts_on", "pk"), limit)


class CampaignsPanel(Component):
    """On the editors' home page: campaigns that are over without an evaluation, and teasers whose day has come."""

    order = 120
    template_name = "wagtailadmin/campaigns/waiting.html"

    def __init__(self, over: list[WaitingCampaign], teasers: list[WaitingCampaign]) -> None:
        self.over = over
        self.teasers = teasers

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"over": self.over, "teasers": self.teasers}


def add_panel(request: HttpRequest, panels: list[Any]) -> None:
    """For the hook `construct_homepage_panels`: asks those who may write evaluations and move campaigns on."""
    today = moment(request).date()
    over = without_evaluation(request.user, today)
    teasers = still_teasers(request.user, today)
    if over or teasers:
        panels.append(CampaignsPanel(over, teasers))
