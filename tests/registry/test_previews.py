"""A preview shows the picture and nothing that a camera wrote beside it; the original stays to the byte."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from registry.files.image_rules import make_preview
from registry.files.previews import preview
from registry.files.signatures import HEIC, JPEG, PDF, PNG, TIFF, WEBP
from tests.registry import sample_files as samples


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def grey(picture: Image.Image, x: int, y: int) -> int:
    return picture.convert("L").crop((x, y, x + 1, y + 1)).tobytes()[0]


def test_a_photo_is_shown_upright_small_and_without_metadata(tmp_path: Path) -> None:
    original = samples.photo((2400, 1800), orientation=6)
    assert b"SECRET-CAMERA" in original
    assert opened(original).getexif().get_ifd(0x8825)
    path = tmp_path / "photo"
    path.write_bytes(original)
    made = preview(path, JPEG)
    assert made is not None
    assert path.read_bytes() == original
    picture = opened(made)
    # Lying 2400 × 1800, turned by a quarter.
    assert (picture.format, picture.size) == ("JPEG", (1200, 1600))
    # The gradient runs from left to right in what was stored, so from top to bottom upright.
    assert abs(grey(picture, 600, 10) - grey(picture, 600, 1590)) > 200
    assert abs(grey(picture, 10, 800) - grey(picture, 1190, 800)) < 5
    assert not picture.getexif()
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"SECRET" not in made
    assert b"Exif" not in made


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        (PNG, samples.image("PNG", samples.picture(mode="P"))),
        (PNG, samples.image("PNG", samples.picture(mode="I;16"))),
        (PNG, samples.image("PNG", samples.picture(mode="1"))),
        (PNG, samples.image("PNG", samples.picture(mode="LA"))),
        (JPEG, samples.image("JPEG", samples.picture(mode="CMYK"))),
        (WEBP, samples.image("WEBP", samples.picture(mode="RGBA"))),
        (TIFF, samples.image("TIFF", samples.picture(mode="F"))),
        (HEIC, samples.heic()),
    ],
)
def test_every_kind_of_picture_has_a_preview(media_type: str, data: bytes) -> None:
    picture = opened(make_preview(data, media_type))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (64, 48))


def test_what_is_transparent_is_white_and_sixteen_bits_keep_their_shades() -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert grey(opened(make_preview(samples.image("PNG", clear), PNG)), 4, 4) > 250
    half = Image.new("I;16", (8, 8), 0x8000)
    assert 120 < grey(opened(make_preview(samples.image("PNG", half), PNG)), 4, 4) < 136


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        (PDF, samples.pdf()),
        ("text/plain", b"text"),
        ("text/html", b"<html>"),
        (JPEG, b"\xff\xd8\xff broken"),
        (PNG, samples.giant_png()),
    ],
)
def test_there_is_no_preview_of_anything_else(media_type: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert preview(path, media_type) is None
