"""Plain text: letters in UTF-8, UTF-16 with its mark, or one of the 8-bit encodings of old Windows."""

from __future__ import annotations

import codecs
import re
from typing import Final

from registry.files.refusals import FileRefused, Reason
from registry.files.signatures import OLE_MAGIC, refuse_foreign, sniff

# Everything below the space but tab, line feed, vertical tab, form feed and carriage return.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_OTHER_KINDS: Final = (b"{\\rtf", b"<?xml", b"<!", b"%!PS", OLE_MAGIC)


def check_text(data: bytes) -> None:
    """Raise FileRefused(MISMATCH) when this is no plain text, or text of another kind (markup, RTF, PostScript)."""
    head = data[:1024].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if sniff(data) or head.startswith(_OTHER_KINDS):
        raise FileRefused(Reason.MISMATCH, detail="another kind of file")
    if _CONTROLS.search(_decoded(data)):
        raise FileRefused(Reason.MISMATCH, detail="binary content")
    refuse_foreign(data, may_hold_html=True)


def _decoded(data: bytes) -> str:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Which 8-bit encoding it is does not matter for what is looked for.
        return data.decode("latin-1")
