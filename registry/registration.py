"""Registering a document: one service for every channel and direction.

The number is taken from the year's counter under the lock of the register's row, in the transaction that writes the
entry; the moment is taken after the lock. So numbers have no gap, stand in the order of time, and are handed out once,
whatever fails: the entry, its attachments (on the disk before), the audit event and the mail are committed together or
not at all. Before anybody is told the number it is noted outside the database (registry.high_water).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.utils import timezone

from contacts.models import Department
from registry import audit, high_water, term_services
from registry.deadlines import registration_day
from registry.enums import Action, Channel, Direction, ReplyBy, State
from registry.files import vault
from registry.files.uploads import Upload
from registry.models.entries import Attachment, RegistryEntry
from registry.models.kinds import EntryKind
from registry.models.registers import Register, RegisterYear
from registry.writing import writing

LOCK_SECONDS: float = 20
"""How long a registration waits for the ones before it; on SQLite also the `timeout` of the settings."""


class RegistrationRefused(Exception):
    """The register does not hand out a number now. The text says why and what to do, for whoever runs the site."""


class RegisterBusy(RegistrationRefused):
    """The lock was not free within LOCK_SECONDS; nothing was written, trying again is safe."""


class RegisterDown(RegistrationRefused):
    """Database or disk refuse to write: full, read-only, gone. Trying again later is safe.

    Whether something was written is not known when the connection broke at the very end; the same `submission_key`
    finds out.
    """


class NumbersUsed(RegistrationRefused):
    """The database stands behind numbers that were handed out already: an older backup was restored."""


class SentDifferently(Exception):
    """The same form was sent before with other content; `entry` is what was registered then."""

    def __init__(self, entry: RegistryEntry) -> None:
        super().__init__(entry.number_text)
        self.entry = entry


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a document is from (or, for outgoing ones, to)."""

    name: str = ""
    email: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Filing:
    """What is to be registered. Texts are clean already (registry.typed_text); days are local, moments aware.

    `about` is the entry that a letter of ours is about; `state` is where its life begins. `uploads` lie in the vault's
    uploads, or among its attachments already (`uploads_are_adopted`: from the queue).
    """

    kind: EntryKind
    subject: str
    body: str = ""
    direction: Direction = Direction.INCOMING
    channel: Channel = Channel.WEB
    language: str = "ro"
    sender: Sender = field(default_factory=Sender)
    reply_by: ReplyBy = ReplyBy.EMAIL
    sender_number: str = ""
    sender_date: date | None = None
    counts_from: date | None = None
    sheets: int | None = None
    annexes: int | None = None
    received_at: datetime | None = None
    requested_department: Department | None = None
    about: RegistryEntry | None = None
    for_mayor: bool = False
    state: State = State.REGISTERED
    uploads: Sequence[Upload] = ()
    uploads_are_adopted: bool = False
    tracking_hash: str = ""
    submission_key: str = ""
    submission_digest: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """The entry; `is_new` is False when the same form had been registered before."""

    entry: RegistryEntry
    is_new: bool


@contextmanager
def register_lock() -> Iterator[None]:
    """A transaction that waits at most LOCK_SECONDS for a lock; RegisterBusy after that, RegisterDown for worse."""
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{round(LOCK_SECONDS * 1000)}ms'")
            yield
    except (DatabaseError, InterfaceError) as error:
        refusal = _refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


_BUSY_SQLITE: Final = ("SQLITE_BUSY", "SQLITE_LOCKED")
# lock_not_available, deadlock_detected, query_canceled
_BUSY_POSTGRESQL: Final = frozenset({"55P03", "40P01", "57014"})
# read_only_sql_transaction: a server that stands by, or whose administrator closed it to writers
_READ_ONLY_POSTGRESQL: Final = "25006"


def _refusal_of(error: Exception) -> RegistrationRefused | None:
    """What an error of the database means for the register, by its driver's code; None for a fault of ours."""
    sqlite = getattr(error.__cause__, "sqlite_errorname", "")
    postgresql = getattr(error.__cause__, "sqlstate", None)
    if sqlite.startswith(_BUSY_SQLITE) or postgresql in _BUSY_POSTGRESQL:
        return RegisterBusy("The register is busy. Nothing was written; try again in a minute.")
    if isinstance(error, OperationalError | InterfaceError) or postgresql == _READ_ONLY_POSTGRESQL:
        return RegisterDown(
            f"The register can't be written: {error}. Look at the disk and the database. "
            "Trying again is safe: nothing is registered twice."
        )
    return None


def existing(submission_key: str, digest: str = "") -> RegistryEntry | None:
    """The entry that this form became; SentDifferently when it had other content then."""
    if not submission_key:
        return None
    known = RegistryEntry.objects.filter(submission_key=submission_key)
    # Nearly always there is none: then not one of its many columns is asked for.
    if not known.exists():
        return None
    found = known.get()
    if digest and found.submission_digest != digest:
        raise SentDifferently(found)
    return found


def mark_name(register: Register, year: int) -> str:
    """Under which name the numbers of a year are noted outside the database."""
    return f"{register.key}-{year}"


def register(
    filing: Filing,
    *,
    register: Register,
    actor: Any = None,
    and_then: Callable[[RegistryEntry], None] | None = None,
    clock: Callable[[], datetime] = timezone.now,
) -> Registration:
    """Register a document and return its entry, which is then committed and safe.

    `actor` is the clerk, None for the public form. `and_then` is called with the entry in the same transaction (the
    mail that belongs to it, the queue it came from). `clock` gives aware moments; it is read once the lock is held.
    Raises RegisterBusy, RegisterDown, NumbersUsed, SentDifferently, `vault.VaultFull`, `vault.UploadGone`; whatever is
    raised, nothing is half registered, and the same form again is safe.
    """
    if found := existing(filing.submission_key, filing.submission_digest):
        return Registration(found, is_new=False)
    try:
        entry = _register(filing, register, actor, and_then, clock)
    except (IntegrityError, vault.UploadGone):
        # The same form was sent at the same time, and the other one was faster.
        if found := existing(filing.submission_key, filing.submission_digest):
            return Registration(found, is_new=False)
        raise
    if not filing.uploads_are_adopted:
        for upload in filing.uploads:
            discard(upload)
    return Registration(entry, is_new=True)


def discard(upload: Upload) -> None:
    """Remove an upload that is an attachment by now; what stays behind is swept later, and no reason to fail."""
    with suppress(OSError):
        vault.discard_upload(upload.stored)


def adopted(filing: Filing) -> list[tuple[Upload, str]]:
    """The uploads of `filing`, each with its name among the attachments, on the disk.

    Raises `vault.UploadGone`, `vault.VaultFull`, RegisterDown.
    """
    if filing.uploads_are_adopted:
        return [(upload, upload.stored) for upload in filing.uploads]
    try:
        return [(upload, vault.adopt(upload.stored)) for upload in filing.uploads]
    except OSError as error:
        raise RegisterDown(f"The attachments can't be kept: {error.strerror}.") from error


def _register(
    filing: Filing,
    register: Register,
    actor: Any,
    and_then: Callable[[RegistryEntry], None] | None,
    clock: Callable[[], datetime],
) -> RegistryEntry:
    # What can be done before the lock is taken is done before, so that it is held for as short as possible.
    stored = adopted(filing)
    calendar = term_services.working_calendar()
    today = registration_day(clock())
    rules = term_services.rules_for(filing.kind.family, today)
    entry = RegistryEntry(
        registered_on=today,
        kind=filing.kind,
        direction=filing.direction,
        channel=filing.channel,
        language=filing.language,
        subject=filing.subject,
        body=filing.body,
        sender_number=filing.sender_number,
        sender_date=filing.sender_date,
        counts_from=filing.counts_from,
        sheets=filing.sheets,
        annexes=filing.annexes,
        petitioner_name=filing.sender.name,
        petitioner_email=filing.sender.email,
        petitioner_address=filing.sender.address,
        petitioner_phone=filing.sender.phone,
        reply_by=filing.reply_by,
        requested_department=filing.requested_department,
        about=filing.about,
        for_mayor=filing.for_mayor,
        state=filing.state,
        tracking_hash=filing.tracking_hash,
        submission_key=filing.submission_key or None,
        submission_digest=filing.submission_digest,
        seal_salt=secrets.token_hex(16),
        created_by=actor,
    )
    term_services.set_terms(entry, term_services.terms_of(entry, calendar, rules))
    seal = audit.seal_of(entry)

    with register_lock(), writing():
        locked = Register.objects.select_for_update().get(pk=register.pk)
        year, now = _next_moment(locked, clock())
        entry.number = _next_number(locked, year)
        entry.register, entry.code = locked, locked.code
        entry.year, entry.registered_at = year.year, now
        entry.received_at = min(filing.received_at or now, now)
        day = registration_day(now)
        if day != today:
            entry.registered_on = day
            rules = term_services.rules_for(filing.kind.family, day)
            term_services.set_terms(entry, term_services.terms_of(entry, calendar, rules))
        if not entry.is_open:
            entry.closed_at = now
        entry.save(force_insert=True)
        if stored:
            Attachment.objects.bulk_create(
                Attachment(
                    entry=entry,
                    stored_name=name,
                    name=upload.name,
                    media_type=upload.media_type,
                    size=upload.size,
                    sha256=upload.sha256,
                    added_at=now,
                )
                for upload, name in stored
            )
        year.last_number, year.last_registered_at = entry.number, now
        year.save(update_fields=["last_number", "last_registered_at"])
        audit.record(
            Action.REGISTERED,
            actor=actor,
            entry=entry,
            at=now,
            data={
                "number": entry.number_text,
                "at": audit.moment_text(now),
                "kind": filing.kind.key,
                "channel": entry.channel,
                "direction": entry.direction,
                "due": entry.due and entry.due.isoformat(),
                "seal": seal,
                "files": [upload.sha256 for upload, _name in stored],
            },
        )
        if and_then is not None:
            and_then(entry)
        high_water.note_after_commit(mark_name(locked, year.year), entry.number)
    return entry


def _next_moment(register: Register, now: datetime) -> tuple[RegisterYear, datetime]:
    """The year that is open at `now` and the moment to write: never before the entry before it.

    A clock that is set back must not put a later number at an earlier time, nor reopen a year.
    """
    last = RegisterYear.objects.filter(register=register).order_by("-year").first()
    if last is not None:
        now = max(moment for moment in (now, last.last_registered_at, last.closed_at) if moment)
    year = registration_day(now).year
    if last is None or last.year < year:
        last = RegisterYear.objects.create(register=register, year=year, opened_at=now)
    return last, now


def _next_number(register: Register, year: RegisterYear) -> int:
    """The number after the year's last one; NumbersUsed when the world has seen later ones."""
    try:
        known = high_water.read_to_go_on(mark_name(register, year.year))
    except OSError as error:
        raise RegisterDown(
            f"Numbers can't be noted in {high_water.folder()}: {error.strerror}. Nothing was registered."
        ) from error
    if known is not None and known.number > year.last_number:
        raise NumbersUsed(
            f"{register.key} {year.year}: the database stands at number {year.last_number}, but {known.number} was "
            "handed out already. An older backup was restored? Restore a newer one, or let the head of the registry "
            f"run: manage.py registry_resume --register {register.key} --year {year.year} --reason '…'"
        )
    return year.last_number + 1
