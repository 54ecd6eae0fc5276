"""Partners' calendars: what is taken over, what is refused and why; never half of it."""

from __future__ import annotations

import contextlib
import random
from datetime import date, datetime, time, timedelta
from time import process_time
from typing import Any

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.vtimezone import VTIMEZONE
from events.enums import ChangeKind, State
from events.importing.candidates import Candidate, Reading
from events.importing.plain_text import clean_text
from events.importing.problems import ImportProblem
from events.importing.reader import read_calendar
from events.recurrence import Frequency, Rule
from events.schedule import DateChange, Schedule, expand
from locations.hours import BUCHAREST

TODAY = date(2026, 11, 22)
DST_DAY = date(2027, 3, 28)


def calendar(*events: str, more: str = "") -> bytes:
    """A calendar with these events, each given by its lines."""
    blocks = [f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events]
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{more}{''.join(blocks)}END:VCALENDAR\n"
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def event(*lines: str, uid: str = "a@example.org", start: str = "DTSTART:20261203T180000") -> str:
    return "\n".join([f"UID:{uid}", "SUMMARY:Concert", start, *lines])


def read(*events: str, **options: Any) -> Reading:
    return read_calendar(calendar(*events), TODAY, **options)


def one(
    *lines: str, start: str = "DTSTART:20261203T180000", others: tuple[str, ...] = ()
) -> Candidate:
    reading = read(event(*lines, start=start), *others)
    assert [remark.text for remark in reading.refused] == []
    return reading.candidates[0]


def reason(
    *lines: str, start: str = "DTSTART:20261203T180000", others: tuple[str, ...] = ()
) -> str:
    """Why the event is refused."""
    reading = read(event(*lines, start=start), *others)
    assert reading.candidates == ()
    (remark,) = reading.refused
    assert (remark.uid, remark.title) == ("a@example.org", "Concert")
    return remark.text


def problem(data: bytes) -> str:
    with pytest.raises(ImportProblem) as caught:
        read_calendar(data, TODAY)
    assert str(caught.value)
    return caught.value.code


def starts(candidate: Candidate, last: date = date(2027, 6, 30)) -> list[str]:
    return [f"{d.start:%Y-%m-%d %H:%M}" for d in expand(candidate.schedule, date(2026, 1, 1), last)]


# -- the file ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\r\n  \r\n", "empty_file"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web_page"),
        (b"\xef\xbb\xbf  <?xml version='1.0'?>", "web_page"),
        (b"Dear partner,", "not_calendar"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "not_calendar"),
        (b"BEGIN:VCALENDARS\r\n", "not_calendar"),
        (b"\x00\x01\x02\x03", "not_text"),
        (calendar(event()).replace(b"Concert", b"Con\x00cert"), "not_text"),
        (calendar(event()).replace(b"Concert", b"Concert \xe2n parc"), "not_utf8"),
        ("BEGIN:VCALENDAR".encode("utf-16"), "not_text"),
        (calendar(event())[:-4], "broken_structure"),
        (calendar(event())[:-15], "broken_calendar"),
        (calendar(event()).split(b"END:VEVENT")[0], "broken_calendar"),
        (calendar(event()).replace(b"END:VEVENT\r\n", b""), "broken_structure"),
        (calendar("BEGIN:VEVENT\nEND:VEVENT"), "broken_structure"),
        (calendar(event()) + b"X-STRAY:1\r\n", "broken_structure"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X-A\r\n" * 40_000, "broken_structure"),
        (b"BEGIN:VCALENDAR\r\n" + b"X-PAD:" + b"x" * 2_000_000, "too_large"),
    ],
)
def test_a_file_that_is_refused_as_a_whole(data, code):
    assert problem(data) == code


def test_a_calendar_of_two_megabytes_is_refused():
    many = [event(uid=f"{number}@example.org") for number in range(25_000)]
    data = calendar(*many)
    assert len(data) > 2_000_000
    assert problem(data) == "too_large"


def test_a_thousand_events_and_no_more():
    many = [event(uid=f"{number}@example.org") for number in range(1001)]
    assert len(read(*many[:1000]).candidates) == 1000
    assert problem(calendar(*many)) == "too_many_events"


def test_an_empty_calendar_is_one():
    assert read() == Reading(())


def test_every_way_to_end_and_to_fold_lines():
    long = "SUMMARY:Șezătoare în pădurea Hoia, cu povești și țuică, pe înserat, la lumina lunii"
    data = calendar(f"UID:a@example.org\nDTSTART:20261203T180000\n{long}")
    # A fold may lie inside a letter of two bytes (RFC 5545, 3.1).
    at = data.index("ț".encode()) + 1
    folded = data[:at] + b"\r\n " + data[at:]
    title = long.removeprefix("SUMMARY:")
    for variant in (folded, folded.replace(b"\r\n", b"\n"), folded.replace(b"\r\n", b"\r")):
        assert read_calendar(b"\xef\xbb\xbf" + variant, TODAY).candidates[0].title == title


def test_one_bad_event_does_not_spoil_the_others():
    reading = read(
        event(uid="1@example.org"),
        event("this is no property", uid="2@example.org"),
        event(uid="3@example.org"),
    )
    assert [candidate.uid for candidate in reading.candidates] == ["1@example.org", "3@example.org"]
    assert [(r.uid, r.text) for r in reading.refused] == [
        ("2@example.org", "Line 12 cannot be read.")
    ]


# -- texts -------------------------------------------------------------------------------------------------------------


def test_what_is_taken_over():
    candidate = one(
        "DESCRIPTION:Intrare liberă\\, locuri\\; puține\\nVeniți!",
        "LOCATION:Parcul Central\\, Cluj-Napoca",
        "URL:https://example.org/concert?id=1",
        "CATEGORIES:Muzică,Copii\\, tineri",
        "CATEGORIES:Muzică",
        "STATUS:CONFIRMED",
        "DTEND:20261203T200000",
    )
    assert candidate == Candidate(
        uid="a@example.org",
        title="Concert",
        schedule=Schedule(date(2026, 12, 3), time(18), end_time=time(20)),
        description="Intrare liberă, locuri; puține\nVeniți!",
        location="Parcul Central, Cluj-Napoca",
        url="https://example.org/concert?id=1",
        categories=("Muzică", "Copii, tineri"),
    )


def test_states_with_their_reason():
    assert one("STATUS:TENTATIVE").state == State.TENTATIVE
    cancelled = one("STATUS:CANCELLED", "COMMENT:Ploaie")
    assert (cancelled.state, cancelled.reason) == (State.CANCELLED, "Ploaie")


def test_markup_becomes_text():
    html = (
        "<html><head><style>p{}</style></head><body><p>Bun <b>venit</b>&nbsp;la <i>noi</i></p>"
        '<script>alert(1)</script><ul><li>unu</li><li>doi</li></ul><a href="https://example.org/x">aici</a> '
        '<a href="javascript:alert(1)">nu</a><img src=x onerror=alert(1)></body></html>'
    )
    text = one("DESCRIPTION:" + html.replace(",", "\\,").replace(";", "\\;")).description
    assert text == "Bun venit la noi\n\n- unu\n- doi\n\naici (https://example.org/x) nu"


@pytest.mark.parametrize(
    "noise",
    [
        "<!--",
        "<!",
        "<a ",
        "</",
        "<![CDATA[",
        "<?",
        "<a b='",
        "&#",
        "&#9",
        "&",
        "<script>",
        "<p x=",
        "<b",
    ],
)
def test_damaged_markup_costs_little(noise):
    text = "<b>Bun</b> venit" + noise * (450_000 // len(noise))
    started = process_time()
    assert clean_text(text).startswith("Bun venit")
    assert clean_text(text + "&#" + "9" * 5000 + ";")
    assert process_time() - started < 2


def test_what_markup_hides_is_not_shown():
    html = "<p>a<!-- b --><script>if (1 < 2) x</script>c<style>d</style><title>e</title>&amp;&#537;</p>"
    assert clean_text(html) == "ac&ș"
    assert clean_text("<p>a</p><script>b") == "a"
    assert clean_text("<p>a<br>b<br/>c</p><div>d</div>") == "a\nb\nc\n\nd"
    assert clean_text("<a title='x' HREF = 'https://example.org/?a=1&amp;b=2'>aici</a>") == (
        "aici (https://example.org/?a=1&b=2)"
    )
    assert (
        clean_text('<a href="https://example.org/">https://example.org</a>')
        == "https://example.org"
    )


def test_signs_that_are_no_markup_stay():
    assert one("DESCRIPTION:3 < 5 & a > b <3").description == "3 < 5 & a > b <3"


def test_what_cannot_be_seen_is_dropped():
    title = (
        read(
            "UID:a@example.org\nDTSTART:20261203T180000\nSUMMARY:\u202eCon\u200fcert\x07\x1b \ufeffde şansă"
        )
        .candidates[0]
        .title
    )
    assert title == "Concert de șansă"


def test_texts_that_are_too_long_are_cut_and_that_is_said():
    reading = read(event("LOCATION:" + "loc " * 100))
    assert len(reading.candidates[0].location) <= 200
    assert reading.candidates[0].location.endswith("loc…")
    assert [note.code for note in reading.notes] == ["text_cut"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "javascript\\nalert:1",
        "\u200bjavascript:alert(1)",
        "vbscript:x",
        "data:text/html\\,<script>alert(1)</script>",
        "file:///etc/passwd",
    ],
)
def test_a_link_that_may_do_harm(url):
    if url == "javascript\\nalert:1":
        # Not a scheme: only left out.
        assert one(f"URL:{url}").url == ""
        return
    assert "is not a web address and may do harm" in reason(f"URL:{url}")
    override = event("RECURRENCE-ID:20261203T180000", f"URL:{url}")
    assert "may do harm" in reason("RRULE:FREQ=DAILY;COUNT=2", others=(override,))


@pytest.mark.parametrize(
    "url",
    [
        "www.example.org",
        "mailto:a@example.org",
        "ftp://example.org",
        "https://a@b.org/",
        "https://",
    ],
)
def test_a_link_that_is_no_web_address_is_left_out(url):
    reading = read(event(f"URL:{url}"))
    assert reading.candidates[0].url == ""
    assert [note.code for note in reading.notes] == ["link_left_out"]


# -- when --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "lines", "expected"),
    [
        ("DTSTART:20261203T180000", (), Schedule(date(2026, 12, 3), time(18))),
        ("DTSTART:20261203T160000Z", (), Schedule(date(2026, 12, 3), time(18))),
        ("DTSTART:20260703T150000Z", (), Schedule(date(2026, 7, 3), time(18))),
        ("DTSTART:20261203T230000Z", (), Schedule(date(2026, 12, 4), time(1))),
        (
            "DTSTART;TZID=Europe/Bucharest:20261203T180000",
            (),
            Schedule(date(2026, 12, 3), time(18)),
        ),
        (
            'DTSTART;TZID="Europe/Budapest":20261203T180000',
            (),
            Schedule(date(2026, 12, 3), time(19)),
        ),
        (
            "DTSTART;TZID=GTB Standard Time:20261203T180000",
            (),
            Schedule(date(2026, 12, 3), time(18)),
        ),
        (
            "DTSTART;TZID=/mozilla.org/20050126_1/Europe/Budapest:20261203T180000",
            (),
            Schedule(date(2026, 12, 3), time(19)),
        ),
        ("DTSTART;VALUE=DATE:20261203", (), Schedule(date(2026, 12, 3))),
        ("DTSTART:20261203", ("DTEND:20261204",), Schedule(date(2026, 12, 3))),
        (
            "DTSTART;VALUE=DATE:20261203",
            ("DTEND;VALUE=DATE:20261206",),
            Schedule(date(2026, 12, 3), end_day=date(2026, 12, 5)),
        ),
        (
            "DTSTART;VALUE=DATE:20261203",
            ("DURATION:P1W",),
            Schedule(date(2026, 12, 3), end_day=date(2026, 12, 9)),
        ),
        (
            "DTSTART:20261203T220000",
            ("DTEND:20261204T020000",),
            Schedule(date(2026, 12, 3), time(22), end_time=time(2)),
        ),
        (
            "DTSTART:20261203T220000",
            ("DTEND:20261205T230000",),
            Schedule(date(2026, 12, 3), time(22), date(2026, 12, 5), time(23)),
        ),
        (
            "DTSTART:20261203T180000",
            ("DURATION:PT1H30M",),
            Schedule(date(2026, 12, 3), time(18), end_time=time(19, 30)),
        ),
        (
            "DTSTART:20261203T180000",
            ("DTEND:20261203T180000",),
            Schedule(date(2026, 12, 3), time(18)),
        ),
        (
            "DTSTART:20261203T000000",
            ("DTEND:20261203T235959",),
            Schedule(date(2026, 12, 3), time(0), end_time=time(23, 59)),
        ),
        # Six hours of real time over the night in which an hour is left out.
        (
            "DTSTART;TZID=Europe/Bucharest:20270328T000000",
            ("DURATION:PT6H",),
            Schedule(date(2027, 3, 28), time(0), end_time=time(7)),
        ),
    ],
)
def test_starts_and_ends(start, lines, expected):
    assert one(*lines, start=start).schedule == expected


def test_a_zone_is_known_by_what_the_file_says_it_is_not_by_its_rules():
    declared = VTIMEZONE.replace(
        "TZID:Europe/Bucharest", "TZID:Ora noastră\r\nX-LIC-LOCATION:Europe/Bucharest"
    )
    data = calendar(event(start="DTSTART;TZID=Ora noastră:20261203T180000"), more=declared)
    assert read_calendar(data, TODAY).candidates[0].schedule.start_time == time(18)
    # Somebody else's idea of our zone changes nothing, and its rule is not carried out.
    hostile = VTIMEZONE.replace("+0300", "+1100").replace("FREQ=YEARLY", "FREQ=SECONDLY")
    data = calendar(event(start="DTSTART;TZID=Europe/Bucharest:20261203T180000"), more=hostile)
    assert read_calendar(data, TODAY).candidates[0].schedule.start_time == time(18)


@pytest.mark.parametrize(
    ("start", "lines", "expected"),
    [
        ("X-START:1", (), "It has no start."),
        ("DTSTART:tomorrow", (), "“tomorrow” in DTSTART is no date or time."),
        ("DTSTART:20261303T180000", (), "“20261303T180000” in DTSTART is no date or time."),
        ("DTSTART:20261203T250000", (), "“20261203T250000” in DTSTART is no date or time."),
        (
            "DTSTART:00010101T000000Z",
            (),
            "“00010101T000000Z” in DTSTART lies outside the years 1990–2100.",
        ),
        (
            "DTSTART:99991231T235959Z",
            (),
            "“99991231T235959Z” in DTSTART lies outside the years 1990–2100.",
        ),
        ("DTSTART;TZID=Mars/Base:20261203T180000", (), "The time zone “Mars/Base” is not known."),
        (
            "DTSTART;TZID=../../etc/passwd:20261203T180000",
            (),
            "The time zone “../../etc/passwd” is not known.",
        ),
        ("DTSTART:20261203T180000", ("DTEND:20261203T170000",), "It ends before it starts."),
        (
            "DTSTART:20261203T180000",
            ("DTEND:20261204",),
            "Its start and its end are not of one kind",
        ),
        ("DTSTART:20261203T180000", ("DURATION:-PT1H",), "“-PT1H” is no duration of an event."),
        ("DTSTART:20261203T180000", ("DURATION:P",), "“P” is no duration of an event."),
        (
            "DTSTART:20261203T180000",
            ("DURATION:P400D",),
            "One date of an event lasts at most 366 days",
        ),
        ("DTSTART;VALUE=DATE:20261203", ("DURATION:PT1H",), "“PT1H” is no duration of an event."),
        (
            "DTSTART:20261203T180000",
            ("DTEND:20261203T190000", "DURATION:PT1H"),
            "both an end and a duration",
        ),
        ("DTSTART:20261203T180000", ("CLASS:PRIVATE",), "It is marked as private."),
        ("DTSTART:20261203T180000", ("CLASS:confidential",), "It is marked as private."),
    ],
)
def test_an_event_that_is_refused(start, lines, expected):
    assert expected in reason(*lines, start=start)


def test_identifiers():
    reading = read(
        "SUMMARY:Fără\nDTSTART:20261203T180000",
        event(uid="x" * 256),
        event(uid="twin@example.org"),
        event(uid="twin@example.org"),
        event(uid="1@Agora.Example"),
        event(uid="good@example.org"),
        own_domain="agora.example",
    )
    assert [candidate.uid for candidate in reading.candidates] == ["good@example.org"]
    assert [remark.code for remark in reading.refused] == [
        "no_uid",
        "long_uid",
        "same_uid",
        "same_uid",
        "own_event",
    ]


def test_tasks_are_no_events():
    data = calendar(more="BEGIN:VTODO\nUID:t\nSUMMARY:Cumpără pâine\nEND:VTODO\n")
    (remark,) = read_calendar(data, TODAY).refused
    assert (remark.title, remark.text) == ("Cumpără pâine", "It is no event but a VTODO.")


# -- series ------------------------------------------------------------------------------------------------------------

HERE = "DTSTART;TZID=Europe/Bucharest:20261203T180000"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY", Rule(Frequency.WEEKLY, weekdays=(3,))),
        ("freq=weekly;byday=th,mo;interval=2;wkst=mo", Rule(Frequency.WEEKLY, 2, (0, 3))),
        ("FREQ=WEEKLY;WKST=SU", Rule(Frequency.WEEKLY, weekdays=(3,))),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", Rule(Frequency.WEEKLY, weekdays=(0, 1, 2, 3, 4))),
        ("FREQ=MONTHLY", Rule(Frequency.MONTHLY, month_day=3)),
        ("FREQ=MONTHLY;BYDAY=1TH", Rule(Frequency.MONTHLY, nth_weekday=(1, 3))),
        ("FREQ=MONTHLY;BYDAY=TH;BYSETPOS=1", Rule(Frequency.MONTHLY, nth_weekday=(1, 3))),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=3", Rule(Frequency.YEARLY)),
        # 18:00 here is 16:00 UTC: the last evening is kept, the one after an earlier end is not.
        (
            "FREQ=WEEKLY;UNTIL=20261217T160000Z",
            Rule(Frequency.WEEKLY, weekdays=(3,), until=date(2026, 12, 17)),
        ),
        (
            "FREQ=WEEKLY;UNTIL=20261216T220000Z",
            Rule(Frequency.WEEKLY, weekdays=(3,), until=date(2026, 12, 16)),
        ),
        (
            "FREQ=WEEKLY;UNTIL=20261217",
            Rule(Frequency.WEEKLY, weekdays=(3,), until=date(2026, 12, 17)),
        ),
    ],
)
def test_rules(rule, expected):
    assert one(f"RRULE:{rule}", start=HERE).schedule.rule == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ("RRULE:FREQ=SECONDLY",),
            "Its repetition “FREQ=SECONDLY” cannot be kept: An event cannot repeat",
        ),
        (("RRULE:FREQ=HOURLY;BYHOUR=9,10",), "cannot be kept"),
        (("RRULE:FREQ=DAILY;INTERVAL=0",), "Write a whole number from 1"),
        (("RRULE:FREQ=DAILY;COUNT=501",), "from 1 to 500"),
        (("RRULE:FREQ=MONTHLY;BYMONTHDAY=31",), "Choose a day of the month from 1 to 28"),
        (("RRULE:FREQ=YEARLY;BYDAY=20MO",), "cannot be kept"),
        (("RRULE:nonsense",), "is not a rule of repetition"),
        (("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "It repeats by several rules at once."),
        (("RRULE:FREQ=DAILY", "EXRULE:FREQ=WEEKLY"), "It leaves out dates by a rule (EXRULE)."),
        (("RRULE:FREQ=WEEKLY;BYDAY=FR",), "is not a date of the rule. Start on"),
        (("RDATE;VALUE=PERIOD:20261210T180000/PT1H",), "It adds periods"),
        (("RDATE;VALUE=DATE:20261210",), "On 2026-12-10 it has an hour and otherwise not"),
        (
            ("RRULE:FREQ=DAILY", "EXDATE:" + ",".join(["20261204T180000"] * 1501)),
            "more than 1500 dates",
        ),
        (("RRULE:FREQ=DAILY;COUNT=1", "EXDATE:20261203T180000"), "No date is left"),
    ],
)
def test_a_series_that_is_refused(lines, expected):
    assert expected in reason(*lines, start=HERE)


def test_1501_dates():
    old = "DTSTART;TZID=Europe/Bucharest:20240101T180000"
    assert "1,500" in reason("RRULE:FREQ=DAILY", start=old)


def test_a_weekly_evening_stays_in_the_evening():
    found = starts(one("RRULE:FREQ=WEEKLY;UNTIL=20270408T150000Z", start=HERE))
    assert {start[-5:] for start in found} == {"18:00"}
    assert (found[0], found[-1]) == ("2026-12-03 18:00", "2027-04-08 18:00")


def test_a_series_by_a_clock_that_moves_with_ours():
    candidate = one(
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20270408T213000Z",
        "DTEND;TZID=Europe/Budapest:20261204T003000",
        start="DTSTART;TZID=Europe/Budapest:20261203T233000",
    )
    assert candidate.schedule == Schedule(
        date(2026, 12, 4),
        time(0, 30),
        end_time=time(1, 30),
        rule=Rule(Frequency.WEEKLY, weekdays=(1, 4), until=date(2027, 4, 9)),
    )


def test_a_series_by_a_clock_that_does_not():
    assert "by the clock of UTC" in reason("RRULE:FREQ=WEEKLY", start="DTSTART:20261203T160000Z")
    # Over before the clocks change: the two are one.
    assert one(
        "RRULE:FREQ=WEEKLY;COUNT=5", start="DTSTART:20261203T160000Z"
    ).schedule.start_time == time(18)
    # New York changes its clocks two weeks before us.
    assert "by the clock of America/New_York" in reason(
        "RRULE:FREQ=WEEKLY", start="DTSTART;TZID=America/New_York:20261203T110000"
    )
    assert "by the clock of Europe/London" in reason(
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1", start="DTSTART;TZID=Europe/London:20261231T230000"
    )


def test_excluded_dates():
    reading = read(
        event(
            "RRULE:FREQ=WEEKLY;COUNT=5",
            "EXDATE;TZID=Europe/Bucharest:20261210T180000,20261211T180000",
            "EXDATE:20261217T160000Z",
            "EXDATE;VALUE=DATE:20261224",
            "EXDATE;TZID=Europe/Bucharest:20261231T170000",
            start=HERE,
        )
    )
    assert starts(reading.candidates[0]) == ["2026-12-03 18:00", "2026-12-31 18:00"]
    assert [note.text for note in reading.notes] == [
        "2026-12-11 is no date of the series: its exception was left out.",
        "2026-12-31 is no date of the series: its exception was left out.",
    ]


def test_dates_that_differ():
    master = event(
        "RRULE:FREQ=WEEKLY;COUNT=8",
        "DTEND;TZID=Europe/Bucharest:20261203T200000",
        "LOCATION:Sala mare",
        start=HERE,
    )
    changes = [
        event("RECURRENCE-ID:20261210T160000Z", "STATUS:CANCELLED", "COMMENT:Ploaie"),
        event(
            "RECURRENCE-ID;TZID=Europe/Bucharest:20261217T180000",
            "DTEND:20261218T210000",
            start="DTSTART:20261218T190000",
        ),
        event(
            "RECURRENCE-ID;TZID=Europe/Bucharest:20261224T180000",
            "DTEND:20261224T230000",
            "LOCATION:Sala mică",
            start="DTSTART:20261224T180000",
        ).replace("Concert", "Colinde"),
        # Nothing differs: somebody only accepted the invitation.
        event(
            "RECURRENCE-ID;TZID=Europe/Bucharest:20261231T180000",
            "DTEND:20261231T200000",
            "LOCATION:Sala mare",
            start="DTSTART:20261231T180000",
        ),
        # Of two the newer holds.
        event("RECURRENCE-ID:20270107T160000Z", "STATUS:CANCELLED", "SEQUENCE:1"),
        event(
            "RECURRENCE-ID:20270107T160000Z",
            "SEQUENCE:2",
            "DTEND:20270107T170000",
            start="DTSTART:20270107T160000",
        ),
        event("RECURRENCE-ID:20270108T160000Z", "STATUS:CANCELLED"),
    ]
    reading = read(*changes, master)
    assert reading.candidates[0].schedule.changes == (
        DateChange(ChangeKind.CANCELLED, date(2026, 12, 10), reason={"ro": "Ploaie"}),
        DateChange(
            ChangeKind.MOVED, date(2026, 12, 17), new_day=date(2026, 12, 18), start_time=time(19)
        ),
        DateChange(
            ChangeKind.CHANGED,
            date(2026, 12, 24),
            end_day=date(2026, 12, 24),
            end_time=time(23),
            title={"ro": "Colinde"},
            place="Sala mică",
        ),
        DateChange(
            ChangeKind.MOVED,
            date(2027, 1, 7),
            start_time=time(16),
            end_day=date(2027, 1, 7),
            end_time=time(17),
        ),
    )
    assert [note.text for note in reading.notes] == [
        "2027-01-08 is no date of the series: its change was left out."
    ]


def test_added_dates():
    candidate = one(
        "RRULE:FREQ=WEEKLY;COUNT=2",
        "RDATE;TZID=Europe/Bucharest:20261205T180000,20261206T110000,20261210T180000",
        "RDATE:20261208T160000Z",
        "EXDATE;TZID=Europe/Bucharest:20261208T180000",
        start=HERE,
        others=(event("RECURRENCE-ID:20261206T090000Z", start="DTSTART:20261207T120000"),),
    )
    assert candidate.schedule.changes == (
        DateChange(ChangeKind.ADDED, date(2026, 12, 5)),
        DateChange(ChangeKind.ADDED, date(2026, 12, 7), start_time=time(12)),
    )


def test_days_of_a_series_of_whole_days():
    candidate = one(
        "RRULE:FREQ=WEEKLY;UNTIL=20261231T220000Z",
        "DTEND;VALUE=DATE:20261205",
        "EXDATE;VALUE=DATE:20261210",
        start="DTSTART;VALUE=DATE:20261203",
        others=(
            event(
                "RECURRENCE-ID;VALUE=DATE:20261217",
                "DTEND;VALUE=DATE:20261219",
                start="DTSTART;VALUE=DATE:20261218",
            ),
            event("RECURRENCE-ID:20261223T220000Z", start="DTSTART;VALUE=DATE:20261224"),
        ),
    )
    assert candidate.schedule == Schedule(
        date(2026, 12, 3),
        end_day=date(2026, 12, 4),
        rule=Rule(Frequency.WEEKLY, weekdays=(3,), until=date(2027, 1, 1)),
        skipped=(date(2026, 12, 10),),
        changes=(
            DateChange(
                ChangeKind.MOVED,
                date(2026, 12, 17),
                new_day=date(2026, 12, 18),
                end_day=date(2026, 12, 18),
            ),
            DateChange(ChangeKind.CHANGED, date(2026, 12, 24), end_day=date(2026, 12, 24)),
        ),
    )


def test_changes_that_are_refused():
    weekly = "RRULE:FREQ=WEEKLY;COUNT=4"
    end = "DTEND;TZID=Europe/Bucharest:20261203T200000"
    at = "RECURRENCE-ID;TZID=Europe/Bucharest:20261210T180000"
    ranged = event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261210T160000Z")
    assert "all that follow" in reason(weekly, start=HERE, others=(ranged,))
    day = event(at, start="DTSTART;VALUE=DATE:20261210")
    assert "On 2026-12-10 it has an hour and otherwise not" in reason(
        weekly, start=HERE, others=(day,)
    )
    endless = event(at, start="DTSTART:20261210T180000")
    assert "On 2026-12-10 it has no end" in reason(weekly, end, start=HERE, others=(endless,))
    private = event(at, "CLASS:PRIVATE", start="DTSTART:20261210T180000")
    assert "private" in reason(weekly, start=HERE, others=(private,))
    (orphan,) = read(event(at)).refused
    assert orphan.text == "It changes a date of a series that is not in the file."


# -- as others read it -------------------------------------------------------------------------------------------------


@st.composite
def series(draw: st.DrawFn) -> bytes:
    """A calendar with one series: any clock, excluded dates, changed ones, added ones."""
    zone = draw(st.sampled_from(["Europe/Bucharest", "Europe/Budapest", "Europe/Athens"]))
    first = date(2026, 10, 1) + timedelta(days=draw(st.integers(0, 200)))
    all_day = draw(st.booleans())
    start = datetime.combine(first, time(draw(st.integers(5, 23)), draw(st.sampled_from([0, 30]))))
    length = timedelta(minutes=draw(st.sampled_from([30, 90, 300, 2000])))
    if all_day:
        length = timedelta(days=draw(st.integers(1, 3)))
    code = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[first.weekday()]
    frequency = draw(
        st.sampled_from(
            [
                "FREQ=DAILY",
                "FREQ=DAILY;INTERVAL=3",
                f"FREQ=WEEKLY;BYDAY={code}",
                "FREQ=WEEKLY;INTERVAL=2",
            ]
        )
    )
    count = draw(st.integers(2, 40))

    def moment(value: datetime) -> str:
        return f";VALUE=DATE:{value:%Y%m%d}" if all_day else f";TZID={zone}:{value:%Y%m%dT%H%M%S}"

    step = timedelta(days={"FREQ=DAILY": 1, "FREQ=DAILY;INTERVAL=3": 3}.get(frequency, 7))
    step = timedelta(days=14) if frequency.endswith("INTERVAL=2") else step
    dates = [start + step * number for number in range(count)]
    chosen = draw(st.lists(st.sampled_from(dates[1:]), unique=True, max_size=4))
    lines = [
        "UID:a@example.org",
        "SUMMARY:Concert",
        f"DTSTART{moment(start)}",
        f"DTEND{moment(start + length)}",
        f"RRULE:{frequency};COUNT={count}",
    ]
    overrides = []
    for number, day in enumerate(chosen):
        kind = draw(st.sampled_from(["excluded", "cancelled", "moved", "longer"]))
        if kind == "excluded":
            lines.append(f"EXDATE{moment(day)}")
            continue
        head = ["UID:a@example.org", "SUMMARY:Concert", f"RECURRENCE-ID{moment(day)}"]
        by = timedelta(days=draw(st.integers(-2, 2)), hours=draw(st.sampled_from([0, 2, -3])))
        new = day + by if kind == "moved" else day
        end = new + length + (timedelta(days=1) if kind == "longer" else timedelta())
        head += [f"DTSTART{moment(new)}", f"DTEND{moment(end)}"]
        overrides.append("\n".join([*head, *(["STATUS:CANCELLED"] if kind == "cancelled" else [])]))
        assert number < 4
    if draw(st.booleans()):
        lines.append(f"RDATE{moment(dates[-1] + timedelta(days=20))}")
    zones = VTIMEZONE
    for name, offsets in (
        ("Europe/Budapest", ("+0100", "+0200")),
        ("Europe/Athens", ("+0200", "+0300")),
    ):
        other = VTIMEZONE.replace("Europe/Bucharest", name)
        other = other.replace("+0200", "{0}").replace("+0300", "{1}").format(*offsets)
        zones += other
    return calendar("\n".join(lines), *overrides, more=zones)


@settings(max_examples=60, deadline=None)
@given(series())
def test_it_is_read_as_another_program_reads_it(data):
    reading = read_calendar(data, TODAY)
    assert reading.refused == ()
    # A time in the hours that the clocks leave out or repeat is a matter of taste: none is drawn.
    first, last = date(2026, 9, 1), date(2028, 12, 31)
    ours = [
        (d.start, d.end)
        for d in expand(reading.candidates[0].schedule, first, last)
        if d.change != ChangeKind.CANCELLED
    ]
    theirs = []
    for component in recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(
        first, last
    ):
        if component.get("STATUS") != "CANCELLED":
            bounds = (component.start, component.end)
            theirs.append(
                tuple(
                    bound.astimezone(BUCHAREST)
                    if isinstance(bound, datetime)
                    else datetime.combine(bound, time(), BUCHAREST)
                    for bound in bounds
                )
            )
    assert sorted(ours) == sorted(theirs)


@given(st.data())
def test_a_damaged_file_is_read_or_refused_never_an_error(data):
    whole = calendar(
        event(
            "RRULE:FREQ=WEEKLY;COUNT=5;UNTIL=20270101",
            "EXDATE;TZID=Europe/Bucharest:20261210T180000",
            "DURATION:PT1H",
            "URL:https://example.org/",
            start=HERE,
        ),
        event("RECURRENCE-ID:20261217T160000Z", start="DTSTART:20261218T190000"),
        more=VTIMEZONE,
    )
    damaged = bytearray(whole)
    for _change in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.one_of(
                st.binary(max_size=3), st.sampled_from([b"\r\n", b";", b":", b"=", b"99", b"-"])
            )
        )
    try:
        reading = read_calendar(bytes(damaged), TODAY)
    except ImportProblem:
        return
    assert all(remark.text for remark in (*reading.refused, *reading.notes))
    assert all(len(candidate.digest) == 64 for candidate in reading.candidates)


def test_the_digest_follows_what_would_be_written():
    plain = one()
    assert plain.digest == one("DTSTAMP:20261101T000000Z", "SEQUENCE:4").digest
    others = [one("LOCATION:Parc"), one("STATUS:CANCELLED"), one("RRULE:FREQ=DAILY;COUNT=2")]
    assert len({plain.digest, *(other.digest for other in others)}) == 4


def test_hostile_files_cost_little():
    noise = random.Random(1)
    lines = b"\r\n".join(
        bytes(noise.choices(b'ABC;:="\\, \t^', k=noise.randrange(200))) for _line in range(4000)
    )
    data = calendar(event()).replace(b"END:VEVENT", b"X:" + lines + b"\r\nEND:VEVENT")
    long_line = calendar(event("X;" + "A=" * 220_000))
    for hostile in (data[:490_000], long_line):
        started = datetime.now()
        with contextlib.suppress(ImportProblem):
            read_calendar(hostile, TODAY)
        assert datetime.now() - started < timedelta(seconds=5)
