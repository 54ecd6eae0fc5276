"""Who hears of a term: the officer, the heads, the head of the registry, the Cabinet, and who stands in for whom.

Read once for a run, so that thousands of entries cost the queries of one. Nobody hears of a petition about himself or
about who leads him, and of confidential kinds only those who may see them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q

from cms.mail_address import validate_mail_address
from contacts.models import Department
from contacts.tree import ancestors, descendants
from registry.ladder import Level
from registry.models.desk import Absence, DeskMember

_BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
SEES: Final = "registry.view_registryentry"
SEES_ALL: Final = "registry.view_all_entries"
SEES_CONFIDENTIAL: Final = "registry.view_confidential_entries"
CHIEF: Final = "registry.extend_entry"
CABINET: Final = "registry.run_cabinet"


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague who can be written to; `language` is that of the admin for him or her."""

    pk: int
    username: str
    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of it, and the colleague in whose stead, if any."""

    person: Person
    instead_of: Person | None = None


@dataclass(frozen=True, slots=True)
class Concern:
    """What of an entry (or a contribution to it) decides who hears of it; equal ones have the same readers."""

    department: int | None
    officer: int | None = None
    concerns: int | None = None
    is_confidential: bool = False
    for_mayor: bool = False


@dataclass(slots=True)
class Staff:
    """Everybody who works with the register on one day. `absent` has who is away, and who stands in."""

    people: Mapping[int, Person]
    members: Mapping[int, frozenset[int]]
    heads: Mapping[int, frozenset[int]]
    parent_of: Mapping[int, int | None]
    chiefs: frozenset[int] = frozenset()
    cabinet: frozenset[int] = frozenset()
    sees_all: frozenset[int] = frozenset()
    sees_confidential: frozenset[int] = frozenset()
    absent: Mapping[int, int] = field(default_factory=dict)
    _told: dict[tuple[Concern, Level], tuple[Told, ...]] = field(default_factory=dict)
    _concerned: dict[int, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def on(cls, day: date) -> Staff:
        """As it is on the local `day`: as many queries however many they are."""
        holders = {name: _holders(name) for name in (CHIEF, CABINET, SEES_ALL, SEES_CONFIDENTIAL)}
        sees_some = seeing()
        members: defaultdict[int, set[int]] = defaultdict(set)
        heads: defaultdict[int, set[int]] = defaultdict(set)
        rows = DeskMember.objects.values_list("department_id", "user_id", "is_head")
        for department, user, is_head in rows:
            if user in sees_some:
                (heads if is_head else members)[department].add(user)
        absent: dict[int, int] = {}
        for user, substitute in (
            Absence.objects.on(day)
            .order_by("first_day", "pk")
            .values_list("user_id", "substitute_id")
        ):
            absent.setdefault(user, substitute)
        involved = set().union(*members.values(), *heads.values(), *holders.values())
        return cls(
            people=_people(involved | set(absent.values())),
            members={key: frozenset(users) for key, users in members.items()},
            heads={key: frozenset(users) for key, users in heads.items()},
            parent_of=dict(Department.objects.values_list("pk", "parent_id")),
            chiefs=holders[CHIEF],
            cabinet=holders[CABINET],
            sees_all=holders[SEES_ALL],
            sees_confidential=holders[SEES_CONFIDENTIAL],
            absent=absent,
        )

    def told(self, concern: Concern, level: Level) -> tuple[Told, ...]:
        """Who hears of it at `level`; who is next above where nobody there can be reached. Empty: nobody at all.

        Who is away is stood in for; a substitute who is away, too, is not asked for a substitute of his own.
        """
        key = (concern, level)
        if key not in self._told:
            steps = [step for step in Level if step >= level]
            found = (self._reached(concern, step, self.absent) for step in steps)
            # Everybody is away: the mail waits for those who come back.
            waiting = (self._reached(concern, step, {}) for step in steps)
            self._told[key] = next(filter(None, chain(found, waiting)), ())
        return self._told[key]

    def sees(self, person: Person, concern: Concern) -> bool:
        """Whether the entry opens for `person`: who is told without seeing it gets no link."""
        if concern.is_confidential:
            return person.pk in self.sees_confidential
        if person.pk in self.sees_all or (concern.for_mayor and person.pk in self.cabinet):
            return True
        return self._works_for(person.pk, concern.department)

    def _works_for(self, user: int, department: int | None) -> bool:
        if department is None:
            return False
        return any(
            user in self.members.get(key, ()) or user in self.heads.get(key, ())
            for key in (department, *ancestors(self.parent_of, department))
        )

    def _at(self, concern: Concern, level: Level) -> frozenset[int]:
        if concern.is_confidential:
            return self.sees_confidential
        if level == Level.CABINET:
            return self.cabinet
        if level == Level.CHIEF:
            return self.chiefs
        if concern.department is None:
            # Nobody has it yet: it is the move of who distributes.
            return self.cabinet if concern.for_mayor else self.chiefs
        if level == Level.OFFICER:
            # Who has left the house, or the department, has nothing to do with it any more.
            if concern.officer is not None and self._works_for(concern.officer, concern.department):
                return frozenset({concern.officer})
            return self.members.get(concern.department, frozenset())
        above = reversed(ancestors(self.parent_of, concern.department))
        left_out = self._left_out(concern)
        for department in (concern.department, *above):
            if heads := self.heads.get(department, frozenset()) - left_out:
                return heads
        return frozenset()

    def _reached(
        self, concern: Concern, level: Level, absent: Mapping[int, int]
    ) -> tuple[Told, ...]:
        left_out = self._left_out(concern)
        found: dict[int, Told] = {}
        for user in sorted(self._at(concern, level) - left_out):
            there = absent.get(user, user)
            person = self.people.get(there)
            if person is None or not person.email or there in left_out:
                continue
            if there != user and there in absent:
                continue
            if concern.is_confidential and there not in self.sees_confidential:
                continue
            # Who hears of it for himself need not hear of it for another.
            if there == user:
                found[there] = Told(person)
            else:
                found.setdefault(there, Told(person, self.people.get(user)))
        return tuple(found.values())

    def _left_out(self, concern: Concern) -> frozenset[int]:
        """Who may have no part in it: the colleague whom it is about, and who works under him (OG 27/2002, art. 11)."""
        colleague = concern.concerns
        if colleague is None:
            return frozenset()
        if colleague not in self._concerned:
            led = {key for key, heads in self.heads.items() if colleague in heads}
            below = led.union(*(descendants(self.parent_of, key) for key in led))
            self._concerned[colleague] = frozenset({colleague}).union(
                *(self.members.get(key, frozenset()) for key in below),
                *(self.heads.get(key, frozenset()) for key in below),
            )
        return self._concerned[colleague]


def _holders(permission: str, *, superusers: bool = False) -> frozenset[int]:
    """The ids of the active users with `permission`, by group or by themselves."""
    users: Any = get_user_model().objects
    found = users.with_perm(permission, include_superusers=superusers, backend=_BACKEND)
    return frozenset(found.values_list("pk", flat=True))


def seeing() -> frozenset[int]:
    """The ids of all who have any business with the register."""
    return _holders(SEES, superusers=True)


def _people(ids: Iterable[int]) -> dict[int, Person]:
    users: Any = get_user_model().objects.filter(Q(is_active=True), pk__in=ids)
    return {
        user.pk: person_of(user)
        for user in users.select_related("wagtail_userprofile").order_by("pk")
    }


def person_of(user: Any) -> Person:
    """A user as reminders see him or her; an address that cannot be written to is none."""
    try:
        validate_mail_address(user.email)
    except ValidationError:
        email = ""
    else:
        email = user.email
    return Person(
        user.pk,
        user.get_username(),
        user.get_full_name() or user.get_username(),
        email,
        language_of(user),
    )


def language_of(user: Any) -> str:
    """The language that `user` chose for the admin; Romanian where none of the site's was chosen."""
    profile = getattr(user, "wagtail_userprofile", None)
    chosen = (profile.preferred_language if profile else "").split("-")[0]
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
