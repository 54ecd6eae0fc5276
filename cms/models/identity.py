"""Who speaks on this site."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from cms.multilingual import LocalizedCharField, LocalizedTextField
from cms.romanian import CommaBelowMixin


@register_setting(icon="site")
class SiteIdentity(CommaBelowMixin, BaseGenericSetting):
    """The names in the masthead, the footer and page titles."""

    name = LocalizedCharField(
        _("short name"), blank=True, help_text=_("In the masthead and after every page's title.")
    )
    institution = LocalizedCharField(
        _("institution"), blank=True, help_text=_("The city hall that the directorate belongs to.")
    )
    city = models.CharField(
        _("city"), max_length=80, blank=True, help_text=_("As it stands in addresses.")
    )
    tagline = LocalizedTextField(
        _("description"), blank=True, help_text=_("One sentence for search engines and cards.")
    )
    notice = LocalizedTextField(
        _("footer notice"),
        blank=True,
        help_text=_("A sentence at the foot of every page, e.g. that this is a demonstration."),
    )

    panels = [
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("institution"), FieldPanel("city")], heading=_("Names")
        ),
        FieldPanel("tagline"),
        FieldPanel("notice"),
    ]

    class Meta:
        verbose_name = _("site identity")
