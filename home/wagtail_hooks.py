"""Registration of the editors' home."""

from __future__ import annotations

from wagtail import hooks

from home.editors_desk import lay_desk

hooks.register("construct_homepage_panels", lay_desk, order=100)
