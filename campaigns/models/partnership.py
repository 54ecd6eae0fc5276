"""Partnerships: agreements with their parties and terms, and the call for new ones."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    PageChooserPanel,
    TabbedInterface,
)
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from campaigns import partner_call, partnership_detail, partnership_listing
from campaigns.enums import Field, Level, Standing
from campaigns.forms import SharedFactsForm
from campaigns.models.shared import SharedFactsPage
from campaigns.models.strategy import Objective
from campaigns.querysets import PartnershipManager
from campaigns.terms import standing_on
from cms.blocks import BodyBlock
from cms.models import BasePage
from contacts.models import Department
from events.panels import SharedInlinePanel


class PartnershipIndexPage(BasePage):
    """All partnerships, by field, country, standing and level."""

    body = StreamField(
        BodyBlock(), verbose_name=_("body"), blank=True, help_text=_("Below the list; optional.")
    )

    template = "campaigns/partnership_index_page.html"
    page_description = _("All partnerships, filtered by field, country, standing and level.")
    subpage_types: ClassVar[list[str]] = ["campaigns.PartnershipPage", "campaigns.PartnerCallPage"]
    max_count_per_parent = 1
    content_panels = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("partnerships page")
        verbose_name_plural = _("partnerships pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        partnerships = PartnershipPage.objects.all()
        context.update(partnership_listing.index_context(self, request, partnerships))
        return context


_FACTS = [
    "level",
    "field",
    "decision_number",
    "decision_date",
    "starts_on",
    "ends_on",
    "department",
    "objectives",
    "parties",
    "document_links",
]


class PartnershipPage(SharedFactsPage):
    """One partnership: a dated agreement, and what came of it."""

    level = models.CharField(_("level"), max_length=14, choices=Level.choices, default=Level.LOCAL)
    field = models.CharField(
        _("field"), max_length=12, choices=Field.choices, default=Field.CULTURE
    )
    decision_number = models.CharField(
        _("council decision"), max_length=60, blank=True, help_text=_("Number and year: 123/2026.")
    )
    decision_date = models.DateField(_("of"), null=True, blank=True)
    starts_on = models.DateField(_("in force from"), null=True, blank=True)
    ends_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("Empty: for an indefinite time.")
    )
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("department in charge"),
    )
    objectives = ParentalManyToManyField(
        Objective, verbose_name=_("objectives"), blank=True, related_name="partnerships"
    )
    body = StreamField(
        BodyBlock(), verbose_name=_("purpose"), blank=True, help_text=_("What it is for.")
    )

    template = "campaigns/partnership_page.html"
    base_form_class = SharedFactsForm
    page_description = _("A partnership: its agreement, its parties, and what came of it.")
    parent_page_types: ClassVar[list[str]] = ["campaigns.PartnershipIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    prose_panels = [*BasePage.content_panels, FieldPanel("body")]
    fact_panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("level"), FieldPanel("field")]),
                FieldRowPanel([FieldPanel("decision_number"), FieldPanel("decision_date")]),
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
                FieldPanel("department"),
            ],
            heading=_("Agreement"),
        ),
        SharedInlinePanel("parties", heading=_("Parties"), label=_("party")),
        FieldPanel("objectives", widget=forms.CheckboxSelectMultiple),
        SharedInlinePanel("document_links", heading=_("Documents"), label=_("document")),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(prose_panels, heading=_("Text")),
            ObjectList(fact_panels, heading=_("Agreement")),
            ObjectList(BasePage.promote_panels, heading=_("Promote")),
            ObjectList(BasePage.settings_panels, heading=_("Settings")),
        ]
    )
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body"),
        index.FilterField("level"),
        index.FilterField("field"),
    ]
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField(name, overridable=False) for name in _FACTS
    ]

    objects: ClassVar[Any] = PartnershipManager()

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")

    def clean(self) -> None:
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError(
                {"ends_on": _("It ends before it begins: choose the same day or a later one.")}
            )

    def standing(self, today: date) -> Standing:
        """Where it stands on the local day `today`."""
        return standing_on(self.starts_on, self.ends_on, today)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context.update(partnership_detail.page_context(self, request))
        return context


class PartnerCallPage(SharedFactsPage):
    """The call for partners; proposals come through the register's own form."""

    closes_on = models.DateField(
        _("open until"), null=True, blank=True, help_text=_("Empty: always open.")
    )
    form_page = models.ForeignKey(
        Page,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("form"),
        help_text=_("The page on which proposals are sent; readers are led to their language."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)

    template = "campaigns/partner_call_page.html"
    base_form_class = SharedFactsForm
    page_description = _("What partners are sought for, and the way to propose.")
    parent_page_types: ClassVar[list[str]] = ["campaigns.PartnershipIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels = [
        *BasePage.content_panels,
        FieldRowPanel([FieldPanel("closes_on"), PageChooserPanel("form_page")]),
        FieldPanel("body"),
    ]
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField("closes_on", overridable=False),
        SynchronizedField("form_page", overridable=False),
    ]

    class Meta:
        verbose_name = _("call for partners")
        verbose_name_plural = _("calls for partners")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context.update(partner_call.page_context(self, request))
        return context
