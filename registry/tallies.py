"""What a report counts of some entries: buckets, days to the answer, extensions. Whole numbers only, no database.

Averages and medians are kept in tenths of days and shares in thousandths, so that a frozen report reads back to the
digit on every database.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from registry.buckets import ANSWERED, DUE, Bucket

BANDS: Final = ((0, 5), (6, 10), (11, 15), (16, 20), (21, 30), (31, 45), (46, None))
"""Days to the answer, as charts group them: first and last day, None for no end."""

_EXEMPTION = re.compile(
    r"\bart(?:\.|icolul)?\s*12\b[^;]*?\blit(?:\.|era)?\s*([a-g])\b", re.IGNORECASE
)


@dataclass(slots=True)
class Tally:
    """Counts of some entries. `days`: of those that were answered, how many took how many days."""

    positions: int = 0
    buckets: Counter[Bucket] = field(default_factory=Counter)
    extended: int = 0
    days: Counter[int] = field(default_factory=Counter)

    def add(self, bucket: Bucket, number: int, *, days: int | None, is_extended: bool) -> None:
        """Count `number` entries that are alike; `days` from registration to answer where there is one."""
        self.positions += number
        self.buckets[bucket] += number
        if is_extended:
            self.extended += number
        if days is not None and bucket in ANSWERED:
            self.days[max(0, days)] += number

    def as_data(self) -> dict[str, Any]:
        """The counts as a report keeps them."""
        return {
            "positions": self.positions,
            "buckets": {bucket.value: self.buckets[bucket] for bucket in Bucket},
            "extended": self.extended,
            "in_term": in_term_thousandths(self.buckets),
            "answered": self.days.total(),
            "median": median_tenths(self.days),
            "average": average_tenths(self.days),
            "longest": max(self.days, default=None),
            "bands": bands_of(self.days),
        }


def in_term_thousandths(buckets: Mapping[Bucket, int]) -> int | None:
    """The share answered in term of what was answered or is overdue; None where that is nothing."""
    whole = sum(buckets.get(bucket, 0) for bucket in DUE)
    return round(1000 * buckets.get(Bucket.ANSWERED_IN_TIME, 0) / whole) if whole else None


def median_tenths(days: Mapping[int, int]) -> int | None:
    """The median of a histogram of days, in tenths of a day; None for an empty one."""
    number = sum(days.values())
    if not number:
        return None
    # The two in the middle, which are one where the number is odd.
    low, high = (number - 1) // 2, number // 2
    middle, passed = [], 0
    for day in sorted(days):
        for place in (low, high):
            if passed <= place < passed + days[day]:
                middle.append(day)
        passed += days[day]
    return 5 * sum(middle)


def average_tenths(days: Mapping[int, int]) -> int | None:
    """The average of a histogram of days, in tenths of a day; None for an empty one."""
    number = sum(days.values())
    return round(10 * sum(day * n for day, n in days.items()) / number) if number else None


def bands_of(days: Mapping[int, int]) -> list[int]:
    """How many lie in each of BANDS."""
    return [
        sum(n for day, n in days.items() if first <= day and (last is None or day <= last))
        for first, last in BANDS
    ]


def exemption_of(legal_basis: str) -> str:
    """The letter of Law 544/2001, art. 12 that a refusal names, "" for another ground.

    Of what somebody typed nothing but this letter goes into a report.
    """
    found = _EXEMPTION.search(legal_basis)
    return found[1].lower() if found else ""
