"""The texts, links, images and files of a page, each with the way to its field: what rules of style read.

StreamFields are read as they are stored, so a draft with a deleted image or a half-filled block is read like any other,
and without a query.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from html.parser import HTMLParser
from typing import Any, Final

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageBlock, ImageChooserBlock

from cms.blocks.prose import HeadingBlock, LinkBlock
from cms.multilingual import SOURCE_LANGUAGE

_NO_PROSE: Final = (models.SlugField, models.URLField, models.EmailField)
_NOT_READ: Final = frozenset({"key", "draft_title", "url_path", "path"})


class PartKind(StrEnum):
    """What a part is. RICH parts have been taken apart: their words are TEXT, their links LINK."""

    TEXT = "text"
    HEADING = "heading"
    LINK = "link"
    IMAGE = "image"
    DOCUMENT = "document"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a page. `path`: of its field, as Wagtail's comments name it; `place`: the same for a person.

    `text`: what it says, a link's words or an image's description. `target`: the key of the page, image or document
    that it refers to; `url`: another address. `decorative`: an image that says nothing. `prose`: running text.
    """

    kind: PartKind
    path: str
    place: str
    text: str = ""
    target: int | None = None
    url: str = ""
    decorative: bool = False
    has_header: bool = True
    prose: bool = False


def parts_of(page: Any) -> list[Part]:
    """The parts of `page` in the order of its fields; of a translation only what its own language says."""
    found: list[Part] = []
    for column in _fields(page):
        place = capfirst(str(column.verbose_name))
        value = column.value_from_object(page)
        if isinstance(column, StreamField):
            block = column.stream_block
            raw = block.get_prep_value(value) if value is not None else []
            found += _of_block(block, raw, column.name, place)
        elif isinstance(column, RichTextField):
            found += _of_rich_text(str(value or ""), column.name, place)
        elif value:
            prose = isinstance(column, models.TextField)
            found.append(Part(PartKind.TEXT, column.name, place, str(value), prose=prose))
    return found


def _fields(page: Any) -> Iterator[Any]:
    shared = set()
    if page.locale_id and page.locale.language_code != SOURCE_LANGUAGE:
        # Told of on the Romanian page, which alone can change them.
        shared = {item.field_name for item in getattr(page, "override_translatable_fields", ())}
    for column in page._meta.concrete_fields:
        if column.name in shared or column.name in _NOT_READ or not column.editable:
            continue
        if isinstance(column, StreamField | RichTextField | models.TextField):
            yield column
        elif isinstance(column, _NO_PROSE) or column.choices:
            continue
        elif isinstance(column, models.CharField):
            yield column


# -- blocks ----------------------------------------------------------------------------------------------------------


def _of_block(block: Any, raw: Any, path: str, place: str) -> Iterator[Part]:
    if isinstance(block, blocks.StreamBlock):
        for number, item in enumerate(raw or (), start=1):
            child = block.child_blocks.get(item.get("type"))
            if child is not None:
                where = _("%(field)s, block %(number)s (%(kind)s)") % {
                    "field": place,
                    "number": number,
                    "kind": capfirst(str(child.label)),
                }
                yield from _of_block(child, item.get("value"), f"{path}.{item.get('id')}", where)
    elif isinstance(block, blocks.ListBlock):
        for item in raw or ():
            is_item = isinstance(item, dict) and item.get("type") == "item" and "value" in item
            inner = f"{path}.{item.get('id')}" if is_item else path
            yield from _of_block(
                block.child_block, item["value"] if is_item else item, inner, place
            )
    elif isinstance(block, ImageBlock):
        yield from _of_image(raw, path, place)
    elif isinstance(block, LinkBlock):
        yield from _of_link(raw or {}, path, place)
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from _of_block(child, (raw or {}).get(name), f"{path}.{name}", place)
    else:
        yield from _of_leaf(block, raw, path, place)


def _of_leaf(block: Any, raw: Any, path: str, place: str) -> Iterator[Part]:
    if isinstance(block, HeadingBlock):
        yield Part(PartKind.HEADING, path, place, str(raw or ""))
    elif isinstance(block, blocks.RichTextBlock):
        yield from _of_rich_text(str(raw or ""), path, place)
    elif isinstance(block, TableBlock):
        table = raw if isinstance(raw, dict) else {}
        cells = [str(cell) for row in table.get("data") or () for cell in row or () if cell]
        header = bool(table.get("first_row_is_table_header") or table.get("first_col_is_header"))
        if cells:
            yield Part(PartKind.TABLE, path, place, has_header=header)
            yield Part(PartKind.TEXT, path, place, "\n".join(cells))
    elif isinstance(block, DocumentChooserBlock):
        if raw:
            yield Part(PartKind.DOCUMENT, path, place, target=_key(raw))
    elif isinstance(block, ImageChooserBlock):
        # Shown with the image's own title: there is no description of it here.
        if raw:
            yield Part(PartKind.IMAGE, path, place, target=_key(raw))
    elif isinstance(block, blocks.CharBlock | blocks.TextBlock) and raw:
        prose = isinstance(block, blocks.TextBlock)
        yield Part(PartKind.TEXT, path, place, str(raw), prose=prose)


def _of_image(raw: Any, path: str, place: str) -> Iterator[Part]:
    value = raw if isinstance(raw, dict) else {"image": raw}
    image = _key(value.get("image"))
    if image is not None:
        yield Part(
            PartKind.IMAGE,
            f"{path}.alt_text",
            place,
            str(value.get("alt_text") or "").strip(),
            target=image,
            decorative=bool(value.get("decorative")),
        )


def _of_link(raw: dict[str, Any], path: str, place: str) -> Iterator[Part]:
    page, url, title = _key(raw.get("page")), str(raw.get("url") or ""), str(raw.get("title") or "")
    if page is not None or url:
        words = title or (_("the page's own title") if page is not None else url)
        yield Part(PartKind.LINK, f"{path}.title", place, words, target=page, url=url)
    if raw.get("text"):
        yield Part(PartKind.TEXT, f"{path}.text", place, str(raw["text"]))


def _key(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


# -- rich text -------------------------------------------------------------------------------------------------------

_BREAKS: Final = frozenset({"p", "li", "ul", "ol", "br", "h2", "h3", "h4", "hr", "blockquote"})


@dataclass(slots=True)
class _Link:
    kind: str
    target: int | None
    url: str
    words: list[str] = field(default_factory=list)


class _RichText(HTMLParser):
    """Takes Wagtail's rich text apart: its words with a line break between blocks, and its links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[_Link] = []
        self._open: _Link | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.words.append("\n")
        elif tag == "a":
            values = dict(attrs)
            self._open = _Link(
                values.get("linktype") or "", _key(values.get("id")), values.get("href") or ""
            )
            self.links.append(self._open)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = None
        elif tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._open is not None:
            self._open.words.append(data)


def _of_rich_text(html: str, path: str, place: str) -> Iterator[Part]:
    reader = _RichText()
    reader.feed(html)
    reader.close()
    text = "".join(reader.words)
    if text.strip():
        yield Part(PartKind.TEXT, path, place, text, prose=True)
    for link in reader.links:
        words = " ".join("".join(link.words).split())
        if link.kind == "document":
            yield Part(PartKind.DOCUMENT, path, place, target=link.target)
        yield Part(
            PartKind.LINK,
            path,
            place,
            words,
            target=link.target if link.kind == "page" else None,
            url=link.url,
        )
