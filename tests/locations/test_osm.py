"""OpenStreetMap texts: the table, the text and the JSON-LD say the same; texts are read or refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from cms.working_calendar import DayKind, DayRow, Scope, WorkingCalendar
from locations.hours import (
    ExceptionDays,
    HolidayBehaviour,
    HoursError,
    Interval,
    Schedule,
    Season,
    Week,
    group_week,
    parse_intervals,
    validate_schedule,
)
from locations.osm import from_osm, to_osm
from locations.schema_org import opening_hours_specification, special_opening_hours
from tests.locations.schedules_strategy import FIRST_DAY, LAST_DAY, calendars, schedules
from tests.locations.second_opinions import days_by_hours_on, days_by_json_ld, days_by_osm

PLAIN = WorkingCalendar()
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def week(*texts: str, booked: bool = False) -> Week:
    """Seven texts, or one for Monday to Friday."""
    texts = texts if len(texts) == 7 else (*texts * 5, "", "")
    return Week(tuple(parse_intervals(text, booked) for text in texts))


CITY = Season(week("8-16", "8-16", "8-16", "8-17:30", "8-14:30", "", ""))
CITY_TEXT = "Mo-We 08:00-16:00; Th 08:00-17:30; Fr 08:00-14:30; PH off"
# What stands for Pentecost in a text of 2026 for a place that is closed on Sundays: nothing on Sunday,
# and the Tuesday that opening_hours.js takes for its second day.
PENTECOST = "; 2026 Jun 02 08:00-16:00"


def agree(
    schedule: Schedule,
    calendar: WorkingCalendar = PLAIN,
    first: date = FIRST_DAY,
    last: date = LAST_DAY,
) -> str:
    """Assert that table, text and JSON-LD give the same days, and that the text reads back; return it."""
    table = days_by_hours_on(schedule, calendar, first, last)
    text = to_osm(schedule, calendar, first, last)
    assert days_by_osm(text, first, last) == table
    special = special_opening_hours(
        schedule, calendar, first - timedelta(days=1), (last - first).days + 2
    )
    regular = opening_hours_specification(schedule)
    assert days_by_json_ld(regular, special, first, last) == table
    read = from_osm(text)
    assert validate_schedule(read) == []
    assert days_by_hours_on(read, PLAIN, first, last) == table
    return text


@given(schedules(), calendars())
def test_table_text_and_json_ld_agree_on_every_day_of_three_years(
    schedule: Schedule, calendar: WorkingCalendar
) -> None:
    agree(schedule, calendar)


def test_the_directorate() -> None:
    assert agree(Schedule((CITY,)), PLAIN, *YEAR) == CITY_TEXT + PENTECOST


@pytest.mark.parametrize("behaviour", HolidayBehaviour)
def test_every_holiday_behaviour(behaviour: HolidayBehaviour) -> None:
    hours = parse_intervals("10-12") if behaviour == HolidayBehaviour.SPECIAL else ()
    text = agree(Schedule((CITY,), (), behaviour, hours))
    expected = {"closed": "PH off", "special": "PH 10:00-12:00", "unknown": "PH unknown"}
    if behaviour == HolidayBehaviour.AS_USUAL:
        assert text == CITY_TEXT.removesuffix("; PH off")
    else:
        assert expected[behaviour.value] in text
    assert from_osm(text).holiday_behaviour == behaviour


def test_the_days_on_which_evaluators_disagree_are_dates() -> None:
    """opening_hours.js has Pentecost on Monday and Tuesday; the Monday is safe with all."""
    sundays = Schedule((Season(week(*["10-18"] * 7)),))
    text = to_osm(sundays, PLAIN, *YEAR)
    assert text == "Mo-Su 10:00-18:00; PH off; 2026 May 31 off; 2026 Jun 02 10:00-18:00"
    agree(sundays)


def test_seasons_and_rows() -> None:
    def row(first: date, last: date, kind: DayKind, **more) -> DayRow:
        return DayRow(first, last, kind, {"ro": "motiv"}, **more)

    calendar = WorkingCalendar(
        [
            row(date(2026, 1, 5), date(2026, 1, 5), DayKind.BRIDGING),
            row(date(2026, 1, 10), date(2026, 1, 10), DayKind.RECOVERY, works_as=0),
            row(
                date(2026, 10, 5),
                date(2026, 10, 11),
                DayKind.CLOSURE,
                scope=Scope.ONLY,
                places=frozenset({"iris"}),
            ),
            row(
                date(2026, 10, 13),
                date(2026, 10, 13),
                DayKind.CLOSURE,
                scope=Scope.EXCEPT,
                places=frozenset({"iris"}),
            ),
        ]
    )
    schedule = Schedule(
        (
            CITY,
            Season(week("8-14"), date(2000, 6, 15), date(2000, 9, 15), yearly=True),
            Season(week("9-12"), date(2026, 7, 1), date(2026, 7, 31)),
            Season(week("13-15", booked=True), date(2026, 7, 1), date(2026, 7, 31)),
        ),
        (ExceptionDays(date(2026, 12, 23), date(2026, 12, 24), parse_intervals("8-12")),),
        place="iris",
    )
    assert agree(schedule, calendar, *YEAR) == (
        "Mo-We 08:00-16:00; Th 08:00-17:30; Fr 08:00-14:30; Jun 15-Sep 15 Mo-Fr 08:00-14:00; "
        "2026 Jul 01-2026 Jul 31 Mo-Fr 09:00-12:00, 2026 Jul 01-2026 Jul 31 Mo-Fr 13:00-15:00 "
        'open "by appointment"; PH off; 2026 Jan 05 off; 2026 Jan 10 08:00-16:00'
        f"{PENTECOST}; 2026 Oct 05-2026 Oct 09 off; 2026 Dec 23-2026 Dec 24 08:00-12:00"
    )


def test_hours_are_cut_at_midnight() -> None:
    """A rule for the next day would cut them in some evaluators and not in others."""
    schedule = Schedule((Season(week("", "", "", "", "22-2", "22-2", "")),))
    text = to_osm(schedule, PLAIN, date(2026, 11, 2), date(2026, 11, 22))
    assert text == "Fr 22:00-24:00; Sa 00:00-02:00,22:00-24:00; Su 00:00-02:00; PH off"
    every_night = Schedule((Season(week(*["22-4"] * 7)),))
    text = to_osm(every_night, PLAIN, date(2026, 12, 20), date(2026, 12, 31))
    assert text == (
        "Mo-Su 00:00-04:00,22:00-24:00; PH off; 2026 Dec 25 00:00-04:00; 2026 Dec 27 22:00-24:00"
    )
    agree(every_night)


def test_a_season_over_the_new_year() -> None:
    winter = Season(week("9-15"), date(2026, 11, 15), date(2027, 3, 15), yearly=True)
    text = agree(Schedule((CITY, winter), (), HolidayBehaviour.AS_USUAL))
    assert "; Nov 15-Mar 15 Mo-Fr 09:00-15:00" in text


def test_without_a_base_the_rest_is_unknown() -> None:
    summer = Season(week("8-14"), date(2026, 6, 15), date(2026, 9, 15), yearly=True)
    text = agree(Schedule((summer,), (), HolidayBehaviour.AS_USUAL))
    assert text == ("24/7 unknown; Jun 15-Sep 15 Mo-Fr 08:00-14:00; Jun 15-Sep 15 Sa-Su off")


def test_open_ends_are_cut_to_the_range() -> None:
    schedule = Schedule((CITY, Season(week("9-17"), first_day=date(2027, 1, 4))))
    assert "; 2027 Jan 04-2027 Dec 31 Mo-Fr 09:00-17:00; " in agree(schedule)


def test_edge_texts() -> None:
    always = Schedule((Season(week(*["0-24"] * 7)),), (), HolidayBehaviour.AS_USUAL)
    assert agree(always) == "24/7"
    never = Schedule((Season(Week(((),) * 7)),), (), HolidayBehaviour.AS_USUAL)
    assert agree(never) == "off"
    assert to_osm(Schedule((CITY,), published=False), PLAIN, *YEAR) == ""
    assert from_osm(" ").published is False
    assert agree(Schedule(())) == agree(Schedule((), (), HolidayBehaviour.CLOSED))


def test_an_unknown_day_keeps_the_end_of_the_evening_before() -> None:
    schedule = Schedule((Season(week(*["22-2"] * 7)),), (), HolidayBehaviour.UNKNOWN)
    text = agree(schedule)
    assert "2025 Jan 01 00:00-02:00, 2025 Jan 01 02:00-24:00 unknown" in text


# -- reading texts


def read(text: str) -> list[tuple[int, int, str]]:
    groups = group_week(from_osm(text).merged[-1].week)
    return [
        (first, last, ",".join(f"{i.start}-{i.end}{'b' * i.by_appointment}" for i in hours))
        for first, last, hours in groups
    ]


@pytest.mark.parametrize(
    ("text", "groups", "behaviour"),
    [
        (CITY_TEXT, [(0, 2, "480-960"), (3, 3, "480-1050"), (4, 4, "480-870")], "closed"),
        ("24/7", [(0, 6, "0-1440")], "as_usual"),
        ("Mo-Fr 08:00-12:00,13:00-16:00; Sa off", [(0, 4, "480-720,780-960")], "as_usual"),
        ("mo-fr 8:00-16:00; ph closed", [(0, 4, "480-960")], "closed"),
        ("Mo-Fr 08:00-16:00; Sa,Su,PH off", [(0, 4, "480-960")], "closed"),
        ("PH,Mo-Fr 08:00-16:00", [(0, 4, "480-960")], "special"),
        ("08:00-16:00", [(0, 6, "480-960")], "as_usual"),
        ("Sa-Mo 10:00-12:00", [(0, 0, "600-720"), (5, 6, "600-720")], "as_usual"),
        ("Mo 08:00-12:00, Tu 09:00-12:00", [(0, 0, "480-720"), (1, 1, "540-720")], "as_usual"),
        ("Mo-Fr 08:00-16:00; We 08:00-12:00 off", [(0, 1, "480-960"), (2, 2, "720-960"),
                                                  (3, 4, "480-960")], "as_usual"),
        ("Mo-Fr 08:00-16:00; Mo-Fr 12:00-13:00 off", [(0, 4, "480-720,780-960")], "as_usual"),
        ("Mo 08:00-12:00, Mo 13:00-15:00 open \"by appointment\"", [(0, 0, "480-720,780-900b")],
         "as_usual"),
        ("Mo 10:00-12:00 \"By appointment\"; PH unknown", [(0, 0, "600-720b")], "unknown"),
        ("Fr-Sa 22:00-02:00", [(4, 5, "1320-1560")], "as_usual"),
        ("Fr 22:00-26:00", [(4, 4, "1320-1560")], "as_usual"),
        ("Mo-Fr 08:00–16:00 ; PH off ;", [(0, 4, "480-960")], "closed"),
        ("Mo 08:00-12:00,11:00-13:00, Mo 12:30-14:00 \"by appointment\"",
         [(0, 0, "480-780,780-840b")], "as_usual"),
        ("off", [], "as_usual"),
    ],
)  # fmt: skip
def test_ordinary_texts(text: str, groups: list[tuple[int, int, str]], behaviour: str) -> None:
    assert read(text) == groups
    assert from_osm(text).holiday_behaviour.value == behaviour


@pytest.mark.parametrize(
    ("dates", "first", "last", "yearly"),
    [
        ("Jun 15-Sep 15", (6, 15), (9, 15), True),
        ("Jun 15-Sep 15:", (6, 15), (9, 15), True),
        ("Nov 15-Mar 15", (11, 15), (3, 15), True),
        ("Jun-Aug", (6, 1), (8, 31), True),
        ("Feb", (2, 1), (2, 29), True),
        ("Jun 10-20", (6, 10), (6, 20), True),
        ("2026 Jun 15-2026 Sep 15", (6, 15), (9, 15), False),
        ("2026 Jun 15-Sep 15", (6, 15), (9, 15), False),
        ("2026 Nov 15-Mar 15", (11, 15), (3, 15), False),
        ("2026 Jun-Aug", (6, 1), (8, 31), False),
        ("2026", (1, 1), (12, 31), False),
        ("2026-2027", (1, 1), (12, 31), False),
        ("2026 Jun 15+", (6, 15), None, False),
    ],
)
def test_date_selectors(dates: str, first, last, yearly: bool) -> None:
    schedule = from_osm(f"Mo-Fr 08:00-16:00; {dates} Mo-Fr 09:00-12:00")
    season = next(season for season in schedule.seasons if season.validity != CITY.validity)
    assert season.yearly is yearly
    assert season.first_day
    assert (season.first_day.month, season.first_day.day) == first
    assert (season.last_day and (season.last_day.month, season.last_day.day)) == last
    text = f"Mo-Fr 08:00-16:00; {dates} Mo-Fr 09:00-12:00"
    assert days_by_hours_on(schedule, PLAIN, FIRST_DAY, LAST_DAY) == days_by_osm(
        text, FIRST_DAY, LAST_DAY
    )


def test_dates_become_exceptions() -> None:
    schedule = from_osm(
        "Mo-Fr 08:00-16:00; PH off; 2026 Dec 24-31 off; 2026 Nov 28,2026 Dec 05 10:00-12:00"
    )
    assert [(str(e.first_day), str(e.last_day), e.intervals) for e in schedule.exceptions] == [
        ("2026-11-28", "2026-11-28", (Interval(600, 720),)),
        ("2026-12-05", "2026-12-05", (Interval(600, 720),)),
        ("2026-12-24", "2026-12-31", ()),
    ]


def test_a_dated_rule_before_the_holidays_is_a_season() -> None:
    schedule = from_osm("Mo-Fr 08:00-16:00; 2026 Apr 1-30 10:00-12:00; PH off")
    assert schedule.exceptions == ()
    assert days_by_hours_on(schedule, PLAIN, *YEAR) == days_by_osm(
        "Mo-Fr 08:00-16:00; 2026 Apr 1-30 10:00-12:00; PH off", *YEAR
    )


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("Mo-Fr 8-16", "osm_not_understood", "“8-16” is not understood"),
        ("lundi 08:00-16:00", "osm_not_understood", "“lundi 08:00-16:00”"),
        ("Mo-Fr 08:00-16:00; Luni off", "osm_not_understood", "“Luni off”"),
        ("Mo-Fr 08:00-", "osm_not_understood", "08:00-"),
        ("Mo-Fr 08:00 16:00", "osm_not_understood", "“16:00”"),
        ("Mo- 08:00-16:00", "osm_not_understood", "08:00-16:00"),
        (";", "osm_not_understood", "“;”"),
        ("Mo\x00-Fr", "osm_not_understood", "“-Fr”"),
        ("Feb 30 08:00-16:00", "osm_not_understood", "Feb 30"),
        ("2026 Feb 29 08:00-16:00", "osm_not_understood", "2026 Feb 29"),
        ("Jun 45 08:00-16:00", "osm_not_understood", "Jun 45"),
        ("Mo-Fr 08:75-16:00", "no_such_minute", "08:75"),
        ("Mo-Fr 08:00-60:00", "no_such_hour", "60:00"),
        ("Mo-Fr 24:00-26:00", "osm_not_understood", "24:00-26:00"),
        ("Mo-Fr sunrise-sunset", "osm_not_supported", "hours that follow the sun"),
        ("SH off", "osm_not_supported", "school holidays"),
        ("easter off", "osm_not_supported", "Easter"),
        ("week 1-10 Mo 08:00-16:00", "osm_not_supported", "week numbers"),
        ("Mo[1] 08:00-16:00", "osm_not_supported", "repeated or counted"),
        ("Mo-Fr 08:00+", "osm_not_supported", "without an end"),
        ("Mo-Fr 08:00-16:00+", "osm_not_supported", "without an end"),
        ("Jun 15+ 08:00-16:00", "osm_not_supported", "without an end"),
        ("Mo-Fr 08:00-16:00 || \"call us\"", "osm_not_supported", "otherwise"),
        ("Mo-Fr 08:00-16:00 \"ring twice\"", "osm_not_supported", "“\"ring twice\"” cannot be kept"),
        ("Mo-Fr \"by appointment\"", "osm_not_supported", "by appointment"),
        ("Mo-Fr 08:00-16:00; Sa unknown", "osm_not_supported", "not for single weekdays"),
        ("Mo-Fr 08:00-16:00; Aug PH off", "osm_not_supported", "a part of the year"),
        ("Mo-Fr 20:00-08:00", "osm_not_supported", "“20:00-08:00” cannot be kept here: hours past"),
        ("PH off; Jun-Aug Mo-Su 08:00-12:00", "osm_not_supported", "on 2024-06-01"),
        ("Jun-Aug Mo-Fr 08:00-12:00; Mo-Fr 08:00-16:00", "osm_not_supported", "on 2024-06-03"),
        ("Jun-Aug Mo 08:00-12:00; Aug-Sep Mo 09:00-12:00", "seasons_overlap", "Two seasons overlap"),
        ("Fr 22:00-04:00; Sa 03:00-10:00", "spill", "Friday: 22:00-04:00"),
        ("2020-2090 off", "osm_not_supported", "too long"),
        ("Mo-Fr 08:00-16:00; " * 530, "too_long", "8000"),
        ("A" * 10_000, "too_long", "8000"),
        ("\"" * 7001, "osm_not_understood", ""),
        ("; ".join(f"{y} Mo 08:00-16:00" for y in range(1990, 2026)), "osm_not_supported", "too long"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_with_its_reason(text: str, code: str, words: str) -> None:
    with pytest.raises(HoursError) as caught:
        from_osm(text)
    message = str(caught.value)
    assert caught.value.code == code, message
    assert words in message
    assert "\x00" not in message
    assert len(message) < 250


FRAGMENTS = (
    *("Mo", "Mo-Fr", "Sa,Su", "PH", "SH", "08:00-12:00", "22:00-02:00", "24/7", "off", "unknown"),
    *(";", ",", "-", "+", ":", "Jun", "Jun 15-Sep 15", "2026", "2026 Dec 24", '"by appointment"'),
)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=8).map(" ".join) | st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        schedule = from_osm(text)
    except HoursError as error:
        refused = str(error)
    else:
        refused = ""
        assert validate_schedule(schedule) == []
    assert "%(" not in refused
