"""Draws the logos of the demo's partners: simple marks, so that no file of anybody's is needed."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image as Canvas
from PIL import ImageDraw
from wagtail.images.models import Image
from wagtail.models import Collection

WIDTH, HEIGHT = 480, 240


def draw(shape: str, colour: str) -> bytes:
    """A PNG of `shape` ("towers", "leaf", "rings") in `colour` on white."""
    canvas = Canvas.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(canvas)
    if shape == "towers":
        pen.rectangle((90, 150, 390, 220), fill=colour)
        for left in (110, 290):
            pen.rectangle((left, 60, left + 80, 150), fill=colour)
            pen.polygon([(left - 10, 60), (left + 40, 15), (left + 90, 60)], fill=colour)
        pen.rectangle((215, 170, 265, 220), fill="white")
    elif shape == "leaf":
        pen.ellipse((140, 20, 340, 220), outline=colour, width=14)
        pen.chord((180, 50, 320, 190), 135, 315, fill=colour)
        pen.line((195, 180, 290, 85), fill="white", width=8)
    else:
        for left in (70, 170, 270):
            pen.ellipse((left, 50, left + 140, 190), outline=colour, width=18)
    file = io.BytesIO()
    canvas.save(file, "PNG", optimize=True)
    return file.getvalue()


def logo(key: str, item: dict[str, Any], collection: Collection) -> Image:
    """The logo that `item` of the content file describes, saved for the organisation called `key`."""
    return Image.objects.create(
        title=item["alt"]["ro"],
        collection=collection,
        file=ContentFile(draw(item["shape"], item["colour"]), name=f"{key}.png"),
    )
