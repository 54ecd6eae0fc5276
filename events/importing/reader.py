"""Partners' calendars: iCalendar files read into events of this site's kind (RFC 5545).

What a schedule cannot hold is refused event by event, with its reason: half an event is worse than none. What is
damaged as a file is refused as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from dateutil.relativedelta import relativedelta

from cms.multilingual import SOURCE_LANGUAGE
from cms.quoting import shown
from events.enums import ChangeKind, State
from events.importing.candidates import (
    MAX_DESCRIPTION,
    MAX_EVENTS,
    MAX_LINE,
    MAX_TITLE,
    MAX_UID,
    Candidate,
    Reading,
)
from events.importing.clock_times import (
    Local,
    ZoneNames,
    read_duration,
    read_local,
    read_locals,
    zone_names,
)
from events.importing.components import Component, read_components
from events.importing.fetch import MAX_BYTES
from events.importing.plain_text import (
    clean_line,
    clean_text,
    is_harmful_link,
    shortened,
    web_link,
)
from events.importing.problems import ImportProblem, Remark
from events.recurrence import Rule, RuleError, dates, parse_rrule
from events.schedule import HORIZON_MONTHS, MAX_OCCURRENCES, DateChange, Schedule, occurs_on
from events.schedule_problems import validate
from locations.hours import BUCHAREST

MAX_EXCEPTIONS: Final = 1500
"""Dates of one event that are excluded, added or changed."""
MAX_CATEGORIES: Final = 20
MAX_REASON: Final = 300
MAX_PLACE: Final = 200

_MIDNIGHT: Final = time()
_STATES: Final = {"CANCELLED": State.CANCELLED, "TENTATIVE": State.TENTATIVE}
_OTHER_COMPONENTS: Final = ("VTODO", "VJOURNAL", "VFREEBUSY")


def read_calendar(data: bytes, today: date, own_domain: str = "") -> Reading:
    """Read an iCalendar file.

    Args:
        data: The bytes of the file.
        today: The local date; a series is checked up to HORIZON_MONTHS after it.
        own_domain: The domain of this site's own UIDs: events that came from here are refused. "" takes any.

    Returns:
        The events, in the order of the file, with what was refused or left out.

    Raises:
        ImportProblem: When the file is too large, damaged, no calendar, or holds more than MAX_EVENTS events.
    """
    if len(data) > MAX_BYTES:
        raise ImportProblem("too_large", limit=MAX_BYTES // 1000)
    components = read_components(data)
    events = [component for component in components if component.name == "VEVENT"]
    masters = [event for event in events if not event.first("RECURRENCE-ID")]
    if len(masters) > MAX_EVENTS:
        raise ImportProblem("too_many_events", limit=MAX_EVENTS)
    reading = _Reading(
        zones=zone_names(components),
        horizon=today + relativedelta(months=HORIZON_MONTHS),
        own_domain=own_domain.lower(),
    )
    for component in components:
        if component.name in _OTHER_COMPONENTS:
            reading.refuse(component, ImportProblem("not_event", component=component.name))
    changes: dict[str, list[Component]] = defaultdict(list)
    for event in events:
        if event.first("RECURRENCE-ID"):
            changes[_uid(event)].append(event)
    by_uid: dict[str, list[Component]] = defaultdict(list)
    for event in masters:
        by_uid[_uid(event)].append(event)
    for uid, same in by_uid.items():
        overrides = changes.pop(uid, [])
        if uid and len(same) > 1:
            for event in same:
                reading.refuse(event, ImportProblem("same_uid"))
            continue
        for event in same:
            reading.read(event, overrides)
    for orphans in changes.values():
        reading.refuse(orphans[0], ImportProblem("no_series"))
    return Reading(tuple(reading.candidates), tuple(reading.refused), tuple(reading.notes))


@dataclass(slots=True)
class _Reading:
    """The work on one file."""

    zones: ZoneNames
    horizon: date
    own_domain: str
    candidates: list[Candidate] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)

    def refuse(self, event: Component, problem: ImportProblem) -> None:
        """List an event as refused."""
        self.refused.append(_remark(event, problem.code, problem.params))

    def read(self, event: Component, overrides: list[Component]) -> None:
        """Add the event with the changes of its dates, or list it as refused."""
        notes: list[Remark] = []
        try:
            self._check(event, overrides)
            candidate = _Event(event, overrides, self.zones, self.horizon, notes).candidate()
        except ImportProblem as problem:
            self.refuse(event, problem)
            return
        self.candidates.append(candidate)
        self.notes.extend(notes)

    def _check(self, event: Component, overrides: list[Component]) -> None:
        """Raise for events that are not to be read further."""
        for component in (event, *overrides):
            if component.unreadable:
                raise ImportProblem("unreadable_line", line=component.unreadable[0])
        uid = _uid(event)
        if not uid:
            raise ImportProblem("no_uid")
        if len(uid) > MAX_UID:
            raise ImportProblem("long_uid", limit=MAX_UID)
        if self.own_domain and uid.lower().endswith(f"@{self.own_domain}"):
            raise ImportProblem("own_event")
        for component in (event, *overrides):
            if _word(component, "CLASS") in ("PRIVATE", "CONFIDENTIAL"):
                raise ImportProblem("private")


@dataclass(slots=True)
class _Event:
    """The work on one event."""

    event: Component
    overrides: list[Component]
    zones: ZoneNames
    horizon: date
    notes: list[Remark]

    def note(self, code: str, **params: Any) -> None:
        self.notes.append(_remark(self.event, code, params))

    def candidate(self) -> Candidate:
        """The event. Raises ImportProblem with why it cannot be kept."""
        title = self._line(self.event, "SUMMARY", MAX_TITLE)
        if not title:
            raise ImportProblem("no_title")
        if "VALARM" in self.event.parts:
            self.note("alarm_left_out")
        state = _STATES.get(_word(self.event, "STATUS"), State.SCHEDULED)
        description = self.event.first("DESCRIPTION")
        return Candidate(
            uid=_uid(self.event),
            title=title,
            schedule=self._schedule(title),
            description=self._cut(
                clean_text(description.text) if description else "", "DESCRIPTION", MAX_DESCRIPTION
            ),
            location=self._line(self.event, "LOCATION", MAX_PLACE),
            url=self._link(),
            state=state,
            reason="" if state == State.SCHEDULED else self._reason(self.event),
            categories=self._categories(),
        )

    # -- texts

    def _cut(self, text: str, name: str, limit: int) -> str:
        if len(text) > limit:
            self.note("text_cut", property=name, limit=limit)
        return shortened(text, limit)

    def _line(self, component: Component, name: str, limit: int) -> str:
        prop = component.first(name)
        return self._cut(clean_line(prop.text), name, limit) if prop else ""

    def _reason(self, component: Component) -> str:
        return self._line(component, "COMMENT", MAX_REASON)

    def _categories(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for prop in self.event.every("CATEGORIES"):
            for text in prop.texts:
                if name := shortened(clean_line(text), MAX_LINE):
                    found.setdefault(name)
        return tuple(found)[:MAX_CATEGORIES]

    def _link(self) -> str:
        """The address of the event's page. One that could do harm speaks against the whole event."""
        for component in (self.event, *self.overrides):
            for prop in component.every("URL"):
                if is_harmful_link(prop.value) or is_harmful_link(prop.text):
                    raise ImportProblem("unsafe_link", link=shown(prop.value))
        own = self.event.first("URL")
        if own is None or not own.value.strip():
            return ""
        link = web_link(own.value)
        if not link:
            self.note("link_left_out", link=shown(own.value))
        return link

    # -- dates

    def _schedule(self, title: str) -> Schedule:
        start, end = self._span(self.event)
        here = start.in_bucharest()
        schedule = Schedule(here.day, here.clock, *_stated_end(here, end and end.in_bucharest()))
        schedule = replace(schedule, rule=self._rule(start, here))
        self._check_number()
        excluded = self._excluded(schedule)
        skipped = {local.day for local in excluded if self._is_date(schedule, local)}
        for local in excluded:
            if local.day not in skipped:
                self.note("exception_left_out", day=local.day.isoformat())
        schedule = replace(schedule, skipped=tuple(sorted(skipped)))
        changes = self._changes(schedule, {local.naive for local in excluded}, title)
        schedule = replace(schedule, changes=tuple(changes))
        for problem in validate(schedule, self.horizon):
            raise ImportProblem("schedule", reason=problem.message)
        return schedule

    def _span(self, component: Component) -> tuple[Local, Local | None]:
        """Start and end as the file has them; the end of an all-day event is the day after it."""
        starts = component.every("DTSTART")
        if len(starts) != 1:
            raise ImportProblem("no_start")
        start = read_local(starts[0], self.zones)
        end_prop, duration = component.first("DTEND"), component.first("DURATION")
        if end_prop and duration:
            raise ImportProblem("two_ends")
        end = None
        if end_prop:
            end = read_local(end_prop, self.zones)
        elif duration:
            length = read_duration(duration)
            if start.clock is None and length % timedelta(days=1):
                raise ImportProblem("bad_duration", text=shown(duration.value))
            end = start.plus(length)
        if end is None:
            return start, None
        if (start.clock is None) != (end.clock is None):
            raise ImportProblem("end_kind")
        if end.in_bucharest().naive < start.in_bucharest().naive:
            # Within the hour that happens twice the clock runs back though time does not.
            if start.zone is None or end.zone is None or _moment(end) < _moment(start):
                raise ImportProblem("end_before_start")
            end = None
        return start, end

    def _rule(self, start: Local, here: Local) -> Rule | None:
        """The rule by the clocks here. One that follows another zone's clock must give the same dates and hours."""
        if self.event.every("EXRULE"):
            raise ImportProblem("excluding_rule")
        rules = self.event.every("RRULE")
        if len(rules) > 1:
            raise ImportProblem("two_rules")
        if not rules:
            return None
        text = _everyday(rules[0].value.strip().upper().replace(" ", ""))
        try:
            if start.clock is None:
                return parse_rrule(text, start.day)
            if start.zone is None or start.zone == BUCHAREST:
                return parse_rrule(text, start.naive)
            own = parse_rrule(_until_in(text, start), start.naive)
        except RuleError as error:
            raise ImportProblem("rule", rule=shown(rules[0].value), reason=error.message) from None
        shift = (here.day - start.day).days
        rule = replace(
            own,
            weekdays=tuple((day + shift) % 7 for day in own.weekdays),
            until=own.until and own.until + timedelta(days=shift),
        )
        if not self._same_dates(own, start, rule, here):
            raise ImportProblem("moving_hour", zone=shown(str(start.zone)))
        return rule

    def _same_dates(self, own: Rule, start: Local, rule: Rule, here: Local) -> bool:
        """Whether two rules, each by the clock of its zone, give the same moments."""
        last = max(self.horizon, here.day + timedelta(days=2 * 366))
        expected = []
        for day in dates(own, start.day, start.day, last + timedelta(days=2)):
            local = Local(day, start.clock, start.zone).in_bucharest()
            if local.clock != here.clock:
                return False
            expected.append(local.day)
            if len(expected) > MAX_OCCURRENCES:
                # Too many in any case, which is said later.
                return True
        return [day for day in expected if day <= last] == list(
            dates(rule, here.day, here.day, last)
        )

    def _check_number(self) -> None:
        listed = sum(
            prop.value.count(",") + 1
            for name in ("EXDATE", "RDATE")
            for prop in self.event.every(name)
        )
        if listed + len(self.overrides) > MAX_EXCEPTIONS:
            raise ImportProblem("too_many_exceptions", limit=MAX_EXCEPTIONS)

    def _listed(self, name: str) -> list[Local]:
        """The moments of EXDATE or RDATE lines, here."""
        found = []
        for prop in self.event.every(name):
            if prop.params.get("VALUE", "").upper() == "PERIOD":
                raise ImportProblem("period")
            found += [local.in_bucharest() for local in read_locals(prop, self.zones)]
        return found

    def _excluded(self, schedule: Schedule) -> list[Local]:
        return [self._of_kind(schedule, local) for local in self._listed("EXDATE")]

    def _of_kind(self, schedule: Schedule, local: Local) -> Local:
        """Some programs name a date of a timed series by its day alone, and the other way round."""
        if schedule.start_time is None:
            return Local(local.day)
        return local if local.clock is not None else Local(local.day, schedule.start_time)

    def _is_date(self, schedule: Schedule, local: Local) -> bool:
        return local.clock == schedule.start_time and occurs_on(schedule, local.day)

    def _changes(self, schedule: Schedule, excluded: set[datetime], title: str) -> list[DateChange]:
        added: dict[datetime, DateChange] = {}
        for local in self._listed("RDATE"):
            if (local.clock is None) != schedule.all_day:
                raise ImportProblem("date_kind", day=local.day.isoformat())
            if local.naive not in excluded and not self._is_date(schedule, local):
                own = local.clock == schedule.start_time
                added[local.naive] = DateChange(
                    ChangeKind.ADDED, local.day, start_time=None if own else local.clock
                )
        changed: dict[date, DateChange] = {}
        for override in sorted(self.overrides, key=_sequence):
            local, change = self._change(schedule, override, title)
            if local.naive in added:
                added.pop(local.naive)
                if change is not None and change.kind != ChangeKind.CANCELLED:
                    moved = replace(
                        change,
                        kind=ChangeKind.ADDED,
                        day=change.starts_on,
                        new_day=None,
                        start_time=change.start_time or local.clock,
                    )
                    added[datetime.combine(moved.day, moved.start_time or _MIDNIGHT)] = moved
            elif not self._is_date(schedule, local):
                self.note("change_left_out", day=local.day.isoformat())
            elif change is not None:
                # Of two changes for one date the one with the higher SEQUENCE holds.
                changed[local.day] = change
        return [*(changed[day] for day in sorted(changed)), *sorted(added.values(), key=_day)]

    def _change(
        self, schedule: Schedule, override: Component, title: str
    ) -> tuple[Local, DateChange | None]:
        """The date that an override is about, and what differs on it; None when nothing does."""
        recurrence_id = override.every("RECURRENCE-ID")[0]
        if recurrence_id.params.get("RANGE"):
            raise ImportProblem("following")
        local = self._of_kind(schedule, read_local(recurrence_id, self.zones).in_bucharest())
        day, reason = local.day, _in_source(self._reason(override))
        if _word(override, "STATUS") == "CANCELLED":
            return local, DateChange(ChangeKind.CANCELLED, day, reason=reason)
        start, end = self._span(override)
        here = start.in_bucharest()
        if (here.clock is None) != schedule.all_day:
            raise ImportProblem("date_kind", day=day.isoformat())
        own_end = _own_end(schedule, day)
        end_here = end.in_bucharest() if end else None
        if here.clock is not None and end_here is not None and end_here.naive == here.naive:
            end_here = None
        change = DateChange(
            ChangeKind.CHANGED,
            day,
            reason=reason,
            title=_differing(self._line(override, "SUMMARY", MAX_TITLE), title),
            place=self._other_place(override),
        )
        if here.naive != local.naive:
            change = replace(
                change,
                kind=ChangeKind.MOVED,
                new_day=here.day if here.day != day else None,
                start_time=here.clock if here.clock != local.clock else None,
            )
        if here.clock is None:
            length = (end_here.day - here.day).days if end_here else 1
            if own_end is None or length != (own_end.date() - day).days + 1:
                change = replace(change, end_day=here.day + timedelta(days=max(length, 1) - 1))
        elif end_here is None:
            if own_end is not None:
                raise ImportProblem("date_without_end", day=day.isoformat())
        elif own_end is None or end_here.naive - here.naive != own_end - local.naive:
            change = replace(change, end_day=end_here.day, end_time=end_here.clock)
        if change == DateChange(ChangeKind.CHANGED, day, reason=reason):
            return local, change if reason else None
        return local, change

    def _other_place(self, override: Component) -> str:
        place = self._line(override, "LOCATION", MAX_PLACE)
        own = self.event.first("LOCATION")
        return "" if own and place == shortened(clean_line(own.text), MAX_PLACE) else place


def _remark(event: Component, code: str, params: dict[str, Any]) -> Remark:
    summary = event.first("SUMMARY")
    title = shortened(clean_line(summary.text), MAX_TITLE) if summary else ""
    return Remark(code, params, uid=_uid(event)[:MAX_UID], title=title)


def _uid(event: Component) -> str:
    prop = event.first("UID")
    return clean_line(prop.text) if prop else ""


def _word(component: Component, name: str) -> str:
    prop = component.first(name)
    return prop.value.strip().upper() if prop else ""


def _sequence(component: Component) -> int:
    text = _word(component, "SEQUENCE")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _day(change: DateChange) -> tuple[date, str]:
    return change.day, str(change.start_time)


def _in_source(text: str) -> dict[str, str]:
    return {SOURCE_LANGUAGE: text} if text else {}


def _differing(text: str, own: str) -> dict[str, str]:
    return _in_source(text if text != own else "")


def _moment(local: Local) -> datetime:
    return datetime.combine(local.day, local.clock or _MIDNIGHT, local.zone).astimezone(UTC)


def _stated_end(start: Local, end: Local | None) -> tuple[date | None, Any]:
    """(end_day, end_time) of a schedule, with what follows from the start left open."""
    if end is None:
        return None, None
    if start.clock is None or end.clock is None:
        last = max(end.day - timedelta(days=1), start.day)
        return (last if last != start.day else None), None
    if end.naive == start.naive:
        return None, None
    follows = start.day + timedelta(days=int(end.clock <= start.clock))
    return (None if end.day == follows else end.day), end.clock


def _own_end(schedule: Schedule, day: date) -> datetime | None:
    """When the date of ``day`` ends without a change, by the wall clock; an all-day date's last day."""
    last = day + (schedule.last_end_day - schedule.start_day)
    if schedule.start_time is None:
        return datetime.combine(last, _MIDNIGHT)
    return None if schedule.end_time is None else datetime.combine(last, schedule.end_time)


def _parts(rule: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in rule.split(";") if part)


def _joined(parts: Iterable[tuple[str, str]]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts)


def _everyday(rule: str) -> str:
    """Outlook's “every weekday” is daily on Monday to Friday: weekly on those days says the same."""
    parts = _parts(rule)
    if parts.get("FREQ") == "DAILY" and "BYDAY" in parts and parts.get("INTERVAL", "1") == "1":
        return _joined({**parts, "FREQ": "WEEKLY"}.items())
    return rule


def _until_in(rule: str, start: Local) -> str:
    """The rule with an UNTIL of UTC written in the zone of its start."""
    parts = _parts(rule)
    text = parts.get("UNTIL", "")
    if text.endswith("Z") and start.zone is not None:
        try:
            until = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            parts["UNTIL"] = f"{until.astimezone(start.zone):%Y%m%dT%H%M%S}"
        except (ValueError, OverflowError):
            return rule
    return _joined(parts.items())
