"""The words that the register is written with; everything else reads them here."""

from __future__ import annotations

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


class State(models.TextChoices):
    """Where an entry is in its life."""

    REGISTERED = "registered", pgettext_lazy("of a petition", "registered")
    ASSIGNED = "assigned", pgettext_lazy("of a petition", "assigned")
    ANSWERED = "answered", pgettext_lazy("of a petition", "answered")
    CANCELLED = "cancelled", pgettext_lazy("of a petition", "cancelled")

    @classmethod
    def open(cls) -> frozenset[State]:
        """States in which terms run."""
        return frozenset({cls.REGISTERED, cls.ASSIGNED})


class ReplyBy(models.TextChoices):
    """How the petitioner wants to be answered."""

    EMAIL = "email", _("by e-mail")
    POST = "post", _("by post")
    NONE = "none", _("no answer is due")


class Action(models.TextChoices):
    """What the audit trail tells of."""

    REGISTERED = "entry.registered", _("registered")
    ASSIGNED = "entry.assigned", _("assigned to a department")
    EXTENDED = "entry.extended", _("term extended")
    ANSWERED = "entry.answered", _("answered")
    CANCELLED = "entry.cancelled", _("cancelled")
    COMPLETED = "entry.completed", _("completion received")
    TERMS_CHANGED = "entry.terms_changed", _("terms computed anew")
    VIEWED = "entry.viewed", _("personal data viewed")
    SEARCHED = "register.searched", _("register searched by name")
    FILE_VIEWED = "file.viewed", _("attachment opened")
    QUEUED = "intake.queued", _("set aside for a clerk")
    ACCEPTED = "intake.accepted", _("accepted from the queue")
    DISMISSED = "intake.dismissed", _("left out as no petition")
    YEAR_CLOSED = "year.closed", _("year closed")
    NUMBERS_LOST = "year.numbers_lost", _("numbers filled in after a restored backup")
