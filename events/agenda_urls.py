"""Addresses of the Mayor's agenda below /calendar/."""

from django.urls import path

from events import agenda_views

agenda_urlpatterns = [
    # Everything below: a mistyped address must not end up as a page's, where it would be looked for and logged.
    path("agenda/<path:token>", agenda_views.by_token, name="agenda_by_token"),
    path("<slug:language>/mayor.ics", agenda_views.mayor, name="mayor_agenda"),
]
