"""The life cycle of an entry as one table: from where, to where, who, what is required, what the trail tells.

Services enforce it (registry.lifecycle), the desk offers steps from it, docs/life-cycle.md shows it, and tests walk
through every state, step, role and department of it. No database here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from registry.enums import Action, Family, State

R, A, W, D, P = (
    State.REGISTERED,
    State.ASSIGNED,
    State.IN_PROGRESS,
    State.DRAFTED,
    State.APPROVED,
)
OPEN: Final = frozenset({R, A, W, D, P})
UNANSWERED: Final = frozenset({R, A, W})
"""Nobody has sent an answer for approval yet."""
WORKED_ON: Final = frozenset({A, W})
CLOSED: Final = frozenset(
    {
        State.DISPATCHED,
        State.RETURNED,
        State.REDIRECTED,
        State.JOINED,
        State.FILED,
        State.ARCHIVED,
    }
)


class Desk(StrEnum):
    """Whose step it is."""

    REGISTRY = "registry"
    """The Citizen Information Centre: the only one that registers, sends out and archives (OG 27/2002, art. 6)."""

    DEPARTMENT = "department"
    """Whoever works for the department that the entry is assigned to."""

    HEAD = "head"
    """Who approves: the head of the registry, or of the department."""

    CONTRIBUTOR = "contributor"
    """Whoever works for a department that was asked to contribute."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A step. `target` is None where the state stays; `required` are the arguments that may not be empty.

    `families` names the laws that know the step; empty: all.
    """

    name: str
    sources: frozenset[State]
    target: State | None
    desk: Desk
    permission: str
    action: Action
    required: tuple[str, ...] = ()
    families: frozenset[Family] = frozenset()
    legal_basis: str = ""


_ORDINANCE: Final = "OG 27/2002"
_ANSWERABLE: Final = frozenset({Family.PETITION, Family.FOI, Family.OTHER, Family.GATHERING})
_PETITIONS: Final = frozenset({Family.PETITION})

_ALL: Final = (
    Transition(
        "assign",
        frozenset({R, A, W, D}),
        A,
        Desk.REGISTRY,
        "assign_entry",
        Action.ASSIGNED,
        ("department",),
        legal_basis=f"{_ORDINANCE}, art. 6",
    ),
    Transition(
        "ask_contributions",
        frozenset({A, W, D}),
        None,
        Desk.REGISTRY,
        "assign_entry",
        Action.CONTRIBUTORS,
        ("department", "due"),
    ),
    Transition(
        "aspects",
        frozenset({R, A, W}),
        None,
        Desk.DEPARTMENT,
        "work_entry",
        Action.ASPECTS,
        (),
        _ANSWERABLE,
    ),
    Transition(
        "concerns",
        UNANSWERED,
        None,
        Desk.REGISTRY,
        "assign_entry",
        Action.CONCERNS,
        ("colleague",),
        legal_basis=f"{_ORDINANCE}, art. 11",
    ),
    Transition(
        "redirect",
        UNANSWERED,
        State.REDIRECTED,
        Desk.REGISTRY,
        "redirect_entry",
        Action.REDIRECTED,
        ("institution",),
        _PETITIONS | {Family.FOI},
        legal_basis=f"{_ORDINANCE}, art. 6¹",
    ),
    Transition(
        "join",
        UNANSWERED,
        State.JOINED,
        Desk.REGISTRY,
        "assign_entry",
        Action.JOINED,
        ("first",),
        _PETITIONS,
        legal_basis=f"{_ORDINANCE}, art. 10",
    ),
    Transition(
        "file_anonymous",
        UNANSWERED,
        State.FILED,
        Desk.REGISTRY,
        "assign_entry",
        Action.FILED,
        ("reason",),
        _PETITIONS,
        legal_basis=f"{_ORDINANCE}, art. 7",
    ),
    Transition(
        "file_repeat",
        UNANSWERED,
        State.FILED,
        Desk.REGISTRY,
        "assign_entry",
        Action.FILED,
        ("answered",),
        _PETITIONS,
        legal_basis=f"{_ORDINANCE}, art. 10",
    ),
    Transition("take", frozenset({A}), W, Desk.DEPARTMENT, "work_entry", Action.TAKEN),
    Transition(
        "refuse",
        WORKED_ON,
        R,
        Desk.DEPARTMENT,
        "work_entry",
        Action.REFUSED,
        ("reason",),
    ),
    Transition(
        "ask",
        WORKED_ON,
        None,
        Desk.DEPARTMENT,
        "work_entry",
        Action.QUESTION,
        ("text",),
        _ANSWERABLE,
    ),
    Transition(
        "draft",
        WORKED_ON,
        W,
        Desk.DEPARTMENT,
        "work_entry",
        Action.DRAFTED,
        ("text",),
        _ANSWERABLE,
    ),
    Transition(
        "submit",
        WORKED_ON,
        D,
        Desk.DEPARTMENT,
        "work_entry",
        Action.SUBMITTED,
        ("text", "legal_basis", "signatory_head", "signatory_department"),
        _ANSWERABLE,
        legal_basis=f"{_ORDINANCE}, art. 13",
    ),
    Transition(
        "contribute",
        frozenset({A, W, D}),
        None,
        Desk.CONTRIBUTOR,
        "work_entry",
        Action.CONTRIBUTED,
        ("text",),
    ),
    Transition(
        "send_back",
        frozenset({D}),
        W,
        Desk.HEAD,
        "approve_entry",
        Action.SENT_BACK,
        ("reason",),
    ),
    Transition(
        "approve",
        frozenset({D}),
        P,
        Desk.HEAD,
        "approve_entry",
        Action.APPROVED,
        ("legal_basis", "signatory_head", "signatory_department"),
        legal_basis=f"{_ORDINANCE}, art. 13",
    ),
    Transition(
        "sign",
        frozenset({P}),
        None,
        Desk.HEAD,
        "approve_entry",
        Action.SIGNED,
        ("file",),
    ),
    Transition(
        "dispatch",
        frozenset({P, State.RETURNED}),
        State.DISPATCHED,
        Desk.REGISTRY,
        "dispatch_entry",
        Action.ANSWERED,
        ("mode",),
        legal_basis=f"{_ORDINANCE}, art. 6",
    ),
    Transition(
        "returned",
        frozenset({State.DISPATCHED}),
        State.RETURNED,
        Desk.REGISTRY,
        "dispatch_entry",
        Action.LETTER_RETURNED,
        ("reason",),
    ),
    Transition(
        "extend",
        OPEN,
        None,
        Desk.HEAD,
        "extend_entry",
        Action.EXTENDED,
        ("days", "reason"),
        _PETITIONS | {Family.FOI},
        legal_basis=f"{_ORDINANCE}, art. 9",
    ),
    Transition(
        "archive",
        frozenset({State.DISPATCHED, State.REDIRECTED, State.FILED, State.JOINED}),
        State.ARCHIVED,
        Desk.REGISTRY,
        "archive_entry",
        Action.ARCHIVED,
        ("file_class",),
        legal_basis=f"{_ORDINANCE}, art. 12",
    ),
    Transition(
        "close",
        UNANSWERED,
        State.FILED,
        Desk.REGISTRY,
        "assign_entry",
        Action.FILED,
        ("reason",),
        frozenset({Family.COURT, Family.COURT_URGENT, Family.GATHERING, Family.OTHER}),
    ),
    Transition(
        "reopen",
        CLOSED,
        W,
        Desk.HEAD,
        "reopen_entry",
        Action.REOPENED,
        ("reason",),
    ),
    Transition(
        "cancel",
        OPEN,
        State.CANCELLED,
        Desk.HEAD,
        "cancel_entry",
        Action.CANCELLED,
        ("reason",),
        legal_basis="Ordinul 217/1996, art. 9",
    ),
)
TABLE: Final[dict[str, Transition]] = {row.name: row for row in _ALL}


def possible(state: State | str, family: Family | str) -> tuple[Transition, ...]:
    """The steps that an entry of `family` in `state` can take, in the order of the table, whoever asks."""
    return tuple(
        row for row in _ALL if state in row.sources and (not row.families or family in row.families)
    )
