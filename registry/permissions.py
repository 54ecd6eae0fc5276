"""Who sees what of the register: by role, by department, and confidential kinds by a permission of their own.

Every view, list, search, attachment and export reads its entries through `RegistryEntry.objects.visible_to(user)`.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from contacts.models import Department
from contacts.tree import ancestors, descendants
from registry.models.kinds import EntryKind
from registry.transitions import Desk, Transition

MOST_CONTRIBUTIONS = 500
"""Entries that are named one by one; departments that were asked more often are looked up."""


def departments_of(user: Any) -> set[int]:
    """The ids of the departments that `user` works for, those below them included."""
    own = set(user.desk_memberships.values_list("department_id", flat=True))
    if not own:
        return set()
    parent_of = dict(Department.objects.values_list("pk", "parent_id"))
    return own.union(*(descendants(parent_of, department) for department in own))


def may_see_register(user: Any) -> bool:
    """Whether `user` has any business with the register."""
    return bool(user.is_active and user.has_perm("registry.view_registryentry"))


def may_see_petitioner(user: Any) -> bool:
    """Whether `user` may see who a petition is from."""
    return bool(user.is_active and user.has_perm("registry.view_petitioner"))


def works_for(user: Any, department_id: int | None) -> bool:
    """Whether `user` is an officer of this department, or of one above it."""
    return department_id is not None and department_id in departments_of(user)


def _contributed_by(departments: set[int]) -> Q | None:
    """The entries that `departments` were asked to contribute to; None where there are none."""
    asked = Department.objects.filter(pk__in=departments, registry_contributions__gt=0)
    keys = list(
        asked.values_list("registry_contributions__entry", flat=True)[: MOST_CONTRIBUTIONS + 1]
    )
    if not keys:
        return None
    if len(keys) > MOST_CONTRIBUTIONS:
        # A subquery, not a join: an entry stands in lists once, however many were asked.
        return Q(pk__in=asked.order_by().values("registry_contributions__entry"))
    return Q(pk__in=keys)


def visible_entries(user: Any) -> Q | None:
    """What entries fulfil that `user` may see; None for nothing at all.

    Confidential kinds are closed to everybody but those with the permission, whatever else they may see.
    """
    if not may_see_register(user):
        return None
    confidential = Q(kind__in=list(EntryKind.objects.confidential()))
    if user.has_perm("registry.view_all_entries"):
        plain = ~confidential
    else:
        departments = departments_of(user)
        own = Q(department__in=departments)
        if departments and (contributed := _contributed_by(departments)) is not None:
            own |= contributed
        if user.has_perm("registry.view_cabinet_entries"):
            own |= Q(for_mayor=True)
        plain = ~confidential & own
    if user.has_perm("registry.view_confidential_entries"):
        return plain | confidential
    return plain


def through(condition: Q, path: str) -> Q:
    """`condition`, which is about entries, for rows that lead to an entry by `path`."""
    children: list[Any] = condition.children
    parts = [
        through(part, path) if isinstance(part, Q) else (f"{path}__{part[0]}", part[1])
        for part in children
    ]
    return Q(*parts, _connector=condition.connector, _negated=condition.negated)


# -- who takes which step ----------------------------------------------------------------------------------------------


class Reader:
    """What the rules ask of a user, read once: the departments, and whom a petition is about."""

    def __init__(self, user: Any) -> None:
        self.user = user

    @cached_property
    def departments(self) -> set[int]:
        """The ids of the departments that the user works for."""
        return departments_of(self.user)

    @cached_property
    def parent_of(self) -> dict[int, int | None]:
        """The tree of departments."""
        return dict(Department.objects.values_list("pk", "parent_id"))

    def is_concerned_by(self, entry: Any) -> bool:
        """Whether the petition is about the user, or about who leads his department or one above it."""
        if entry.concerns_id is None:
            return False
        if entry.concerns_id == self.user.pk:
            return True
        led = Department.objects.filter(
            desk_members__user=entry.concerns_id, desk_members__is_head=True
        )
        own = set(self.user.desk_memberships.values_list("department_id", flat=True))
        above = own.union(*(ancestors(self.parent_of, department) for department in own))
        return bool(above & set(led.values_list("pk", flat=True)))


def refusal_of(row: Transition, entry: Any, user: Any, reader: Reader | None = None) -> str:
    """Why `user` may not take the step `row` with `entry`, in words; "" for who may. The state is not looked at.

    `reader` is what is known of `user` already, who then is known to see the entry.
    """
    if not user.is_active or not user.has_perm(f"registry.{row.permission}"):
        return _("This step is not yours to take.")
    if reader is None:
        visible = type(entry)._default_manager.visible_to(user)
        if not visible.filter(pk=entry.pk).exists():
            return _("This step is not yours to take.")
        reader = Reader(user)
    if reader.is_concerned_by(entry):
        return _("Nobody handles a petition about himself or his superior (OG 27/2002, art. 11).")
    if user.is_superuser:
        return ""
    if row.desk == Desk.DEPARTMENT and entry.department_id not in reader.departments:
        return _("Only the department that the entry is assigned to takes this step.")
    if row.desk == Desk.CONTRIBUTOR:
        asked = entry.contributions.filter(department__in=reader.departments, given_at=None)
        if not asked.exists():
            return _("Nothing is asked from your department here.")
    if (
        row.desk == Desk.HEAD
        and not user.has_perm("registry.view_all_entries")
        and entry.department_id not in reader.departments
    ):
        return _("Only the head of the department, or of the registry, takes this step.")
    return ""
