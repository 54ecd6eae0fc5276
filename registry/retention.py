"""What may leave the archive, and leaving it: by file class, on minutes of a commission, irrevocably.

A file class says for how many years its documents are kept, counted from 1 January after the archiving; without a
number they stay for ever. A selection marks the positions in one transaction, told in the trail with their digest;
erasing what they hold follows in batches, which can be stopped and gone on with at any time. Numbers, dates, kind,
department, state and file class stay: the register remains complete.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.models import MailState, OutboxMail
from registry import audit
from registry.deadlines import CITY_ZONE, registration_day
from registry.enums import Action, State
from registry.files import vault
from registry.lifecycle import NotPossible
from registry.lifecycle.changing import require
from registry.models.audit import AuditEvent
from registry.models.cabinet import Audience, CabinetFile
from registry.models.entries import Attachment, Completion, RegistryEntry
from registry.models.intake import QueuedSubmission
from registry.models.office import FileClass
from registry.models.reports import Selection
from registry.models.work import Contribution, CourtMail, Draft, Letter
from registry.registration import register_lock
from registry.writing import writing

AT_ONCE: Final = 200
"""Positions that are erased in one transaction."""

ERASED: Final[dict[str, Any]] = {
    "subject": "",
    "body": "",
    "sender_number": "",
    "petitioner_name": "",
    "petitioner_email": "",
    "petitioner_address": "",
    "petitioner_phone": "",
    "aspects": [],
    "answer": "",
    "legal_basis": "",
    "signatory_head": "",
    "signatory_department": "",
    "cancel_reason": "",
    "file_reason": "",
    "extension_reason": "",
    "concerns": None,
    "submission_digest": "",
    "search_text": "",
    # Without its salt the seal in the trail tells nothing of what was sealed, not even to who guesses.
    "seal_salt": "",
}
"""What an entry is emptied of. An empty salt marks the ones that are done."""

_BELONGINGS: Final[tuple[tuple[Any, dict[str, Any]], ...]] = (
    (Completion, {"body": ""}),
    (
        Draft,
        {
            "text": "",
            "legal_basis": "",
            "signatory_head": "",
            "signatory_department": "",
            "covered": [],
            "remark": "",
        },
    ),
    (Contribution, {"question": "", "text": ""}),
    (
        Letter,
        {
            "recipient": "",
            "email": "",
            "address": "",
            "subject": "",
            "text": "",
            "proof": "",
            "return_reason": "",
        },
    ),
    (CourtMail, {"court": "", "case_number": "", "addressee": "", "handed_to": "", "proof": ""}),
    (CabinetFile, {"resolution": "", "note": ""}),
    (Audience, {"result": ""}),
    (QueuedSubmission, {"answers": {}, "files": [], "submission_digest": ""}),
    (Attachment, {"name": ""}),
)

log = logging.getLogger("agora.registry.retention")


# -- what is due -------------------------------------------------------------------------------------------------------


def kept_until(archived_on: date, years: int | None) -> date | None:
    """The last day on which what was archived on a local day is kept; None for ever.

    Years count from 1 January after the archiving. Pure.
    """
    return None if years is None else date(archived_on.year + years, 12, 31)


def _before(years: int, today: date) -> datetime:
    """The moment before which an entry must have been archived for its `years` to be over on `today`."""
    return datetime.combine(date(today.year - years, 1, 1), time.min, CITY_ZONE)


def due(
    classes: Iterable[FileClass], today: date, among: QuerySet[RegistryEntry] | None = None
) -> QuerySet[RegistryEntry]:
    """The entries of these file classes whose years are over on the local day `today`; none of a class without years.

    `among` is what a user may see, everything by default: nobody lets go what is closed to him or her.
    """
    found = Q(pk__in=[])
    for row in classes:
        if row.years is not None:
            found |= Q(file_class=row, archived_at__lt=_before(row.years, today))
    entries = RegistryEntry.objects.all() if among is None else among
    return entries.filter(found, selection=None, state=State.ARCHIVED).order_by("pk")


@dataclass(frozen=True, slots=True)
class ClassDue:
    """A file class: how many of its documents may leave now, and how many more at the end of this year."""

    file_class: FileClass
    now: int
    next_year: int


def dry_run(today: date, among: QuerySet[RegistryEntry] | None = None) -> list[ClassDue]:
    """What may leave the archive on the local day `today`, by file class: three queries, and nothing is changed."""
    classes = list(FileClass.objects.order_by("code"))
    limited = [row for row in classes if row.years is not None]

    def counts(day: date) -> dict[int, int]:
        # Class by class: of all at once databases would read the whole archive.
        parts = [
            due([row], day, among).order_by().values("file_class").annotate(number=Count("pk"))
            for row in limited
        ]
        if not parts:
            return {}
        rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        return dict(rows.values_list("file_class", "number"))

    now, then = counts(today), counts(date(today.year + 1, 1, 1))
    return [
        ClassDue(row, now.get(row.pk, 0), then.get(row.pk, 0) - now.get(row.pk, 0))
        for row in classes
    ]


# -- the decision ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of a selection: number, local day, the commission, the confirmation of the National Archives."""

    number: str
    day: date
    members: str
    confirmation: str


def select(
    classes: Iterable[FileClass],
    minutes: Minutes,
    expected: int,
    *,
    actor: Any,
    now: datetime | None = None,
) -> Selection:
    """Let the due documents of `classes` leave the archive: marked at once, erased by `erase_selected` afterwards.

    `expected` is how many the commission decided on: when others are due by now, nothing is done. The same minutes
    again are the selection that they made. Raises NotPossible with the rule in words.
    """
    at = now or timezone.now()
    today = registration_day(at)
    number = require(minutes.number, _("Write the number of the minutes."))
    members = require(minutes.members, _("Write who the members of the commission are."))
    confirmation = require(
        minutes.confirmation,
        _(
            "Nothing leaves the archive before the National Archives confirmed it (Law 16/1996): write number and "
            "date of the confirmation."
        ),
    )
    if minutes.day > today:
        raise NotPossible(_("The day of the minutes is still to come."))
    chosen = list(classes)
    if any(row.years is None for row in chosen):
        raise NotPossible(_("Documents of a class without years are kept for ever."))
    with register_lock(), writing():
        known = Selection.objects.filter(number=number, day=minutes.day).first()
        if known is not None:
            return known
        among = RegistryEntry.objects.visible_to(actor) if actor is not None else None
        found = due(chosen, today, among)
        keys = list(found.select_for_update(of=("self",)).values_list("pk", flat=True))
        if not keys:
            raise NotPossible(_("No document of these classes may leave the archive today."))
        if len(keys) != expected:
            raise NotPossible(
                _(
                    "Meanwhile %(now)s documents are due and not %(expected)s: look at the list again. Nothing was "
                    "erased."
                )
                % {"now": len(keys), "expected": expected}
            )
        selection = Selection.objects.create(
            number=number,
            day=minutes.day,
            members=members,
            confirmation=confirmation,
            decided_at=at,
            decided_by=actor,
            positions=len(keys),
        )
        found.order_by().update(selection=selection, version=F("version") + 1)
        audit.record(
            Action.SELECTED,
            actor=actor,
            at=at,
            data={
                "selection": selection.pk,
                "minutes": str(selection),
                "classes": [row.code for row in chosen],
                "positions": selection.positions,
                "keys": [keys[0], keys[-1]],
                "digest": audit.keys_digest(keys),
            },
        )
    return selection


# -- carrying it out ---------------------------------------------------------------------------------------------------


def left_to_erase(selection: Selection) -> QuerySet[RegistryEntry]:
    """The entries of a selection that still hold something."""
    return selection.entries.exclude(seal_salt="").order_by("pk")


def _erased() -> set[int]:
    """The ids of the selections of which the trail says that all was erased."""
    events = AuditEvent.objects.filter(action=Action.SELECTED, data__has_key="erased")
    return {data["selection"] for data in events.values_list("data", flat=True)}


def _mails(keys: list[int]) -> Q:
    """The mails to petitioners about the entries `keys`, as their writers key them."""
    letters = Letter.objects.filter(entry__in=keys).values_list("pk", flat=True)
    found = Q(key__in=[*(f"receipt-{key}" for key in keys), *(f"letter-{key}" for key in letters)])
    for audience in Audience.objects.filter(entry__in=keys).values_list("pk", flat=True):
        found |= Q(key__startswith=f"audience-{audience}-")
    return found


def _erase_batch(selection: Selection, after: int) -> int | None:
    """Empty the next positions of `selection` after the key `after`; the last key, None where there are no more.

    Their files go once that is committed.
    """
    with register_lock(), writing():
        rows = left_to_erase(selection).filter(pk__gt=after).select_for_update(of=("self",))
        keys = list(rows.values_list("pk", flat=True)[:AT_ONCE])
        if not keys:
            return None
        files = list(
            Attachment.objects.filter(entry__in=keys).values_list("stored_name", flat=True)
        )
        for model, emptied in _BELONGINGS:
            model.objects.filter(entry__in=keys).update(**emptied)
        waiting = [MailState.QUEUED, MailState.SENDING]
        mails = OutboxMail.objects.filter(_mails(keys)).exclude(status__in=waiting)
        mails.update(to="", subject="", body="")
        RegistryEntry.objects.filter(pk__in=keys).update(**ERASED)
        transaction.on_commit(lambda: _remove_files(files))
    return keys[-1]


def _remove_files(names: list[str]) -> None:
    """Remove files that no row needs any more; what can't be removed now is swept later (registry.housekeeping)."""
    for name in names:
        with suppress(OSError):
            vault.discard_attachment(name)


def _finish(selection: Selection) -> None:
    """Tell in the trail that nothing is left to erase, once."""
    with register_lock(), writing():
        row = Selection.objects.select_for_update(of=("self",)).get(pk=selection.pk)
        if row.pk in _erased() or left_to_erase(row).exists():
            return
        audit.record(
            Action.SELECTED,
            data={"selection": row.pk, "minutes": str(row), "erased": row.positions},
        )


def erase_selected() -> int:
    """Erase what marked positions hold; how many selections were brought to an end.

    Safe to be stopped at any moment, and to run twice at once.
    """
    waiting = Selection.objects.exclude(pk__in=_erased()).order_by("pk")
    for selection in waiting:
        last: int | None = 0
        while last is not None:
            last = _erase_batch(selection, last)
        _finish(selection)
    return len(waiting)


def is_erased(selection: Selection) -> bool:
    """Whether all that the positions of a selection held is gone."""
    return selection.pk in _erased()


def _erase_and_close() -> None:
    try:
        erase_selected()
    except Exception:
        log.exception("erasing stopped; registry_tick goes on")
    finally:
        connection.close()


def start_erasing() -> None:
    """Erase beside the request that decided it; what this server does not finish, `registry_tick` does."""
    transaction.on_commit(
        lambda: threading.Thread(target=_erase_and_close, name="retention", daemon=True).start()
    )
