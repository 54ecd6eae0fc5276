"""What editors read of a schedule: above its fields, on translations, in comparisons, after publishing."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from wagtail_localize.models import Translation, TranslationSource

from cms.models import CalendarDay
from events.models import EventDateChange, EventIndexPage, EventPage
from events.recurrence import Frequency, Rule
from events.rule_storage import stored
from events.schedule import Schedule
from events.schedule_summary import summarise
from tests.admin_forms import AdminForm, parse
from tests.conftest import SiteTree
from tests.factories import EventPageFactory, LocationFactory, make_calendar, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TODAY = date(2026, 11, 23)
EVERY_THURSDAY = Rule(Frequency.WEEKLY, weekdays=(3,))


@pytest.fixture
def editor(site_tree: SiteTree) -> Client:
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    return client


@pytest.fixture
def calendar(site_tree: SiteTree) -> EventIndexPage:
    return make_calendar()


@pytest.fixture
def series(calendar: EventIndexPage) -> EventPage:
    changes = [
        EventDateChange(kind="cancelled", day=date(2026, 12, 3), reason={"ro": "Sală ocupată"}),
        EventDateChange(kind="moved", day=date(2026, 12, 10), new_day=date(2026, 12, 11)),
    ]
    page: EventPage = EventPageFactory(parent=calendar, rule=EVERY_THURSDAY, changes=changes)
    return page


def edit_address(page: Any) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def opened(client: Client, page: Any) -> Any:
    response = client.get(edit_address(page))
    assert response.status_code == 200
    return parse(response.content)


def rows(page: Any) -> dict[str, str]:
    return {row["data-date"]: row.text for row in page.select("tr[data-date]")}


# -- the panel ---------------------------------------------------------------------------------------------------


def test_panel_shows_the_saved_draft(editor: Client, series: EventPage) -> None:
    series.start_time = time(17)
    series.save_revision()
    page = opened(editor, series)
    assert "17:00–20:00" in page.select_one(".schedule-report__sentence").text
    found = rows(page)
    assert list(found)[:3] == ["2026-11-26", "2026-12-03", "2026-12-11"]
    assert len(found) == 12
    assert "Sală ocupată" in found["2026-12-03"]
    assert "10 decembrie 2026" in found["2026-12-11"]
    preview = page.find("schedule-preview")
    assert preview["data-url"] == reverse("events_schedule_preview")
    assert preview["data-page"] == str(series.pk)


def test_panel_of_a_new_event_waits_for_its_first_day(
    editor: Client, calendar: EventIndexPage
) -> None:
    address = reverse("wagtailadmin_pages:add", args=["events", "eventpage", calendar.pk])
    page = parse(editor.get(address).content)
    assert page.select_one("schedule-preview p").text
    assert not rows(page)


def test_panel_survives_a_rule_that_cannot_be_read(editor: Client, series: EventPage) -> None:
    EventPage.objects.filter(pk=series.pk).update(recurrence="RRULE:FREQ=SECONDLY;COUNT=3")
    page = opened(editor, series)
    assert page.select_one("schedule-preview .help-critical")
    assert page.select_one("rule-editor .help-warning")


def test_panel_and_widget_bring_one_script_and_no_inline_code(
    editor: Client, series: EventPage
) -> None:
    page = opened(editor, series)
    scripts = page.select("script[src*='admin/schedule']")
    assert [script["type"] for script in scripts] == ["module"]
    assert len(page.select("link[href*='admin-schedule']")) == 1
    for element in page.select("rule-editor, schedule-preview"):
        assert not element.select("script, style, [style], [onclick], [onchange]")


def test_translation_shows_the_schedule_of_its_source(
    editor: Client, series: EventPage, site_tree: SiteTree
) -> None:
    for page in (series.get_parent().get_parent(), series.get_parent(), series):
        english = page.specific.copy_for_translation(site_tree.locales["en"])
    # What the copy holds itself is not what counts.
    EventPage.objects.filter(pk=english.pk).update(start_date=None)
    shown = opened(editor, english)
    assert not shown.find("schedule-preview")
    assert len(rows(shown)) == 12
    assert shown.select_one(f".schedule-report a[href='{edit_address(series)}']")


# -- wagtail-localize's own edit view --------------------------------------------------------------------------------


def test_editor_of_translations_tells_where_dates_are_changed(
    editor: Client, series: EventPage, site_tree: SiteTree
) -> None:
    english = site_tree.locales["en"]
    for page in (series.get_parent().get_parent(), series.get_parent()):
        page.specific.copy_for_translation(english)
    source, _ = TranslationSource.get_or_create_from_instance(series)
    Translation.objects.create(source=source, target_locale=english).save_target()
    response = editor.get(edit_address(series.get_translation(english)))
    used = {template.name for template in response.templates}
    assert "wagtail_localize/admin/edit_translation.html" in used
    told = [str(message) for message in response.context["messages"]]
    (message,) = [text for text in told if edit_address(series) in text]
    assert "18:00–20:00" in message


def test_source_page_has_no_such_message(editor: Client, series: EventPage) -> None:
    response = editor.get(edit_address(series))
    assert not [text for text in response.context["messages"] if edit_address(series) in str(text)]


# -- after publishing ------------------------------------------------------------------------------------------------


def test_publishing_into_a_clash_succeeds_and_warns(
    editor: Client, calendar: EventIndexPage
) -> None:
    hall = LocationFactory()
    EventPageFactory(parent=calendar, title="Concert <b>", place=hall)
    page = EventPageFactory(parent=calendar, place=hall, live=False)
    form = AdminForm(editor, edit_address(page))
    response = form.send(**{"action-publish": "1", "body-count": "0"})
    assert response.status_code == 302
    assert EventPage.objects.get(pk=page.pk).live
    html = editor.get(response.url).content.decode()
    assert "Concert &lt;b&gt;" in html
    warned = [item.text for item in parse(html).select(".messages .warning")]
    assert any("Concert <b>" in text for text in warned)


# -- comparison ------------------------------------------------------------------------------------------------------


def test_comparison_shows_sentences(editor: Client, series: EventPage) -> None:
    first = series.save_revision()
    series.recurrence = stored(Rule(Frequency.MONTHLY, month_day=26, count=7))
    series.state_reason = {"ro": "Motivul & restul", "en": "The reason"}
    second = series.save_revision()
    address = reverse("wagtailadmin_pages:revisions_compare", args=[series.pk, first.pk, second.pk])
    with override("en"):
        page = parse(editor.get(address).content)
    text = page.text
    assert "RRULE" not in text
    assert "FREQ" not in text
    assert "{'ro'" not in text
    removed = " ".join(item.text for item in page.select(".deletion"))
    added = " ".join(item.text for item in page.select(".addition"))
    assert "În fiecare joi" in removed
    assert "de 7 ori" in added
    assert "Motivul & restul" in added


def test_comparison_of_a_series_that_became_a_single_event(
    editor: Client, series: EventPage
) -> None:
    first = series.save_revision()
    series.recurrence = stored(None)
    second = series.save_revision()
    address = reverse("wagtailadmin_pages:revisions_compare", args=[series.pk, first.pk, second.pk])
    assert "Nu se repetă." in parse(editor.get(address).content).text


# -- the summary -----------------------------------------------------------------------------------------------------


def summary(schedule: Schedule, **options: Any) -> Any:
    return summarise(schedule, CalendarDay.objects.working_calendar(), TODAY, **options)


def test_summary_of_a_series_that_is_over_shows_its_last_dates() -> None:
    over = Schedule(date(2026, 1, 1), time(18), rule=Rule(Frequency.DAILY, count=20))
    found = summary(over, published=True)
    assert found.over
    assert [row.iso for row in found.rows] == [f"2026-01-{day:02}" for day in range(9, 21)]
    assert len(found.warnings) == 1


def test_summary_of_a_published_series_does_not_complain_about_its_beginning() -> None:
    begun = Schedule(date(2026, 11, 5), time(18), rule=EVERY_THURSDAY)
    assert not summary(begun, published=True).warnings
    assert len(summary(begun).warnings) == 1


def test_summary_says_that_a_series_on_a_holiday_begins_on_it_all_the_same() -> None:
    on_holiday = Schedule(date(2026, 12, 25), time(18), rule=Rule(Frequency.WEEKLY, weekdays=(4,)))
    found = summary(on_holiday, skip_holidays=True)
    assert found.rows[0].notes[0].tone == "holiday"
    assert found.rows[1].notes[0].tone == "out"
    assert len(found.warnings) == 1


def test_summary_of_days_and_nights() -> None:
    with override("en"):
        fair = summary(Schedule(date(2026, 11, 28), end_day=date(2026, 12, 2)))
    assert (fair.rows[0].weekday, fair.rows[0].hours) == ("Saturday", "all day")
    night = summary(Schedule(date(2026, 11, 28), time(22), end_time=time(3)))
    assert night.rows[0].hours == "22:00–03:00"
    open_end = summary(Schedule(date(2026, 11, 28), time(22)))
    assert open_end.rows[0].hours == "22:00"
