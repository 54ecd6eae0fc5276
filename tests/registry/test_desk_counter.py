"""The counter: paper becomes an entry with one sending of a form, once, and nothing typed or scanned is lost."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cms.models import OutboxMail
from registry import high_water
from registry.models import AuditEvent, EntryKind, Register, RegistryEntry
from registry.registration import mark_name
from registry.tracking_codes import same_code
from tests.admin_forms import AdminForm
from tests.registry.people import client_of, department_of
from tests.registry.sample_files import image, pdf

pytestmark = pytest.mark.django_db

COUNTER = "/admin/registru/counter/"


@pytest.fixture
def form(people: dict[str, Any], general: Register, complaint: EntryKind) -> AdminForm:
    """The form as it is when a clerk opened it, with what a petition needs."""
    found = AdminForm(client_of(people["clerk"]), COUNTER)
    found.data |= {
        "kind": str(complaint.pk),
        "name": "Ilona Probă",
        "subject": "Iluminatul aleii",
        "reply_by": "post",
        "address": "Str. Exemplu 1, Cluj-Napoca",
    }
    return found


def shown_number(form: AdminForm, response: Any) -> str:
    assert response.status_code == 302, response.content.decode()[:3000]
    text = form.client.get(response["Location"]).content.decode()
    found = re.search(r"data-nr>([^<]+)<", text)
    assert found
    return found[1]


def test_paper_gets_its_number_department_and_slip(form: AdminForm, people: dict[str, Any]) -> None:
    department = department_of(people["officer"])
    response = form.send(
        department=department.pk,
        sender_number="123/A",
        sender_date="2026-01-15",
        sheets="2",
        annexes="1",
        body="Pe scurt",
    )
    entry = RegistryEntry.objects.get()
    assert shown_number(form, response) == entry.number_text
    assert (entry.channel, entry.direction, entry.state) == ("counter", "incoming", "assigned")
    assert (entry.department, entry.created_by) == (department, people["clerk"])
    assert (entry.sender_number, entry.sender_date) == ("123/A", date(2026, 1, 15))
    assert (entry.sheets, entry.annexes, entry.body) == (2, 1, "Pe scurt")
    assert [event.action for event in AuditEvent.objects.order_by("sequence")][:2] == [
        "entry.registered",
        "entry.assigned",
    ]


def test_slip_shows_the_code_whose_hash_alone_is_kept(form: AdminForm, settings: Any) -> None:
    done = form.send()["Location"]
    slip = form.client.get(done.replace("/done/", "/slip/")).content.decode()
    entry = RegistryEntry.objects.get()
    found = re.search(r"<b>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</b>", slip)
    assert found
    assert same_code(found[1], entry.tracking_hash, settings.SECRET_KEY)
    assert entry.number_text in slip
    assert found[1] in form.client.get(done).content.decode()
    assert (
        found[1]
        not in form.client.get(reverse("registry_entries:entry", args=[entry.pk])).content.decode()
    )


def test_same_form_twice_is_one_entry(form: AdminForm) -> None:
    first, second = form.send(), form.send()
    assert first["Location"] == second["Location"]
    assert RegistryEntry.objects.count() == 1
    assert AuditEvent.objects.filter(action="entry.registered").count() == 1


def test_form_sent_again_with_other_content_is_told_and_kept(form: AdminForm) -> None:
    form.send()
    response = form.send(subject="Cu totul altceva")
    assert response.status_code == 409
    text = response.content.decode()
    assert RegistryEntry.objects.get().number_text in text
    assert "Cu totul altceva" in text
    token = re.search(r'name="token" value="([^"]+)"', text)
    assert token
    form.send(subject="Cu totul altceva", token=token[1])
    assert list(RegistryEntry.objects.values_list("subject", flat=True)) == [
        "Cu totul altceva",
        "Iluminatul aleii",
    ]


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "ț" * 300, "\x00"])
def test_form_without_its_token_registers_nothing_and_can_be_sent_again(
    form: AdminForm, token: str
) -> None:
    response = form.send(token=token)
    assert response.status_code == 422
    assert "Iluminatul aleii" in response.content.decode()
    assert not RegistryEntry.objects.exists()
    new = re.search(r'name="token" value="([^"]+)"', response.content.decode())
    assert new
    assert form.send(token=new[1]).status_code == 302


def test_form_that_was_open_for_a_day_asks_again(form: AdminForm, clock: Any) -> None:
    form.data["token"] = AdminForm(form.client, COUNTER).data["token"]
    clock.shift(13 * 3600)
    assert form.send().status_code == 422
    assert not RegistryEntry.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "99999999999999999999"}, "kind"),
        ({"name": " \u200b "}, "name"),
        ({"subject": ""}, "subject"),
        ({"subject": "x" * 251}, "subject"),
        ({"channel": "web"}, "channel"),
        ({"direction": "x"}, "direction"),
        ({"address": ""}, "address"),
        ({"reply_by": "email"}, "email"),
        ({"reply_by": "email", "email": "a@b\r\nBcc: c@d.ro"}, "email"),
        ({"sender_date": "2999-01-01"}, "sender_date"),
        ({"sender_date": "31.02.2026"}, "sender_date"),
        ({"sheets": "-1"}, "sheets"),
        ({"department": "99999"}, "department"),
        ({"register": "99999"}, "register"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(
    form: AdminForm, values: dict[str, Any], field: str
) -> None:
    response = form.send(**values)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not RegistryEntry.objects.exists()


def test_confidential_and_lost_kinds_are_not_for_the_counter(form: AdminForm) -> None:
    EntryKind.objects.create(key="lost", name={"ro": "Poziție pierdută"}, family="other")
    for kind in EntryKind.objects.filter(is_confidential=True) | EntryKind.objects.filter(
        key="lost"
    ):
        assert form.send(kind=kind.pk).status_code == 422
        assert str(kind) not in form.html


def test_gathering_counts_from_its_day(form: AdminForm) -> None:
    kind = EntryKind.objects.get(family="gathering")
    assert "counts_from" in form.send(kind=kind.pk, reply_by="none").context["form"].errors
    form.send(kind=kind.pk, reply_by="none", counts_from="2027-03-20")
    entry = RegistryEntry.objects.get()
    assert entry.other_terms["hand_in_by"] == "2027-03-17"


@pytest.mark.parametrize("direction", ["outgoing", "internal"])
def test_what_goes_out_or_stays_has_a_number_and_no_code(form: AdminForm, direction: str) -> None:
    kind = EntryKind.objects.get(key="corespondenta")
    response = form.send(kind=kind.pk, direction=direction, address="")
    entry = RegistryEntry.objects.get()
    assert shown_number(form, response) == entry.number_text
    assert (entry.direction, entry.tracking_hash, entry.reply_by) == (direction, "", "none")
    assert "data-code" not in form.client.get(response["Location"]).content.decode()


def test_what_is_typed_is_kept_clean(form: AdminForm) -> None:
    form.send(name="Ilona\r\nProbă\u202e", subject="{{ x }} <b>\x00alee")
    entry = RegistryEntry.objects.get()
    assert (entry.petitioner_name, entry.subject) == ("Ilona Probă", "{{ x }} <b>alee")


def test_petitioner_with_an_address_gets_the_receipt_by_mail(form: AdminForm) -> None:
    form.send(reply_by="email", email="ilona@example.org", address="")
    form.send()
    mail = OutboxMail.objects.get()
    assert mail.to == "ilona@example.org"
    assert RegistryEntry.objects.get().number_text in mail.subject


# -- scans -------------------------------------------------------------------------------------------------------------


def test_scans_are_kept_when_something_else_is_wrong(form: AdminForm) -> None:
    scans = [
        SimpleUploadedFile("scan.pdf", pdf()),
        SimpleUploadedFile("program.exe", b"MZ"),
        SimpleUploadedFile("foto.jpg", image("JPEG")),
    ]
    response = form.send(subject="", scans=scans)
    assert response.status_code == 422
    assert "program.exe" in response.content.decode()
    kept = [upload.token for upload in response.context["kept"]]
    assert len(kept) == 2
    assert form.send(kept=[kept[0], "forged"]).status_code == 302
    (attachment,) = RegistryEntry.objects.get().attachments.all()
    assert attachment.name == "scan.pdf"


def test_more_scans_than_may_be_attached_are_refused(form: AdminForm) -> None:
    scans = [SimpleUploadedFile(f"{n}.txt", b"text") for n in range(7)]
    response = form.send(scans=scans)
    assert response.status_code == 422
    assert len(response.context["kept"]) == 5
    assert not RegistryEntry.objects.exists()


def test_register_that_hands_out_no_numbers_gives_the_form_back(
    form: AdminForm, general: Register
) -> None:
    high_water.note(mark_name(general, date.today().year), 41)
    response = form.send()
    assert response.status_code == 503
    assert "Iluminatul aleii" in response.content.decode()
    assert f'value="{form.data["token"]}"' in response.content.decode()


def test_slip_is_for_those_who_may_see_the_entry(form: AdminForm, people: dict[str, Any]) -> None:
    done = form.send()["Location"]
    assert client_of(people["officer"]).get(done).status_code == 302
    assert form.client.get(f"{done[:-2]}x/").status_code == 404
    assert (
        form.client.get(
            f"{COUNTER}done/{AdminForm(form.client, COUNTER).data['token']}/"
        ).status_code
        == 404
    )
