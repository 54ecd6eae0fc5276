"""What is done on the way to an answer: drafts, contributions of other departments, letters and how they left."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Department
from locations.models import Location
from registry.enums import LetterKind, LetterState, Mode, Outcome
from registry.models.entries import Attachment, RegistryEntry
from registry.writing import GuardedModel, GuardedQuerySet


class Draft(GuardedModel):
    """A version of an answer. Each saving makes one; none is changed or lost."""

    entry = models.ForeignKey(
        RegistryEntry, on_delete=models.PROTECT, related_name="drafts", verbose_name=_("entry")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("text"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    signatory_head = models.CharField(_("signs for the institution"), max_length=150, blank=True)
    signatory_department = models.CharField(
        _("signs for the department"), max_length=150, blank=True
    )
    covered = models.JSONField(_("aspects answered"), default=list)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("author"),
    )
    at = models.DateTimeField(_("written"))
    submitted_at = models.DateTimeField(_("sent for approval"), null=True)
    remark = models.CharField(_("remark"), max_length=1000, blank=True)

    objects = GuardedQuerySet["Draft"].as_manager()

    class Meta:
        verbose_name = _("version of an answer")
        verbose_name_plural = _("versions of answers")
        ordering = ["entry", "-version"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["entry", "version"], name="registry_draft_once")
        ]

    def __str__(self) -> str:
        return f"{self.entry} v{self.version}"


class Contribution(GuardedModel):
    """What the lead department asks of another one, with a term of its own within the entry's."""

    entry = models.ForeignKey(
        RegistryEntry,
        on_delete=models.PROTECT,
        related_name="contributions",
        verbose_name=_("entry"),
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        related_name="registry_contributions",
        verbose_name=_("department"),
    )
    due = models.DateField(_("due"))
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    question = models.CharField(_("what is asked"), max_length=500, blank=True)
    text = models.TextField(_("contribution"), blank=True)
    given_at = models.DateTimeField(_("given"), null=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = GuardedQuerySet["Contribution"].as_manager()

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["due", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "department"], name="registry_contribution_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["department", "due"],
                name="registry_contributions_open",
                condition=Q(given_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.department}"


class PostingList(GuardedModel):
    """The letters that went to the post office (or the courier) together, in the order of the printed list."""

    number = models.PositiveIntegerField(_("number"))
    year = models.PositiveSmallIntegerField(_("year"))
    mode = models.CharField(_("way"), max_length=8, choices=Mode.choices, default=Mode.POST)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = GuardedQuerySet["PostingList"].as_manager()

    class Meta:
        verbose_name = _("posting list")
        verbose_name_plural = _("posting lists")
        ordering = ["-year", "-number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="registry_posting_list_once")
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"


class Letter(GuardedModel):
    """A letter about an entry: prepared by whoever, sent by the registry alone (OG 27/2002, art. 6)."""

    entry = models.ForeignKey(
        RegistryEntry, on_delete=models.PROTECT, related_name="letters", verbose_name=_("entry")
    )
    registered_as = models.OneToOneField(
        RegistryEntry,
        null=True,
        on_delete=models.PROTECT,
        related_name="letter",
        verbose_name=_("its own number"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=LetterKind.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=LetterState.choices, default=LetterState.PREPARED
    )
    language = models.CharField(_("language"), max_length=2, default="ro")
    mode = models.CharField(_("way"), max_length=8, choices=Mode.choices, default=Mode.EMAIL)
    recipient = models.CharField(_("to whom"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("postal address"), max_length=300, blank=True)
    hall = models.ForeignKey(
        Location,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("hall"),
    )
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"), blank=True)
    signed_file = models.ForeignKey(
        Attachment, null=True, on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField(_("prepared"))
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent"), null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    posting_list = models.ForeignKey(
        PostingList, null=True, on_delete=models.PROTECT, related_name="letters"
    )
    proof = models.CharField(
        _("proof"), max_length=300, blank=True, help_text=_("Number of the registered letter …")
    )
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    returned_at = models.DateTimeField(_("returned"), null=True)
    return_reason = models.CharField(_("why it came back"), max_length=300, blank=True)

    objects = GuardedQuerySet["Letter"].as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["state", "mode", "id"], name="registry_letters_by_state"),
            models.Index(fields=["sent_at"], name="registry_letters_by_day"),
            models.Index(
                fields=["mode", "id"],
                name="registry_letters_on_no_list",
                condition=Q(posting_list=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.get_kind_display()}"


class CourtMail(GuardedModel):
    """The dates of court mail that is displayed or handed over (CPC, art. 163). Parties' names are not public."""

    entry = models.OneToOneField(
        RegistryEntry, on_delete=models.PROTECT, related_name="court_mail", verbose_name=_("entry")
    )
    court = models.CharField(_("court"), max_length=200)
    case_number = models.CharField(_("case number"), max_length=60)
    document = models.CharField(_("kind of document"), max_length=100)
    addressee = models.CharField(_("addressee"), max_length=150)
    displayed_on = models.DateField(_("displayed from"), null=True)
    taken_down_on = models.DateField(_("displayed until"), null=True)
    handed_over_at = models.DateTimeField(_("handed over"), null=True)
    handed_to = models.CharField(_("to whom"), max_length=150, blank=True)
    proof = models.CharField(_("proof"), max_length=300, blank=True)
    returned_at = models.DateTimeField(_("sent back to the court"), null=True)

    objects = GuardedQuerySet["CourtMail"].as_manager()

    class Meta:
        verbose_name = _("court mail")
        verbose_name_plural = _("court mail")
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["id"],
                name="registry_court_mail_open",
                condition=Q(returned_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.case_number}"
