"""Pages by the thousand, for counting queries: rows of the page table alone, which is all that reports read."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max
from wagtail.models import Locale, Page

from cms.models import StandardPage


def add_many(
    parent: Any, number: int, published: datetime, language: str = "ro", **values: Any
) -> list[Page]:
    """`number` published pages below `parent`, last published at `published` (aware)."""
    parent = Page.objects.get(pk=parent.pk)
    content_type = ContentType.objects.get_for_model(StandardPage)
    locale = Locale.objects.get(language_code=language)
    last = Page.objects.child_of(parent).aggregate(last=Max("path"))["last"]
    first = Page._str2int(last[parent.steplen * parent.depth :]) + 1 if last else 1
    keys = values.pop("translation_keys", None) or [uuid.uuid4() for _ in range(number)]
    pages = Page.objects.bulk_create(
        Page(
            path=Page._get_path(parent.path, parent.depth + 1, first + n),
            depth=parent.depth + 1,
            title=f"Pagina {first + n}",
            draft_title=f"Pagina {first + n}",
            slug=f"pagina-{first + n}",
            url_path=f"{parent.url_path}pagina-{first + n}/",
            content_type=content_type,
            locale=locale,
            translation_key=keys[n],
            live=True,
            last_published_at=published,
            **values,
        )
        for n in range(number)
    )
    Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild + number)
    return pages
