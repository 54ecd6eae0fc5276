"""What the home page shows of campaigns and news: one query for all of it, the images included."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.images import get_image_model

from campaigns.listing import ENDING_FIRST, CampaignCard, cards_of, current_on, in_lists
from campaigns.models import CampaignPage, NewsPage
from campaigns.news import NEWEST, NewsItem, news_item, of_public
from campaigns.news import in_lists as news_in_lists
from cms.read_together import read_together
from cms.service_calendar import moment

CAMPAIGNS = 3
PIECES_OF_NEWS = 3


@dataclass(frozen=True, slots=True)
class Front:
    """The campaigns that run now, the one that ends first before the others, and the newest news."""

    campaigns: list[CampaignCard]
    news: list[NewsItem]


def _first(found: QuerySet[Any], order: tuple[Any, ...], limit: int) -> QuerySet[Any]:
    """The ids of the first `limit` of `found`: what is read together can not be sliced itself."""
    return found.order_by(*order).values("pk")[:limit]


def front(request: HttpRequest) -> Front:
    """What stands on the home page now, in the active language."""
    today = moment(request).date()
    running = _first(CampaignPage.public().filter(current_on(today)), ENDING_FIRST, CAMPAIGNS)
    newest = _first(of_public(NewsPage.objects.filter(on_home=True)), NEWEST, PIECES_OF_NEWS)
    campaigns = in_lists(CampaignPage.objects.filter(pk__in=running)).select_related("image")
    news = news_in_lists(NewsPage.objects.filter(pk__in=newest))
    shown = CampaignPage.objects.filter(pk__in=running, image__isnull=False).values("image")
    renditions = get_image_model().get_rendition_model().objects.filter(image__in=shown)
    rows, pieces, sizes = read_together(
        campaigns.order_by(*ENDING_FIRST), news.order_by(*NEWEST), renditions
    )
    made: dict[int, list[Any]] = defaultdict(list)
    for rendition in sizes:
        made[rendition.image_id].append(rendition)
    images = {row.image.pk: row.image for row in rows if row.image}
    for pk, image in images.items():
        # As `prefetch_renditions` leaves them: each size knows its image, and no other is asked for.
        image.prefetched_renditions = made[pk]
        for rendition in made[pk]:
            rendition.image = image
    return Front(
        campaigns=cards_of(rows, images, today, request),
        news=[news_item(piece, request) for piece in pieces],
    )
