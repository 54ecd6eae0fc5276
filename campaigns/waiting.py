"""What of campaigns waits for somebody: lists for the admin's home, for those who may edit the campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.permissions import policy_registry

from campaigns.enums import Stage
from campaigns.models import CampaignPage
from cms.desk import MOST as MOST_SHOWN
from cms.desk import DeskItem, DeskList
from cms.multilingual import SOURCE_LANGUAGE
from cms.service_calendar import moment
from events.presenters import day_words

MOST: Final = 20


@dataclass(frozen=True, slots=True)
class WaitingCampaign:
    """A campaign that somebody must see to. `since`: the day (local) since which, None where none was said."""

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


def _waiting(pages: QuerySet[Any], limit: int, since: str) -> list[WaitingCampaign]:
    """The first of `pages`; `since` names the field of the day."""
    rows = pages.values_list("pk", "draft_title", since, "stage")[:limit]
    return [
        WaitingCampaign(
            pk,
            title,
            day,
            str(Stage(stage).label),
            reverse("wagtailadmin_pages:edit", args=[pk]),
        )
        for pk, title, day, stage in rows
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
    return _waiting(found.order_by("ends_on", "pk"), limit, since="ends_on")


def still_teasers(user: Any, today: date, limit: int = MOST) -> list[WaitingCampaign]:
    """Campaigns whose first day has come while readers still have the teaser: one query."""
    found = _editable(user).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        stage=Stage.TEASER,
        live=True,
        starts_on__lte=today,
    )
    return _waiting(found.order_by("starts_on", "pk"), limit, since="starts_on")


# -- the editors' home -------------------------------------------------------------------------------------------------


def _listing(*stages: Stage) -> str:
    """The address of the listing of campaigns in these stages."""
    return f"{reverse('campaign_listing:index')}?{urlencode([('stage', stage.value) for stage in stages])}"


def _items(found: list[WaitingCampaign], words: str) -> list[DeskItem]:
    return [
        DeskItem(
            campaign.title,
            campaign.edit_url,
            words % {"day": day_words(campaign.since, weekday=False)} if campaign.since else "",
            due=campaign.since,
        )
        for campaign in found[:MOST_SHOWN]
    ]


def to_evaluate(request: HttpRequest) -> DeskList | None:
    """Asks those who may write evaluations for the ones that are missing."""
    found = without_evaluation(request.user, moment(request).date())
    return DeskList(
        key="campaigns-to-evaluate",
        title=_("Campaigns to evaluate"),
        items=_items(found, _("last day %(day)s")),
        total=len(found) if len(found) < MOST else -1,
        more_url=_listing(Stage.LIVE, Stage.TEASER, Stage.CLOSED),
        advice=_(
            "They are over. Write what they reached in the tab “Channels and evaluation”, then archive them."
        ),
    )


def late_teasers(request: HttpRequest) -> DeskList | None:
    """Tells those who may move campaigns on of teasers whose first day has come."""
    found = still_teasers(request.user, moment(request).date())
    return DeskList(
        key="late-teasers",
        title=_("Announced only, although the first day has come"),
        items=_items(found, _("first day %(day)s")),
        total=len(found) if len(found) < MOST else -1,
        more_url=_listing(Stage.TEASER),
        urgent=True,
        advice=_(
            "Readers still have the teaser: launch the campaign, or give it another first day."
        ),
    )
