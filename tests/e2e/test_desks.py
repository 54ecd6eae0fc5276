"""The desks in a browser: the inbox worked through by keyboard alone, every desk accessible and fit for a telephone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility import axe_violations
from tests.e2e.conftest import Visitor
from tests.e2e.test_desk import register

INBOX = "/admin/registru/inbox/"


def test_inbox_is_given_out_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page()
    visitor.log_in(page, "clerk")
    given = {register(page, f"Cerere prin ghișeu {n}") for n in range(2)}
    page.goto(INBOX)
    lines = page.locator("[data-row]")
    before = lines.count()
    page.keyboard.press("Alt+l")
    expect(page.locator("[data-list]")).to_be_focused()
    # Through all lines there are, ticking those two, and one back.
    for _line in range(before):
        page.keyboard.press("j")
        if page.evaluate("document.activeElement.textContent.trim()") in given:
            page.keyboard.press("x")
    expect(page.locator("[name=entry]:checked")).to_have_count(2)
    focused = page.evaluate("document.activeElement.textContent.trim()")
    assert focused == lines.last.locator("[data-open]").text_content()
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent.trim()") != focused
    expect(page.locator("[data-count]")).to_contain_text("2")
    page.keyboard.press("Alt+a")
    department = page.locator("#id_department")
    expect(department).to_be_focused()
    page.keyboard.type("Serviciul Evenimente")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messages .success")).to_contain_text("2")
    # Others may have moved up from the next page.
    for number in given:
        expect(page.locator("[data-open]", has_text=number)).to_have_count(0)


def test_one_box_ticks_them_all(visitor: Visitor) -> None:
    page = visitor.page()
    visitor.log_in(page, "clerk")
    register(page, "Încă o cerere")
    page.goto(INBOX)
    every = page.locator("[data-all] input")
    every.check()
    boxes = page.locator("[name=entry]")
    expect(page.locator("[name=entry]:checked")).to_have_count(boxes.count())
    boxes.first.uncheck()
    expect(every).not_to_be_checked()
    # Inside a list of choices the letters choose, and tick nothing.
    page.locator("[data-row] select").first.press("x")
    expect(boxes.first).not_to_be_checked()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    ("who", "addresses"),
    [
        ("clerk", [INBOX, "/admin/registru/board/", "/admin/registru/entries/?show=open"]),
        ("chief", ["/admin/registru/approvals/", "/admin/registru/entries/?direction=incoming"]),
        (
            "dept-events",
            ["/admin/registru/work/", "/admin/registru/work/?tab=mine", "/admin/registru/board/"],
        ),
    ],
)
def test_desks_are_accessible_and_fit(
    visitor: Visitor, width: int, who: str, addresses: list[str]
) -> None:
    page = visitor.page(width=width)
    visitor.log_in(page, who)
    for address in addresses:
        page.goto(address)
        for summary in page.locator("main summary").all():
            summary.click()
        assert axe_violations(page) == [], address
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), address
