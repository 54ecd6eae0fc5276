"""The hidden token of a form: when it was given out, and which sending it is.

It carries a random number of 128 bits. What is sent with it is registered once, however often it is sent: the
register keeps the number's hash. The number also is what the tracking code is derived from (registry.tracking_codes),
so that the receipt of a repeated send is the same. No cookie, no session, no row until something is sent.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.signing import BadSignature, Signer

TOO_FAST: Final = timedelta(seconds=3)
"""Nobody reads and fills in a form in less."""

_NONCE: Final = re.compile(r"[0-9a-f]{32}")
_FORM: Final = Signer(salt="registry.form")
_RECEIPT: Final = Signer(salt="registry.receipt")
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class FormToken:
    """`text` stands in the form, `nonce` is its secret number in hexadecimal, `made_at` an aware moment."""

    text: str
    nonce: str
    made_at: datetime

    @property
    def submission_key(self) -> str:
        """What the register keeps of it: opens nothing."""
        return submission_key(self.nonce)

    def is_too_fast(self, now: datetime) -> bool:
        """Whether the form came back sooner than anybody can fill it in; `now` is aware.

        There is no "too late": who takes two days over a petition loses nothing, and a number that is used once
        gains nothing by age.
        """
        return now - self.made_at < TOO_FAST


def new_token(now: datetime) -> FormToken:
    """A token for a form that is given out at `now` (aware)."""
    nonce, seconds = secrets.token_hex(16), int(now.timestamp())
    return FormToken(_FORM.sign(f"{nonce}-{seconds:x}"), nonce, _moment(seconds))


def read_token(text: str) -> FormToken | None:
    """The token that came back; None when it is not one of ours."""
    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        nonce, _dash, seconds = _FORM.unsign(text).partition("-")
        return FormToken(text, nonce, _moment(int(seconds, 16)))
    except (BadSignature, ValueError):
        return None


def submission_key(nonce: str) -> str:
    """The SHA-256 of a token's number, in hexadecimal."""
    return hashlib.sha256(nonce.encode("ascii")).hexdigest()


def receipt_token(nonce: str) -> str:
    """The part of a receipt's address that opens it: the same for the same sending."""
    # Wagtail's addresses are letters, digits and dashes.
    return _RECEIPT.sign(nonce).replace(":", "-", 1)


def read_receipt_token(text: str) -> str | None:
    """The number whose receipt is asked for; None when the address is not one of ours."""
    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        nonce = _RECEIPT.unsign(text.replace("-", ":", 1))
    except BadSignature:
        return None
    return nonce if _NONCE.fullmatch(nonce) else None


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
