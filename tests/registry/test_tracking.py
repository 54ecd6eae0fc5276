"""Following a petition: what number and code open, and that nothing else tells anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cms.models import OutboxMail
from contacts.models import Department
from registry import court_mail, intake, lifecycle, registration
from registry.enums import Mode
from registry.files import vault
from registry.models import Attachment, Attempt, Completion, EntryKind, Register, RegistryEntry
from registry.numbers import parse_number
from registry.timeline import timeline
from registry.tracking import find_entry, term_bar
from registry.tracking_codes import derive_code, hash_code
from tests.conftest import BUCHAREST
from tests.factories import make_user
from tests.registry.filings import answered, approved, entry_of
from tests.registry.lives import signed_file
from tests.registry.petition_site import TRACKING, fields_of, hidden, main_text, note, soup_of
from tests.registry.sample_files import image

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo", "clock")]

CODE = derive_code("secret", "token")
OTHER = derive_code("secret", "another token")
BODY = "Pe alee nu este lumină deloc."


@pytest.fixture
def entry(general: Register, complaint: EntryKind) -> RegistryEntry:
    """A petition that CODE opens."""
    return entry_of(
        complaint,
        general,
        body=BODY,
        tracking_hash=hash_code(CODE, django_settings.SECRET_KEY),
        requested_department=Department.objects.get(key="public-events"),
    )


def track(number: str, code: str = CODE, language: str = "ro", **more: Any) -> Any:
    return Client(enforce_csrf_checks=True).post(
        TRACKING[language], {"number": number, "code": code, **more}
    )


# -- what opens it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", TRACKING)
def test_form_is_there_in_every_language(client: Client, language: str) -> None:
    response = client.get(TRACKING[language])
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store, private"
    assert not response.cookies


@pytest.mark.parametrize("number", ["1", "1/2026", "1/305/23.11.2026", "nr. 1 din 23.11.2026"])
@pytest.mark.parametrize("code", [CODE, CODE.lower().replace("-", " ")])
def test_number_and_code_open_it_however_they_are_written(
    entry: RegistryEntry, number: str, code: str
) -> None:
    response = track(number, code)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store, private"
    assert "noindex" in response["X-Robots-Tag"]
    assert entry.number_text in main_text(response)
    assert entry.subject in main_text(response)


def test_secrets_in_an_address_open_nothing(entry: RegistryEntry, client: Client) -> None:
    response = client.get(TRACKING["ro"], {"number": "1", "code": CODE})
    assert entry.subject not in main_text(response)
    assert CODE not in response.content.decode()


def plain(response: Any) -> str:
    """An answer without what differs between any two: its number in the field."""
    return re.sub(r'(name="number"[^>]*) value="[^"]*"', r"\1", response.content.decode())


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1", OTHER),
        ("2", CODE),
        ("1/2025", CODE),
        ("1", ""),
        ("", CODE),
        ("", ""),
        ("abc", "abc"),
        ("1", CODE[:-1]),
        ("9" * 5000, CODE),
        ("1\x00", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace")),
        ("' OR 1=1 --", "%"),
    ],
)
def test_whatever_is_wrong_gets_one_answer(entry: RegistryEntry, number: str, code: str) -> None:
    one = track("77", OTHER)
    with CaptureQueriesContext(connection) as expected:
        track("78", OTHER)
    with CaptureQueriesContext(connection) as queries:
        response = track(number, code)
    assert response.status_code == one.status_code == 422
    assert plain(response) == plain(one)
    assert len(queries) == len(expected)
    assert code == "" or code not in main_text(response)


def test_every_look_up_compares_equally_often(entry: RegistryEntry) -> None:
    counts = set()
    for number, code in (("1", CODE), ("1", OTHER), ("2", CODE), ("x", ""), ("1/2024", CODE)):
        with mock.patch("registry.tracking.same_code", return_value=False) as compared:
            find_entry(parse_number(number), code)
        counts.add(compared.call_count)
    assert len(counts) == 1


def test_entry_without_a_code_is_opened_by_none(general: Register, complaint: EntryKind) -> None:
    entry_of(complaint, general)
    for code in ("", CODE, "0000-0000-0000-0000"):
        assert track("1", code).status_code == 422


def test_same_number_of_two_years_is_told_apart_by_the_code(
    entry: RegistryEntry, complaint: EntryKind, general: Register
) -> None:
    later = entry_of(
        complaint,
        general,
        clock=lambda: datetime(2027, 1, 4, 9, tzinfo=BUCHAREST),
        tracking_hash=hash_code(OTHER, django_settings.SECRET_KEY),
    )
    assert find_entry(parse_number("1"), CODE) == entry
    assert find_entry(parse_number("1"), OTHER) == later
    assert find_entry(parse_number("1/2026"), OTHER) is None


def test_too_many_wrong_pairs_close_the_door_for_an_hour(
    entry: RegistryEntry, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "TRIES_AN_HOUR", 3)
    for _time in range(3):
        assert track("1", OTHER).status_code == 422
    # The right one as well: otherwise guessing would go on.
    closed = track("1", CODE)
    assert closed.status_code == 429
    assert int(closed["Retry-After"]) > 0
    assert entry.subject not in main_text(closed)
    elsewhere = Client(REMOTE_ADDR="192.0.2.9").post(TRACKING["ro"], {"number": "1", "code": CODE})
    assert elsewhere.status_code == 200
    clock.shift(3601)
    assert track("1", CODE).status_code == 200


def test_right_pairs_are_not_counted(entry: RegistryEntry) -> None:
    track("1", CODE)
    assert not Attempt.objects.exists()


# -- what it shows -----------------------------------------------------------------------------------------------------


def test_it_tells_what_happened_and_nobodys_name(entry: RegistryEntry, clock: Any) -> None:
    clerk = make_user("georgeta.functionara", superuser=True)
    clock.shift(3600)
    lifecycle.assign(entry, Department.objects.get(key="public-events"), actor=clerk)
    clock.move_to(datetime(2026, 12, 1, 9, tzinfo=BUCHAREST))
    lifecycle.extend(entry, 10, "Se așteaptă o măsurătoare.", actor=clerk)
    response = track("1", CODE, "en")
    said = main_text(response)
    assert "Se așteaptă o măsurătoare." in said
    assert str(Department.objects.get(key="public-events").name.resolve("en")[0]) in said
    assert "Saturday, 2 January 2027" in said
    assert "32 days left" in said
    for private in (BODY, "Ilona", "ilona@example.org", "georgeta"):
        assert private not in response.content.decode()
    numerals = [tag["datetime"] for tag in soup_of(response).select(".line time")]
    assert numerals == ["2026-11-23", "2026-11-23", "2026-12-01", "2027-01-02"]


def test_answer_is_read_there(entry: RegistryEntry) -> None:
    answered(entry, "Becul a fost schimbat.\n\nMulțumim.")
    response = track("1")
    assert "Becul a fost schimbat." in main_text(response)
    assert not soup_of(response).select("textarea")


# -- the signed file of an answer --------------------------------------------------------------------------------------


@pytest.fixture
def signed(entry: RegistryEntry) -> RegistryEntry:
    """The petition with an answer whose signed file is in its slot, not sent yet."""
    approved(entry, "Becul a fost schimbat.")
    return lifecycle.sign(entry, signed_file(), actor=None)


def send(entry: RegistryEntry) -> None:
    lifecycle.dispatch(entry, Mode.EMAIL, actor=None)


def test_signed_answer_is_downloaded_with_number_and_code(signed: RegistryEntry) -> None:
    send(signed)
    page = track("1")
    form = soup_of(page).select_one("form:has(button[value=signed])")
    assert "semnat.jpg" in form.get_text(" ")
    sent = {field["name"]: field["value"] for field in form.select("input")}
    browser = Client(enforce_csrf_checks=True)
    response: Any = browser.post(form["action"], {**sent, "action": "signed"})
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == image("JPEG")
    assert response["Content-Disposition"] == 'attachment; filename="semnat.jpg"'
    assert response["Cache-Control"] == "private, no-store"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "Set-Cookie" not in response


def test_signed_answer_of_others_is_not_given(signed: RegistryEntry) -> None:
    send(signed)
    for number, code in (("1", OTHER), ("2", CODE), ("1", ""), ("", CODE)):
        response = track(number, code, action="signed")
        assert response.status_code == 422
        assert "attachment" not in response.get("Content-Disposition", "")


def test_signed_answer_is_there_once_it_was_sent(signed: RegistryEntry) -> None:
    for action in ("", "signed"):
        response = track("1", action=action)
        assert response.status_code == 200
        assert "Content-Disposition" not in response
        assert not soup_of(response).select("button[value=signed]")
    send(signed)
    assert soup_of(track("1")).select("button[value=signed]")
    lifecycle.reopen(signed, "Răspuns incomplet", actor=None)
    assert "Content-Disposition" not in track("1", action="signed")


def test_answer_without_a_file_offers_none(entry: RegistryEntry) -> None:
    answered(entry, "Becul a fost schimbat.")
    response = track("1", action="signed")
    assert "Content-Disposition" not in response
    assert "Becul a fost schimbat." in main_text(response)


def test_joined_petition_has_the_file_of_the_first(
    signed: RegistryEntry, general: Register, complaint: EntryKind
) -> None:
    again = entry_of(complaint, general, tracking_hash=hash_code(OTHER, django_settings.SECRET_KEY))
    lifecycle.join(again, signed, actor=None)
    send(signed)
    response = track("2", OTHER, action="signed")
    assert b"".join(response.streaming_content) == image("JPEG")


def test_lost_file_is_told_and_the_answer_stands(signed: RegistryEntry) -> None:
    send(signed)
    file = Attachment.objects.get(role="signed")
    vault.attachment_path(file.stored_name).unlink()
    response = track("1", action="signed")
    assert response.status_code == 503
    assert "Becul a fost schimbat." in main_text(response)
    assert soup_of(response).select_one("[role=alert]")


@pytest.mark.parametrize("language", TRACKING)
def test_mail_says_where_the_signed_answer_is(
    general: Register, complaint: EntryKind, language: str, settings: Any
) -> None:
    entry = entry_of(complaint, general, language=language)
    approved(entry)
    send(lifecycle.sign(entry, signed_file(), actor=None))
    body = OutboxMail.objects.get(purpose="petition.answer").body
    assert f"{settings.AGORA_BASE_URL}{TRACKING[language]}" in body
    assert CODE not in body


def test_mail_of_an_answer_without_a_file_speaks_of_none(
    entry: RegistryEntry, settings: Any
) -> None:
    answered(entry)
    body = OutboxMail.objects.get(purpose="petition.answer").body
    assert settings.AGORA_BASE_URL not in body


def test_cancelled_one_says_why(entry: RegistryEntry) -> None:
    lifecycle.cancel(entry, "Înregistrată de două ori.", actor=None)
    assert "Înregistrată de două ori." in main_text(track("1"))


def test_what_waited_says_since_when(entry: RegistryEntry) -> None:
    waited = entry
    waited.received_at = entry.registered_at - timedelta(days=1)
    with translation.override("en"):
        stops = timeline(waited)
    assert [stop.title for stop in stops] == ["Received", "Registered", "Answer"]


@pytest.mark.parametrize(
    ("today", "day", "now"),
    [
        (date(2026, 11, 1), 0, 0),
        (date(2026, 11, 2), 1, 1),
        (date(2026, 12, 1), 30, 1),
        (date(2027, 3, 1), 30, 1),
    ],
)
def test_bar_has_a_cell_for_each_day(today: date, day: int, now: int) -> None:
    bar = term_bar(date(2026, 11, 1), date(2026, 12, 1), today)
    assert bar is not None
    assert (bar.day, bar.days, len(bar.cells)) == (day, 30, 30)
    kinds = [cell.kind for cell in bar.cells]
    assert kinds.count("now") == now
    assert kinds.count("over") == max(day - 1, 0)
    assert all(cell.x >= 0 and cell.x + bar.width <= 1000 for cell in bar.cells)


@pytest.mark.parametrize("due", [None, date(2026, 11, 1), date(2027, 11, 1)])
def test_no_bar_where_none_can_be_drawn(due: date | None) -> None:
    assert term_bar(date(2026, 11, 1), due, date(2026, 11, 5)) is None


# -- adding to it ------------------------------------------------------------------------------------------------------


@pytest.fixture
def add(entry: RegistryEntry) -> Callable[..., Any]:
    """Send the form that stands below the timeline."""
    fields = fields_of(track("1"))

    def send(**values: Any) -> Any:
        return Client().post(TRACKING["ro"], {**fields, "action": "complete", **values})

    return send


def test_completion_is_added_once(add: Callable[..., Any], entry: RegistryEntry) -> None:
    for _time in range(3):
        response = add(text="Încă un stâlp.", files=[note()])
        assert response.status_code == 200
        assert soup_of(response).select("[role=status]")
        assert soup_of(response).select_one("textarea").text.strip() == ""
    completion = Completion.objects.get()
    assert (completion.entry, completion.body) == (entry, "Încă un stâlp.")
    assert completion.attachments.count() == 1
    assert "Încă un stâlp." not in main_text(track("1"))


def test_page_after_a_completion_has_a_new_token(add: Callable[..., Any]) -> None:
    response = add(text="Încă un stâlp.")
    again = {**fields_of(response), "action": "complete", "text": "Și încă unul."}
    assert Client().post(TRACKING["ro"], again).status_code == 200
    assert Completion.objects.count() == 2


def test_nothing_to_add_is_an_error_and_files_stay_after_one(add: Callable[..., Any]) -> None:
    empty = add(text="")
    assert empty.status_code == 422
    assert [a["href"] for a in soup_of(empty).select(".errsum a")] == ["#id_text"]
    long = add(text="a" * 20_001, files=[note()])
    assert long.status_code == 422
    kept = fields_of(long)["file"]
    assert fields_of(long)["text"].strip() == "a" * 20_001
    assert add(text="", file=kept).status_code == 200
    assert Completion.objects.get().attachments.count() == 1


def test_without_a_token_nothing_is_added_and_nothing_lost(add: Callable[..., Any]) -> None:
    response = add(text="Încă un stâlp.", token="x")
    assert response.status_code == 422
    assert not Completion.objects.exists()
    back = {**fields_of(response), "action": "complete"}
    assert Client().post(TRACKING["ro"], back).status_code == 200
    assert Completion.objects.get().body == "Încă un stâlp."


def test_answered_one_takes_no_completion(add: Callable[..., Any], entry: RegistryEntry) -> None:
    answered(entry, "Gata.")
    response = add(text="Încă un stâlp.")
    assert response.status_code == 409
    assert soup_of(response).select("[role=alert]")
    assert not Completion.objects.exists()


def test_busy_register_gives_the_completion_back(add: Callable[..., Any]) -> None:
    with mock.patch(
        "registry.tracking.lifecycle.complete", side_effect=registration.RegisterBusy("busy")
    ):
        response = add(text="Încă un stâlp.", files=[note()])
    assert response.status_code == 503
    back = fields_of(response)
    assert back["text"].strip() == "Încă un stâlp."
    assert Client().post(TRACKING["ro"], {**back, "action": "complete"}).status_code == 200
    assert Completion.objects.get().attachments.count() == 1


def test_completion_needs_the_code(add: Callable[..., Any]) -> None:
    assert add(text="Încă un stâlp.", code=OTHER).status_code == 422
    assert not Completion.objects.exists()


def test_code_is_carried_on_and_never_shown(entry: RegistryEntry) -> None:
    response = track("1")
    assert hidden(response, "code") == [CODE]
    assert CODE not in main_text(response)


def test_unreadable_post_gets_an_answer_in_words() -> None:
    response = Client().generic("POST", TRACKING["hu"], b"x", content_type="multipart/form-data")
    assert response.status_code == 400
    assert soup_of(response).html["lang"] == "hu"


def test_parties_of_court_mail_are_on_no_public_page(general: Register) -> None:
    kind = EntryKind.objects.get(key="instanta")
    entry = entry_of(
        kind,
        general,
        subject="Citație Ion Minta contra Ana Minta",
        tracking_hash=hash_code(CODE, django_settings.SECRET_KEY),
    )
    court_mail.record(
        entry,
        court="Judecătoria Probă",
        case_number="100/211/2026",
        document="Citație",
        addressee="Ion Minta",
        displayed_on=entry.registered_on,
        actor=None,
    )
    response = track(entry.number_text)
    assert entry.number_text in main_text(response)
    assert "Minta" not in response.content.decode()
