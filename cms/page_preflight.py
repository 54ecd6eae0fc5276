"""Before publishing, what holds for every page: valid, described images, links that lead somewhere, plain words.

What stops publishing is only what would be unlawful or would break the page: an image without a description (OUG
112/2018; EN 301 549, 9.1.1.1) and what the page's own validation refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from cms.models import BasePage
from cms.multilingual import SOURCE_LANGUAGE
from cms.page_text import Part, PartKind
from cms.plain_language import (
    LONGEST_SENTENCE,
    cedilla_words,
    is_empty_link,
    is_file_name,
    long_sentences,
    shortened,
)
from cms.preflight import Draft, Finding, Level, register_preflight
from cms.querysets import open_pages
from cms.translation_status import TranslationState

LONGEST_TITLE: Final = 80
MOST_SENTENCES: Final = 5


def field_place(page: Any, name: str) -> str:
    """The label of a field of `page`, as the editor shows it."""
    try:
        return str(capfirst(str(page._meta.get_field(name).verbose_name)))
    except (FieldDoesNotExist, AttributeError):
        return ""


def undescribed_image(
    draft: Draft, field: str = "image", described_by: str = "image_alt"
) -> Iterator[Finding]:
    """For rules of page types: the image of a field needs its description, in the words of `described_by`."""
    page = draft.page
    if not getattr(page, f"{field}_id"):
        return
    text = getattr(page, described_by).strip()
    where = field_place(page, described_by)
    if not text:
        yield Finding(
            Level.BLOCK,
            "alt",
            _(
                "Describe the image for those who do not see it: one sentence on what is to be seen."
            ),
            where,
            described_by,
        )
    elif is_file_name(text):
        yield _file_name(where, described_by)


def _file_name(where: str, path: str) -> Finding:
    return Finding(
        Level.WARNING,
        "alt_file_name",
        _("The description is the name of a file. Write what is to be seen."),
        where,
        path,
    )


# -- validation ------------------------------------------------------------------------------------------------------


def valid(draft: Draft) -> Iterator[Finding]:
    """What the page's own validation would refuse: without this, approving such a draft would end in an error."""
    page = draft.page
    if not page.pk:
        return
    try:
        page.full_clean()
    except ValidationError as error:
        errors = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, messages in errors.items():
            path = "" if name == NON_FIELD_ERRORS else name
            for message in messages:
                yield Finding(Level.BLOCK, "invalid", str(message), field_place(page, path), path)


# -- images, files, links --------------------------------------------------------------------------------------------


def images(draft: Draft) -> Iterator[Finding]:
    """Images in blocks: described, or said to be decorative; and still there."""
    parts = [part for part in draft.parts if part.kind is PartKind.IMAGE]
    there = _existing(get_image_model(), parts)
    for part in parts:
        if part.target not in there:
            yield Finding(
                Level.WARNING,
                "image_gone",
                _("The image was deleted: choose another one or remove the block."),
                part.place,
                part.path,
            )
        elif not part.text and not part.decorative and part.path.endswith(".alt_text"):
            yield Finding(
                Level.BLOCK,
                "alt",
                _(
                    "Describe the image for those who do not see it, or tick that it is decorative: then it is"
                    " passed over."
                ),
                part.place,
                part.path,
            )
        elif is_file_name(part.text):
            yield _file_name(part.place, part.path)


def _existing(model: Any, parts: Iterable[Part]) -> dict[int, str]:
    """The titles of what the parts refer to and is still there, by key: one query, none without parts."""
    keys = {part.target for part in parts if part.target is not None}
    if not keys:
        return {}
    return dict(model.objects.filter(pk__in=keys).values_list("pk", "title"))


def documents(draft: Draft) -> Iterator[Finding]:
    """Files that readers download: still there, and titled in today's letters."""
    parts = [part for part in draft.parts if part.kind is PartKind.DOCUMENT]
    there = _existing(get_document_model(), parts)
    for part in parts:
        title = there.get(part.target or 0)
        if title is None:
            message = _("The file was deleted: choose another one or remove it here.")
            yield Finding(Level.WARNING, "document_gone", message, part.place, part.path)
        elif cedilla_words(title):
            message = _(
                "The title of the file has s or t with a cedilla: write ș and ț in “%(title)s”."
            )
            yield Finding(
                Level.WARNING,
                "cedilla",
                message % {"title": shortened(title)},
                part.place,
                part.path,
            )


def links(draft: Draft) -> Iterator[Finding]:
    """Links say where they lead, and lead to what readers may read."""
    parts = [part for part in draft.parts if part.kind is PartKind.LINK]
    keys = {part.target for part in parts if part.target is not None}
    # A page may lead to itself before it is public.
    keys -= {draft.page.pk}
    known = set(open_pages().filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    for part in parts:
        if is_empty_link(part.text):
            yield Finding(
                Level.WARNING,
                "empty_link",
                _(
                    "The link “%(words)s” does not say where it leads. People jump from link to link: name the page or"
                    " the file."
                )
                % {"words": shortened(part.text)},
                part.place,
                part.path,
            )
        if part.target in keys and part.target not in known:
            # Not by its title: it may be a draft of somebody else.
            yield Finding(
                Level.WARNING,
                "link_not_public",
                _(
                    "The link “%(words)s” leads to a page that is not public: readers do not get there."
                )
                % {"words": shortened(part.text)},
                part.place,
                part.path,
            )


# -- words -----------------------------------------------------------------------------------------------------------


def headings(draft: Draft) -> Iterator[Finding]:
    """A heading has words, and something under it; a table tells what its rows and columns are."""
    for part in draft.parts:
        if part.kind is PartKind.HEADING and not part.text.strip():
            yield Finding(
                Level.WARNING,
                "empty_heading",
                _("The heading is empty: write it or remove the block."),
                part.place,
                part.path,
            )
        elif part.kind is PartKind.TABLE and not part.has_header:
            yield Finding(
                Level.ADVICE,
                "table_header",
                _(
                    "The table has no header: tick that the first row or column is one, so that it can be read aloud."
                ),
                part.place,
                part.path,
            )


def summary_and_title(draft: Draft) -> Iterator[Finding]:
    """What stands in lists and search results."""
    page = draft.page
    if not page.summary.strip():
        yield Finding(
            Level.ADVICE,
            "no_summary",
            _(
                "Write the answer in one or two sentences: it stands under the title, in lists and in search results."
            ),
            field_place(page, "summary"),
            "summary",
        )
    if len(page.title) > LONGEST_TITLE:
        yield Finding(
            Level.ADVICE,
            "long_title",
            _("The title has %(number)s characters; lists and telephones show about %(most)s.")
            % {"number": len(page.title), "most": LONGEST_TITLE},
            field_place(page, "title"),
            "title",
        )


def plain_words(draft: Draft) -> Iterator[Finding]:
    """Cedillas, and sentences that take two readings."""
    told = 0
    for part in draft.parts:
        if words := cedilla_words(part.text):
            yield Finding(
                Level.WARNING,
                "cedilla",
                _("s or t with a cedilla in: %(words)s. Saving the draft writes them with a comma.")
                % {"words": shortened(", ".join(words))},
                part.place,
                part.path,
            )
        if not part.prose or told == MOST_SENTENCES:
            continue
        for sentence in long_sentences(part.text)[: MOST_SENTENCES - told]:
            told += 1
            yield Finding(
                Level.ADVICE,
                "long_sentence",
                _("More than %(number)s words in one sentence: “%(sentence)s” Make two of it.")
                % {"number": LONGEST_SENTENCE, "sentence": shortened(sentence)},
                part.place,
                part.path,
            )


# -- languages -------------------------------------------------------------------------------------------------------

_OWN_STATE: Final = {
    TranslationState.PARTIAL: "partial",
    TranslationState.STALE: "stale",
}


def translations(draft: Draft) -> Iterator[Finding]:
    """Of the Romanian page: which languages lack it. Of a translation: whether it lags behind."""
    page = draft.page
    if not page.pk:
        return
    if not draft.is_source:
        notice = page.translation_notice
        if notice is not None and notice.kind in _OWN_STATE:
            message = (
                _("Parts of it are not translated: readers see them in Romanian.")
                if notice.kind is TranslationState.PARTIAL
                else _("The Romanian page has changed since: sync it and translate what is new.")
            )
            yield Finding(Level.WARNING, f"translation_{_OWN_STATE[notice.kind]}", message)
        return
    for code, _name in settings.LANGUAGES:
        if code == SOURCE_LANGUAGE:
            continue
        version = draft.versions.get(code)
        language = {"language": get_language_info(code)["name_translated"]}
        if version is None:
            message = _(
                "There is no version in %(language)s: readers of it are led to their home page."
            )
            yield Finding(
                Level.WARNING,
                "translation_missing",
                message % language,
                url=reverse("wagtail_localize:submit_page_translation", args=[page.pk]),
                action=_("Translate this page"),
            )
        elif version.alias_of_id:
            message = _("It is not translated into %(language)s: readers see the Romanian text.")
            yield Finding(Level.WARNING, "translation_missing", message % language)
        elif not version.live:
            message = _("The version in %(language)s is not published.")
            yield Finding(Level.WARNING, "translation_draft", message % language)


def register() -> None:
    """For the app's `ready`."""
    for rule in (
        translations,
        images,
        links,
        documents,
        headings,
        summary_and_title,
        plain_words,
        valid,
    ):
        register_preflight(BasePage, rule)
