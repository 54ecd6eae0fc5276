"""Hands one mail to the mail server and says what came of it, in one of four words."""

from __future__ import annotations

import contextlib
import re
import smtplib
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.core.mail import EmailMessage, get_connection


class Outcome(Enum):
    """What came of an attempt."""

    ACCEPTED = "accepted"
    LATER = "later"
    """Certainly not taken, and it is worth trying again."""
    REFUSED = "refused"
    """Certainly not taken, and it never will be."""
    UNKNOWN = "unknown"
    """Perhaps taken: the message was handed over and no answer came back."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an attempt; `error` is kind and code; `is_down`: the next mail would fare no better now."""

    outcome: Outcome
    error: str = ""
    is_down: bool = False


# Replies that refuse us, not this mail: somebody must repair the settings (RFC 4954, 6).
_OUR_LOGIN: Final = frozenset({530, 534, 535, 538})
_CLOSING: Final = 421
# An enhanced status code (RFC 3463), the one part of the server's words that names nobody.
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


def _reply(error: Exception) -> tuple[int, str] | None:
    """Code and text of the server's answer in `error`, if it answered."""
    reply: Any = None
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        reply = next(iter(error.recipients.values()), None)
    elif isinstance(error, smtplib.SMTPResponseException):
        reply = (error.smtp_code, error.smtp_error)
    if reply is None:
        return None
    code, words = reply
    return code, words.decode(errors="replace") if isinstance(words, bytes) else str(words)


def describe(error: Exception) -> str:
    """Kind and codes of `error`, such as "SMTPRecipientsRefused 550 5.1.1"; no address, no host, no free text."""
    parts = [type(error).__name__]
    if reply := _reply(error):
        parts.append(str(reply[0]))
        if enhanced := _ENHANCED.search(reply[1]):
            parts.append(enhanced[0])
    return " ".join(parts)[:100]


def judge(error: Exception, *, may_have_sent: bool) -> Attempt:
    """What `error`, raised while a mail was being sent, means for it.

    `may_have_sent`: whether the message was being handed over, so that silence may mean either.
    """
    text = describe(error)
    reply = _reply(error)
    if isinstance(error, ValueError) and not may_have_sent:
        return Attempt(Outcome.REFUSED, text)  # it cannot be written as a mail
    if reply is None:
        # No answer. Before the message was handed over nothing can have been taken.
        outcome = Outcome.UNKNOWN if may_have_sent else Outcome.LATER
        return Attempt(outcome, text, is_down=True)
    code = reply[0]
    about_this_mail = (
        isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
        and code != _CLOSING
        and code not in _OUR_LOGIN
    )
    if about_this_mail and code >= 500:
        return Attempt(Outcome.REFUSED, text)
    return Attempt(Outcome.LATER, text, is_down=not about_this_mail)


class Carrier:
    """One connection to the mail server, opened with the first mail and again after each error. Closes at the end."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> Carrier:
        return self

    def __exit__(self, *exception: Any) -> None:
        self._hang_up()

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # What was accepted stays accepted, however the farewell goes.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.close()

    def carry(self, message: EmailMessage) -> Attempt:
        """Try to deliver `message`, once. Raises nothing.

        Waits for each answer of the server no longer than EMAIL_TIMEOUT, for the last one `PATIENCE` times that.
        """
        try:
            message.message()
        except (ValueError, LookupError) as error:
            return Attempt(Outcome.REFUSED, describe(error))
        try:
            if self._connection is None:
                self._connection = get_connection(fail_silently=False)
            self._connection.open()
        except Exception as error:  # whatever it was, nothing has been handed over
            self._hang_up()
            return Attempt(Outcome.LATER, describe(error), is_down=True)
        try:
            number = self._connection.send_messages([message])
        except Exception as error:
            # A backend that does not know how far it came may have sent.
            may_have_sent = getattr(self._connection, "may_have_sent", True)
            self._hang_up()
            return judge(error, may_have_sent=may_have_sent)
        return Attempt(Outcome.ACCEPTED) if number else Attempt(Outcome.UNKNOWN, "no answer", True)
