"""Entries of the register, what was added to them later, and their attachments."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Department
from registry.enums import AttachmentRole, Channel, Direction, FiledAs, Outcome, ReplyBy, State
from registry.models.kinds import EntryKind
from registry.models.office import FileClass, Institution
from registry.models.registers import Register
from registry.numbers import format_number
from registry.querysets import EntryQuerySet
from registry.search import search_text_of
from registry.writing import GuardedModel, GuardedQuerySet

NO_TERM: Final = date.max
"""Stands in `open_due` for what is open and has no term: it comes after everything that has one."""


class RegistryEntry(GuardedModel):
    """One position of the register. Number, register and moment never change; nothing is deleted.

    Dates are days in Europe/Bucharest. `due` is the date that was promised, `internal_due` the working day by which
    the office wants to answer, `legal_limit` the latest reading of the law (registry.deadlines).
    """

    # -- the number
    register = models.ForeignKey(
        Register, on_delete=models.PROTECT, related_name="entries", verbose_name=_("register")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    code = models.CharField(_("code"), max_length=12, blank=True)
    registered_at = models.DateTimeField(_("registered"))
    registered_on = models.DateField(_("day of registration"))
    received_at = models.DateTimeField(
        _("received"), help_text=_("Earlier than the registration where the entry had to wait.")
    )

    # -- what it is
    kind = models.ForeignKey(
        EntryKind, on_delete=models.PROTECT, related_name="entries", verbose_name=_("kind")
    )
    direction = models.CharField(
        _("direction"), max_length=8, choices=Direction.choices, default=Direction.INCOMING
    )
    channel = models.CharField(
        _("channel"), max_length=8, choices=Channel.choices, default=Channel.WEB
    )
    language = models.CharField(_("language"), max_length=2, default="ro")
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("text"), blank=True)
    sender_number = models.CharField(_("sender's number"), max_length=60, blank=True)
    sender_date = models.DateField(_("sender's date"), null=True, blank=True)
    sheets = models.PositiveSmallIntegerField(_("sheets"), null=True, blank=True)
    annexes = models.PositiveSmallIntegerField(_("annexes"), null=True, blank=True)

    # -- from whom
    petitioner_name = models.CharField(_("name"), max_length=150, blank=True)
    petitioner_email = models.EmailField(_("e-mail"), blank=True)
    petitioner_address = models.CharField(_("postal address"), max_length=300, blank=True)
    petitioner_phone = models.CharField(_("telephone"), max_length=40, blank=True)
    reply_by = models.CharField(
        _("answer"), max_length=5, choices=ReplyBy.choices, default=ReplyBy.EMAIL
    )

    # -- whose work it is
    requested_department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("department that the citizen named"),
    )
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="registry_entries",
        verbose_name=_("department"),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.REGISTERED
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("officer"),
    )
    for_mayor = models.BooleanField(_("addressed to the Mayor"), default=False)
    concerns = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("about a colleague"),
        help_text=_("Neither that colleague nor who works under him or her handles it."),
    )
    aspects = models.JSONField(_("aspects raised"), default=list, blank=True)
    assigned_at = models.DateTimeField(_("assigned"), null=True)
    asked_at = models.DateTimeField(_("information asked"), null=True)

    # -- how it ended
    answered_at = models.DateTimeField(_("answered"), null=True)
    answer = models.TextField(_("answer"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    signatory_head = models.CharField(_("signed for the institution"), max_length=150, blank=True)
    signatory_department = models.CharField(
        _("signed for the department"), max_length=150, blank=True
    )
    approved_at = models.DateTimeField(_("approved"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    cancel_reason = models.CharField(_("reason of the cancellation"), max_length=300, blank=True)
    joined_to = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="joined",
        verbose_name=_("joined to"),
    )
    filed_as = models.CharField(_("filed as"), max_length=10, choices=FiledAs.choices, blank=True)
    file_reason = models.CharField(_("why it was filed"), max_length=300, blank=True)
    repeats = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="repeated_by",
        verbose_name=_("repeats"),
    )
    institution = models.ForeignKey(
        Institution,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("redirected to"),
    )
    about = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letters_registered",
        verbose_name=_("letter about"),
    )
    closed_at = models.DateTimeField(_("closed"), null=True)
    file_class = models.ForeignKey(
        FileClass,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="entries",
        verbose_name=_("file class"),
    )
    archived_at = models.DateTimeField(_("archived"), null=True)
    selection = models.ForeignKey(
        "registry.Selection",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="entries",
        verbose_name=_("left the register by"),
    )

    # -- terms
    counts_from = models.DateField(
        _("terms count from"),
        null=True,
        blank=True,
        help_text=_(
            "Where it is not the registration: the day court mail was displayed, the day of the gathering."
        ),
    )
    due = models.DateField(_("due"), null=True)
    internal_due = models.DateField(_("due within the house"), null=True)
    dispatch_target = models.DateField(_("target of the dispatch"), null=True)
    legal_limit = models.DateField(_("limit in law"), null=True)
    other_terms = models.JSONField(_("other terms"), default=dict)
    # What lists of open entries are read by: `due` while terms run, NO_TERM without one, empty when it is closed.
    open_due = models.DateField(null=True, editable=False)
    extended_by = models.PositiveSmallIntegerField(_("extended by days"), default=0)
    extension_reason = models.CharField(_("reason of the extension"), max_length=300, blank=True)

    # -- keys of the public side: nothing that opens anything is kept in clear
    tracking_hash = models.CharField(max_length=64, blank=True)
    submission_key = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  unique where there is one
    submission_digest = models.CharField(max_length=64, blank=True)
    seal_salt = models.CharField(max_length=32)

    # -- search
    search_text = models.TextField(default="")

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("registered by"),
    )
    version = models.PositiveIntegerField(default=1)

    objects = EntryQuerySet.as_manager()

    # What the terms of a family are kept in; others go to `other_terms`.
    TERM_FIELDS: ClassVar[tuple[str, ...]] = (
        "due",
        "internal_due",
        "dispatch_target",
        "legal_limit",
    )

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [
            ("view_all_entries", _("Can see the entries of every department")),
            ("view_confidential_entries", _("Can see confidential entries")),
            ("view_petitioner", _("Can see who a petition is from")),
            ("register_entry", _("Can register documents")),
            ("assign_entry", _("Can assign, join and file entries")),
            ("redirect_entry", _("Can redirect entries to other institutions")),
            ("work_entry", _("Can work on what is assigned to the own department")),
            ("approve_entry", _("Can approve answers")),
            ("dispatch_entry", _("Can send letters out")),
            ("archive_entry", _("Can archive entries")),
            ("extend_entry", _("Can extend a term")),
            ("cancel_entry", _("Can cancel a wrong entry")),
            ("reopen_entry", _("Can reopen what was closed")),
            ("export_entries", _("Can export lists of entries")),
            ("print_register", _("Can print the register")),
            ("make_reports", _("Can make reports")),
            ("select_documents", _("Can decide what leaves the archive")),
            ("view_cabinet_entries", _("Can see what is addressed to the Mayor")),
            ("run_cabinet", _("Can keep the Mayor's correspondence and audiences")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "year", "number"], name="registry_number_once"
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="registry_number_positive"),
        ]
        indexes = [
            models.Index(fields=["number", "-id"], name="registry_by_number"),
            models.Index(fields=["department", "-id"], name="registry_by_department"),
            models.Index(fields=["state", "due"], name="registry_by_due"),
            models.Index(fields=["registered_on", "-id"], name="registry_by_day"),
            models.Index(fields=["state", "-id"], name="registry_by_state"),
            models.Index(fields=["open_due", "id"], name="registry_open_by_due"),
            models.Index(fields=["department", "open_due", "id"], name="registry_open_by_dept"),
            models.Index(fields=["-id"], name="registry_for_mayor", condition=Q(for_mayor=True)),
            models.Index(
                fields=["direction", "-id"],
                name="registry_by_direction",
                condition=~Q(direction=Direction.INCOMING),
            ),
            models.Index(
                fields=["officer", "-id"],
                name="registry_by_officer",
                condition=Q(officer__isnull=False),
            ),
            # Of what is open alone, with all that boards count, so that they read nothing else.
            models.Index(
                fields=["department", "open_due", "state", "kind", "officer"],
                name="registry_open_counts",
                condition=Q(open_due__isnull=False),
            ),
            models.Index(
                fields=["file_class", "archived_at", "state"],
                name="registry_archive",
                condition=Q(selection=None, archived_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """The number, and nothing of what it is about or from whom: logs and reports repeat this."""
        return self.number_text

    @property
    def number_text(self) -> str:
        """The number as it is written: 119.368/305/28.02.2020."""
        return format_number(self.number, self.code, self.registered_on)

    @property
    def is_open(self) -> bool:
        """Whether terms run."""
        return self.state in State.open()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = search_text_of(self)
        self.open_due = open_due_of(self)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_text", "open_due"}
        super().save(*args, **kwargs)


def open_due_of(entry: RegistryEntry) -> date | None:
    """What stands in `open_due` of `entry`."""
    return (entry.due or NO_TERM) if entry.is_open else None


class Completion(GuardedModel):
    """What the petitioner added later, under the same number; it moves no term."""

    entry = models.ForeignKey(
        RegistryEntry, on_delete=models.PROTECT, related_name="completions", verbose_name=_("entry")
    )
    received_at = models.DateTimeField(_("received"))
    body = models.TextField(_("text"), blank=True)
    submission_key = models.CharField(max_length=64, unique=True)

    objects = GuardedQuerySet["Completion"].as_manager()

    class Meta:
        verbose_name = _("completion")
        verbose_name_plural = _("completions")
        ordering = ["received_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.entry} +{self.pk}"


class Attachment(GuardedModel):
    """A file of an entry. The file lies in the vault under a random name and is evidence: it never changes."""

    entry = models.ForeignKey(
        RegistryEntry, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("entry")
    )
    completion = models.ForeignKey(
        Completion,
        null=True,
        on_delete=models.PROTECT,
        related_name="attachments",
        verbose_name=_("completion"),
    )
    role = models.CharField(
        _("role"), max_length=10, choices=AttachmentRole.choices, blank=True, default=""
    )
    stored_name = models.CharField(max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=160)
    media_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(_("added"))

    objects = GuardedQuerySet["Attachment"].as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.entry} #{self.pk}"

    @property
    def short_hash(self) -> str:
        """The first characters of the SHA-256, as receipts print them."""
        return self.sha256[:12]
