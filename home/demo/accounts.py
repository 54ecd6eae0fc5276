"""The demo's accounts: one for each role, all with the same known password. Never outside the demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from wagtail.users.models import UserProfile

from contacts.models import Department
from home.roles import sync_roles
from registry.models import DeskMember

ACCOUNTS = {
    "marketing": "Marketing",
    "moderator": "Moderator",
    "cabinet": "Mayor's Cabinet",
    "clerk": "Registry clerk",
    "chief": "Head of the registry",
    "dept-events": "Department officer",
    "dept-sports": "Department officer",
    "auditor": "Auditor",
}
# The departments that officers work for, by key.
DESKS = {"dept-events": "public-events", "dept-sports": "gheorgheni-sports-base"}


def load_accounts() -> None:
    """Create the accounts that are missing. Refused unless the settings say that this is a demo."""
    groups = sync_roles()
    if not settings.AGORA_DEMO:
        return
    users: Any = get_user_model()
    if not users.objects.filter(username="admin").exists():
        admin = users.objects.create_superuser("admin", "", settings.AGORA_DEMO_PASSWORD)
        UserProfile.get_for_user(admin)
    for name, role in ACCOUNTS.items():
        if not users.objects.filter(username=name).exists():
            user = users.objects.create_user(name, "", settings.AGORA_DEMO_PASSWORD)
            user.groups.add(groups[role])
            if key := DESKS.get(name):
                department = Department.objects.filter(key=key).first()
                if department is not None:
                    DeskMember.objects.get_or_create(user=user, department=department)
