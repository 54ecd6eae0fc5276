"""Intervals, schedules, the state at a moment and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from hypothesis import assume, given
from hypothesis import strategies as st

from cms.working_calendar import DayKind, DayRow, Scope, WorkingCalendar
from locations.hours import (
    BUCHAREST,
    DaySource,
    ExceptionDays,
    HolidayBehaviour,
    HoursError,
    Interval,
    OpenState,
    Schedule,
    Season,
    Status,
    Week,
    combine,
    format_intervals,
    group_week,
    hours_on,
    parse_intervals,
    status_at,
    transitions,
    validate_schedule,
)
from locations.intervals import MESSAGES
from tests.locations.schedules_strategy import (
    FIRST_DAY,
    LAST_DAY,
    calendars,
    day_intervals,
    schedules,
)
from tests.locations.second_opinions import days_by_hours_on

PLAIN = WorkingCalendar()


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def week(*days: str, booked: bool = False) -> Week:
    """Seven texts, or one for Monday to Friday."""
    texts = days if len(days) == 7 else (*days * 5, "", "")
    return Week(tuple(parse_intervals(text, booked) for text in texts))


CITY = week("8-16", "8-16", "8-16", "8-17:30", "8-14:30", "", "")
DIRECTORATE = Schedule((Season(CITY),))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BUCHAREST)


def text_on(schedule: Schedule, day: str, calendar: WorkingCalendar = PLAIN) -> str | None:
    hours = hours_on(schedule, calendar, date.fromisoformat(day))
    return None if hours.intervals is None else format_intervals(hours.intervals)


def row(day: str, kind: DayKind, last: str = "", **more) -> DayRow:
    first = date.fromisoformat(day)
    return DayRow(first, date.fromisoformat(last or day), kind, {"ro": "motiv"}, **more)


# -- reading and writing intervals


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("08:00-12:00, 13:00–16:30", "08:00-12:00, 13:00-16:30"),
        ("8-16", "08:00-16:00"),
        ("8.30 - 12; 13-16.15", "08:30-12:00, 13:00-16:15"),
        ("13-16,8-12", "08:00-12:00, 13:00-16:00"),
        ("8-12\n13—16", "08:00-12:00, 13:00-16:00"),
        ("8-12, 12-16", "08:00-16:00"),
        ("22:00-02:00", "22:00-02:00"),
        ("22-6", "22:00-06:00"),
        ("18-24", "18:00-24:00"),
        ("18-0", "18:00-24:00"),
        ("0-24", "00:00-24:00"),
        *((text, "") for text in ("", "  ", "închis", "Închis", "inchis", "CLOSED", "zárva", "–")),
        ("i\u0302nchis", ""),
    ],
)
def test_reading_intervals(text: str, canonical: str) -> None:
    intervals = parse_intervals(text)
    assert format_intervals(intervals) == canonical
    assert parse_intervals(canonical) == intervals


def test_by_appointment_is_kept() -> None:
    assert parse_intervals("8-12", by_appointment=True) == (Interval(480, 720, True),)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("16:00-08:00", "reversed_interval", "“16:00-08:00” ends before it starts"),
        ("08:00-12:00, 11:00-13:00", "overlap", "08:00-12:00 and 11:00-13:00 overlap"),
        ("22:00-02:00, 23:00-23:30", "overlap", "overlap"),
        ("24:30-02:00", "after_midnight", "write 00:30"),
        ("20:00-24:30", "after_midnight", "There is no 24:30: write 00:30"),
        ("24-2", "after_midnight", "write 00:00"),
        ("8:75-9", "no_such_minute", "There is no 8:75"),
        ("8-25", "no_such_hour", "hours run from 00:00 to 24:00"),
        ("8-8", "empty_interval", "00:00-24:00"),
        ("0-0", "empty_interval", "the whole day"),
        ("luni", "not_understood", "“luni” is not understood"),
        ("8", "not_understood", "08:00-12:00"),
        ("8-12,", "not_understood", "8-12"),
        ("8-12 13-16", "not_understood", "8-12 13-16"),
        ("-8-12", "not_understood", "-8-12"),
        ("8\x00-12", "not_understood", "8 -12"),
        ("<script>8-12", "not_understood", "<script>"),
        ("٨-١٢", "not_understood", "٨"),
        ("8" * 300, "not_understood", "8" * 39 + "…"),
        ("8-12," * 2000, "too_long", "500"),
    ],
)
def test_bad_intervals_say_what_is_wrong(text: str, code: str, words: str) -> None:
    with pytest.raises(HoursError) as caught:
        parse_intervals(text)
    assert caught.value.code == code
    assert words in str(caught.value)
    assert "\x00" not in str(caught.value)
    assert len(str(caught.value)) < 250


def test_an_error_fits_a_validation_error() -> None:
    with pytest.raises(HoursError) as caught:
        parse_intervals("16-8")
    error = caught.value
    assert str(error.message) % error.params == str(error)
    assert error.message is MESSAGES["reversed_interval"]
    assert not isinstance(error.message, str), "lazy, so that it speaks the editor's language"


@pytest.mark.parametrize("bounds", [(-1, 60), (1440, 1500), (60, 60), (60, 30), (60, 1501)])
def test_impossible_intervals(bounds: tuple[int, int]) -> None:
    with pytest.raises(HoursError):
        Interval(*bounds)


def test_combining() -> None:
    walk_in, booked = parse_intervals("8-12, 14-15"), parse_intervals("9-16", by_appointment=True)
    assert combine([*booked, *walk_in]) == (
        Interval(480, 720),
        Interval(720, 840, True),
        Interval(840, 900),
        Interval(900, 960, True),
    )
    assert combine(iter([Interval(0, 1440), Interval(1200, 1700)])) == (Interval(0, 1440),), (
        "what is left begins on the next day"
    )
    assert combine([Interval(0, 1320), Interval(1320, 1500)]) == (
        Interval(0, 1320),
        Interval(1320, 1500),
    ), "no interval is longer than a day"


@given(st.booleans().flatmap(day_intervals))
def test_the_canonical_text_is_read_back(intervals: tuple[Interval, ...]) -> None:
    intervals = combine(Interval(i.start, i.end) for i in intervals)
    assert parse_intervals(format_intervals(intervals)) == intervals


def error_is_told(error: HoursError) -> None:
    assert str(error)


@given(st.text(max_size=40) | st.from_regex(r"[0-9:., \-–;]{0,20}", fullmatch=True))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        intervals = parse_intervals(text)
    except HoursError as error:
        error_is_told(error)
        return
    assert parse_intervals(format_intervals(intervals)) == intervals


# -- the hours of a day


def test_the_directorate() -> None:
    days = [date(2026, 11, 23) + timedelta(days=n) for n in range(7)]
    texts = [text_on(DIRECTORATE, str(day)) for day in days]
    assert texts == ["08:00-16:00"] * 3 + ["08:00-17:30", "08:00-14:30", "", ""]
    assert group_week(CITY) == [
        (0, 2, parse_intervals("8-16")),
        (3, 3, parse_intervals("8-17:30")),
        (4, 4, parse_intervals("8-14:30")),
    ]


def test_grouping_needs_neighbours() -> None:
    groups = group_week(week("8-12", "", "8-12", "8-12", "", "9-10", "9-10"))
    assert [(first, last) for first, last, _hours in groups] == [(0, 0), (2, 3), (5, 6)]
    assert group_week(Week(((),) * 7)) == []


def test_a_week_has_seven_days() -> None:
    with pytest.raises(ValueError, match="seven"):
        Week(((),) * 6)


def test_orthodox_good_friday_2026() -> None:
    hours = hours_on(DIRECTORATE, PLAIN, date(2026, 4, 10))
    assert hours.intervals == ()
    assert hours.source == DaySource.HOLIDAY
    assert hours.names
    assert hours.names["ro"] == "Vinerea Mare"
    assert text_on(DIRECTORATE, "2026-04-03") == "08:00-14:30", "the western one is a working day"
    status = status_at(DIRECTORATE, PLAIN, local("2026-04-10T10:00"))
    assert status == Status(OpenState.CLOSED, next_opening=local("2026-04-14T08:00"))


def test_holiday_behaviours() -> None:
    def on_holiday(behaviour: HolidayBehaviour) -> str | None:
        schedule = Schedule(
            (Season(CITY),), (), behaviour, holiday_intervals=parse_intervals("10-12")
        )
        return text_on(schedule, "2026-04-10")

    assert on_holiday(HolidayBehaviour.CLOSED) == ""
    assert on_holiday(HolidayBehaviour.AS_USUAL) == "08:00-14:30"
    assert on_holiday(HolidayBehaviour.SPECIAL) == "10:00-12:00"
    assert on_holiday(HolidayBehaviour.UNKNOWN) is None


def test_the_order_of_rules() -> None:
    summer = Season(week("8-14"), date(2026, 6, 15), date(2026, 9, 15), yearly=True)
    works = Season(week("10-11"), date(2026, 7, 1), date(2026, 7, 31))
    schedule = Schedule(
        (Season(CITY), summer, works),
        (ExceptionDays(date(2026, 7, 6), date(2026, 7, 7), parse_intervals("9-10")),),
        place="iris",
    )
    calendar = WorkingCalendar(
        [
            row("2026-07-07", DayKind.CLOSURE, "2026-07-08"),
            row("2026-07-10", DayKind.BRIDGING),
            row("2026-07-18", DayKind.RECOVERY, works_as=4),
            row("2026-11-28", DayKind.RECOVERY, works_as=3),
            row("2026-12-05", DayKind.RECOVERY),
        ]
    )
    expected = {
        "2026-06-12": ("08:00-14:30", DaySource.BASE),
        "2026-06-15": ("08:00-14:00", DaySource.YEARLY),
        "2026-07-02": ("10:00-11:00", DaySource.SEASON),
        "2026-07-07": ("09:00-10:00", DaySource.EXCEPTION),
        "2026-07-08": ("", DaySource.CLOSURE),
        "2026-07-10": ("", DaySource.BRIDGING),
        "2026-07-18": ("10:00-11:00", DaySource.RECOVERY),
        "2026-08-15": ("", DaySource.HOLIDAY),
        "2027-07-02": ("08:00-14:00", DaySource.YEARLY),
        "2026-11-28": ("08:00-17:30", DaySource.RECOVERY),
        "2026-12-05": ("", DaySource.RECOVERY),
    }
    found = {
        day: (
            text_on(schedule, day, calendar),
            hours_on(schedule, calendar, date.fromisoformat(day)).source,
        )
        for day in expected
    }
    assert found == expected


def test_first_and_last_day_of_a_season() -> None:
    summer = Season(week("8-14"), date(2020, 6, 15), date(2020, 9, 15), yearly=True)
    schedule = Schedule((Season(CITY), summer))
    for day, text in (
        ("2027-06-14", "08:00-16:00"),
        ("2027-06-15", "08:00-14:00"),
        ("2027-09-15", "08:00-14:00"),
        ("2027-09-16", "08:00-17:30"),
    ):
        assert text_on(schedule, day) == text
    assert status_at(schedule, PLAIN, local("2027-06-15T14:00")).state == OpenState.CLOSED
    assert status_at(schedule, PLAIN, local("2027-06-14T15:59")).state == OpenState.OPEN
    dated = Schedule((Season(CITY), Season(week("8-14"), date(2027, 6, 15), date(2027, 9, 15))))
    assert [text_on(dated, day) for day in ("2027-06-14", "2027-06-15", "2027-09-15")] == [
        "08:00-16:00",
        "08:00-14:00",
        "08:00-14:00",
    ]
    assert text_on(dated, "2027-09-16") == "08:00-17:30"
    assert text_on(dated, "2028-06-15") == "08:00-17:30"


def test_a_season_over_the_new_year() -> None:
    winter = Season(week("9-15"), date(2026, 11, 15), date(2027, 3, 15), yearly=True)
    schedule = Schedule((Season(CITY), winter))
    for day, inside in (
        ("2025-11-14", False),
        ("2025-11-17", True),
        ("2025-12-31", True),
        ("2026-01-05", True),
        ("2026-03-13", True),
        ("2026-03-16", False),
    ):
        assert (text_on(schedule, day) == "09:00-15:00") is inside


def test_a_season_from_29_february() -> None:
    leap = Season(week("9-15"), date(2024, 2, 29), date(2024, 3, 1), yearly=True)
    assert [leap.holds_on(day) for day in (date(2028, 2, 28), date(2028, 2, 29))] == [False, True]
    assert [leap.holds_on(day) for day in (date(2027, 2, 28), date(2027, 3, 1))] == [False, True]


def test_hours_from_a_day_on() -> None:
    schedule = Schedule((Season(CITY), Season(week("9-17"), first_day=date(2027, 1, 4))))
    assert text_on(schedule, "2026-12-31") == "08:00-17:30"
    assert text_on(schedule, "2027-01-04") == "09:00-17:00"
    assert text_on(schedule, "2035-01-08") == "09:00-17:00"


def test_walk_in_and_by_appointment_are_read_together() -> None:
    schedule = Schedule((Season(week("8-12")), Season(week("13-15", booked=True))))
    hours = hours_on(schedule, PLAIN, date(2026, 11, 23)).intervals
    assert hours == (Interval(480, 720), Interval(780, 900, True))
    assert status_at(schedule, PLAIN, local("2026-11-23T14:00")) == Status(
        OpenState.OPEN, by_appointment=True, until=local("2026-11-23T15:00")
    )
    assert status_at(schedule, PLAIN, local("2026-11-23T12:30")) == Status(
        OpenState.CLOSED, next_opening=local("2026-11-23T13:00"), next_by_appointment=True
    )


def test_unknown_hours_show_no_state() -> None:
    summer = Season(week("8-14"), date(2026, 6, 15), date(2026, 9, 15), yearly=True)
    for schedule, source in (
        (Schedule(()), DaySource.NONE),
        (Schedule((summer,)), DaySource.NONE),
        (Schedule((Season(CITY),), published=False), DaySource.UNPUBLISHED),
    ):
        assert hours_on(schedule, PLAIN, date(2026, 11, 23)).source == source
        status = status_at(schedule, PLAIN, local("2026-11-23T10:00"))
        assert status == Status(OpenState.UNKNOWN)


def test_without_any_season_holidays_are_unknown_too() -> None:
    nothing = Schedule((), place="iris")
    assert text_on(nothing, "2026-12-01") is None
    calendar = WorkingCalendar([row("2026-12-02", DayKind.CLOSURE)])
    assert text_on(nothing, "2026-12-02", calendar) == "", "what is said expressly holds"
    summer = Season(week("8-14"), date(2026, 6, 15), date(2026, 9, 15), yearly=True)
    assert text_on(Schedule((summer,)), "2026-12-01") == ""


def test_nothing_is_promised_beyond_an_unknown_day() -> None:
    schedule = Schedule(
        (Season(CITY),),
        (ExceptionDays(date(2026, 11, 24), date(2026, 11, 24), None),),
    )
    evening = status_at(schedule, PLAIN, local("2026-11-23T17:00"))
    assert evening == Status(OpenState.CLOSED)
    assert status_at(schedule, PLAIN, local("2026-11-24T09:00")).state == OpenState.UNKNOWN
    changes = transitions(schedule, PLAIN, local("2026-11-23T17:00"), days=2)
    assert [(str(moment)[:16], new.state) for moment, new in changes] == [
        ("2026-11-24 00:00", OpenState.UNKNOWN),
        ("2026-11-25 00:00", OpenState.CLOSED),
        ("2026-11-25 08:00", OpenState.OPEN),
        ("2026-11-25 16:00", OpenState.CLOSED),
    ]


def test_unknown_holidays() -> None:
    schedule = Schedule((Season(CITY),), (), HolidayBehaviour.UNKNOWN)
    assert status_at(schedule, PLAIN, local("2026-12-01T10:00")).state == OpenState.UNKNOWN
    assert status_at(schedule, PLAIN, local("2026-12-02T10:00")).state == OpenState.OPEN
    calendar = WorkingCalendar([row("2026-12-04", DayKind.BRIDGING)])
    assert status_at(schedule, calendar, local("2026-12-04T10:00")).state == OpenState.UNKNOWN


def test_closures_of_some_places_and_of_all_but_some() -> None:
    calendar = WorkingCalendar(
        [
            row("2026-11-23", DayKind.CLOSURE, scope=Scope.ONLY, places=frozenset({"iris"})),
            row("2026-11-24", DayKind.CLOSURE, scope=Scope.EXCEPT, places=frozenset({"iris"})),
        ]
    )
    open_on = {
        place: [
            text_on(Schedule((Season(CITY),), place=place), day, calendar) != ""
            for day in ("2026-11-23", "2026-11-24")
        ]
        for place in ("iris", "zorilor", None)
    }
    assert open_on == {"iris": [False, True], "zorilor": [True, False], None: [True, True]}


# -- the state at a moment


def test_the_minutes_of_opening_and_closing() -> None:
    closed = Status(OpenState.CLOSED, next_opening=local("2026-11-23T08:00"))
    opened = Status(OpenState.OPEN, until=local("2026-11-23T16:00"))
    assert status_at(DIRECTORATE, PLAIN, local("2026-11-23T07:59:59")) == closed
    assert status_at(DIRECTORATE, PLAIN, local("2026-11-23T08:00")) == opened
    assert status_at(DIRECTORATE, PLAIN, local("2026-11-23T15:59:59")) == opened
    after = status_at(DIRECTORATE, PLAIN, local("2026-11-23T16:00"))
    assert after == Status(OpenState.CLOSED, next_opening=local("2026-11-24T08:00"))


def test_any_zone_gives_the_same() -> None:
    moment = local("2026-11-23T15:30")
    for zone in (UTC, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")):
        assert status_at(DIRECTORATE, PLAIN, moment.astimezone(zone)).state == OpenState.OPEN
    assert status_at(DIRECTORATE, PLAIN, moment).until.tzinfo is BUCHAREST  # type: ignore[union-attr]


def test_a_naive_moment_is_refused() -> None:
    naive = local("2026-11-23T10:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="aware"):
        status_at(DIRECTORATE, PLAIN, naive)
    with pytest.raises(ValueError, match="aware"):
        transitions(DIRECTORATE, PLAIN, naive)


def test_the_last_minute_of_the_year() -> None:
    night = Schedule((Season(week(*["22-2"] * 7)),))
    status = status_at(night, PLAIN, local("2026-12-31T23:59"))
    assert status == Status(OpenState.OPEN, until=local("2027-01-01T02:00"))
    # The evening of the 31st goes on into the holiday; the evening of the holiday does not begin.
    assert status_at(night, PLAIN, local("2027-01-01T01:59")).state == OpenState.OPEN
    assert status_at(night, PLAIN, local("2027-01-01T22:00")) == Status(
        OpenState.CLOSED, next_opening=local("2027-01-03T22:00")
    )
    last = status_at(DIRECTORATE, PLAIN, local("2026-12-31T23:59"))
    assert last == Status(OpenState.CLOSED, next_opening=local("2027-01-04T08:00"))


NIGHT = Schedule((Season(week(*["22-4"] * 7)),), (), HolidayBehaviour.AS_USUAL)


@pytest.mark.parametrize(
    ("evening", "hours_long", "closing"),
    [
        ("2026-03-27", 6, "2026-03-28T04:00:00+02:00"),
        ("2026-03-28", 5, "2026-03-29T04:00:00+03:00"),
        ("2026-10-23", 6, "2026-10-24T04:00:00+03:00"),
        ("2026-10-24", 7, "2026-10-25T04:00:00+02:00"),
    ],
)
def test_the_nights_of_the_clock_change(evening: str, hours_long: int, closing: str) -> None:
    opening = local(evening + "T22:00")
    status = status_at(NIGHT, PLAIN, opening)
    assert status.until
    assert status.until.isoformat() == closing
    assert status.until.timestamp() - opening.timestamp() == hours_long * 3600
    for minute in range(hours_long * 60):
        moment = opening.astimezone(UTC) + timedelta(minutes=minute)
        assert status_at(NIGHT, PLAIN, moment).until == status.until
    assert status_at(NIGHT, PLAIN, status.until).state == OpenState.CLOSED


def test_times_that_happen_twice_or_never() -> None:
    """RFC 5545, 3.3.5: the first of two; for a missing time the offset from before the gap."""
    schedule = Schedule((Season(week(*["22-3:30"] * 7)),), (), HolidayBehaviour.AS_USUAL)
    spring = status_at(schedule, PLAIN, local("2026-03-28T23:00")).until
    autumn = status_at(schedule, PLAIN, local("2026-10-24T23:00")).until
    assert spring
    assert autumn
    assert spring.isoformat() == "2026-03-29T04:30:00+03:00"
    assert autumn.isoformat() == "2026-10-25T03:30:00+03:00"
    states = []
    for minute in range(0, 300, 10):
        moment = local("2026-10-25T00:00").astimezone(UTC) + timedelta(minutes=minute)
        states.append(status_at(schedule, PLAIN, moment).state)
    assert states == sorted(states, reverse=True), "it closes once"


def test_round_the_clock() -> None:
    always = Schedule((Season(week(*["0-24"] * 7)),), (), HolidayBehaviour.AS_USUAL)
    assert status_at(always, PLAIN, local("2026-11-23T10:00")) == Status(OpenState.OPEN)
    assert transitions(always, PLAIN, local("2026-11-23T10:00")) == []
    weekdays = Schedule((Season(week("0-24")),))
    until = status_at(weekdays, PLAIN, local("2026-11-23T10:00")).until
    assert until == local("2026-11-28T00:00")


def test_never_open() -> None:
    never = Schedule((Season(Week(((),) * 7)),))
    assert status_at(never, PLAIN, local("2026-11-23T10:00")) == Status(OpenState.CLOSED)


def test_transitions_of_a_week() -> None:
    changes = transitions(DIRECTORATE, PLAIN, local("2026-11-26T10:00"), days=7)
    assert [(f"{moment:%a %H:%M}", status.state.value) for moment, status in changes] == [
        ("Thu 17:30", "closed"),
        ("Fri 08:00", "open"),
        ("Fri 14:30", "closed"),
        ("Wed 08:00", "open"),
        ("Wed 16:00", "closed"),
        ("Thu 08:00", "open"),
    ], "30 November and 1 December are holidays"


CLOCK_CHANGES = {date(y, m, d) for y, m, d in ((2025, 3, 30), (2025, 10, 26), (2026, 3, 29))} | {
    date(2026, 10, 25),
    date(2027, 3, 28),
    date(2027, 10, 31),
}


@given(
    schedules(),
    calendars(),
    st.datetimes(
        datetime.combine(FIRST_DAY, time()), datetime.combine(LAST_DAY - timedelta(days=10), time())
    ),
)
def test_state_and_transitions_agree_with_the_intervals(
    schedule: Schedule, calendar: WorkingCalendar, naive: datetime
) -> None:
    """The painted minutes of nine days against the transitions, and the state around each of them."""
    naive = naive.replace(second=0, microsecond=0)
    today = naive.date()
    assume(not CLOCK_CHANGES & {today + timedelta(days=n) for n in range(-1, 10)})
    minutes = {
        day: {m: word for a, b, word in pieces for m in range(a, b)}
        for day, pieces in days_by_hours_on(
            schedule, calendar, today, today + timedelta(days=9)
        ).items()
    }

    def word_at(moment: datetime) -> str:
        return minutes[moment.date()].get(moment.hour * 60 + moment.minute, "")

    def word_of(status: Status) -> str:
        if status.state == OpenState.UNKNOWN:
            return "unknown"
        if status.state == OpenState.CLOSED:
            return ""
        return "by appointment" if status.by_appointment else "open"

    now = naive.replace(tzinfo=BUCHAREST)
    assert word_of(status_at(schedule, calendar, now)) == word_at(naive)
    expected = []
    before = word_at(naive)
    for minute in range(1, 8 * 1440 + 1):
        moment = naive + timedelta(minutes=minute)
        if word_at(moment) != before:
            before = word_at(moment)
            expected.append((moment, before))
    changes = transitions(schedule, calendar, now, days=8)
    assert [(moment.replace(tzinfo=None), word_of(new)) for moment, new in changes] == expected
    for index, (moment, status) in enumerate(changes):
        assert status_at(schedule, calendar, moment) == status
        minute_before = status_at(schedule, calendar, moment - timedelta(minutes=1))
        assert word_of(minute_before) == word_at(moment.replace(tzinfo=None) - timedelta(minutes=1))
        following = changes[index + 1] if index + 1 < len(changes) else None
        if following and status.state == OpenState.OPEN:
            assert status.until == following[0]
        if following and status.state == OpenState.CLOSED:
            opens = following[1].state == OpenState.OPEN
            assert status.next_opening == (following[0] if opens else None)


# -- what is wrong with a schedule


def codes(schedule: Schedule) -> list[str]:
    errors = validate_schedule(schedule)
    assert all(str(error) for error in errors)
    return [error.code for error in errors]


def raw_week(*monday: Interval) -> Week:
    return Week((monday, *((),) * 6))


def test_sound_schedules() -> None:
    assert codes(DIRECTORATE) == []
    assert codes(NIGHT) == []
    assert codes(Schedule(())) == []


def test_overlapping_hours() -> None:
    one = Schedule((Season(raw_week(Interval(480, 720), Interval(660, 780))),))
    assert codes(one) == ["day_overlap"]
    assert "Monday: 08:00-12:00 and 11:00-13:00 overlap" in str(validate_schedule(one)[0])
    two = Schedule((Season(week("8-12")), Season(week("11-13", booked=True))))
    assert codes(two) == ["day_overlap"] * 5


def test_hours_that_run_into_the_next_day() -> None:
    week_ = Week((parse_intervals("22-4"), parse_intervals("3-10"), *((),) * 5))
    assert codes(Schedule((Season(week_),))) == ["spill"]
    sunday = Week((parse_intervals("3-10"), *((),) * 5, parse_intervals("22-4")))
    assert codes(Schedule((Season(sunday),))) == ["spill"]
    assert codes(Schedule((Season(raw_week(Interval(1320, 1830))),))) == ["ends_late"]
    early = ExceptionDays(date(2026, 11, 24), date(2026, 11, 24), parse_intervals("3-10"))
    assert codes(Schedule((Season(week(*["22-4"] * 7)),), (early,))) == ["spill"]
    winter = Season(week(*["3-10"] * 7), date(2026, 12, 3), date(2027, 2, 1), yearly=True)
    assert set(codes(Schedule((Season(week(*["22-4"] * 7)), winter)))) == {"spill"}


def test_ranges_that_end_before_they_start() -> None:
    season = Season(CITY, date(2026, 9, 15), date(2026, 6, 15))
    assert codes(Schedule((season,))) == ["reversed_range"]
    exception = ExceptionDays(date(2026, 9, 15), date(2026, 6, 15), ())
    assert codes(Schedule((Season(CITY),), (exception,))) == ["reversed_range"]
    wraps = Season(CITY, date(2026, 9, 15), date(2026, 6, 15), yearly=True)
    assert codes(Schedule((wraps,))) == []


def test_yearly_seasons_need_their_days() -> None:
    schedule = Schedule((Season(CITY, date(2026, 9, 15), None, yearly=True),))
    assert codes(schedule) == ["yearly_without_days"]
    assert text_on(schedule, "2026-11-23") is None, "a half-filled draft is no error elsewhere"


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (("2026-06-01", "2026-06-30", False), ("2026-06-30", "2026-07-31", False), True),
        (("2026-06-01", "2026-06-30", False), ("2026-07-01", "2026-07-31", False), False),
        (("2026-06-01", None, False), ("2027-06-30", "2027-07-31", False), True),
        ((None, "2026-06-01", False), ("2026-06-02", None, False), False),
        (("2026-11-15", "2027-03-15", True), ("2020-03-01", "2020-04-01", True), True),
        (("2026-11-15", "2027-03-15", True), ("2020-03-16", "2020-04-01", True), False),
        (("2026-11-15", "2027-03-15", True), ("2026-12-01", "2026-12-31", False), False),
    ],
)
def test_overlapping_seasons(one, other, overlap: bool) -> None:
    def season(first: str | None, last: str | None, yearly: bool) -> Season:
        days = [date.fromisoformat(day) if day else None for day in (first, last)]
        return Season(CITY, days[0], days[1], yearly)

    for pair in ((one, other), (other, one)):
        schedule = Schedule((Season(CITY), *(season(*values) for values in pair)))
        assert codes(schedule) == (["seasons_overlap"] if overlap else [])


def test_overlapping_exceptions() -> None:
    days = [date(2026, 12, day) for day in (20, 24, 31)]
    schedule = Schedule(
        (Season(CITY),), (ExceptionDays(days[0], days[1], ()), ExceptionDays(days[1], days[2], ()))
    )
    assert codes(schedule) == ["exceptions_overlap"]
    assert "24 December 2026" in str(validate_schedule(schedule)[0])


def test_special_holidays_need_hours() -> None:
    schedule = Schedule((Season(CITY),), (), HolidayBehaviour.SPECIAL)
    assert codes(schedule) == ["holiday_hours_missing"]
    assert text_on(schedule, "2026-12-01") == ""
