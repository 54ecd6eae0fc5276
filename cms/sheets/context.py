"""What reading and writing a table needs to know of the rest: who asks, and the keys of what rows refer to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.apps import apps
from wagtail.images import get_image_model
from wagtail.permissions import policy_registry

from cms.page_visibility import known_to

T = TypeVar("T")


@dataclass(frozen=True)
class Lookup:
    """Objects that cells name by a key. ``model``: "app.Model"; ``fields``: what the key is made of, with "/" between.

    ``where``: a restriction, as of `filter`. ``are_pages``: only those are named to a user that she may know of.
    """

    model: str
    fields: tuple[str, ...] = ("key",)
    where: tuple[tuple[str, Any], ...] = ()
    are_pages: bool = False

    def queryset(self) -> Any:
        """All of them."""
        return apps.get_model(self.model)._default_manager.filter(**dict(self.where)).order_by()


class Known:
    """The keys of the objects of a lookup; ``chosen`` are those that may be named, None for all."""

    def __init__(self, rows: Iterable[tuple[Any, ...]], chosen: set[Any] | None = None) -> None:
        self._keys = {pk: "/".join(str(part) for part in parts) for pk, *parts in rows}
        self._pks = {key: pk for pk, key in self._keys.items() if chosen is None or pk in chosen}

    def key_of(self, pk: Any) -> str:
        """The key, "" for none or for what is gone."""
        return self._keys.get(pk, "")

    def pk_of(self, key: str) -> Any:
        """The primary key; capitals do not matter. None for an unknown key."""
        return self._pks.get(key, self._pks.get(key.lower()))

    def keys(self) -> list[str]:
        """All keys, in order."""
        return sorted(self._pks)


@dataclass
class Context:
    """One reading or writing for one user; what it looked up is kept for all rows."""

    user: Any
    _kept: dict[Hashable, Any] = field(default_factory=dict)

    def kept(self, name: Hashable, find: Callable[[], T]) -> T:
        """What `find` gave when it was first asked."""
        if name not in self._kept:
            self._kept[name] = find()
        found: T = self._kept[name]
        return found

    def known(self, lookup: Lookup) -> Known:
        """The keys of a lookup: one query."""
        return self.kept(lookup, lambda: self._find(lookup))

    def _find(self, lookup: Lookup) -> Known:
        rows = lookup.queryset().values_list("pk", *lookup.fields)
        if not lookup.are_pages:
            return Known(rows)
        chosen = lookup.queryset().filter(known_to(self.user)).values_list("pk", flat=True)
        return Known(rows, set(chosen))

    def objects(self, lookup: Lookup, pks: Iterable[Any]) -> list[Any]:
        """The objects themselves: one query for all of them."""
        found = self.kept((lookup, "objects"), lambda: lookup.queryset().in_bulk())
        return [found[pk] for pk in pks if pk in found]

    def image_titles(self) -> dict[int, str]:
        """The titles of all images by number."""
        return self.kept(
            "images", lambda: dict(get_image_model().objects.values_list("pk", "title"))
        )

    def images_to_choose(self) -> set[int]:
        """The numbers of the images that the user may put on a page."""
        return self.kept(
            "images_to_choose",
            lambda: set(
                policy_registry.get_by_type(get_image_model())
                .instances_user_has_any_permission_for(self.user, ["choose"])
                .values_list("pk", flat=True)
            ),
        )
