"""Between the form and the sending: a token stands for a file that was accepted, and for nothing else."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.utils import translation

from registry.files import clamav, uploads, vault
from registry.files.refusals import FileRefused, Reason
from registry.files.texts import TEXTS, refusal_text
from tests.registry import sample_files as samples

pytestmark = pytest.mark.usefixtures("private")


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    # Browsers say what they like about the type.
    return SimpleUploadedFile(name, content, content_type="application/x-anything")


def refusal(name: str, content: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        uploads.receive(sent(name, content))
    return caught.value


def kept(private: Path) -> list[Path]:
    return [path for path in private.rglob("*") if path.is_file()]


def test_a_signed_pdf_comes_through_to_the_byte(private: Path) -> None:
    data = samples.signed_pdf()
    upload = uploads.receive(sent("Cerere semnată.pdf", data))
    assert (upload.name, upload.size, upload.media_type) == (
        "Cerere semnată.pdf",
        len(data),
        "application/pdf",
    )
    assert upload.sha256 == hashlib.sha256(data).hexdigest()
    adopted = vault.adopt(upload.stored)
    with vault.open_attachment(adopted) as file:
        assert file.read() == data


def test_a_file_that_django_put_on_the_disk_is_taken_too(private: Path) -> None:
    data = samples.docx()
    with TemporaryUploadedFile("cerere.docx", "", len(data), "utf-8") as file:
        file.write(data)
        file.seek(0)
        upload = uploads.receive(file)
    assert vault.upload_path(upload.stored).read_bytes() == data


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"", Reason.EMPTY),
        ("cerere.pdf.exe", samples.pdf(), Reason.NOT_ACCEPTED),
        ("a.pdf", b"MZ not a pdf", Reason.MISMATCH),
        ("a.docx", samples.docx_with({"word/vbaProject.bin": b"x"}), Reason.MACROS),
        ("a.png", samples.giant_png(), Reason.TOO_MANY_PIXELS),
        ("f" * 400 + ".txt", b"\0", Reason.MISMATCH),
    ],
)
def test_what_is_refused_is_not_kept(
    private: Path, name: str, content: bytes, reason: Reason
) -> None:
    refused = refusal(name, content)
    assert refused.reason is reason
    assert refused.name
    assert kept(private) == []


def test_a_file_that_is_too_large_is_not_kept(
    private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_FILE_BYTES", 100)
    assert refusal("a.txt", b"x" * 101).reason is Reason.TOO_LARGE
    assert kept(private) == []


def test_a_full_disk_is_a_refusal(private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise vault.VaultFull

    monkeypatch.setattr(vault, "store_upload", full)
    assert refusal("a.txt", b"text").reason is Reason.NO_ROOM


def test_what_the_scanner_says_decides(private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def infected(path: Path, name: str) -> None:
        raise FileRefused(Reason.INFECTED, name, "Eicar FOUND")

    def silent(path: Path, name: str) -> None:
        raise clamav.ScannerUnavailable

    monkeypatch.setattr(clamav, "scan", infected)
    assert refusal("a.txt", b"text").reason is Reason.INFECTED
    monkeypatch.setattr(clamav, "scan", silent)
    assert refusal("a.txt", b"text").reason is Reason.NOT_CHECKED
    assert kept(private) == []


def test_an_error_of_ours_leaves_nothing(private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(uploads, "inspect", broken)
    with pytest.raises(ZeroDivisionError):
        uploads.receive(sent("a.txt", b"text"))
    assert kept(private) == []


# -- tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_stands_for_its_upload() -> None:
    upload = uploads.receive(sent("notă.txt", b"text"))
    assert uploads.from_token(upload.token) == upload


def test_the_longest_name_fits_into_a_token() -> None:
    upload = uploads.receive(sent("\U0001f600" * 145 + ".txt", b"text"))
    assert uploads.from_token(upload.token) == upload


@pytest.mark.parametrize(
    "token",
    ["", "x", "a:b:c", "\0", "\ud800", "ă" * 10, "x" * 1_000_000, ":" * 100, "../../etc/passwd"],
)
def test_a_forged_token_stands_for_nothing(token: str) -> None:
    assert uploads.from_token(token) is None


def test_a_changed_token_or_one_signed_for_something_else_stands_for_nothing() -> None:
    upload = uploads.receive(sent("a.txt", b"text"))
    swapped = "A" if upload.token[5] != "A" else "B"
    assert uploads.from_token(upload.token[:5] + swapped + upload.token[6:]) is None
    facts = signing.loads(upload.token, salt="registry.files.uploads")
    assert uploads.from_token(signing.dumps(facts)) is None
    assert uploads.from_token(signing.dumps(facts, salt="another")) is None


def test_a_token_ends_with_its_upload(clock) -> None:
    upload = uploads.receive(sent("a.txt", b"text"))
    clock.shift(timedelta(hours=47, minutes=59))
    assert uploads.from_token(upload.token) == upload
    clock.shift(timedelta(minutes=2))
    assert uploads.from_token(upload.token) is None


def test_a_token_whose_file_is_gone_or_changed_stands_for_nothing() -> None:
    upload = uploads.receive(sent("a.txt", b"text"))
    path = vault.upload_path(upload.stored)
    path.write_bytes(b"longer text")
    assert uploads.from_token(upload.token) is None
    path.unlink()
    assert uploads.from_token(upload.token) is None


# -- words -----------------------------------------------------------------------------------------------------------


def test_every_reason_has_words_that_name_the_file() -> None:
    assert set(TEXTS) == set(Reason)
    with translation.override("en"):
        for reason in Reason:
            text = refusal_text(FileRefused(reason, "100% șpan.pdf", "detail for the log"))
            assert ("100% șpan.pdf" in text) == (reason is not Reason.TOO_MANY)
            assert "%(" not in text
            assert "detail" not in text
        assert "10 MB" in refusal_text(FileRefused(Reason.TOO_LARGE, "a.pdf"))
        assert "5 files" in refusal_text(FileRefused(Reason.TOO_MANY))
