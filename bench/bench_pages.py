"""Public pages over the demonstration content, uncached and as the site serves them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from bench.measure import Call, benchmark
from bench.wsgi_calls import get, page_call

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@cache
def site() -> WSGIApplication:
    """The site's WSGI application, as the server runs it."""
    from config.wsgi import application

    return application


def first_below(list_address: str, other_than: str = "") -> str:
    """The address of the first page that a list links to below itself."""
    _, body = get(site(), list_address)
    links = re.findall(rf'href="({re.escape(list_address)}[^"?#]+/)"', body.decode())
    return sorted(link for link in links if link != other_than)[0]


DIRECTORY = "/ro/contact/telefoane/"
PAGES: dict[str, Callable[[], str]] = {
    "home": lambda: "/ro/",
    "departments": lambda: "/ro/contact/",
    "department": lambda: first_below("/ro/contact/", other_than=DIRECTORY),
    "places": lambda: "/ro/locatii/",
    "place": lambda: first_below("/ro/locatii/"),
    "directory": lambda: DIRECTORY,
    "directory search": lambda: f"{DIRECTORY}?q=evenimente",
}


def _register(name: str, address: Callable[[], str]) -> None:
    @benchmark(f"page: {name}")
    def prepare() -> Call:
        return page_call(site(), address())


for _name, _address in PAGES.items():
    _register(_name, _address)
