"""Photos and scans: one whole picture of a sane size and nothing else; and what a preview of one is made of."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from registry.files.refusals import FileRefused, Reason
from registry.files.signatures import HEIC, JPEG, PNG, TIFF, WEBP, refuse_foreign, require

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS: Final = 50_000_000
"""Of one picture; a page at 600 dpi has 35 million."""
MAX_SHEETS: Final = 50
"""Pages of one TIFF, and so many times MAX_SHEET_PIXELS in all."""
MAX_ALL_PIXELS: Final = 500_000_000
PREVIEW_SIDE: Final = 1600
_PREVIEW_QUALITY: Final = 82

_FORMATS: Final = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", TIFF: "TIFF", HEIC: "HEIF"}


def check_image(data: bytes, media_type: str) -> None:
    """Raise FileRefused unless this is one whole picture of `media_type` within MAX_PIXELS.

    The size is read from the header before anything is decoded; then the picture is decoded to its end.
    """
    require(data, media_type)
    refuse_foreign(data)
    if media_type == PNG:
        _check_png_chunks(data)
    elif media_type == WEBP:
        _check_riff(data)
    elif media_type == HEIC:
        _check_boxes(data)
    with _open(data, media_type) as picture:
        _check_size(picture)
        if media_type == JPEG:
            # An eighth of the size: all of the file is read, and a sixty-fourth of the memory used.
            picture.draft("RGB", (picture.width // 8, picture.height // 8))
        sheets = getattr(picture, "n_frames", 1) if media_type == TIFF else 1
        if sheets > MAX_SHEETS:
            raise FileRefused(Reason.TOO_MANY_PIXELS, detail=f"{sheets} sheets")
        pixels = 0
        for number in range(sheets):
            if number:
                picture.seek(number)
                _check_size(picture)
            pixels += picture.width * picture.height
            if pixels > MAX_ALL_PIXELS:
                raise FileRefused(Reason.TOO_MANY_PIXELS, detail=f"{pixels} pixels in all")
            picture.load()


def make_preview(data: bytes, media_type: str) -> bytes:
    """A JPEG of the (first) picture, upright, at most PREVIEW_SIDE pixels a side, with nothing but its pixels.

    Raises FileRefused(TOO_MANY_PIXELS), and whatever the decoder raises for a broken file.
    """
    from PIL import Image, ImageOps

    with _open(data, media_type) as opened:
        _check_size(opened)
        opened.draft("RGB", (PREVIEW_SIDE, PREVIEW_SIDE))
        picture = _eight_bit(opened)
        picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
        picture = ImageOps.exif_transpose(picture)
        if picture.has_transparency_data:
            picture = picture.convert("RGBA")
        # Pixels are painted on a new sheet: no metadata has a way here.
        sheet = Image.new("RGB", picture.size, "white")
        sheet.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    result = BytesIO()
    sheet.save(result, "JPEG", quality=_PREVIEW_QUALITY)
    return result.getvalue()


def _open(data: bytes, media_type: str) -> Image.Image:
    # Imported here: only the child process decodes, and of the decoders it needs one.
    from PIL import Image

    if media_type == HEIC:
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.options.THUMBNAILS = False
        pillow_heif.register_heif_opener()
    # Our own limit is asked before decoding.
    Image.MAX_IMAGE_PIXELS = None
    return Image.open(BytesIO(data), formats=[_FORMATS[media_type]])


def _check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise FileRefused(Reason.TOO_MANY_PIXELS, detail=f"{picture.width} × {picture.height}")


def _eight_bit(picture: Image.Image) -> Any:
    """Scans of 16 bits a pixel, which Pillow would cut off at 255 rather than scale."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture


def _check_png_chunks(data: bytes) -> None:
    """Every byte belongs to a chunk and IEND is the last (PNG specification, section 5)."""
    position = 8
    while position < len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        position += 12 + length
        if kind == b"IEND":
            break
    else:
        raise FileRefused(Reason.DAMAGED, detail="no end of the PNG")
    if position > len(data):
        raise FileRefused(Reason.DAMAGED, detail="cut off")
    if data[position:].strip(b"\0\r\n "):
        raise FileRefused(Reason.MIXED, detail="something after the end of the PNG")


def _check_riff(data: bytes) -> None:
    """The container says how long it is (WebP container specification, "RIFF file format")."""
    end = 8 + struct.unpack_from("<I", data, 4)[0]
    end += end % 2
    if end > len(data) + 1:
        raise FileRefused(Reason.DAMAGED, detail="cut off")
    if data[end:].strip(b"\0\r\n "):
        raise FileRefused(Reason.MIXED, detail="something after the end of the WebP")


def _check_boxes(data: bytes) -> None:
    """The boxes of the file (ISO/IEC 14496-12, section 4.2) fill it exactly."""
    position = 0
    while position < len(data):
        size, kind = struct.unpack_from(">I4s", data, position)
        if size == 1:
            size = struct.unpack_from(">Q", data, position + 8)[0]
        elif size == 0:
            size = len(data) - position
        if size < 8 or not (kind.isascii() and kind.decode("ascii").isprintable()):
            raise FileRefused(Reason.MIXED, detail="something after the end of the HEIC")
        position += size
    if position > len(data):
        raise FileRefused(Reason.DAMAGED, detail="cut off")
