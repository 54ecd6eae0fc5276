"""The archive: what may leave it today, the list for the commission, and carrying out a selection on its minutes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from contacts.spreadsheet import write_csv
from registry import audit, retention
from registry.deadlines import registration_day
from registry.desk.forms import CleanLineField, CleanTextField, DayInput
from registry.desk.paging import Order, slice_of
from registry.desk.screens import Screen
from registry.enums import Action
from registry.lifecycle import NotPossible
from registry.models import FileClass, RegistryEntry, Selection

SELECT: Final = "select_documents"
OLDEST_FIRST: Final = Order(("pk",))
BOM: Final = len(write_csv([]))
AT_ONCE: Final = 1000


class MinutesForm(forms.Form):
    """The minutes of a selection, and how many documents the commission decided on."""

    classes = forms.ModelMultipleChoiceField(
        queryset=FileClass.objects.filter(years__isnull=False),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose the file classes.")},
    )
    number = CleanLineField(label=gettext_lazy("Number of the minutes"), max_length=60)
    day = forms.DateField(label=gettext_lazy("Day of the minutes"), widget=DayInput)
    members = CleanTextField(
        label=gettext_lazy("Members of the commission"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Name and function of each, one a line."),
    )
    confirmation = CleanLineField(
        label=gettext_lazy("Confirmed by the National Archives"),
        max_length=120,
        help_text=gettext_lazy(
            "Number and date of the confirmation. Without it nothing may leave the archive (Law 16/1996)."
        ),
    )
    expected = forms.IntegerField(
        label=gettext_lazy("How many documents the minutes name"),
        min_value=1,
        max_value=2**31 - 1,
        help_text=gettext_lazy("Compared with what is due: where they differ, nothing is erased."),
    )
    sure = forms.BooleanField(
        label=gettext_lazy("I know that what is erased can't be brought back."),
        error_messages={"required": gettext_lazy("Say that you know it.")},
    )


class RetentionScreen(Screen):
    """What is due by file class, the documents themselves, and the selections so far. Nothing is changed here."""

    permission = SELECT
    template_name = "wagtailadmin/registry/retention.html"
    title = gettext_lazy("Archive: selection")
    header_icon = "bin"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The dry run; `class` narrows the list to a file class."""
        today = registration_day(timezone.now())
        among = RegistryEntry.objects.visible_to(request.user)
        classes = retention.dry_run(today, among)
        wanted = request.GET.get("class", "")
        chosen = [row.file_class for row in classes if str(row.file_class.pk) == wanted]
        shown = chosen or [row.file_class for row in classes if row.now]
        rows = retention.due(shown, today, among).select_related("kind", "department", "file_class")
        page = slice_of(
            rows.defer("body", "answer", "search_text", "petitioner_name", "subject"),
            OLDEST_FIRST,
            request.GET,
        )
        return self.shown(
            classes=classes,
            total=sum(row.now for row in classes),
            chosen=chosen[0] if chosen else None,
            page=page,
            rows=[(entry, _kept_until(entry)) for entry in page.rows],
            selections=Selection.objects.order_by("-pk")[:50],
        )


def _archived_on(entry: RegistryEntry) -> Any:
    return registration_day(entry.archived_at) if entry.archived_at else None


def _kept_until(entry: RegistryEntry) -> Any:
    day = _archived_on(entry)
    years = entry.file_class.years if entry.file_class else None
    return retention.kept_until(day, years) if day else None


class DueCsvScreen(Screen):
    """The list of what may leave the archive, for the commission: numbers and dates, nobody's name."""

    permission = SELECT

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Streamed; told in the trail."""
        today = registration_day(timezone.now())
        among = RegistryEntry.objects.visible_to(request.user)
        rows = retention.due(FileClass.objects.filter(years__isnull=False), today, among)
        with transaction.atomic():
            audit.record(
                Action.EXPORTED,
                actor=request.user,
                data={"rows": rows.count(), "format": "csv", "filters": {"list": "retention"}},
            )
        return StreamingHttpResponse(
            _csv(rows, translation.get_language()),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="selection-{today:%Y-%m-%d}.csv"'
            },
        )


def _csv(entries: Any, language: str) -> Iterator[bytes]:
    """The file in parts. Each is made in `language`: the request's own is over by the time they are sent."""
    found = (
        entries.select_related("kind", "department", "file_class")
        .defer("body", "answer", "search_text", "petitioner_name", "subject")
        .iterator(AT_ONCE)
    )
    with translation.override(language):
        header = [
            _("Number"),
            _("Registered"),
            _("Kind"),
            _("Department"),
            _("File class"),
            _("Archived on"),
            _("Kept until"),
        ]
    yield write_csv([], header)
    while part := list(islice(found, AT_ONCE)):
        with translation.override(language):
            yield write_csv(map(_csv_row, part))[BOM:]


def _csv_row(entry: RegistryEntry) -> list[Any]:
    return [
        entry.number_text,
        entry.registered_on,
        str(entry.kind),
        str(entry.department or ""),
        str(entry.file_class),
        _archived_on(entry),
        _kept_until(entry),
    ]


class SelectScreen(Screen):
    """The minutes, and carrying them out."""

    permission = SELECT
    template_name = "wagtailadmin/registry/select.html"
    title = gettext_lazy("Carry out a selection")
    parent = ("registry_retention:index", gettext_lazy("Archive: selection"))
    header_icon = "bin"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The form, with what is due beside each class."""
        return self._asked(MinutesForm(initial={"classes": request.GET.getlist("class")}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Mark what is due and erase it; what was typed stays where something is wrong."""
        form = MinutesForm(request.POST)
        if not form.is_valid():
            return self._asked(form, status=422)
        typed = form.cleaned_data
        try:
            selection = retention.select(
                typed["classes"],
                retention.Minutes(
                    typed["number"], typed["day"], typed["members"], typed["confirmation"]
                ),
                typed["expected"],
                actor=request.user,
            )
        except NotPossible as problem:
            form.add_error(None, str(problem))
            return self._asked(form, status=409)
        retention.start_erasing()
        messages.success(request, _("The documents left the archive; what they held is erased."))
        return redirect("registry_retention:selection", selection.pk)

    def _asked(self, form: MinutesForm, status: int = 200) -> HttpResponseBase:
        today = registration_day(timezone.now())
        classes = retention.dry_run(today, RegistryEntry.objects.visible_to(self.request.user))
        chosen = {str(value) for value in form["classes"].value() or []}
        return self.shown(
            status=status,
            form=form,
            classes=[(row, str(row.file_class.pk) in chosen) for row in classes if row.now],
        )


class SelectionScreen(Screen):
    """The minutes of a selection, and how far erasing is."""

    permission = SELECT
    template_name = "wagtailadmin/registry/selection.html"
    parent = ("registry_retention:index", gettext_lazy("Archive: selection"))
    header_icon = "bin"
    selection: Selection

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.selection = get_object_or_404(
            Selection.objects.select_related("decided_by"), pk=kwargs["pk"]
        )

    def get_page_title(self) -> str:
        return str(self.selection)

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """What was decided, and its first positions."""
        selection = self.selection
        is_erased = retention.is_erased(selection)
        visible = RegistryEntry.objects.visible_to(request.user)
        page = slice_of(
            visible.filter(selection=selection).select_related("kind", "file_class"),
            OLDEST_FIRST,
            request.GET,
        )
        return self.shown(
            selection=selection,
            is_erased=is_erased,
            left=0 if is_erased else retention.left_to_erase(selection).count(),
            page=page,
            rows=page.rows,
        )


class SelectionPrintScreen(SelectionScreen):
    """The minutes on A4."""

    template_name = "wagtailadmin/registry/selection_print.html"
