"""Reminders of terms: who hears of what today, once, whenever and however often this runs.

On working days, from seven in the morning on. The first run of a day sums up for everybody what is late and what is
coming, in one mail each; stages of the ladder that came with this day are told by it. What comes up later in the day,
such as an entry that is assigned on its last day, is told by a mail of its own. A reminder is noted in the transaction
that writes its mail, with the entries locked, so that two runs at once cannot both tell of it.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from cms.multilingual import LocalizedText
from cms.working_calendar import WorkingCalendar
from registry import audit, reminder_mail, term_services
from registry.deadlines import CITY_ZONE, registration_day
from registry.enums import Action
from registry.ladder import Level, Stage
from registry.models.audit import AuditEvent, AuditHead
from registry.models.desk import Reminder
from registry.models.kinds import EntryKind
from registry.registration import register_lock
from registry.reminder_mail import Line, Summary
from registry.running_terms import (
    Matter,
    contributions_to_tell,
    entries_to_tell,
    locked,
    matters_of,
    near_or_over,
    notes_of,
)
from registry.staff import Person, Staff, Told

log = logging.getLogger("agora.registry.reminders")

MORNING: Final = time(7)
"""Nobody is written to before, by the clock of the city."""

AT_ONCE: Final = 1000
"""Entries that one transaction tells of."""

MOST_ROUNDS: Final = 100
"""Transactions of one run, so that it ends whatever happens; what is left is for the next one."""


@dataclass(slots=True)
class RemindersReport:
    """What one run did: reminders noted, those of them that nobody could be told, and mails written."""

    reminders: int = 0
    unreachable: int = 0
    mails: int = 0


def is_time(now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether colleagues may be written to at `now` (aware)."""
    local = now.astimezone(CITY_ZONE)
    return local.time() >= MORNING and calendar.is_working_day(local.date())


def remind(now: datetime, *, any_hour: bool = False) -> RemindersReport:
    """Tell everybody of the terms that concern him or her at `now` (aware); nothing outside working mornings and days.

    `any_hour` lifts that. Twice, late or in two processes at once: each stage of a term is told once, and each person
    gets one summary a day. Raises RegisterBusy and RegisterDown as services do; what was told until then stays so.
    """
    report = RemindersReport()
    calendar = term_services.working_calendar()
    if not any_hour and not is_time(now, calendar):
        return report
    run = _Run(now, registration_day(now), calendar, report)
    run.sum_up()
    done: set[int] = set()
    for _round in range(MOST_ROUNDS):
        found = {
            *entries_to_tell(calendar, run.today, AT_ONCE),
            *contributions_to_tell(calendar, run.today, AT_ONCE),
        }
        if found <= done:
            break
        done |= found
        run.tell(found)
    run.finish()
    return report


class _Run:
    """One run. What is only needed when there is something to tell is read then."""

    def __init__(
        self, now: datetime, today: date, calendar: WorkingCalendar, report: RemindersReport
    ) -> None:
        self.now, self.today, self.calendar, self.report = now, today, calendar, report
        self.is_first = not _was_summed_up(now)
        self.summaries: dict[int, Summary] = {}
        self.counted: set[tuple[int, int, int | None]] = set()
        self.written: set[int] = set()
        self._staff: Staff | None = None
        self._kinds: dict[int, LocalizedText] | None = None

    @property
    def staff(self) -> Staff:
        """Everybody, as of today."""
        if self._staff is None:
            self._staff = Staff.on(self.today)
        return self._staff

    @property
    def kinds(self) -> dict[int, LocalizedText]:
        """The names of the kinds."""
        if self._kinds is None:
            self._kinds = dict(EntryKind.objects.values_list("pk", "name"))
        return self._kinds

    # -- the day's mails

    def sum_up(self) -> None:
        """In the first run of a day: what each mail will say. Everything that `tell` finds is in it."""
        if not self.is_first:
            return
        found: defaultdict[int, Summary] = defaultdict(Summary)
        for matter, stage in near_or_over(self.calendar, self.today):
            for told in self._hear(matter, stage):
                found[told.person.pk].add(self._line(matter, stage, told), self.today)
                self.counted.add((told.person.pk, matter.entry, matter.contribution))
        # What a run that broke off has sent says nothing of what came since.
        sent = reminder_mail.summed_up(found, self.today)
        self.summaries = {pk: summary for pk, summary in found.items() if pk not in sent}

    def finish(self) -> None:
        """In the first run of a day: the mails of those who hear of nothing new, and the note that all are written."""
        if not self.is_first:
            return
        with register_lock():
            # Two runs at once come here one after the other.
            AuditHead.objects.select_for_update().filter(pk=1).first()
            if _was_summed_up(self.now):
                return
            for pk in self.summaries.keys() - self.written:
                self._write_summary(pk)
            audit.record(
                Action.REMINDED,
                at=self.now,
                data={"day": self.today.isoformat(), "summaries": len(self.summaries)},
            )

    def _write_summary(self, pk: int) -> bool:
        """Write the day's mail; False where another run has written one that says something else."""
        person, summary = self.staff.people[pk], self.summaries[pk]
        if pk not in self.written:
            self.written.add(pk)
            self.report.mails += 1
        return reminder_mail.digest(person, summary, self.today, self.kinds)

    # -- stages that were reached

    def tell(self, entries: Collection[int]) -> None:
        """Note the stages that `entries` have reached and write the mails that tell of them, in one transaction."""
        with register_lock():
            free = locked(entries)
            noted = notes_of(free)
            notes: list[Reminder] = []
            events: list[tuple[int | None, dict[str, Any]]] = []
            news: defaultdict[int, list[Line]] = defaultdict(list)
            for matter in matters_of(free):
                found = matter.reached(
                    self.calendar, self.today, noted.get((matter.entry, matter.term.due), ())
                )
                notes += self._notes(matter, found.passed_over)
                if found.stage is None:
                    continue
                notes += self._notes(matter, [found.stage])
                hear = self.staff.told(matter.concern, matter.level(found.stage))
                for told in hear:
                    news[told.person.pk].append(self._line(matter, found.stage, told))
                events.append((matter.entry, _event(matter, found.stage, found.passed_over, hear)))
                self.report.unreachable += not hear
            Reminder.objects.bulk_create(notes)
            audit.record_all(Action.REMINDED, events, at=self.now)
            for pk in sorted(news):
                self._write(self.staff.people[pk], news[pk])
            self.report.reminders += len(events)

    def _write(self, person: Person, lines: list[Line]) -> None:
        """Tell `person` of `lines`: by the day's mail, as far as that counts them and is still to be written."""
        if person.pk in self.summaries:
            told = [
                line
                for line in lines
                if (person.pk, line.matter.entry, line.matter.contribution) in self.counted
            ]
            if told and self._write_summary(person.pk):
                lines = [line for line in lines if line not in told]
        if lines:
            reminder_mail.reminder(person, lines, self.today, self.kinds)
            self.report.mails += 1

    def _notes(self, matter: Matter, stages: Iterable[Stage]) -> list[Reminder]:
        return [
            Reminder(
                entry_id=matter.entry,
                stage=matter.note(stage),
                term=matter.term.due,
                at=self.now,
            )
            for stage in stages
        ]

    def _hear(self, matter: Matter, stage: Stage) -> list[Told]:
        """Who sees `matter` in the day's mail: those of all levels up to that of `stage`, each once."""
        found: dict[int, Told] = {}
        for level in Level:
            if matter.first_level <= level <= matter.level(stage):
                for told in self.staff.told(matter.concern, level):
                    found.setdefault(told.person.pk, told)
        return list(found.values())

    def _line(self, matter: Matter, stage: Stage, told: Told) -> Line:
        is_link = self.staff.sees(told.person, matter.concern)
        return Line(matter, stage, told.instead_of, is_link)


def _event(
    matter: Matter, stage: Stage, passed_over: Iterable[Stage], hear: Iterable[Told]
) -> dict[str, Any]:
    data: dict[str, Any] = {
        "stage": stage.key,
        "term": matter.term.due.isoformat(),
        "to": [told.person.username for told in hear],
    }
    if away := [told.instead_of.username for told in hear if told.instead_of]:
        data["away"] = away
    if passed := [skipped.key for skipped in passed_over]:
        data["passed_over"] = passed
    if matter.contribution is not None:
        data["contribution"] = matter.contribution
    return data


def _was_summed_up(now: datetime) -> bool:
    """Whether a run of the local day of `now` has written the summaries already."""
    today = registration_day(now)
    told: Any = AuditEvent.objects.filter(action=Action.REMINDED).order_by("-sequence")
    for at, entry, data in told.values_list("at", "entry_id", "data").iterator(500):
        if registration_day(at) < today:
            return False
        if entry is None and data.get("day") == today.isoformat():
            return True
    return False
