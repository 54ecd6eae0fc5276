"""Events as iCalendar: byte by byte, what changes say, what nobody can inject, and the lint that judges it all."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Final

import icalendar
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.vtimezone import VTIMEZONE
from events.enums import ChangeKind, State
from events.ical import FeedEvent, Place, calendar, event_block, single_date
from events.recurrence import LAST, Frequency, Rule
from events.schedule import DateChange, Schedule, expand
from locations.hours import BUCHAREST
from tests.events.feed_events import INFO, PLACE, STAMP, feed_event
from tests.events.ical_lint import NO_VALUE, lint

HORIZON: Final = date(2028, 11, 22)
DAY: Final = date(2026, 11, 26)
EVENING: Final = Schedule(DAY, time(18), None, time(20))
WEEKLY: Final = replace(EVENING, rule=Rule(Frequency.WEEKLY, weekdays=(3,)))
SATURDAYS: Final = Rule(Frequency.WEEKLY, weekdays=(5,))


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def components(event: FeedEvent, horizon: date = HORIZON) -> list[dict[str, list[str]]]:
    """The components of an event: by the name of a property, its lines without the name."""
    found: list[dict[str, list[str]]] = []
    for line in unfolded(event_block(event, horizon)):
        if line == "BEGIN:VEVENT":
            found.append({})
        elif line and line != "END:VEVENT":
            name = min(line.split(";")[0].split(":")[0], line, key=len)
            found[-1].setdefault(name, []).append(line.removeprefix(name))
    return found


def only(event: FeedEvent) -> dict[str, list[str]]:
    (found,) = components(event)
    return found


def changed(change: DateChange, **more: Any) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The series and its one changed date."""
    master, other = components(feed_event(replace(WEEKLY, changes=(change,)), **more))
    return master, other


# -- byte by byte ----------------------------------------------------------------------------------------------------


def test_the_calendar_byte_by_byte() -> None:
    event = feed_event(
        replace(
            WEEKLY,
            skipped=(date(2026, 12, 24),),
            changes=(
                DateChange(ChangeKind.CANCELLED, date(2026, 12, 3), reason={"en": "Storm, again"}),
            ),
        )
    )
    stamps = (
        "DTSTAMP:20261101T093015Z\r\nCREATED:20261002T093015Z\r\n"
        "LAST-MODIFIED:20261101T093015Z\r\nSEQUENCE:3\r\n"
    )
    tail = (
        "URL:https://agora.example/en/events/concert/\r\n"
        "CATEGORIES:Muzică,Familie\\, copii\r\n"
        'ORGANIZER;CN="Direcția Evenimente publice":mailto:contact@agora.example\r\n'
        "CONTACT:Direcția Evenimente publice\\, 0264 000 000\r\n"
        "TRANSP:TRANSPARENT\r\nCLASS:PUBLIC\r\n"
        "IMAGE;VALUE=URI;DISPLAY=BADGE:https://agora.example/media/concert.jpg\r\n"
        "ATTACH;FMTTYPE=application/pdf:https://agora.example/documents/7/program.pd\r\n f\r\n"
        "CONFERENCE;VALUE=URI:https://agora.example/live?a=1&b=2;c,d\r\n"
        "END:VEVENT\r\n"
    )
    place = (
        "LOCATION:Casa Artelor\\, str. Ion Meșter nr. 10\\, Cluj-Napoca\r\nGEO:46.7556;23.5561\r\n"
    )
    assert calendar(INFO, [event_block(event, HORIZON)]).decode() == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Agora//Events//EN\r\n"
        "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
        "NAME;LANGUAGE=ro:Evenimente\r\nX-WR-CALNAME:Evenimente\r\n"
        "DESCRIPTION;LANGUAGE=ro:Evenimentele direcției\r\n"
        "X-WR-CALDESC:Evenimentele direcției\r\n"
        "X-WR-TIMEZONE:Europe/Bucharest\r\nLAST-MODIFIED:20261101T093015Z\r\n"
        "URL:https://agora.example/ro/evenimente/\r\n"
        "SOURCE;VALUE=URI:https://agora.example/calendar/ro/events.ics\r\n"
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H\r\nX-PUBLISHED-TTL:PT4H\r\n"
        "COLOR:teal\r\nX-APPLE-CALENDAR-COLOR:#006a6a\r\n" + VTIMEZONE + "BEGIN:VEVENT\r\n"
        "UID:8a0c1f2e-5b77-4a39-9d51-0d7c8c1c3c11@agora.example\r\n" + stamps
        + "DTSTART;TZID=Europe/Bucharest:20261126T180000\r\n"
        "DTEND;TZID=Europe/Bucharest:20261126T200000\r\n"
        "RRULE:FREQ=WEEKLY;BYDAY=TH\r\n"
        "EXDATE;TZID=Europe/Bucharest:20261224T180000\r\n"
        "SUMMARY;LANGUAGE=ro:Concert de joi\r\n"
        "DESCRIPTION:Muzică de cameră.\\n\\nhttps://agora.example/en/events/concert/\r\n"
        + place + "STATUS:CONFIRMED\r\n" + tail + "BEGIN:VEVENT\r\n"
        "UID:8a0c1f2e-5b77-4a39-9d51-0d7c8c1c3c11@agora.example\r\n" + stamps
        + "RECURRENCE-ID;TZID=Europe/Bucharest:20261203T180000\r\n"
        "DTSTART;TZID=Europe/Bucharest:20261203T180000\r\n"
        "DTEND;TZID=Europe/Bucharest:20261203T200000\r\n"
        "SUMMARY;LANGUAGE=ro:CANCELLED: Concert de joi\r\n"
        "DESCRIPTION:Storm\\, again\\n\\nMuzică de cameră.\\n\\nhttps://agora.example/e\r\n"
        " n/events/concert/\r\n" + place + "STATUS:CANCELLED\r\n" + tail + "END:VCALENDAR\r\n"
    )  # fmt: skip


def test_the_file_of_one_event_has_no_name_of_its_own() -> None:
    data = calendar(None, [event_block(feed_event(EVENING), HORIZON)])
    assert lint(data, feed=False) == []
    head = data[: data.index(b"BEGIN:VTIMEZONE")].decode()
    assert unfolded(head) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Agora//Events//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "",
    ]


def test_an_emptied_feed_is_a_calendar() -> None:
    data = calendar(INFO, [])
    assert lint(data) == []
    parts = icalendar.Calendar.from_ical(data).subcomponents
    assert [part.name for part in parts] == ["VTIMEZONE"]


def test_what_a_feed_does_not_know_about_itself_is_left_out() -> None:
    info = replace(INFO, url="", source="", colour="", apple_colour="red;x", description=" ")
    head = calendar(info, []).decode()
    for name in ("URL", "SOURCE", "COLOR", "X-APPLE", "DESCRIPTION", "X-WR-CALDESC"):
        assert f"\r\n{name}" not in head


def test_the_same_bytes_in_another_process_zone_and_language() -> None:
    code = """
import sys
import django
from django.conf import settings
from django.utils import translation
settings.configure(LOCALE_PATHS=[sys.argv[1]], LANGUAGE_CODE="hu", TIME_ZONE="Asia/Tokyo")
django.setup()
from events.ical import calendar, event_block
from events.enums import State
from tests.events.feed_events import INFO, feed_event
from tests.events.test_ical import HORIZON, WEEKLY
translation.activate("hu")
event = feed_event(WEEKLY, state=State.CANCELLED)
sys.stdout.buffer.write(calendar(INFO, [event_block(event, HORIZON)]))
"""
    event = feed_event(WEEKLY, state=State.CANCELLED)
    expected = calendar(INFO, [event_block(event, HORIZON)])
    assert calendar(INFO, [event_block(event, HORIZON)]) == expected
    for number, zone in enumerate(("America/Caracas", "Pacific/Kiritimati")):
        environment = {
            **os.environ,
            "TZ": zone,
            "PYTHONHASHSEED": str(number),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        found = subprocess.run(
            [sys.executable, "-c", code, "locale"], env=environment, capture_output=True
        )
        assert found.stdout == expected, found.stderr.decode()


def test_moments_are_told_in_utc_and_must_be_aware() -> None:
    elsewhere = STAMP.astimezone(timezone(timedelta(hours=-5)))
    event = feed_event(EVENING)
    assert event_block(replace(event, modified=elsewhere), HORIZON) == event_block(event, HORIZON)
    naive = STAMP.replace(tzinfo=None)
    for broken in (replace(event, created=naive), replace(event, modified=naive)):
        with pytest.raises(ValueError, match="aware"):
            event_block(broken, HORIZON)
    with pytest.raises(ValueError, match="aware"):
        calendar(replace(INFO, last_modified=naive), [])


# -- when ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "start", "end"),
    [
        (
            EVENING,
            [";TZID=Europe/Bucharest:20261126T180000"],
            [";TZID=Europe/Bucharest:20261126T200000"],
        ),
        (replace(EVENING, end_time=None), [";TZID=Europe/Bucharest:20261126T180000"], None),
        (
            replace(EVENING, end_time=time(1)),
            [";TZID=Europe/Bucharest:20261126T180000"],
            [";TZID=Europe/Bucharest:20261127T010000"],
        ),
        (Schedule(DAY), [";VALUE=DATE:20261126"], [";VALUE=DATE:20261127"]),
        (
            Schedule(DAY, end_day=date(2026, 11, 30)),
            [";VALUE=DATE:20261126"],
            [";VALUE=DATE:20261201"],
        ),
        # 03:30 comes twice: the first is meant, which only UTC can say.
        (
            Schedule(date(2026, 10, 25), time(3, 30), None, time(5)),
            [":20261025T003000Z"],
            [";TZID=Europe/Bucharest:20261025T050000"],
        ),
        # 03:30 is left out: clocks then show 04:30.
        (
            Schedule(date(2027, 3, 28), time(3, 30), None, time(5)),
            [";TZID=Europe/Bucharest:20270328T043000"],
            [";TZID=Europe/Bucharest:20270328T050000"],
        ),
    ],
)
def test_start_and_end(schedule: Schedule, start: list[str], end: list[str] | None) -> None:
    found = only(feed_event(schedule))
    assert found["DTSTART"] == start
    assert found.get("DTEND") == end
    assert "DURATION" not in found


@pytest.mark.parametrize(
    ("schedule", "rule"),
    [
        (WEEKLY, "FREQ=WEEKLY;BYDAY=TH"),
        (
            replace(WEEKLY, rule=Rule(Frequency.WEEKLY, weekdays=(3,), until=date(2026, 12, 17))),
            "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261217T215959Z",
        ),
        (
            replace(WEEKLY, rule=Rule(Frequency.WEEKLY, weekdays=(3,), until=date(2027, 7, 1))),
            "FREQ=WEEKLY;BYDAY=TH;UNTIL=20270701T205959Z",
        ),
        (
            Schedule(DAY, rule=Rule(Frequency.DAILY, until=date(2026, 12, 17))),
            "FREQ=DAILY;UNTIL=20261217",
        ),
        (
            Schedule(DAY, rule=Rule(Frequency.MONTHLY, nth_weekday=(LAST, 3), count=4)),
            "FREQ=MONTHLY;BYDAY=-1TH;COUNT=4",
        ),
        # ical.js takes the rule alone for 1 March in other years.
        (
            Schedule(date(2028, 2, 29), rule=Rule(Frequency.YEARLY, 4)),
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;INTERVAL=4",
        ),
        (Schedule(date(2028, 2, 28), rule=Rule(Frequency.YEARLY)), "FREQ=YEARLY"),
    ],
)
def test_rules(schedule: Schedule, rule: str) -> None:
    assert only(feed_event(schedule))["RRULE"] == [f":{rule}"]


def test_dates_that_were_never_announced_are_left_out_one_by_one() -> None:
    days = (date(2026, 12, 31), date(2026, 12, 24), date(2026, 12, 31))
    assert only(feed_event(replace(WEEKLY, skipped=days)))["EXDATE"] == [
        ";TZID=Europe/Bucharest:20261224T180000",
        ";TZID=Europe/Bucharest:20261231T180000",
    ]
    all_day = Schedule(DAY, rule=WEEKLY.rule, skipped=(date(2026, 12, 24),))
    assert only(feed_event(all_day))["EXDATE"] == [";VALUE=DATE:20261224"]


def test_a_single_event_that_was_left_out_is_not_there() -> None:
    assert event_block(feed_event(replace(EVENING, skipped=(DAY,))), HORIZON) == ""


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        # Clocks change during the night of the Saturday.
        (
            Schedule(date(2026, 10, 3), time(22), None, time(5), SATURDAYS),
            [
                "20261024T220000",
                "20270327T220000",
                "20271030T220000",
                "20280325T220000",
                "20281028T220000",
            ],
        ),
        # They do not during an evening, nor after the event has ended.
        (Schedule(date(2026, 10, 3), time(18), None, time(23), SATURDAYS), []),
        (Schedule(date(2026, 10, 3), time(22), None, time(2, 30), SATURDAYS), []),
        (
            Schedule(
                date(2026, 10, 4), time(10), None, time(12), Rule(Frequency.WEEKLY, weekdays=(6,))
            ),
            [],
        ),
        # An end at three is the first three o'clock of two, or the one that is left out.
        (
            Schedule(date(2027, 10, 16), time(22), None, time(3), SATURDAYS),
            ["20271030T220000", "20280325T220000", "20281028T220000"],
        ),
        (
            Schedule(
                date(2027, 10, 3),
                time(3, 59),
                None,
                time(4, 30),
                Rule(Frequency.WEEKLY, weekdays=(6,)),
            ),
            ["20271031T035900", "20280326T035900", "20281029T035900"],
        ),
        # Whole days have no hours to lose.
        (Schedule(date(2026, 10, 3), None, date(2026, 10, 4), None, SATURDAYS), []),
        (
            Schedule(
                date(2026, 10, 1),
                time(10),
                date(2026, 10, 26),
                time(18),
                Rule(Frequency.MONTHLY, month_day=1, until=date(2027, 4, 1)),
            ),
            ["20261001T100000"],
        ),
        (
            Schedule(
                date(2026, 10, 1),
                time(10),
                date(2026, 10, 28),
                time(18),
                Rule(Frequency.MONTHLY, month_day=1, until=date(2027, 4, 1)),
            ),
            ["20261001T100000", "20270301T100000"],
        ),
    ],
)
def test_dates_over_a_clock_change_are_told_in_full(schedule: Schedule, told: list[str]) -> None:
    _master, *others = components(feed_event(schedule))
    assert [other["RECURRENCE-ID"][0].rpartition(":")[2] for other in others] == told
    for other in others:
        assert other["STATUS"] == [":CONFIRMED"]
        assert other["SUMMARY"] == [";LANGUAGE=ro:Concert de joi"]


def test_dates_over_a_clock_change_are_told_up_to_the_horizon() -> None:
    nights = feed_event(Schedule(date(2026, 10, 3), time(22), None, time(5), SATURDAYS))
    assert len(components(nights, date(2026, 10, 23))) == 1
    assert len(components(nights, date(2026, 10, 24))) == 2
    assert len(components(nights, date(2026, 10, 3))) == 1


def test_a_date_over_a_clock_change_that_is_changed_or_skipped_is_told_once() -> None:
    day = date(2026, 10, 24)
    nights = Schedule(date(2026, 10, 3), time(22), None, time(5), SATURDAYS)
    cancelled = replace(nights, changes=(DateChange(ChangeKind.CANCELLED, day),))
    _master, other = components(feed_event(cancelled), date(2026, 12, 1))
    assert other["STATUS"] == [":CANCELLED"]
    assert len(components(feed_event(replace(nights, skipped=(day,))), date(2026, 12, 1))) == 1


def test_the_length_of_a_series_does_not_come_from_a_night_that_is_longer() -> None:
    nights = Schedule(date(2026, 10, 24), time(22), None, time(5), SATURDAYS)
    master, other, *_later = components(feed_event(nights))
    assert master["DTSTART"] == [";TZID=Europe/Bucharest:20261024T220000"]
    assert master["DURATION"] == [":PT7H"]
    assert "DTEND" not in master
    assert other["DTEND"] == [";TZID=Europe/Bucharest:20261025T050000"]
    long = replace(nights, end_day=date(2026, 10, 26), end_time=time(22, 15))
    assert components(feed_event(long))[0]["DURATION"] == [":P2DT15M"]
    to_the_end = replace(nights, end_day=date(2026, 10, 25), end_time=None)
    assert components(feed_event(to_the_end))[0]["DURATION"] == [":P1DT2H"]


# -- changes ---------------------------------------------------------------------------------------------------------


def test_a_cancelled_date() -> None:
    why = {"ro": "Furtună", "en": "Storm"}
    change = DateChange(ChangeKind.CANCELLED, date(2026, 12, 3), reason=why)
    master, other = changed(change)
    assert other["UID"] == master["UID"]
    assert other["STATUS"] == [":CANCELLED"]
    assert other["SUMMARY"] == [";LANGUAGE=ro:CANCELLED: Concert de joi"]
    assert other["DESCRIPTION"][0].startswith(":Storm\\n\\nMuzică")
    assert "RRULE" not in other
    assert "EXDATE" not in master
    assert master["STATUS"] == [":CONFIRMED"]


def test_a_moved_date() -> None:
    change = DateChange(
        ChangeKind.MOVED, date(2026, 12, 3), date(2026, 12, 4), time(19, 30), reason={"en": "Frost"}
    )
    _master, other = changed(change)
    assert other["RECURRENCE-ID"] == [";TZID=Europe/Bucharest:20261203T180000"]
    assert other["DTSTART"] == [";TZID=Europe/Bucharest:20261204T193000"]
    assert other["DTEND"] == [";TZID=Europe/Bucharest:20261204T213000"]
    assert other["STATUS"] == [":CONFIRMED"]
    assert other["SUMMARY"] == [";LANGUAGE=ro:Concert de joi"]
    assert other["DESCRIPTION"][0].startswith(":Frost\\n\\n")


def test_a_changed_date_has_its_own_title_place_and_note() -> None:
    change = DateChange(
        ChangeKind.CHANGED,
        date(2026, 12, 3),
        title={"en": "Carols", "ro": "Colinde"},
        reason={"en": "Bring a coat"},
        place="Piața Unirii",
    )
    _master, other = changed(change)
    assert other["SUMMARY"] == [";LANGUAGE=en:Carols"]
    assert other["DESCRIPTION"][0].startswith(":Bring a coat\\n\\n")
    assert other["LOCATION"] == [":Piața Unirii"]
    assert "GEO" not in other
    _master, other = changed(replace(change, title={"ro": "Colinde"}))
    assert other["SUMMARY"] == [";LANGUAGE=ro:Colinde"]


def test_a_changed_date_in_another_known_place() -> None:
    hall = Place("Sala Mare", "str. Nouă nr. 1, Cluj-Napoca", "46.1", "23.2")
    change = DateChange(ChangeKind.CHANGED, date(2026, 12, 3), place_id=7)
    master, other = changed(change, change_places={7: hall})
    assert other["LOCATION"] == [":Sala Mare\\, str. Nouă nr. 1\\, Cluj-Napoca"]
    assert other["GEO"] == [":46.1;23.2"]
    assert master["GEO"] == [":46.7556;23.5561"]
    _master, other = changed(change)
    assert other["LOCATION"] == master["LOCATION"], "a place that is gone is the event's own"


def test_an_added_date_is_an_event_of_its_own() -> None:
    change = DateChange(ChangeKind.ADDED, date(2026, 12, 6), start_time=time(11), end_time=time(12))
    master, other = changed(change)
    assert other["UID"] == [":8a0c1f2e-5b77-4a39-9d51-0d7c8c1c3c11-20261206@agora.example"]
    assert other["RELATED-TO"] == [":8a0c1f2e-5b77-4a39-9d51-0d7c8c1c3c11@agora.example"]
    assert other["DTSTART"] == [";TZID=Europe/Bucharest:20261206T110000"]
    assert "RECURRENCE-ID" not in other
    assert "RDATE" not in master


def test_a_single_event_that_is_changed_stays_one_component() -> None:
    change = DateChange(ChangeKind.MOVED, DAY, date(2026, 11, 27), reason={"en": "Frost"})
    found = only(feed_event(replace(EVENING, changes=(change,))))
    assert found["DTSTART"] == [";TZID=Europe/Bucharest:20261127T180000"]
    assert "RECURRENCE-ID" not in found


def test_changes_of_days_that_are_not_on_the_schedule_are_not_told() -> None:
    friday = DateChange(ChangeKind.CANCELLED, date(2026, 11, 27))
    assert len(components(feed_event(replace(WEEKLY, changes=(friday,))))) == 1


def test_of_two_changes_for_one_day_the_first_is_told() -> None:
    day = date(2026, 12, 3)
    both = (
        DateChange(ChangeKind.CANCELLED, day),
        DateChange(ChangeKind.MOVED, day, date(2026, 12, 4)),
    )
    _master, other = components(feed_event(replace(WEEKLY, changes=both)))
    assert other["STATUS"] == [":CANCELLED"]


def test_a_series_of_whole_days_can_have_a_date_with_hours() -> None:
    all_day = Schedule(
        DAY,
        rule=WEEKLY.rule,
        changes=(
            DateChange(ChangeKind.CHANGED, date(2026, 12, 3), None, time(18), None, time(19)),
        ),
    )
    _master, other = components(feed_event(all_day))
    assert other["RECURRENCE-ID"] == [";VALUE=DATE:20261203"]
    assert other["DTSTART"] == [";TZID=Europe/Bucharest:20261203T180000"]


# -- states ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "status", "title"),
    [
        (State.SCHEDULED, "CONFIRMED", "Concert de joi"),
        (State.TENTATIVE, "TENTATIVE", "Concert de joi"),
        (State.CANCELLED, "CANCELLED", "CANCELLED: Concert de joi"),
        (State.POSTPONED, "TENTATIVE", "POSTPONED: Concert de joi"),
        (State.RESCHEDULED, "CONFIRMED", "Concert de joi"),
        (State.MOVED_ONLINE, "CONFIRMED", "Concert de joi"),
    ],
)
def test_states(state: State, status: str, title: str) -> None:
    found = only(feed_event(EVENING, state=state, reason="Furtună"))
    assert found["STATUS"] == [f":{status}"]
    assert found["SUMMARY"] == [f";LANGUAGE=ro:{title}"]
    assert found["DESCRIPTION"][0].startswith(":Furtună\\n\\nMuzică")
    assert found["DESCRIPTION"][0].endswith("\\n\\nhttps://agora.example/en/events/concert/")


def test_a_cancelled_series_is_cancelled_on_every_date() -> None:
    change = DateChange(ChangeKind.MOVED, date(2026, 12, 3), date(2026, 12, 4))
    added = DateChange(ChangeKind.ADDED, date(2026, 12, 6))
    series = replace(WEEKLY, changes=(change, added))
    found = components(feed_event(series, state=State.CANCELLED))
    assert [one["STATUS"] for one in found] == [[":CANCELLED"]] * 3
    assert all("CANCELLED: " in one["SUMMARY"][0] for one in found)


def test_the_word_is_that_of_the_feed_whatever_language_is_active() -> None:
    event = feed_event(EVENING, state=State.CANCELLED)
    with translation.override("ro"):
        assert ":CANCELLED: Concert" in event_block(event, HORIZON)


def test_online_events_say_where_to_click() -> None:
    url = "https://agora.example/live?a=1&b=2;c,d"
    text = ":https://agora.example/live?a=1&b=2\\;c\\,d"
    both = only(feed_event(EVENING))
    assert both["CONFERENCE"] == [f";VALUE=URI:{url}"]
    assert both["LOCATION"][0].startswith(":Casa Artelor")
    for moved in (
        only(feed_event(EVENING, state=State.MOVED_ONLINE)),
        only(feed_event(EVENING, place=None)),
    ):
        assert moved["LOCATION"] == [text]
        assert moved["CONFERENCE"] == [f";VALUE=URI:{url}"]
        assert "GEO" not in moved


def test_what_is_not_known_is_left_out() -> None:
    bare = only(
        feed_event(
            EVENING,
            description="",
            place=None,
            online_url="",
            categories=(),
            contact=" ",
            image_url="",
            attachments=(),
            organiser="",
        )
    )
    assert not {"LOCATION", "GEO", "CONFERENCE", "CATEGORIES", "CONTACT", "IMAGE", "ATTACH"} & {
        *bare
    }
    assert bare["ORGANIZER"] == [":mailto:contact@agora.example"]
    assert bare["DESCRIPTION"] == [":https://agora.example/en/events/concert/"]
    without_page = only(feed_event(EVENING, description="", url="", organiser_uri=""))
    assert not {"DESCRIPTION", "URL"} & {*without_page}
    assert without_page["ORGANIZER"][0].endswith(":https://agora.example/")
    half = only(feed_event(EVENING, place=replace(PLACE, longitude="", address="")))
    assert half["LOCATION"] == [":Casa Artelor"]
    assert "GEO" not in half


# -- one date --------------------------------------------------------------------------------------------------------


def test_one_date_of_a_series_stands_alone() -> None:
    event = feed_event(replace(WEEKLY, skipped=(date(2026, 12, 24),)))
    (dated,) = expand(event.schedule, date(2026, 12, 3), date(2026, 12, 3))
    data = single_date(event, dated)
    assert lint(data, feed=False) == []
    text = data.decode()
    lines = unfolded(text[text.index("BEGIN:VEVENT") :])
    assert "UID:8a0c1f2e-5b77-4a39-9d51-0d7c8c1c3c11-20261203-date@agora.example" in lines
    assert "DTSTART;TZID=Europe/Bucharest:20261203T180000" in lines
    assert not any(line.startswith(("RRULE", "RECURRENCE-ID", "EXDATE")) for line in lines)


def test_the_one_date_of_a_single_event_is_the_event() -> None:
    event = feed_event(EVENING)
    (dated,) = expand(event.schedule, DAY, DAY)
    assert single_date(event, dated) == calendar(None, [event_block(event, HORIZON)])


def test_one_added_date_is_what_the_feed_calls_it() -> None:
    added = DateChange(ChangeKind.ADDED, date(2026, 12, 6))
    event = feed_event(replace(WEEKLY, changes=(added,)))
    (dated,) = expand(event.schedule, date(2026, 12, 6), date(2026, 12, 6))
    block = single_date(event, dated).decode()
    assert block[block.index("BEGIN:VEVENT") : block.index("END:VCALENDAR")] in event_block(
        event, HORIZON
    )


# -- whatever is typed -----------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Text as one line, the way a reader should get it."""
    text = text.replace("\x1f", "")
    kept = "".join(c for c in text if c.isspace() or unicodedata.category(c) != "Cc")
    return " ".join(kept.encode(errors="ignore").decode().split())


ANYTHING: Final = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("\r\n\x00\t\x0b\x85\u2028\\;,:\"^'ășțőű😀\ud800"),
    ),
    max_size=200,
).filter(lambda text: not NO_VALUE.fullmatch(plain(text)))


@settings(deadline=None)
@given(ANYTHING, ANYTHING, ANYTHING)
def test_nothing_that_is_typed_breaks_the_feed(text: str, other: str, address: str) -> None:
    change = DateChange(
        ChangeKind.CHANGED, date(2026, 12, 3), title={"en": text}, reason={"en": other}, place=text
    )
    event = feed_event(
        replace(WEEKLY, changes=(change,)),
        title=f"T{text}",
        description=other,
        reason=text,
        place=Place(text, other, text, other),
        categories=(text, other, ","),
        organiser=text,
        contact=other,
        url=f"https://agora.example/{address}",
        online_url=address and f"https://agora.example/{address}",
        organiser_uri=f"mailto:a{address}",
        image_url=f"https://agora.example/{address}",
        attachments=((f"https://agora.example/{address}", text),),
    )
    info = replace(INFO, name=f"N{text}", description=f"D{other}", url=event.url)
    data = calendar(info, [event_block(event, HORIZON)])
    assert lint(data) == []
    read = icalendar.Calendar.from_ical(data)
    first, second = read.walk("VEVENT")
    assert str(first["SUMMARY"]) == plain(f"T{text}")
    assert str(first["CONTACT"]) == plain(other) if plain(other) else "CONTACT" not in first
    assert second.decoded("RECURRENCE-ID") == datetime(2026, 12, 3, 18, tzinfo=BUCHAREST)


def test_nothing_that_is_typed_injects_a_property() -> None:
    evil = 'a\r\nEND:VEVENT\rBEGIN:VALARM\n\x00;,\\:"\u2028ATTENDEE:mailto:x@example.org\x0b\x85'
    event = feed_event(
        EVENING,
        title=evil,
        description=evil,
        reason=evil,
        place=Place(evil, evil, "46\r\nX:1", "23"),
        online_url=evil,
        categories=(evil,),
        organiser=evil,
        organiser_uri=f"mailto:{evil}",
        contact=evil,
        url=f"https://agora.example/{evil}",
        uid=evil,
        uid_domain=evil,
        text_language=evil,
        image_url=evil,
        attachments=((evil, evil),),
    )
    lines = unfolded(event_block(event, HORIZON))
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert not any(line.startswith(("BEGIN:VALARM", "ATTENDEE", "X:")) for line in lines)
    assert all(character >= " " for line in lines for character in line)


@settings(deadline=None)
@given(st.integers(0, 160), st.sampled_from(["x", "ș", "€", "😀"]))
def test_lines_are_folded_between_characters(length: int, character: str) -> None:
    title = "a" * (length % 7) + character * length + "z"
    data = calendar(INFO, [event_block(feed_event(EVENING, title=title), HORIZON)])
    assert lint(data) == []
    assert f"SUMMARY;LANGUAGE=ro:{title}" in unfolded(data.decode())


# -- the lint itself -------------------------------------------------------------------------------------------------

SERIES: Final = feed_event(
    replace(
        WEEKLY,
        rule=Rule(Frequency.WEEKLY, weekdays=(3,), until=date(2027, 1, 7)),
        skipped=(date(2026, 12, 24),),
        changes=(DateChange(ChangeKind.CANCELLED, date(2026, 12, 3)),),
    )
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"\r\nSEQUENCE", b"\nSEQUENCE", "bare LF"),
        (b"END:VCALENDAR\r\n", b"END:VCALENDAR", "does not end with CRLF"),
        (b"BEGIN:VCALENDAR", b"\xef\xbb\xbfBEGIN:VCALENDAR", "byte order mark"),
        (b"SUMMARY;LANGUAGE=ro:", b"SUMMARY;LANGUAGE=ro:" + b"x" * 75, "octets"),
        ("Muzică de".encode(), b"Muzic\xc4\r\n \x83 de", "within a character"),
        (b"\r\n ", b"\r\n\t", "tab"),
        (b"Concert", b"Con\x07cert", "control character"),
        (b"SEQUENCE:3\r\n", b"", "no SEQUENCE"),
        (b"SEQUENCE:3", b"SEQUENCE:x", "no number"),
        (b"LOCATION:Casa Artelor\\, str. Ion", b"LOCATION:Casa Artelor, str. Ion", "not escaped"),
        (b"CONTACT:", b"CONTACT:\r\nX-Y:", "CONTACT: empty"),
        (b"LOCATION:Casa", b"LOCATION:None\r\nX-Y:Casa", "LOCATION: None"),
        (b"CLASS:PUBLIC", b"CLASS:PUBLIC\r\nATTENDEE:mailto:a@b.example", "never"),
        (b"CLASS:PUBLIC", b"CLASS:PUBLIC\r\nBEGIN:VALARM\r\nEND:VALARM", "VALARM in VEVENT"),
        (b"CLASS:PUBLIC", b"CLASS:PUBLIC\r\nCLASS:PUBLIC", "2 times"),
        (b"STATUS:CANCELLED", b"STATUS:GONE", "STATUS: GONE"),
        (b"DTSTART;TZID=Europe/Bucharest:20261126", b"DTSTART:20261126", "floating"),
        (b"DTSTART;TZID=Europe/Bucharest", b"DTSTART;TZID=Europe/Paris", "TZID=Europe/Paris"),
        (b"DTSTART;TZID=Europe/Bucharest:20261126", b"DTSTART;TZID=Europe/Bucharest:20261146", "no local time"),
        (b"DTEND;TZID=Europe/Bucharest:20261126T200000", b"DTEND;TZID=Europe/Bucharest:20261126T180000", "not after"),
        (b"DTEND;TZID=Europe/Bucharest:20261126T200000", b"DTEND;VALUE=DATE:20261127", "two types"),
        (b"UNTIL=20270107T215959Z", b"UNTIL=20270107", "another type"),
        (b"UNTIL=20270107T215959Z", b"UNTIL=20270107T000000Z", "end of a local day"),
        (b"UNTIL=20270107T215959Z", b"UNTIL=20260107T215959Z", "before DTSTART"),
        (b"UNTIL=20270107T215959Z", b"UNTIL=20270107T215959Z;COUNT=3", "both UNTIL and COUNT"),
        (b"EXDATE;TZID=Europe/Bucharest:20261224T18", b"EXDATE;TZID=Europe/Bucharest:20261224T00", "another time"),
        (b"EXDATE;TZID=Europe/Bucharest:20261224T180000", b"EXDATE;VALUE=DATE:20261224", "two types"),
        (b"EXDATE;TZID=Europe/Bucharest:20261224", b"EXDATE;TZID=Europe/Bucharest:20261203", "override of an EXDATE"),
        (b"RECURRENCE-ID;TZID=Europe/Bucharest:20261203T18",
         b"RECURRENCE-ID;TZID=Europe/Bucharest:20261203T19", "another"),
        (b"RECURRENCE-ID;TZID=Europe/Bucharest:20261203T180000\r\n", b"", "twice"),
        (b"RRULE:FREQ=WEEKLY", b"X-RRULE:FREQ=WEEKLY", "without a series"),
        (b"LAST-MODIFIED:20261101T093015Z\r\nSEQ", b"LAST-MODIFIED:20261102T093015Z\r\nSEQ", "DTSTAMP is not"),
        (b"URL:https://agora.example/en", b"URL:https://agora.example/e n", "no address"),
        (b"IMAGE;VALUE=URI;", b"IMAGE;", "VALUE=URI is missing"),
        (b"BEGIN:VTIMEZONE", b"BEGIN:VEVENT\r\nEND:VEVENT\r\nBEGIN:VTIMEZONE", "events before"),
        (VTIMEZONE.encode(), b"", "not one VTIMEZONE"),
        (b"METHOD:PUBLISH\r\n", b"", "no METHOD"),
        (b"X-WR-CALNAME:Evenimente\r\n", b"", "no X-WR-CALNAME"),
        (b"GEO:46.7556;", b"GEO:46.7556,", "no coordinates"),
        (b"END:VEVENT\r\n", b"", "VEVENT in VEVENT"),
        (b"SUMMARY;LANGUAGE=ro", b"SUMMARY", "without LANGUAGE"),
        (b"SUMMARY", b"SUMM ARY", "no content line"),
    ],
)  # fmt: skip
def test_the_lint_finds_what_is_wrong(old: bytes, new: bytes, said: str) -> None:
    data = calendar(INFO, [event_block(SERIES, HORIZON)])
    assert lint(data) == []
    assert old in data
    found = lint(data.replace(old, new, 1))
    assert any(said in problem for problem in found), found


def test_the_lint_refuses_a_name_in_the_file_of_one_event() -> None:
    data = calendar(INFO, [event_block(SERIES, HORIZON)])
    assert any("X-WR-CALNAME" in problem for problem in lint(data, feed=False))
