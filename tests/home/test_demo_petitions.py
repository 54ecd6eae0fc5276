"""The demonstration's register: letters of months in every state, told by a trail that is whole, loaded once."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model

from cms.models import OutboxMail
from home.demo.accounts import load_accounts
from home.demo.petitions import load_petitions
from home.management.commands.load_demo import read_content
from registry import audit
from registry.deadlines import CITY_ZONE
from registry.enums import Action, Family, FiledAs, LetterKind, LetterState, Mode, State
from registry.models import (
    Absence,
    AnswerTemplate,
    Audience,
    AudienceSlot,
    AuditEvent,
    CabinetFile,
    Contribution,
    CourtMail,
    Draft,
    Institution,
    Letter,
    PostingList,
    RegistryEntry,
    Reminder,
    Report,
)

TODAY = date(2026, 11, 23)
INVENTED = ("exemplu", "prob", "minta", "example")
CONTENT, OFFICE = read_content("petitions.yaml"), read_content("registry_office.yaml")


@pytest.fixture(scope="module")
def register(demo: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The demonstration's register, loaded on TODAY, for all tests of the module."""
    from django.conf import settings as django_settings

    # In the transaction of `demo`, which undoes it.
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "AGORA_DEMO", True)
        patch.setattr(django_settings, "DATA_DIR", tmp_path_factory.mktemp("data"))
        load_accounts()
        load_petitions(CONTENT, OFFICE, TODAY)
        yield


pytestmark = pytest.mark.django_db
loaded = pytest.mark.usefixtures("register")


# -- what is there -----------------------------------------------------------------------------------------------------


@loaded
def test_some_three_hundred_entries_stand_in_every_state() -> None:
    states = Counter(RegistryEntry.objects.values_list("state", flat=True))
    assert 280 <= states.total() <= 350
    assert set(states) == set(State.values)
    assert min(states.values()) >= 3, states


@loaded
def test_three_languages_every_family_and_every_outcome_are_seen() -> None:
    entries = RegistryEntry.objects.all()
    languages = Counter(entries.values_list("language", flat=True))
    assert languages["ro"] > languages["hu"] > languages["en"] >= 5
    assert set(entries.values_list("kind__family", flat=True)) == set(Family.values)
    assert {"granted", "partly", "refused", "explained"} <= set(
        entries.values_list("outcome", flat=True)
    )
    assert set(entries.exclude(filed_as="").values_list("filed_as", flat=True)) == set(
        FiledAs.values
    )


@loaded
def test_trail_is_whole_and_in_the_order_of_time() -> None:
    assert list(audit.verify()) == []
    # The report is made on the day of loading itself.
    events = AuditEvent.objects.exclude(action=Action.REPORTED).order_by("sequence")
    moments = list(events.values_list("at", flat=True))
    assert moments == sorted(moments)
    midnight = datetime.combine(TODAY, time(0), CITY_ZONE)
    assert moments[-1] < midnight
    assert moments[0] < midnight - timedelta(days=200)


@loaded
def test_each_state_has_what_belongs_to_it() -> None:
    entries = RegistryEntry.objects.all()
    for entry in entries.filter(state__in=[State.DISPATCHED, State.RETURNED], about=None):
        assert entry.answered_at
        assert entry.answer
        assert entry.outcome
        assert entry.legal_basis
        assert entry.signatory_head != entry.signatory_department
    assert not entries.filter(state=State.ARCHIVED, file_class=None).exists()
    assert not entries.filter(state=State.REDIRECTED, institution=None).exists()
    assert not entries.filter(state=State.JOINED, joined_to=None).exists()
    assert not entries.filter(state=State.DRAFTED, drafts=None).exists()
    approved = entries.filter(state=State.APPROVED, about=None)
    assert all(entry.letters.filter(state=LetterState.PREPARED).exists() for entry in approved)


@loaded
def test_desks_have_something_to_do() -> None:
    open_ones = RegistryEntry.objects.open()
    late = open_ones.filter(due__lt=TODAY)
    assert 5 <= late.count() <= 20
    assert min((TODAY - entry.due).days for entry in late if entry.due) <= 14
    assert max((TODAY - entry.due).days for entry in late if entry.due) >= 14
    assert open_ones.filter(due__range=(TODAY, TODAY + timedelta(days=3))).exists()
    assert open_ones.exclude(extended_by=0).exists()
    assert open_ones.exclude(asked_at=None).exists()
    assert open_ones.exclude(concerns=None).exists()
    assert open_ones.filter(for_mayor=True).count() >= 5
    assert Contribution.objects.filter(given_at=None, entry__in=open_ones).exists()
    assert Contribution.objects.exclude(given_at=None).exists()
    for department in ("public-events", "gheorgheni-sports-base"):
        working = open_ones.filter(department__key=department)
        assert working.filter(state__in=[State.ASSIGNED, State.IN_PROGRESS]).count() >= 3
    assert Absence.objects.on(TODAY).exists()


@loaded
def test_cabinet_has_letters_decided_upon_followed_up_and_over() -> None:
    files = CabinetFile.objects.all()
    assert files.filter(closed_at=None).count() >= 5
    assert files.exclude(closed_at=None).exists()
    assert files.filter(resolution="").exists()
    assert files.exclude(resolution="").exclude(next_look_on=None).exists()
    assert set(files.values_list("source", flat=True)) == set(CabinetFile.Source.values)
    assert files.count() == RegistryEntry.objects.filter(cabinet_file__isnull=False).count()
    assert files.filter(entry__contributions__isnull=False).exists()


@loaded
def test_audiences_stand_on_every_rung_and_in_every_state() -> None:
    audiences = Audience.objects.all()
    assert set(audiences.values_list("state", flat=True)) == set(Audience.State.values)
    assert set(audiences.values_list("level", flat=True)) == set(AudienceSlot.Level.values)
    assert audiences.exclude(written_due=None).exists()


@loaded
def test_court_mail_is_shown_collected_and_sent_back() -> None:
    mail = CourtMail.objects.all()
    assert mail.filter(handed_over_at=None, returned_at=None).exists()
    assert mail.exclude(handed_over_at=None).exclude(returned_at=None).exists()
    assert mail.filter(handed_over_at=None).exclude(returned_at=None).exists()


@loaded
def test_late_ones_were_told_up_to_the_cabinet_and_a_report_was_frozen() -> None:
    assert Reminder.objects.filter(stage="late7").exists()
    told = AuditEvent.objects.filter(action=Action.REMINDED, data__stage="late7")
    assert any("cabinet" in event.data["to"] for event in told)
    report = Report.objects.get()
    assert (report.state, report.last_day) == (Report.State.DONE, date(2026, 6, 30))


@loaded
def test_answers_went_every_way_and_some_were_late() -> None:
    answers = Letter.objects.filter(kind=LetterKind.ANSWER)
    assert set(answers.values_list("mode", flat=True)) >= {Mode.EMAIL, Mode.POST, Mode.PICKUP}
    assert set(Letter.objects.values_list("state", flat=True)) >= {
        LetterState.PREPARED,
        LetterState.SENT,
        LetterState.DELIVERED,
        LetterState.RETURNED,
    }
    assert set(Letter.objects.values_list("kind", flat=True)) >= {
        LetterKind.ANSWER,
        LetterKind.EXTENSION,
        LetterKind.REDIRECTION,
        LetterKind.REDIRECTION_NOTICE,
        LetterKind.QUESTION,
    }
    assert PostingList.objects.filter(letters__isnull=False).distinct().count() >= 3
    answered = RegistryEntry.objects.exclude(answered_at=None).exclude(due=None)
    days = answered.values_list("answered_at__date", "due")
    late = [row for row in days if row[0] > row[1]]
    assert 0 < len(late) < answered.count() / 10


@loaded
def test_answers_have_versions_with_remarks_and_two_people() -> None:
    assert Draft.objects.filter(version__gte=3).exists()
    assert Draft.objects.exclude(remark="").count() >= 5
    for event in AuditEvent.objects.filter(action="entry.approved"):
        draft = Draft.objects.get(entry=event.entry_id, version=event.data["draft"])
        assert draft.author_id not in {None, event.actor_id}


@loaded
def test_office_has_its_directory_its_classes_and_templates() -> None:
    assert Institution.objects.redirectable().count() >= 10
    for institution in Institution.objects.all():
        assert "exemplu" in institution.name
    assert set(AnswerTemplate.objects.values_list("language", flat=True)) == {"ro", "en", "hu"}


# -- honesty -----------------------------------------------------------------------------------------------------------


@loaded
def test_nobody_is_meant() -> None:
    for entry in RegistryEntry.objects.all():
        name, email = entry.petitioner_name.casefold(), entry.petitioner_email
        assert not name or any(word in name for word in INVENTED), name
        assert not email or email.endswith("@example.org")
        assert not entry.petitioner_address or any(
            word in entry.petitioner_address for word in ("Orașul Exemplu", "Schiței")
        )
        assert not entry.petitioner_phone
    for user in get_user_model().objects.exclude(username="admin"):
        assert user.email == f"{user.get_username()}@example.org"
        assert any(word in user.get_full_name().casefold() for word in INVENTED)


@loaded
def test_no_mail_of_what_is_past_waits_to_be_sent() -> None:
    assert Letter.objects.filter(mode=Mode.EMAIL, state=LetterState.SENT).count() > 50
    assert not OutboxMail.objects.exists()


@loaded
def test_no_subject_comes_twice_on_a_day_and_commas_stand_below() -> None:
    rows = list(RegistryEntry.objects.values_list("subject", "registered_on"))
    assert len(rows) == len(set(rows))
    for entry in RegistryEntry.objects.all():
        assert not set("şţŞŢ") & set(entry.subject + entry.body + entry.answer)
        assert "{" not in entry.subject + entry.body + entry.answer


@loaded
def test_colleagues_beside_the_accounts_can_not_log_in(settings: Any) -> None:
    password = settings.AGORA_DEMO_PASSWORD
    assert authenticate(username="head-events", password=password) is not None
    assert authenticate(username="i.minta", password=password) is None
    member = get_user_model().objects.get(username="head-events").desk_memberships.get()
    assert (member.department.key, member.is_head) == ("public-events", True)


# -- loading -----------------------------------------------------------------------------------------------------------


@loaded
def test_second_load_registers_nothing() -> None:
    before = [RegistryEntry.objects.count(), AuditEvent.objects.count(), Absence.objects.count()]
    load_accounts()
    load_petitions(CONTENT, OFFICE, TODAY + timedelta(days=1))
    after = [RegistryEntry.objects.count(), AuditEvent.objects.count(), Absence.objects.count()]
    assert after == before
