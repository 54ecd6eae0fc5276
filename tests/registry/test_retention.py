"""What leaves the archive: when, on what minutes, what is erased and what stays; and that the trail stays whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cms.models import MailState, OutboxMail
from registry import audit, lifecycle, retention
from registry.enums import Action
from registry.files import uploads, vault
from registry.housekeeping import tick
from registry.lifecycle import NotPossible
from registry.models import (
    Attachment,
    AuditEvent,
    Draft,
    EntryKind,
    FileClass,
    Letter,
    PetitionPage,
    QueuedSubmission,
    Register,
    RegistryEntry,
    Selection,
    TrackingPage,
)
from registry.retention import Minutes, dry_run, due, erase_selected, kept_until, select
from registry.tracking_codes import derive_code, hash_code
from registry.writing import writing
from tests.conftest import BUCHAREST
from tests.factories import make_home
from tests.registry.filings import answered, at, entry_of
from tests.registry.people import client_of

pytestmark = pytest.mark.django_db

TODAY = date(2032, 1, 2)
MINUTES = Minutes("7", date(2032, 1, 2), "Ion Exemplu, arhivar\nMaria Exemplu", "12/2031")
CODE = derive_code("some number", settings.SECRET_KEY)
SECRETS = (
    "Ilona Probă",
    "ilona@example.org",
    "Iluminatul aleii",
    "Pe alee",
    "Am rezolvat",
    "Strada",
)


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BUCHAREST)  # type: ignore[misc,arg-type]


@pytest.fixture
def five_years() -> FileClass:
    return FileClass.objects.create(code="II.C.3", name="Petiții", years=5)


@pytest.fixture
def for_ever() -> FileClass:
    return FileClass.objects.create(code="I.A.1", name="Hotărâri", years=None)


@pytest.fixture
def archived(
    general: Register, complaint: EntryKind, five_years: FileClass, clock: Any
) -> RegistryEntry:
    """A petition with a file, a completion and an answer, archived in 2026; it is early in 2032."""
    file = uploads.receive(SimpleUploadedFile("plan-probă.txt", b"Strada Exemplu"))
    entry = entry_of(
        complaint,
        general,
        at(2026, 3, 12, 10),
        uploads=[file],
        submission_digest="d" * 64,
        tracking_hash=hash_code(CODE, settings.SECRET_KEY),
    )
    lifecycle.complete(
        entry, "Pe alee tot nu este lumină.", (), submission_key="more", at=moment(2026, 3, 14, 9)
    )
    entry.refresh_from_db()
    answered(entry, moment=moment(2026, 4, 2, 9))
    entry = lifecycle.archive(entry, five_years, actor=None, at=moment(2026, 5, 4, 9))
    clock.move_to(moment(2032, 1, 2, 9))
    return entry


def everything() -> str:
    """All that the tables of the register hold, but for the trail."""
    found = []
    tables = [
        "registryentry", "completion", "attachment", "draft", "letter", "contribution",
        "queuedsubmission", "courtmail", "cabinetfile", "audience",
    ]  # fmt: skip
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM registry_{table}")
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def codes() -> list[str]:
    """What verify_audit finds, but for the end of the chain that is noted when a transaction commits."""
    return [f"{finding.code}: {finding.text}" for finding in audit.verify()]


# -- when --------------------------------------------------------------------------------------------------------------


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 100))
def test_years_count_from_the_january_after_the_archiving(day: date, years: int) -> None:
    until = kept_until(day, years)
    assert until is not None
    assert (until.month, until.day) == (12, 31)
    first = date(day.year + 1, 1, 1)
    assert until + timedelta(days=1) == date(first.year + years, 1, 1)
    assert kept_until(day, None) is None


@pytest.mark.parametrize(
    ("archived_at", "today", "is_due"),
    [
        (moment(2026, 1, 1, 0), date(2031, 12, 31), False),
        (moment(2026, 1, 1, 0), date(2032, 1, 1), True),
        # Half past midnight in Cluj is still the old year in UTC.
        (moment(2027, 1, 1, 0, 30), date(2032, 1, 1), False),
        (moment(2026, 12, 31, 23, 30), date(2032, 1, 1), True),
    ],
)
def test_due_is_what_is_past_its_last_day(
    archived: RegistryEntry, archived_at: datetime, today: date, is_due: bool, five_years: FileClass
) -> None:
    with writing():
        RegistryEntry.objects.filter(pk=archived.pk).update(archived_at=archived_at)
    assert due([five_years], today).exists() is is_due
    last = kept_until(archived_at.astimezone(BUCHAREST).date(), 5)
    assert last is not None
    assert (today > last) is is_due


def test_what_is_kept_for_ever_is_never_due(
    archived: RegistryEntry, for_ever: FileClass, five_years: FileClass
) -> None:
    with writing():
        RegistryEntry.objects.filter(pk=archived.pk).update(file_class=for_ever)
    far = date(2400, 1, 1)
    assert not due([for_ever, five_years], far).exists()
    assert [row.now for row in dry_run(far)] == [0, 0]
    with pytest.raises(NotPossible, match="for ever|totdeauna|permanent"):
        select([for_ever], MINUTES, 1, actor=None)


def test_what_was_opened_again_is_not_due(archived: RegistryEntry, five_years: FileClass) -> None:
    lifecycle.reopen(archived, "greșit", actor=None)
    assert not due([five_years], TODAY).exists()


def test_dry_run_counts_and_changes_nothing(archived: RegistryEntry, five_years: FileClass) -> None:
    before = everything(), AuditEvent.objects.count()
    (row,) = dry_run(TODAY)
    assert (row.file_class, row.now, row.next_year) == (five_years, 1, 0)
    assert [row.next_year for row in dry_run(date(2031, 12, 31))] == [1]
    assert list(due([five_years], TODAY)) == [archived]
    assert (everything(), AuditEvent.objects.count()) == before


# -- what --------------------------------------------------------------------------------------------------------------


def test_selection_erases_what_the_documents_hold_and_keeps_their_numbers(
    archived: RegistryEntry,
    five_years: FileClass,
    private: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    OutboxMail.objects.update(status=MailState.FAILED)
    kept = (
        "number", "year", "code", "registered_at", "registered_on", "received_at", "kind_id",
        "department_id", "state", "file_class_id", "due", "answered_at", "archived_at", "outcome",
    )  # fmt: skip
    before = {name: getattr(archived, name) for name in kept}
    (attachment,) = archived.attachments.all()
    assert vault.attachment_path(attachment.stored_name).exists()
    with django_capture_on_commit_callbacks(execute=True):
        selection = select([five_years], MINUTES, 1, actor=None)
        assert erase_selected() == 1
    archived.refresh_from_db()
    assert {name: getattr(archived, name) for name in kept} == before
    assert archived.selection == selection
    held = everything()
    for secret in SECRETS:
        assert secret not in held
    assert "plan-prob" not in held
    assert not vault.attachment_path(attachment.stored_name).exists()
    assert not OutboxMail.objects.filter(to__contains="ilona").exists()
    assert Attachment.objects.get().sha256 == attachment.sha256
    assert codes() == []
    assert RegistryEntry.objects.search("ilona").count() == 0
    assert RegistryEntry.objects.search(archived.number_text).count() == 1
    assert erase_selected() == 0


def test_selection_is_told_in_the_trail(
    archived: RegistryEntry, five_years: FileClass, people: Any
) -> None:
    selection = select([five_years], MINUTES, 1, actor=people["chief"])
    erase_selected()
    decided, done = AuditEvent.objects.filter(action=Action.SELECTED).order_by("sequence")
    assert decided.actor_name == "chief"
    assert decided.data == {
        "selection": selection.pk,
        "minutes": "7/02.01.2032",
        "classes": ["II.C.3"],
        "positions": 1,
        "keys": [archived.pk, archived.pk],
        "digest": audit.keys_digest([archived.pk]),
    }
    assert done.data == {"selection": selection.pk, "minutes": "7/02.01.2032", "erased": 1}


def test_what_waited_for_its_number_is_erased_with_it(
    general: Register, complaint: EntryKind, five_years: FileClass, clock: Any
) -> None:
    from registry import intake
    from tests.registry.filings import filing

    clock.move_to(moment(2026, 3, 12, 9))
    queued = intake.enqueue(filing(complaint, submission_key="q"), QueuedSubmission.Reason.RATE)
    entry = answered(intake.accept(queued, register_=general, actor=None).entry)
    lifecycle.archive(entry, five_years, actor=None)
    clock.move_to(moment(2032, 1, 2, 9))
    select([five_years], MINUTES, 1, actor=None)
    erase_selected()
    assert "Ilona" not in everything()
    assert "Pe alee" not in everything()


def test_mail_that_still_waits_is_sent_before_it_is_erased(
    archived: RegistryEntry, five_years: FileClass
) -> None:
    select([five_years], MINUTES, 1, actor=None)
    erase_selected()
    (mail,) = OutboxMail.objects.all()
    assert (mail.status, mail.to) == (MailState.QUEUED, "ilona@example.org")


# What stays of each table: keys, kinds, numbers, and what tells nothing of a person.
KEPT_TEXTS = {
    "RegistryEntry": {"code", "language", "other_terms", "tracking_hash", "submission_key"},
    "Completion": {"submission_key"},
    "Attachment": {"stored_name", "media_type", "sha256"},
    "Letter": {"language"},
    "CourtMail": {"document"},
    "QueuedSubmission": {"submission_key", "tracking_hash", "dismiss_reason"},
    # The trail is never erased; a reminder names a step of the ladder.
    "AuditEvent": {"actor_name", "data", "previous_hash", "hash"},
    "Reminder": {"stage"},
}


def test_every_text_that_belongs_to_an_entry_is_erased_or_named_as_kept() -> None:
    """A field or table that somebody adds must be decided on here."""
    erased = {model: set(values) for model, values in retention._BELONGINGS}
    erased[RegistryEntry] = set(retention.ERASED)
    forgotten = set()
    for model in apps.get_app_config("registry").get_models():
        fields = model._meta.concrete_fields
        if model is not RegistryEntry and not any(f.related_model is RegistryEntry for f in fields):
            continue
        texts = {
            field.name
            for field in fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
            and not field.choices
        }
        kept = KEPT_TEXTS.get(model.__name__, set())
        forgotten |= {
            f"{model.__name__}.{name}" for name in texts - erased.get(model, set()) - kept
        }
    assert forgotten == set()


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"number": " "},
        {"members": ""},
        {"confirmation": "  "},
        {"day": date(2032, 1, 3)},
    ],
)
def test_minutes_must_be_whole(
    archived: RegistryEntry, five_years: FileClass, changed: dict[str, Any]
) -> None:
    values = {
        "number": MINUTES.number,
        "day": MINUTES.day,
        "members": MINUTES.members,
        "confirmation": MINUTES.confirmation,
    }
    with pytest.raises(NotPossible):
        select([five_years], Minutes(**{**values, **changed}), 1, actor=None)
    assert not Selection.objects.exists()


def test_other_number_than_the_commission_decided_on_erases_nothing(
    archived: RegistryEntry, five_years: FileClass
) -> None:
    with pytest.raises(NotPossible):
        select([five_years], MINUTES, 2, actor=None)
    assert not Selection.objects.exists()


def test_same_minutes_twice_are_one_selection(
    archived: RegistryEntry, five_years: FileClass
) -> None:
    first = select([five_years], MINUTES, 1, actor=None)
    assert select([five_years], MINUTES, 1, actor=None) == first
    with pytest.raises(NotPossible):
        select([five_years], Minutes("8", TODAY, "Ion Exemplu", "13/2031"), 1, actor=None)


def test_nobody_lets_go_what_is_closed_to_him(
    general: Register, five_years: FileClass, people: Any, clock: Any
) -> None:
    clock.move_to(moment(2026, 3, 12, 9))
    entry = entry_of(EntryKind.objects.get(key="avertizor"), general)
    lifecycle.close(entry, "cercetată", actor=None)
    entry.refresh_from_db()
    lifecycle.archive(entry, five_years, actor=None)
    clock.move_to(moment(2032, 1, 2, 9))
    with pytest.raises(NotPossible):
        select([five_years], MINUTES, 1, actor=people["chief"])
    client = client_of(people["chief"])
    assert entry.number_text not in client.get(reverse("registry_retention:index")).text
    body = b"".join(client.get(reverse("registry_retention:csv")))
    assert entry.number_text not in body.decode()


def test_selected_document_is_never_opened_again(
    archived: RegistryEntry, five_years: FileClass
) -> None:
    select([five_years], MINUTES, 1, actor=None)
    archived.refresh_from_db()
    with pytest.raises(NotPossible):
        lifecycle.reopen(archived, "totuși", actor=None)


@pytest.mark.parametrize(
    "statement",
    [
        # Nothing that was not selected is erased.
        "UPDATE registry_attachment SET name = ''",
        "UPDATE registry_draft SET text = ''",
        "UPDATE registry_draft SET legal_basis = ''",
        # Never rewritten, also not afterwards.
        "UPDATE registry_attachment SET name = 'altul.txt'",
        "UPDATE registry_attachment SET sha256 = 'x', name = ''",
        "UPDATE registry_attachment SET stored_name = 'x', name = ''",
        "UPDATE registry_draft SET text = 'altul'",
        "UPDATE registry_draft SET version = 9, text = ''",
    ],
)
@pytest.mark.parametrize("is_selected", [False, True])
def test_database_refuses_everything_but_erasing_what_was_selected(
    archived: RegistryEntry, five_years: FileClass, statement: str, is_selected: bool
) -> None:
    if is_selected:
        select([five_years], MINUTES, 1, actor=None)
    erases = statement.endswith("= ''") and "," not in statement
    if is_selected and erases:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        return
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Draft.objects.filter(text="").count() == 0


def test_database_refuses_selections_past_the_minutes(
    archived: RegistryEntry, five_years: FileClass, general: Register, complaint: EntryKind
) -> None:
    still_open = entry_of(complaint, general)
    selection = select([five_years], MINUTES, 1, actor=None)
    for pk, column, value in (
        (still_open.pk, "selection_id", selection.pk),
        (archived.pk, "selection_id", None),
        (archived.pk, "state", "in_progress"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE registry_registryentry SET {column} = %s WHERE id = %s", [value, pk]
            )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_selection SET members = 'alții'")


def test_document_that_was_slipped_into_a_selection_is_found(
    archived: RegistryEntry,
    five_years: FileClass,
    general: Register,
    complaint: EntryKind,
    clock: Any,
) -> None:
    other = answered(entry_of(complaint, general))
    lifecycle.archive(other, five_years, actor=None)
    selection = select([five_years], MINUTES, 1, actor=None)
    with writing():
        RegistryEntry.objects.filter(pk=other.pk).update(selection=selection, body="", seal_salt="")
    assert [code.partition(":")[0] for code in codes() if "selection" in code] == ["selection"]


# -- how ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(general: Register, complaint: EntryKind, five_years: FileClass, clock: Any) -> list[int]:
    """Seven archived petitions, erased three at a time."""
    clock.move_to(moment(2026, 3, 12, 9))
    keys = []
    for _number in range(7):
        entry = answered(entry_of(complaint, general))
        keys.append(lifecycle.archive(entry, five_years, actor=None).pk)
    clock.move_to(moment(2032, 1, 2, 9))
    return keys


def test_erasing_goes_on_where_it_was_stopped(
    many: list[int], five_years: FileClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    selection = select([five_years], MINUTES, 7, actor=None)
    batch, calls = retention._erase_batch, []

    def stopped(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return batch(*args)

    with monkeypatch.context() as once:
        once.setattr(retention, "_erase_batch", stopped)
        with pytest.raises(KeyboardInterrupt):
            erase_selected()
    assert retention.left_to_erase(selection).count() == 4
    assert not retention.is_erased(selection)
    assert codes() == []
    # What the server did not finish, the regular work does.
    tick(moment(2032, 1, 2, 10))
    assert retention.left_to_erase(selection).count() == 0
    assert retention.is_erased(selection)
    assert codes() == []


def test_file_that_could_not_be_removed_is_swept_later(
    archived: RegistryEntry, five_years: FileClass
) -> None:
    from registry.housekeeping import known_files

    (attachment,) = archived.attachments.all()
    names = [attachment.stored_name]
    assert known_files(names) == set(names)
    # As after a crash between the commit and the removal.
    select([five_years], MINUTES, 1, actor=None)
    erase_selected()
    assert vault.attachment_path(attachment.stored_name).exists()
    assert known_files(names) == set()


def test_tracking_page_of_what_left_the_archive_is_whole(
    archived: RegistryEntry, five_years: FileClass, site_tree: Any, client: Any
) -> None:
    form = make_home().add_child(
        instance=PetitionPage(title="Petiții", slug="petitii", register=archived.register)
    )
    form.add_child(instance=TrackingPage(title="Urmărire", slug="urmarire"))
    sent = {"number": archived.number_text, "code": CODE}
    assert "Am rezolvat." in client.post("/ro/petitii/urmarire/", sent).text
    select([five_years], MINUTES, 1, actor=None)
    erase_selected()
    response = client.post("/ro/petitii/urmarire/", sent)
    assert response.status_code == 200
    assert archived.number_text in response.text
    for secret in SECRETS:
        assert secret not in response.text
    assert "<textarea" not in response.text


# -- screens -----------------------------------------------------------------------------------------------------------


def posted(**values: Any) -> dict[str, Any]:
    return {
        "number": "7",
        "day": "2032-01-02",
        "members": "Ion Exemplu",
        "confirmation": "12/2031",
        "expected": "1",
        "sure": "on",
        **values,
    }


def test_chief_carries_out_a_selection(
    archived: RegistryEntry, five_years: FileClass, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "start_erasing", retention.erase_selected)
    client = client_of(people["chief"])
    page = client.get(reverse("registry_retention:index"))
    assert archived.number_text in page.text
    response = client.post(reverse("registry_retention:select"), posted(classes=[five_years.pk]))
    selection = Selection.objects.get()
    assert response["Location"] == reverse("registry_retention:selection", args=[selection.pk])
    page = client.get(response["Location"])
    assert archived.number_text in page.text
    assert client.get(reverse("registry_retention:print", args=[selection.pk])).status_code == 200
    entry = client.get(reverse("registry_entries:entry", args=[archived.pk]))
    assert entry.status_code == 200
    assert "7/02.01.2032" in entry.text
    assert "/steps/" not in entry.text
    attachment = archived.attachments.get()
    gone = client.get(reverse("registry_attachment", args=[attachment.pk]))
    assert gone["Location"] == reverse("registry_entries:entry", args=[archived.pk])
    assert Letter.objects.get().text == ""


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"expected": "2"}, 409),
        ({"confirmation": ""}, 422),
        ({"sure": ""}, 422),
        ({"classes": ["9999999"]}, 422),
        ({"classes": []}, 422),
        ({"day": "2032-13-45"}, 422),
        ({"expected": "99999999999999999999"}, 422),
    ],
)
def test_bad_minutes_are_given_back_as_typed(
    archived: RegistryEntry, five_years: FileClass, people: Any, values: Any, status: int
) -> None:
    client = client_of(people["chief"])
    response = client.post(
        reverse("registry_retention:select"), posted(**{"classes": [five_years.pk], **values})
    )
    assert response.status_code == status
    assert "Ion Exemplu" in response.text
    assert not Selection.objects.exists()


def test_csv_has_numbers_and_nobodys_name(archived: RegistryEntry, people: Any) -> None:
    response = client_of(people["chief"]).get(reverse("registry_retention:csv"))
    text = b"".join(response).decode("utf-8-sig")
    assert archived.number_text in text
    assert "2031-12-31" in text
    assert "Ilona" not in text
    assert text.count("\ufeff") == 0
    assert AuditEvent.objects.filter(action=Action.EXPORTED).count() == 1


def test_screen_costs_the_same_few_queries(
    many: list[int], general: Register, complaint: EntryKind, five_years: FileClass, people: Any, clock: Any
) -> None:  # fmt: skip
    client = client_of(people["chief"])

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("registry_retention:index")).status_code == 200
        return len(captured)

    cost()
    before = cost()
    for _number in range(10):
        entry = answered(entry_of(complaint, general))
        lifecycle.archive(entry, five_years, actor=None)
    FileClass.objects.create(code="Z", name="Alta", years=1)
    clock.move_to(moment(2040, 1, 2, 9))
    client.force_login(people["chief"])
    cost()
    assert cost() == before <= 25
