"""How often the content of the site changed: what caches are keyed by."""

from __future__ import annotations

from django.db import models
from django.db.models import F


class ContentVersion(models.Model):
    """One row, counted up in the transaction of every change that pages show."""

    version = models.PositiveBigIntegerField(default=0, editable=False)

    changes_pages = False

    def __str__(self) -> str:
        return str(self.version)

    @classmethod
    def current(cls) -> int:
        """The version now; one query."""
        return cls.objects.filter(pk=1).values_list("version", flat=True).first() or 0

    @classmethod
    def bump(cls) -> None:
        """Count a change, in the caller's transaction: a reader never sees the one without the other."""
        if not cls.objects.filter(pk=1).update(version=F("version") + 1):
            cls.objects.get_or_create(pk=1, defaults={"version": 1})
