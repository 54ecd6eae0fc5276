"""The one door to the register: its rows are written by the services and by nothing else.

Whoever writes says so with `writing()`. What comes from elsewhere (an admin form, a script, `QuerySet.update`) is
refused before it reaches the database, where triggers guard the columns that must never change (registry.guards).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import models

_writing: ContextVar[bool] = ContextVar("registry_writing", default=False)


class NotThroughService(TypeError):
    """A row of the register was to be written past the services."""


@contextmanager
def writing() -> Iterator[None]:
    """Within this block the register's rows may be written; for services only."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def _require(model: type[models.Model]) -> None:
    if not _writing.get():
        raise NotThroughService(
            f"{model.__name__} is written by the services of the register only "
            "(registry.registration, registry.lifecycle)."
        )


M = TypeVar("M", bound=models.Model)


class GuardedQuerySet(models.QuerySet[M]):
    """Reads like any other; writes only inside `writing()`, deletes never."""

    def update(self, **kwargs: Any) -> int:
        _require(self.model)
        return super().update(**kwargs)

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        _require(self.model)
        return super().bulk_create(*args, **kwargs)

    def bulk_update(self, *args: Any, **kwargs: Any) -> Any:
        _require(self.model)
        return super().bulk_update(*args, **kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise NotThroughService(
            f"Nothing is deleted from the register ({self.model.__name__}): a wrong entry is cancelled with its reason."
        )


class GuardedModel(models.Model):
    """A model whose rows only services write, and nobody deletes."""

    changes_pages = False
    """Whether public pages show it (see cms.content_version): none of the register's rows are cached."""
    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: models.Field[Any, Any]) -> str:
        """Django's, which translates every choice to find one: a tenth of the time of a list of fifty rows."""
        value = getattr(self, field.attname)
        return next((str(label) for key, label in field.flatchoices if key == value), str(value))

    def save(self, *args: Any, **kwargs: Any) -> None:
        _require(type(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise NotThroughService(
            f"Nothing is deleted from the register ({type(self).__name__}): a wrong entry is cancelled with its reason."
        )
