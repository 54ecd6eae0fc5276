"""The working calendar against the `holidays` package, dateutil and the vectors of the law."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from dateutil.easter import EASTER_ORTHODOX, easter
from hypothesis import given
from hypothesis import strategies as st

from cms.working_calendar import (
    LANGUAGES,
    DayKind,
    DayRow,
    Scope,
    WorkingCalendar,
    name_in,
    orthodox_easter,
    public_holidays,
)

PLAIN = WorkingCalendar()
DAYS = st.dates(date(2018, 1, 1), date(2035, 12, 31))


def row(first: str, last: str = "", kind: DayKind = DayKind.CLOSURE, **more) -> DayRow:
    name = more.pop("name", kind.value)
    return DayRow(
        date.fromisoformat(first), date.fromisoformat(last or first), kind, {"ro": name}, **more
    )


@pytest.mark.parametrize("year", range(2009, 2051))
def test_holidays_are_those_of_the_second_opinion(year: int) -> None:
    assert set(public_holidays(year)) == set(holidays.country_holidays("RO", years=year))


def test_easter_is_that_of_dateutil() -> None:
    for year in range(1900, 2200):
        assert orthodox_easter(year) == easter(year, EASTER_ORTHODOX)


def test_orthodox_good_friday_2026() -> None:
    assert public_holidays(2026)[date(2026, 4, 10)]["ro"] == "Vinerea Mare"
    assert orthodox_easter(2026) == date(2026, 4, 12)


@pytest.mark.parametrize(
    ("month", "day", "since"),
    [(1, 6, 2024), (1, 7, 2024), (1, 24, 2017), (6, 1, 2017), (8, 15, 2009), (11, 30, 2012)],
)
def test_a_holiday_begins_with_its_law(month: int, day: int, since: int) -> None:
    assert date(since, month, day) in public_holidays(since)
    assert date(since - 1, month, day) not in public_holidays(since - 1)


def test_good_friday_is_a_holiday_from_2018() -> None:
    assert date(2018, 4, 6) in public_holidays(2018)
    assert date(2017, 4, 14) not in public_holidays(2017)


def test_two_holidays_on_one_day_share_a_name() -> None:
    names = public_holidays(2026)[date(2026, 6, 1)]
    assert names["ro"] == "Ziua Copilului și a doua zi de Rusalii"
    assert names["en"] == "Children's Day and Orthodox Whit Monday"
    assert names["hu"] == "Gyermeknap és ortodox pünkösdhétfő"


def test_every_holiday_has_a_name_in_each_language_with_comma_below() -> None:
    for year in range(2018, 2036):
        for names in public_holidays(year).values():
            assert set(names) == set(LANGUAGES)
            assert all(name and name[0].isupper() for name in names.values())
            assert not set("şţŞŢ") & set("".join(names.values()))


def test_holidays_come_in_order() -> None:
    assert list(public_holidays(2027)) == sorted(public_holidays(2027))


def test_name_in_falls_back() -> None:
    assert name_in({"ro": "a", "hu": "b"}, "hu") == "b"
    assert name_in({"ro": "a", "hu": ""}, "hu") == "a"
    assert name_in({"hu": "b"}, "en") == "b"
    assert name_in(None, "en") == name_in({}, "en") == ""


def test_plain_days() -> None:
    assert PLAIN.special_day(date(2026, 11, 20)) is None
    special = PLAIN.special_day(date(2026, 12, 1), "manastur")
    assert special
    assert special.kind == DayKind.HOLIDAY
    assert special.names["en"] == "National Day of Romania"


def test_scopes() -> None:
    calendar = WorkingCalendar(
        [
            row("2026-11-23", scope=Scope.ONLY, places=frozenset({"iris", "manastur"})),
            row("2026-11-24", scope=Scope.EXCEPT, places=frozenset({"iris"})),
            row("2026-11-25"),
        ]
    )

    def closed(day: int, place: str | None) -> bool:
        return calendar.special_day(date(2026, 11, day), place) is not None

    assert [closed(23, place) for place in ("iris", "zorilor", None)] == [True, False, False]
    assert [closed(24, place) for place in ("iris", "zorilor", None)] == [False, True, False]
    assert [closed(25, place) for place in ("iris", "zorilor", None)] == [True, True, True]


def test_precedence() -> None:
    calendar = WorkingCalendar(
        [
            row("2026-11-28", "2026-12-05", DayKind.BRIDGING),
            row("2026-11-28", kind=DayKind.RECOVERY, works_as=0),
            row("2026-12-01", kind=DayKind.RECOVERY),
            row("2026-12-03", kind=DayKind.HOLIDAY, name="Lege nouă"),
            row("2026-12-01", "2026-12-31", name="renovare", scope=Scope.EXCEPT),
            row("2026-12-04", name="apă", scope=Scope.ONLY, places=frozenset({"iris"})),
        ]
    )

    def kind(day: str, place: str | None = None) -> tuple[str, str]:
        special = calendar.special_day(date.fromisoformat(day), place)
        assert special
        return special.kind.value, special.names["ro"]

    assert kind("2026-11-28") == ("recovery", "recovery")
    assert kind("2026-11-29") == ("bridging", "bridging")
    assert kind("2026-12-01") == ("holiday", "Ziua Națională a României")
    assert kind("2026-12-03") == ("holiday", "Lege nouă")
    assert kind("2026-12-01", "iris") == ("closure", "renovare")
    assert kind("2026-12-04", "iris") == ("closure", "apă")
    assert kind("2026-12-04") == ("bridging", "bridging")
    special = calendar.special_day(date(2026, 11, 28))
    assert special
    assert special.works_as == 0


def test_a_holiday_row_on_a_holiday_joins_the_names() -> None:
    calendar = WorkingCalendar([row("2026-12-01", kind=DayKind.HOLIDAY, name="Ziua orașului")])
    special = calendar.special_day(date(2026, 12, 1))
    assert special
    assert special.names["ro"] == "Ziua Națională a României și Ziua orașului"
    again = WorkingCalendar([row("2026-12-25", kind=DayKind.HOLIDAY, name="crăciunul")])
    special = again.special_day(date(2026, 12, 25))
    assert special
    assert special.names["ro"] == "Crăciunul"


def test_a_local_holiday_row_leaves_the_code_to_the_others() -> None:
    local = row(
        "2026-12-01", kind=DayKind.HOLIDAY, scope=Scope.ONLY, places=frozenset({"iris"}), name="x"
    )
    special = WorkingCalendar([local]).special_day(date(2026, 12, 1), "zorilor")
    assert special
    assert special.names["ro"] == "Ziua Națională a României"


def test_working_days_read_rows_for_all_and_no_closures() -> None:
    calendar = WorkingCalendar(
        [
            row("2026-11-23"),
            row("2026-11-24", kind=DayKind.BRIDGING),
            row("2026-11-25", kind=DayKind.BRIDGING, scope=Scope.EXCEPT),
            row("2026-11-28", kind=DayKind.RECOVERY),
            row("2026-11-26", kind=DayKind.HOLIDAY),
        ]
    )
    working = [day for day in range(21, 31) if calendar.is_working_day(date(2026, 11, day))]
    assert working == [23, 25, 27, 28]


def test_a_row_that_ends_before_it_begins_covers_no_day() -> None:
    calendar = WorkingCalendar([row("2026-11-24", "2026-11-23")])
    assert calendar.special_day(date(2026, 11, 23)) is None
    assert calendar.special_day(date(2026, 11, 24)) is None


def test_a_row_over_the_new_year_holds_in_both() -> None:
    calendar = WorkingCalendar([row("2026-12-28", "2027-01-05")])
    for day in (date(2026, 12, 31), date(2027, 1, 5)):
        special = calendar.special_day(day)
        assert special
        assert special.kind == DayKind.CLOSURE


def test_years_are_indexed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calendar = WorkingCalendar([row("2026-11-23")])
    years: list[int] = []
    index = WorkingCalendar._index

    def counted(self: WorkingCalendar, year: int):
        years.append(year)
        return index(self, year)

    monkeypatch.setattr(WorkingCalendar, "_index", counted)
    for offset in range(2000):
        calendar.special_day(date(2025, 1, 1) + timedelta(days=offset % 700), "iris")
    assert years == [2025, 2026]


def test_adding_working_days() -> None:
    friday, saturday, monday = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)
    assert PLAIN.add_working_days(friday, 0) == friday
    assert PLAIN.add_working_days(saturday, 0) == saturday
    assert PLAIN.add_working_days(friday, 1) == PLAIN.add_working_days(saturday, 1) == monday
    assert PLAIN.add_working_days(monday, -1) == PLAIN.add_working_days(saturday, -1) == friday
    assert PLAIN.next_working_day(monday) == monday
    assert PLAIN.next_working_day(friday, inclusive=False) == monday
    assert PLAIN.previous_working_day(monday, inclusive=False) == friday


# registered, due, internal due, target, legal limit, redirect outer, FOI 10, FOI 30, refusal
LAW = """
2026-03-12 2026-04-11 2026-04-09 2026-04-07 2026-04-14 2026-03-18 2026-03-23 2026-04-14 2026-03-18
2026-03-13 2026-04-12 2026-04-09 2026-04-07 2026-04-14 2026-03-19 2026-03-24 2026-04-14 2026-03-19
2026-04-01 2026-05-01 2026-04-30 2026-04-28 2026-05-04 2026-04-07 2026-04-14 2026-05-04 2026-04-07
2026-05-20 2026-06-19 2026-06-19 2026-06-17 2026-06-22 2026-05-26 2026-06-02 2026-06-22 2026-05-26
2026-12-01 2026-12-31 2026-12-31 2026-12-29 2027-01-04 2026-12-07 2026-12-14 2027-01-04 2026-12-07
2027-05-21 2027-06-20 2027-06-18 2027-06-16 2027-06-22 2027-05-27 2027-06-02 2027-06-22 2027-05-27
"""


@pytest.mark.parametrize("line", LAW.split("\n")[1:-1])
def test_vectors_of_the_law(line: str) -> None:
    registered, due, internal, target, *limits = (date.fromisoformat(text) for text in line.split())
    assert registered + timedelta(days=30) == due
    assert PLAIN.previous_working_day(due) == internal
    assert PLAIN.add_working_days(internal, -2) == target
    # First and last day are not counted; a non-working last day rolls forward.
    rolled = [
        PLAIN.next_working_day(registered + timedelta(days=n + 1)) for n in (30, 5, 10, 30, 5)
    ]
    assert rolled == limits


@given(DAYS, st.integers(1, 40))
def test_working_days_add_up(day: date, n: int) -> None:
    later = PLAIN.add_working_days(day, n)
    between = [day + timedelta(days=k) for k in range(1, (later - day).days + 1)]
    assert sum(map(PLAIN.is_working_day, between)) == n
    assert PLAIN.is_working_day(later)
    assert PLAIN.add_working_days(later, -n) == PLAIN.previous_working_day(day)
