"""The events of the trail in words: what was done, and its details as a colleague would say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import Department
from registry.desk import cabinet_event_text
from registry.enums import Action, Channel, FiledAs, Mode
from registry.ladder import LADDER
from registry.models import AuditEvent, QueuedSubmission, RegistryEntry


def department_names(events: Iterable[AuditEvent]) -> dict[str, str]:
    """The names of the departments that `events` tell of, by key: one query, or none."""
    keys: set[str] = set()
    for event in events:
        named = event.data.get("department")
        keys.update(key for key in ([named] if isinstance(named, str) else named or ()) if key)
        keys.update(event.data.get("contributors") or ())
    if not keys:
        return {}
    return {row.key: str(row) for row in Department.objects.filter(key__in=keys)}


def actor_names(events: Iterable[AuditEvent]) -> dict[int, str]:
    """The full names of the users who acted in `events`, as far as they still exist: one query, or none."""
    ids = {event.actor_id for event in events if event.actor_id}
    if not ids:
        return {}
    users: Any = get_user_model().objects.filter(pk__in=ids)
    return {user.pk: user.get_full_name() for user in users}


def actor_text(event: AuditEvent, names: Mapping[int, str]) -> str:
    """Who did it: the name, the account that is told in the trail, or the site itself."""
    if not event.actor_name:
        return _("the site")
    return names.get(event.actor_id or 0) or event.actor_name


def _day(value: str | None) -> str:
    return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT") if value else "—"


def _term_name(key: str) -> str:
    if key in RegistryEntry.TERM_FIELDS:
        return str(RegistryEntry._meta.get_field(key).verbose_name)  # type: ignore[union-attr]
    return key


def _terms(data: Mapping[str, Any]) -> list[str]:
    return [
        f"{_term_name(key)}: {_day(old)} → {_day(new)}"
        for key, (old, new) in data.get("terms", {}).items()
    ]


def details(event: AuditEvent, departments: Mapping[str, str]) -> list[str]:
    """What `event` tells beside its name, a phrase each; `departments` are names by key."""
    data = event.data
    match event.action:
        case Action.REGISTERED:
            channel = data.get("channel")
            return [str(Channel(channel).label)] if channel in Channel.values else []
        case Action.ASSIGNED:
            old, new = data.get("department", (None, None))
            names = [departments.get(key, key) for key in (old, new) if key]
            return [" → ".join(dict.fromkeys(names)), str(data.get("officer", ""))]
        case Action.CONTRIBUTORS | Action.CONTRIBUTED | Action.REFUSED:
            key = data.get("department") or ""
            return [
                str(departments.get(key, key)),
                _day(data.get("due")) if data.get("due") else "",
                str(data.get("reason", "")),
            ]
        case Action.DRAFTED | Action.SUBMITTED | Action.SENT_BACK | Action.APPROVED:
            number = data.get("draft")
            return [_("version %(number)s") % {"number": number}] if number else []
        case Action.ANSWERED | Action.LETTER_SENT:
            mode = data.get("mode")
            words = str(Mode(mode).label) if mode in Mode.values else ""
            return [words, str(data.get("hall", ""))]
        case Action.LETTER_DELIVERED:
            return [str(data.get("proof", ""))]
        case Action.LETTER_POSTED:
            return [_("posting list %(number)s") % {"number": data.get("list", "")}]
        case Action.COURT_RECORDED:
            return [f"{_('displayed')}: {_day(data.get('displayed'))}", *_terms(data)]
        case Action.COURT_HANDED_OVER | Action.COURT_TAKEN_DOWN | Action.COURT_SENT_BACK:
            return [_day(data.get("day")) if data.get("day") else "", str(data.get("proof", ""))]
        case Action.PRINTED:
            return [
                str(data.get("register") or data.get("list") or ""),
                str(data.get("period", "")),
                str(data.get("positions", "")),
            ]
        case Action.REDIRECTED:
            return [
                str(data.get("institution", "")),
                *(str(data[key]) for key in ("letter", "notice", "late") if data.get(key)),
            ]
        case Action.JOINED | Action.REPEATED:
            return [str(data.get(key, "")) for key in ("first", "joined", "repeat")]
        case Action.FILED:
            filed = data.get("filed_as")
            return [
                str(FiledAs(filed).label) if filed in FiledAs.values else "",
                str(data.get("repeats", "")),
                str(data.get("reason", "")),
            ]
        case Action.ARCHIVED:
            return [str(data.get("file_class", ""))]
        case Action.CONCERNS:
            return [str(data.get("colleague", ""))]
        case Action.EXTENDED:
            days = int(data.get("days", 0))
            by = ngettext("by %(days)s day", "by %(days)s days", days) % {"days": days}
            return [by, str(data.get("reason", "")), *_terms(data)]
        case Action.REMINDED:
            return _reminder(data)
        case Action.TERMS_CHANGED:
            return _terms(data)
        case Action.CANCELLED | Action.DISMISSED | Action.REOPENED | Action.LETTER_RETURNED:
            return [str(data.get("reason", ""))]
        case Action.COMPLETED:
            files = len(data.get("files", ()))
            if not files:
                return []
            return [ngettext("%(files)s file", "%(files)s files", files) % {"files": files}]
        case Action.QUEUED | Action.ACCEPTED:
            reason = data.get("reason")
            known = reason in QueuedSubmission.Reason.values
            return [
                f"#{data.get('queued')}",
                str(QueuedSubmission.Reason(reason).label) if known else "",
            ]
        case Action.VIEWED if data.get("queued"):
            return [f"#{data['queued']}"]
        case Action.VIEWED if data.get("personal_numbers"):
            return [_("personal numbers shown")]
        case Action.FILE_VIEWED:
            return [str(data.get("file", ""))[:12]]
        case Action.SEARCHED:
            found = int(data.get("found", 0))
            text = ngettext("%(found)s entry shown", "%(found)s entries shown", found)
            return [text % {"found": found}]
        case Action.REPORTED:
            return _report(data)
        case Action.SELECTED:
            return [str(data.get("minutes", "")), _selected(data)]
        case Action.EXPORTED:
            rows = int(data.get("rows", 0))
            filters = data.get("filters")
            return [
                ngettext("%(rows)s row", "%(rows)s rows", rows) % {"rows": rows},
                str(data.get("format", "")),
                *(f"{name}: {value}" for name, value in dict(filters or {}).items()),
                _("narrowed by words") if data.get("searched") else "",
            ]
        case Action.RESOLUTION:
            old, new = data.get("department", (None, None))
            lead = [departments.get(key, key) for key in (old, new) if key]
            others = [departments.get(key, key) for key in data.get("contributors", ())]
            return [" → ".join(dict.fromkeys(lead)), ", ".join(others)]
        case Action.FOLLOWED_UP:
            return cabinet_event_text.follow_up(data)
        case Action.AUDIENCE:
            return cabinet_event_text.audience(data)
        case Action.PRINTED if data.get("what") in cabinet_event_text.PRINTS:
            return cabinet_event_text.printed(data)
        case Action.YEAR_CLOSED:
            return [f"{data.get('register')} {data.get('year')}", str(data.get("positions", ""))]
        case Action.NUMBERS_LOST:
            first, last = data.get("numbers", ("", ""))
            return [
                f"{data.get('register')} {data.get('year')}: {first}–{last}",
                str(data.get("reason", "")),
            ]
    return []


def _report(data: Mapping[str, Any]) -> list[str]:
    name = f"#{data.get('report')}"
    if "is_public" in data:
        return [name, _("shown to the public") if data["is_public"] else _("taken off the site")]
    first, last = data.get("days", (None, None))
    return [name, f"{_day(first)} – {_day(last)}", str(data.get("digest", ""))[:12]]


def _selected(data: Mapping[str, Any]) -> str:
    if "erased" in data:
        number = int(data["erased"])
        return ngettext("%(number)s document erased", "%(number)s documents erased", number) % {
            "number": number
        }
    number = int(data.get("positions", 0))
    text = ngettext("%(number)s document marked", "%(number)s documents marked", number)
    return text % {"number": number}


def _reminder(data: Mapping[str, Any]) -> list[str]:
    """Which stage of a term was told, and to whom; or how many summaries were written that day."""
    if "summaries" in data:
        number = int(data["summaries"])
        text = ngettext("%(number)s summary of the day", "%(number)s summaries of the day", number)
        return [text % {"number": number}]
    stages = {stage.key: str(stage.name) for stage in LADDER}
    to = ", ".join(data.get("to", ()))
    return [
        str(stages.get(str(data.get("stage")), data.get("stage", ""))),
        to or _("nobody of those who should hear of it has an e-mail address"),
    ]
