"""Before an event is published: a date, dates in the past, other events at its place, its image, its place's hours."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from cms.page_preflight import field_place, undescribed_image
from cms.preflight import Draft, Finding, Level, register_preflight
from events.enums import State
from events.models import EventPage
from events.panels import page_report


def image(draft: Draft) -> Iterator[Finding]:
    """Each language describes the image itself: nothing stands in."""
    return undescribed_image(draft)


def dates(draft: Draft) -> Iterator[Finding]:
    """The schedule of the Romanian page, which holds in every language, as the editor's panel reports on it."""
    page = draft.page
    if not draft.is_source:
        return
    if page.start_date is None:
        yield Finding(
            Level.BLOCK,
            "no_date",
            _("An event needs its first day: without it, it is in no list and no calendar."),
            field_place(page, "start_date"),
            "start_date",
        )
        return
    found = page_report(page, draft.request)
    summary = found.summary
    for problem in (*found.errors, *(summary.problems if summary else ())):
        yield Finding(Level.BLOCK, "schedule", problem, _("Dates"), "start_date")
    for warning in summary.warnings if summary else ():
        yield Finding(Level.WARNING, "past", warning, _("Dates"), "start_date")
    for clash in found.clashes:
        yield Finding(
            Level.WARNING,
            "clash",
            _("At the same place and time: %(title)s, %(when)s")
            % {"title": clash.title, "when": clash.when},
            field_place(page, "place"),
            "place",
        )
    if found.more_clashes:
        message = _("%(number)s more events are at this place at these times.")
        yield Finding(
            Level.WARNING, "clash", message % {"number": found.more_clashes}, _("Dates"), "place"
        )


def place(draft: Draft) -> Iterator[Finding]:
    """Where it is, and when that place is open."""
    page = draft.page
    if not draft.is_source or not State(page.state).happens:
        return
    if page.place_id is None:
        if not (page.place_text or page.online_url):
            yield Finding(
                Level.WARNING,
                "no_place",
                _(
                    "It does not say where it is: choose a place, write one, or give the address online."
                ),
                field_place(page, "place"),
                "place",
            )
    elif not page.place.opening_hours.filter(published=True).exists():
        yield Finding(
            Level.ADVICE,
            "place_hours",
            _(
                "Its place has no published opening hours: people who want to ask there do not know when."
            ),
            field_place(page, "place"),
            "place",
            url=reverse("wagtailsnippets_locations_location:edit", args=[page.place_id]),
            action=_("Open the place"),
        )


def register() -> None:
    """For the app's `ready`."""
    for rule in (dates, place, image):
        register_preflight(EventPage, rule)
