"""What events are sorted by: categories, audiences and the languages spoken. One row for all languages."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from cms.multilingual import LocalizedCharField
from cms.romanian import CommaBelowMixin
from events.forms import FeedTermForm
from locations.models.place import validate_key

validate_colour = RegexValidator(
    r"^#[0-9a-f]{6}$", _("Write a colour as # and six digits or letters a–f, e.g. “#0d4a52”.")
)


class FeedTerm(CommaBelowMixin, models.Model):
    """A term with a feed of its own; people subscribed to its slug, so that never changes."""

    slug = models.CharField(
        _("slug"),
        max_length=40,
        unique=True,
        validators=[validate_key],
        error_messages={"unique": _("This slug is taken: choose a different one.")},
        help_text=_("Part of the addresses of calendars. It can not be changed later."),
    )
    name = LocalizedCharField(
        _("name"), max_length=60, help_text=_("As readers see it. Romanian is required.")
    )
    sort_order = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Smaller stands first.")
    )

    base_form_class = FeedTermForm
    panels: list[Any] = [FieldRowPanel([FieldPanel("slug"), FieldPanel("sort_order")]), "name"]

    class Meta:
        abstract = True
        ordering = ["sort_order", "slug"]

    def __str__(self) -> str:
        return str(self.name) or self.slug

    def clean(self) -> None:
        super().clean()
        if self.pk and type(self)._default_manager.exclude(slug=self.slug).filter(pk=self.pk):
            raise ValidationError(
                {"slug": _("Calendars that people subscribed to use this slug: it stays as it is.")}
            )


class Category(FeedTerm):
    """What kind of event it is."""

    colour = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        validators=[validate_colour],
        help_text=_("Of its calendar in people's applications, e.g. #0d4a52."),
    )

    panels = [*FeedTerm.panels, FieldPanel("colour")]

    class Meta(FeedTerm.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")


class Audience(FeedTerm):
    """Whom an event is for."""

    class Meta(FeedTerm.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")


class SpokenLanguage(FeedTerm):
    """A language spoken, or signed, at an event. The slug is its code (BCP 47), e.g. “hu”."""

    class Meta(FeedTerm.Meta):
        verbose_name = _("language spoken")
        verbose_name_plural = _("languages spoken")
