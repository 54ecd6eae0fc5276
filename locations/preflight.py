"""Before the page of a place is published: its hours."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from cms.page_preflight import field_place
from cms.preflight import Draft, Finding, Level, register_preflight
from locations.models import LocationPage


def hours(draft: Draft) -> Iterator[Finding]:
    """Readers of a place look for its hours first. Told once, on the Romanian page."""
    page = draft.page
    if not draft.is_source or page.location_id is None:
        return
    where = field_place(page, "location")
    known = list(page.location.opening_hours.values_list("pk", "published"))
    if not known:
        yield Finding(
            Level.WARNING,
            "place_hours",
            _("The place has no opening hours: readers see none."),
            where,
            "location",
            url=reverse("wagtailsnippets_locations_openinghours:add"),
            action=_("Add opening hours"),
        )
    elif not any(published for _pk, published in known):
        yield Finding(
            Level.WARNING,
            "place_hours",
            _("The hours of the place are not confirmed: readers see “not published yet”."),
            where,
            "location",
            url=reverse("wagtailsnippets_locations_openinghours:edit", args=[known[0][0]]),
            action=_("Open its hours"),
        )


def register() -> None:
    """For the app's `ready`."""
    register_preflight(LocationPage, hours)
