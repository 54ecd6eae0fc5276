"""Menus, trail and language switch."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation
from wagtail.models import Page

from cms.models import Menu, MenuItem, StandardPage
from cms.navigation import language_links, navigation, trail
from tests.admin_forms import codes, edit, parse
from tests.factories import make_user, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def at(path: str) -> Any:
    return Page.objects.get(url_path=path).specific


def main_menu(client: Client, address: str) -> list[tuple[str, str, str | None]]:
    soup = parse(client.get(address).content)
    return [
        (a["href"], a.get_text(strip=True), a.get("aria-current"))
        for a in soup.select("#menu li:not(.nav__find) a")
    ]


def test_menu_leads_to_each_language_s_pages(client: Client) -> None:
    assert [url for url, _, _ in main_menu(client, "/ro/")] == [
        "/ro/evenimente/",
        "/ro/campanii/",
        "/ro/contact/",
        "/ro/contact/telefoane/",
        "/ro/locatii/",
        "/ro/parteneriate/",
        "/ro/petitii/",
        "/ro/despre/",
    ]
    assert [url for url, _, _ in main_menu(client, "/hu/")] == [
        "/hu/esemenyek/",
        "/hu/kampanyok/",
        "/hu/kapcsolat/",
        "/hu/kapcsolat/telefonok/",
        "/hu/helyszinek/",
        "/hu/partnersegek/",
        "/hu/beadvanyok/",
        "/hu/rolunk/",
    ]


def test_place_of_the_reader_is_marked(client: Client) -> None:
    marks = {url: mark for url, _, mark in main_menu(client, "/ro/contact/telefoane/")}
    assert marks["/ro/contact/telefoane/"] == "page"
    assert marks["/ro/contact/"] is None  # Only the nearest is marked.
    assert marks["/ro/locatii/"] is None
    marks = {url: mark for url, _, mark in main_menu(client, "/ro/locatii/manastur/")}
    assert marks["/ro/locatii/"] == "true"


def test_page_that_was_taken_down_leaves_the_menu(client: Client) -> None:
    at("/home/about/").unpublish()
    assert "/en/about/" not in [url for url, _, _ in main_menu(client, "/en/")]
    assert "/ro/despre/" in [url for url, _, _ in main_menu(client, "/ro/")]


def test_renamed_page_is_found_by_the_menu(client: Client) -> None:
    page = at("/kezdolap/rolunk/")
    page.slug = "magunkrol"
    page.save_revision().publish()
    assert "/hu/magunkrol/" in [url for url, _, _ in main_menu(client, "/hu/")]


def test_empty_title_is_the_page_s(client: Client) -> None:
    MenuItem.objects.filter(page=at("/acasa/despre/")).update(title={})
    titles = {url: title for url, title, _ in main_menu(client, "/hu/")}
    assert titles["/hu/rolunk/"] == at("/kezdolap/rolunk/").title


def test_other_address_may_stand_in_a_menu(client: Client) -> None:
    menu = Menu.objects.get(place="footer")
    MenuItem.objects.create(
        menu=menu, url="https://example.org/", title=text("Altul", "Other", "Más"), sort_order=9
    )
    html = client.get("/en/").content.decode()
    assert '<a href="https://example.org/">Other</a>' in html


@pytest.mark.parametrize(
    ("url", "title", "with_page", "field"),
    [
        ("", "", False, "page"),
        ("https://example.org/", "x", True, "page"),
        ("javascript:alert(1)", "x", False, "url"),
        ("example.org", "x", False, "url"),
        ("https://example.org/", "", False, "title"),
    ],
)
def test_impossible_link_is_refused(url: str, title: str, with_page: bool, field: str) -> None:
    item = MenuItem(
        menu=Menu.objects.get(place="main"),
        url=url,
        title=text(title),
        page=at("/acasa/despre/") if with_page else None,
    )
    with pytest.raises(ValidationError) as caught:
        item.full_clean()
    assert field in caught.value.message_dict


def test_impossible_link_is_told_at_its_row() -> None:
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    response = edit(client, Menu.objects.get(place="main")).send(**{"items-0-url": "javascript:x"})
    assert any(name.startswith("items-0-") for name in codes(response))


def test_trail_names_the_pages_above() -> None:
    with translation.override("ro"):
        links = trail(None, at("/acasa/locatii/manastur/"))
        assert [link.url for link in links] == ["/ro/", "/ro/locatii/"]
        assert trail(None, at("/acasa/")) == []
        assert trail(None, StandardPage(title="x")) == []


def test_trail_leaves_out_what_is_not_live() -> None:
    at("/acasa/locatii/").unpublish()
    with translation.override("ro"):
        assert [link.url for link in trail(None, at("/acasa/locatii/manastur/"))] == ["/ro/"]


def test_switch_of_no_page_leads_home() -> None:
    with translation.override("en"):
        links = language_links(None, None)
    assert [link.url for link in links] == ["/ro/", "/en/", "/hu/"]
    assert [link.current for link in links] == [False, True, False]
    assert [link.name for link in links] == ["română", "English", "magyar"]


def test_navigation_of_an_empty_site_is_empty() -> None:
    Menu.objects.all().delete()
    built = navigation(None, None)
    assert built.menus == {}
    assert built.search_url == ""
