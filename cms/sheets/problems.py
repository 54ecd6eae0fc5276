"""What can be wrong with a table: with the whole file, or with one of its cells.

Messages are kept as a code with parameters; they become a sentence in the language of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MESSAGES: Final[dict[str, _StrPromise]] = {
    # The file
    "too_large": _("The file is larger than %(limit)s kB: split it."),
    "empty_file": _("The file is empty."),
    "unknown_file": _("This is no table: choose a .csv or .xlsx file."),
    "old_excel": _("This is a file of an old Excel: save it as .xlsx and try again."),
    "old_or_locked": _(
        "This is a file of an old Excel, or one with a password: save it as .xlsx without a password and try again."
    ),
    "not_text": _("The file is damaged or not a text: it holds NUL characters."),
    "encoding": _(
        "The letters of this file cannot be recognised: save it as “CSV UTF-8” and try again."
    ),
    "broken_csv": _("The file is damaged near row %(row)s: a quotation mark is not closed."),
    "broken_workbook": _("The workbook is damaged or protected by a password: save it again."),
    "workbook_unpacked": _("The workbook is too large when unpacked: copy the rows to a new one."),
    "workbook_unsafe": _("The workbook holds parts that no spreadsheet writes: it is not read."),
    "merged_cells": _(
        "The cells %(cells)s are merged, so it is not clear which row they belong to: unmerge them and fill each."
    ),
    "all_hidden": _("All sheets of the workbook are hidden: show the one that is meant."),
    "no_header": _("The first row must hold the names of the columns, such as “%(example)s”."),
    "missing_columns": _("These columns are missing: %(columns)s."),
    "column_twice": _("The column “%(column)s” stands there twice."),
    "too_many_rows": _("The file holds more than %(limit)s rows: split it."),
    "too_many_changes": _(
        "The file would write %(count)s rows, and at most %(limit)s can be written at once: split it."
    ),
    "no_rows": _("The file holds the names of the columns, but no rows."),
    # What is told of a file that can be read
    "read_as": _("The file was read as %(encoding)s: check the letters with diacritics."),
    "unknown_column": _("The column “%(column)s” is not known and was left out."),
    "unknown_column_like": _(
        "The column “%(column)s” is not known and was left out. Is “%(like)s” meant?"
    ),
    "first_sheet": _("Only the first sheet, “%(sheet)s”, was read."),
    # One cell
    "required": _("This cell must be filled."),
    "formula": _("This cell holds a formula: copy the column and paste it as values."),
    "cell_error": _("This cell shows the error %(text)s of the spreadsheet."),
    "lost_letters": _("Letters of “%(text)s” were lost: save the file as “CSV UTF-8” again."),
    "long_text": _("This text is longer than %(limit)s characters."),
    "bad_date": _("“%(text)s” is no date: write it like 25.11.2026 or 2026-11-25."),
    "date_range": _("“%(text)s” lies outside the years %(first)s–%(last)s."),
    "bad_clock": _("“%(text)s” is no time of day: write it like 18:00."),
    "bad_flag": _("“%(text)s” is neither yes nor no."),
    "bad_number": _("“%(text)s” is no whole number."),
    "number_range": _("“%(text)s” lies outside %(first)s–%(last)s."),
    "bad_choice": _("“%(text)s” is not known: write one of %(known)s."),
    "unknown_key": _("There is no “%(text)s” among what is meant here: %(known)s."),
    "unknown_key_many": _(
        "“%(text)s” is not known here: write the key as it stands in the admin or in an export."
    ),
    "unknown_image": _(
        "“%(text)s” is no image that you may choose: write its number, which stands in an export and in the address of "
        "the image's page."
    ),
    "bad_key": _("“%(text)s” is no key: write small letters without diacritics, digits and -."),
    "bad_country": _("“%(text)s” is no country: write two letters, such as RO, HU or FR."),
    "reason": _("%(reason)s"),
    # One row
    "same_key": _("The rows %(rows)s have the same key: each may stand there once."),
    "not_yours": _("There is one with this key already, and it is not yours to change."),
    "not_added": _("There is none with this key, and you may not add one."),
    "no_such_number": _("There is none with this number: leave the cell empty for a new one."),
    "twin": _(
        "The same is there already, with the number %(number)s: write that number to change it."
    ),
    "locked": _(
        "It is locked, waits for moderation or for a set time to be published: import it when that is done."
    ),
    "internal": _("This is internal and not shown to you: leave the cell empty."),
    "read_only": _("This column is only to read: “%(text)s” is not imported."),
    # The import
    "plan_changed": _("Something has changed since you looked: look at it again, then import."),
    "wrong_rows": _("Nothing was imported: correct the wrong rows first."),
    "row_not_saved": _("Nothing was imported, because of row %(row)s: %(reason)s"),
    "too_many_to_export": _("These are more than %(limit)s rows: take out a part of them."),
    "nothing": _("There is nothing to import."),
    "no_index": _("There is no page to put them below: create it first."),
}


class SheetProblem(ValueError):
    """A file that cannot be read. ``code`` and ``params`` are stable; ``str()`` is the text in the active language."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return message(self.code, self.params)


class CellProblem(SheetProblem):
    """A cell that cannot be read."""


def message(code: str, params: Mapping[str, Any]) -> str:
    """Return the sentence for a code in the active language; a code from another release is shown as it is."""
    known = MESSAGES.get(code)
    return code if known is None else str(known) % dict(params)
