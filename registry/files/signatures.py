"""What the bytes of a file say it is, and what has no business inside it."""

from __future__ import annotations

import re
import struct
from typing import Final

from registry.files.refusals import FileRefused, Reason

PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
WEBP: Final = "image/webp"
HEIC: Final = "image/heic"
TIFF: Final = "image/tiff"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT: Final = "application/vnd.oasis.opendocument.text"
ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"
ASICE: Final = "application/vnd.etsi.asic-e+zip"

OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""A Compound File: the old Office formats, embedded objects, Office documents behind a password."""

# HEVC pictures (ISO/IEC 23008-12); AVIF and films have other brands.
_HEIC_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg|object|embed|\?php)[\s>/]|#!/",
    re.IGNORECASE,
)
_HTML_ANYWHERE: Final = (b"<script", b"<html", b"<!doctype html", b"<iframe", b"<?php")
# Texts in the stub of every program for Windows, and the heads of ELF programs.
_PROGRAMS: Final = (
    b"This program cannot be run in DOS mode",
    b"This program must be run under Win32",
    b"\x7fELF\x01\x01\x01\x00",
    b"\x7fELF\x02\x01\x01\x00",
)
# A ZIP's last record and the longest comment after it.
_ZIP_TAIL: Final = 22 + 0xFFFF


def sniff(data: bytes) -> str:
    """The accepted media type whose signature stands at byte 0, or "" for none. A plain text has no signature."""
    if re.match(rb"%PDF-[12]\.\d", data):
        return PDF
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return HEIC
    if data.startswith((b"II*\x00", b"MM\x00*")):
        return TIFF
    if data.startswith(b"PK\x03\x04"):
        return _sniff_zip(data)
    return ""


def _sniff_zip(data: bytes) -> str:
    length, extra = struct.unpack_from("<HH", data.ljust(30, b"\0"), 26)
    if data[30 : 30 + length] == b"mimetype":
        content = data[30 + length + extra :][:100]
        for media_type in (ODT, ODS, ASICE):
            name = media_type.encode()
            # The next header follows: another type may begin with the same letters (…text-template).
            if content.startswith(name + b"PK"):
                return media_type
        return ""
    if b"[Content_Types].xml" not in data:
        return ""
    for media_type, part in ((DOCX, b"word/document.xml"), (XLSX, b"xl/workbook.xml")):
        if part in data:
            return media_type
    return ""


def require(data: bytes, media_type: str) -> None:
    """Raise FileRefused(MISMATCH) when the content is not of `media_type`, MIXED when it is, but only further on."""
    found = sniff(data)
    if found == media_type:
        return
    if media_type == PDF and not found and b"%PDF-" in data[:1024]:
        # Readers look for the header in the first 1024 bytes: something else stands before it.
        raise FileRefused(Reason.MIXED, detail="something before the PDF header")
    if data.startswith(OLE_MAGIC) and b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in data:
        raise FileRefused(Reason.ENCRYPTED, detail="Office document behind a password")
    raise FileRefused(Reason.MISMATCH, detail=f"looks like {found or 'something else'}")


def refuse_foreign(data: bytes, *, may_hold_html: bool = False) -> None:
    """Raise FileRefused(MIXED) when a file holds a ZIP archive, a web page, a PDF or a program besides itself.

    `may_hold_html` looks for markup in the first 1024 bytes only, where browsers sniff: text inside a PDF may be about
    HTML. For files that are no ZIP archives themselves.
    """
    if _holds_zip(data):
        raise FileRefused(Reason.MIXED, detail="ZIP archive")
    if _HTML.search(data[:1024]):
        raise FileRefused(Reason.MIXED, detail="markup at the beginning")
    if any(mark in data for mark in _PROGRAMS):
        raise FileRefused(Reason.MIXED, detail="program")
    if may_hold_html:
        return
    if re.search(rb"%PDF-[12]\.\d", data):
        raise FileRefused(Reason.MIXED, detail="PDF")
    lower = data.lower()
    if any(mark in lower for mark in _HTML_ANYWHERE):
        raise FileRefused(Reason.MIXED, detail="markup")


def _holds_zip(data: bytes) -> bool:
    """Whether an archive could be opened from this file: a last record that points back to its directory.

    Readers find the record from the end, and take everything before the archive for a prefix.
    """
    tail = data[-_ZIP_TAIL:]
    offset = len(data) - len(tail)
    for match in re.finditer(rb"PK\x05\x06", tail):
        record = tail[match.start() : match.start() + 22]
        if len(record) < 22:
            continue
        size, said = struct.unpack_from("<II", record, 12)
        # Where the directory stands by the record's place, and where the record says.
        for start in (offset + match.start() - size, said):
            if size and start >= 0 and data[start : start + 4] == b"PK\x01\x02":
                return True
        if size == 0xFFFFFFFF or data[offset + match.start() - 20 :][:4] == b"PK\x06\x07":
            return True  # ZIP64
    return False
