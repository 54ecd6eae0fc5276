"""Campaigns that run in a year and stand in no row of its plan."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db.models import Q
from wagtail.models import Page
from wagtail.permissions import policy_registry

from campaigns.models.campaign import CampaignPage
from cms.multilingual import SOURCE_LANGUAGE

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
"""The years that a plan can be of."""


def campaigns_without_row(year: int) -> list[CampaignPage]:
    """The Romanian pages of the campaigns of `year`, drafts included, that no row of the year's plan names: one query.

    A campaign without a last day belongs to the year in which it begins.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    touches = Q(ends_on__gte=first) | Q(ends_on=None, starts_on__gte=first)
    # By the key that versions share: any of them may have been chosen in the row.
    planned = CampaignPage.objects.filter(plan_rows__plan__year=year).values("translation_key")
    return list(
        CampaignPage.objects.filter(
            touches, locale__language_code=SOURCE_LANGUAGE, starts_on__lte=last
        )
        .exclude(translation_key__in=planned)
        .order_by("starts_on", "title")
        .defer_streamfields()
    )


def gaps_for(user: Any, year: int) -> tuple[list[CampaignPage], int]:
    """The same as `user` may know them, and how many others: drafts have titles that are not everybody's."""
    found = campaigns_without_row(year)
    mine = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "change")
    drafts = [page.pk for page in found if not page.live]
    known = set(mine.filter(pk__in=drafts).values_list("pk", flat=True)) if drafts else set()
    shown = [page for page in found if page.live or page.pk in known]
    return shown, len(found) - len(shown)
