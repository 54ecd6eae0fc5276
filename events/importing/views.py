"""“Import events” in the admin: choose, look at what would happen, confirm."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import SnippetViewSet

from events.importing.candidates import Candidate
from events.importing.forms import ImportForm
from events.importing.panels import IMPORT_URL
from events.importing.plan import Plan
from events.importing.problems import ImportProblem, Remark
from events.importing.services import (
    Outcome,
    Source,
    apply,
    calendar_index,
    dry_run,
    fetch_calendar,
    fingerprint,
    held,
    hold,
    may_import,
    record_failure,
)
from events.importing.spreadsheet import COLUMNS, template_file
from events.models import EventPage
from events.models.imports import ImportedEvent, PartnerCalendar, PendingImport
from events.recurrence_text import schedule_sentence

MAX_SHOWN: Final = 200
"""Events of each kind that the dry run lists; the numbers are of all."""


def _require(request: HttpRequest) -> None:
    if not may_import(request.user):
        raise PermissionDenied


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_events(request: HttpRequest) -> HttpResponse:
    """Choose a file or a partner's calendar. What is read is kept for the next step; nothing is imported yet."""
    _require(request)
    calendars = PartnerCalendar.objects.all()
    posted = request.method == "POST"
    form = ImportForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        calendars=calendars,
        initial={"calendar": request.GET.get("calendar", "")[:20]},
    )
    if form.is_valid():
        try:
            source = _source(form)
            # Read once before it is kept, so that a file that is refused is refused here.
            dry_run(source)
        except ImportProblem as problem:
            form.add_error("file" if form.cleaned_data["file"] else "calendar", str(problem))
        else:
            pending = hold(source, request.user)
            return redirect("import_events_review", pending.pk)
    return render(
        request,
        "wagtailadmin/events/import_choose.html",
        {
            "page_title": _("Import events"),
            "form": form,
            "has_index": calendar_index() is not None,
            "columns": [titles[:2] for titles in COLUMNS.values()],
            "template_url": reverse("import_events_template"),
        },
    )


def _source(form: ImportForm) -> Source:
    upload, calendar = form.cleaned_data["file"], form.cleaned_data["calendar"]
    if upload:
        return Source(upload.read(), upload.name[:200], calendar)
    try:
        source = fetch_calendar(calendar)
    except ImportProblem as problem:
        record_failure(calendar, problem)
        raise
    if source is None:
        raise ImportProblem("bad_answer", host=calendar.name)
    return source


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """What the import would do, and the button that does it."""
    _require(request)
    user: Any = request.user
    pending = PendingImport.objects.filter(pk=pk, user=user).first()
    if pending is None:
        messages.warning(request, _("This import is no longer waiting: choose the file again."))
        return redirect(IMPORT_URL)
    source = held(pending)
    try:
        if request.method == "POST":
            outcome = apply(source, user=user, expected=request.POST.get("fingerprint", "")[:64])
            pending.delete()
            _tell(request, outcome)
            return redirect("event_listing:index")
        plan = dry_run(source)
    except ImportProblem as problem:
        messages.error(request, str(problem))
        # Only the plan may have changed meanwhile; anything else cannot be cured by looking again.
        return (
            redirect("import_events_review", pk)
            if problem.code == "plan_changed"
            else redirect(IMPORT_URL)
        )
    return render(request, "wagtailadmin/events/import_review.html", _review_context(source, plan))


def _review_context(source: Source, plan: Plan) -> dict[str, Any]:
    gone = ImportedEvent.objects.filter(
        calendar=source.calendar, uid__in=plan.gone[:MAX_SHOWN]
    ).select_related("page")
    pages = {
        row.uid: row.page
        for row in ImportedEvent.objects.filter(
            calendar=source.calendar,
            uid__in=[candidate.uid for candidate in plan.changed[:MAX_SHOWN]],
        ).select_related("page")
    }
    return {
        "page_title": _("Import events: what would happen"),
        "name": source.name,
        "calendar": source.calendar,
        "publishes": bool(source.calendar and source.calendar.trusted and source.fetched),
        "counts": plan.counts,
        "is_empty": plan.is_empty,
        "is_sweeping": plan.is_sweeping,
        "new": [_row(candidate) for candidate in plan.new[:MAX_SHOWN]],
        "changed": [
            _row(candidate, pages.get(candidate.uid)) for candidate in plan.changed[:MAX_SHOWN]
        ],
        "gone": [{"title": row.page.title, "page": row.page} for row in gone if row.page],
        "refused": [_remark(remark) for remark in plan.refused[:MAX_SHOWN]],
        "notes": [_remark(remark) for remark in plan.notes[:MAX_SHOWN]],
        "limit": MAX_SHOWN,
        "fingerprint": fingerprint(plan),
        "back_url": reverse(IMPORT_URL),
    }


def _row(candidate: Candidate, page: EventPage | None = None) -> dict[str, Any]:
    return {
        "title": candidate.title,
        "when": schedule_sentence(candidate.schedule),
        "place": candidate.place_key or candidate.location,
        "row": candidate.row,
        "state": candidate.state.label if candidate.state.value != "scheduled" else "",
        "page": page,
    }


def _remark(remark: Remark) -> dict[str, Any]:
    return {
        "title": remark.title or remark.uid,
        "row": remark.row,
        "column": remark.column,
        "text": remark.text,
    }


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    """Say what was done."""
    counts = outcome.counts
    written = counts["new"] + counts["changed"] - counts["skipped"]
    if outcome.published:
        text = ngettext(
            "%(count)s event was imported and published.",
            "%(count)s events were imported and published.",
            written,
        )
    else:
        text = ngettext(
            "%(count)s event was imported as a draft.",
            "%(count)s events were imported as drafts.",
            written,
        )
    messages.success(request, text % {"count": written})
    for remark in outcome.skipped:
        messages.warning(request, f"{remark.title}: {remark.text}")


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """An empty table to fill in."""
    _require(request)
    return HttpResponse(
        template_file(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="evenimente.csv"'},
    )


def import_urls() -> list[URLPattern]:
    """The addresses below the admin; for the hook ``register_admin_urls``."""
    return [
        path("events/import/", import_events, name=IMPORT_URL),
        path("events/import/<int:pk>/", review, name="import_events_review"),
        path("events/import/template.csv", template, name="import_events_template"),
    ]


def import_buttons(user: Any) -> list[Button]:
    """The way here from the listing of events, for those who may add events."""
    if not may_import(user):
        return []
    return [
        Button(gettext_lazy("Import events"), reverse(IMPORT_URL), icon_name="upload", priority=120)
    ]


class PartnerCalendarViewSet(SnippetViewSet):
    """The partners' calendars with their health."""

    model = PartnerCalendar
    icon = "globe"
    menu_label = gettext_lazy("Partners' calendars")
    list_display = ("name", "organisation", "enabled", "trusted", "health")
    list_filter = ("enabled", "trusted", "last_status")
    search_fields = ("name", "url")
    copy_view_enabled = False
    add_to_reference_index = False
