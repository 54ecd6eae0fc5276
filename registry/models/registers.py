"""Registers and their years: who hands out numbers, and how far each year has come."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from cms.multilingual import LocalizedCharField
from cms.romanian import CommaBelowMixin
from locations.models.place import validate_key
from registry.writing import GuardedModel, GuardedQuerySet


class Register(CommaBelowMixin, models.Model):
    """A register of documents with numbers of its own. Its row is locked while a number is handed out."""

    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[validate_key],
        help_text=_("Names the register to the system: never change it."),
    )
    name = LocalizedCharField(_("name"), help_text=_("Romanian is required."))
    code = models.CharField(
        _("code"),
        max_length=12,
        blank=True,
        validators=[RegexValidator(r"^[0-9A-Za-z.-]*$")],
        help_text=_("Stands between number and date: 119.368/305/28.02.2020."),
    )

    changes_pages = False

    panels = [FieldRowPanel([FieldPanel("key"), FieldPanel("code")]), FieldPanel("name")]

    class Meta:
        verbose_name = _("register")
        verbose_name_plural = _("registers")
        ordering = ["key"]

    def __str__(self) -> str:
        return str(self.name) or self.key


class RegisterYear(GuardedModel):
    """A calendar year of a register: opened by its first entry, closed with a statement after 31 December."""

    register = models.ForeignKey(
        Register, on_delete=models.PROTECT, related_name="years", verbose_name=_("register")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    last_number = models.PositiveIntegerField(_("last number"), default=0)
    last_registered_at = models.DateTimeField(_("last registration"), null=True)
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("closed by"),
    )
    statement = models.TextField(_("closing statement"), blank=True)

    objects = GuardedQuerySet["RegisterYear"].as_manager()

    class Meta:
        verbose_name = _("year of a register")
        verbose_name_plural = _("years of registers")
        ordering = ["register", "-year"]
        default_permissions = ("view",)
        permissions = [("close_registeryear", _("Can close a year of a register"))]
        constraints = [
            models.UniqueConstraint(fields=["register", "year"], name="registry_one_row_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.year}"
