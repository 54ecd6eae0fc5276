"""Mail that waits to be sent, and what became of it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.mail_address import MAX_LENGTH, validate_mail_address


class MailState(models.TextChoices):
    """The life of a mail. From `queued` through `sending` to one of the other three, or back."""

    QUEUED = "queued", pgettext_lazy("of a mail", "waiting")
    SENDING = "sending", pgettext_lazy("of a mail", "being sent")
    SENT = "sent", pgettext_lazy("of a mail", "sent")
    FAILED = "failed", pgettext_lazy("of a mail", "not sent")
    # Handed to the mail server, whose answer never came: only a person can find out.
    UNCERTAIN = "uncertain", pgettext_lazy("of a mail", "perhaps sent")

    @property
    def needs_a_person(self) -> bool:
        """Whether nothing more happens by itself and somebody should look."""
        return self in (MailState.FAILED, MailState.UNCERTAIN)


def new_message_id() -> str:
    """A Message-ID (RFC 5322, 3.6.4) that stays with a mail through all attempts."""
    return f"<{uuid.uuid4()}@{settings.AGORA_UID_DOMAIN}>"


class OutboxMailQuerySet(models.QuerySet["OutboxMail"]):
    def due(self, now: datetime) -> OutboxMailQuerySet:
        """Those to be sent at `now` (aware), the longest overdue first."""
        return self.filter(status=MailState.QUEUED, next_attempt_at__lte=now).order_by(
            "next_attempt_at", "pk"
        )

    def abandoned(self, now: datetime) -> OutboxMailQuerySet:
        """Those whose sender has not said at `now` (aware) what came of it, though its time is over."""
        return self.filter(status=MailState.SENDING, lease_until__lte=now)

    def for_a_person(self) -> OutboxMailQuerySet:
        """Those that nothing more happens to by itself, newest first."""
        return self.filter(status__in=[state for state in MailState if state.needs_a_person])


class OutboxMail(models.Model):
    """One mail to one address. Written by `cms.outbox.enqueue` only, sent by `cms.outbox.deliver_due` only."""

    changes_pages = False

    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    not_before = models.DateTimeField(_("not before"), null=True, editable=False)
    purpose = models.CharField(_("purpose"), max_length=64, editable=False)
    # What makes the same mail the same: a second one with this key is not queued.
    key = models.CharField(max_length=200, unique=True, null=True, blank=True, editable=False)
    to = models.CharField(
        pgettext_lazy("of a mail", "to"),
        max_length=MAX_LENGTH,
        editable=False,
        validators=[validate_mail_address],
    )
    reply_to = models.CharField(
        max_length=MAX_LENGTH, blank=True, editable=False, validators=[validate_mail_address]
    )
    subject = models.CharField(_("subject"), max_length=250, editable=False)
    body = models.TextField(editable=False)
    language = models.CharField(max_length=8, editable=False)
    message_id = models.CharField(
        "Message-ID", max_length=255, unique=True, default=new_message_id, editable=False
    )

    status = models.CharField(
        _("state"),
        max_length=12,
        choices=MailState.choices,
        default=MailState.QUEUED,
        editable=False,
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"), editable=False)
    # Kind and code of the error, never the server's words: those quote addresses.
    last_error = models.CharField(_("last error"), max_length=100, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    # Who is sending it: only the holder of the token may say what came of it.
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)

    objects = OutboxMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        default_permissions = ("view", "change")
        indexes = [
            models.Index(fields=["to"], name="cms_outbox_to"),
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(status=MailState.QUEUED),
                name="cms_outbox_due",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(status=MailState.SENDING),
                name="cms_outbox_leased",
            ),
        ]

    def __str__(self) -> str:
        # Said in logs and histories: no address, no subject.
        return f"{self.purpose} {self.pk}"
