"""The demonstration's register: a few petitions in every state, dated back from the day of loading."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from contacts.models import Department
from registry import lifecycle
from registry.deadlines import CITY_ZONE
from registry.enums import Channel, Mode, Outcome, ReplyBy
from registry.models import EntryKind, Register, RegistryEntry
from registry.registration import Filing, Sender, register

CODE = "305"
"""Of the demonstration: the code that real documents of the Centre carry."""


def load_petitions(content: dict[str, Any], today: date) -> None:
    """Register them, in an empty register of a demonstration only: a number is never handed out for show elsewhere."""
    if not settings.AGORA_DEMO or RegistryEntry.objects.exists():
        return
    general = Register.objects.get(key="general")
    general.code = CODE
    general.save()
    kinds = {kind.key: kind for kind in EntryKind.objects.all()}
    departments = {row.key: row for row in Department.objects.all()}
    users = {user.get_username(): user for user in get_user_model().objects.all()}
    timeline: list[tuple[datetime, dict[str, Any], dict[str, Any] | None]] = []
    for item in content["petitions"]:
        day = today - timedelta(days=item["days_ago"])
        moment = datetime.combine(day, time.fromisoformat(item["hour"]), CITY_ZONE)
        timeline.append((moment, item, None))
        timeline += [
            (moment + timedelta(days=step["after"], hours=2), item, step) for step in item["steps"]
        ]
    entries: dict[str, RegistryEntry] = {}
    # In the order in which it all happened, as the trail tells it.
    for moment, item, step in sorted(timeline, key=lambda row: row[0]):
        if step is not None:
            _take(entries[item["subject"]], item, step, departments, users, moment)
            continue
        filing = Filing(
            kind=kinds[item["kind"]],
            subject=item["subject"],
            body=item["text"].strip(),
            channel=Channel.WEB,
            language=item["language"],
            sender=Sender(name=item["name"], email="demo@example.org"),
            reply_by=ReplyBy.EMAIL,
            requested_department=departments.get(item.get("department", "")),
        )
        entries[item["subject"]] = register(
            filing, register=general, clock=partial(lambda moment: moment, moment)
        ).entry


def _take(
    entry: RegistryEntry,
    item: dict[str, Any],
    step: dict[str, Any],
    departments: dict[str, Department],
    users: dict[str, Any],
    at: datetime,
) -> None:
    """One step in the life of an entry, at its moment."""
    clerk, chief = users.get("clerk"), users.get("chief")
    if step["do"] == "assign":
        lifecycle.assign(entry, departments[item["department"]], actor=clerk, at=at)
    elif step["do"] == "answer":
        _answer(entry, step["text"], clerk, at)
    elif step["do"] == "extend":
        lifecycle.extend(entry, step["days"], step["reason"], actor=chief, at=at)
    elif step["do"] == "complete":
        lifecycle.complete(entry, step["text"], (), submission_key=f"demo-{entry.pk}", at=at)
    else:
        lifecycle.cancel(entry, step["reason"], actor=chief, at=at)


def _answer(entry: RegistryEntry, text: str, clerk: Any, at: datetime) -> None:
    """The whole way of an answer, within the hour before it is sent."""
    lifecycle.submit(
        entry,
        text,
        actor=None,
        outcome=Outcome.EXPLAINED,
        legal_basis="OG 27/2002, art. 13",
        signatory_head="Primar, prin delegat",
        signatory_department="Șef serviciu",
        at=at - timedelta(minutes=40),
    )
    lifecycle.approve(entry, actor=None, at=at - timedelta(minutes=20))
    lifecycle.dispatch(entry, Mode.EMAIL, actor=clerk, at=at)
