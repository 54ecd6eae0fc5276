"""What Wagtail's own views may do with entries: show them to who may see them, and nothing else, to nobody.

Every generic view asks this policy: it says no to adding, changing, deleting and copying whoever asks, administrators
included, because entries are written by the services alone (registry.writing).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from registry.models import RegistryEntry
from registry.permissions import may_see_register


class EntryPolicy(ModelPermissionPolicy):
    """Seeing by department and kind (registry.permissions); every other action is closed to everybody."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether `user` may do `action` with some entries."""
        return action == "view" and may_see_register(user)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        """Whether `user` may do `action` with this entry: two or three queries."""
        return (
            self.user_has_permission(user, action)
            and RegistryEntry.objects.visible_to(user).filter(pk=instance.pk).exists()
        )

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Collection[str]
    ) -> QuerySet[Any]:
        """The entries that `user` may see, where seeing is asked for."""
        if "view" not in actions:
            return RegistryEntry.objects.none()
        return RegistryEntry.objects.visible_to(user)

    def users_with_any_permission(self, actions: Collection[str]) -> QuerySet[Any]:
        """The users who may see some entries, where seeing is asked for."""
        if "view" not in actions:
            return get_user_model().objects.none()
        users: QuerySet[Any] = super().users_with_any_permission(["view"])
        return users


ENTRY_POLICY = EntryPolicy(RegistryEntry)
register_permission_policy(RegistryEntry, ENTRY_POLICY)
