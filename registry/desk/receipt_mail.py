"""The receipt by mail for what a clerk registers: paper with an e-mail address on it, petitions that had to wait."""

from __future__ import annotations

from registry.enums import Direction, Family
from registry.models import RegistryEntry
from registry.petition_mail import enqueue_receipt
from registry.tracking_address import tracking_address


def send_receipt(entry: RegistryEntry, code: str = "") -> None:
    """Put the receipt of a petition into the outbox, in the caller's transaction, where its answer goes by e-mail.

    `code` is the tracking code, "" where only the petitioner knows it.
    """
    if entry.direction == Direction.INCOMING and entry.kind.family == Family.PETITION:
        enqueue_receipt(entry, tracking_address(entry.language), code)
