"""Frozen reports with the counts that a test needs."""

from __future__ import annotations

from typing import Any

from registry import audit
from registry.buckets import Bucket
from registry.models import Report
from registry.periods import half_year
from registry.tallies import Tally
from registry.writing import writing

SPRING = half_year(2026, 1)


def tally(in_time: int, late: int = 0, overdue: int = 0, days: int = 12) -> dict[str, Any]:
    made = Tally()
    made.add(Bucket.ANSWERED_IN_TIME, in_time, days=days, is_extended=False)
    made.add(Bucket.ANSWERED_LATE, late, days=35, is_extended=False)
    made.add(Bucket.OPEN_LATE, overdue, days=None, is_extended=False)
    return made.as_data()


def report_of(rows: list[tuple[int, int, int]], *, is_public: bool = True) -> Report:
    """A frozen report in which departments answered so many in time, so many late, and left so many."""
    sums = [sum(column) for column in zip(*rows, strict=True)]
    data = {
        "version": 1,
        "kind": "petitions",
        "first_day": "2026-01-01",
        "last_day": "2026-06-30",
        "counted_on": "2026-07-02",
        "total": tally(*sums),
        "by": {
            "department": [
                {"key": f"d{n}", "name": {"ro": f"=Serviciul {n}"}, **tally(*row)}
                for n, row in enumerate(rows)
            ],
            "month": [{"key": "2026-01", **tally(*sums)}],
            **{part: [] for part in ("kind", "channel", "language")},
        },
        "outcomes": {"granted": sums[0] + sums[1], "": 0},
        "redirected_to": [],
        "grounds": {},
    }
    with writing():
        return Report.objects.create(
            kind=Report.Kind.PETITIONS,
            first_day=SPRING.first_day,
            last_day=SPRING.last_day,
            state=Report.State.DONE,
            progress=100,
            asked_at="2026-07-02T06:00:00Z",
            frozen_at="2026-07-02T06:00:05Z",
            data=data,
            digest=audit.digest_of(data),
            is_public=is_public,
        )
