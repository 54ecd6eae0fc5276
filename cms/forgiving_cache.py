"""A Redis that may be away: the site is slower without it, and goes on.

Nothing is kept in the cache only. While Redis does not answer, what is asked for is not there and what is written is
forgotten; `/health/ready` tells of it. What was deleted meanwhile may come back with it, as long as it was kept for.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

PAUSE_SECONDS: Final = 5.0
"""For how long Redis is not asked again once it did not answer: a page asks many times."""

log = logging.getLogger("agora.cache")


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache whose errors are misses."""

    _silent_until = 0.0

    def _attempt(self, operation: Callable[..., Any], otherwise: Any, *args: Any) -> Any:
        if time.monotonic() < self._silent_until:
            return otherwise
        try:
            return operation(*args)
        except (RedisError, OSError) as error:
            self._silent_until = time.monotonic() + PAUSE_SECONDS
            log.error("cache does not answer", extra={"error": type(error).__name__})
            return otherwise

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> bool:
        return bool(self._attempt(super().add, False, key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._attempt(super().get, default, key, default, version)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> None:
        self._attempt(super().set, None, key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return bool(self._attempt(super().touch, False, key, timeout, version))

    def delete(self, key: Any, version: Any = None) -> bool:
        return bool(self._attempt(super().delete, False, key, version))

    def get_many(self, keys: Any, version: Any = None) -> dict[Any, Any]:
        found: dict[Any, Any] = self._attempt(super().get_many, {}, keys, version)
        return found

    def has_key(self, key: Any, version: Any = None) -> bool:
        return bool(self._attempt(super().has_key, False, key, version))

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> list[Any]:
        self._attempt(super().set_many, None, data, timeout, version)
        return []

    def delete_many(self, keys: Any, version: Any = None) -> None:
        self._attempt(super().delete_many, None, keys, version)

    def clear(self) -> None:
        self._attempt(super().clear, None)
