"""Reports as they were on a day, and what left the archive."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.writing import GuardedModel, GuardedQuerySet


class Report(GuardedModel):
    """A report: asked for, counted in the background, then frozen. What it says never changes afterwards."""

    class Kind(models.TextChoices):
        PETITIONS = "petitions", _("half-yearly report on petitions (OG 27/2002)")
        FOI = "foi", _("yearly report on public information (Law 544/2001)")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("of a report", "waiting")
        RUNNING = "running", pgettext_lazy("of a report", "being counted")
        DONE = "done", pgettext_lazy("of a report", "done")
        FAILED = "failed", pgettext_lazy("of a report", "failed")

    kind = models.CharField(_("report"), max_length=10, choices=Kind.choices)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(_("per cent"), default=0)
    asked_at = models.DateTimeField(_("asked for"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    frozen_at = models.DateTimeField(_("frozen"), null=True)
    data = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    is_public = models.BooleanField(_("shown to the public"), default=False)
    error = models.CharField(max_length=200, blank=True)

    objects = GuardedQuerySet["Report"].as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-last_day", "-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.first_day:%d.%m.%Y}–{self.last_day:%d.%m.%Y}"


class Selection(GuardedModel):
    """The minutes by which documents left the archive: what they held is erased, their numbers and dates stay."""

    number = models.CharField(_("number of the minutes"), max_length=60)
    day = models.DateField(_("day of the minutes"))
    members = models.TextField(_("commission"))
    confirmation = models.CharField(
        _("confirmed by the National Archives"), max_length=120, blank=True
    )
    decided_at = models.DateTimeField(_("carried out"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    positions = models.PositiveIntegerField(_("positions"), default=0)

    objects = GuardedQuerySet["Selection"].as_manager()

    class Meta:
        verbose_name = _("selection")
        verbose_name_plural = _("selections")
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number}/{self.day:%d.%m.%Y}"
