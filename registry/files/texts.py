"""What the citizen reads when a file is refused: what is wrong with it and what to do."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.files.refusals import FileRefused, Reason
from registry.files.rules import MAX_FILE_BYTES, MAX_FILES

ACCEPTED: Final[Promise] = _(
    "PDF, photos and scans (JPEG, PNG, WebP, HEIC, TIFF), documents (DOCX, ODT, TXT), tables (XLSX, ODS) and "
    "electronically signed files (P7M, P7S, ASiC-E)"
)
"""The accepted kinds in words, for the form's hint."""

TEXTS: Final[dict[Reason, Promise]] = {
    Reason.EMPTY: _("“%(name)s” is empty. Choose the file again, or another one."),
    Reason.TOO_LARGE: _(
        "“%(name)s” is larger than %(megabytes)s MB. Choose a smaller file, for example a scan at a lower resolution."
    ),
    Reason.TOO_MANY: _(
        "You can attach at most %(files)s files. Put several pages into one PDF, or hand in the rest on paper."
    ),
    Reason.NOT_ACCEPTED: _(
        "“%(name)s” is not a kind of file that can be attached. Save it as PDF and attach that. Accepted: %(accepted)s."
    ),
    Reason.MISMATCH: _(
        "“%(name)s” is not what the end of its name says. Open it, save it again under its right kind or as PDF, and "
        "attach that."
    ),
    Reason.DAMAGED: _(
        "“%(name)s” is damaged or not complete. If it opens for you, print it to PDF and attach that; otherwise make "
        "the scan or the photo again."
    ),
    Reason.MIXED: _(
        "“%(name)s” holds something else besides what its name says. Open it, print it to PDF and attach that."
    ),
    Reason.ENCRYPTED: _(
        "“%(name)s” is locked with a password, so it could not be read here. Save it without the password and attach "
        "that."
    ),
    Reason.ACTIVE: _(
        "“%(name)s” holds scripts, embedded files or links that load by themselves. Print it to PDF and attach that; "
        "attach embedded files one by one."
    ),
    Reason.MACROS: _("“%(name)s” holds macros. Save it as DOCX, XLSX or PDF without macros."),
    Reason.BOMB: _(
        "“%(name)s” becomes far too large when it is opened. Print it to PDF and attach that, or attach fewer pages."
    ),
    Reason.TOO_MANY_PIXELS: _(
        "“%(name)s” is a picture with too many points. Save it smaller, at most 50 megapixels."
    ),
    Reason.INFECTED: _(
        "A virus was found in “%(name)s”. Check your device, and attach a clean copy or hand it in on paper."
    ),
    Reason.NOT_CHECKED: _(
        "“%(name)s” cannot be checked now. Try again in a few minutes, send without it, or bring it on paper."
    ),
    Reason.NO_ROOM: _(
        "“%(name)s” cannot be kept now. Try again later, send without it, or bring it on paper."
    ),
}


def refusal_text(refusal: FileRefused) -> str:
    """Why a file is refused, in the reader's language. Plain text: escape it like any other."""
    return str(TEXTS[refusal.reason]) % {
        "name": refusal.name,
        "megabytes": MAX_FILE_BYTES // (1024 * 1024),
        "files": MAX_FILES,
        "accepted": ACCEPTED,
    }
