"""The abstract page that every page type extends, and the two plain types."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

from cms.blocks import BodyBlock
from cms.page_urls import SiteRoots, site_roots, url_below
from cms.querysets import PageFamily
from cms.romanian import CommaBelowMixin
from cms.search import find
from cms.translation_status import TranslationNotice, translation_notice


class BasePage(CommaBelowMixin, Page):
    """What all pages share: a summary and honest notices about their language.

    The Wagtail page model itself is not swapped: wagtail-localize would break on it without a word.
    """

    summary = models.TextField(
        _("summary"),
        blank=True,
        max_length=500,
        help_text=_("The answer in one or two sentences: stands under the title and in lists."),
    )
    # The home pages as the request knows them that this page was found for; None: ask for them.
    known_roots: SiteRoots | None = None
    # Of a day that passes, like an event or a news item: nobody is asked to look whether it is still right.
    passes: ClassVar[bool] = False
    # What follows the address of each language's version ("2014-2020/3-2/") while a page that routes by itself shows
    # what stands below its own address. Part of the full address too: that is the one of what is shown.
    below: Mapping[str, str] = MappingProxyType({})
    allowed_http_methods = ["GET", "HEAD", "OPTIONS"]
    show_in_menus_default = False

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("summary")]
    search_fields: ClassVar[list[Any]] = [*Page.search_fields, index.SearchField("summary")]

    class Meta:
        abstract = True

    @cached_property
    def family(self) -> PageFamily:
        """This page's versions and the pages above it: one query, which also tells its locale."""
        family = PageFamily.of(self)
        if family.lineage:
            self.locale = family.lineage[-1].locale
        return family

    @property
    def live_translations(self) -> dict[str, Page]:
        """This page's live versions by language code, itself included."""
        return self.family.translations

    @cached_property
    def translation_notice(self) -> TranslationNotice | None:
        """What to tell readers about the language of this page, None where there is nothing to tell."""
        return translation_notice(self)

    @property
    def content_language(self) -> str:
        """The code of the language that the prose of this page is in."""
        notice = self.translation_notice
        return notice.language if notice else self.locale.language_code

    def address_of(self, page: Page, request: HttpRequest | None = None) -> str:
        """The address of `page` on this site, "" when it is not served; no query where this page is served itself."""
        roots = self.known_roots if request is None else None
        if roots is None:
            roots = site_roots(request)
        return url_below(roots, page.url_path)

    def get_url(self, request: HttpRequest | None = None, current_site: Any = None) -> Any:
        """The address on this site, whatever host asked; None when it is not served."""
        return self.address_of(self, request) or None

    url = property(get_url)

    def get_full_url(self, request: HttpRequest | None = None) -> str | None:
        """The address under the site's own base address, whatever host asked; None when it is not served."""
        path = self.address_of(self, request) if self.pk else ""
        if not path:
            return None
        below = self.below.get(self.locale.language_code, "") if self.below else ""
        return f"{settings.AGORA_BASE_URL.rstrip('/')}{path}{below}"

    full_url = property(get_full_url)

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """Wagtail's rule; for most pages the family has told already that nothing restricts them."""
        restrictions = self.family.view_restrictions()
        if restrictions is None:
            restrictions = super().get_view_restrictions()
        return restrictions

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        notice = self.translation_notice
        if notice and notice.language != self.locale.language_code:
            context["content_lang"] = notice.language
        return context


class StandardPage(BasePage):
    """A page of prose."""

    body = StreamField(
        BodyBlock(), verbose_name=_("body"), blank=True, help_text=_("Build it from blocks.")
    )

    template = "cms/standard_page.html"
    page_description = _("A page of text, lists, images and documents.")
    content_panels = [*BasePage.content_panels, FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")


class SearchPage(BasePage):
    """The site's search: pages, departments, places and phones by any spelling."""

    template = "cms/search_page.html"
    page_description = _("The search page; one is enough.")
    max_count_per_parent = 1
    subpage_types: ClassVar[list[str]] = []

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        """None: results are not for other search engines."""
        return []

    class Meta:
        verbose_name = _("search page")
        verbose_name_plural = _("search pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        query = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:200]
        context["query"] = query
        context["hits"] = find(request, query) if query else []
        context["searched"] = bool(query)
        return context
