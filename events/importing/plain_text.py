"""Text from outside made into plain text: no markup, no control characters, no tricks with direction."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

from cms.romanian import comma_below

# Cc without tab and line feed, surrogates, the marks that turn the direction of what follows (Trojan Source),
# noncharacters and the byte order mark. The joiners of emoji and of Indic scripts stay.
_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
# Google and Outlook write HTML into DESCRIPTION, which is plain text by RFC 5545 section 3.8.1.5.
_MARKUP: Final = re.compile(
    r"</?(?:a|b|blockquote|body|br|center|div|em|font|form|h[1-6]|head|hr|html|i|iframe|img|input|li|link|meta|"
    r"object|ol|p|pre|script|small|span|strong|style|sub|sup|svg|table|tbody|td|th|title|tr|u|ul)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_SILENT: Final = frozenset(
    {"script", "style", "head", "title", "svg", "object", "iframe", "template"}
)
_BLOCKS: Final = frozenset(
    "blockquote br center div form h1 h2 h3 h4 h5 h6 hr li ol p pre table tr ul".split()
)
_PARAGRAPHS: Final = frozenset("blockquote h1 h2 h3 h4 h5 h6 ol p table ul".split())


class _TextOf(HTMLParser):
    """Collects what a reader of a page would see, with the addresses of its links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._link = ""
        self._link_from = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in _BLOCKS:
            self.parts.append("\n\n" if tag in _PARAGRAPHS else "\n")
        elif tag == "a":
            self._link = web_link(dict(attrs).get("href") or "")
            self._link_from = len(self.parts)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag in ("div", "tr", "li"):
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag == "a" and self._link:
            label = "".join(self.parts[self._link_from :]).strip()
            if label.rstrip("/") != self._link.rstrip("/"):
                self.parts.append(f" ({self._link})")
            self._link = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def clean_text(text: str) -> str:
    """Return text of several lines as plain text.

    Markup is taken out where there is any (links keep their address), control and direction characters are dropped,
    lines are trimmed, of several empty lines one stays, and Romanian letters get a comma below.
    """
    if _MARKUP.search(text):
        reader = _TextOf()
        reader.feed(text)
        reader.close()
        text = "".join(reader.parts)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    text = _UNWANTED.sub("", text)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return comma_below(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())


def clean_line(text: str) -> str:
    """Return text as one line, cleaned like ``clean_text``."""
    return " ".join(clean_text(text).split())


def web_link(text: str) -> str:
    """Return ``text`` if it is an http or https address without a user name, of at most 500 characters, else ""."""
    link = text.strip()
    if len(link) > 500 or re.search(r"[\s\\<>\"{}|^`\x00-\x20\x7f-\x9f]", link):
        return ""
    try:
        parts = urlsplit(link)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    return link


def is_harmful_link(text: str) -> bool:
    """Whether a link that is no web address could run something or open a file where it is clicked.

    Browsers skip white space and control characters in the scheme, so they are skipped here as well.
    """
    start = re.sub(r"[\s\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\ufeff]", "", text)[:40].lower()
    return start.startswith(
        (
            "javascript:",
            "vbscript:",
            "livescript:",
            "data:",
            "file:",
            "blob:",
            "about:",
            "view-source:",
        )
    )


def shortened(text: str, limit: int) -> str:
    """Return ``text`` of at most ``limit`` characters, cut at a word with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, space, _rest = cut.rpartition(" ")
    return f"{(head if space and len(head) > limit // 2 else cut).rstrip()}…"
