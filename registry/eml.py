"""A petition that came by e-mail, saved as a file (RFC 5322, MIME): what the counter's form is filled in with.

Whatever a stranger's mail program wrote, nothing here raises but BrokenMail: bytes that are no mail, or one that cannot
be read in good time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any, Final

MOST_BYTES: Final = 25 * 1024 * 1024
MOST_PARTS: Final = 100
DEEPEST: Final = 8
_HEADERS: Final = ("From", "Subject", "Date", "Message-ID", "Received", "To")


class BrokenMail(ValueError):
    """These bytes are no e-mail that could be read. `reason`: empty, large, not_mail or parts."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file of the mail: its name as it was written (not cleaned) and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What a mail says. `sent_at` is aware, None where the mail does not tell; `text` is plain, whatever it was."""

    name: str
    address: str
    subject: str
    text: str
    sent_at: datetime | None = None
    files: list[Enclosure] = field(default_factory=list)


def parse_mail(data: bytes) -> ParsedMail:
    """Read a saved mail (.eml). Raises BrokenMail for what is none."""
    if not data.strip():
        raise BrokenMail("empty")
    if len(data) > MOST_BYTES:
        raise BrokenMail("large")
    message = message_from_bytes(data, policy=policy.default)
    if not any(_header(message, name) for name in _HEADERS):
        raise BrokenMail("not_mail")
    name, address = parseaddr(_header(message, "From"))
    texts: dict[str, str] = {}
    files: list[Enclosure] = []
    for part in _parts(message):
        kind = part.get_content_type()
        enclosed = part.get_content_disposition() == "attachment" or _name(part)
        if enclosed or not kind.startswith("text/"):
            if (content := _bytes(part)) is not None:
                files.append(Enclosure(_name(part) or "anexă", content))
        elif kind not in texts:
            texts[kind] = _text(part)
    text = texts.get("text/plain") or _plain(texts.get("text/html", ""))
    return ParsedMail(
        name.strip(),
        address.strip(),
        _header(message, "Subject"),
        text.strip(),
        _date(message),
        files,
    )


def _parts(message: Message[Any, Any]) -> Iterator[EmailMessage]:
    """The parts that hold something. Mails within the mail are taken as files of it."""
    waiting: list[tuple[Any, int]] = [(message, 0)]
    seen = 0
    while waiting:
        part, depth = waiting.pop(0)
        seen += 1
        if seen > MOST_PARTS or depth > DEEPEST:
            raise BrokenMail("parts")
        if part.get_content_maintype() == "multipart":
            inner = part.get_payload()
            waiting[:0] = [(each, depth + 1) for each in inner] if isinstance(inner, list) else []
        else:
            yield part


def _header(message: Message[Any, Any], name: str) -> str:
    """A header as a line of text; "" where it is missing or not to be decoded."""
    try:
        value = message.get(name)
    except Exception:
        return ""
    return " ".join(str(value or "").split())


def _name(part: EmailMessage) -> str:
    try:
        return str(part.get_filename() or "")
    except Exception:
        return ""


def _bytes(part: EmailMessage) -> bytes | None:
    if part.get_content_maintype() == "message":
        inner: Any = part.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and inner else None
    payload: Any = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else None


def _text(part: EmailMessage) -> str:
    payload = _bytes(part) or b""
    charset = part.get_content_charset() or "utf-8"
    try:
        return payload.decode(charset, "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")


def _date(message: Message[Any, Any]) -> datetime | None:
    try:
        found = parsedate_to_datetime(_header(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else None


class _Words(HTMLParser):
    """The words of an HTML mail, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in {"script", "style", "head", "title"}:
            self.hidden += 1
        elif tag in {"p", "div", "br", "li", "tr", "h1", "h2", "h3"}:
            self.lines.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "head", "title"}:
            self.hidden = max(0, self.hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.lines.append(data)


def _plain(html: str) -> str:
    words = _Words()
    words.feed(html)
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.lines).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
