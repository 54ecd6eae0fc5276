"""What a frozen report says as tables in the reader's language: the same for the screen, for paper and for CSV.

Reads the report's data only, never the register: names are those of the day of counting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from cms.multilingual import LocalizedText
from registry.buckets import Bucket
from registry.enums import Channel, Outcome
from registry.models.reports import Report
from registry.tallies import BANDS

Value = str | int | float | None

COLUMNS: Final[tuple[tuple[str | Promise, tuple[Bucket, ...]], ...]] = (
    (pgettext_lazy("column of a report", "In term"), (Bucket.ANSWERED_IN_TIME,)),
    (pgettext_lazy("column of a report", "Late"), (Bucket.ANSWERED_LATE,)),
    (pgettext_lazy("column of a report", "Term running"), (Bucket.OPEN_IN_TERM,)),
    (pgettext_lazy("column of a report", "Term over"), (Bucket.OPEN_LATE,)),
    (pgettext_lazy("column of a report", "Redirected"), (Bucket.REDIRECTED,)),
    (pgettext_lazy("column of a report", "Joined"), (Bucket.JOINED,)),
    (
        pgettext_lazy("column of a report", "Filed"),
        (Bucket.ANONYMOUS, Bucket.REPEAT, Bucket.CLOSED),
    ),
    (pgettext_lazy("column of a report", "Cancelled"), (Bucket.CANCELLED,)),
)
"""The buckets as columns of the breakdowns: together they are all of them."""

PARTS: Final = {
    "department": gettext_lazy("By department"),
    "kind": gettext_lazy("By kind"),
    "month": gettext_lazy("By month of registration"),
    "channel": gettext_lazy("By the way it came"),
    "language": gettext_lazy("By language"),
}
EXEMPTIONS: Final = {
    "a": gettext_lazy("art. 12 (1) a): national defence, safety and public order"),
    "b": gettext_lazy(
        "art. 12 (1) b): deliberations of authorities, economic and political interests"
    ),
    "c": gettext_lazy("art. 12 (1) c): commercial or financial activities"),
    "d": gettext_lazy("art. 12 (1) d): personal data"),
    "e": gettext_lazy("art. 12 (1) e): criminal or disciplinary investigations"),
    "f": gettext_lazy("art. 12 (1) f): judicial proceedings, a fair trial"),
    "g": gettext_lazy("art. 12 (1) g): measures of protection of young people"),
    "": gettext_lazy("another ground"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the first column names the row; the last row is the sum where `has_total`. Values are plain."""

    key: str
    title: str
    header: list[str]
    rows: list[list[Value]]
    has_total: bool = False
    note: str = ""
    percent: frozenset[int] = field(default_factory=frozenset)
    """The columns that are per cent."""

    @property
    def shown(self) -> list[list[str]]:
        """The rows as the reader's language writes them."""
        return [
            [shown(value, is_percent=place in self.percent) for place, value in enumerate(row)]
            for row in self.rows
        ]


def shown(value: Value, *, is_percent: bool = False) -> str:
    """A value as the reader's language writes it; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    decimals = 0 if float(value).is_integer() else 1
    text = number_format(value, decimals, force_grouping=True)
    return f"{text} %" if is_percent else text


def tenths(value: int | None) -> float | None:
    """Days of what is kept in tenths (or per cent of thousandths)."""
    return None if value is None else value / 10


def title_of(report: Report) -> str:
    """What a report is called."""
    days = {
        "first": date_format(report.first_day, "SHORT_DATE_FORMAT"),
        "last": date_format(report.last_day, "SHORT_DATE_FORMAT"),
    }
    if report.kind == Report.Kind.FOI:
        return _("Public information, %(first)s – %(last)s") % days
    return _("Petitions, %(first)s – %(last)s") % days


def name_of(part: str, row: Mapping[str, Any]) -> str:
    """What a row of a breakdown is called."""
    key = row["key"]
    if part == "channel":
        return str(Channel(key).label) if key in Channel.values else key
    if part == "language":
        return dict(settings.LANGUAGES).get(key, key)
    if part == "month":
        return date_format(date.fromisoformat(f"{key}-01"), "F Y")
    return str(LocalizedText(row.get("name", {}))) or _("given to no department")


def band_text(first: int, last: int | None) -> str:
    """So many days."""
    if last is None:
        return ngettext("%(first)s day and more", "%(first)s days and more", first) % {
            "first": first
        }
    return ngettext("%(first)s to %(last)s day", "%(first)s to %(last)s days", last) % {
        "first": first,
        "last": last,
    }


def _share(number: int, whole: int) -> float | None:
    return round(100 * number / whole, 1) if whole else None


def _shares(
    key: str, title: str, column: str, rows: Sequence[tuple[str, int]], note: str = ""
) -> Table:
    """A table of counts with their shares and their sum."""
    whole = sum(number for _name, number in rows)
    return Table(
        key,
        title,
        [column, pgettext("column of a report", "Positions"), _("Share")],
        [
            *([name, number, _share(number, whole)] for name, number in rows),
            [_("Total"), whole, _share(whole, whole)],
        ],
        has_total=True,
        note=note,
        percent=frozenset({2}),
    )


def _measures(data: Mapping[str, Any]) -> list[Value]:
    return [tenths(data["in_term"]), tenths(data["median"]), tenths(data["average"])]


def breakdown(data: Mapping[str, Any], part: str) -> Table:
    """The positions of a report by `part`, all buckets side by side."""

    def cells(row: Mapping[str, Any]) -> list[Value]:
        counts: list[Value] = [
            sum(row["buckets"][bucket] for bucket in buckets) for _name, buckets in COLUMNS
        ]
        return [row["positions"], *counts, *_measures(row)]

    rows = data["by"][part]
    return Table(
        part,
        str(PARTS[part]),
        [
            "",
            pgettext("column of a report", "Positions"),
            *(str(name) for name, _buckets in COLUMNS),
            _("In term, %"),
            _("Median, days"),
            _("Average, days"),
        ],
        [
            *([name_of(part, row), *cells(row)] for row in rows),
            [_("Total"), *cells(data["total"])],
        ],
        has_total=True,
        percent=frozenset({len(COLUMNS) + 2}),
    )


def tables(data: Mapping[str, Any]) -> Iterator[Table]:
    """The tables of a report, in their order."""
    total = data["total"]
    yield _shares(
        "buckets",
        _("What became of them"),
        _("Bucket"),
        [(str(bucket.label), total["buckets"][bucket]) for bucket in Bucket],
        _("Each position is in one bucket, so they add up. Terms are those promised (“due”)."),
    )
    yield breakdown(data, "department")
    yield _shares(
        "days",
        _("Days to the answer"),
        _("From registration to dispatch"),
        [(band_text(*band), number) for band, number in zip(BANDS, total["bands"], strict=True)],
    )
    yield _shares(
        "outcomes",
        _("What the answers came to"),
        _("Outcome"),
        [
            (str(Outcome(key).label) if key else _("not written down"), number)
            for key, number in data["outcomes"].items()
        ],
    )
    if data["kind"] == Report.Kind.FOI:
        yield _shares(
            "grounds",
            _("Refusals by ground (Law 544/2001)"),
            _("Ground"),
            [(str(text), data["grounds"].get(key, 0)) for key, text in EXEMPTIONS.items()],
            _("Read from the letter of art. 12 in the legal basis of the answer."),
        )
    if data["redirected_to"]:
        yield _shares(
            "redirected_to",
            _("Redirected where to"),
            _("Institution"),
            [(str(LocalizedText(row["name"])), row["positions"]) for row in data["redirected_to"]],
        )
    for part in ("kind", "month", "channel", "language"):
        yield breakdown(data, part)


def csv_rows(report: Report) -> Iterator[Sequence[Value | date]]:
    """A report for a spreadsheet: each table below its title, with a blank line before it."""
    yield [title_of(report)]
    yield [_("Counted on"), date.fromisoformat(report.data["counted_on"])]
    yield [_("Digest (SHA-256)"), report.digest]
    for table in tables(report.data):
        yield []
        yield [table.title]
        yield [*table.header]
        yield from ([*row] for row in table.rows)
