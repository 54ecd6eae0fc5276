"""The Mayor's Cabinet in a browser: a matter of two departments on its board, an audience, axe clean."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import axe_violations
from tests.e2e.conftest import Visitor

BOARD = "/admin/registru/cabinet/"
AUDIENCES = "/admin/registru/audiences/"
LEAD = "Serviciul Evenimente publice"
OTHER = "Serviciul Administrare Baza Sportivă Gheorgheni"


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def test_board_follows_a_matter_of_two_departments(visitor: Visitor) -> None:
    cabinet, sports = visitor.page(), visitor.page()
    visitor.log_in(cabinet, "cabinet")
    cabinet.goto("/admin/registru/counter/")
    cabinet.select_option("#id_kind", label="Cerere")
    cabinet.fill("#id_name", "Cancelaria Exemplu")
    cabinet.fill("#id_subject", "Programul competițiilor sportive")
    cabinet.fill("#id_address", "Str. Exemplu 1")
    cabinet.select_option("#id_source", "presidency")
    cabinet.keyboard.press("Control+s")
    cabinet.wait_for_url("**/done/**")
    number = str(cabinet.locator("[data-nr]").text_content())

    cabinet.goto(BOARD)
    cabinet.locator("a.registry-number", has_text=number).click()
    cabinet.fill("#id_resolve-text", "Se răspunde comun, până la ședința de luni.")
    cabinet.select_option("#id_resolve-lead", label=LEAD)
    cabinet.select_option("#id_part-0-department", label=OTHER)
    cabinet.fill("#id_part-0-due", (date.today() + timedelta(days=5)).isoformat())
    cabinet.fill("#id_part-0-question", "Programul bazei")
    cabinet.locator("form[action$='/resolve/'] button[type=submit]").click()
    expect(cabinet.locator(".cabinet-resolution")).to_contain_text("Se răspunde comun")
    assert axe_violations(cabinet) == []

    visitor.log_in(sports, "dept-sports")
    sports.goto("/admin/registru/entries/")
    sports.locator("a.registry-number", has_text=number).first.click()
    expect(sports.get_by_text("Se răspunde comun")).to_be_visible()
    sports.locator("#id_contribute-text").evaluate(
        "field => field.closest('details')?.setAttribute('open', '')"
    )
    sports.fill("#id_contribute-text", "Baza este liberă în weekend.")
    sports.locator("form[action$='/contribute/'] button[type=submit]").first.click()

    cabinet.goto(BOARD)
    row = cabinet.locator(".cabinet-board tbody tr", has_text=number)
    expect(row.locator(".cabinet-parts__given")).to_contain_text(OTHER)
    expect(row).to_contain_text(LEAD)
    row.locator("input[type=checkbox]").check()
    cabinet.locator(".cabinet-actions button[type=submit]").click()
    expect(cabinet.locator("article")).to_contain_text("Baza este liberă în weekend.")
    assert axe_violations(cabinet) == []


def test_citizen_asks_for_an_audience(visitor: Visitor) -> None:
    clerk = visitor.page()
    visitor.log_in(clerk, "clerk")
    clerk.goto(f"{AUDIENCES}request/")
    expect(clerk.locator("#id_name")).to_be_focused()
    clerk.fill("#id_name", "Ilona Probă")
    clerk.fill("#id_phone", "0264 000 000")
    clerk.fill("#id_subject", "Zgomotul de la concerte")
    clerk.select_option("#id_level", "mayor")
    clerk.keyboard.press("Control+s")
    # The rule is said, and nothing that was typed is lost.
    expect(clerk.locator(".registry-errors")).to_be_focused()
    assert axe_violations(clerk) == []
    expect(clerk.locator("#id_subject")).to_have_value("Zgomotul de la concerte")
    clerk.select_option("#id_level", "department")
    clerk.select_option("#id_department", label=LEAD)
    clerk.keyboard.press("Control+s")
    clerk.wait_for_url("**/audiences/*/")
    expect(clerk.locator("a[href*='/slip/']")).to_be_visible()
    assert axe_violations(clerk) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_screens_are_accessible_and_fit(visitor: Visitor, width: int) -> None:
    page = visitor.page(width=width)
    visitor.log_in(page, "cabinet")
    page.goto(BOARD)
    first = page.locator(".cabinet-board a.registry-number")
    addresses = [
        BOARD,
        f"{BOARD}?show=late",
        f"{BOARD}monday/",
        AUDIENCES,
        f"{AUDIENCES}request/",
        f"{AUDIENCES}day/",
        "/admin/registru/audience-hours/new/",
    ]
    if first.count():
        addresses.append(str(first.first.get_attribute("href")))
    for address in addresses:
        page.goto(address)
        assert axe_violations(page) == [], address
        assert fits(page), address
