"""/preview/{token}/: a draft, read by somebody without an account."""

from __future__ import annotations

import re
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe
from wagtail.models import Page

from cms.models import BasePage, PreviewLink
from cms.preflight import newest
from cms.views import page_not_found

# Tokens have 43 characters; what is no token is not looked for.
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22,128}")


@csrf_exempt
@require_safe
@sensitive_variables()
def draft_by_token(request: HttpRequest, token: str) -> HttpResponseBase:
    """The newest draft of the link's page as readers would see it, in the page's language, with a banner.

    A link that is unknown, revoked or over, or whose maker may not edit the page any more, is a 404 in the reader's
    language. Nothing is counted, and no copy is kept on the way.
    """
    # The middleware has cut the token off `path`; error reports print this, too.
    request.path_info = request.path
    link = PreviewLink.objects.bearing(token, timezone.now()) if _TOKEN.fullmatch(token) else None
    draft = newest(link.page) if link is not None and _is_open(link) else None
    if link is None or not isinstance(draft, BasePage) or not draft.is_previewable():
        response: HttpResponseBase = page_not_found(request)
    else:
        response = _shown(request, draft, link)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _is_open(link: PreviewLink) -> bool:
    """Whether who made it may still edit the page."""
    maker: Any = link.created_by
    page: Page = link.page
    return bool(maker and maker.is_active and page.permissions_for_user(maker).can_edit())


def _state(page: Page) -> str:
    """How the draft stands to what is published: "new" where nothing is, "changed" or "same"."""
    if not page.live:
        return "new"
    return "changed" if page.has_unpublished_changes else "same"


def _shown(request: HttpRequest, draft: Any, link: PreviewLink) -> HttpResponse:
    language = link.page.locale.language_code
    # Readers of drafts are nobody's users, whoever is logged in: no bar of the admin, no cookie.
    request.is_preview = True  # type: ignore[attr-defined]
    request.draft_until = link.expires_at  # type: ignore[attr-defined]
    request.draft_state = _state(link.page)  # type: ignore[attr-defined]
    request.LANGUAGE_CODE = language
    with translation.override(language):
        response: Any = draft.serve_preview(request, draft.default_preview_mode)
        if callable(getattr(response, "render", None)):
            response = response.render()
    response["Content-Language"] = language
    shown: HttpResponse = response
    return shown
