"""Who works for which department at the register."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models import Department


class DeskMember(models.Model):
    """An officer of a department: sees what is assigned to it and to the departments below it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="desk_memberships",
        verbose_name=_("user"),
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        related_name="desk_members",
        verbose_name=_("department"),
    )

    changes_pages = False

    class Meta:
        verbose_name = _("officer of a department")
        verbose_name_plural = _("officers of departments")
        constraints = [
            models.UniqueConstraint(fields=["user", "department"], name="registry_desk_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.department}"
