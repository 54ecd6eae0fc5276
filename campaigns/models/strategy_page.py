"""The public pages of the strategy."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField

from campaigns import objective_views
from cms.blocks import BodyBlock
from cms.models import BasePage
from cms.multilingual import LANGUAGES


class StrategyPage(RoutablePageMixin, BasePage):
    """The objectives of each edition, and a page for each with what was done for it."""

    body = StreamField(
        BodyBlock(), verbose_name=_("body"), blank=True, help_text=_("Below the list; optional.")
    )

    template = "campaigns/strategy_page.html"
    page_description = _("The objectives of the strategy, with what was done for each.")
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1
    content_panels = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("strategy page")
        verbose_name_plural = _("strategy pages")

    @path("")
    def index_route(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """All editions."""
        return self.render(request, context_overrides=objective_views.index_context(self, request))

    @path("<slug:edition>/")
    def edition_route(self, request: HttpRequest, edition: str) -> HttpResponse:
        """One edition; raises Http404 where there is none with this key."""
        context = objective_views.index_context(self, request, edition)
        return self._show_below(request, f"{edition}/", context)

    @path("<slug:edition>/<slug:code>/")
    def objective_route(self, request: HttpRequest, edition: str, code: str) -> HttpResponse:
        """What was done for one objective; raises Http404 where there is none."""
        context = objective_views.objective_context(self, request, edition, code)
        return self._show_below(
            request, f"{edition}/{code}/", context, template="campaigns/objective_page.html"
        )

    def _show_below(
        self,
        request: HttpRequest,
        below: str,
        context: dict[str, Any] | None,
        template: str | None = None,
    ) -> HttpResponse:
        if context is None:
            raise Http404
        self.below = dict.fromkeys(LANGUAGES, below)
        return self.render(request, context_overrides=context, template=template)

    def serve(
        self, request: HttpRequest, view: Any = None, args: Any = None, kwargs: Any = None
    ) -> Any:
        """The page itself comes without a view when `cms.page_urls.route` found it."""
        return super().serve(request, view or self.index_route, args, kwargs)

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        """With the pages of the objectives."""
        return objective_views.sitemap_urls(self, super().get_sitemap_urls(request))
