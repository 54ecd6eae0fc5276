"""Views that belong to no page: the way in, health, errors."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.views import serve as wagtail_serve

from cms.multilingual import LANGUAGES, SOURCE_LANGUAGE, content_language
from cms.page_urls import route, site_roots


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """`/` leads to the home page in the best language of Accept-Language; Romanian by default, no cookie."""
    code = get_language_from_request(request).split("-")[0]
    if not request.headers.get("Accept-Language") or code not in LANGUAGES:
        code = SOURCE_LANGUAGE
    response = HttpResponseRedirect(f"/{code}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; touches nothing else."""
    return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers with all migrations applied and the cache works, else 503 saying which does not."""
    checks: dict[str, bool] = {}
    try:
        executor = MigrationExecutor(connection)
        checks["database"] = True
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        checks["database"] = checks["migrations"] = False
    try:
        cache.set("health", "ok", 5)
        checks["cache"] = cache.get("health") == "ok"
    except Exception:
        # Each cache has errors of its own: redis-py's are no OSError.
        checks["cache"] = False
    healthy = all(checks.values())
    return JsonResponse(
        {"status": "ok" if healthy else "unavailable", "checks": checks},
        status=200 if healthy else 503,
        headers={"Cache-Control": "no-store"},
    )


@csrf_exempt
def serve_page(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail's page view, with the page found in two queries instead of two for each level.

    Without a CSRF check, which would need a cookie: a page that takes a POST (the petition form, tracking) does nothing
    with the reader's authority, whoever is logged in, so nothing can be forged; every other page answers 405.
    """
    found = route(request, content_language(), path)
    if found is not None:
        request._wagtail_route_for_request = found  # type: ignore[attr-defined]
    return wagtail_serve(request, path)


def _was_published(request: HttpRequest) -> bool:
    """Whether a page stood at this address once and was taken down."""
    code, _, rest = request.path.lstrip("/").partition("/")
    if code not in LANGUAGES:
        return False
    home = next((path for path, language in site_roots(request) if language == code), None)
    return (
        home is not None
        and Page.objects.filter(
            url_path=f"{home}{rest}", live=False, first_published_at__isnull=False
        ).exists()
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, or 410 where a published page was taken down; helps the reader on in their language."""
    gone = "\x00" not in request.path and _was_published(request)
    status = 410 if gone else 404
    return render(request, f"{status}.html", status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 in the site's own words, where Django's page would need inline styles."""
    return render(request, "403.html", status=403)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Robots may read the public site; the admin is none of their business."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /django-admin/",
        "",
        f"Sitemap: {settings.AGORA_BASE_URL}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
