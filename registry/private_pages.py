"""Answers that hold what somebody typed or what is somebody's: kept by no cache, found by no search engine."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

PRIVATE = "no-store, private"


def keep_private(response: HttpResponseBase, *, indexed: bool = False) -> None:
    """Say in the headers that no copy is kept; `indexed`: search engines may know the page itself."""
    response.headers["Cache-Control"] = PRIVATE
    response.headers["Referrer-Policy"] = "same-origin"
    if not indexed:
        response.headers["X-Robots-Tag"] = "noindex, nofollow"


def private_page(
    page: Any,
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    indexed: bool = False,
) -> HttpResponse:
    """A Wagtail page's answer with `template` and `context` on top of the page's own, kept private."""
    request.is_preview = getattr(request, "is_preview", False)  # type: ignore[attr-defined]
    response = TemplateResponse(
        request,
        template,
        {**page.get_context(request), "is_private": not indexed, **context},
        status=status,
    )
    keep_private(response, indexed=indexed)
    return response
