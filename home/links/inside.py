"""Links to this site's own pages and documents: whether what they lead to is there, asked of the database alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from wagtail.documents import get_document_model
from wagtail.models import Page

from home.links.models import CheckedLink
from home.links.verdicts import State

Kind = CheckedLink.Kind


def check_inside(now: datetime) -> int:
    """Bring the state of all internal links up to date; how many are broken. `now` is aware.

    Nobody is asked for patience: what is unpublished or deleted is so at once. Five statements, whatever there is.
    """
    targets = Page.objects.filter(pk=OuterRef("target_id"))
    documents = get_document_model().objects.filter(pk=OuterRef("target_id"))
    pages = CheckedLink.objects.filter(kind=Kind.PAGE)
    files = CheckedLink.objects.filter(kind=Kind.DOCUMENT)
    page_is_there = Q(Exists(targets.filter(live=True)), kind=Kind.PAGE)
    alive = page_is_there | Q(Exists(documents), kind=Kind.DOCUMENT)
    CheckedLink.objects.filter(alive).exclude(state=State.FINE.value).update(
        state=State.FINE.value, code="", failing_since=None
    )
    broken = _break(pages.filter(Exists(targets.filter(live=False))), "unpublished", now)
    broken += _break(pages.filter(~Exists(targets)), "deleted", now)
    broken += _break(files.filter(~Exists(documents)), "no_document", now)
    CheckedLink.objects.exclude(kind=Kind.WEB).update(checked_at=now)
    return broken


def _break(links: Any, code: str, now: datetime) -> int:
    links.exclude(state=State.BROKEN.value).update(state=State.BROKEN.value, failing_since=now)
    return int(links.update(code=code))
