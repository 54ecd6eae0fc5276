"""Registration of places and hours in the admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from locations.models import Location, OpeningHours


class LocationViewSet(SnippetViewSet):
    model = Location
    icon = "home"
    menu_label = _("Places")
    list_display = ("name", "kind", "address", "verified_on")
    list_filter = ("kind",)
    inspect_view_enabled = True


class OpeningHoursViewSet(SnippetViewSet):
    model = OpeningHours
    icon = "time"
    menu_label = _("Opening hours")
    list_display = (
        "name",
        "location",
        "channel",
        BooleanColumn("published", label=_("complete and confirmed")),
        "verified_on",
    )
    list_filter = ("channel", "published")
    inspect_view_enabled = True


class PlacesGroup(SnippetViewSetGroup):
    items = (LocationViewSet, OpeningHoursViewSet)
    menu_label = _("Places and hours")
    menu_icon = "home"
    menu_order = 300


register_snippet(PlacesGroup)
