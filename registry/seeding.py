"""Synthetic petitions in any number, to see and to measure the register at scale.

They stand in a register of their own, so that no number of a real one is ever handed out for show, and each says that
it was generated; its people do not exist. The same seed on the same day makes the same entries. They are written in
bulk, past the services, but as those would have: numbers without gap, in the order of time, terms, the trail with its
chain, the notes outside the database.
"""

from __future__ import annotations

import json
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, islice
from random import Random
from typing import Any, Final, cast

from django.db import connection
from django.utils import timezone

from cms.working_calendar import WorkingCalendar
from contacts.models import Department
from registry import audit, high_water, term_services
from registry.deadlines import CITY_ZONE, compute, registration_day
from registry.enums import Action, Channel, Direction, ReplyBy, State
from registry.models.audit import AuditEvent, AuditHead
from registry.models.entries import RegistryEntry, open_due_of
from registry.models.kinds import EntryKind
from registry.models.registers import Register, RegisterYear
from registry.registration import mark_name, register_lock
from registry.search import search_text_of
from registry.writing import writing

AT_ONCE: Final = 5000
YEARS: Final = 3
REGISTER_KEY: Final = "synthetic"
CODE: Final = "000"
"""No department's: whoever reads a synthetic number sees it."""

_BODY: Final = (
    "Text de probă, generat automat pentru măsurători. Nu este o petiție reală, iar persoana nu există. "
    "Vă semnalez situația de mai sus și vă rog să luați măsuri și să îmi răspundeți în termenul legal."
)
_ANSWER: Final = "Răspuns de probă, generat automat."


@dataclass(frozen=True)
class _Choice:
    """Values, each as frequent as its weight."""

    values: Sequence[Any]
    sums: list[float]

    @classmethod
    def of(cls, weights: Iterable[tuple[Any, float]]) -> _Choice:
        values, parts = zip(*weights, strict=True)
        return cls(values, list(accumulate(parts)))

    @classmethod
    def falling(cls, words: str) -> _Choice:
        """Words of which the first ones are frequent and the last ones rare, as names are."""
        return cls.of((word, 1 / (rank + 3)) for rank, word in enumerate(words.split()))

    def pick(self, random: Random) -> Any:
        return self.values[
            bisect(self.sums, random.random() * self.sums[-1], 0, len(self.values) - 1)
        ]


_ROMANIAN: Final = (
    _Choice.falling(
        "Pop Popa Popescu Mureșan Moldovan Ionescu Rus Stan Dumitru Stoica Gheorghe Matei Ciobanu Rusu Munteanu "
        "Șerban Lazăr Marin Tudor Dobre Barbu Nistor Florea Dinu Oltean Câmpean Crișan Bogdan Suciu Chiș Bota Mureșanu "
        "Vlad Petrescu Toma Cosma Avram Neagu Ardelean Hodiș Țăran Zăvoianu Ploscaru Înțelegeanu"
    ),
    _Choice.falling(
        "Maria Ana Ioan Andrei Elena Mihai Ioana Alexandru Vasile Gheorghe Cristina Mihaela Adrian Daniel Andreea "
        "Nicolae Dan Gabriela Florin Radu Ștefan Raluca Bogdan Simona Lucian Călin Oana Horea Smaranda Traian Zenovia"
    ),
)
_HUNGARIAN: Final = (
    _Choice.falling(
        "Nagy Kovács Szabó Kiss Tóth Szilágyi Balázs Varga Molnár Péter Fekete Székely Győrfi Csiszár Őry Üveges"
    ),
    _Choice.falling(
        "Mária Éva László István Erzsébet Zsolt Attila Katalin Ildikó Levente Csaba Réka Hunor Őzike"
    ),
)
_SUBJECTS: Final = _Choice.falling(
    "iluminatul|stradal gropi|în|carosabil locuri|de|parcare zgomot|noaptea colectarea|deșeurilor "
    "spații|verzi transportul|public treceri|de|pietoni autorizație|de|construire loc|de|joacă "
    "câini|fără|stăpân canalizare|înfundată adeverință|fiscală trotuar|degradat indicator|rutier "
    "copaci|uscați reabilitare|termică piste|de|biciclete ocuparea|domeniului|public eveniment|în|parc "
    "bilete|la|festival teren|de|sport program|de|audiențe fântână|arteziană"
)
_STREETS: Final = _Choice.falling(
    "Observatorului Fabricii Eroilor Horea Moților Mărăști Florești Donath Câmpului Făgetului Bucium Lunii Teilor "
    "Salcâmului Ciocârliei Rândunicii Izvorului Plopilor Grădinilor Stejarului Brândușei Zorilor Viilor Ursului"
)
_KINDS: Final = (
    ("cerere", 45.0),
    ("sesizare", 30.0),
    ("reclamatie", 12.0),
    ("propunere", 5.0),
    ("informatii-544", 5.0),
    ("corespondenta", 2.8),
    ("avertizor", 0.2),
)
_CHANNELS: Final = _Choice.of(
    [(Channel.WEB, 60), (Channel.COUNTER, 20), (Channel.EMAIL, 12), (Channel.POST, 8)]
)
_OLD: Final = _Choice.of(
    [(State.DISPATCHED, 94), (State.ASSIGNED, 3), (State.CANCELLED, 1), (State.REGISTERED, 2)]
)
_NEW: Final = _Choice.of(
    [(State.DISPATCHED, 30), (State.ASSIGNED, 50), (State.REGISTERED, 19), (State.CANCELLED, 1)]
)
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


@dataclass
class _Surroundings:
    """What entries refer to, read once."""

    register: Register
    kinds: _Choice
    departments: _Choice
    calendar: WorkingCalendar
    terms: dict[tuple[str, date], dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def found(cls) -> _Surroundings:
        register, _new = Register.objects.get_or_create(
            key=REGISTER_KEY,
            defaults={
                "name": {
                    "ro": "Registru sintetic (probă)",
                    "en": "Synthetic register (sample)",
                    "hu": "Mintaiktató (generált)",
                },
                "code": CODE,
            },
        )
        kinds = {kind.key: kind for kind in EntryKind.objects.all()}
        departments: list[Any] = list(Department.objects.order_by("key")) or [None]
        return cls(
            register=register,
            kinds=_Choice.of((kinds[key], weight) for key, weight in _KINDS if key in kinds),
            departments=_Choice.of((row, 1 / (n + 2)) for n, row in enumerate(departments)),
            calendar=term_services.working_calendar(),
        )

    def terms_of(self, family: str, day: date) -> dict[str, Any]:
        """The fields of terms for a document of `family` registered on `day`."""
        key = (family, day)
        if key not in self.terms:
            entry = RegistryEntry(registered_on=day)
            rules = term_services.rules_for(family, day)
            term_services.set_terms(entry, compute(day, rules, self.calendar))
            self.terms[key] = {
                name: getattr(entry, name) for name in (*RegistryEntry.TERM_FIELDS, "other_terms")
            }
        return self.terms[key]


_BLANK_ENTRY: Final = RegistryEntry(
    body=_BODY,
    direction=Direction.INCOMING.value,
    reply_by=ReplyBy.EMAIL.value,
    other_terms={},
)
_BLANK_EVENT: Final = AuditEvent(action=Action.REGISTERED.value)


def _like(row: Any, **values: Any) -> Any:
    """An unsaved row like `row` but for `values`, by the names of columns; many times as fast as a model's own."""
    made: Any = object.__new__(type(row))
    made.__dict__ = {**row.__dict__, **values}
    return made


def _entry(around: _Surroundings, random: Random, at: datetime, number: int, today: date) -> Any:
    """The entry that came at `at`, unsaved."""
    day = registration_day(at)
    kind = around.kinds.pick(random)
    language = "hu" if random.random() < 0.1 else "ro"
    family_names, given_names = _HUNGARIAN if language == "hu" else _ROMANIAN
    name = f"{family_names.pick(random)} {given_names.pick(random)}"
    if random.random() < 0.1:
        name += f"-{given_names.pick(random)}"
    age = (today - day).days
    state = (_OLD if age > 40 else _NEW).pick(random)
    department = None if state == State.REGISTERED else around.departments.pick(random)
    later = at + timedelta(days=random.randint(0, max(0, min(29, age - 1))), hours=1)
    subject = (
        f"{_SUBJECTS.pick(random)} strada {_STREETS.pick(random)} {random.randint(1, 199)} (sintetic)"
    ).replace("|", " ")
    entry = _like(
        _BLANK_ENTRY,
        register_id=around.register.pk,
        year=day.year,
        number=number,
        code=around.register.code,
        registered_at=at,
        registered_on=day,
        received_at=at,
        kind_id=kind.pk,
        channel=_CHANNELS.pick(random).value,
        language=language,
        subject=subject[0].upper() + subject[1:],
        petitioner_name=name,
        petitioner_email=f"sintetic-{day.year}-{number}@example.org",
        department_id=department and department.pk,
        state=state.value,
        assigned_at=at + timedelta(minutes=30) if department else None,
        answered_at=later if state == State.DISPATCHED else None,
        answer=_ANSWER if state == State.DISPATCHED else "",
        cancelled_at=later if state == State.CANCELLED else None,
        cancel_reason="Probă, generată automat." if state == State.CANCELLED else "",
        seal_salt=f"{random.getrandbits(128):032x}",
        **around.terms_of(kind.family, day),
    )
    entry.search_text = search_text_of(entry)
    entry.open_due = open_due_of(entry)
    return entry


def _event(entry: RegistryEntry, kind: str, head: AuditHead) -> AuditEvent:
    """The event that registered `entry`, of the kind with the key `kind`: the next one after `head`, which moves on."""
    event = _like(
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
    return cast(AuditEvent, event)


def _ids(number: int) -> list[int]:
    """Ids for so many new entries, rising."""
    table = RegistryEntry._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, number],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
        return list(range(last + 1, last + 1 + number))


def _insert(rows: list[Any]) -> None:
    """Write unsaved rows of one model, the fastest way that each engine has."""
    model = type(rows[0])._meta
    names = [column.attname for column in model.concrete_fields]
    converted = [
        (place, convert)
        for place, column in enumerate(model.concrete_fields)
        if (convert := _CONVERTED[connection.vendor].get(column.get_internal_type()))
    ]

    def values() -> Iterator[list[Any]]:
        for row in rows:
            found = [row.__dict__[name] for name in names]
            for place, convert in converted:
                found[place] = convert(found[place])
            yield found

    columns = ", ".join(f'"{column.column}"' for column in model.concrete_fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{model.db_table}" ({columns}) FROM STDIN') as copy:
                for row in values():
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(
                f'INSERT INTO "{model.db_table}" ({columns}) VALUES ({marks})',  # noqa: S608
                cast(Any, values()),
            )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sqlite_day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _sqlite_moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ") if value else None


# How values are handed to the drivers, where it is not as they are.
_CONVERTED: Final[dict[str, dict[str, Callable[[Any], Any]]]] = {
    "postgresql": {"JSONField": _json},
    "sqlite": {
        "JSONField": _json,
        "DateField": _sqlite_day,
        "DateTimeField": _sqlite_moment,
    },
}


def _seed_batch(around: _Surroundings, random: Random, came: list[datetime], today: date) -> None:
    """Write the petitions that came at the moments `came`, all in one transaction."""
    with register_lock(), writing():
        Register.objects.select_for_update().get(pk=around.register.pk)
        head = AuditHead.objects.select_for_update().get_or_create(pk=1)[0]
        kinds = {kind.pk: kind.key for kind in around.kinds.values}
        years: dict[int, RegisterYear] = {}
        entries = []
        for at, pk in zip(came, _ids(len(came)), strict=True):
            year = registration_day(at).year
            if year not in years:
                years[year] = RegisterYear.objects.get_or_create(
                    register=around.register, year=year, defaults={"opened_at": at}
                )[0]
            row = years[year]
            row.last_number, row.last_registered_at = row.last_number + 1, at
            entry = _entry(around, random, at, row.last_number, today)
            entry.pk = pk
            entries.append(entry)
        _insert(entries)
        _insert([_event(entry, kinds[entry.kind_id], head) for entry in entries])
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
    around = _Surroundings.found()
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
