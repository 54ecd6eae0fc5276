"""The development strategy in its editions, its objectives, and what is done for each."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from cms.multilingual import LocalizedCharField, LocalizedTextField
from cms.romanian import CommaBelowMixin
from events.models import Event
from locations.models.place import validate_key

YEARS: Final = [MinValueValidator(1900), MaxValueValidator(2200)]


class StrategyEdition(CommaBelowMixin, models.Model):
    """An edition of the development strategy; a newer one stands beside it."""

    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[validate_key],
        help_text=_("Part of addresses: never change it. E.g. 2014-2020."),
    )
    name = LocalizedCharField(_("name"), help_text=_("Romanian is required."))
    first_year = models.PositiveSmallIntegerField(_("from"), validators=YEARS)
    last_year = models.PositiveSmallIntegerField(_("to"), validators=YEARS)
    url = models.URLField(_("document"), blank=True, help_text=_("Where the strategy can be read."))

    panels = [
        FieldRowPanel([FieldPanel("key"), FieldPanel("first_year"), FieldPanel("last_year")]),
        FieldPanel("name"),
        FieldPanel("url"),
    ]

    class Meta:
        verbose_name = _("edition of the strategy")
        verbose_name_plural = _("editions of the strategy")
        ordering = ["-first_year", "key"]

    def __str__(self) -> str:
        return str(self.name) or self.key

    def clean(self) -> None:
        super().clean()
        if self.first_year and self.last_year and self.last_year < self.first_year:
            raise ValidationError(
                {"last_year": _("It ends before it begins: choose the same year or a later one.")}
            )


class Objective(CommaBelowMixin, models.Model):
    """An objective of an edition."""

    edition = models.ForeignKey(
        StrategyEdition,
        on_delete=models.PROTECT,
        related_name="objectives",
        verbose_name=_("edition"),
    )
    code = models.CharField(
        _("code"),
        max_length=20,
        validators=[validate_key],
        help_text=_("As short as in the strategy, e.g. 3-2. Part of addresses: never change it."),
    )
    title = LocalizedCharField(_("objective"), max_length=250, help_text=_("Romanian is required."))
    description = LocalizedTextField(
        _("in two sentences"), blank=True, max_length=600, help_text=_("What it wants to reach.")
    )
    sort_order = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Smaller stands first.")
    )

    panels = [
        FieldRowPanel([FieldPanel("edition"), FieldPanel("code"), FieldPanel("sort_order")]),
        FieldPanel("title"),
        FieldPanel("description"),
    ]

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["edition", "sort_order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="campaigns_objective_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class EventObjective(models.Model):
    """That an event serves an objective; the relation stands up here, events know nothing of strategies."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="objective_links")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="event_links")

    class Meta:
        verbose_name = _("event of an objective")
        verbose_name_plural = _("events of objectives")
        constraints = [
            models.UniqueConstraint(fields=["event", "objective"], name="campaigns_event_tag_once")
        ]

    def __str__(self) -> str:
        return f"{self.objective_id} · {self.event_id}"
