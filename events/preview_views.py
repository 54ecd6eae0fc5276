"""The live preview of a schedule: what was typed, read as the form will read it, nothing saved."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail.admin.panels import FieldPanel, InlinePanel, ObjectList

from cms.service_calendar import moment, working_calendar
from events.enums import State
from events.forms import EventPageForm
from events.models import EventPage
from events.panels import PREVIEWED
from events.schedule_report import report

_ROWS = "date_changes"
_ROW_ID = re.compile(rf"{_ROWS}-\d+-id")


@cache
def _form_class() -> type[EventPageForm]:
    """The event form with the fields of the schedule only."""
    panels = [InlinePanel(name) if name == _ROWS else FieldPanel(name) for name in PREVIEWED]
    handler = ObjectList(panels, base_form_class=EventPageForm).bind_to_model(EventPage)
    form_class: type[EventPageForm] = handler.get_form_class()
    return form_class


def _as_new(posted: QueryDict) -> QueryDict:
    """What was posted, with every row as a new one: the preview reads rows, it looks none up."""
    data = posted.copy()
    data[f"{_ROWS}-INITIAL_FORMS"] = "0"
    data.setdefault(f"{_ROWS}-TOTAL_FORMS", "0")
    for name in posted:
        if _ROW_ID.fullmatch(name):
            data[name] = ""
    return data


def _errors(form: EventPageForm) -> list[str]:
    found = []
    for name, messages in form.errors.items():
        label = f"{form.fields[name].label}: " if name in form.fields else ""
        found += [f"{label}{message}" for message in messages]
    rows = form.formsets[_ROWS]
    found += [str(message) for message in rows.non_form_errors()]
    for number, row in enumerate(rows.forms, 1):
        if row in rows.deleted_forms:
            continue
        for name, messages in row.errors.items():
            label = row.fields[name].label if name in row.fields else ""
            found += [
                _("Change %(number)s, %(field)s: %(message)s")
                % {"number": number, "field": label, "message": message}
                for message in messages
            ]
    return found


def _known_page(number: str) -> dict[str, Any]:
    """Whether the page being edited is live, and the key of its event."""
    if not re.fullmatch(r"[0-9]{1,9}", number, re.ASCII):
        return {}
    found = EventPage.objects.filter(pk=int(number)).values("live", "translation_key").first()
    return dict(found or {})


@never_cache
@require_POST
def schedule_preview(request: HttpRequest) -> HttpResponse:
    """Answer the schedule fields of an event's form with their sentence, next dates, errors and warnings.

    For everyone who may enter the admin (the hook that registers it sees to that). Names only public events.
    """
    form = _form_class()(_as_new(request.POST), instance=EventPage(), for_user=request.user)
    form.defer_required_fields()
    form.is_valid()
    page = _known_page(request.POST.get("page", ""))
    place = form.cleaned_data.get("place")
    context = {
        "report": report(
            form.schedule,
            working_calendar(request),
            moment(request).date(),
            skip_holidays=bool(form.cleaned_data.get("skip_public_holidays")),
            published=bool(page.get("live")),
            place_id=place.pk if place else None,
            happens=State(form.cleaned_data.get("state") or State.SCHEDULED).happens,
            own=page.get("translation_key"),
            errors=tuple(_errors(form)),
        )
    }
    return render(request, "wagtailadmin/events/schedule_report.html", context)
