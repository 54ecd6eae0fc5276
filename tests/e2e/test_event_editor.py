"""The editor of schedules in a browser: by keyboard alone, without its script, in rows that are added later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.e2e.accessibility import axe_violations
from tests.e2e.conftest import Visitor

# Wagtail's autosave takes its baseline two seconds after the page is there.
BASELINE_MS = 3000


def coming_thursday() -> date:
    """A Thursday some weeks ahead."""
    day = date.today() + timedelta(days=21)
    return day + timedelta(days=(3 - day.weekday()) % 7)


@pytest.fixture
def new_event(visitor: Visitor) -> Iterator[Page]:
    """The form of a new event, ready to be edited."""
    page = visitor.page()
    visitor.log_in(page)
    open_form(page)
    yield page
    # Autosave tries by a clock of its own, and is told of what is half filled in.
    visitor.problems[:] = [text for text in visitor.problems if "status of 400" not in text]


def open_form(page: Page) -> None:
    """The add form, reached for an event below the Romanian calendar."""
    found = page.request.get("/admin/api/main/pages/?slug=evenimente&locale=ro").json()
    (parent,) = [
        item["id"] for item in found["items"] if item["meta"]["type"] == "events.EventIndexPage"
    ]
    page.goto(f"/admin/pages/add/events/eventpage/{parent}/")
    page.wait_for_timeout(BASELINE_MS)


def tab_to(page: Page, selector: str, back: bool = False) -> None:
    """Press Tab until the focus is on what `selector` names."""
    for _step in range(120):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    pytest.fail(f"The keyboard does not reach {selector}.")


def open_dates(page: Page) -> None:
    page.get_by_role("tab").nth(1).click()


def save_and_open_again(page: Page) -> None:
    """Save with the keys, wait until the server has it, and read the page anew."""
    # Autosave may have changed the address already: only a document that loads says that the form was sent.
    with page.expect_event("load"):
        page.keyboard.press("Control+s")
    page.goto(page.url.partition("#")[0])


def test_keyboard_alone_makes_a_weekly_series(visitor: Visitor, new_event: Page) -> None:
    page, start = new_event, coming_thursday()
    tab_to(page, "#id_title")
    page.keyboard.type("Concerte de joi")
    tab_to(page, "[role=tab]", back=True)
    page.keyboard.press("ArrowRight")
    tab_to(page, "#id_start_date")
    # At once, as pasted: Wagtail's date picker rewrites what it finds half typed.
    page.keyboard.insert_text(start.isoformat())
    tab_to(page, "#id_start_time")
    page.keyboard.type("18:00")
    tab_to(page, "#id_end_time")
    page.keyboard.type("20:00")
    tab_to(page, "[name=recurrence_frequency]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, "[name=recurrence_weekdays][value='3']")
    page.keyboard.press("Space")
    # Writing the number makes the choice beside it.
    tab_to(page, "[name=recurrence_count]")
    page.keyboard.type("10")
    expect(page.locator("[name=recurrence_end][value=count]")).to_be_checked()
    expect(page.locator(".schedule-report__dates tbody tr")).to_have_count(10)
    expect(page.locator(".schedule-report__sentence")).to_contain_text("18:00–20:00")
    tab_to(page, "[name=skip_public_holidays]")
    page.keyboard.press("Space")
    save_and_open_again(page)
    assert page.locator("#id_start_date").input_value() == start.isoformat()
    assert page.locator("[name=recurrence_frequency][value=weekly]").is_checked()
    assert page.locator("[name=recurrence_count]").input_value() == "10"
    assert page.locator("[name=skip_public_holidays]").is_checked()
    assert "18:00–20:00" in (page.locator(".schedule-report__sentence").text_content() or "")


def test_only_what_applies_is_shown(new_event: Page) -> None:
    page = new_event
    open_dates(page)
    editor = page.locator("rule-editor")
    weekdays = editor.locator("[name=recurrence_weekdays]").first
    interval = editor.locator("[name=recurrence_interval]")
    expect(weekdays).to_be_hidden()
    expect(interval).to_be_hidden()
    editor.locator("[name=recurrence_frequency][value=weekly]").check()
    expect(weekdays).to_be_visible()
    expect(interval).to_be_visible()
    expect(editor.locator("[name=recurrence_month]").first).to_be_hidden()
    editor.locator("[name=recurrence_frequency][value=monthly]").check()
    expect(weekdays).to_be_hidden()
    expect(editor.locator("[name=recurrence_month]").first).to_be_visible()


def test_without_its_script_everything_is_there_and_is_saved(visitor: Visitor) -> None:
    page, start = visitor.page(), coming_thursday()
    while (start + timedelta(days=7)).month == start.month:
        start += timedelta(days=7)

    def nothing(route: Route) -> None:
        route.fulfill(body="", content_type="text/javascript")

    page.route("**/js/admin/schedule*.js", nothing)
    visitor.log_in(page)
    open_form(page)
    page.fill("#id_title", "Concerte fără script")
    open_dates(page)
    for part in ("interval", "weekdays", "month", "month_day", "nth", "end", "until", "count"):
        expect(page.locator(f"[name=recurrence_{part}]").first).to_be_visible()
    page.fill("#id_start_date", start.isoformat())
    page.keyboard.press("Escape")
    page.locator("[name=recurrence_frequency][value=monthly]").check()
    page.locator("[name=recurrence_month][value=weekday]").check()
    page.locator("[name=recurrence_nth]").select_option("-1")
    page.locator("[name=recurrence_nth_weekday]").select_option("3")
    # What belongs to other choices is not read.
    page.locator("[name=recurrence_weekdays]").first.check()
    page.fill("[name=recurrence_count]", "500")
    save_and_open_again(page)
    expect(page.locator(".schedule-report__dates tbody tr")).to_have_count(12)
    assert page.locator("[name=recurrence_nth]").input_value() == "-1"
    assert not page.locator("[name=recurrence_weekdays]").first.is_checked()
    assert page.locator("[name=recurrence_count]").input_value() == ""


def test_added_row_is_in_the_preview_at_once(new_event: Page) -> None:
    page, start = new_event, coming_thursday()
    page.fill("#id_title", "Concerte cu o dată anulată")
    open_dates(page)
    page.fill("#id_start_date", start.isoformat())
    page.locator("[name=recurrence_frequency][value=weekly]").check()
    rows = page.locator(".schedule-report__dates tbody tr")
    expect(rows).to_have_count(12)
    page.locator("#id_date_changes-ADD").click()
    page.fill("#id_date_changes-0-day", (start + timedelta(days=7)).isoformat())
    page.keyboard.press("Escape")
    page.fill("[name=date_changes-0-reason_ro]", "Sala este ocupată")
    expect(rows.nth(1)).to_contain_text("Sala este ocupată")
    page.fill("#id_date_changes-0-day", (start + timedelta(days=8)).isoformat())
    expect(page.locator("schedule-preview .help-critical")).to_be_visible()


def test_rule_in_an_added_row_works_as_anywhere(new_event: Page) -> None:
    """As Wagtail's inline panels add rows: markup with another prefix, put in later."""
    page = new_event
    open_dates(page)
    page.locator("rule-editor").evaluate(
        """editor => editor.insertAdjacentHTML("afterend",
            editor.outerHTML.replaceAll("recurrence_", "rows-0-rule_"))"""
    )
    added = page.locator("rule-editor").nth(1)
    weekdays = added.locator("[name='rows-0-rule_weekdays']").first
    expect(weekdays).to_be_hidden()
    added.locator("[name='rows-0-rule_frequency'][value=weekly]").check()
    expect(weekdays).to_be_visible()
    expect(page.locator("[name=recurrence_weekdays]").first).to_be_hidden()


@pytest.mark.parametrize("frequency", ["once", "weekly", "monthly"])
def test_dates_are_accessible(new_event: Page, frequency: str) -> None:
    page = new_event
    open_dates(page)
    page.fill("#id_start_date", coming_thursday().isoformat())
    page.keyboard.press("Escape")
    page.locator(f"[name=recurrence_frequency][value={frequency}]").check()
    expect(page.locator(".schedule-report__dates")).to_be_visible()
    # Wagtail's own page around it is Wagtail's; this puts axe in the page.
    axe_violations(page, runOnly=["region"])
    found = page.evaluate(
        """async () => {
            const result = await axe.run({include: [["rule-editor"], ["schedule-preview"]]},
                                         {resultTypes: ["violations"]});
            return result.violations.flatMap(violation => violation.nodes.map(
                node => `${violation.id} ${node.target.join(" ")}: ${node.failureSummary}`));
        }"""
    )
    assert found == []


# -- saving while autosave is at work ----------------------------------------------------------------------------------


def new_title(words: str) -> str:
    """One that no other page has, and that is its own address."""
    return f"salvat-{words}-{uuid4().hex[:8]}"


def is_autosave(request: Request) -> bool:
    """Whether it is autosave that asks, and not the form."""
    return "json" in (request.headers.get("accept") or "")


def drafts_called(page: Page, title: str) -> list[str]:
    """The addresses at which the pages with this title are edited."""
    page.goto(f"/admin/pages/search/?q={title}")
    links = page.locator("main .title-wrapper a").filter(has_text=title)
    return [link.get_attribute("href") or "" for link in links.all()]


def test_saving_before_autosave_makes_one_page(new_event: Page) -> None:
    """Autosave waits a while before it asks: who saves meanwhile is not saved twice."""
    title, asked = new_title("numaidecat"), list[str]()

    def slow(route: Route) -> None:
        if route.request.method == "POST":
            asked.append("autosave" if is_autosave(route.request) else "form")
            if asked[-1] == "form":
                # So long that an autosave which was not called off would ask in the meantime.
                new_event.wait_for_timeout(4000)
        route.fallback()

    # Longer than Wagtail's half a second, so that a slow machine saves in time as well.
    new_event.locator("#page-edit-form").evaluate(
        "form => { form.dataset.wAutosaveIntervalValue = 2000; }"
    )
    new_event.route("**/admin/pages/*/**", slow)
    tab_to(new_event, "#id_title")
    new_event.keyboard.type(title)
    expect(new_event.locator("#id_slug")).to_have_value(title)
    with new_event.expect_event("load"):
        new_event.keyboard.press("Control+s")
    assert asked[-1:] == ["form"]
    new_event.unroute_all()
    assert new_event.locator("#id_title").input_value() == title
    assert len(drafts_called(new_event, title)) == 1


def test_saving_during_autosave_makes_one_page(new_event: Page) -> None:
    """The autosave has made the page, and its answer is still under way: what is saved then is that page."""
    title, waiting = new_title("in-timp-ce"), list[Route]()
    forms: list[str] = []

    def slow(route: Route) -> None:
        if route.request.method == "POST" and not is_autosave(route.request):
            forms.append(route.request.url)
        if is_autosave(route.request) and not waiting:
            waiting.append(route)
            answer = route.fetch()
            new_event.wait_for_timeout(1500)
            route.fulfill(response=answer)
        else:
            route.fallback()

    new_event.route("**/admin/pages/*/**", slow)
    tab_to(new_event, "#id_title")
    new_event.keyboard.type(title)
    with new_event.expect_request(is_autosave):
        pass
    new_event.keyboard.type("-lucreaza")
    with new_event.expect_event("load"):
        # As by somebody who does not wait: it is sent once.
        new_event.locator("#page-edit-form").evaluate(
            "form => { form.requestSubmit(); form.requestSubmit(); }"
        )
    assert waiting
    assert len(forms) == 1
    new_event.unroute_all()
    assert re.search(r"/admin/pages/\d+/edit/", new_event.url)
    assert new_event.locator("#id_title").input_value() == f"{title}-lucreaza"
    assert len(drafts_called(new_event, f"{title}-lucreaza")) == 1
