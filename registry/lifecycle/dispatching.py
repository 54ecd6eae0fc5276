"""Sending out: by the registry alone (OG 27/2002, art. 6), with the way, the proof, and what came back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.models import Location
from registry import audit, letters
from registry.deadlines import registration_day
from registry.enums import Action, LetterKind, LetterState, Mode
from registry.lifecycle.changing import NotAllowed, NotPossible, once, require, taking
from registry.models.entries import RegistryEntry
from registry.models.work import Letter, PostingList
from registry.registration import register_lock
from registry.writing import writing

BY_LIST = frozenset({Mode.POST, Mode.COURIER})
"""Ways that go with a posting list."""


def address_problem(letter: Letter, mode: str, hall: Location | None) -> str:
    """Why `letter` cannot go by `mode`, in words; "" when it can."""
    if mode == Mode.EMAIL and not letter.email:
        return _("There is no e-mail address: choose another way.")
    if mode in BY_LIST and not letter.address:
        return _("There is no postal address: choose another way.")
    if mode == Mode.PICKUP and hall is None:
        return _("Choose the hall where it can be picked up.")
    return ""


def _set_mode(letter: Letter, mode: str, hall: Location | None) -> None:
    if mode not in Mode.values:
        raise NotPossible(_("Choose how the letter goes."))
    if problem := address_problem(letter, mode, hall):
        raise NotPossible(problem)
    letter.mode, letter.hall = Mode(mode), hall if mode == Mode.PICKUP else None


@once
def dispatch(
    entry: RegistryEntry,
    mode: str,
    *,
    actor: Any,
    proof: str = "",
    hall: Location | None = None,
    version: int | None = None,
    at: datetime | None = None,
) -> RegistryEntry:
    """Send the approved answer out, or once more after it came back; the term ends, the tracking page shows it."""
    call = [mode, proof, hall and hall.pk]
    with taking("dispatch", entry, actor=actor, version=version, at=at, call=call) as step:
        now = step.entry
        letter = now.letters.filter(kind=LetterKind.ANSWER).order_by("-pk").first()
        if letter is None:
            raise NotPossible(_("There is no approved answer to send."))
        if letter.state != LetterState.PREPARED:
            # It came back: a new letter with the same text.
            letter = letters.prepare(now, LetterKind.ANSWER, letter.text, by=actor, at=step.at)
        _set_mode(letter, mode, hall)
        letters.send(letter, by=actor, at=step.at, proof=proof.strip())
        first = now.answered_at is None
        if first:
            step.change(answered_at=step.at, closed_at=step.at, answer=letter.text)
        return step.done({"mode": str(letter.mode), "again": not first})


@once
def returned(
    entry: RegistryEntry,
    reason: str,
    *,
    actor: Any,
    version: int | None = None,
    at: datetime | None = None,
) -> RegistryEntry:
    """The answer came back undelivered: it waits to be sent once more. That it was answered in term stays so."""
    with taking("returned", entry, actor=actor, version=version, at=at, call=[reason]) as step:
        reason = require(reason, _("Write what stands on the envelope."))
        sent = step.entry.letters.filter(
            kind=LetterKind.ANSWER, state__in=[LetterState.SENT, LetterState.DELIVERED]
        )
        letter = sent.order_by("-pk").first()
        if letter is None:
            raise NotPossible(_("No letter of this entry is on its way."))
        letter.state, letter.returned_at, letter.return_reason = (
            LetterState.RETURNED,
            step.at,
            reason[:300],
        )
        letter.save(update_fields=["state", "returned_at", "return_reason"])
        return step.done({"reason": reason})


def _require_registry(actor: Any) -> None:
    if actor is not None and not actor.has_perm("registry.dispatch_entry"):
        raise NotAllowed(_("Only the registry sends letters out (OG 27/2002, art. 6)."))


def send_letter(
    letter: Letter,
    mode: str,
    *,
    actor: Any,
    proof: str = "",
    hall: Location | None = None,
    at: datetime | None = None,
) -> Letter:
    """Send a prepared letter that is no answer: a notice, a redirection, a question. Twice is once."""
    _require_registry(actor)
    at = at or timezone.now()
    with register_lock(), writing():
        now = (
            Letter.objects.select_for_update(of=("self",))
            .select_related("entry", "registered_as")
            .get(pk=letter.pk)
        )
        if now.state != LetterState.PREPARED:
            return now
        if now.kind == LetterKind.ANSWER:
            raise NotPossible(_("An answer is sent from its entry."))
        _set_mode(now, mode, hall)
        letters.send(now, by=actor, at=at, proof=proof.strip())
        audit.record(
            Action.LETTER_SENT,
            actor=actor,
            entry=now.entry,
            at=at,
            data={"letter": now.pk, "kind": now.kind, "mode": str(now.mode)},
        )
    return now


def delivered(letter: Letter, proof: str, *, actor: Any, at: datetime | None = None) -> Letter:
    """Write down the proof that a letter arrived. Twice is once."""
    _require_registry(actor)
    proof = require(proof, _("Write the proof: the number of the receipt, who signed it."))
    at = at or timezone.now()
    with register_lock(), writing():
        now = (
            Letter.objects.select_for_update(of=("self",)).select_related("entry").get(pk=letter.pk)
        )
        if now.state == LetterState.DELIVERED and now.proof == proof:
            return now
        if now.state not in {LetterState.SENT, LetterState.DELIVERED}:
            raise NotPossible(
                _("The letter is %(state)s: there is no delivery to prove.")
                % {"state": now.get_state_display()}
            )
        now.state, now.delivered_at, now.proof = LetterState.DELIVERED, at, proof[:300]
        now.save(update_fields=["state", "delivered_at", "proof"])
        audit.record(
            Action.LETTER_DELIVERED,
            actor=actor,
            entry=now.entry,
            at=at,
            data={"letter": now.pk, "proof": now.proof},
        )
    return now


def make_posting_list(
    chosen: Iterable[Letter], mode: str, *, actor: Any, at: datetime | None = None
) -> PostingList:
    """Put letters that were sent by post (or courier) on a list of their own, in their order; each is on one list."""
    _require_registry(actor)
    at = at or timezone.now()
    year = registration_day(at).year
    keys = [letter.pk for letter in chosen]
    with register_lock(), writing():
        letters_now = list(
            Letter.objects.select_for_update(of=("self",))
            .filter(pk__in=keys, mode=mode, posting_list=None, state=LetterState.SENT)
            .order_by("pk")
        )
        if mode not in BY_LIST or not letters_now:
            raise NotPossible(_("Choose letters that went by post and are on no list yet."))
        last = PostingList.objects.filter(year=year).aggregate(last=Max("number"))["last"]
        made = PostingList.objects.create(
            number=(last or 0) + 1, year=year, mode=mode, made_at=at, made_by=actor
        )
        for letter in letters_now:
            letter.posting_list = made
            letter.save(update_fields=["posting_list"])
    return made
