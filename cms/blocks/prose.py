"""Blocks of running text and lists."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from cms.multilingual import content_language
from cms.page_urls import page_url
from cms.querysets import open_pages, own_version_in

RICH_TEXT_FEATURES = ["bold", "italic", "link", "document-link", "ul", "ol"]

# Previews in the block chooser; Romanian, like the admin.
_SAMPLE = "Programul cu publicul este afișat la fiecare ghișeu și pe această pagină."


class HeadingBlock(blocks.CharBlock):
    """A section heading (h2)."""

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "blocks/heading.html"
        description = _("A section heading; the page's contents are read by its headings.")
        preview_value = "Program cu publicul"


class ParagraphBlock(blocks.RichTextBlock):
    """Paragraphs with links and lists."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", RICH_TEXT_FEATURES)
        super().__init__(**kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "blocks/paragraph.html"
        description = _("Paragraphs with links, bold words and simple lists.")
        preview_value = f"<p>{_SAMPLE}</p>"


class TicksBlock(blocks.ListBlock):
    """What we do, point by point."""

    def __init__(self, child_block: Any = None, **kwargs: Any) -> None:
        super().__init__(
            child_block
            or blocks.CharBlock(
                label=_("Point"),
                max_length=400,
                help_text=_("One sentence, ending in a full stop."),
            ),
            **kwargs,
        )

    class Meta:
        icon = "list-ul"
        label = _("Points")
        template = "blocks/ticks.html"
        description = _("A list of short sentences with the roof tick before each.")
        preview_value = [_SAMPLE, "Petițiile se înregistrează în ziua primirii."]


class FactBlock(blocks.StructBlock):
    term = blocks.CharBlock(label=_("What"), max_length=120, help_text=_("E.g. “Address”."))
    text = blocks.CharBlock(
        label=_("Value"), max_length=500, help_text=_("The answer, in a phrase.")
    )


class FactsBlock(blocks.ListBlock):
    """Terms and values."""

    def __init__(self, child_block: Any = None, **kwargs: Any) -> None:
        super().__init__(child_block or FactBlock(), **kwargs)

    class Meta:
        icon = "table"
        label = _("Facts")
        template = "blocks/facts.html"
        description = _("Pairs of a term and its value, set as a table of facts.")
        preview_value = [{"term": "Adresă", "text": "str. Moților nr. 3, Cluj-Napoca"}]


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Step"), max_length=160, help_text=_("What to do, as a verb."))
    text = blocks.TextBlock(
        label=_("Detail"), required=False, help_text=_("Optional: how, where, with what.")
    )


class StepsBlock(blocks.ListBlock):
    """Numbered steps."""

    def __init__(self, child_block: Any = None, **kwargs: Any) -> None:
        super().__init__(child_block or StepBlock(), **kwargs)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "blocks/steps.html"
        description = _("What to do first, second, third.")
        preview_value = [{"title": "Scrieți ce s-a întâmplat", "text": _SAMPLE}]


class NoticeBlock(blocks.StructBlock):
    """A sentence that must not be missed."""

    level = blocks.ChoiceBlock(
        label=_("Level"),
        choices=[("info", _("information")), ("warning", _("warning"))],
        default="info",
        help_text=_("Warnings are for what changes or closes."),
    )
    text = blocks.TextBlock(label=_("Text"), help_text=_("One or two sentences."))

    class Meta:
        icon = "info-circle"
        label = _("Notice")
        template = "blocks/notice.html"
        description = _("A framed sentence that must not be missed.")
        preview_value = {"level": "info", "text": _SAMPLE}


class AccordionItemBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("Question"), max_length=200, help_text=_("As a reader asks it.")
    )
    text = blocks.RichTextBlock(
        label=_("Answer"), features=RICH_TEXT_FEATURES, help_text=_("The answer first.")
    )


class AccordionBlock(blocks.ListBlock):
    """Questions that open."""

    def __init__(self, child_block: Any = None, **kwargs: Any) -> None:
        super().__init__(child_block or AccordionItemBlock(), **kwargs)

    class Meta:
        icon = "collapse-down"
        label = _("Questions")
        template = "blocks/accordion.html"
        description = _("Questions whose answers open; all open in print.")
        preview_value = [{"title": "Când este deschis?", "text": f"<p>{_SAMPLE}</p>"}]


class LinkBlock(blocks.StructBlock):
    page = blocks.PageChooserBlock(
        label=_("Page"), required=False, help_text=_("A page of this site…")
    )
    url = blocks.URLBlock(label=_("Address"), required=False, help_text=_("…or another address."))
    title = blocks.CharBlock(
        label=_("Text"), required=False, max_length=160, help_text=_("Empty: the page's title.")
    )
    text = blocks.CharBlock(
        label=_("Detail"), required=False, max_length=300, help_text=_("Why to go there.")
    )


class LinksBlock(blocks.ListBlock):
    """Where to go on."""

    def __init__(self, child_block: Any = None, **kwargs: Any) -> None:
        super().__init__(child_block or LinkBlock(), **kwargs)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Adds `links`: titles and addresses, with pages in the reader's language where they exist."""
        context = super().get_context(value, parent_context)
        request = (parent_context or {}).get("request")
        versions = self._versions(value)
        links = []
        for item in value:
            page = item.get("page")
            path, page_title = versions.get(page.pk, ("", "")) if page else ("", "")
            url = page_url(path, request) or item.get("url")
            title = item.get("title") or page_title or url
            if url and title:
                links.append({"url": url, "title": title, "text": item.get("text")})
        context["links"] = links
        return context

    @staticmethod
    def _versions(value: Any) -> dict[int, tuple[str, str]]:
        """(path, title) of the chosen pages' live versions in the reader's language, else of the pages: one query."""
        ids = [item["page"].pk for item in value if item.get("page")]
        if not ids:
            return {}
        language = content_language()
        pages = (
            open_pages()
            .filter(pk__in=ids)
            .annotate(
                version_path=Coalesce(own_version_in(language), "url_path"),
                version_title=Coalesce(own_version_in(language, "title"), "title"),
            )
        )
        return {
            pk: (path, title)
            for pk, path, title in pages.values_list("pk", "version_path", "version_title")
        }

    class Meta:
        icon = "link"
        label = _("Links")
        template = "blocks/links.html"
        description = _("A booklet-style list of where to go on.")
        preview_value = [
            {"url": "https://example.org/", "title": "Cartea de telefon", "text": _SAMPLE}
        ]


class FigureBlock(blocks.StructBlock):
    """An image with its caption and credit."""

    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(
        label=_("Caption"), required=False, max_length=250, help_text=_("What is to be seen.")
    )
    credit = blocks.CharBlock(
        label=_("Credit"), required=False, max_length=160, help_text=_("Author and licence.")
    )

    class Meta:
        icon = "image"
        label = _("Image")
        template = "blocks/figure.html"
        description = _("A picture with description, caption and credit.")
        preview_template = "blocks/figure_preview.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Quote"), help_text=_("Without quotation marks."))
    source = blocks.CharBlock(
        label=_("Source"), required=False, max_length=160, help_text=_("Who said or wrote it.")
    )

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "blocks/quote.html"
        description = _("Somebody's words, with their source.")
        preview_value = {"text": _SAMPLE, "source": "Regulamentul de ordine interioară"}


class DocumentsBlock(blocks.ListBlock):
    """Files to download."""

    def __init__(self, child_block: Any = None, **kwargs: Any) -> None:
        super().__init__(child_block or DocumentChooserBlock(label=_("Document")), **kwargs)

    class Meta:
        icon = "doc-full-inverse"
        label = _("Documents")
        template = "blocks/documents.html"
        description = _("Files to download, with their kind and size.")
        preview_template = "blocks/documents_preview.html"


class ContactBlock(blocks.StructBlock):
    """A department's contacts, read where they are kept: a changed number changes here too."""

    # By name: contacts stand above this app.
    department = SnippetChooserBlock(
        "contacts.Department", label=_("Department"), help_text=_("Its public contacts are shown.")
    )
    title = blocks.CharBlock(
        label=_("Title"), required=False, max_length=120, help_text=_("Empty: “Contact”.")
    )

    class Meta:
        icon = "mail"
        label = _("Contact")
        template = "blocks/contact.html"
        description = _("The contact card of a department, always up to date.")
        preview_template = "blocks/contact_preview.html"


class BodyBlock(blocks.StreamBlock):
    """The body of a prose page."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock()
    ticks = TicksBlock()
    facts = FactsBlock()
    steps = StepsBlock()
    notice = NoticeBlock()
    accordion = AccordionBlock()
    links = LinksBlock()
    figure = FigureBlock()
    quote = QuoteBlock()
    contact = ContactBlock()
    documents = DocumentsBlock()
    table = TableBlock(
        label=_("Table"),
        template="blocks/table.html",
        icon="table",
        description=_("Rows and columns; give it a header row and a caption."),
        preview_value={
            "data": [["Zi", "Program"], ["luni", "08:00–16:00"]],
            "first_row_is_table_header": True,
            "table_caption": "Program",
        },
    )

    class Meta:
        required = False
