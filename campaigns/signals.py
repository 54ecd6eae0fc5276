"""Where campaigns follow what they do not own.

A campaign's calendar holds its events for as long as everybody may read of the campaign: taken down, deleted or made
private, it must go out of the feeds at once. At the end of its time Wagtail saves the plain page, not the campaign.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import PageViewRestriction
from wagtail.signals import page_unpublished, post_page_move

from campaigns.models import CampaignPage
from events.models import CalendarState


def _changed(raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        CalendarState.bump()


def connect() -> None:
    """Connect them; each at most once."""
    page_unpublished.connect(_changed, sender=CampaignPage, dispatch_uid="campaigns.unpublished")
    post_delete.connect(_changed, sender=CampaignPage, dispatch_uid="campaigns.deleted")
    post_page_move.connect(_changed, sender=CampaignPage, dispatch_uid="campaigns.moved")
    for signal in (post_save, post_delete):
        uid = f"campaigns.{id(signal)}.view"
        signal.connect(_changed, sender=PageViewRestriction, dispatch_uid=uid)
