"""Calendars over HTTP: feeds, the file of one event or one of its dates, pages for paper."""

from __future__ import annotations

import gzip
import re
from datetime import date, datetime, timedelta

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from cms.multilingual import LANGUAGES, content_language
from cms.page_urls import page_url, route
from cms.views import serve_page
from events import detail, listing
from events.entries import Sources, entry
from events.feeds import CONTENT_TYPES, FeedRequest, snapshot
from events.filters import EventFilters, Options, dimension, dimensions, options, parse
from events.ical import calendar, single_date
from events.models import CalendarState, Event, EventIndexPage, EventPage, EventText, FeedSnapshot
from events.publication import events_with_all
from events.schedule import expand
from events.subscriptions import base_url, host, qr_code

FRESH = timedelta(minutes=15)
STALE_WHILE_REVALIDATE = timedelta(days=1)
STALE_IF_ERROR = timedelta(days=7)
# The views are exempt from the token against forgery: they only read, and another method is a 405, not a 403.
_REFUSED = re.compile(r"q=0(\.0*)?")


def _cacheable(response: HttpResponse) -> HttpResponse:
    """For everybody, for a quarter of an hour; stale copies serve while a new one, or the site, is missing."""
    patch_cache_control(
        response,
        public=True,
        max_age=int(FRESH.total_seconds()),
        stale_while_revalidate=int(STALE_WHILE_REVALIDATE.total_seconds()),
        stale_if_error=int(STALE_IF_ERROR.total_seconds()),
    )
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = "noindex"
    return response


# -- feeds -----------------------------------------------------------------------------------------------------------


@csrf_exempt
@require_safe
def feed(
    request: HttpRequest, language: str, extension: str, name: str = "", slug: str = ""
) -> HttpResponse:
    """/calendar/{language}/events.{ics|rss|json} with the filters of lists, or one dimension's own feed.

    404 for a filter value that does not exist: a subscription that was mistyped should not look empty.
    """
    if language not in LANGUAGES or extension not in CONTENT_TYPES:
        raise Http404
    state = CalendarState.current()
    filters, path, known = _asked(request.GET, name, slug)
    wanted = FeedRequest(language, extension, filters, path, known)
    found = snapshot(wanted, state, timezone.localdate(), request)
    return _respond(request, found, wanted)


def _asked(query: QueryDict, name: str, slug: str) -> tuple[EventFilters, str, Options]:
    # Most subscriptions filter nothing, and clients ask for them over and over.
    if not query and not name:
        return EventFilters(), "events", {}
    parameters = query.copy()
    if name:
        if dimension(name) is None:
            raise Http404
        parameters[name] = slug
    asked = {item.name for item in dimensions() if item.name in parameters}
    known = options(asked)
    filters, unknown = parse(parameters, known)
    if unknown:
        raise Http404
    return filters, f"{name}/{slug}" if name else "events", known


def _takes_gzip(accepted: str) -> bool:
    """Whether `accepted` (Accept-Encoding, RFC 9110 section 12.5.3) names gzip, and not to refuse it."""
    for coding in accepted.split(","):
        name, _separator, weight = coding.partition(";")
        if name.strip().lower() == "gzip":
            return not _REFUSED.fullmatch(weight.replace(" ", ""))
    return False


def _plain(found: FeedSnapshot) -> bytes:
    """The bytes as they are. PostgreSQL gives bytes as hexadecimal text, so unpacking the packed ones costs less."""
    if connection.vendor == "postgresql":
        return gzip.decompress(bytes(found.gzipped))
    return bytes(found.body)


def _respond(request: HttpRequest, found: FeedSnapshot, wanted: FeedRequest) -> HttpResponse:
    packed = _takes_gzip(request.headers.get("Accept-Encoding", ""))
    etag = f'"{found.etag}{"-gz" if packed else ""}"'
    stamp = int(found.last_modified.timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=stamp)
    if response is None:
        body = bytes(found.gzipped) if packed else _plain(found)
        response = HttpResponse(body, content_type=CONTENT_TYPES[wanted.extension])
        filename = wanted.path.replace("/", "-")
        response["Content-Disposition"] = f'inline; filename="{filename}.{wanted.extension}"'
        if packed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Last-Modified"] = http_date(stamp)
    response["Content-Language"] = wanted.language
    patch_vary_headers(response, ["Accept-Encoding"])
    return _cacheable(response)


# -- files of one event ------------------------------------------------------------------------------------------------


def _page_at(request: HttpRequest, path: str, model: type[Page]) -> Page:
    """The live, public page of this type at `path`; 404 where there is none."""
    found = route(request, content_language(), path)
    if found is None or not isinstance(found.page, model):
        raise Http404
    if found.page.get_view_restrictions().exists():
        raise Http404
    return found.page


def _moved(request: HttpRequest, path: str, rest: str) -> HttpResponse | None:
    """Where an event went whose address changed since somebody kept its file's address."""
    old = Redirect.normalise_path(f"/{content_language()}/{path}")
    moved = Redirect.objects.filter(old_path=old).select_related("redirect_page").first()
    if moved is None or moved.redirect_page is None or not moved.redirect_page.live:
        return None
    url = page_url(moved.redirect_page.url_path, request)
    return HttpResponsePermanentRedirect(f"{url}{rest}") if url else None


@csrf_exempt
@require_safe
def event_file(request: HttpRequest, path: str, day: str = "") -> HttpResponse:
    """{event page}event.ics: the event with all its dates; {event page}{YYYYMMDD}.ics: one of them."""
    try:
        page = _page_at(request, path, EventPage)
    except Http404:
        response = _moved(request, path, f"{day or 'event'}.ics")
        if response is None:
            raise
        return response
    language = content_language()
    if day:
        body, modified = _one_date(page, day, language)
    else:
        text = (
            EventText.objects.filter(event=page.event_id, language=language)
            .select_related("event")
            .first()
        )
        if text is None:
            raise Http404
        body, modified = calendar(None, [text.ical]), text.event.content_modified
    response = HttpResponse(body, content_type=CONTENT_TYPES["ics"])
    response["Content-Disposition"] = f'attachment; filename="{page.slug}{day and "-"}{day}.ics"'
    response["Last-Modified"] = http_date(int(modified.timestamp()))
    return _cacheable(response)


def _one_date(page: EventPage, text: str, language: str) -> tuple[bytes, datetime]:
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as error:
        raise Http404 from error
    event = events_with_all(Event.objects.public().filter(key=page.translation_key)).first()
    if event is None:
        raise Http404
    found = [dated for dated in expand(event.schedule, day, day) if dated.first_day == day]
    if not found:
        raise Http404
    with override(language):
        item = entry(event, page, language, Sources.of([event]))
    return single_date(item.feed, found[0]), event.content_modified


# -- paper -----------------------------------------------------------------------------------------------------------


@csrf_exempt
@require_safe
def poster(request: HttpRequest, path: str) -> HttpResponse:
    """{event page}poster/?size=a3|a4: the event on a sheet, with a QR code that leads to its page."""
    try:
        page = _page_at(request, path, EventPage)
    except Http404:
        # Some other page may be called “poster”.
        return serve_page(request, f"{path}poster/")
    context = detail.event_context(page, request)
    if "event" not in context:
        raise Http404
    size = request.GET.get("size", "a4").lower()
    url = page.full_url or base_url()
    context.update(
        page=page,
        size=size if size in ("a3", "a4") else "a4",
        qr=qr_code(url),
        url_text=url.partition("://")[2],
        site_host=host(),
    )
    return _unindexed(render(request, "events/poster.html", context))


@csrf_exempt
@require_safe
def programme(request: HttpRequest, path: str) -> HttpResponse:
    """{calendar}programme/?from=YYYY-MM-DD: the programme of that week on paper."""
    try:
        page = _page_at(request, path, EventIndexPage)
    except Http404:
        return serve_page(request, f"{path}programme/")
    context = listing.programme_context(page, request)
    return _unindexed(render(request, "events/programme.html", context))


def _unindexed(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
