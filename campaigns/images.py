"""Images with the sizes that pages show of them, read together: two queries whatever their number."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from wagtail.images import get_image_model

log = logging.getLogger("agora.campaigns")

FORMATS: Final = ("avif", "webp", "jpeg")
HERO_WIDTHS: Final = (480, 960, 1440)
SHARED: Final = "fill-1200x630|format-jpeg"
"""What networks and messengers show beside a link."""
HERO: Final = tuple(f"format-{kind}|width-{width}" for width in HERO_WIDTHS for kind in FORMATS)


def images(ids: Iterable[int | None]) -> dict[int, Any]:
    """The images with these ids and all sizes made of them; no query for none."""
    wanted = {pk for pk in ids if pk is not None}
    if not wanted:
        return {}
    return dict(get_image_model().objects.prefetch_renditions().in_bulk(wanted))


def shared_image_url(image: Any) -> str:
    """The absolute address of the picture that stands beside a shared link, "" without an image."""
    if image is None:
        return ""
    try:
        url: str = image.get_rendition(SHARED).url
    except OSError:
        log.warning("an image has no file", extra={"image": image.pk})
        return ""
    return url if "://" in url else f"{settings.AGORA_BASE_URL.rstrip('/')}{url}"


def make_sizes(*ids: int | None) -> None:
    """Make the sizes of these images once this transaction is through, so that no reader waits for them."""
    wanted = [pk for pk in ids if pk is not None]
    if wanted:
        transaction.on_commit(partial(_make_sizes, wanted))


def _make_sizes(ids: list[int]) -> None:
    for image in images(ids).values():
        try:
            image.get_renditions(*HERO, SHARED)
        except OSError:
            log.warning("an image has no file", extra={"image": image.pk})
