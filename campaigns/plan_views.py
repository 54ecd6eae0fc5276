"""The public pages of the promotion plan: a year as a timeline that is a table, and as a table of facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.db.models import F
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from campaigns.models.plan import PlanRow, PlanYear
from campaigns.partnership_listing import Filter, Option
from cms.multilingual import LocalizedText, content_language
from cms.page_urls import page_url
from cms.querysets import open_pages, version_in
from cms.service_calendar import moment
from events.filters import clean_query

if TYPE_CHECKING:
    from campaigns.models.plan_page import PlanPage

MONTHS: Final = range(1, 13)


@dataclass(frozen=True, slots=True)
class Month:
    """A month's name, whole and short, in the active language."""

    number: int
    name: str
    short: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A month of a row: whether it is in it, and whether it begins or ends there."""

    month: Month
    on: bool
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the plan as readers see it."""

    number: int
    title: LocalizedText
    months: str
    cells: Sequence[Cell]
    department: Any
    objective_code: str
    objective_title: Any
    objective_url: str
    budget: str
    channels: str
    links: Sequence[tuple[str, str]]


def months() -> list[Month]:
    """The twelve, as they stand alone in the active language."""
    return [
        Month(
            number,
            date_format(date(2024, number, 1), pgettext("month alone", "F")),
            date_format(date(2024, number, 1), pgettext("short month alone", "M")),
        )
        for number in MONTHS
    ]


def months_words(first: int, last: int, names: Sequence[Month]) -> str:
    """ "martie–iunie", or one month."""
    if first == last:
        return names[first - 1].name
    if (first, last) == (1, 12):
        return _("all year")
    return f"{names[first - 1].name}–{names[last - 1].name}"


def chosen_year(years: Sequence[int], this_year: int) -> int | None:
    """The year that is shown where none is asked for: this one, else the last before it, else the first after it."""
    past = [year for year in years if year <= this_year]
    return max(past) if past else min(years, default=None)


def plan_context(
    page: PlanPage, request: HttpRequest, year: int | None = None
) -> dict[str, Any] | None:
    """The plan of `year`, by default of the nearest; None where that year has no public plan."""
    plans = {plan.year: plan for plan in PlanYear.objects.filter(is_public=True)}
    shown = year if year is not None else chosen_year(list(plans), moment(request).year)
    if year is not None and year not in plans:
        return None
    base = page_url(page.url_path, request)
    context: dict[str, Any] = {
        "plan_url": base,
        "year": shown,
        "years": [(other, f"{base}{other}/", other == shown) for other in sorted(plans)],
        "months": months(),
    }
    if shown is None:
        return {**context, "rows": [], "filters": [], "problems": []}
    rows = _rows(plans[shown])
    filters, chosen, unknown = _parse(request.GET, rows)
    address = f"{base}{shown}/"
    listed = [row for row in rows if _fulfils(row, chosen)]
    strategy = _strategy_url(request)
    names = context["months"]
    return {
        **context,
        "plan": plans[shown],
        "rows": [
            _view(number, row, names, strategy, request)
            for number, row in enumerate(listed, start=1)
        ],
        "filters": filters,
        "action": address,
        "active": [
            (option.label, address + _query({**chosen, item.name: ""}))
            for item in filters
            for option in item.options
            if option.chosen
        ],
        "problems": [
            _("%(filter)s: there is no “%(value)s” here, so it was ignored.")
            % {"filter": label, "value": value}
            for label, value in unknown
        ],
        "result_text": ngettext(
            "%(count)s thing that we promote in %(year)s.",
            "%(count)s things that we promote in %(year)s.",
            len(listed),
        )
        % {"count": len(listed), "year": shown},
    }


def _query(chosen: Mapping[str, str]) -> str:
    pairs = [(name, value) for name, value in chosen.items() if value]
    return f"?{urlencode(pairs)}" if pairs else ""


def _rows(plan: PlanYear) -> list[Any]:
    """The rows of a plan in the order of the year, with the pages that readers may follow: one query."""
    language = content_language()
    return list(
        PlanRow.objects.filter(plan=plan)
        .select_related("objective__edition", "department")
        .annotate(
            campaign_path=version_in(language, "campaign", "url_path"),
            campaign_title=version_in(language, "campaign", "title"),
            event_path=version_in(language, "event_page", "url_path"),
            event_title=version_in(language, "event_page", "title"),
            objective_key=F("objective__edition__key"),
        )
        .order_by("first_month", "last_month", "sort_order", "pk")
    )


def _objective_value(row: Any) -> str:
    return f"{row.objective_key}/{row.objective.code}" if row.objective else ""


def _parse(
    parameters: Mapping[str, str], rows: Sequence[Any]
) -> tuple[list[Filter], dict[str, str], list[tuple[str, str]]]:
    """The filters, what is chosen in them, and (label, value) of what was not understood."""
    known: dict[str, tuple[str, dict[str, str]]] = {
        "objective": (
            _("Objective"),
            {_objective_value(row): str(row.objective) for row in rows if row.objective},
        ),
        "department": (
            _("Department"),
            {row.department.key: str(row.department.name) for row in rows if row.department},
        ),
    }
    filters, chosen, unknown = [], {}, []
    for name, (label, values) in known.items():
        value = clean_query(parameters.get(name) or "")
        if value in values:
            chosen[name] = value
        elif value:
            unknown.append((label, value))
        options = [
            Option(key, text, key == chosen.get(name))
            for key, text in sorted(values.items(), key=lambda pair: pair[1])
        ]
        if len(options) > 1 or name in chosen:
            filters.append(Filter(name, label, options))
    return filters, chosen, unknown


def _fulfils(row: Any, chosen: Mapping[str, str]) -> bool:
    if "objective" in chosen and _objective_value(row) != chosen["objective"]:
        return False
    department = row.department.key if row.department else ""
    return "department" not in chosen or department == chosen["department"]


def _strategy_url(request: HttpRequest) -> str:
    path = (
        open_pages()
        .filter(content_type__model="strategypage", locale__language_code=content_language())
        .values_list("url_path", flat=True)
        .first()
    )
    return page_url(path, request)


def _view(
    number: int, row: Any, names: Sequence[Month], strategy: str, request: HttpRequest
) -> RowView:
    pages = ((row.campaign_title, row.campaign_path), (row.event_title, row.event_path))
    return RowView(
        number=number,
        title=row.title,
        months=months_words(row.first_month, row.last_month, names),
        cells=[
            Cell(
                month,
                row.first_month <= month.number <= row.last_month,
                month.number == row.first_month,
                month.number == row.last_month,
            )
            for month in names
        ],
        department=row.department.name if row.department else "",
        objective_code=row.objective.code if row.objective else "",
        objective_title=row.objective.title if row.objective else "",
        objective_url=f"{strategy}{_objective_value(row)}/" if row.objective and strategy else "",
        budget=row.get_budget_display(),
        channels=row.channels,
        links=[(title, page_url(path, request)) for title, path in pages if title and path],
    )


def sitemap_urls(page: PlanPage, own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The page of the plan and those of its years, for the sitemap: one query. `own`: of the page itself."""
    address = page.full_url
    if not own or not address:
        return own
    years = PlanYear.objects.filter(is_public=True).order_by("year").values_list("year", flat=True)
    return own + [{"location": f"{address}{year}/", "lastmod": None} for year in years]
