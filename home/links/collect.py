"""Collects the links of public pages that were published since they were last looked into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from modelcluster.models import get_all_child_relations
from wagtail.models import Page

from cms.querysets import open_pages
from home.links.extract import Found, has_links, links_of
from home.links.models import CheckedLink, LinkUse, ScannedPage

PAGES_A_RUN: Final = 1000
_CHUNK: Final = 100
_AGAIN: Final = timedelta(days=30)
"""After so long a page is looked into again, whatever says that it has not changed."""

Kind = CheckedLink.Kind


def collect(now: datetime, limit: int = PAGES_A_RUN) -> int:
    """Collect the links of at most `limit` pages; how many pages were looked into. `now` is aware.

    Aliases are left out: they carry the links of their source.
    """
    scanned = ScannedPage.objects.filter(page=OuterRef("pk"))
    pages = (
        open_pages()
        .filter(alias_of__isnull=True, depth__gt=1)
        .annotate(scanned_at=Subquery(scanned.values("scanned_at")[:1]))
        .filter(
            Q(scanned_at__isnull=True)
            | Q(scanned_at__lt=now - _AGAIN)
            | Q(last_published_at__gt=F("scanned_at"))
        )
        .select_related("content_type")
        .order_by("scanned_at", "pk")
    )
    found = list(pages[:limit])
    for start in range(0, len(found), _CHUNK):
        _collect_from(found[start : start + _CHUNK], now)
    CheckedLink.objects.filter(~Exists(LinkUse.objects.filter(link=OuterRef("pk")))).delete()
    return len(found)


def _collect_from(pages: list[Page], now: datetime) -> None:
    uses = {(pk, _digest(link)): link for pk, link in reversed(list(_links_of_all(pages)))}
    with transaction.atomic():
        CheckedLink.objects.bulk_create(
            {digest: _row(digest, link, now) for (_pk, digest), link in uses.items()}.values(),
            ignore_conflicts=True,
        )
        digests = {digest for _pk, digest in uses}
        known = dict(CheckedLink.objects.filter(digest__in=digests).values_list("digest", "pk"))
        keys = [page.pk for page in pages]
        LinkUse.objects.filter(page__in=keys).delete()
        LinkUse.objects.bulk_create(
            [
                LinkUse(page_id=pk, link_id=known[digest], words=_short(link.words))
                for (pk, digest), link in uses.items()
            ],
            ignore_conflicts=True,
        )
        ScannedPage.objects.bulk_create(
            [ScannedPage(page_id=pk, scanned_at=now) for pk in keys],
            update_conflicts=True,
            unique_fields=["page"],
            update_fields=["scanned_at"],
        )


def _digest(link: Found) -> str:
    return CheckedLink.digest_of(_kind(link), link.url, link.page or link.document)


def _kind(link: Found) -> str:
    if link.page is not None:
        return Kind.PAGE
    return Kind.DOCUMENT if link.document is not None else Kind.WEB


def _short(words: str) -> str:
    return words if len(words) <= 200 else f"{words[:199]}…"


def _row(digest: str, link: Found, now: datetime) -> CheckedLink:
    return CheckedLink(
        digest=digest,
        kind=_kind(link),
        url=link.url,
        target_id=link.page or link.document,
        host=CheckedLink.host_of(link.url),
        check_after=now,
    )


def _links_of_all(pages: Iterable[Page]) -> Iterator[tuple[int, Found]]:
    """(key of the page, link) for all of `pages`: one query for each type of page and of its parts that hold links."""
    by_type: dict[Any, list[int]] = defaultdict(list)
    for page in pages:
        by_type[page.content_type.model_class()].append(page.pk)
    for model, keys in by_type.items():
        if model is None:
            continue
        for row in model._base_manager.filter(pk__in=keys):
            for link in links_of(row):
                yield row.pk, link
        for relation in get_all_child_relations(model):
            part = relation.related_model
            if not has_links(part):
                continue
            name = relation.field.attname
            for row in part._base_manager.filter(**{f"{name}__in": keys}):
                for link in links_of(row):
                    yield getattr(row, name), link
