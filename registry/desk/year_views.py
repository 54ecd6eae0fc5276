"""The years of the registers: how far each has come, closing one that is over, and its statement to print."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from registry.deadlines import registration_day
from registry.desk.screens import Screen, may
from registry.lifecycle import NotPossible
from registry.models import RegisterYear
from registry.year_services import close_year, statement_of

SEE = "view_registeryear"
CLOSE = "close_registeryear"


class YearsScreen(Screen):
    """All years, the last first."""

    permission = SEE
    template_name = "wagtailadmin/registry/years.html"
    title = gettext_lazy("Years")
    header_icon = "calendar"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The list; those that are over and open can be closed."""
        this_year = registration_day(timezone.now()).year
        years = RegisterYear.objects.select_related("register", "closed_by")
        return self.shown(
            rows=[
                (year, year.closed_at is None and year.year < this_year)
                for year in years.order_by("-year", "register__key")
            ],
            may_close=may(request.user, CLOSE),
        )


class YearScreen(Screen):
    """What is asked before a year is closed, and closing it."""

    permission = CLOSE
    template_name = "wagtailadmin/registry/close_year.html"
    parent = ("registry_years:index", gettext_lazy("Years"))
    header_icon = "lock"
    year: RegisterYear

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not may(request.user, CLOSE):
            raise PermissionDenied
        years = RegisterYear.objects.select_related("register")
        self.year = get_object_or_404(years, pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return _("Close the year %(year)s") % {"year": self.year}

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The question, with the statement as it will be."""
        return self._asked()

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Close it; twice is once."""
        try:
            close_year(self.year, actor=request.user)
        except NotPossible as problem:
            return self._asked(str(problem), status=409)
        messages.success(request, _("The year %(year)s is closed.") % {"year": self.year})
        return redirect("registry_years:index")

    def _asked(self, problem: str = "", status: int = 200) -> HttpResponseBase:
        return self.shown(
            status=status,
            year=self.year,
            statement=statement_of(self.year.last_number),
            problem=problem,
        )


class StatementScreen(Screen):
    """The closing statement, to print and sign."""

    permission = SEE
    template_name = "wagtailadmin/registry/statement.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Of a closed year; 404 for an open one."""
        years = RegisterYear.objects.select_related("register", "closed_by")
        year = get_object_or_404(years, pk=pk)
        if year.closed_at is None:
            raise Http404
        closed_by = year.closed_by
        return self.shown(
            year=year, closed_by=(closed_by.get_full_name() or str(closed_by)) if closed_by else ""
        )
