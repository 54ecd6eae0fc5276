"""Addresses of pages: those that Wagtail would give, without its queries."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from cms.page_urls import page_url, route, site_roots, url_below
from tests.factories import StandardPageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/acasa/", "/ro/"),
        ("/acasa/despre/", "/ro/despre/"),
        ("/acasa/en/", "/en/"),
        ("/acasa/en/about/", "/en/about/"),
        ("/acasa-veche/despre/", ""),
        ("/", ""),
        ("", ""),
    ],
)
def test_the_nearest_home_page_counts(path: str, address: str) -> None:
    assert url_below([("/acasa/en/", "en"), ("/acasa/", "ro")], path) == address


def test_addresses_are_those_of_wagtail() -> None:
    request = RequestFactory().get("/ro/")
    pages = Page.objects.filter(depth__gt=1).specific()
    assert len(pages) > 100
    for page in pages:
        expected = Page.get_url(page)
        assert expected
        assert {page.url, page.get_url(), page.get_url(request)} == {expected}
        assert page_url(page.url_path, request) == page_url(page.url_path) == expected
        assert page.full_url == page.get_full_url(request) == f"{settings.AGORA_BASE_URL}{expected}"


def test_a_page_outside_the_site_has_no_address() -> None:
    page = StandardPageFactory(parent=Page.get_first_root_node(), slug="afara")
    assert (page.url, page.full_url, page_url(page.url_path)) == (None, None, "")


def test_both_ways_know_the_same_home_pages() -> None:
    request = RequestFactory().get("/ro/")
    assert sorted(site_roots(request)) == sorted(site_roots(None))


def test_a_page_that_was_found_knows_its_address() -> None:
    request = RequestFactory().get("/en/about/")
    found = route(request, "en", "about/")
    assert found is not None
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert found.page.url == "/en/about/"
        assert found.page.full_url == f"{settings.AGORA_BASE_URL}/en/about/"
        assert found.page.address_of(found.page.live_translations["ro"]) == "/ro/despre/"
    assert not queries
