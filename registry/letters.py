"""Letters of the registry: what they say, in the petitioner's language, and how they leave the house.

Prepared by whoever's step needs one, sent by the registry alone (OG 27/2002, art. 6). By e-mail they go through the
outbox, in the transaction that says so; what goes by post waits for its posting list.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms import outbox
from locations.models import Location
from registry import audit
from registry.enums import Action, LetterKind, LetterState, Mode, ReplyBy, State
from registry.models.cabinet import Audience
from registry.models.entries import RegistryEntry
from registry.models.office import Institution
from registry.models.work import Letter
from registry.personal_numbers import mask_cnps
from registry.tracking_address import tracking_address

PURPOSES = {
    LetterKind.ANSWER: "petition.answer",
    LetterKind.EXTENSION: "petition.extension",
    LetterKind.REDIRECTION: "petition.redirection",
    LetterKind.REDIRECTION_NOTICE: "petition.redirected",
    LetterKind.QUESTION: "petition.question",
    LetterKind.AUDIENCE: "audience.answer",
}


# -- what they say -----------------------------------------------------------------------------------------------------


def _day(value: Any) -> str:
    return date_format(value, "DATE_FORMAT") if value else ""


def _opening(entry: RegistryEntry) -> list[str]:
    return [
        _("To your petition %(number)s, “%(subject)s”:")
        % {"number": entry.number_text, "subject": entry.subject},
        "",
    ]


def answer_text(entry: RegistryEntry, text: str) -> str:
    """The answer with its number, the numbers that are joined, its legal basis and who signs."""
    with translation.override(entry.language):
        numbers = [entry.number_text]
        numbers += [
            joined.number_text for joined in entry.joined.filter(state=State.JOINED).order_by("pk")
        ]
        lines = [_("To the petition %(number)s") % {"number": ", ".join(numbers)}, "", text, ""]
        if entry.legal_basis:
            lines.append(_("Legal basis: %(basis)s") % {"basis": entry.legal_basis})
        lines += [entry.signatory_head, entry.signatory_department]
        return "\n".join(line for line in lines if line is not None)


def extension_text(entry: RegistryEntry) -> str:
    """The notice that the term was extended (OG 27/2002, art. 9)."""
    with translation.override(entry.language):
        return "\n".join(
            [
                *_opening(entry),
                _("it needs more time. It will be answered by %(day)s at the latest.")
                % {"day": _day(entry.due)},
                _("Reason: %(reason)s") % {"reason": entry.extension_reason},
                _("Legal basis: %(basis)s") % {"basis": "OG 27/2002, art. 9"},
            ]
        )


def question_text(entry: RegistryEntry, question: str) -> str:
    """What a department wants to know from the petitioner."""
    with translation.override(entry.language):
        lines = [
            *_opening(entry),
            _("to answer it we need to know:"),
            question,
            "",
            _("Add it under the same number, on the tracking page or at any hall."),
        ]
        if entry.due:
            lines.append(_("The term stays: %(day)s.") % {"day": _day(entry.due)})
        return "\n".join(lines)


def redirection_text(entry: RegistryEntry, institution: Institution) -> str:
    """The letter that takes a petition to another institution, in Romanian."""
    with translation.override("ro"):
        return "\n".join(
            [
                _("To: %(institution)s") % {"institution": institution.name},
                "",
                _(
                    "we send you the petition registered with us as %(number)s on %(day)s: what it is about lies "
                    "within your competence."
                )
                % {"number": entry.number_text, "day": _day(entry.registered_on)},
                _("Subject: %(subject)s") % {"subject": entry.subject},
                _("The petitioner was told. Please answer the petitioner directly."),
                _("Legal basis: %(basis)s") % {"basis": "OG 27/2002, art. 6¹"},
            ]
        )


def redirection_notice_text(entry: RegistryEntry, institution: Institution) -> str:
    """The notice to the petitioner that the petition was sent on."""
    with translation.override(entry.language):
        return "\n".join(
            [
                *_opening(entry),
                _("it is not for the city hall to decide. It was sent on to: %(institution)s.")
                % {"institution": institution.name},
                _("That institution answers you."),
                _("Legal basis: %(basis)s") % {"basis": "OG 27/2002, art. 6¹"},
            ]
        )


def pickup_text(hall: Location, language: str) -> str:
    """The line that says where a letter waits to be picked up, in `language`."""
    with translation.override(language):
        return _("You can pick it up at %(hall)s, %(address)s.") % {
            "hall": hall.name,
            "address": hall.address,
        }


def subject_of(kind: LetterKind, entry: RegistryEntry) -> str:
    """The line that a letter is known by."""
    texts = {
        LetterKind.ANSWER: _("Answer to the petition %(number)s"),
        LetterKind.EXTENSION: _("The term of the petition %(number)s was extended"),
        LetterKind.REDIRECTION: _("Redirected petition %(number)s"),
        LetterKind.REDIRECTION_NOTICE: _("The petition %(number)s was redirected"),
        LetterKind.QUESTION: _("Information needed for the petition %(number)s"),
        LetterKind.AUDIENCE: pgettext("subject of a mail", "After your audience: %(number)s"),
    }
    return texts[kind] % {"number": entry.number_text}


# -- how they leave ----------------------------------------------------------------------------------------------------


def mode_for(entry: RegistryEntry) -> Mode:
    """How the petitioner wants to be answered; for pick-up where there is no address."""
    if entry.reply_by == ReplyBy.EMAIL and entry.petitioner_email:
        return Mode.EMAIL
    if entry.petitioner_address:
        return Mode.POST
    return Mode.EMAIL if entry.petitioner_email else Mode.PICKUP


def prepare(
    entry: RegistryEntry,
    kind: LetterKind,
    text: str,
    *,
    by: Any,
    at: datetime,
    institution: Institution | None = None,
    registered_as: RegistryEntry | None = None,
) -> Letter:
    """Put a letter about `entry` among those to be sent, in the caller's transaction; to the petitioner by default."""
    language = "ro" if institution else entry.language
    with translation.override(language):
        subject = subject_of(kind, entry)
    if institution is not None:
        mode = Mode.EMAIL if institution.email else Mode.POST
        to = (institution.name, institution.email, institution.address)
    else:
        mode = mode_for(entry)
        to = (entry.petitioner_name, entry.petitioner_email, entry.petitioner_address)
    return Letter.objects.create(
        entry=entry,
        registered_as=registered_as,
        kind=kind,
        language=language,
        mode=mode,
        recipient=to[0],
        email=to[1],
        address=to[2],
        subject=subject,
        text=text,
        prepared_at=at,
        prepared_by=by,
    )


def _signed_text(letter: Letter) -> str:
    """Where the signed file of an answer is had: mails carry none; "" for every other letter."""
    if letter.kind != LetterKind.ANSWER or letter.signed_file_id is None:
        return ""
    address = tracking_address(letter.language)
    if not address:
        return ""
    with translation.override(letter.language):
        text = _(
            "The signed answer can be downloaded with the number and the tracking code from your receipt: %(address)s"
        )
        return "\n\n" + text % {"address": address}


def mail(letter: Letter) -> None:
    """Write `letter` into the outbox, in the caller's transaction; the same letter is mailed once."""
    outbox.enqueue(
        to=letter.email,
        subject=letter.subject[:250],
        body=mask_cnps(letter.text) + _signed_text(letter) + "\n",
        purpose=PURPOSES[LetterKind(letter.kind)],
        key=f"letter-{letter.pk}",
        language=letter.language,
    )


def withdraw_unsent(entry: RegistryEntry, *, by: Any, at: datetime, reason: str) -> None:
    """Take back what waits to be sent about `entry`, in the caller's transaction: its step was undone.

    A letter with a number of its own leaves it cancelled, with `reason`.
    """
    unsent = entry.letters.filter(state=LetterState.PREPARED).select_related("registered_as")
    for letter in unsent:
        letter.state = LetterState.WITHDRAWN
        letter.save(update_fields=["state"])
        own = letter.registered_as
        if own is not None:
            own.state, own.cancelled_at, own.closed_at = State.CANCELLED, at, at
            own.cancel_reason = reason[:300]
            own.version += 1
            own.save(
                update_fields=["state", "cancelled_at", "closed_at", "cancel_reason", "version"]
            )
            audit.record(Action.CANCELLED, actor=by, entry=own, at=at, data={"reason": reason})


def send(letter: Letter, *, by: Any, at: datetime, proof: str = "") -> None:
    """Mark `letter` as sent at `at` (aware), in the caller's transaction; by e-mail it goes into the outbox.

    One that waits at a hall says where.
    """
    if letter.mode == Mode.PICKUP and letter.hall is not None:
        letter.text += "\n\n" + pickup_text(letter.hall, letter.language)
    letter.state, letter.sent_at, letter.sent_by = LetterState.SENT, at, by
    letter.proof = proof
    letter.save()
    if letter.mode == Mode.EMAIL:
        mail(letter)
    if letter.kind == LetterKind.AUDIENCE:
        # Its audience was held at the moment at which the letter was prepared.
        waiting = Audience.objects.filter(entry=letter.entry_id, held_at=letter.prepared_at)
        waiting.filter(written_at=None).update(written_at=at)
    if letter.registered_as is not None and letter.registered_as.state != State.DISPATCHED:
        own = letter.registered_as
        own.state, own.answered_at, own.closed_at = State.DISPATCHED, at, at
        own.version += 1
        own.save(update_fields=["state", "answered_at", "closed_at", "version"])
