"""Audiences: asked for, given an hour, held or not, and one rung up the ladder.

The Cabinet keeps those with the Mayor and the deputies; a department, or the registry for it, those with its head.
Rows are locked in this order: the audience, the hour, the entry. The trail tells what is done, never what was said.
"""

from registry.audiences.asking import climb, first_of, request
from registry.audiences.receiving import decline, free_slots, hold, miss, schedule
from registry.audiences.who import keeps_for_mayor, may_run, visible_audiences

__all__ = [
    "climb",
    "decline",
    "first_of",
    "free_slots",
    "hold",
    "keeps_for_mayor",
    "may_run",
    "miss",
    "request",
    "schedule",
    "visible_audiences",
]
