"""Where the screens of the Mayor's Cabinet and of audiences stand."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from registry.desk.audience_prints import DayScreen
from registry.desk.audience_request import RequestScreen
from registry.desk.audience_views import (
    AudienceListScreen,
    AudienceScreen,
    AudienceStepScreen,
)
from registry.desk.cabinet_prints import BriefingScreen, MondayScreen
from registry.desk.cabinet_views import BoardScreen, FileScreen, FileStepScreen, OpenScreen
from registry.desk.deletions import KeptDeleteView
from registry.desk.screens import menu_item_for
from registry.models import AudienceSlot


class CabinetViewSet(ViewSet):
    """The Mayor's correspondence."""

    name = "registry_cabinet"
    url_prefix = "registru/cabinet"
    icon = "mail"
    menu_label = _("The Mayor's correspondence")
    menu_item_class = menu_item_for(BoardScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", BoardScreen.as_view(), name="index"),
            path("monday/", MondayScreen.as_view(), name="monday"),
            path("briefing/", BriefingScreen.as_view(), name="briefing"),
            path("<int:pk>/", FileScreen.as_view(), name="file"),
            path("<int:pk>/open/", OpenScreen.as_view(), name="open"),
            path("<int:pk>/steps/<slug:step>/", FileStepScreen.as_view(), name="step"),
        ]


class AudienceViewSet(ViewSet):
    """Audiences."""

    name = "registry_audiences"
    url_prefix = "registru/audiences"
    icon = "group"
    menu_label = pgettext_lazy("to be received", "Audiences")
    menu_item_class = menu_item_for(AudienceListScreen.permission)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", AudienceListScreen.as_view(), name="index"),
            path("request/", RequestScreen.as_view(), name="request"),
            path("day/", DayScreen.as_view(), name="day"),
            path("<int:pk>/", AudienceScreen.as_view(), name="audience"),
            path("<int:pk>/steps/<slug:step>/", AudienceStepScreen.as_view(), name="step"),
        ]


class AudienceSlotViewSet(ModelViewSet):
    """The hours of audiences; what citizens were told of an hour stays (AudienceSlot.clean)."""

    model = AudienceSlot
    name = "registry_audience_slots"
    url_prefix = "registru/audience-hours"
    icon = "time"
    menu_label = _("Hours of audiences")
    delete_view_class = KeptDeleteView
    add_to_reference_index = False
    inspect_view_enabled = True
    copy_view_enabled = True
    list_display = ("starts_at", "level", "department", "places", "minutes", "room")
    list_filter = ("level", "department")
    ordering = ("-starts_at", "-pk")
