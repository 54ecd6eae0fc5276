"""Short news, for the home page, campaigns and departments."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from campaigns import news
from campaigns.forms import SharedFactsForm
from campaigns.images import make_sizes
from campaigns.models.campaign import CampaignPage
from campaigns.models.shared import SharedFactsPage, image_field
from cms.blocks import BodyBlock
from cms.models import BasePage
from cms.multilingual import SOURCE_LANGUAGE
from contacts.models import Department


class NewsIndexPage(BasePage):
    """All news, the newest first, and their feed (RSS)."""

    template = "campaigns/news_index_page.html"
    page_description = _("All news, the newest first, with a feed.")
    subpage_types: ClassVar[list[str]] = ["campaigns.NewsPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("news page")
        verbose_name_plural = _("news pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context.update(news.news_index_context(self, NewsPage.objects.all(), request))
        return context


class NewsPage(SharedFactsPage):
    """A short piece of news."""

    published_on = models.DateField(
        _("day"),
        null=True,
        blank=True,
        help_text=_("Stands beside it; empty: the first publishing."),
    )
    image = image_field(verbose_name=_("image"))
    image_alt = models.CharField(
        _("image description"),
        max_length=200,
        blank=True,
        help_text=_("What is to be seen, for those who do not see it."),
    )
    campaign = models.ForeignKey(
        CampaignPage,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="news",
        verbose_name=_("campaign"),
    )
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="news",
        verbose_name=_("department"),
    )
    on_home = models.BooleanField(_("on the home page"), default=True)
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)

    template = "campaigns/news_page.html"
    page_description = _("A short piece of news.")
    base_form_class = SharedFactsForm
    # Set by the editors' form while a draft is saved, which may lack what readers need.
    may_be_incomplete = False
    parent_page_types: ClassVar[list[str]] = ["campaigns.NewsIndexPage"]
    passes: ClassVar[bool] = True
    subpage_types: ClassVar[list[str]] = []
    content_panels = [
        *BasePage.content_panels,
        FieldRowPanel([FieldPanel("published_on"), FieldPanel("on_home")]),
        MultiFieldPanel([FieldPanel("image"), FieldPanel("image_alt")], heading=_("Image")),
        FieldRowPanel([FieldPanel("campaign"), FieldPanel("department")]),
        FieldPanel("body"),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField(name, overridable=False)
        for name in ("published_on", "image", "campaign", "department", "on_home")
    ]

    class Meta:
        verbose_name = _("piece of news")
        verbose_name_plural = _("news")

    def clean(self) -> None:
        """An image is described before it is shown."""
        super().clean()
        if self.may_be_incomplete or not self.is_source:
            return
        if self.image_id and not self.image_alt.strip():
            raise ValidationError(
                {
                    "image_alt": _(
                        "Describe the image for those who do not see it: one sentence on what is to be seen."
                    )
                }
            )

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Once it is published it has its day, and it is about the Romanian page of its campaign."""
        super().full_clean(*args, **kwargs)
        if not self.is_source:
            return
        if self.live and self.published_on is None:
            self.published_on = timezone.localdate(self.first_published_at)
        if self.campaign and not self.campaign.is_source:
            self.campaign = (
                CampaignPage.objects.filter(
                    translation_key=self.campaign.translation_key,
                    locale__language_code=SOURCE_LANGUAGE,
                ).first()
                or self.campaign
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        if self.live and self.is_source and kwargs.get("update_fields") is None:
            make_sizes(self.image_id)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context.update(news.news_context(self, CampaignPage.public(), request))
        return context
