"""The dispatch book, the court-mail board and the print of the register in the menu."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from registry.desk.court_views import (
    CourtBoardScreen,
    CourtScreen,
    HandOverScreen,
    RecordScreen,
    SendBackScreen,
    TakeDownScreen,
)
from registry.desk.dispatch_views import ComeBackScreen, FailedScreen, SentScreen, WaitingScreen
from registry.desk.letter_views import (
    DeliveredScreen,
    LetterPrintScreen,
    LetterScreen,
    ReturnedScreen,
    SendScreen,
)
from registry.desk.posting_views import ListScreen, ListsScreen
from registry.desk.print_views import PrintPagesScreen, PrintPdfScreen, PrintScreen
from registry.desk.screens import menu_item_for


class DispatchViewSet(ViewSet):
    """Letters and how they leave the house."""

    name = "registry_dispatch"
    url_prefix = "registru/dispatch"
    icon = "mail"
    menu_label = _("Dispatch book")
    menu_item_class = menu_item_for(WaitingScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", WaitingScreen.as_view(), name="index"),
            path("returned/", ComeBackScreen.as_view(), name="returned"),
            path("sent/", SentScreen.as_view(), name="sent"),
            path("failed/", FailedScreen.as_view(), name="failed"),
            path("lists/", ListsScreen.as_view(), name="lists"),
            path("lists/<int:pk>/", ListScreen.as_view(), name="list"),
            path("<int:pk>/", LetterScreen.as_view(), name="letter"),
            path("<int:pk>/print/", LetterPrintScreen.as_view(), name="print"),
            path("<int:pk>/send/", SendScreen.as_view(), name="send"),
            path("<int:pk>/delivered/", DeliveredScreen.as_view(), name="delivered"),
            path("<int:pk>/came-back/", ReturnedScreen.as_view(), name="came_back"),
        ]


class CourtViewSet(ViewSet):
    """Court mail: displayed, collected, sent back."""

    name = "registry_court"
    url_prefix = "registru/court"
    icon = "calendar-alt"
    menu_label = _("Court mail")
    menu_item_class = menu_item_for(CourtBoardScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", CourtBoardScreen.as_view(), name="index"),
            path("<int:pk>/", CourtScreen.as_view(), name="entry"),
            path("<int:pk>/record/", RecordScreen.as_view(), name="record"),
            path("<int:pk>/hand-over/", HandOverScreen.as_view(), name="hand_over"),
            path("<int:pk>/take-down/", TakeDownScreen.as_view(), name="take_down"),
            path("<int:pk>/send-back/", SendBackScreen.as_view(), name="send_back"),
        ]


class PrintViewSet(ViewSet):
    """The register on paper."""

    name = "registry_print"
    url_prefix = "registru/print"
    icon = "doc-full"
    menu_label = _("Print the register")
    menu_item_class = menu_item_for(PrintScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", PrintScreen.as_view(), name="index"),
            path("<slug:register>/<str:period>/", PrintPagesScreen.as_view(), name="pages"),
            path("<slug:register>/<str:period>/pdf/", PrintPdfScreen.as_view(), name="pdf"),
        ]
