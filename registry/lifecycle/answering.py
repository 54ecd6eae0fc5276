"""The answer: written in versions by the department, held against the aspects raised, approved by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry import letters
from registry.enums import AttachmentRole, LetterKind, Outcome
from registry.files import vault
from registry.files.uploads import Upload
from registry.lifecycle.changing import NotPossible, Taking, Who, once, require, taking
from registry.models.entries import Attachment, RegistryEntry
from registry.models.work import Draft, Letter
from registry.registration import discard

MOST_ASPECTS = 20


@once
def set_aspects(entry: RegistryEntry, aspects: Sequence[str], **who: Unpack[Who]) -> RegistryEntry:
    """Write down what the petition raises, an aspect a line; an answer is held against them."""
    found = list(dict.fromkeys(line for aspect in aspects if (line := aspect.strip())))
    with taking("aspects", entry, call=found, **who) as step:
        if len(found) > MOST_ASPECTS:
            raise NotPossible(
                _("At most %(number)s aspects: put together what belongs together.")
                % {"number": MOST_ASPECTS}
            )
        step.change(aspects=found)
        return step.done({"aspects": len(found)})


def latest_draft(entry: RegistryEntry) -> Draft | None:
    """The newest version of the answer."""
    return entry.drafts.order_by("-version").first()


def _write(step: Taking, values: dict[str, Any], *, submitted: bool) -> Draft:
    last = latest_draft(step.entry)
    return Draft.objects.create(
        entry=step.entry,
        version=last.version + 1 if last else 1,
        author=step.actor,
        at=step.at,
        submitted_at=step.at if submitted else None,
        **values,
    )


@once
def draft(
    entry: RegistryEntry,
    text: str,
    *,
    outcome: str = "",
    legal_basis: str = "",
    signatory_head: str = "",
    signatory_department: str = "",
    covered: Sequence[str] = (),
    **who: Unpack[Who],
) -> RegistryEntry:
    """Keep a version of the answer; nothing but its text is required yet."""
    values = {
        "text": text.strip(),
        "outcome": outcome,
        "legal_basis": legal_basis.strip(),
        "signatory_head": signatory_head.strip(),
        "signatory_department": signatory_department.strip(),
        "covered": list(covered),
    }
    with taking("draft", entry, call=values, **who) as step:
        require(text, _("Write the answer: there is nothing to keep yet."))
        made = _write(step, values, submitted=False)
        return step.done({"draft": made.version})


def uncovered(entry: RegistryEntry, covered: Sequence[str]) -> list[str]:
    """The aspects of `entry` that an answer which covers `covered` leaves open."""
    return [aspect for aspect in entry.aspects if aspect not in covered]


def _complete(entry: RegistryEntry, values: dict[str, Any]) -> None:
    """Raise NotPossible for what an answer may not leave without (OG 27/2002, art. 13)."""
    require(values["text"], _("Write the answer."))
    if values["outcome"] not in Outcome.values:
        raise NotPossible(_("Choose what the answer comes to: the reports count by it."))
    require(values["legal_basis"], _("Write the legal basis: an answer has one (OG 27/2002)."))
    for name in ("signatory_head", "signatory_department"):
        require(
            values[name],
            _(
                "Write both who sign: the head of the institution (or who was delegated) and the head of the "
                "department (OG 27/2002)."
            ),
        )
    if values["signatory_head"].casefold() == values["signatory_department"].casefold():
        raise NotPossible(_("Two different people sign an answer (OG 27/2002)."))
    if left := uncovered(entry, values["covered"]):
        raise NotPossible(
            ngettext(
                "An aspect is not answered yet: %(aspects)s.",
                "Aspects are not answered yet: %(aspects)s.",
                len(left),
            )
            % {"aspects": "; ".join(left)}
        )


@once
def submit(
    entry: RegistryEntry,
    text: str,
    *,
    outcome: str,
    legal_basis: str,
    signatory_head: str,
    signatory_department: str,
    covered: Sequence[str] = (),
    **who: Unpack[Who],
) -> RegistryEntry:
    """Send the answer for approval: with its outcome, legal basis, both signatories, and no aspect left open."""
    values = {
        "text": text.strip(),
        "outcome": outcome,
        "legal_basis": legal_basis.strip(),
        "signatory_head": signatory_head.strip(),
        "signatory_department": signatory_department.strip(),
        "covered": list(covered),
    }
    with taking("submit", entry, call=values, **who) as step:
        now = step.entry
        _complete(now, values)
        missing = now.contributions.filter(given_at=None).select_related("department").first()
        if missing is not None:
            raise NotPossible(
                _(
                    "%(department)s has not contributed yet: wait for it, or let the registry change what is asked."
                )
                % {"department": missing.department}
            )
        made = _write(step, values, submitted=True)
        return step.done({"draft": made.version})


@once
def send_back(entry: RegistryEntry, reason: str, **who: Unpack[Who]) -> RegistryEntry:
    """Send the answer back to its author, with what has to change."""
    with taking("send_back", entry, call=[reason], **who) as step:
        reason = require(reason, _("Write what has to change."))
        last = latest_draft(step.entry)
        if last is not None:
            last.remark = reason[:1000]
            last.save(update_fields=["remark"])
        return step.done({"draft": last and last.version})


@once
def approve(entry: RegistryEntry, **who: Unpack[Who]) -> RegistryEntry:
    """Approve the answer as it was sent for approval; its letter then waits for the registry to send it."""
    with taking("approve", entry, **who) as step:
        now, last = step.entry, latest_draft(step.entry)
        if last is None or last.submitted_at is None:
            raise NotPossible(_("There is no answer to approve: send it back to the department."))
        if step.actor is not None and last.author_id == step.actor.pk:
            raise NotPossible(
                _("Who wrote an answer does not approve it: a second person reads it first.")
            )
        step.change(
            outcome=last.outcome,
            legal_basis=last.legal_basis,
            signatory_head=last.signatory_head,
            signatory_department=last.signatory_department,
            approved_at=step.at,
        )
        letters.prepare(
            now,
            LetterKind.ANSWER,
            letters.answer_text(now, last.text),
            by=step.actor,
            at=step.at,
        )
        return step.done({"draft": last.version})


@once
def sign(entry: RegistryEntry, upload: Upload, **who: Unpack[Who]) -> RegistryEntry:
    """Put the signed file of an approved answer into its slot; a new one takes the place of the old, which is kept."""
    stored = vault.adopt(upload.stored)
    with taking("sign", entry, call=[upload.sha256], **who) as step:
        now = step.entry
        letter = Letter.objects.filter(entry=now, kind=LetterKind.ANSWER).latest("pk")
        file = Attachment.objects.create(
            entry=now,
            role=AttachmentRole.SIGNED,
            stored_name=stored,
            name=upload.name,
            media_type=upload.media_type,
            size=upload.size,
            sha256=upload.sha256,
            added_at=step.at,
        )
        letter.signed_file = file
        letter.save(update_fields=["signed_file"])
        done = step.done({"files": [upload.sha256]})
    discard(upload)
    return done
