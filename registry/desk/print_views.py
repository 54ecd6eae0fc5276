"""Printing the register: choosing what, as pages for the browser or as a PDF; both are written while they are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.models import SiteIdentity
from registry import audit
from registry.deadlines import registration_day
from registry.desk.forms import DayInput
from registry.desk.screens import Screen
from registry.enums import Action
from registry.files.responses import content_disposition
from registry.models import Register, RegisterYear
from registry.printing.register_pdf import RegisterPdf, Sheet
from registry.printing.register_rows import (
    COLUMNS,
    LANGUAGE,
    Closing,
    Period,
    closing_of,
    day_of,
    portions,
    year_of,
)

PRINT: Final = "print_register"
_ROWS: Final = "<!--rows-->"


class PrintForm(forms.Form):
    """A day of a register."""

    register = forms.ModelChoiceField(
        label=gettext_lazy("Register"), queryset=Register.objects.all(), empty_label=None
    )
    day = forms.DateField(label=gettext_lazy("Day"), widget=DayInput())


class PrintScreen(Screen):
    """What can be printed: a year, or a day."""

    permission = PRINT
    title = gettext_lazy("Print the register")
    header_icon = "doc-full"
    parent = None
    template_name = "wagtailadmin/registry/print_register.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The years, and a form for a day; with a day in it, leads to its print."""
        today = registration_day(timezone.now())
        if "day" not in request.GET:
            first = Register.objects.first()
            return self._asked(PrintForm(initial={"day": today, "register": first}))
        form = PrintForm(request.GET)
        if form.is_valid():
            register, day = form.cleaned_data["register"], form.cleaned_data["day"]
            if day_of(register, day) is not None:
                name = "registry_print:pdf" if "pdf" in request.GET else "registry_print:pages"
                return redirect(name, register=register.key, period=day.isoformat())
            form.add_error("day", _("Nothing was registered on this day: choose another one."))
        return self._asked(form, 422)

    def _asked(self, form: PrintForm, status: int = 200) -> HttpResponseBase:
        years = RegisterYear.objects.select_related("register").filter(last_number__gt=0)
        return self.shown(status=status, form=form, years=years.order_by("-year", "register__key"))


class PrintPagesScreen(Screen):
    """A period of the register for the browser to print."""

    permission = PRINT
    parent = ("registry_print:index", gettext_lazy("Print the register"))
    form = "pages"

    def get(self, request: HttpRequest, register: str, period: str) -> HttpResponseBase:
        """The print, written while it is read; that it was made is told in the trail."""
        found = self._period(get_object_or_404(Register, key=register), period)
        if found is None:
            raise Http404
        with transaction.atomic():
            audit.record(
                Action.PRINTED,
                actor=request.user,
                data={
                    "register": found.register.key,
                    "period": found.name,
                    "positions": found.positions,
                    "as": self.form,
                },
            )
        response = StreamingHttpResponse(self.parts(found), content_type=self.content_type)
        response["Cache-Control"] = "private, no-store"
        return response

    content_type = "text/html; charset=utf-8"

    def _period(self, register: Register, text: str) -> Period | None:
        if text.isascii() and text.isdecimal() and len(text) == 4:
            return year_of(register, int(text))
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None
        return day_of(register, day) if day.isoformat() == text else None

    def parts(self, period: Period) -> Iterator[bytes]:
        """The page in the order of its bytes."""
        closing = closing_of(period)
        with translation.override(LANGUAGE):
            page = render_to_string(
                "wagtailadmin/registry/register_pages.html",
                {
                    "period": period,
                    "columns": [str(column) for column in COLUMNS],
                    "house": self.house,
                    "rows": _ROWS,
                    "closing": closing,
                    "closed": closed_text(closing) if closing else "",
                    "printed_at": timezone.now(),
                },
            )
        before, _mark, after = page.partition(_ROWS)
        yield before.encode()
        for rows in portions(period, self.request.user, self.house):
            yield "".join(
                f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>\n" for row in rows
            ).encode()
        yield after.encode()

    @property
    def house(self) -> str:
        """The institution, as the register names who issues what goes out."""
        identity: Any = SiteIdentity.load(self.request)
        return str(identity.institution.resolve(LANGUAGE)[0] or identity.name.resolve(LANGUAGE)[0])


class PrintPdfScreen(PrintPagesScreen):
    """The same as a PDF."""

    form = "pdf"
    content_type = "application/pdf"

    def get(self, request: HttpRequest, register: str, period: str) -> HttpResponseBase:
        response = super().get(request, register, period)
        response["Content-Disposition"] = content_disposition(
            "inline", f"registru-{register}-{period}.pdf"
        )
        return response

    def parts(self, period: Period) -> Iterator[bytes]:
        with translation.override(LANGUAGE):
            sheet = sheet_of(period, self.house)
        rows = (row for rows in portions(period, self.request.user, self.house) for row in rows)
        yield from RegisterPdf(sheet, language=LANGUAGE).parts(rows)


def closed_text(closing: Closing) -> str:
    """When the year was closed, and by whom as far as that is known."""
    if not closing.by:
        return _("Closed on %(day)s") % {"day": closing.day}
    return _("Closed on %(day)s, by: %(by)s") % {"day": closing.day, "by": closing.by}


def sheet_of(period: Period, house: str) -> Sheet:
    """The texts around the rows, in the active language."""
    closing = closing_of(period)
    lines = []
    if closing is not None:
        lines = [
            closing.statement,
            closed_text(closing),
            "",
            _("Signature:") + " ____________________________",
        ]
    title = f"{house} · {period.register}" if house else str(period.register)
    return Sheet(
        title=title,
        subtitle=period.text,
        columns=[str(column) for column in COLUMNS],
        page_of=_("Page %(page)s of"),
        printed=_("Printed on %(moment)s; •••: not for who printed it to see")
        % {"moment": f"{timezone.localtime():%d.%m.%Y %H:%M}"},
        closing=lines,
    )
