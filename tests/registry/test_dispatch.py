"""Sending out: the dispatch book, what came back, posting lists, and what the citizen reads of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cms.models import OutboxMail
from locations.models import Location
from registry import audit, lifecycle
from registry.enums import LetterKind, Mode, State
from registry.files import uploads
from registry.lifecycle import NotAllowed, NotPossible
from registry.models import (
    Attachment,
    AuditEvent,
    EntryKind,
    Letter,
    PostingList,
    Register,
    RegistryEntry,
)
from registry.registration import Sender
from registry.timeline import timeline
from tests.factories import LocationFactory
from tests.registry.filings import answered, approved, at, entry_of
from tests.registry.people import client_of, department_of
from tests.registry.sample_files import asice, cms, pdf

pytestmark = pytest.mark.django_db

BOOK = "/admin/registru/dispatch/"
MARCH = at(2026, 3, 12, 10)
BY_POST = Sender(name="Ilona Probă", address="str. Încercării nr. 3")
CNP = "1800101221144"


@pytest.fixture
def make(general: Register, complaint: EntryKind) -> Callable[..., Letter]:
    """Makes a letter that waits: the approved answer of a new petition."""

    def made(text: str = "Am rezolvat.", **values: Any) -> Letter:
        return approved(entry_of(complaint, general, MARCH, **values), text).letters.get()

    return made


@pytest.fixture
def hall(db: None) -> Location:
    return LocationFactory(
        key="manastur", kind=Location.Kind.NEIGHBOURHOOD_HALL, address="str. Probei nr. 1"
    )


def html(client: Any, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return str(response.content.decode())


def scan(name: str = "confirmare.pdf") -> Any:
    return uploads.receive(SimpleUploadedFile(name, pdf()))


# -- one letter --------------------------------------------------------------------------------------------------------


def test_clerk_sends_an_answer_by_post_and_keeps_what_proves_its_arrival(
    people: dict[str, Any], make: Callable[..., Letter]
) -> None:
    letter = make(sender=BY_POST)
    client, url = client_of(people["clerk"]), f"{BOOK}{letter.pk}/"
    assert "str. Încercării nr. 3" in html(client, url)
    version = RegistryEntry.objects.get().version
    sent = {"version": version, "mode": "post", "proof": "RR123RO"}
    for _ in range(2):
        assert client.post(f"{url}send/", sent).status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.mode, letter.proof) == ("sent", "post", "RR123RO")
    assert letter.entry.state == State.DISPATCHED
    assert client.post(f"{url}delivered/", {"delivered-proof": ""}).status_code == 422
    for _ in range(2):
        proof = {
            "delivered-proof": "semnat 20.03",
            "delivered-file": SimpleUploadedFile("confirmare.pdf", pdf()),
        }
        assert client.post(f"{url}delivered/", proof).status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.proof) == ("delivered", "RR123RO; semnat 20.03")
    kept = Attachment.objects.get(role="proof")
    assert lifecycle.proofs_of(letter) == [kept]
    assert f"/attachments/{kept.pk}/" in html(client, url)
    assert AuditEvent.objects.filter(action="letter.delivered").count() == 1


def test_file_is_not_lost_when_something_else_is_missing(
    people: dict[str, Any], make: Callable[..., Letter]
) -> None:
    letter = make(sender=BY_POST)
    lifecycle.dispatch(letter.entry, Mode.POST, actor=people["clerk"])
    client, url = client_of(people["clerk"]), f"{BOOK}{letter.pk}/came-back/"
    file = SimpleUploadedFile("plic.pdf", pdf())
    response = client.post(url, {"returned-reason": "", "returned-file": file})
    assert response.status_code == 422
    kept = response.context["returned_form"]["kept"].value()
    assert "plic.pdf" in response.content.decode()
    assert client.post(url, {"returned-reason": "mutat", "returned-kept": kept}).status_code == 302
    assert [proof.name for proof in lifecycle.proofs_of(letter)] == ["plic.pdf"]


def test_answer_that_came_back_is_sent_once_more_with_the_same_words(
    people: dict[str, Any], make: Callable[..., Letter], hall: Location
) -> None:
    letter = make("Becul a fost schimbat.", sender=BY_POST)
    clerk = people["clerk"]
    entry = lifecycle.dispatch(letter.entry, Mode.PICKUP, hall=hall, actor=clerk)
    text, answered_at = entry.answer, entry.answered_at
    client = client_of(clerk)
    for _ in range(2):
        data = {"returned-reason": "neridicat"}
        assert client.post(f"{BOOK}{letter.pk}/came-back/", data).status_code == 302
    assert entry.number_text in html(client, f"{BOOK}returned/")
    entry.refresh_from_db()
    lifecycle.send(Letter.objects.get(), Mode.POST, actor=clerk, version=entry.version)
    first, second = Letter.objects.order_by("pk")
    assert (first.state, second.state, second.mode) == ("returned", "sent", "post")
    assert hall.address in first.text
    assert second.text == text
    assert hall.address not in text
    entry.refresh_from_db()
    assert (entry.answered_at, entry.answer) == (answered_at, text)
    assert AuditEvent.objects.filter(action="letter.returned").count() == 1
    assert entry.number_text not in html(client, f"{BOOK}returned/")


def test_notice_that_came_back_says_so_and_leaves_the_entry(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    clerk = people["clerk"]
    entry = entry_of(complaint, general, MARCH, sender=BY_POST)
    lifecycle.assign(entry, department_of(people["officer"]), actor=clerk)
    lifecycle.ask(entry, "Unde anume?", actor=people["officer"])
    letter = Letter.objects.get(kind=LetterKind.QUESTION)
    with pytest.raises(NotPossible):
        lifecycle.letter_returned(letter, "mutat", actor=clerk)
    lifecycle.send_letter(letter, Mode.POST, actor=clerk)
    for _ in range(2):
        assert lifecycle.letter_returned(letter, "mutat", actor=clerk).state == "returned"
    entry.refresh_from_db()
    assert entry.state == State.ASSIGNED
    assert [
        event.data["kind"] for event in AuditEvent.objects.filter(action="letter.returned")
    ] == ["question"]
    # The petitioner is not told that "the answer" came back.
    with translation.override("en"):
        assert "undelivered" not in str([stop.title for stop in timeline(entry)])
    with pytest.raises(NotPossible):
        lifecycle.letter_returned(answered(entry).letters.last(), "mutat", actor=clerk)  # type: ignore[arg-type]


def test_departments_never_send(people: dict[str, Any], make: Callable[..., Letter]) -> None:
    letter = make(sender=BY_POST)
    for name in ("officer", "head", "cabinet", "auditor"):
        with pytest.raises(NotAllowed):
            lifecycle.send(letter, Mode.POST, actor=people[name])
    with pytest.raises(NotAllowed):
        lifecycle.letter_returned(letter, "mutat", actor=people["officer"])
    letter.refresh_from_db()
    assert letter.state == "prepared"


def test_citizen_reads_at_which_hall_the_answer_waits(
    people: dict[str, Any], make: Callable[..., Letter], hall: Location
) -> None:
    entry = lifecycle.dispatch(make().entry, Mode.PICKUP, hall=hall, actor=people["clerk"])
    with translation.override("en"):
        last = timeline(entry)[-1]
        assert last.text == f"You can pick it up at {hall}, str. Probei nr. 1."
    assert AuditEvent.objects.get(action="entry.answered").data["hall"] == "manastur"


def test_personal_number_in_an_answer_is_mailed_covered(
    people: dict[str, Any], make: Callable[..., Letter]
) -> None:
    letter = make(f"Cererea cu CNP {CNP} este aprobată.")
    lifecycle.dispatch(letter.entry, Mode.EMAIL, actor=people["clerk"])
    mail = OutboxMail.objects.get(key=f"letter-{letter.pk}")
    assert "aprobată" in mail.body
    assert CNP not in mail.body
    assert CNP not in html(client_of(people["clerk"]), f"{BOOK}{letter.pk}/")


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("raspuns.pdf", pdf(), 302),
        ("raspuns.p7m", cms(pdf()), 302),
        ("raspuns.asice", asice({"raspuns.pdf": pdf()}), 302),
        ("raspuns.txt", b"semnat", 422),
        ("raspuns.exe", b"MZ", 422),
    ],
)
def test_signed_file_goes_into_its_slot_on_the_entry(
    people: dict[str, Any], make: Callable[..., Letter], name: str, content: bytes, status: int
) -> None:
    letter = make()
    client = client_of(people["chief"])
    page = f"/admin/registru/entries/{letter.entry_id}/"
    data = {
        "sign-version": RegistryEntry.objects.get().version,
        "sign-file": SimpleUploadedFile(name, content),
    }
    response = client.post(f"{page}steps/sign/", data)
    assert response.status_code == status
    letter.refresh_from_db()
    assert bool(letter.signed_file) == (status == 302)
    if letter.signed_file:
        assert letter.signed_file.role == "signed"
        got: Any = client.get(f"/admin/registru/attachments/{letter.signed_file_id}/")
        assert b"".join(got.streaming_content) == content
        shown = html(client, page)
        assert shown.count(name) == 1
        # A letter that is sent once more takes the file along.
        lifecycle.dispatch(letter.entry, Mode.EMAIL, actor=people["clerk"])
        lifecycle.returned(letter.entry, "adresă greșită", actor=people["clerk"])
        lifecycle.dispatch(letter.entry, Mode.EMAIL, actor=people["clerk"])
        assert letter.entry.letters.latest("pk").signed_file == letter.signed_file


def test_undone_steps_take_their_letters_back(
    people: dict[str, Any], make: Callable[..., Letter]
) -> None:
    letter = make(sender=BY_POST)
    lifecycle.cancel(letter.entry, "Înregistrată de două ori.", actor=people["chief"])
    letter.refresh_from_db()
    assert letter.state == "withdrawn"
    assert letter.entry.number_text not in html(client_of(people["clerk"]), BOOK)


# -- the book ----------------------------------------------------------------------------------------------------------


def test_several_go_each_by_its_way_and_what_cannot_go_is_listed(
    people: dict[str, Any], make: Callable[..., Letter], hall: Location
) -> None:
    post, mail = make(sender=BY_POST), make()
    pickup = make(sender=Sender(name="Ion Exemplu"))
    client = client_of(people["clerk"])
    keys = [letter.pk for letter in (post, mail, pickup)]
    response = client.post(BOOK, {"letters": keys})
    assert response.status_code == 409
    assert [letter.pk for letter, _why in response.context["failures"]] == [pickup.pk]
    assert [row.letter.pk for row in response.context["rows"]] == [pickup.pk]
    response = client.post(BOOK, {"letters": keys, "hall": hall.pk})
    assert response.status_code == 302
    ways = {letter.pk: (letter.state, letter.mode) for letter in Letter.objects.all()}
    assert ways == {
        post.pk: ("sent", "post"),
        mail.pk: ("sent", "email"),
        pickup.pk: ("sent", "pickup"),
    }
    assert AuditEvent.objects.filter(action="entry.answered").count() == 3
    assert client.post(BOOK, {"letters": keys, "hall": hall.pk}).status_code == 302
    assert OutboxMail.objects.filter(key__startswith="letter-").count() == 1
    assert client.post(BOOK, {"letters": ["x", "9" * 30]}).status_code == 422


def test_oldest_stands_first_and_ways_narrow_the_book(
    people: dict[str, Any], make: Callable[..., Letter]
) -> None:
    first, second, third = make(sender=BY_POST), make(), make(sender=BY_POST)
    client = client_of(people["clerk"])

    def shown(query: str = "") -> list[int]:
        return [row.letter.pk for row in client.get(f"{BOOK}{query}").context["rows"]]

    assert shown() == [first.pk, second.pk, third.pk]
    assert shown("?mode=post") == [first.pk, third.pk]
    assert shown("?mode=nonsense&after=x") == [first.pk, second.pk, third.pk]


@pytest.mark.parametrize("status", ["failed", "uncertain"])
def test_mail_that_did_not_go_shows_beside_its_letter(
    people: dict[str, Any], make: Callable[..., Letter], status: str
) -> None:
    letter = make()
    lifecycle.dispatch(letter.entry, Mode.EMAIL, actor=people["clerk"])
    client = client_of(people["clerk"])
    assert client.get(f"{BOOK}failed/").context["rows"] == []
    OutboxMail.objects.filter(key=f"letter-{letter.pk}").update(status=status)
    for address in ("failed/", "sent/", f"{letter.pk}/"):
        context = client.get(f"{BOOK}{address}").context
        row = context["rows"][0] if "rows" in context else context["row"]
        assert row.mail.is_urgent, address


def test_confidential_letters_are_not_the_clerks(people: dict[str, Any], general: Register) -> None:
    secret = approved(entry_of(EntryKind.objects.get(is_confidential=True), general, MARCH))
    client, letter = client_of(people["clerk"]), secret.letters.get()
    assert client.get(BOOK).context["rows"] == []
    assert client.get(f"{BOOK}{letter.pk}/").status_code == 404
    assert AuditEvent.objects.filter(action="entry.denied", entry=secret).exists()
    assert client.post(BOOK, {"letters": [letter.pk]}).status_code == 422
    letter.refresh_from_db()
    assert letter.state == "prepared"


@pytest.mark.parametrize("address", ["", "sent/", "returned/", "failed/", "lists/"])
def test_lists_cost_the_same_whatever_they_hold(
    people: dict[str, Any], make: Callable[..., Letter], address: str
) -> None:
    client = client_of(people["clerk"])

    def queries(number: int) -> int:
        for _ in range(number):
            lifecycle.dispatch(make().entry, Mode.EMAIL, actor=None)
            lifecycle.dispatch(make(sender=BY_POST).entry, Mode.POST, actor=None)
            lifecycle.returned(
                lifecycle.dispatch(make(sender=BY_POST).entry, Mode.POST, actor=None),
                "mutat",
                actor=None,
            )
            make(sender=BY_POST)
        OutboxMail.objects.update(status="failed")
        client.get(f"{BOOK}{address}")
        with CaptureQueriesContext(connection) as captured:
            html(client, f"{BOOK}{address}")
        return len(captured)

    assert queries(1) == queries(4) <= 25


# -- posting lists -----------------------------------------------------------------------------------------------------


def test_posting_list_is_made_once_and_prints(
    people: dict[str, Any], make: Callable[..., Letter]
) -> None:
    letters = [make(sender=BY_POST) for _ in range(3)]
    clerk = people["clerk"]
    for letter in letters[:2]:
        lifecycle.dispatch(letter.entry, Mode.POST, actor=clerk)
    client = client_of(clerk)
    rows = client.get(f"{BOOK}lists/").context["rows"]
    assert [row[0].pk for row in rows] == [letter.pk for letter in letters[:2]]
    data = {
        "mode": "post",
        "letters": [letter.pk for letter in letters],
        f"proof-{letters[0].pk}": " RR1RO ",
    }
    made = {client.post(f"{BOOK}lists/", data)["Location"] for _ in range(2)}
    assert len(made) == 1
    found = PostingList.objects.get()
    assert list(found.letters.values_list("pk", flat=True)) == [row.pk for row in letters[:2]]
    assert AuditEvent.objects.filter(action="letter.posted").count() == 2
    page = html(client, made.pop())
    for text in (str(found), "RR1RO", "str. Încercării nr. 3", letters[0].entry.number_text):
        assert text in page
    assert letters[2].entry.number_text not in page
    assert AuditEvent.objects.get(action="register.printed").data["positions"] == 2
    assert client.post(f"{BOOK}lists/", {"mode": "post"}).status_code == 409
    with pytest.raises(NotPossible):
        lifecycle.make_posting_list(letters, Mode.POST, actor=clerk)
    with pytest.raises(NotPossible):
        lifecycle.make_posting_list(letters[2:], Mode.EMAIL, actor=clerk)
    assert PostingList.objects.count() == 1
    assert not list(audit.verify())


def test_numbers_of_lists_begin_anew_each_year(
    people: dict[str, Any], make: Callable[..., Letter]
) -> None:
    numbers = []
    for year in (2026, 2026, 2027):
        letter = make(sender=BY_POST)
        lifecycle.dispatch(letter.entry, Mode.POST, actor=None)
        made = lifecycle.make_posting_list(
            [letter], Mode.POST, actor=people["clerk"], at=at(year, 5, 4, 9)()
        )
        numbers.append(str(made))
    assert numbers == ["1/2026", "2/2026", "1/2027"]
