"""Campaigns and news in the admin's menu: their listings, with the stage and what waits."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn
from wagtail.admin.views.pages.choose_parent import ChooseParentView
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.models import Page

from campaigns.enums import Stage
from campaigns.models import CampaignIndexPage, CampaignPage, NewsIndexPage, NewsPage
from cms.multilingual import SOURCE_LANGUAGE
from cms.page_listing import WordSearchMixin
from contacts.models import Department
from events.viewsets import SourceTitleColumn, with_untranslated, works_in


def _day(value: Any) -> str:
    return date_format(value, pgettext("date", "j F Y")) if value else "–"


class SourceListingView(WordSearchMixin, IndexView):
    """Romanian pages only: the others follow them. For those who work in their section."""

    section: type[Page] = CampaignIndexPage

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Raises PermissionDenied for whoever does not."""
        if not works_in(request.user, self.section):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().filter(locale__language_code=SOURCE_LANGUAGE)

    def annotate_queryset(self, pages: Any) -> Any:
        """Everything that a row shows, without a query for each."""
        return with_untranslated(super().annotate_queryset(pages).defer_streamfields())


class ChooseSourceParentView(ChooseParentView):
    """Where a new page goes: the Romanian index, without asking when there is one."""

    def get_valid_parent_pages(self, user: Any) -> Any:
        parents = super().get_valid_parent_pages(user)
        return parents.filter(locale__language_code=SOURCE_LANGUAGE)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Raises PermissionDenied for whoever may add none."""
        if not self.get_valid_parent_pages(request.user).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class CampaignFilterSet(WagtailFilterSet):
    stage = django_filters.MultipleChoiceFilter(
        label=_("Stage"), choices=Stage.choices, widget=forms.CheckboxSelectMultiple
    )
    department = django_filters.ModelChoiceFilter(
        label=_("Contact"), queryset=Department.objects.all(), empty_label=_("Any department")
    )

    class Meta:
        model = CampaignPage
        fields: list[str] = []


class CampaignListingView(SourceListingView):
    """All campaigns with their stage and days."""

    page_title = _("Campaigns")
    add_item_label = _("Add campaign")
    base_columns = columns = [
        BulkActionsColumn("bulk_actions"),
        SourceTitleColumn(
            "title",
            label=_("Title"),
            accessor="get_admin_display_title",
            sort_key="title",
            classname="title",
        ),
        Column("stage", label=_("Stage"), accessor="get_stage_display", sort_key="stage"),
        Column(
            "starts_on",
            label=_("First day"),
            accessor=lambda page: _day(page.starts_on),
            sort_key="starts_on",
        ),
        Column(
            "ends_on",
            label=_("Last day"),
            accessor=lambda page: _day(page.ends_on),
            sort_key="ends_on",
        ),
        PageStatusColumn("status", label=_("Status"), sort_key="live"),
    ]
    default_ordering = "-starts_on"


class NewsFilterSet(WagtailFilterSet):
    department = django_filters.ModelChoiceFilter(
        label=_("Department"), queryset=Department.objects.all(), empty_label=_("Any department")
    )
    on_home = django_filters.BooleanFilter(label=_("On the home page"))

    class Meta:
        model = NewsPage
        fields: list[str] = []


class NewsListingView(SourceListingView):
    """All news, the newest first."""

    section = NewsIndexPage
    page_title = pgettext_lazy("pieces of news", "News")
    add_item_label = _("Add a piece of news")
    base_columns = columns = [
        BulkActionsColumn("bulk_actions"),
        SourceTitleColumn(
            "title",
            label=_("Title"),
            accessor="get_admin_display_title",
            sort_key="title",
            classname="title",
        ),
        Column(
            "published_on",
            label=_("Day"),
            accessor=lambda page: _day(page.published_on),
            sort_key="published_on",
        ),
        PageStatusColumn("status", label=_("Status"), sort_key="live"),
    ]
    default_ordering = "-published_on"


class PagesMenuItem(MenuItem):
    """For those for whom the listing would open."""

    section: type[Page] = CampaignIndexPage

    def is_shown(self, request: HttpRequest) -> bool:
        return works_in(request.user, self.section)


class NewsMenuItem(PagesMenuItem):
    section = NewsIndexPage


class CampaignListing(PageListingViewSet):
    name = "campaign_listing"
    url_prefix = "campanii"
    model = CampaignPage
    icon = "megaphone"
    menu_label = _("All campaigns")
    menu_name = "all-campaigns"
    menu_item_class = PagesMenuItem
    index_view_class = CampaignListingView
    choose_parent_view_class = ChooseSourceParentView
    filterset_class = CampaignFilterSet
    export_filename = "campanii"


class NewsListing(PageListingViewSet):
    name = "news_listing"
    url_prefix = "noutati"
    model = NewsPage
    icon = "doc-full"
    menu_label = pgettext_lazy("pieces of news", "News")
    menu_name = "news"
    menu_item_class = NewsMenuItem
    index_view_class = NewsListingView
    choose_parent_view_class = ChooseSourceParentView
    filterset_class = NewsFilterSet
    export_filename = "noutati"


class CampaignsGroup(ViewSetGroup):
    """The menu “Campaigns”."""

    items = (CampaignListing, NewsListing)
    menu_label = _("Campaigns")
    menu_name = "campaigns"
    menu_icon = "megaphone"
    menu_order = 210
