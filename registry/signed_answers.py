"""The signed file of an answer: who has number and code of the petition may have it, and nobody else outside."""

from __future__ import annotations

from registry.enums import LetterKind
from registry.models.entries import Attachment, RegistryEntry
from registry.models.work import Letter


def signed_answer(entry: RegistryEntry) -> Attachment | None:
    """The signed file of the answer that was sent last, None where there is none: one query.

    One answer is for all that were joined (OG 27/2002, art. 10). What was let go from the archive is not given out.
    """
    answered = entry if entry.answer or entry.joined_to is None else entry.joined_to
    if not answered.answer or entry.selection_id or answered.selection_id:
        return None
    sent = Letter.objects.filter(
        entry=answered, kind=LetterKind.ANSWER, sent_at__isnull=False
    ).select_related("signed_file")
    letter = sent.order_by("-pk").first()
    return letter.signed_file if letter else None
