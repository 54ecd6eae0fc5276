"""The public pages of the promotion plan."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField

from campaigns import plan_views
from cms.blocks import BodyBlock
from cms.models import BasePage
from cms.multilingual import LANGUAGES


class PlanPage(RoutablePageMixin, BasePage):
    """The public view of the plans, a year at a time: a table, and a timeline that is a table first."""

    body = StreamField(
        BodyBlock(), verbose_name=_("body"), blank=True, help_text=_("Below the plan; optional.")
    )

    template = "campaigns/plan_page.html"
    page_description = _("The yearly promotion plan as a table and a timeline.")
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1
    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("promotion plan page")
        verbose_name_plural = _("promotion plan pages")

    @path("")
    def index_route(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The plan of the nearest year."""
        return self.render(request, context_overrides=plan_views.plan_context(self, request))

    @path("<int:year>/")
    def year_route(self, request: HttpRequest, year: int) -> HttpResponse:
        """The plan of one year; raises Http404 where it has none that is public."""
        context = plan_views.plan_context(self, request, year)
        if context is None:
            raise Http404
        self.below = dict.fromkeys(LANGUAGES, f"{year}/")
        return self.render(request, context_overrides=context)

    def serve(
        self, request: HttpRequest, view: Any = None, args: Any = None, kwargs: Any = None
    ) -> Any:
        """The page itself comes without a view when `cms.page_urls.route` found it."""
        return super().serve(request, view or self.index_route, args, kwargs)

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        """With the pages of the years."""
        return plan_views.sitemap_urls(self, super().get_sitemap_urls(request))
