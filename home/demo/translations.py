"""Gives a demo page its English and Hungarian versions the way a translator would: through wagtail-localize."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from wagtail.models import Locale, Page
from wagtail_localize.models import (
    String,
    StringSegment,
    StringTranslation,
    Translation,
    TranslationContext,
    TranslationSource,
)

Texts = dict[str, dict[str, str]]


def texts_in(data: Any) -> Iterator[dict[str, str]]:
    """All trilingual mappings inside a piece of the content file."""
    if isinstance(data, dict):
        if set(data) == {"ro", "en", "hu"}:
            yield data
        else:
            for value in data.values():
                yield from texts_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts_in(value)


def catalogue(*pieces: Any) -> Texts:
    """{Romanian text: {"en": …, "hu": …}} over pieces of the content file; also as rich text writes it."""
    found: Texts = {}
    for piece in pieces:
        for text in texts_in(piece):
            found[text["ro"]] = text
            found.setdefault(
                escape(text["ro"], quote=False),
                {k: escape(v, quote=False) for k, v in text.items()},
            )
    return found


def translate_page(page: Page, texts: Texts, slugs: dict[str, str], locales: list[Locale]) -> None:
    """Translate `page` into `locales` and publish; raises CommandError for a text without translation."""
    source, _ = TranslationSource.update_or_create_from_instance(page)
    _gather_statistics()
    for locale in locales:
        language = locale.language_code
        translation, created = Translation.objects.get_or_create(
            source=source, target_locale=locale
        )
        if not created:
            continue
        po = translation.export_po()
        for entry in po:
            if entry.msgctxt == "slug":
                entry.msgstr = slugs[language]
            elif entry.msgid in texts:
                entry.msgstr = texts[entry.msgid][language]
            elif entry.msgid:
                raise CommandError(f"No {language} text for “{entry.msgid}” ({entry.msgctxt})")
        translation.import_po(po)
        # Published here and not by wagtail-localize: it publishes at commit what it read before the pages
        # below were added, and so would overwrite their number (treebeard's numchild).
        translation.save_target(publish=False)
        translation.get_target_instance().get_latest_revision().publish()


_GROWING = (StringSegment, TranslationContext, TranslationSource, StringTranslation, String)


def _gather_statistics() -> None:
    """Let PostgreSQL look at the tables that grow in this one transaction, each time they have doubled.

    By itself it looks only at what is committed, takes them for empty, and plans each of wagtail-localize's
    deletions as a walk over all of them.
    """
    number = TranslationSource.objects.count()
    if connection.vendor == "postgresql" and number & (number - 1) == 0:
        names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in _GROWING)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {names}")
