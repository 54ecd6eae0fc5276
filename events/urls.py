"""Calendars: language-neutral prefix, immutable slugs. The files of single events stand beside their pages."""

from django.urls import re_path

from events import views
from events.agenda_urls import agenda_urlpatterns

app_name = "events"

_LANGUAGE = r"^(?P<language>ro|en|hu)/"
_EXTENSION = r"\.(?P<extension>ics|rss|json)$"

urlpatterns = [
    *agenda_urlpatterns,
    re_path(rf"{_LANGUAGE}events{_EXTENSION}", views.feed, name="feed"),
    re_path(
        rf"{_LANGUAGE}(?P<name>[a-z]+)/(?P<slug>[a-z0-9-]+){_EXTENSION}",
        views.feed,
        name="dimension_feed",
    ),
]

_PAGE = r"^(?P<path>(?:[\w\-]+/)+)"

page_urlpatterns = [
    re_path(rf"{_PAGE}event\.ics$", views.event_file, name="event_file"),
    re_path(rf"{_PAGE}(?P<day>[0-9]{{8}})\.ics$", views.event_file, name="event_date_file"),
    re_path(rf"{_PAGE}poster/$", views.poster, name="event_poster"),
    re_path(rf"{_PAGE}programme/$", views.programme, name="programme"),
]
