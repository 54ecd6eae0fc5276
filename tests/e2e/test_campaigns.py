"""A campaign from the draft to its readers and its end: reviewed, published, read in three languages, evaluated."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.accessibility import axe_violations
from tests.e2e.conftest import Visitor

# Wagtail's autosave takes its baseline two seconds after the page is there.
BASELINE_MS = 3000
TITLE = "Seri de lectură în parc"
SUMMARY = "În fiecare seară, o carte citită împreună."
TITLES = {"ro": TITLE, "en": "Reading evenings in the park", "hu": "Olvasóestek a parkban"}
SUMMARIES = {
    "ro": f"{SUMMARY} Intrarea este liberă.",
    "en": "Every evening a book read together.",
    "hu": "Minden este egy közösen olvasott könyv.",
}
INDEXES = {"ro": "/ro/campanii/", "en": "/en/campaigns/", "hu": "/hu/kampanyok/"}
COMMENT = "Scrieți și dacă intrarea este liberă."


def open_editor(page: Page, address: str) -> None:
    """Go to an editor and wait until what is typed is noticed."""
    page.goto(address)
    page.wait_for_timeout(BASELINE_MS)


def press_action(page: Page, name: str) -> None:
    """Press an action of the editor's footer, which stands behind the arrow where it is not the first one."""
    button = page.locator(f"footer button[name={name}], footer [data-workflow-action-name={name}]")
    if not button.first.is_visible():
        page.locator("footer [data-w-dropdown-target=toggle]").click()
    button.first.click()


def send(page: Page, name: str) -> None:
    """Press an action that sends the form, and see the page that says what came of it."""
    with page.expect_navigation():
        press_action(page, name)
    expect(page.locator(".messages .success").first).to_be_visible()


def home(page: Page) -> None:
    page.goto("/admin/")


def listed(page: Page, key: str) -> Any:
    """The lines of a list of the editors' home."""
    return page.locator(f"[data-desk-list={key}] .desk-list__items li")


def open_from_home(page: Page, key: str, title: str) -> str:
    """Go home, find `title` in a list and open it; returns its editor's address."""
    home(page)
    line = listed(page, key).filter(has_text=title)
    expect(line).to_have_count(1)
    line.locator("a").click()
    page.wait_for_timeout(BASELINE_MS)
    return page.url.partition("#")[0]


def draft(page: Page) -> None:
    """Begin at the home page, fill in what readers need, submit it."""
    home(page)
    page.locator(".desk__actions a[href*='/campaignpage/']").click()
    page.wait_for_timeout(BASELINE_MS)
    page.fill("#id_title", TITLE)
    page.fill("#id_summary", SUMMARY)
    page.get_by_role("tab", name="Plan").click()
    today = date.today()
    # At once, as pasted: Wagtail's date picker rewrites what it finds half typed.
    for name, day in (("starts_on", today), ("ends_on", today + timedelta(days=2))):
        page.fill(f"#id_{name}", day.isoformat())
        page.keyboard.press("Escape")
    page.locator("[name=objectives]").first.check()
    page.locator("#id_event_links-ADD").click()
    page.locator("#inline_child_event_links-0 [data-chooser-action-choose]").first.click()
    found = page.locator(".modal.in, .modal-dialog").last
    found.locator("input[name=q]").fill("Muzica de joi")
    found.locator("a.choose-page", has_text="Muzica de joi").first.click()
    expect(page.locator("#inline_child_event_links-0 [data-chooser-title]")).to_contain_text(
        "Muzica"
    )
    send(page, "action-submit")


def translate(page: Page, editor: str) -> list[str]:
    """Have drafts made in the other languages; returns the addresses of their editors, English first."""
    number = re.search(r"/(\d+)/edit/", editor)
    assert number
    page.goto(f"/admin/localize/submit/page/{number[1]}/")
    for box in page.locator("input[name=locales]").all():
        box.check()
    page.locator("form button[type=submit], form input[type=submit]").last.click()
    page.wait_for_load_state()
    key = page.request.get(f"/admin/api/main/pages/{number[1]}/").json()
    versions = page.request.get(
        f"/admin/api/main/pages/?translation_of={key['id']}&fields=_,id,locale&limit=20"
    ).json()["items"]
    by_code = {item["meta"]["locale"]: item["id"] for item in versions}
    return [f"/admin/pages/{by_code[code]}/edit/" for code in ("en", "hu")]


def write_translation(page: Page, editor: str, code: str) -> None:
    """Write title and summary in the translation's editor."""
    page.goto(editor)
    for source, text in ((TITLE, TITLES[code]), (SUMMARIES["ro"], SUMMARIES[code])):
        segment = page.locator("main li:has(> p)").filter(has=page.get_by_text(source, exact=True))
        segment.locator("button").first.click()
        segment.locator("textarea").fill(text)
        # Beside it stands the one that gives up.
        segment.locator("button").last.click()
        expect(segment.get_by_text(text, exact=True)).to_be_visible()


def publish_translation(page: Page, editor: str) -> None:
    page.goto(editor)
    with page.expect_navigation():
        page.locator("button[name=action][value=publish]").click()


def test_campaign_is_reviewed_read_in_three_languages_and_evaluated(visitor: Visitor) -> None:
    officer, moderator, reader = (visitor.page() for _number in range(3))
    for page, account in ((officer, "marketing"), (moderator, "moderator")):
        visitor.log_in(page, account)

    draft(officer)
    # What Wagtail answers to an autosave of a row whose event is still being chosen.
    visitor.problems[:] = [said for said in visitor.problems if "status of 400" not in said]
    home(officer)
    expect(listed(officer, "submitted").filter(has_text=TITLE)).to_have_count(1)

    # Sent back with a comment, which its author reads at home.
    editor = open_from_home(moderator, "to-review", TITLE)
    press_action(moderator, "reject")
    moderator.locator(".modal-dialog textarea[name=comment]").fill(COMMENT)
    with moderator.expect_navigation():
        moderator.locator(".modal-dialog button[type=submit]").click()
    open_from_home(officer, "sent-back", COMMENT)
    officer.fill("#id_summary", SUMMARIES["ro"])
    send(officer, "action-submit")

    # Approved: published, and still a brief that readers do not have.
    open_from_home(moderator, "to-review", TITLE)
    press_action(moderator, "approve")
    expect(moderator.locator(".messages .success").first).to_be_visible()
    assert TITLE not in reader.request.get(INDEXES["ro"]).text()
    moderator.goto(editor)
    moderator.get_by_role("tab", name="Plan").click()
    with moderator.expect_navigation():
        moderator.locator(".campaign-stage__moves a[href*='/launch/']").click()
    expect(moderator.locator("form[method=post] button.button")).to_be_visible()
    assert axe_violations(moderator) == []
    with moderator.expect_navigation():
        moderator.locator("form[method=post] button.button").click()

    # Translated by the officer, published by the moderator.
    editors = dict(zip(("en", "hu"), translate(officer, editor), strict=True))
    for code, address in editors.items():
        write_translation(officer, address, code)
        publish_translation(moderator, address)

    for code, index in INDEXES.items():
        for address in (f"/{code}/", index):
            reader.goto(address)
            expect(reader.locator("main").get_by_text(TITLES[code]).first).to_be_visible()
        reader.locator("main a", has_text=TITLES[code]).first.click()
        expect(reader.locator("main h1")).to_have_text(TITLES[code])
        assert axe_violations(reader) == []
        objective = reader.locator("main a[href*='/2014-2020/'], main a[href*='/2026-2035/']")
        objective.first.click()
        expect(reader.locator("main").get_by_text(TITLES[code]).first).to_be_visible()
    reader.goto(INDEXES["ro"])
    reader.locator("main a", has_text=TITLE).first.click()
    feed = reader.locator("link[type='text/calendar']").get_attribute("href")
    assert feed
    calendar = reader.request.get(feed)
    assert calendar.status == 200
    assert ":Muzica de joi" in calendar.text()

    # Closed: its evaluation is asked for at home.
    home(officer)
    expect(listed(officer, "campaigns-to-evaluate").filter(has_text=TITLE)).to_have_count(0)
    moderator.goto(editor)
    moderator.get_by_role("tab", name="Plan").click()
    moderator.locator(".campaign-stage__moves a[href*='/close/']").click()
    with moderator.expect_navigation():
        moderator.locator("form[method=post] button.button").click()
    home(officer)
    expect(listed(officer, "campaigns-to-evaluate").filter(has_text=TITLE)).to_have_count(1)
    reader.goto("/ro/")
    expect(reader.locator("main").get_by_text(TITLE)).to_have_count(0)
    # Autosave tries by a clock of its own, and is told of what is half filled in.
    visitor.problems[:] = [text for text in visitor.problems if "status of 400" not in text]
