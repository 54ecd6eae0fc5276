"""Addresses of the register outside the admin and outside the pages: language-neutral, each a secret of its owner."""

from django.urls import path

from registry import terms_feed

app_name = "registry"

urlpatterns = [
    # Everything below: a mistyped address must not end up as a page's, where it would be looked for and logged.
    path("termene/<path:token>", terms_feed.by_token, name="terms"),
]
