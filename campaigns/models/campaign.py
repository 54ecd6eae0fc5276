"""Campaigns: from the brief to the evaluation, with their events, partners, channels and documents."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    PageChooserPanel,
    TabbedInterface,
)
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from campaigns import codes, detail, listing
from campaigns.enums import ChannelKind, Stage
from campaigns.forms import CampaignCopyForm, CampaignPageForm
from campaigns.images import make_sizes
from campaigns.models.shared import SharedFactsPage, image_field
from campaigns.models.strategy import Objective
from campaigns.panels import StagePanel
from cms.blocks import BodyBlock
from cms.models import BasePage
from cms.multilingual import LocalizedCharField
from cms.romanian import CommaBelowMixin
from contacts.models import Department, Organisation
from events.models import Audience, CalendarState, EventPage
from events.panels import SharedInlinePanel
from locations.models.place import validate_key


class CampaignIndexPage(BasePage):
    """Campaigns that run, that come, and that are over."""

    body = StreamField(
        BodyBlock(), verbose_name=_("body"), blank=True, help_text=_("Below the list; optional.")
    )

    template = "campaigns/campaign_index_page.html"
    page_description = _("All campaigns: current, coming and past.")
    subpage_types: ClassVar[list[str]] = ["campaigns.CampaignPage"]
    max_count_per_parent = 1
    content_panels = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("campaigns page")
        verbose_name_plural = _("campaigns pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context.update(listing.index_context(CampaignPage.public(), request))
        return context


_FACTS = [
    "key",
    "stage",
    "starts_on",
    "ends_on",
    "department",
    "image",
    "image_credit",
    "share_image",
    "audiences",
    "objectives",
    "evaluation",
    "goals",
    "event_links",
    "partner_links",
    "document_links",
    "channels",
]


class CampaignPage(SharedFactsPage):
    """One campaign. Its facts hold in every language and are edited on the Romanian page."""

    key = models.CharField(
        _("key"),
        max_length=60,
        blank=True,
        validators=[validate_key],
        help_text=_("Part of its calendar, that people subscribe to: never change it."),
    )
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.BRIEF)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("contact"),
        help_text=_("Who answers questions."),
    )
    image = image_field(verbose_name=_("image"), help_text=_("At the head of the page."))
    image_alt = models.CharField(
        _("image description"),
        max_length=200,
        blank=True,
        help_text=_("What is to be seen, for those who do not see it."),
    )
    image_credit = models.CharField(_("image credit"), max_length=120, blank=True)
    share_image = image_field(
        verbose_name=_("image for sharing"),
        help_text=_("1200 × 630 pixels; empty: the image at the head."),
    )
    audiences = ParentalManyToManyField(Audience, verbose_name=_("audiences"), blank=True)
    objectives = ParentalManyToManyField(
        Objective,
        verbose_name=_("objectives"),
        blank=True,
        related_name="campaigns",
        help_text=_("What of the strategy it serves."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("story"), blank=True)
    press = RichTextField(
        _("for the press"),
        blank=True,
        features=["bold", "italic", "link", "document-link", "ul"],
        help_text=_("What journalists may use, with a person to ask."),
    )
    evaluation = models.TextField(
        _("evaluation"),
        blank=True,
        max_length=5000,
        help_text=_(
            "What it brought, against its goals. Asked for before the archive; not public."
        ),
    )

    template = "campaigns/campaign_page.html"
    page_description = _("A campaign with its story, events, partners and channels.")
    parent_page_types: ClassVar[list[str]] = ["campaigns.CampaignIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    base_form_class = CampaignPageForm
    copy_form_class = CampaignCopyForm
    # Another campaign has its own calendar, short links and evaluation.
    exclude_fields_in_copy = ["key", "stage", "evaluation", "channels"]
    # Set by the editors' form while a draft is saved, which may lack what readers need.
    may_be_incomplete = False

    prose_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("image"),
                FieldPanel("image_alt"),
                FieldPanel("image_credit"),
                FieldPanel("share_image"),
            ],
            heading=_("Images"),
        ),
        FieldPanel("body"),
        FieldPanel("press"),
    ]
    fact_panels = [
        MultiFieldPanel(
            [
                StagePanel(),
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
                FieldRowPanel([FieldPanel("department"), FieldPanel("key")]),
            ],
            heading=_("Campaign"),
        ),
        SharedInlinePanel("goals", heading=_("Goals"), label=_("goal")),
        MultiFieldPanel(
            [
                FieldPanel("audiences", widget=forms.CheckboxSelectMultiple),
                FieldPanel("objectives", widget=forms.CheckboxSelectMultiple),
            ],
            heading=_("For whom and what for"),
        ),
        SharedInlinePanel("event_links", heading=_("Events"), label=_("event of the campaign")),
        SharedInlinePanel("partner_links", heading=_("Partners"), label=_("partner")),
        SharedInlinePanel("document_links", heading=_("Documents"), label=_("document")),
    ]
    channel_panels = [
        SharedInlinePanel("channels", heading=_("Channels"), label=_("channel")),
        FieldPanel("evaluation"),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(prose_panels, heading=_("Text")),
            ObjectList(fact_panels, heading=_("Plan")),
            ObjectList(channel_panels, heading=_("Channels and evaluation")),
            ObjectList(BasePage.promote_panels, heading=_("Promote")),
            ObjectList(BasePage.settings_panels, heading=_("Settings")),
        ]
    )
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body"),
        index.FilterField("stage"),
    ]
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField(name, overridable=False) for name in _FACTS
    ]

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")

    @classmethod
    def known_facts(cls) -> models.QuerySet[Any]:
        """Those of campaigns that are more than a brief."""
        return super().known_facts().exclude(stage=Stage.BRIEF)

    @property
    def is_withheld(self) -> bool:
        """A brief is for its editors alone, published or not."""
        return super().is_withheld or (self.is_source and not Stage(self.stage).is_public)

    def clean(self) -> None:
        """Refuse what cannot be; what readers would miss is refused when they are to read it."""
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError(
                {"ends_on": _("It ends before it begins: choose the same day or a later one.")}
            )
        if self.may_be_incomplete or not self.is_source:
            return
        missing: dict[str, Any] = {}
        if self.image_id and not self.image_alt.strip():
            missing["image_alt"] = _(
                "Describe the image for those who do not see it: one sentence on what is to be seen."
            )
        if self.stage == Stage.ARCHIVED and not self.evaluation.strip():
            missing["evaluation"] = _("Write what the campaign brought before it is archived.")
        try:
            # Approval and set times publish what no form has looked at.
            codes.require_own_key(self, self.key)
        except ValidationError as error:
            missing["key"] = error
        if missing:
            raise ValidationError(missing)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Whatever is saved has its key and its short links."""
        super().full_clean(*args, **kwargs)
        self.fill_in()

    def minimal_clean(self) -> None:
        """The same for drafts."""
        super().minimal_clean()
        self.fill_in()

    def fill_in(self) -> None:
        """Make the key and the short links that are still empty."""
        if not self.is_source:
            return
        if not self.key and (self.slug or self.title):
            self.key = codes.free_key(self)
        codes.fill_in(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; what its calendar holds, and what it is called, may be another afterwards."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            if kwargs.get("update_fields") is None:
                CalendarState.bump()
                if self.live and self.is_source:
                    make_sizes(self.image_id, self.share_image_id)

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """A draft's short links are printed before it is published."""
        self.fill_in()
        return super().save_revision(*args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context.update(detail.campaign_context(self, request))
        return context


class CampaignGoal(CommaBelowMixin, Orderable):
    """What a campaign wants to reach, and what it reached."""

    page = ParentalKey(CampaignPage, on_delete=models.CASCADE, related_name="goals")
    title = LocalizedCharField(_("goal"), max_length=200, help_text=_("Romanian is required."))
    target = models.CharField(_("target"), max_length=80, blank=True, help_text=_("E.g. 2000."))
    result = models.CharField(_("reached"), max_length=80, blank=True)

    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("target"), FieldPanel("result")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("goal")
        verbose_name_plural = _("goals")

    def __str__(self) -> str:
        return str(self.title)


class CampaignEvent(Orderable):
    """An event of a campaign; the campaign's calendar holds it."""

    page = ParentalKey(CampaignPage, on_delete=models.CASCADE, related_name="event_links")
    event_page = models.ForeignKey(
        EventPage,
        on_delete=models.CASCADE,
        related_name="campaign_links",
        verbose_name=_("event"),
        help_text=_("The Romanian page; readers are led to their language."),
    )

    panels = [PageChooserPanel("event_page")]

    class Meta(Orderable.Meta):
        verbose_name = _("event of a campaign")
        verbose_name_plural = _("events of campaigns")

    def __str__(self) -> str:
        return str(self.event_page)


class CampaignPartner(Orderable):
    """An organisation that helps a campaign."""

    page = ParentalKey(CampaignPage, on_delete=models.CASCADE, related_name="partner_links")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="campaign_links",
        verbose_name=_("organisation"),
    )

    panels = [FieldPanel("organisation")]

    class Meta(Orderable.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return str(self.organisation)


class CampaignDocument(Orderable):
    """A file to take away."""

    page = ParentalKey(CampaignPage, on_delete=models.CASCADE, related_name="document_links")
    document = models.ForeignKey(
        "wagtaildocs.Document",
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("document"),
    )

    panels = [FieldPanel("document")]

    class Meta(Orderable.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return str(self.document)


class CampaignChannel(CommaBelowMixin, Orderable):
    """A place where a campaign is told of, with a short link of its own."""

    page = ParentalKey(CampaignPage, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(
        _("channel"), max_length=10, choices=ChannelKind.choices, default=ChannelKind.POSTER
    )
    name = models.CharField(_("which"), max_length=120, help_text=_("E.g. “posters in buses”."))
    code = models.CharField(
        _("short link"),
        max_length=12,
        blank=True,
        validators=[RegexValidator(r"^[a-z0-9-]{3,12}$")],
        help_text=_("3 to 12 small letters, figures, dashes. Printed: never change it."),
    )

    panels = [FieldRowPanel([FieldPanel("kind"), FieldPanel("name"), FieldPanel("code")])]

    class Meta(Orderable.Meta):
        verbose_name = _("channel")
        verbose_name_plural = _("channels")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"


class ChannelCount(models.Model):
    """How often a short link was followed on a local day: a number, nothing about who followed it."""

    code = models.CharField(max_length=12)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    changes_pages = False

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["code", "day"], name="campaigns_count_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.day:%d.%m.%Y} {self.count}"
