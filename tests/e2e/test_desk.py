"""The desk in a browser: paper registered by keyboard alone, an entry that goes to its department, axe clean."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import axe_violations
from tests.e2e.conftest import Visitor

COUNTER = "/admin/registru/counter/"
ENTRIES = "/admin/registru/entries/"


def focused(page: Page) -> str:
    """The id of what the keyboard is in, or its text."""
    return str(
        page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
    )


def tab_to(page: Page, field: str) -> None:
    """Press Tab until the keyboard is in `field`."""
    for _step in range(20):
        if focused(page) == field:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"The keyboard does not reach {field}.")


def register(page: Page, subject: str, department: str = "") -> str:
    """Register a request on paper, by keyboard alone; returns its number."""
    page.goto(COUNTER)
    expect(page.locator("#id_kind")).to_be_focused()
    # A list that is closed goes to what is typed.
    page.keyboard.type("Cerere")
    for field, text in {
        "id_name": "Ilona Probă",
        "id_subject": subject,
        "id_sheets": "2",
        "id_address": "Str. Exemplu 1",
        **({"id_department": department} if department else {}),
    }.items():
        tab_to(page, field)
        page.keyboard.type(text)
    page.keyboard.press("Control+s")
    page.wait_for_url("**/done/**")
    return str(page.locator("[data-nr]").text_content())


def test_clerk_registers_paper_by_keyboard_and_goes_on_with_the_next_one(visitor: Visitor) -> None:
    page = visitor.page()
    visitor.log_in(page, "clerk")
    number = register(page, "Iluminatul aleii din spatele blocului")
    assert re.fullmatch(r"[\d.]+/(?:\w+/)?\d\d\.\d\d\.\d{4}", number)
    assert axe_violations(page) == []
    slip = page.locator("a[href*='/slip/']").get_attribute("href")
    # The keyboard stands on the link to the next form.
    expect(page.locator(f"a.button[href='{COUNTER}']")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{COUNTER}")
    expect(page.locator("#id_name")).to_have_value("")
    assert axe_violations(page) == []
    page.goto(str(slip))
    assert number in (page.locator("h1").text_content() or "")
    assert axe_violations(page) == []


def test_entry_goes_to_its_department_and_to_no_other(visitor: Visitor) -> None:
    clerk, officer, other = visitor.page(), visitor.page(), visitor.page()
    visitor.log_in(clerk, "clerk")
    number = register(clerk, "Zgomot la un eveniment")
    clerk.locator("a.button[href*='/entries/']").click()
    entry = clerk.url
    department = clerk.locator("#id_assign-department")
    department.select_option(label="Serviciul Evenimente publice")
    # Past the officer, whom the department chooses.
    department.press("Tab")
    clerk.keyboard.press("Tab")
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".registry-timeline li")).to_have_count(2)
    visitor.log_in(officer, "dept-events")
    officer.goto(f"{ENTRIES}?q={number}")
    officer.locator("a.registry-number", has_text=number).click()
    officer.wait_for_url(entry)
    assert axe_violations(officer) == []
    visitor.log_in(other, "dept-sports")
    response = other.goto(entry)
    assert response
    assert response.status == 404


@pytest.mark.parametrize("width", [360, 1280])
def test_screens_are_accessible_and_fit(visitor: Visitor, width: int) -> None:
    page = visitor.page(width=width)
    visitor.log_in(page, "chief")
    for address in (
        "/admin/",
        ENTRIES,
        f"{ENTRIES}?show=late",
        COUNTER,
        "/admin/registru/queue/",
        "/admin/registru/years/",
        "/admin/registru/trail/",
    ):
        page.goto(address)
        assert axe_violations(page) == [], address
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), address
