"""What happens to an entry after its registration: each step of the table (registry.transitions) a service.

Every step takes the entry, who takes it (`actor`; None: the system), the `version` that the user saw and, aware, when
it was taken (`at`, by default now). When somebody else changed the entry meanwhile, `Changed` says so and nothing is
written; a double click gets what the first click did. Steps that are not possible raise `NotPossible` with the rule in
words, those of somebody else's desk `NotAllowed`.
"""

from registry.lifecycle.answering import approve, draft, send_back, set_aspects, sign, submit
from registry.lifecycle.changing import Changed, NotAllowed, NotPossible
from registry.lifecycle.closing import (
    archive,
    cancel,
    close,
    file_anonymous,
    file_repeat,
    join,
    redirect,
    reopen,
)
from registry.lifecycle.completing import complete
from registry.lifecycle.dispatching import (
    address_problem,
    delivered,
    dispatch,
    letter_returned,
    make_posting_list,
    proofs_of,
    returned,
    send,
    send_letter,
)
from registry.lifecycle.distributing import (
    ask_contributions,
    assign,
    concerns,
    contribute,
    refuse,
    take,
)
from registry.lifecycle.terms import ask, extend

__all__ = [
    "Changed",
    "NotAllowed",
    "NotPossible",
    "address_problem",
    "approve",
    "archive",
    "ask",
    "ask_contributions",
    "assign",
    "cancel",
    "close",
    "complete",
    "concerns",
    "contribute",
    "delivered",
    "dispatch",
    "draft",
    "extend",
    "file_anonymous",
    "file_repeat",
    "join",
    "letter_returned",
    "make_posting_list",
    "proofs_of",
    "redirect",
    "refuse",
    "reopen",
    "returned",
    "send",
    "send_back",
    "send_letter",
    "set_aspects",
    "sign",
    "submit",
    "take",
]
