"""What the site search finds among events: those still to come, by title, summary, place and category."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Min
from django.http import HttpRequest
from django.utils.translation import pgettext_lazy

from cms.folding import fold
from cms.multilingual import content_language
from cms.page_urls import page_url
from cms.search import SearchHit, register_finder
from cms.service_calendar import moment
from events.models import EventText
from events.presenters import day_words

MOST = 20


@register_finder
def find_events(request: HttpRequest, query: str) -> Iterable[SearchHit]:
    """Public events with a date to come, the next first."""
    words = fold(query).split()
    if not words:
        return
    found = EventText.objects.filter(
        language=content_language(), event__occurrences__end__gte=moment(request)
    )
    for word in words:
        found = found.filter(folded__contains=word)
    rows = (
        found.annotate(next_day=Min("event__occurrences__first_day"), path=F("page__url_path"))
        .order_by("next_day", "pk")
        .values_list("title", "card", "text_language", "next_day", "path")[:MOST]
    )
    for n, (title, card, language, day, path) in enumerate(rows):
        if url := page_url(path, request):
            yield SearchHit(
                title=title,
                url=url,
                kind=pgettext_lazy("public event", "Event"),
                text=" · ".join(part for part in (day_words(day), card["place"]) if part),
                language="" if language == content_language() else language,
                rank=0.05 + n / 1000,
            )
