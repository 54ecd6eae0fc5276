"""Keeps Wagtail's index of references up to date while many pages are made, without writing it at every save."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_save
from wagtail.models import ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.tasks import update_reference_index_task


@contextmanager
def references_once() -> Iterator[None]:
    """Index what is saved inside once, at the end. Nothing but parts of pages may be deleted meanwhile."""
    saved: dict[tuple[type[Model], Any], None] = {}

    def note(sender: type[Model], instance: Model, **kwargs: Any) -> None:
        # Parts of a page are indexed with the page, and that is saved as well.
        if sender in ReferenceIndex.indexed_models:
            saved[sender, instance.pk] = None

    post_save.connect(note)
    try:
        with disable_reference_index_auto_update():
            yield
    finally:
        post_save.disconnect(note)
    for model, pk in saved:
        update_reference_index_task.call(model._meta.app_label, model._meta.model_name, str(pk))
