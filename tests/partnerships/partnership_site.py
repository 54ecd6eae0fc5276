"""A site with partnerships, a strategy and a plan, in three languages, as its visitors and editors meet it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from wagtail.models import Locale, Page

from campaigns.enums import Stage
from campaigns.models import (
    CampaignEvent,
    CampaignIndexPage,
    CampaignPage,
    CampaignPartner,
    Objective,
    PartnerCallPage,
    PartnershipIndexPage,
    PartnershipPage,
    PartnershipParty,
    PlanPage,
    StrategyEdition,
    StrategyPage,
)
from home.models import HomePage
from tests.factories import EventIndexPageFactory, make_home, text
from tests.remembered import builder, remembered

SLUGS = {
    "partnerships": {"ro": "parteneriate", "en": "partnerships", "hu": "partnersegek"},
    "strategy": {"ro": "strategie", "en": "strategy", "hu": "strategia"},
    "plan": {"ro": "plan", "en": "plan-en", "hu": "terv"},
    "calendar": {"ro": "evenimente", "en": "events", "hu": "esemenyek"},
}


@dataclass(frozen=True)
class PartnershipSite:
    """The Romanian pages; their versions stand in the other languages' trees."""

    home: Any
    partnerships: Any
    strategy: Any
    plan: Any
    calendar: Any


def version(page: Any, code: str, **values: Any) -> Any:
    """The version of `page` in another language, published."""
    locale = Locale.objects.get(language_code=code)
    copy = page.copy_for_translation(locale, copy_parents=True)
    for name, value in values.items():
        setattr(copy, name, value)
    copy.save_revision().publish()
    return copy


def _build() -> None:
    home = make_home()
    pages: dict[str, Page] = {
        "partnerships": PartnershipIndexPage(title="Parteneriate", slug="parteneriate"),
        "strategy": StrategyPage(title="Strategia", slug="strategie"),
        "plan": PlanPage(title="Planul", slug="plan"),
    }
    for page in pages.values():
        home.add_child(instance=page)
    calendar = EventIndexPageFactory(parent=home, slug="evenimente")
    for code in ("en", "hu"):
        version(home, code, slug=f"acasa-{code}")
        for name, page in {**pages, "calendar": calendar}.items():
            version(page, code, slug=SLUGS[name][code])
    cache.clear()


def partnership_site() -> PartnershipSite:
    """The site's empty sections, from remembered rows: before all else."""
    remembered(_build)
    cache.clear()
    ro = {"locale__language_code": "ro"}
    return PartnershipSite(
        home=HomePage.objects.get(**ro),
        partnerships=PartnershipIndexPage.objects.get(**ro),
        strategy=StrategyPage.objects.get(**ro),
        plan=PlanPage.objects.get(**ro),
        calendar=Page.objects.get(slug="evenimente").specific,
    )


@builder
def add_partnership(
    site: PartnershipSite, title: str, *parties: Any, languages: Any = (), **values: Any
) -> PartnershipPage:
    """A published agreement with its parties, in force since the beginning of 2026 unless told otherwise."""
    objectives = values.pop("objectives", ())
    values.setdefault("starts_on", date(2026, 1, 1))
    page: Any = PartnershipPage(title=title, **values)
    Page.objects.get(pk=site.partnerships.pk).add_child(instance=page)
    page.parties = [PartnershipParty(organisation=party) for party in parties]
    page.objectives = list(objectives)
    page.save_revision().publish()
    for code in languages:
        version(page, code, title=f"{title} ({code})", slug=f"{page.slug}-{code}")
    return PartnershipPage.objects.get(pk=page.pk)


@builder
def add_call(site: PartnershipSite, **values: Any) -> PartnerCallPage:
    """A published call for partners in Romanian."""
    page = PartnerCallPage(title="Căutăm parteneri", slug="apel", **values)
    Page.objects.get(pk=site.partnerships.pk).add_child(instance=page)
    page.save_revision().publish()
    return PartnerCallPage.objects.get(pk=page.pk)


@builder
def add_campaign(
    site: PartnershipSite, title: str, *parties: Any, events: Any = (), **values: Any
) -> CampaignPage:
    """A published campaign with its partners and events, live unless told otherwise."""
    index = CampaignIndexPage.objects.filter(locale=site.home.locale).first()
    if index is None:
        index = CampaignIndexPage(title="Campanii", slug="campanii")
        Page.objects.get(pk=site.home.pk).add_child(instance=index)
    objectives = values.pop("objectives", ())
    is_live = values.pop("live", True)
    values = {"stage": Stage.LIVE, "starts_on": date(2026, 3, 1), **values}
    page: Any = CampaignPage(title=title, live=is_live, **values)
    Page.objects.get(pk=index.pk).add_child(instance=page)
    page.partner_links = [CampaignPartner(organisation=party) for party in parties]
    page.event_links = [CampaignEvent(event_page=event) for event in events]
    page.objectives = list(objectives)
    if is_live:
        page.save_revision().publish()
    else:
        page.save()
    return CampaignPage.objects.get(pk=page.pk)


def add_objective(key: str = "2026-2035", code: str = "1-1", **values: Any) -> Objective:
    """An objective, with its edition where that is new."""
    first, _dash, last = key.partition("-")
    edition, _ = StrategyEdition.objects.get_or_create(
        key=key,
        defaults={
            "name": text(f"Strategia {key}", f"Strategy {key}", f"Stratégia {key}"),
            "first_year": int(first),
            "last_year": int(last),
        },
    )
    values.setdefault("title", text(f"Obiectivul {code}", f"Objective {code}", f"{code}. cél"))
    return Objective.objects.create(edition=edition, code=code, **values)


def publish(page: Any, **values: Any) -> Any:
    """Do what an editor does: change `values`, save a draft, publish it."""
    page = type(page).objects.get(pk=page.pk)
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def soup_of(client: Client, address: str, status: int = 200) -> Any:
    """The elements of the page at `address`."""
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return BeautifulSoup(response.content, "html.parser")


def words_of(client: Client, address: str) -> str:
    """The text of the main part of a page, in one line."""
    return " ".join(soup_of(client, address).main.get_text(" ").split())
