"""The trail: what was done, by whom, old and new; never the text of a petition.

Each event carries the hash of the one before it, so a changed or missing event breaks the chain from there on
(registry.audit checks it). The database refuses changes and deletions (registry.guards).
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.enums import Action
from registry.writing import GuardedModel, GuardedQuerySet


class AuditEvent(GuardedModel):
    """One thing that was done. `actor_id` and `actor_name` are copies: a user may be renamed or removed."""

    sequence = models.PositiveBigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("when"))
    action = models.CharField(_("what"), max_length=30, choices=Action.choices)
    actor_id = models.PositiveBigIntegerField(null=True)
    actor_name = models.CharField(_("who"), max_length=150, blank=True)
    entry = models.ForeignKey(
        "registry.RegistryEntry",
        null=True,
        on_delete=models.PROTECT,
        related_name="events",
        verbose_name=_("entry"),
    )
    data = models.JSONField(_("details"), default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = GuardedQuerySet["AuditEvent"].as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit trail")
        ordering = ["-sequence"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["action", "-sequence"], name="registry_trail_by_action"),
            models.Index(fields=["actor_name", "-sequence"], name="registry_trail_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.get_action_display()}"


class AuditHead(GuardedModel):
    """One row, the end of the chain; locked while an event is added, so that events stand in one line."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    objects = GuardedQuerySet["AuditHead"].as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"
