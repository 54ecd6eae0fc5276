"""The feed of closures and special hours: its form byte by byte, and what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
import vobject

from cms.vtimezone import VTIMEZONE
from cms.working_calendar import DayKind, DayRow, Scope, WorkingCalendar
from locations.hours import (
    BUCHAREST,
    ExceptionDays,
    HolidayBehaviour,
    Schedule,
    Season,
    Week,
    parse_intervals,
)
from locations.hours_ical import ClosuresFeed, closures_calendar

FEED = ClosuresFeed(
    key="manastur",
    place="Primăria Mănăștur",
    address="str. Ion Meșter nr. 10",
    page_url="https://agora.example/ro/locatii/manastur/",
    feed_url="https://agora.example/calendar/ro/hours/manastur.ics",
    organiser="Direcția Evenimente publice și informare cetățeni",
    organiser_uri="mailto:contact@agora.example",
    uid_domain="agora.example",
    colour="teal",
)
STAMP = datetime(2026, 11, 1, 9, 30, 15, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PLAIN = WorkingCalendar()


def week(*texts: str, booked: bool = False) -> Week:
    """Seven texts, or one for Monday to Friday."""
    texts = texts if len(texts) == 7 else (*texts * 5, "", "")
    return Week(tuple(parse_intervals(text, booked) for text in texts))


CITY = Season(week("8-16", "8-16", "8-16", "8-17:30", "8-14:30", "", ""))


def feed(
    schedule: Schedule,
    calendar: WorkingCalendar = PLAIN,
    today: date = TODAY,
    days: int = 40,
    about: ClosuresFeed = FEED,
    language: str = "en",
) -> bytes:
    return closures_calendar(about, schedule, calendar, today, STAMP, language, days)


def events(data: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def told(data: bytes) -> list[tuple[str, str, str]]:
    return [
        (str(event.decoded("dtstart")), str(event.decoded("dtend")), str(event["SUMMARY"]))
        for event in events(data)
    ]


def closure(first: str, last: str = "", **more) -> DayRow:
    start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    names = more.pop("names", {"ro": "zugrăvit", "en": "painting"})
    return DayRow(start, end, more.pop("kind", DayKind.CLOSURE), names, **more)


def test_the_calendar_byte_by_byte() -> None:
    data = feed(Schedule((CITY,)), days=9).decode()
    begin = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Agora//Opening hours//EN\r\n"
        "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
        "NAME:Primăria Mănăștur: closures and special hours\r\n"
        "X-WR-CALNAME:Primăria Mănăștur: closures and special hours\r\n"
        "DESCRIPTION:The days on which Primăria Mănăștur is closed or has other\r\n"
        "  hours than usual.\r\n"
        "X-WR-CALDESC:The days on which Primăria Mănăștur is closed or has othe\r\n"
        " r hours than usual.\r\n"
        "X-WR-TIMEZONE:Europe/Bucharest\r\nLAST-MODIFIED:20261101T093015Z\r\n"
        "URL:https://agora.example/ro/locatii/manastur/\r\n"
        "SOURCE;VALUE=URI:https://agora.example/calendar/ro/hours/manastur.ics\r\n"
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H\r\nX-PUBLISHED-TTL:PT4H\r\nCOLOR:teal\r\n"
    )
    event = (
        "BEGIN:VEVENT\r\nUID:hours-manastur-20261130-closed@agora.example\r\n"
        "DTSTAMP:20261101T093015Z\r\nLAST-MODIFIED:20261101T093015Z\r\nSEQUENCE:3594810\r\n"
        "DTSTART;VALUE=DATE:20261130\r\nDTEND;VALUE=DATE:20261201\r\n"
        "SUMMARY;LANGUAGE=en:Primăria Mănăștur: closed (Saint Andrew's Day)\r\n"
        "DESCRIPTION:Saint Andrew's Day\\nhttps://agora.example/ro/locatii/manastur/\r\n"
        "LOCATION:Primăria Mănăștur\\, str. Ion Meșter nr. 10\r\n"
        "URL:https://agora.example/ro/locatii/manastur/\r\n"
        'ORGANIZER;CN="Direcția Evenimente publice și informare cetățeni":mailt\r\n'
        " o:contact@agora.example\r\n"
        "STATUS:CONFIRMED\r\nTRANSP:TRANSPARENT\r\nCLASS:PUBLIC\r\nEND:VEVENT\r\n"
    )
    assert data == begin + VTIMEZONE + event + "END:VCALENDAR\r\n"


def test_the_same_bytes_twice() -> None:
    schedule = Schedule((CITY,))
    assert feed(schedule) == feed(Schedule((CITY,)), WorkingCalendar())


def test_lines_are_folded_and_ended_by_crlf() -> None:
    about = replace(FEED, place="Ășțîâ őű " * 30, address="x" * 300)
    data = feed(Schedule((CITY,)), about=about)
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def test_nothing_that_is_typed_injects_a_property() -> None:
    evil = 'a\r\nEND:VEVENT\rBEGIN:VALARM\n\x00;,\\:"\u2028x\x0b\x85'
    about = replace(FEED, place=evil, address=evil, organiser=evil)
    row = closure("2026-11-24", names={"en": evil})
    data = feed(Schedule((CITY,)), WorkingCalendar([row]), about=about, days=5)
    (event,) = events(data)
    assert event["SUMMARY"].count("\n") == 0
    assert "END:VEVENT" in event["SUMMARY"]
    lines = data.split(b"\r\n")
    assert lines.count(b"END:VEVENT") == 1
    assert b"VALARM" not in b"".join(line for line in lines if line.startswith(b"BEGIN"))
    assert not any(byte < 32 and byte not in (10, 13) for byte in data)


def test_other_programs_read_it() -> None:
    schedule = Schedule(
        (CITY,), (ExceptionDays(date(2026, 12, 24), date(2026, 12, 24), parse_intervals("8-12")),)
    )
    calendar = vobject.readOne(feed(schedule).decode())
    starts = [event.dtstart.value for event in calendar.vevent_list]
    assert starts[2].utcoffset() == timedelta(hours=2)
    assert starts[0] == date(2026, 11, 30)


def test_closed_days_in_a_row_are_one_event() -> None:
    calendar = WorkingCalendar(
        [closure("2026-12-04", "2026-12-08"), closure("2026-12-09", names={"en": "water"})]
    )
    assert told(feed(Schedule((CITY,)), calendar, days=20)) == [
        ("2026-11-30", "2026-12-01", "Primăria Mănăștur: closed (Saint Andrew's Day)"),
        ("2026-12-01", "2026-12-02", "Primăria Mănăștur: closed (National Day of Romania)"),
        ("2026-12-04", "2026-12-09", "Primăria Mănăștur: closed (painting)"),
        ("2026-12-09", "2026-12-10", "Primăria Mănăștur: closed (water)"),
    ]


def test_days_that_are_closed_anyway_are_no_news() -> None:
    saturday = WorkingCalendar([closure("2026-11-28", "2026-11-29")])
    assert told(feed(Schedule((CITY,)), saturday, days=8)) == []


def test_a_closure_of_other_places_is_left_out() -> None:
    row = closure("2026-11-24", scope=Scope.ONLY, places=frozenset({"iris"}))
    calendar = WorkingCalendar([row])
    assert told(feed(Schedule((CITY,), place="manastur"), calendar, days=5)) == []
    assert len(told(feed(Schedule((CITY,), place="iris"), calendar, days=5))) == 1


def test_special_hours_are_timed() -> None:
    schedule = Schedule(
        (CITY,),
        (
            ExceptionDays(date(2026, 12, 23), date(2026, 12, 23), parse_intervals("8-10, 20-2")),
            ExceptionDays(
                date(2026, 12, 24), date(2026, 12, 24), parse_intervals("9-10", True), {"en": "Eve"}
            ),
            ExceptionDays(date(2026, 12, 28), date(2026, 12, 28), parse_intervals("8-16")),
            ExceptionDays(date(2026, 12, 29), date(2026, 12, 29), None),
        ),
    )
    data = feed(schedule, today=date(2026, 12, 20), days=12)
    assert told(data)[:3] == [
        (
            "2026-12-23 08:00:00+02:00",
            "2026-12-23 10:00:00+02:00",
            "Primăria Mănăștur: special hours",
        ),
        (
            "2026-12-23 20:00:00+02:00",
            "2026-12-24 02:00:00+02:00",
            "Primăria Mănăștur: special hours",
        ),
        (
            "2026-12-24 09:00:00+02:00",
            "2026-12-24 10:00:00+02:00",
            "Primăria Mănăștur: open by appointment (Eve)",
        ),
    ]
    assert len(told(data)) == 4, "usual hours and unknown days are left out; Christmas is in"
    assert b"DTSTART;TZID=Europe/Bucharest:20261223T080000\r\n" in data
    assert b"UID:hours-manastur-20261223-0800@agora.example\r\n" in data


def test_a_recovery_saturday_is_told() -> None:
    row = closure("2026-11-28", kind=DayKind.RECOVERY, works_as=0, names={"en": "Recovery day"})
    assert told(feed(Schedule((CITY,)), WorkingCalendar([row]), days=7)) == [
        (
            "2026-11-28 08:00:00+02:00",
            "2026-11-28 16:00:00+02:00",
            "Primăria Mănăștur: special hours (Recovery day)",
        )
    ]


def test_the_uid_stays_while_the_window_moves() -> None:
    calendar = WorkingCalendar([closure("2026-11-10", "2027-02-10")])
    found = {
        (str(event["UID"]), str(event.decoded("dtend")))
        for today in (date(2026, 11, 1), date(2026, 11, 22), date(2027, 2, 10))
        for event in events(feed(Schedule((CITY,)), calendar, today=today, days=12))
        if "2027-02" in str(event.decoded("dtend"))
    }
    assert found == {("hours-manastur-20261110-closed@agora.example", "2027-02-11")}
    assert told(feed(Schedule((CITY,)), calendar, today=date(2027, 2, 11), days=12)) == []


def test_uids_are_one_of_a_kind_and_the_same_in_every_language() -> None:
    schedule = Schedule((CITY,), (ExceptionDays(TODAY, TODAY, parse_intervals("8-10, 11-12")),))
    uids = {
        language: [
            str(event["UID"]) for event in events(feed(schedule, days=366, language=language))
        ]
        for language in ("ro", "en", "hu")
    }
    assert uids["ro"] == uids["en"] == uids["hu"]
    assert len(set(uids["ro"])) == len(uids["ro"]) > 10


def test_reasons_come_in_the_feed_s_language() -> None:
    for language, reason in (("ro", "Sfântul Andrei"), ("hu", "Szent András napja")):
        (event,) = events(feed(Schedule((CITY,)), days=9, language=language))
        assert reason in event["SUMMARY"]
        assert event["SUMMARY"].params["LANGUAGE"] == language


def test_an_empty_feed_is_a_calendar() -> None:
    for schedule in (
        Schedule((CITY,), published=False),
        Schedule(()),
        Schedule((CITY,), (), HolidayBehaviour.AS_USUAL),
    ):
        data = feed(schedule, days=366)
        calendar = icalendar.Calendar.from_ical(data)
        assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]


def test_the_stamp_is_in_utc_and_must_be_aware() -> None:
    local = STAMP.astimezone(BUCHAREST)
    schedule = Schedule((CITY,))
    assert closures_calendar(FEED, schedule, PLAIN, TODAY, local, "en", 40) == feed(schedule)
    with pytest.raises(ValueError, match="aware"):
        closures_calendar(FEED, schedule, PLAIN, TODAY, STAMP.replace(tzinfo=None), "en")
