"""The public pages of the register: the form, and the tracking of what was sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.fields import RichTextField

from cms.models import BasePage
from cms.multilingual import SOURCE_LANGUAGE
from contacts.models import Department
from registry.models.kinds import EntryKind
from registry.models.registers import Register


class PetitionPage(RoutablePageMixin, BasePage):
    """The form. What is asked is the same for everybody; the editor sets what is said around it."""

    register = models.ForeignKey(
        Register,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("register"),
        help_text=_("What is sent gets its number there."),
    )
    kinds = ParentalManyToManyField(
        EntryKind,
        blank=True,
        related_name="+",
        verbose_name=_("kinds"),
        help_text=_("Which kinds this form offers; none chosen: all that are offered in forms."),
    )
    departments = ParentalManyToManyField(
        Department,
        blank=True,
        related_name="+",
        verbose_name=_("departments"),
        help_text=_("Which departments can be chosen; none: only “I don't know”."),
    )
    introduction = RichTextField(
        _("introduction"), blank=True, help_text=_("Above the form: who answers and when.")
    )
    notice = RichTextField(
        _("information notice"),
        blank=True,
        help_text=_("How personal data is used: legal duty, for how long, which rights."),
    )

    template = "registry/petition_page.html"
    page_description = _("The form for petitions, with its receipts.")
    allowed_http_methods = ["GET", "HEAD", "OPTIONS", "POST"]
    subpage_types: ClassVar[list[str]] = ["registry.TrackingPage"]

    class Meta:
        verbose_name = _("petition form page")
        verbose_name_plural = _("petition form pages")

    @cached_property
    def source(self) -> PetitionPage:
        """The version in the source language: register, kinds and departments are its, in every language."""
        if self.locale.language_code == SOURCE_LANGUAGE:
            return self
        found = PetitionPage.objects.filter(
            translation_key=self.translation_key, locale__language_code=SOURCE_LANGUAGE
        ).first()
        return found or self


class TrackingPage(BasePage):
    """Where a petitioner follows a petition, by its number and code."""

    template = "registry/tracking_page.html"
    page_description = _("Tracking of petitions by number and code.")
    allowed_http_methods = ["GET", "HEAD", "OPTIONS", "POST"]
    parent_page_types: ClassVar[list[str]] = ["registry.PetitionPage"]
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("tracking page")
        verbose_name_plural = _("tracking pages")
