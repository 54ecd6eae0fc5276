"""The terms that run: those whose ladder has come to a stage that nobody was told of, and all that are near or over.

Found by the index of open entries (`open_due`) and that of reminders, in batches: what is not due is never read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import Any, Final

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import LessThanOrEqual

from cms.working_calendar import WorkingCalendar
from registry.enums import State
from registry.ladder import (
    CONTRIBUTION_LADDER,
    LADDER,
    WAITS_FOR,
    Anchor,
    Due,
    Level,
    Reached,
    Stage,
    current,
    latest_anchor,
    reached,
)
from registry.models.desk import Reminder
from registry.models.entries import NO_TERM, RegistryEntry
from registry.models.work import Contribution
from registry.numbers import format_number
from registry.staff import Concern

LONGEST_GAP: Final = timedelta(days=14)
"""Between the working day up to a term and the term itself: the longest row of days off is far below it."""

_COLUMNS: Final = (
    "pk",
    "number",
    "code",
    "registered_on",
    "kind_id",
    "kind__is_confidential",
    "due",
    "internal_due",
    "dispatch_target",
    "department_id",
    "officer_id",
    "concerns_id",
    "for_mayor",
    "state",
)


@dataclass(frozen=True, slots=True)
class Matter:
    """A term that runs: of an entry's answer or, with `contribution`, of what a department was asked for."""

    entry: int
    number: str
    kind: int
    term: Due
    concern: Concern
    state: str
    contribution: int | None = None

    @property
    def stages(self) -> Sequence[Stage]:
        """The ladder it climbs."""
        return LADDER if self.contribution is None else CONTRIBUTION_LADDER

    def level(self, stage: Stage) -> Level:
        """Who hears of `stage`: never somebody who has done his part already."""
        if self.contribution is not None:
            return stage.level
        return max(stage.level, self.first_level)

    @property
    def first_level(self) -> Level:
        """Whose move it is."""
        if self.contribution is not None:
            return Level.OFFICER
        return WAITS_FOR.get(State(self.state), Level.OFFICER)

    def note(self, stage: Stage) -> str:
        """What stands for `stage` in a `Reminder`."""
        return stage.key if self.contribution is None else f"{stage.key}#{self.contribution}"

    def reached(self, calendar: WorkingCalendar, today: date, noted: Collection[str]) -> Reached:
        """What `today` calls for; `noted` are the notes of the reminders of this entry and term."""
        keys = {stage.key for stage in self.stages if self.note(stage) in noted}
        return reached(self.term, calendar, today, keys, self.stages)


# -- what is to be told ------------------------------------------------------------------------------------------------


def _untold(stage: str | Concat, term: str, entry: str) -> Any:
    return ~Exists(Reminder.objects.filter(entry=OuterRef(entry), term=OuterRef(term), stage=stage))


def entries_to_tell(calendar: WorkingCalendar, today: date, most: int) -> list[int]:
    """The ids of at most `most` open entries, the longest overdue first, that somebody is to hear of by `today`.

    A few more than those, where a stage is counted from another day than the index knows: ask `Matter.reached`.
    """
    found: dict[int, None] = {}
    beyond: date | None = None
    for stage in reversed(LADDER):
        last = latest_anchor(stage, calendar, today)
        rows = RegistryEntry.objects.filter(_untold(stage.key, "open_due", "pk"))
        if stage.anchor == Anchor.DUE:
            rows = rows.filter(open_due__lte=last)
        else:
            rows = rows.filter(open_due__lte=min(last + LONGEST_GAP, NO_TERM - timedelta(days=1)))
            own = (
                Coalesce("internal_due", "open_due")
                if stage.anchor == Anchor.INTERNAL_DUE
                else F("dispatch_target")
            )
            rows = rows.filter(LessThanOrEqual(own, last))
        if beyond is not None:
            rows = rows.filter(open_due__gt=beyond)
        keys = rows.order_by("open_due", "pk").values_list("pk", flat=True)
        found.update(dict.fromkeys(keys[: most - len(found)]))
        if len(found) >= most:
            break
        if stage.anchor == Anchor.DUE:
            beyond = last
    return list(found)


def contributions_to_tell(calendar: WorkingCalendar, today: date, most: int) -> list[int]:
    """The ids of the entries with an open contribution that somebody is to hear of by `today`; at most `most`."""
    found: dict[int, None] = {}
    for stage in CONTRIBUTION_LADDER:
        note = Concat(
            Value(f"{stage.key}#"), Cast(OuterRef("pk"), CharField()), output_field=CharField()
        )
        # Their working day up to the term is always computed: nothing lies beyond it.
        rows = _open_contributions(latest_anchor(stage, calendar, today))
        rows = rows.filter(_untold(note, "due", "entry_id")).order_by("due", "pk")
        found.update(dict.fromkeys(rows.values_list("entry_id", flat=True)[:most]))
    return list(found)[:most]


def _open_contributions(last: date) -> QuerySet[Contribution]:
    return Contribution.objects.filter(
        given_at=None, due__lte=last, entry__open_due__isnull=False
    ).order_by()


def locked(ids: Collection[int]) -> dict[int, RegistryEntry]:
    """Those of the open entries `ids` that nobody else is at, by id, for the caller's transaction.

    What somebody works on right now, or another run tells of, is looked at again by the next run.
    """
    rows = RegistryEntry.objects.filter(pk__in=ids, open_due__isnull=False).order_by("pk")
    free = rows.select_for_update(of=("self",), skip_locked=True)
    return {entry.pk: entry for entry in free.only("pk", "open_due")}


def notes_of(entries: Collection[int]) -> dict[tuple[int, date], set[str]]:
    """The notes of all reminders of `entries`, by entry and term."""
    found: defaultdict[tuple[int, date], set[str]] = defaultdict(set)
    rows = Reminder.objects.filter(entry__in=entries).values_list("entry_id", "term", "stage")
    for entry, term, stage in rows:
        found[entry, term].add(stage)
    return found


def matters_of(entries: Collection[int]) -> list[Matter]:
    """The terms that run of `entries`, contributions included."""
    rows = RegistryEntry.objects.filter(pk__in=entries)
    return [*_answers(rows), *_contributions(Contribution.objects.filter(entry__in=entries))]


# -- what is near or over ----------------------------------------------------------------------------------------------


def near_or_over(calendar: WorkingCalendar, today: date) -> Iterator[tuple[Matter, Stage]]:
    """Every term that runs and whose first stage has come by `today`, with its last one; the longest overdue first.

    Answers first, then contributions.
    """
    # Thousands of entries share some hundreds of terms.
    known: dict[tuple[Due, bool], Stage | None] = {}
    answers = RegistryEntry.objects.filter(open_due__lte=_last_day(LADDER, calendar, today))
    asked = _open_contributions(_last_day(CONTRIBUTION_LADDER, calendar, today))
    for matter in chain(_answers(answers), _contributions(asked)):
        key = (matter.term, matter.contribution is None)
        if key not in known:
            known[key] = current(matter.term, calendar, today, matter.stages)
        if (stage := known[key]) is not None:
            yield matter, stage


def _last_day(stages: Sequence[Stage], calendar: WorkingCalendar, today: date) -> date:
    return latest_anchor(stages[0], calendar, today) + LONGEST_GAP


def _answers(rows: QuerySet[RegistryEntry]) -> Iterator[Matter]:
    rows = rows.filter(open_due__lt=NO_TERM).order_by("open_due", "pk")
    return _matters(rows.values_list(*_COLUMNS).iterator(2000))


def _contributions(rows: QuerySet[Contribution]) -> Iterator[Matter]:
    rows = rows.filter(given_at=None, entry__open_due__isnull=False).order_by("due", "pk")
    columns = [name if name == "pk" else f"entry__{name}" for name in _COLUMNS[1:]]
    found = rows.values_list("entry_id", *columns, "pk", "due", "department_id")
    for *values, pk, due, department in found.iterator(2000):
        (matter,) = _matters([tuple(values)])
        concern = replace(matter.concern, department=department, officer=None)
        yield replace(matter, term=Due(due), concern=concern, contribution=pk)


def _matters(rows: Iterable[tuple[Any, ...]]) -> Iterator[Matter]:
    for row in rows:
        pk, number, code, registered_on, kind, is_confidential, due, internal, target = row[:9]
        department, officer, concerns, for_mayor, state = row[9:]
        yield Matter(
            entry=pk,
            number=format_number(number, code, registered_on),
            kind=kind,
            term=Due(due, internal, target),
            concern=Concern(department, officer, concerns, is_confidential, for_mayor),
            state=state,
        )
