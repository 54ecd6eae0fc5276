"""Tracking codes: the secret that a petitioner holds beside the public number.

A code is 80 random bits, written in Crockford's base 32 (no I, L, O, U) in groups of four: `K7QF-2M9X-4TRD-8WQJ`.
The database keeps only its keyed hash. No database here, no "today".
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from typing import Final

CODE_BYTES: Final = 10
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = CODE_BYTES * 8 // 5
_LONGEST_TEXT: Final = 100
# Crockford: letters that look like digits are read as these.
_READ_AS: Final = {**{sign: sign for sign in _ALPHABET}, "O": "0", "I": "1", "L": "1"}
_DERIVING: Final = b"agora.registry.tracking-code.derive.1"
_HASHING: Final = b"agora.registry.tracking-code.hash.1"
# Stands in for a text that cannot be a code, so that it costs what a wrong code costs.
_NO_CODE: Final = "0000-0000-0000-0000"


def new_code() -> str:
    """Return a random code."""
    return _written(secrets.token_bytes(CODE_BYTES))


def derive_code(secret: str, token: str) -> str:
    """Return the code that belongs to `token`, the same at each call.

    So the receipt can be shown again to a repeated send of one form without keeping the code anywhere. The code
    is the first 80 bits of HMAC-SHA256 over the token, with a key derived from `secret` for this purpose alone.

    Raises:
        ValueError: when `secret` or `token` is empty: the code could be guessed.
    """
    if not token:
        raise ValueError("a tracking code needs a token")
    return _written(_keyed(secret, _DERIVING, token)[:CODE_BYTES])


def normalise_code(text: str) -> str | None:
    """Return what was typed as a code is written, or None if it cannot be one. Never raises.

    Case, spaces, dashes of every kind and invisible characters do not matter; O is read as 0, I and L as 1.
    """
    if len(text) > _LONGEST_TEXT:
        return None
    signs = []
    for character in text:
        if (
            character.isspace()
            or character == "−"
            or unicodedata.category(character) in {"Pd", "Cf"}
        ):
            continue
        # Only ASCII: "ı".upper() would be an I.
        sign = _READ_AS.get(character.upper() if character.isascii() else "")
        if sign is None:
            return None
        signs.append(sign)
    return _in_groups("".join(signs)) if len(signs) == _LENGTH else None


def hash_code(code: str, pepper: str) -> str:
    """Return what is stored of a code: its HMAC-SHA256, keyed for this purpose from `pepper`, as 64 hex digits.

    Raises:
        ValueError: when `code` is none or `pepper` is empty.
    """
    written = normalise_code(code)
    if written is None:
        raise ValueError("not a tracking code")
    return _keyed(pepper, _HASHING, written).hex()


def same_code(text: str, stored_hash: str, pepper: str) -> bool:
    """Whether `text` is the code whose `hash_code` is `stored_hash`.

    Takes the same time and does the same work whatever is wrong: give "" as the hash where the number is unknown.
    """
    written = normalise_code(text)
    digest = _keyed(pepper, _HASHING, written or _NO_CODE).hex()
    known = len(stored_hash) == len(digest)
    stored = (stored_hash if known else "0" * len(digest)).encode("utf-8", "surrogatepass")
    equal = hmac.compare_digest(digest.encode(), stored)
    return equal and known and written is not None


def _keyed(secret: str, purpose: bytes, text: str) -> bytes:
    if not secret:
        raise ValueError("a tracking code needs a secret")
    key = hmac.digest(secret.encode("utf-8", "surrogatepass"), purpose, hashlib.sha256)
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)


def _written(random: bytes) -> str:
    number = int.from_bytes(random, "big")
    return _in_groups(
        "".join(_ALPHABET[number >> shift & 31] for shift in range((_LENGTH - 1) * 5, -1, -5))
    )


def _in_groups(signs: str) -> str:
    return "-".join(signs[at : at + 4] for at in range(0, _LENGTH, 4))
