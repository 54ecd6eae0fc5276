"""The words that the register is written with; everything else reads them here."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Direction(models.TextChoices):
    """Which way a document goes."""

    INCOMING = "incoming", pgettext_lazy("of a document", "incoming")
    OUTGOING = "outgoing", pgettext_lazy("of a document", "outgoing")
    INTERNAL = "internal", pgettext_lazy("of a document", "internal")


class Channel(models.TextChoices):
    """How a document came (or went)."""

    WEB = "web", _("form on the site")
    COUNTER = "counter", _("at the counter")
    POST = "post", _("by post")
    COURIER = "courier", _("by courier")
    EMAIL = "email", _("by e-mail")
    AUDIENCE = "audience", _("at an audience")


class Family(models.TextChoices):
    """Which law a kind of document follows: its terms, and what may be done with it."""

    PETITION = "petition", _("petition (OG 27/2002)")
    FOI = "foi", _("request for public information (Law 544/2001)")
    COURT = "court", _("court mail (Civil Procedure Code, art. 163)")
    COURT_URGENT = "court_urgent", _("urgent court mail (Civil Procedure Code, art. 163)")
    GATHERING = "gathering", _("declaration of a public gathering (Law 60/1991)")
    OTHER = "other", _("other correspondence")


COURT_FAMILIES: Final = frozenset({Family.COURT, Family.COURT_URGENT})
"""Mail of courts: displayed, collected or sent back; it has no answer, and its parties are nobody's to read."""


class State(models.TextChoices):
    """Where an entry is in its life (registry.transitions says how it gets from one to the next)."""

    REGISTERED = "registered", pgettext_lazy("of a petition", "registered")
    ASSIGNED = "assigned", pgettext_lazy("of a petition", "assigned")
    IN_PROGRESS = "in_progress", pgettext_lazy("of a petition", "in progress")
    DRAFTED = "drafted", pgettext_lazy("of a petition", "answer drafted")
    APPROVED = "approved", pgettext_lazy("of a petition", "answer approved")
    DISPATCHED = "dispatched", pgettext_lazy("of a petition", "dispatched")
    RETURNED = "returned", pgettext_lazy("of a petition", "returned undelivered")
    REDIRECTED = "redirected", pgettext_lazy("of a petition", "redirected")
    JOINED = "joined", pgettext_lazy("of a petition", "joined to another one")
    FILED = "filed", pgettext_lazy("of a petition", "filed without answer")
    ARCHIVED = "archived", pgettext_lazy("of a petition", "archived")
    CANCELLED = "cancelled", pgettext_lazy("of a petition", "cancelled")

    @classmethod
    def open(cls) -> frozenset[State]:
        """States in which terms run."""
        return frozenset({cls.REGISTERED, cls.ASSIGNED, cls.IN_PROGRESS, cls.DRAFTED, cls.APPROVED})

    @classmethod
    def with_department(cls) -> frozenset[State]:
        """States in which a department works on the answer."""
        return frozenset({cls.ASSIGNED, cls.IN_PROGRESS, cls.DRAFTED})


class FiledAs(models.TextChoices):
    """Why a petition is filed without an answer (OG 27/2002, art. 7 and 10)."""

    ANONYMOUS = "anonymous", _("anonymous, or without identification data")
    REPEAT = "repeat", _("repeats a petition that was answered")


class ReplyBy(models.TextChoices):
    """How the petitioner wants to be answered."""

    EMAIL = "email", _("by e-mail")
    POST = "post", _("by post")
    NONE = "none", _("no answer is due")


class Outcome(models.TextChoices):
    """What an answer came to; the reports count by it."""

    GRANTED = "granted", pgettext_lazy("of an answer", "solved favourably")
    PARTLY = "partly", pgettext_lazy("of an answer", "solved in part")
    REFUSED = "refused", pgettext_lazy("of an answer", "solved unfavourably")
    EXPLAINED = "explained", pgettext_lazy("of an answer", "explained")


class Mode(models.TextChoices):
    """How a letter goes out."""

    EMAIL = "email", _("by e-mail")
    POST = "post", _("by post")
    COURIER = "courier", _("by courier")
    PICKUP = "pickup", _("for pick-up at a hall")


class AttachmentRole(models.TextChoices):
    """What a file is among those of its entry; none: the petitioner sent it."""

    SIGNED = "signed", pgettext_lazy("role of a file", "signed answer")
    PROOF = "proof", pgettext_lazy("role of a file", "proof of dispatch")


class LetterKind(models.TextChoices):
    """What a letter of the registry is about."""

    ANSWER = "answer", pgettext_lazy("kind of letter", "answer")
    EXTENSION = "extension", pgettext_lazy("kind of letter", "notice of an extension")
    REDIRECTION = "redirection", pgettext_lazy("kind of letter", "redirection to an institution")
    REDIRECTION_NOTICE = "notice", pgettext_lazy("kind of letter", "notice of a redirection")
    QUESTION = "question", pgettext_lazy("kind of letter", "request for information")
    AUDIENCE = "audience", pgettext_lazy("kind of letter", "written answer after an audience")


class LetterState(models.TextChoices):
    """The life of a letter: the registry sends what departments prepared."""

    PREPARED = "prepared", pgettext_lazy("of a letter", "to be sent")
    SENT = "sent", pgettext_lazy("of a letter", "sent")
    DELIVERED = "delivered", pgettext_lazy("of a letter", "delivered")
    RETURNED = "returned", pgettext_lazy("of a letter", "returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("of a letter", "withdrawn")


class Action(models.TextChoices):
    """What the audit trail tells of."""

    REGISTERED = "entry.registered", _("registered")
    ASSIGNED = "entry.assigned", _("assigned to a department")
    TAKEN = "entry.taken", _("taken to work on")
    CONTRIBUTORS = "entry.contributors", _("contributions asked from departments")
    CONTRIBUTED = "entry.contributed", _("contribution written")
    REFUSED = "entry.refused", _("sent back as not within its competence")
    QUESTION = "entry.question", _("information asked from the petitioner")
    DRAFTED = "entry.drafted", _("answer written")
    SUBMITTED = "entry.submitted", _("answer sent for approval")
    SENT_BACK = "entry.sent_back", _("answer sent back to be changed")
    APPROVED = "entry.approved", _("answer approved")
    ANSWERED = "entry.answered", _("answered")
    LETTER_SENT = "letter.sent", _("letter sent")
    LETTER_DELIVERED = "letter.delivered", _("delivery proved")
    LETTER_RETURNED = "letter.returned", _("letter returned undelivered")
    LETTER_POSTED = "letter.posted", _("letter put on a posting list")
    COURT_RECORDED = "court.recorded", _("court mail recorded")
    COURT_HANDED_OVER = "court.handed_over", _("court mail handed over")
    COURT_TAKEN_DOWN = "court.taken_down", _("notice of court mail taken down")
    COURT_SENT_BACK = "court.sent_back", _("court mail sent back to the court")
    EXTENDED = "entry.extended", _("term extended")
    REDIRECTED = "entry.redirected", _("redirected to another institution")
    JOINED = "entry.joined", _("joined to another entry")
    FILED = "entry.filed", _("filed without answer")
    REPEATED = "entry.repeated", _("repeated by the petitioner")
    ARCHIVED = "entry.archived", _("archived")
    SIGNED = "entry.signed", _("signed file added")
    ASPECTS = "entry.aspects", _("aspects raised written down")
    REOPENED = "entry.reopened", _("reopened")
    CANCELLED = "entry.cancelled", _("cancelled")
    CONCERNS = "entry.concerns", _("marked as being about a colleague")
    COMPLETED = "entry.completed", _("completion received")
    TERMS_CHANGED = "entry.terms_changed", _("terms computed anew")
    REMINDED = "entry.reminded", _("reminder sent")
    VIEWED = "entry.viewed", _("personal data viewed")
    DENIED = "entry.denied", _("access refused")
    SEARCHED = "register.searched", _("register searched by name")
    EXPORTED = "register.exported", _("register exported")
    PRINTED = "register.printed", _("register printed")
    FILE_VIEWED = "file.viewed", _("attachment opened")
    QUEUED = "intake.queued", _("set aside for a clerk")
    ACCEPTED = "intake.accepted", _("accepted from the queue")
    DISMISSED = "intake.dismissed", _("left out as no petition")
    RESOLUTION = "cabinet.resolution", _("resolution of the Mayor")
    FOLLOWED_UP = "cabinet.followed", _("followed up by the Mayor's Cabinet")
    AUDIENCE = "cabinet.audience", _("audience changed")
    REPORTED = "report.frozen", _("report made")
    SELECTED = "retention.selected", _("selection of documents decided")
    YEAR_CLOSED = "year.closed", _("year closed")
    NUMBERS_LOST = "year.numbers_lost", _("numbers filled in after a restored backup")
