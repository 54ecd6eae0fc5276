"""The rules that a new site begins with, one set for each kind of entry.

They become rows that the admin corrects; nothing reads them afterwards. Where a law says nothing about counting, the
reading is said here and in `docs/terms.md`. None of this is legal advice.
"""

from __future__ import annotations

from typing import Final

from registry.deadlines import Counting, Roll, TermKey, TermRule

_FREE_DAYS: Final = "Codul civil, art. 2551-2554"
_PETITIONS: Final = "OG 27/2002"
_INFORMATION: Final = "Legea 544/2001; HG 123/2002, art. 16"
_COURT: Final = "Codul de procedură civilă, art. 163"
_GATHERINGS: Final = "Legea 60/1991"

PETITION: Final = (
    # How its days are counted the ordinance does not say: the plain day is promised, the Civil Code's is the limit.
    TermRule(TermKey.DUE, 30, Counting.CALENDAR, legal_basis=f"{_PETITIONS}, art. 8"),
    TermRule(
        TermKey.INTERNAL_DUE,
        0,
        Counting.CALENDAR,
        Roll.BACK,
        after=TermKey.DUE,
        legal_basis=f"{_PETITIONS}, art. 8",
    ),
    # A habit of the house, not a law: two working days for signature and dispatch.
    TermRule(TermKey.DISPATCH_TARGET, -2, Counting.WORKING, after=TermKey.INTERNAL_DUE),
    TermRule(
        TermKey.LEGAL_LIMIT,
        30,
        Counting.FREE_DAYS,
        Roll.FORWARD,
        legal_basis=f"{_PETITIONS}, art. 8; {_FREE_DAYS}",
    ),
    TermRule(TermKey.REDIRECT_BY, 5, Counting.CALENDAR, legal_basis=f"{_PETITIONS}, art. 6¹"),
    TermRule(
        TermKey.REDIRECT_LIMIT,
        5,
        Counting.FREE_DAYS,
        Roll.FORWARD,
        legal_basis=f"{_PETITIONS}, art. 6¹; {_FREE_DAYS}",
    ),
)
"""From registration. The head may extend once, see `deadlines.extended`."""

FOI: Final = (
    TermRule(TermKey.DUE, 10, Counting.FREE_DAYS, Roll.FORWARD, legal_basis=_INFORMATION),
    TermRule(TermKey.EXTENDED_DUE, 30, Counting.FREE_DAYS, Roll.FORWARD, legal_basis=_INFORMATION),
    TermRule(TermKey.REFUSAL_BY, 5, Counting.FREE_DAYS, Roll.FORWARD, legal_basis=_INFORMATION),
)
"""From registration. `extended_due` holds when the notice of it was sent by `due`."""

COURT: Final = (TermRule(TermKey.COLLECT_BY, 7, Counting.CALENDAR, legal_basis=_COURT),)
"""From the day on which the notice was displayed; afterwards the document counts as served."""

COURT_URGENT: Final = (TermRule(TermKey.COLLECT_BY, 3, Counting.CALENDAR, legal_basis=_COURT),)

GATHERING: Final = (TermRule(TermKey.HAND_IN_BY, -3, Counting.CALENDAR, legal_basis=_GATHERINGS),)
"""From the day of the gathering, backwards: the last day on which its declaration may be handed in."""
