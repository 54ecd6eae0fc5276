"""Events as iCalendar: RFC 5545, RFC 7986, and what calendar programs make of them.

Pure: no database, no clock, no time zone of the machine; the same arguments give the same bytes. Written by hand
rather than with the icalendar package, which needs twenty times as long for a feed of thousands of events.

What is said twice, or more plainly than the RFC would need, is said for programs that were seen to read it wrong:

- A moved, changed or cancelled date is a full component with RECURRENCE-ID. EXDATE only leaves out what was never
  announced, and added dates are events of their own, because RDATE is not portable.
- A date of a series during which the clocks change, or that begins in the hour they change in, is written out:
  programs disagree on whether it keeps its length or its end, and on which 03:30 is meant.
- A series whose first date is such a date states DURATION instead of DTEND, from which programs would take a
  length that is an hour off for all other dates.
- A time that happens twice is written in UTC.
- A yearly rule from 29 February names that day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import quote

from django.utils.translation import override, pgettext

from cms.vtimezone import TZID, VTIMEZONE
from cms.working_calendar import LANGUAGES, name_in
from events.enums import ChangeKind, State
from events.recurrence import Frequency, Rule, to_rrule
from events.schedule import DateChange, Dated, Names, Schedule, expand

PRODUCT: Final = "-//Agora//Events//EN"
REFRESH: Final = "PT4H"
LINE_OCTETS: Final = 75

_ONE_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = time()
# The rule of the European Union (cms/vtimezone.py): the hour from 03:00 on two Sundays, since 1997.
_SAME_CLOCKS_SINCE: Final = 1997
_CLOCKS_CHANGED_BY: Final = time(4)

_STATUS: Final = {
    State.TENTATIVE: "TENTATIVE",
    State.POSTPONED: "TENTATIVE",
    State.CANCELLED: "CANCELLED",
}

# What str.splitlines() takes for the end of a line.
_LINE_END: Final = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# No text of RFC 5545 (section 3.1, CONTROL), and halves of characters, which are no text at all.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SUSPECT: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_IN_URI: Final = re.compile(r"[^!#-;=?-\[\]_a-z~]")
_COORDINATE: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")
_MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z0-9-]+")
_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event takes place: ``address`` is "street, city", coordinates are decimal degrees or ""."""

    name: str
    address: str
    latitude: str = ""
    longitude: str = ""


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event in one language.

    ``uid`` and ``uid_domain`` make the UID: the same in every language, never the request's host. ``language``
    is the feed's, ``text_language`` that of ``title`` and ``description`` (plain text, without the page's
    address ``url``). ``organiser_uri`` is a mailto: or https: address. ``created`` and ``modified`` are aware.
    ``attachments`` are (address, media type). ``change_places`` holds, by ``place_id``, the places of dates that
    have their own.
    """

    uid: str
    uid_domain: str
    schedule: Schedule
    state: State
    reason: str
    language: str
    title: str
    text_language: str
    description: str
    url: str
    place: Place | None
    online_url: str
    categories: tuple[str, ...]
    organiser: str
    organiser_uri: str
    contact: str
    created: datetime
    modified: datetime
    sequence: int
    image_url: str = ""
    attachments: tuple[tuple[str, str], ...] = ()
    change_places: Mapping[int, Place] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """What a feed says about itself, in its language.

    ``url`` is the page it belongs to, ``source`` its own https: address. ``colour`` is a CSS name (RFC 7986
    section 5.9), ``apple_colour`` "#rrggbb"; "" leaves either out. ``last_modified`` is aware.
    """

    name: str
    description: str
    language: str
    url: str
    source: str
    colour: str
    apple_colour: str
    last_modified: datetime


# -- values ----------------------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """Text without control characters and halves of characters; every kind of line end becomes \\n."""
    if not _SUSPECT.search(text):
        return text
    return _FORBIDDEN.sub("", _LINE_END.sub("\n", text).replace("\t", " "))


def _escaped(text: str) -> str:
    """RFC 5545 section 3.3.11."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _text(text: str) -> str:
    """A value of several lines."""
    return _escaped(clean(text).strip())


def _line(text: str) -> str:
    """A value of one line."""
    return _escaped(" ".join(clean(text).split()))


def _parameter(text: str) -> str:
    """A quoted parameter (RFC 5545 section 3.2). It cannot hold double quotes; "^" is RFC 6868's escape."""
    return '"' + " ".join(clean(text).split()).replace("^", "^^").replace('"', "'") + '"'


def _uri(address: str) -> str:
    """An address; what no address can hold is percent-encoded (RFC 3986)."""
    address = clean(address).strip()
    if not _NOT_IN_URI.search(address):
        return address
    return quote(address, safe="!#$%&'()*+,-./:;=?@[]_~")


def _language(code: str) -> str:
    return f";LANGUAGE={code}" if _LANGUAGE_TAG.fullmatch(code) else ""


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _wall(moment: datetime) -> str:
    """What clocks and calendars show, as the zone of ``moment`` has it."""
    return (
        f"{moment.year:04}{moment.month:02}{moment.day:02}"
        f"T{moment.hour:02}{moment.minute:02}{moment.second:02}"
    )


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} must be aware.")
    return _wall(moment.astimezone(UTC)) + "Z"


def _is_doubtful(moment: datetime) -> bool:
    """Whether clocks never show this local time, or twice (RFC 5545 section 3.3.5)."""
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def _when(name: str, moment: datetime) -> str:
    """A property with a moment, in Bucharest's time; in UTC where that would have two meanings."""
    if moment.hour == 3 and _is_doubtful(moment):
        return f"{name}:{_utc(moment)}"
    return f"{name};TZID={TZID}:{_wall(moment)}"


def _original(name: str, moment: datetime, all_day: bool) -> str:
    """A property that names a date of a series by the start that its rule gives it."""
    if all_day:
        return f"{name};VALUE=DATE:{_day(moment)}"
    return f"{name};TZID={TZID}:{_wall(moment)}"


def _fold(line: str) -> str:
    """One content line in lines of at most 75 octets, cut between characters (RFC 5545 section 3.1)."""
    if len(line) <= LINE_OCTETS and line.isascii():
        return line
    data = line.encode()
    if len(data) <= LINE_OCTETS:
        return line
    pieces = []
    start, end = 0, LINE_OCTETS
    while end < len(data):
        while data[end] & 0b1100_0000 == 0b1000_0000:
            end -= 1
        pieces.append(data[start:end])
        # The space that continues a line is one of its octets.
        start, end = end, end + LINE_OCTETS - 1
    pieces.append(data[start:])
    return b"\r\n ".join(pieces).decode()


def _written(lines: list[str]) -> str:
    return "\r\n".join([_fold(line) for line in lines]) + "\r\n"


# -- times -----------------------------------------------------------------------------------------------------------


def _start_and_end(dated: Dated) -> list[str]:
    """DTSTART and DTEND of a component that stands for one date; an end that is not stated is left out."""
    if dated.all_day:
        return [
            f"DTSTART;VALUE=DATE:{_day(dated.start)}",
            f"DTEND;VALUE=DATE:{_day(dated.end)}",
        ]
    lines = [_when("DTSTART", dated.start)]
    if dated.end != dated.start:
        lines.append(_when("DTEND", dated.end))
    return lines


def _duration(length: timedelta) -> str:
    """RFC 5545 section 3.3.6: days by the calendar, the rest by the clock."""
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    clock = "".join(f"{number}{unit}" for number, unit in parts if number)
    days = f"{length.days}D" if length.days else ""
    return f"P{days}" + (f"T{clock}" if clock else "")


def _wall_length(schedule: Schedule) -> timedelta:
    """How long a timed date lasts by the wall clock."""
    end = datetime.combine(schedule.last_end_day, schedule.end_time or _MIDNIGHT)
    if schedule.end_time is None:
        end += _ONE_DAY
    return end - datetime.combine(schedule.start_day, schedule.start_time or _MIDNIGHT)


def _series_times(schedule: Schedule, first: Dated) -> list[str]:
    """DTSTART, DTEND or DURATION, RRULE and EXDATE of a series."""
    if schedule.rule is None:
        raise ValueError("A series has a rule.")
    if schedule.all_day or not _needs_telling(first):
        lines = _start_and_end(first)
    else:
        lines = [_original("DTSTART", first.original_start, False)]
        if first.end != first.start:
            lines.append(f"DURATION:{_duration(_wall_length(schedule))}")
    lines.append(f"RRULE:{_rule(schedule.rule, schedule, first)}")
    for day in sorted(set(schedule.skipped)):
        moment = datetime.combine(day, schedule.start_time or _MIDNIGHT)
        lines.append(_original("EXDATE", moment, schedule.all_day))
    return lines


def _rule(rule: Rule, schedule: Schedule, first: Dated) -> str:
    text = to_rrule(rule, schedule.start_day if schedule.all_day else first.original_start)
    if rule.frequency == Frequency.YEARLY and (first.first_day.month, first.first_day.day) == (
        2,
        29,
    ):
        # The rule says no more than the start, but ical.js would take it for 1 March in other years.
        text = text.replace("FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29")
    return text


def _needs_telling(dated: Dated) -> bool:
    """Whether programs would disagree on when a date of a series begins or ends."""
    return (
        dated.start.utcoffset() != dated.end.utcoffset()
        or _is_doubtful(dated.original_start)
        or _is_doubtful(dated.end)
    )


def _clock_changes(first: date, last: date) -> Iterator[date]:
    """The days on which the clocks change, in order."""
    for year in range(max(first.year, _SAME_CLOCKS_SINCE), last.year + 1):
        for month in (3, 10):
            end = date(year, month, 31)
            sunday = end - timedelta(days=(end.weekday() + 1) % 7)
            if first <= sunday <= last:
                yield sunday


def _told_dates(schedule: Schedule, horizon: date) -> Iterator[Dated]:
    """The dates of a series, begun by the horizon and without a change, that need telling."""
    if schedule.start_time is None:
        return
    nights = schedule.last_end_day - schedule.start_day
    if not nights and schedule.start_time >= _CLOCKS_CHANGED_BY:
        return
    plain = replace(schedule, changes=())
    changed = {change.day for change in schedule.changes if change.kind != ChangeKind.ADDED}
    seen = set(changed)
    for sunday in _clock_changes(schedule.start_day, horizon + nights + _ONE_DAY):
        # What ends in the early hours of a Sunday is counted to the Saturday.
        for dated in expand(plain, sunday - _ONE_DAY, sunday):
            day = dated.first_day
            if day <= horizon and day not in seen and _needs_telling(dated):
                seen.add(day)
                yield dated


# -- words -----------------------------------------------------------------------------------------------------------


def titled(title: str, state: State, language: str) -> str:
    """The title of an event, after the word that it will not take place as published, in ``language``."""
    if state not in (State.CANCELLED, State.POSTPONED):
        return title
    with override(language):
        if state == State.CANCELLED:
            words = pgettext("title of an event in calendars", "CANCELLED: %(title)s")
        else:
            words = pgettext("title of an event in calendars", "POSTPONED: %(title)s")
    return words % {"title": title}


# -- components ------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes the components of one event; what they share is made once."""

    __slots__ = ("event", "stamps", "tail", "uid")

    def __init__(self, event: FeedEvent) -> None:
        self.event = event
        self.uid = _line(f"{event.uid}@{event.uid_domain}")
        modified = _utc(event.modified)
        self.stamps = [
            f"DTSTAMP:{modified}",
            f"CREATED:{_utc(event.created)}",
            f"LAST-MODIFIED:{modified}",
            f"SEQUENCE:{event.sequence}",
        ]
        self.tail = list(self._tail())

    def _tail(self) -> Iterator[str]:
        event = self.event
        if url := _uri(event.url):
            yield f"URL:{url}"
        if categories := ",".join(filter(None, map(_line, event.categories))):
            yield f"CATEGORIES:{categories}"
        name = _parameter(event.organiser)
        # RFC 5546 section 3.2.1: METHOD:PUBLISH requires an organiser, and libical refuses a feed without.
        organiser = _uri(event.organiser_uri) or url or f"https://{_uri(event.uid_domain)}/"
        yield f"ORGANIZER{f';CN={name}' if len(name) > 2 else ''}:{organiser}"
        if contact := _line(event.contact):
            yield f"CONTACT:{contact}"
        yield "TRANSP:TRANSPARENT"
        yield "CLASS:PUBLIC"
        if image := _uri(event.image_url):
            yield f"IMAGE;VALUE=URI;DISPLAY=BADGE:{image}"
        for address, media_type in event.attachments:
            if attachment := _uri(address):
                known = _MEDIA_TYPE.fullmatch(media_type)
                yield f"ATTACH{f';FMTTYPE={media_type}' if known else ''}:{attachment}"
        if online := _uri(event.online_url):
            yield f"CONFERENCE;VALUE=URI:{online}"

    def component(
        self, uid: str, times: list[str], change: DateChange | None, related: str = ""
    ) -> str:
        """One VEVENT with everything it says; ``times`` are its properties about when."""
        event = self.event
        cancelled = change is not None and change.kind == ChangeKind.CANCELLED
        state = State.CANCELLED if cancelled else event.state
        lines = ["BEGIN:VEVENT", f"UID:{uid}", *self.stamps, *times]
        lines += self._summary(state, change.title if change else {})
        if description := self._description(change):
            lines.append(f"DESCRIPTION:{description}")
        lines += self._location(change)
        if related:
            lines.append(f"RELATED-TO:{related}")
        lines.append(f"STATUS:{_STATUS.get(state, 'CONFIRMED')}")
        lines += self.tail
        lines.append("END:VEVENT")
        return _written(lines)

    def _summary(self, state: State, own_title: Names) -> Iterator[str]:
        event = self.event
        title, language = event.title, event.text_language
        for code in (event.language, *LANGUAGES):
            if _line(own_title.get(code, "")):
                title, language = own_title[code], code
                break
        text = _line(titled(title, state, event.language))
        if text:
            yield f"SUMMARY{_language(language)}:{text}"

    def _description(self, change: DateChange | None) -> str:
        """Why first, because some programs show only the beginning; the page's address last."""
        event = self.event
        parts = [event.reason, event.description, _uri(event.url)]
        if change is not None:
            parts.insert(0, name_in(change.reason, event.language))
        return "\\n\\n".join(dict.fromkeys(filter(None, map(_text, parts))))

    def _location(self, change: DateChange | None) -> Iterator[str]:
        event = self.event
        place = None if event.state == State.MOVED_ONLINE else event.place
        if change is not None:
            own = event.change_places.get(change.place_id) if change.place_id is not None else None
            if own is not None:
                place = own
            elif _line(change.place):
                place = Place(change.place, "")
        if place is None:
            # Only here do most programs look for where to click.
            if online := _line(event.online_url):
                yield f"LOCATION:{online}"
            return
        if location := "\\, ".join(filter(None, (_line(place.name), _line(place.address)))):
            yield f"LOCATION:{location}"
        if _COORDINATE.fullmatch(place.latitude) and _COORDINATE.fullmatch(place.longitude):
            yield f"GEO:{place.latitude};{place.longitude}"

    def date_uid(self, day: date, suffix: str = "") -> str:
        """The UID of a date that stands as an event of its own."""
        event = self.event
        return _line(f"{event.uid}-{_day(day)}{suffix}@{event.uid_domain}")

    def added(self, dated: Dated) -> str:
        """A date that is not on the rule."""
        return self.component(
            self.date_uid(dated.original_start),
            _start_and_end(dated),
            dated.date_change,
            related=self.uid,
        )


def _changes(schedule: Schedule) -> Iterator[Dated]:
    """The dates that have a change, the added ones too, in the order of their days; of two for a day the first."""
    own: set[date] = set()
    for change in sorted(schedule.changes, key=lambda change: change.day):
        if change.kind != ChangeKind.ADDED:
            if change.day in own:
                continue
            own.add(change.day)
        # Alone, so that the cost does not grow with the square of the changes.
        alone = replace(schedule, changes=(change,))
        for dated in expand(alone, change.starts_on, change.starts_on):
            if dated.date_change is change:
                yield dated


def event_block(event: FeedEvent, horizon: date) -> str:
    """Return all VEVENTs of an event: folded lines, each ended by CRLF.

    First the event or its series, then its changed dates and those that need telling because the clocks change
    (the latter up to ``horizon``, a local date), then the dates added to it. The block is "" for an event
    whose only date was left out. Raises ValueError for naive ``created`` or ``modified``.
    """
    schedule = event.schedule
    writer = _Writer(event)
    changed = list(_changes(schedule)) if schedule.changes else []
    added = [dated for dated in changed if dated.change == ChangeKind.ADDED]
    own = [dated for dated in changed if dated.change != ChangeKind.ADDED]
    blocks = []
    plain = replace(schedule, rule=None, skipped=(), changes=())
    first = expand(plain, schedule.start_day, schedule.start_day)[0]
    if schedule.rule is not None:
        blocks.append(writer.component(writer.uid, _series_times(schedule, first), None))
        told = [*own, *_told_dates(schedule, horizon)]
        for dated in sorted(told, key=lambda dated: dated.original_start):
            times = [
                _original("RECURRENCE-ID", dated.original_start, schedule.all_day),
                *_start_and_end(dated),
            ]
            blocks.append(writer.component(writer.uid, times, dated.date_change))
    elif schedule.start_day not in schedule.skipped:
        only = own[0] if own else first
        blocks.append(writer.component(writer.uid, _start_and_end(only), only.date_change))
    blocks += map(writer.added, added)
    return "".join(blocks)


def calendar(info: FeedInfo | None, blocks: Iterable[str]) -> bytes:
    """Return a calendar of what `event_block` wrote; without blocks it is a valid, empty one.

    ``info`` None makes the file of a single event: with a name, Outlook would open a calendar of its own for it.
    Raises ValueError for a naive ``last_modified``.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    if info is not None:
        lines += _about(info)
    return "".join([_written(lines), VTIMEZONE, *blocks, "END:VCALENDAR\r\n"]).encode()


def _about(info: FeedInfo) -> Iterator[str]:
    """RFC 7986, and the older names of the same things that programs know."""
    language = _language(info.language)
    if name := _line(info.name):
        yield f"NAME{language}:{name}"
        yield f"X-WR-CALNAME:{name}"
    if description := _line(info.description):
        yield f"DESCRIPTION{language}:{description}"
        yield f"X-WR-CALDESC:{description}"
    yield f"X-WR-TIMEZONE:{TZID}"
    yield f"LAST-MODIFIED:{_utc(info.last_modified)}"
    if url := _uri(info.url):
        yield f"URL:{url}"
    if source := _uri(info.source):
        yield f"SOURCE;VALUE=URI:{source}"
    yield f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}"
    yield f"X-PUBLISHED-TTL:{REFRESH}"
    if colour := _line(info.colour):
        yield f"COLOR:{colour}"
    if _COLOUR.fullmatch(info.apple_colour):
        yield f"X-APPLE-CALENDAR-COLOR:{info.apple_colour}"


def single_date(event: FeedEvent, dated: Dated) -> bytes:
    """Return one date of an event as a file.

    A date of a series is an event with a UID of its own there, so that it neither replaces nor needs the series
    in a calendar that holds it as well.
    """
    writer = _Writer(event)
    if dated.change == ChangeKind.ADDED:
        return calendar(None, [writer.added(dated)])
    series = event.schedule.rule is not None
    uid = writer.date_uid(dated.original_start, "-date") if series else writer.uid
    block = writer.component(
        uid, _start_and_end(dated), dated.date_change, related=writer.uid if series else ""
    )
    return calendar(None, [block])
