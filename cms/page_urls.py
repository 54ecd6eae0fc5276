"""From paths to pages and back, with as few queries as it takes."""

from __future__ import annotations

from django.http import HttpRequest
from wagtail.models import Site
from wagtail.url_routing import RouteResult

from cms.per_request import per_request
from cms.querysets import PageFamily


def _roots(request: HttpRequest | None) -> list[tuple[str, str]]:
    """(path of a home page, language code) for this site; from Wagtail's cache of site roots."""
    return per_request(
        request,
        "site_roots",
        lambda: [(root.root_path, root.language_code) for root in Site.get_site_root_paths()],
    )


def page_url(url_path: str | None, request: HttpRequest | None = None) -> str:
    """The address under which the page with this `url_path` is served, "" when it is not."""
    for root_path, language in _roots(request) if url_path else ():
        if url_path.startswith(root_path):  # type: ignore[union-attr]
            return f"/{language}/{url_path[len(root_path) :]}"  # type: ignore[index]
    return ""


def route(request: HttpRequest, language: str, path: str) -> RouteResult | None:
    """The live page at /language/path, in two queries however deep it lies; None when there is none.

    Addresses below a page that it routes by itself are left to Wagtail.
    """
    root_path = next((root for root, code in _roots(request) if code == language), None)
    if root_path is None:
        return None
    family = PageFamily.at(f"{root_path}{path.strip('/')}/" if path.strip("/") else root_path)
    if not family.lineage or not family.lineage[-1].live:
        return None
    page = family.lineage[-1].specific
    page.family = family
    page.locale = family.lineage[-1].locale
    return RouteResult(page)
