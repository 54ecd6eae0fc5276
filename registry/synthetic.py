"""Synthetic entries and what stands beside them, unsaved. Each says that it was generated; its people do not exist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from registry.bulk_rows import like
from registry.deadlines import registration_day
from registry.enums import (
    Channel,
    Direction,
    Family,
    FiledAs,
    LetterKind,
    LetterState,
    Mode,
    Outcome,
    ReplyBy,
    State,
)
from registry.models import (
    CabinetFile,
    Contribution,
    CourtMail,
    Draft,
    EntryKind,
    Letter,
    RegistryEntry,
)
from registry.models.entries import NO_TERM
from registry.search import search_text_of
from registry.synthetic_shares import (
    CHANNELS,
    COURT_LIVES,
    COURTS,
    HUNGARIAN,
    OUTCOMES,
    PETITION_LIVES,
    ROMANIAN,
    STREETS,
    SUBJECTS,
    Surroundings,
)

_BODY: Final = (
    "Text de probă, generat automat pentru măsurători. Nu este o petiție reală, iar persoana nu există. "
    "Vă semnalez situația de mai sus și vă rog să luați măsuri și să îmi răspundeți în termenul legal."
)
_ANSWER: Final = "Răspuns de probă, generat automat."
_REASON: Final = "Probă, generată automat."
_ADDRESS: Final = "Strada Exemplului nr. 1, 000000 Orașul Exemplu"


_ONLY_PETITIONS: Final = frozenset({State.JOINED, State.FILED, State.REDIRECTED})
_OPEN: Final = State.open()
_ANSWERED: Final = frozenset({State.DISPATCHED, State.RETURNED, State.ARCHIVED})
_UNSHARED: Final = frozenset({State.REGISTERED, State.CANCELLED})
"""States in which no department has it."""

_RECENT: Final = 60
"""Days for which letters are made."""

_STAGES: Final = {
    State.REGISTERED: 0,
    State.ASSIGNED: 1,
    State.IN_PROGRESS: 2,
    State.DRAFTED: 3,
    State.APPROVED: 4,
}


@dataclass
class Made:
    """The rows of one batch. `first` and `answered` are what the next petition may be joined to or repeat."""

    entries: list[RegistryEntry] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    contributions: list[Contribution] = field(default_factory=list)
    cabinet_files: list[CabinetFile] = field(default_factory=list)
    court_mail: list[CourtMail] = field(default_factory=list)
    first: RegistryEntry | None = None
    answered: RegistryEntry | None = None

    def beside(self) -> Iterable[list[Any]]:
        """The rows that stand beside entries, by model."""
        return (
            self.drafts,
            self.letters,
            self.contributions,
            self.cabinet_files,
            self.court_mail,
        )


_BLANK_ENTRY: Final = RegistryEntry(
    body=_BODY, direction=Direction.INCOMING.value, reply_by=ReplyBy.EMAIL.value, other_terms={}
)
_BLANK_DRAFT: Final = Draft(
    version=1,
    text=_ANSWER,
    outcome=Outcome.EXPLAINED.value,
    legal_basis="OG 27/2002",
    signatory_head="Primar (probă)",
    signatory_department="Șef serviciu (probă)",
)
_BLANK_LETTER: Final = Letter(kind=LetterKind.ANSWER.value, text=_ANSWER)
_BLANK_CONTRIBUTION: Final = Contribution(question="Întrebare de probă.")
_BLANK_FILE: Final = CabinetFile()
_BLANK_COURT_MAIL: Final = CourtMail(
    court="Instanță sintetică (probă)", document="Citație (probă)", addressee="Persoană sintetică"
)


def _state(random: Random, family: str, age: int) -> State:
    """How far a document of `family` has come `age` days after it was registered."""
    lives = COURT_LIVES if family in COURTS else PETITION_LIVES
    shares = next(shares for upto, shares in lives if age <= upto)
    state: State = shares.pick(random)
    if state in _ONLY_PETITIONS and family != Family.PETITION and family not in COURTS:
        return State.DISPATCHED
    return state


def _name(random: Random, language: str) -> str:
    family_names, given_names = HUNGARIAN if language == "hu" else ROMANIAN
    name = f"{family_names.pick(random)} {given_names.pick(random)}"
    return f"{name}-{given_names.pick(random)}" if random.random() < 0.1 else name


def _sender_of(entry: RegistryEntry) -> dict[str, str]:
    names = ("petitioner_name", "petitioner_email", "petitioner_address", "reply_by")
    return {name: getattr(entry, name) for name in names}


def _end(
    made: Made, around: Surroundings, random: Random, state: State, at: datetime
) -> dict[str, Any]:
    """The fields that a closed entry of `state` has, closed at the moment `at`."""
    values: dict[str, Any] = {"closed_at": at}
    if state in _ANSWERED:
        values.update(
            answered_at=at,
            approved_at=at - timedelta(hours=3),
            answer=_ANSWER,
            outcome=OUTCOMES.pick(random).value,
            legal_basis=_BLANK_DRAFT.legal_basis,
            signatory_head=_BLANK_DRAFT.signatory_head,
            signatory_department=_BLANK_DRAFT.signatory_department,
        )
    elif state == State.CANCELLED:
        values.update(cancelled_at=at, cancel_reason=_REASON)
    elif state == State.REDIRECTED:
        values["institution_id"] = around.institutions[int(at.timestamp()) % 3]
    elif state == State.JOINED and made.first is not None:
        values.update(_sender_of(made.first), joined_to_id=made.first.pk)
    elif state == State.FILED:
        if made.answered is not None and random.random() < 0.5:
            values.update(
                _sender_of(made.answered),
                filed_as=FiledAs.REPEAT.value,
                repeats_id=made.answered.pk,
            )
        else:
            values.update(
                filed_as=FiledAs.ANONYMOUS.value,
                file_reason=_REASON,
                petitioner_name="",
                petitioner_email="",
                petitioner_address="",
                reply_by=ReplyBy.NONE.value,
            )
    return values


def add_entry(
    made: Made,
    around: Surroundings,
    random: Random,
    at: datetime,
    number: int,
    pk: int,
    today: date,
) -> RegistryEntry:
    """Add the entry that came at `at` (aware) and what stands beside it to `made`, none of it saved."""
    day = registration_day(at)
    kind = around.kinds.pick(random)
    age = (today - day).days
    language = "hu" if random.random() < 0.1 else "ro"
    state = _state(random, kind.family, age)
    if state == State.JOINED and made.first is None:
        state = State.DISPATCHED
    department = None if state in _UNSHARED else around.departments.pick(random)
    # One in twenty is answered after its term, most long before.
    most = 45 if random.random() < 0.05 else 29
    later = at + timedelta(days=random.randint(0, max(0, min(most, age - 1))), hours=1)
    extended_by = (
        10 if kind.family == Family.PETITION and age > 20 and random.random() < 0.02 else 0
    )
    subject = (
        f"{SUBJECTS.pick(random)} strada {STREETS.pick(random)} {random.randint(1, 199)} (sintetic)"
    ).replace("|", " ")
    channel = CHANNELS.pick(random)
    by_post = channel == Channel.POST
    terms = around.terms_of(kind.family, day, extended_by)
    is_open = state in _OPEN
    values: dict[str, Any] = {
        "petitioner_name": _name(random, language),
        "petitioner_email": "" if by_post else f"sintetic-{day.year}-{number}@example.org",
        "petitioner_address": _ADDRESS if by_post else "",
        "reply_by": ReplyBy.POST.value if by_post else ReplyBy.EMAIL.value,
    }
    if not is_open:
        values.update(_end(made, around, random, state, later))
        if kind.family in COURTS:
            values = {
                "petitioner_name": _BLANK_COURT_MAIL.court,
                "closed_at": later,
                "file_reason": _REASON,
            }
        if state == State.ARCHIVED:
            values.update(
                file_class_id=around.file_classes[number % 3],
                archived_at=later + timedelta(days=random.randint(5, 30)),
            )
    elif state == State.APPROVED:
        values.update(
            approved_at=later,
            outcome=_BLANK_DRAFT.outcome,
            legal_basis=_BLANK_DRAFT.legal_basis,
            signatory_head=_BLANK_DRAFT.signatory_head,
            signatory_department=_BLANK_DRAFT.signatory_department,
        )
    officers = around.officers.get(department.pk) if department else None
    entry = like(
        _BLANK_ENTRY,
        id=pk,
        register_id=around.register.pk,
        year=day.year,
        number=number,
        code=around.register.code,
        registered_at=at,
        registered_on=day,
        received_at=at,
        kind_id=kind.pk,
        channel=channel.value,
        language=language,
        subject=subject[0].upper() + subject[1:],
        department_id=department and department.pk,
        officer_id=officers[number % len(officers)]
        if officers and _STAGES.get(state, 5) > 1
        else None,
        for_mayor=number % 100 == 7 and not kind.is_confidential and kind.family not in COURTS,
        state=state.value,
        assigned_at=at + timedelta(minutes=30) if department else None,
        extended_by=extended_by,
        extension_reason=_REASON if extended_by else "",
        open_due=(terms["due"] or NO_TERM) if is_open else None,
        seal_salt=f"{random.getrandbits(128):032x}",
        **values,
        **terms,
    )
    entry.search_text = search_text_of(entry)
    made.entries.append(entry)
    _add_beside(made, around, random, entry, kind, state, age, later)
    if kind.family == Family.PETITION and state in _ANSWERED:
        made.answered = made.first = entry
    elif kind.family == Family.PETITION and is_open:
        made.first = entry
    return entry


def _add_beside(
    made: Made,
    around: Surroundings,
    random: Random,
    entry: RegistryEntry,
    kind: EntryKind,
    state: State,
    age: int,
    later: datetime,
) -> None:
    """Add to `made` what stands beside `entry`: versions, letters, contributions, rows of the Cabinet and of courts."""
    if kind.family in COURTS:
        made.court_mail.append(_court_mail(entry, later))
        return
    stage = _STAGES.get(state, 0)
    if stage > 2 or (stage == 2 and entry.number % 2):
        made.drafts.append(
            like(
                _BLANK_DRAFT,
                entry_id=entry.pk,
                author_id=entry.officer_id,
                at=later,
                submitted_at=later if stage > 2 else None,
            )
        )
    if state == State.APPROVED or (age <= _RECENT and entry.answered_at is not None):
        days_ago = age - (later - entry.registered_at).days
        made.letters.append(_letter(entry, state, days_ago, later))
    if stage in {1, 2} and entry.number % 25 == 3:
        other = around.departments.pick(random)
        if other is not None and other.pk != entry.department_id:
            made.contributions.append(
                like(
                    _BLANK_CONTRIBUTION,
                    entry_id=entry.pk,
                    department_id=other.pk,
                    due=entry.registered_on + timedelta(days=10),
                    asked_at=entry.assigned_at,
                    text="Contribuție de probă." if entry.number % 2 else "",
                    given_at=later if entry.number % 2 else None,
                )
            )
    if entry.for_mayor:
        closed = state not in _OPEN
        made.cabinet_files.append(
            like(
                _BLANK_FILE,
                entry_id=entry.pk,
                source=CabinetFile.Source.CITIZEN.value,
                opened_at=entry.registered_at,
                resolution="Rezoluție de probă." if stage or closed else "",
                resolved_at=entry.assigned_at,
                next_look_on=None if closed else entry.registered_on + timedelta(days=14),
                closed_at=later if closed else None,
            )
        )


def _letter(entry: RegistryEntry, state: State, days_ago: int, later: datetime) -> Letter:
    """The letter of an answer, sent `later`: so many days ago; by post it arrived since, or came back."""
    by_post = not entry.petitioner_email
    if state == State.APPROVED:
        stands = LetterState.PREPARED
    elif state == State.RETURNED:
        stands = LetterState.RETURNED
    else:
        # What went by post in the last days is on no posting list yet.
        stands = LetterState.DELIVERED if by_post and days_ago > 3 else LetterState.SENT
    is_sent = stands != LetterState.PREPARED
    return like(
        _BLANK_LETTER,
        entry_id=entry.pk,
        state=stands.value,
        language=entry.language,
        mode=Mode.POST.value if by_post else Mode.EMAIL.value,
        recipient=entry.petitioner_name,
        email=entry.petitioner_email,
        address=entry.petitioner_address,
        subject=f"Răspuns la petiția {entry.number_text} (sintetic)",
        prepared_at=later - timedelta(hours=3),
        sent_at=later if is_sent else None,
        delivered_at=later + timedelta(days=1) if stands == LetterState.DELIVERED else None,
        returned_at=later + timedelta(days=1) if stands == LetterState.RETURNED else None,
        return_reason=_REASON if stands == LetterState.RETURNED else "",
        proof=f"RR{entry.pk:09} (sintetic)" if by_post and is_sent else "",
    )


def _court_mail(entry: RegistryEntry, later: datetime) -> CourtMail:
    """The dates of court mail, displayed on the day on which it came."""
    is_over = entry.closed_at is not None
    return like(
        _BLANK_COURT_MAIL,
        entry_id=entry.pk,
        case_number=f"{entry.number}/S/{entry.year}",
        displayed_on=entry.registered_on,
        handed_over_at=later if is_over and entry.number % 3 else None,
        handed_to="Persoană sintetică" if is_over and entry.number % 3 else "",
        returned_at=later if is_over else None,
        proof=_REASON if is_over else "",
    )
