"""Who sees audiences, and who keeps them."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from registry.lifecycle.changing import NotAllowed
from registry.models.cabinet import Audience, AudienceSlot
from registry.models.entries import RegistryEntry
from registry.permissions import Reader


def visible_audiences(user: Any) -> QuerySet[Audience]:
    """The audiences whose entries `user` may see."""
    entries = RegistryEntry.objects.visible_to(user).order_by()
    return Audience.objects.filter(Exists(entries.filter(pk=OuterRef("entry_id"))))


def may_run(audience: Audience, user: Any, reader: Reader | None = None) -> bool:
    """Whether `user`, who sees the entry, gives the hour and writes down what came of `audience`."""
    if not user.is_active:
        return False
    reader = reader or Reader(user)
    entry = audience.entry
    if reader.is_concerned_by(entry):
        return False
    if audience.level != AudienceSlot.Level.DEPARTMENT:
        return bool(user.has_perm("registry.run_cabinet"))
    if user.has_perm("registry.assign_entry"):
        return True
    return bool(user.has_perm("registry.work_entry")) and entry.department_id in reader.departments


def require_may_run(audience: Audience, actor: Any) -> None:
    """Raise NotAllowed unless `actor` (None: the system) sees and keeps `audience`."""
    if actor is None:
        return
    visible = RegistryEntry.objects.visible_to(actor)
    if not (may_run(audience, actor) and visible.filter(pk=audience.entry_id).exists()):
        raise NotAllowed(_("This audience is not yours to keep."))


def keeps_for_mayor(user: Any) -> bool:
    """Whether what `user` registers is the Mayor's: of the Cabinet, which sees nothing else."""
    return bool(user.has_perm("registry.run_cabinet")) and not user.has_perm(
        "registry.view_all_entries"
    )
