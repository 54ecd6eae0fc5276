"""Registration of the calendar's admin. What it registers says itself what it is for."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail import hooks

from cms.desk import register_desk_list
from cms.sheets.kinds import register_sheet
from events import (
    admin_views,  # noqa: F401  registers its own addresses and buttons
    bulk_actions,  # noqa: F401  registers itself
    desk,
    editor_notices,
    viewsets,  # noqa: F401  registers the menu “Events”
)
from events.agenda_admin import AgendaGroup, register_agenda_log_actions
from events.importing.views import import_urls
from events.preview_views import schedule_preview
from events.sheets import EventSheet

register_sheet(EventSheet(), order=20)

hooks.register("register_admin_viewset", AgendaGroup)
hooks.register("register_admin_urls", import_urls)
hooks.register("register_log_actions", register_agenda_log_actions)
register_desk_list("failing-calendars", desk.failing_calendars, order=140)
register_desk_list("imported-drafts", desk.imported_drafts, order=150)
hooks.register("before_edit_page", editor_notices.tell_schedule, order=-20)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """The live answer beside the schedule's fields."""
    return [path("events/schedule-preview/", schedule_preview, name="events_schedule_preview")]
