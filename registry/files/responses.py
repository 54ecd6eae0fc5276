"""How an attachment leaves the vault: as a download that no browser runs, sniffs, frames, shares or keeps."""

from __future__ import annotations

import base64
import logging
import os
import unicodedata
from typing import Final
from urllib.parse import quote

from django.http import FileResponse, HttpResponse

from registry.files import vault
from registry.files.previews import PREVIEW_TYPE
from registry.files.rules import TYPES, clean_name

SANDBOX: Final = "sandbox; default-src 'none'"

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": SANDBOX,
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
_MEDIA_TYPES: Final = {type_.media_type for type_ in TYPES}
# RFC 8187, section 3.2.1: attr-char, without the letters and digits that quote() always leaves.
_ATTR_CHAR: Final = "!#$&+-.^_`|~"

log = logging.getLogger("agora.registry.attachments")


class AttachmentLost(Exception):
    """The file is not there, or not as long as the register says: never to be served as if it were the original."""


def content_disposition(kind: str, name: str) -> str:
    """The header's value (RFC 6266): the name in plain letters, then as it is written in UTF-8 (RFC 8187).

    `kind` is `attachment` or `inline`. No name can end the header: it is cleaned first.
    """
    name = clean_name(name)
    # Diacritics fall off their letters; what has no plain letter becomes an underscore.
    plain = "".join(
        character if " " <= character <= "~" and character not in '"\\%' else "_"
        for character in unicodedata.normalize("NFKD", name)
        if not unicodedata.combining(character)
    )
    value = f'{kind}; filename="{plain}"'
    if plain != name:
        value += f"; filename*=UTF-8''{quote(name, safe=_ATTR_CHAR)}"
    return value


def _shut_in(response: HttpResponse | FileResponse) -> None:
    for header, value in _HEADERS.items():
        response.headers[header] = value


def attachment_response(
    *, stored: str, name: str, media_type: str, size: int, sha256: str
) -> FileResponse:
    """The original, to the byte, as a download; whether the reader may have it was asked before.

    `stored` is its name in the vault, `size` in bytes, `sha256` in hexadecimal, told to the reader as Repr-Digest
    (RFC 9530). Raises AttachmentLost.
    """
    try:
        file = vault.open_attachment(stored)
    except FileNotFoundError as error:
        log.error("attachment lost", extra={"stored": stored})
        raise AttachmentLost from error
    if os.fstat(file.fileno()).st_size != size:
        file.close()
        log.error("attachment changed", extra={"stored": stored})
        raise AttachmentLost
    if media_type not in _MEDIA_TYPES:
        media_type = "application/octet-stream"
    response = FileResponse(file, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition("attachment", name)
    digest = base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    _shut_in(response)
    return response


def preview_response(picture: bytes) -> HttpResponse:
    """A preview made by `previews.preview`, to be shown in a page of ours."""
    response = HttpResponse(picture, content_type=PREVIEW_TYPE)
    response.headers["Content-Disposition"] = content_disposition("inline", "preview.jpg")
    _shut_in(response)
    return response
