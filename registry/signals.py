"""A changed working calendar moves the terms of what is open. The one signal here: the calendar lies below the
register and knows nothing of it, and its rows are edited in the admin by forms that call no service of ours."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from cms.models import CalendarDay
from registry import term_services


@receiver(post_save, sender=CalendarDay, dispatch_uid="registry_terms_saved")
@receiver(post_delete, sender=CalendarDay, dispatch_uid="registry_terms_removed")
def calendar_changed(sender: Any, instance: CalendarDay, raw: bool = False, **kwargs: Any) -> None:
    """Compute open terms anew once the change is committed."""
    if not raw:
        transaction.on_commit(term_services.recompute_open_terms)
