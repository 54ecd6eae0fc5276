"""What is done with a promotion plan: copied to the next year, written as a workbook."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from campaigns.models.plan import PlanRow, PlanYear
from campaigns.plan_views import months, months_words
from cms.multilingual import LANGUAGES
from contacts.spreadsheet import safe_cell


class PlanExists(Exception):
    """The next year's plan has rows already, which nothing may mix with."""

    def __init__(self, plan: PlanYear) -> None:
        super().__init__(f"The plan of {plan.year} has rows.")
        self.plan = plan


_COPIED = (
    "title",
    "objective_id",
    "first_month",
    "last_month",
    "department_id",
    "budget",
    "channels",
    "sort_order",
)


@transaction.atomic
def copy_to_next_year(plan: PlanYear) -> PlanYear:
    """Make the next year's plan of the rows of `plan`, without the campaigns and events that came of them.

    It is not public. Raises `PlanExists` when that year's plan has rows; an empty one is filled.
    """
    new, created = PlanYear.objects.select_for_update().get_or_create(year=plan.year + 1)
    if not created and new.rows.exists():
        raise PlanExists(new)
    PlanRow.objects.bulk_create(
        PlanRow(plan=new, **{name: getattr(row, name) for name in _COPIED})
        for row in PlanRow.objects.filter(plan=plan)
    )
    # An empty one may have been made public before.
    new.is_public = False
    # Counts the change, for the pages and for staff's calendars.
    new.save()
    return new


def workbook(plan: PlanYear) -> bytes:
    """The plan as an .xlsx file in the active language: what an editor typed is text, never a formula."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = str(plan.year)
    names = months()
    titles = [
        *(f"{_('What')} ({code})" for code in LANGUAGES),
        _("Months"),
        *(month.short for month in names),
        _("Department"),
        _("Objective"),
        _("Budget"),
        _("Channels"),
        _("Campaign"),
        _("Event"),
    ]
    rows = PlanRow.objects.filter(plan=plan).select_related(
        "objective", "department", "campaign", "event_page"
    )
    _write(sheet, 1, titles)
    for number, row in enumerate(rows, start=2):
        on = range(row.first_month, row.last_month + 1)
        _write(
            sheet,
            number,
            [
                *(row.title.get(code, "") for code in LANGUAGES),
                months_words(row.first_month, row.last_month, names),
                *("x" if month.number in on else "" for month in names),
                row.department or "",
                row.objective or "",
                row.get_budget_display(),
                row.channels,
                row.campaign or "",
                row.event_page or "",
            ],
        )
    for column, title in enumerate(titles, start=1):
        sheet.cell(1, column).font = Font(bold=True)
        wide = len(title) > 3 and column not in range(5, 17)
        sheet.column_dimensions[get_column_letter(column)].width = 28 if wide else 5
    sheet.freeze_panes = "B2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write(sheet: Any, row: int, values: list[Any]) -> None:
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column)
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", safe_cell(str(value)))
        # Whatever it begins with.
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
