"""How a page in one language stands to its source: told to editors and, honestly, to readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.multilingual import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from cms.models import BasePage


class TranslationState(StrEnum):
    """UNTRANSLATED: the source's text stands in. PARTIAL: some of it does. STALE: older than its source."""

    UNTRANSLATED = "untranslated"
    PARTIAL = "partial"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class TranslationNotice:
    """`language`: the code of the language the prose is in; `source_date`: when the source last changed."""

    kind: TranslationState
    language: str
    source_url: str | None
    source_date: datetime | None
    translated_date: datetime | None = None

    @property
    def lang(self) -> str:
        """`language`, as templates name it."""
        return self.language


def _progress(page: BasePage) -> Translation | None:
    """The translation behind `page`, with `total` and `translated` texts counted: one query."""
    segments = (
        StringSegment.objects.filter(source_id=OuterRef("source_id")).order_by().values("source_id")
    )
    done = Exists(
        StringTranslation.objects.filter(
            translation_of_id=OuterRef("string_id"),
            context_id=OuterRef("context_id"),
            locale_id=OuterRef(OuterRef("target_locale_id")),
            has_error=False,
        )
    )
    return (
        Translation.objects.filter(
            source__object_id=page.translation_key, target_locale_id=page.locale_id
        )
        .select_related("source")
        .annotate(
            total=Coalesce(Subquery(segments.annotate(n=Count("pk")).values("n")), 0),
            translated=Coalesce(
                Subquery(segments.filter(done).annotate(n=Count("pk")).values("n")), 0
            ),
        )
        .first()
    )


def translation_notice(page: BasePage) -> TranslationNotice | None:
    """The notice that `page` must carry, None for source pages and for complete, fresh translations.

    One query beside the page's family; none for pages in the source language.
    """
    family = page.family
    language = page.locale.language_code
    if language == SOURCE_LANGUAGE or not page.pk:
        return None
    source = family.translations.get(SOURCE_LANGUAGE)
    if page.alias_of_id:
        return TranslationNotice(
            TranslationState.UNTRANSLATED,
            SOURCE_LANGUAGE,
            page.address_of(source) if source else None,
            source.last_published_at if source else None,
        )
    translation = _progress(page)
    if translation is None or source is None:
        return None
    extracted = translation.source.last_updated_at
    stale = bool(source.last_published_at and source.last_published_at > extracted)
    if translation.translated >= translation.total and not stale:
        return None
    return TranslationNotice(
        TranslationState.STALE if stale else TranslationState.PARTIAL,
        language if translation.translated else SOURCE_LANGUAGE,
        page.address_of(source),
        source.last_published_at,
        extracted,
    )
