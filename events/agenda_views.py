"""The calendars of the Mayor's agenda: one for everybody, and those that open with a token."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from cms.models import SiteIdentity
from cms.multilingual import LANGUAGES, SOURCE_LANGUAGE, LocalizedText
from events.agenda import MAX_ITEMS, PAST_DAYS
from events.agenda_ical import AgendaFeed, agenda_calendar
from events.models.agenda import AgendaItem, AgendaPage, AgendaState, AgendaToken

FRESH = timedelta(minutes=15)
STALE_WHILE_REVALIDATE = timedelta(days=1)
STALE_IF_ERROR = timedelta(days=7)
# Before anything was on the agenda: the bytes of an empty calendar do not depend on the hour either.
NEVER = datetime(2020, 1, 1, tzinfo=UTC)
# Tokens have 43 characters; what is no token is not looked for.
_TOKEN_FILE = re.compile(r"([A-Za-z0-9_-]{22,128})\.ics")


def _calendar(scope: str | None, language: str, source: str, last_modified: datetime) -> bytes:
    page = AgendaPage.objects.live().filter(locale__language_code=language).first()
    identity = SiteIdentity.objects.first()
    base = settings.AGORA_BASE_URL.rstrip("/")
    feed = AgendaFeed(
        language=language,
        page_url=(page.full_url if page else None) or f"{base}/",
        feed_url=source,
        organiser=identity.institution if identity else LocalizedText(),
        organiser_uri=base,
        uid_domain=settings.AGORA_UID_DOMAIN,
        last_modified=last_modified,
    )
    first_day = timezone.localdate() - timedelta(days=PAST_DAYS)
    items = list(AgendaItem.objects.visible_to(scope).from_day(first_day)[:MAX_ITEMS])
    return agenda_calendar(feed, items)


def _response(body: bytes, filename: str) -> HttpResponse:
    return HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": f'inline; filename="{filename}.ics"',
            "X-Robots-Tag": "noindex",
        },
    )


@csrf_exempt
@require_safe
def mayor(request: HttpRequest, language: str) -> HttpResponseBase:
    """/calendar/{language}/mayor.ics: the public items, from 12 months back; empty but valid without any.

    Neither its bytes nor its headers tell that there are other items, or that one of them changed.
    """
    if language not in LANGUAGES:
        raise Http404
    last_modified = (AgendaState.changed() or NEVER).replace(microsecond=0)
    source = f"{settings.AGORA_BASE_URL.rstrip('/')}{request.path}"
    body = _calendar(None, language, source, last_modified)
    response = _response(body, "mayor")
    response["Access-Control-Allow-Origin"] = "*"
    response["Content-Language"] = language
    response["ETag"] = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    response["Last-Modified"] = http_date(last_modified.timestamp())
    patch_cache_control(
        response,
        public=True,
        max_age=int(FRESH.total_seconds()),
        stale_while_revalidate=int(STALE_WHILE_REVALIDATE.total_seconds()),
        stale_if_error=int(STALE_IF_ERROR.total_seconds()),
    )
    not_modified = get_conditional_response(
        request,
        etag=response["ETag"],
        last_modified=int(last_modified.timestamp()),
        response=response,
    )
    return not_modified or response


@csrf_exempt
@require_safe
@sensitive_variables()
def by_token(request: HttpRequest, token: str) -> HttpResponse:
    """/calendar/agenda/{token}.ics: what the token's scope may read, in Romanian. No copy is kept on the way.

    An unknown and a revoked token, and whatever else follows the prefix, get the same 404: empty, so that it
    repeats nothing of the address.
    """
    # The middleware has cut the token off `path`; error reports print this, too.
    request.path_info = request.path
    match = _TOKEN_FILE.fullmatch(token)
    known = AgendaToken.objects.bearing(match[1]) if match else None
    if known is None:
        response = HttpResponse(
            status=404, content_type="text/plain", headers={"X-Robots-Tag": "noindex"}
        )
    else:
        known.note_use(timezone.localdate())
        newest = (
            AgendaItem.objects.visible_to(known.scope)
            .order_by("-content_modified")
            .values_list("content_modified", flat=True)
            .first()
        )
        body = _calendar(known.scope, SOURCE_LANGUAGE, "", newest or known.created_at)
        response = _response(body, "agenda")
    response["Cache-Control"] = "private, no-store"
    return response
