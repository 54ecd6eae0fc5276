"""Tables of models that have no drafts: what is imported holds at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from wagtail.permissions import policy_registry

from cms.sheets.context import Context
from cms.sheets.kinds import SheetKind, parts, put_changes, record_history
from cms.sheets.plan import PlannedRow, Record


class ModelSheet(SheetKind):
    """A table of a model that has no drafts: what is imported holds at once."""

    model: ClassVar[type[Model]]
    max_written = 1000
    key_field: ClassVar[str] = "key"
    is_tree: ClassVar[bool] = False
    ordering: ClassVar[tuple[str, ...]] = ("key",)

    def _policy(self) -> Any:
        return policy_registry.get_by_type(self.model)

    def may_export(self, user: Any) -> bool:
        return bool(self._policy().user_has_any_permission(user, ["view", "change"]))

    def may_import(self, user: Any) -> bool:
        return bool(self._policy().user_has_any_permission(user, ["add", "change"]))

    def may_add(self, user: Any) -> bool:
        return bool(self._policy().user_has_permission(user, "add"))

    def _all(self) -> QuerySet[Any]:
        return self.model._default_manager.order_by(*self.ordering)

    def export_keys(self, user: Any, portion: str) -> list[Any]:
        return list(self._all().values_list("pk", flat=True))

    def stored(self, pks: Sequence[Any], context: Context) -> dict[Any, Mapping[str, Any]]:
        names = {self.key_field, *(column.source for column in self.columns)}
        rows = self.model._default_manager.filter(pk__in=pks).values("pk", *sorted(names - {"pk"}))
        return {row["pk"]: row for row in rows}

    def records(self, keys: Sequence[str], context: Context) -> dict[str, Record]:
        may_change = self._policy().user_has_permission(context.user, "change")
        found: dict[str, Record] = {}
        for some in parts(keys):
            pks = self._pks(some)
            stored = self.stored(list(pks.values()), context) if may_change else {}
            for key, pk in pks.items():
                data = stored.get(pk, {})
                refusal = "" if may_change else "not_yours"
                found[key] = Record(pk, key, self.title_of(data) if data else "", data, refusal)
        return found

    def _pks(self, keys: Sequence[str]) -> dict[str, Any]:
        rows = self.model._default_manager.filter(**{f"{self.key_field}__in": keys})
        return {str(key): pk for key, pk in rows.values_list(self.key_field, "pk")}

    def title_of(self, data: Mapping[str, Any]) -> str:
        """What a row is called in a list."""
        return str(data.get("name") or data.get(self.key_field) or "")

    def build(self, rows: Sequence[PlannedRow], context: Context) -> None:
        pks = [row.record.pk for row in rows if row.record is not None]
        there: dict[Any, Any] = {}
        for some in parts(pks):
            there.update(self.model._default_manager.in_bulk(some))
        for row in rows:
            row.instance = there[row.record.pk] if row.record is not None else self.model()
            put_changes(row, context)

    def lock(self, rows: Sequence[PlannedRow]) -> None:
        for some in parts([row.record.pk for row in rows if row.record is not None]):
            # Read, or nothing is locked.
            len(self.model._default_manager.select_for_update().filter(pk__in=some).only("pk"))

    def save(self, row: PlannedRow, context: Context, file_name: str) -> None:
        if self.is_tree:
            # Two rows of the same file may only together be wrong.
            self.validate(row.instance, context)
        row.instance.save()
        record_history(self.history_of(row.instance), row, context, file_name)

    def history_of(self, instance: Any) -> Any:
        """The object in whose history it is told: a part of another has none."""
        return instance
