"""Synthetic petitions in any number, to see and to measure the register at scale.

They stand in a register of their own, so that no number of a real one is ever handed out for show, and each says that
it was generated; its people do not exist. The same seed on the same day makes the same entries. They are written in
bulk, past the services, but as those would have: numbers without gap, in the order of time, terms, the trail with its
chain, the notes outside the database. Of the trail only the registrations are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import accumulate, islice
from random import Random
from typing import Final

from django.utils import timezone

from registry import audit, high_water
from registry.bulk_rows import insert, insert_numbered, like, new_ids
from registry.deadlines import CITY_ZONE, registration_day
from registry.enums import Action
from registry.models.audit import AuditEvent, AuditHead
from registry.models.entries import RegistryEntry
from registry.models.registers import Register, RegisterYear
from registry.registration import mark_name, register_lock
from registry.synthetic import Made, add_entry
from registry.synthetic_shares import Surroundings
from registry.writing import writing

AT_ONCE: Final = 5000
YEARS: Final = 3

_WEEK: Final = (1.3, 1.1, 1.1, 1.0, 0.9, 0.25, 0.2)
_OPENS, _CLOSES = time(7), time(21)


def moments(number: int, today: date) -> Iterator[datetime]:
    """When `number` petitions come in the YEARS before the local day `today`: in order, fewer at weekends."""
    first = today - timedelta(days=365 * YEARS)
    days = [first + timedelta(days=n) for n in range((today - first).days)]
    sums = list(accumulate(_WEEK[day.weekday()] for day in days))
    done = 0
    for day, total in zip(days, sums, strict=True):
        upto = round(number * total / sums[-1])
        opens = datetime.combine(day, _OPENS, CITY_ZONE)
        step = (datetime.combine(day, _CLOSES, CITY_ZONE) - opens) / max(1, upto - done)
        yield from (opens + step * n for n in range(upto - done))
        done = upto


def _evenly(number: int, start: datetime, end: datetime) -> Iterator[datetime]:
    step = max(timedelta(0), end - start) / (number + 1)
    return (start + step * n for n in range(1, number + 1))


_BLANK_EVENT: Final = AuditEvent(action=Action.REGISTERED.value)


def _event(entry: RegistryEntry, kind: str, head: AuditHead) -> AuditEvent:
    """The event that registered `entry`, of the kind with the key `kind`: the next one after `head`, which moves on."""
    event = like(
        _BLANK_EVENT,
        sequence=head.sequence + 1,
        at=entry.registered_at,
        entry_id=entry.pk,
        data={
            "number": entry.number_text,
            "at": audit.moment_text(entry.registered_at),
            "kind": kind,
            "seal": audit.seal_of(entry),
            "files": [],
            "synthetic": True,
        },
        previous_hash=head.hash,
    )
    event.hash = audit.hash_of(event)
    head.sequence, head.hash = event.sequence, event.hash
    return event


def _seed_batch(around: Surroundings, random: Random, came: list[datetime], today: date) -> None:
    """Write the petitions that came at the moments `came`, all in one transaction."""
    with register_lock(), writing():
        Register.objects.select_for_update().get(pk=around.register.pk)
        head = AuditHead.objects.select_for_update().get_or_create(pk=1)[0]
        kinds = {kind.pk: kind.key for kind in around.kinds.values}
        years: dict[int, RegisterYear] = {}
        made = Made()
        for at, pk in zip(came, new_ids(RegistryEntry, len(came)), strict=True):
            year = registration_day(at).year
            if year not in years:
                years[year] = RegisterYear.objects.get_or_create(
                    register=around.register, year=year, defaults={"opened_at": at}
                )[0]
            row = years[year]
            row.last_number, row.last_registered_at = row.last_number + 1, at
            add_entry(made, around, random, at, row.last_number, pk, today)
        insert(made.entries)
        insert([_event(entry, kinds[entry.kind_id], head) for entry in made.entries])
        for rows in made.beside():
            insert_numbered(rows)
        head.save()
        for row in years.values():
            row.save()
            high_water.note_after_commit(mark_name(around.register, row.year), row.last_number)
        high_water.note_after_commit("audit", head.sequence, head.hash, synced=False)


def seed_petitions(
    number: int,
    seed: int,
    today: date,
    progress: Callable[[int], None] = lambda made: None,
) -> int:
    """Have `number` synthetic petitions, of the YEARS before the local day `today`; returns how many were made.

    Those that were made before stay; what is missing then comes after them, up to now. Each batch is a transaction of
    its own; `progress` hears how many were made.
    """
    around = Surroundings.found()
    known = sum(
        RegisterYear.objects.filter(register=around.register).values_list("last_number", flat=True)
    )
    missing = max(0, number - known)
    if known:
        last = RegisterYear.objects.filter(register=around.register).latest("year")
        came = _evenly(missing, last.last_registered_at or last.opened_at, timezone.now())
    else:
        came = moments(missing, today)
    made = 0
    while batch := list(islice(came, AT_ONCE)):
        random = Random(f"petitions-{seed}-{known + made}")  # noqa: S311  nothing is secret here
        _seed_batch(around, random, batch, today)
        made += len(batch)
        progress(made)
    return made
