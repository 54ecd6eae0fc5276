"""A petition from the form to its answer, through every desk: citizen, clerk, department, head, clerk, citizen."""

from __future__ import annotations

import subprocess
import sys
from time import monotonic

from playwright.sync_api import Page, expect

from registry.form_tokens import TOO_FAST
from scripts import tested_site
from tests.e2e.accessibility import axe_violations
from tests.e2e.conftest import REPOSITORY, LiveSite, Visitor
from tests.e2e.test_petitions import FORM, follow, press
from tests.registry.sample_files import signed_pdf

ENTRIES = "/admin/registru/entries/"
ANSWER = "Becurile de pe alee au fost schimbate, iar parcul este luminat din nou."


def send(page: Page) -> tuple[str, str]:
    """Send a petition; number and code of its receipt."""
    page.goto(FORM)
    opened = monotonic()
    page.check("[name=kind][value=sesizare]")
    page.fill("[name=subject]", "Alee fără lumină lângă sala de evenimente")
    page.fill("[name=text]", "Pe alee nu este lumină. Băncile sunt rupte.")
    page.fill("[name=name]", "Ilona Probă-Câmpean")
    page.fill("[name=email]", "ilona@example.org")
    press(page, "check", 200)
    page.wait_for_timeout(max(0.0, TOO_FAST.total_seconds() - (monotonic() - opened)) * 1000)
    press(page, "send", 303)
    page.wait_for_url("**/receipt/**")
    return page.locator("[data-nr]").inner_text(), page.locator("[data-code]").inner_text()


def open_step(page: Page, name: str) -> None:
    """Open what a step asks, where it is closed."""
    step = page.locator(f".registry-step:has(form[action$='/steps/{name}/'])")
    if step.evaluate("element => element.tagName === 'DETAILS' && !element.open"):
        step.locator("summary").click()


def take(page: Page, name: str) -> None:
    """Press the button of a step; the entry is shown with what came of it."""
    form = page.locator(f"form[action$='/steps/{name}/']")
    with page.expect_navigation():
        form.locator("button[type=submit]").first.click()
    assert axe_violations(page) == []


def find(page: Page, number: str) -> None:
    page.goto(f"{ENTRIES}?q={number}")
    page.locator("a.registry-number", has_text=number).click()
    page.wait_for_load_state()


def test_petition_is_answered_and_its_sender_reads_it(visitor: Visitor) -> None:
    citizen, clerk, officer, chief = (visitor.page() for _number in range(4))
    number, code = send(citizen)
    for page, account in ((clerk, "clerk"), (officer, "dept-events"), (chief, "chief")):
        visitor.log_in(page, account)

    find(clerk, number)
    clerk.locator("#id_assign-department").select_option(label="Serviciul Evenimente publice")
    take(clerk, "assign")

    find(officer, number)
    take(officer, "take")
    open_step(officer, "aspects")
    officer.fill("#id_aspects-aspects", "Lumina\nBăncile")
    take(officer, "aspects")
    officer.fill("#id_submit-text", ANSWER)
    # Kept as a version first, then sent for approval: what is missing is said, and nothing typed is lost.
    with officer.expect_navigation():
        officer.locator("button[formaction$='/steps/draft/']").click()
    expect(officer.locator("#id_submit-text")).to_have_value(ANSWER)
    officer.check("[name=submit-covered][value=Lumina]")
    officer.locator("#id_submit-outcome").select_option("granted")
    officer.fill("#id_submit-legal_basis", "OG 27/2002, art. 8")
    officer.fill("#id_submit-signatory_head", "Ana Exemplu, secretar general")
    officer.fill("#id_submit-signatory_department", "Mihai Probă, șef serviciu")
    take(officer, "submit")
    expect(officer.locator("form[action$='/steps/submit/']")).to_contain_text("Băncile")
    expect(officer.locator("#id_submit-text")).to_have_value(ANSWER)
    officer.check("[name=submit-covered][value=Băncile]")
    take(officer, "submit")
    assert officer.locator("form[action$='/steps/approve/']").count() == 0
    assert officer.locator("form[action$='/steps/dispatch/']").count() == 0

    find(chief, number)
    expect(chief.locator("main")).to_contain_text(ANSWER)
    take(chief, "approve")
    open_step(chief, "sign")
    chief.locator("form[action$='/steps/sign/'] input[type=file]").set_input_files(
        {"name": "raspuns-semnat.pdf", "mimeType": "application/pdf", "buffer": signed_pdf()}
    )
    take(chief, "sign")

    # Nothing is shown before it is sent.
    follow(citizen, number, code)
    expect(citizen.locator("main")).not_to_contain_text(ANSWER)
    find(clerk, number)
    take(clerk, "dispatch")

    follow(citizen, number, code)
    expect(citizen.locator("main")).to_contain_text(ANSWER)
    expect(citizen.locator("main")).to_contain_text("OG 27/2002, art. 8")
    assert axe_violations(citizen) == []
    with citizen.expect_download() as download:
        citizen.locator("button[value=signed]").click()
    assert download.value.suggested_filename == "raspuns-semnat.pdf"
    assert download.value.path().read_bytes() == signed_pdf()
    for name in ("Georgeta", "clerk", "dept-events", "chief"):
        expect(citizen.locator("main")).not_to_contain_text(name)


def tick(site: LiveSite) -> None:
    """Run the register's regular work on the served site, at whatever hour it is."""
    port = int(site.url.rpartition(":")[2])
    subprocess.run(
        [sys.executable, "site/manage.py", "registry_tick", "--any-hour"],
        cwd=REPOSITORY,
        env={**tested_site.environment(site.data_dir, port), "AGORA_DEMO": "1"},
        check=True,
        capture_output=True,
    )


def mails(site: LiveSite) -> list[str]:
    """What the outbox's sender has written so far."""
    return [path.read_text(errors="replace") for path in (site.data_dir / "outbox").glob("*")]


def test_late_entry_climbs_to_the_head_of_the_registry_once(
    visitor: Visitor, live_site: LiveSite
) -> None:
    page = visitor.page()
    visitor.log_in(page, "chief")
    page.goto(f"{ENTRIES}?show=late")
    row = page.locator("a.registry-number").first
    number, address = str(row.text_content()).strip(), row.get_attribute("href")
    tick(live_site)
    page.goto(str(address))
    told = page.locator(".registry-timeline").get_by_text("notificare de termen").first
    expect(told).to_be_visible()
    # The sender goes round every few seconds.
    deadline = monotonic() + 30
    while not any(number in mail for mail in mails(live_site)) and monotonic() < deadline:
        page.wait_for_timeout(500)
    assert any(number in mail for mail in mails(live_site))
    before = page.locator(".registry-timeline li").count()
    tick(live_site)
    page.reload()
    assert page.locator(".registry-timeline li").count() == before
