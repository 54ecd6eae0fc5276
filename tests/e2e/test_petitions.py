"""A petition on a telephone: an error on the way, two attachments, receipt, paper, tracking; without JavaScript too."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from registry.form_tokens import TOO_FAST
from tests.e2e.conftest import Visitor
from tests.e2e.test_smoke import assert_sound
from tests.registry.sample_files import pdf, photo

FORM, TRACKING = "/ro/petitii/", "/ro/petitii/urmarire/"
FILES: list[FilePayload] = [
    {"name": "stâlpul.jpg", "mimeType": "image/jpeg", "buffer": photo((800, 600))},
    {"name": "sesizarea.pdf", "mimeType": "application/pdf", "buffer": pdf()},
]


def press(page: Page, action: str, status: int) -> None:
    """Press a button of the form and see that the answer has this status."""
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.locator(f"main button[value={action}]").first.click()
    assert answered.value.status == status
    page.wait_for_load_state()


def fill(page: Page, email: str) -> None:
    """Fill in the form, but for what it is about."""
    page.check("[name=kind][value=sesizare]")
    page.fill("[name=subject]", "Iluminatul aleii dintre blocuri")
    page.fill("[name=name]", "Ilona Probă-Câmpean")
    page.fill("[name=email]", email)
    page.set_input_files("[name=files]", FILES)


def send_petition(page: Page, check: Callable[[], None]) -> tuple[str, str]:
    """Go all the way, with an error in the middle; number and code of the receipt. `check` looks at every page."""
    page.goto(FORM)
    opened = monotonic()
    check()
    # What is not asked for is not there: the answer goes by e-mail until it is chosen otherwise.
    expect(page.locator("[name=address]")).to_be_hidden()
    page.check("[name=reply_by][value=post]")
    expect(page.locator("[name=address]")).to_be_visible()
    expect(page.locator("[name=email]")).to_be_hidden()
    page.check("[name=reply_by][value=email]")
    fill(page, "ilona@")
    press(page, "check", 422)
    check()
    assert page.title().startswith(f"{page.locator('.err .vh').first.inner_text()} ")
    expect(page.locator(".errsum")).to_be_focused()
    expect(page.locator(".kept li")).to_have_count(2)
    page.locator(".errsum a").first.click()
    expect(page.locator("[name=text]")).to_be_focused()

    page.fill("[name=text]", "Pe alee nu este lumină.\nDe o săptămână.")
    page.fill("[name=email]", "ilona@example.org")
    press(page, "check", 200)
    check()
    expect(page.locator("main")).to_contain_text("stâlpul.jpg")
    press(page, "edit", 200)
    expect(page.locator("[name=text]")).to_have_value("Pe alee nu este lumină.\nDe o săptămână.")
    press(page, "check", 200)
    # Nobody is that fast, but a machine is.
    page.wait_for_timeout(max(0.0, TOO_FAST.total_seconds() - (monotonic() - opened)) * 1000)
    press(page, "send", 303)
    page.wait_for_url("**/receipt/**")
    check()
    expect(page.locator(".facts")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("sesizarea.pdf")
    return page.locator("[data-nr]").inner_text(), page.locator("[data-code]").inner_text()


def follow(page: Page, number: str, code: str) -> None:
    page.goto(TRACKING)
    page.fill("[name=number]", number)
    page.fill("[name=code]", code)
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.locator("main form button").click()
    assert answered.value.status == 200
    page.wait_for_load_state()


WALKS = {
    "telephone": {"width": 360},
    "telephone without JavaScript": {"width": 360, "java_script_enabled": False},
    "desk in the dark": {"width": 1280, "color_scheme": "dark"},
}


@pytest.mark.parametrize("view", WALKS.values(), ids=WALKS)
def test_petition_from_the_form_to_a_completion(
    visitor: Visitor, axe: Callable[..., list[str]], view: dict[str, Any]
) -> None:
    page = visitor.page(**view)
    javascript = view.get("java_script_enabled", True)

    def check() -> None:
        if javascript:
            assert_sound(page, axe, "ro")

    number, code = send_petition(page, check)
    assert re.fullmatch(r"[\d.]+/305/\d\d\.\d\d\.\d{4}", number)
    expect(page.locator("print-button")).to_be_visible(visible=javascript)
    page.emulate_media(media="print")
    for part in ("[data-nr]", "[data-code]", ".scan svg", ".printonly"):
        expect(page.locator(part)).to_be_visible()
    for part in ("print-button button", "nav.nav", ".strip"):
        expect(page.locator(part).first).to_be_hidden()
    page.emulate_media(media="screen")

    follow(page, number, code)
    check()
    expect(page.locator("h1")).to_contain_text(number)
    expect(page.locator("main")).to_contain_text("Iluminatul aleii dintre blocuri")
    expect(page.locator("main")).not_to_contain_text("Pe alee nu este lumină")

    page.locator("textarea").fill("Încă un stâlp.")
    page.set_input_files("[name=files]", FILES[:1])
    press(page, "complete", 200)
    check()
    expect(page.locator("[role=status]")).to_be_focused()
    expect(page.locator(".line li")).to_have_count(3)
    # Reloading sends it once more, and adds nothing.
    page.reload()
    expect(page.locator(".line li")).to_have_count(3)
    assert page.context.cookies() == []


def test_petition_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto(FORM)
    page.focus("[name=kind]")
    page.keyboard.press("Space")
    for text in ("", "Iluminatul aleii", "Pe alee nu este lumină.", "", "Ilona Probă"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "reply_by"
    page.keyboard.press("Tab")
    page.keyboard.type("ilona@example.org")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page.locator("button[value=send]")).to_be_visible()
