"""Terms of entries: computed when they are registered, anew when the calendar changes, told step by step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cms.models import CalendarDay
from cms.working_calendar import WorkingCalendar
from registry import audit
from registry.deadlines import Term, TermRule, compute, extended
from registry.enums import Action
from registry.models.entries import NO_TERM, RegistryEntry
from registry.models.kinds import DeadlineRule
from registry.writing import writing


def rules_for(family: str, day: date) -> list[TermRule]:
    """The rules that hold for a document of `family` registered on `day` (local): one query."""
    return DeadlineRule.objects.in_force(family, day).as_rules()


class RuleBook:
    """All rules, read by one query, for whoever asks for many days."""

    def __init__(self) -> None:
        rows = DeadlineRule.objects.order_by("sort_order", "pk")
        self._rows = [(row, row.as_rule()) for row in rows]

    def rules_for(self, family: str, day: date) -> list[TermRule]:
        """As `rules_for`."""
        return [
            rule
            for row, rule in self._rows
            if row.family == family
            and row.valid_from <= day
            and (row.valid_to is None or day <= row.valid_to)
        ]


def working_calendar() -> WorkingCalendar:
    """The calendar as it is now: one query."""
    return CalendarDay.objects.working_calendar()


def terms_of(
    entry: RegistryEntry, calendar: WorkingCalendar, rules: list[TermRule] | None = None
) -> dict[str, Term]:
    """The terms of `entry` by key, with the steps of their calculation; empty for kinds without terms."""
    if rules is None:
        rules = rules_for(entry.kind.family, entry.registered_on)
    return compute(
        entry.counts_from or entry.registered_on, extended(rules, entry.extended_by), calendar
    )


def set_terms(entry: RegistryEntry, terms: dict[str, Term]) -> dict[str, list[str | None]]:
    """Write `terms` into the fields of `entry` (not saved); return what changed as {key: [old, new]} in ISO."""
    changed: dict[str, list[str | None]] = {}
    for name in RegistryEntry.TERM_FIELDS:
        old, new = getattr(entry, name), terms[name].day if name in terms else None
        if old != new:
            changed[name] = [day.isoformat() if day else None for day in (old, new)]
            setattr(entry, name, new)
    others = {
        key: term.day.isoformat()
        for key, term in terms.items()
        if key not in RegistryEntry.TERM_FIELDS
    }
    if others != entry.other_terms:
        for key in sorted({*others, *entry.other_terms}):
            if others.get(key) != entry.other_terms.get(key):
                changed[key] = [entry.other_terms.get(key), others.get(key)]
        entry.other_terms = others
    return changed


def recompute_open_terms(since: date | None = None, actor: Any = None) -> int:
    """Compute the terms of open entries anew; each that moves is told in the trail. Returns how many moved.

    For changes of the working calendar: `since` is the first day that changed, and entries whose last term lies
    before it are left alone. Entries that are closed keep the terms they were closed with.
    """
    computed = _Computed(working_calendar())
    moved = 0
    entries = RegistryEntry.objects.filter(open_due__lt=NO_TERM)
    if since is not None:
        # The longest chain of days off is far below a month.
        entries = entries.filter(open_due__gte=since - timedelta(days=31))
    # What stands as it should is neither locked nor written.
    for pk in [pk for pk, key, stored in _stored(entries) if stored != computed.fields(key)]:
        with transaction.atomic(), writing():
            entry = (
                RegistryEntry.objects.select_for_update(of=("self",))
                .select_related("kind")
                .get(pk=pk)
            )
            key = (entry.kind.family, entry.registered_on, entry.counts_from, entry.extended_by)
            changed = set_terms(entry, computed.terms(key)) if entry.is_open else {}
            if changed:
                entry.version += 1
                entry.save(update_fields=[*RegistryEntry.TERM_FIELDS, "other_terms", "version"])
                audit.record(
                    Action.TERMS_CHANGED, actor=actor, entry=entry, data={"terms": changed}
                )
                moved += 1
    return moved


_Key = tuple[str, date, date | None, int]
"""What the terms of an entry depend on: family, registration, the day they count from, the extension."""


def _stored(entries: QuerySet[RegistryEntry]) -> Iterator[tuple[int, _Key, list[Any]]]:
    """Of each entry what its terms depend on, and the terms as they are written; in the order of the index."""
    rows = entries.order_by("open_due", "pk").values_list(
        "pk",
        *("kind__family", "registered_on", "counts_from", "extended_by"),
        *RegistryEntry.TERM_FIELDS,
        "other_terms",
    )
    for pk, family, registered_on, counts_from, extended_by, *stored in rows.iterator(2000):
        yield pk, (family, registered_on, counts_from, extended_by), stored


class _Computed:
    """Terms as they should be, each computed once: thousands of entries share some hundreds of days."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar
        self._book = RuleBook()
        self._terms: dict[_Key, dict[str, Term]] = {}
        self._fields: dict[_Key, list[Any]] = {}

    def terms(self, key: _Key) -> dict[str, Term]:
        """The terms of entries with this key, by their own."""
        if key not in self._terms:
            family, registered_on, counts_from, extended_by = key
            rules = extended(self._book.rules_for(family, registered_on), extended_by)
            self._terms[key] = compute(counts_from or registered_on, rules, self.calendar)
        return self._terms[key]

    def fields(self, key: _Key) -> list[Any]:
        """What stands in the fields of entries with this key."""
        if key not in self._fields:
            blank = RegistryEntry()
            set_terms(blank, self.terms(key))
            self._fields[key] = [
                *(getattr(blank, name) for name in RegistryEntry.TERM_FIELDS),
                blank.other_terms,
            ]
        return self._fields[key]
