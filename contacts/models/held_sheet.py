"""A table that somebody looked at in a dry run and has not imported yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class HeldSheet(models.Model):
    """The bytes of an uploaded table: exactly these are imported when it is confirmed (`cms.sheets.held`).

    It stands in the lowest app that tables are registered from; the foundation knows it by its name.
    """

    changes_pages = False

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sheet = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    # Last: SQLite reads through what stands before a column.
    data = models.BinaryField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
