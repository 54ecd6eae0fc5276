"""Saved e-mails: what the counter's form is filled in with, and files that are none."""

from __future__ import annotations

from contextlib import suppress
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from registry.eml import DEEPEST, BrokenMail, parse_mail
from registry.models import Register, RegistryEntry
from tests.registry.people import client_of
from tests.registry.sample_files import image


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in {
        "From": "Ilona Probă <ilona@example.org>",
        "To": "registratura@example.org",
        "Subject": "Iluminatul aleii",
        "Date": "Thu, 12 Mar 2026 23:30:00 +0000",
        **headers,
    }.items():
        message[name] = value
    message.set_content("Pe alee nu este lumină.\n\nMulțumesc")
    return message


def test_mail_is_read_with_its_files() -> None:
    message = mail()
    message.add_alternative("<p>Pe alee</p>", subtype="html")
    message.add_attachment(b"abc", maintype="image", subtype="jpeg", filename="stâlpul.jpg")
    found = parse_mail(message.as_bytes())
    assert (found.name, found.address, found.subject) == (
        "Ilona Probă",
        "ilona@example.org",
        "Iluminatul aleii",
    )
    assert found.text == "Pe alee nu este lumină.\n\nMulțumesc"
    assert [(file.name, file.data) for file in found.files] == [("stâlpul.jpg", b"abc")]
    assert found.sent_at is not None


def test_html_alone_is_read_as_words() -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content(
        "<head><title>x</title></head><style>p{}</style><p>Unu</p><div>Doi &amp; trei<br>patru</div>"
        "<script>alert(1)</script>",
        subtype="html",
    )
    assert parse_mail(message.as_bytes()).text.split() == ["Unu", "Doi", "&", "trei", "patru"]


@pytest.mark.parametrize("charset", ["iso-8859-2", "windows-1250", "utf-8", "unknown-charset"])
def test_charset_that_is_wrong_or_old_breaks_nothing(charset: str) -> None:
    data = (
        f"From: a@example.org\r\nSubject: x\r\nContent-Type: text/plain; charset={charset}\r\n\r\nBună ziua"
    ).encode()
    assert "ziua" in parse_mail(data).text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"%PDF-1.7 and so on", "not_mail"),
        (b"\xd0\xcf\x11\xe0" * 50, "not_mail"),
        (b"x" * (25 * 1024 * 1024 + 1), "large"),
    ],
)
def test_what_is_no_mail_is_told(data: bytes, reason: str) -> None:
    with pytest.raises(BrokenMail) as raised:
        parse_mail(data)
    assert raised.value.reason == reason


def test_mail_in_too_many_layers_is_told() -> None:
    message = mail()
    for _layer in range(DEEPEST + 2):
        outer = EmailMessage()
        outer["From"] = "a@example.org"
        outer.make_mixed()
        outer.attach(message)
        message = outer
    with pytest.raises(BrokenMail):
        parse_mail(message.as_bytes())


@given(st.binary(max_size=2000), st.sampled_from([b"", b"From: x\r\n", b"Subject: =?utf-8?b?"]))
def test_no_bytes_raise_anything_else(data: bytes, start: bytes) -> None:
    with suppress(BrokenMail):
        parse_mail(start + data)


@given(st.data())
def test_damaged_mail_raises_nothing_else(data: st.DataObject) -> None:
    message = mail()
    message.add_attachment(b"abc" * 50, maintype="image", subtype="jpeg", filename="a.jpg")
    raw = bytearray(message.as_bytes())
    for _change in range(data.draw(st.integers(1, 30))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with suppress(BrokenMail):
        parse_mail(bytes(raw[: data.draw(st.integers(1, len(raw)))]))


# -- the screen --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_mail_fills_in_the_form_and_registers_nothing(
    general: Register, people: dict[str, Any]
) -> None:
    message = mail()
    message.add_attachment(image("JPEG"), maintype="image", subtype="jpeg", filename="foto.jpg")
    message.add_attachment(b"MZ" * 20, maintype="application", subtype="exe", filename="x.exe")
    response = client_of(people["clerk"]).post(
        reverse("registry_counter:mail"),
        {"mail": SimpleUploadedFile("mesaj.eml", message.as_bytes())},
    )
    assert response.status_code == 200
    form = response.context["form"]
    assert form["name"].value() == "Ilona Probă"
    assert form["email"].value() == "ilona@example.org"
    assert str(form["channel"].value()) == "email"
    # 23:30 UTC is the next day in Bucharest.
    assert str(form["sender_date"].value()) == "2026-03-13"
    assert [upload.name for upload in response.context["kept"]] == ["foto.jpg"]
    assert "x.exe" in response.content.decode()
    assert not RegistryEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["..", "/", "", "../../etc/passwd", "a\x00b.jpg", "."])
def test_odd_names_of_attachments_break_nothing(
    general: Register, people: dict[str, Any], name: str
) -> None:
    message = mail()
    message.add_attachment(image("JPEG"), maintype="image", subtype="jpeg", filename=name)
    response = client_of(people["clerk"]).post(
        reverse("registry_counter:mail"),
        {"mail": SimpleUploadedFile("mesaj.eml", message.as_bytes())},
    )
    assert response.status_code == 200


@pytest.mark.django_db
def test_broken_mail_is_told_and_asked_again(general: Register, people: dict[str, Any]) -> None:
    response = client_of(people["clerk"]).post(
        reverse("registry_counter:mail"), {"mail": SimpleUploadedFile("x.eml", b"%PDF-1.7")}
    )
    assert response.status_code == 422
    assert ".eml" in response.content.decode()
