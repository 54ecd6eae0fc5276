"""Terms while an entry is open: extended once by its head; a question to the petitioner stops no clock."""

from __future__ import annotations

from typing import Unpack

from django.utils.translation import gettext as _

from registry import letters, term_services
from registry.deadlines import ExtensionProblem, TermKey, extension_problem
from registry.enums import Family, LetterKind, Mode
from registry.lifecycle.changing import NotPossible, Who, once, require, taking
from registry.models.entries import RegistryEntry

_EXTENSION_TEXTS = {
    ExtensionProblem.ALREADY_EXTENDED: lambda: _(
        "The term was extended already: the law allows it once (OG 27/2002)."
    ),
    ExtensionProblem.TOO_LATE: lambda: _(
        "The term is over: it can only be extended before its last day has passed (OG 27/2002)."
    ),
    ExtensionProblem.DAYS: lambda: _("A term is extended by 1 to 15 days (OG 27/2002)."),
}


@once
def extend(entry: RegistryEntry, days: int, reason: str, **who: Unpack[Who]) -> RegistryEntry:
    """Extend the term once, by 1 to 15 days from the original one, with a reason; the petitioner is told.

    OG 27/2002, art. 9. A request for public information gets the term of complex ones instead, whatever `days` says
    (Law 544/2001, art. 7).
    """
    with taking("extend", entry, call=[days, reason], **who) as step:
        now = step.entry
        if now.due is None:
            raise NotPossible(_("The term of this kind of document can't be extended like this."))
        if now.kind.family == Family.FOI:
            days = _days_of_complex(now)
            problem = extension_problem(now.due, bool(now.extended_by), days, step.today, days)
        else:
            problem = extension_problem(now.due, bool(now.extended_by), days, step.today)
        if problem is not None:
            raise NotPossible(_EXTENSION_TEXTS[problem]())
        reason = require(reason, _("Write the reason: the petitioner is told."))
        step.change(extended_by=days, extension_reason=reason)
        changed = term_services.set_terms(
            now, term_services.terms_of(now, term_services.working_calendar())
        )
        step.fields.update([*RegistryEntry.TERM_FIELDS, "other_terms"])
        if now.petitioner_name:
            letter = letters.prepare(
                now, LetterKind.EXTENSION, letters.extension_text(now), by=step.actor, at=step.at
            )
            if letter.mode == Mode.EMAIL:
                # The head of the registry is the registry: nothing else has to happen to it.
                letters.send(letter, by=step.actor, at=step.at)
        return step.done({"days": days, "reason": reason, "terms": changed})


def _days_of_complex(entry: RegistryEntry) -> int:
    """By how many days the term of a complex request is longer (Law 544/2001, art. 7)."""
    rules = {
        rule.key: rule for rule in term_services.rules_for(entry.kind.family, entry.registered_on)
    }
    if TermKey.EXTENDED_DUE not in rules or TermKey.DUE not in rules:
        raise NotPossible(_("The term of this kind of document can't be extended like this."))
    return rules[TermKey.EXTENDED_DUE].days - rules[TermKey.DUE].days


@once
def ask(entry: RegistryEntry, text: str, **who: Unpack[Who]) -> RegistryEntry:
    """Ask the petitioner for what is missing; the registry sends the question, and the clock does not stop."""
    with taking("ask", entry, call=[text], **who) as step:
        now = step.entry
        text = require(text, _("Write what you need to know."))
        if not (now.petitioner_email or now.petitioner_address):
            raise NotPossible(_("There is no address to ask at."))
        letters.prepare(
            now, LetterKind.QUESTION, letters.question_text(now, text), by=step.actor, at=step.at
        )
        step.change(asked_at=step.at)
        return step.done()
