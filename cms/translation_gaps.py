"""Which pages are missing or behind in a language, for all pages at once: the rules of `translation_status` in SQL.

A test holds both together.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from django.db.models import Case, CharField, Exists, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.multilingual import LANGUAGES, SOURCE_LANGUAGE
from cms.translation_status import TranslationState

TARGETS: Final = tuple(code for code in LANGUAGES if code != SOURCE_LANGUAGE)
"""The codes of the languages that pages are translated into."""

NAMES: Final = {"en": _("English"), "hu": _("Hungarian")}


class Gap(StrEnum):
    """MISSING: readers of the language have no page. The others are those of `TranslationState`."""

    MISSING = "missing"
    UNTRANSLATED = TranslationState.UNTRANSLATED.value
    PARTIAL = TranslationState.PARTIAL.value
    STALE = TranslationState.STALE.value

    @property
    def words(self) -> Any:
        """For a cell or a filter."""
        return _WORDS[self]


_WORDS: Final = {
    Gap.MISSING: pgettext_lazy("translation of a page", "missing or not published"),
    Gap.UNTRANSLATED: pgettext_lazy("translation of a page", "not translated, in Romanian"),
    Gap.PARTIAL: pgettext_lazy("translation of a page", "translated in part"),
    Gap.STALE: pgettext_lazy("translation of a page", "older than the Romanian page"),
}


def gap_words(code: str) -> str:
    """The words for an annotated state, "" for a page that is complete."""
    return str(Gap(code).words) if code else ""


def source_pages(pages: Any) -> Any:
    """Of `pages` those that are translated from: published Romanian ones."""
    return pages.filter(locale__language_code=SOURCE_LANGUAGE, live=True, depth__gt=1)


def _target(language: str) -> Any:
    return Page.objects.filter(
        translation_key=OuterRef("translation_key"), locale__language_code=language, live=True
    )


def _translation(language: str) -> Any:
    return Translation.objects.filter(
        source__object_id=OuterRef("translation_key"), target_locale__language_code=language
    )


def _stale(language: str) -> Q:
    """Published since its texts were taken over for translation."""
    return Q(
        Exists(
            _translation(language).filter(
                source__last_updated_at__lt=OuterRef("last_published_at"),
            )
        )
    )


def _partial(language: str) -> Q:
    """A text of it has no translation."""
    done = StringTranslation.objects.filter(
        translation_of_id=OuterRef("string_id"),
        context_id=OuterRef("context_id"),
        locale__language_code=language,
        has_error=False,
    )
    untranslated = StringSegment.objects.filter(~Exists(done), source_id=OuterRef("source_id"))
    return Q(Exists(_translation(language).filter(Exists(untranslated))))


def gap_field(language: str) -> str:
    """The name of the annotation for `language` (a code)."""
    return f"gap_{language}"


def with_gaps(pages: Any, languages: tuple[str, ...] = TARGETS) -> Any:
    """`pages` (of `source_pages`) with a `Gap` for each language, "" where there is nothing to do."""
    return pages.annotate(
        **{
            gap_field(code): Case(
                When(~Exists(_target(code)), then=Value(Gap.MISSING.value)),
                When(
                    Exists(_target(code).filter(alias_of__isnull=False)),
                    then=Value(Gap.UNTRANSLATED.value),
                ),
                When(_stale(code), then=Value(Gap.STALE.value)),
                When(_partial(code), then=Value(Gap.PARTIAL.value)),
                default=Value(""),
                output_field=CharField(),
            )
            for code in languages
        }
    )


def behind(pages: Any, language: str) -> Any:
    """Of `pages` (of `source_pages`) those whose translation into `language` is older than they are.

    With `target`, the key of the translation, and `synced_at`, when its texts were taken over.
    """
    own = _target(language).filter(alias_of__isnull=True)
    return pages.filter(_stale(language), Exists(own)).annotate(
        target=Subquery(own.values("pk")[:1]),
        synced_at=Subquery(_translation(language).values("source__last_updated_at")[:1]),
    )


def with_any_gap(
    pages: Any, states: tuple[str, ...] = (), languages: tuple[str, ...] = TARGETS
) -> Any:
    """Of `pages` (of `with_gaps`) those with a gap in one of `languages`; of one of `states`, when any are given."""
    wanted = Q(pk__in=[])
    for code in languages:
        name = gap_field(code)
        wanted |= Q(**{f"{name}__in": states}) if states else ~Q(**{name: ""})
    return pages.filter(wanted)
