"""By when each kind of petition is answered, for the form: read from the rules, never written in a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from registry.deadlines import TermKey, registration_day
from registry.models.kinds import DeadlineRule, EntryKind


@dataclass(frozen=True, slots=True)
class AnswerTerm:
    """`kinds` are answered within `days` days, says `legal_basis`."""

    kinds: list[str]
    days: int
    legal_basis: str


def answer_terms(kinds: Sequence[EntryKind]) -> list[AnswerTerm]:
    """The term of each law among `kinds` that promises an answer, in their order: one query."""
    today = registration_day(timezone.now())
    rules = {
        rule.family: rule
        for rule in DeadlineRule.objects.filter(key=TermKey.DUE.value)
        if rule.valid_from <= today and (rule.valid_to is None or rule.valid_to >= today)
    }
    families = dict.fromkeys(kind.family for kind in kinds)
    return [
        AnswerTerm(
            [str(kind) for kind in kinds if kind.family == family],
            rules[family].days,
            rules[family].legal_basis,
        )
        for family in families
        if family in rules
    ]
