"""Counting a report: groups of entries that are alike, a month at a time, by the database.

Each month is one statement, so that all parts of the report are of the same moment and add up; what it gives is groups
(department, kind, days …) with their size, few whatever the size of the register. What a group counts as
is said by `registry.buckets` alone. Nobody's name and nothing that was written in a petition is read; confidential
kinds are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Final

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    F,
    Func,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce

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

_ALIKE: Final = ("state", "filed_as", "is_joined", "is_redirected", "is_answered", "is_late")
_ONLY: Final[dict[str, frozenset[Bucket]]] = {
    "outcome": ANSWERED,
    "ground": ANSWERED,
    "institution": frozenset({Bucket.REDIRECTED}),
}
"""What a part is of, where it is not of all positions."""


# -- days of Bucharest in the database ---------------------------------------------------------------------------------


def clock_changes(first: date, last: date) -> list[tuple[datetime, int]]:
    """(moment in UTC, hours that Bucharest is ahead from then on), from the one that holds on `first` to `last`."""
    found: list[tuple[datetime, int]] = []
    moment = datetime.combine(first, time.min, UTC)
    while moment.date() <= last:
        hours = _hours_ahead(moment)
        if not found or found[-1][1] != hours:
            if found:
                # Some hour of the day before.
                moment -= timedelta(days=1)
                while _hours_ahead(moment) != hours:
                    moment += timedelta(hours=1)
            found.append((moment, hours))
        moment = datetime.combine(moment.date() + timedelta(days=1), time.min, UTC)
    return found


def _hours_ahead(moment: datetime) -> int:
    return (moment.astimezone(CITY_ZONE).utcoffset() or timedelta()) // timedelta(hours=1)


class LocalDay(Func):
    """The local day of a moment between two days. SQLite reads it many times as fast as by Django's own function."""

    output_field = DateField()

    def __init__(self, moment: str, first: date, last: date) -> None:
        super().__init__(moment)
        self.changes = clock_changes(first, last)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite's own date(), by the hours that clocks were ahead then."""
        cases = " ".join(
            f"WHEN %(expressions)s >= '{moment:%Y-%m-%d %H:%M:%S}' THEN '+{hours} hours'"
            for moment, hours in reversed(self.changes)
        )
        # Without parts of seconds: the last ones of a day would be rounded into the next.
        whole = "substr(%(expressions)s, 1, 19)"
        template = f"date({whole}, CASE {cases} ELSE '+{self.changes[0][1]} hours' END)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL's own time zones."""
        template = f"(%(expressions)s AT TIME ZONE '{CITY_ZONE.key}')::date"
        return self.as_sql(compiler, connection, template=template, **context)


class DaysBetween(Func):
    """Whole days from the second day to the first."""

    output_field = IntegerField()
    arg_joiner = " - "
    template = "(%(expressions)s)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Days are text there."""
        later, earlier = (compiler.compile(part) for part in self.source_expressions)
        return (
            f"CAST(julianday({later[0]}) - julianday({earlier[0]}) AS INTEGER)",
            (*later[1], *earlier[1]),
        )


_bucket_of = cache(bucket_of)


# -- groups ------------------------------------------------------------------------------------------------------------


def _flag(condition: Q) -> Case:
    return Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """Some entries that are alike. `keys`: what they stand under, by part of the report."""

    keys: dict[str, str]
    bucket: Bucket
    is_extended: bool
    days: int | None
    number: int


def _groups(kind: str, first: date, last: date, today: date) -> Iterator[_Group]:
    """The groups of the entries registered from `first` to `last`: one query, beside that for the kinds."""
    kinds = EntryKind.objects.filter(family=FAMILIES[Report.Kind(kind)], is_confidential=False)
    # An expression, so that the index of days is used and not the one of kinds, which knows no days.
    entries: Any = RegistryEntry.objects.annotate(kind_key=F("kind") + 0).filter(
        registered_on__range=(first, last),
        direction=Direction.INCOMING,
        kind_key__in=list(kinds.values_list("pk", flat=True)),
    )
    answered_on = LocalDay("answered_at", first, today)
    last_day = Coalesce(answered_on, Value(today), output_field=DateField())
    refusal = Case(When(outcome=Outcome.REFUSED, then=F("legal_basis")), default=Value(""))
    rows = entries.annotate(
        is_joined=_flag(Q(joined_to__isnull=False)),
        is_redirected=_flag(Q(institution__isnull=False)),
        is_answered=_flag(Q(answered_at__isnull=False)),
        is_late=_flag(Q(due__lt=last_day)),
        is_extended=_flag(Q(extended_by__gt=0)),
        days=DaysBetween(answered_on, F("registered_on")),
        ground=refusal if kind == Report.Kind.FOI else Value(""),
    )
    under = ("kind", "department", "institution", "channel", "language", "outcome", "ground")
    rows = rows.order_by().values_list(*under, *_ALIKE, "is_extended", "days")
    for row in rows.annotate(number=Count("pk")):
        *keys, state, filed_as, joined, redirected, answered, late, extended, days, number = row
        named = dict(zip(under, ("" if key is None else str(key) for key in keys), strict=True))
        if kind == Report.Kind.FOI and named["outcome"] == Outcome.REFUSED:
            named["ground"] = exemption_of(named["ground"])
        else:
            del named["ground"]
        facts = Facts(state, filed_as, joined, redirected, answered, late)
        yield _Group(named, _bucket_of(facts), extended, days, number)


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
            for part, key in {**group.keys, "all": "", "month": month}.items():
                if group.bucket in _ONLY.get(part, Bucket):
                    counted.add(part, key, group)
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
