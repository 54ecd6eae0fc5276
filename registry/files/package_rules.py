"""Documents that are ZIP packages (Office Open XML, OpenDocument, ASiC-E): sound packages without active content.

A package is read twice: its directory, which must describe every byte of the file once, and then each entry, inflated
in pieces to no more than the directory declared. XML is searched as bytes; only small parts are parsed, after it is
sure that they declare no entities.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from xml.etree import ElementTree

from registry.files.refusals import FileRefused, Reason
from registry.files.signatures import ASICE, DOCX, OLE_MAGIC, XLSX, require

MAX_ENTRIES: Final = 2_000
MAX_INFLATED: Final = 100 * 1024 * 1024
"""Bytes of all entries together."""
MAX_RATIO: Final = 200
"""Of one entry that is larger than RATIO_FROM bytes: text of tables reaches 50."""
RATIO_FROM: Final = 1024 * 1024
_MAX_PARSED: Final = 2 * 1024 * 1024
_PIECE: Final = 64 * 1024
# A data descriptor with its signature and 8-byte sizes.
_MAX_GAP: Final = 24

_ARCHIVE_MAGICS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_PROGRAM_MAGICS: Final = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_ASCII_ENCODINGS = re.compile(rb"(?:utf-8|us-ascii|iso-8859-\d+|windows-125\d)", re.IGNORECASE)

_MAIN_PART: Final = {
    DOCX: ("word/document.xml", DOCX + ".main+xml"),
    XLSX: ("xl/workbook.xml", XLSX + ".main+xml"),
}
_MACRO_TYPES: Final = (
    b"macroenabled",
    b"vbaproject",
    b"ms-excel.intlmacrosheet",
    b"ms-excel.macrosheet",
)
_ACTIVE_OOXML_TYPES: Final = (b"activex", b"oleobject")
_MACRO_PARTS = re.compile(r"(?:^|/)(?:vbaproject\w*\.bin|vbadata\.xml|macrosheets/)")
_ACTIVE_PARTS = re.compile(
    r"(?:^|/)(?:activex|embeddings|oleobject\w*\.bin|connections\.xml)(?:/|$)"
)
_RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_LOADING_RELATIONSHIPS: Final = {
    "oleObject",
    "package",
    "frame",
    "subDocument",
    "control",
    "aFChunk",
}
# A relative path or a file of the author's own disk, where nothing is fetched from a stranger.
_LOCAL_TARGET = re.compile(r"(?:file:///[a-z]:[/\\]|[a-z]:[/\\])?(?![/\\]{2})[^:]*", re.IGNORECASE)
_INSTRUCTIONS = re.compile(
    rb"<w:instrText[^>]{0,200}>([^<]*)</|<w:fldSimple[^>]{0,200}?w:instr=\"([^\"]*)\""
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a package: its name as written there, its bytes."""

    name: str
    content: bytes


def check_ooxml(data: bytes, media_type: str) -> None:
    """Raise FileRefused unless this is a sound DOCX or XLSX (ECMA-376) without macros, objects or foreign links."""
    require(data, media_type)
    main_part, main_type = _MAIN_PART[media_type]
    types = b""
    names = set()
    for entry in _entries(data):
        name = entry.name.lower()
        names.add(entry.name)
        if entry.name == "[Content_Types].xml":
            types = entry.content
        elif name.endswith(".rels"):
            _check_relationships(entry.content)
        elif name.endswith(".xml"):
            _check_office_xml(entry.content)
    lower = types.lower()
    if any(mark in lower for mark in _MACRO_TYPES):
        raise FileRefused(Reason.MACROS, detail="content type")
    if any(mark in lower for mark in _ACTIVE_OOXML_TYPES):
        raise FileRefused(Reason.ACTIVE, detail="content type")
    if main_part not in names or f'"{main_type}"'.encode() not in types:
        raise FileRefused(Reason.MISMATCH, detail="no main part")


def check_odf(data: bytes, media_type: str) -> None:
    """Raise FileRefused unless this is a sound ODT or ODS (ISO/IEC 26300) without scripts or objects."""
    require(data, media_type)
    names = set()
    for entry in _entries(data):
        names.add(entry.name)
        if entry.name.startswith(("Basic/", "Scripts/", "Dialogs/")):
            raise FileRefused(Reason.MACROS, detail=entry.name)
        if entry.name == "META-INF/manifest.xml" and b"encryption-data" in entry.content:
            raise FileRefused(Reason.ENCRYPTED)
        if entry.name.endswith(".xml"):
            if b"script:event-listener" in entry.content or b"vnd.sun.star." in entry.content:
                raise FileRefused(Reason.MACROS, detail="event listener")
            if b"office:dde-source" in entry.content or b"<draw:applet" in entry.content:
                raise FileRefused(Reason.ACTIVE, detail="DDE or applet")
    if not {"content.xml", "META-INF/manifest.xml"} <= names:
        raise FileRefused(Reason.DAMAGED, detail="no content.xml or manifest")


def enclosed_in_asice(data: bytes) -> list[tuple[str, bytes]]:
    """The signed files of an ASiC-E container (ETSI EN 319 162-1), names and bytes; the caller judges each.

    Raises FileRefused when the container is not sound or holds no signature.
    """
    require(data, ASICE)
    files = []
    signed = False
    for entry in _entries(data, may_hold_archives=True):
        if entry.name.startswith("META-INF/"):
            signed = signed or "signature" in entry.name.lower()
            if not entry.name.lower().endswith((".xml", ".p7s", ".tst")):
                raise FileRefused(Reason.NOT_ACCEPTED, detail="META-INF")
        elif entry.name != "mimetype" and not entry.name.endswith("/"):
            files.append((entry.name, entry.content))
    if not signed or not files:
        raise FileRefused(Reason.DAMAGED, detail="nothing signed")
    return files


def _entries(data: bytes, *, may_hold_archives: bool = False) -> Iterator[Entry]:
    """The entries of a sound package, each checked for what must not be in any of them."""
    _check_last_record(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            entries = package.infolist()
            _check_directory(data, entries)
            for information in entries:
                with package.open(information) as file:
                    content = b"".join(iter(lambda: file.read(_PIECE), b""))
                entry = Entry(information.filename, content)
                _check_entry(entry, may_hold_archives=may_hold_archives)
                yield entry
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileRefused(Reason.DAMAGED, detail="not a sound ZIP") from error


def _check_last_record(data: bytes) -> None:
    """The end record is the very end, without a comment, and the directory before it starts where it says."""
    if len(data) < 22 or data[-22:-18] != b"PK\x05\x06":
        cut = data.rfind(b"PK\x05\x06")
        raise FileRefused(
            Reason.DAMAGED if cut < 0 else Reason.MIXED, detail="no end record at the end"
        )
    disk, start_disk, here, count, size, offset, comment = struct.unpack("<HHHHIIH", data[-18:])
    if 0xFFFF in (here, count) or 0xFFFFFFFF in (size, offset):
        raise FileRefused(Reason.BOMB, detail="ZIP64 directory")
    if disk or start_disk or here != count or comment:
        raise FileRefused(Reason.DAMAGED, detail="end record")
    if count > MAX_ENTRIES or size > MAX_ENTRIES * 512:
        raise FileRefused(Reason.BOMB, detail=f"{count} entries")
    if offset + size != len(data) - 22:
        raise FileRefused(Reason.MIXED, detail="bytes outside the package")


def _check_directory(data: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """No entry is hidden, doubled, overlapping or lying about its size, and no byte lies between them."""
    if not entries:
        raise FileRefused(Reason.DAMAGED, detail="no entries")
    names = [information.filename.lower() for information in entries]
    if len(set(names)) != len(names):
        raise FileRefused(Reason.MIXED, detail="a name twice")
    total = 0
    position = 0
    for information in sorted(entries, key=lambda entry: entry.header_offset):
        if information.flag_bits & 0x1:
            raise FileRefused(Reason.ENCRYPTED, detail="entry")
        if information.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise FileRefused(Reason.DAMAGED, detail="compression method")
        _check_entry_name(information.filename)
        total += information.file_size
        if total > MAX_INFLATED:
            raise FileRefused(Reason.BOMB, detail="inflated size")
        if (
            information.file_size > RATIO_FROM
            and information.file_size > MAX_RATIO * information.compress_size
        ):
            raise FileRefused(Reason.BOMB, detail="ratio")
        if not position <= information.header_offset <= position + (_MAX_GAP if position else 0):
            # Overlapping entries inflate the same bytes again and again.
            raise FileRefused(Reason.MIXED, detail="entries overlap or leave gaps")
        length, extra = struct.unpack_from("<HH", data, information.header_offset + 26)
        position = information.header_offset + 30 + length + extra + information.compress_size
    directory = struct.unpack_from("<I", data, len(data) - 6)[0]
    if not position <= directory <= position + _MAX_GAP:
        raise FileRefused(Reason.MIXED, detail="gap before the directory")


def _check_entry_name(name: str) -> None:
    parts = name.rstrip("/").split("/")
    if (
        len(name) > 255
        or "\\" in name
        or any(part in {"", ".", ".."} for part in parts)
        or not name.isprintable()
    ):
        raise FileRefused(Reason.DAMAGED, detail="name of an entry")


def _check_entry(entry: Entry, *, may_hold_archives: bool) -> None:
    content = entry.content
    name = entry.name.lower()
    if _MACRO_PARTS.search(name):
        raise FileRefused(Reason.MACROS, detail=name)
    if _ACTIVE_PARTS.search(name):
        raise FileRefused(Reason.ACTIVE, detail=name)
    if content.startswith(OLE_MAGIC):
        raise FileRefused(Reason.ACTIVE, detail="OLE object")
    if content.startswith(_PROGRAM_MAGICS):
        raise FileRefused(Reason.ACTIVE, detail="program")
    if content.startswith(_ARCHIVE_MAGICS) and not may_hold_archives:
        raise FileRefused(Reason.ACTIVE, detail="archive in the archive")
    if name.endswith((".xml", ".rels", ".rdf", ".vml")):
        _check_xml_bytes(content)


def _check_xml_bytes(content: bytes) -> None:
    """No document type, so no entities to expand (a "billion laughs" has no other way in).

    Encodings that ASCII does not show through would hide one: refused.
    """
    declared = re.match(
        rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding=[\"']([^\"']{0,40})", content
    )
    if b"\0" in content[:64] or (declared and not _ASCII_ENCODINGS.fullmatch(declared[1])):
        raise FileRefused(Reason.DAMAGED, detail="encoding of XML")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise FileRefused(Reason.BOMB, detail="XML with a document type")


def _check_relationships(content: bytes) -> None:
    """Links lead a reader who clicks somewhere; everything else that is outside is loaded unasked."""
    if len(content) > _MAX_PARSED:
        raise FileRefused(Reason.BOMB, detail="relationships")
    try:
        tree = ElementTree.fromstring(content)  # noqa: S314 (no document type: _check_xml_bytes)
    except ElementTree.ParseError as error:
        raise FileRefused(Reason.DAMAGED, detail="relationships") from error
    for relationship in tree.iter(_RELATIONSHIP):
        kind = relationship.get("Type", "").rpartition("/")[2]
        if relationship.get("TargetMode", "").lower() != "external" or kind == "hyperlink":
            continue
        target = relationship.get("Target", "").strip()
        if kind in _LOADING_RELATIONSHIPS or not _LOCAL_TARGET.fullmatch(target):
            raise FileRefused(Reason.ACTIVE, detail=f"external {kind}")


def _check_office_xml(content: bytes) -> None:
    if b"<ddeLink" in content or b"<oleLink" in content:
        raise FileRefused(Reason.ACTIVE, detail="DDE link")
    if b"DDE" in content or b"dde" in content.lower():
        words = b" ".join(
            (match[1] or match[2] or b"") for match in _INSTRUCTIONS.finditer(content)
        )
        # A field may be cut into runs; joined without spaces it is one word again.
        if re.search(rb"(?:^|\W)DDE(?:AUTO)?\b", words, re.IGNORECASE) or re.search(
            rb"DDEAUTO", words.replace(b" ", b""), re.IGNORECASE
        ):
            raise FileRefused(Reason.ACTIVE, detail="DDE field")
