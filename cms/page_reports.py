"""What reports on pages share: whose pages they show, and files in which no spreadsheet runs anything."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.models import Page
from wagtail.permissions import policy_registry

from cms.sheets.safe_cells import safe_cell

TITLE: Final = "report-title"
MINOR: Final = "report-minor"
"""Classes of columns: titles keep their width on narrow screens, where what is of less weight is left out."""


def edits_pages(user: Any) -> bool:
    """Whether `user` may edit any page at all; no query once Wagtail has read the user's rights."""
    return bool(policy_registry.get_by_type(Page).user_has_any_permission(user, {"change"}))


def editable_pages(user: Any) -> Any:
    """The pages that `user` may edit."""
    policy = policy_registry.get_by_type(Page)
    return policy.instances_user_has_permission_for(user, "change").filter(depth__gt=1)


class SafeExport:
    """For report views: no cell of a CSV file is a formula. Wagtail's XLSX has texts only, too."""

    FORMAT_CSV: str

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """As Wagtail has it; texts of CSV files are made safe."""
        made = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        if export_format == self.FORMAT_CSV and isinstance(made, str):
            return safe_cell(made)
        return made


class EmptyMarkColumn(Column):
    """A column whose empty cells are told: a dash, for the eye and for a screen reader alike."""

    empty_value_display = "–"


class MaybeTagColumn(StatusTagColumn):
    """A status, or a dash where there is nothing to say."""

    cell_template_name = "wagtailadmin/cms/maybe_tag_cell.html"


class EditColumn(TitleColumn):
    """The title of a page, leading to its editor. `page_id`: the attribute that holds the page's key."""

    def __init__(self, name: str, page_id: str = "pk", **kwargs: Any) -> None:
        super().__init__(
            name,
            get_url=lambda row: reverse("wagtailadmin_pages:edit", args=[getattr(row, page_id)]),
            classname=TITLE,
            **kwargs,
        )


@method_decorator(never_cache, name="dispatch")
class OwnPagesReport(SafeExport, ReportView):
    """A report on the pages that its reader may edit; closed to those who may edit none."""

    model = Page
    any_permission_required = ["change"]
    nothing: Any = ""
    """What the empty report says where nobody has filtered it: good news."""

    @property
    def no_results_message(self) -> Any:
        """Good news, or that nothing is as it was asked for."""
        if self.nothing and not (self.request.GET.keys() - {self.page_kwarg}):
            return self.nothing
        return _("No page is as you asked for.")

    def own_pages(self) -> Any:
        """What the report begins with, ordered by nothing."""
        return editable_pages(self.request.user).order_by()


class EditorsItem(MenuItem):
    """An entry of the menu for those who may edit pages."""

    def is_shown(self, request: HttpRequest) -> bool:
        return edits_pages(request.user)


def report_urls(address: str, view: type[ReportView], name: str) -> list[URLPattern]:
    """The two addresses of a report: the page, and its results alone."""
    return [
        path(address, view.as_view(), name=name),
        path(f"{address}results/", view.as_view(results_only=True), name=f"{name}_results"),
    ]
