"""Campaigns and news as readers of three languages meet them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import cache
from wagtail.models import Locale, Page

from campaigns.enums import Stage
from campaigns.models import CampaignIndexPage, CampaignPage, NewsIndexPage, NewsPage
from events.models import EventIndexPage
from tests.events.calendar_site import translate
from tests.factories import (
    CampaignIndexPageFactory,
    CampaignPageFactory,
    NewsIndexPageFactory,
    NewsPageFactory,
    make_calendar,
)
from tests.remembered import builder, remembered

SLUGS = {
    "home": {"en": "acasa-en", "hu": "acasa-hu"},
    "campaigns": {"en": "campaigns", "hu": "kampanyok"},
    "news": {"en": "news", "hu": "hirek"},
    "calendar": {"en": "events", "hu": "esemenyek"},
}
LISTS = {"ro": "/ro/campanii/", "en": "/en/campaigns/", "hu": "/hu/kampanyok/"}
NEWS = {"ro": "/ro/noutati/", "en": "/en/news/", "hu": "/hu/hirek/"}
TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class CampaignSite:
    """The Romanian indexes, where pages are added; their versions stand beside them."""

    calendar: Any
    campaigns: CampaignIndexPage
    news: NewsIndexPage

    def campaign(
        self, slug: str = "lumina", languages: str = "en hu", **values: Any
    ) -> CampaignPage:
        """A published campaign with its translations (“Light” in English, say: its slug and language)."""
        return _published(CampaignPageFactory, self.campaigns, slug, languages, **values)

    def piece(self, slug: str, languages: str = "en hu", **values: Any) -> NewsPage:
        """A published piece of news with its translations."""
        return _published(NewsPageFactory, self.news, slug, languages, **values)


@builder
def _published(factory: Any, parent: Page, slug: str, languages: str, **values: Any) -> Any:
    values.setdefault("title", slug.capitalize())
    page = factory(parent=parent, slug=slug, **values)
    page.save_revision().publish()
    for code in languages.split():
        translate(page, code, f"{slug} in {code}", f"{slug}-{code}")
    return type(page).objects.get(pk=page.pk)


def _version(page: Page, code: str, slug: str) -> None:
    copy = page.copy_for_translation(Locale.objects.get(language_code=code))
    copy.slug = slug
    copy.save_revision().publish()


def make_campaign_site() -> None:
    """Home pages, calendars, and the pages of campaigns and news in three languages."""
    calendar = make_calendar()
    home = calendar.get_parent().specific
    campaigns = CampaignIndexPageFactory(parent=home, slug="campanii")
    news = NewsIndexPageFactory(parent=home, slug="noutati")
    for code in ("en", "hu"):
        _version(home, code, SLUGS["home"][code])
        for page, name in ((calendar, "calendar"), (campaigns, "campaigns"), (news, "news")):
            _version(page, code, SLUGS[name][code])


def standing_campaign_site() -> CampaignSite:
    """The same from remembered rows: for tests under the stopped clock, before all else."""
    remembered(make_campaign_site)
    # The paths of site roots are kept there.
    cache.clear()
    return the_site()


def the_site() -> CampaignSite:
    """The pages that were made."""
    models: tuple[Any, ...] = (EventIndexPage, CampaignIndexPage, NewsIndexPage)
    return CampaignSite(*(model.objects.get(locale__language_code="ro") for model in models))


def changed(page: Any, **values: Any) -> Any:
    """Do what an editor does: change `values`, save a draft, publish it."""
    page = type(page).objects.get(pk=page.pk)
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def address(page: Any, code: str = "ro") -> str:
    """The address of this version of `page`."""
    version = page if code == "ro" else page.get_translation(Locale.objects.get(language_code=code))
    found = version.specific.get_url()
    assert found
    return str(found)


STAGES = list(Stage)
