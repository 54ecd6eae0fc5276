"""The page of one campaign: what readers have of it in its present stage, live or in an editor's preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet, Subquery
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Page

from campaigns.enums import Stage
from campaigns.images import images, shared_image_url
from campaigns.news import NewsItem, news_items
from campaigns.stages import Phase, phase_on
from campaigns.structured_data import campaign_data
from cms.multilingual import SOURCE_LANGUAGE, LocalizedText, content_language
from cms.page_urls import page_url
from cms.querysets import open_pages
from cms.read_together import read_together
from cms.service_calendar import moment
from contacts.book import contact_book
from contacts.phones import display, tel_href
from events.listing import EventDates, dates_of
from events.models.event import Event
from events.presenters import day_words, range_words
from events.subscriptions import SubscribeView, subscribe_to

if TYPE_CHECKING:
    from campaigns.models import CampaignPage

MOST_COMING = 12
MOST_PAST = 6
MOST_NEWS = 3


def _since(day: date) -> str:
    words = {"day": day_words(day, weekday=False)}
    return pgettext("a campaign that begins on a day", "from %(day)s") % words


def period_text(phase: Phase, starts_on: date | None, ends_on: date | None) -> str:
    """When a campaign takes place, in the active language; "" when nothing was said."""
    if starts_on and ends_on:
        return range_words(starts_on, ends_on)
    if starts_on and phase != Phase.PAST:
        return _since(starts_on)
    if ends_on:
        return _("until %(day)s") % {"day": day_words(ends_on, weekday=False)}
    return day_words(starts_on, weekday=False) if starts_on else ""


def teaser_text(starts_on: date | None, today: date) -> str:
    """What is told of the time of a campaign that was only announced: its first day, while that lies ahead."""
    if starts_on is None or starts_on < today:
        return ""
    return _since(starts_on)


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal. `figure`: what stands large beside it; `target`: what was wanted, once something was reached."""

    title: LocalizedText
    figure: str
    target: str = ""
    reached: bool = False


@dataclass(frozen=True, slots=True)
class PartnerView:
    """An organisation that helps."""

    name: LocalizedText
    url: str
    email: str = ""
    phone: str = ""
    phone_href: str = ""
    logo: Any = None


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """An objective of the strategy; `url` while the strategy has a page."""

    code: str
    title: LocalizedText
    edition: LocalizedText
    url: str = ""


@dataclass(slots=True)
class CampaignView:
    """One campaign, as its page shows it."""

    phase: str
    stage: str
    period: str
    starts_on: date | None
    ends_on: date | None
    whole: bool
    image: Any = None
    image_alt: str = ""
    image_alt_lang: str = ""
    image_credit: str = ""
    goals: list[GoalView] = field(default_factory=list)
    dates: EventDates | None = None
    events_url: str = ""
    subscribe: SubscribeView | None = None
    partners: list[PartnerView] = field(default_factory=list)
    documents: list[tuple[str, str, str, str]] = field(default_factory=list)
    audiences: list[LocalizedText] = field(default_factory=list)
    objectives: list[ObjectiveView] = field(default_factory=list)
    contact: Any = None
    news: list[NewsItem] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether it reads as past."""
        return self.phase == Phase.PAST


@dataclass(slots=True)
class _Parts:
    """What hangs on a campaign: rows of the database, or a draft's in memory."""

    goals: list[Any]
    partners: list[Any]
    documents: list[Any]
    audiences: list[Any]
    objectives: list[Any]
    calendar_path: str
    events: QuerySet[Event]


def _rows(facts: CampaignPage, relation: str) -> QuerySet[Any]:
    """The saved rows of a child relation, in their order."""
    model: Any = facts._meta.get_field(relation).related_model
    return model._default_manager.filter(page=facts.pk).order_by("sort_order", "pk")


def _chosen(facts: CampaignPage, relation: str) -> QuerySet[Any]:
    """The saved choice of a relation to many, in the order of its model."""
    target: Any = facts._meta.get_field(relation)
    through = target.remote_field.through._default_manager.filter(campaignpage=facts.pk)
    ids = through.values(f"{target.related_model._meta.model_name}_id")
    return target.related_model._default_manager.filter(pk__in=ids)


def _with_strategy(objectives: QuerySet[Any], language: str) -> QuerySet[Any]:
    """`objectives` with the path of the strategy's page in `language`, None while there is none."""
    pages = open_pages().filter(strategypage__isnull=False, locale__language_code=language)
    return objectives.select_related("edition").annotate(
        strategy_path=Subquery(pages.values("url_path")[:1])
    )


def _calendars(language: str) -> QuerySet[Page]:
    """The calendar's page in `language`."""
    found = open_pages().filter(eventindexpage__isnull=False, locale__language_code=language)
    return found.only("url_path")


def _path(pages: Iterable[Page]) -> str:
    return next((page.url_path for page in pages), "")


def _saved(facts: CampaignPage) -> _Parts:
    language = content_language()
    goals, partners, documents, audiences, objectives, calendars = read_together(
        _rows(facts, "goals"),
        _rows(facts, "partner_links").select_related("organisation"),
        _rows(facts, "document_links").select_related("document"),
        _chosen(facts, "audiences"),
        _with_strategy(_chosen(facts, "objectives"), language),
        _calendars(language),
    )
    events = Event.objects.filter(pages__campaign_links__page=facts.pk)
    return _Parts(goals, partners, documents, audiences, objectives, _path(calendars), events)


def _drafted(facts: CampaignPage) -> _Parts:
    language = content_language()
    objectives = type(facts)._meta.get_field("objectives").related_model
    ids = [objective.pk for objective in facts.objectives.all()]
    chosen: Any = objectives._default_manager.filter(pk__in=ids)  # type: ignore[union-attr]
    pages = [link.event_page_id for link in facts.event_links.all() if link.event_page_id]
    return _Parts(
        goals=list(facts.goals.all()),
        partners=[link for link in facts.partner_links.all() if link.organisation_id],
        documents=[link for link in facts.document_links.all() if link.document_id],
        audiences=list(facts.audiences.all()),
        objectives=list(_with_strategy(chosen, language)),
        calendar_path=_path(_calendars(language)),
        events=Event.objects.filter(pages__in=pages),
    )


def campaign_context(page: CampaignPage, request: HttpRequest) -> dict[str, Any]:
    """What the template of a campaign shows; in a preview, what it would show once it is launched."""
    preview = bool(getattr(request, "is_preview", False))
    facts = page.facts or page
    if facts.stage != Stage.TEASER:
        # Before the first department is read: the header needs one, too.
        contact_book(request).want_in(page.body)
        if facts.department_id:
            contact_book(request).want(Q(pk=facts.department_id))
    view = _head(page, facts, request)
    parts = None
    if view.whole:
        parts = _drafted(facts) if preview and page.is_source else _saved(facts)
    organisations = [link.organisation for link in parts.partners] if parts else []
    logos = [organisation.logo_id for organisation in organisations]
    found = images([facts.image_id, facts.share_image_id, *logos])
    view.image = found.get(facts.image_id or 0)
    share = shared_image_url(found.get(facts.share_image_id or 0) or view.image)
    if parts:
        view.partners = [partner_view(item, found) for item in organisations]
        _add_parts(view, parts, request)
        _add_dates(view, page, facts, parts, request)
        if facts.pk:
            view.news = news_items(facts.news.all(), request, limit=MOST_NEWS)
        if facts.department_id:
            view.contact = contact_book(request).view(facts.department_id)
    return {
        "campaign": view,
        "share_image": share,
        "structured_data": campaign_data(page, view, share),
    }


def _head(page: CampaignPage, facts: CampaignPage, request: HttpRequest) -> CampaignView:
    today = moment(request).date()
    stage = Stage(facts.stage)
    phase = phase_on(stage, facts.starts_on, facts.ends_on, today)
    whole = stage != Stage.TEASER
    period = (
        period_text(phase, facts.starts_on, facts.ends_on)
        if whole
        else teaser_text(facts.starts_on, today)
    )
    own_alt = page.image_alt.strip()
    return CampaignView(
        phase=phase,
        stage=stage,
        period=period,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        whole=whole,
        image_alt=own_alt or facts.image_alt,
        image_alt_lang="" if own_alt or page.is_source else SOURCE_LANGUAGE,
        image_credit=facts.image_credit,
    )


def _add_parts(view: CampaignView, parts: _Parts, request: HttpRequest) -> None:
    view.goals = [goal_view(goal, view.is_over) for goal in parts.goals if goal.title]
    view.documents = [
        (
            document.title,
            document.url,
            document.file_extension.upper(),
            filesizeformat(document.file_size) if document.file_size else "",
        )
        for document in (link.document for link in parts.documents)
    ]
    view.audiences = [audience.name for audience in parts.audiences]
    view.objectives = [
        ObjectiveView(
            code=objective.code,
            title=objective.title,
            edition=objective.edition.name,
            url=f"{strategy}{objective.edition.key}/{objective.code}/" if strategy else "",
        )
        for objective in parts.objectives
        for strategy in [page_url(objective.strategy_path, request)]
    ]


def goal_view(goal: Any, over: bool) -> GoalView:
    """A goal with what it wants, or with what it reached once the campaign is over."""
    if over and goal.result:
        return GoalView(goal.title, goal.result, goal.target, reached=True)
    return GoalView(goal.title, goal.target)


def partner_view(organisation: Any, logos: Mapping[int, Any]) -> PartnerView:
    """An organisation with its logo, one of `logos` by id."""
    return PartnerView(
        name=organisation.name,
        url=organisation.url,
        email=organisation.email,
        phone=display(organisation.phone) if organisation.phone else "",
        phone_href=tel_href(organisation.phone) if organisation.phone else "",
        logo=logos.get(organisation.logo_id or 0),
    )


def _add_dates(
    view: CampaignView,
    page: CampaignPage,
    facts: CampaignPage,
    parts: _Parts,
    request: HttpRequest,
) -> None:
    view.dates = dates_of(
        request, parts.events, coming=0 if view.is_over else MOST_COMING, past=MOST_PAST
    )
    if not view.dates or not facts.key:
        return
    if parts.calendar_path:
        view.events_url = f"{page_url(parts.calendar_path, request)}?campaign={facts.key}"
    if view.is_over:
        return
    language = content_language()
    title = _("The dates of “%(title)s” in your own calendar") % {"title": page.title}
    view.subscribe = subscribe_to(language, f"campaign/{facts.key}", capfirst(title))
