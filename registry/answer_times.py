"""The public figures of answer times: from the newest report that is shown to the public, small counts hidden.

One query, whatever the size of the register: a frozen report holds all that is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from cms.multilingual import LocalizedText
from registry.buckets import Bucket
from registry.models.reports import Report
from registry.small_counts import SMALL, Cell, suppress
from registry.tallies import BANDS

if TYPE_CHECKING:
    from registry.models.pages import PetitionPage

TEMPLATE: Final = "registry/answer_times.html"
ADDRESSES: Final = {"ro": "termene/", "en": "answer-times/", "hu": "valaszidok/"}
"""What follows the address of the form in each language."""
_SCALES: Final = (10, 15, 20, 30, 40, 60, 90, 120, 200, 400)
"""Days at the right end of the chart: the first one that everything fits into."""


@dataclass(frozen=True, slots=True)
class Row:
    """A department (`name` is empty for what has none yet): counts, the median in days, and the bar of the chart.

    `median` and `share` (per cent in term) are None where too few were answered, or a hidden count could be told
    from them. `bar` is in thousandths of the chart's width.
    """

    name: LocalizedText
    in_term: Cell
    past: Cell
    due: Cell
    share: int | None
    median: float | None
    bar: int


@dataclass(frozen=True, slots=True)
class Band:
    """So many days to the answer: `first` to `last`, None for no end; its count, and its bar in thousandths."""

    first: int
    last: int | None
    number: int
    bar: int


@dataclass(frozen=True, slots=True)
class Month:
    """The month of registration and the median days until its petitions were answered."""

    first_day: date
    median: float
    bar: int


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """What the page shows. `scale`: the days at the right end of the charts; `term`: where 30 days stand on it."""

    first_day: date
    last_day: date
    frozen_at: datetime | None
    positions: int | None
    rows: list[Row]
    total: Row | None
    bands: list[Band]
    months: list[Month]
    scale: int
    term: int
    has_hidden: bool
    legal_term: int

    @property
    def charted(self) -> list[Row]:
        """The departments whose median may be shown, the quickest first."""
        known = [row for row in self.rows if row.median is not None]
        return sorted(known, key=lambda row: row.bar)


TERM: Final = 30
"""Days, for the line in the charts; each petition is held against its own term (`due`)."""


def public_report() -> Report | None:
    """The newest report on petitions that is shown to the public: one query."""
    shown = Report.objects.filter(
        kind=Report.Kind.PETITIONS, is_public=True, frozen_at__isnull=False
    )
    return shown.order_by("-last_day", "-frozen_at", "-pk").first()


def _days(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / 10


def _median(data: Mapping[str, Any]) -> float | None:
    """The median of a tally in days; None where it would be somebody's own."""
    return _days(data["median"]) if data["answered"] >= SMALL else None


def _due_counts(data: Mapping[str, Any]) -> list[int]:
    buckets = data["buckets"]
    past = buckets[Bucket.ANSWERED_LATE] + buckets[Bucket.OPEN_LATE]
    return [buckets[Bucket.ANSWERED_IN_TIME], past]


def _row(data: Mapping[str, Any], cells: list[Cell], scale: int) -> Row:
    in_term, past, due = cells
    share = None
    if in_term.number is not None and due.number:
        share = round(100 * in_term.number / due.number)
    median = _median(data)
    bar = 0 if median is None else round(1000 * median / scale)
    return Row(LocalizedText(data.get("name", {})), in_term, past, due, share, median, bar)


def merged_bands(counts: list[int]) -> list[tuple[int, int | None, int]]:
    """The bands of days with their counts, those of one or two put together with their neighbours. Pure.

    Sums give nothing away then: no count that is shown is small.
    """
    merged: list[tuple[int, int | None, int]] = []
    for (first, last), number in zip(BANDS, counts, strict=True):
        if merged and 0 < merged[-1][2] < SMALL:
            before = merged.pop()
            merged.append((before[0], last, before[2] + number))
        else:
            merged.append((first, last, number))
    if len(merged) > 1 and 0 < merged[-1][2] < SMALL:
        (_first, last, number), before = merged.pop(), merged.pop()
        # Zeros in between go with it: one that stands alone must not be the only neighbour.
        while merged and 0 < before[2] + number < SMALL:
            number, before = number + before[2], merged.pop()
        merged.append((before[0], last, before[2] + number))
    return [] if any(0 < number < SMALL for _f, _l, number in merged) else merged


def answer_times(report: Report) -> AnswerTimes:
    """What a frozen report says to the public. No query."""
    data = report.data
    rows = [row for row in data["by"]["department"] if sum(_due_counts(row)) or row["answered"]]
    cells = suppress([_due_counts(row) for row in rows])
    months = [
        (date.fromisoformat(f"{row['key']}-01"), median)
        for row in data["by"]["month"]
        if (median := _median(row)) is not None
    ]
    medians = [median for row in rows if (median := _median(row)) is not None]
    # The line of the term lies within the chart, also where everything is quicker.
    longest = max([TERM + 1, *medians, *(median for _day, median in months)])
    scale = next((days for days in _SCALES if days >= longest), round(longest) + 1)
    # Their sum is what was answered: it would help to compute what the last row hides.
    is_whole = bool(cells) and all(cell.number is not None for cell in cells[-1])
    bands = merged_bands(data["total"]["bands"]) if is_whole else []
    most = max((number for _first, _last, number in bands), default=0)
    positions = data["total"]["positions"]
    return AnswerTimes(
        first_day=report.first_day,
        last_day=report.last_day,
        frozen_at=report.frozen_at,
        positions=positions if positions == 0 or positions >= SMALL else None,
        rows=[_row(row, shown, scale) for row, shown in zip(rows, cells[:-1], strict=True)],
        total=_row(data["total"], cells[-1], scale) if cells else None,
        bands=[
            Band(first, last, number, round(1000 * number / most) if most else 0)
            for first, last, number in bands
        ],
        months=[Month(day, median, round(1000 * median / scale)) for day, median in months],
        scale=scale,
        term=round(1000 * TERM / scale),
        has_hidden=any(cell.number is None for row in cells for cell in row),
        legal_term=TERM,
    )


def respond(page: PetitionPage, request: HttpRequest) -> HttpResponse:
    """The page of answer times below the form, in the form's language; it says so where no report is public yet.

    For everybody and without a cookie, so that caches may keep it.
    """
    request.is_preview = getattr(request, "is_preview", False)  # type: ignore[attr-defined]
    page.below = ADDRESSES
    report = public_report()
    context = {
        **page.get_context(request),
        "report": report,
        "times": answer_times(report) if report else None,
    }
    return TemplateResponse(request, TEMPLATE, context)
