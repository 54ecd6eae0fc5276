"""Where a petition has been, in words for its sender: from the trail, without anybody's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from contacts.models import Department
from locations.models import Location
from registry.deadlines import CITY_ZONE
from registry.enums import Action, FiledAs, Mode
from registry.models.audit import AuditEvent
from registry.models.entries import RegistryEntry

TOLD = (
    Action.REGISTERED,
    Action.ASSIGNED,
    Action.REFUSED,
    Action.QUESTION,
    Action.EXTENDED,
    Action.COMPLETED,
    Action.ANSWERED,
    Action.LETTER_RETURNED,
    Action.REDIRECTED,
    Action.JOINED,
    Action.FILED,
    Action.REOPENED,
    Action.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing that happened: its local moment, what, and a detail that may be "". `state`: now, next or ""."""

    at: datetime | date
    title: str
    text: str = ""
    state: str = ""


def timeline(entry: RegistryEntry) -> list[Stop]:
    """What happened to `entry` so far, the first first, then what is still to come.

    Two queries; one more where the answer waits at a hall.
    """
    events = list(
        AuditEvent.objects.filter(entry=entry, action__in=[action.value for action in TOLD])
        .order_by("sequence")
        .only("at", "action", "data")
    )
    # Answers alone: a notice that came back is sent again without more.
    events = [
        event
        for event in events
        if event.action != Action.LETTER_RETURNED or "kind" not in event.data
    ]
    names = {**_department_names(events), **_hall_texts(events)}
    stops = [_stop(event, entry, names) for event in events]
    if entry.received_at < entry.registered_at:
        received = entry.received_at.astimezone(CITY_ZONE)
        stops.insert(
            0, Stop(received, _("Received"), _("It waited for a colleague to look at it."))
        )
    if stops:
        last = stops[-1]
        stops[-1] = Stop(last.at, last.title, last.text, "now")
    if entry.is_open and entry.due:
        stops.append(
            Stop(entry.due, _("Answer"), _("At the latest on this day, in writing."), "next")
        )
    return stops


def _department_names(events: list[AuditEvent]) -> dict[str, str]:
    keys = {
        key
        for event in events
        if event.action == Action.ASSIGNED
        for key in event.data.get("department", [])
        if key
    }
    if not keys:
        return {}
    return {row.key: str(row) for row in Department.objects.filter(key__in=keys)}


def _hall_texts(events: list[AuditEvent]) -> dict[str, str]:
    """The halls where answers wait, with their addresses, by key."""
    keys = {event.data["hall"] for event in events if event.data.get("hall")}
    if not keys:
        return {}
    return {row.key: f"{row}, {row.address}" for row in Location.objects.filter(key__in=keys)}


def _stop(event: AuditEvent, entry: RegistryEntry, names: dict[str, str]) -> Stop:
    at = event.at.astimezone(CITY_ZONE)
    data: dict[str, Any] = event.data
    match event.action:
        case Action.REGISTERED:
            return Stop(at, pgettext("of a petition", "Registered"), _time_text(at))
        case Action.ASSIGNED:
            new = (data.get("department") or [""])[-1]
            return Stop(at, _("Given to a department"), names.get(new, ""))
        case Action.EXTENDED:
            days = int(data.get("days") or 0)
            text = ngettext(
                "By %(days)s day. Reason: %(reason)s",
                "By %(days)s days. Reason: %(reason)s",
                days,
            ) % {"days": days, "reason": data.get("reason") or entry.extension_reason}
            return Stop(at, _("Term extended"), text)
        case Action.COMPLETED:
            number = len(data.get("files") or [])
            text = (
                ngettext("With %(number)s file.", "With %(number)s files.", number)
                % {"number": number}
                if number
                else ""
            )
            return Stop(at, _("You added something"), text)
        case Action.ANSWERED:
            again = data.get("again")
            title = _("Answer sent again") if again else pgettext("of a petition", "Answered")
            mode = data.get("mode")
            if hall := names.get(data.get("hall") or ""):
                return Stop(at, title, _("You can pick it up at %(hall)s.") % {"hall": hall})
            return Stop(at, title, _HOW[mode]() if mode in _HOW else _time_text(at))
        case Action.LETTER_RETURNED:
            return Stop(at, _("The answer came back undelivered"), _("We send it once more."))
        case Action.REFUSED:
            return Stop(at, _("Back at the registry"), _("Another department will get it."))
        case Action.QUESTION:
            return Stop(at, _("We asked you something"), _("The term goes on meanwhile."))
        case Action.REDIRECTED:
            return Stop(
                at,
                _("Sent on to another institution"),
                _("%(institution)s answers you.") % {"institution": data.get("institution", "")},
            )
        case Action.JOINED:
            if first := data.get("first"):
                return Stop(
                    at,
                    _("Joined to an earlier petition of yours"),
                    _("One answer is for both: %(number)s") % {"number": first},
                )
            return Stop(
                at,
                _("Another petition of yours was joined to it"),
                str(data.get("joined", "")),
            )
        case Action.FILED:
            return _filed(at, data, entry)
        case Action.REOPENED:
            return Stop(at, _("Opened again"), "")
        case _:
            reason = data.get("reason") or entry.cancel_reason
            return Stop(
                at,
                pgettext("of a petition", "Cancelled"),
                _("Reason: %(reason)s") % {"reason": reason} if reason else "",
            )


_HOW = {
    Mode.EMAIL.value: lambda: _("By e-mail."),
    Mode.POST.value: lambda: _("By post."),
    Mode.COURIER.value: lambda: _("By courier."),
    Mode.PICKUP.value: lambda: _("You can pick it up at the hall."),
}


def _filed(at: datetime, data: dict[str, Any], entry: RegistryEntry) -> Stop:
    title = _("Closed without an answer")
    match data.get("filed_as"):
        case FiledAs.REPEAT.value:
            return Stop(
                at,
                title,
                _("It was answered already: %(number)s") % {"number": data.get("repeats")},
            )
        case FiledAs.ANONYMOUS.value:
            return Stop(
                at,
                title,
                _(
                    "A petition without a name and an address is not considered (OG 27/2002, art. 7)."
                ),
            )
        case _:
            return Stop(at, title, str(data.get("reason") or entry.file_reason))


def _time_text(at: datetime) -> str:
    return _("At %(time)s.") % {"time": f"{at:%H:%M}"}
