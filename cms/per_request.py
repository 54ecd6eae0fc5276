"""Values that several parts of one page need and that are read once for each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest

T = TypeVar("T")


def per_request(request: HttpRequest | None, key: str, produce: Callable[[], T]) -> T:
    """Return `produce()`, called at most once for `key` during `request`; every time without a request."""
    if request is None:
        return produce()
    store: dict[str, Any] = request.__dict__.setdefault("_agora_values", {})
    if key not in store:
        store[key] = produce()
    return store[key]
