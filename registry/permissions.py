"""Who sees what of the register: by role, by department, and confidential kinds by a permission of their own.

Every view, list, search, attachment and export reads its entries through `RegistryEntry.objects.visible_to(user)`.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from contacts.models import Department
from contacts.tree import descendants
from registry.models.kinds import EntryKind


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
        plain = ~confidential & Q(department__in=departments_of(user))
    if user.has_perm("registry.view_confidential_entries"):
        return plain | confidential
    return plain
