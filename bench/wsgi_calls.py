"""Requests to a WSGI application without a network: the whole stack of middleware, nothing of a test client."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def get(
    application: WSGIApplication, address: str, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """GET an address (path and query) as a reader without cookies; return status and body.

    `headers` has more of the request's, named as WSGI names them ("HTTP_IF_NONE_MATCH").
    """
    status, parts = begin(application, address, headers)
    return status, b"".join(parts)


def begin(
    application: WSGIApplication, address: str, headers: Mapping[str, str] | None = None
) -> tuple[int, Iterator[bytes]]:
    """The same with the body in the parts in which it is sent; each is made when it is asked for."""
    route, _, query = address.partition("?")
    status: list[int] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": route,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT": "text/html",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **(headers or {}),
    }

    def start_response(line: str, headers: Any, exc_info: Any = None) -> Callable[[bytes], object]:
        status.append(int(line.split()[0]))
        return lambda written: None

    body = application(environ, start_response)

    def parts() -> Iterator[bytes]:
        try:
            yield from body
        finally:
            if close := getattr(body, "close", None):
                close()

    return status[0] if status else 0, parts()


def page_call(application: WSGIApplication, address: str) -> Callable[[], object]:
    """A call that GETs an address; raises RuntimeError right away when it does not answer 200."""
    status, _ = get(application, address)
    if status != 200:
        raise RuntimeError(f"{address} answers {status}")
    return lambda: get(application, address)


def hello(request: HttpRequest) -> HttpResponse:
    """The measure of everything: the least that Django can answer."""
    return HttpResponse("Hello, world")


urlpatterns = [path("hello/", hello)]


def hello_urls(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """The one middleware of the hello-world application: its own addresses beside the site's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return middleware


def hello_call() -> Callable[[], object]:
    """A call that GETs the hello-world view through Django without any of the site's middleware."""
    from django.test import override_settings

    with override_settings(MIDDLEWARE=[f"{__name__}.hello_urls"]):
        application = WSGIHandler()
    return page_call(application, "/hello/")
