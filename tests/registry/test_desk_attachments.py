"""Attachments in the admin: for whom, as what, and told in the trail."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registry import lifecycle
from registry.files import uploads, vault
from registry.models import Attachment, AuditEvent, EntryKind, Register, RegistryEntry
from tests.registry.filings import at, entry_of
from tests.registry.people import client_of, department_of
from tests.registry.sample_files import pdf, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(general: Register, complaint: EntryKind) -> RegistryEntry:
    """A petition with a signed-looking PDF and a photo that says where it was taken."""
    files = [
        uploads.receive(SimpleUploadedFile("Cerere „urgentă”.pdf", pdf())),
        uploads.receive(SimpleUploadedFile("foto.jpg", photo((320, 240)))),
    ]
    return entry_of(complaint, general, at(2026, 3, 12, 10), uploads=files)


def url(attachment: Attachment) -> str:
    return reverse("registry_attachment", args=[attachment.pk])


def opened() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action="file.viewed"))


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_attachment_of_what_is_not_yours_is_not_there(
    entry: RegistryEntry, people: dict[str, Any], general: Register
) -> None:
    pdf_file, picture = entry.attachments.all()
    for name in ("nobody", "marketing", "officer", "auditor", "confidential"):
        client = client_of(people[name])
        assert client.get(url(pdf_file)).status_code == 404, name
        assert client.get(f"{url(picture)}picture/").status_code == 404, name
    lifecycle.assign(entry, department_of(people["officer"]), actor=people["clerk"])
    assert client_of(people["officer"]).get(url(pdf_file)).status_code == 200
    assert client_of(people["other_officer"]).get(url(pdf_file)).status_code == 404
    assert [event.actor_name for event in opened()] == ["officer"]


def test_attachment_is_a_download_that_nothing_runs_told_each_time(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    attachment = entry.attachments.all()[0]
    client = client_of(people["clerk"])
    for _ in range(2):
        response = client.get(url(attachment))
        assert hashlib.sha256(body(response)).hexdigest() == attachment.sha256
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert [event.data for event in opened()] == [{"file": attachment.sha256}] * 2
    assert client.post(url(attachment)).status_code == 405


def test_picture_is_small_bare_and_told_once_an_hour(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    document, picture = entry.attachments.all()
    client = client_of(people["clerk"])
    for _ in range(2):
        response = client.get(f"{url(picture)}picture/")
        assert response["Content-Type"] == "image/jpeg"
        assert b"Exif" not in body(response)[:200]
    assert len(opened()) == 1
    assert client.get(f"{url(document)}picture/").status_code == 404


def test_file_that_is_gone_or_was_changed_is_never_served(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    document, picture = entry.attachments.all()
    client = client_of(people["clerk"])
    path = Path(vault.attachment_path(document.stored_name))
    path.chmod(0o600)
    path.write_bytes(b"altceva")
    Path(vault.attachment_path(picture.stored_name)).unlink()
    for attachment in (document, picture):
        response = client.get(url(attachment))
        assert response.status_code == 302
        assert response["Location"] == reverse("registry_entries:entry", args=[entry.pk])
    assert client.get(f"{url(picture)}picture/").status_code == 404
    assert not opened()


def test_name_of_a_file_is_hidden_from_who_may_not_see_the_petitioner(
    entry: RegistryEntry, people: dict[str, Any]
) -> None:
    page = reverse("registry_entries:entry", args=[entry.pk])
    assert "urgentă" in client_of(people["clerk"]).get(page).content.decode()
    seen = client_of(people["auditor"]).get(page).content.decode()
    assert "urgentă" not in seen
    assert "/attachments/" not in seen
    assert entry.attachments.all()[0].short_hash in seen
