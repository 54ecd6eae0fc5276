"""Where reports and the archive's selections stand in the menu of the register."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from registry.desk.report_views import (
    ReportAgainScreen,
    ReportCsvScreen,
    ReportPrintScreen,
    ReportProgressScreen,
    ReportPublishScreen,
    ReportScreen,
    ReportsScreen,
)
from registry.desk.retention_views import (
    DueCsvScreen,
    RetentionScreen,
    SelectionPrintScreen,
    SelectionScreen,
    SelectScreen,
)
from registry.desk.screens import menu_item_for


class ReportViewSet(ViewSet):
    """Reports on petitions and on public information."""

    name = "registry_reports"
    url_prefix = "registru/reports"
    icon = "doc-full-inverse"
    menu_label = _("Reports")
    menu_item_class = menu_item_for(ReportsScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ReportsScreen.as_view(), name="index"),
            path("<int:pk>/", ReportScreen.as_view(), name="report"),
            path("<int:pk>/csv/", ReportCsvScreen.as_view(), name="csv"),
            path("<int:pk>/print/", ReportPrintScreen.as_view(), name="print"),
            path("<int:pk>/progress/", ReportProgressScreen.as_view(), name="progress"),
            path("<int:pk>/publish/", ReportPublishScreen.as_view(), name="publish"),
            path("<int:pk>/again/", ReportAgainScreen.as_view(), name="again"),
        ]


class RetentionViewSet(ViewSet):
    """What may leave the archive, and the minutes by which it did."""

    name = "registry_retention"
    url_prefix = "registru/retention"
    icon = "bin"
    menu_label = _("Archive: selection")
    menu_item_class = menu_item_for(RetentionScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", RetentionScreen.as_view(), name="index"),
            path("csv/", DueCsvScreen.as_view(), name="csv"),
            path("select/", SelectScreen.as_view(), name="select"),
            path("<int:pk>/", SelectionScreen.as_view(), name="selection"),
            path("<int:pk>/print/", SelectionPrintScreen.as_view(), name="print"),
        ]
