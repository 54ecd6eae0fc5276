"""Audiences: the ladder, hours with places, what came of them, and the written answer in one working day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.models import OutboxMail
from registry import audiences, audit, lifecycle
from registry.audiences.ladder import LADDER, OVER, LadderProblem, Rung, above, problem
from registry.enums import LetterState, Mode
from registry.lifecycle import NotAllowed, NotPossible
from registry.models import (
    Audience,
    AudienceSlot,
    AuditEvent,
    Letter,
    Register,
    RegistryEntry,
)
from registry.registration import Sender
from registry.seen_versions import ChangedMeanwhile
from tests.conftest import BUCHAREST
from tests.factories import CalendarDayFactory, DepartmentFactory
from tests.registry.filings import answered, at, request_filing, slot_for
from tests.registry.people import department_of

database = pytest.mark.django_db
THURSDAY = at(2026, 3, 12, 10)
FRIDAY = at(2026, 3, 13, 9)()
WORDS = "Vom repara aleea în mai."


# -- the ladder, as a rule ---------------------------------------------------------------------------------------------

rungs = st.builds(
    Rung, st.sampled_from(LADDER), st.sampled_from(Audience.State.values), st.booleans()
)


@given(st.sampled_from(LADDER), st.none() | rungs)
def test_a_level_is_open_to_who_was_at_the_one_below(level: str, below: Rung | None) -> None:
    place = LADDER.index(level)
    if place == 0:
        expected = below is None
    else:
        expected = (
            below is not None
            and below.level == LADDER[place - 1]
            and below.state in OVER
            and not below.is_followed
        )
    assert (problem(level, below) is None) == expected


@given(st.lists(st.sampled_from(Audience.State.values), min_size=3, max_size=3))
def test_nobody_comes_to_the_mayor_past_a_rung(states: list[str]) -> None:
    """Climbing from rung to rung ends at the first one that is not over, whatever states there are."""
    reached, below = [], None
    for level, state in zip(LADDER, states, strict=True):
        if problem(level, below) is not None:
            break
        reached.append(level)
        below = Rung(level, state)
    first_open = next((i for i, state in enumerate(states) if state not in OVER), len(states))
    assert reached == list(LADDER[: first_open + 1])


def test_levels_and_their_problems() -> None:
    assert [above(level) for level in LADDER] == ["deputy", "mayor", None]
    assert list(LADDER) == AudienceSlot.Level.values
    assert problem("deputy", None) == LadderProblem.STARTS_ABOVE
    assert problem("mayor", Rung("department", "held")) == LadderProblem.NOT_THE_NEXT
    assert problem("deputy", Rung("department", "missed")) == LadderProblem.NOT_OVER
    assert problem("deputy", Rung("department", "held", True)) == LadderProblem.FOLLOWED_ALREADY
    assert problem("department", Rung("deputy", "held")) == LadderProblem.FOLLOWS_NOTHING


# -- asked for ---------------------------------------------------------------------------------------------------------


Ask = Callable[..., Audience]


@pytest.fixture
def ask(general: Register, people: dict[str, Any]) -> Ask:
    """Ask for an audience on 12 March 2026; by default with the head of the officer's department."""

    def asked(level: str = "department", **values: Any) -> Audience:
        if level == "department":
            values.setdefault("department", department_of(people["officer"]))
        filing = values.pop("filing", None) or request_filing()
        return audiences.request(
            filing,
            level,
            **{"register_": general, "actor": people["clerk"], "clock": THURSDAY, **values},
        )

    return asked


MONDAY = datetime(2026, 3, 16, 10, 20, tzinfo=BUCHAREST)


def held(audience: Audience, result: str = WORDS, **values: Any) -> Audience:
    """The audience, received on Monday, 16 March 2026."""
    department = audience.entry.department if audience.level == "department" else None
    slot = slot_for(audience.level, department)
    now = audiences.schedule(audience, slot, actor=None, at=FRIDAY)
    return audiences.hold(now, result, **{"actor": None, "at": MONDAY, **values})


@database
def test_request_takes_a_number_and_goes_to_the_department(
    ask: Ask, people: dict[str, Any]
) -> None:
    audience = ask(filing=request_filing(submission_key="k", submission_digest="d"))
    again = ask(filing=request_filing(submission_key="k", submission_digest="d"))
    assert audience == again
    entry = RegistryEntry.objects.get()
    assert (entry.channel, entry.kind.key, entry.for_mayor) == ("audience", "audienta", False)
    assert entry.department == department_of(people["officer"])
    assert list(audiences.visible_audiences(people["officer"])) == [audience]
    assert not audiences.visible_audiences(people["cabinet"]).exists()
    assert not list(audit.verify())


@database
@pytest.mark.parametrize("level", ["deputy", "mayor"])
def test_request_past_a_rung_is_refused_with_the_rule(
    ask: Ask, people: dict[str, Any], level: str
) -> None:
    for values in ({}, {"actor": people["cabinet"]}, {"actor": people["cabinet"], "override": " "}):
        with pytest.raises(NotPossible) as raised:
            ask(level, **values)
        assert str(raised.value)
    with pytest.raises(NotAllowed):
        ask(level, override="Urgent")
    assert not RegistryEntry.objects.exists()
    audience = ask(level, actor=people["cabinet"], override="Dezbatere publică în aceeași zi")
    assert audience.entry.for_mayor
    event = AuditEvent.objects.get(action="cabinet.audience")
    assert event.data["override"] == "Dezbatere publică în aceeași zi"


@database
def test_citizen_climbs_under_one_number(ask: Ask, people: dict[str, Any]) -> None:
    first = held(ask())
    officer, cabinet = people["officer"], people["cabinet"]
    deputy = audiences.climb(first, actor=officer, version=first.version, at=MONDAY)
    again = audiences.climb(first, actor=officer, version=first.version, at=MONDAY)
    assert (deputy.level, deputy.after, deputy.entry) == ("deputy", first, first.entry)
    assert again == deputy
    assert audiences.visible_audiences(cabinet).count() == 2
    with pytest.raises(NotPossible):
        audiences.climb(deputy, actor=cabinet)
    with pytest.raises(NotAllowed):
        audiences.decline(deputy, "Nu", actor=officer)
    declined = audiences.decline(deputy, "A fost lămurit.", actor=cabinet)
    mayor = audiences.climb(declined, actor=cabinet)
    assert mayor.level == "mayor"
    with pytest.raises(NotPossible):
        audiences.climb(audiences.decline(mayor, "Nu.", actor=cabinet), actor=cabinet)


@database
def test_new_request_follows_an_earlier_one_of_the_same_citizen(
    ask: Ask, people: dict[str, Any]
) -> None:
    first = held(ask())
    answered(first.entry)
    with pytest.raises(NotPossible):
        audiences.climb(first, actor=people["clerk"])
    stranger = request_filing(sender=Sender(name="Ilona Probă", email="alta@example.org"))
    with pytest.raises(NotPossible):
        ask("deputy", after=first, filing=stranger)
    second = ask("deputy", after=first)
    assert (second.after, second.entry == first.entry) == (first, False)
    with pytest.raises(NotPossible):
        ask("deputy", after=first)
    assert RegistryEntry.objects.count() == 2


@database
def test_what_the_cabinet_registers_it_sees(ask: Ask, people: dict[str, Any]) -> None:
    audience = ask(actor=people["cabinet"])
    assert audience.entry.for_mayor
    assert audiences.visible_audiences(people["cabinet"]).exists()


STEPS = ("schedule", "hold", "miss", "decline", "climb", "ask deputy", "ask mayor")


@database
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(STEPS)), max_size=14))
def test_whatever_is_tried_nobody_stands_on_a_rung_past_another(
    ask: Ask, people: dict[str, Any], steps: list[tuple[int, str]]
) -> None:
    """Random steps with whatever audience there is: what is refused changes nothing, what stands keeps the rule."""
    with transaction.atomic():
        slots = {
            "department": slot_for("department", department_of(people["officer"])),
            "deputy": slot_for("deputy"),
            "mayor": slot_for("mayor"),
        }
        known = [ask()]
        for number, name in steps:
            audience = Audience.objects.get(pk=known[number % len(known)].pk)
            who: dict[str, Any] = {
                "actor": None,
                "at": MONDAY if name in {"hold", "miss"} else FRIDAY,
            }
            before = (Audience.objects.count(), audience.version)
            try:
                match name:
                    case "schedule":
                        audiences.schedule(audience, slots[audience.level], **who)
                    case "hold":
                        audiences.hold(audience, WORDS, **who)
                    case "miss":
                        audiences.miss(audience, **who)
                    case "decline":
                        audiences.decline(audience, "Nu", **who)
                    case "climb":
                        known.append(audiences.climb(audience, **who))
                    case _:
                        known.append(ask(name.removeprefix("ask "), after=audience))
            except NotPossible:
                audience.refresh_from_db()
                assert (Audience.objects.count(), audience.version) == before
        for audience in Audience.objects.select_related("after"):
            if audience.level == "department":
                assert audience.after is None
            else:
                assert audience.after is not None
                assert above(audience.after.level) == audience.level
                assert audience.after.state in OVER
            assert (audience.slot_id is None) == (audience.place is None)
        transaction.set_rollback(True)


# -- hours -------------------------------------------------------------------------------------------------------------


@database
def test_each_gets_a_time_of_his_own_and_no_more_than_there_are_places(
    ask: Ask, people: dict[str, Any]
) -> None:
    slot = slot_for("department", department_of(people["officer"]), room="Camera 12")
    waiting = [ask() for _ in range(3)]
    for audience, time in zip(waiting, ("10:00", "10:15"), strict=False):
        now = audiences.schedule(audience, slot, actor=people["officer"], at=FRIDAY)
        assert f"{now.appointment:%H:%M}" == time
    with pytest.raises(NotPossible):
        audiences.schedule(waiting[2], slot, actor=people["officer"], at=FRIDAY)
    assert audiences.free_slots(waiting[2], FRIDAY) == []
    # Who is declined makes room; the other one keeps the time that was told.
    audiences.decline(waiting[0], "A renunțat.", actor=people["officer"], at=FRIDAY)
    assert audiences.free_slots(waiting[2], FRIDAY) == [slot]
    now = audiences.schedule(waiting[2], slot, actor=people["officer"], at=FRIDAY)
    assert (now.place, Audience.objects.get(pk=waiting[1].pk).place) == (1, 2)


@database
def test_appointment_is_confirmed_in_the_citizens_language(
    ask: Ask, people: dict[str, Any]
) -> None:
    department = department_of(people["officer"])
    slot = slot_for("department", department, room="Camera 12")
    audience = ask(filing=request_filing(language="hu"))
    for _click in range(2):
        audiences.schedule(
            audience, slot, actor=people["officer"], version=audience.version, at=FRIDAY
        )
    mail = OutboxMail.objects.get(purpose="audience.appointment")
    assert (mail.to, mail.language) == ("ilona@example.org", "hu")
    assert audience.entry.number_text in mail.body
    assert "10:00" in mail.body
    assert "Camera 12" in mail.body
    # Another hour: told again. Nothing to somebody without an address.
    other = slot_for("department", department, starts_at=MONDAY + timedelta(days=7))
    audiences.schedule(audience, other, actor=people["officer"], at=FRIDAY)
    assert OutboxMail.objects.filter(purpose="audience.appointment").count() == 2
    silent = ask(filing=request_filing(sender=Sender(name="Ion Probă", phone="0000")))
    audiences.schedule(silent, other, actor=people["officer"], at=FRIDAY)
    assert OutboxMail.objects.filter(purpose="audience.appointment").count() == 2


@database
def test_hour_of_somebody_else_or_of_the_past_is_refused(ask: Ask, people: dict[str, Any]) -> None:
    audience = ask()
    for slot in (
        slot_for("deputy"),
        slot_for("department", DepartmentFactory()),
        slot_for("department", department_of(people["officer"]), starts_at=FRIDAY),
    ):
        with pytest.raises(NotPossible):
            audiences.schedule(audience, slot, actor=people["officer"], at=FRIDAY)
    audience.refresh_from_db()
    assert (audience.state, audience.slot, audience.version) == ("requested", None, 1)


@database
@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("clerk", True),
        ("chief", True),
        ("officer", True),
        ("head", True),
        ("other_officer", False),
        ("cabinet", False),
        ("auditor", False),
        ("confidential", False),
        ("nobody", False),
    ],
)
def test_department_and_registry_keep_its_audiences(
    ask: Ask, people: dict[str, Any], who: str, allowed: bool
) -> None:
    audience = ask()
    slot = slot_for("department", department_of(people["officer"]))
    if allowed:
        assert audiences.schedule(audience, slot, actor=people[who], at=FRIDAY).place == 1
    else:
        with pytest.raises(NotAllowed):
            audiences.schedule(audience, slot, actor=people[who], at=FRIDAY)


@database
def test_second_of_two_is_told(ask: Ask, people: dict[str, Any]) -> None:
    audience = ask()
    slot = slot_for("department", department_of(people["officer"]))
    audiences.schedule(audience, slot, actor=people["officer"], version=1, at=FRIDAY)
    with pytest.raises(ChangedMeanwhile):
        audiences.decline(audience, "Nu", actor=people["clerk"], version=1, at=FRIDAY)


# -- what came of it ---------------------------------------------------------------------------------------------------


@database
def test_written_answer_is_due_on_the_next_working_day_and_sent_by_the_registry_alone(
    ask: Ask, people: dict[str, Any]
) -> None:
    CalendarDayFactory(first_day=date(2026, 3, 17), last_day=date(2026, 3, 17), kind="bridging")
    audience = held(ask(), actor=people["officer"], wants_writing=True)
    assert (audience.state, audience.written_due) == ("held", date(2026, 3, 18))
    letter = Letter.objects.get()
    assert (letter.kind, letter.state) == ("audience", LetterState.PREPARED)
    assert WORDS in letter.text
    assert not OutboxMail.objects.filter(purpose="audience.answer").exists()
    with pytest.raises(NotAllowed):
        lifecycle.send_letter(letter, Mode.EMAIL, actor=people["officer"])
    sent = at(2026, 3, 18, 9)()
    lifecycle.send_letter(letter, Mode.EMAIL, actor=people["clerk"], at=sent)
    audience.refresh_from_db()
    assert audience.written_at == sent
    assert WORDS in OutboxMail.objects.get(purpose="audience.answer").body
    assert "aleea" not in str(list(AuditEvent.objects.values_list("data", flat=True)))


@database
def test_answer_of_one_rung_is_not_taken_for_that_of_another(
    ask: Ask, people: dict[str, Any]
) -> None:
    first = held(ask(wants_writing=True))
    deputy = audiences.climb(first, actor=None, at=MONDAY)
    second = held(deputy, "Altceva.", at=MONDAY + timedelta(hours=1))
    letter = Letter.objects.order_by("pk").first()
    assert letter is not None
    lifecycle.send_letter(letter, Mode.EMAIL, actor=people["clerk"])
    for audience, is_sent in ((first, True), (second, False)):
        audience.refresh_from_db()
        assert (audience.written_at is not None) == is_sent


@database
def test_without_a_wish_nothing_is_written(ask: Ask) -> None:
    audience = held(ask(wants_writing=True), wants_writing=False)
    assert audience.written_due is None
    assert not Letter.objects.exists()


@database
def test_what_has_not_been_is_not_written_down(ask: Ask, people: dict[str, Any]) -> None:
    audience, officer = ask(), people["officer"]
    with pytest.raises(NotPossible):
        audiences.hold(audience, WORDS, actor=officer, at=MONDAY)
    slot = slot_for("department", department_of(officer))
    now = audiences.schedule(audience, slot, actor=officer, at=FRIDAY)
    for step in (
        lambda: audiences.hold(now, WORDS, actor=officer, at=FRIDAY),
        lambda: audiences.hold(now, "  ", actor=officer, at=MONDAY),
        lambda: audiences.miss(now, actor=officer, at=FRIDAY),
        lambda: audiences.decline(now, " ", actor=officer, at=FRIDAY),
        lambda: audiences.climb(now, actor=officer, at=FRIDAY),
    ):
        with pytest.raises(NotPossible):
            step()
    missed = audiences.miss(now, actor=officer, at=MONDAY)
    later = slot_for("department", slot.department, starts_at=MONDAY + timedelta(days=7))
    again = audiences.schedule(missed, later, actor=officer, at=MONDAY)
    assert (again.state, again.slot) == ("scheduled", later)


@database
def test_who_is_declined_reads_why(ask: Ask, people: dict[str, Any]) -> None:
    audiences.decline(ask(), "A primit răspuns în scris.", actor=people["officer"])
    mail = OutboxMail.objects.get(purpose="audience.declined")
    assert "A primit răspuns în scris." in mail.body


@database
def test_hour_that_citizens_were_told_stays(ask: Ask, people: dict[str, Any]) -> None:
    slot = slot_for("department", department_of(people["officer"]))
    for audience in (ask(), ask()):
        audiences.schedule(audience, slot, actor=None, at=FRIDAY)
    for values in ({"starts_at": MONDAY}, {"minutes": 30}, {"places": 1}, {"level": "mayor"}):
        now = AudienceSlot.objects.get(pk=slot.pk)
        for name, value in values.items():
            setattr(now, name, value)
        with pytest.raises(ValidationError):
            now.full_clean()
    slot.places, slot.room = 9, "Sala mică"
    slot.full_clean()
    with pytest.raises(ValidationError):
        AudienceSlot(level="department", starts_at=MONDAY).full_clean()
