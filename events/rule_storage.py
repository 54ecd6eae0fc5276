"""The stored form of a rule: django-recurrence's value with exactly one RRULE in it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import recurrence

from events.recurrence import Rule, parse_rrule, to_rrule
from locations.hours import BUCHAREST


def rule_in(value: Any) -> Rule | None:
    """The rule inside a stored value, None when it does not repeat.

    Raises `RuleError` for what lies outside the safe subset, such as an extra date or a second rule.
    """
    text = value if isinstance(value, str) else recurrence.serialize(value) if value else ""
    lines = [line for line in text.splitlines() if line.strip()]
    return parse_rrule("\n".join(lines)) if lines else None


def stored(rule: Rule | None) -> Any:
    """`rule` as the value that the field stores. UNTIL becomes the end of its local day, in UTC."""
    if rule is None:
        return recurrence.Recurrence(include_dtstart=False)
    start = datetime.combine(date(2000, 1, 1), time(12), BUCHAREST)
    return recurrence.deserialize(f"RRULE:{to_rrule(rule, start)}", include_dtstart=False)
