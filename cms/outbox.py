"""The outbox: mail is written in the transaction of what it is about, and sent afterwards, once.

What was rolled back sends nothing; what was committed is sent even if the mail server is away for days. When only the
mail server knows whether it took a mail, a person decides: the outbox does not send it a second time by itself.
"""

from __future__ import annotations

import logging
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import Error, transaction
from django.utils import timezone

from cms.mail_address import validate_mail_address
from cms.mail_transport import Attempt, Carrier, Outcome
from cms.models.outbox import MailState, OutboxMail
from cms.retries import retry_delay

log = logging.getLogger("agora.outbox")

LEASE: Final = timedelta(minutes=15)
"""Longer than any attempt takes with a sensible EMAIL_TIMEOUT; who has not reported by then is taken for dead."""

LEASE_EXPIRED: Final = "lease expired"


# -- writing -----------------------------------------------------------------------------------------------------------

_leaving_out: ContextVar[bool] = ContextVar("outbox_leaving_out", default=False)


@contextmanager
def left_out() -> Iterator[None]:
    """Within this block `enqueue` checks a mail as ever and writes none: for what is only told to have happened.

    The demonstration's register tells of months; nobody is to get their mail today, and none is listed as sent.
    """
    token = _leaving_out.set(True)
    try:
        yield
    finally:
        _leaving_out.reset(token)


def _text(text: str) -> str:
    """`text` as a database and a mail can hold it: no NUL, no half characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _header(name: str, text: str, longest: int) -> str:
    """`text` if it is one line. Raises ValueError for anything that could end a header and begin another."""
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in text):
        raise ValueError(f"The {name} of a mail is one line without control characters.")
    if not text.strip() or len(text) > longest:
        raise ValueError(f"The {name} of a mail has 1 to {longest} characters.")
    return text


def _address(name: str, text: str) -> str:
    try:
        validate_mail_address(text)
    except ValidationError as error:
        # Not the address itself: errors are logged.
        raise ValueError(f"The {name} of a mail is one plain address.") from error
    return text


def enqueue(
    *,
    to: str,
    subject: str,
    body: str,
    purpose: str,
    key: str = "",
    language: str = "ro",
    reply_to: str = "",
    not_before: datetime | None = None,
) -> OutboxMail:
    """Write a mail to be sent after the caller's transaction commits, not before `not_before` (aware).

    `purpose` says what it is, for lists and logs ("petition.receipt"). The same `key` a second time gives the row of
    the first time, unchanged, whatever else is said. `language` is that of subject and body, a code of the site's.

    Raises RuntimeError outside a transaction; ValueError for what cannot be a mail (`cms.mail_address` is the rule for
    forms).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("enqueue() belongs into the transaction of what the mail is about.")
    if language not in dict(settings.LANGUAGES):
        raise ValueError(f"Not a language of this site: {language!r}")
    now = timezone.now()
    values: dict[str, Any] = {
        "to": _address("recipient", to),
        "reply_to": _address("reply address", reply_to) if reply_to else "",
        "subject": _header("subject", subject, 250),
        "body": _text(body),
        "purpose": _header("purpose", purpose, 64),
        "language": language,
        "created_at": now,
        "not_before": not_before,
        "next_attempt_at": max(now, not_before) if not_before else now,
    }
    if _leaving_out.get():
        return OutboxMail(**values)
    if not key:
        return OutboxMail.objects.create(**values)
    mail, _new = OutboxMail.objects.get_or_create(key=_header("key", key, 200), defaults=values)
    return mail


def _waiting_for_its_day(mail: OutboxMail, now: datetime) -> Any:
    return OutboxMail.objects.filter(
        pk=mail.pk, status=MailState.QUEUED, attempts=0, not_before__gt=now
    )


def rewrite(mail: OutboxMail, *, body: str, now: datetime) -> bool:
    """Give a mail that waits for its day another text; False, and nothing changed, once that day has come at `now`."""
    return bool(_waiting_for_its_day(mail, now).update(body=_text(body)))


def withdraw(mail: OutboxMail, now: datetime) -> bool:
    """Take a mail back that waits for its day; False once that day has come at `now` (aware)."""
    taken, _by_model = _waiting_for_its_day(mail, now).delete()
    return bool(taken)


def send_again(mail: OutboxMail, now: datetime | None = None) -> bool:
    """Queue a mail that failed, or that was perhaps sent, once more with all its attempts; False if it is neither.

    It keeps its Message-ID, by which a mail server or a mailbox may recognise a repetition.
    """
    return bool(
        OutboxMail.objects.for_a_person()
        .filter(pk=mail.pk)
        .update(
            status=MailState.QUEUED,
            attempts=0,
            next_attempt_at=now or timezone.now(),
            lease_token=None,
            lease_until=None,
        )
    )


# -- sending -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class DeliveryReport:
    """What a round has done. `waiting`: tried, and to be tried again; `uncertain`: a person must look.

    `halted`: the mail server does not answer, so the rest was left for later.
    """

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    uncertain: int = 0
    halted: bool = False

    def count(self, state: MailState) -> None:
        """Count one mail that came to `state`."""
        name = "waiting" if state == MailState.QUEUED else str(state)
        setattr(self, name, getattr(self, name) + 1)

    def __str__(self) -> str:
        return (
            f"sent {self.sent}, failed {self.failed}, waiting {self.waiting}, "
            f"uncertain {self.uncertain}"
        )


def compose(mail: OutboxMail) -> EmailMessage:
    """The message of `mail`: the same in every attempt."""
    # The day it speaks of: a reminder written long before is of the day it was to be sent.
    written = max(mail.created_at, mail.not_before) if mail.not_before else mail.created_at
    return EmailMessage(
        subject=mail.subject,
        body=mail.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={
            "Message-ID": mail.message_id,
            "Date": format_datetime(timezone.localtime(written)),
            "Content-Language": mail.language,
            # RFC 3834: no out-of-office answers to it.
            "Auto-Submitted": "auto-generated",
        },
    )


def _claim(now: datetime) -> OutboxMail | None:
    """Take the next due mail for this sender alone, in a transaction of its own; None when there is none."""
    # Looked at first: on SQLite even an empty transaction waits for the one writer.
    if not OutboxMail.objects.due(now).exists():
        return None
    with transaction.atomic(durable=True):
        mail = OutboxMail.objects.due(now).select_for_update(skip_locked=True).first()
        if mail is None:
            return None
        mail.status = MailState.SENDING
        mail.attempts += 1
        mail.lease_token = uuid.uuid4()
        mail.lease_until = now + LEASE
        mail.save(update_fields=["status", "attempts", "lease_token", "lease_until"])
    return mail


def _record(mail: OutboxMail, attempt: Attempt, now: datetime) -> MailState:
    """Write down what came of `attempt`; the mail's new state."""
    changes: dict[str, Any] = {"last_error": attempt.error}
    delay = retry_delay(mail.attempts)
    if attempt.outcome is Outcome.ACCEPTED:
        state = MailState.SENT
        # What was sent is with its reader; kept here it would only be somebody's personal data, and perhaps a code.
        changes.update(sent_at=now, body="")
    elif attempt.outcome is Outcome.UNKNOWN:
        state = MailState.UNCERTAIN
    elif attempt.outcome is Outcome.LATER and delay is not None:
        state = MailState.QUEUED
        changes["next_attempt_at"] = now + delay
    else:
        state = MailState.FAILED
    # By the token alone: a sender that was given up as dead and comes back still knows better than `uncertain`.
    OutboxMail.objects.filter(pk=mail.pk, lease_token=mail.lease_token).update(
        status=state, lease_token=None, lease_until=None, **changes
    )
    level = logging.INFO if state in (MailState.SENT, MailState.QUEUED) else logging.WARNING
    log.log(
        level,
        "mail %s",
        state.value,
        extra={
            "mail": mail.pk,
            "purpose": mail.purpose,
            "attempts": mail.attempts,
            "error": attempt.error,
        },
    )
    return state


def _set_aside_abandoned(now: datetime) -> int:
    """Mark what a sender took and never reported on; how many.

    The token stays, for the case that the sender is only slow.
    """
    abandoned = OutboxMail.objects.abandoned(now)
    if not abandoned.exists():
        return 0
    number = abandoned.update(status=MailState.UNCERTAIN, last_error=LEASE_EXPIRED)
    log.warning("mail uncertain", extra={"number": number, "error": LEASE_EXPIRED})
    return number


def deliver_due(limit: int = 100, now: datetime | None = None) -> DeliveryReport:
    """Send what is due, at most `limit` mails, each once, however many senders run at the same time.

    The mail server is spoken to outside any transaction, so however long it takes, it holds no lock of the database.
    `now` (aware) is for tests; otherwise the clock is read for each step. An error of the mail server or the database
    is logged and counted, never raised. Raises RuntimeError inside a transaction.
    """
    report = DeliveryReport()
    try:
        report.uncertain += _set_aside_abandoned(now or timezone.now())
        with Carrier() as carrier:
            for _number in range(limit):
                mail = _claim(now or timezone.now())
                if mail is None:
                    break
                attempt = carrier.carry(compose(mail))
                report.count(_record(mail, attempt, now or timezone.now()))
                if attempt.is_down:
                    report.halted = True
                    break
    except Error as error:
        # A mail in hand keeps its lease, and is set aside when that is over.
        log.error("outbox interrupted", extra={"error": type(error).__name__})
        report.halted = True
    return report
