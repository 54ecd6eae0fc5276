"""From paths to pages and back, with as few queries as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.urls import Resolver404
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult

from cms.every_page import Part
from cms.querysets import PageFamily

# (path of a home page, code of its language), those that lie deepest first.
SiteRoots = Sequence[tuple[str, str]]

_ROOTS: Part[SiteRoots] = Part(
    "site_roots",
    lambda language: (
        Page.objects.filter(translation_key__in=Site.objects.values("root_page__translation_key"))
        .annotate(language=F("locale__language_code"))
        .only("url_path")
        .order_by("-depth", "path")
    ),
    lambda pages: [(page.url_path, page.language) for page in pages],
)


def site_roots(request: HttpRequest | None) -> SiteRoots:
    """The home pages: as `request` knows them; without one, as Wagtail keeps them."""
    if request is None:
        return [(root.root_path, root.language_code) for root in Site.get_site_root_paths()]
    return _ROOTS.read(request)


def url_below(roots: SiteRoots, url_path: str) -> str:
    """The address under which the page with this `url_path` is served, "" when it lies below none of `roots`."""
    for root_path, language in roots:
        if url_path.startswith(root_path):
            return f"/{language}/{url_path[len(root_path) :]}"
    return ""


def page_url(url_path: str | None, request: HttpRequest | None = None) -> str:
    """The address under which the page with this `url_path` is served, "" when it is not."""
    return url_below(site_roots(request), url_path) if url_path else ""


def route(request: HttpRequest, language: str, path: str) -> RouteResult | None:
    """The live page at /language/path, in two queries however deep it lies; None when there is none.

    For what a page serves below its own address: that page with its view, in four.
    """
    roots = site_roots(request)
    root_path = next((root for root, code in roots if code == language), None)
    if root_path is None:
        return None
    wanted = f"{root_path}{path.strip('/')}/" if path.strip("/") else root_path
    family = PageFamily.at(wanted)
    if not family.lineage:
        return _route_below(request, roots, root_path, wanted)
    if not family.lineage[-1].live:
        return None
    return RouteResult(_page(family, roots))


def _page(family: PageFamily, roots: SiteRoots) -> Any:
    page = family.specific()
    page.family = family
    page.locale = family.lineage[-1].locale
    page.known_roots = roots
    return page


def _route_below(
    request: HttpRequest, roots: SiteRoots, root_path: str, wanted: str
) -> RouteResult | None:
    """The nearest page above `wanted`, if it serves that address itself."""
    steps = wanted.removeprefix(root_path).strip("/").split("/")
    above = [root_path + "".join(f"{step}/" for step in steps[:end]) for end in range(len(steps))]
    found = (
        Page.objects.filter(url_path__in=above).order_by("-depth").values_list("url_path", "live")
    )
    nearest = found.first()
    if nearest is None or not nearest[1]:
        return None
    page = _page(PageFamily.at(nearest[0]), roots)
    if not isinstance(page, RoutablePageMixin):
        return None
    try:
        match = page.resolve_subpage(f"/{wanted.removeprefix(nearest[0])}")
    except Resolver404:
        return None
    request.routable_resolver_match = match  # type: ignore[attr-defined]
    view, args, kwargs = match
    return RouteResult(page, args=(view, args, kwargs))
