"""A file between its dry run and its import: kept for a day, for the one who uploaded it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.apps import apps
from django.utils import timezone

from cms.sheets.kinds import SheetKind

KEPT: Final = timedelta(hours=24)


def _files() -> Any:
    return apps.get_model("contacts", "HeldSheet")._default_manager


def hold(kind: SheetKind, name: str, data: bytes, user: Any) -> Any:
    """Keep a file that `user` is about to look at: one of each kind, the newest."""
    forget_old()
    _files().filter(user=user, sheet=kind.key).delete()
    return _files().create(user=user, sheet=kind.key, name=name[:200], data=data)


def held(kind: SheetKind, pk: int, user: Any) -> Any | None:
    """The file of `user` with this number; None for one that is gone, too old, or another's."""
    since = timezone.now() - KEPT
    return _files().filter(pk=pk, user=user, sheet=kind.key, made_at__gte=since).first()


def forget_old(now: datetime | None = None) -> None:
    """Throw away what nobody confirmed in time."""
    _files().filter(made_at__lt=(now or timezone.now()) - KEPT).delete()
