"""Letters as the dispatch book reads them: which a user sees, which wait, where each goes, what its mail came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy

from cms.models import MailState, OutboxMail
from registry import lifecycle
from registry.desk.listing import HIDDEN, DueNote, due_note
from registry.desk.screens import visible_entry
from registry.enums import LetterKind, LetterState, Mode, State
from registry.models import Letter, RegistryEntry
from registry.permissions import may_see_petitioner
from registry.personal_numbers import mask_cnps

SEND: Final = "dispatch_entry"
BOOK: Final = ("registry_dispatch:index", gettext_lazy("Dispatch book"))
MOST_FAILED: Final = 500
_MAIL_KEY: Final = "letter-"
ON_THE_WAY: Final = (LetterState.SENT, LetterState.DELIVERED)


def visible_letters(user: Any) -> QuerySet[Letter]:
    """The letters about entries that `user` may see."""
    # Asked for each letter by the key of its entry: a list of all visible entries would be the whole register.
    seen = RegistryEntry.objects.visible_to(user).filter(pk=OuterRef("entry_id"))
    return Letter.objects.filter(Exists(seen))


def to_send(user: Any) -> QuerySet[Letter]:
    """What waits to be sent."""
    return visible_letters(user).filter(state=LetterState.PREPARED)


def come_back(user: Any) -> QuerySet[Letter]:
    """Answers that came back undelivered and wait to be sent once more."""
    return visible_letters(user).filter(
        state=LetterState.RETURNED, kind=LetterKind.ANSWER, entry__state=State.RETURNED
    )


def can_be_sent(letter: Letter) -> bool:
    """Whether the letter waits to be sent, for the first time or once more."""
    if letter.kind != LetterKind.ANSWER:
        return letter.state == LetterState.PREPARED
    if letter.state == LetterState.RETURNED:
        return letter.entry.state == State.RETURNED
    return letter.state == LetterState.PREPARED and letter.entry.state in {
        State.APPROVED,
        State.RETURNED,
    }


def letter_of(user: Any, pk: int) -> Letter:
    """The letter, if `user` may see its entry; Http404 otherwise."""
    letter = (
        Letter.objects.filter(pk=pk)
        .select_related("registered_as", "hall", "signed_file", "posting_list", "sent_by")
        .first()
    )
    if letter is None:
        raise Http404
    letter.entry = visible_entry(user, letter.entry_id)
    return letter


@dataclass(frozen=True, slots=True)
class MailShown:
    """What became of the mail of a letter: words, and whether somebody should look."""

    words: str
    is_urgent: bool


def mails_of(letters: Iterable[Letter]) -> dict[int, MailShown]:
    """The outbox's word about the letters that went by e-mail, by their ids: one query, or none."""
    keys = [f"{_MAIL_KEY}{letter.pk}" for letter in letters if letter.mode == Mode.EMAIL]
    if not keys:
        return {}
    return {
        int((mail.key or "").removeprefix(_MAIL_KEY)): MailShown(
            mail.get_status_display(), MailState(mail.status).needs_a_person
        )
        for mail in OutboxMail.objects.filter(key__in=keys).only("key", "status")
    }


def failed_mails(user: Any) -> QuerySet[Letter]:
    """Letters whose mail did not go, or perhaps did: nothing more happens by itself."""
    mails = OutboxMail.objects.for_a_person().filter(key__startswith=_MAIL_KEY)
    keys = mails.order_by("-pk").values_list("key", flat=True)[:MOST_FAILED]
    numbers = [key.removeprefix(_MAIL_KEY) for key in keys if key]
    return visible_letters(user).filter(pk__in=[int(n) for n in numbers if n.isdecimal()])


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A line of the book; `to` and `address` are covered for who may not see them."""

    letter: Letter
    to: str
    address: str
    due: DueNote | None
    problem: str
    mail: MailShown | None


def address_text(letter: Letter) -> str:
    """Where a letter goes by its way: an address, a hall, or ""."""
    match letter.mode:
        case Mode.EMAIL:
            return letter.email
        case Mode.PICKUP:
            return str(letter.hall) if letter.hall else ""
        case _:
            return letter.address


def rows_of(letters: list[Letter], user: Any, today: date) -> list[LetterRow]:
    """The lines of `letters`: one query for what the outbox says."""
    sees, mails = may_see_petitioner(user), mails_of(letters)
    return [
        LetterRow(
            letter,
            mask_cnps(letter.recipient) if sees else HIDDEN,
            mask_cnps(address_text(letter)) if sees else "",
            due_note(letter.entry, today),
            lifecycle.address_problem(letter, letter.mode, letter.hall),
            mails.get(letter.pk),
        )
        for letter in letters
    ]
