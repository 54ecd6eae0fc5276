"""Which pages with shared facts everybody may read, and in whose words they are shown.

A page stands in lists in the reader's language; where it was not translated, the Romanian one stands in and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from cms.multilingual import SOURCE_LANGUAGE, content_language
from cms.page_urls import page_url
from cms.querysets import open_pages, withhold

if TYPE_CHECKING:
    from campaigns.models.shared import SharedFactsPage


def _hidden(model: type[SharedFactsPage]) -> QuerySet[Any, Any]:
    """The ids of the pages of `model` in all languages whose facts are nobody's."""
    known = model.known_facts().values("translation_key")
    return model._default_manager.exclude(translation_key__in=known).values("pk")


def withhold_hidden(model: type[SharedFactsPage]) -> None:
    """Keep those pages out of lists, links, search and sitemap."""
    withhold(partial(_hidden, model))


def in_language(pages: QuerySet[Any], language: str) -> QuerySet[Any]:
    """`pages` (Romanian ones) with `shown_title`, `shown_summary`, `shown_path` and `own_path`.

    They are those of the version in `language` (a code), or of the page itself where there is none; `own_path` is None
    then. A version that only repeats the Romanian page (an alias) is none: its words are not in that language.
    """
    own = pages.model._default_manager.filter(
        translation_key=OuterRef("translation_key"),
        locale__language_code=language,
        alias_of__isnull=True,
        pk__in=open_pages().values("pk"),
    )
    return pages.annotate(
        own_path=Subquery(own.values("url_path")[:1]),
        own_title=Subquery(own.values("title")[:1]),
        own_summary=Subquery(own.values("summary")[:1]),
    ).annotate(
        shown_path=Coalesce("own_path", F("url_path")),
        shown_title=Coalesce("own_title", F("title")),
        shown_summary=Coalesce("own_summary", F("summary")),
    )


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page as lists show it. `lang`: the code of the language its words are in, "" for the reader's."""

    title: str
    summary: str
    url: str
    lang: str = ""


def page_link(page: Any, request: HttpRequest | None) -> PageLink:
    """The link of a row of `in_language`, asked for the active language."""
    own = page.own_path is not None or content_language() == SOURCE_LANGUAGE
    return PageLink(
        title=page.shown_title,
        summary=page.shown_summary,
        url=page_url(page.shown_path, request),
        lang="" if own else SOURCE_LANGUAGE,
    )
