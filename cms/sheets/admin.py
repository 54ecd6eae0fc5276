"""“Import and export” in the admin: take a table out, upload it again, look at what would change, confirm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogFormatter

from cms.sheets import writing
from cms.sheets.comma_separated import stream_csv
from cms.sheets.context import Context
from cms.sheets.held import held, hold
from cms.sheets.kinds import IMPORTED, SheetKind, sheet, sheets
from cms.sheets.page_sheet import PageSheet
from cms.sheets.plan import Plan, PlannedRow, Status
from cms.sheets.problems import MESSAGES, SheetProblem
from cms.sheets.reading import MAX_BYTES
from cms.sheets.services import Refused, apply, check, dry_run, export, headings

MAX_SHOWN: Final = 200
"""Rows of each kind that a dry run lists; the numbers are of all."""
FORMATS: Final = {"csv": "text/csv; charset=utf-8", "xlsx": writing.MEDIA_TYPE}


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        max_length=None,
        help_text=gettext_lazy(
            "A table (.csv, .xlsx) of at most 5 MB, with the names of the columns in its first row."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"required": gettext_lazy("Choose a .csv or .xlsx file.")},
    )

    def clean_file(self) -> Any:
        """What is too large is not even read."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise ValidationError(
                MESSAGES["too_large"], code="too_large", params={"limit": MAX_BYTES // 1000}
            )
        return upload


def _kind(request: HttpRequest, key: str, *, imports: bool = False) -> SheetKind:
    """The table with this key; 404 for none, 403 for one that is not the user's."""
    kind = sheet(key)
    if kind is None:
        raise Http404
    if not (kind.may_import(request.user) if imports else _may(kind, request.user)):
        raise PermissionDenied
    return kind


def _may(kind: SheetKind, user: Any) -> bool:
    return kind.may_export(user) or kind.may_import(user)


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The tables that the user may take out or bring in."""
    found = [
        {"kind": kind, "url": reverse("sheets_kind", args=[kind.key])}
        for kind in sheets()
        if _may(kind, request.user)
    ]
    if not found:
        raise PermissionDenied
    return render(
        request,
        "wagtailadmin/cms/sheets.html",
        {"page_title": _("Import and export"), "kinds": found},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kind_page(request: HttpRequest, key: str) -> HttpResponse:
    """A table: what it holds, the file to take out, and the upload, which leads to the dry run."""
    kind = _kind(request, key, imports=request.method == "POST")
    posted = request.method == "POST"
    form = UploadForm(request.POST if posted else None, request.FILES if posted else None)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        data = upload.read()
        try:
            # Read once before it is kept, so that a file that is refused is refused here.
            check(kind, data, request.user)
        except SheetProblem as problem:
            form.add_error("file", str(problem))
        else:
            kept = hold(kind, upload.name, data, request.user)
            return redirect("sheets_review", key, kept.pk)
    columns = kind.listed_columns(Context(request.user))
    return render(
        request,
        "wagtailadmin/cms/sheet.html",
        {
            "page_title": kind.title,
            "kind": kind,
            "form": form if kind.may_import(request.user) else None,
            "may_export": kind.may_export(request.user),
            "portions": _portions(kind),
            "templates": [
                {"ending": ending, "url": reverse("sheets_template", args=[key, ending])}
                for ending in FORMATS
            ],
            "columns": [
                {
                    "heading": column.title(),
                    "help": column.help,
                    "required": column.required,
                    "read_only": column.read_only,
                }
                for column in columns
            ],
            "as_drafts": isinstance(kind, PageSheet),
            "is_numbered": kind.new_without_key,
            "key_heading": kind.key_column.title(),
        },
    )


def _portions(kind: SheetKind) -> list[dict[str, Any]]:
    portions = [(part.name, part.label) for part in kind.portions] or [("", _("All rows"))]
    return [
        {
            "label": label,
            "links": [
                {
                    "ending": ending,
                    "url": reverse("sheets_export", args=[kind.key, ending])
                    + (f"?part={name}" if name else ""),
                }
                for ending in FORMATS
            ],
        }
        for name, label in portions
    ]


# -- the dry run -------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """What an import would do, row by row, and the button that does it."""
    kind = _kind(request, key, imports=True)
    kept = held(kind, pk, request.user)
    if kept is None:
        messages.warning(request, _("This file is no longer waiting: choose it again."))
        return redirect("sheets_kind", key)
    data = bytes(kept.data)
    try:
        if request.method == "POST":
            expected = request.POST.get("fingerprint", "")[:64]
            plan = apply(kind, data, request.user, expected=expected, file_name=kept.name)
            kept.delete()
            messages.success(request, _done(plan, isinstance(kind, PageSheet)))
            return redirect("sheets_kind", key)
        plan = dry_run(kind, data, request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("sheets_review", key, pk)
    except SheetProblem as problem:
        messages.error(request, str(problem))
        return redirect("sheets_kind", key)
    return render(request, "wagtailadmin/cms/sheet_review.html", _review(kind, kept, plan))


def _review(kind: SheetKind, kept: Any, plan: Plan) -> dict[str, Any]:
    counts = plan.counts
    return {
        "page_title": _("%(table)s: what would happen") % {"table": kind.title},
        "kind": kind,
        "name": kept.name,
        "summary": summary(counts),
        "counts": counts,
        "can_be_applied": plan.can_be_applied,
        "as_drafts": isinstance(kind, PageSheet),
        "notes": plan.notes,
        "wrong": plan.of(Status.WRONG)[:MAX_SHOWN],
        "changed": [_shown(row) for row in plan.of(Status.CHANGED)[:MAX_SHOWN]],
        "new": [_shown(row) for row in plan.of(Status.NEW)[:MAX_SHOWN]],
        "left_out": _left_out(plan.rows),
        "limit": MAX_SHOWN,
        "is_cut": any(count > MAX_SHOWN for name, count in counts.items() if name != "same"),
        "fingerprint": plan.fingerprint,
        "back_url": reverse("sheets_kind", args=[kind.key]),
    }


def _shown(row: PlannedRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": row.title,
        "key": row.key,
        "changes": [change for change in row.changes if change.old or change.new],
    }


def _left_out(rows: Sequence[PlannedRow]) -> list[dict[str, Any]]:
    """The first rows of which something is not imported, because its column is only to read."""
    found = [
        row for row in rows if row.notes and row.status in (Status.NEW, Status.CHANGED, Status.SAME)
    ]
    return [{"number": row.number, "title": row.title, "notes": row.notes} for row in found[:20]]


def summary(counts: dict[str, int]) -> str:
    """How many rows of each kind: “3 changed, 1 new, 2 wrong”."""
    changed, new, wrong, same = (counts[status] for status in ("changed", "new", "wrong", "same"))
    parts = [
        ngettext("%(count)s changed", "%(count)s changed", changed) % {"count": changed},
        ngettext("%(count)s new", "%(count)s new", new) % {"count": new},
        ngettext("%(count)s wrong", "%(count)s wrong", wrong) % {"count": wrong},
    ]
    if same:
        parts.append(ngettext("%(count)s as before", "%(count)s as before", same) % {"count": same})
    return ", ".join(parts)


def _done(plan: Plan, as_drafts: bool) -> str:
    counts = plan.counts
    written = counts[Status.NEW] + counts[Status.CHANGED]
    if as_drafts:
        text = ngettext(
            "%(count)s row was imported as a draft: publish it, or submit it to whoever may.",
            "%(count)s rows were imported as drafts: publish them, or submit them to whoever may.",
            written,
        )
    else:
        text = ngettext("%(count)s row was imported.", "%(count)s rows were imported.", written)
    return text % {"count": written}


# -- files -------------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def export_file(request: HttpRequest, key: str, ending: str) -> HttpResponseBase:
    """The table as a file, sent as it is written."""
    kind = _kind(request, key)
    portion = request.GET.get("part", "")
    if ending not in FORMATS or portion not in {"", *(part.name for part in kind.portions)}:
        raise Http404
    try:
        _count, batches = export(kind, request.user, portion)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("sheets_kind", key)
    header = headings(kind, request.user)
    name = f"{kind.key}-{timezone.localdate():%Y-%m-%d}.{ending}"
    return _file(kind, header, batches, name, ending)


@never_cache
@require_safe
def template_file(request: HttpRequest, key: str, ending: str) -> HttpResponseBase:
    """An empty table with one row as an example."""
    kind = _kind(request, key)
    if ending not in FORMATS:
        raise Http404
    columns = kind.listed_columns(Context(request.user))
    example = [[[kind.example.get(column.name, "") for column in columns]]]
    header = [column.title() for column in columns]
    return _file(kind, header, example, f"{kind.key}.{ending}", ending)


def _file(
    kind: SheetKind, header: list[str], batches: Any, name: str, ending: str
) -> StreamingHttpResponse:
    if ending == "xlsx":
        content = writing.stream_workbook(str(kind.title), header, batches)
    else:
        content = stream_csv(header, batches)
    return StreamingHttpResponse(
        content,
        content_type=FORMATS[ending],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# -- registration ------------------------------------------------------------------------------------------------------


def admin_urls() -> list[URLPattern]:
    """For the hook `register_admin_urls`."""
    return [
        path("import-export/", index, name="sheets"),
        path("import-export/<slug:key>/", kind_page, name="sheets_kind"),
        path("import-export/<slug:key>/<int:pk>/", review, name="sheets_review"),
        path("import-export/<slug:key>/export.<slug:ending>", export_file, name="sheets_export"),
        path("import-export/<slug:key>/empty.<slug:ending>", template_file, name="sheets_template"),
    ]


class SheetsMenuItem(MenuItem):
    """Shown to those who have a table."""

    def is_shown(self, request: HttpRequest) -> bool:
        # Rights over models are known already; pages ask the database.
        kinds = sorted(sheets(), key=lambda kind: isinstance(kind, PageSheet))
        return any(_may(kind, request.user) for kind in kinds)


def menu_item() -> MenuItem:
    """For the hook `register_admin_menu_item`."""
    return SheetsMenuItem(
        gettext_lazy("Import and export"), reverse("sheets"), icon_name="table", order=950
    )


def register_import_log_actions(actions: Any) -> None:
    """For the hook `register_log_actions`."""

    @actions.register_action(IMPORTED)
    class ImportedFormatter(LogFormatter):
        """“Imported from “campanii.xlsx”, row 7”."""

        label = gettext_lazy("Import from a file")

        def format_message(self, log_entry: Any) -> str:
            """Which file and which row it came from."""
            return _("Imported from “%(file)s”, row %(row)s") % {
                "file": log_entry.data.get("file", ""),
                "row": log_entry.data.get("row", ""),
            }
