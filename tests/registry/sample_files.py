"""Files for the tests, made by code: sound ones of every accepted type, and the parts of unsound ones."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any

import pikepdf
import pillow_heif
from PIL import Image

from registry.files.signatures import ASICE, DOCX, ODS, ODT

# -- PDF -------------------------------------------------------------------------------------------------------------


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, **save: Any) -> bytes:
    """A PDF of one empty page; `change` adds to it before it is written."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    if change:
        change(document)
    result = BytesIO()
    document.save(result, static_id=True, **save)
    return result.getvalue()


def signed_pdf() -> bytes:
    """A PDF with a signature field that covers it, its byte range filled in; the signature itself is a dummy."""

    def add_signature(document: pikepdf.Pdf) -> None:
        signature = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Sig,
                Filter=pikepdf.Name("/Adobe.PPKLite"),
                SubFilter=pikepdf.Name("/ETSI.CAdES.detached"),
                ByteRange=[0, 1000000000, 1000000001, 1000000002],
                Contents=pikepdf.String(b"\x30" * 64),
            )
        )
        field = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Sig,
                T=pikepdf.String("Semnătura"),
                V=signature,
                Rect=[0, 0, 0, 0],
                F=132,
                P=document.pages[0].obj,
            )
        )
        document.pages[0].Annots = document.make_indirect(pikepdf.Array([field]))
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[field], SigFlags=3)

    data = pdf(add_signature, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    start = data.index(b"<" + b"30" * 64)
    end = start + 2 + 2 * 64
    for placeholder, value in zip(
        (b"1000000000", b"1000000001", b"1000000002"), (start, end, len(data) - end), strict=True
    ):
        assert data.count(placeholder) == 1
        data = data.replace(placeholder, str(value).rjust(10).encode())
    return data


def action(**entries: Any) -> Callable[[pikepdf.Pdf], None]:
    """Something that happens when the PDF is opened."""

    def add(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = document.make_indirect(pikepdf.Dictionary(**entries))

    return add


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of objects as they are written here, numbered from 1; the first is the catalogue, the second the pages."""
    data = b"%PDF-1.7\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (count, table, count, len(data))
    )


PAGES = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"


# -- pictures --------------------------------------------------------------------------------------------------------


def picture(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """A gradient, so that its corners differ and no two rows are the same."""
    return Image.linear_gradient("L").rotate(90).resize(size).convert(mode)


def image(format_: str, made_of: Image.Image | None = None, **save: Any) -> bytes:
    """A picture in one of Pillow's formats."""
    result = BytesIO()
    (made_of or picture()).save(result, format_, **save)
    return result.getvalue()


def heic() -> bytes:
    result = BytesIO()
    pillow_heif.from_pillow(picture()).save(result, format="HEIF", quality=50)
    return result.getvalue()


def photo(size: tuple[int, int] = (2400, 1800), orientation: int = 6) -> bytes:
    """A JPEG as a telephone writes it: lying on its side, saying where and with what it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x0110] = "SECRET-CAMERA"
    exif.get_ifd(0x8825).update({1: "N", 2: (46.0, 46.0, 12.0)})
    return image(
        "JPEG",
        picture(size),
        exif=exif,
        xmp=b"<x:xmpmeta>SECRET-XMP</x:xmpmeta>",
        comment=b"SECRET-COMMENT",
    )


def png_chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def giant_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A small file whose header promises an enormous picture."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", rows)
        + png_chunk(b"IEND", b"")
    )


# -- packages --------------------------------------------------------------------------------------------------------


def package(
    entries: Mapping[str, bytes | str],
    *,
    stored: Iterable[str] = (),
) -> bytes:
    """A ZIP of these entries, in this order; `stored` ones are not compressed."""
    result = BytesIO()
    stored = set(stored)
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            method = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, method)
    return result.getvalue()


def content_types(part: str, media_type: str, more: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{part}" ContentType="{media_type}.main+xml"/>{more}</Types>'
    )


def relationships(*lines: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Relationships '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(lines)
        + "</Relationships>"
    )


def relationship(kind: str, target: str, mode: str = "External") -> str:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return f'<Relationship Id="r1" Type="{base}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def docx_entries() -> dict[str, bytes | str]:
    return {
        "[Content_Types].xml": content_types("word/document.xml", DOCX),
        "_rels/.rels": relationships(
            relationship("officeDocument", "word/document.xml", "Internal")
        ),
        "word/document.xml": '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w">'
        "<w:body><w:p><w:r><w:t>Bună ziua</w:t></w:r></w:p></w:body></w:document>",
    }


def docx() -> bytes:
    return package(docx_entries())


def docx_with(entries: Mapping[str, bytes | str]) -> bytes:
    """A DOCX with these entries more, or in the place of its own."""
    return package({**docx_entries(), **entries})


def xlsx() -> bytes:
    """Written by openpyxl: another program's idea of a workbook."""
    from openpyxl import Workbook

    result = BytesIO()
    book = Workbook()
    sheet = book.create_sheet()
    sheet["A1"] = "Bună ziua"
    sheet["A1"].hyperlink = "https://example.org/"
    book.save(result)
    return result.getvalue()


def odf(media_type: str = ODT, entries: Mapping[str, bytes | str] | None = None) -> bytes:
    return package(
        {
            "mimetype": media_type,
            "content.xml": '<?xml version="1.0" encoding="UTF-8"?><office:document-content/>',
            "META-INF/manifest.xml": '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest/>',
            **(entries or {}),
        },
        stored=["mimetype"],
    )


def ods() -> bytes:
    return odf(ODS)


def asice(files: Mapping[str, bytes | str] | None = None, signed: bool = True) -> bytes:
    signature = {"META-INF/signatures0.xml": "<asic:XAdESSignatures/>"} if signed else {}
    return package(
        {"mimetype": ASICE, **signature, **(files or {"cerere.pdf": pdf()})}, stored=["mimetype"]
    )


# -- CMS -------------------------------------------------------------------------------------------------------------


def der(tag: int, content: bytes) -> bytes:
    """An element of DER (ITU-T X.690)."""
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def ber(tag: int, content: bytes) -> bytes:
    """The same with an indefinite length, as programs that stream write it."""
    return bytes([tag, 0x80]) + content + b"\0\0"


def cms(content: bytes | None, element: Callable[[int, bytes], bytes] = der) -> bytes:
    """A SignedData (RFC 5652) around `content`, or detached; its signer is a dummy."""
    enclosed = b""
    if content is not None:
        if element is der:
            octets = der(0x04, content)
        else:
            parts = [content[start : start + 1000] for start in range(0, len(content), 1000)]
            octets = ber(0x24, b"".join(der(0x04, part) for part in parts))
        enclosed = element(0xA0, octets)
    signed = element(
        0x30,
        der(0x02, b"\x01")
        + der(0x31, b"")
        + element(0x30, der(0x06, bytes.fromhex("2a864886f70d010701")) + enclosed)
        + der(0x31, der(0x30, der(0x02, b"\x01"))),
    )
    return element(0x30, der(0x06, bytes.fromhex("2a864886f70d010702")) + element(0xA0, signed))


# -- all of them -----------------------------------------------------------------------------------------------------


def sound_files() -> dict[str, bytes]:
    """One sound file of each accepted type, by a name of it."""
    return {
        "cerere.pdf": pdf(),
        "cerere semnată.PDF": signed_pdf(),
        "poză.jpg": image("JPEG"),
        "poză.jpeg": image("JPEG", progressive=True),
        "captură.png": image("PNG"),
        "captură.webp": image("WEBP"),
        "IMG_0001.HEIC": heic(),
        "scanare.tif": image(
            "TIFF",
            picture(),
            save_all=True,
            append_images=[picture(mode="1")],
            compression="tiff_lzw",
        ),
        "cerere.docx": docx(),
        "tabel.xlsx": xlsx(),
        "cerere.odt": odf(),
        "tabel.ods": ods(),
        "notă.txt": "Bună ziua,\r\n\tșoseaua e plină de gropi.\n".encode(),
        "veche.txt": "Bună ziua, încă o dată".encode("cp1250"),
        "notepad.txt": "Jó napot kívánok".encode("utf-16"),
        "cerere.pdf.p7m": cms(pdf()),
        "cerere.p7m": cms(image("JPEG"), ber),
        "cerere.pdf.p7s": cms(None),
        "cerere.asice": asice(),
    }
