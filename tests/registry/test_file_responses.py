"""An attachment leaves as a download that a browser neither runs nor keeps, under the name that it came with."""

from __future__ import annotations

import base64
import hashlib
import re
from email.message import Message
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.middleware import PublicPageMiddleware, SecurityHeadersMiddleware
from registry.files import vault
from registry.files.responses import (
    AttachmentLost,
    attachment_response,
    content_disposition,
    preview_response,
)
from registry.files.rules import clean_name
from tests.registry import sample_files as samples

# Closing a response looks after the connection, whether the database was asked or not.
pytestmark = pytest.mark.django_db

CONTENT = samples.signed_pdf()


def stored_response(content: bytes = CONTENT, **changed: object) -> HttpResponseBase:
    stored = vault.store_attachment([content], len(content))
    facts = {
        "stored": stored.name,
        "name": "Petiție – șosea.pdf",
        "media_type": "application/pdf",
        "size": stored.size,
        "sha256": stored.sha256,
    }
    return attachment_response(**{**facts, **changed})  # type: ignore[arg-type]


def served(response: HttpResponseBase, path: str = "/petitii/x") -> HttpResponseBase:
    """What leaves after the middlewares that know about headers."""
    request = HttpRequest()
    request.method, request.path = "GET", path
    return SecurityHeadersMiddleware(PublicPageMiddleware(lambda _: response))(request)


@pytest.mark.parametrize("path", ["/registru/x", "/admin/registry/x"])
def test_a_download_is_the_original_in_a_sandbox(private: Path, path: str) -> None:
    response = served(stored_response(), path)
    assert b"".join(response.streaming_content) == CONTENT  # type: ignore[attr-defined]
    response.close()
    headers = response.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Length"] == str(len(CONTENT))
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex"
    assert "ETag" not in headers


def test_the_digest_is_told(private: Path) -> None:
    """The digest of the content, in base64 between colons (RFC 9530, section 2)."""
    response = stored_response(b"text", media_type="text/plain")
    response.close()
    digest = base64.b64encode(hashlib.sha256(b"text").digest()).decode()
    assert response.headers["Repr-Digest"] == f"sha-256=:{digest}:"


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "text/plain\r\nX: y", ""])
def test_a_type_that_is_not_accepted_is_just_bytes(private: Path, media_type: str) -> None:
    response = stored_response(media_type=media_type)
    response.close()
    assert response.headers["Content-Type"] == "application/octet-stream"


def test_a_file_that_is_gone_or_of_another_size_is_not_served(private: Path) -> None:
    with pytest.raises(AttachmentLost):
        stored_response(stored="0" * 32)
    with pytest.raises(AttachmentLost):
        stored_response(size=len(CONTENT) + 1)
    with pytest.raises(ValueError, match="vault"):
        stored_response(stored="../uploads/x")


def test_a_preview_is_shown_in_a_sandbox() -> None:
    response = served(preview_response(b"picture"))
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Content-Disposition"] == 'inline; filename="preview.jpg"'
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "private, no-store"


# -- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cerere.pdf", 'attachment; filename="cerere.pdf"'),
        (
            "Petiție șosea.pdf",
            "attachment; filename=\"Petitie sosea.pdf\"; filename*=UTF-8''Peti%C8%9Bie%20%C8%99osea.pdf",
        ),
        (
            "100%.pdf",
            "attachment; filename=\"100_.pdf\"; filename*=UTF-8''100%25.pdf",
        ),
        (
            "a\r\nX-Evil: 1.pdf",
            'attachment; filename="a X-Evil_ 1.pdf"',
        ),
    ],
)
def test_names_in_headers(name: str, expected: str) -> None:
    assert content_disposition("attachment", name) == expected


@settings(max_examples=100)
@given(st.text(st.characters(), max_size=200))
def test_any_name_is_read_back_and_ends_no_header(name: str) -> None:
    value = content_disposition("attachment", name)
    assert value.isascii()
    assert value.isprintable()
    message = Message()
    message["Content-Disposition"] = value
    assert message.get_content_disposition() == "attachment"
    assert {key for key, _ in message.get_params(header="content-disposition") or []} <= {
        "attachment",
        "filename",
        "filename*",
    }
    extended = re.search(r"filename\*=UTF-8''([\w!#$&+.^`|~%-]+)$", value)
    plain = re.search(r'filename="([^"\\]*)"', value)
    assert plain
    read = unquote(extended[1]) if extended else plain[1]
    assert read == clean_name(name)
