"""Counting a report: groups of entries that are alike, a month at a time, by the database.

Each month is one statement: a narrow list of facts is made once and grouped several ways, so that all parts of the
report are of the same moment and add up. What a group counts as is said by `registry.buckets` alone. Nobody's name and
nothing that was written in a petition is read; confidential kinds are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import BooleanField, Case, DateField, Q, Value, When
from django.db.models.functions import Coalesce, TruncDate

from contacts.models import Department
from registry.buckets import ANSWERED, Bucket, Facts, bucket_of
from registry.deadlines import CITY_ZONE
from registry.enums import Direction, Family, Outcome
from registry.models.entries import RegistryEntry
from registry.models.kinds import EntryKind
from registry.models.office import Institution
from registry.models.reports import Report
from registry.periods import Period
from registry.tallies import Tally, exemption_of

VERSION: Final = 1
"""Of the shape of a report's data: a frozen report of an older shape is still read."""

FAMILIES: Final = {Report.Kind.PETITIONS: Family.PETITION, Report.Kind.FOI: Family.FOI}

EMPTY: Final = "''"
_ALIKE: Final = (
    "state",
    "filed_as",
    "is_joined",
    "is_redirected",
    "is_answered",
    "is_late",
    "is_extended",
)
_PARTS: Final[dict[str, tuple[str, str]]] = {
    # name: (what it is grouped by, of which facts)
    "all": ("", ""),
    "kind": ("CAST(kind_id AS VARCHAR(20))", ""),
    "department": ("COALESCE(CAST(department_id AS VARCHAR(20)), '')", ""),
    "channel": ("channel", ""),
    "language": ("language", ""),
    "outcome": ("outcome", "WHERE is_answered"),
    "institution": ("CAST(institution_id AS VARCHAR(20))", "WHERE is_redirected"),
    "ground": ("legal_basis", "WHERE is_answered AND outcome = 'refused'"),
}
_ONLY: Final[dict[str, frozenset[Bucket]]] = {
    "outcome": ANSWERED,
    "ground": ANSWERED,
    "institution": frozenset({Bucket.REDIRECTED}),
}
"""What a part is of, where it is not of all positions."""
_DAYS: Final = {
    "postgresql": "answered_on - registered_on",
    "sqlite": "CAST(ROUND(julianday(answered_on) - julianday(registered_on)) AS INTEGER)",
}


def _flag(condition: Q) -> Case:
    return Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def _facts(kind: str, first: date, last: date, today: date) -> tuple[str, Any]:
    """The query for the facts of the entries registered from `first` to `last`, and its parameters."""
    kinds = EntryKind.objects.filter(family=FAMILIES[Report.Kind(kind)], is_confidential=False)
    answered_on = TruncDate("answered_at", tzinfo=CITY_ZONE)
    last_day = Coalesce(answered_on, Value(today), output_field=DateField())
    rows: Any = RegistryEntry.objects.filter(
        registered_on__range=(first, last),
        direction=Direction.INCOMING,
        kind__in=list(kinds.values_list("pk", flat=True)),
    )
    rows = rows.order_by().annotate(
        answered_on=answered_on,
        is_joined=_flag(Q(joined_to__isnull=False)),
        is_redirected=_flag(Q(institution__isnull=False)),
        is_answered=_flag(Q(answered_at__isnull=False)),
        is_late=_flag(Q(due__lt=last_day)),
        is_extended=_flag(Q(extended_by__gt=0)),
    )
    columns = ("kind_id", "department_id", "institution_id", "channel", "language", "outcome")
    rows = rows.values(*columns, "legal_basis", "registered_on", "answered_on", *_ALIKE)
    sql, parameters = rows.query.sql_with_params()
    return sql, parameters


@dataclass(frozen=True, slots=True)
class _Group:
    """Some entries that are alike, in one part of the report."""

    part: str
    key: str
    bucket: Bucket
    is_extended: bool
    days: int | None
    number: int


def _groups(kind: str, first: date, last: date, today: date) -> Iterator[_Group]:
    """The groups of a month: one query, beside that for the kinds."""
    facts, parameters = _facts(kind, first, last, today)
    alike = ", ".join(_ALIKE)
    days = _DAYS[connection.vendor]
    selects = [
        f"SELECT '{part}', {key or EMPTY}, {alike}, {days}, COUNT(*) FROM facts {which} "  # noqa: S608  our own names
        f"GROUP BY {key and f'{key}, '}{alike}, {days}"
        for part, (key, which) in _PARTS.items()
        if part != "ground" or kind == Report.Kind.FOI
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH facts AS ({facts}) {' UNION ALL '.join(selects)}", parameters)
        for row in cursor.fetchall():
            part, key, state, filed_as, *flags, is_extended, took, number = row
            bucket = bucket_of(Facts(state, filed_as, *map(bool, flags)))
            yield _Group(part, key, bucket, bool(is_extended), took, number)


@dataclass(slots=True)
class _Count:
    """A report while it is counted: tallies by part and key."""

    parts: dict[str, dict[str, Tally]] = field(default_factory=dict)

    def add(self, part: str, key: str, group: _Group) -> None:
        tally = self.parts.setdefault(part, {}).setdefault(key, Tally())
        tally.add(group.bucket, group.number, days=group.days, is_extended=group.is_extended)

    def rows(self, part: str, names: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
        """The tallies of a part in the order of `names`, which are what rows are called by key."""
        found = self.parts.get(part, {})
        order = {key: place for place, key in enumerate(names)}
        keys = sorted(found, key=lambda key: (order.get(key, len(order)), key))
        return [{**names.get(key, {"key": key}), **found[key].as_data()} for key in keys]


def count(
    kind: str, period: Period, today: date, progress: Callable[[int], None] = lambda percent: None
) -> dict[str, Any]:
    """What a report of `kind` over `period` says on the local day `today`; JSON with whole numbers and names only.

    `progress` hears after each month how many per cent are done.
    """
    counted = _Count()
    months = period.months
    for number, (first, last) in enumerate(months, 1):
        month = f"{first:%Y-%m}"
        # A month without entries has its row, too.
        counted.parts.setdefault("month", {}).setdefault(month, Tally())
        for group in _groups(kind, first, last, today):
            if group.bucket not in _ONLY.get(group.part, Bucket):
                continue
            counted.add(group.part, _key_of(group), group)
            if group.part == "all":
                counted.add("month", month, group)
        progress(round(100 * number / len(months)))
    whole = counted.parts.get("all", {}).get("", Tally())
    return {
        "version": VERSION,
        "kind": str(kind),
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "counted_on": today.isoformat(),
        "total": whole.as_data(),
        "by": {
            "kind": counted.rows("kind", _kinds()),
            "department": counted.rows("department", _departments()),
            "channel": counted.rows("channel", {}),
            "language": counted.rows("language", {}),
            "month": counted.rows("month", {}),
        },
        "outcomes": {
            outcome: counted.parts.get("outcome", {}).get(outcome, Tally()).positions
            for outcome in (*Outcome.values, "")
        },
        "redirected_to": [
            {"key": row["key"], "name": row.get("name", {}), "positions": row["positions"]}
            for row in counted.rows("institution", _institutions())
        ],
        "grounds": {
            key: tally.positions for key, tally in sorted(counted.parts.get("ground", {}).items())
        },
    }


def _key_of(group: _Group) -> str:
    return exemption_of(group.key) if group.part == "ground" else group.key


# -- what rows are called: names as they were on the day of counting ---------------------------------------------------


def _kinds() -> dict[str, dict[str, Any]]:
    return {
        str(row.pk): {"key": row.key, "name": dict(row.name)} for row in EntryKind.objects.all()
    }


def _departments() -> dict[str, dict[str, Any]]:
    rows = Department.objects.order_by("sort_order", "key")
    return {
        **{str(row.pk): {"key": row.key, "name": dict(row.name)} for row in rows},
        "": {"key": "", "name": {}},
    }


def _institutions() -> dict[str, dict[str, Any]]:
    return {
        str(pk): {"key": str(pk), "name": {"ro": name}}
        for pk, name in Institution.objects.order_by("name").values_list("pk", "name")
    }
