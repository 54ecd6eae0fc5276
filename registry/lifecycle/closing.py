"""Ends without an answer of ours, and back: redirected, joined, filed, archived, cancelled, reopened."""

from __future__ import annotations

from datetime import date
from typing import Any, Unpack

from django.utils.translation import gettext as _

from registry import audit, letters
from registry.deadlines import TermKey
from registry.enums import Action, Channel, Direction, FiledAs, LetterKind, ReplyBy, State
from registry.lifecycle.changing import NotPossible, Taking, Who, once, require, taking
from registry.models.entries import RegistryEntry
from registry.models.kinds import EntryKind
from registry.models.office import FileClass, Institution
from registry.petitioners import same_petitioner
from registry.registration import Filing, Sender, register

LETTERS_KIND = "corespondenta"


# -- redirected --------------------------------------------------------------------------------------------------------


def redirect_term(entry: RegistryEntry) -> date | None:
    """The last day on which `entry` may be redirected, as the law's days are counted in the house."""
    days = [entry.other_terms.get(key) for key in (TermKey.REDIRECT_LIMIT, TermKey.REDIRECT_BY)]
    return max((date.fromisoformat(day) for day in days if day), default=None)


def _numbered(step: Taking, kind: LetterKind, text: str, institution: Institution | None) -> str:
    """Register and prepare a letter about the entry of `step`; its number."""
    entry = step.entry
    to_whom = institution.name if institution else entry.petitioner_name
    own = register(
        Filing(
            kind=EntryKind.objects.get(key=LETTERS_KIND),
            subject=letters.subject_of(kind, entry)[:250],
            direction=Direction.OUTGOING,
            channel=Channel.EMAIL,
            sender=Sender(name=to_whom),
            reply_by=ReplyBy.NONE,
            about=entry,
            state=State.APPROVED,
        ),
        register=entry.register,
        actor=step.actor,
        clock=lambda: step.at,
    ).entry
    letters.prepare(
        entry,
        kind,
        text,
        by=step.actor,
        at=step.at,
        institution=institution,
        registered_as=own,
    )
    return own.number_text


@once
def redirect(
    entry: RegistryEntry, institution: Institution, *, late_reason: str = "", **who: Unpack[Who]
) -> RegistryEntry:
    """Send the petition on to the institution that decides on it, within five days, and tell the petitioner.

    Both letters get their number and wait for dispatch. After the five days (OG 27/2002, art. 6¹) a reason is asked.
    """
    call = [institution.pk, late_reason]
    with taking("redirect", entry, call=call, **who) as step:
        now = step.entry
        if institution.is_own:
            raise NotPossible(
                _(
                    "%(institution)s is part of the city hall: assign the petition to the department instead."
                )
                % {"institution": institution}
            )
        if not institution.is_active:
            raise NotPossible(
                _("%(institution)s is not in use any more.") % {"institution": institution}
            )
        if now.joined.exists():
            raise NotPossible(_("Others are joined to it: take them off first."))
        term = redirect_term(now)
        if term and step.today > term:
            late_reason = require(
                late_reason,
                _(
                    "The five days for a redirection ended on %(day)s (OG 27/2002, art. 6¹). Write why it goes late; "
                    "it stands in the trail."
                )
                % {"day": f"{term:%d.%m.%Y}"},
            )
        number = _numbered(
            step, LetterKind.REDIRECTION, letters.redirection_text(now, institution), institution
        )
        notice = ""
        if now.petitioner_name:
            notice = _numbered(
                step,
                LetterKind.REDIRECTION_NOTICE,
                letters.redirection_notice_text(now, institution),
                None,
            )
        step.change(institution=institution, closed_at=step.at)
        return step.done(
            {
                "institution": institution.name,
                "letter": number,
                "notice": notice,
                **({"late": late_reason} if late_reason else {}),
            }
        )


# -- joined, repeated, anonymous ---------------------------------------------------------------------------------------


@once
def join(entry: RegistryEntry, first: RegistryEntry, **who: Unpack[Who]) -> RegistryEntry:
    """Join the petition to an earlier one of the same petitioner about the same matter; one answer is for all.

    The first one's term holds (OG 27/2002, art. 10). A joined one is never joined to, so there is no circle.
    """
    with taking("join", entry, call=[first.pk], **who) as step:
        now = step.entry
        target = RegistryEntry.objects.select_for_update(of=("self",)).get(pk=first.pk)
        if target.pk == now.pk:
            raise NotPossible(_("An entry can't be joined to itself."))
        if target.state == State.JOINED and target.joined_to_id is not None:
            raise NotPossible(
                _("%(number)s is joined itself: join to %(first)s.")
                % {"number": target.number_text, "first": target.joined_to}
            )
        if target.pk > now.pk:
            raise NotPossible(
                _("Join to the first one: %(number)s came later.") % {"number": target.number_text}
            )
        if not target.is_open:
            raise NotPossible(
                _("%(number)s is closed: what comes after an answer is filed as a repeat.")
                % {"number": target.number_text}
            )
        if now.joined.filter(state=State.JOINED).exists():
            raise NotPossible(_("Others are joined to it: take them off first."))
        if not same_petitioner(now, target):
            raise NotPossible(
                _(
                    "Only petitions of the same petitioner are joined (OG 27/2002, art. 10): names and addresses of "
                    "the two differ."
                )
            )
        step.change(joined_to=target, closed_at=step.at)
        target.version += 1
        target.save(update_fields=["version"])
        done = step.done({"first": target.number_text})
        audit.record(
            Action.JOINED,
            actor=step.actor,
            entry=target,
            at=step.at,
            data={"joined": now.number_text},
        )
        return done


def _file(step: Taking, filed_as: str, reason: str, data: dict[str, Any]) -> RegistryEntry:
    step.change(filed_as=filed_as, file_reason=reason[:300], closed_at=step.at)
    return step.done({"filed_as": filed_as, "reason": reason, **data})


def _require_alone(entry: RegistryEntry) -> None:
    if entry.joined.filter(state=State.JOINED).exists():
        raise NotPossible(_("Others are joined to it: take them off first."))


@once
def file_anonymous(entry: RegistryEntry, reason: str, **who: Unpack[Who]) -> RegistryEntry:
    """File a petition without name or address: it is not considered, and keeps its number (OG 27/2002, art. 7)."""
    with taking("file_anonymous", entry, call=[reason], **who) as step:
        now = step.entry
        reason = require(reason, _("Write what is missing."))
        _require_alone(now)
        if now.petitioner_name and (now.petitioner_email or now.petitioner_address):
            raise NotPossible(
                _("It has a name and an address: only petitions without them are filed like this.")
            )
        return _file(step, FiledAs.ANONYMOUS, reason, {})


@once
def file_repeat(entry: RegistryEntry, answered: RegistryEntry, **who: Unpack[Who]) -> RegistryEntry:
    """File a petition that repeats one that was answered; the original says so (OG 27/2002, art. 10)."""
    with taking("file_repeat", entry, call=[answered.pk], **who) as step:
        now = step.entry
        _require_alone(now)
        original = RegistryEntry.objects.get(pk=answered.pk)
        if original.pk >= now.pk or original.answered_at is None:
            raise NotPossible(
                _("%(number)s was not answered before: a repeat comes after an answer.")
                % {"number": original.number_text}
            )
        if not same_petitioner(now, original):
            raise NotPossible(
                _("%(number)s is from somebody else: names and addresses of the two differ.")
                % {"number": original.number_text}
            )
        step.change(repeats=original)
        done = _file(step, FiledAs.REPEAT, "", {"repeats": original.number_text})
        audit.record(
            Action.REPEATED,
            actor=step.actor,
            entry=original,
            at=step.at,
            data={"repeat": now.number_text},
        )
        return done


@once
def close(entry: RegistryEntry, reason: str, **who: Unpack[Who]) -> RegistryEntry:
    """Close what needs no answer: court mail that was handed over, correspondence that was noted."""
    with taking("close", entry, call=[reason], **who) as step:
        reason = require(reason, _("Write what became of it."))
        return _file(step, "", reason, {})


# -- archived, cancelled, reopened -------------------------------------------------------------------------------------


@once
def archive(entry: RegistryEntry, file_class: FileClass, **who: Unpack[Who]) -> RegistryEntry:
    """Put what is closed into the archive, under its file class."""
    with taking("archive", entry, call=[file_class.pk], **who) as step:
        now = step.entry
        if not file_class.is_active:
            raise NotPossible(
                _("%(file_class)s is not in use any more.") % {"file_class": file_class}
            )
        if now.state == State.JOINED and now.joined_to and now.joined_to.is_open:
            raise NotPossible(
                _("%(number)s, which it is joined to, is not answered yet.")
                % {"number": now.joined_to.number_text}
            )
        step.change(file_class=file_class, archived_at=step.at)
        return step.done({"file_class": file_class.code})


@once
def cancel(entry: RegistryEntry, reason: str, **who: Unpack[Who]) -> RegistryEntry:
    """Cancel a wrong entry: it keeps its number and everything in it, with the reason beside it."""
    with taking("cancel", entry, call=[reason], **who) as step:
        _require_alone(step.entry)
        reason = require(
            reason, _("Write the reason: it stands in the register beside the number.")
        )
        step.change(cancelled_at=step.at, closed_at=step.at, cancel_reason=reason)
        letters.withdraw_unsent(step.entry, by=step.actor, at=step.at, reason=reason)
        return step.done({"reason": reason})


@once
def reopen(entry: RegistryEntry, reason: str, **who: Unpack[Who]) -> RegistryEntry:
    """Open again what was closed, with its terms as they were; letters and versions of the answer stay."""
    with taking("reopen", entry, call=[reason], **who) as step:
        now = step.entry
        reason = require(reason, _("Write why it is opened again."))
        if now.selection_id is not None:
            raise NotPossible(_("It left the archive: only its number and dates are kept."))
        letters.withdraw_unsent(now, by=step.actor, at=step.at, reason=reason)
        step.change(
            state=State.IN_PROGRESS if now.department_id else State.REGISTERED,
            closed_at=None,
            archived_at=None,
            answered_at=None,
            approved_at=None,
            answer="",
            outcome="",
            joined_to=None,
            repeats=None,
            institution=None,
            filed_as="",
            file_reason="",
        )
        return step.done({"reason": reason})
