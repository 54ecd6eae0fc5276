"""The petition form over HTTP: the ways through it, and everything that can go wrong on them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.models import OutboxMail
from registry import high_water, intake, registration
from registry.files import vault
from registry.intake import accept
from registry.models import Attempt, EntryKind, QueuedSubmission, Register, RegistryEntry
from registry.numbers import parse_number
from registry.petition_form import TEXT_LENGTH
from registry.registration import mark_name
from tests.registry import sample_files
from tests.registry.petition_site import (
    FORMS,
    TRACKING,
    Citizen,
    answers,
    fields_of,
    hidden,
    main_text,
    note,
    soup_of,
    token_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo", "general")]

CNP = "1800101221144"


@pytest.fixture
def citizen(clock: Any) -> Citizen:
    return Citizen(clock)


def is_private(response: Any) -> bool:
    return (
        response["Cache-Control"] == "no-store, private"
        and response["Referrer-Policy"] == "same-origin"
        and not response.cookies
    )


def is_hidden_from_search(response: Any) -> bool:
    return "noindex" in response.get("X-Robots-Tag", "") and bool(
        soup_of(response).select_one("meta[name=robots][content*=noindex]")
    )


# -- the ways through it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", FORMS)
def test_form_is_there_in_every_language_and_kept_by_nobody(client: Client, language: str) -> None:
    response = client.get(FORMS[language])
    assert response.status_code == 200
    assert is_private(response)
    assert not response.has_header("X-Robots-Tag")
    soup = soup_of(response)
    assert soup.select_one("form")["method"] == "post"
    assert len(soup.select("input[name=kind]")) == len(EntryKind.objects.offered())
    assert [o["value"] for o in soup.select("select[name=department] option")] == [
        "",
        "public-events",
        "citizen-information-centre",
        "gheorgheni-sports-base",
        "cabinet",
    ]
    assert hidden(response, "token") != hidden(client.get(FORMS[language]), "token")


def test_answers_are_shown_once_more_before_anything_is_sent(citizen: Citizen) -> None:
    response = citizen.post("check", files=[note()])
    assert response.status_code == 200
    assert is_private(response)
    assert is_hidden_from_search(response)
    said = main_text(response)
    for value in ("Iluminatul aleii dintre blocuri", "De o săptămână.", "Ilona Probă-D'Încercare"):
        assert value in said
    assert "nota.txt" in said
    assert not RegistryEntry.objects.exists()
    assert citizen.token == hidden(response, "token")[0]


def test_what_was_checked_is_registered_with_its_files_and_a_receipt(citizen: Citizen) -> None:
    checked = citizen.post("check", files=[note("nota.txt"), note("a doua.txt", "alta")])
    citizen.clock.shift(30)
    response = citizen.client.post(citizen.address, {**fields_of(checked), "action": "send"})
    assert response.status_code == 303
    assert "no-store" in response["Cache-Control"]
    receipt = citizen.client.get(response["Location"])
    assert receipt.status_code == 200
    assert is_private(receipt)
    assert is_hidden_from_search(receipt)

    entry = RegistryEntry.objects.get()
    assert entry.number_text == "1/305/23.11.2026"
    assert entry.subject == "Iluminatul aleii dintre blocuri"
    assert entry.body == "Pe alee nu este lumină.\nDe o săptămână."
    assert entry.petitioner_name == "Ilona Probă-D'Încercare"
    assert entry.requested_department
    assert entry.requested_department.key == "public-events"
    assert (entry.department, entry.created_by, entry.language) == (None, None, "ro")
    assert [file.name for file in entry.attachments.all()] == ["nota.txt", "a doua.txt"]

    soup = soup_of(receipt)
    assert soup.select_one("[data-nr]").text == "1/305/23.11.2026"
    said = main_text(receipt)
    assert "miercuri, 23 decembrie 2026" in said
    for file in entry.attachments.all():
        assert file.short_hash in said
    assert entry.body.splitlines()[0] not in said
    assert soup.select_one("svg.qr")


def test_receipt_is_mailed_once_and_says_nothing_of_the_petition(citizen: Citizen) -> None:
    receipt = citizen.send()
    citizen.post("send")
    mail = OutboxMail.objects.get()
    assert mail.to == "ilona@example.org"
    assert mail.language == "ro"
    text = mail.subject + mail.body
    assert soup_of(receipt).select_one("[data-nr]").text in text
    assert soup_of(receipt).select_one("[data-code]").text in text
    assert f"http://testserver{TRACKING['ro']}" in text
    for secret in ("lumin", "alee", "Ilona"):
        assert secret not in text


def test_answer_by_post_needs_an_address_and_sends_no_mail(citizen: Citizen) -> None:
    response = citizen.post("send", reply_by="post")
    assert response.status_code == 422
    citizen.send(reply_by="post", address="str. Încercării nr. 1\r\nCluj-Napoca")
    entry = RegistryEntry.objects.get()
    assert entry.petitioner_address == "str. Încercării nr. 1\nCluj-Napoca"
    # Typed in the way that was not chosen: not kept.
    assert entry.petitioner_email == ""
    assert not OutboxMail.objects.exists()


def test_language_of_the_page_is_the_petitions(clock: Any) -> None:
    receipt = Citizen(clock, "hu").send()
    entry = RegistryEntry.objects.get()
    assert entry.language == OutboxMail.objects.get().language == "hu"
    assert soup_of(receipt).html["lang"] == "hu"


def test_it_can_be_sent_without_the_check_page(citizen: Citizen) -> None:
    citizen.send(files=[note()])
    assert RegistryEntry.objects.get().attachments.count() == 1


def test_change_brings_everything_back_to_the_form(citizen: Citizen) -> None:
    checked = citizen.post("check", files=[note()], phone="0264 000 000")
    response = citizen.client.post(citizen.address, {**fields_of(checked), "action": "edit"})
    assert response.status_code == 200
    back = fields_of(response)
    assert {name: back[name] for name in answers()} == answers(phone="0264 000 000")
    assert back["file"] == fields_of(checked)["file"]
    assert back["token"] == citizen.token
    assert not soup_of(response).select(".errsum")


# -- once --------------------------------------------------------------------------------------------------------------


def test_same_form_sent_six_times_is_one_petition_with_one_receipt(citizen: Citizen) -> None:
    files = {"file": fields_of(citizen.post("check", files=[note()]))["file"]}
    places = {citizen.post("send", **files)["Location"] for _time in range(6)}
    assert len(places) == 1
    assert RegistryEntry.objects.count() == 1
    assert RegistryEntry.objects.get().attachments.count() == 1
    assert Attempt.objects.filter(purpose="sent").count() == 1
    codes = {
        soup_of(citizen.client.get(place)).select_one("[data-code]").text
        for place in [*places, *places]
    }
    assert len(codes) == 1


def test_same_files_uploaded_again_are_the_same_form(citizen: Citizen, data_folder: Path) -> None:
    first = citizen.post("send", files=[note()])
    again = citizen.post("send", files=[note()])
    assert first["Location"] == again["Location"]
    assert RegistryEntry.objects.get().attachments.count() == 1
    assert list((data_folder / "private" / "uploads").iterdir()) == []


def test_other_content_under_a_used_token_is_told_and_can_be_sent_anew(citizen: Citizen) -> None:
    citizen.send()
    response = citizen.post("send", subject="Altceva", files=[note()])
    assert response.status_code == 409
    assert "1/305/23.11.2026" in main_text(response)
    assert RegistryEntry.objects.count() == 1
    anew = fields_of(response)
    assert anew["token"] != citizen.token
    assert (anew["subject"], len(anew["file"])) == ("Altceva", 1)
    citizen.clock.shift(20)
    sent = citizen.client.post(citizen.address, {**anew, "action": "send"})
    assert sent.status_code == 303
    assert [e.subject for e in RegistryEntry.objects.order_by("pk")][1] == "Altceva"


def test_form_that_was_open_for_days_is_registered_all_the_same(citizen: Citizen) -> None:
    citizen.open()
    citizen.clock.shift(3 * 24 * 3600)
    assert citizen.send().status_code == 200
    assert RegistryEntry.objects.get().number_text == "1/305/26.11.2026"


# -- errors ------------------------------------------------------------------------------------------------------------


def test_errors_are_listed_linked_and_described(citizen: Citizen) -> None:
    response = citizen.post("check", kind="", text="", email="ilona@", subject="a" * 151)
    assert response.status_code == 422
    assert is_hidden_from_search(response)
    soup = soup_of(response)
    links = [link["href"] for link in soup.select(".errsum a")]
    assert links == ["#id_kind", "#id_subject", "#id_text", "#id_email"]
    assert all(soup.select_one(link) for link in links)
    assert soup.select_one(".errsum").has_attr("autofocus")
    for name in ("subject", "text", "email"):
        field = soup.select_one(f"#id_{name}")
        assert field["aria-invalid"] == "true"
        described = field["aria-describedby"].split()
        assert f"id_{name}-error" in described
        assert all(soup.select_one(f"#{part}") for part in described)
    title = soup.title.text
    assert title.startswith(soup.select_one(".err .vh").text)
    assert fields_of(response)["subject"] == "a" * 151


def test_good_files_stay_after_an_error_and_refused_ones_are_named(citizen: Citizen) -> None:
    bad = SimpleUploadedFile("factura.pdf.exe", b"MZ" * 100)
    response = citizen.post("check", text="", files=[note("bună.txt"), bad])
    assert response.status_code == 422
    said = soup_of(response).select_one(".errsum").text
    assert "factura.pdf.exe" in said
    assert "bună.txt" not in said
    kept = fields_of(response)["file"]
    assert len(kept) == 1
    citizen.send(file=kept)
    assert [file.name for file in RegistryEntry.objects.get().attachments.all()] == ["bună.txt"]


def test_a_ticked_file_is_left_out(citizen: Citizen) -> None:
    kept = fields_of(citizen.post("check", files=[note("1.txt", "1"), note("2.txt", "2")]))["file"]
    response = citizen.post("check", file=kept, remove="0")
    assert fields_of(response)["file"] == kept[1:]


def test_at_most_five_files_and_the_sixth_is_told(citizen: Citizen) -> None:
    four = fields_of(citizen.post("check", files=[note(f"{n}.txt", str(n)) for n in range(4)]))
    response = citizen.post("check", file=four["file"], files=[note("5.txt", "5"), note("6.txt")])
    assert response.status_code == 422
    assert len(fields_of(response)["file"]) == 5
    assert len(soup_of(response).select(".errsum li")) == 1


def test_nobody_fills_the_disk_before_sending_anything(
    clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.form_files.FILES_AN_HOUR", 2)
    flooding = Citizen(clock, REMOTE_ADDR="192.0.2.1")
    assert flooding.post("check", files=[note("1.txt", "1"), note("2.txt", "2")]).status_code == 200
    response = flooding.post("check", files=[note("3.txt", "3")])
    assert response.status_code == 422
    assert "3.txt" in soup_of(response).select_one(".errsum").text
    # The petition itself is not refused, nor anybody else's files.
    assert flooding.send().status_code == 200
    other = Citizen(clock, REMOTE_ADDR="192.0.2.2")
    assert other.post("check", files=[note("3.txt", "3")]).status_code == 200
    clock.shift(3600)
    assert flooding.post("check", files=[note("4.txt", "4")]).status_code == 200


@pytest.mark.parametrize("token", [None, "", "x" * 500, "0" * 32 + "-1:forged", "ș"])
def test_without_a_token_of_ours_nothing_is_sent_and_nothing_lost(
    citizen: Citizen, token: str | None
) -> None:
    citizen.open()
    response = citizen.post("send", token=token)
    assert response.status_code == 200
    assert not RegistryEntry.objects.exists()
    back = fields_of(response)
    assert back["subject"] == answers()["subject"]
    citizen.clock.shift(10)
    sent = citizen.client.post(citizen.address, {**back, "action": "send"})
    assert sent.status_code == 303


def test_forged_file_tokens_attach_nothing(citizen: Citizen) -> None:
    kept = fields_of(citizen.post("check", files=[note()]))["file"][0]
    response = citizen.post("send", file=[kept[:-1] + "x", "x", "ș" * 5000])
    assert response.status_code == 422
    assert "file" not in fields_of(response)
    assert not RegistryEntry.objects.exists()


def test_swept_files_are_missed_by_name(citizen: Citizen, data_folder: Path) -> None:
    kept = fields_of(citizen.post("check", files=[note("dusă.txt")]))["file"]
    for path in (data_folder / "private" / "uploads").iterdir():
        path.unlink()
    response = citizen.post("send", file=kept)
    assert response.status_code == 422
    assert "dusă.txt" in soup_of(response).select_one(".errsum").text


def test_unknown_action_shows_the_answers_once_more(citizen: Citizen) -> None:
    assert citizen.post("x").status_code == 200
    assert not RegistryEntry.objects.exists()


def test_only_what_the_page_offers_can_be_chosen(citizen: Citizen) -> None:
    response = citizen.post("send", kind="avertizor")
    assert [a["href"] for a in soup_of(response).select(".errsum a")] == ["#id_kind"]
    response = citizen.post("send", department="marketing-strategies")
    assert [a["href"] for a in soup_of(response).select(".errsum a")] == ["#id_department"]


def test_a_personal_number_is_warned_of_and_may_stay(citizen: Citizen) -> None:
    without = main_text(citizen.post("check"))
    response = citizen.post("check", text=f"CNP-ul meu este {CNP}.")
    assert "CNP" in main_text(response)
    assert "CNP" not in without
    citizen.send(text=f"CNP-ul meu este {CNP}.")
    assert CNP in RegistryEntry.objects.get().body


def test_what_answers_already_is_offered_before_sending(citizen: Citizen) -> None:
    response = citizen.post("check", subject="Programul primăriei din Mănăștur sâmbăta")
    links = [a["href"] for a in soup_of(response).select(".hits a")]
    assert "/ro/locatii/manastur/" in links
    assert len(links) <= 3


# -- who waits for a clerk ---------------------------------------------------------------------------------------------


def waits(response: Any) -> QueuedSubmission:
    """The one that was queued by this; its receipt says so, shows no number, and is the same again."""
    assert not RegistryEntry.objects.exists()
    assert not OutboxMail.objects.exists()
    soup = soup_of(response)
    assert response.status_code == 200
    assert not soup.select("[data-nr]")
    assert soup.select_one("[data-code]")
    return QueuedSubmission.objects.get()


def test_what_comes_back_within_seconds_waits(citizen: Citizen, clock: Any) -> None:
    citizen.token = token_of(citizen.client)
    clock.shift(2)
    assert waits(citizen.send(files=[note()])).reason == "too_fast"
    clock.shift(60)
    # The same form again is the same petition, not another one that is not too fast.
    assert waits(citizen.send(files=[note()])).reason == "too_fast"


def test_who_fills_in_what_nobody_sees_waits(citizen: Citizen) -> None:
    assert waits(citizen.send(website="http://example.org")).reason == "honeypot"


def test_trap_is_hidden_from_everybody(client: Client) -> None:
    trap = soup_of(client.get(FORMS["ro"])).select_one("input[name=website]")
    assert trap["tabindex"] == "-1"
    assert trap.find_parent(attrs={"aria-hidden": "true"})["class"] == ["vh"]


def test_many_from_one_address_wait_and_others_do_not(
    clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "SENT_AN_HOUR", 3)
    for _time in range(3):
        Citizen(clock, REMOTE_ADDR="192.0.2.1").send()
    last = Citizen(clock, REMOTE_ADDR="192.0.2.1").send()
    assert QueuedSubmission.objects.get().reason == "rate"
    assert not soup_of(last).select("[data-nr]")
    other = Citizen(clock, REMOTE_ADDR="192.0.2.2").send()
    assert soup_of(other).select("[data-nr]")


def test_lifted_limits_lift_both(
    citizen: Citizen, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AGORA_SUBMISSION_LIMITS_OFF = True
    monkeypatch.setattr(intake, "SENT_AN_HOUR", 2)
    for _time in range(3):
        citizen.token = token_of(citizen.client)
        citizen.send()
    assert RegistryEntry.objects.count() == 3
    assert not Attempt.objects.exists()


def test_receipt_of_an_accepted_one_shows_its_number(
    citizen: Citizen, clock: Any, general: Register
) -> None:
    citizen.token = token_of(citizen.client)
    place = citizen.post("send")["Location"]
    code = soup_of(citizen.client.get(place)).select_one("[data-code]").text
    clock.shift(3600)
    accept(QueuedSubmission.objects.get(), register_=general, actor=None)
    soup = soup_of(citizen.client.get(place))
    assert soup.select_one("[data-nr]").text == "1/305/23.11.2026"
    assert soup.select_one("[data-code]").text == code


def test_other_content_under_the_token_of_a_waiting_one_is_told(
    citizen: Citizen, clock: Any
) -> None:
    citizen.token = token_of(citizen.client)
    citizen.post("send")
    clock.shift(60)
    assert citizen.post("send", subject="Altceva").status_code == 409
    assert QueuedSubmission.objects.count() == 1
    assert not RegistryEntry.objects.exists()


# -- the receipt's address ---------------------------------------------------------------------------------------------


def test_receipt_can_be_read_for_a_day(citizen: Citizen, clock: Any) -> None:
    place = citizen.post("send")["Location"]
    clock.shift(24 * 3600 - 60)
    assert citizen.client.get(place).status_code == 200
    clock.shift(120)
    over = citizen.client.get(place)
    assert over.status_code == 410
    assert is_private(over)
    assert TRACKING["ro"] in [a["href"] for a in soup_of(over).select("main a")]
    assert not soup_of(over).select("[data-nr], [data-code]")


def test_forged_and_foreign_receipts_are_not_found(citizen: Citizen) -> None:
    place = citizen.post("send")["Location"]
    for forged in (
        place[:-2] + ("A/" if place[-2] != "A" else "B/"),
        f"{citizen.address}receipt/x/",
    ):
        assert citizen.client.get(forged).status_code == 404
    assert citizen.client.post(place).status_code == 405


def test_secret_of_a_receipt_stays_out_of_the_log(
    citizen: Citizen, caplog: pytest.LogCaptureFixture
) -> None:
    place = citizen.post("send")["Location"]
    secret = place.rstrip("/").rpartition("/")[2]
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        assert citizen.client.get(place).status_code == 200
        assert citizen.client.get(f"{place[:-1]}x/").status_code == 404
    logged = "".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert secret not in logged
    assert "/ro/petitii/receipt/*" in logged


# -- when it can't be registered ---------------------------------------------------------------------------------------


def unavailable(citizen: Citizen, response: Any) -> None:
    """Nothing was kept, everything is given back, and sending it again works, once."""
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert is_private(response)
    assert not RegistryEntry.objects.exists()
    back = fields_of(response)
    assert back["token"] == citizen.token
    assert back["text"].replace("\r\n", "\n") == answers()["text"]
    again = citizen.client.post(citizen.address, {**back, "action": "send"})
    assert again.status_code == 303
    assert RegistryEntry.objects.get().attachments.count() == 1


@pytest.mark.parametrize(
    "error",
    [
        registration.RegisterBusy("busy"),
        OperationalError("database is locked"),
        OSError(28, "No space left on device"),
    ],
)
def test_busy_register_gives_everything_back(citizen: Citizen, error: Exception) -> None:
    with mock.patch("registry.petition_flow.registration.register", side_effect=error):
        response = citizen.post("send", files=[note()])
    unavailable(citizen, response)


def test_full_disk_gives_everything_back(citizen: Citizen) -> None:
    with mock.patch("registry.registration.vault.adopt", side_effect=vault.VaultFull):
        response = citizen.post("send", files=[note()])
    unavailable(citizen, response)


def test_restored_older_backup_is_told_to_whoever_runs_the_site(
    citizen: Citizen, general: Register, caplog: pytest.LogCaptureFixture
) -> None:
    high_water.note(mark_name(general, 2026), 7)
    response = citizen.post("send", files=[note()])
    assert [r.levelname for r in caplog.records if r.name == "agora.registry.form"] == ["CRITICAL"]
    (high_water.folder() / mark_name(general, 2026)).unlink()
    unavailable(citizen, response)


def test_files_taken_by_the_same_form_at_the_same_time_are_no_error(citizen: Citizen) -> None:
    first = citizen.post("send", files=[note()])

    # What the second of two simultaneous requests meets: it saw nothing sent, then the files are gone.
    seen = iter([None])
    real = registration.existing
    with (
        mock.patch(
            "registry.petition_flow.registration.existing",
            side_effect=lambda *args: next(seen, None) or real(*args),
        ),
        mock.patch("registry.petition_flow.registration.register", side_effect=vault.UploadGone),
    ):
        second = citizen.post("send", files=[note()])
    assert second.status_code == 303
    assert second["Location"] == first["Location"]


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ilona\x00 Probă", "Ilona Probă"),
        ("Ilona\r\nBcc: x@example.org", "Ilona Bcc: x@example.org"),
        ("\u202eIlona\u202c", "Ilona"),
        ("{{ 7|add:7 }}{% debug %}", "{{ 7|add:7 }}{% debug %}"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Câmpean-Szőke Örs d’Ő", "Câmpean-Szőke Örs d’Ő"),
    ],
)
def test_whatever_is_typed_is_text(citizen: Citizen, typed: str, kept: str) -> None:
    response = citizen.post("check", name=typed, subject=typed, text=typed)
    assert response.status_code == 200
    assert kept in main_text(response)
    assert not soup_of(response).select("main script:not([src])")
    citizen.send(name=typed, subject=typed, text=typed)
    entry = RegistryEntry.objects.get()
    assert entry.petitioner_name == entry.subject == kept


def test_a_megabyte_of_text_is_refused_and_given_back(citizen: Citizen) -> None:
    text = "Cuvânt " * 150_000
    response = citizen.post("check", text=text)
    assert response.status_code == 422
    assert f"{TEXT_LENGTH}" in soup_of(response).select_one(".errsum").text
    assert fields_of(response)["text"].strip() == text.strip()


def test_name_of_300_characters_is_refused_and_given_back(citizen: Citizen) -> None:
    response = citizen.post("check", name="ț" * 300)
    assert [a["href"] for a in soup_of(response).select(".errsum a")] == ["#id_name"]
    assert fields_of(response)["name"] == "ț" * 300


def test_five_thousand_fields_are_ignored(citizen: Citizen) -> None:
    response = citizen.post("check", **{f"field{n}": "x" for n in range(5000)})
    assert response.status_code == 200


def test_sixty_files_keep_the_first_five(citizen: Citizen) -> None:
    response = citizen.post("check", files=[note(f"{n}.txt", str(n)) for n in range(60)])
    assert response.status_code == 422
    assert len(fields_of(response)["file"]) == 5
    assert fields_of(response)["text"]


BAD_FILES: dict[str, Callable[[], bytes]] = {
    "gol.pdf": lambda: b"",
    "mare.txt": lambda: b"a" * (10 * 1024 * 1024 + 1),
    "uriasa.png": sample_files.giant_png,
    "program.pdf.exe": lambda: b"MZ",
    "poza.jpg": lambda: b"%PDF-1.7\n",
}


def test_bad_files_are_each_named_and_the_good_one_stays(citizen: Citizen) -> None:
    names = list(BAD_FILES)
    for chosen in (names[:4], names[4:]):
        files = [SimpleUploadedFile(name, BAD_FILES[name]()) for name in chosen]
        response = citizen.post("check", files=[*files, note("bună.txt")])
        assert response.status_code == 422
        said = soup_of(response).select_one(".errsum").text
        assert all(name in said for name in chosen)
        assert len(fields_of(response)["file"]) == 1


def raw_post(body: bytes, content_type: str) -> Any:
    return Client().generic("POST", FORMS["ro"], body, content_type=content_type)


def test_lone_surrogates_do_not_break_the_page() -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="subject"\r\n\r\na+2AA-b\r\n'
        b'--x\r\nContent-Disposition: form-data; name="website"\r\n\r\n+2AA-\r\n--x--\r\n'
    )
    response = raw_post(body, "multipart/form-data; boundary=x; charset=utf-7")
    assert response.status_code == 422
    assert fields_of(response)["subject"] == "ab"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"x", "multipart/form-data", 400),
        (b"--x\r\nContent-Dispo", "multipart/form-data; boundary=x", 422),
        (b"kind=sesizare&text=%ff%fe", "application/x-www-form-urlencoded", 422),
        (b"text=a", "application/x-www-form-urlencoded; charset=utf-16", 400),
        (b"text=a", "application/x-www-form-urlencoded; charset=klingon", 422),
        (b"{}", "application/json", 422),
        (b"&".join([b"a=b"] * 10_001), "application/x-www-form-urlencoded", 400),
        (b"text=" + b"a" * (9 * 1024 * 1024), "application/x-www-form-urlencoded", 413),
    ],
)
def test_what_no_browser_sends_gets_an_answer_in_words(
    body: bytes, content_type: str, status: int
) -> None:
    response = raw_post(body, content_type)
    assert response.status_code == status
    soup = soup_of(response)
    assert soup.html["lang"] == "ro"
    assert soup.select_one(".errsum").text.strip()
    assert is_private(response)


ODD = st.text(st.characters(exclude_categories=[]), max_size=30)


@given(
    data=st.dictionaries(
        st.sampled_from([*answers(), "token", "action", "file", "remove", "website"]), ODD
    )
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_fields_whatever_they_hold_give_an_error_page(data: dict[str, str]) -> None:
    encoded = {
        name: value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        for name, value in data.items()
    }
    response = Client().post(FORMS["ro"], encoded)
    assert response.status_code in {200, 422}


# -- around it ---------------------------------------------------------------------------------------------------------


def test_pages_that_take_no_form_refuse_it_as_before(client: Client) -> None:
    for address in ("/ro/", "/ro/contact/", "/ro/locatii/manastur/", "/ro/despre/"):
        assert client.post(address, answers()).status_code == 405


def test_site_map_has_the_form_and_tracking_and_no_receipt(
    citizen: Citizen, client: Client
) -> None:
    citizen.send()
    found = client.get("/sitemap.xml").content.decode()
    for address in [*FORMS.values(), *TRACKING.values()]:
        assert f"http://testserver{address}<" in found
    assert "receipt" not in found


def test_number_on_the_receipt_is_read_back(citizen: Citizen) -> None:
    number = parse_number(soup_of(citizen.send()).select_one("[data-nr]").text)
    assert number is not None
    assert (number.number, number.year, number.code) == (1, 2026, "305")
