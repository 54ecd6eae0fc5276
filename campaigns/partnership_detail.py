"""The page of a partnership: the agreement as facts, and what came of it, live or in an editor's preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.translation import pgettext
from wagtail.documents.models import Document
from wagtail.images.models import Image, Rendition
from wagtail.models import Page

from campaigns.agreement_data import agreement_data
from campaigns.countries import country_name
from campaigns.enums import Stage, Standing
from campaigns.models.campaign import CampaignPage, CampaignPartner
from campaigns.models.partnership_parts import PartnershipDocument, PartnershipParty
from campaigns.models.strategy import Objective
from campaigns.outcomes import Outcome, dates_of, events_of, outcome
from campaigns.partnership_listing import CHIPS
from campaigns.querysets import SharedFactsQuerySet
from campaigns.terms import standing_words
from cms.multilingual import SOURCE_LANGUAGE, content_language
from cms.page_urls import page_url
from cms.querysets import open_pages
from cms.read_together import read_together
from cms.service_calendar import moment
from contacts.book import contact_book
from contacts.models import Organisation
from contacts.models.organisations import LOGO
from contacts.phones import display, tel_href
from events.models import PartnerCalendar
from events.presenters import day_words
from events.subscriptions import feed_url, webcal

if TYPE_CHECKING:
    from campaigns.models.partnership import PartnershipPage


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation that signed, as the page shows it."""

    name: Any
    country: str
    site_url: str
    site_words: str
    email: str
    phone: str
    phone_href: str
    logo: Any = None
    logo_alt: Any = ""
    webcal_url: str = ""
    feed_url: str = ""


@dataclass(frozen=True, slots=True)
class LinkedCampaign:
    """A campaign that a party helped."""

    title: str
    url: str
    words: str
    lang: str = ""
    """The code of the language that the title is in, "" for the reader's."""


@dataclass(frozen=True, slots=True)
class CalendarHealth:
    """A party's own calendar that is imported, and how that went. `status`: a value of PartnerCalendar.Status."""

    name: str
    status: str
    words: str


@dataclass(frozen=True, slots=True)
class AgreementView:
    """The agreement as facts; dates are local and None where they are open."""

    standing: Standing
    standing_words: str
    chip: str
    level: str
    field: str
    decision: str
    starts_on: date | None
    ends_on: date | None
    department: Any
    parties: Sequence[Party]
    documents: Sequence[tuple[str, str, str, str]]
    objectives: Sequence[tuple[str, Any, str]]
    outcome: Outcome
    campaigns: Sequence[LinkedCampaign] = dataclass_field(default_factory=list)
    calendars: Sequence[CalendarHealth] = dataclass_field(default_factory=list)

    @property
    def has_logos(self) -> bool:
        """Whether any of the parties shows a logo."""
        return any(party.logo for party in self.parties)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What belongs to the agreement: rows of the database, or those of a draft."""

    organisations: Sequence[Organisation]
    documents: Sequence[Document]
    objectives: Sequence[Objective]
    renditions: Sequence[Rendition]
    calendars: Sequence[PartnerCalendar]
    campaigns: Sequence[Any]
    strategy_path: str


def page_context(page: PartnershipPage, request: HttpRequest) -> dict[str, Any]:
    """What the template shows; without `deal` while there is nothing published to show."""
    facts = page.facts
    if facts is None:
        return {}
    now = moment(request)
    book = contact_book(request)
    if facts.department_id:
        # Before the first department is read: the header needs one, too.
        book.want(Q(pk=facts.department_id))
    preview = getattr(request, "is_preview", False) and page.is_source
    rows = _drafted(facts) if preview else _published(facts)
    ids = Organisation.objects.filter(
        pk__in=[organisation.pk for organisation in rows.organisations]
    ).values("pk")
    dates = dates_of(events_of(ids), facts.starts_on, facts.ends_on)
    if facts.starts_on is None:
        # Not in force yet: nothing came of it.
        dates = dates.none()
    today = now.date()
    standing = facts.standing(today)
    view = AgreementView(
        standing=standing,
        standing_words=standing_words(facts.starts_on, facts.ends_on, today),
        chip=CHIPS[standing],
        level=facts.get_level_display(),
        field=facts.get_field_display(),
        decision=_decision(facts),
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        department=book.view(facts.department_id) if facts.department_id else None,
        parties=_parties(rows),
        documents=[
            (
                document.title,
                document.url,
                document.file_extension.upper(),
                filesizeformat(document.file_size) if document.file_size else "",
            )
            for document in rows.documents
        ],
        objectives=_objectives(rows, request),
        outcome=outcome(request, dates, now),
        campaigns=_campaigns(rows, request),
        calendars=[
            CalendarHealth(calendar.name, calendar.last_status, calendar.health())
            for calendar in rows.calendars
        ],
    )
    return {
        "deal": view,
        "structured_data": agreement_data(page, view),
        "list_url": page_url(page.url_path, request).rstrip("/").rpartition("/")[0] + "/",
    }


# -- rows --------------------------------------------------------------------------------------------------------------


def _objectives_of(page: PartnershipPage) -> QuerySet[Objective]:
    """By the table of the relation: what the page itself gives may be a draft's."""
    links = type(page).objectives.through.objects.filter(partnershippage=page.pk)
    return Objective.objects.filter(pk__in=links.values("objective")).select_related("edition")


def _strategy() -> QuerySet[Page]:
    """The page of the strategy in the reader's language."""
    return (
        open_pages()
        .filter(content_type__model="strategypage", locale__language_code=content_language())
        .only("url_path")
        .order_by("path")
    )


def _renditions(logos: Any) -> QuerySet[Rendition]:
    return Rendition.objects.filter(image__in=logos, filter_spec=LOGO, focal_point_key="")


def _calendars(organisations: Any) -> QuerySet[PartnerCalendar]:
    return PartnerCalendar.objects.filter(organisation__in=organisations)


def _campaign_rows(organisations: Any) -> Any:
    """The campaigns that readers may see and that any of `organisations` helped, the newest first."""
    helped = CampaignPartner.objects.filter(organisation__in=organisations).values("page")
    return (
        SharedFactsQuerySet(CampaignPage)
        .published(content_language())
        .filter(pk__in=helped, stage__in=Stage.told())
        .only("stage", "starts_on", "ends_on")
        .order_by(F("starts_on").desc(nulls_last=True), "pk")
    )


def _published(facts: PartnershipPage) -> _Rows:
    """All that stands in the database, in one query."""
    parties = PartnershipParty.objects.filter(page=facts.pk)
    organisations = parties.order_by().values("organisation")
    logos = parties.order_by().values("organisation__logo")
    links, documents, objectives, renditions, calendars, campaigns, strategy = read_together(
        parties.select_related("organisation__logo"),
        PartnershipDocument.objects.filter(page=facts.pk).select_related("document"),
        _objectives_of(facts),
        _renditions(logos),
        _calendars(organisations),
        _campaign_rows(organisations),
        _strategy(),
    )
    return _Rows(
        organisations=[link.organisation for link in links],
        documents=[link.document for link in documents],
        objectives=objectives,
        renditions=renditions,
        calendars=calendars,
        campaigns=campaigns,
        strategy_path=strategy[0].url_path if strategy else "",
    )


def _drafted(facts: PartnershipPage) -> _Rows:
    """What a draft in memory holds, with what the database knows of its parties."""
    links = list(facts.parties.all())
    organisations = [link.organisation for link in links if link.organisation_id]
    ids = [organisation.pk for organisation in organisations]
    logos = [organisation.logo_id for organisation in organisations if organisation.logo_id]
    strategy = _strategy().first()
    return _Rows(
        organisations=organisations,
        documents=[link.document for link in facts.document_links.all() if link.document_id],
        objectives=list(facts.objectives.all()),
        renditions=list(_renditions(logos)),
        calendars=list(_calendars(ids)),
        campaigns=list(_campaign_rows(ids)),
        strategy_path=strategy.url_path if strategy else "",
    )


# -- views -------------------------------------------------------------------------------------------------------------


def _decision(facts: PartnershipPage) -> str:
    """Number and date of the council's decision, as far as they are known."""
    if not facts.decision_number:
        return ""
    if facts.decision_date is None:
        return facts.decision_number
    return pgettext("number of a decision", "%(number)s of %(day)s") % {
        "number": facts.decision_number,
        "day": day_words(facts.decision_date, weekday=False),
    }


def _parties(rows: _Rows) -> list[Party]:
    ready = {rendition.image_id: rendition for rendition in rows.renditions}
    language = content_language()
    found = []
    for organisation in rows.organisations:
        logo: Image | None = organisation.logo
        address = feed_url(language, path=f"partner/{organisation.key}")
        found.append(
            Party(
                name=organisation.name,
                country=country_name(organisation.country),
                site_url=organisation.url,
                site_words=organisation.url.partition("://")[2].removeprefix("www.").rstrip("/"),
                email=organisation.email,
                phone=display(organisation.phone) if organisation.phone else "",
                phone_href=tel_href(organisation.phone) if organisation.phone else "",
                logo=(ready.get(logo.pk) or organisation.shown_logo()) if logo else None,
                logo_alt=organisation.logo_alt,
                webcal_url=webcal(address),
                feed_url=address,
            )
        )
    return found


def _objectives(rows: _Rows, request: HttpRequest) -> list[tuple[str, Any, str]]:
    """(code, title, address) of each objective; without an address while there is no page of the strategy."""
    base = page_url(rows.strategy_path, request)
    return [
        (item.code, item.title, f"{base}{item.edition.key}/{item.code}/" if base else "")
        for item in rows.objectives
    ]


def _campaigns(rows: _Rows, request: HttpRequest) -> list[LinkedCampaign]:
    return [
        LinkedCampaign(
            row.shown_title,
            page_url(row.shown_path, request),
            period_words(row.starts_on, row.ends_on),
            SOURCE_LANGUAGE if row.shown_alias else "",
        )
        for row in rows.campaigns
    ]


def period_words(starts_on: date | None, ends_on: date | None) -> str:
    """The months of a period, as "iunie 2026 – august 2026"; "" while it has no first day."""
    if starts_on is None:
        return ""
    style = pgettext("month and year", "F Y")
    first = date_format(starts_on, style)
    last = date_format(ends_on, style) if ends_on else first
    return first if first == last else f"{first} – {last}"
