"""What the site search finds among partnerships and objectives: all in one query, while the content stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.models import Objective, PartnershipPage, PartnershipParty
from campaigns.terms import standing_words
from cms.content_version import versioned
from cms.folding import matches
from cms.multilingual import SOURCE_LANGUAGE, LocalizedText, content_language
from cms.page_urls import page_url
from cms.querysets import open_pages
from cms.read_together import read_together
from cms.search import SearchHit, register_finder
from cms.service_calendar import moment


@dataclass(frozen=True, slots=True)
class _Agreement:
    """A partnership that readers may see; `names`: of its parties, in all languages."""

    title: str
    path: str
    is_source_text: bool
    starts_on: date | None
    ends_on: date | None
    names: str


@dataclass(frozen=True, slots=True)
class _Aim:
    code: str
    title: LocalizedText
    edition_key: str
    edition: LocalizedText


@dataclass(frozen=True, slots=True)
class _Searched:
    agreements: list[_Agreement] = field(default_factory=list)
    aims: list[_Aim] = field(default_factory=list)
    strategy_path: str = ""


def _read(language: str) -> _Searched:
    pages, parties, objectives, strategy = read_together(
        PartnershipPage.objects.published(language).only("starts_on", "ends_on").order_by("pk"),
        PartnershipParty.objects.select_related("organisation"),
        Objective.objects.select_related("edition"),
        open_pages()
        .filter(content_type__model="strategypage", locale__language_code=language)
        .only("url_path")
        .order_by("path"),
    )
    names: dict[int, list[str]] = {}
    for party in parties:
        names.setdefault(party.page_id, []).extend(party.organisation.name.values())
    return _Searched(
        agreements=[
            _Agreement(
                page.shown_title,
                page.shown_path,
                page.shown_alias is not None,
                page.starts_on,
                page.ends_on,
                " ".join(names.get(page.pk, ())),
            )
            for page in pages
        ],
        aims=[_Aim(o.code, o.title, o.edition.key, o.edition.name) for o in objectives],
        strategy_path=strategy[0].url_path if strategy else "",
    )


def _searched(request: HttpRequest) -> _Searched:
    language = content_language()
    return versioned(request, f"searched_agreements:{language}", partial(_read, language))


@register_finder
def find_partnerships(request: HttpRequest, query: str) -> Iterable[SearchHit]:
    """Partnerships by title and by the names of their parties, in any language."""
    today = moment(request).date()
    for page in _searched(request).agreements:
        rank = matches(page.title, query)
        if rank is None and (other := matches(f"{page.title} {page.names}", query)):
            rank = other + 1
        if rank is not None and (url := page_url(page.path, request)):
            yield SearchHit(
                title=page.title,
                url=url,
                kind=_("Partnership"),
                text=standing_words(page.starts_on, page.ends_on, today),
                language=SOURCE_LANGUAGE if page.is_source_text else "",
                rank=rank + 0.15,
            )


@register_finder
def find_objectives(request: HttpRequest, query: str) -> Iterable[SearchHit]:
    """Objectives of the strategy by code and title, in any language."""
    searched = _searched(request)
    base = page_url(searched.strategy_path, request)
    for aim in searched.aims if base else ():
        rank = matches(" ".join([aim.code, *aim.title.values()]), query)
        if rank is not None:
            yield SearchHit(
                title=str(aim.title),
                url=f"{base}{aim.edition_key}/{aim.code}/",
                kind=_("Objective of the strategy"),
                text=f"{aim.code} · {aim.edition}",
                rank=rank + 0.25,
            )
