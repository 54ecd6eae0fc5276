"""The desks in the menu: what came in, the departments' board, one's own work, what waits for approval."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from registry.desk.approvals import ApprovalsScreen, ApprovalStepScreen
from registry.desk.board import BoardScreen
from registry.desk.inbox import InboxScreen
from registry.desk.screens import menu_item_for
from registry.desk.work import WorkScreen


class InboxViewSet(ViewSet):
    """What has no department yet."""

    name = "registry_inbox"
    url_prefix = "registru/inbox"
    icon = "download"
    menu_label = _("Inbox")
    menu_item_class = menu_item_for(InboxScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", InboxScreen.as_view(), name="index")]


class WorkViewSet(ViewSet):
    """What one's departments have to do."""

    name = "registry_work"
    url_prefix = "registru/work"
    icon = "user"
    menu_label = _("My department's work")
    menu_item_class = menu_item_for(WorkScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", WorkScreen.as_view(), name="index")]


class ApprovalsViewSet(ViewSet):
    """Answers that wait for approval."""

    name = "registry_approvals"
    url_prefix = "registru/approvals"
    icon = "check"
    menu_label = _("Approvals")
    menu_item_class = menu_item_for(ApprovalsScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ApprovalsScreen.as_view(), name="index"),
            path("<int:pk>/", ApprovalsScreen.as_view(), name="read"),
            path("<int:pk>/<slug:step>/", ApprovalStepScreen.as_view(), name="step"),
        ]


class BoardViewSet(ViewSet):
    """What each department has open."""

    name = "registry_board"
    url_prefix = "registru/board"
    icon = "list-ul"
    menu_label = _("Board of departments")
    menu_item_class = menu_item_for(BoardScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", BoardScreen.as_view(), name="index")]
