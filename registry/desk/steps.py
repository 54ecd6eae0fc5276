"""The steps of the life cycle as the desk offers them: what each is called, what is asked, which service takes it.

The table (registry.transitions) says when and to whom; here are only words and forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry import lifecycle
from registry.desk.beginnings import begun, templates_for
from registry.desk.forms import (
    AnswerForm,
    ArchiveForm,
    AspectsForm,
    AssignForm,
    CancelForm,
    ConcernsForm,
    ContributionsForm,
    DispatchForm,
    ExtendForm,
    OtherEntryForm,
    ReasonForm,
    RedirectForm,
    SignForm,
    StepForm,
    TextForm,
    share_choices,
)
from registry.models import AnswerTemplate, RegistryEntry
from registry.permissions import Reader, refusal_of
from registry.transitions import TABLE, Transition, possible

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its name in the table, its words, what is asked, and the service that takes it.

    `is_wide` steps are written in, and stand in the main column. `shares` names a step whose form this one is sent
    with: its button stands beside the other one's.
    """

    name: str
    title: Words
    button: Words
    done: Words
    form: type[StepForm]
    act: Callable[..., RegistryEntry]
    is_serious: bool = False
    is_wide: bool = False
    shares: str = ""

    @property
    def row(self) -> Transition:
        """The step in the table."""
        return TABLE[self.name]

    @property
    def prefix(self) -> str:
        """What the form's fields are named by."""
        return self.shares or self.name


def _answer(service: Callable[..., RegistryEntry]) -> Callable[..., RegistryEntry]:
    def act(entry: RegistryEntry, data: Mapping[str, Any], **who: Any) -> RegistryEntry:
        names = ("outcome", "legal_basis", "signatory_head", "signatory_department")
        return service(
            entry,
            data["text"],
            covered=data.get("covered", ()),
            **{name: data[name] for name in names},
            **who,
        )

    return act


def _reason(service: Callable[..., RegistryEntry]) -> Callable[..., RegistryEntry]:
    return lambda entry, data, **who: service(entry, data["reason"], **who)


def _text(service: Callable[..., RegistryEntry]) -> Callable[..., RegistryEntry]:
    return lambda entry, data, **who: service(entry, data["text"], **who)


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "assign",
            _("Assign"),
            _("Assign to the department"),
            _("The entry is assigned."),
            AssignForm,
            lambda entry, data, **who: lifecycle.assign(
                entry, data["department"], officer=data["officer"], **who
            ),
        ),
        Step(
            "take",
            _("Begin to work on it"),
            _("I work on it"),
            _("You work on it now."),
            StepForm,
            lambda entry, data, **who: lifecycle.take(entry, **who),
        ),
        Step(
            "submit",
            _("Write the answer"),
            _("Send for approval"),
            _("The answer was sent for approval."),
            AnswerForm,
            _answer(lifecycle.submit),
            is_wide=True,
        ),
        Step(
            "draft",
            _("Write the answer"),
            _("Keep this version"),
            _("This version of the answer is kept."),
            AnswerForm,
            _answer(lifecycle.draft),
            shares="submit",
        ),
        Step(
            "aspects",
            _("Aspects raised"),
            _("Write them down"),
            _("The aspects are written down."),
            AspectsForm,
            lambda entry, data, **who: lifecycle.set_aspects(entry, data["aspects"], **who),
        ),
        Step(
            "contribute",
            _("Contribute"),
            _("Give the contribution"),
            _("Your department has contributed."),
            TextForm,
            _text(lifecycle.contribute),
        ),
        Step(
            "approve",
            _("Approve the answer"),
            pgettext_lazy("button", "Approve"),
            _("The answer is approved; the registry sends it."),
            StepForm,
            lambda entry, data, **who: lifecycle.approve(entry, **who),
        ),
        Step(
            "send_back",
            _("Send the answer back"),
            _("Send it back"),
            _("The answer went back to the department."),
            ReasonForm,
            _reason(lifecycle.send_back),
        ),
        Step(
            "sign",
            _("Signed file"),
            _("Put it in"),
            _("The signed file is kept with the answer."),
            SignForm,
            lambda entry, data, **who: lifecycle.sign(entry, data["file"], **who),
        ),
        Step(
            "dispatch",
            _("Send the answer"),
            _("Send it out"),
            _("The answer is on its way; the term has ended."),
            DispatchForm,
            lambda entry, data, **who: lifecycle.dispatch(
                entry, data["mode"], hall=data["hall"], proof=data["proof"], **who
            ),
        ),
        Step(
            "returned",
            _("It came back undelivered"),
            _("Write it down"),
            _("It is written down; the answer waits to be sent once more."),
            ReasonForm,
            _reason(lifecycle.returned),
        ),
        Step(
            "archive",
            _("Archive"),
            _("Put it into the archive"),
            _("The entry is archived."),
            ArchiveForm,
            lambda entry, data, **who: lifecycle.archive(entry, data["file_class"], **who),
        ),
        Step(
            "ask_contributions",
            _("Ask another department"),
            _("Ask for its contribution"),
            _("The department was asked."),
            ContributionsForm,
            lambda entry, data, **who: lifecycle.ask_contributions(
                entry, data["department"], data["due"], question=data["question"], **who
            ),
        ),
        Step(
            "ask",
            _("Ask the petitioner"),
            _("Prepare the question"),
            _("The registry sends the question; the term goes on."),
            TextForm,
            _text(lifecycle.ask),
        ),
        Step(
            "refuse",
            _("It is not for us"),
            _("Send it back to the registry"),
            _("The entry went back to the registry."),
            ReasonForm,
            _reason(lifecycle.refuse),
        ),
        Step(
            "extend",
            _("Extend the term"),
            _("Extend the term"),
            _("The term is extended."),
            ExtendForm,
            lambda entry, data, **who: lifecycle.extend(entry, data["days"], data["reason"], **who),
        ),
        Step(
            "redirect",
            _("Redirect to another institution"),
            _("Redirect it"),
            _("The entry is redirected; both letters wait to be sent."),
            RedirectForm,
            lambda entry, data, **who: lifecycle.redirect(
                entry, data["institution"], late_reason=data["late_reason"], **who
            ),
        ),
        Step(
            "join",
            _("Join to an earlier one"),
            _("Join it"),
            _("The entry is joined; one answer is for both."),
            OtherEntryForm,
            lambda entry, data, **who: lifecycle.join(entry, data["other"], **who),
        ),
        Step(
            "file_repeat",
            _("File as a repeat"),
            _("File it"),
            _("The entry is filed; the first one tells of it."),
            OtherEntryForm,
            lambda entry, data, **who: lifecycle.file_repeat(entry, data["other"], **who),
        ),
        Step(
            "file_anonymous",
            _("File as anonymous"),
            _("File it"),
            _("The entry is filed; its number stays."),
            ReasonForm,
            _reason(lifecycle.file_anonymous),
        ),
        Step(
            "close",
            _("Close without an answer"),
            _("Close it"),
            _("The entry is closed."),
            ReasonForm,
            _reason(lifecycle.close),
        ),
        Step(
            "concerns",
            _("It is about a colleague"),
            _("Mark it"),
            _("It is marked: that colleague has no part in it."),
            ConcernsForm,
            lambda entry, data, **who: lifecycle.concerns(entry, data["colleague"], **who),
        ),
        Step(
            "reopen",
            _("Open again"),
            _("Open it again"),
            _("The entry is open again, with its terms as they were."),
            ReasonForm,
            _reason(lifecycle.reopen),
            is_serious=True,
        ),
        Step(
            "cancel",
            _("Cancel a wrong entry"),
            _("Cancel the entry"),
            _("The entry is cancelled; its number stays."),
            CancelForm,
            _reason(lifecycle.cancel),
            is_serious=True,
        ),
    )
}

# What is likely to be done next stands open.
_OPEN = {
    "registered": {"assign"},
    "assigned": {"take"},
    "in_progress": {"submit"},
    "drafted": {"approve"},
    "approved": {"dispatch"},
    "returned": {"dispatch"},
    "dispatched": {"archive"},
}


@dataclass(frozen=True, slots=True)
class OfferedStep:
    """A step with its form, empty or as it was typed; `beside` are buttons that send the same form elsewhere."""

    step: Step
    form: StepForm
    url: str
    is_open: bool
    beside: list[tuple[Words, str]]
    templates: list[AnswerTemplate]
    """Texts that it can begin with."""


def step_url(entry: RegistryEntry, name: str) -> str:
    """Where a step is sent to."""
    return reverse("registry_entries:step", args=[entry.pk, name])


def offered_steps(
    user: Any,
    entry: RegistryEntry,
    typed: Mapping[str, StepForm],
    filled: Mapping[str, Mapping[str, Any]] | None = None,
    template: str = "",
) -> list[OfferedStep]:
    """The steps that `user` can take with `entry`, which he sees.

    `typed` are forms that were refused, by step; `filled` is what stands in the forms of steps that were chosen
    elsewhere on the screen, which are open then; `template` is the id of the template that an answer or a question
    begins with.
    """
    reader = Reader(user)
    # What left the archive is no more than a number: nothing is done with it.
    rows = possible(entry.state, entry.kind.family) if entry.selection_id is None else ()
    can = {row.name for row in rows if not refusal_of(row, entry, user, reader)}
    if "extend" in can and (entry.extended_by or entry.due is None):
        can.discard("extend")
    templates, filled = templates_for(entry, can), dict(filled or {})
    found = []
    for name, step in STEPS.items():
        if step.shares:
            continue
        sent = next((typed[key] for key in typed if STEPS[key].prefix == name), None)
        # What was typed is kept on the screen even where the step has become impossible.
        if name not in can and sent is None:
            continue
        form = sent
        if form is None:
            if beginning := begun(user, entry, templates.get(name, []), template):
                filled[name] = {**filled.get(name, {}), **beginning}
            initial = {**step.form.initial_for(entry), **filled.get(name, {})}
            form = step.form(initial=initial, prefix=name, user=user, entry=entry)
        beside = [
            (other.button, step_url(entry, other.name))
            for other in STEPS.values()
            if other.shares == name and other.name in can
        ]
        is_open = sent is not None or name in filled or name in _OPEN.get(entry.state, ())
        found.append(
            OfferedStep(step, form, step_url(entry, name), is_open, beside, templates.get(name, []))
        )
    share_choices(offered.form for offered in found)
    return found
