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
        _write_texts(translation, texts, slugs[language])
        if not page.has_translation(locale):
            _make_room(page, locale, texts[page.title][language], slugs[language])
        # Published here and not by wagtail-localize: it publishes at commit what it read before the pages
        # below were added, and so would overwrite their number (treebeard's numchild).
        translation.save_target(publish=False)
        translation.get_target_instance().get_latest_revision().publish()


def _make_room(page: Page, locale: Locale, title: str, slug: str) -> None:
    """Make the draft that the translation of `page` goes into, at its final address.

    wagtail-localize would copy the Romanian page first and then rename the copy, which leaves a redirect behind from
    an address that nobody knows.
    """
    parent = page.get_parent()
    if not parent.is_root():
        parent = parent.get_translation_or_none(locale)
    if parent is None:
        return  # wagtail-localize copies what is missing above as well.
    shared = {
        field.attname for field in type(page)._meta.local_concrete_fields if not field.primary_key
    }
    parent.add_child(
        instance=type(page)(
            **{name: getattr(page, name) for name in shared},
            translation_key=page.translation_key,
            locale=locale,
            live=False,
            title=title,
            slug=slug,
        )
    )


def _write_texts(translation: Translation, texts: Texts, slug: str) -> None:
    """Give every piece of the source its translation: all in one statement, as there are dozens for each page."""
    language = translation.target_locale.language_code
    pieces = StringSegment.objects.filter(source=translation.source)
    found = {}
    for piece in pieces.order_by("order").select_related("context", "string"):
        text, path = piece.string.data, piece.context.path
        if not text:
            continue
        if path != "slug" and text not in texts:
            raise CommandError(f"No {language} text for “{text}” ({path})")
        found[piece.string_id, piece.context_id] = StringTranslation(
            translation_of=piece.string,
            context=piece.context,
            locale=translation.target_locale,
            data=slug if path == "slug" else texts[text][language],
            translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
        )
    StringTranslation.objects.bulk_create(
        found.values(),
        update_conflicts=True,
        unique_fields=["locale", "translation_of", "context"],
        update_fields=["data", "translation_type", "updated_at"],
    )


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
