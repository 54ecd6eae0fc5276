"""The calendar feed of one place: the days on which it is closed or has other hours than usual.

RFC 5545 and 7986. The bytes are a pure function of the arguments: DTSTAMP is the moment of the last
change, never the present. Closed days are all-day events, consecutive ones with the same reason in
one; special hours are timed events in Europe/Bucharest. Nothing in it blocks anybody's time.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event, vCalAddress, vText, vUri

from cms.vtimezone import TZID, bucharest_timezone
from cms.working_calendar import ONE_DAY, WorkingCalendar, name_in
from locations.hours import BUCHAREST
from locations.intervals import DAY_MINUTES, Interval
from locations.schedules import DayHours, DaySource, Schedule, hours_on

REFRESH: Final = "PT4H"
# A run of closed days is followed this far beyond the window, so that its UID and its end stay the
# same while the window moves over it.
_MARGIN: Final = timedelta(days=366)
_SPECIAL: Final = frozenset(
    {
        DaySource.EXCEPTION,
        DaySource.CLOSURE,
        DaySource.HOLIDAY,
        DaySource.BRIDGING,
        DaySource.RECOVERY,
    }
)
_SEQUENCE_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ClosuresFeed:
    """What a feed says about itself and its place, in the feed's language.

    ``key`` and ``uid_domain`` make the UIDs: the same in every language, never the request's host.
    ``organiser_uri`` is a mailto: or https: address; METHOD:PUBLISH requires an organiser (RFC 5546
    section 3.2.1). ``colour`` is a CSS name (RFC 7986 section 5.9), "" for none.
    """

    key: str
    place: str
    address: str
    page_url: str
    feed_url: str
    organiser: str
    organiser_uri: str
    uid_domain: str
    colour: str = ""


@dataclass(slots=True)
class _Closed:
    """Consecutive closed days with one reason; ``news`` if one of them would be open otherwise."""

    first: date
    last: date
    source: DaySource
    names: Mapping[str, str]
    news: bool


@dataclass(frozen=True, slots=True)
class _Hours:
    """One interval of a day with special hours."""

    day: date
    interval: Interval
    names: Mapping[str, str]


def _clean(text: str) -> str:
    """Text without control characters (RFC 5545 forbids them) but with its line ends."""
    lines = "\n".join(text.splitlines())
    return "".join(c for c in lines if c == "\n" or unicodedata.category(c) != "Cc")


def _text(text: str) -> vText:
    return vText(_clean(text))


def _regular(schedule: Schedule, day: date) -> tuple[Interval, ...] | None:
    season = schedule.season_on(day)
    return season.week.days[day.weekday()] if season else None


def _found(
    schedule: Schedule, calendar: WorkingCalendar, first_day: date, last_day: date
) -> Iterator[_Closed | _Hours]:
    """Closed runs and special hours that touch the window, in order of their first day."""
    run: _Closed | None = None
    day = first_day - _MARGIN
    while day <= last_day + _MARGIN:
        hours = hours_on(schedule, calendar, day)
        closed = hours.source in _SPECIAL and hours.intervals == ()
        if run and not (closed and _continues(run, hours)):
            if run.news and run.last >= first_day:
                yield run
            run = None
        if closed and run:
            run.last = day
            run.news = run.news or _regular(schedule, day) != ()
        elif closed and day <= last_day:
            names = hours.names or {}
            run = _Closed(day, day, hours.source, names, _regular(schedule, day) != ())
        elif day > last_day:
            break
        elif day >= first_day and hours.source in _SPECIAL:
            usual = hours.intervals == _regular(schedule, day)
            for interval in () if usual else hours.intervals or ():
                yield _Hours(day, interval, hours.names or {})
        day += ONE_DAY
    if run and run.news and run.last >= first_day:
        yield run


def _continues(run: _Closed, hours: DayHours) -> bool:
    return (run.source, run.names) == (hours.source, hours.names or {})


def _local(day: date, minutes: int) -> datetime:
    days, minutes = divmod(minutes, DAY_MINUTES)
    return datetime.combine(day + timedelta(days=days), time(*divmod(minutes, 60)), BUCHAREST)


def _summary(found: _Closed | _Hours, place: str, reason: str) -> str:
    words = {"place": place, "reason": reason}
    if isinstance(found, _Closed):
        if reason:
            return _("%(place)s: closed (%(reason)s)") % words
        return _("%(place)s: closed") % words
    if found.interval.by_appointment:
        if reason:
            return _("%(place)s: open by appointment (%(reason)s)") % words
        return _("%(place)s: open by appointment, special hours") % words
    if reason:
        return _("%(place)s: special hours (%(reason)s)") % words
    return _("%(place)s: special hours") % words


def _event(feed: ClosuresFeed, found: _Closed | _Hours, dtstamp: datetime, language: str) -> Event:
    reason = name_in(found.names, language)
    event = Event()
    if isinstance(found, _Closed):
        uid = f"hours-{feed.key}-{found.first:%Y%m%d}-closed"
        starts: date | datetime = found.first
        ends: date | datetime = found.last + ONE_DAY
    else:
        starts = _local(found.day, found.interval.start)
        ends = _local(found.day, found.interval.end)
        uid = f"hours-{feed.key}-{starts:%Y%m%d-%H%M}"
    event.add("uid", _text(f"{uid}@{feed.uid_domain}"))
    event.add("dtstamp", dtstamp)
    event.add("last-modified", dtstamp)
    # Whatever changes moves the stamp of the whole feed, so minutes count the changes well enough.
    event.add("sequence", int((dtstamp - _SEQUENCE_EPOCH).total_seconds() // 60))
    event.add("dtstart", starts)
    event.add("dtend", ends)
    summary = _summary(found, feed.place, reason)
    event.add("summary", _text(" ".join(summary.split())), parameters={"LANGUAGE": language})
    event.add("description", _text(f"{reason}\n{feed.page_url}" if reason else feed.page_url))
    event.add("location", _text(", ".join(part for part in (feed.place, feed.address) if part)))
    event.add("url", vUri(_clean(feed.page_url)))
    organiser = vCalAddress(_clean(feed.organiser_uri))
    organiser.params["CN"] = " ".join(_clean(feed.organiser).split())
    event["organizer"] = organiser
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PUBLIC")
    return event


def closures_calendar(
    feed: ClosuresFeed,
    schedule: Schedule,
    calendar: WorkingCalendar,
    first_day: date,
    dtstamp: datetime,
    language: str,
    days: int = 366,
) -> bytes:
    """Return the .ics of the closures and special hours of one place.

    Holds what touches the ``days`` days from ``first_day`` (a date in Europe/Bucharest). ``dtstamp``
    (aware) is when schedule, calendar or place last changed. ``language`` ("ro", "en" or "hu") is
    that of texts and reasons. Days that are closed anyway, and hours that are the usual ones, are
    left out; so are unknown days. Without anything to say it is still a valid calendar. Raises
    ValueError for a naive ``dtstamp``.
    """
    if dtstamp.tzinfo is None:
        raise ValueError("dtstamp must be an aware datetime.")
    stamp = dtstamp.astimezone(UTC).replace(microsecond=0)
    result = Calendar()
    with override(language):
        name = _("%(place)s: closures and special hours") % {"place": feed.place}
        about = _("The days on which %(place)s is closed or has other hours than usual.") % {
            "place": feed.place
        }
        result.add("version", "2.0")
        result.add("prodid", f"-//Agora//Opening hours//{language.upper()}")
        result.add("calscale", "GREGORIAN")
        result.add("method", "PUBLISH")
        for key, text in (
            ("name", name),
            ("x-wr-calname", name),
            ("description", about),
            ("x-wr-caldesc", about),
            ("x-wr-timezone", TZID),
        ):
            result.add(key, _text(text))
        result.add("last-modified", stamp)
        result.add("url", vUri(_clean(feed.page_url)))
        result.add("source", vUri(_clean(feed.feed_url)), parameters={"VALUE": "URI"})
        result.add("refresh-interval", timedelta(hours=4), parameters={"VALUE": "DURATION"})
        result.add("x-published-ttl", _text(REFRESH))
        if feed.colour:
            result.add("color", _text(feed.colour))
        result.add_component(bucharest_timezone())
        last_day = first_day + (days - 1) * ONE_DAY
        for found in _found(schedule, calendar, first_day, last_day):
            result.add_component(_event(feed, found, stamp, language))
    return result.to_ical(sorted=False)
