"""Sending out: by the registry alone (OG 27/2002, art. 6), with the way, the proof, and what came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Unpack

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.models import Location
from registry import audit, letters
from registry.deadlines import registration_day
from registry.enums import Action, AttachmentRole, LetterKind, LetterState, Mode
from registry.files import vault
from registry.files.uploads import Upload
from registry.lifecycle.changing import NotAllowed, NotPossible, Who, once, require, taking
from registry.models.audit import AuditEvent
from registry.models.entries import Attachment, RegistryEntry
from registry.models.work import Letter, PostingList
from registry.registration import discard, register_lock
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


def _way(letter: Letter) -> dict[str, Any]:
    """How a letter went, for the trail."""
    told: dict[str, Any] = {"letter": letter.pk, "mode": str(letter.mode)}
    if letter.hall is not None:
        told["hall"] = letter.hall.key
    return told


def _keep_proof(letter: Letter, upload: Upload | None, at: datetime) -> list[str]:
    """Keep a file as the proof of a letter; its hash for the trail, which says whose proof it is."""
    if upload is None:
        return []
    Attachment.objects.create(
        entry=letter.entry,
        role=AttachmentRole.PROOF,
        stored_name=vault.adopt(upload.stored),
        name=upload.name,
        media_type=upload.media_type,
        size=upload.size,
        sha256=upload.sha256,
        added_at=at,
    )
    return [upload.sha256]


def proofs_of(letter: Letter) -> list[Attachment]:
    """The files that were kept as proofs of `letter`: two queries."""
    told = AuditEvent.objects.filter(
        entry=letter.entry_id, action__in=[Action.LETTER_DELIVERED, Action.LETTER_RETURNED]
    )
    hashes = {
        digest
        for data in told.values_list("data", flat=True)
        if data.get("letter") == letter.pk
        for digest in data.get("files", ())
    }
    if not hashes:
        return []
    return list(
        Attachment.objects.filter(
            entry=letter.entry_id, role=AttachmentRole.PROOF, sha256__in=hashes
        )
    )


def _says(letter: Letter, proof: str) -> bool:
    return proof in letter.proof.split("; ") or proof == letter.proof


def _is_kept(letter: Letter, upload: Upload | None) -> bool:
    return upload is None or any(proof.sha256 == upload.sha256 for proof in proofs_of(letter))


@once
def dispatch(
    entry: RegistryEntry,
    mode: str,
    *,
    proof: str = "",
    hall: Location | None = None,
    **who: Unpack[Who],
) -> RegistryEntry:
    """Send the approved answer out, or once more after it came back; the term ends, the tracking page shows it."""
    call = [mode, proof, hall and hall.pk]
    with taking("dispatch", entry, call=call, **who) as step:
        now = step.entry
        letter = now.letters.filter(kind=LetterKind.ANSWER).order_by("-pk").first()
        if letter is None:
            raise NotPossible(_("There is no approved answer to send."))
        if letter.state != LetterState.PREPARED:
            # It came back: a new letter with the same text, and the same signed file.
            signed = letter.signed_file
            text = now.answer or letter.text
            letter = letters.prepare(now, LetterKind.ANSWER, text, by=step.actor, at=step.at)
            letter.signed_file = signed
        _set_mode(letter, mode, hall)
        # Where it waits to be picked up is said on the letter, and is no part of the answer.
        answer = letter.text
        letters.send(letter, by=step.actor, at=step.at, proof=proof.strip())
        first = now.answered_at is None
        if first:
            step.change(answered_at=step.at, closed_at=step.at, answer=answer)
        return step.done({**_way(letter), "again": not first})


@once
def returned(
    entry: RegistryEntry, reason: str, *, upload: Upload | None = None, **who: Unpack[Who]
) -> RegistryEntry:
    """The answer came back undelivered: it waits to be sent once more. That it was answered in term stays so.

    `upload` is a file that proves it.
    """
    call = [reason, upload and upload.sha256]
    with taking("returned", entry, call=call, **who) as step:
        reason = require(reason, _("Write what stands on the envelope."))
        sent = step.entry.letters.filter(
            kind=LetterKind.ANSWER, state__in=[LetterState.SENT, LetterState.DELIVERED]
        )
        letter = sent.order_by("-pk").first()
        if letter is None:
            raise NotPossible(_("No letter of this entry is on its way."))
        files = _come_back(letter, reason, upload, step.at)
        done = step.done({"letter": letter.pk, "reason": reason, "files": files})
    if upload is not None:
        discard(upload)
    return done


def _come_back(letter: Letter, reason: str, upload: Upload | None, at: datetime) -> list[str]:
    letter.state, letter.returned_at = LetterState.RETURNED, at
    letter.return_reason = reason[:300]
    letter.save(update_fields=["state", "returned_at", "return_reason"])
    return _keep_proof(letter, upload, at)


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
            data={**_way(now), "kind": now.kind},
        )
    return now


def delivered(
    letter: Letter,
    proof: str,
    *,
    actor: Any,
    upload: Upload | None = None,
    at: datetime | None = None,
) -> Letter:
    """Write down the proof that a letter arrived, with a file where there is one. Twice is once."""
    _require_registry(actor)
    proof = require(proof, _("Write the proof: the number of the receipt, who signed it."))
    at = at or timezone.now()
    with register_lock(), writing():
        now = (
            Letter.objects.select_for_update(of=("self",)).select_related("entry").get(pk=letter.pk)
        )
        if now.state == LetterState.DELIVERED and _says(now, proof) and _is_kept(now, upload):
            return now
        if now.state not in {LetterState.SENT, LetterState.DELIVERED}:
            raise NotPossible(
                _("The letter is %(state)s: there is no delivery to prove.")
                % {"state": now.get_state_display()}
            )
        now.state, now.delivered_at = LetterState.DELIVERED, at
        if not _says(now, proof):
            # The number of the registered letter stays: the posting list shows it.
            now.proof = "; ".join(filter(None, [now.proof, proof]))[:300]
        now.save(update_fields=["state", "delivered_at", "proof"])
        audit.record(
            Action.LETTER_DELIVERED,
            actor=actor,
            entry=now.entry,
            at=at,
            data={"letter": now.pk, "proof": now.proof, "files": _keep_proof(now, upload, at)},
        )
    if upload is not None:
        discard(upload)
    return now


def letter_returned(
    letter: Letter,
    reason: str,
    *,
    actor: Any,
    upload: Upload | None = None,
    at: datetime | None = None,
) -> Letter:
    """A letter that is no answer came back undelivered. Twice is once.

    An answer comes back to its entry, which then waits to be sent once more (`returned`).
    """
    _require_registry(actor)
    reason = require(reason, _("Write what stands on the envelope."))
    at = at or timezone.now()
    with register_lock(), writing():
        now = (
            Letter.objects.select_for_update(of=("self",)).select_related("entry").get(pk=letter.pk)
        )
        if now.kind == LetterKind.ANSWER:
            raise NotPossible(_("That an answer came back is written down with its entry."))
        if now.state == LetterState.RETURNED:
            return now
        if now.state not in {LetterState.SENT, LetterState.DELIVERED}:
            raise NotPossible(
                _("The letter is %(state)s: it cannot have come back.")
                % {"state": now.get_state_display()}
            )
        files = _come_back(now, reason, upload, at)
        audit.record(
            Action.LETTER_RETURNED,
            actor=actor,
            entry=now.entry,
            at=at,
            data={"letter": now.pk, "kind": now.kind, "reason": reason, "files": files},
        )
    if upload is not None:
        discard(upload)
    return now


def send(
    letter: Letter,
    mode: str,
    *,
    actor: Any,
    proof: str = "",
    hall: Location | None = None,
    version: int | None = None,
    at: datetime | None = None,
) -> None:
    """Send a letter by the service of its kind: an answer through its entry (with the `version` that was seen)."""
    who: dict[str, Any] = {"actor": actor, "proof": proof, "hall": hall, "at": at}
    if letter.kind == LetterKind.ANSWER:
        dispatch(letter.entry, mode, version=version, **who)
    else:
        send_letter(letter, mode, **who)


def make_posting_list(
    chosen: Iterable[Letter],
    mode: str,
    *,
    actor: Any,
    proofs: Mapping[int, str] | None = None,
    at: datetime | None = None,
) -> PostingList:
    """Put letters that were sent by post (or courier) on a list of their own, in their order; each is on one list.

    `proofs` are numbers of registered letters (or consignments) by the letters' ids, where they are known by now.
    """
    _require_registry(actor)
    at = at or timezone.now()
    year = registration_day(at).year
    keys = [letter.pk for letter in chosen]
    with register_lock(), writing():
        letters_now = list(
            Letter.objects.select_for_update(of=("self",))
            .filter(
                pk__in=keys,
                mode=mode,
                posting_list=None,
                state__in=[LetterState.SENT, LetterState.DELIVERED],
            )
            .select_related("entry")
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
            letter.proof = ((proofs or {}).get(letter.pk, "").strip() or letter.proof)[:300]
            letter.save(update_fields=["posting_list", "proof"])
            audit.record(
                Action.LETTER_POSTED,
                actor=actor,
                entry=letter.entry,
                at=at,
                data={"letter": letter.pk, "list": str(made)},
            )
    return made
