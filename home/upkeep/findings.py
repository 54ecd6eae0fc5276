"""What a department is told of its pages: reviews that are due, broken links, translations behind their source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from cms.translation_gaps import TARGETS, behind, source_pages
from contacts.page_care import due, with_owner, with_review
from home.links.models import LinkUse
from home.links.reasons import reason
from home.links.verdicts import State


class Kind(StrEnum):
    """In the order in which a mail tells them."""

    REVIEW = "review"
    LINK = "link"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that waits. `subject`: the same as long as it is the same matter, another when it comes up anew.

    `path`: where in the admin it is seen to. `day` and `detail` depend on the kind: the day of the review (None: never
    reviewed), the broken address, the language's code.
    """

    kind: Kind
    subject: str
    title: str
    path: str
    day: date | None = None
    detail: str = ""
    words: str = ""


Findings = dict[int, list[Finding]]
"""By the key of the department."""


def _owned(pages: Any) -> Any:
    return with_owner(pages).filter(cared_by__isnull=False)


def findings(now: datetime, today: date) -> Findings:
    """All that waits at `now` (aware), on `today` (the local day), of pages that have an owner: five queries."""
    found: Findings = defaultdict(list)
    for rows in (_reviews(now, today), _links(), _translations()):
        for owner, finding in rows:
            found[owner].append(finding)
    return found


def _reviews(now: datetime, today: date) -> Iterator[tuple[int, Finding]]:
    rows = _owned(with_review(due(Page.objects.all(), now, today))).order_by(
        F("review_on").asc(nulls_last=True), "last_published_at", "path"
    )
    for owner, pk, key, title, review_on, published_at in rows.values_list(
        "cared_by", "pk", "translation_key", "draft_title", "review_on", "last_published_at"
    ):
        since = review_on or f"never-{timezone.localdate(published_at)}"
        yield (
            owner,
            Finding(
                Kind.REVIEW,
                f"review:{key}:{since}",
                title,
                reverse("page_care", args=[pk]),
                review_on,
            ),
        )


def _links() -> Iterator[tuple[int, Finding]]:
    broken = LinkUse.objects.filter(link__state=State.BROKEN.value, page__live=True)
    owners = dict(
        _owned(Page.objects.filter(pk__in=broken.values("page"))).values_list("pk", "cared_by")
    )
    for use in broken.select_related("link", "page").order_by("link__failing_since", "pk"):
        link, page = use.link, use.page
        if page.pk not in owners:
            continue
        yield (
            owners[page.pk],
            Finding(
                Kind.LINK,
                f"link:{link.digest}:{page.pk}:{link.failing_since:%Y%m%d%H%M}",
                page.draft_title,
                reverse("wagtailadmin_pages:edit", args=[page.pk]),
                detail=link.url or use.words,
                words=reason(link),
            ),
        )


def _translations() -> Iterator[tuple[int, Finding]]:
    for code in TARGETS:
        rows = _owned(behind(source_pages(Page.objects.all()), code)).order_by("path")
        for owner, target, key, title, synced_at in rows.values_list(
            "cared_by", "target", "translation_key", "draft_title", "synced_at"
        ):
            yield (
                owner,
                Finding(
                    Kind.TRANSLATION,
                    f"translation:{key}:{code}:{synced_at:%Y%m%d%H%M}",
                    title,
                    reverse("wagtailadmin_pages:edit", args=[target]),
                    detail=code,
                ),
            )
