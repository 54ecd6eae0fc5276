"""Events by campaign: a filter of lists and feeds, the calendar of each campaign, and the word on an event's page."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from campaigns.enums import Stage
from campaigns.models import CampaignPage
from campaigns.public import in_language, page_link
from cms.multilingual import LANGUAGES, SOURCE_LANGUAGE, LocalizedCharField, content_language
from cms.read_together import RowObject
from events.belonging import Belonging, register_belonging
from events.filters import Dimension, register_dimension
from events.models import Event

DIMENSION = "campaign"


def _of_campaigns(keys: list[str]) -> Q:
    return Q(pages__campaign_links__page__in=_told().filter(key__in=keys).values("pk"))


def _told() -> QuerySet[Any]:
    """The campaigns whose events readers are told of: launched ones."""
    return CampaignPage.public().filter(key__gt="", stage__in=Stage.told())


def _rows() -> list[QuerySet[Any, Any]]:
    """Each with its key and its titles by language."""
    others = {
        code: Subquery(
            CampaignPage.objects.filter(
                translation_key=OuterRef("translation_key"),
                locale__language_code=code,
                live=True,
                alias_of__isnull=True,
            ).values("title")[:1]
        )
        for code in LANGUAGES
        if code != SOURCE_LANGUAGE
    }
    names = ExpressionWrapper(RowObject(ro=F("title"), **others), output_field=LocalizedCharField())
    rows = _told().order_by()
    return [
        rows.annotate(
            slug_of=F("key"), name=names, place_in_list=Value(0, output_field=IntegerField())
        ).values_list("slug_of", "name", "place_in_list")
    ]


register_dimension(
    Dimension(
        DIMENSION,
        pgettext_lazy("filter of events", "Campaign"),
        _of_campaigns,
        _rows,
        in_form=False,
    )
)


@register_belonging
def campaigns_of(event: Event, request: HttpRequest) -> list[Belonging]:
    """The campaigns that an event belongs to."""
    links = CampaignPage.objects.filter(event_links__event_page__event=event.pk).values("pk")
    found = in_language(_told().filter(pk__in=links), content_language())
    rows = found.order_by("pk").defer("body", "press", "evaluation")
    return [
        Belonging(
            label=_("Part of the campaign"),
            title=link.title,
            url=link.url,
            lang=link.lang,
            feed=f"{DIMENSION}/{row.key}",
        )
        for row in rows
        if (link := page_link(row, request)).url
    ]
