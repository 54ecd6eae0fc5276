"""The links in a page's stored content: rich text, blocks and addresses in fields. No link is resolved here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urlsplit

from django.db.models import Model, URLField
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField


@dataclass(frozen=True, slots=True)
class Found:
    """A link: either `url` (http or https, without what follows #), or the key of a `page` or a `document`."""

    url: str = ""
    page: int | None = None
    document: int | None = None
    words: str = ""


class _Anchors(HTMLParser):
    """Collects the anchors of rich text as the database holds it: with linktype and id where they are internal."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Found] = []
        self._open: Mapping[str, str | None] | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open, self._words = dict(attrs), []

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag != "a" or self._open is None:
            return
        words = " ".join("".join(self._words).split())
        found = _internal(self._open, words) or _external(self._open.get("href") or "", words)
        if found is not None:
            self.found.append(found)
        self._open = None


def _internal(attributes: Mapping[str, str | None], words: str) -> Found | None:
    number = _number(attributes.get("id"))
    if number is None:
        return None
    kind = attributes.get("linktype")
    if kind == "page":
        return Found(page=number, words=words)
    return Found(document=number, words=words) if kind == "document" else None


def _number(value: Any) -> int | None:
    text = str(value if value is not None else "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None


def _external(address: str, words: str = "") -> Found | None:
    address = address.strip()
    if not address.lower().startswith(("http://", "https://")):
        return None
    try:
        address = urldefrag(address).url
        parts = urlsplit(address)
    except ValueError:
        return Found(url=address, words=words)
    # The same page, whichever of the two somebody typed.
    return Found(url=address if parts.path or parts.query else f"{address}/", words=words)


def links_in_html(html: str) -> list[Found]:
    """The links of a rich text."""
    if "<a" not in html:
        return []
    parser = _Anchors()
    parser.feed(html)
    parser.close()
    return parser.found


def links_in_block(block: Any, value: Any) -> Iterator[Found]:
    """The links of a block by its definition and raw value; what is damaged or unknown has none."""
    if isinstance(block, blocks.StreamBlock):
        for child in value if isinstance(value, list) else ():
            if isinstance(child, Mapping) and child.get("type") in block.child_blocks:
                yield from links_in_block(block.child_blocks[child["type"]], child.get("value"))
    elif isinstance(block, blocks.ListBlock):
        for child in value if isinstance(value, list) else ():
            # Since Wagtail 2.16 an item says what it is; before, it was its value.
            known = isinstance(child, Mapping) and child.get("type") == "item" and "value" in child
            yield from links_in_block(block.child_block, child["value"] if known else child)
    elif isinstance(block, blocks.StructBlock):
        if isinstance(value, Mapping):
            for name, inner in block.child_blocks.items():
                yield from _titled(value, links_in_block(inner, value.get(name)))
    elif isinstance(block, blocks.RichTextBlock):
        yield from links_in_html(value if isinstance(value, str) else "")
    elif isinstance(block, blocks.PageChooserBlock):
        if (number := _number(value)) is not None:
            yield Found(page=number)
    elif isinstance(block, DocumentChooserBlock):
        if (number := _number(value)) is not None:
            yield Found(document=number)
    elif isinstance(block, blocks.URLBlock):
        found = _external(value if isinstance(value, str) else "")
        if found is not None:
            yield found


def _titled(value: Mapping[str, Any], found: Iterator[Found]) -> Iterator[Found]:
    """A link without words of its own goes by the title that stands beside it."""
    title = value.get("title")
    for link in found:
        if link.words or not isinstance(title, str):
            yield link
        else:
            yield Found(link.url, link.page, link.document, title)


def has_links(model: type[Model]) -> bool:
    """Whether rows of `model` can hold links."""
    return any(isinstance(f, URLField | RichTextField | StreamField) for f in model._meta.fields)


def links_of(row: Model) -> Iterator[Found]:
    """The links in the fields of a row: of a page, or of a part of it. No query."""
    for field in row._meta.fields:
        value = field.value_from_object(row)
        if not value:
            continue
        if isinstance(field, StreamField):
            yield from links_in_block(field.stream_block, list(value.raw_data))
        elif isinstance(field, RichTextField):
            yield from links_in_html(str(value))
        elif isinstance(field, URLField):
            found = _external(str(value))
            if found is not None:
                yield found
