"""What waits for a clerk: taken in once, or left out with a reason; and the counts that lead there."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from cms.models import OutboxMail
from registry import intake, lifecycle
from registry.models import AuditEvent, EntryKind, QueuedSubmission, Register, RegistryEntry
from registry.registration import Sender
from tests.registry.filings import at, entry_of, filing
from tests.registry.people import client_of, department_of

pytestmark = pytest.mark.django_db

QUEUE = "/admin/registru/queue/"
CNP = "1800101221144"


@pytest.fixture
def queued(general: Register, complaint: EntryKind, people: dict[str, Any]) -> QueuedSubmission:
    sent = filing(
        complaint,
        subject="Groapă pe alee",
        body=f"CNP {CNP} <i>lumină</i>",
        submission_key="q1",
        submission_digest="d",
        tracking_hash="t" * 64,
    )
    return intake.enqueue(sent, QueuedSubmission.Reason.RATE)


def url(queued: QueuedSubmission, step: str = "") -> str:
    return f"{QUEUE}{queued.pk}/{step}"


def test_clerk_reads_what_waits_which_is_told(
    queued: QueuedSubmission, people: dict[str, Any]
) -> None:
    client = client_of(people["clerk"])
    assert "Groapă pe alee" in client.get(QUEUE).content.decode()
    text = client.get(url(queued)).content.decode()
    assert "&lt;i&gt;lumină" in text
    assert CNP not in text
    event = AuditEvent.objects.latest("sequence")
    assert (event.action, event.data) == ("entry.viewed", {"queued": queued.pk})


def test_accepted_petition_has_a_number_and_its_mail_once(
    queued: QueuedSubmission, people: dict[str, Any]
) -> None:
    client = client_of(people["clerk"])
    first = client.post(url(queued, "accept/"))
    second = client.post(url(queued, "accept/"))
    entry = RegistryEntry.objects.get()
    page = reverse("registry_entries:entry", args=[entry.pk])
    assert first["Location"] == second["Location"] == page
    assert entry.created_by == people["clerk"]
    assert OutboxMail.objects.get().to == "ilona@example.org"
    assert "Groapă pe alee" not in client.get(QUEUE).content.decode()
    assert client.post(url(queued, "dismiss/"), {"reason": "Reclamă"}).status_code == 409


def test_what_is_left_out_keeps_its_reason(
    queued: QueuedSubmission, people: dict[str, Any]
) -> None:
    client = client_of(people["clerk"])
    assert client.post(url(queued, "dismiss/"), {"reason": " "}).status_code == 422
    assert client.post(url(queued, "dismiss/"), {"reason": "Reclamă la pariuri"}).status_code == 302
    assert client.post(url(queued, "accept/")).status_code == 409
    assert not RegistryEntry.objects.exists()
    assert "Reclamă la pariuri" in client.get(url(queued)).content.decode()


@pytest.mark.parametrize("register", ["", "x", "²", "9" * 30, "0"])
def test_register_that_is_none_gives_no_number(
    queued: QueuedSubmission, people: dict[str, Any], register: str
) -> None:
    response = client_of(people["clerk"]).post(url(queued, "accept/"), {"register": register})
    assert response.status_code in {302, 404}
    assert RegistryEntry.objects.count() == (response.status_code == 302)


def test_confidential_report_that_waits_is_closed_to_clerks(
    general: Register, people: dict[str, Any]
) -> None:
    kind = EntryKind.objects.get(is_confidential=True)
    queued = intake.enqueue(
        filing(kind, subject="Raport intern", submission_key="q"), QueuedSubmission.Reason.RATE
    )
    client = client_of(people["clerk"])
    assert client.get(url(queued)).status_code == 404
    assert client.post(url(queued, "accept/")).status_code == 404
    assert "Raport intern" not in client.get(QUEUE).content.decode()


# -- what waits, on the first page -------------------------------------------------------------------------------------


def test_first_page_counts_what_waits_for_each(
    general: Register,
    complaint: EntryKind,
    people: dict[str, Any],
    queued: QueuedSubmission,
    clock: Any,
) -> None:
    from registry.desk.waiting import waiting

    today = clock.move_to(at(2026, 11, 23, 10)()) or at(2026, 11, 23)().date()
    secret = EntryKind.objects.get(is_confidential=True)
    entry_of(secret, general, at(2026, 1, 9, 10))
    entry_of(complaint, general, at(2026, 9, 1, 10))
    late = entry_of(complaint, general, at(2026, 9, 2, 10))
    soon = entry_of(complaint, general, at(2026, 10, 26, 10))
    for entry in (late, soon):
        lifecycle.assign(entry, department_of(people["officer"]), actor=people["clerk"])

    def counts(name: str) -> list[int]:
        return [item.count for item in waiting(people[name], today)]

    assert counts("clerk") == [1, 1, 2, 1]
    assert counts("officer") == [2, 1, 1]
    assert counts("other_officer") == [0, 0, 0]
    assert counts("auditor") == [1, 2]
    client = client_of(people["clerk"])
    for item in waiting(people["clerk"], today):
        assert client.get(item.url).status_code == 200
        assert f'href="{item.url.replace("&", "&amp;")}"' in client.get("/admin/").content.decode()
    assert "registry-waiting" not in client_of(people["marketing"]).get("/admin/").content.decode()


def test_count_stops_where_nobody_counts_on(
    general: Register, complaint: EntryKind, people: dict[str, Any], monkeypatch: Any
) -> None:
    from registry.desk import board, waiting

    for module in (board, waiting):
        monkeypatch.setattr(module, "MOST", 2)
    for _ in range(4):
        entry_of(complaint, general, at(2026, 3, 1, 10))
    found = waiting.waiting(people["clerk"], at(2026, 11, 23)().date())
    assert [item.text for item in found] == ["2+", "0", "2+", "0"]


def test_petition_of_someone_unnamed_is_shown(
    general: Register, complaint: EntryKind, people: dict[str, Any]
) -> None:
    queued = intake.enqueue(
        filing(complaint, subject="", sender=Sender(), submission_key="q"),
        QueuedSubmission.Reason.STALE,
    )
    client = client_of(people["clerk"])
    assert client.get(url(queued)).status_code == 200
    assert f"#{queued.pk}" in client.get(QUEUE).content.decode()
