"""When somebody is reminded of a term, and who: the stages of a ladder, and which of them a day has reached.

Pure: no database, `today` is an argument. All days are local dates; stages are counted in working days, so that none
falls on a day on which nobody reads mail, and no two after the term on the same day.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.working_calendar import ONE_DAY, WorkingCalendar
from registry.enums import State


class Level(IntEnum):
    """Who hears of it, from the desk upwards."""

    OFFICER = 1
    HEAD = 2
    CHIEF = 3
    """The head of the registry."""

    CABINET = 4


class Anchor(StrEnum):
    """The day that a stage is counted from."""

    DUE = "due"
    INTERNAL_DUE = "internal_due"
    """Where the law of a kind has none: the last working day up to `due`."""

    DISPATCH_TARGET = "dispatch_target"


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a ladder. `days` are working days after the anchor; negative: before it."""

    key: str
    name: str | Promise
    anchor: Anchor
    days: int
    level: Level


@dataclass(frozen=True, slots=True)
class Due:
    """The days of one term. A new `due` is a new term, whose ladder begins anew."""

    due: date
    internal_due: date | None = None
    dispatch_target: date | None = None


LADDER: Final = (
    Stage("soon", _("due within five working days"), Anchor.INTERNAL_DUE, -5, Level.OFFICER),
    Stage("target", _("to be sent out today"), Anchor.DISPATCH_TARGET, 0, Level.OFFICER),
    Stage("day", _("the last working day"), Anchor.INTERNAL_DUE, 0, Level.OFFICER),
    Stage("late1", _("late; the head of the department hears of it"), Anchor.DUE, 1, Level.HEAD),
    Stage("late3", _("late; the head of the registry hears of it"), Anchor.DUE, 3, Level.CHIEF),
    Stage("late7", _("late; the Mayor's Cabinet hears of it"), Anchor.DUE, 7, Level.CABINET),
)
"""Of the answer itself. Keys have at most five letters and are kept: never change one."""

CONTRIBUTION_LADDER: Final = (
    Stage("soon", _("due within two working days"), Anchor.INTERNAL_DUE, -2, Level.OFFICER),
    Stage("day", _("the last working day"), Anchor.INTERNAL_DUE, 0, Level.OFFICER),
    Stage("late1", _("late; the head of the department hears of it"), Anchor.DUE, 1, Level.HEAD),
    Stage("late3", _("late; the head of the registry hears of it"), Anchor.DUE, 3, Level.CHIEF),
)
"""Of what another department was asked to contribute."""

WAITS_FOR: Final = {State.DRAFTED: Level.HEAD, State.APPROVED: Level.CHIEF}
"""Whose move it is once the officer has done his part: who approves, then the registry, which sends it out."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a day calls for: the `stage` to be told (None: nothing new), and those before it that were never told."""

    stage: Stage | None
    passed_over: tuple[Stage, ...] = ()


def day_of(stage: Stage, term: Due, calendar: WorkingCalendar) -> date | None:
    """The day of `stage`; None where the term has no such anchor."""
    match stage.anchor:
        case Anchor.DUE:
            base: date | None = term.due
        case Anchor.INTERNAL_DUE:
            base = term.internal_due or calendar.previous_working_day(term.due)
        case Anchor.DISPATCH_TARGET:
            base = term.dispatch_target
    return base and calendar.add_working_days(base, stage.days)


def current(
    term: Due, calendar: WorkingCalendar, today: date, stages: Sequence[Stage] = LADDER
) -> Stage | None:
    """The last stage that `today` has reached; None before the first."""
    last = None
    for stage in stages:
        day = day_of(stage, term, calendar)
        if day is not None and day <= today:
            last = stage
    return last


def reached(
    term: Due,
    calendar: WorkingCalendar,
    today: date,
    noted: Collection[str],
    stages: Sequence[Stage] = LADDER,
) -> Reached:
    """What is to be told of `term` today; `noted` are the keys of its stages that were told or passed over.

    However long nothing ran, only the last stage is told; a stage that was noted, or lies before one that was, never.
    """
    last = current(term, calendar, today, stages)
    if last is None:
        return Reached(None)
    position = stages.index(last)
    passed = tuple(
        stage
        for stage in stages[:position]
        if stage.key not in noted and day_of(stage, term, calendar) is not None
    )
    is_new = not any(stage.key in noted for stage in stages[position:])
    return Reached(last if is_new else None, passed)


def latest_anchor(stage: Stage, calendar: WorkingCalendar, today: date) -> date:
    """The latest anchor whose `stage` can have come by `today`: what is counted from later days need not be looked at.

    Exact after the term where `today` is a working day; otherwise some days on the safe side.
    """
    return calendar.add_working_days(today, 1 - stage.days) - ONE_DAY
