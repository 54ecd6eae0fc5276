"""Values that many pages need and that change only with the content: kept for as long as it stays.

The content's version is a row in the database, read once a request, so every process sees a change at once whatever
cache it has. Each app says in its `ready` that its models are content; a model that no page shows says
`changes_pages = False`. Bulk updates send no signals: whoever makes them counts the change with
`ContentVersion.bump()`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.apps import AppConfig
from django.core.cache import cache
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest

from cms.models.version import ContentVersion
from cms.per_request import per_request

T = TypeVar("T")
KEPT_SECONDS = 3600
_MISSING = object()


def content_version(request: HttpRequest | None) -> int:
    """The version of the content: one query a request."""
    return per_request(request, "content_version", ContentVersion.current)


def versioned(request: HttpRequest | None, key: str, produce: Callable[[], T]) -> T:
    """Return `produce()`, kept under `key` until the content changes. What it returns must be picklable.

    Without a request nothing is kept.
    """
    if request is None:
        return produce()

    def find() -> T:
        name = f"content:{content_version(request)}:{key}"
        found: Any = cache.get(name, _MISSING)
        if found is _MISSING:
            found = produce()
            cache.set(name, found, KEPT_SECONDS)
        return found

    return per_request(request, f"versioned:{key}", find)


def changed(sender: Any = None, raw: bool = False, **kwargs: Any) -> None:
    """Count a change of the content; a receiver of signals."""
    if not raw:
        ContentVersion.bump()


def follow(app: AppConfig) -> None:
    """Count every change of the models of `app`, but for those that no page shows."""
    follow_models(*app.get_models(include_auto_created=True))


def follow_models(*models: type[Model]) -> None:
    """Count every change of `models`, but for those that no page shows."""
    for model in models:
        if getattr(model, "changes_pages", True):
            for signal in (post_save, post_delete):
                signal.connect(changed, sender=model, dispatch_uid=f"content:{model.__name__}")
