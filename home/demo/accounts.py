"""The demo's accounts: one for each role, all with the same known password. Never outside the demo.

Beside them stand colleagues who cannot log in: departments have more than one person, and the register shows them.
Everybody is invented, as the names say, and every address ends in example.org.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from wagtail.users.models import UserProfile

from contacts.models import Department
from home.roles import sync_roles
from registry.models import DeskMember


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody of the demonstration's city hall; `department` is the key of the one whose officer he or she is."""

    username: str
    first_name: str
    last_name: str
    role: str
    department: str = ""
    is_head: bool = False
    logs_in: bool = True


_OFFICER, _HEAD = "Department officer", "Head of a department"
ACCOUNTS = (
    Account("marketing", "Mara", "Exemplu", "Marketing"),
    Account("moderator", "Matei", "Exemplu", "Moderator"),
    Account("partnerships", "Petra", "Exemplu", "Partnership editor"),
    Account("cabinet", "Carmen", "Exemplu", "Mayor's Cabinet"),
    Account("clerk", "Clara", "Exemplu", "Registry clerk"),
    Account("chief", "Cezar", "Exemplu", "Head of the registry"),
    Account("dept-events", "Eva", "Exemplu", _OFFICER, "public-events"),
    Account("dept-sports", "Sorin", "Exemplu", _OFFICER, "gheorgheni-sports-base"),
    Account("head-events", "Horia", "Exemplu", _HEAD, "public-events", is_head=True),
    Account("auditor", "Aurel", "Exemplu", "Auditor"),
)
COLLEAGUES = (
    Account("i.minta", "Ilona", "Minta", _OFFICER, "public-events", logs_in=False),
    Account("r.proba", "Roxana", "Probă", _OFFICER, "marketing-strategies", logs_in=False),
    Account("s.exemplu", "Sanda", "Exemplu", _OFFICER, "citizen-information-centre", logs_in=False),
    Account(
        "d.proba", "Doru", "Probă", _HEAD, "gheorgheni-sports-base", is_head=True, logs_in=False
    ),
    Account("l.exemplu", "Livia", "Exemplu", _HEAD, "directorate", is_head=True, logs_in=False),
)


def load_accounts() -> None:
    """Create the accounts that are missing. Refused unless the settings say that this is a demo."""
    groups = sync_roles()
    if not settings.AGORA_DEMO:
        return
    users: Any = get_user_model()
    known = set(users.objects.values_list("username", flat=True))
    # Hashed once: everybody reads the password, and hashing is slow on purpose.
    password = make_password(settings.AGORA_DEMO_PASSWORD)
    if "admin" not in known:
        admin = users.objects.create(
            username="admin",
            email="admin@example.org",
            password=password,
            first_name="Ada",
            last_name="Exemplu",
            is_staff=True,
            is_superuser=True,
        )
        UserProfile.get_for_user(admin)
    departments = {row.key: row for row in Department.objects.all()}
    for account in (*ACCOUNTS, *COLLEAGUES):
        if account.username not in known:
            _create(account, password, groups[account.role], departments.get(account.department))


def _create(account: Account, password: str, group: Group, department: Department | None) -> None:
    users: Any = get_user_model()
    user = users.objects.create(
        username=account.username,
        email=f"{account.username}@example.org",
        password=password if account.logs_in else make_password(None),
        first_name=account.first_name,
        last_name=account.last_name,
    )
    user.groups.add(group)
    if department is not None:
        DeskMember.objects.create(user=user, department=department, is_head=account.is_head)
