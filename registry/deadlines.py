"""Legal terms: which day a rule leads to, and each step on the way there.

Rules are data (rows that a lawyer corrects), so nothing here knows how long a petition may take; the sets that a new
site begins with stand in `registry/default_rules.py`. Everything is a local date (Europe/Bucharest): no times except
in `registration_day`, no database, no "today" that is not an argument.

Petitions that are joined keep the term of the first one: compute from its day (Government Ordinance 27/2002).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from cms.working_calendar import ONE_DAY, DayKind, WorkingCalendar, public_holidays

CITY_ZONE: Final = ZoneInfo("Europe/Bucharest")
MOST_DAYS: Final = 3660
"""The longest rule, in days: ten years. More is a slip of the keyboard."""

LONGEST_EXTENSION: Final = 15
"""By how many days the head may extend the term of a petition (Government Ordinance 27/2002, art. 9)."""


class Counting(StrEnum):
    """How the days of a rule are counted; for a negative number of days, backwards."""

    CALENDAR = "calendar"
    """The day n days on."""

    FREE_DAYS = "free_days"
    """Neither the first nor the last day counts: the day n + 1 days on (Civil Code, art. 2551-2554)."""

    WORKING = "working"
    """The n-th working day after it."""


class Roll(StrEnum):
    """Where a term goes whose day is not a working day."""

    NONE = "none"
    BACK = "back"
    FORWARD = "forward"


class TermKey(StrEnum):
    """The names of the terms that the register itself reads; a rule may have any other name."""

    DUE = "due"
    """The day promised and shown; statistics use it."""

    INTERNAL_DUE = "internal_due"
    """The last working day up to it."""

    DISPATCH_TARGET = "dispatch_target"
    LEGAL_LIMIT = "legal_limit"
    """The term as the Civil Code counts it."""

    REDIRECT_BY = "redirect_by"
    REDIRECT_LIMIT = "redirect_limit"
    EXTENDED_DUE = "extended_due"
    REFUSAL_BY = "refusal_by"
    COLLECT_BY = "collect_by"
    HAND_IN_BY = "hand_in_by"


class StepKind(StrEnum):
    """What a step of the calculation does."""

    START = "start"
    """The day that the rule counts from."""

    ADDED = "added"
    """`days` calendar days later (earlier, if negative)."""

    EXTENDED = "extended"
    """`days` more by decision of the head."""

    LAST_NOT_COUNTED = "last_not_counted"
    """One day more, because neither the first nor the last day counts."""

    NOT_WORKING = "not_working"
    """`day` is passed over; `names` says why in ro, en, hu, None for a mere Saturday or Sunday."""

    MOVED_FORWARD = "moved_forward"
    MOVED_BACK = "moved_back"
    WORKING_DAYS = "working_days"
    """`days` working days later (earlier, if negative)."""


@dataclass(frozen=True, slots=True)
class TermRule:
    """A rule for one term.

    `days` may be negative (before). `after` is the key of the term it counts from, "" for the start. `extension`
    is the number of days by which the term was extended, see `extended`. `legal_basis` is shown, not read.
    """

    key: str
    days: int
    counting: Counting
    roll: Roll = Roll.NONE
    after: str = ""
    legal_basis: str = ""
    extension: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a calculation, in no language: what was done and the `day` it led to."""

    kind: StepKind
    day: date
    days: int = 0
    names: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A term: its day and the whole calculation, from the start, through the terms that it counts from."""

    key: str
    day: date
    steps: tuple[Step, ...]
    legal_basis: str = ""


class ExtensionProblem(StrEnum):
    """Why a term may not be extended."""

    ALREADY_EXTENDED = "already_extended"
    TOO_LATE = "too_late"
    """The first term is over."""

    DAYS = "days"
    """Less than one day or more than the law allows."""


def compute(start: date, rules: Sequence[TermRule], calendar: WorkingCalendar) -> dict[str, Term]:
    """Return the terms that `rules` give to what started on `start`, by key, in the order of the rules.

    Args:
        start: the local day of registration (see `registration_day`), or what else the rules count from.
        rules: in any order; each may count from another one's term.
        calendar: only its days for all places count; a place that is closed moves no term.

    Raises:
        ValueError: for two rules of one key, for a rule that counts from an unknown term or, in a circle, from
            itself, and for more than MOST_DAYS.
    """
    by_key = {rule.key: rule for rule in rules}
    if "" in by_key or len(by_key) < len(rules):
        raise ValueError("each rule needs a key of its own")
    for rule in rules:
        if rule.after and rule.after not in by_key:
            raise ValueError(f"{rule.key!r} counts from an unknown term: {rule.after!r}")
        if abs(rule.days) + abs(rule.extension) > MOST_DAYS:
            raise ValueError(f"{rule.key!r} is too long: {rule.days} days")
    found = {"": Term("", start, (Step(StepKind.START, start),))}
    waiting = list(rules)
    while waiting:
        ready = [rule for rule in waiting if rule.after in found]
        if not ready:
            circle = ", ".join(sorted(rule.key for rule in waiting))
            raise ValueError(f"rules count from each other in a circle: {circle}")
        for rule in ready:
            found[rule.key] = _apply(rule, found[rule.after], calendar)
        waiting = [rule for rule in waiting if rule.key not in found]
    return {rule.key: found[rule.key] for rule in rules}


def extended(
    rules: Iterable[TermRule],
    days: int,
    keys: Iterable[str] = (TermKey.DUE, TermKey.LEGAL_LIMIT),
) -> tuple[TermRule, ...]:
    """Return the rules of an entry whose term was extended by `days`; what counts from those terms moves with them.

    The new term is the original one plus `days`, whatever the day of the decision. Ask `extension_problem` first.
    """
    chosen = frozenset(keys)
    return tuple(replace(rule, extension=days) if rule.key in chosen else rule for rule in rules)


def extension_problem(
    due: date,
    already_extended: bool,
    days: int,
    today: date,
    longest: int = LONGEST_EXTENSION,
) -> ExtensionProblem | None:
    """Why a term may not be extended by `days` on the local day `today`; None if it may.

    Once, by 1 to `longest` days, up to the last day of the original term `due` (Government Ordinance 27/2002, art. 9).
    """
    if already_extended:
        return ExtensionProblem.ALREADY_EXTENDED
    if today > due:
        return ExtensionProblem.TOO_LATE
    if not 1 <= days <= longest:
        return ExtensionProblem.DAYS
    return None


def days_left(due: date, today: date) -> int:
    """How many days are left until `due`: 0 on the day itself, negative when late. Both are local dates."""
    return (due - today).days


def registration_day(moment: datetime) -> date:
    """Return the date of `moment` in Romania: 23:30 UTC of 12 March is 13 March.

    Raises:
        ValueError: for a naive moment, whose day nobody knows.
    """
    if moment.utcoffset() is None:
        raise ValueError("a moment of registration needs a time zone")
    return moment.astimezone(CITY_ZONE).date()


def _apply(rule: TermRule, base: Term, calendar: WorkingCalendar) -> Term:
    """The term that `rule` makes of the term that it counts from."""
    steps = list(base.steps)
    day = base.day
    if rule.counting == Counting.WORKING:
        for kind, days in (
            (StepKind.WORKING_DAYS, rule.days),
            (StepKind.EXTENDED, rule.extension),
        ):
            if days:
                reached = calendar.add_working_days(day, days)
                steps += _passed_over(day, reached, calendar, weekends=False)
                day = reached
                steps.append(Step(kind, day, days))
    else:
        for kind, days in ((StepKind.ADDED, rule.days), (StepKind.EXTENDED, rule.extension)):
            if days:
                day += days * ONE_DAY
                steps.append(Step(kind, day, days))
        if rule.counting == Counting.FREE_DAYS:
            last = -1 if rule.days + rule.extension < 0 else 1
            day += last * ONE_DAY
            steps.append(Step(StepKind.LAST_NOT_COUNTED, day, last))
    if rule.roll != Roll.NONE and not calendar.is_working_day(day):
        back = rule.roll == Roll.BACK
        reached = calendar.previous_working_day(day) if back else calendar.next_working_day(day)
        steps += _passed_over(day, reached, calendar, weekends=True, first=True)
        day = reached
        steps.append(Step(StepKind.MOVED_BACK if back else StepKind.MOVED_FORWARD, day))
    return Term(rule.key, day, tuple(steps), rule.legal_basis)


def _passed_over(
    start: date, end: date, calendar: WorkingCalendar, *, weekends: bool, first: bool = False
) -> list[Step]:
    """Steps for the days that are not worked between `start` and `end`; `start` itself only with `first`."""
    step = ONE_DAY if end > start else -ONE_DAY
    day = start if first else start + step
    found = []
    while day != end:
        if not calendar.is_working_day(day):
            names = _reason(day, calendar)
            if names or weekends:
                found.append(Step(StepKind.NOT_WORKING, day, names=names))
        day += step
    return found


def _reason(day: date, calendar: WorkingCalendar) -> Mapping[str, str] | None:
    """The names of what keeps the institution from working on `day`; None for a mere Saturday or Sunday."""
    special = calendar.special_day(day)
    # A closure never is the reason, even where its row hides the holiday or the Saturday under it.
    if special is None or special.kind == DayKind.CLOSURE:
        return public_holidays(day.year).get(day)
    return special.names or None
