"""The rules of single steps: what the law allows, what a refusal says, and what is left behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cms.models import OutboxMail
from registry import audit, lifecycle
from registry.enums import Action, LetterKind, LetterState, Mode, Outcome, ReplyBy, State
from registry.lifecycle import Changed, NotAllowed, NotPossible
from registry.models import (
    AuditEvent,
    DeskMember,
    EntryKind,
    Institution,
    Letter,
    Register,
    RegistryEntry,
)
from registry.registration import Sender
from tests.registry.filings import answered, at
from tests.registry.lives import ANSWER, LATER, World, moment
from tests.registry.people import department_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(general: Register, complaint: EntryKind, people: dict[str, Any]) -> World:
    return World(
        general,
        complaint,
        department_of(people["officer"]),
        department_of(people["contributor"]),
        colleague=people["other_officer"],
    )


def refusal(step: Any, *args: Any, **values: Any) -> str:
    with pytest.raises(NotPossible) as raised:
        step(*args, **values)
    return str(raised.value)


def events(entry: RegistryEntry) -> list[str]:
    found = AuditEvent.objects.filter(entry=entry).order_by("sequence")
    return list(found.values_list("action", flat=True))


# -- twice, and two at once --------------------------------------------------------------------------------------------


def test_double_click_gets_what_the_first_click_did(world: World, people: dict[str, Any]) -> None:
    entry, seen = world.new(), 1
    first = lifecycle.assign(entry, world.department, actor=people["clerk"], version=seen)
    again = lifecycle.assign(entry, world.department, actor=people["clerk"], version=seen)
    assert (first.version, again.version) == (2, 2)
    assert events(entry).count(Action.ASSIGNED) == 1


def test_other_text_from_a_second_window_is_no_double_click(
    world: World, people: dict[str, Any]
) -> None:
    entry = world.in_state(State.IN_PROGRESS)
    seen = entry.version
    lifecycle.draft(entry, "Prima variantă", actor=people["officer"], version=seen)
    with pytest.raises(Changed) as raised:
        lifecycle.draft(entry, "A doua variantă", actor=people["officer"], version=seen)
    assert raised.value.steps == 1
    assert entry.drafts.count() == 1


def test_same_step_by_somebody_else_is_no_double_click(
    world: World, people: dict[str, Any]
) -> None:
    entry = world.new()
    lifecycle.assign(entry, world.department, actor=people["clerk"], version=1)
    with pytest.raises(Changed):
        lifecycle.assign(entry, world.department, actor=people["chief"], version=1)


# -- distribution ------------------------------------------------------------------------------------------------------


def test_officer_of_another_department_is_refused(world: World, people: dict[str, Any]) -> None:
    entry = world.new()
    text = refusal(
        lifecycle.assign,
        entry,
        world.department,
        officer=people["other_officer"],
        actor=people["clerk"],
    )
    assert str(world.department) in text
    now = lifecycle.assign(
        entry, world.department, officer=people["officer"], actor=people["clerk"]
    )
    assert now.officer == people["officer"]


def test_what_is_sent_back_has_no_department_and_the_same_term(
    world: World, people: dict[str, Any]
) -> None:
    entry = world.in_state(State.IN_PROGRESS)
    assert refusal(lifecycle.refuse, entry, "  ", actor=people["officer"])
    now = lifecycle.refuse(entry, "Ține de alt serviciu.", actor=people["officer"])
    assert (now.state, now.department, now.officer, now.due) == (
        "registered",
        None,
        None,
        entry.due,
    )


@pytest.mark.parametrize("who", ["officer", "head"])
def test_nobody_handles_a_petition_about_himself_or_his_superior(
    world: World, people: dict[str, Any], who: str
) -> None:
    entry = world.in_state(State.ASSIGNED)
    lifecycle.concerns(entry, people["head"], actor=people["clerk"])
    with pytest.raises(NotAllowed, match="OG 27/2002"):
        lifecycle.take(entry, actor=people[who])
    # The registry can still give it to others.
    assert lifecycle.assign(entry, world.contributor, actor=people["clerk"])


def test_contribution_lies_within_the_term_and_the_answer_waits_for_it(
    world: World, people: dict[str, Any]
) -> None:
    entry = world.in_state(State.IN_PROGRESS)
    ask: Any = lifecycle.ask_contributions
    who = {"actor": people["clerk"], "at": LATER}
    assert refusal(ask, entry, world.department, date(2026, 3, 20), **who)
    assert "09.04.2026" in refusal(ask, entry, world.contributor, date(2026, 4, 10), **who)
    assert refusal(ask, entry, world.contributor, date(2026, 3, 15), **who)
    entry = ask(entry, world.contributor, date(2026, 3, 20), question="Stâlpul?", **who)
    assert str(world.contributor) in refusal(
        lifecycle.submit, entry, "Gata", actor=people["officer"], **ANSWER
    )
    entry = lifecycle.contribute(entry, "Stâlpul este nou.", actor=people["contributor"])
    given = entry.contributions.get()
    assert (given.text, given.given_by) == ("Stâlpul este nou.", people["contributor"])
    assert refusal(lifecycle.contribute, entry, "Încă o dată", actor=people["contributor"])
    assert lifecycle.submit(entry, "Gata", actor=people["officer"], **ANSWER).state == "drafted"


# -- the answer --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"legal_basis": ""}, "OG 27/2002"),
        ({"signatory_head": " "}, "OG 27/2002"),
        ({"signatory_department": ""}, "OG 27/2002"),
        ({"signatory_department": "maria exemplu, Secretar General"}, "OG 27/2002"),
        ({"outcome": ""}, ""),
        ({"outcome": "else"}, ""),
    ],
)
def test_answer_without_what_the_law_asks_is_kept_as_a_draft_only(
    world: World, people: dict[str, Any], missing: dict[str, str], said: str
) -> None:
    entry = world.in_state(State.IN_PROGRESS)
    values = {**ANSWER, **missing}
    text = refusal(lifecycle.submit, entry, "Da.", actor=people["officer"], **values)
    assert text
    assert said in text
    assert lifecycle.draft(entry, "Da.", actor=people["officer"], **values).state == "in_progress"


def test_aspects_that_were_raised_are_all_answered(world: World, people: dict[str, Any]) -> None:
    entry = world.in_state(State.IN_PROGRESS)
    officer = {"actor": people["officer"]}
    entry = lifecycle.set_aspects(entry, ["Lumina", " ", "Lumina", "Băncile"], **officer)
    assert entry.aspects == ["Lumina", "Băncile"]
    text = refusal(lifecycle.submit, entry, "Da.", covered=["Lumina"], **ANSWER, **officer)
    assert "Băncile" in text
    assert "Lumina" not in text
    now = lifecycle.submit(entry, "Da.", covered=["Lumina", "Băncile"], **ANSWER, **officer)
    assert now.state == "drafted"


def test_versions_are_kept_and_never_change(world: World, people: dict[str, Any]) -> None:
    from django.db import DatabaseError, transaction

    from registry.writing import writing

    entry = world.in_state(State.IN_PROGRESS)
    for text in ("Unu", "Doi"):
        entry = lifecycle.draft(entry, text, actor=people["officer"])
    entry = lifecycle.submit(entry, "Trei", actor=people["officer"], **ANSWER)
    entry = lifecycle.send_back(entry, "Mai pe scurt", actor=people["head"])
    versions = list(entry.drafts.order_by("version"))
    assert [(d.version, d.text, d.remark) for d in versions] == [
        (1, "Unu", ""),
        (2, "Doi", ""),
        (3, "Trei", "Mai pe scurt"),
    ]
    with pytest.raises(DatabaseError), transaction.atomic(), writing():
        entry.drafts.filter(version=1).update(text="Altceva")


def test_who_wrote_the_answer_does_not_approve_it(world: World, people: dict[str, Any]) -> None:
    entry = world.in_state(State.IN_PROGRESS)
    entry = lifecycle.submit(entry, "Da.", actor=people["head"], **ANSWER)
    assert refusal(lifecycle.approve, entry, actor=people["head"])
    assert lifecycle.approve(entry, actor=people["chief"]).state == "approved"


# -- dispatch ----------------------------------------------------------------------------------------------------------


def test_answer_goes_by_mail_once_and_is_read_after_it_went(
    world: World, people: dict[str, Any]
) -> None:
    entry = world.in_state(State.APPROVED)
    assert entry.answer == ""
    seen = entry.version
    for _click in range(2):
        entry = lifecycle.dispatch(entry, Mode.EMAIL, actor=people["clerk"], version=seen)
    assert entry.state == "dispatched"
    assert "Se rezolvă." in entry.answer
    mail = OutboxMail.objects.get(purpose="petition.answer", key=f"letter-{entry.letters.get().pk}")
    assert mail.to == "ilona@example.org"
    assert "Maria Exemplu" in mail.body
    assert "OG 27/2002" in mail.body
    assert entry.number_text in mail.body


def test_answer_names_the_numbers_that_were_joined(world: World) -> None:
    first = world.in_state(State.ASSIGNED)
    second = lifecycle.join(world.new(), first, actor=None, at=LATER)
    done = answered(RegistryEntry.objects.get(pk=first.pk), moment=LATER)
    assert second.number_text in done.answer
    assert done.number_text in done.answer


@pytest.mark.parametrize(
    ("mode", "said"), [("post", ""), ("courier", ""), ("pickup", ""), ("pigeon", "")]
)
def test_way_without_an_address_is_refused(
    world: World, people: dict[str, Any], mode: str, said: str
) -> None:
    entry = world.in_state(State.APPROVED)
    assert refusal(lifecycle.dispatch, entry, mode, actor=people["clerk"])
    assert RegistryEntry.objects.get(pk=entry.pk).state == "approved"


def test_what_came_back_is_sent_again_and_was_answered_on_the_first_day(
    world: World, people: dict[str, Any]
) -> None:
    clerk = people["clerk"]
    entry = world.in_state(State.APPROVED)
    entry = lifecycle.dispatch(entry, Mode.EMAIL, actor=clerk, at=LATER)
    entry = lifecycle.returned(entry, "Căsuță plină", actor=clerk, at=LATER + timedelta(days=2))
    assert (entry.state, entry.is_open) == ("returned", False)
    entry = lifecycle.dispatch(entry, Mode.EMAIL, actor=clerk, at=LATER + timedelta(days=3))
    assert (entry.state, entry.answered_at) == ("dispatched", LATER)
    assert list(Letter.objects.filter(entry=entry).values_list("state", flat=True)) == [
        "returned",
        "sent",
    ]


def test_posting_list_holds_each_letter_once(world: World, people: dict[str, Any]) -> None:
    entry = world.in_state(
        State.APPROVED,
        reply_by=ReplyBy.POST,
        sender=Sender(name="Ana Exemplu", address="Str. Exemplu 1"),
    )
    lifecycle.dispatch(entry, Mode.POST, actor=people["clerk"], proof="RL 12")
    letters = Letter.objects.filter(entry=entry)
    with pytest.raises(NotAllowed):
        lifecycle.make_posting_list(letters, Mode.POST, actor=people["officer"])
    made = lifecycle.make_posting_list(letters, Mode.POST, actor=people["clerk"], at=LATER)
    assert str(made) == "1/2026"
    assert list(made.letters.all()) == list(letters)
    assert refusal(lifecycle.make_posting_list, letters, Mode.POST, actor=people["clerk"])


# -- redirection -------------------------------------------------------------------------------------------------------


def test_redirection_makes_two_numbered_letters(world: World, people: dict[str, Any]) -> None:
    entry = world.new()
    before = RegistryEntry.objects.count()
    now = lifecycle.redirect(entry, world.institution, actor=people["clerk"], at=LATER)
    assert (now.state, now.institution) == ("redirected", world.institution)
    assert RegistryEntry.objects.count() == before + 2
    letter, notice = Letter.objects.filter(entry=entry).order_by("pk")
    assert (letter.kind, letter.recipient, letter.email) == (
        LetterKind.REDIRECTION,
        world.institution.name,
        "drumuri@example.org",
    )
    assert (notice.kind, notice.email) == (LetterKind.REDIRECTION_NOTICE, "ilona@example.org")
    assert world.institution.name in notice.text
    own = letter.registered_as
    assert own is not None
    assert (own.direction, own.about, own.state) == ("outgoing", entry, "approved")
    lifecycle.send_letter(letter, Mode.EMAIL, actor=people["clerk"])
    lifecycle.send_letter(letter, Mode.EMAIL, actor=people["clerk"])
    own.refresh_from_db()
    assert own.state == "dispatched"
    assert OutboxMail.objects.filter(purpose="petition.redirection").count() == 1
    assert not list(audit.verify())


def test_nothing_is_redirected_to_ourselves(world: World, people: dict[str, Any]) -> None:
    ours = Institution.objects.create(name="Primăria", is_own=True)
    assert "Primăria" in refusal(
        lifecycle.redirect, world.new(), ours, actor=people["clerk"], at=LATER
    )


def test_redirection_after_five_days_says_why(world: World, people: dict[str, Any]) -> None:
    entry, who = world.new(), {"actor": people["clerk"]}
    # Registered on 12 March; the Civil Code's way of counting leads to the 18th.
    late = moment(date(2026, 3, 19))
    assert "18.03.2026" in refusal(lifecycle.redirect, entry, world.institution, at=late, **who)
    lifecycle.redirect(
        entry, world.institution, at=late, late_reason="Competența a fost neclară.", **who
    )
    event = AuditEvent.objects.get(entry=entry, action=Action.REDIRECTED)
    assert event.data["late"] == "Competența a fost neclară."


# -- joined, repeated, anonymous ---------------------------------------------------------------------------------------


def test_joining_is_refused_where_it_would_mix_or_circle(
    world: World, people: dict[str, Any]
) -> None:
    who = {"actor": people["clerk"], "at": LATER}
    first, second, third = (world.new() for _number in range(3))
    other = world.new(sender=Sender(name="Ilona Probă", email="alta@example.org"))
    closed = world.answered_one
    assert refusal(lifecycle.join, first, first, **who)
    assert refusal(lifecycle.join, first, second, **who)  # the earlier one leads
    assert "OG 27/2002" in refusal(lifecycle.join, other, first, **who)
    assert refusal(lifecycle.join, second, closed, **who)
    lifecycle.join(second, first, **who)
    assert first.number_text in refusal(lifecycle.join, third, second, **who)
    assert refusal(lifecycle.cancel, first, "Greșită", actor=people["chief"], at=LATER)
    # A joined one is answered with the first one alone.
    assert refusal(lifecycle.assign, second, world.department, **who)


def test_repeat_is_noted_on_what_was_answered(world: World, people: dict[str, Any]) -> None:
    who = {"actor": people["clerk"], "at": LATER}
    entry = world.new()
    assert refusal(lifecycle.file_repeat, entry, world.open_one, **who)
    now = lifecycle.file_repeat(entry, world.answered_one, **who)
    assert (now.state, now.filed_as, now.repeats) == ("filed", "repeat", world.answered_one)
    noted = AuditEvent.objects.get(entry=world.answered_one, action=Action.REPEATED)
    assert noted.data["repeat"] == entry.number_text


def test_anonymous_petition_is_filed_and_a_signed_one_is_not(
    world: World, people: dict[str, Any]
) -> None:
    who = {"actor": people["clerk"], "at": LATER}
    assert refusal(lifecycle.file_anonymous, world.new(), "Fără nume", **who)
    anonymous = world.new(sender=Sender(), reply_by=ReplyBy.NONE)
    now = lifecycle.file_anonymous(anonymous, "Fără nume și adresă", **who)
    assert (now.state, now.filed_as, now.number) == ("filed", "anonymous", anonymous.number)


# -- terms -------------------------------------------------------------------------------------------------------------


def test_extension_is_told_to_the_petitioner(world: World, people: dict[str, Any]) -> None:
    lifecycle.extend(
        world.in_state(State.ASSIGNED), 5, "Expertiză", actor=people["chief"], at=LATER
    )
    mail = OutboxMail.objects.get(purpose="petition.extension")
    assert "Expertiză" in mail.body
    by_post = world.in_state(
        State.ASSIGNED,
        reply_by=ReplyBy.POST,
        sender=Sender(name="Ana Exemplu", address="Str. Exemplu 1"),
    )
    lifecycle.extend(by_post, 5, "Expertiză", actor=people["chief"], at=LATER)
    assert by_post.letters.get().state == LetterState.PREPARED


def test_complex_request_for_information_gets_the_longer_term(
    world: World, people: dict[str, Any]
) -> None:
    world.kind = EntryKind.objects.get(family="foi", is_confidential=False)
    entry = world.in_state(State.ASSIGNED)
    assert entry.due == date(2026, 3, 23)
    now = lifecycle.extend(entry, 1, "Arhivă", actor=people["chief"], at=at(2026, 3, 23, 9)())
    assert now.due == date(2026, 4, 14)
    assert refusal(lifecycle.extend, now, 1, "Încă", actor=people["chief"], at=LATER)


def test_question_to_the_petitioner_stops_no_clock(world: World, people: dict[str, Any]) -> None:
    entry = world.in_state(State.IN_PROGRESS)
    now = lifecycle.ask(entry, "Care alee?", actor=people["officer"], at=LATER)
    assert (now.due, now.state, now.asked_at) == (entry.due, "in_progress", LATER)
    letter = now.letters.get()
    assert (letter.kind, letter.state) == (LetterKind.QUESTION, LetterState.PREPARED)
    assert not OutboxMail.objects.filter(purpose="petition.question").exists()
    with pytest.raises(NotAllowed):
        lifecycle.send_letter(letter, Mode.EMAIL, actor=people["officer"])


# -- archived, reopened ------------------------------------------------------------------------------------------------


def test_reopened_entry_keeps_its_term_and_its_letters(
    world: World, people: dict[str, Any]
) -> None:
    entry = world.in_state(State.ARCHIVED)
    now = lifecycle.reopen(entry, "Răspuns incomplet", actor=people["chief"])
    assert (now.state, now.due, now.answer, now.answered_at) == (
        "in_progress",
        entry.due,
        "",
        None,
    )
    assert now.letters.count() == 1
    assert now.drafts.count() == 1


def test_file_class_out_of_use_is_refused(world: World, people: dict[str, Any]) -> None:
    world.file_class.is_active = False
    world.file_class.save()
    assert world.file_class.code in refusal(
        lifecycle.archive,
        world.in_state(State.DISPATCHED),
        world.file_class,
        actor=people["clerk"],
    )


def test_head_of_another_department_approves_nothing_here(
    world: World, people: dict[str, Any]
) -> None:
    entry = world.in_state(State.DRAFTED)
    DeskMember.objects.filter(user=people["head"]).update(department=world.contributor)
    with pytest.raises(NotAllowed):
        lifecycle.approve(entry, actor=people["head"])


def test_outcome_of_the_answer_stands_in_the_entry(world: World) -> None:
    assert world.in_state(State.DISPATCHED).outcome == Outcome.GRANTED
