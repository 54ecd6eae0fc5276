"""A page's relatives tell in one query what restricts it, by Wagtail's own rule."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, Page, PageViewRestriction

from cms.models import StandardPage
from cms.querysets import PageFamily
from tests.factories import StandardPageFactory, make_home

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree")]


def locale(code: str) -> Locale:
    return Locale.objects.get(language_code=code)


@pytest.fixture
def pages() -> dict[str, Any]:
    """A branch of two pages, an alias of it in English, an alias of that in Hungarian, and a page apart."""
    home = make_home()
    for code in ("en", "hu"):
        home.copy_for_translation(locale(code)).save_revision().publish()
    above = StandardPageFactory(parent=home, title="Sus", slug="sus")
    below = StandardPageFactory(parent=above, title="Jos", slug="jos")
    found = {"above": above, "below": below, "apart": StandardPageFactory(parent=home)}
    for name in ("above", "below"):
        found[f"{name} en"] = found[name].copy_for_translation(locale("en"), alias=True)
        copy = found[f"{name} en"].create_alias(
            parent=(found.get("above hu") or home.get_translation(locale("hu"))),
            update_locale=locale("hu"),
            reset_translation_key=False,
        )
        found[f"{name} hu"] = copy
    return found


def restrict(page: Page) -> PageViewRestriction:
    return PageViewRestriction.objects.create(
        page_id=page.pk, restriction_type=PageViewRestriction.LOGIN
    )


def fresh(page: Page) -> StandardPage:
    return StandardPage.objects.get(pk=page.pk)


@pytest.mark.parametrize("restricted", [None, "above", "below", "apart", "above en", "below en"])
def test_restrictions_are_those_of_wagtail(pages: dict[str, Any], restricted: str | None) -> None:
    if restricted:
        restrict(pages[restricted])
    for name, page in pages.items():
        own = set(fresh(page).get_view_restrictions())
        assert own == set(Page.get_view_restrictions(fresh(page))), name
        at = PageFamily.at(page.url_path).view_restrictions()
        if name.endswith("hu"):
            assert at is None, "an alias of an alias is left to Wagtail"
        else:
            assert at is not None
            assert set(at) == own


def test_no_restriction_costs_no_query(pages: dict[str, Any]) -> None:
    restrict(pages["apart"])
    for name in ("below", "below en"):
        family = PageFamily.at(pages[name].url_path)
        with CaptureQueriesContext(connection) as queries:
            found = family.view_restrictions()
            assert found is not None
            assert not found.exists()
        assert not queries, name


def test_a_page_that_is_nowhere_has_no_restrictions_to_tell() -> None:
    assert PageFamily.at("/nowhere/").view_restrictions() is None


@pytest.mark.parametrize("restricted", ["above", "below"])
def test_restriction_holds_at_once_and_in_every_alias(
    client: Client, pages: dict[str, Any], restricted: str
) -> None:
    addresses = ["/ro/sus/jos/", "/en/sus/jos/", "/hu/sus/jos/"]

    def answers() -> list[int]:
        return [client.get(address).status_code for address in addresses]

    assert answers() == [200, 200, 200]
    restriction = restrict(pages[restricted])
    assert answers() == [302, 302, 302]
    restriction.delete()
    assert answers() == [200, 200, 200]


def test_page_is_read_with_the_fields_of_its_type(pages: dict[str, Any]) -> None:
    family = PageFamily.at(pages["below"].url_path)
    with CaptureQueriesContext(connection) as queries:
        page = family.specific()
    assert len(queries) == 1
    assert type(page) is StandardPage
    assert page == pages["below"]
