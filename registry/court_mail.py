"""Court mail: displayed, collected or not, sent back to the court (Civil Procedure Code, art. 163).

Whoever it is for collects it within 7 days from the display, 3 for urgent cases (rows of the rules of terms); with the
end of the last day it counts as served. Parties' names are told to nobody but who may see petitioners.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from registry import audit, term_services
from registry.deadlines import CITY_ZONE, TermKey, registration_day
from registry.enums import COURT_FAMILIES, Action, AttachmentRole, State
from registry.files import vault
from registry.files.uploads import Upload
from registry.lifecycle import NotAllowed, NotPossible, close
from registry.lifecycle.changing import require, state_problem
from registry.models.entries import Attachment, RegistryEntry
from registry.models.work import CourtMail
from registry.permissions import refusal_of
from registry.registration import discard, register_lock
from registry.transitions import TABLE
from registry.writing import writing

PERMISSION = "registry.dispatch_entry"
LONGEST_AGO = 366
"""Days: what was displayed earlier is a slip of the keyboard."""


class Standing(StrEnum):
    """Where court mail stands on a day."""

    WAITING = "waiting"
    """Displayed; it can be collected."""

    SERVED = "served"
    """Not collected in time: it counts as served."""

    HANDED_OVER = "handed_over"
    SENT_BACK = "sent_back"


@dataclass(frozen=True, slots=True)
class CourtStanding:
    """How court mail stands on a day; `last_day` is the last one on which it can be collected (local)."""

    standing: Standing
    last_day: date | None


def last_day_of(entry: RegistryEntry) -> date | None:
    """The last day on which court mail can be collected; None before it was recorded, or without a rule."""
    text = entry.other_terms.get(TermKey.COLLECT_BY)
    return date.fromisoformat(text) if text else None


def standing_of(mail: CourtMail, today: date) -> CourtStanding:
    """How `mail` stands on `today` (local)."""
    last = last_day_of(mail.entry)
    if mail.returned_at:
        return CourtStanding(Standing.SENT_BACK, last)
    if mail.handed_over_at:
        return CourtStanding(Standing.HANDED_OVER, last)
    if last is not None and today > last:
        return CourtStanding(Standing.SERVED, last)
    return CourtStanding(Standing.WAITING, last)


@contextmanager
def _locked(entry: RegistryEntry, actor: Any) -> Iterator[tuple[RegistryEntry, CourtMail | None]]:
    """The entry as it is now, locked, with its court mail, for who may; NotAllowed, NotPossible."""
    if actor is not None:
        seen = RegistryEntry.objects.visible_to(actor).filter(pk=entry.pk).exists()
        if not actor.has_perm(PERMISSION) or not seen:
            raise NotAllowed(_("This step is not yours to take."))
    with register_lock(), writing():
        now = (
            RegistryEntry.objects.select_for_update(of=("self",))
            .select_related("kind")
            .get(pk=entry.pk)
        )
        if now.kind.family not in COURT_FAMILIES:
            raise NotPossible(
                _("%(number)s is no court mail: its kind is %(kind)s.")
                % {"number": now.number_text, "kind": now.kind}
            )
        yield now, CourtMail.objects.select_for_update().filter(entry=now).first()


def _recorded(mail: CourtMail | None) -> CourtMail:
    if mail is None:
        raise NotPossible(_("Record the court, the case and the day of display first."))
    if mail.returned_at:
        raise NotPossible(_("It was sent back to the court already."))
    return mail


def record(
    entry: RegistryEntry,
    *,
    court: str,
    case_number: str,
    document: str,
    addressee: str,
    displayed_on: date,
    actor: Any,
    at: datetime | None = None,
) -> CourtMail:
    """Record court mail, or correct what was recorded; its term counts from the day of display (local).

    The same once more changes nothing. Raises NotPossible for a day that cannot be, or once it was collected or sent
    back; the trail tells what changed, never the names.
    """
    at = at or timezone.now()
    today = registration_day(at)
    values = {
        "court": require(court, _("Write the court.")),
        "case_number": require(case_number, _("Write the number of the case.")),
        "document": require(document, _("Write what kind of document it is.")),
        "addressee": require(addressee, _("Write who it is for.")),
        "displayed_on": displayed_on,
    }
    if displayed_on > today:
        raise NotPossible(_("The day of display has not come yet: look at the date again."))
    if (today - displayed_on).days > LONGEST_AGO:
        raise NotPossible(_("It cannot have been displayed so long ago: look at the date again."))
    with _locked(entry, actor) as (now, mail):
        if now.state == State.CANCELLED:
            raise NotPossible(_("The entry is cancelled."))
        if mail is not None:
            if all(getattr(mail, name) == value for name, value in values.items()):
                return mail
            if _recorded(mail).handed_over_at:
                raise NotPossible(_("It was handed over already: nothing changes about it."))
        mail = mail or CourtMail(entry=now)
        mail.entry = now
        for name, value in values.items():
            setattr(mail, name, value)
        mail.save()
        now.counts_from = displayed_on
        changed = term_services.set_terms(
            now, term_services.terms_of(now, term_services.working_calendar())
        )
        now.version += 1
        now.save(
            update_fields=["counts_from", "version", *RegistryEntry.TERM_FIELDS, "other_terms"]
        )
        told = {"displayed": displayed_on.isoformat(), "case": mail.case_number}
        audit.record(Action.COURT_RECORDED, actor=actor, entry=now, at=at, data=told)
        if changed:
            audit.record(
                Action.TERMS_CHANGED, actor=actor, entry=now, at=at, data={"terms": changed}
            )
    return mail


def hand_over(
    entry: RegistryEntry,
    to: str,
    proof: str,
    *,
    actor: Any,
    on: date | None = None,
    upload: Upload | None = None,
    at: datetime | None = None,
) -> CourtMail:
    """Write down to whom it was handed over on the local day `on` (now, by default), with the proof. Twice is once.

    Also after the last day, as long as it was not sent back: the trail has the moment.
    """
    to = require(to, _("Write who collected it."))
    proof = require(proof, _("Write the proof: what was signed, the identity card."))
    at = at or timezone.now()
    today = registration_day(at)
    if on is not None and on > today:
        raise NotPossible(_("This day has not come yet: look at the date again."))
    moment = at if on in {None, today} else datetime.combine(on, time(12), CITY_ZONE)
    with _locked(entry, actor) as (now, mail):
        found = _recorded(mail)
        if found.handed_over_at:
            if (found.handed_to, found.proof) == (to[:150], proof[:300]):
                return found
            raise NotPossible(
                _("It was handed over already, on %(day)s.")
                % {"day": f"{registration_day(found.handed_over_at):%d.%m.%Y}"}
            )
        if found.displayed_on and registration_day(moment) < found.displayed_on:
            raise NotPossible(_("It was handed over before it was displayed: look at the dates."))
        found.handed_over_at, found.handed_to, found.proof = moment, to[:150], proof[:300]
        found.save(update_fields=["handed_over_at", "handed_to", "proof"])
        day = registration_day(moment).isoformat()
        _tell(Action.COURT_HANDED_OVER, now, actor, at, _keep_proof(now, upload, at), day=day)
    _discard(upload)
    return found


def take_down(
    entry: RegistryEntry, day: date, *, actor: Any, at: datetime | None = None
) -> CourtMail:
    """Write down on which day (local) the notice was taken down. Twice is once."""
    at = at or timezone.now()
    with _locked(entry, actor) as (now, mail):
        found = _recorded(mail)
        if found.taken_down_on == day:
            return found
        if found.displayed_on and day < found.displayed_on:
            raise NotPossible(_("It was taken down before it was displayed: look at the dates."))
        if day > registration_day(at):
            raise NotPossible(_("This day has not come yet: look at the date again."))
        last = last_day_of(now)
        if last is not None and day <= last and not found.handed_over_at:
            raise NotPossible(
                _(
                    "It stays displayed until %(day)s, unless it is collected before (Civil Procedure Code, art. 163)."
                )
                % {"day": f"{last:%d.%m.%Y}"}
            )
        found.taken_down_on = day
        found.save(update_fields=["taken_down_on"])
        _tell(Action.COURT_TAKEN_DOWN, now, actor, at, [], day=day.isoformat())
    return found


def send_back(
    entry: RegistryEntry,
    proof: str,
    *,
    actor: Any,
    upload: Upload | None = None,
    at: datetime | None = None,
) -> CourtMail:
    """Send the document, or the proof that it was collected, back to the court, which ends the entry. Twice is once.

    Before the last day of collection only what was collected goes back.
    """
    proof = require(proof, _("Write the proof: number and day of the letter to the court."))
    at = at or timezone.now()
    with _locked(entry, actor) as (now, mail):
        if mail is not None and mail.returned_at and proof in mail.proof:
            return mail
        found = _recorded(mail)
        last = last_day_of(now)
        if not found.handed_over_at and last is not None and registration_day(at) <= last:
            raise NotPossible(
                _("It can be collected until %(day)s: it is not sent back before.")
                % {"day": f"{last:%d.%m.%Y}"}
            )
        found.returned_at = at
        found.proof = "; ".join(filter(None, [found.proof, proof]))[:300]
        found.save(update_fields=["returned_at", "proof"])
        files = _keep_proof(now, upload, at)
        _tell(Action.COURT_SENT_BACK, now, actor, at, files, proof=proof)
        row = TABLE["close"]
        if not state_problem(row, now) and not (actor and refusal_of(row, now, actor)):
            reason = _("Sent back to the court: %(proof)s") % {"proof": proof}
            close(now, reason[:300], actor=actor, at=at)
    _discard(upload)
    return found


def _tell(
    action: Action, entry: RegistryEntry, actor: Any, at: datetime, files: list[str], **told: Any
) -> None:
    data = {"day": registration_day(at).isoformat(), **told}
    if files:
        data["files"] = files
    entry.version += 1
    entry.save(update_fields=["version"])
    audit.record(action, actor=actor, entry=entry, at=at, data=data)


def _keep_proof(entry: RegistryEntry, upload: Upload | None, at: datetime) -> list[str]:
    if upload is None:
        return []
    Attachment.objects.create(
        entry=entry,
        role=AttachmentRole.PROOF,
        stored_name=vault.adopt(upload.stored),
        name=upload.name,
        media_type=upload.media_type,
        size=upload.size,
        sha256=upload.sha256,
        added_at=at,
    )
    return [upload.sha256]


def _discard(upload: Upload | None) -> None:
    if upload is not None:
        discard(upload)
