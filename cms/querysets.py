"""Read verbs over pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import (
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from wagtail.models import Page, PageViewRestriction

# What gives the ids of live pages that are answered with 404 all the same.
_withheld: list[Callable[[], QuerySet[Any, Any]]] = []


def withhold(pages: Callable[[], QuerySet[Any, Any]]) -> None:
    """Keep the pages with these ids out of lists, links, search and sitemap; an app above says which of its own.

    `pages` gives a query for ids, the same at any time. It must not ask `open_pages`.
    """
    if pages not in _withheld:
        _withheld.append(pages)
        _open_pages.cache_clear()


def open_pages() -> QuerySet[Page]:
    """Live pages that everybody may read, decided in SQL alone: fit for subqueries.

    No view restriction covers them, and no app withholds them.
    """
    return _open_pages().all()


@cache
def _open_pages() -> QuerySet[Page]:
    # Put together once: a page asks for it a dozen times, and building it costs as much as a small query.
    above = PageViewRestriction.objects.annotate(
        below=ExpressionWrapper(OuterRef("path"), output_field=CharField())
    ).filter(below__startswith=F("page__path"))
    found: QuerySet[Page] = Page.objects.filter(~Exists(above), live=True)
    for pages in _withheld:
        found = found.exclude(pk__in=pages())
    return found


def version_in(language: str, page_field: str, value: str) -> Subquery:
    """`value` of the live version in `language` (a code) of the page that `page_field` refers to.

    For annotations: the links of a whole list cost no further query.
    """
    versions = open_pages().filter(
        translation_key=OuterRef(f"{page_field}__translation_key"), locale__language_code=language
    )
    return Subquery(versions.values(value)[:1])


def own_version_in(language: str, value: str = "url_path") -> Subquery:
    """`value` of the live version in `language` (a code) of each page, for annotations of pages."""
    versions = open_pages().filter(
        translation_key=OuterRef("translation_key"), locale__language_code=language
    )
    return Subquery(versions.values(value)[:1])


def own_page_in(language: str, page_relation: str) -> Subquery:
    """The `url_path` of the live page in `language` that shows the object, for annotations.

    `page_relation`: the page model's foreign key to the object, as seen from `Page`
    (e.g. "locationpage__location").
    """
    pages = open_pages().filter(**{page_relation: OuterRef("pk")}, locale__language_code=language)
    return Subquery(pages.order_by("pk").values("url_path")[:1])


@dataclass(frozen=True, slots=True)
class PageFamily:
    """A page's relatives, read in one query.

    `translations`: its live versions by language code, itself included when live. `lineage`: itself and
    every page above it, live or not, the root first.
    """

    translations: dict[str, Page]
    lineage: list[Page]

    def view_restrictions(self) -> QuerySet[PageViewRestriction] | None:
        """What restricts the page, by Wagtail's rule: an alias is restricted as its source is, not by itself.

        Asks nothing when nothing does. None where the rule takes more than these relatives: for an alias of an alias.
        """
        if not self.lineage or any(page.source_of_source for page in self.lineage):
            return None
        if not any(page.is_restricted for page in self.lineage):
            return PageViewRestriction.objects.none()
        sources = [page.alias_of_id or page.pk for page in self.lineage]
        return PageViewRestriction.objects.filter(page__in=sources)

    def specific(self) -> Any:
        """The page with the fields of its type: one query, where Wagtail's `specific` may ask for the type first."""
        page = self.lineage[-1]
        model = page.content_type.model_class()
        return page if model is None else model._base_manager.get(pk=page.pk)

    @property
    def ancestors(self) -> list[Page]:
        """The live pages above it, the home page first; the root is no page of the site."""
        return [page for page in self.lineage[1:-1] if page.live]

    @classmethod
    def at(cls, url_path: str) -> PageFamily:
        """Read the family of the page with this `url_path` ("/home/contact/"); empty when there is none."""
        steps = url_path.strip("/").split("/")
        paths = ["/", *("/" + "/".join(steps[:n]) + "/" for n in range(1, len(steps) + 1))]
        key = Page.objects.filter(url_path=url_path).values("translation_key")[:1]
        return cls._read(Q(url_path__in=paths) | Q(translation_key=Subquery(key)), url_path)

    @classmethod
    def of(cls, page: Page) -> PageFamily:
        """Read the family of `page`; a page that was never saved has none."""
        if not page.pk or not page.path:
            return cls({}, [])
        step = page.steplen
        paths = [page.path[:end] for end in range(step, len(page.path) + 1, step)]
        # The saved address: a draft's own may be another one.
        url_path = Page.objects.filter(pk=page.pk).values_list("url_path", flat=True).first()
        condition = Q(path__in=paths) | Q(translation_key=page.translation_key)
        return cls._read(condition, url_path or page.url_path)

    @classmethod
    def _read(cls, condition: Q, url_path: str) -> PageFamily:
        restrictions = PageViewRestriction.objects.filter(
            page=Coalesce(OuterRef("alias_of"), OuterRef("pk"))
        )
        found = list(
            Page.objects.filter(condition)
            .select_related("locale", "content_type")
            .annotate(is_restricted=Exists(restrictions), source_of_source=F("alias_of__alias_of"))
            .order_by("path")
        )
        page = next((other for other in found if other.url_path == url_path), None)
        if page is None:
            return cls({}, [])
        return cls(
            translations={
                other.locale.language_code: other
                for other in found
                if other.live and other.translation_key == page.translation_key
            },
            lineage=[other for other in found if page.path.startswith(other.path)],
        )
