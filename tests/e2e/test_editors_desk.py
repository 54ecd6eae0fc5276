"""The editors' home and the screens that editors live in: accessible, and fit for a telephone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import axe_violations
from tests.e2e.conftest import Visitor

# Wagtail's side bar and its home both have a search without a name.
WAGTAILS_SEARCH = {"landmark-unique": {"enabled": False}}
ACCOUNTS = ("marketing", "moderator", "partnerships", "clerk", "auditor")


def fits(page: Page) -> bool:
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


@pytest.mark.parametrize("width", [360, 1280])
def test_the_home_is_accessible_and_fits(visitor: Visitor, width: int) -> None:
    for account in ACCOUNTS:
        page = visitor.page(width=width)
        visitor.log_in(page, account)
        assert page.locator(".desk").count() == 1
        assert axe_violations(page, rules=WAGTAILS_SEARCH) == [], account
        assert fits(page), account


def test_the_home_is_readable_in_the_dark(visitor: Visitor) -> None:
    page = visitor.page(color_scheme="dark")
    visitor.log_in(page, "moderator")
    assert axe_violations(page, rules=WAGTAILS_SEARCH) == []


def test_a_line_leads_to_where_it_is_done(visitor: Visitor) -> None:
    page = visitor.page()
    visitor.log_in(page, "marketing")
    line = page.locator("[data-desk-list=campaigns-to-evaluate] .desk-list__items a").first
    title = line.inner_text()
    line.click()
    expect(page.locator("#id_title")).to_have_value(title)


# Its StreamField and rich text have fields without names; its editor of snippets has no main heading.
WAGTAILS_WIDGETS = (".Draftail-Editor", "[data-streamfield-stream-container]")
WAGTAILS_HEADING = {"page-has-heading-one": {"enabled": False}}


def editor_of(page: Page, slug: str) -> str:
    """The address of the editor of a page of the demonstration."""
    found = page.request.get(f"/admin/api/main/pages/?slug={slug}").json()
    return f"/admin/pages/{found['items'][0]['id']}/edit/"


def test_the_editors_screens_are_accessible(visitor: Visitor) -> None:
    page = visitor.page()
    visitor.log_in(page, "moderator")
    campaign = editor_of(page, "jumatate-de-ora-pe-jos")
    plan = "/admin/snippets/campaigns/planyear/"
    addresses = [
        campaign,
        campaign.replace("/pages/", "/campanii/").replace("/edit/", "/canale/"),
        editor_of(page, "oras-infratit-mintavar"),
        plan,
        "/admin/campanii/",
        "/admin/noutati/",
    ]
    page.goto(plan)
    link = page.locator("main a[href*='/planyear/edit/']").first.get_attribute("href")
    assert link
    found = {}
    for address in (*addresses, link):
        page.goto(address)
        page.wait_for_load_state()
        found[address] = axe_violations(
            page, WAGTAILS_WIDGETS, rules={**WAGTAILS_SEARCH, **WAGTAILS_HEADING}
        )
    assert {address: lines for address, lines in found.items() if lines} == {}
