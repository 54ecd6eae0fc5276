"""The literal VTIMEZONE against zoneinfo, expanded by two independent libraries."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.tz import tzical

from cms.vtimezone import TZID, VTIMEZONE, bucharest_timezone

BUCHAREST = ZoneInfo("Europe/Bucharest")
FIRST, LAST = (datetime.combine(date(*ymd), time()) for ymd in ((1997, 1, 1), (2040, 12, 31)))


def wall_times() -> Iterator[datetime]:
    """Noon of every day, and every half hour around the nights on which the clocks change."""
    day = FIRST
    while day <= LAST:
        yield day + timedelta(hours=12)
        before = (day - timedelta(hours=12)).replace(tzinfo=BUCHAREST).utcoffset()
        after = (day + timedelta(hours=12)).replace(tzinfo=BUCHAREST).utcoffset()
        if before != after:
            for half_hour in range(12):
                moment = day + timedelta(minutes=30 * half_hour)
                # Times that happen twice or never are read in different ways.
                if not timedelta(hours=3) <= moment - day < timedelta(hours=4):
                    yield moment
        day += timedelta(days=1)


def test_dateutil_reads_it_as_zoneinfo() -> None:
    zone = tzical(io.StringIO(VTIMEZONE)).get(TZID)
    for moment in wall_times():
        assert (
            moment.replace(tzinfo=zone).utcoffset() == moment.replace(tzinfo=BUCHAREST).utcoffset()
        )


def test_its_rules_give_the_transitions_of_zoneinfo() -> None:
    transitions = []
    moment = datetime(1997, 1, 1, tzinfo=UTC)
    before: timedelta | None = timedelta(hours=2)
    while moment.year <= 2040:
        offset = moment.astimezone(BUCHAREST).utcoffset()
        if offset != before:
            transitions.append((moment, offset))
            before = offset
        moment += timedelta(hours=1)
    from_template = []
    parts: list[Any] = bucharest_timezone().subcomponents
    for part in parts:
        rule = part["RRULE"]
        assert (rule["FREQ"], rule["BYDAY"]) == (["YEARLY"], ["-1SU"])
        for year in range(1997, 2041):
            last = date(year, int(rule["BYMONTH"][0]) + 1, 1) - timedelta(days=1)
            sunday = last - timedelta(days=(last.weekday() + 1) % 7)
            onset = datetime.combine(sunday, part["DTSTART"].dt.time(), UTC)
            from_template.append((onset - part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td))
    assert sorted(from_template) == transitions


def test_serialising_gives_the_template() -> None:
    assert bucharest_timezone().to_ical(sorted=False).decode() == VTIMEZONE
    assert "RDATE" not in VTIMEZONE


def test_each_call_gives_its_own_component() -> None:
    bucharest_timezone().clear()
    assert bucharest_timezone()["TZID"] == TZID
