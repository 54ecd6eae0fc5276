"""Previews of pictures for the desk: small, upright and without what a camera writes beside the picture.

Where a photo was taken, when and with what is personal data that a glance at it does not need. The original stays what
the citizen sent, to the byte.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from registry.files import parser_box
from registry.files.refusals import FileRefused
from registry.files.rules import TYPES, Kind

PREVIEW_TYPE: Final = "image/jpeg"

_EXTENSIONS: Final = {
    type_.media_type: type_.extensions[0] for type_ in TYPES if type_.kind is Kind.IMAGE
}

log = logging.getLogger("agora.registry.files.previews")


def preview(path: Path, media_type: str) -> bytes | None:
    """A JPEG of at most 1600 pixels a side, its pixels and nothing else; None when there is none for this file.

    Made in a child process, within its limits of memory and time. `media_type` is what the inspection said.
    Raises OSError when the file cannot be read.
    """
    extension = _EXTENSIONS.get(media_type)
    if extension is None:
        return None
    try:
        return parser_box.run("preview", extension, path)
    except FileRefused as refusal:
        log.warning("no preview", extra={"detail": str(refusal)})
        return None
