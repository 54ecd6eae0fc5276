"""The banner above every page."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from cms.multilingual import LocalizedCharField
from cms.querysets import version_in
from cms.romanian import CommaBelowMixin


class AlertQuerySet(models.QuerySet["Alert"]):
    def by_level(self) -> AlertQuerySet:
        """Alerts that are on, now or at another time, gravest first."""
        return self.filter(enabled=True).order_by("-level", "-starts_at")

    def with_links(self, language: str) -> AlertQuerySet:
        """With `link_path` and `link_title` of the linked page in `language` (a code), if live."""
        return self.annotate(
            link_path=version_in(language, "link_page", "url_path"),
            link_title=version_in(language, "link_page", "title"),
        )


class Alert(CommaBelowMixin, models.Model):
    """A short notice above every page of every language, between two moments."""

    class Level(models.IntegerChoices):
        INFO = 10, _("information")
        WARNING = 20, _("warning")
        DANGER = 30, _("emergency")

    message = LocalizedCharField(
        _("message"), max_length=300, help_text=_("One or two sentences. Romanian is required.")
    )
    level = models.PositiveSmallIntegerField(
        _("level"),
        choices=Level.choices,
        default=Level.WARNING,
        help_text=_("Emergencies stand first and in the strongest colour."),
    )
    link_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page to read more"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Optional: readers of each language are led to their version."),
    )
    starts_at = models.DateTimeField(_("from"), help_text=_("Shown from this moment, Cluj time."))
    ends_at = models.DateTimeField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("Hidden from this moment; empty: until ended."),
    )
    enabled = models.BooleanField(
        _("shown"), default=True, help_text=_("Untick to take it down at once.")
    )

    objects = AlertQuerySet.as_manager()

    panels = [
        FieldPanel("message"),
        FieldRowPanel([FieldPanel("level"), FieldPanel("enabled")]),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")])], heading=_("Period")
        ),
        FieldPanel("link_page"),
    ]

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-starts_at"]

    def __str__(self) -> str:
        return str(self.message)

    @property
    def level_name(self) -> str:
        """`info`, `warning` or `danger`: the banner's variant."""
        return self.Level(self.level).name.lower()

    def is_current(self, now: datetime) -> bool:
        """Whether it is shown at `now` (aware), as far as its period goes."""
        return self.starts_at <= now and not (self.ends_at and self.ends_at <= now)

    def clean(self) -> None:
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError(
                {"ends_at": _("It ends before it begins: choose a later moment or leave it empty.")}
            )
