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
    calendar = working_calendar()
    rules: dict[tuple[str, date], list[TermRule]] = {}
    # Thousands of entries share some hundreds of days; what stands as it should is neither locked nor written.
    known: dict[tuple[str, date, date | None, int], dict[str, Term]] = {}
    moved = 0

    def terms(entry: RegistryEntry) -> dict[str, Term]:
        by_rule = (entry.kind.family, entry.registered_on)
        key = (*by_rule, entry.counts_from, entry.extended_by)
        if key not in known:
            if by_rule not in rules:
                rules[by_rule] = rules_for(*by_rule)
            known[key] = terms_of(entry, calendar, rules[by_rule])
        return known[key]

    entries = RegistryEntry.objects.filter(open_due__lt=NO_TERM)
    if since is not None:
        # The longest chain of days off is far below a month.
        entries = entries.filter(open_due__gte=since - timedelta(days=31))
    for pk in [entry.pk for entry in _with_terms(entries) if set_terms(entry, terms(entry))]:
        with transaction.atomic(), writing():
            entry = (
                RegistryEntry.objects.select_for_update(of=("self",))
                .select_related("kind")
                .get(pk=pk)
            )
            changed = set_terms(entry, terms(entry)) if entry.is_open else {}
            if changed:
                entry.version += 1
                entry.save(update_fields=[*RegistryEntry.TERM_FIELDS, "other_terms", "version"])
                audit.record(
                    Action.TERMS_CHANGED, actor=actor, entry=entry, data={"terms": changed}
                )
                moved += 1
    return moved


def _with_terms(entries: QuerySet[RegistryEntry]) -> Iterator[RegistryEntry]:
    """`entries` with what their terms depend on, and nothing else of them, in the order of the index."""
    columns = ("registered_on", "counts_from", "extended_by", "other_terms")
    rows = entries.select_related("kind").order_by("open_due", "pk")
    return rows.only(*columns, *RegistryEntry.TERM_FIELDS, "kind__family").iterator(2000)
