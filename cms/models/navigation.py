"""Menus: one row for all languages, resolved to the reader's language when shown."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable

from cms.multilingual import LocalizedCharField
from cms.romanian import CommaBelowMixin


class Menu(ClusterableModel):
    """A named list of links that a template shows."""

    class Place(models.TextChoices):
        MAIN = "main", _("main navigation")
        FOOTER = "footer", _("footer")

    place = models.CharField(
        _("where"),
        max_length=16,
        choices=Place.choices,
        unique=True,
        help_text=_("Each place has one menu."),
    )

    panels = [FieldPanel("place"), InlinePanel("items", heading=_("Links"), label=_("link"))]

    class Meta:
        verbose_name = _("menu")
        verbose_name_plural = _("menus")

    def __str__(self) -> str:
        return str(self.get_place_display())


class MenuItem(CommaBelowMixin, Orderable):
    """A link to a page (in the reader's language) or to another address."""

    menu = ParentalKey(Menu, on_delete=models.CASCADE, related_name="items")
    page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Choose the Romanian page; readers are led to their language."),
    )
    url = models.CharField(
        _("address"), max_length=255, blank=True, help_text=_("Instead of a page: a full address.")
    )
    title = LocalizedCharField(
        _("text"), blank=True, max_length=60, help_text=_("Empty: the page's own title.")
    )

    panels = [FieldRowPanel([FieldPanel("page"), FieldPanel("url")]), FieldPanel("title")]

    class Meta(Orderable.Meta):
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return str(self.title) or (self.page.title if self.page else self.url)

    def clean(self) -> None:
        super().clean()
        if bool(self.page) == bool(self.url):
            raise ValidationError({"page": _("Choose a page or write an address, one of the two.")})
        if self.url and not self.url.startswith(("https://", "http://", "/", "mailto:", "tel:")):
            raise ValidationError(
                {"url": _("Write the full address, beginning with https:// or with /.")}
            )
        if self.url and not self.title:
            raise ValidationError({"title": _("An address needs a text.")})
