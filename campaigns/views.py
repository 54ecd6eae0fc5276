"""Short links on paper, and the feed of news."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from campaigns import counting, news_feed
from campaigns.models import CampaignPage, NewsPage
from campaigns.public import in_language
from cms.multilingual import LANGUAGES, SOURCE_LANGUAGE
from cms.page_urls import page_url

log = logging.getLogger("agora.campaigns")


def reader_language(request: HttpRequest) -> str:
    """The best of Accept-Language; Romanian where it names none of ours."""
    code = get_language_from_request(request).split("-")[0]
    if not request.headers.get("Accept-Language") or code not in LANGUAGES:
        return SOURCE_LANGUAGE
    return code


@csrf_exempt
@require_safe
def short_link(request: HttpRequest, code: str) -> HttpResponse:
    """/s/{code}: to the campaign's page in the reader's language; counted, without a cookie or anything personal.

    404 for a code that no public campaign has. A visit that can not be counted is led on all the same.
    """
    code = code.lower()
    language = reader_language(request)
    found = in_language(CampaignPage.public().filter(channels__code=code), language).first()
    url = page_url(found.shown_path, request) if found else ""
    if not url:
        raise Http404
    if counting.is_visit(request):
        try:
            counting.count(code, timezone.localdate())
        except DatabaseError:
            log.warning("a visit was not counted", extra={"code": code}, exc_info=True)
    response = HttpResponseRedirect(url)
    # Each visit comes here: a copy would lead on without being counted.
    patch_cache_control(response, no_store=True)
    patch_vary_headers(response, ["Accept-Language"])
    response["X-Robots-Tag"] = "noindex"
    return response


@csrf_exempt
@require_safe
def feed(request: HttpRequest, language: str) -> HttpResponse:
    """/news/{language}.rss: the newest news in this language."""
    with override(language):
        body = news_feed.rss(NewsPage.objects.all(), language, request)
    response = HttpResponse(body, content_type="application/rss+xml; charset=utf-8")
    patch_cache_control(response, public=True, max_age=900)
    response["Content-Language"] = language
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = "noindex"
    return response
