"""What came through the form and waits for a clerk, and how often an address asked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models.entries import RegistryEntry
from registry.writing import GuardedModel, GuardedQuerySet


class QueuedSubmission(GuardedModel):
    """A petition that looked automatic: a clerk gives it its number. The right of petition is never blocked."""

    class Reason(models.TextChoices):
        HONEYPOT = "honeypot", _("a hidden field was filled in")
        TOO_FAST = "too_fast", _("sent within seconds")
        RATE = "rate", _("many from one address")
        STALE = "stale", _("the form was open for too long")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("of a queued petition", "waiting")
        ACCEPTED = "accepted", pgettext_lazy("of a queued petition", "accepted")
        DISMISSED = "dismissed", pgettext_lazy("of a queued petition", "left out")

    received_at = models.DateTimeField(_("received"))
    reason = models.CharField(_("why it waits"), max_length=10, choices=Reason.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    answers = models.JSONField(_("what was sent"))
    files = models.JSONField(_("attachments"), default=list)
    submission_key = models.CharField(max_length=64, unique=True)
    submission_digest = models.CharField(max_length=64)
    tracking_hash = models.CharField(max_length=64)
    entry = models.OneToOneField(
        RegistryEntry, null=True, on_delete=models.PROTECT, related_name="queued"
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    dismiss_reason = models.CharField(_("why it was left out"), max_length=300, blank=True)

    objects = GuardedQuerySet["QueuedSubmission"].as_manager()

    class Meta:
        verbose_name = _("petition waiting for a number")
        verbose_name_plural = _("petitions waiting for a number")
        ordering = ["received_at", "pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["state", "received_at"], name="registry_queue_waiting")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Attempt(models.Model):
    """One use of something that is throttled, by a digest of the address it came from; swept after a day."""

    purpose = models.CharField(max_length=12)
    digest = models.CharField(max_length=32)
    at = models.DateTimeField()

    changes_pages = False
    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["purpose", "digest", "at"], name="registry_attempts")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.at:%H:%M}"
