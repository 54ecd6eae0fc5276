"""Hours and their state in words, in the active language.

Every sentence is one message, so that each language can say it its own way: "deschide luni la 08:00",
"hétfőn 08:00-kor nyit".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from locations.hours import BUCHAREST, Interval, OpenState, Status, Week, group_week
from locations.intervals import LATEST_END, clock
from locations.weekdays import WEEKDAY_NAMES, WEEKDAY_SHORT

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Groups = Iterable[tuple[int, int, tuple[Interval, ...]]]
"""What ``hours.group_week`` gives: (first weekday, last weekday, intervals), 0 = Monday."""

_TODAY: Final = pgettext_lazy("opening state", "Closed, opens today at %(time)s")
_TOMORROW: Final = pgettext_lazy("opening state", "Closed, opens tomorrow at %(time)s")
_ON_DATE: Final = pgettext_lazy("opening state", "Closed, opens on %(date)s at %(time)s")
_ON_WEEKDAY: Final[tuple[_StrPromise, ...]] = (
    pgettext_lazy("opening state", "Closed, opens Monday at %(time)s"),
    pgettext_lazy("opening state", "Closed, opens Tuesday at %(time)s"),
    pgettext_lazy("opening state", "Closed, opens Wednesday at %(time)s"),
    pgettext_lazy("opening state", "Closed, opens Thursday at %(time)s"),
    pgettext_lazy("opening state", "Closed, opens Friday at %(time)s"),
    pgettext_lazy("opening state", "Closed, opens Saturday at %(time)s"),
    pgettext_lazy("opening state", "Closed, opens Sunday at %(time)s"),
)
_BOOKED_TODAY: Final = pgettext_lazy(
    "opening state", "Closed, open by appointment today from %(time)s"
)
_BOOKED_TOMORROW: Final = pgettext_lazy(
    "opening state", "Closed, open by appointment tomorrow from %(time)s"
)
_BOOKED_ON_DATE: Final = pgettext_lazy(
    "opening state", "Closed, open by appointment on %(date)s from %(time)s"
)
_BOOKED_ON_WEEKDAY: Final[tuple[_StrPromise, ...]] = (
    pgettext_lazy("opening state", "Closed, open by appointment Monday from %(time)s"),
    pgettext_lazy("opening state", "Closed, open by appointment Tuesday from %(time)s"),
    pgettext_lazy("opening state", "Closed, open by appointment Wednesday from %(time)s"),
    pgettext_lazy("opening state", "Closed, open by appointment Thursday from %(time)s"),
    pgettext_lazy("opening state", "Closed, open by appointment Friday from %(time)s"),
    pgettext_lazy("opening state", "Closed, open by appointment Saturday from %(time)s"),
    pgettext_lazy("opening state", "Closed, open by appointment Sunday from %(time)s"),
)


def weekday_name(weekday: int) -> str:
    """Return "Monday" for 0."""
    return str(WEEKDAY_NAMES[weekday])


def weekday_short(weekday: int) -> str:
    """Return "Mon" for 0; "Lu" in Romanian, "H" in Hungarian."""
    return str(WEEKDAY_SHORT[weekday])


def range_text(interval: Interval) -> str:
    """Return "08:00–16:00", with an en dash; hours past midnight as "22:00–02:00"."""
    return f"{clock(interval.start)}–{clock(interval.end)}"


def days_text(first: int, last: int) -> str:
    """Return "Mon–Wed" for 0 and 2, "Thu" for 3 and 3."""
    if first == last:
        return weekday_short(first)
    return f"{weekday_short(first)}–{weekday_short(last)}"


def intervals_text(intervals: Sequence[Interval]) -> str:
    """Return "08:00–12:00, 13:00–16:00 by appointment"; "" for a closed day."""
    parts = []
    for interval in intervals:
        text = range_text(interval)
        if interval.by_appointment:
            text = _("%(hours)s by appointment") % {"hours": text}
        parts.append(text)
    return ", ".join(parts)


def lines(groups: Groups) -> list[tuple[str, str]]:
    """Return [("Mon–Wed", "08:00–16:00"), …], a pair for each run of equal days."""
    return [(days_text(first, last), intervals_text(hours)) for first, last, hours in groups]


def summary(groups: Groups) -> str:
    """Return the city's own style: "Mon–Wed 08:00–16:00 · Thu 08:00–17:30 · Fri 08:00–14:30"."""
    return " · ".join(f"{days} {hours}" for days, hours in lines(groups))


def week_summary(week: Week) -> str:
    """Return the summary of a week."""
    return summary(group_week(week))


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), BUCHAREST)


def _opens(opening: datetime, today: date, by_appointment: bool) -> str:
    opening = opening.astimezone(BUCHAREST)
    words = {"time": f"{opening:%H:%M}"}
    ahead = (opening.date() - today).days
    if ahead <= 0:
        sentence = _BOOKED_TODAY if by_appointment else _TODAY
    elif ahead == 1:
        sentence = _BOOKED_TOMORROW if by_appointment else _TOMORROW
    elif ahead < 7:
        weekdays = _BOOKED_ON_WEEKDAY if by_appointment else _ON_WEEKDAY
        sentence = weekdays[opening.weekday()]
    else:
        words["date"] = date_format(opening.date(), pgettext("date without year", "j F"))
        sentence = _BOOKED_ON_DATE if by_appointment else _ON_DATE
    return str(sentence) % words


def _closes(until: datetime | None, today: date) -> str:
    """The closing time, if it comes today or in the night after: "24:00" for the midnight between."""
    if until is None:
        return ""
    until = until.astimezone(BUCHAREST)
    minutes = until.hour * 60 + until.minute + (until.date() - today).days * 24 * 60
    return clock(minutes) if minutes <= LATEST_END else ""


def status_label(status: Status, now: datetime) -> str:
    """Return the badge's words at ``now`` (aware): "Open until 16:00", "Closed, opens Monday at 08:00".

    An opening within six days is said by its weekday, a later one by its date. An end that does not
    come before six tomorrow morning is not said.
    """
    today = now.astimezone(BUCHAREST).date()
    if status.state == OpenState.UNKNOWN:
        return pgettext("opening state", "Hours not confirmed")
    if status.state == OpenState.CLOSED:
        if status.next_opening is None:
            return pgettext("opening state", "Closed")
        return _opens(status.next_opening, today, status.next_by_appointment)
    closes = _closes(status.until, today)
    if status.by_appointment:
        if closes:
            return pgettext("opening state", "Open by appointment until %(time)s") % {
                "time": closes
            }
        return pgettext("opening state", "Open by appointment")
    if closes:
        return pgettext("opening state", "Open until %(time)s") % {"time": closes}
    return pgettext("opening state", "Open")


def label_changes(
    transitions: Iterable[tuple[datetime, Status]],
    now: datetime,
    days: int = 8,
    *,
    status: Status | None = None,
) -> list[tuple[str, str, str]]:
    """Return when the badge changes: (ISO moment with offset, state, label), in order of time.

    ``transitions`` is what ``hours.transitions`` gives for the same ``now`` and ``days``; ``status``
    is the status at ``now``. The words change with the state and, as they say "today" and "tomorrow",
    at midnights in Europe/Bucharest. Without ``status`` the midnights before the first transition
    are left out.
    """
    local = now.astimezone(BUCHAREST)
    end = now.timestamp() + days * 24 * 3600
    moments: dict[float, tuple[datetime, Status | None]] = {
        moment.timestamp(): (moment, new) for moment, new in transitions
    }
    for offset in range(days + 1):
        midnight = _midnight_after(local.date() + timedelta(days=offset))
        if midnight.timestamp() <= end:
            moments.setdefault(midnight.timestamp(), (midnight, None))
    changes = []
    before = (status.state.value, status_label(status, now)) if status else None
    for _stamp, (moment, new) in sorted(moments.items(), key=lambda item: item[0]):
        status = new or status
        if status is None:
            continue
        label = (status.state.value, status_label(status, moment))
        if label != before:
            changes.append((moment.astimezone(BUCHAREST).isoformat(), *label))
        before = label
    return changes
