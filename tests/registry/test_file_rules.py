"""What may be attached: sound files of every type pass untouched, whatever else a file can be is refused."""

from __future__ import annotations

import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from registry.files import parser_box, rules
from registry.files.image_rules import MAX_PIXELS
from registry.files.refusals import FileRefused, Reason
from registry.files.rules import (
    MAX_FILE_BYTES,
    MAX_NAME,
    TYPES,
    Kind,
    clean_name,
    file_type,
    inspect,
    judge,
)
from registry.files.signatures import DOCX, ODT, XLSX
from tests.registry import sample_files as samples

# What Pillow says of broken pictures; the child's words go nowhere.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

SOUND = samples.sound_files()
BY_NAME = sorted(SOUND)


def refusal(data: bytes, name: str) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        judge(data, name)
    return caught.value


def reason(data: bytes, name: str) -> Reason:
    return refusal(data, name).reason


# -- what is accepted ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BY_NAME)
def test_a_sound_file_is_accepted(name: str) -> None:
    inspection = judge(SOUND[name], name)
    assert inspection.name == name
    assert inspection.media_type == file_type(name).media_type
    assert inspection.kind == file_type(name).kind


def test_there_is_a_sound_sample_of_every_type() -> None:
    assert {file_type(name) for name in BY_NAME} == set(TYPES)


@pytest.mark.parametrize(
    "name", ["cerere semnată.PDF", "poză.jpg", "cerere.docx", "notă.txt", "IMG_0001.HEIC"]
)
def test_a_file_on_the_disk_is_judged_in_a_child_and_not_touched(name: str, tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(SOUND[name])
    assert inspect(path, name) == judge(SOUND[name], name)
    assert path.read_bytes() == SOUND[name]


def test_a_signed_pdf_keeps_the_bytes_that_were_signed() -> None:
    data = samples.signed_pdf()
    with pikepdf.open(BytesIO(data)) as document:
        (field,) = document.Root.AcroForm.Fields
        first, length, second, rest = (int(number) for number in field.V.ByteRange)
    assert (first, second + rest) == (0, len(data))
    assert data[length : length + 1] + data[second - 1 : second] == b"<>"
    assert judge(data, "cerere.pdf").kind is Kind.PDF


def test_a_pdf_that_opens_without_a_password_is_accepted_though_printing_is_forbidden() -> None:
    permissions = pikepdf.Permissions(print_highres=False, print_lowres=False)
    data = samples.pdf(encryption=pikepdf.Encryption(owner="primărie", user="", allow=permissions))
    assert judge(data, "extras.pdf").kind is Kind.PDF


def test_comments_and_padding_after_the_end_of_a_pdf_are_accepted() -> None:
    data = samples.pdf() + b"\n% made by a scanner\r\n" + b"\0" * 4096
    assert judge(data, "scan.pdf").kind is Kind.PDF


def test_what_telephones_append_to_photos_is_accepted() -> None:
    motion = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08free"
    assert judge(samples.photo() + samples.image("JPEG") + motion, "IMG.jpg").kind is Kind.IMAGE


def test_a_document_made_from_a_template_of_the_authors_disk_is_accepted() -> None:
    link = samples.relationship("attachedTemplate", "file:///C:\\Users\\ana\\Oficial.dotx")
    data = samples.docx_with({"word/_rels/settings.xml.rels": samples.relationships(link)})
    assert judge(data, "cerere.docx").kind is Kind.DOCUMENT


# -- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("cerere.pdf", "cerere.pdf"),
        ("C:\\Users\\ana\\cerere.pdf", "cerere.pdf"),
        ("../../etc/passwd", "passwd"),
        ("factura\u202efdp.exe", "facturafdp.exe"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ("a\x00b\x1b[31m.pdf", "ab[31m.pdf"),
        ("\ud800cerere\udfff.pdf", "cerere.pdf"),
        ('"><script>.pdf', "_script_.pdf"),
        ("s\u0326i.pdf", "\u0219i.pdf"),
        ("  spații   multe  .pdf  ", "spații multe.pdf"),
        ("con.pdf", "_con.pdf"),
        (".pdf", "document.pdf"),
        ("", "document"),
        ("...", "document"),
        ("\u200b\u202e", "document"),
        ("f" * 300 + ".pdf", "f" * 146 + ".pdf"),
        ("\U0001f600" * 300 + ".jpeg", "\U0001f600" * 145 + ".jpeg"),
    ],
)
def test_names_are_cleaned(given_name: str, cleaned: str) -> None:
    assert clean_name(given_name) == cleaned


@settings(max_examples=100)
@given(
    st.text(st.characters(), max_size=400) | st.text(".\u202e /\\\0\u0326s \ud800", max_size=200)
)
@example("a" * 145 + " . pdf")
@example("con")
@example("S\x08\u0326i.pdf")
@example("x." + "y" * 200)
def test_a_cleaned_name_is_a_name(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= MAX_NAME
    assert clean_name(cleaned) == cleaned
    assert cleaned.isprintable()
    assert not set(cleaned) & set('/\\"<>\r\n\0\u202e')
    cleaned.encode("utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "virus.exe", "cerere.pdf.exe", "cerere.pdf\u202e.exe", "cerere.pdf ", "pdf", "cerere", "a.html",
        "a.svg", "a.js", "a.zip", "a.doc", "a.xlsm", "a.docm", "a.eml", "a.pdf.lnk", "a.gif", "",
    ],
)  # fmt: skip
def test_only_extensions_on_the_list_are_accepted(name: str) -> None:
    if clean_name(name) == "cerere.pdf":
        assert judge(SOUND["cerere.pdf"], name).name == "cerere.pdf"
    else:
        assert reason(SOUND["cerere.pdf"], name) is Reason.NOT_ACCEPTED


# -- size, type ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_", TYPES, ids=lambda type_: type_.extensions[0])
def test_an_empty_file_is_refused(type_: rules.FileType) -> None:
    assert reason(b"", f"a.{type_.extensions[0]}") is Reason.EMPTY


def test_size_is_asked_of_the_disk_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(FileRefused) as caught:
        inspect(path, "a.txt")
    assert caught.value.reason is Reason.TOO_LARGE
    assert caught.value.name == "a.txt"


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize(
    "other", ["a.pdf", "a.jpg", "a.docx", "a.ods", "a.txt", "a.p7m", "a.asice"]
)
def test_a_file_under_the_name_of_another_type_is_refused(name: str, other: str) -> None:
    if file_type(name) == file_type(other) or {name[-3:], other[-3:]} <= {"p7m", "p7s"}:
        return
    assert reason(SOUND[name], other) in {Reason.MISMATCH, Reason.MIXED}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\0" + bytes(60), "a.txt"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "a.txt"),
        (b"\xef\xbb\xbf  <html><body>", "a.txt"),
        (b"{\\rtf1 hello}", "a.txt"),
        (b"#!/bin/sh\nrm -rf /\n", "a.txt"),
        (b"text with \x1b]0;an escape\x07", "a.txt"),
        ("text\0text".encode("utf-16"), "a.txt"),
        (b"GIF89a" + bytes(20), "a.png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png"),
    ],
)
def test_other_kinds_in_disguise_are_refused(content: bytes, name: str) -> None:
    assert reason(content, name) in {Reason.MISMATCH, Reason.MIXED}


# -- polyglots -------------------------------------------------------------------------------------------------------

ZIP = samples.package({"evil.js": "alert(1)"})
HTML = b"<html><script>alert(1)</script></html>"
PROGRAM = b"MZ" + bytes(76) + b"This program cannot be run in DOS mode.\r\n" + bytes(100)
PIECES = {"zip": ZIP, "html": HTML, "program": PROGRAM, "pdf": samples.pdf()}
CONTAINERS = [
    "cerere.pdf", "poză.jpg", "captură.png", "captură.webp", "scanare.tif", "IMG_0001.HEIC", "cerere.docx",
    "cerere.odt", "cerere.asice", "cerere.pdf.p7m",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("name", CONTAINERS)
def test_a_file_with_another_appended_is_refused(name: str, piece: str) -> None:
    data = SOUND[name] + PIECES[piece]
    if (name, piece) == ("cerere.pdf", "pdf"):
        return  # the shape of an update: what the later one holds is what is read
    assert reason(data, name) in {Reason.MIXED, Reason.DAMAGED}


@pytest.mark.parametrize("piece", [*PIECES, "script"])
@pytest.mark.parametrize("name", CONTAINERS)
def test_a_file_with_another_before_it_is_refused(name: str, piece: str) -> None:
    if (name, piece) == ("cerere.pdf", "pdf"):
        return
    data = PIECES.get(piece, b"alert(1)//") + SOUND[name]
    assert reason(data, name) in {Reason.MIXED, Reason.MISMATCH, Reason.DAMAGED}


def test_a_zip_inside_a_png_chunk_is_found() -> None:
    """Everything is in a chunk of the PNG; the archive's last record is near enough to the end."""
    data = samples.image("PNG")
    end = data.index(b"IEND") - 4
    assert (
        reason(data[:end] + samples.png_chunk(b"zzZz", ZIP) + data[end:], "a.png") is Reason.MIXED
    )


def test_a_zip_whose_comment_is_the_end_of_the_pdf_is_found() -> None:
    comment = samples.pdf()[-40:]
    data = samples.pdf() + ZIP[:-2] + struct.pack("<H", len(comment)) + comment
    assert reason(data, "a.pdf") is Reason.MIXED


def test_markup_in_the_metadata_of_a_photo_is_found() -> None:
    data = samples.image("JPEG", comment=b"<script>alert(1)</script>")
    assert reason(data, "a.jpg") is Reason.MIXED


# -- PDF -------------------------------------------------------------------------------------------------------------


def attach(document: pikepdf.Pdf) -> None:
    document.attachments["program.txt"] = b"embedded"


def hide_action_in_an_annotation(document: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS=pikepdf.String("app.alert(1)"))
    annotation = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], AA={"/E": script}
    )
    document.pages[0].Annots = [annotation]


def add_xfa(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = pikepdf.Dictionary(
        Fields=[], XFA=pikepdf.Stream(document, b"<xdp:xdp/>")
    )


@pytest.mark.parametrize(
    "change",
    [
        samples.action(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")),
        samples.action(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe")),
        samples.action(S=pikepdf.Name.GoToE, D=pikepdf.Array([])),
        attach,
        hide_action_in_an_annotation,
        add_xfa,
    ],
)
@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
def test_active_content_in_a_pdf_is_refused(
    change: Callable[[pikepdf.Pdf], None], packed: bool
) -> None:
    mode = pikepdf.ObjectStreamMode
    data = samples.pdf(change, object_stream_mode=mode.generate if packed else mode.disable)
    assert reason(data, "a.pdf") is Reason.ACTIVE


def test_a_name_written_in_hexadecimal_hides_nothing() -> None:
    catalogue = (
        b"<</Type/Catalog/Pages 2 0 R/Open#41ction<</#53/J#61vaScript/JS(app.alert\\(1\\))>>>>"
    )
    assert reason(samples.raw_pdf(catalogue, samples.PAGES, samples.PAGE), "a.pdf") is Reason.ACTIVE


def test_a_pdf_written_by_hand_is_accepted() -> None:
    catalogue = b"<</Type/Catalog/Pages 2 0 R/Lang(/JavaScript)>>"
    data = samples.raw_pdf(catalogue, samples.PAGES, samples.PAGE)
    assert judge(data, "a.pdf").kind is Kind.PDF


@pytest.mark.parametrize(
    "change",
    [
        samples.action(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org/")),
        samples.action(S=pikepdf.Name.GoTo, D=pikepdf.Array([0, pikepdf.Name.Fit])),
    ],
)
def test_links_in_a_pdf_are_accepted(change: Callable[[pikepdf.Pdf], None]) -> None:
    assert judge(samples.pdf(change), "a.pdf").kind is Kind.PDF


def test_a_pdf_behind_a_password_has_its_own_reason() -> None:
    data = samples.pdf(encryption=pikepdf.Encryption(owner="o", user="secret"))
    assert reason(data, "a.pdf") is Reason.ENCRYPTED


def test_a_pdf_that_was_cut_off_is_refused() -> None:
    data = samples.pdf()
    assert reason(data[: len(data) // 2], "a.pdf") is Reason.DAMAGED


def test_wrong_cross_references_are_not_repaired() -> None:
    data = samples.pdf(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    start = data.rindex(b"startxref\n") + 10
    end = data.index(b"\n", start)
    assert reason(data[:start] + b"7".ljust(end - start) + data[end:], "a.pdf") is Reason.DAMAGED


def object_stream_bomb(megabytes: int) -> bytes:
    """A PDF whose cross-reference stream inflates to so many zeros."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packed.compress(bytes(1024 * 1024)) + packed.flush(zlib.Z_FULL_FLUSH)
    body = b"\x78\xda" + piece * megabytes + packed.flush() + bytes(4)
    head = b"%PDF-1.5\n"
    stream = (
        b"1 0 obj\n<</Type/XRef/Size 2/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>\nstream\n"
        % len(body)
    )
    return head + stream + body + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


def test_a_pdf_that_inflates_without_end_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(object_stream_bomb(5_000))
    assert path.stat().st_size < MAX_FILE_BYTES
    with pytest.raises(FileRefused) as caught:
        inspect(path, "a.pdf")
    assert caught.value.reason in {Reason.BOMB, Reason.DAMAGED}


# -- pictures --------------------------------------------------------------------------------------------------------


def test_an_enormous_picture_is_refused_by_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(self: Image.Image) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", never)
    assert reason(samples.giant_png(), "a.png") is Reason.TOO_MANY_PIXELS
    assert reason(samples.giant_png(2**31 - 1, 2**31 - 1), "a.png") is not Reason.DAMAGED


def test_the_limit_of_pixels_is_the_last_that_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_PIXELS == 50_000_000
    monkeypatch.setattr("registry.files.image_rules.MAX_PIXELS", 64 * 48)
    assert judge(samples.image("PNG"), "a.png")
    assert reason(samples.image("PNG", samples.picture((65, 48))), "a.png") is (
        Reason.TOO_MANY_PIXELS
    )


def test_a_later_sheet_of_a_tiff_is_measured_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.files.image_rules.MAX_PIXELS", 64 * 48)
    large = samples.picture((100, 100), "1")
    data = samples.image("TIFF", samples.picture(), save_all=True, append_images=[large])
    assert reason(data, "a.tif") is Reason.TOO_MANY_PIXELS
    monkeypatch.setattr("registry.files.image_rules.MAX_PIXELS", 100 * 100)
    assert judge(data, "a.tif")
    monkeypatch.setattr("registry.files.image_rules.MAX_SHEETS", 1)
    assert reason(data, "a.tif") is Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize(
    "name", ["poză.jpg", "captură.png", "captură.webp", "scanare.tif", "IMG_0001.HEIC"]
)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_picture_that_was_cut_off_is_refused(name: str, part: float) -> None:
    data = SOUND[name]
    assert reason(data[: int(len(data) * part)], name) is Reason.DAMAGED


def test_a_png_with_a_wrong_checksum_is_refused() -> None:
    data = bytearray(samples.image("PNG"))
    data[data.index(b"IDAT") + 8] ^= 0xFF
    assert reason(bytes(data), "a.png") is Reason.DAMAGED


# -- packages --------------------------------------------------------------------------------------------------------

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({"word/vbaProject.bin": OLE}, Reason.MACROS),
        ({"word/vbaProject.bin": b"anything"}, Reason.MACROS),
        (
            {"[Content_Types].xml": samples.content_types("word/document.xml", MACRO_TYPE)},
            Reason.MACROS,
        ),
        ({"word/embeddings/oleObject1.bin": OLE}, Reason.ACTIVE),
        ({"word/media/image1.png": OLE}, Reason.ACTIVE),
        ({"word/embeddings/book.xlsx": samples.xlsx()}, Reason.ACTIVE),
        ({"word/media/image1.png": ZIP}, Reason.ACTIVE),
        ({"word/media/image1.png": PROGRAM}, Reason.ACTIVE),
        ({"word/activeX/activeX1.xml": "<x/>"}, Reason.ACTIVE),
        (
            {
                "word/_rels/settings.xml.rels": samples.relationships(
                    samples.relationship("attachedTemplate", "https://example.org/evil.dotm")
                )
            },
            Reason.ACTIVE,
        ),
        (
            {
                "word/_rels/settings.xml.rels": samples.relationships(
                    samples.relationship("attachedTemplate", "file://server/share/evil.dotm")
                )
            },
            Reason.ACTIVE,
        ),
        (
            {
                "word/_rels/settings.xml.rels": samples.relationships(
                    samples.relationship("attachedTemplate", "\\\\server\\share\\evil.dotm")
                )
            },
            Reason.ACTIVE,
        ),
        (
            {
                "word/_rels/document.xml.rels": samples.relationships(
                    samples.relationship("oleObject", "file:///C:/evil.html")
                )
            },
            Reason.ACTIVE,
        ),
        (
            {
                "word/_rels/document.xml.rels": samples.relationships(
                    samples.relationship("image", "https://example.org/seen.png")
                )
            },
            Reason.ACTIVE,
        ),
        ({"word/footer.xml": "<w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText>"}, Reason.ACTIVE),
        (
            {
                "word/footer.xml": "<w:r><w:instrText>DDE</w:instrText></w:r>"
                '<w:r><w:instrText xml:space="preserve">AUTO cmd</w:instrText></w:r>'
            },
            Reason.ACTIVE,
        ),
        (
            {"word/styles.xml": '<!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><l>&b;</l>'},
            Reason.BOMB,
        ),
        (
            {"word/styles.xml": '<?xml version="1.0"?><!DOCTYPE l []><l/>'.encode("utf-16")},
            Reason.DAMAGED,
        ),
        ({"word/styles.xml": '<?xml version="1.0" encoding="UTF-7"?><l/>'}, Reason.DAMAGED),
        ({"word/_rels/document.xml.rels": "<Relationships"}, Reason.DAMAGED),
        ({"../../evil": "x"}, Reason.DAMAGED),
        ({"/etc/passwd": "x"}, Reason.DAMAGED),
        ({"word/document.xml": "x", "word/Document.xml": "y"}, Reason.MIXED),
    ],
)
def test_what_a_word_document_may_not_hold(
    entries: dict[str, bytes | str], expected: Reason
) -> None:
    assert reason(samples.docx_with(entries), "a.docx") is expected


def test_a_word_may_be_about_dde() -> None:
    text = "<w:t>DDE and the instrument</w:t><w:instrText>HYPERLINK x</w:instrText>"
    assert judge(samples.docx_with({"word/footer.xml": text}), "a.docx")


def test_a_template_or_a_table_is_no_document() -> None:
    template = samples.content_types("word/document.xml", DOCX.replace("document", "template"))
    assert reason(samples.docx_with({"[Content_Types].xml": template}), "a.docx") is Reason.MISMATCH
    table = samples.content_types("word/document.xml", XLSX)
    assert reason(samples.docx_with({"[Content_Types].xml": table}), "a.docx") is Reason.MISMATCH


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({"Basic/Standard/Module1.xml": "<x/>"}, Reason.MACROS),
        ({"Scripts/python/evil.py": "import os"}, Reason.MACROS),
        ({"content.xml": "<x><script:event-listener/></x>"}, Reason.MACROS),
        ({"content.xml": "<x xlink:href='vnd.sun.star.script:x'/>"}, Reason.MACROS),
        ({"Object 1": OLE}, Reason.ACTIVE),
        ({"META-INF/manifest.xml": "<manifest:encryption-data/>"}, Reason.ENCRYPTED),
        ({"content.xml": "<!DOCTYPE x><x/>"}, Reason.BOMB),
        ({"mimetype": ODT + "-template"}, Reason.MISMATCH),
    ],
)
def test_what_an_open_document_may_not_hold(
    entries: dict[str, bytes | str], expected: Reason
) -> None:
    assert reason(samples.odf(ODT, entries), "a.odt") is expected


def test_an_office_document_behind_a_password_has_its_own_reason() -> None:
    """Office puts the encrypted package into a Compound File."""
    assert reason(OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx") is Reason.ENCRYPTED


def test_the_old_office_formats_are_refused_under_a_new_name() -> None:
    assert reason(OLE, "a.docx") is Reason.MISMATCH


def test_a_package_that_inflates_too_much_is_refused_by_its_directory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("inflated")

    data = samples.docx_with({"word/bomb.xml": bytes(5 * 1024 * 1024)})
    monkeypatch.setattr(zipfile.ZipFile, "open", never)
    assert reason(data, "a.docx") is Reason.BOMB


def test_many_large_entries_are_refused_though_each_has_a_fair_ratio(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("registry.files.package_rules.MAX_INFLATED", 1000)
    data = samples.docx_with({f"word/{number}.xml": "x" * 400 for number in range(3)})
    assert reason(data, "a.docx") is Reason.BOMB


def test_too_many_entries_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.files.package_rules.MAX_ENTRIES", 10)
    data = samples.docx_with({f"word/{number}.xml": "" for number in range(20)})
    assert reason(data, "a.docx") is Reason.BOMB


def declared(data: bytes, name: str, size: int) -> bytes:
    """The package with another uncompressed size for an entry, in its header and in the directory."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        header = package.getinfo(name).header_offset
    directory = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    changed = bytearray(data)
    struct.pack_into("<I", changed, header + 22, size)
    struct.pack_into("<I", changed, directory + 24, size)
    return bytes(changed)


def test_an_entry_that_inflates_to_more_than_it_declares_is_refused() -> None:
    data = samples.docx_with({"word/zz.xml": bytes(5 * 1024 * 1024)})
    assert reason(declared(data, "word/zz.xml", 100), "a.docx") is Reason.DAMAGED


def test_entries_that_share_their_bytes_are_refused() -> None:
    """A bomb without nesting: every directory entry points at the same bytes."""
    data = samples.docx_with({"word/a.xml": "a" * 99, "word/b.xml": "b" * 99})
    with zipfile.ZipFile(BytesIO(data)) as package:
        first = package.getinfo("word/a.xml").header_offset
    directory = data.rindex(b"PK\x01\x02", 0, data.rindex(b"word/b.xml"))
    changed = bytearray(data)
    struct.pack_into("<I", changed, directory + 42, first)
    assert reason(bytes(changed), "a.docx") is Reason.MIXED


def test_a_gap_between_entries_is_refused() -> None:
    data = bytearray(samples.docx())
    with zipfile.ZipFile(BytesIO(bytes(data))) as package:
        offset = package.start_dir
    hidden = bytes(200)
    grown = bytearray(data[:offset] + hidden + data[offset:])
    struct.pack_into("<I", grown, len(grown) - 6, offset + len(hidden))
    assert reason(bytes(grown), "a.docx") is Reason.MIXED


# -- signed files ----------------------------------------------------------------------------------------------------


def macros() -> bytes:
    return samples.docx_with({"word/vbaProject.bin": OLE})


@pytest.mark.parametrize("element", [samples.der, samples.ber], ids=["DER", "BER"])
def test_what_a_signature_encloses_is_judged(element: Callable[[int, bytes], bytes]) -> None:
    assert judge(samples.cms(samples.docx(), element), "a.p7m").kind is Kind.SIGNED
    assert reason(samples.cms(macros(), element), "a.docx.p7m") is Reason.MACROS
    assert reason(samples.cms(PROGRAM, element), "a.pdf.p7m") is Reason.MISMATCH
    assert reason(samples.cms(samples.asice(), element), "a.p7m") is Reason.NOT_ACCEPTED
    assert reason(samples.cms(b"", element), "a.p7m") is Reason.EMPTY


def test_what_only_looks_like_a_signature_is_refused() -> None:
    sound = samples.cms(samples.pdf())
    assert reason(sound[:-10], "a.p7m") is Reason.DAMAGED
    assert reason(sound + b"\0", "a.p7m") is Reason.MIXED
    assert reason(samples.der(0x30, b""), "a.p7s") is Reason.MISMATCH
    assert reason(b"\x30\x80" * 10_000, "a.p7m") in {Reason.BOMB, Reason.DAMAGED}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cerere.docx": macros()}, Reason.MACROS),
        ({"virus.exe": PROGRAM}, Reason.ACTIVE),
        ({"a.html": HTML}, Reason.NOT_ACCEPTED),
        ({"a.asice": samples.asice()}, Reason.NOT_ACCEPTED),
        ({"a.pdf": HTML}, Reason.MISMATCH),
        ({"META-INF/evil.exe": b"x"}, Reason.NOT_ACCEPTED),
    ],
)
def test_every_file_of_a_signed_container_is_judged(
    files: dict[str, bytes | str], expected: Reason
) -> None:
    assert reason(samples.asice(files), "a.asice") is expected


def test_a_container_without_a_signature_is_refused() -> None:
    assert reason(samples.asice(signed=False), "a.asice") is Reason.DAMAGED


# -- whatever comes --------------------------------------------------------------------------------------------------

EXTENSIONS = [type_.extensions[0] for type_ in TYPES]
MAGICS = [b"", b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\0\0\0WEBPVP8 ", b"PK\x03\x04",
          b"II*\0\x08\0\0\0", b"\0\0\0\x18ftypheic", b"\x30\x80"]  # fmt: skip


def verdict(data: bytes, name: str) -> object:
    """The inspection or the reason; any other exception fails the test."""
    try:
        return judge(data, name)
    except FileRefused as refused:
        return refused.reason


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(MAGICS), st.binary(max_size=300), st.sampled_from(EXTENSIONS))
def test_any_bytes_are_judged_or_refused(magic: bytes, data: bytes, extension: str) -> None:
    assert verdict(magic + data, f"a.{extension}")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(BY_NAME),
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), max_size=6
    ),
)
def test_a_file_that_was_tampered_with_is_judged_or_refused(
    name: str, cuts: list[tuple[float, int, bytes]]
) -> None:
    data = SOUND[name]
    for place, length, inserted in cuts:
        start = int(place * len(data))
        data = data[:start] + inserted + data[start + length :]
    assert verdict(data, name)


# -- the child process -----------------------------------------------------------------------------------------------


@pytest.fixture
def boxed_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], FileRefused]:
    """Run a line of Python in the child's place, behind the same limits, and say how that was taken."""
    real = parser_box.subprocess.run
    file = tmp_path / "file"
    file.write_bytes(b"x")

    def run(line: str) -> FileRefused:
        program = f"from registry.files.boxed_parsing import confine; confine(); {line}"

        def instead(command: list[str], **options: Any) -> object:
            return real([command[0], "-c", program], **options)

        monkeypatch.setattr(parser_box.subprocess, "run", instead)
        with pytest.raises(FileRefused) as caught:
            parser_box.run("judge", "txt", file)
        return caught.value

    return run


def test_a_parser_that_crashes_takes_only_itself_down(
    boxed_code: Callable[[str], FileRefused],
) -> None:
    assert boxed_code("import os; os.abort()").reason is Reason.DAMAGED
    assert boxed_code("raise SystemExit(3)").reason is Reason.DAMAGED
    assert boxed_code("print('anything')").reason is Reason.DAMAGED


def test_a_parser_that_loops_or_eats_memory_is_stopped(
    boxed_code: Callable[[str], FileRefused], monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))"
    assert boxed_code(f"{limit}\nwhile True: pass").reason is Reason.BOMB
    # An allocation is refused to the child, not to the server.
    assert boxed_code("bytes(2 * 1024**3)").reason is Reason.DAMAGED
    monkeypatch.setattr(parser_box, "MAX_WAIT", 0.5)
    assert boxed_code("import time; time.sleep(60)").reason is Reason.NOT_CHECKED


def test_a_parser_knows_no_secret_and_writes_no_file(
    boxed_code: Callable[[str], FileRefused], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    told = boxed_code("import os; print('damaged', sorted(os.environ))").detail
    assert "PATH" in told
    assert "SECRET_KEY" not in told
    target = tmp_path / "written"
    boxed_code(f"open({str(target)!r}, 'wb').write(b'x' * 10_000)")
    assert not target.exists() or target.stat().st_size == 0


def test_no_place_in_time_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"text")
    monkeypatch.setattr(parser_box, "MAX_WAIT", 0)
    for _ in range(parser_box.MAX_AT_ONCE):
        parser_box._places.acquire()
    try:
        with pytest.raises(FileRefused) as caught:
            inspect(file, "a.txt")
    finally:
        for _ in range(parser_box.MAX_AT_ONCE):
            parser_box._places.release()
    assert caught.value.reason is Reason.NOT_CHECKED
    monkeypatch.setattr(parser_box, "MAX_WAIT", 45.0)
    assert inspect(file, "a.txt").kind is Kind.TEXT


def test_judging_takes_no_time_that_grows_with_tricks() -> None:
    """Long runs that a careless pattern would read again and again."""
    started = time.process_time()
    padding = b" \0\r\n%" * 400_000
    for data, name in (
        (samples.pdf() + padding + b"x", "a.pdf"),
        (b"PK\x05\x06" * 500_000, "a.txt"),
        (samples.image("JPEG") + b"PK\x05\x06" * 500_000, "a.jpg"),
        (samples.docx_with({"word/x.xml": "<w:instrText " * 20_000}), "a.docx"),
        (samples.cms(b"\x24\x80" * 50_000), "a.p7m"),
    ):
        with suppress(FileRefused):
            judge(data, name)
    assert time.process_time() - started < 20
