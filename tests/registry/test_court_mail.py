"""Court mail: 7 days, 3 when urgent, from the day of display; collected, or served with the end of the last day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from registry import audit, court_mail, lifecycle
from registry.court_mail import Standing
from registry.desk.court_views import standing_shown
from registry.lifecycle import NotAllowed, NotPossible
from registry.models import AuditEvent, CourtMail, EntryKind, Register, RegistryEntry
from registry.registration import Sender
from tests.registry.filings import at, entry_of
from tests.registry.people import client_of
from tests.registry.sample_files import pdf

pytestmark = pytest.mark.django_db

BOARD = "/admin/registru/court/"
MARCH = at(2026, 3, 12, 10)
DISPLAYED = date(2026, 3, 10)
VALUES: dict[str, Any] = {
    "court": "Judecătoria Probă",
    "case_number": "100/211/2026",
    "document": "Citație",
    "addressee": "Ion Minta",
    "displayed_on": DISPLAYED,
}


def court_entry(general: Register, kind: str = "instanta", **values: Any) -> RegistryEntry:
    values = {"subject": "Citație", "sender": Sender(name="Judecătoria Probă"), **values}
    return entry_of(EntryKind.objects.get(key=kind), general, MARCH, **values)


@pytest.fixture
def entry(general: Register) -> RegistryEntry:
    """Registered on 12 March 2026 at 10."""
    return court_entry(general)


@pytest.fixture
def recorded(entry: RegistryEntry) -> CourtMail:
    """Displayed on 10 March: it can be collected up to the 17th."""
    return court_mail.record(entry, actor=None, at=MARCH(), **VALUES)


def actions(entry: RegistryEntry) -> list[str]:
    events = AuditEvent.objects.filter(entry=entry).order_by("sequence")
    return list(events.values_list("action", flat=True))


# -- the rules ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "last"), [("instanta", date(2026, 3, 17)), ("instanta-urgent", date(2026, 3, 13))]
)
def test_term_counts_from_the_display(general: Register, kind: str, last: date) -> None:
    entry = court_entry(general, kind)
    for _ in range(2):
        mail = court_mail.record(entry, actor=None, at=MARCH(), **VALUES)
    entry = mail.entry
    assert (entry.counts_from, court_mail.last_day_of(entry)) == (DISPLAYED, last)
    assert court_mail.standing_of(mail, last).standing == Standing.WAITING
    assert court_mail.standing_of(mail, last + timedelta(days=1)).standing == Standing.SERVED
    with translation.override("en"):
        assert standing_shown(mail, last).words == "today is the last day"
        words = standing_shown(mail, last + timedelta(days=1)).words
        assert words == f"not collected: counts as served with the end of {last:%d.%m.%Y}"
    assert actions(entry) == ["entry.registered", "court.recorded", "entry.terms_changed"]
    assert AuditEvent.objects.get(action="entry.terms_changed").data["terms"]["collect_by"][1] == (
        last.isoformat()
    )
    assert "Minta" not in str(list(AuditEvent.objects.values_list("data", flat=True)))


def test_correction_moves_the_term_and_says_so(recorded: CourtMail) -> None:
    again = {**VALUES, "displayed_on": date(2026, 3, 11), "court": "Tribunalul Probă"}
    mail = court_mail.record(recorded.entry, actor=None, at=MARCH(), **again)
    assert (mail.pk, mail.court) == (recorded.pk, "Tribunalul Probă")
    assert court_mail.last_day_of(mail.entry) == date(2026, 3, 18)
    assert actions(mail.entry).count("entry.terms_changed") == 2


@pytest.mark.parametrize("day", [date(2026, 3, 13), date(2025, 1, 1)])
def test_day_that_cannot_be_is_refused(entry: RegistryEntry, day: date) -> None:
    with pytest.raises(NotPossible):
        court_mail.record(entry, actor=None, at=MARCH(), **{**VALUES, "displayed_on": day})
    assert not CourtMail.objects.exists()


def test_petition_is_no_court_mail(general: Register, complaint: EntryKind) -> None:
    with pytest.raises(NotPossible):
        court_mail.record(entry_of(complaint, general, MARCH), actor=None, at=MARCH(), **VALUES)


def test_only_the_registry_keeps_court_mail(people: dict[str, Any], entry: RegistryEntry) -> None:
    for name in ("officer", "head", "cabinet", "auditor"):
        with pytest.raises(NotAllowed):
            court_mail.record(entry, actor=people[name], at=MARCH(), **VALUES)


def test_collected_mail_goes_back_to_the_court_and_ends_the_entry(
    people: dict[str, Any], recorded: CourtMail
) -> None:
    clerk, entry = people["clerk"], recorded.entry
    with pytest.raises(NotPossible):
        court_mail.send_back(entry, "adresa 1", actor=clerk, at=at(2026, 3, 17, 12)())
    for _ in range(2):
        mail = court_mail.hand_over(
            entry,
            "Ion Minta",
            "dovada semnată",
            on=date(2026, 3, 13),
            actor=clerk,
            at=at(2026, 3, 14, 9)(),
        )
    assert mail.handed_over_at == at(2026, 3, 13, 12)()
    with pytest.raises(NotPossible):
        court_mail.hand_over(entry, "Altcineva", "x", actor=clerk, at=at(2026, 3, 14, 9)())
    changed = {**VALUES, "court": "Alta"}
    with pytest.raises(NotPossible):
        court_mail.record(entry, actor=clerk, at=at(2026, 3, 14, 9)(), **changed)
    for _ in range(2):
        court_mail.send_back(entry, "adresa 1", actor=clerk, at=at(2026, 3, 15, 9)())
    entry.refresh_from_db()
    assert (entry.state, entry.is_open) == ("filed", False)
    assert "adresa 1" in entry.file_reason
    assert actions(entry)[-3:] == ["court.handed_over", "court.sent_back", "entry.filed"]
    with pytest.raises(NotPossible):
        court_mail.take_down(entry, date(2026, 3, 15), actor=clerk, at=at(2026, 3, 16, 9)())
    assert not list(audit.verify())


def test_notice_stays_until_the_last_day(people: dict[str, Any], recorded: CourtMail) -> None:
    entry, clerk, later = recorded.entry, people["clerk"], at(2026, 3, 18, 9)()
    for day in (date(2026, 3, 17), date(2026, 3, 9), date(2026, 3, 19)):
        with pytest.raises(NotPossible):
            court_mail.take_down(entry, day, actor=clerk, at=later)
    for _ in range(2):
        court_mail.take_down(entry, date(2026, 3, 18), actor=clerk, at=later)
    court_mail.send_back(entry, "adresa 2", actor=clerk, at=later)
    assert actions(entry).count("court.taken_down") == 1


# -- the board ---------------------------------------------------------------------------------------------------------


def test_board_stands_in_the_order_of_the_last_days(
    people: dict[str, Any], general: Register, clock: Any
) -> None:
    clock.move_to(at(2026, 3, 16, 9)())
    late = court_entry(general)
    urgent = court_entry(general, "instanta-urgent")
    later = court_entry(general)
    missing = court_entry(general)
    for entry, day in ((later, 15), (urgent, 14), (late, 5)):
        values = {**VALUES, "displayed_on": date(2026, 3, day)}
        court_mail.record(entry, actor=None, **values)
    client = client_of(people["clerk"])
    context = client.get(BOARD).context
    assert [row[0].entry_id for row in context["rows"]] == [late.pk, urgent.pk, later.pk]
    assert [row[2].tone for row in context["rows"]] == ["late", "soon", ""]
    assert context["unrecorded"] == [missing]
    court_mail.send_back(late, "adresa", actor=people["clerk"])
    lifecycle.cancel(urgent, "Greșită", actor=None)
    assert [row[0].entry_id for row in client.get(BOARD).context["rows"]] == [later.pk]


def test_clerk_keeps_court_mail_on_its_screen(
    people: dict[str, Any], entry: RegistryEntry, clock: Any
) -> None:
    clock.move_to(at(2026, 3, 18, 9)())
    client, url = client_of(people["clerk"]), f"{BOARD}{entry.pk}/"
    assert url in client.get(f"/admin/registru/entries/{entry.pk}/").content.decode()
    assert client.post(f"{url}hand-over/", {"hand_over-to": "x"}).status_code == 422
    response = client.post(
        f"{url}hand-over/",
        {"hand_over-to": "Ion Minta", "hand_over-on": "2026-03-18", "hand_over-proof": "semnat"},
    )
    assert response.status_code == 409
    assert "Ion Minta" in response.content.decode()
    data = {f"record-{name}": str(value) for name, value in VALUES.items()}
    wrong = {**data, "record-displayed_on": "2026-03-19"}
    response = client.post(f"{url}record/", wrong)
    assert response.status_code == 409
    assert "100/211/2026" in response.content.decode()
    assert client.post(f"{url}record/", data).status_code == 302
    steps = [
        ("take-down", {"take_down-day": "2026-03-18"}),
        (
            "send-back",
            {
                "send_back-proof": "adresa 7",
                "send_back-file": SimpleUploadedFile("dovada.pdf", pdf()),
            },
        ),
    ]
    for name, typed in steps:
        assert client.post(f"{url}{name}/", typed).status_code == 302, name
    mail = CourtMail.objects.get()
    assert (mail.taken_down_on, mail.proof) == (date(2026, 3, 18), "adresa 7")
    assert mail.returned_at
    page = client.get(url).content.decode()
    assert "dovada.pdf" in page
    assert 'action="' + url + 'record/"' not in page


def test_board_costs_the_same_whatever_it_holds(people: dict[str, Any], general: Register) -> None:
    client = client_of(people["clerk"])

    def queries(number: int) -> int:
        for _ in range(number):
            court_mail.record(court_entry(general), actor=None, at=MARCH(), **VALUES)
            court_entry(general)
        client.get(BOARD)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(BOARD).status_code == 200
        return len(captured)

    assert queries(1) == queries(5) <= 25
