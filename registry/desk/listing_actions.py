"""What is done with the list of entries as it is narrowed now: its filters are named, or it is taken out as a file."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from registry import exports
from registry.deadlines import registration_day
from registry.desk.filters import EntryFilter, filtered, query_of
from registry.desk.listing import EntryListScreen
from registry.desk.saved_views import NameForm, save_view
from registry.desk.screens import ENTRIES
from registry.models import SavedView

_LONGEST_QUERY = 2000


class ListAction(EntryListScreen):
    """A POST that says in `query` which list it is about: filters of the list and nothing else are read of it."""

    http_method_names = ["post"]
    _query: QueryDict

    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        super().setup(request, *args, **kwargs)
        text = request.POST.get("query", "")
        self._query = QueryDict(text if len(text) <= _LONGEST_QUERY else "")

    def wanted(self) -> dict[str, object]:
        """The filters, cleaned."""
        form = EntryFilter(self.request.user, self._query)
        form.is_valid()
        return form.cleaned_data

    def list_address(self, query: str) -> str:
        """The list that is narrowed by `query`."""
        return f"{reverse(ENTRIES)}?{query}" if query else reverse(ENTRIES)


class SaveViewScreen(ListAction):
    """Gives the filters a name."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep them; where that is not possible, show the list with what was typed."""
        form = NameForm(request.POST)
        query = query_of(self.wanted(), "q")
        if form.is_valid():
            if not (problem := save_view(request.user, form.cleaned_data["name"], query)):
                messages.success(request, _("The view is kept; it stands above the filters."))
                return redirect(self.list_address(query))
            form.add_error("name", problem)
        return self.list_shown(self._query, status=HTTPStatus.UNPROCESSABLE_ENTITY, name_form=form)


class DeleteViewScreen(ListAction):
    """Deletes a view of one's own; somebody else's is not there."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Delete it."""
        get_object_or_404(SavedView, pk=pk, user=request.user).delete()
        messages.success(request, _("The view is deleted."))
        return redirect(self.list_address(query_of(self.wanted())))


class ExportScreen(ListAction):
    """Takes the list out as a file, which the trail tells."""

    permission = "export_entries"

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """The file, streaming; where there is too much or nothing, the list that says so."""
        wanted = self.wanted()
        found = filtered(request.user, wanted, registration_day(timezone.now()))
        chosen = request.POST.get("format", "")
        try:
            export = exports.export(
                found.entries.order_by(*found.order.fields),
                user=request.user,
                filters={name: value for name, value in wanted.items() if value and name != "q"},
                searched=bool(wanted.get("q")),
                made_as=exports.FORMATS.get(chosen, exports.FORMATS["csv"]),
            )
        except exports.NotExported as problem:
            return self.list_shown(
                self._query, status=HTTPStatus.UNPROCESSABLE_ENTITY, problem=str(problem)
            )
        response = StreamingHttpResponse(export.content, content_type=export.media_type)
        response["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response
