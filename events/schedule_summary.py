"""What an editor is told of a schedule: its sentence, its next dates, what may be a slip. No queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from dateutil.relativedelta import relativedelta
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms.multilingual import LocalizedText
from cms.working_calendar import DayKind, WorkingCalendar
from events.enums import ChangeKind
from events.holidays import without_holidays
from events.presenters import change_label, day_words, range_words, time_words
from events.recurrence_text import schedule_sentence
from events.schedule import HORIZON_MONTHS, LAST_YEAR, Dated, Schedule, expand
from events.schedule_problems import validate

ROWS: Final = 12


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a date. `tone`: "holiday", "change" or "out" (it does not take place)."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Row:
    """One date in words: "Thursday", "26 November 2026", "18:00–20:00"; `iso` is its first local day."""

    iso: str
    weekday: str
    day: str
    hours: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A schedule in the active language. `coming` are its dates from today on, for other questions.

    `over`: no date is left, so `rows` has the last ones.
    """

    sentence: str
    rows: tuple[Row, ...] = ()
    over: bool = False
    more: bool = False
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    coming: tuple[Dated, ...] = ()


def summarise(
    schedule: Schedule,
    calendar: WorkingCalendar,
    today: date,
    *,
    skip_holidays: bool = False,
    published: bool = False,
) -> Summary:
    """Say what `schedule` means from `today` on (a local date), at most 24 months ahead.

    With `skip_holidays` the public holidays that the series leaves out are shown as such. `published` spares
    the warning about a series that began in the past.
    """
    if not date.min.year < schedule.start_day.year <= LAST_YEAR:
        return Summary("", problems=_problems(schedule, today))
    last = max(today, schedule.start_day) + relativedelta(months=HORIZON_MONTHS)
    left_out: set[date] = set()
    if skip_holidays:
        left_out = set(without_holidays(schedule, calendar, last).skipped)
    coming = expand(schedule, today, last)
    shown = list(islice(_until_enough(coming, left_out), ROWS * 2))
    over = not coming
    if over:
        shown = expand(schedule, schedule.start_day, today)[-ROWS:]
    return Summary(
        sentence=schedule_sentence(schedule),
        rows=tuple(_row(dated, calendar, left_out) for dated in shown),
        over=over,
        more=not over and len(coming) > len(shown),
        warnings=tuple(_warnings(schedule, calendar, today, over, skip_holidays, published)),
        problems=_problems(schedule, today),
        coming=tuple(dated for dated in coming if not _left_out(dated, left_out)),
    )


def _problems(schedule: Schedule, today: date) -> tuple[str, ...]:
    found = validate(schedule, today + relativedelta(months=HORIZON_MONTHS))
    return tuple(str(problem.message) for problem in found)


def _left_out(dated: Dated, left_out: set[date]) -> bool:
    return dated.change is None and dated.first_day in left_out


def _until_enough(coming: list[Dated], left_out: set[date]) -> Iterator[Dated]:
    """Dates until there are enough that take place, with the holidays between them."""
    held = 0
    for dated in coming:
        yield dated
        held += not _left_out(dated, left_out)
        if held == ROWS:
            return


def _row(dated: Dated, calendar: WorkingCalendar, left_out: set[date]) -> Row:
    return Row(
        iso=dated.first_day.isoformat(),
        weekday=date_format(dated.first_day, "l"),
        day=range_words(dated.first_day, dated.last_day),
        hours=_hours(dated),
        notes=tuple(_notes(dated, calendar, left_out)),
    )


def _hours(dated: Dated) -> str:
    if dated.all_day:
        return _("all day")
    if dated.end <= dated.start:
        return time_words(dated.start)
    return f"{time_words(dated.start)}–{time_words(dated.end)}"


def _notes(dated: Dated, calendar: WorkingCalendar, left_out: set[date]) -> Iterator[Note]:
    special = calendar.special_day(dated.first_day)
    if special is not None and special.kind == DayKind.HOLIDAY:
        name = str(LocalizedText(special.names))
        if _left_out(dated, left_out):
            yield Note(_("Left out: public holiday (%(name)s)") % {"name": name}, "out")
        else:
            yield Note(_("Public holiday: %(name)s") % {"name": name}, "holiday")
    change = dated.date_change
    if change is None or dated.change is None:
        return
    said = [change_label(dated.change)]
    if dated.change == ChangeKind.MOVED and change.day != dated.first_day:
        said.append(_("from %(day)s") % {"day": day_words(change.day)})
    title, reason = LocalizedText(change.title), LocalizedText(change.reason)
    said += [str(text) for text in (title, change.place, reason) if text]
    tone = "out" if dated.change == ChangeKind.CANCELLED else "change"
    yield Note(" · ".join(said), tone)


def _warnings(
    schedule: Schedule,
    calendar: WorkingCalendar,
    today: date,
    over: bool,
    skip_holidays: bool,
    published: bool,
) -> Iterator[str]:
    start = schedule.start_day
    if over:
        yield _("All dates are in the past. Is the year right?")
    elif not published and start < today and schedule.rule is not None:
        yield _("The series begins in the past, on %(day)s.") % {"day": day_words(start)}
    for change in schedule.changes:
        to = change.starts_on
        if over or to >= today:
            continue
        if change.kind == ChangeKind.MOVED and change.day >= today:
            yield _("A date is moved into the past, to %(day)s.") % {"day": day_words(to)}
        elif change.kind == ChangeKind.ADDED and not published:
            yield _("A date is added in the past, on %(day)s.") % {"day": day_words(to)}
    if skip_holidays and schedule.rule is not None:
        special = calendar.special_day(start)
        if special is not None and special.kind == DayKind.HOLIDAY:
            yield _(
                "The first date, %(day)s, is a public holiday and is kept: a series begins on its first date."
            ) % {"day": day_words(start)}
