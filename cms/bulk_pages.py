"""Many pages at once: the rows that saving each would write, in a few queries for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F
from wagtail.models import Page

from cms.models import BasePage

_PAGE_FIELDS = [field for field in Page._meta.concrete_fields if not field.primary_key]


@transaction.atomic
def insert_pages(parent: Page, pages: Sequence[BasePage]) -> None:
    """Insert `pages`, new and all of one type, below `parent`, after the children that it has, in their order.

    They come with title, slug (free below `parent`) and locale, validated by the caller. What saving a page sets off
    does not happen: no signals, so neither Wagtail's search index nor its index of references knows them
    (`update_index`, `rebuild_references_index`), and the content's version is the caller's to bump.
    """
    if not pages:
        return
    model = type(pages[0])
    content_type = ContentType.objects.get_for_model(model)
    parent = Page.objects.select_for_update().get(pk=parent.pk)
    last = parent.get_last_child()
    step = Page._str2int(last.path[-Page.steplen :]) if last else 0
    for number, page in enumerate(pages, start=step + 1):
        page.write_comma_below()
        page.path = Page._get_path(parent.path, parent.depth + 1, number)
        page.depth = parent.depth + 1
        page.numchild = 0
        page.content_type = content_type
        page.draft_title = page.draft_title or page.title
        page.url_path = f"{parent.url_path}{page.slug}/"
    rows = Page.objects.bulk_create(
        Page(**{field.attname: getattr(page, field.attname) for field in _PAGE_FIELDS})
        for page in pages
    )
    for page, row in zip(pages, rows, strict=True):
        page.pk = page.id = row.pk
        page._state.db, page._state.adding = row._state.db, False
    # bulk_create() refuses models with parents, whose rows it would not know the keys of. Here they are known.
    own: Any = model._base_manager.all()
    own._batched_insert(list(pages), model._meta.local_concrete_fields, None)
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(pages))
