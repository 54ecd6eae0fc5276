"""The addresses that the site writes to: what a form asks for and what the outbox accepts are one rule."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

MAX_LENGTH = 254
"""A path of 256 octets without its angle brackets (RFC 5321, 4.5.3.1.3)."""

# No host of ours: "localhost" is none of a citizen's.
_shape = EmailValidator(allowlist=[])


def validate_mail_address(address: str) -> None:
    """A validator for form fields: one plain address `name@domain`.

    Raises ValidationError (code "invalid") for display names, lists, line breaks, IP literals, and for letters before
    the @ that most mail servers cannot carry (RFC 6531); domains may have any letters.
    """
    _shape(address)
    name, _at, domain = address.rpartition("@")
    if len(address) > MAX_LENGTH or not name.isascii() or domain.startswith("["):
        raise ValidationError(_shape.message, code="invalid", params={"value": address})
