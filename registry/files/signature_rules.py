"""Files signed by CMS / PKCS #7 (RFC 5652): `.p7m` holds the signed file, `.p7s` mostly only its signature.

Only the shell is read, to reach what it encloses; whether the signature is valid is for the clerk's own tools to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registry.files.refusals import FileRefused, Reason

_SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
_DATA: Final = bytes.fromhex("2a864886f70d010701")
_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_OID: Final = 0x06
_INTEGER: Final = 0x02
_OCTETS: Final = 0x04
_OCTETS_IN_PARTS: Final = 0x24
_EXPLICIT_0: Final = 0xA0
_MAX_DEPTH: Final = 30
_MAX_PARTS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Element:
    """One element of BER (ITU-T X.690): its first octet, where its content starts and ends, and where it ends."""

    tag: int
    start: int
    stop: int
    end: int


def enclosed_in_cms(data: bytes) -> bytes | None:
    """The file inside a CMS signature; None when the signature stands alone (detached).

    Raises FileRefused: MISMATCH when this is no signature, MIXED when something follows it, DAMAGED when it is cut off.
    """
    if data[:1] != b"\x30":
        raise FileRefused(Reason.MISMATCH, detail="no CMS")
    outer = _element(data, 0, len(data))
    if outer.end < len(data):
        raise FileRefused(Reason.MIXED, detail="something after the signature")
    children = _children(data, outer)
    if len(children) != 2 or _octets(data, children[0], _OID) != _SIGNED_DATA:
        raise FileRefused(Reason.MISMATCH, detail="no SignedData")
    (signed,) = _children(data, children[1])
    if signed.tag != _SEQUENCE:
        raise FileRefused(Reason.DAMAGED, detail="SignedData")
    parts = _children(data, signed)
    tags = [part.tag for part in parts]
    # version, digestAlgorithms, encapContentInfo, [certificates], [crls], signerInfos
    if tags[:3] != [_INTEGER, _SET, _SEQUENCE] or tags[-1] != _SET or len(tags) < 4:
        raise FileRefused(Reason.DAMAGED, detail="SignedData")
    if not _children(data, parts[-1]):
        raise FileRefused(Reason.MISMATCH, detail="signed by nobody")
    content = _children(data, parts[2])
    if _octets(data, content[0], _OID) != _DATA:
        raise FileRefused(Reason.NOT_ACCEPTED, detail="encloses no plain file")
    if len(content) == 1:
        return None
    if content[1].tag != _EXPLICIT_0 or len(content) > 2:
        raise FileRefused(Reason.DAMAGED, detail="encapsulated content")
    (octets,) = _children(data, content[1])
    return _joined(data, octets)


def _joined(data: bytes, element: Element) -> bytes:
    """An octet string, whole or in parts (X.690, section 8.7)."""
    if element.tag == _OCTETS:
        return data[element.start : element.stop]
    if element.tag != _OCTETS_IN_PARTS:
        raise FileRefused(Reason.DAMAGED, detail="encapsulated content")
    return b"".join(_octets(data, part, _OCTETS) for part in _children(data, element))


def _octets(data: bytes, element: Element, tag: int) -> bytes:
    if element.tag != tag:
        raise FileRefused(Reason.DAMAGED, detail="tag")
    return data[element.start : element.stop]


def _children(data: bytes, element: Element) -> list[Element]:
    found: list[Element] = []
    position = element.start
    while position < element.stop:
        child = _element(data, position, element.stop)
        found.append(child)
        position = child.end
        if len(found) > _MAX_PARTS:
            raise FileRefused(Reason.BOMB, detail="parts")
    return found


def _element(data: bytes, position: int, stop: int, depth: int = 0) -> Element:
    """The element at `position`, within `stop` (X.690, section 8.1)."""
    if depth > _MAX_DEPTH:
        raise FileRefused(Reason.BOMB, detail="nesting")
    if position + 2 > stop:
        raise FileRefused(Reason.DAMAGED, detail="cut off")
    tag = data[position]
    if tag & 0x1F == 0x1F:
        raise FileRefused(Reason.DAMAGED, detail="long tag")
    length = data[position + 1]
    start = position + 2
    if length == 0x80:
        return _indefinite(data, tag, start, stop, depth)
    if length > 0x80:
        octets = length & 0x7F
        if octets > 4 or start + octets > stop:
            raise FileRefused(Reason.DAMAGED, detail="length")
        length = int.from_bytes(data[start : start + octets], "big")
        start += octets
    if start + length > stop:
        raise FileRefused(Reason.DAMAGED, detail="cut off")
    return Element(tag, start, start + length, start + length)


def _indefinite(data: bytes, tag: int, start: int, stop: int, depth: int) -> Element:
    """An element that ends with two zero octets; only those made of elements may."""
    if not tag & 0x20:
        raise FileRefused(Reason.DAMAGED, detail="length")
    position = start
    while data[position : position + 2] != b"\0\0":
        position = _element(data, position, stop, depth + 1).end
    return Element(tag, start, position, position + 2)
