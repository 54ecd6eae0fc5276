"""Feeds of places: language-neutral prefix, immutable keys."""

from django.urls import path

from locations import views

app_name = "locations"

urlpatterns = [
    path("<slug:language>/hours/<slug:key>.ics", views.closures, name="closures"),
]
