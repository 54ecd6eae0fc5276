"""What editors of events may save, and where they are told; what the live preview answers."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.models import EventDateChange, EventIndexPage, EventPage
from events.recurrence import Frequency, Rule
from events.rule_storage import rule_in
from tests.admin_forms import AdminForm, codes, errors, parse
from tests.conftest import SiteTree
from tests.factories import EventPageFactory, LocationFactory, make_calendar, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

EVERY_THURSDAY = Rule(Frequency.WEEKLY, weekdays=(3,))
EMPTY_ROW: dict[str, Any] = {
    "kind": "cancelled",
    "day": "",
    "new_day": "",
    "start_time": "",
    "end_day": "",
    "end_time": "",
    "reason_ro": "",
    "reason_en": "",
    "reason_hu": "",
    "title_ro": "",
    "title_en": "",
    "title_hu": "",
    "place": "",
    "place_text": "",
}


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
    page: EventPage = EventPageFactory(parent=calendar, rule=EVERY_THURSDAY)
    return page


def edit(client: Client, page: EventPage) -> AdminForm:
    form = AdminForm(client, reverse("wagtailadmin_pages:edit", args=[page.pk]))
    # The browser's script adds it.
    form.data["body-count"] = "0"
    return form


def add(client: Client, parent: EventIndexPage, **values: Any) -> AdminForm:
    address = reverse("wagtailadmin_pages:add", args=["events", "eventpage", parent.pk])
    form = AdminForm(client, address)
    form.data |= {"body-count": "0", "title": "Târg", "slug": "targ", **values}
    return form


def change(form: AdminForm, **values: Any) -> int:
    return form.add_row("date_changes", **{**EMPTY_ROW, **values})


def draft(page: EventPage) -> EventPage:
    latest = EventPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert isinstance(latest, EventPage)
    return latest


# -- drafts and publishing ---------------------------------------------------------------------------------------


def test_draft_without_dates_is_saved_but_not_published(
    editor: Client, calendar: EventIndexPage
) -> None:
    form = add(editor, calendar)
    form.save()
    page = EventPage.objects.get(slug="targ")
    assert (page.start_date, page.live) == (None, False)
    response = edit(editor, page).send(**{"action-publish": "1"})
    assert codes(response) == {"start_date": ["required"]}


def test_weekly_series_with_a_cancelled_date_is_saved(
    editor: Client, calendar: EventIndexPage
) -> None:
    form = add(
        editor,
        calendar,
        start_date="2026-11-26",
        start_time="18:00",
        end_time="20:00",
        recurrence_frequency="weekly",
        skip_public_holidays="on",
    )
    change(form, day="2026-12-17", reason_ro="Sala este ocupată.")
    form.save()
    page = draft(EventPage.objects.get(slug="targ"))
    assert rule_in(page.recurrence) == EVERY_THURSDAY
    schedule = page.schedule()
    assert schedule is not None
    assert [(c.day, dict(c.reason)) for c in schedule.changes] == [
        (date(2026, 12, 17), {"ro": "Sala este ocupată."})
    ]


def test_rule_of_an_event_is_shown_again(editor: Client, calendar: EventIndexPage) -> None:
    rule = Rule(Frequency.MONTHLY, 2, nth_weekday=(-1, 4), until=date(2027, 12, 31))
    page = EventPageFactory(parent=calendar, start_date=date(2026, 11, 27), rule=rule)
    form = edit(editor, page)
    shown = {name: value for name, value in form.data.items() if name.startswith("recurrence")}
    assert shown == {
        "recurrence_frequency": "monthly",
        "recurrence_interval": "2",
        "recurrence_month": "weekday",
        "recurrence_month_day": "",
        "recurrence_nth": "-1",
        "recurrence_nth_weekday": "4",
        "recurrence_end": "date",
        "recurrence_until": "2027-12-31",
        "recurrence_count": "",
    }
    form.save()
    assert rule_in(draft(page).recurrence) == rule


# -- nonsense, refused in drafts too -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"recurrence_interval": "0"}, {"recurrence": ["interval"]}),
        ({"recurrence_frequency": "secondly"}, {"recurrence": ["frequency"]}),
        (
            {"recurrence_end": "count", "recurrence_count": "501"},
            {"recurrence": ["count"]},
        ),
        (
            {"recurrence_end": "date", "recurrence_until": "2026-11-25"},
            {"recurrence": ["until_before_start"]},
        ),
        ({"end_date": "2026-11-25"}, {"end_date": ["end_before_start"]}),
        ({"end_date": "2026-11-26", "end_time": "17:00"}, {"end_time": ["end_time_before_start"]}),
        ({"start_time": ""}, {"end_time": ["end_time_alone"]}),
        ({"start_date": "2026-11-27"}, {"start_date": ["start_not_on_rule"]}),
        ({"start_date": "26026-11-27"}, {"start_date": ["invalid"]}),
        ({"start_date": "0026-11-27"}, {"start_date": ["year"]}),
        (
            {"start_date": "2020-11-26", "recurrence_frequency": "daily"},
            {"recurrence": ["too_many_dates"]},
        ),
    ],
)
def test_nonsense_is_refused_at_its_field(
    editor: Client, series: EventPage, typed: dict[str, str], found: dict[str, list[str]]
) -> None:
    response = edit(editor, series).send(**typed)
    assert codes(response) == found
    assert EventPage.objects.get(pk=series.pk).latest_revision is None


def test_start_off_its_rule_offers_the_first_date_that_is_on_it(
    editor: Client, series: EventPage
) -> None:
    (error,) = errors(edit(editor, series).send(start_date="2026-11-27"))["start_date"]
    assert "3 decembrie 2026" in error.messages[0]


def test_error_of_the_rule_stands_at_its_control(editor: Client, series: EventPage) -> None:
    response = edit(editor, series).send(recurrence_interval="0")
    page = parse(response.content)
    control = page.find("input", attrs={"name": "recurrence_interval"})
    assert control["value"] == "0"
    assert page.find(id=control["aria-describedby"])["class"] == ["error-message"]


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ({"day": "2026-12-04"}, "day", "not_on_schedule_near"),
        ({"kind": "moved", "day": "2026-12-03"}, "new_day", "moved_nowhere"),
        ({"kind": "changed", "day": "2026-12-03"}, "kind", "nothing_changed"),
        ({"kind": "added", "day": "2026-12-03"}, "day", "added_twice"),
        (
            {"kind": "added", "day": "2026-12-05", "end_day": "2026-12-04"},
            "end_day",
            "change_ends_before_start",
        ),
        ({"kind": "nonsense", "day": "2026-12-03"}, "kind", "invalid_choice"),
    ],
)
def test_change_that_cannot_be_is_refused_at_its_row(
    editor: Client, series: EventPage, row: dict[str, str], field: str, code: str
) -> None:
    form = edit(editor, series)
    change(form, day="2026-12-10")
    number = change(form, **row)
    assert codes(form.send()) == {f"date_changes-{number}-{field}": [code]}


def test_second_change_of_one_day_is_refused(editor: Client, calendar: EventIndexPage) -> None:
    first = EventDateChange(kind="cancelled", day=date(2026, 12, 3))
    page = EventPageFactory(parent=calendar, rule=EVERY_THURSDAY, changes=[first])
    form = edit(editor, page)
    number = change(form, kind="moved", day="2026-12-03", new_day="2026-12-04")
    assert codes(form.send()) == {f"date_changes-{number}-day": ["duplicate_change"]}
    form.save(**{"date_changes-0-DELETE": "1"})
    (kept,) = draft(page).date_changes.all()
    assert (kept.kind, kept.new_day) == ("moved", date(2026, 12, 4))


def test_wrong_row_does_not_hide_what_is_wrong_above(editor: Client, series: EventPage) -> None:
    form = edit(editor, series)
    change(form, day="not a day")
    assert set(codes(form.send(end_date="2026-11-25"))) == {"date_changes-0-day", "end_date"}


# -- translations ------------------------------------------------------------------------------------------------


@pytest.fixture
def english(series: EventPage, site_tree: SiteTree) -> EventPage:
    """An English version that is edited by hand, without wagtail-localize's own view."""
    for page in (series.get_parent().get_parent(), series.get_parent(), series):
        translation = page.specific.copy_for_translation(site_tree.locales["en"])
    assert isinstance(translation, EventPage)
    return translation


def test_translation_has_no_fields_for_facts(editor: Client, english: EventPage) -> None:
    form = edit(editor, english)
    names = form.names()
    assert {"title", "summary", "image_alt"} <= names
    shared = ("start_date", "recurrence_frequency", "place", "state", "is_free", "image")
    assert not names & set(shared)
    assert not any((name or "").startswith("date_changes") for name in names)


def test_translation_cannot_smuggle_facts_in(editor: Client, english: EventPage) -> None:
    form = edit(editor, english)
    form.save(title="Weekly market", start_date="2030-01-01", state="cancelled")
    saved = draft(english)
    assert (saved.title, saved.start_date, saved.state) == (
        "Weekly market",
        date(2026, 11, 26),
        "scheduled",
    )


# -- the live preview --------------------------------------------------------------------------------------------

PREVIEW = {
    "start_date": "2026-12-17",
    "start_time": "18:00",
    "end_time": "20:00",
    "recurrence_frequency": "weekly",
    "date_changes-TOTAL_FORMS": "0",
    "date_changes-INITIAL_FORMS": "0",
    "state": "scheduled",
}


def preview(client: Client, **typed: Any) -> Any:
    response = client.post(reverse("events_schedule_preview"), {**PREVIEW, **typed})
    assert response.status_code == 200
    return parse(response.content)


def test_preview_lists_twelve_dates_with_the_holidays_between_them(editor: Client) -> None:
    page = preview(editor, skip_public_holidays="on", start_date="2026-12-18")
    rows = {row["data-date"]: row.text for row in page.select("tr[data-date]")}
    # 25 December and 1 January are Fridays.
    assert list(rows)[:4] == ["2026-12-18", "2026-12-25", "2027-01-01", "2027-01-08"]
    out = {day for day, text in rows.items() if "sărbătoare" in text.lower()}
    assert out == {"2026-12-25", "2027-01-01"}
    assert len(rows) - len(out) == 12
    assert "vineri" in rows["2026-12-18"]
    assert "18:00–20:00" in rows["2026-12-18"]


def test_preview_shows_changes_of_dates(editor: Client) -> None:
    row = {f"date_changes-0-{name}": value for name, value in EMPTY_ROW.items()}
    row |= {
        "date_changes-TOTAL_FORMS": "1",
        "date_changes-INITIAL_FORMS": "1",
        "date_changes-0-id": "999999",
        "date_changes-0-day": "2026-12-24",
        "date_changes-0-reason_ro": "Ajunul Crăciunului",
    }
    page = preview(editor, **row)
    text = page.select_one("tr[data-date='2026-12-24']").text
    assert "Ajunul Crăciunului" in text
    assert not page.select(".help-critical")


def test_preview_says_what_is_wrong(editor: Client) -> None:
    page = preview(editor, start_date="2026-12-18", recurrence_weekdays=["3"])
    assert "24 decembrie 2026" in page.select_one(".help-critical").text
    assert not page.select("tr[data-date]")
    row = {f"date_changes-0-{name}": value for name, value in EMPTY_ROW.items()}
    row |= {"date_changes-TOTAL_FORMS": "1", "date_changes-0-day": "2026-12-25"}
    page = preview(editor, **row)
    assert len(page.select(".help-critical li")) == 1


def test_preview_warns_of_the_past(editor: Client) -> None:
    assert not preview(editor).select(".help-warning")
    over = preview(editor, start_date="2025-11-27", recurrence_frequency="once")
    assert len(over.select(".help-warning li")) == 1
    assert [row["data-date"] for row in over.select("tr[data-date]")] == ["2025-11-27"]
    begun = preview(editor, start_date="2026-11-12")
    assert "12 noiembrie 2026" in begun.select_one(".help-warning").text


def test_preview_names_up_to_five_events_at_the_same_place_and_time(
    editor: Client, calendar: EventIndexPage
) -> None:
    park = LocationFactory()
    crowd = [
        EventPageFactory(
            parent=calendar,
            title=f"Concert {number}",
            place=park,
            start_date=date(2026, 12, 24),
            start_time=time(19),
            end_time=time(23),
        )
        for number in range(6)
    ]
    later = {"parent": calendar, "place": park, "start_date": date(2026, 12, 24)}
    EventPageFactory(title="După", start_time=time(20), end_time=time(22), **later)
    EventPageFactory(title="Anulat", start_time=time(18), state="cancelled", **later)
    EventPageFactory(title="Ciornă", start_time=time(18), live=False, **later)
    EventPageFactory(title="Altundeva", parent=calendar, start_date=date(2026, 12, 24))
    page = preview(editor, place=str(park.pk))
    links = page.select(".help-warning a")
    assert [link.text for link in links] == [f"Concert {number}" for number in range(5)]
    assert "24 decembrie 2026" in page.select_one(".help-warning").text
    assert len(page.select(".help-warning li")) == 6
    itself = preview(editor, place=str(park.pk), page=str(crowd[0].pk))
    assert itself.select_one(".help-warning a").text == "Concert 1"
    assert not preview(editor, place=str(park.pk), state="cancelled").select(".help-warning")


RUBBISH = [
    "\x00",
    "9" * 5000,
    "-1",
    "0001-01-01",
    "9999-12-31",
    "2026-13-45",
    "٣",
    "<b>",
    "NaN",
    "24:61",
]


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_preview_never_breaks(editor: Client, rubbish: str) -> None:
    row = dict.fromkeys((f"date_changes-0-{name}" for name in [*EMPTY_ROW, "id", "ORDER"]), rubbish)
    parts = ("frequency", "interval", "weekdays", "month", "month_day", "nth", "end", "until")
    names = [*PREVIEW, *(f"recurrence_{part}" for part in parts), "place", "page"]
    for name in names:
        preview(editor, **{name: rubbish})
    preview(editor, **row, **{"date_changes-TOTAL_FORMS": "1"})
    every = dict.fromkeys([*names, "skip_public_holidays"], rubbish)
    preview(editor, **every, **row)
    for frequency in ("daily", "yearly", "monthly"):
        preview(editor, start_date=rubbish, recurrence_frequency=frequency, end_date=rubbish)


def test_preview_needs_the_admin_and_a_post(editor: Client, client: Client) -> None:
    address = reverse("events_schedule_preview")
    assert editor.get(address).status_code == 405
    assert editor.post(address, {}).status_code == 200
    assert client.post(address, PREVIEW).status_code == 302
    client.force_login(make_user("nobody"))
    assert client.post(address, PREVIEW).status_code in (302, 403)
