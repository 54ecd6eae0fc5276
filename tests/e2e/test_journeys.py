"""What people do: by keyboard alone, past closing time on a cached page, and one edit that reaches every language."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor

BUCHAREST = ZoneInfo("Europe/Bucharest")


def focused(page: Page) -> str:
    """The id, or the text, of what has the focus."""
    return str(
        page.evaluate("document.activeElement.id || document.activeElement.innerText.trim()")
    )


def test_keyboard_alone_skips_to_the_content_and_follows_a_task(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/ro/")
    page.keyboard.press("Tab")
    assert "conținut" in focused(page)
    page.keyboard.press("Enter")
    assert focused(page) == "content"
    # Today's events come first, then what people come for.
    for _step in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.toc a, [href^=\"/ro/contact/\"]')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/ro/contact/**")


def test_keyboard_alone_opens_and_closes_the_menu_on_a_telephone(visitor: Visitor) -> None:
    page = visitor.page(width=360)
    page.goto("/ro/")
    button = page.locator("button[popovertarget=menu]").first
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()
    assert button.evaluate("button => button === document.activeElement")


def test_keyboard_alone_searches_the_directory(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/ro/contact/telefoane/")
    page.keyboard.press("/")
    page.keyboard.type("informare cetateni")
    page.keyboard.press("Enter")
    page.wait_for_url("**?q=*")
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith(("Serviciul Centrul de informare", "Direcția Evenimente"))


def test_badge_changes_at_closing_time_on_an_open_page(visitor: Visitor) -> None:
    """The page was served once; the reader's clock runs on to the next changes, told by the server."""
    page = visitor.page(timezone_id="Pacific/Auckland")
    page.goto("/ro/contact/directia/")
    changes = page.locator("open-state[data-transitions]").first.get_attribute("data-transitions")
    moments = re.findall(r'\["([^"]+)", "(open|closed)", "([^"]+)"\]', changes or "")
    assert len(moments) > 3
    state, label = "", ""
    for moment, next_state, next_label in moments[1:6]:
        state, label = next_state, next_label
        at = datetime.fromisoformat(moment).astimezone(BUCHAREST)
        later = visitor.page(timezone_id="Pacific/Auckland")
        later.clock.set_fixed_time(at)
        later.goto("/ro/contact/directia/")
        badge = later.locator(".answers [data-open-state]").first
        expect(badge).to_have_attribute("data-open-state", state)
        expect(badge).to_have_text(label)


def test_changed_phone_is_everywhere_on_the_next_request(visitor: Visitor) -> None:
    page = visitor.page()
    visitor.log_in(page)
    page.goto("/admin/snippets/contacts/department/")
    page.get_by_role("link", name="Direcția Evenimente publice", exact=False).first.click()
    field = page.locator("input[name=contact_points-1-phone]")
    before = field.input_value()
    try:
        page.wait_for_timeout(3000)  # Wagtail's editor takes its baseline after loading.
        field.fill("0264-430.012 int. 77")
        page.get_by_role("button", name="Salvează").first.click()
        page.wait_for_load_state()
        for address in ("/ro/", "/en/contact/", "/hu/kapcsolat/telefonok/"):
            reader = visitor.page()
            reader.goto(address)
            assert "0264 430 012" in reader.locator("footer").inner_text()
        card = page.request.get("/contacts/directorate.vcf").text()
        assert "+40264430012" in card
        table = page.request.get("/contacts/all.csv").text()
        assert "0264 430 012" in table
    finally:
        page.goto("/admin/snippets/contacts/department/")
        page.get_by_role("link", name="Direcția Evenimente publice", exact=False).first.click()
        page.wait_for_timeout(3000)
        page.locator("input[name=contact_points-1-phone]").fill(before)
        page.get_by_role("button", name="Salvează").first.click()
        page.wait_for_load_state()
    # Wagtail's own pages are not held to the public site's standard here.
    visitor.problems.clear()
