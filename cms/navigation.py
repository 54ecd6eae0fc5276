"""The menus as readers of one language see them, the trail above a page, and the language switch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cms.every_page import Part
from cms.models import MenuItem
from cms.multilingual import content_language
from cms.page_urls import page_url
from cms.per_request import per_request
from cms.querysets import version_in


@dataclass(frozen=True, slots=True)
class Link:
    title: Any
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Navigation:
    """The menus by place, and the address of the search page (which stands apart from its menu)."""

    menus: dict[str, list[Link]]
    search_url: str


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """A language of the switch. `translated` says whether the address is this page's own version."""

    code: str
    name: str
    url: str
    current: bool
    translated: bool


_ITEMS: Part[list[Any]] = Part(
    "menu_items",
    lambda language: MenuItem.objects.annotate(
        place=F("menu__place"),
        target_path=version_in(language, "page", "url_path"),
        target_title=version_in(language, "page", "title"),
        search_page=F("page__searchpage"),
    ).order_by("sort_order", "pk"),
    list,
)


def _build(request: HttpRequest | None, page: Any) -> Navigation:
    items = _ITEMS.read(request)
    here = page.url_path if page is not None and page.pk else ""
    # Of links that lead to a page and to one above it, only the nearest is where the reader is.
    nearest = max(
        (
            item.target_path
            for item in items
            if item.target_path and here.startswith(item.target_path)
        ),
        key=len,
        default="",
    )
    menus: dict[str, list[Link]] = {}
    search_url = ""
    for item in items:
        url = page_url(item.target_path, request) if item.page_id else item.url
        if not url:
            continue
        if item.search_page:
            search_url = url
            continue
        current = bool(item.target_path and item.target_path == nearest)
        title = str(item.title) or item.target_title or url
        menus.setdefault(item.place, []).append(Link(title, url, current))
    return Navigation(menus, search_url)


def navigation(request: HttpRequest | None, page: Any) -> Navigation:
    """The menus for `page` in the active language: one query while the content stays."""
    return per_request(request, "navigation", partial(_build, request, page))


def trail(request: HttpRequest | None, page: Any) -> list[Link]:
    """The live pages above `page`, home first; nothing above a home page. Below its own address it is one of them."""
    above = [*page.family.ancestors, *([page] if page.below else [])]
    links = [(other.title, page_url(other.url_path, request)) for other in above]
    if links:
        links[0] = (_("Home"), links[0][1])
    return [Link(title, url) for title, url in links if url]


def language_links(request: HttpRequest | None, page: Any) -> list[LanguageLink]:
    """The three languages; each leads to this page's version, else to that language's home."""
    current = content_language()
    versions = page.live_translations if page is not None else {}
    links = []
    for code, name in settings.LANGUAGES:
        version = versions.get(code)
        url = page_url(version.url_path, request) if version else ""
        url = f"{url}{page.below.get(code, '')}" if url else f"/{code}/"
        links.append(LanguageLink(code, name, url, code == current, version is not None))
    return links
