"""The JSON-LD of hours: its conventions one by one; that it agrees with the table is in test_osm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from django.utils.translation import override

from cms.working_calendar import DayKind, DayRow, WorkingCalendar
from locations.hours import (
    ExceptionDays,
    HolidayBehaviour,
    Interval,
    Schedule,
    Season,
    Week,
    parse_intervals,
)
from locations.schema_org import opening_hours_specification, special_opening_hours

PLAIN = WorkingCalendar()
AUTUMN = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def week(*texts: str, booked: bool = False) -> Week:
    """Seven texts, or one for Monday to Friday."""
    texts = texts if len(texts) == 7 else (*texts * 5, "", "")
    return Week(tuple(parse_intervals(text, booked) for text in texts))


def days(*names: str) -> list[str]:
    return [f"https://schema.org/{name}" for name in names]


CITY = Season(week("8-16", "8-16", "8-16", "8-17:30", "8-14:30", "", ""))


def times(*intervals: Interval) -> list[tuple[str, str]]:
    schedule = Schedule((Season(Week((intervals, *((),) * 6))),))
    return [(entry["opens"], entry["closes"]) for entry in opening_hours_specification(schedule)]


def test_the_directorate() -> None:
    assert opening_hours_specification(Schedule((CITY,))) == [
        {
            "@type": "OpeningHoursSpecification",
            "opens": "08:00",
            "closes": closes,
            "dayOfWeek": days(*names),
        }
        for closes, names in (
            ("16:00", ("Monday", "Tuesday", "Wednesday")),
            ("17:30", ("Thursday",)),
            ("14:30", ("Friday",)),
        )
    ]


def test_times() -> None:
    assert times(Interval(480, 720), Interval(780, 960)) == [("08:00", "12:00"), ("13:00", "16:00")]
    assert times(Interval(1320, 1560)) == [("22:00", "02:00")]
    assert times(Interval(1080, 1440)) == [("18:00", "00:00")]
    assert times(Interval(0, 1440)) == [("00:00", "23:59")]
    assert times(Interval(0, 1439)) == [("00:00", "12:00"), ("12:00", "23:59")]
    assert times(Interval(300, 1740)) == [("05:00", "12:00"), ("12:00", "05:00")]


def test_a_week_without_hours_says_that_it_is_closed() -> None:
    entries = opening_hours_specification(Schedule((Season(Week(((),) * 7)),)))
    assert len(entries) == 1
    assert (entries[0]["opens"], entries[0]["closes"]) == ("00:00", "00:00")
    assert len(entries[0]["dayOfWeek"]) == 7


def test_by_appointment_is_described() -> None:
    schedule = Schedule((Season(week("8-12")), Season(week("13-15", booked=True))))
    walk_in, booked = opening_hours_specification(schedule)
    assert "description" not in walk_in
    assert booked["description"] == "By appointment"


def test_special_days() -> None:
    calendar = WorkingCalendar(
        [
            DayRow(date(2026, 12, 7), date(2026, 12, 8), DayKind.CLOSURE, {"en": "Painting"}),
            DayRow(date(2026, 12, 12), date(2026, 12, 12), DayKind.RECOVERY, {}, works_as=0),
        ]
    )
    eve = ExceptionDays(date(2026, 12, 24), date(2026, 12, 24), parse_intervals("8-10, 11-12"))
    special = special_opening_hours(Schedule((CITY,), (eve,)), calendar, AUTUMN, 36)
    assert [
        (e["validFrom"][5:], e["validThrough"][5:], e["opens"], e["closes"], e.get("name", ""))
        for e in special
    ] == [
        ("11-30", "11-30", "00:00", "00:00", "Saint Andrew's Day"),
        ("12-01", "12-01", "00:00", "00:00", "National Day of Romania"),
        ("12-07", "12-08", "00:00", "00:00", "Painting"),
        ("12-12", "12-12", "08:00", "16:00", ""),
        ("12-24", "12-24", "08:00", "10:00", ""),
        ("12-24", "12-24", "11:00", "12:00", ""),
        ("12-25", "12-25", "00:00", "00:00", "Christmas Day"),
    ], "26 December is a Saturday: closed anyway"
    with override("hu"):
        christmas = special_opening_hours(Schedule((CITY,)), PLAIN, AUTUMN, 36)[-1]
    assert christmas["name"] == "Karácsony első napja"


def test_a_season_is_given_whole() -> None:
    summer = Season(week("8-14"), date(2000, 6, 15), date(2000, 9, 15), yearly=True)
    special = special_opening_hours(Schedule((CITY, summer)), PLAIN, date(2027, 6, 14), 30)
    assert {entry["@type"] for entry in special} == {"OpeningHoursSpecification"}
    found = [
        (
            *(entry["opens"], entry["closes"]),
            "".join(name.rpartition("/")[2][:2] for name in entry.get("dayOfWeek", [])),
            *(entry["validFrom"], entry["validThrough"]),
            entry.get("name"),
        )
        for entry in special
    ]
    # The 14th is the base week's; Whit Monday cuts the season in two, so that nothing overlaps.
    assert found == [
        ("08:00", "14:00", "TuWeThFr", "2027-06-15", "2027-06-20", None),
        ("00:00", "00:00", "SaSu", "2027-06-15", "2027-06-20", None),
        ("00:00", "00:00", "", "2027-06-21", "2027-06-21", "Orthodox Whit Monday"),
        ("08:00", "14:00", "MoTuWeThFr", "2027-06-22", "2027-07-13", None),
        ("00:00", "00:00", "SaSu", "2027-06-22", "2027-07-13", None),
    ]


def test_unknown_days_are_not_claimed() -> None:
    """Holidays that are not confirmed: the base week stands in dated entries around them."""
    schedule = Schedule((CITY,), (), HolidayBehaviour.UNKNOWN)
    assert opening_hours_specification(schedule) == []
    special = special_opening_hours(schedule, PLAIN, AUTUMN, 14)
    spans = {(entry["validFrom"], entry["validThrough"]) for entry in special}
    assert spans == {("2026-11-22", "2026-11-29"), ("2026-12-02", "2026-12-05")}


@pytest.mark.parametrize("schedule", [Schedule((CITY,), published=False), Schedule(())])
def test_without_hours_nothing_is_said(schedule: Schedule) -> None:
    assert opening_hours_specification(schedule) == []
    assert special_opening_hours(schedule, PLAIN, AUTUMN) == []


def test_it_is_json() -> None:
    schedule = Schedule((CITY,))
    assert json.dumps(special_opening_hours(schedule, PLAIN, AUTUMN), ensure_ascii=False)
