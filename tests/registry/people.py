"""The people who come to the desk: one account for each role, and officers of two departments."""

from __future__ import annotations

from typing import Any

from django.test import Client

from contacts.models import Department
from home.roles import sync_roles
from registry.models import DeskMember
from tests.factories import DepartmentFactory, make_user

ROLES = {
    "nobody": (),
    "marketing": ("Marketing",),
    "clerk": ("Registry clerk",),
    "chief": ("Head of the registry",),
    "officer": ("Department officer",),
    "other_officer": ("Department officer",),
    "head": ("Head of a department",),
    "contributor": ("Department officer",),
    "cabinet": ("Mayor's Cabinet",),
    "confidential": ("Confidential reports",),
    "auditor": ("Auditor",),
}


def make_people() -> dict[str, Any]:
    """The accounts by role; `officer` works for a department that `head` leads, `other_officer` for another one."""
    groups = sync_roles()
    people: dict[str, Any] = {name: make_user(name, *roles) for name, roles in ROLES.items()}
    # In the admin, with no right to anything there.
    people["nobody"].user_permissions.add(
        groups["Auditor"].permissions.get(codename="access_admin")
    )
    people["admin"] = make_user("admin", superuser=True)
    for name in ("officer", "other_officer", "contributor"):
        DeskMember.objects.create(user=people[name], department=DepartmentFactory())
    DeskMember.objects.create(
        user=people["head"], department=department_of(people["officer"]), is_head=True
    )
    return people


def department_of(user: Any) -> Department:
    """The department that an officer works for."""
    return Department.objects.get(desk_members__user=user)


def client_of(user: Any) -> Client:
    """A browser in which `user` is logged in; nobody is, for None."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client
