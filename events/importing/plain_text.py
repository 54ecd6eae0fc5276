"""Text from outside made into plain text: no markup, no control characters, no tricks with direction."""

from __future__ import annotations

import re
from html import unescape
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
_LINES: Final = frozenset({"br", "center", "div", "form", "hr", "pre", "tr"})
_PARAGRAPHS: Final = frozenset("blockquote h1 h2 h3 h4 h5 h6 ol p table ul".split())
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})((?:[\s/][^<>]{0,2000})?)>")
_HREF: Final = re.compile(r"""\bhref\s{0,9}=\s{0,9}(["']?)([^"'\s]{1,1000})\1""", re.IGNORECASE)
# More digits than any character has; Python refuses to make a number of thousands of them.
_LONG_NUMBER: Final = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")


def _without_comments(html: str) -> str:
    parts = []
    at = 0
    while (start := html.find("<!--", at)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        parts.append(html[at:start])
        at = end + 3
    return "".join([*parts, html[at:]])


def _text_of(html: str) -> str:
    """What a reader of a page would see, with the addresses of its links.

    Not Python's HTMLParser: it needs minutes for a few hundred kilobytes of "<a <a <a". Every step here is linear.
    """
    html = _LONG_NUMBER.sub("\ufffd", _without_comments(html))
    parts: list[str] = []
    silent = at = link_from = 0
    link = ""
    for tag in _TAG.finditer(html):
        if not silent:
            parts.append(unescape(html[at : tag.start()]))
        at = tag.end()
        closes, name = bool(tag[1]), tag[2].lower()
        if name in _SILENT:
            silent = max(0, silent - 1) if closes else silent + 1
        elif name == "a" and not closes:
            found = _HREF.search(tag[3])
            link, link_from = web_link(unescape(found[2]) if found else ""), len(parts)
        elif name == "a" and link:
            label = "".join(parts[link_from:]).strip()
            if label.rstrip("/") != link.rstrip("/"):
                parts.append(f" ({link})")
            link = ""
        elif name == "li":
            parts.append("" if closes else "\n- ")
        elif name in _PARAGRAPHS:
            parts.append("\n\n")
        elif name in _LINES and not (closes and name == "br"):
            parts.append("\n")
        elif name in ("td", "th"):
            parts.append(" ")
    if not silent:
        parts.append(unescape(html[at:]))
    return "".join(parts)


def clean_text(text: str) -> str:
    """Return text of several lines as plain text.

    Markup is taken out where there is any (links keep their address), control and direction characters are dropped,
    lines are trimmed, of several empty lines one stays, and Romanian letters get a comma below.
    """
    if _MARKUP.search(text):
        text = _text_of(text)
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
