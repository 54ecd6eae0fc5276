"""What synthetic entries are drawn from, and refer to: names, subjects, kinds, how far those of an age have come.

Shares are those of an office that works: nearly everything old is archived, some 3 % is open, few of these are late.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from random import Random
from typing import Any, Final

from cms.working_calendar import WorkingCalendar
from contacts.models import Department
from registry import term_services
from registry.deadlines import compute, extended
from registry.enums import Channel, Family, Outcome, State
from registry.models import (
    DeskMember,
    EntryKind,
    FileClass,
    Institution,
    Register,
    RegistryEntry,
)

REGISTER_KEY: Final = "synthetic"
CODE: Final = "000"
"""No department's: whoever reads a synthetic number sees it."""


@dataclass(frozen=True)
class Choice:
    """Values, each as frequent as its weight."""

    values: Sequence[Any]
    sums: list[float]

    @classmethod
    def of(cls, weights: Iterable[tuple[Any, float]]) -> Choice:
        values, parts = zip(*weights, strict=True)
        return cls(values, list(accumulate(parts)))

    @classmethod
    def falling(cls, words: str) -> Choice:
        """Words of which the first ones are frequent and the last ones rare, as names are."""
        return cls.of((word, 1 / (rank + 3)) for rank, word in enumerate(words.split()))

    def pick(self, random: Random) -> Any:
        return self.values[
            bisect(self.sums, random.random() * self.sums[-1], 0, len(self.values) - 1)
        ]


ROMANIAN: Final = (
    Choice.falling(
        "Pop Popa Popescu Mureșan Moldovan Ionescu Rus Stan Dumitru Stoica Gheorghe Matei Ciobanu Rusu Munteanu "
        "Șerban Lazăr Marin Tudor Dobre Barbu Nistor Florea Dinu Oltean Câmpean Crișan Bogdan Suciu Chiș Bota Mureșanu "
        "Vlad Petrescu Toma Cosma Avram Neagu Ardelean Hodiș Țăran Zăvoianu Ploscaru Înțelegeanu"
    ),
    Choice.falling(
        "Maria Ana Ioan Andrei Elena Mihai Ioana Alexandru Vasile Gheorghe Cristina Mihaela Adrian Daniel Andreea "
        "Nicolae Dan Gabriela Florin Radu Ștefan Raluca Bogdan Simona Lucian Călin Oana Horea Smaranda Traian Zenovia"
    ),
)
HUNGARIAN: Final = (
    Choice.falling(
        "Nagy Kovács Szabó Kiss Tóth Szilágyi Balázs Varga Molnár Péter Fekete Székely Győrfi Csiszár Őry Üveges"
    ),
    Choice.falling(
        "Mária Éva László István Erzsébet Zsolt Attila Katalin Ildikó Levente Csaba Réka Hunor Őzike"
    ),
)
SUBJECTS: Final = Choice.falling(
    "iluminatul|stradal gropi|în|carosabil locuri|de|parcare zgomot|noaptea colectarea|deșeurilor "
    "spații|verzi transportul|public treceri|de|pietoni autorizație|de|construire loc|de|joacă "
    "câini|fără|stăpân canalizare|înfundată adeverință|fiscală trotuar|degradat indicator|rutier "
    "copaci|uscați reabilitare|termică piste|de|biciclete ocuparea|domeniului|public eveniment|în|parc "
    "bilete|la|festival teren|de|sport program|de|audiențe fântână|arteziană"
)
STREETS: Final = Choice.falling(
    "Observatorului Fabricii Eroilor Horea Moților Mărăști Florești Donath Câmpului Făgetului Bucium Lunii Teilor "
    "Salcâmului Ciocârliei Rândunicii Izvorului Plopilor Grădinilor Stejarului Brândușei Zorilor Viilor Ursului"
)
KINDS: Final = (
    ("cerere", 45.0),
    ("sesizare", 30.0),
    ("reclamatie", 12.0),
    ("propunere", 5.0),
    ("informatii-544", 5.0),
    ("corespondenta", 1.8),
    ("instanta", 0.8),
    ("instanta-urgent", 0.2),
    ("avertizor", 0.2),
)
COURTS: Final = frozenset({Family.COURT.value, Family.COURT_URGENT.value})
CHANNELS: Final = Choice.of(
    [(Channel.WEB, 60), (Channel.COUNTER, 20), (Channel.EMAIL, 12), (Channel.POST, 8)]
)
OUTCOMES: Final = Choice.of(
    [
        (Outcome.GRANTED, 45),
        (Outcome.EXPLAINED, 35),
        (Outcome.PARTLY, 8),
        (Outcome.REFUSED, 12),
    ]
)

# -- how far each has come: up to which age in days, with which shares -------------------------------------------------

PETITION_LIVES: Final = (
    (
        3,
        Choice.of(
            [
                (State.REGISTERED, 55),
                (State.ASSIGNED, 33),
                (State.IN_PROGRESS, 10),
                (State.CANCELLED, 2),
            ]
        ),
    ),
    (
        31,
        Choice.of(
            [
                (State.REGISTERED, 1),
                (State.ASSIGNED, 14),
                (State.IN_PROGRESS, 36),
                (State.DRAFTED, 11),
                (State.APPROVED, 8),
                (State.DISPATCHED, 10),
                (State.REDIRECTED, 2),
                (State.JOINED, 1.5),
                (State.FILED, 1.5),
                (State.CANCELLED, 1),
            ]
        ),
    ),
    (
        120,
        Choice.of(
            [
                (State.IN_PROGRESS, 2),
                (State.ASSIGNED, 0.8),
                (State.DRAFTED, 0.5),
                (State.APPROVED, 0.4),
                (State.DISPATCHED, 79.8),
                (State.ARCHIVED, 10),
                (State.RETURNED, 0.5),
                (State.REDIRECTED, 2),
                (State.JOINED, 1.5),
                (State.FILED, 1.5),
                (State.CANCELLED, 1),
            ]
        ),
    ),
    (
        100_000,
        Choice.of(
            [
                (State.ARCHIVED, 96.9),
                (State.IN_PROGRESS, 0.1),
                (State.DISPATCHED, 0.5),
                (State.JOINED, 1),
                (State.FILED, 0.5),
                (State.CANCELLED, 1),
            ]
        ),
    ),
)
COURT_LIVES: Final = (
    (7, Choice.of([(State.REGISTERED, 70), (State.FILED, 30)])),
    (120, Choice.of([(State.FILED, 100)])),
    (100_000, Choice.of([(State.ARCHIVED, 100)])),
)


@dataclass
class Surroundings:
    """What entries refer to, read once."""

    register: Register
    kinds: Choice
    departments: Choice
    officers: dict[int, list[int]]
    institutions: list[int]
    file_classes: list[int]
    calendar: WorkingCalendar
    rules: term_services.RuleBook
    terms: dict[tuple[str, date, int], dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def found(cls) -> Surroundings:
        """Read them; the register, institutions and file classes of synthetic entries are made where they miss."""
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
        officers: dict[int, list[int]] = {}
        for row in DeskMember.objects.order_by("pk"):
            officers.setdefault(row.department_id, []).append(row.user_id)
        return cls(
            register=register,
            kinds=Choice.of((kinds[key], weight) for key, weight in KINDS if key in kinds),
            departments=Choice.of((row, 1 / (n + 2)) for n, row in enumerate(departments)),
            officers=officers,
            institutions=[
                Institution.objects.get_or_create(
                    name=f"Instituția sintetică {n} (probă)",
                    defaults={"email": f"sintetic-{n}@example.org"},
                )[0].pk
                for n in range(1, 4)
            ],
            file_classes=[
                FileClass.objects.get_or_create(
                    code=f"S.{years}", defaults={"name": "Clasă sintetică (probă)", "years": years}
                )[0].pk
                for years in (3, 5, 10)
            ],
            calendar=term_services.working_calendar(),
            rules=term_services.RuleBook(),
        )

    def terms_of(self, family: str, day: date, extended_by: int = 0) -> dict[str, Any]:
        """The fields of terms for a document of `family` registered on `day` (local)."""
        key = (family, day, extended_by)
        if key not in self.terms:
            entry = RegistryEntry(registered_on=day)
            rules = extended(self.rules.rules_for(family, day), extended_by)
            term_services.set_terms(entry, compute(day, rules, self.calendar))
            self.terms[key] = {
                name: getattr(entry, name) for name in (*RegistryEntry.TERM_FIELDS, "other_terms")
            }
        return self.terms[key]
