"""The check that feed and table say the same, by another implementation; it must fail when they do not."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from events.models import Event, EventText, FeedSnapshot, Occurrence
from events.publication import extend, horizon
from events.verification import differences, feed_dates
from locations.hours import BUCHAREST
from tests.events.calendar_site import make_calendar_site
from tests.factories import EventPageFactory, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree")]

TODAY = date(2026, 11, 23)
THURSDAYS = "FREQ=WEEKLY;BYDAY=TH"


@pytest.fixture
def index(clock: Any, site_tree: Any) -> Any:
    return make_calendar_site(("ro",)).index


def check() -> str:
    out = StringIO()
    call_command("occurrences_check", language="ro", stdout=out, stderr=StringIO())
    return out.getvalue()


def fails() -> str:
    errors = StringIO()
    with pytest.raises(CommandError):
        call_command("occurrences_check", language="ro", stdout=StringIO(), stderr=errors)
    return errors.getvalue()


def changed_series(index: Any) -> Any:
    return EventPageFactory(
        parent=index,
        rule=f"{THURSDAYS};COUNT=20",
        changes=[
            {"kind": "cancelled", "day": date(2026, 12, 3), "reason": text("Ger")},
            {"kind": "moved", "day": date(2026, 12, 10), "new_day": date(2026, 12, 11)},
            {"kind": "changed", "day": date(2026, 12, 17), "title": text("Colinde")},
            {"kind": "added", "day": date(2026, 12, 19), "start_time": time(11)},
        ],
    )


# -- passes ------------------------------------------------------------------------------------------------------


def test_an_empty_calendar_passes(index: Any) -> None:
    assert "ro" in check()


SCHEDULES: dict[str, dict[str, Any]] = {
    "weekly, without an end": {"rule": THURSDAYS},
    "all day": {"start_time": None, "end_time": None},
    "several days": {"start_time": None, "end_time": None, "end_date": date(2026, 12, 5)},
    "no stated end": {"end_time": None},
    "monthly": {"rule": "FREQ=MONTHLY;BYDAY=-1TH"},
    "by both changes of the clocks": {
        "start_date": date(2026, 10, 1),
        "start_time": time(22),
        "end_time": time(4),
        "rule": "FREQ=DAILY;COUNT=200",
    },
    "in the hour that is twice": {
        "start_date": date(2026, 10, 18),
        "start_time": time(3, 30),
        "end_time": time(4),
        "rule": "FREQ=WEEKLY;BYDAY=SU;COUNT=40",
    },
    "long ago": {"start_date": date(2026, 1, 8)},
    "on holidays": {
        "start_date": date(2026, 11, 24),
        "rule": "FREQ=WEEKLY;BYDAY=TU",
        "skip_public_holidays": True,
    },
    # A night that reaches into the first day of the window belongs to the day before it.
    "a night at the window's edge": {
        "start_date": date(2025, 10, 1),
        "start_time": time(22),
        "end_time": time(4),
        "rule": "FREQ=DAILY;UNTIL=20261231",
    },
    "several days over the window's edge": {
        "start_date": date(2025, 11, 20),
        "end_date": date(2025, 11, 30),
        "start_time": None,
        "end_time": None,
    },
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_feed_and_table_agree(index: Any, name: str) -> None:
    EventPageFactory(parent=index, **SCHEDULES[name])
    assert Occurrence.objects.exists()
    assert check()


def test_all_kinds_of_change_agree(index: Any) -> None:
    changed_series(index)
    assert check()
    assert set(Occurrence.objects.exclude(change="").values_list("change", flat=True)) == {
        "cancelled",
        "moved",
        "changed",
        "added",
    }


# -- fails -------------------------------------------------------------------------------------------------------


def test_a_missing_row_is_found(index: Any) -> None:
    changed_series(index)
    Occurrence.objects.filter(first_day=date(2027, 1, 7)).delete()
    assert "only in the feed:" in fails()


def test_a_row_too_many_is_found(index: Any) -> None:
    changed_series(index)
    row = Occurrence.objects.get(first_day=date(2027, 1, 7))
    row.pk = None
    row.original_start = row.start = datetime(2027, 1, 8, 18, tzinfo=BUCHAREST)
    row.end = row.start + timedelta(hours=2)
    row.first_day = row.last_day = date(2027, 1, 8)
    row.save()
    assert "only in the table:" in fails()


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": datetime(2027, 1, 7, 17, tzinfo=BUCHAREST)},
        {"end": datetime(2027, 1, 7, 21, tzinfo=BUCHAREST)},
        {"status": "cancelled"},
        {"all_day": True},
    ],
)
def test_a_wrong_row_is_found(index: Any, wrong: dict[str, Any]) -> None:
    changed_series(index)
    Occurrence.objects.filter(first_day=date(2027, 1, 7)).update(**wrong)
    found = fails()
    assert found.count("2027-01-07") >= 2


def test_a_wrong_entry_is_found(index: Any) -> None:
    changed_series(index)
    line = EventText.objects.get(language="ro")
    line.ical = line.ical.replace(":20261126T180000", ":20261126T170000", 1)
    line.save()
    assert fails()


def test_an_entry_that_feeds_lost_is_found(index: Any) -> None:
    changed_series(index)
    EventText.objects.filter(language="ro").update(ical="")
    assert "only in the table:" in fails()


def test_the_check_looks_at_what_is_written_not_at_a_snapshot(index: Any) -> None:
    changed_series(index)
    check()
    EventText.objects.filter(language="ro").update(ical="")
    FeedSnapshot.objects.update(day=TODAY)
    assert fails()


# -- repaired, extended ------------------------------------------------------------------------------------------


def test_rebuilding_repairs_and_keeps_what_is_right(index: Any) -> None:
    changed_series(index)
    ids = set(Occurrence.objects.values_list("pk", flat=True))
    state = Event.objects.values_list("sequence", "content_modified", "digest").get()
    texts = list(EventText.objects.order_by("pk").values_list("language", "ical", "folded"))
    Occurrence.objects.filter(first_day=date(2027, 1, 7)).delete()
    Occurrence.objects.filter(first_day=date(2027, 1, 14)).update(status="cancelled")
    EventText.objects.update(ical="", folded="")
    fails()
    call_command("occurrences_rebuild", stdout=StringIO())
    assert check()
    assert len(ids & set(Occurrence.objects.values_list("pk", flat=True))) == len(ids) - 1
    assert Event.objects.values_list("sequence", "content_modified", "digest").get() == state
    assert list(EventText.objects.order_by("pk").values_list("language", "ical", "folded")) == texts


def test_a_series_without_an_end_grows_with_time(index: Any, clock: time_machine.Traveller) -> None:
    EventPageFactory(parent=index, rule=THURSDAYS)
    EventPageFactory(parent=index)
    last = Occurrence.objects.latest("first_day").first_day
    assert timedelta(0) <= horizon(TODAY) - last < timedelta(days=7)
    ids = set(Occurrence.objects.values_list("pk", flat=True))
    state = list(Event.objects.order_by("pk").values_list("sequence", "content_modified"))
    clock.shift(timedelta(days=70))
    assert "only in the feed:" in fails()
    out = StringIO()
    call_command("occurrences_extend", stdout=out)
    assert out.getvalue().startswith("10 ")
    assert check()
    assert ids < set(Occurrence.objects.values_list("pk", flat=True))
    # Nothing that readers see changed.
    assert list(Event.objects.order_by("pk").values_list("sequence", "content_modified")) == state
    assert extend() == 0


def test_extending_tells_of_the_nights_on_which_the_clocks_change(
    index: Any, clock: time_machine.Traveller
) -> None:
    """Programs disagree on such dates, so the feed writes them out: those that came into sight, too."""
    EventPageFactory(
        parent=index,
        start_date=date(2026, 11, 28),
        start_time=time(22),
        end_time=time(4),
        rule="FREQ=WEEKLY;BYDAY=SA",
    )
    before = EventText.objects.get(language="ro").ical
    assert "RECURRENCE-ID;TZID=Europe/Bucharest:20281028T220000" in before
    assert "20290324T220000" not in before
    clock.shift(timedelta(days=365))
    call_command("occurrences_extend", stdout=StringIO())
    after = EventText.objects.get(language="ro").ical
    assert "RECURRENCE-ID;TZID=Europe/Bucharest:20290324T220000" in after
    assert check()
    call_command("occurrences_rebuild", stdout=StringIO())
    assert EventText.objects.get(language="ro").ical == after


def test_extending_leaves_out_the_holidays_that_come_into_sight(
    index: Any, clock: time_machine.Traveller
) -> None:
    page = EventPageFactory(
        parent=index,
        start_date=date(2026, 11, 24),
        rule="FREQ=DAILY",
        skip_public_holidays=True,
    )
    clock.move_to(datetime(2028, 12, 1, 9, tzinfo=BUCHAREST))
    extend()
    days = set(Occurrence.objects.values_list("first_day", flat=True))
    assert date(2030, 11, 29) in days
    assert not {date(2029, 12, 1), date(2029, 12, 25), date(2030, 1, 1), date(2030, 5, 1)} & days
    assert not Occurrence.objects.filter(status="cancelled").exists()
    assert check()
    assert Event.objects.get(key=page.translation_key).last_day is None


def test_what_is_private_or_over_is_not_extended(index: Any, clock: time_machine.Traveller) -> None:
    page = EventPageFactory(parent=index, rule=THURSDAYS)
    page.save_revision().publish()
    page.unpublish()
    clock.shift(timedelta(days=70))
    assert extend() == 0
    assert not Occurrence.objects.exists()
    assert check()


def test_differences_name_both_sides(index: Any) -> None:
    changed_series(index)
    empty = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
    assert not feed_dates(empty, TODAY, horizon(TODAY))
    lines = differences(empty, TODAY, horizon(TODAY), TODAY)
    assert len(lines) == 21
    assert all(line.startswith("only in the table: ") for line in lines)
