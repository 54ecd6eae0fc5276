"""What may be attached to a petition: which types, how large, under which names, and how a file is judged.

A file is what its extension, its first bytes and its structure say together; where they disagree it is refused. The
parsing of a stranger's bytes happens in a child process with limits (`parser_box`), so that no file can take the
server's memory or time, or read its secrets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from registry.files import parser_box
from registry.files.image_rules import check_image
from registry.files.package_rules import check_odf, check_ooxml, enclosed_in_asice
from registry.files.pdf_rules import check_pdf
from registry.files.refusals import FileRefused, Reason
from registry.files.signature_rules import enclosed_in_cms
from registry.files.signatures import ASICE, DOCX, ODS, ODT, XLSX, sniff
from registry.files.text_rules import check_text

__all__ = [
    "MAX_FILES",
    "MAX_FILE_BYTES",
    "MAX_NAME",
    "FileRefused",
    "Inspection",
    "Kind",
    "Reason",
    "clean_name",
    "file_type",
    "inspect",
    "judge",
]

MAX_FILES: Final = 5
"""Attachments of one petition."""
MAX_FILE_BYTES: Final = 10 * 1024 * 1024
MAX_NAME: Final = 150
"""Characters of a name, extension included."""


class Kind(StrEnum):
    """What a file is for the reader of the register."""

    PDF = "pdf"
    IMAGE = "image"
    DOCUMENT = "document"
    SPREADSHEET = "spreadsheet"
    TEXT = "text"
    SIGNED = "signed"
    """A file inside an electronic signature, or a signature of another file."""


@dataclass(frozen=True, slots=True)
class FileType:
    """An accepted type; `check` raises FileRefused when the bytes are not a harmless file of it."""

    kind: Kind
    media_type: str
    extensions: tuple[str, ...]
    check: Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Inspection:
    """An accepted file: its kind, its media type by content, its name as it is kept and shown."""

    kind: Kind
    media_type: str
    name: str


def _image(media_type: str, *extensions: str) -> FileType:
    return FileType(Kind.IMAGE, media_type, extensions, lambda data: check_image(data, media_type))


def _check_enclosed(data: bytes, type_: FileType | None) -> None:
    """Judge what stands inside a signature: an accepted file, and not a signature again, so nesting ends here."""
    if type_ is None or type_.kind is Kind.SIGNED:
        raise FileRefused(Reason.NOT_ACCEPTED, detail="inside a signature")
    if not data:
        raise FileRefused(Reason.EMPTY, detail="inside a signature")
    type_.check(data)


def _check_asice(data: bytes) -> None:
    for name, content in enclosed_in_asice(data):
        _check_enclosed(content, file_type(clean_name(name)))


def _check_cms(data: bytes) -> None:
    content = enclosed_in_cms(data)
    if content is not None:
        # It has no name of its own.
        guess = sniff(content) or "text/plain"
        _check_enclosed(content, _BY_MEDIA_TYPE.get(guess))


TYPES: Final = (
    FileType(Kind.PDF, "application/pdf", ("pdf",), check_pdf),
    _image("image/jpeg", "jpg", "jpeg", "jpe", "jfif"),
    _image("image/png", "png"),
    _image("image/webp", "webp"),
    _image("image/heic", "heic", "heif"),
    _image("image/tiff", "tif", "tiff"),
    FileType(Kind.DOCUMENT, DOCX, ("docx",), lambda data: check_ooxml(data, DOCX)),
    FileType(Kind.DOCUMENT, ODT, ("odt",), lambda data: check_odf(data, ODT)),
    FileType(Kind.SPREADSHEET, XLSX, ("xlsx",), lambda data: check_ooxml(data, XLSX)),
    FileType(Kind.SPREADSHEET, ODS, ("ods",), lambda data: check_odf(data, ODS)),
    FileType(Kind.TEXT, "text/plain", ("txt",), check_text),
    FileType(Kind.SIGNED, "application/pkcs7-mime", ("p7m",), _check_cms),
    FileType(Kind.SIGNED, "application/pkcs7-signature", ("p7s",), _check_cms),
    FileType(Kind.SIGNED, ASICE, ("asice", "sce"), _check_asice),
)
"""Everything that is accepted. Programs, archives, web pages, mails and the old Office formats are not."""

_BY_EXTENSION: Final = {extension: type_ for type_ in TYPES for extension in type_.extensions}
_BY_MEDIA_TYPE: Final = {type_.media_type: type_ for type_ in TYPES}

# What file systems and headers take amiss: separators, wildcards, quotes.
_AWKWARD = re.compile(r'[<>:"/\\|?*]+')
_SPACES = re.compile(r"\s+")
# Controls, formats (right-to-left override among them), surrogates, private and unassigned, line separators.
_UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Windows opens a device of this name, whatever the extension.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_NO_STEM: Final = "document"


def clean_name(name: str) -> str:
    """The name as it is kept and shown: the last part of a path, without what cannot be seen or cannot be a name.

    At most MAX_NAME characters: longer ones are shortened before the extension. Never empty, and the same again when
    it is cleaned again.
    """
    name = re.split(r"[/\\]", name[-4096:])[-1]
    name = "".join(
        " " if character.isspace() else character
        for character in name
        if character.isspace() or unicodedata.category(character) not in _UNSEEN
    )
    # Only now: a letter and its diacritic may have had something unseen between them.
    name = unicodedata.normalize("NFC", name)
    name = _SPACES.sub(" ", _AWKWARD.sub("_", name)).strip().rstrip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    elif len(extension) > MAX_NAME // 2:
        stem, dot, extension = name, "", ""
    stem = stem.strip(" .") or _NO_STEM
    if _DEVICE.fullmatch(stem):
        stem = f"_{stem}"
    room = MAX_NAME - len(dot) - len(extension)
    if len(stem) > room:
        stem = stem[:room].rstrip(" .")
    return f"{stem}{dot}{extension}"


def file_type(name: str) -> FileType:
    """The type that a cleaned name promises, by its last extension. Raises FileRefused(NOT_ACCEPTED)."""
    _stem, dot, extension = name.rpartition(".")
    type_ = _BY_EXTENSION.get(extension.strip().lower()) if dot else None
    if type_ is None:
        raise FileRefused(Reason.NOT_ACCEPTED, name)
    return type_


def inspect(path: Path, name: str) -> Inspection:
    """Judge a file on the disk under the name that its sender gave it, in a child process.

    Takes at most a few seconds, whatever the file is. Raises FileRefused; OSError when the file cannot be read.
    """
    name = clean_name(name)
    type_ = file_type(name)
    size = path.stat().st_size
    if size == 0:
        raise FileRefused(Reason.EMPTY, name)
    if size > MAX_FILE_BYTES:
        raise FileRefused(Reason.TOO_LARGE, name)
    try:
        parser_box.run("judge", type_.extensions[0], path)
    except FileRefused as refusal:
        raise FileRefused(refusal.reason, name, refusal.detail) from refusal
    return Inspection(type_.kind, type_.media_type, name)


def judge(data: bytes, name: str) -> Inspection:
    """Judge bytes in this very process: what the child does; never raises anything but FileRefused.

    Of untrusted files ask inspect(), which bounds memory and time.
    """
    name = clean_name(name)
    type_ = file_type(name)
    try:
        if not data:
            raise FileRefused(Reason.EMPTY)
        if len(data) > MAX_FILE_BYTES:
            raise FileRefused(Reason.TOO_LARGE)
        type_.check(data)
    except FileRefused as refusal:
        raise FileRefused(refusal.reason, name, refusal.detail) from refusal
    except MemoryError as error:
        raise FileRefused(Reason.BOMB, name, "memory") from error
    except Exception as error:
        # Whatever a parser stumbles over is not well-formed.
        raise FileRefused(Reason.DAMAGED, name, type(error).__name__) from error
    return Inspection(type_.kind, type_.media_type, name)
