"""Reports: the list with the form to ask for one, a report to read, to take away as CSV, to print and to publish."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from contacts.spreadsheet import write_csv
from registry import report_services
from registry.buckets import Bucket
from registry.deadlines import registration_day
from registry.desk.screens import Screen, may
from registry.lifecycle import NotPossible
from registry.models import Report
from registry.periods import Period, ended_half_years, ended_years
from registry.report_tables import COLUMNS, csv_rows, shown, tables, tenths, title_of

SEE: Final = "view_report"
MAKE: Final = "make_reports"
MOST_SHOWN: Final = 100


def _half_year_text(period: Period) -> str:
    words = {"year": period.first_day.year}
    if period.first_day.month == 1:
        return _("Petitions, January to June %(year)s") % words
    return _("Petitions, July to December %(year)s") % words


class AskForm(forms.Form):
    """Which report is wanted: half-years for petitions, years for public information, all of them over."""

    wanted = forms.ChoiceField(
        label=gettext_lazy("Report"),
        error_messages={
            "required": gettext_lazy("Choose a report."),
            "invalid_choice": gettext_lazy(
                "A report is of a half-year (petitions) or of a year (public information) that is over: choose one of "
                "the list."
            ),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = registration_day(timezone.now())
        self.periods: dict[str, tuple[str, Period]] = {}
        choices = []
        for period in ended_half_years(today):
            key = f"{Report.Kind.PETITIONS.value}:{period.key}"
            self.periods[key] = (Report.Kind.PETITIONS.value, period)
            choices.append((key, _half_year_text(period)))
        for period in ended_years(today):
            key = f"{Report.Kind.FOI.value}:{period.key}"
            self.periods[key] = (Report.Kind.FOI.value, period)
            text = _("Public information, %(year)s") % {"year": period.key}
            choices.append((key, text))
        self.fields["wanted"].choices = choices  # type: ignore[attr-defined]


class ReportsScreen(Screen):
    """All reports, the last first; who may make them asks for one here."""

    permission = SEE
    template_name = "wagtailadmin/registry/reports.html"
    title = gettext_lazy("Reports")
    header_icon = "doc-full-inverse"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The list."""
        return self._listed(AskForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for a report; it is counted beside this request."""
        if not may(request.user, MAKE):
            raise PermissionDenied
        form = AskForm(request.POST)
        if not form.is_valid():
            return self._listed(form, status=422)
        kind, period = form.periods[form.cleaned_data["wanted"]]
        try:
            report = report_services.ask(kind, period, actor=request.user)
        except NotPossible as problem:
            form.add_error("wanted", str(problem))
            return self._listed(form, status=409)
        report_services.start_counting()
        return redirect("registry_reports:report", report.pk)

    def _listed(self, form: AskForm, status: int = 200) -> HttpResponseBase:
        reports = Report.objects.select_related("asked_by").order_by("-pk")[:MOST_SHOWN]
        return self.shown(
            status=status,
            form=form if may(self.request.user, MAKE) else None,
            rows=[(report, title_of(report), _headline(report)) for report in reports],
        )


def _headline(report: Report) -> dict[str, str] | None:
    """What a list says of a frozen report."""
    if report.frozen_at is None:
        return None
    total = report.data["total"]
    return {
        "positions": shown(total["positions"]),
        "in_term": shown(tenths(total["in_term"]), is_percent=total["in_term"] is not None),
        "median": shown(tenths(total["median"])),
    }


class ReportScreen(Screen):
    """A report; while it is being counted, how far it is."""

    permission = SEE
    template_name = "wagtailadmin/registry/report.html"
    parent = ("registry_reports:index", gettext_lazy("Reports"))
    header_icon = "doc-full-inverse"
    report: Report

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not may(request.user, self.permission or SEE):
            raise PermissionDenied
        reports = Report.objects.select_related("asked_by")
        self.report = get_object_or_404(reports, pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return title_of(self.report)

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The tables."""
        return self.report_shown()

    def report_shown(self, problem: str = "", status: int = 200) -> HttpResponseBase:
        """The report, perhaps with why something could not be done with it."""
        report = self.report
        context: dict[str, Any] = {
            "report": report,
            "may_make": may(self.request.user, MAKE),
            "problem": problem,
            "is_pending": report.state in {Report.State.WAITING, Report.State.RUNNING},
        }
        if report.frozen_at is not None:
            total = report.data["total"]
            context |= {
                "headline": _headline(report),
                "longest": shown(total["longest"]),
                "average": shown(tenths(total["average"])),
                "extended": shown(total["extended"]),
                "stack": _stack(total),
                "tables": list(tables(report.data)),
            }
        return self.shown(status=status, **context)


def _stack(total: dict[str, Any]) -> list[dict[str, Any]]:
    """The buckets as parts of one bar: where each begins and how wide it is, in thousandths."""
    whole, begins, parts = total["positions"], 0, []
    for name, buckets in COLUMNS:
        number = sum(total["buckets"][bucket] for bucket in buckets)
        if not number:
            continue
        ends = begins + number
        x = round(1000 * begins / whole)
        parts.append(
            {
                "name": name,
                "key": Bucket(buckets[0]).value,
                "number": shown(number),
                "x": x,
                "width": round(1000 * ends / whole) - x,
            }
        )
        begins = ends
    return parts


class ReportPrintScreen(ReportScreen):
    """A frozen report on A4, to sign."""

    template_name = "wagtailadmin/registry/report_print.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """404 while there is nothing to print."""
        if self.report.frozen_at is None:
            raise Http404
        return self.report_shown()


class ReportCsvScreen(ReportScreen):
    """A frozen report for a spreadsheet, which finds no formula in it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """404 while there is nothing to take away."""
        report = self.report
        if report.frozen_at is None:
            raise Http404
        name = f"{report.kind}-{report.first_day:%Y-%m-%d}-{report.last_day:%Y-%m-%d}.csv"
        return HttpResponse(
            write_csv(csv_rows(report)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class ReportProgressScreen(ReportScreen):
    """How far the counting is, for the page that shows it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """JSON: per cent, and whether there is something new to load."""
        pending = self.report.state in {Report.State.WAITING, Report.State.RUNNING}
        return JsonResponse({"percent": self.report.progress, "done": not pending})


class ReportPublishScreen(ReportScreen):
    """Shows a report on petitions to the public, or no longer."""

    permission = MAKE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """`public` is "on" or not there."""
        is_public = request.POST.get("public") == "on"
        try:
            report_services.publish(self.report, is_public, actor=request.user)
        except NotPossible as problem:
            return self.report_shown(str(problem), status=409)
        messages.success(
            request,
            _("The public page of answer times shows this report, unless there is a newer one.")
            if is_public
            else _("The public page of answer times does not show this report any more."),
        )
        return redirect("registry_reports:report", pk)


class ReportAgainScreen(ReportScreen):
    """Lets a report that failed be counted once more."""

    permission = MAKE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Once more; of a frozen one a new report is asked."""
        try:
            report_services.ask_again(self.report, actor=request.user)
        except NotPossible as problem:
            return self.report_shown(str(problem), status=409)
        report_services.start_counting()
        return redirect(reverse("registry_reports:report", args=[pk]))
