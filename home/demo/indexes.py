"""Keeps Wagtail's indexes (search, references) up to date while many pages are made, without writing at every save."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_save
from modelsearch.index import get_indexed_models
from modelsearch.signal_handlers import post_save_signal_handler
from modelsearch.tasks import insert_or_update_object_task
from wagtail.models import ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.tasks import update_reference_index_task


@contextmanager
def indexed_once() -> Iterator[None]:
    """Index what is saved inside once, at the end. Nothing but parts of pages may be deleted meanwhile."""
    saved: dict[tuple[type[Model], Any], None] = {}
    searched = {
        model for model in get_indexed_models() if getattr(model, "search_auto_update", True)
    }

    def note(sender: type[Model], instance: Model, **kwargs: Any) -> None:
        # Parts of a page are indexed with the page, and that is saved as well.
        if sender in searched or sender in ReferenceIndex.indexed_models:
            saved[sender, instance.pk] = None

    post_save.connect(note)
    for model in searched:
        post_save.disconnect(post_save_signal_handler, sender=model)
    try:
        with disable_reference_index_auto_update():
            yield
    finally:
        post_save.disconnect(note)
        for model in searched:
            post_save.connect(post_save_signal_handler, sender=model)
    for model, pk in saved:
        name = model._meta.app_label, model._meta.model_name, str(pk)
        if model in searched:
            insert_or_update_object_task.call(*name)
        if model in ReferenceIndex.indexed_models:
            update_reference_index_task.call(*name)
