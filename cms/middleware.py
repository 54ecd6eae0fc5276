"""What every response of the site carries, and what it never does."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponseBase]

log = logging.getLogger("agora.request")

# The public site: everything from this host, nothing inline, no plug-ins, framed only by our own previews.
PUBLIC_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
# Wagtail's and wagtail-localize's admin need inline scripts and styles.
ADMIN_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
ALLOWED_METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
# What follows one of these in an address is a secret that opens something.
SECRET_PATHS = ("/calendar/agenda/", "/campaigns/plan/", "/receipt/", "/registru/termene/")
# The same, but only at the beginning of an address: the admin has previews as well.
SECRET_AT_ROOT = re.compile(r"((?:/[a-z]{2})?/preview/).")


def is_admin(request: HttpRequest) -> bool:
    """Whether the request goes to the editors' side."""
    return request.path.startswith((reverse("wagtailadmin_home"), "/django-admin/"))


def hide_secret(request: HttpRequest) -> None:
    """Cut a secret off what logs, error reports and redirects read of the address.

    Done before anything else sees the request, so it holds for addresses that lead nowhere, too. Routing needs
    `path_info`, so the view whose secret it is cuts that.
    """
    shown = request.path
    for prefix in SECRET_PATHS:
        before, found, secret = shown.partition(prefix)
        if found and secret:
            shown = f"{before}{found}*"
    if at_root := SECRET_AT_ROOT.match(request.path_info):
        shown = f"{at_root[1]}*"
    if shown != request.path:
        request.path = shown
        for name in ("PATH_INFO", "RAW_URI", "REQUEST_URI"):
            if name in request.META:
                request.META[name] = shown


class RequestLogMiddleware:
    """One structured line for each request: method, path, status, milliseconds, an id.

    Never the query string, never a secret that is part of the path.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        request_id = uuid.uuid4().hex
        hide_secret(request)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        log.info(
            "request",
            extra={
                "request_id": request_id,
                "method": request.method,
                "path": request.path[:200],
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - started) * 1000, 1),
            },
        )
        return response


class SecurityHeadersMiddleware:
    """Content Security Policy (two: public and admin) and Permissions-Policy on every response."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        policy = ADMIN_POLICY if is_admin(request) else PUBLIC_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


# Their language is part of the address (or of its query), never of the request's headers: caches need one copy.
NEUTRAL_PREFIXES = ("/calendar/", "/campaigns/", "/contacts/", "/news/")
# No page of any language: what is not found there is not looked for below /ro/.
NO_PAGES = ("/s/", "/preview/")


def _vary_without(response: HttpResponse, header: str) -> None:
    names = [name.strip() for name in response.headers.get("Vary", "").split(",")]
    kept = [name for name in names if name and name.lower() != header]
    if kept:
        response["Vary"] = ", ".join(kept)
    elif response.has_header("Vary"):
        del response["Vary"]


class PublicPageMiddleware:
    """Public answers are the same for everybody: no cookie, revalidated by a strong ETag, known methods only.

    A page that is changed in the admin is right on the very next request, so browsers may keep a copy
    but ask each time (`max-age=0`); a 304 costs them no bytes.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ALLOWED_METHODS and not is_admin(request):
            return HttpResponseNotAllowed(ALLOWED_METHODS)
        if "\x00" in request.path:
            return HttpResponse(status=404)
        response = self.get_response(request)
        if not isinstance(response, HttpResponse):
            return response
        if "public" in response.headers.get("Cache-Control", ""):
            # The view says it is for everybody. Django would still take away a session cookie that is broken.
            response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
            _vary_without(response, "cookie")
        if not self._is_public(request, response):
            return response
        if request.path.startswith(NEUTRAL_PREFIXES):
            # LocaleMiddleware says so of every address outside /ro/, /en/ and /hu/.
            _vary_without(response, "accept-language")
        response.headers.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
        if response.status_code != 200:
            return response
        if not response.has_header("ETag"):
            response["ETag"] = f'"{blake2b(response.content, digest_size=16).hexdigest()}"'
        patch_vary_headers(response, ["Accept-Encoding"])
        return (
            get_conditional_response(
                request, etag=response["ETag"], last_modified=None, response=response
            )
            or response
        )

    @staticmethod
    def _is_public(request: HttpRequest, response: HttpResponse) -> bool:
        return (
            request.method in {"GET", "HEAD"}
            and not is_admin(request)
            and not response.cookies
            and not response.streaming
            and response.status_code < 500
            and "no-store" not in response.headers.get("Cache-Control", "")
            and "private" not in response.headers.get("Cache-Control", "")
            and not getattr(request, "is_preview", False)
        )


class SiteLocaleMiddleware(LocaleMiddleware):
    """Django's, but what the admin or a link without a language does not lead to is a plain 404."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        known_missing = is_admin(request) or request.path.startswith(NO_PAGES)
        if response.status_code == 404 and known_missing:
            return response
        return super().process_response(request, response)


class AdminLanguageMiddleware:
    """The admin speaks Romanian, whatever the browser asks for, until an editor chooses otherwise in the profile."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_admin(request):
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
        return self.get_response(request)
