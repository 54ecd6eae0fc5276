"""Takes docs/screenshots/{home,events,event,department,place,directory,petition,receipt,inbox,approvals}-{360,1280}.png
from a running server with demonstration content; for the receipt it sends a petition there.

Usage: python -m scripts.screenshots http://127.0.0.1:8000
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.system_packages import find_chromium

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
WIDTHS = {360: 780, 1280: 900}  # width: height of the window, CSS px
# The department is found through the list of departments.
ADDRESSES = {
    "home": "/ro/",
    "place": "/ro/locatii/manastur/",
    "directory": "/ro/contact/telefoane/",
    "events": "/ro/evenimente/",
    "event": "/ro/evenimente/muzica-de-joi/",
    "petition": "/ro/petitii/",
}

# Screens of the desk, each as the demonstration's account sees it.
DESK = {
    "inbox": ("clerk", "/admin/registru/inbox/"),
    "approvals": ("chief", "/admin/registru/approvals/"),
}
PASSWORD = os.environ.get("AGORA_DEMO_PASSWORD", "demo-agora-2026")


def department_address(page: Page, base_url: str) -> str:
    """The first department's own page, where the list of departments links to it."""
    page.goto(f"{base_url}/ro/contact/")
    links: list[str] = page.locator("main a[href^='/ro/contact/']").evaluate_all(
        "links => links.map(link => new URL(link.getAttribute('href'), document.baseURI).pathname)"
    )
    own = [link for link in links if link not in {"/ro/contact/", ADDRESSES["directory"]}]
    if not own:
        raise SystemExit("/ro/contact/ links to no department.")
    return own[0]


def send_petition(page: Page, base_url: str) -> None:
    """Go to the receipt of a petition by somebody who does not exist."""
    page.goto(f"{base_url}{ADDRESSES['petition']}")
    page.locator("input[name=kind]").nth(2).check()
    page.fill("[name=subject]", "Iluminatul aleii dintre blocuri")
    page.fill("[name=text]", "Pe alee nu este lumină de o săptămână.")
    page.fill("[name=name]", "Ilona Probă")
    page.fill("[name=email]", "ilona@example.org")
    # What is sent within seconds waits for a clerk.
    page.wait_for_timeout(4000)
    page.click("button[value=check]")
    page.click("button[value=send]")
    page.locator("[data-nr]").wait_for()


def take(browser: Browser, base_url: str) -> list[Path]:
    """Write the pictures of the top of each page; return their paths. Exits when a page does not answer 200."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    written = []
    for width, height in WIDTHS.items():
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="ro-RO",
            timezone_id="Europe/Bucharest",
            reduced_motion="reduce",
            color_scheme="light",
        )
        page = context.new_page()
        addresses = {**ADDRESSES, "department": department_address(page, base_url)}
        for name, address in addresses.items():
            response = page.goto(f"{base_url}{address}", wait_until="networkidle")
            if response is None or response.status != 200:
                raise SystemExit(f"{address} answers {response.status if response else 'nothing'}.")
            page.evaluate("document.fonts.ready")
            path = FOLDER / f"{name}-{width}.png"
            page.screenshot(path=path)
            written.append(path)
        send_petition(page, base_url)
        path = FOLDER / f"receipt-{width}.png"
        page.screenshot(path=path)
        written.append(path)
        context.close()
        written += take_desk(browser, base_url, width, height)
    return written


def take_desk(browser: Browser, base_url: str, width: int, height: int) -> list[Path]:
    """Write the pictures of the desk's screens at one width; return their paths."""
    written = []
    for name, (account, address) in DESK.items():
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="ro-RO",
            timezone_id="Europe/Bucharest",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(f"{base_url}/admin/login/")
        page.fill("[name=username]", account)
        page.fill("[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_load_state()
        response = page.goto(f"{base_url}{address}", wait_until="networkidle")
        if response is None or response.status != 200:
            raise SystemExit(f"{address} answers {response.status if response else 'nothing'}.")
        path = FOLDER / f"{name}-{width}.png"
        page.screenshot(path=path)
        written.append(path)
        context.close()
    return written


def main() -> None:
    base_url = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").rstrip("/")
    if not urlsplit(base_url).scheme:
        raise SystemExit(f"{base_url} is not an address; for example: http://127.0.0.1:8000")
    executable = find_chromium()
    if executable is None:
        raise SystemExit("Chromium is not installed.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        for path in take(browser, base_url):
            print(path.relative_to(FOLDER.parents[1]))
        browser.close()


if __name__ == "__main__":
    main()
