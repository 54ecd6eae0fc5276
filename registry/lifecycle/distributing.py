"""Whose work an entry is: assigned, taken, sent back, and what other departments contribute."""

from __future__ import annotations

from datetime import date
from typing import Any, Unpack

from django.utils.translation import gettext as _

from contacts.models import Department
from registry.lifecycle.changing import NotPossible, Who, once, require, taking
from registry.models.desk import DeskMember
from registry.models.entries import RegistryEntry
from registry.models.work import Contribution
from registry.permissions import departments_of, works_for


def _require_officer(officer: Any, department: Department, entry: RegistryEntry) -> None:
    if officer is None:
        return
    if not works_for(officer, department.pk):
        raise NotPossible(
            _("%(name)s does not work for %(department)s: choose an officer of it.")
            % {"name": officer, "department": department}
        )
    if entry.concerns_id == officer.pk:
        raise NotPossible(
            _("Nobody handles a petition about himself (OG 27/2002): choose somebody else.")
        )


@once
def assign(
    entry: RegistryEntry, department: Department, *, officer: Any = None, **who: Unpack[Who]
) -> RegistryEntry:
    """Give the entry to `department`, and to its `officer` where one is named; again to others until it is approved."""
    call = [department.key, officer and officer.pk]
    with taking("assign", entry, call=call, **who) as step:
        now = step.entry
        _require_officer(officer, department, now)
        before = now.department.key if now.department else None
        if now.department_id == department.pk:
            if officer is None or now.officer_id == officer.pk:
                return now
            step.change(officer=officer, state=now.state)
        else:
            step.change(department=department, officer=officer, assigned_at=step.at)
        return step.done(
            {
                "department": [before, department.key],
                **({"officer": officer.get_username()} if officer else {}),
            }
        )


@once
def concerns(entry: RegistryEntry, colleague: Any, **who: Unpack[Who]) -> RegistryEntry:
    """Mark that the petition is about the work of `colleague`, who (with those below) then has no part in it."""
    with taking("concerns", entry, call=[colleague.pk], **who) as step:
        step.change(concerns=colleague)
        if step.entry.officer_id == colleague.pk:
            step.change(officer=None)
        return step.done({"colleague": colleague.get_username()})


@once
def take(entry: RegistryEntry, **who: Unpack[Who]) -> RegistryEntry:
    """Begin to work on it; who begins is its officer, unless another one was named."""
    with taking("take", entry, **who) as step:
        if step.entry.officer_id is None:
            step.change(officer=step.actor)
        return step.done()


@once
def refuse(entry: RegistryEntry, reason: str, **who: Unpack[Who]) -> RegistryEntry:
    """Send it back to the registry: it is not within the department's competence. The clock does not stop."""
    with taking("refuse", entry, call=[reason], **who) as step:
        reason = require(reason, _("Write whose competence it is, as far as you know."))
        department = step.entry.department
        step.change(department=None, officer=None, assigned_at=None)
        return step.done({"department": department and department.key, "reason": reason})


@once
def ask_contributions(
    entry: RegistryEntry,
    department: Department,
    due: date,
    *,
    question: str = "",
    **who: Unpack[Who],
) -> RegistryEntry:
    """Ask `department` to contribute by the local day `due`, which lies within the entry's own term."""
    call = [department.key, due, question]
    with taking("ask_contributions", entry, call=call, **who) as step:
        now = step.entry
        if department.pk == now.department_id:
            raise NotPossible(
                _("%(department)s leads already: ask another department.")
                % {"department": department}
            )
        limit = now.internal_due or now.due
        if due < step.today:
            raise NotPossible(_("This day is over: choose a later one."))
        if limit and due > limit:
            raise NotPossible(
                _("The answer itself is due on %(day)s: choose a day up to then.")
                % {"day": f"{limit:%d.%m.%Y}"}
            )
        known = Contribution.objects.filter(entry=now, department=department).first()
        if known is not None and known.given_at:
            raise NotPossible(
                _("%(department)s has contributed already.") % {"department": department}
            )
        if known is None:
            Contribution.objects.create(
                entry=now,
                department=department,
                due=due,
                asked_at=step.at,
                asked_by=step.actor,
                question=question,
            )
        else:
            known.due, known.question = due, question
            known.save(update_fields=["due", "question"])
        return step.done({"department": department.key, "due": due.isoformat()})


@once
def contribute(entry: RegistryEntry, text: str, **who: Unpack[Who]) -> RegistryEntry:
    """Write what the actor's department was asked for."""
    with taking("contribute", entry, call=[text], **who) as step:
        text = require(text, _("Write what your department contributes."))
        waiting = Contribution.objects.filter(entry=step.entry, given_at=None)
        if step.actor is not None:
            waiting = waiting.filter(department__in=departments_of(step.actor))
        found = waiting.select_related("department").first()
        if found is None:
            raise NotPossible(_("Nothing is asked from your department here any more."))
        found.text, found.given_at, found.given_by = text, step.at, step.actor
        found.save(update_fields=["text", "given_at", "given_by"])
        return step.done({"department": found.department.key})


def heads_of(department_id: int) -> list[Any]:
    """The users who lead a department."""
    members = DeskMember.objects.filter(department=department_id, is_head=True)
    return [member.user for member in members.select_related("user")]
