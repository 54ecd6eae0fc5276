"""The admin's pages around one event: duplicate it, plan its next edition, divide its series; and their links.

Each asks before it acts (GET), acts on POST only, and leads to the new draft. The rules and the rights are
those of `events.actions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from events.actions import (
    ActionRefused,
    Shift,
    dates_to_split,
    divide_series,
    duplicate,
    latest,
    may_copy,
    may_divide,
    next_edition,
)
from events.models import EventIndexPage, EventPage
from events.recurrence import Frequency, RuleError
from events.recurrence_text import schedule_sentence
from events.viewsets import programme_buttons

POSTER_SIZES = ("a3", "a4")


# -- forms -------------------------------------------------------------------------------------------------------------


class NextEditionForm(forms.Form):
    """Which day of the next year."""

    shift = forms.ChoiceField(
        label=gettext_lazy("The next edition begins"),
        choices=[
            (Shift.WEEKS.value, gettext_lazy("52 weeks later, on the same day of the week")),
            (Shift.YEAR.value, gettext_lazy("a year later, on the same day of the month")),
        ],
        widget=forms.RadioSelect,
    )


class SplitForm(forms.Form):
    """The first date of the new series, one of those that are still to come."""

    from_day = forms.TypedChoiceField(
        label=gettext_lazy("The new series begins on"),
        coerce=date.fromisoformat,
        help_text=gettext_lazy("This date and all that follow go over to the new series."),
    )

    def __init__(self, *args: Any, days: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        style = pgettext("date with weekday and year", "l, j F Y")
        field: Any = self.fields["from_day"]
        field.choices = [(day.isoformat(), date_format(day, style)) for day in days]


# -- views -------------------------------------------------------------------------------------------------------------


def _event(page_id: int) -> EventPage:
    event: EventPage = get_object_or_404(EventPage.objects.select_related("locale"), pk=page_id)
    return event


def _page_context(request: HttpRequest, event: EventPage, **context: Any) -> dict[str, Any]:
    draft = latest(event)
    try:
        schedule = draft.schedule()
        sentence = schedule_sentence(schedule) if schedule else ""
    except RuleError:
        sentence = ""
    return {
        "page": event,
        "title": draft.title,
        "sentence": sentence,
        "next": _next_url(request, event),
        **context,
    }


def _next_url(request: HttpRequest, event: EventPage) -> str:
    """Where those go who change their mind."""
    return str(
        get_valid_next_url_from_request(request)
        or reverse("wagtailadmin_pages:edit", args=[event.pk])
    )


def _to_draft(request: HttpRequest, draft: EventPage, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("wagtailadmin_pages:edit", draft.pk)


def _refused(request: HttpRequest, event: EventPage, error: ActionRefused) -> HttpResponse:
    messages.error(request, str(error))
    return redirect(_next_url(request, event))


@require_http_methods(["GET", "POST"])
def duplicate_view(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask, then make a draft with the same content and dates."""
    event = _event(page_id)
    if not may_copy(event, request.user):
        raise PermissionDenied
    if request.method == "POST":
        try:
            draft = duplicate(event, request.user)
        except ActionRefused as error:
            return _refused(request, event, error)
        return _to_draft(
            request,
            draft,
            _("This is a copy of “%(title)s”: change what differs, then publish it.")
            % {"title": event.get_admin_display_title()},
        )
    return render(request, "wagtailadmin/events/duplicate.html", _page_context(request, event))


@require_http_methods(["GET", "POST"])
def next_edition_view(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask for the day, then make a draft for the next year."""
    event = _event(page_id)
    if not may_copy(event, request.user):
        raise PermissionDenied
    form = NextEditionForm(request.POST or None, initial={"shift": _usual_shift(event)})
    if request.method == "POST" and form.is_valid():
        try:
            draft = next_edition(event, request.user, Shift(form.cleaned_data["shift"]))
        except ActionRefused as error:
            return _refused(request, event, error)
        return _to_draft(
            request,
            draft,
            _("This is the next edition of “%(title)s”: check its dates, then publish it.")
            % {"title": event.get_admin_display_title()},
        )
    return render(
        request, "wagtailadmin/events/next_edition.html", _page_context(request, event, form=form)
    )


def _usual_shift(event: EventPage) -> Shift:
    """The same day of the month for what repeats by it, else the same day of the week."""
    try:
        schedule = latest(event).schedule()
    except RuleError:
        schedule = None
    rule = schedule.rule if schedule else None
    if rule and (rule.frequency == Frequency.YEARLY or rule.month_day is not None):
        return Shift.YEAR
    return Shift.WEEKS


@require_http_methods(["GET", "POST"])
def split_view(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask for the date, then divide the series there: “this and all following”."""
    event = _event(page_id)
    if not may_divide(event, request.user):
        raise PermissionDenied
    try:
        days = dates_to_split(event, timezone.localdate())
        form = SplitForm(request.POST or None, days=days)
        if request.method == "POST" and form.is_valid():
            divided = divide_series(event, form.cleaned_data["from_day"], request.user)
            return _to_draft(
                request,
                divided.following,
                _(
                    "This is the new series. Nothing changes for readers yet: publish this draft, "
                    "then the old series, whose draft now ends before it."
                ),
            )
    except ActionRefused as error:
        return _refused(request, event, error)
    return render(
        request,
        "wagtailadmin/events/split.html",
        _page_context(request, event, form=form, days=days),
    )


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """The addresses of the pages above."""
    return [
        path("events/<int:page_id>/duplicate/", duplicate_view, name="events_duplicate"),
        path("events/<int:page_id>/next-edition/", next_edition_view, name="events_next_edition"),
        path("events/<int:page_id>/split/", split_view, name="events_split"),
    ]


# -- links -------------------------------------------------------------------------------------------------------------


def _poster_buttons(event: EventPage) -> Iterator[Button]:
    address = event.url if event.live else ""
    if not address:
        return
    labels = {"a3": _("Poster, A3"), "a4": _("Poster, A4")}
    for number, size in enumerate(POSTER_SIZES):
        yield Button(
            labels[size],
            f"{address}poster/?{urlencode({'size': size})}",
            icon_name="image",
            priority=105 + number,
        )


def _action_buttons(event: EventPage, user: Any, next_url: str | None) -> Iterator[Button]:
    query = f"?{urlencode({'next': next_url})}" if next_url else ""
    rights = event.permissions_for_user(user)
    # The parent's rights are asked for when the page opens: here they would cost a query for each row.
    if not event.is_source or not rights.can_copy():
        return
    for label, name, icon, priority in (
        (_("Duplicate this event"), "events_duplicate", "copy", 21),
        (_("Next edition"), "events_next_edition", "calendar-alt", 22),
        (_("This and all following"), "events_split", "cut", 23),
    ):
        if name != "events_split" or event.recurrence:
            address = reverse(name, args=[event.pk]) + query
            yield Button(label, address, icon_name=icon, priority=priority)


@hooks.register("register_page_listing_more_buttons")
def listing_buttons(page: Page, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """What can be done with an event, in every listing of pages."""
    if isinstance(page, EventPage):
        yield from _action_buttons(page, user, next_url)
        yield from _poster_buttons(page)
    elif isinstance(page, EventIndexPage):
        yield from programme_buttons(page)


@hooks.register("register_page_header_buttons")
def header_buttons(
    page: Page, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """The same above the editor of an event, and above the events of a calendar."""
    yield from listing_buttons(page, user, next_url)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """How the history names what `events.actions` does."""
    actions.register_action(
        "events.duplicate", gettext_lazy("Duplicate"), gettext_lazy("Made as a copy of an event")
    )
    actions.register_action(
        "events.next_edition",
        gettext_lazy("Next edition"),
        gettext_lazy("Made as the next edition of an event"),
    )
    actions.register_action(
        "events.split",
        gettext_lazy("Divide"),
        gettext_lazy("Made as the later part of a series that was divided"),
    )
    actions.register_action(
        "events.end",
        gettext_lazy("End"),
        gettext_lazy("Ended: its later dates are a series of their own"),
    )
    actions.register_action(
        "events.cancel",
        pgettext_lazy("log of an event", "Cancel"),
        gettext_lazy("Cancelled with a reason"),
    )
