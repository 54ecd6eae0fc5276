"""The page that calls for partners: until when, and where proposals are sent in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from wagtail.models import Page

from cms.multilingual import content_language
from cms.page_urls import page_url
from cms.querysets import open_pages
from cms.service_calendar import moment

if TYPE_CHECKING:
    from campaigns.models.partnership import PartnerCallPage


def page_context(page: PartnerCallPage, request: HttpRequest) -> dict[str, Any]:
    """What the template shows; the form's address is "" where there is none in the reader's language."""
    facts = page.facts
    if facts is None:
        return {}
    closes_on = facts.closes_on
    chosen = Page.objects.filter(pk=facts.form_page_id).values("translation_key")
    path = (
        open_pages()
        .filter(translation_key__in=chosen, locale__language_code=content_language())
        .values_list("url_path", flat=True)
        .first()
        if facts.form_page_id
        else None
    )
    return {
        "closes_on": closes_on,
        "is_closed": closes_on is not None and closes_on < moment(request).date(),
        "form_url": page_url(path, request),
    }
