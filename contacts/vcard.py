"""vCard files of departments, people and places: version 4.0 (RFC 6350) and 3.0 (RFC 2426 with RFC 2425).

Pure: the text depends on the card's content only, never on the clock or on the reader, so equal content gives equal
bytes and a cache or an ETag can trust it. Everything that was typed is escaped: no value can begin a new line and with
it a property of its own.

Offer 3.0 where one file has to do: every phone imports it. The importer of Android's own contacts keeps only digits
(and p and w) of a number, so 4.0's standard ``;ext=5001`` becomes five more digits of the number there.
"""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Literal
from urllib.parse import quote, urlsplit

from contacts.phones import PhoneNumber

CONTENT_TYPE: Final = "text/vcard; charset=utf-8"
"""The media type of both versions (RFC 6350, section 10.1)."""

Version = Literal["4.0", "3.0"]

_FOLD_AT: Final = 75
_COUNTRY_CODE: Final = "+40"
_LINE_BREAKS = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:[!-~]+", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


class CardKind(StrEnum):
    """What a card describes (RFC 6350, section 6.1.4)."""

    ORG = "org"
    INDIVIDUAL = "individual"
    LOCATION = "location"


class PhoneType(StrEnum):
    """What a number on a card is for."""

    WORK = "work"
    FAX = "fax"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class CardPhone:
    """A number on a card; ``label`` is what the address book shows beside it, such as "Secretariat"."""

    number: PhoneNumber
    type: PhoneType = PhoneType.WORK
    label: str = ""


@dataclass(frozen=True, slots=True)
class CardEmail:
    """An e-mail address on a card and the label beside it."""

    address: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class CardAddress:
    """A postal address; empty parts are left empty. A room belongs in ``street``: RFC 6350 (6.3.1) gives up the
    post-office box and the extended address because programs lose them."""

    street: str = ""
    locality: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """The content of one vCard. Every text may be empty, except that a card without any name says little.

    Args:
        kind: What the card describes.
        uid: What stays the same when everything else changes: a UUID, a ``urn:``, or any other key, from which a UUID
            is derived (version 5 in the URL namespace). Empty: no UID.
        full_name: The name as shown, in the card's language.
        organisation: The institution and below it the units, outermost first.
        title: A post, for a person.
        family_name: For a person; without it the full name stands in its place.
        given_name: For a person.
        phones: Numbers, most important first.
        emails: Addresses, most important first.
        address: Where it is.
        note: Free text, may have several lines.
        url: An absolute http or https address; anything else is left out.
        geo: Latitude and longitude in degrees (WGS 84), six decimals are written.
        language: BCP 47 tag of the language that one is answered in.
        revision: When the content was last changed, aware, any zone; written in UTC to the second.

    Raises:
        ValueError: For what no editor types: a naive ``revision``, coordinates off the globe, a malformed ``language``.
    """

    kind: CardKind
    uid: str
    full_name: str
    organisation: tuple[str, ...] = ()
    title: str = ""
    family_name: str = ""
    given_name: str = ""
    phones: tuple[CardPhone, ...] = ()
    emails: tuple[CardEmail, ...] = ()
    address: CardAddress | None = None
    note: str = ""
    url: str = ""
    geo: tuple[float, float] | None = None
    language: str = ""
    revision: datetime | None = None

    def __post_init__(self) -> None:
        if self.revision is not None and self.revision.utcoffset() is None:
            raise ValueError("the revision of a card needs a time zone")
        if self.geo is not None:
            latitude, longitude = self.geo
            on_globe = abs(latitude) <= 90 and abs(longitude) <= 180
            if not (math.isfinite(latitude) and math.isfinite(longitude) and on_globe):
                raise ValueError(f"no such place on the globe: {self.geo}")
        if self.language and not _LANGUAGE.fullmatch(self.language):
            raise ValueError(f"not a language tag: {self.language!r}")


def to_vcard(card: Card, version: Version = "4.0") -> str:
    """Write one card.

    Args:
        card: The content.
        version: "4.0" or "3.0".

    Returns:
        The file's text with CRLF line ends, folded at 75 octets of UTF-8 (RFC 6350 section 3.2, RFC 2425 section
        5.8.1). Encode it as UTF-8 and do not translate its line ends.

    Raises:
        ValueError: Another version.
    """
    if version == "4.0":
        lines = _lines_4(card)
    elif version == "3.0":
        lines = _lines_3(card)
    else:
        raise ValueError(f"no such vCard version: {version!r}")
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def to_vcards(cards: Iterable[Card], version: Version = "4.0") -> str:
    """Write several cards into one file, in the order given; no cards make an empty text."""
    return "".join(to_vcard(card, version) for card in cards)


def _lines_4(card: Card) -> Iterator[str]:
    groups = _Groups()
    yield "BEGIN:VCARD"
    yield "VERSION:4.0"
    yield f"KIND:{card.kind.value}"
    if uid := _uid(card.uid):
        yield f"UID:{uid}"
    yield f"FN:{_text(_formatted_name(card))}"
    if card.family_name or card.given_name:
        yield f"N:{_structured(card.family_name, card.given_name, '', '', '')}"
    yield from _organisation(card)
    for phone in card.phones:
        types = {
            PhoneType.WORK: "work,voice",
            PhoneType.FAX: "work,fax",
            PhoneType.CELL: "work,cell",
        }[phone.type]
        for extension in phone.number.extensions or ("",):
            name = f"TEL;VALUE=uri;TYPE={types}"
            yield from groups.lines(name, _tel_uri(phone.number, extension), phone.label)
    for email in card.emails:
        yield from groups.lines("EMAIL;TYPE=work", _text(email.address), email.label)
    yield from _address(card.address)
    if card.geo is not None:
        yield f"GEO:geo:{card.geo[0]:.6f},{card.geo[1]:.6f}"
    if url := _web_address(card.url):
        yield f"URL:{url}"
    if card.language:
        yield f"LANG:{card.language}"
    if card.note.strip():
        yield f"NOTE:{_text(card.note)}"
    if card.revision is not None:
        yield f"REV:{card.revision.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield "END:VCARD"


def _lines_3(card: Card) -> Iterator[str]:
    groups = _Groups()
    yield "BEGIN:VCARD"
    yield "VERSION:3.0"
    if uid := _uid(card.uid):
        yield f"UID:{uid}"
    name = _formatted_name(card)
    yield f"FN:{_text(name)}"
    # N is required. Address books list an organisation by FN and ORG when all of N is empty, as Apple's own exports
    # have it; a person's undivided name must not be empty, and where to divide it is not ours to guess.
    if card.kind is not CardKind.INDIVIDUAL:
        yield "N:;;;;"
    else:
        family = card.family_name or ("" if card.given_name else name)
        yield f"N:{_structured(family, card.given_name, '', '', '')}"
    yield from _organisation(card)
    if card.kind is CardKind.ORG:
        yield "X-ABShowAs:COMPANY"
    for phone in card.phones:
        types = {
            PhoneType.WORK: "WORK,VOICE",
            PhoneType.FAX: "WORK,FAX",
            PhoneType.CELL: "CELL,WORK",
        }[phone.type]
        for number in _paused_numbers(phone.number):
            yield from groups.lines(f"TEL;TYPE={types}", number, phone.label)
    for email in card.emails:
        yield from groups.lines("EMAIL;TYPE=INTERNET,WORK", _text(email.address), email.label)
    yield from _address(card.address)
    if card.geo is not None:
        yield f"GEO:{card.geo[0]:.6f};{card.geo[1]:.6f}"
    if url := _web_address(card.url):
        yield f"URL:{url}"
    if card.note.strip():
        yield f"NOTE:{_text(card.note)}"
    if card.revision is not None:
        yield f"REV:{card.revision.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    yield "END:VCARD"


class _Groups:
    """Numbers the groups that tie a label to its property (``item1.TEL``, ``item1.X-ABLabel``)."""

    def __init__(self) -> None:
        self._count = 0

    def lines(self, name: str, value: str, label: str) -> Iterator[str]:
        if not label.strip():
            yield f"{name}:{value}"
            return
        self._count += 1
        yield f"item{self._count}.{name}:{value}"
        yield f"item{self._count}.X-ABLabel:{_text(label)}"


def _formatted_name(card: Card) -> str:
    """FN is required; a half-filled draft borrows the innermost unit's name."""
    if card.full_name.strip():
        return card.full_name
    return next((unit for unit in reversed(card.organisation) if unit.strip()), "")


def _organisation(card: Card) -> Iterator[str]:
    units = [unit for unit in card.organisation if unit.strip()]
    if units:
        yield f"ORG:{_structured(*units)}"
    if card.title.strip():
        yield f"TITLE:{_text(card.title)}"


def _address(address: CardAddress | None) -> Iterator[str]:
    if address is None:
        return
    parts = (address.street, address.locality, address.region, address.postal_code, address.country)
    if any(part.strip() for part in parts):
        yield f"ADR;TYPE=work:{_structured('', '', *parts)}"


def _tel_uri(number: PhoneNumber, extension: str) -> str:
    """RFC 3966; a short number is local, and local numbers name the country in which they work (5.1.5)."""
    uri = f"tel:{number.e164}"
    if extension:
        uri += f";ext={extension}"
    if number.is_short:
        uri += f";phone-context={_COUNTRY_CODE}"
    return uri


def _paused_numbers(number: PhoneNumber) -> Iterator[str]:
    """The base number, then one entry per extension behind a "p", RFC 3601's letter for a pause.

    Android's importer turns "p" into its pause and drops a comma, gluing the extension to the number; its exporter
    writes the same letter. The base number stands alone first, so that every other address book has one entry that
    surely dials.
    """
    yield number.e164
    for extension in number.extensions:
        yield f"{number.e164}p{extension}"


def _uid(key: str) -> str:
    key = key.strip()
    if not key or _URN.fullmatch(key):
        return key
    try:
        return uuid.UUID(key).urn
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_URL, _clean(key)).urn


def _web_address(url: str) -> str:
    """An http(s) address with every character that a URI cannot hold percent-encoded; empty for anything else.

    A comma and a semicolon may stand in a URI, but readers that take every value for a list cut it there.
    """
    cleaned = _CONTROLS.sub("", _LINE_BREAKS.sub("", _SURROGATES.sub("", url))).strip()
    try:
        parts = urlsplit(cleaned)
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not parts.netloc:
        return ""
    return quote(cleaned, safe="%/:?#[]@!$&'()*+=-._~")


def _clean(text: str) -> str:
    """One kind of line break, no control characters (RFC 6350 allows none in a value), no lone surrogates."""
    text = _SURROGATES.sub("\ufffd", text)
    text = _LINE_BREAKS.sub("\n", text).replace("\t", " ")
    return _CONTROLS.sub("", text).strip()


def _text(value: str) -> str:
    """RFC 6350 section 3.4, RFC 2426 section 4: backslash, comma, semicolon and line break are escaped."""
    value = _clean(value).replace("\\", "\\\\").replace("\n", "\\n")
    return value.replace(",", "\\,").replace(";", "\\;")


def _structured(*parts: str) -> str:
    return ";".join(_text(part) for part in parts)


def _fold(line: str) -> str:
    """Break a line so that no part is longer than 75 octets, the leading space of a continuation included; a
    character of several octets is never broken."""
    if len(line.encode()) <= _FOLD_AT:
        return line
    pieces: list[str] = []
    start, used = 0, 0
    for position, character in enumerate(line):
        size = len(character.encode())
        if used + size > _FOLD_AT:
            pieces.append(line[start:position])
            start, used = position, 1
        used += size
    pieces.append(line[start:])
    return "\r\n ".join(pieces)
