"""Why an attachment is refused: the reasons, and the exception that carries one. The words are in `file_texts`."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a file cannot be attached. What the citizen can do differs for each, so each has its own text."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    NOT_ACCEPTED = "not-accepted"
    """A type that is not on the list, by its extension."""
    MISMATCH = "mismatch"
    """The content is not what the extension says."""
    DAMAGED = "damaged"
    """Cut off, or not well-formed enough to be judged."""
    MIXED = "mixed"
    """Two files in one: something before, after or inside that belongs to another type (a polyglot)."""
    ENCRYPTED = "encrypted"
    ACTIVE = "active"
    """Scripts, programs, embedded files, links that load something."""
    MACROS = "macros"
    BOMB = "bomb"
    """Small on arrival, huge when opened; or it took more time or memory to check than any honest file."""
    TOO_MANY_PIXELS = "too-many-pixels"
    INFECTED = "infected"
    NOT_CHECKED = "not-checked"
    """The check could not be made now, so the file is not let in (it fails closed)."""
    NO_ROOM = "no-room"
    """The disk is full."""


class FileRefused(Exception):
    """An attachment is refused.

    `name` is the file's name as it may be shown (cleaned); `detail` is for the log, never for the citizen.
    """

    def __init__(self, reason: Reason, name: str = "", detail: str = "") -> None:
        super().__init__(reason, name, detail)
        self.reason = reason
        self.name = name
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason.value}: {self.detail}" if self.detail else self.reason.value
