"""Addresses that stand in no page tree: short links, which are printed, and the feeds of news."""

from django.urls import re_path

from campaigns import views

app_name = "campaigns"

urlpatterns = [
    re_path(r"^s/(?P<code>[A-Za-z0-9-]{3,12})/?$", views.short_link, name="short_link"),
    re_path(r"^news/(?P<language>ro|en|hu)\.rss$", views.feed, name="news_feed"),
]
