"""The iCalendar feed of a place: its closures and special hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from cms.models import CalendarDay, SiteIdentity
from cms.multilingual import LANGUAGES
from cms.page_urls import page_url
from cms.service_calendar import working_calendar
from locations.hours_ical import ClosuresFeed, closures_calendar
from locations.models import Location, OpeningHours

FRESH = timedelta(minutes=15)
STALE_WHILE_REVALIDATE = timedelta(days=1)
STALE_IF_ERROR = timedelta(days=7)


def _last_change(hours: OpeningHours) -> datetime:
    """When these hours, their place or a day of the working calendar last changed (aware)."""
    newest = (
        CalendarDay.objects.order_by("-updated_at").values_list("updated_at", flat=True).first()
    )
    stamps = [hours.updated_at, newest, hours.location.updated_at if hours.location else None]
    return max(stamp for stamp in stamps if stamp)


@csrf_exempt  # Another method is told so: 405, not 403.
@require_safe
def closures(request: HttpRequest, language: str, key: str) -> HttpResponse:
    """/calendar/{language}/hours/{key}.ics: 12 months of closures; empty but valid while hours are unknown."""
    if language not in LANGUAGES:
        raise Http404
    with translation.override(language):
        place = get_object_or_404(Location.objects.with_page(language), key=key)
        hours = (
            OpeningHours.objects.filter(location=place)
            .select_related("location")
            .order_by("channel", "sort_order", "key")
            .first()
        ) or OpeningHours(key=place.key, location=place, updated_at=place.updated_at)
        identity = SiteIdentity.objects.first()
        base = settings.AGORA_BASE_URL.rstrip("/")
        feed = ClosuresFeed(
            key=place.key,
            place=str(place.name),
            address=f"{place.address}, {place.city}",
            page_url=f"{base}{page_url(place.page_path, request)}",
            feed_url=f"{base}{request.path}",
            organiser=str(identity.institution) if identity else str(place.name),
            organiser_uri=base,
            uid_domain=settings.AGORA_UID_DOMAIN,
        )
        body = closures_calendar(
            feed,
            hours.schedule,
            working_calendar(request),
            timezone.localdate(),
            _last_change(hours),
            language,
        )
    response = HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": f'inline; filename="{place.key}.ics"',
            "Access-Control-Allow-Origin": "*",
            "X-Robots-Tag": "noindex",
            "Content-Language": language,
        },
    )
    patch_cache_control(
        response,
        public=True,
        max_age=int(FRESH.total_seconds()),
        stale_while_revalidate=int(STALE_WHILE_REVALIDATE.total_seconds()),
        stale_if_error=int(STALE_IF_ERROR.total_seconds()),
    )
    return response
