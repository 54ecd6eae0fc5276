"""Organisations outside the city hall: they organise events, are partners, receive redirected petitions."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.images.models import Rendition, SourceImageIOError

from cms.multilingual import LocalizedCharField
from cms.romanian import CommaBelowMixin
from contacts.fields import PhoneField
from contacts.models.departments import Department
from locations.models.place import validate_key

LOGO: Final = "max-240x120"
"""The size of logos on pages, twice that on the screen."""


class Organisation(CommaBelowMixin, models.Model):
    """A partner, a public institution or another organiser: one row for all languages."""

    class Kind(models.TextChoices):
        PARTNER = "partner", pgettext_lazy("kind of organisation", "partner")
        INSTITUTION = "institution", pgettext_lazy("kind of organisation", "public institution")
        OTHER = "other", pgettext_lazy("kind of organisation", "other")

    key = models.CharField(
        _("key"),
        max_length=60,
        unique=True,
        validators=[validate_key],
        error_messages={
            "unique": _("Another organisation already has this key: choose a different one.")
        },
        help_text=_("Part of calendars that people subscribed to: never change it."),
    )
    name = LocalizedCharField(_("name"), help_text=_("Its own name. Romanian is required."))
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=Kind.choices,
        default=Kind.PARTNER,
        help_text=_("What it is to the city hall."),
    )
    country = models.CharField(
        _("country"),
        max_length=2,
        default="RO",
        help_text=_("Two letters (ISO 3166-1), e.g. RO, HU, FR."),
    )
    url = models.URLField(_("site"), blank=True, help_text=_("Its own site, with https://."))
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Public, no person's."))
    phone = PhoneField(_("telephone"), help_text=_("Public, e.g. 0264 123 456."))
    logo = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("On a light ground."),
    )
    logo_alt = LocalizedCharField(
        _("logo description"),
        blank=True,
        max_length=160,
        help_text=_("What the logo shows, for those who do not see it. Needed with a logo."),
    )

    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("key"), FieldPanel("kind"), FieldPanel("country")]),
                FieldPanel("name"),
            ],
            heading=_("Organisation"),
        ),
        MultiFieldPanel(
            [FieldPanel("url"), FieldRowPanel([FieldPanel("email"), FieldPanel("phone")])],
            heading=_("Contact"),
        ),
        MultiFieldPanel([FieldPanel("logo"), FieldPanel("logo_alt")], heading=_("Logo")),
    ]

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["key"]

    def __str__(self) -> str:
        return str(self.name) or self.key

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and make the logo in the size that pages show, so that no reader waits for it."""
        super().save(*args, **kwargs)
        self.shown_logo()

    def shown_logo(self) -> Rendition | None:
        """The logo in the size that pages show; None without one, or when its file is no image any more."""
        if self.logo is None:
            return None
        try:
            return self.logo.get_rendition(LOGO)
        except (SourceImageIOError, OSError):
            return None

    def clean(self) -> None:
        super().clean()
        if Department.objects.filter(key=self.key).exists():
            raise ValidationError(
                {"key": _("A department has this key, and calendars use both: choose another one.")}
            )
        if self.logo_id and not self.logo_alt:
            raise ValidationError(
                {
                    "logo_alt": _(
                        "Describe the logo for those who do not see it, or leave the logo out."
                    )
                }
            )
