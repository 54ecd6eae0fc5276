"""What somebody typed, quoted in a message. Pure."""

from __future__ import annotations

import unicodedata


def shown(text: str, limit: int = 40) -> str:
    """Return text that a user typed, without control characters and cut for use in a message."""
    clean = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[: limit * 4])
    clean = " ".join(clean.split())
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
