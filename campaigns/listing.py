"""The list of campaigns: those that run, that come, and that are over; in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from campaigns.detail import period_text, teaser_text
from campaigns.enums import Stage
from campaigns.images import images
from campaigns.public import PageLink, in_language, page_link
from campaigns.stages import Phase, phase_on
from cms.multilingual import content_language
from cms.service_calendar import moment

MOST_AT_ONCE = 60
PAST_PER_PAGE = 12
MOST_PAGES = 1000
ENDING_FIRST = (F("ends_on").asc(nulls_last=True), "starts_on", "pk")


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """A campaign as lists show it."""

    link: PageLink
    phase: str
    period: str
    starts_on: date | None
    image: Any = None


def over_on(today: date) -> Q:
    """The campaigns that read as past on `today`, as `phase_on` has it."""
    return Q(stage__in=(Stage.CLOSED, Stage.ARCHIVED)) | Q(ends_on__lt=today)


def cards_of(
    rows: list[Any], found: Mapping[int, Any], today: date, request: HttpRequest | None
) -> list[CampaignCard]:
    """The cards of `rows`, with their images among `found`."""
    cards = []
    for row in rows:
        phase = phase_on(row.stage, row.starts_on, row.ends_on, today)
        period = (
            teaser_text(row.starts_on, today)
            if row.stage == Stage.TEASER
            else period_text(phase, row.starts_on, row.ends_on)
        )
        cards.append(
            CampaignCard(
                link=page_link(row, request),
                phase=phase,
                period=period,
                starts_on=row.starts_on,
                image=found.get(row.image_id or 0),
            )
        )
    return cards


def in_lists(pages: QuerySet[Any]) -> QuerySet[Any]:
    """`pages` in the active language, with no more of them than a list shows.

    PostgreSQL makes a JSON object (`read_together`) of fifty columns at most, and a page has more.
    """
    return in_language(pages, content_language()).only(
        "id", "title", "translation_key", "key", "stage", "starts_on", "ends_on", "image"
    )


def current_on(today: date) -> Q:
    """The public campaigns that run on `today`, as `phase_on` has it."""
    begun = Q(starts_on__isnull=True) | Q(starts_on__lte=today)
    return Q(stage=Stage.LIVE) & begun & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))


def _not_over(pages: QuerySet[Any], today: date) -> list[Any]:
    """The rows of those that are not over, the one that ends first before the others."""
    found = in_lists(pages).exclude(over_on(today))
    return list(found.order_by(F("ends_on").asc(nulls_last=True), "starts_on", "pk")[:MOST_AT_ONCE])


def _asked_page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
    return min(max(number, 1), MOST_PAGES)


def index_context(pages: QuerySet[Any], request: HttpRequest) -> dict[str, Any]:
    """What the template of the list shows. `pages`: the public campaigns; `?page=` turns to older past ones."""
    today = moment(request).date()
    number = _asked_page(request)
    first = (number - 1) * PAST_PER_PAGE
    over = in_lists(pages).filter(over_on(today))
    over = over.order_by(Coalesce("ends_on", "starts_on").desc(nulls_last=True), "-pk")
    past = list(over[first : first + PAST_PER_PAGE + 1])
    rows = _not_over(pages, today)
    found = images(row.image_id for row in (*rows, *past))
    cards = cards_of(rows, found, today, request)
    return {
        "current": [card for card in cards if card.phase == Phase.CURRENT],
        "coming": sorted(
            (card for card in cards if card.phase == Phase.COMING),
            key=lambda card: (card.starts_on is None, card.starts_on or today),
        ),
        "past": cards_of(past[:PAST_PER_PAGE], found, today, request),
        "page_number": number,
        "older": number + 1 if len(past) > PAST_PER_PAGE else None,
        "newer": number - 1 if number > 1 else None,
    }
