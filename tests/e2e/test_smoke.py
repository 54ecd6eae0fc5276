"""Every page type in a real browser: it answers, has no accessibility violation, stays on its own host and silent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import LiveSite, Visitor

PAGES = {
    "home": {"ro": "/ro/", "en": "/en/", "hu": "/hu/"},
    "contact": {"ro": "/ro/contact/", "en": "/en/contact/", "hu": "/hu/kapcsolat/"},
    "directory": {
        "ro": "/ro/contact/telefoane/",
        "en": "/en/contact/phones/",
        "hu": "/hu/kapcsolat/telefonok/",
    },
    "places": {"ro": "/ro/locatii/", "en": "/en/places/", "hu": "/hu/helyszinek/"},
    "accessibility": {
        "ro": "/ro/accesibilitate/",
        "en": "/en/accessibility/",
        "hu": "/hu/akadalymentesseg/",
    },
    "privacy": {"ro": "/ro/confidentialitate/", "en": "/en/privacy/", "hu": "/hu/adatvedelem/"},
    "events": {"ro": "/ro/evenimente/", "en": "/en/events/", "hu": "/hu/esemenyek/"},
    "month": {
        "ro": "/ro/evenimente/?view=month",
        "en": "/en/events/?view=month",
        "hu": "/hu/esemenyek/?view=month",
    },
    "week": {
        "ro": "/ro/evenimente/?view=week",
        "en": "/en/events/?view=week",
        "hu": "/hu/esemenyek/?view=week",
    },
    "filtered": {
        "ro": "/ro/evenimente/?category=sport&free=1&accessible=1&q=nimic&when=today",
        "en": "/en/events/?category=sport,unknown&from=2026-02-30&view=x",
        "hu": "/hu/esemenyek/?category=sport&language=hu",
    },
    "archive": {
        "ro": "/ro/evenimente/?to=2026-11-01",
        "en": "/en/events/?to=2026-11-01",
        "hu": "/hu/esemenyek/?to=2026-11-01",
    },
    "event": {
        "ro": "/ro/evenimente/muzica-de-joi/",
        "en": "/en/events/thursday-music/",
        "hu": "/hu/esemenyek/csutortoki-zene/",
    },
    "poster": {
        "ro": "/ro/evenimente/muzica-de-joi/poster/?size=a3",
        "en": "/en/events/thursday-music/poster/",
        "hu": "/hu/esemenyek/csutortoki-zene/poster/",
    },
    "programme": {
        "ro": "/ro/evenimente/programme/",
        "en": "/en/events/programme/",
        "hu": "/hu/esemenyek/programme/",
    },
    "petitions": {"ro": "/ro/petitii/", "en": "/en/petitions/", "hu": "/hu/beadvanyok/"},
    "tracking": {
        "ro": "/ro/petitii/urmarire/",
        "en": "/en/petitions/tracking/",
        "hu": "/hu/beadvanyok/kovetes/",
    },
    "answer times": {
        "ro": "/ro/petitii/termene/",
        "en": "/en/petitions/answer-times/",
        "hu": "/hu/beadvanyok/valaszidok/",
    },
    "campaigns": {"ro": "/ro/campanii/", "en": "/en/campaigns/", "hu": "/hu/kampanyok/"},
    "campaign": {
        "ro": "/ro/campanii/jumatate-de-ora-pe-jos/",
        "en": "/en/campaigns/half-an-hour-on-foot/",
        "hu": "/hu/kampanyok/felora-gyalog/",
    },
    "teaser": {
        "ro": "/ro/campanii/somesul-curat/",
        "en": "/en/campaigns/a-clean-river/",
        "hu": "/hu/kampanyok/tiszta-szamos/",
    },
    "past campaign": {
        "ro": "/ro/campanii/cartierul-alearga/",
        "en": "/en/campaigns/the-neighbourhood-runs/",
        "hu": "/hu/kampanyok/fut-a-negyed/",
    },
    "news": {"ro": "/ro/noutati/", "en": "/en/news/", "hu": "/hu/hirek/"},
    "piece of news": {
        "ro": "/ro/noutati/plimbari-noi-in-program/",
        "en": "/en/news/new-walks-in-the-programme/",
        "hu": "/hu/hirek/uj-setak-a-programban/",
    },
    "partnerships": {
        "ro": "/ro/parteneriate/",
        "en": "/en/partnerships/?country=HU&level=unknown",
        "hu": "/hu/partnersegek/?standing=ended",
    },
    "partnership": {
        "ro": "/ro/parteneriate/oras-infratit-mintavar/",
        "en": "/en/partnerships/twin-town-mintavar/",
        "hu": "/hu/partnersegek/testvervarosunk-mintavar/",
    },
    "call": {
        "ro": "/ro/parteneriate/apel-la-parteneri/",
        "en": "/en/partnerships/call-for-partners/",
        "hu": "/hu/partnersegek/partnerfelhivas/",
    },
    "strategy": {"ro": "/ro/strategie/", "en": "/en/strategy/", "hu": "/hu/strategia/2014-2020/"},
    "objective": {
        "ro": "/ro/strategie/2026-2035/1-1/",
        "en": "/en/strategy/2026-2035/1-1/",
        "hu": "/hu/strategia/2026-2035/1-2/",
    },
    "plan": {
        "ro": "/ro/plan-de-promovare/",
        "en": "/en/promotion-plan/?department=public-events",
        "hu": "/hu/nepszerusitesi-terv/",
    },
    "agenda": {
        "ro": "/ro/evenimente/agenda-primarului/",
        "en": "/en/events/mayors-agenda/",
        "hu": "/hu/esemenyek/polgarmester-napirendje/",
    },
}
# Page types whose address is found by following the first link of their list.
LISTED = {"place": "places", "department": "contact"}
ROMANIAN = [*PAGES, *LISTED, "missing"]


def go(page: Page, address: str, status: int = 200) -> None:
    """Open an address and see that it answers as it should."""
    response = page.goto(address)
    assert response is not None
    assert response.status == status, address


def open_page(page: Page, name: str, language: str) -> None:
    """Go to a page type in a language, by its public address or through the list that links to it."""
    if name == "missing":
        go(page, f"/{language}/pagina-care-nu-este/", status=404)
        return
    address = PAGES[LISTED.get(name, name)][language]
    go(page, address)
    if name in LISTED:
        # Departments' own pages only: the directory lives below the same address.
        directory = PAGES["directory"][language]
        links = page.locator(f"main a[href^='{address}']:not([href^='{directory}'])").evaluate_all(
            "links => links.map(link => new URL(link.getAttribute('href'), document.baseURI).pathname)"
        )
        below = sorted({path for path in links if path != address and path.endswith("/")})
        assert below, f"{address} links to no {name} page"
        go(page, below[0])


def assert_sound(page: Page, axe: Callable[..., list[str]], language: str) -> None:
    """What holds on every page: language said, one main heading, nothing wider than the window, no axe violation."""
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0, f"{overflow} px wider than the window"
    violations = axe(page)
    assert not violations, "\n".join(violations)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ROMANIAN)
def test_page_is_sound_in_every_view(
    visitor: Visitor, axe: Callable[..., list[str]], width: int, name: str
) -> None:
    """Telephone and desk, light and dark."""
    page = visitor.page(width=width)
    open_page(page, name, "ro")
    assert_sound(page, axe, "ro")
    # What is seen in the dark is a matter of the style sheets alone.
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert_sound(page, axe, "ro")


@pytest.mark.parametrize("language", ["en", "hu"])
@pytest.mark.parametrize("name", ROMANIAN)
def test_page_is_sound_in_every_language(
    visitor: Visitor, axe: Callable[..., list[str]], name: str, language: str
) -> None:
    page = visitor.page(width=360, locale=language)
    open_page(page, name, language)
    assert_sound(page, axe, language)


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "contact",
        "directory",
        "places",
        "place",
        "department",
        "events",
        "month",
        "week",
        "event",
        "partnerships",
        "partnership",
        "objective",
        "plan",
    ],
)
def test_page_is_readable_at_320_px(visitor: Visitor, name: str) -> None:
    """WCAG 1.4.10: no scrolling sideways at 320 CSS px, which is also 1280 px at 400 % zoom."""
    page = visitor.page(width=320)
    open_page(page, name, "ro")
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0, f"{overflow} px wider than the window"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [("ro-RO", "/ro/"), ("hu-HU", "/hu/"), ("en-GB", "/en/"), ("fr-FR", "/ro/")],
)
def test_front_door_follows_the_readers_language(
    visitor: Visitor, accept: str, expected: str
) -> None:
    page = visitor.page(locale=accept)
    page.goto("/")
    assert page.url.removeprefix(visitor.site.url) == expected


def test_reading_sets_no_cookie(visitor: Visitor) -> None:
    page = visitor.page()
    for name in ("home", "contact", "directory", "places", "place", "department", "missing"):
        open_page(page, name, "ro")
    assert page.context.cookies() == []


def test_pages_are_whole_without_javascript(visitor: Visitor) -> None:
    page = visitor.page(java_script_enabled=False)
    for name in PAGES:
        go(page, PAGES[name]["ro"])
        assert page.locator("main").inner_text().strip()
    for name in ("events", "month", "week"):
        go(page, PAGES[name]["ro"])
        assert page.locator("[data-occurrence]").count() > 3


def test_log_in_to_the_administration(visitor: Visitor, live_site: LiveSite) -> None:
    page = visitor.page()
    visitor.log_in(page)
    assert page.locator("html").get_attribute("lang") == "ro"
    # Wagtail's own pages are not held to the public site's standard here.
    visitor.problems.clear()
