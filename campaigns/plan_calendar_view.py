"""/campaigns/plan/{token}.ics: the promotion plans in a calendar application of the staff."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from campaigns.models.plan import PlanRow, PlanToken
from campaigns.plan_ical import PlanFeed, plan_calendar
from cms.models import SiteIdentity
from cms.multilingual import SOURCE_LANGUAGE

YEARS_BACK: Final = 1
MOST_ROWS: Final = 1000
NEVER: Final = datetime(2020, 1, 1, tzinfo=UTC)
# Tokens have 43 characters; what is no token is not looked for.
_TOKEN_FILE: Final = re.compile(r"([A-Za-z0-9_-]{22,128})\.ics")


@csrf_exempt
@require_safe
@sensitive_variables()
def plan_by_token(request: HttpRequest, token: str) -> HttpResponse:
    """The plans from last year's on, in Romanian, those that are not public included. No copy is kept on the way.

    An unknown token, a revoked one and one whose bearer may not see plans any more get the same 404: empty, so that it
    repeats nothing of the address.
    """
    # The middleware has cut the token off `path`; error reports print this, too.
    request.path_info = request.path
    match = _TOKEN_FILE.fullmatch(token)
    known = PlanToken.objects.bearing(match[1]) if match else None
    if known is None:
        response = HttpResponse(
            status=404, content_type="text/plain", headers={"X-Robots-Tag": "noindex"}
        )
    else:
        response = HttpResponse(
            _calendar(),
            content_type="text/calendar; charset=utf-8",
            headers={
                "Content-Disposition": 'inline; filename="plan.ics"',
                "X-Robots-Tag": "noindex",
            },
        )
    response["Cache-Control"] = "private, no-store"
    return response


def _calendar() -> bytes:
    rows = list(
        PlanRow.objects.filter(plan__year__gte=timezone.localdate().year - YEARS_BACK)
        .select_related("plan", "objective", "department", "campaign", "event_page")
        .order_by("plan__year", "first_month", "sort_order", "pk")[:MOST_ROWS]
    )
    identity = SiteIdentity.objects.first()
    base = settings.AGORA_BASE_URL.rstrip("/")
    feed = PlanFeed(
        language=SOURCE_LANGUAGE,
        page_url=f"{base}/",
        organiser=str(identity.institution.resolve(SOURCE_LANGUAGE)[0]) if identity else "",
        organiser_uri=base,
        uid_domain=settings.AGORA_UID_DOMAIN,
        last_modified=max((row.plan.changed_at for row in rows), default=NEVER),
    )
    return plan_calendar(feed, rows)
