"""The pages of the strategy: the objectives of each edition, and what was done for one of them, computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import ExtractYear
from django.http import HttpRequest

from campaigns.enums import Stage
from campaigns.models.campaign import CampaignEvent, CampaignPage
from campaigns.models.partnership import PartnershipPage
from campaigns.models.plan import PlanRow
from campaigns.models.strategy import EventObjective, Objective, StrategyEdition
from campaigns.outcomes import HAPPENING, Outcome, dates_of, outcome
from campaigns.partnership_detail import period_words
from campaigns.querysets import SharedFactsQuerySet
from campaigns.terms import standing_words
from cms.content_version import versioned
from cms.multilingual import SOURCE_LANGUAGE, LocalizedText, content_language
from cms.page_urls import page_url
from cms.querysets import open_pages
from cms.read_together import read_together
from cms.service_calendar import moment
from events.models import Event, Occurrence

if TYPE_CHECKING:
    from campaigns.models.strategy_page import StrategyPage


@dataclass(frozen=True, slots=True)
class Counts:
    """How much serves an objective: events, campaigns, partnerships, rows of the plan."""

    events: int = 0
    campaigns: int = 0
    partnerships: int = 0
    rows: int = 0

    def __bool__(self) -> bool:
        return bool(self.events or self.campaigns or self.partnerships or self.rows)


@dataclass(frozen=True, slots=True)
class ObjectiveCard:
    code: str
    title: LocalizedText
    description: LocalizedText
    url: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition with its objectives."""

    key: str
    name: LocalizedText
    years: str
    document_url: str
    url: str
    objectives: Sequence[ObjectiveCard] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class YearRow:
    """What was done in a year; `dates` is on how many dates the events took place."""

    year: int
    events: int = 0
    dates: int = 0
    campaigns: int = 0
    partnerships: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class LinkedItem:
    """A campaign, a partnership or a row of the plan that serves the objective."""

    title: Any
    url: str
    words: str = ""
    lang: str = ""
    """The code of the language that the title is in, "" for the reader's."""


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    code: str
    title: LocalizedText
    description: LocalizedText
    edition: EditionView
    years: Sequence[YearRow]
    outcome: Outcome
    campaigns: Sequence[LinkedItem]
    partnerships: Sequence[LinkedItem]
    rows: Sequence[LinkedItem]

    @property
    def has_anything(self) -> bool:
        """Whether anything was tagged with it."""
        return bool(
            self.years or self.outcome.days or self.campaigns or self.partnerships or self.rows
        )


# -- what serves objectives --------------------------------------------------------------------------------------------


def campaigns_for(language: str) -> Any:
    """The campaigns of which readers of `language` are told what they are for."""
    return SharedFactsQuerySet(CampaignPage).published(language).filter(stage__in=Stage.told())


def events_for(objective: Objective) -> QuerySet[Event]:
    """The public events that serve `objective`: tagged themselves, or of a campaign that is."""
    tagged = EventObjective.objects.filter(objective=objective).values("event")
    campaigns = campaigns_for(SOURCE_LANGUAGE).filter(objectives=objective).order_by()
    campaigned = CampaignEvent.objects.filter(page__in=campaigns.values("pk"))
    return (
        Event.objects.public()
        .filter(Q(pk__in=tagged) | Q(pk__in=campaigned.order_by().values("event_page__event")))
        .order_by()
    )


def _counts() -> dict[int, Counts]:
    """By objective, how much serves it: five queries. Events count as on the objective's own page."""
    campaigns = campaigns_for(SOURCE_LANGUAGE).order_by()
    # An event that is tagged, and stands in a campaign that is, counts once.
    serving = list(
        EventObjective.objects.filter(event__public=True)
        .values_list("objective", "event", "objective__edition__first_year")
        .union(
            campaigns.filter(
                objectives__isnull=False, event_links__event_page__event__public=True
            ).values_list(
                "objectives", "event_links__event_page__event", "objectives__edition__first_year"
            )
        )
    )
    last_days = dict(
        Occurrence.objects.filter(
            event__in={event for _objective, event, _year in serving}, status__in=HAPPENING
        )
        .order_by()
        .values_list("event")
        .annotate(last=Max("first_day"))
    )
    events = Counter(
        objective
        for objective, event, year in serving
        if event in last_days and last_days[event].year >= year
    )
    by_campaign = _per_objective(campaigns)
    by_partnership = _per_objective(PartnershipPage.objects.published(SOURCE_LANGUAGE).order_by())
    rows = dict(
        PlanRow.objects.filter(plan__is_public=True, objective__isnull=False)
        .order_by()
        .values_list("objective")
        .annotate(n=Count("pk"))
    )
    return {
        pk: Counts(
            events.get(pk, 0), by_campaign.get(pk, 0), by_partnership.get(pk, 0), rows.get(pk, 0)
        )
        for pk in {*events, *by_campaign, *by_partnership, *rows}
    }


def _per_objective(pages: Any) -> dict[int, int]:
    counted = pages.filter(objectives__isnull=False).values_list("objectives")
    return dict(counted.annotate(n=Count("pk")).values_list("objectives", "n"))


# -- the list ----------------------------------------------------------------------------------------------------------


def _edition_view(
    edition: StrategyEdition, base: str, objectives: Sequence[ObjectiveCard] = ()
) -> EditionView:
    return EditionView(
        key=edition.key,
        name=edition.name,
        years=f"{edition.first_year}–{edition.last_year}",
        document_url=edition.url,
        url=f"{base}{edition.key}/",
        objectives=objectives,
    )


def index_context(
    page: StrategyPage, request: HttpRequest, edition: str = ""
) -> dict[str, Any] | None:
    """The editions, the newest first, with their objectives; of one, where its key is given (None: there is none)."""
    base = page_url(page.url_path, request)
    counts: dict[int, Counts] = versioned(request, "objective_counts", _counts)
    editions, objectives = read_together(
        StrategyEdition.objects.all(), Objective.objects.order_by("sort_order", "code")
    )
    shown = [row for row in editions if not edition or row.key == edition]
    if edition and not shown:
        return None
    views = [
        _edition_view(
            row,
            base,
            [
                ObjectiveCard(
                    item.code,
                    item.title,
                    item.description,
                    f"{base}{row.key}/{item.code}/",
                    counts.get(item.pk, Counts()),
                )
                for item in objectives
                if item.edition_id == row.pk
            ],
        )
        for row in shown
    ]
    return {
        "editions": views,
        "edition": views[0] if edition else None,
        "strategy_url": base,
    }


# -- one objective -----------------------------------------------------------------------------------------------------


def objective_context(
    page: StrategyPage, request: HttpRequest, edition: str, code: str
) -> dict[str, Any] | None:
    """What was done for one objective, since its edition began; None when there is no such objective."""
    objective = (
        Objective.objects.filter(edition__key=edition, code=code).select_related("edition").first()
    )
    if objective is None:
        return None
    now = moment(request)
    language = content_language()
    began = date(objective.edition.first_year, 1, 1)
    dates = dates_of(events_for(objective), began, None)
    campaigns, partnerships, rows, plans = read_together(
        campaigns_for(language)
        .filter(objectives=objective)
        .only("starts_on", "ends_on")
        .order_by(F("starts_on").desc(nulls_last=True), "pk"),
        PartnershipPage.objects.published(language)
        .filter(objectives=objective)
        .only("starts_on", "ends_on")
        .order_by(F("starts_on").desc(nulls_last=True), "pk"),
        PlanRow.objects.filter(objective=objective, plan__is_public=True)
        .select_related("plan")
        .order_by("-plan__year", "first_month", "sort_order", "pk"),
        open_pages()
        .filter(content_type__model="planpage", locale__language_code=language)
        .only("url_path")
        .order_by("path"),
    )
    plan = page_url(plans[0].url_path, request) if plans else ""
    base = page_url(page.url_path, request)
    today = now.date()
    view = ObjectiveView(
        code=objective.code,
        title=objective.title,
        description=objective.description,
        edition=_edition_view(objective.edition, base),
        years=_years(objective.edition, dates, campaigns, partnerships, rows, now),
        outcome=outcome(request, dates, now),
        campaigns=[
            LinkedItem(
                row.shown_title,
                page_url(row.shown_path, request),
                period_words(row.starts_on, row.ends_on),
                SOURCE_LANGUAGE if row.shown_alias else "",
            )
            for row in campaigns
        ],
        partnerships=[
            LinkedItem(
                row.shown_title,
                page_url(row.shown_path, request),
                standing_words(row.starts_on, row.ends_on, today),
                SOURCE_LANGUAGE if row.shown_alias else "",
            )
            for row in partnerships
        ],
        rows=[
            LinkedItem(row.title, f"{plan}{row.plan.year}/" if plan else "", str(row.plan.year))
            for row in rows
        ],
    )
    return {"objective": view, "strategy_url": base}


def _years(
    edition: StrategyEdition,
    dates: QuerySet[Occurrence],
    campaigns: Sequence[CampaignPage],
    partnerships: Sequence[PartnershipPage],
    rows: Sequence[PlanRow],
    now: datetime,
) -> list[YearRow]:
    """The years since the edition began in which anything was done or is to come, the newest first: one query."""
    held = {
        year: (events, number)
        for year, events, number in dates.filter(status__in=HAPPENING)
        .annotate(year=ExtractYear("first_day"))
        .values_list("year")
        .annotate(events=Count("event", distinct=True), number=Count("pk"))
        .values_list("year", "events", "number")
    }
    ran = Counter(_spanned((row.starts_on, row.ends_on or row.starts_on) for row in campaigns))
    # An agreement without an end holds until now, not for ever.
    in_force = Counter(_spanned((row.starts_on, row.ends_on or now.date()) for row in partnerships))
    planned = Counter(row.plan.year for row in rows)
    years = {*held, *ran, *in_force, *planned}
    return [
        YearRow(year, *held.get(year, (0, 0)), ran[year], in_force[year], planned[year])
        for year in sorted(years, reverse=True)
        if year >= edition.first_year and (year <= now.year or year in {*held, *ran, *planned})
    ]


def _spanned(periods: Iterable[tuple[date | None, date | None]]) -> list[int]:
    """The years that each of `periods` touches."""
    return [
        year
        for first, last in periods
        if first is not None and last is not None
        for year in range(first.year, last.year + 1)
    ]


# -- for search engines ------------------------------------------------------------------------------------------------


def sitemap_urls(page: StrategyPage, own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The page of the strategy and those below it, for the sitemap: one query. `own`: of the page itself."""
    address = page.full_url
    if not own or not address:
        return own
    below = Objective.objects.values_list("edition__key", "code")
    return own + [
        {"location": f"{address}{edition}/{code}/", "lastmod": None} for edition, code in below
    ]
