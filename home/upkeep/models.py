"""What the regular work remembers: whose turn it is, and what a department was told."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class UpkeepTurn(models.Model):
    """A piece of regular work that only one process does at a time, until `lease_until` at the latest."""

    changes_pages = False

    name = models.CharField(max_length=20, unique=True)
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("turn of regular work")
        verbose_name_plural = _("turns of regular work")

    def __str__(self) -> str:
        return self.name


class UpkeepNotice(models.Model):
    """Something that a department was told of by mail, so that it is not told again.

    `subject` names it: what, of which page, since when (`home.upkeep.findings`).
    """

    changes_pages = False
    wagtail_reference_index_ignore = True
    counts_as_use = False

    department: Any = models.ForeignKey(
        "contacts.Department", on_delete=models.CASCADE, related_name="+"
    )
    subject = models.CharField(max_length=150)
    told_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("notice to a department")
        verbose_name_plural = _("notices to departments")
        constraints = [
            models.UniqueConstraint(fields=["department", "subject"], name="home_notice_once")
        ]

    def __str__(self) -> str:
        return self.subject
