"""A lint of calendars by their bytes: RFC 5545 and 7986, and what this project promises beyond them.

It reads content lines itself, without any library, so that it judges what is sent and not what a parser forgives.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

MAX_OCTETS = 75
TZID = "Europe/Bucharest"

NO_VALUE = re.compile(r"None|null|undefined|nan", re.IGNORECASE)
"""What programs write where they have nothing to say."""

_LINE = re.compile(
    r'(?P<name>[A-Z0-9-]+)(?P<parameters>(?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]*)'
    r'(?:,(?:"[^"]*"|[^";:,]*))*)*):(?P<value>.*)',
    re.DOTALL,
)
_PARAMETER = re.compile(r';([A-Z0-9-]+)=("[^"]*"|[^";:,]*)')
_DATE = re.compile(r"\d{8}", re.ASCII)
_LOCAL = re.compile(r"\d{8}T\d{6}", re.ASCII)
_UTC = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_DURATION = re.compile(r"P(\d+W|(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?)(?<!P)(?<!T)", re.ASCII)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~]+", re.ASCII)
_GEO = re.compile(r"-?\d{1,2}(\.\d+)?;-?\d{1,3}(\.\d+)?", re.ASCII)
_RULE = re.compile(r"[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*", re.ASCII)
# A backslash begins one of four escapes; commas and semicolons do not stand alone.
_ESCAPED = re.compile(r"(?:[^\\;,]|\\[\\;,nN])*", re.DOTALL)
_ESCAPED_LIST = re.compile(r"(?:[^\\;]|\\[\\;,nN])*", re.DOTALL)

_TEXTS = {
    "SUMMARY", "DESCRIPTION", "LOCATION", "CONTACT", "UID", "RELATED-TO", "NAME", "COLOR", "PRODID",
    "X-WR-CALNAME", "X-WR-CALDESC", "X-WR-TIMEZONE", "TZID", "TZNAME",
}  # fmt: skip
_URIS = {"URL", "SOURCE", "ORGANIZER", "IMAGE", "ATTACH", "CONFERENCE"}
_STAMPS = {"DTSTAMP", "CREATED", "LAST-MODIFIED"}
_MOMENTS = {"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE"}
_WORDS = {
    "STATUS": {"CONFIRMED", "TENTATIVE", "CANCELLED"},
    "TRANSP": {"TRANSPARENT", "OPAQUE"},
    "CLASS": {"PUBLIC"},
    "VERSION": {"2.0"},
    "CALSCALE": {"GREGORIAN"},
    "METHOD": {"PUBLISH"},
}
_NEVER = {
    "ATTENDEE",
    "RDATE",
    "VALARM",
    "EXRULE",
    "COMMENT",
    "REQUEST-STATUS",
    "X-MICROSOFT-CDO-BUSYSTATUS",
}
_MANY = {"EXDATE", "ATTACH", "IMAGE", "CONFERENCE", "RELATED-TO", "CATEGORIES", "CONTACT"}
_EVENT_REQUIRES = {
    "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "SUMMARY", "ORGANIZER",
    "STATUS", "TRANSP", "CLASS",
}  # fmt: skip
_CALENDAR_REQUIRES = {"VERSION", "PRODID", "CALSCALE", "METHOD"}
_FEED_REQUIRES = {
    "NAME", "X-WR-CALNAME", "DESCRIPTION", "X-WR-CALDESC", "X-WR-TIMEZONE", "LAST-MODIFIED", "URL",
    "SOURCE", "REFRESH-INTERVAL", "X-PUBLISHED-TTL",
}  # fmt: skip
_VALUE_REQUIRED = {
    "SOURCE": "URI",
    "REFRESH-INTERVAL": "DURATION",
    "IMAGE": "URI",
    "CONFERENCE": "URI",
}
_NESTING = {
    "": {"VCALENDAR"},
    "VCALENDAR": {"VTIMEZONE", "VEVENT"},
    "VTIMEZONE": {"STANDARD", "DAYLIGHT"},
}


@dataclass
class Property:
    """One content line, unfolded."""

    name: str
    parameters: dict[str, str]
    value: str


@dataclass
class Component:
    """What stands between BEGIN and END."""

    name: str
    properties: list[Property] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        return [found for found in self.properties if found.name == name]

    def value(self, name: str) -> str:
        found = self.all(name)
        return found[0].value if found else ""

    @property
    def label(self) -> str:
        """How problems name it."""
        parts = (self.name, self.value("UID"), self.value("RECURRENCE-ID"))
        return " ".join(part for part in parts if part)


def lint(data: bytes, *, feed: bool = True) -> list[str]:
    """Every problem of a calendar, a sentence each; [] when it is right.

    ``feed`` False is for the file of a single event, which must not have a name of its own.
    """
    found = list(_octets(data))
    lines, unfolded = _unfold(data)
    found += unfolded
    calendar, structure = _tree(lines)
    found += structure
    if calendar is not None:
        found += _calendar(calendar, feed)
    return found


# -- bytes -----------------------------------------------------------------------------------------------------------


def _octets(data: bytes) -> Iterator[str]:
    if data.startswith(b"\xef\xbb\xbf"):
        yield "begins with a byte order mark"
    if not data.endswith(b"\r\n"):
        yield "does not end with CRLF"
    bare = data.replace(b"\r\n", b"")
    for byte, name in ((b"\n", "LF"), (b"\r", "CR")):
        if byte in bare:
            yield f"a bare {name}"
    for number, line in enumerate(data.split(b"\r\n")[:-1], start=1):
        if len(line) > MAX_OCTETS:
            yield f"line {number}: {len(line)} octets"
        if not line:
            yield f"line {number}: empty"
        if line.startswith(b"\t"):
            yield f"line {number}: folded with a tab"
        if line == b" ":
            yield f"line {number}: a fold of nothing"
        try:
            text = line.decode()
        except UnicodeDecodeError:
            yield f"line {number}: a fold within a character, or no UTF-8: {line!r}"
            continue
        if re.search("[\x00-\x08\x0a-\x1f\x7f-\x9f]", text):
            yield f"line {number}: a control character: {text!r}"


def _unfold(data: bytes) -> tuple[list[str], list[str]]:
    text = data.decode(errors="replace")
    if re.search(r"(?:\A|END:VCALENDAR\r\n)[ \t]", text):
        return [], ["a continuation of nothing"]
    return [line for line in text.replace("\r\n ", "").split("\r\n") if line], []


# -- structure -------------------------------------------------------------------------------------------------------


def _tree(lines: Iterable[str]) -> tuple[Component | None, list[str]]:
    root = Component("")
    stack = [root]
    problems = []
    for line in lines:
        found = _LINE.fullmatch(line)
        if not found:
            problems.append(f"no content line: {line[:60]!r}")
            continue
        name, value = found["name"], found["value"]
        if name == "BEGIN":
            if value not in _NESTING.get(stack[-1].name, set()):
                problems.append(f"{value} in {stack[-1].name or 'nothing'}")
            component = Component(value)
            stack[-1].components.append(component)
            stack.append(component)
        elif name == "END":
            if len(stack) == 1 or value != stack[-1].name:
                problems.append(f"END:{value} of {stack[-1].name or 'nothing'}")
            if len(stack) > 1:
                stack.pop()
        elif len(stack) == 1:
            problems.append(f"{name} outside of the calendar")
        else:
            names = [name for name, _value in _PARAMETER.findall(found["parameters"])]
            problems += [
                f"{name}: {parameter} twice" for parameter, n in Counter(names).items() if n > 1
            ]
            parameters = {
                key: text.strip('"') for key, text in _PARAMETER.findall(found["parameters"])
            }
            stack[-1].properties.append(Property(name, parameters, value))
    if len(stack) > 1:
        problems.append(f"no END of {stack[-1].name}")
    if len(root.components) != 1:
        problems.append(f"{len(root.components)} calendars")
        return None, problems
    return root.components[0], problems


# -- properties ------------------------------------------------------------------------------------------------------


def _moment(name: str, parameters: dict[str, str], value: str) -> Iterator[str]:
    kind = parameters.get("VALUE", "DATE-TIME")
    if kind == "DATE":
        if not _DATE.fullmatch(value) or not _exists(value):
            yield f"{name}: no date: {value}"
        if "TZID" in parameters:
            yield f"{name}: a date with a time zone"
    elif kind != "DATE-TIME":
        yield f"{name}: VALUE={kind}"
    elif "TZID" in parameters:
        if parameters["TZID"] != TZID:
            yield f"{name}: TZID={parameters['TZID']}"
        if not _LOCAL.fullmatch(value) or not _exists(value):
            yield f"{name}: no local time: {value}"
    elif _LOCAL.fullmatch(value):
        yield f"{name}: a floating time"
    elif not _UTC.fullmatch(value) or not _exists(value):
        yield f"{name}: no moment: {value}"


def _exists(value: str) -> bool:
    try:
        _parsed(value)
    except ValueError:
        return False
    return True


def _parsed(value: str) -> datetime:
    """A date, local time or moment without its zone."""
    pattern = "%Y%m%dT%H%M%S" if "T" in value else "%Y%m%d"
    return datetime.strptime(value.removesuffix("Z"), pattern)  # noqa: DTZ007


def _instant(found: Property) -> datetime:
    """The moment that a property names; of a day, as if it began in UTC."""
    zone = ZoneInfo(TZID) if "TZID" in found.parameters else UTC
    return _parsed(found.value).replace(tzinfo=zone).astimezone(UTC)


def _values(component: Component) -> Iterator[str]:
    for found in component.properties:
        name, value = found.name, found.value
        if not value.strip() or (name in _TEXTS and not value.replace("\\n", "").strip()):
            yield f"{name}: empty"
            continue
        if NO_VALUE.fullmatch(value):
            yield f"{name}: {value}"
        for key, parameter in found.parameters.items():
            if not parameter or NO_VALUE.fullmatch(parameter):
                yield f"{name}: parameter {key} is {parameter!r}"
        if (
            name in _NEVER
            or found.parameters.get("RANGE")
            or found.parameters.get("VALUE") == "PERIOD"
        ):
            yield f"{name}: never in our feeds"
        elif name in _TEXTS and not _ESCAPED.fullmatch(value):
            yield f"{name}: not escaped: {value[:60]!r}"
        elif name == "CATEGORIES" and not (
            _ESCAPED_LIST.fullmatch(value)
            and all(part.strip() for part in re.split(r"(?<!\\),", value))
        ):
            yield f"{name}: no list of texts: {value[:60]!r}"
        elif name in _URIS and not _URI.fullmatch(value):
            yield f"{name}: no address: {value[:60]!r}"
        elif name in _STAMPS and not (_UTC.fullmatch(value) and _exists(value)):
            yield f"{name}: no moment in UTC: {value}"
        elif name in _WORDS and value not in _WORDS[name]:
            yield f"{name}: {value}"
        elif name == "SEQUENCE" and not re.fullmatch(r"\d{1,10}", value, re.ASCII):
            yield f"{name}: no number: {value}"
        elif name == "GEO" and not _GEO.fullmatch(value):
            yield f"{name}: no coordinates: {value}"
        elif name in (
            "DURATION",
            "REFRESH-INTERVAL",
            "X-PUBLISHED-TTL",
        ) and not _DURATION.fullmatch(value):
            yield f"{name}: no duration: {value}"
        elif name == "RRULE" and not _RULE.fullmatch(value):
            yield f"{name}: no rule: {value}"
        if (wanted := _VALUE_REQUIRED.get(name)) and found.parameters.get("VALUE") != wanted:
            yield f"{name}: VALUE={wanted} is missing"
        if name in _MOMENTS and component.name == "VEVENT":
            yield from _moment(name, found.parameters, value)
    counts = Counter(found.name for found in component.properties)
    yield from (f"{name}: {n} times" for name, n in counts.items() if n > 1 and name not in _MANY)


# -- components ------------------------------------------------------------------------------------------------------


def _calendar(calendar: Component, feed: bool) -> Iterator[str]:
    yield from _named(calendar, _values(calendar))
    for name in sorted(_CALENDAR_REQUIRES | (_FEED_REQUIRES if feed else set())):
        if not calendar.all(name):
            yield f"VCALENDAR: no {name}"
    for name in sorted(_FEED_REQUIRES | {"COLOR", "X-APPLE-CALENDAR-COLOR"}):
        if not feed and calendar.all(name):
            yield f"VCALENDAR: {name} in the file of one event"
    if calendar.value("NAME") != calendar.value("X-WR-CALNAME"):
        yield "VCALENDAR: NAME is not X-WR-CALNAME"
    if (colour := calendar.value("X-APPLE-CALENDAR-COLOR")) and not re.fullmatch(
        "#[0-9A-Fa-f]{6}", colour
    ):
        yield f"VCALENDAR: no colour: {colour}"
    zones = [part for part in calendar.components if part.name == "VTIMEZONE"]
    events = [part for part in calendar.components if part.name == "VEVENT"]
    if [part.name for part in calendar.components] != ["VTIMEZONE"] * len(zones) + ["VEVENT"] * len(
        events
    ):
        yield "VCALENDAR: events before the time zone"
    yield from _zones(zones)
    for event in events:
        yield from _named(event, _event(event))
    yield from _identities(events)


def _named(component: Component, problems: Iterable[str]) -> Iterator[str]:
    return (f"{component.label}: {problem}" for problem in problems)


def _zones(zones: list[Component]) -> Iterator[str]:
    if [zone.value("TZID") for zone in zones] != [TZID]:
        yield f"not one VTIMEZONE {TZID}"
        return
    parts = zones[0].components
    if sorted(part.name for part in parts) != ["DAYLIGHT", "STANDARD"]:
        yield "VTIMEZONE: not one STANDARD and one DAYLIGHT"
    for part in parts:
        yield from _named(part, _values(part))
        for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE"):
            if not part.all(name):
                yield f"{part.name}: no {name}"
        if not _LOCAL.fullmatch(part.value("DTSTART")):
            yield f"{part.name}: DTSTART is no local time"


def _event(event: Component) -> Iterator[str]:
    yield from _values(event)
    yield from (f"no {name}" for name in sorted(_EVENT_REQUIRES) if not event.all(name))
    if event.value("DTSTAMP") != event.value("LAST-MODIFIED"):
        yield "DTSTAMP is not LAST-MODIFIED"
    if event.all("URL") and not event.value("DESCRIPTION").endswith(_as_text(event.value("URL"))):
        yield "DESCRIPTION does not end with the URL"
    if event.all("SUMMARY") and "LANGUAGE" not in event.all("SUMMARY")[0].parameters:
        yield "SUMMARY without LANGUAGE"
    starts = event.all("DTSTART")
    if not starts or any(True for _ in _moment("", starts[0].parameters, starts[0].value)):
        return
    yield from _end(event, starts[0])
    yield from _recurrence(event, starts[0])


def _as_text(address: str) -> str:
    return address.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _end(event: Component, start: Property) -> Iterator[str]:
    ends, durations = event.all("DTEND"), event.all("DURATION")
    if ends and durations:
        yield "both DTEND and DURATION"
    if durations and not event.all("RRULE"):
        yield "DURATION of what is no series"
    if not ends:
        if _is_date(start):
            yield "a day without DTEND"
        return
    if _is_date(ends[0]) != _is_date(start):
        yield "DTEND and DTSTART are of two types"
    elif _instant(ends[0]) <= _instant(start):
        yield "DTEND is not after DTSTART"


def _is_date(found: Property) -> bool:
    return found.parameters.get("VALUE") == "DATE"


def _recurrence(event: Component, start: Property) -> Iterator[str]:
    rules = event.all("RRULE")
    if rules and event.all("RECURRENCE-ID"):
        yield "an override with a rule"
    if event.all("EXDATE") and not rules:
        yield "EXDATE of what is no series"
    if rules and not _is_date(start) and start.parameters.get("TZID") != TZID:
        yield "a series that does not keep local time"
    for found in event.all("EXDATE"):
        if _is_date(found) != _is_date(start) or found.parameters.get(
            "TZID"
        ) != start.parameters.get("TZID"):
            yield "EXDATE and DTSTART are of two types"
        elif not _is_date(found) and _parsed(found.value).time() != _parsed(start.value).time():
            yield "EXDATE at another time of the day"
    dates = [found.value for found in event.all("EXDATE")]
    if len(dates) != len(set(dates)):
        yield "an EXDATE twice"
    for rule in rules:
        parts = dict(part.partition("=")[::2] for part in rule.value.split(";"))
        until = parts.get("UNTIL")
        if until and "COUNT" in parts:
            yield "RRULE with both UNTIL and COUNT"
        if until and not (_DATE if _is_date(start) else _UTC).fullmatch(until):
            yield f"UNTIL={until} is of another type than DTSTART"
        elif until and _parsed(until) < _instant(start).replace(tzinfo=None):
            yield "UNTIL is before DTSTART"
        elif until and not _is_date(start):
            local = _parsed(until).replace(tzinfo=UTC).astimezone(ZoneInfo(TZID))
            if (local.hour, local.minute) != (23, 59):
                yield f"UNTIL={until} is not the end of a local day"


def _identities(events: list[Component]) -> Iterator[str]:
    """UID and RECURRENCE-ID name each component once, and overrides follow their series."""
    seen = Counter((event.value("UID"), event.value("RECURRENCE-ID")) for event in events)
    yield from (f"twice: {' '.join(key)}" for key, n in seen.items() if n > 1)
    masters = {event.value("UID"): event for event in events if not event.all("RECURRENCE-ID")}
    for event in events:
        if "@" not in event.value("UID"):
            yield f"{event.label}: a UID without a domain"
        for related in event.all("RELATED-TO"):
            if related.value == event.value("UID"):
                yield f"{event.label}: related to itself"
        if not event.all("RECURRENCE-ID"):
            continue
        master = masters.get(event.value("UID"))
        if master is None or not master.all("RRULE"):
            yield f"{event.label}: an override without a series"
            continue
        original, start = event.all("RECURRENCE-ID")[0], master.all("DTSTART")[0]
        if original.parameters != start.parameters:
            yield f"{event.label}: RECURRENCE-ID and DTSTART of the series are of two types"
        elif "T" in start.value and original.value[8:] != start.value[8:]:
            yield f"{event.label}: RECURRENCE-ID at another time of the day"
        if original.value in {found.value for found in master.all("EXDATE")}:
            yield f"{event.label}: an override of an EXDATE"
        for name in ("SEQUENCE", "ORGANIZER", "CREATED"):
            if event.value(name) != master.value(name):
                yield f"{event.label}: another {name} than its series"
